"""The weekly review: who reads it, what is frozen, what becomes of decisions and actions, and who is told."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import DatabaseError, connection, transaction

from fairlead.deals.rules import DealRow
from fairlead.ledger import queries as ledger
from fairlead.notices.models import Notice
from fairlead.people import access, reading
from fairlead.people import actions as people
from fairlead.people.access import Lending
from fairlead.people.models import Person
from fairlead.promises import queries as promises
from fairlead.reviews import actions, queries, rules
from fairlead.reviews.models import Minutes, Review
from fairlead.reviews.rules import ActionNote, DecisionNote, Notes, QuestionNote
from tests import cast as the_cast
from tests.calls import company as the_company
from tests.calls.company import Company
from tests.calls.test_changes import FIRST, INSIDE, LATER, SECOND, show
from tests.cast import AT, Cast

FRIDAY = date(2026, 11, 27)
HOUR = timedelta(hours=1)
WEEK = timedelta(days=7)


def begun(team: Company, guest: Person | None = None, by: str = "mina") -> str:
    row = actions.begin(by=team.cast.actor(by), at=AT, leader=team.cast.mina, guest=guest)
    return row.public_id


def notes(team: Company) -> Notes:
    cast = team.cast
    return Notes(
        decisions=(DecisionNote("Ask the board of Nordwind for the day.", team.deals["Nordwind"].public_id),),
        questions=(QuestionNote("Who signs at Ostrava?", cast.rosa.public_id),),
        actions=(
            ActionNote("Call the lawyer.", cast.rosa.public_id, "", FRIDAY.isoformat()),
            ActionNote("Get the lab a day.", cast.mina.public_id, cast.ravi.public_id, FRIDAY.isoformat()),
        ),
    )


def ended(team: Company, guest: Person | None = None) -> str:
    review = begun(team, guest)
    actions.end(by=team.cast.actor("mina"), at=AT + HOUR, review=review, notes=notes(team), version=0)
    return review


def reads(team: Company, review: str) -> list[str]:
    found = []
    for name in team.cast.names:
        try:
            queries.one(team.cast.actor(name), review, AT + 2 * HOUR)
        except access.NotFound:
            assert review not in [line.public_id for line in queries.listing(team.cast.actor(name))]
            continue
        assert review in [line.public_id for line in queries.listing(team.cast.actor(name))], name
        found.append(name)
    return found


# Who reads it


def test_the_room_reads_it_and_nobody_else(team: Company) -> None:
    assert reads(team, begun(team)) == ["mina", "rosa", "ravi", "ines", "tomas"]


def test_a_superior_reads_the_minutes_as_a_guest_only(team: Company) -> None:
    assert "vera" not in reads(team, ended(team))
    review = begun(team, team.cast.vera)
    assert "vera" in reads(team, review)
    assert "carl" not in reads(team, review)


def test_who_leaves_the_team_still_reads_and_who_joins_does_not(team: Company) -> None:
    review = ended(team)
    cast, by = team.cast, access.system("tests reorganise")
    people.move(by=by, at=AT, person=cast.rosa, manager=cast.otto, starts_on=AT.date())
    people.move(by=by, at=AT, person=cast.pia, manager=cast.mina, starts_on=AT.date())
    assert reads(team, review) == ["mina", "rosa", "ravi", "ines", "tomas"]
    assert queries.one(cast.actor("rosa"), review, AT).minutes is not None


def test_the_ledger_and_notices_tell_nobody_who_was_not_there(team: Company) -> None:
    ended(team)
    for name in team.cast.names:
        kinds = {entry.kind for entry in ledger.entries(reading.readable(team.cast.actor(name)), limit=300)}
        assert ("review.ended" in kinds) == (name == "mina"), name
    told = set(Notice.objects.filter(kind__startswith="reviews.").values_list("to_id", flat=True))
    assert told == {getattr(team.cast, name).pk for name in ("rosa", "ravi", "ines", "tomas")}
    ledger.verify()


def test_each_reads_deals_by_name_that_are_theirs_to_read(cast: Cast) -> None:
    row = DealRow("d1", name="Nordwind", owner="rosa", amount=Decimal(240), stage="Paper", close_on=INSIDE)
    other = replace(row, deal_id="d2", name="Kestrel", owner="ravi", amount=Decimal(190))
    show(cast, [row, other], FIRST)
    show(cast, [replace(row, close_on=LATER), replace(other, close_on=LATER)], SECOND)
    review = actions.begin(by=cast.actor("mina"), at=AT, leader=cast.mina, guest=cast.vera).public_id
    named = {"mina": {"Nordwind", "Kestrel"}, "rosa": {"Nordwind"}, "ravi": {"Kestrel"}, "ines": set()}
    for name, deals in (named | {"vera": {"Nordwind", "Kestrel"}}).items():
        facts = queries.one(cast.actor(name), review, AT).facts
        assert facts is not None
        (bar,) = facts.bars
        assert (bar.kind, bar.amount, bar.count) == ("pushed", -43000, 2)
        assert {one.name for one in bar.deals} == deals, name
        assert bar.unnamed == 2 - len(deals)
        assert facts.start + bar.amount == facts.end
        assert all(bool(one.owner) == (name != "vera") for one in bar.deals)


def test_a_guest_reads_no_call_and_no_name_of_a_rep_in_the_facts(team: Company) -> None:
    team.call("rosa", 650)
    review = ended(team, team.cast.vera)
    page = queries.one(team.cast.actor("vera"), review, AT)
    assert page.facts is not None
    assert page.facts.calls == ()
    assert len(page.brief) == 3
    assert page.team_count == 4
    names = [getattr(team.cast, name).name for name in ("rosa", "ravi", "ines", "tomas")]
    assert not any(name in repr(page) for name in names)
    assert page.minutes is not None
    assert {one.owner for one in page.minutes.actions} == {queries.SOMEBODY, "Mina Aalto"}


def test_a_mate_reads_calls_of_the_team_and_booked_money_of_the_own_deals_only(team: Company) -> None:
    review = begun(team)
    found = {}
    for name in ("mina", "rosa"):
        facts = queries.one(team.cast.actor(name), review, AT).facts
        assert facts is not None
        found[name] = {row.name.split()[0]: row.booked for row in facts.calls}
    assert found["mina"] == {"Ines": 40100, "Ravi": 21400, "Rosa": 39200, "Tomas": 18300}
    assert found["rosa"] == {"Ines": None, "Ravi": None, "Rosa": 39200, "Tomas": None}


def test_a_guest_is_the_superior_or_an_executive(team: Company) -> None:
    for name in ("otto", "rosa", "mina", "olu"):
        with pytest.raises(access.Refusal) as refused:
            begun(team, getattr(team.cast, name))
        assert refused.value.code == "no_guest", name


def test_nobody_runs_the_review_of_somebody_else_without_standing_in(team: Company) -> None:
    review = begun(team)
    for name in ("vera", "carl", "otto"):
        with pytest.raises(access.NotFound):
            begun(team, by=name)
        with pytest.raises(access.NotFound):
            actions.end(by=team.cast.actor(name), at=AT, review=review, notes=Notes(), version=0)
    with pytest.raises(access.NotAllowed):
        begun(team, by="rosa")
    with pytest.raises(access.NotAllowed):
        actions.save(by=team.cast.actor("rosa"), at=AT, review=review, notes=Notes(), version=0)


def test_who_stands_in_runs_it_in_the_leaders_name_and_is_in_the_room(team: Company) -> None:
    cast = team.cast
    people.delegate(
        by=cast.actor("mina"), at=AT, taker=cast.otto, kind=Lending.FORECAST, starts_at=AT, ends_at=AT + WEEK
    )
    review = begun(team, by="otto")
    row = Notes(
        actions=(ActionNote("Call the lawyer.", cast.rosa.public_id, "", FRIDAY.isoformat()),),
        absent=(cast.mina.public_id,),
    )
    actions.end(by=cast.actor("otto"), at=AT, review=review, notes=row, version=0)
    assert reads(team, review) == ["mina", "otto", "rosa", "ravi", "ines", "tomas"]
    page = queries.one(cast.actor("mina"), review, AT)
    assert (page.by, page.leader.name, page.absent) == ("Otto Brandt", "Mina Aalto", ("Mina Aalto",))
    line = promises.from_source(cast.actor("mina"), "review", [review], AT)[0]
    assert (line.owner.name, line.made_to.name, line.noted_by) == (
        "Rosa Lindqvist",
        "Mina Aalto",
        "Otto Brandt",
    )
    assert promises.from_source(cast.actor("otto"), "review", [review], AT) == []


# What is frozen


def test_the_facts_stay_as_they_were_when_it_began(team: Company) -> None:
    team.submit("mina", 2000, reason="As the team called it.", at=AT - HOUR)
    review = begun(team)
    before = queries.one(team.cast.actor("mina"), review, AT).facts
    team.change("Nordwind", euros=900)
    team.call("mina", 2500, at=AT + HOUR)
    after = queries.one(team.cast.actor("mina"), review, AT + WEEK).facts
    assert before == after
    assert after is not None
    assert after.number.submitted == 200_000


def test_the_number_of_the_leader_is_nobody_elses_before_it_begins(team: Company) -> None:
    assert queries.prepared(team.cast.actor("mina"), team.cast.mina.pk, AT).facts.number.amount > 0
    for name in ("rosa", "vera", "otto", "olu"):
        with pytest.raises((access.NotFound, access.NotAllowed)):
            queries.prepared(team.cast.actor(name), team.cast.mina.pk, AT)


def test_the_next_review_begins_where_the_last_one_did_and_with_its_open_questions(team: Company) -> None:
    first = ended(team)
    later = AT + WEEK
    found = queries.prepared(team.cast.actor("mina", later), team.cast.mina.pk, later)
    assert (found.facts.since, found.facts.since_review) == (AT, first)
    assert [q.text for q in found.carried] == ["Who signs at Ostrava?"]
    row = actions.begin(by=team.cast.actor("mina", later), at=later, leader=team.cast.mina)
    draft = queries.one(team.cast.actor("mina", later), row.public_id, later).draft
    assert draft is not None
    assert draft.notes.questions[0].since == AT.date().isoformat()
    actions.end(
        by=team.cast.actor("mina", later), at=later, review=row.public_id, notes=draft.notes, version=0
    )
    minutes = queries.one(team.cast.actor("mina", later), row.public_id, later).minutes
    assert minutes is not None
    assert minutes.questions[0].asked_on == AT.date()


def test_minutes_are_never_changed(team: Company) -> None:
    review = ended(team)
    for model in (Review, Minutes):
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.for_system("a test tries to change minutes").update(digest="x")
    with pytest.raises(rules.Ended):
        actions.save(by=team.cast.actor("mina"), at=AT, review=review, notes=notes(team), version=0)


# What becomes of it


def test_actions_become_promises_of_two_people(team: Company) -> None:
    review = ended(team)
    lines = {
        name: [line.text for line in promises.from_source(team.cast.actor(name), "review", [review], AT)]
        for name in ("mina", "rosa", "ravi", "ines", "vera")
    }
    assert lines == {
        "mina": ["Call the lawyer.", "Get the lab a day."],
        "rosa": ["Call the lawyer."],
        "ravi": ["Get the lab a day."],
        "ines": [],
        "vera": [],
    }
    minutes = queries.one(team.cast.actor("ravi"), review, AT).minutes
    assert minutes is not None
    assert [one.promise is None for one in minutes.actions] == [True, False]


def test_a_decision_stands_on_its_deal_for_whom_the_table_lets(team: Company) -> None:
    review = ended(team, team.cast.carl)
    deal = team.deals["Nordwind"].public_id
    seen = {
        name: [one.review for one in queries.decisions_on(team.cast.actor(name), deal)]
        for name in team.cast.names
    }
    assert {name for name, found in seen.items() if found} == {"rosa", "mina", "vera"}
    assert (seen["rosa"], seen["vera"]) == ([review], [""])


def test_a_decision_on_a_deal_of_another_team_is_refused_and_nothing_is_written(team: Company) -> None:
    other = team.deal("Elsewhere", "pia", 100).public_id
    review = begun(team)
    with pytest.raises(access.Refusal) as refused:
        actions.end(
            by=team.cast.actor("mina"), at=AT, review=review, version=0,
            notes=Notes(decisions=(DecisionNote("Take it.", other),)),
        )  # fmt: skip
    assert refused.value.code == "no_deal"
    assert queries.one(team.cast.actor("mina"), review, AT).state == "open"


def test_one_action_that_is_refused_leaves_no_promise_behind(team: Company) -> None:
    review = begun(team)
    good = notes(team)
    far = ActionNote("Far away.", team.cast.rosa.public_id, "", "2031-01-01")
    with pytest.raises(access.Refusal, match="Action 3"):
        actions.end(
            by=team.cast.actor("mina"),
            at=AT,
            review=review,
            version=0,
            notes=Notes(actions=(*good.actions, far)),
        )
    assert promises.from_source(team.cast.actor("mina"), "review", [review], AT) == []
    assert Notice.objects.filter(kind__in=("reviews.ended", "promises.made")).count() == 0


def test_what_is_set_straight_stands_below_with_its_name(team: Company) -> None:
    review = ended(team, team.cast.vera)
    cast = team.cast
    for _ in range(2):
        actions.set_straight(by=cast.actor("ravi"), at=AT, review=review, text="It was Thursday.", key="k")
    for name, said in (("ines", "Ravi Menon"), ("vera", queries.SOMEBODY)):
        minutes = queries.one(cast.actor(name), review, AT).minutes
        assert minutes is not None
        assert [(one.text, one.name) for one in minutes.straight] == [("It was Thursday.", said)]
    told = Notice.objects.filter(kind="reviews.set_straight")
    assert told.count() == 5
    assert told.get(to_id=cast.vera.pk).facts["name"] == "Somebody of the team"
    with pytest.raises(access.NotFound):
        actions.set_straight(by=cast.actor("otto"), at=AT, review=review, text="No.", key="k2")


def test_a_review_begun_by_mistake_is_called_off_while_nothing_is_written_down(team: Company) -> None:
    mina, review = team.cast.actor("mina"), begun(team)
    version = actions.save(by=mina, at=AT, review=review, notes=notes(team), version=0)
    with pytest.raises(access.Refusal) as refused:
        actions.call_off(by=mina, at=AT, review=review)
    assert refused.value.code == "notes_there"
    actions.save(by=mina, at=AT, review=review, notes=Notes(), version=version)
    actions.call_off(by=mina, at=AT, review=review)
    page = queries.one(team.cast.actor("rosa"), review, AT)
    assert (page.state, page.facts) == ("called_off", None)
    assert begun(team) != review


def test_a_review_runs_once_at_a_time(team: Company) -> None:
    begun(team)
    with pytest.raises(access.Refusal) as refused:
        begun(team)
    assert refused.value.code == "running"


# Nothing is lost


def test_notes_are_kept_as_typed_and_another_tab_is_told(team: Company) -> None:
    mina, review = team.cast.actor("mina"), begun(team)
    half = Notes(actions=(ActionNote("Half a sent", "", "", "no day"),))
    assert actions.save(by=mina, at=AT, review=review, notes=half, version=0) == 1
    draft = queries.one(mina, review, AT).draft
    assert draft is not None
    assert draft.notes == half
    with pytest.raises(rules.Conflict) as conflict:
        actions.save(by=mina, at=AT, review=review, notes=notes(team), version=0)
    assert conflict.value.version == 1
    with pytest.raises(rules.Conflict):
        actions.end(by=mina, at=AT, review=review, notes=notes(team), version=0)
    assert actions.save(by=mina, at=AT, review=review, notes=half, version=0) == 1


def test_the_same_end_twice_is_one(team: Company) -> None:
    mina, review = team.cast.actor("mina"), begun(team)
    one = actions.end(by=mina, at=AT, review=review, notes=notes(team), version=0)
    assert actions.end(by=mina, at=AT, review=review, notes=notes(team), version=0).pk == one.pk
    assert Notice.objects.filter(kind="reviews.ended").count() == 4


def test_of_many_who_end_at_once_one_succeeds_and_the_others_are_told(real_transactions: None) -> None:
    team = the_company.mina_team(the_company.build(the_cast.build()))
    review, tabs = begun(team), 4
    barrier = Barrier(tabs)

    def end(tab: int) -> str:
        barrier.wait()
        row = Notes(decisions=(DecisionNote(f"Decided in tab {tab}."),), actions=notes(team).actions)
        try:
            actions.end(by=team.cast.actor("mina"), at=AT, review=review, notes=row, version=0)
            return "ended"
        except rules.Ended:
            return "told"
        finally:
            connection.close()

    with ThreadPoolExecutor(tabs) as pool:
        assert Counter(pool.map(end, range(tabs))) == {"ended": 1, "told": tabs - 1}
    assert len(promises.from_source(team.cast.actor("mina"), "review", [review], AT)) == 2
    ledger.verify()
