"""A submission freezes everything, reaches everybody at once, and happens once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import Error, transaction
from django.db.models import Q

from fairlead.calls import actions, numbers, queries, rules
from fairlead.calls.models import Submission, Withdrawal
from fairlead.ledger import queries as ledger
from fairlead.notices import queries as notices
from fairlead.people import access
from fairlead.people import actions as people_actions
from fairlead.people.models import Person
from tests.calls.company import OPS, Q4, WEEK, Company
from tests.cast import AT

HOUR = timedelta(hours=1)


def test_a_number_is_frozen_with_everything_behind_it(team: Company) -> None:
    team.call("rosa", 752)
    sent = team.submit("mina", 1932, at=AT)
    assert (sent.version, sent.amount_minor, sent.reps_sum_minor) == (1, 1932_00, 1932_00)
    assert (sent.booked_minor, sent.target_minor) == (1190_00, 2400_00)
    cells = {cell["name"]: cell for cell in sent.cells}
    assert cells["Rosa Lindqvist"]["said"] == 752_00
    assert cells["Ravi Menon"]["said"] is None
    assert cells["Ravi Menon"]["own_call"] == (214 + 190 + 72) * 100
    assert {row[0] for row in sent.deals} == {deal.pk for deal in team.deals.values()}
    assert sent.digest == rules.digest(actions.content_of(sent))


def test_the_digest_finds_a_changed_amount(team: Company) -> None:
    sent = team.submit("mina", 1812)
    sent.amount_minor += 1
    assert sent.digest != rules.digest(actions.content_of(sent))


def test_the_database_refuses_to_change_or_delete_what_was_said(team: Company) -> None:
    sent = team.submit("mina", 1812)
    rows = Submission.objects.for_system("a test tries to change what was said").filter(pk=sent.pk)
    with pytest.raises(Error, match="never changed"), transaction.atomic():
        rows.update(amount_minor=1)
    with pytest.raises(Error, match="never changed"), transaction.atomic():
        rows._raw_delete("default")
    assert rows.get().amount_minor == 1812_00


def test_the_team_and_the_superior_are_told_in_the_same_transaction(team: Company) -> None:
    team.submit("mina", 1700, "Two dates are not sure.")
    up = notices.for_person(team.cast.vera.pk)[0]
    assert up.kind == "calls.submitted_up"
    assert "€1,700" in up.sentence
    assert "€112 below the calls added up: Two dates are not sure." in up.sentence
    for name in ("rosa", "ravi", "ines", "tomas"):
        assert notices.for_person(getattr(team.cast, name).pk)[0].kind == "calls.submitted_copy"
    assert notices.for_person(team.cast.pia.pk) == []


def test_who_has_no_account_is_not_written_to(team: Company) -> None:
    people_actions.close_account(by=OPS, at=AT, person=team.cast.hana)
    Person.objects.filter(pk__in=[team.cast.vera.pk, team.cast.rosa.pk]).update(user=None)
    team.submit("mina", 1812)
    assert notices.for_person(team.cast.vera.pk) == []
    assert not [told for told in notices.for_person(team.cast.rosa.pk) if told.kind.startswith("calls.")]


def test_a_reason_is_required_when_the_number_differs_from_the_calls(team: Company) -> None:
    with pytest.raises(access.Refusal) as refused:
        team.submit("mina", 1700)
    assert refused.value.code == "reason_missing"
    assert "€112 below" in refused.value.sentence
    assert not Submission.objects.for_system("a test counts").exists()


def test_the_same_form_sent_twice_is_one_submission(team: Company) -> None:
    first = team.submit("mina", 1812, key="form")
    again = team.submit("mina", 1812, key="form", at=AT + timedelta(seconds=2))
    assert again.pk == first.pk
    assert len(notices.for_person(team.cast.vera.pk)) == 1
    assert len(ledger.entries(Q(kind="calls.submitted"))) == 1


def test_a_form_sent_again_with_another_number_is_refused(team: Company) -> None:
    team.submit("mina", 1812, key="form")
    with pytest.raises(access.Refusal) as refused:
        team.submit("mina", 1813, "one more", key="form")
    assert refused.value.code == "key_reused"


def test_a_form_that_did_not_see_the_newest_number_is_told_which_one_came_before(team: Company) -> None:
    first = team.submit("mina", 1812, key="first tab")
    with pytest.raises(rules.Conflict) as conflict:
        team.submit("mina", 1700, "typed with care", key="second tab")
    assert (conflict.value.newer, conflict.value.version) == (first.public_id, 1)
    assert (conflict.value.amount_minor, conflict.value.reason) == (1700_00, "typed with care")
    second = team.submit("mina", 1700, "typed with care", key="second tab", previous=first.public_id)
    assert (second.version, second.previous) == (2, first)


def test_a_number_that_comes_after_the_due_moment_is_late_for_that_one(team: Company) -> None:
    sent = team.submit("mina", 1812)
    assert sent.due_at < sent.at
    line = queries.submissions(team.cast.actor("mina"), team.cast.mina.pk, Q4, AT)[0]
    assert line.late_by == timedelta(hours=21, minutes=10)


def test_bars_from_one_submission_to_the_next_add_up(team: Company) -> None:
    first = team.submit("mina", 1812, at=AT - WEEK)
    team.change("Kestrel", close_on=Q4.ends_on + timedelta(days=22))
    team.change("Quill", status="lost", closed_on=(AT - timedelta(days=1)).date())
    team.change("Brightwater", stage="Paper")
    team.change("Vale", euros=148)
    team.call("rosa", 700)
    mina = team.cast.actor("mina")
    actions.set_overlay(
        by=mina, at=AT, person=team.cast.ines, period=Q4, amount_minor=500_00, note="Legal has no date."
    )
    second = team.submit("mina", 1650, "As typed.", previous=first.public_id)
    bars = {(kind, label): amount for kind, amount, _, _, label in second.changes}
    assert sum(bars.values()) == (1650 - 1812) * 100
    assert bars["pushed", ""] == -190_00
    assert bars["lost", ""] == -72_00
    assert bars["category_up", ""] == 165_00
    assert bars["amount_up", ""] == 28_00
    assert bars["own_call", "Rosa Lindqvist"] == (700 - 392 - 240) * 100
    assert bars["overlay", "Ines Duarte"] == (500 - 401 - 165) * 100
    assert ("unexplained", "") not in bars


def test_a_deal_that_moved_to_another_team_leaves_by_its_owner(team: Company) -> None:
    first = team.submit("mina", 1812, at=AT - WEEK)
    team.change("Kestrel", owner=team.cast.pia)
    second = team.submit("mina", 1622, previous=first.public_id)
    assert [(row[0], row[1]) for row in second.changes] == [("owner_moved_out", -190_00)]


def test_a_number_can_be_withdrawn_until_the_superior_opened_it(team: Company) -> None:
    sent = team.submit("mina", 1812)
    mina, rosa = team.cast.actor("mina"), team.cast.actor("rosa")
    actions.mark_read(by=rosa, at=AT, submission=sent.public_id)
    actions.withdraw(by=mina, at=AT, submission=sent.public_id)
    assert queries.submissions(mina, team.cast.mina.pk, Q4, AT)[0].withdrawn_at == AT
    assert notices.for_person(team.cast.vera.pk)[0].kind == "calls.withdrawn"
    again = team.submit("mina", 1700, "Lower.", key="again", previous=sent.public_id)
    assert (again.version, again.previous) == (2, None)
    actions.mark_read(by=team.cast.actor("vera"), at=AT, submission=again.public_id)
    with pytest.raises(access.Refusal) as refused:
        actions.withdraw(by=mina, at=AT, submission=again.public_id)
    assert refused.value.code == "used"


def test_a_number_that_the_superior_counted_cannot_be_withdrawn(team: Company) -> None:
    sent = team.submit("mina", 1812)
    team.submit("vera", 1812)
    with pytest.raises(access.Refusal) as refused:
        actions.withdraw(by=team.cast.actor("mina"), at=AT, submission=sent.public_id)
    assert refused.value.code == "used"


def test_a_number_withdrawn_while_the_superiors_is_being_read_is_not_counted_in_it(
    team: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The number is read before its turn to write comes; what it rests on is looked at again then."""
    below = team.submit("mina", 1900, "One more comes.", at=AT - timedelta(hours=2))
    read = numbers.numbers_of
    taken_back: list[Withdrawal] = []

    def and_then_it_is_withdrawn(*asked: Any, **more: Any) -> dict[str, numbers.Number]:
        found = read(*asked, **more)
        if not taken_back:
            by = team.cast.actor("mina")
            taken_back.append(actions.withdraw(by=by, at=AT, submission=below.public_id))
        return found

    monkeypatch.setattr(numbers, "numbers_of", and_then_it_is_withdrawn)
    sent = team.submit("vera", 1900, "As the teams say.", at=AT + timedelta(minutes=1))
    assert taken_back
    cell = next(cell for cell in sent.cells if cell["name"] == "Mina Aalto")
    assert (cell["submission"], cell["said"]) == ("", None)
    assert sent.reps_sum_minor == sum(cell["own_call"] for cell in sent.cells)


def test_only_the_number_that_stands_can_be_withdrawn(team: Company) -> None:
    first = team.submit("mina", 1812, at=AT - WEEK)
    team.submit("mina", 1812, previous=first.public_id)
    with pytest.raises(access.Refusal) as refused:
        actions.withdraw(by=team.cast.actor("mina"), at=AT, submission=first.public_id)
    assert refused.value.code == "not_newest"


def test_a_receipt_is_kept_once_and_the_author_needs_none(team: Company) -> None:
    sent = team.submit("mina", 1812)
    rosa = team.cast.actor("rosa")
    first = actions.mark_read(by=rosa, at=AT, submission=sent.public_id)
    again = actions.mark_read(by=rosa, at=AT + WEEK, submission=sent.public_id)
    assert first == again
    assert actions.mark_read(by=team.cast.actor("mina"), at=AT, submission=sent.public_id) is None
    readers = {
        read.name: read.at for read in queries.team_copy(team.cast.actor("mina"), sent.public_id).readers
    }
    assert readers == {
        "Vera Lindholm": None,
        "Ines Duarte": None,
        "Ravi Menon": None,
        "Rosa Lindqvist": AT,
        "Tomas Novak": None,
    }


def test_a_delegate_submits_on_behalf_and_the_ledger_says_so(team: Company) -> None:
    people_actions.delegate(
        by=team.cast.actor("mina"),
        at=AT,
        taker=team.cast.otto,
        kind=access.Lending.FORECAST,
        starts_at=AT,
        ends_at=AT + WEEK,
    )
    sent = actions.submit(
        by=team.cast.actor("otto"), at=AT, person=team.cast.mina, period=Q4, amount_minor=1812_00, key="k"
    )
    assert (sent.person_id, sent.by_id) == (team.cast.mina.pk, team.cast.otto.pk)
    entry = ledger.entries(Q(kind="calls.submitted"))[0]
    assert (entry.actor, entry.behalf) == (f"person:{team.cast.otto.pk}", team.cast.mina.pk)
    assert entry.facts["digest"] == sent.digest


@pytest.mark.parametrize("name", ["rosa", "otto", "olu", "hana", "ada", "vera"])
def test_nobody_else_submits_a_managers_number(team: Company, name: str) -> None:
    with pytest.raises((access.NotAllowed, access.NotFound)):
        actions.submit(
            by=team.cast.actor(name), at=AT, person=team.cast.mina, period=Q4, amount_minor=1812_00, key="k"
        )


def test_who_reports_to_nobody_submits_and_copies_the_text(team: Company) -> None:
    team.submit("mina", 1812)
    team.submit("vera", 1700, "Two dates.")
    sent = team.submit("carl", 1700)
    assert sent.superior_id is None
    text = queries.as_text(team.cast.actor("carl"), sent.public_id)
    assert text.startswith("Marlow: €1,700 for 2026Q4\nCarl Ek, Tue 24 Nov 2026, 14:10, version 1\n")
    actions.withdraw(by=team.cast.actor("carl"), at=AT, submission=sent.public_id)


def test_a_manager_alone_types_calls_in_and_has_a_text_for_the_boss(team: Company) -> None:
    Person.objects.exclude(pk=team.cast.mina.pk).update(user=None)
    mina = team.cast.actor("mina")
    actions.type_in_call(
        by=mina, at=AT, person=team.cast.rosa, period=Q4, amount_minor=752_00, note="on the phone"
    )
    sent = team.submit("mina", 1900, "Rosa is sure, Ravi is not.")
    page = queries.call_page(mina, team.cast.mina.pk, Q4, AT)
    row = next(row for row in page.rows if row.person.name == "Rosa Lindqvist")
    assert (row.said, row.typed_by) == (752_00, "Mina Aalto")
    assert not page.superior_has_account
    text = queries.as_text(mina, sent.public_id)
    assert "The team’s calls added up €1,932\nDifference −€32: Rosa is sure, Ravi is not." in text
    assert "  Rosa Lindqvist €752" in text


def test_a_period_that_is_over_takes_no_numbers(team: Company) -> None:
    late = AT + timedelta(days=60)
    for act in (lambda: team.submit("mina", 1812, at=late), lambda: team.call("rosa", 5, at=late)):
        with pytest.raises(access.Refusal) as refused:
            act()
        assert refused.value.code == "period_over"


def test_numbers_from_before_are_taken_over_into_the_record(team: Company) -> None:
    past = [queries.period_named(name) for name in ("2026Q1", "2026Q2", "2026Q3")]
    for n, period in enumerate(past):
        team.won(f"then {n}", "rosa", 100 + n, closed_on=period.ends_on)
    rows = [
        actions.PastNumber(team.cast.mina.pk, one, AT - (Q4.starts_on - one.starts_on), 100_00, 120_00)
        for one in past
    ]
    assert actions.take_in_past(by=OPS, at=AT, rows=rows) == 3
    with pytest.raises(access.Refusal, match="numbers for 2026Q1 already"):
        actions.take_in_past(by=OPS, at=AT, rows=rows[:1])
    actions.estimate(by=OPS, at=AT, with_past=False)
    voices = queries.call_page(team.cast.actor("mina"), team.cast.mina.pk, Q4, AT).voices
    assert [(v.who, v.record.periods, v.record.within) for v in voices] == [
        ("you", 3, 3),
        ("calls", 3, 0),
        ("estimate", 0, 0),
    ]


def test_who_has_not_sent_a_number_is_reminded_once_before_it_is_due(team: Company) -> None:
    monday = AT + timedelta(days=6)
    wednesday = AT + timedelta(days=1)
    team.submit("mina", 1812, at=wednesday, key="late for last week")
    team.submit("otto", 0, at=wednesday, key="late as well")
    sent = team.submit("sanna", 0, at=wednesday, key="late too")
    team.submit("sanna", 0, at=monday - timedelta(minutes=40), key="and for now", previous=sent.public_id)
    assert actions.remind(by=OPS, at=monday - timedelta(days=1)) == 0
    assert actions.remind(by=OPS, at=monday) == 3
    assert actions.remind(by=OPS, at=monday + timedelta(minutes=30)) == 0
    told = notices.for_person(team.cast.mina.pk)[0]
    assert told.sentence == "Your number for 2026Q4 is due at 17:00."
    assert notices.for_person(team.cast.sanna.pk) == []


def test_a_number_sent_just_before_the_hour_is_for_that_hour_also_after_a_missed_week(team: Company) -> None:
    monday = AT + timedelta(days=6)
    sent = team.submit("mina", 1812, at=monday - timedelta(minutes=20), key="in time")
    assert sent.due_at > sent.at


# The number after a submission


def _now(company: Company, at: datetime, category: str = "commit") -> queries.CallPage:
    return queries.call_page(company.cast.actor("mina"), company.cast.mina.pk, Q4, at, category=category)


def test_what_was_submitted_is_the_number_until_something_moves(team: Company) -> None:
    apart = _now(team, AT).with_overlays // 100 - 50
    team.submit("mina", apart, "Two dates are not sure.")
    later = _now(team, AT + HOUR)
    assert (later.amount, later.with_overlays - later.amount) == (apart * 100, 50_00)
    assert later.changes is not None
    assert (later.changes.bars, later.changes.end) == ((), apart * 100)


def test_the_judgement_of_a_submission_stays_when_the_calls_move(team: Company) -> None:
    team.submit("mina", _now(team, AT).with_overlays // 100 - 50, "Two dates are not sure.")
    before = _now(team, AT + HOUR).amount
    own_call = next(row.own_call for row in _now(team, AT + HOUR).rows if row.person.id == team.cast.rosa.pk)
    team.call("rosa", own_call // 100 + 30, AT + 2 * HOUR)
    later = _now(team, AT + 3 * HOUR)
    assert later.amount == before + 30_00
    assert later.changes is not None
    assert [(bar.kind, bar.amount) for bar in later.changes.bars] == [("own_call", 30_00)]


def test_who_takes_the_own_number_back_follows_the_calls_again(team: Company) -> None:
    team.submit("mina", _now(team, AT).with_overlays // 100 - 50, "Two dates are not sure.")
    team.call("mina", None, AT + HOUR)
    later = _now(team, AT + 2 * HOUR)
    assert later.amount == later.with_overlays


def test_an_own_number_that_went_up_as_it_was_stays_as_it_is(team: Company) -> None:
    team.call("mina", 1500, AT - HOUR)
    team.submit("mina", 1500, "I hold one back.")
    team.call("rosa", 2000, AT + HOUR)
    assert _now(team, AT + 2 * HOUR).amount == 1500_00


def test_a_wider_category_is_never_less_than_the_narrower_one_it_holds(team: Company) -> None:
    high = _now(team, AT, "best_case").with_overlays // 100 + 100
    team.call("mina", high, AT)
    found = [_now(team, AT, category).amount for category in ("commit", "most_likely", "best_case")]
    assert found == [high * 100] * 3
