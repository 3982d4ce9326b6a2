"""The library of material, gaps of guidance, and the support statement."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from fairlead.enablement import actions, library, queries, rules, statement
from fairlead.enablement.models import StatementDraft, SupportStatement
from fairlead.ledger import queries as ledger
from fairlead.notices.models import Notice
from fairlead.people import access
from fairlead.people.models import RoleGrant
from fairlead.plans import actions as plans
from fairlead.plans import rules as plan_rules
from fairlead.qualification.rules import Sent
from tests.calls.company import Company
from tests.cast import AT, Cast
from tests.enablement import making

SHEET = rules.Offered(
    "Payback sheet", "Shows the loss in their figures", "customer", "", "", "https://x.test/sheet"
)
PLAN = plan_rules.Plan(what="Two sites", strategy="direct")
FIVE = ("rosa", "ravi", "ines", "tomas", "pia")


def add(
    cast: Cast, who: str = "rosa", *, made_by: str = "", answers_gaps: bool = False, file: Sent | None = None,
    material: str = "", **more: str,
) -> str:  # fmt: skip
    row = actions.keep_material(
        by=cast.actor(who), at=AT, given=replace(SHEET, **more), made_by=made_by, answers_gaps=answers_gaps, file=file,
        material=material,
    )  # fmt: skip
    return row.material.public_id


def found(cast: Cast, who: str = "pia", **wanted: object) -> list[str]:
    return [one.title for one in library.search(cast.actor(who), AT, library.Wanted(**wanted))]  # type: ignore[arg-type]


# The library


def test_anybody_adds_material_and_everybody_finds_it(cast: Cast) -> None:
    add(cast)
    add(cast, "hana", title="Who to ask", what="Names", kind="tools", made_by=cast.olu.public_id)
    for name in cast.names:
        assert len(found(cast, name)) == 2
    assert found(cast, words="LOSS figures") == ["Payback sheet"]
    assert found(cast, words="nothing") == []
    assert found(cast, kind="tools") == ["Who to ask"]
    assert found(cast, peers=True) == ["Payback sheet"]
    assert [notice.to_id for notice in Notice.objects.filter(kind="enablement.credited")] == [cast.olu.pk]


def test_it_is_used_in_the_live_plans_that_cite_it(team: Company) -> None:
    cast, deal = team.cast, team.deals["Nordwind"].public_id
    plans.save(by=cast.actor("rosa"), at=AT, deal=deal, after_version=0, plan=PLAN)
    piece = add(cast, "pia")
    actions.cite(by=cast.actor("rosa"), at=AT, deal=deal, material=piece, where="strategy:")
    assert library.one_piece(cast.actor("ravi"), piece, AT).used == 1
    assert [one.title for one, _ in library.in_plan(cast.actor("mina"), deal, AT).used] == ["Payback sheet"]
    actions.cite(by=cast.actor("rosa"), at=AT, deal=deal, material=piece, where="strategy:", on=False)
    assert library.one_piece(cast.actor("ravi"), piece, AT).used == 0


def test_a_file_can_be_opened_by_everybody(cast: Cast) -> None:
    piece = add(cast, link="", file=Sent("sheet.txt", b"The sheet."))
    file = library.one_piece(cast.actor("hana"), piece, AT).file
    assert file is not None
    assert queries.file(cast.actor("hana"), file.public_id, AT)[2] == b"The sheet."
    with pytest.raises(access.Refusal) as refused:
        add(cast, link="")
    assert refused.value.code == "nothing_to_open"


def opens(cast: Cast, file: str) -> set[str]:
    """Who gets a file."""
    found = set()
    for name in cast.names:
        try:
            queries.file(cast.actor(name), file, AT)
        except access.NotFound:
            continue
        found.add(name)
    return found


def test_a_file_that_was_replaced_is_no_longer_everybodys(cast: Cast) -> None:
    piece = add(
        cast, made_by=cast.ravi.public_id, link="", file=Sent("old.txt", b"With a customer's figures.")
    )
    old = library.one_piece(cast.actor("hana"), piece, AT).file
    add(cast, material=piece, link="", file=Sent("new.txt", b"Without."))
    new = library.one_piece(cast.actor("hana"), piece, AT).file
    assert old is not None
    assert new is not None
    assert opens(cast, new.public_id) == set(cast.names)
    assert opens(cast, old.public_id) == {"rosa", "ravi", "olu"}
    for name in cast.names:
        offered = [row.file.name for row in library.past(cast.actor(name), piece) if row.file]
        assert offered == (["old.txt"] if name in ("rosa", "ravi", "olu") else [])


def test_material_that_was_taken_out_is_opened_by_its_author_and_its_keeper(cast: Cast) -> None:
    piece = add(cast, file=Sent("sheet.txt", b"The sheet."))
    file = library.one_piece(cast.actor("hana"), piece, AT).file
    assert file is not None
    actions.retire_material(by=cast.actor("rosa"), at=AT, material=piece)
    assert opens(cast, file.public_id) == {"rosa", "olu"}
    for name in cast.names:
        seen = library.one_piece(cast.actor(name), piece, AT)
        assert bool(seen.file) == bool(seen.link) == (name in ("rosa", "olu")), name


def test_a_file_that_two_versions_share_stays_with_the_newest(cast: Cast) -> None:
    piece = add(cast, link="", file=Sent("sheet.txt", b"The sheet."))
    add(cast, material=piece, link="", title="Payback sheet, spring")
    file = library.one_piece(cast.actor("hana"), piece, AT).file
    assert file is not None
    assert opens(cast, file.public_id) == set(cast.names)


def test_versions_and_taking_out_are_for_who_added_or_made_it(cast: Cast) -> None:
    piece = add(cast, made_by=cast.ravi.public_id)
    with pytest.raises(access.NotFound):
        add(cast, "pia", material=piece)
    add(cast, "ravi", material=piece, title="Payback sheet, spring")
    assert [row.number for row in library.past(cast.actor("pia"), piece)] == [2, 1]
    with pytest.raises(access.NotFound):
        actions.retire_material(by=cast.actor("pia"), at=AT, material=piece)
    actions.retire_material(by=cast.actor("olu"), at=AT, material=piece)
    assert found(cast) == []
    assert library.one_piece(cast.actor("pia"), piece, AT).retired


def test_thanks_are_counted_once_a_person_and_can_be_taken_back(cast: Cast) -> None:
    piece = add(cast)
    for on in (True, True):
        actions.thank(by=cast.actor("pia"), at=AT, material=piece, on=on)
    assert library.one_piece(cast.actor("rosa"), piece, AT).thanks == 1
    assert Notice.objects.filter(kind="enablement.thanked").count() == 1
    actions.thank(by=cast.actor("pia"), at=AT, material=piece, on=False)
    assert library.one_piece(cast.actor("rosa"), piece, AT).thanks == 0
    with pytest.raises(access.Refusal) as refused:
        actions.thank(by=cast.actor("rosa"), at=AT, material=piece)
    assert refused.value.code == "own"


# Gaps


def tell(cast: Cast, *names: str, words: str = "Which figure the buyer counts in") -> None:
    for name in names:
        actions.tell_gap(by=cast.actor(name), at=AT, kind="customer", product="", words=f"{words} {name}")


def test_operations_sees_nothing_of_fewer_than_five(cast: Cast) -> None:
    tell(cast, *FIVE[:4])
    counts = library.gaps(cast.actor("olu"), AT).counts
    assert counts == (library.GapCount("", "customer", None, ()),)
    tell(cast, FIVE[4])
    (count,) = library.gaps(cast.actor("olu"), AT).counts or ()
    assert (count.people, len(count.words)) == (5, 5)
    assert "Rosa" not in str(count)


def test_one_person_who_tells_five_times_is_one(cast: Cast) -> None:
    for _ in range(5):
        tell(cast, "rosa")
    (count,) = library.gaps(cast.actor("olu"), AT).counts or ()
    assert count.people is None


def test_a_gap_is_read_by_who_told_of_it_and_the_manager(cast: Cast) -> None:
    tell(cast, "rosa")
    readers = set()
    for name in cast.names:
        try:
            page = library.gaps(cast.actor(name), AT)
        except access.NotAllowed:
            continue
        if page.own or page.team:
            readers.add(name)
    assert readers == {"rosa", "mina"}


def state(cast: Cast, who: str = "rosa") -> str:
    (line,) = library.gaps(cast.actor(who), AT).own
    return line.state


def say(cast: Cast, kind: str, who: str = "rosa", answer: str = "") -> None:
    (line,) = library.gaps(cast.actor("rosa"), AT).own
    actions.step_gap(by=cast.actor(who), at=AT, gap=line.public_id, kind=kind, answer=answer)


def told(kind: str) -> list[int]:
    return list(Notice.objects.filter(kind=kind).values_list("to_id", flat=True))


def test_nobody_closes_the_gaps_of_others(cast: Cast) -> None:
    tell(cast, *FIVE)
    for name in cast.names:
        if name not in (*FIVE, "olu"):
            add(cast, name, answers_gaps=True)
    assert {state(cast, name) for name in FIVE} == {"proposed"}
    (count,) = library.gaps(cast.actor("olu"), AT).counts or ()
    assert count.people == 5, "what is proposed answers nothing yet"


def test_who_told_of_a_gap_says_whether_what_is_proposed_answers_it(cast: Cast) -> None:
    tell(cast, "rosa", "pia")
    piece = add(cast, "ravi", answers_gaps=True)
    assert set(told("enablement.proposed")) == {cast.rosa.pk, cast.pia.pk}
    (line,) = library.gaps(cast.actor("rosa"), AT).own
    assert [one.public_id for one in line.proposals] == [piece]
    with pytest.raises(access.NotFound):
        say(cast, "closed", who="pia", answer=piece)
    with pytest.raises(access.Refusal) as refused:
        say(cast, "closed", answer=add(cast, "ravi", title="Another"))
    assert refused.value.code == "no_answer"
    say(cast, "closed", answer=piece)
    (line,) = library.gaps(cast.actor("rosa"), AT).own
    assert (line.state, line.material, line.proposals) == ("closed", piece, ())
    assert state(cast, "pia") == "proposed", "each says it of the own gap"
    say(cast, "reopened")
    assert state(cast) == "reopened"
    with pytest.raises(access.Refusal) as refused:
        say(cast, "reopened")
    assert refused.value.code == "bad_step"


def test_what_does_not_answer_it_leaves_it_open_and_is_not_proposed_again(cast: Cast) -> None:
    tell(cast, "rosa")
    piece = add(cast, "ravi", answers_gaps=True)
    say(cast, "reopened")
    add(cast, "ravi", answers_gaps=True, material=piece, title="The same once more")
    assert state(cast) == "reopened"
    assert told("enablement.proposed") == [cast.rosa.pk]
    other = add(cast, "pia", answers_gaps=True)
    (line,) = library.gaps(cast.actor("rosa"), AT).own
    assert [one.public_id for one in line.proposals] == [other]
    actions.retire_material(by=cast.actor("pia"), at=AT, material=other)
    assert state(cast) == "open", "nothing stands proposed that left the library"
    say(cast, "withdrawn")


def test_ones_own_material_answers_ones_own_gap_and_is_proposed_to_others(cast: Cast) -> None:
    tell(cast, "rosa", "pia")
    add(cast, "rosa", answers_gaps=True)
    assert (state(cast, "rosa"), state(cast, "pia")) == ("closed", "proposed")


def test_who_keeps_the_catalogue_says_that_material_answers_gaps_and_learns_of_nobody(cast: Cast) -> None:
    tell(cast, "rosa", "pia")
    piece = add(cast, "ravi")
    for name in cast.names:
        if name != "olu":
            with pytest.raises(access.NotAllowed):
                actions.accept_answers(by=cast.actor(name), at=AT, material=piece)
    actions.accept_answers(by=cast.actor("olu"), at=AT, material=piece)
    assert (state(cast, "rosa"), state(cast, "pia")) == ("closed", "closed")
    assert set(told("enablement.answered")) == {cast.rosa.pk, cast.pia.pk}
    assert library.gaps(cast.actor("olu"), AT).counts == ()
    said = {kind for kind, _ in ledger.acts_of(f"person:{cast.olu.pk}", AT - timedelta(days=1))}
    assert said == {"material.answers"}


def test_a_delivery_is_proposed_to_whom_it_was_delivered(cast: Cast) -> None:
    for name in ("rosa", "pia"):
        actions.tell_gap(by=cast.actor(name), at=AT, kind="market", product="", words="Who else sells")
    key = making.item(cast)
    (delivery,) = actions.deliver(
        by=cast.actor("sanna"), at=AT, item=key, persons=[cast.rosa.public_id], on=AT.date(), words="Held.",
        answers_gaps=True,
    )  # fmt: skip
    assert (state(cast, "rosa"), state(cast, "pia")) == ("proposed", "open")
    say(cast, "closed", answer=delivery.public_id)
    assert state(cast) == "closed"


# The support statement


def draft(cast: Cast, **more: object) -> statement.Draft:
    asked = {"year": 2026, "unit": "", "role": "", "supporters": 2} | more
    return statement.draft(cast.actor("olu"), AT, **asked)  # type: ignore[arg-type]


def says(made: statement.Draft, key: str) -> str:
    return next(one.says for one in made.figures if one.key == key)


def test_every_figure_has_five_people_behind_it_or_says_nothing(cast: Cast) -> None:
    key = making.item(cast)
    making.delivered(cast, key, *FIVE, at=AT - timedelta(days=15))
    making.delivered(cast, key, "piet", at=AT)
    actions.watch(at=AT)
    made = draft(cast)
    assert says(made, "support") == "2 for 7 sellers: one for 3.5"
    assert says(made, "training") == "6 of 7 delivered, 5 of them in time"
    assert says(made, "debts") == statement.TOO_FEW
    small = draft(cast, unit=cast.otto.public_id)
    for figure in small.figures:
        assert figure.says == statement.TOO_FEW or figure.key == "ramp"
    assert "Rosa" not in made.text


def test_late_debts_are_counted_once_five_people_were_owed(cast: Cast) -> None:
    making.item(cast)
    actions.watch(at=AT)
    made = draft(cast)
    assert says(made, "debts") == "0 of 7 closed by their day"
    assert says(made, "age") == "10 days in the middle"


def test_a_statement_is_issued_as_it_was_read_and_corrected_in_a_new_version(cast: Cast) -> None:
    made = draft(cast)
    asked = {"year": 2026, "unit": "", "role": "", "supporters": 2}
    by = cast.actor("olu")
    first = statement.issue(by=by, at=AT, seen=made.digest, **asked)  # type: ignore[arg-type]
    line = statement.one(cast.actor("rosa"), first.public_id)
    assert (line.text, line.whole, line.newest) == (made.text, True, True)
    with pytest.raises(access.Refusal) as refused:
        statement.issue(by=by, at=AT, seen=made.digest, **asked | {"supporters": 3})  # type: ignore[arg-type]
    assert refused.value.code == "changed_meanwhile"
    better = draft(cast, supporters=3)
    with pytest.raises(access.Refusal) as refused:
        statement.issue(by=by, at=AT, seen=better.digest, **asked | {"supporters": 3})  # type: ignore[arg-type]
    assert refused.value.code == "text_missing"
    statement.issue(by=by, at=AT, seen=better.digest, why="An engineer more.", **asked | {"supporters": 3})  # type: ignore[arg-type]
    assert [(one.number, one.newest) for one in statement.issued(cast.actor("hana"))] == [
        (2, True),
        (1, False),
    ]
    with pytest.raises(DatabaseError), transaction.atomic():
        SupportStatement.objects.update(text="Other.")
    ledger.verify()


def test_only_operations_issues_and_nobody_says_a_year_that_is_to_come(cast: Cast) -> None:
    for name in ("mina", "vera", "hana", "rosa"):
        with pytest.raises(access.NotAllowed):
            statement.draft(cast.actor(name), AT, year=2026, unit="", role="", supporters=1)
    with pytest.raises(access.Refusal):
        draft(cast, year=date.max.year)


def shown(cast: Cast, who: str = "olu", **more: object) -> statement.Draft:
    asked = {"year": 2026, "unit": "", "role": "", "supporters": 2} | more
    return statement.drafted(by=cast.actor(who), at=AT, **asked)  # type: ignore[arg-type]


def end(cast: Cast, *names: str) -> None:
    """Somebody sells no longer."""
    gone = [getattr(cast, name).pk for name in names]
    RoleGrant.objects.filter(person__in=gone, role="rep").update(ends_on=AT.date())


def test_reading_a_draft_stands_in_the_ledger_once_a_day_for_each_text(cast: Cast) -> None:
    for _ in range(2):
        made = shown(cast)
    shown(cast, supporters=3)
    read = [facts["digest"] == made.digest for facts in ledger.facts_of("statement.drafted")]
    assert read == [True, False]
    said = {kind for kind, _ in ledger.acts_of(f"person:{cast.olu.pk}", AT - timedelta(days=1))}
    assert said == {"statement.drafted"}
    statement.issue(by=cast.actor("olu"), at=AT, seen=made.digest, year=2026, unit="", role="", supporters=2)
    assert len(list(ledger.facts_of("statement.drafted"))) == 2
    with pytest.raises(access.NotAllowed):
        shown(cast, "mina")
    ledger.verify()


def test_a_figure_is_not_shown_again_while_one_person_came_or_went(cast: Cast) -> None:
    """Everybody but Tomas was delivered to: of one who goes, the difference of two figures would tell."""
    key = making.item(cast)
    making.delivered(cast, key, "rosa", "ravi", "ines", "pia", "piet", "sven")
    assert says(shown(cast), "training").startswith("6 of 7 delivered")
    end(cast, "tomas")
    again = shown(cast)
    assert says(again, "training") == statement.TOO_FEW
    assert next(one.how for one in again.figures if one.key == "training") == statement.CHANGED
    with pytest.raises(access.Refusal):
        statement.issue(by=cast.actor("olu"), at=AT, seen="x", year=2026, unit="", role="", supporters=2)
    end(cast, "sven")
    assert says(shown(cast), "training").startswith("5 of 5 delivered"), "two went since it was shown"


def test_what_was_withheld_is_not_what_later_ones_are_compared_with(cast: Cast) -> None:
    """Two who go one after the other are two, whoever read a draft between."""
    key = making.item(cast)
    making.delivered(cast, key, *FIVE)
    shown(cast)
    end(cast, "sven")
    shown(cast)
    behind = [sorted(row.behind) for row in StatementDraft.objects.for_system("tests").order_by("pk")]
    assert behind == [["training"], []]


def test_who_was_behind_a_figure_is_kept_by_the_database(cast: Cast) -> None:
    shown(cast)
    with pytest.raises(DatabaseError), transaction.atomic():
        StatementDraft.objects.for_system("tests").update(behind={})


def test_one_person_more_or_less_is_too_few() -> None:
    assert rules.changed_by_few({1, 2, 3}, [{9}, {1, 2}])
    assert not rules.changed_by_few({1, 2, 3}, [{1, 2, 3}, {1, 2, 4}])
    assert not rules.changed_by_few({1, 2, 3}, [])


def test_two_statements_never_tell_of_fewer_than_enough() -> None:
    six, five, ten = set(range(6)), set(range(5)), set(range(10))
    assert rules.tells_of_few(six, [five]), "one person is between them"
    assert rules.tells_of_few(five, [six])
    assert not rules.tells_of_few(ten, [five]), "five people are"
    assert not rules.tells_of_few(six, [six, {1, 2}]), "the same people, and too few to be told of"
    assert not rules.tells_of_few(five, [set(range(4, 9))]), "neither lies in the other"
