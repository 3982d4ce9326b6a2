"""Executive asks: who reads and does what, what each step brings about, and what is never changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from fairlead.asks import actions, queries, rules
from fairlead.asks.models import Ask, Step, Version
from fairlead.calls import intake
from fairlead.deals.models import Deal
from fairlead.deals.rules import DealRow
from fairlead.debts import queries as debts
from fairlead.ledger import queries as ledger
from fairlead.notices.models import Notice
from fairlead.people import access
from fairlead.people import actions as people
from fairlead.people.access import Lending
from fairlead.plans import actions as plans
from fairlead.plans import rules as plan_rules
from fairlead.promises import queries as promises
from tests.asks.asking import (
    BLOCK,
    CONTENT,
    DAY,
    DEBRIEF,
    FRIDAY,
    TODAY,
    accepted,
    approved,
    done,
    planned,
    sent,
    state,
    step,
)
from tests.calls.company import Company
from tests.cast import AT

CLOCK = access.system("the clock")


def readers(team: Company, ask: str, at: datetime = AT) -> set[str]:
    found = set()
    for name in team.cast.names:
        actor = team.cast.actor(name, at)
        try:
            queries.one(actor, ask, at)
            found.add(name)
        except (access.NotAllowed, access.NotFound):
            continue
    for name in team.cast.names:
        actor = team.cast.actor(name, at)
        if access.may(actor, "ask.read"):
            book = queries.book(actor, at)
            listed = [line.public_id for line in (*book.waiting, *book.of_me, *book.running, *book.closed)]
            assert (ask in listed) == (name in found), name
    return found


def told(team: Company, kind: str) -> set[str]:
    ids = {getattr(team.cast, name).pk: name for name in team.cast.names}
    return {ids[notice.to_id] for notice in Notice.objects.filter(kind=kind)}


def refusal(act: object) -> str:
    with pytest.raises(access.Refusal) as refused:
        act()  # type: ignore[operator]
    return refused.value.code


# Who reads it


def test_before_the_manager_answers_only_rep_and_manager_read_it(team: Company) -> None:
    ask = sent(team, to="carl")
    assert readers(team, ask) == {"rosa", "mina"}
    step(team, "mina", ask, "sent_back", reason="Say what you want of him.")
    assert readers(team, ask) == {"rosa", "mina"}


def test_once_approved_the_superior_and_who_is_asked_read_it_and_nobody_else(team: Company) -> None:
    ask = approved(team, to="carl")
    assert readers(team, ask) == {"rosa", "mina", "vera", "carl"}
    step(team, "mina", ask, "undone")
    assert readers(team, ask) == {"rosa", "mina"}


def test_what_the_manager_declines_the_superior_reads_and_who_was_asked_never(team: Company) -> None:
    ask = sent(team, to="carl")
    step(team, "mina", ask, "turned_down", reason="Not for a deal of this size.")
    assert readers(team, ask) == {"rosa", "mina", "vera"}


def test_what_rep_and_manager_said_before_the_answer_stays_between_them(team: Company) -> None:
    ask = sent(team)
    step(team, "mina", ask, "sent_back", reason="She never calls back; write it shorter.")
    again = replace(CONTENT, purpose="Confirm the price.")
    actions.revise(by=team.cast.actor("rosa"), at=AT, ask=ask, content=again, after_version=1, key="again")
    step(team, "mina", ask, "approved")
    for name, count in (("rosa", 4), ("mina", 4), ("vera", 1)):
        page = queries.one(team.cast.actor(name), ask, AT)
        assert len(page.steps) == count, name
        assert len(page.versions) == (1 if name == "vera" else 2), name
    assert "shorter" not in str(queries.one(team.cast.actor("vera"), ask, AT))


def test_after_a_move_the_new_line_reads_and_the_old_manager_does_not(team: Company) -> None:
    ask = approved(team)
    later = AT + DAY
    people.move(
        by=team.cast.actor("olu"), at=later, person=team.cast.rosa, manager=team.cast.otto,
        starts_on=later.date(),
    )  # fmt: skip
    people.settle_lines(on=later.date())
    assert readers(team, ask, later) == {"rosa", "otto", "vera"}


def test_who_stands_in_for_the_manager_approves_in_their_name_and_nobody_answers_for_an_executive(
    team: Company,
) -> None:
    for giver, taker in (("mina", "sanna"), ("vera", "otto")):
        people.delegate(
            by=team.cast.actor(giver), at=AT, taker=getattr(team.cast, taker), kind=Lending.FORECAST, starts_at=AT,
            ends_at=AT + DAY,
        )  # fmt: skip
    ask = sent(team)
    step(team, "sanna", ask, "approved")
    assert refusal(lambda: step(team, "otto", ask, "accepted", on=TODAY)) == "not_yours"
    assert state(team, ask) == "asked"


def test_a_reader_who_may_not_read_the_deal_gets_the_manager_to_ask_and_no_rep(team: Company) -> None:
    ask = approved(team, to="carl")
    page = queries.one(team.cast.actor("carl"), ask, AT)
    assert (page.line.deal_id, page.line.owner, page.line.manager) == ("", "", "Mina Aalto")
    assert "Rosa" not in str([who for _, who in page.steps] + [one.by for one in page.versions])
    assert queries.one(team.cast.actor("vera"), ask, AT).line.owner == "Rosa Lindqvist"


# Writing


def test_an_ask_needs_a_plan_a_player_of_it_and_somebody_above_the_manager(team: Company) -> None:
    nordwind = team.deals["Nordwind"].public_id
    assert refusal(lambda: sent(team, deal=nordwind)) == "no_plan"
    planned(team)
    assert refusal(lambda: sent(team, replace(CONTENT, buyer="Nobody"), deal=nordwind)) == "no_player"
    for name in ("mina", "otto", "rosa", "hana"):
        assert refusal(lambda to=name: sent(team, to=to, deal=nordwind)) == "not_above"
    assert refusal(lambda: sent(team, replace(CONTENT, deadline=TODAY - DAY), deal=nordwind)) == "day_passed"
    assert not Ask.objects.for_system("a test counts").exists()
    assert state(team, sent(team, deal=nordwind)) == "with_manager"
    assert told(team, "asks.sent") == {"mina"}


def test_nobody_writes_for_a_deal_of_somebody_else_and_for_a_closed_one(team: Company) -> None:
    deal = planned(team)
    for name in ("ravi", "vera", "otto", "carl"):
        with pytest.raises(access.NotFound):
            sent(team, who=name, deal=deal)
    with pytest.raises(access.NotAllowed):
        sent(team, who="olu", deal=deal)
    team.won("Nordwind", "rosa", 240)
    assert refusal(lambda: sent(team, deal=deal)) == "deal_closed"


def test_a_form_sent_twice_makes_one_ask_and_one_step(team: Company) -> None:
    deal = planned(team)
    assert sent(team, deal=deal) == sent(team, deal=deal)
    ask = sent(team, deal=deal)
    for _ in range(2):
        step(team, "mina", ask, "approved", key="once")
    assert [one.kind for one, _ in queries.one(team.cast.actor("rosa"), ask, AT).steps] == [
        "sent",
        "approved",
    ]
    assert refusal(lambda: step(team, "mina", ask, "withdrawn", key="once", reason="No.")) == "key_reused"
    assert refusal(lambda: sent(team, replace(CONTENT, purpose="Another."), deal=deal)) == "key_reused"
    assert refusal(lambda: sent(team, to="carl", deal=deal)) == "key_reused"


def test_the_form_begins_with_what_plan_and_evidence_know(team: Company) -> None:
    start = queries.for_deal(team.cast.actor("rosa"), planned(team), AT)
    assert (start.start.buyer, start.start.deadline, start.manager) == (
        "Karin Holm",
        date(2026, 12, 14),
        "Mina Aalto",
    )
    assert "Two sites, 240" in start.start.background
    assert "Mina" in start.start.whose
    assert [one.name for one in start.executives] == ["Vera Lindholm", "Carl Ek"]


# The manager


def test_sent_back_is_written_again_as_a_new_version_and_the_old_one_stays(team: Company) -> None:
    ask = sent(team)
    step(team, "mina", ask, "sent_back", reason="Which price?")
    again = replace(CONTENT, purpose="Confirm 78 thousand a year to her.")
    actions.revise(by=team.cast.actor("rosa"), at=AT, ask=ask, content=again, after_version=1, key="again")
    page = queries.one(team.cast.actor("mina"), ask, AT)
    assert (page.line.standing.state, page.line.content.purpose) == ("with_manager", again.purpose)
    assert [one.content.purpose for one in page.versions] == [again.purpose, CONTENT.purpose]


def test_a_manager_approves_with_edits_and_the_rep_is_told_that_there_are_some(team: Company) -> None:
    ask = sent(team)
    edited = replace(CONTENT, do_not_offer=(*CONTENT.do_not_offer, "A discount"))
    actions.revise(by=team.cast.actor("mina"), at=AT, ask=ask, content=edited, after_version=1, key="edits")
    page = queries.one(team.cast.actor("vera"), ask, AT)
    assert (page.line.standing.state, page.line.version) == ("asked", 2)
    assert page.versions[0].by == "Mina Aalto"
    assert (told(team, "asks.approved_edited"), told(team, "asks.asked")) == ({"rosa"}, {"vera"})


def test_who_writes_over_a_version_they_have_not_read_hears_of_it(team: Company) -> None:
    ask = sent(team)
    again = replace(CONTENT, purpose="Another purpose.")
    actions.revise(by=team.cast.actor("rosa"), at=AT, ask=ask, content=again, after_version=1, key="a")
    with pytest.raises(actions.Overtaken) as overtaken:
        actions.revise(by=team.cast.actor("mina"), at=AT, ask=ask, content=CONTENT, after_version=1, key="b")
    assert overtaken.value.number == 2
    assert state(team, ask) == "with_manager"


def test_a_manager_cannot_pass_on_to_somebody_who_is_no_longer_above(team: Company) -> None:
    ask = sent(team)
    people.move(
        by=team.cast.actor("olu"), at=AT, person=team.cast.mina, manager=team.cast.carl, starts_on=TODAY + DAY
    )
    people.settle_lines(on=TODAY + DAY)
    assert refusal(lambda: step(team, "mina", ask, "approved", at=AT + DAY)) == "not_above"


def test_what_the_manager_writes_is_approved_with_that_and_the_owner_reads_it(team: Company) -> None:
    ask = sent(team, who="mina")
    assert state(team, ask) == "asked"
    assert told(team, "asks.asked") == {"vera"}
    assert told(team, "asks.written") == {"rosa"}
    assert told(team, "asks.sent") == set()
    assert readers(team, ask) == {"rosa", "mina", "vera"}
    step(team, "vera", ask, "accepted", on=TODAY)
    assert state(team, ask) == "accepted"
    other = sent(team, who="mina", deal=team.deals["Nordwind"].public_id, key="other")
    step(team, "mina", other, "withdrawn", reason="It came otherwise.")
    assert state(team, other) == "withdrawn"


def test_the_manager_writes_to_a_sponsor_and_needs_no_copy(team: Company) -> None:
    deal = planned(team)
    actions.name_sponsor(by=team.cast.actor("mina"), at=AT, deal=deal, person=team.cast.vera)
    assert state(team, sent(team, who="mina", deal=deal)) == "asked"
    assert told(team, "asks.passed") == set()


# The executive


def test_only_who_is_asked_accepts_declines_or_proposes(team: Company) -> None:
    ask = approved(team)
    for name in ("rosa", "mina"):
        assert refusal(lambda who=name: step(team, who, ask, "accepted", on=TODAY)) == "not_yours"
    with pytest.raises(access.NotFound):
        step(team, "carl", ask, "accepted", on=TODAY)
    assert refusal(lambda: step(team, "vera", ask, "declined")) == "reason_missing"
    step(team, "vera", ask, "accepted", on=FRIDAY)
    assert told(team, "asks.accepted") == {"rosa", "mina"}


def test_another_day_is_proposed_and_agreed_to_by_rep_or_manager(team: Company) -> None:
    ask = approved(team)
    step(team, "vera", ask, "proposed", on=FRIDAY + 3 * DAY)
    assert state(team, ask, at=AT + 4 * DAY) == "proposed"
    step(team, "mina", ask, "agreed", at=AT + 4 * DAY)
    line = queries.one(team.cast.actor("rosa"), ask, AT + 4 * DAY).line
    assert (line.standing.state, line.standing.on) == ("accepted", FRIDAY + 3 * DAY)
    assert told(team, "asks.agreed") == {"rosa", "vera"}


def test_an_answer_is_taken_back_until_somebody_acted_on_it(team: Company) -> None:
    ask = accepted(team)
    step(team, "vera", ask, "undone")
    assert state(team, ask) == "asked"
    step(team, "vera", ask, "proposed", on=FRIDAY)
    step(team, "rosa", ask, "agreed")
    assert refusal(lambda: step(team, "vera", ask, "undone", key="late")) == "nothing_to_undo"


def test_a_withdrawal_needs_a_reason_once_somebody_above_has_it(team: Company) -> None:
    early = sent(team)
    step(team, "rosa", early, "withdrawn")
    ask = sent(team, deal=team.deals["Nordwind"].public_id, key="second")
    step(team, "mina", ask, "approved")
    assert refusal(lambda: step(team, "rosa", ask, "withdrawn")) == "reason_missing"
    step(team, "mina", ask, "withdrawn", reason="They signed.")
    assert told(team, "asks.withdrawn") == {"mina", "rosa", "vera"}


def test_a_block_that_is_not_removed_is_owed_until_the_decline_is_taken_back(team: Company) -> None:
    ask = approved(team, BLOCK)
    step(team, "vera", ask, "declined", reason="No engineer is free.")
    owed = debts.book(team.cast.actor("rosa"), AT).owed_to_me
    assert [(line.item, line.owner.name) for line in owed] == [(BLOCK.purpose, "Vera Lindholm")]
    assert debts.open_towards(team.cast.rosa.pk, AT) == [(BLOCK.purpose, team.cast.vera.pk, TODAY, None)]
    step(team, "vera", ask, "undone")
    assert debts.open_towards(team.cast.rosa.pk, AT) == []
    assert debts.book(team.cast.actor("rosa"), AT).settled[0].standing.state == "lifted"


def test_another_kind_of_ask_that_is_declined_owes_nothing(team: Company) -> None:
    step(team, "vera", approved(team), "declined", reason="I do not know her.")
    assert debts.open_towards(team.cast.rosa.pk, AT) == []


# The debrief


def test_a_debrief_makes_promises_with_owners_and_a_debt_of_who_was_asked(team: Company) -> None:
    ask = done(team)
    page = queries.one(team.cast.actor("rosa"), ask, AT)
    assert page.line.standing.state == "done"
    assert [(text, who) for text, who, _ in page.debriefs[0].words] == [
        ("The three-year price in writing", "Vera Lindholm"), ("The data sheet", "Rosa Lindqvist"),
    ]  # fmt: skip
    vera = promises.book(team.cast.actor("vera"), AT).mine
    assert [(line.text, line.made_to.name, line.source_kind) for line in vera] == [
        ("The three-year price in writing", "Mina Aalto", "ask")
    ]
    rosa = promises.book(team.cast.actor("rosa"), AT).mine[0]
    assert (rosa.made_to.name, rosa.noted_by) == ("Mina Aalto", "Vera Lindholm")
    assert told(team, "promises.noted") == {"rosa"}
    owed = debts.book(team.cast.actor("rosa"), AT).owed_to_me[0]
    assert (owed.item, owed.owner.name, owed.standing.due_on) == (
        DEBRIEF.provides, "Vera Lindholm", DEBRIEF.provides_by,
    )  # fmt: skip
    ledger.verify()


def test_the_rep_may_write_it_for_the_executive_and_the_manager_may_not(team: Company) -> None:
    ask = accepted(team)
    common = {"at": AT, "ask": ask, "given": DEBRIEF}
    assert (
        refusal(lambda: actions.debrief(by=team.cast.actor("mina"), key="m", **common))  # type: ignore[arg-type]
        == "not_yours"
    )
    actions.debrief(by=team.cast.actor("rosa"), key="r", **common)  # type: ignore[arg-type]
    assert told(team, "asks.debriefed") == {"mina", "vera"}
    assert [line.noted_by for line in promises.book(team.cast.actor("vera"), AT).mine] == ["Rosa Lindqvist"]


def test_a_second_debrief_adds_and_the_same_form_twice_counts_once(team: Company) -> None:
    ask = done(team)
    vera = team.cast.actor("vera")
    for _ in range(2):
        actions.debrief(by=vera, at=AT, ask=ask, given=DEBRIEF, key="debrief")
    for other in (replace(DEBRIEF, said="No."), replace(DEBRIEF, words=())):
        with pytest.raises(access.Refusal, match="other words"):
            actions.debrief(by=vera, at=AT, ask=ask, given=other, key="debrief")
    more = replace(DEBRIEF, said="She called back.", words=(), provides="", provides_by=None)
    actions.debrief(by=team.cast.actor("rosa"), at=AT, ask=ask, given=more, key="more")
    page = queries.one(team.cast.actor("mina"), ask, AT)
    assert [one.said for one in page.debriefs] == [DEBRIEF.said, "She called back."]
    assert len(promises.book(team.cast.actor("vera"), AT).mine) == 1


def test_nothing_is_kept_of_a_debrief_that_is_refused(team: Company) -> None:
    ask = accepted(team)
    bad = replace(DEBRIEF, words=(*DEBRIEF.words, rules.Word("A discount", "executive", TODAY - DAY)))
    assert (
        refusal(lambda: actions.debrief(by=team.cast.actor("vera"), at=AT, ask=ask, given=bad, key="x"))
        == "bad_day"
    )
    assert state(team, ask) == "accepted"
    assert promises.book(team.cast.actor("vera"), AT).mine == ()


def test_the_24_hours_are_shown_to_both_and_what_comes_later_says_so(team: Company) -> None:
    ask = accepted(team)
    line = queries.one(team.cast.actor("vera"), ask, AT).line
    assert line.debrief_due == datetime.fromisoformat("2026-11-25T22:00:00+00:00")
    assert (line.waits_for_reader, line.debrief_late) == (True, False)
    late = AT + 2 * DAY
    assert queries.one(team.cast.actor("rosa", late), ask, late).line.debrief_late
    actions.debrief(by=team.cast.actor("vera", late), at=late, ask=ask, given=DEBRIEF, key="late")
    assert queries.one(team.cast.actor("mina", late), ask, late).debriefs[0].late_by == timedelta(
        hours=14, minutes=10
    )


# The sponsor


def test_to_a_sponsor_the_owner_writes_directly_and_the_manager_is_in_copy(team: Company) -> None:
    deal = planned(team)
    with pytest.raises(access.NotFound):
        actions.name_sponsor(by=team.cast.actor("otto"), at=AT, deal=deal, person=team.cast.vera)
    with pytest.raises(access.NotAllowed):
        actions.name_sponsor(by=team.cast.actor("rosa"), at=AT, deal=deal, person=team.cast.vera)
    named = {"by": team.cast.actor("mina"), "at": AT, "deal": deal}
    assert refusal(lambda: actions.name_sponsor(person=team.cast.otto, **named)) == "not_above"  # type: ignore[arg-type]
    actions.name_sponsor(person=team.cast.carl, **named)  # type: ignore[arg-type]
    ask = sent(team, to="carl", deal=deal)
    line = queries.one(team.cast.actor("carl"), ask, AT).line
    assert (line.standing.state, line.sponsored, line.owner) == ("asked", True, "Rosa Lindqvist")
    assert (told(team, "asks.passed"), told(team, "asks.asked")) == ({"mina"}, {"carl"})
    actions.name_sponsor(person=None, **named)  # type: ignore[arg-type]
    assert state(team, sent(team, to="carl", deal=deal, key="after")) == "with_manager"


def test_a_sponsor_is_one_for_the_manager_who_named_them(team: Company) -> None:
    deal = planned(team)
    actions.name_sponsor(by=team.cast.actor("mina"), at=AT, deal=deal, person=team.cast.carl)
    row = Deal.objects.for_system("a test hands a deal over").filter(public_id=deal)
    for owner, sponsor in (
        ("ravi", team.cast.carl.pk),
        ("pia", None),
        (None, None),
        ("rosa", team.cast.carl.pk),
    ):
        row.update(owner=getattr(team.cast, owner) if owner else None)
        assert queries.sponsor_of(row.get().pk) == sponsor


# The clock


def test_the_clock_marks_what_expired_once_and_tells_who_had_it(team: Company) -> None:
    ask = approved(team)
    later = AT + 4 * DAY
    assert actions.watch(by=CLOCK, at=later) == 3
    assert actions.watch(by=CLOCK, at=later) == 0
    assert state(team, ask, at=later) == "expired"
    assert told(team, "asks.expired") == {"rosa", "mina", "vera"}
    assert refusal(lambda: step(team, "vera", ask, "accepted", on=later.date(), at=later)) == "settled"
    ledger.verify()


def test_an_executive_who_never_saw_it_is_not_told_that_it_expired(team: Company) -> None:
    sent(team)
    actions.watch(by=CLOCK, at=AT + 4 * DAY)
    assert told(team, "asks.expired") == {"rosa", "mina"}


def test_the_day_before_whoever_it_waits_for_is_reminded_once(team: Company) -> None:
    approved(team)
    assert [actions.watch(by=CLOCK, at=AT + 2 * DAY) for _ in range(2)] == [1, 0]
    assert told(team, "asks.waits") == {"vera"}


def test_after_the_day_who_owes_the_debrief_is_reminded_once(team: Company) -> None:
    accepted(team)
    assert [actions.watch(by=CLOCK, at=AT + days * DAY) for days in (0, 1, 1, 2)] == [0, 2, 0, 0]
    assert told(team, "asks.debrief_owed") == {"vera", "rosa"}


# Counts


def test_the_load_is_read_by_who_is_asked_and_by_leaders_below_who_may_ask(team: Company) -> None:
    accepted(team)
    seen = {
        name: [one for one, _ in queries.loads(team.cast.actor(name), AT)]
        for name in ("vera", "mina", "otto", "carl")
    }
    assert seen == {
        "vera": ["Vera Lindholm"],
        "mina": ["Vera Lindholm"],
        "otto": ["Vera Lindholm"],
        "carl": [],
    }
    with pytest.raises(access.NotAllowed):
        queries.loads(team.cast.actor("rosa"), AT)
    load = queries.loads(team.cast.actor("vera"), AT)[0][1]
    assert (load.asked, load.accepted, load.answered, load.too_few) == (1, 1, 1, True)


def test_how_many_wait_is_counted_for_each_who_has_the_next_step(team: Company) -> None:
    ask = sent(team)

    def counts(at: datetime = AT) -> dict[str, int]:
        return {
            name: queries.waiting(team.cast.actor(name, at), at)
            for name in ("rosa", "mina", "vera", "carl", "olu")
        }

    assert counts() == {"rosa": 0, "mina": 1, "vera": 0, "carl": 0, "olu": 0}
    step(team, "mina", ask, "approved")
    assert counts() == {"rosa": 0, "mina": 0, "vera": 1, "carl": 0, "olu": 0}
    step(team, "vera", ask, "accepted", on=TODAY)
    assert counts() == {"rosa": 1, "mina": 0, "vera": 1, "carl": 0, "olu": 0}


# What asks came to


THEN = datetime.fromisoformat("2026-08-20T09:00:00+00:00")
"""A day of the third quarter, on which deals got their first ask."""


def _take_in(team: Company, as_of: datetime, count: int, won: dict[int, date]) -> None:
    """Two times ``count`` deals of Rosa's, alike in all, as the CRM showed them at an instant."""
    deals = [
        DealRow(
            f"past-{number}", name=f"Past {number}", owner="Rosa Lindqvist", amount=Decimal(100 + number),
            currency="EUR", stage="Paper", close_on=date(2026, 9, 25), created_on=date(2026, 6, 1),
            status="won" if number in won else "open", closed_on=won.get(number),
        )
        for number in range(2 * count)
    ]  # fmt: skip
    intake.take_in_batch(
        by=team.cast.actor("olu", as_of), at=as_of, rows=intake.Rows(deals=deals), with_estimate=False,
        manner=intake.Manner("past", as_of, file_name="past.csv"),
    )  # fmt: skip


def _past(team: Company, count: int, won: dict[int, date]) -> None:
    """As many deals with an ask of that day as without; then those that were won, by number, on their days."""
    _take_in(team, THEN - 40 * DAY, count, {})
    for number in range(count):
        rows = Deal.objects.for_system("a test asks for deals").filter(external_id=f"past-{number}")
        public_id = rows.get().public_id
        plan = plan_rules.Plan(what="Past", players=(plan_rules.Player("Karin Holm"),))
        plans.save(by=team.cast.actor("rosa", THEN), at=THEN, deal=public_id, after_version=0, plan=plan)
        content = replace(CONTENT, deadline=date(2026, 8, 28))
        ask = sent(team, content, deal=public_id, key=f"past {number}", at=THEN)
        step(team, "mina", ask, "approved", at=THEN + timedelta(seconds=number))
    _take_in(team, AT - 30 * DAY, count, won)


def test_deals_with_asks_are_compared_with_what_was_like_them_on_that_day(team: Company) -> None:
    _past(team, 10, dict.fromkeys((0, 1, 2, 3, 4, 5, 10, 11, 12), date(2026, 9, 20)))
    found = queries.effect(team.cast.actor("vera"), AT)
    assert (found.deals, found.unmatched, found.running, found.too_few) == (10, 0, 0, False)
    assert found.won == pytest.approx(0.6)
    # The first of ten had none of the others asked before it: a deal asked later is among the others until then.
    assert found.others == 19
    shares = []
    for number in range(10):
        others = range(number + 1, 20)
        shares.append(sum(other in (1, 2, 3, 4, 5, 10, 11, 12) for other in others) / len(others))
    assert found.others_won == pytest.approx(sum(shares) / 10)
    with pytest.raises(access.NotAllowed):
        queries.effect(team.cast.actor("rosa"), AT)


def test_an_ask_of_the_running_period_waits_and_a_few_say_nothing(team: Company) -> None:
    _past(team, 2, {})
    approved(team)
    found = queries.effect(team.cast.actor("olu"), AT)
    assert (found.deals, found.running, found.too_few) == (2, 1, True)


def test_a_deal_that_was_won_after_the_period_was_not_won_in_it(team: Company) -> None:
    _past(team, 2, {0: date(2026, 10, 5), 1: date(2026, 9, 30)})
    assert queries.effect(team.cast.actor("vera"), AT).won == pytest.approx(0.5)


# What is never changed


def test_what_was_said_is_never_changed_or_removed(team: Company) -> None:
    done(team)
    change = "tests try to change what was said"
    for rows in (Ask.objects, Version.objects, Step.objects):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.for_system(change).update(by_id=team.cast.olu.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        Step.objects.for_system(change).delete()
    ledger.verify()


def test_when_the_ledger_fails_nothing_changed(team: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = approved(team)
    monkeypatch.setattr("fairlead.ledger.actions.append", _fail)
    with pytest.raises(RuntimeError, match="no ledger"):
        step(team, "vera", ask, "accepted", on=TODAY)
    assert state(team, ask) == "asked"


def _fail(**_: object) -> None:
    raise RuntimeError("no ledger")
