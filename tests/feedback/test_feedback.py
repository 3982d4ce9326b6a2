"""Rounds in the database: opened, answered once, closed, released together; nothing links an answer to its author."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import models
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from fairlead.feedback import actions, queries, rules
from fairlead.feedback.models import Asked, Comment, Figure, Round, Tally
from fairlead.ledger.models import Entry
from fairlead.notices.models import Notice
from fairlead.people import access, switches
from fairlead.people import queries as people
from fairlead.people.access import NotFound, Refusal
from tests.agreements.agreeing import turned_on
from tests.cast import AT, Cast
from tests.feedback.asking import (
    CLOCK,
    NO,
    OVER,
    QUARTER,
    REPS,
    YES,
    answered,
    joined,
    newest,
    opened,
    page,
    released,
)

DAY = timedelta(days=1)
WHY = "a test asks for it"


def code(caught: pytest.ExceptionInfo[Refusal]) -> str:
    return caught.value.code


def told(kind: str) -> set[int]:
    return set(Notice.objects.filter(kind=kind).values_list("to_id", flat=True))


def test_off_nothing_opens_and_nobody_has_a_page(cast: Cast) -> None:
    assert actions.watch(by=CLOCK, at=AT) == 0
    for name in cast.names:
        assert not queries.available(cast.actor(name))
        with pytest.raises(NotFound):
            queries.book(cast.actor(name), AT)
    assert not Round.objects.for_system(WHY).exists()


def test_small_teams_of_a_unit_are_asked_as_one_and_told_so(cast: Cast) -> None:
    row = opened(cast)
    assert (row.kind, row.owner, row.opened_on.isoformat(), row.closes_on.isoformat()) == (
        "line", cast.vera, "2026-11-24", "2026-12-08",
    )  # fmt: skip
    assert {person for person, _ in queries.pairs(row)} == {getattr(cast, name).pk for name in REPS}
    assert told("feedback.asked") == {getattr(cast, name).pk for name in REPS}
    assert actions.watch(by=CLOCK, at=AT) == 0, "twice does it once"
    assert Round.objects.for_system(WHY).count() == 1, "carl's and vera's own teams are too small"


def _larger(cast: Cast, more: str = "") -> None:
    """Six for mina, five for otto, one for sanna."""
    for name in f"anna bert {more}".split():
        joined(cast, name, "mina")
    for name in ("cleo", "dora", "emil"):
        joined(cast, name, "otto")


def test_a_team_of_six_is_asked_alone_beside_the_smaller_ones_together(cast: Cast) -> None:
    _larger(cast)
    opened(cast)
    rows = {(row.kind, row.owner_id, len(queries.pairs(row))) for row in Round.objects.for_system(WHY)}
    assert rows == {("team", cast.mina.pk, 6), ("line", cast.vera.pk, 6)}


def test_a_team_of_six_joins_the_others_where_they_would_be_too_few(cast: Cast) -> None:
    for name in ("anna", "bert"):
        joined(cast, name, "mina")
    row = opened(cast)
    assert (row.kind, len(queries.pairs(row)), Round.objects.for_system(WHY).count()) == ("line", 9, 1)


def test_a_unit_where_it_is_off_is_not_asked(cast: Cast) -> None:
    turned_on(cast, "mina", "off", feature="feedback")
    opened(cast)
    assert not Round.objects.for_system(WHY).exists(), "three are left"


def test_an_answer_raises_tallies_and_no_row_has_both_an_answer_and_a_person_or_a_moment(cast: Cast) -> None:
    row = opened(cast)
    entries = Entry.objects.count()
    answered(cast, row, ("rosa",), comment="More time with customers")
    answered(cast, row, ("ravi",), answers=NO)
    tallies = Tally.objects.for_system(WHY).filter(round=row)
    assert {(one.yes, one.no, one.unable) for one in tallies} == {(1, 1, 0)}
    assert Asked.objects.for_system(WHY).filter(answered=True).count() == 2
    assert Entry.objects.count() == entries, "an entry would have a moment"
    for model in (Tally, Comment, Asked):
        kinds = {type(field) for field in model._meta.concrete_fields}
        assert not kinds & {models.DateTimeField, models.DateField, models.AutoField}, model
    for model in (Tally, Comment):
        assert {field.name for field in model._meta.concrete_fields if field.is_relation} == {"round"}
    assert not [
        relation
        for model in apps.get_app_config("feedback").get_models()
        for relation in model._meta.related_objects
        if relation.model in (Tally, Comment)
    ], "nothing points at an answer"


def test_keys_have_no_order_and_the_closing_writes_everything_anew(cast: Cast) -> None:
    row = opened(cast)
    for name in REPS:
        answered(cast, row, (name,), comment=name)
    before = {
        model: list(model.objects.for_system(WHY).values_list("pk", flat=True)) for model in (Asked, Comment)
    }
    actions._close(CLOCK, OVER)
    for model, keys in before.items():
        now = list(model.objects.for_system(WHY).values_list("pk", flat=True))
        assert len(now) == len(keys)
        assert not set(now) & set(keys)
        assert max(now) > 2**40, "drawn by chance, not counted"
    assert set(Comment.objects.for_system(WHY).values_list("text", flat=True)) == set(REPS)


def test_answered_twice_closed_and_not_asked_are_refused(cast: Cast) -> None:
    row = opened(cast)
    answered(cast, row, ("rosa",))
    with pytest.raises(Refusal) as caught:
        answered(cast, row, ("rosa",), answers=NO)
    assert code(caught) == "twice"
    for name in ("mina", "vera", "olu", "hana", "ada", "carl"):
        with pytest.raises(NotFound):
            answered(cast, row, (name,))
    with pytest.raises(Refusal) as caught:
        answered(cast, row, ("ravi",), answers=YES | {"owns": ""})
    assert code(caught) == "item_missing"
    answered(cast, row, ("ravi",), at=AT + 14 * DAY)
    with pytest.raises(Refusal) as caught:
        answered(cast, row, ("ines",), at=AT + 15 * DAY)
    assert code(caught) == "closed"
    turned_on(cast, "mina", "off", feature="feedback")
    with pytest.raises(NotFound):
        answered(cast, row, ("tomas",))
    assert Tally.objects.for_system(WHY).filter(yes=2).count() == len(rules.ITEMS)


def test_who_has_not_answered_is_reminded_once_and_nobody_else_is_told(cast: Cast) -> None:
    row = opened(cast)
    answered(cast, row, ("rosa", "pia"))
    assert actions.watch(by=CLOCK, at=AT + 6 * DAY) == 0
    for n in (9, 10, 11):
        actions.watch(by=CLOCK, at=AT + n * DAY)
    silent = {getattr(cast, name).pk for name in REPS if name not in ("rosa", "pia")}
    assert told("feedback.reminded") == silent
    assert Notice.objects.filter(kind="feedback.reminded").count() == len(silent)
    assert not Entry.objects.filter(kind="feedback.reminded").exists()


def test_nobody_sees_before_the_end_how_many_answered(cast: Cast) -> None:
    row = opened(cast)
    answered(cast, row)
    for name, part in (("vera", "own"), ("mina", "about"), ("rosa", "asked")):
        found = page(cast, name, row, AT)
        assert (found.part, found.line.answered, found.rows, found.comments) == (part, None, [], [])
    hr = queries.book(cast.actor("hana"), AT).counts
    assert [(one.asked, one.answered) for one in hr] == [(7, None)]


def test_a_released_round_is_read_by_its_managers_and_by_others_only_when_shared(cast: Cast) -> None:
    opened(cast)
    row = released(cast, comment="Well done")
    assert (row.outcome, row.answered) == ("shown", 7)
    assert told("feedback.released") == {cast.vera.pk, cast.mina.pk, cast.otto.pk, cast.sanna.pk}
    for name in ("vera", "mina", "otto", "sanna"):
        found = page(cast, name, row)
        assert {cell.level for line in found.rows for cell in line.cells} == {"high"}
        assert found.comments == [], "seven answers are too few for comments"
    assert not Comment.objects.for_system(WHY).exists(), "erased unread"
    assert not Tally.objects.for_system(WHY).exists()
    assert page(cast, "rosa", row).rows == []
    for name in ("carl", "olu", "hana", "ada"):
        with pytest.raises(NotFound):
            page(cast, name, row)
    assert [(one.asked, one.answered) for one in queries.book(cast.actor("hana"), OVER).counts] == [(7, 7)]
    actions.share(by=cast.actor("vera", OVER), at=OVER, round=row.public_id, whom="asked", on=True)
    assert len(page(cast, "rosa", row).rows) == len(rules.ITEMS)
    assert told("feedback.shared") == {getattr(cast, name).pk for name in REPS}
    actions.share(by=cast.actor("vera", OVER), at=OVER, round=row.public_id, whom="asked", on=False)
    assert page(cast, "rosa", row).rows == []


def test_only_the_owner_shares_and_only_what_was_released(cast: Cast) -> None:
    row = opened(cast)
    with pytest.raises(Refusal, match="not released"):
        actions.share(by=cast.actor("vera"), at=AT, round=row.public_id, whom="asked", on=True)
    row = released(cast)
    for name in ("mina", "carl"):
        with pytest.raises(NotFound):
            actions.share(by=cast.actor(name), at=OVER, round=row.public_id, whom="asked", on=True)
    with pytest.raises(access.NotAllowed):
        actions.share(by=cast.actor("rosa"), at=OVER, round=row.public_id, whom="asked", on=True)
    with pytest.raises(Refusal):
        actions.share(by=cast.actor("vera"), at=OVER, round=row.public_id, whom="above", on=True)


def test_a_team_is_shared_with_the_superior_by_its_manager_alone(cast: Cast) -> None:
    _larger(cast, "finn gina")
    turned_on(cast, feature="feedback")
    actions.watch(by=CLOCK, at=AT)
    row = newest("team")
    team = ("rosa", "ravi", "ines", "tomas")
    answered(cast, row, team, comment="Go on")
    for person, _ in sorted(queries.pairs(row)):
        if not Asked.objects.for_system(WHY).get(round=row, person=person).answered:
            by = people.actor(person, AT)
            actions.answer(by=by, at=AT, round=row.public_id, answers=YES)
    actions.watch(by=CLOCK, at=OVER)
    assert page(cast, "mina", row).comments == ["Go on"] * 4
    with pytest.raises(NotFound):
        page(cast, "vera", row)
    actions.share(by=cast.actor("mina", OVER), at=OVER, round=row.public_id, whom="above", on=True)
    assert page(cast, "vera", row).part == "above"
    assert [one.public_id for one in queries.book(cast.actor("vera"), OVER).shared] == [row.public_id]
    with pytest.raises(NotFound):
        page(cast, "carl", row)


def test_four_answers_show_nothing_and_say_so_and_the_next_round_is_not_held_back_by_it(cast: Cast) -> None:
    opened(cast)
    row = released(cast, REPS[:4], comment="Hidden")
    assert row.outcome == "few"
    found = page(cast, "vera", row)
    assert (found.rows, found.line.words) == ([], "not enough answers")
    assert "five" in found.why
    assert told("feedback.not_released") >= {cast.vera.pk}
    assert not Figure.objects.for_system(WHY).exists()
    assert not Comment.objects.for_system(WHY).exists()
    assert released(cast, at=AT + QUARTER).outcome == "shown"


def test_one_who_joins_holds_the_round_back_and_two_do_not(cast: Cast) -> None:
    opened(cast)
    first = released(cast)
    joined(cast, "anna")
    second = released(cast, at=AT + QUARTER)
    assert (first.outcome, second.outcome) == ("shown", "changed")
    joined(cast, "bert")
    third = released(cast, at=AT + 2 * QUARTER, answers=NO)
    assert third.outcome == "shown"
    levels = [
        [cell.level for cell in line.cells] for line in page(cast, "vera", third, OVER + 2 * QUARTER).rows
    ]
    assert levels == [["low", "high"]] * 8, "all seven say otherwise: more than came or went"


def test_rounds_of_a_quarter_are_released_at_one_moment(cast: Cast) -> None:
    _larger(cast)
    opened(cast)
    rows = Round.objects.for_system(WHY).order_by("pk")
    assert len(rows) == 2
    Round.objects.for_system(WHY).filter(pk=rows[0].pk).update(closes_on=rows[0].closes_on + 7 * DAY)
    actions.watch(by=CLOCK, at=AT + 17 * DAY)
    assert not Round.objects.for_system(WHY).exclude(released_at=None).exists()
    actions.watch(by=CLOCK, at=OVER + DAY)
    assert {row.released_at for row in Round.objects.for_system(WHY)} == {OVER + DAY}


def test_turned_off_a_round_stands_still_and_holds_up_nobody_else(cast: Cast) -> None:
    row = opened(cast)
    answered(cast, row)
    switches.turn(by=cast.actor("ada"), at=AT, feature="feedback", head=cast.carl, state="off")
    assert actions.watch(by=CLOCK, at=OVER) == 0
    assert queries.waiting(cast.actor("rosa"), AT) == 0
    with pytest.raises(NotFound):
        page(cast, "vera", row)
    switches.turn(by=cast.actor("ada"), at=AT, feature="feedback", head=cast.carl, state="on")
    assert actions.watch(by=CLOCK, at=OVER) > 0


@pytest.mark.django_db
def test_whatever_happens_in_whatever_order_a_round_counts_each_answer_once(cast: Cast) -> None:
    class Life(RuleBasedStateMachine):
        """A round from its opening on; what is refused changes nothing."""

        def __init__(self) -> None:
            super().__init__()
            Tally.objects.for_system(WHY).delete()
            Comment.objects.for_system(WHY).delete()
            Asked.objects.for_system(WHY).delete()
            self.past = getattr(Life, "past", 0) + 1
            Life.past = self.past
            self.at = AT
            self.round = Round.objects.create(
                kind="team", owner=cast.mina, quarter=f"test {self.past}", opened_on=AT.date(),
                closes_on=(AT + 14 * DAY).date(),
            )  # fmt: skip
            Asked.objects.bulk_create(
                Asked(round=self.round, person=getattr(cast, name), manager=cast.mina) for name in REPS[:4]
            )
            Tally.objects.bulk_create(Tally(round=self.round, item=item) for item in rules.ITEMS)
            self.said: dict[str, dict[str, str]] = {}
            self.open = True

        @rule(
            name=st.sampled_from([*REPS, "mina", "hana"]),
            said=st.fixed_dictionaries({item: st.sampled_from([*rules.ANSWERS, ""]) for item in rules.ITEMS}),
        )
        def answer(self, name: str, said: dict[str, str]) -> None:
            allowed = name in REPS[:4] and self.open and name not in self.said and "" not in said.values()
            by = cast.actor(name, self.at)
            try:
                actions.answer(by=by, at=self.at, round=self.round.public_id, answers=said, comment=name)
            except Refusal:
                assert not allowed
            else:
                assert allowed
                self.said[name] = said

        @rule(days=st.integers(1, 6))
        def wait(self, days: int) -> None:
            self.at += days * DAY
            self.open = self.open and self.at.date() <= self.round.closes_on

        @rule()
        def close(self) -> None:
            actions._close(CLOCK, self.at)

        @invariant()
        def counts(self) -> None:
            for one in Tally.objects.for_system(WHY).filter(round=self.round):
                kept = [said[one.item] for said in self.said.values()]
                assert (one.yes, one.no, one.unable) == tuple(kept.count(what) for what in rules.ANSWERS)
            who = Asked.objects.for_system(WHY).filter(round=self.round, answered=True)
            assert set(who.values_list("person", flat=True)) == {getattr(cast, name).pk for name in self.said}
            texts = Comment.objects.for_system(WHY).filter(round=self.round).values_list("text", flat=True)
            assert sorted(texts) == sorted(self.said)
            row = Round.objects.for_system(WHY).get(pk=self.round.pk)
            assert row.closed_on is None or (not self.open and row.answered == len(self.said))

    turned_on(cast, feature="feedback")
    run_state_machine_as_test(Life, settings=settings(max_examples=8, stateful_step_count=10, deadline=None))


def test_one_joiner_withholds_a_year_and_not_for_ever(cast: Cast) -> None:
    """After a year answers count as new: an older round is not what a later one is compared with."""
    turned_on(cast, "carl", feature="feedback")
    released(cast)
    joined(cast, "nora")
    outcomes = []
    for quarters in range(1, 5):
        at = AT + quarters * QUARTER
        outcomes.append(released(cast, (*REPS[:6],), at=at).outcome)
    assert outcomes == ["changed", "changed", "changed", "shown"]
