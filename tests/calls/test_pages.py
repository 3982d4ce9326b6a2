"""What the pages show, to whom, and that what they show adds up."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db.models import Q

from fairlead.calls import actions, queries
from fairlead.ledger import queries as ledger
from fairlead.people import access
from fairlead.people import actions as people_actions
from tests.calls.company import OPS, Q4, WEEK, Company
from tests.cast import AT


@pytest.fixture
def past(team: Company) -> Company:
    """The team with two years of closed deals."""
    for n in range(24):
        day = date(2025, 1, 10) + timedelta(days=25 * n)
        team.deal(f"won {n}", "rosa", 60 + n, closed_on=day, status="won", close_on=day)
        team.deal(f"lost {n}", "ravi", 50, closed_on=day, status="lost", close_on=day)
    return team


@pytest.fixture
def estimated(past: Company) -> Company:
    """… and with an estimate of the quarter."""
    actions.estimate(by=OPS, at=AT, with_past=False)
    return past


def page(company: Company, name: str = "mina") -> queries.CallPage:
    return queries.call_page(company.cast.actor(name), getattr(company.cast, name).pk, Q4, AT)


def overlay(company: Company, by: str, on: str, euros: int) -> None:
    actions.set_overlay(
        by=company.cast.actor(by),
        at=AT,
        person=getattr(company.cast, on),
        period=Q4,
        amount_minor=euros * 100,
        note="A date is missing.",
    )


# The Call page


def test_the_call_page_adds_up(estimated: Company) -> None:
    estimated.call("rosa", 752)
    overlay(estimated, "mina", "ravi", 428)
    found = page(estimated)
    rows = {row.person.name.split()[0]: row for row in found.rows}
    assert {name: row.own_call // 100 for name, row in rows.items()} == {
        "Rosa": 752,
        "Ravi": 476,
        "Ines": 401,
        "Tomas": 303,
    }
    assert found.calls_sum == sum(row.own_call for row in found.rows)
    assert found.with_overlays == found.calls_sum - 48_00 == found.amount
    assert (found.target, found.booked, found.gap) == (2400_00, 1190_00, 1210_00)
    assert (rows["Ravi"].overlay, rows["Ravi"].own_call) == (428_00, 476_00)
    assert rows["Tomas"].coverage == pytest.approx(120 / 267)
    assert (found.reason_required, found.superior.name if found.superior else "") == (True, "Vera Lindholm")
    columns = {column.category: column for column in found.columns}
    assert columns["commit"].cumulative == columns["commit"].alone + columns["closed"].alone
    assert columns["closed"].alone == 1190_00


def test_the_estimate_stands_beside_the_call_and_is_read_against_it(estimated: Company) -> None:
    found = page(estimated)
    assert found.outlook is not None
    estimate = found.outlook.estimate
    assert estimate.mean == estimate.booked + estimate.from_open.mean + estimate.from_new.mean
    assert estimate.booked == found.booked
    assert len(estimate.dots) == 20
    assert found.outlook.dots_reaching_target == sum(dot >= 2400_00 for dot in estimate.dots)
    assert found.voices[2].apart == found.amount - estimate.p50


def test_what_is_not_counted_is_listed_with_its_reason(past: Company) -> None:
    past.deal("nordwind ", "rosa", 240)
    past.change("Vale", close_on=date(2026, 9, 1))
    why = {item.name: item.why for item in page(past).not_counted}
    assert why == {
        "Halden": "Expected close date missing.",
        "Corran": "Stage “Paused” has no category.",
        "nordwind ": "Counted, but looks like a duplicate of Nordwind.",
        "Vale": "Expected before this period began.",
    }


def test_who_has_no_target_is_named(past: Company) -> None:
    people_actions.add_person(
        by=OPS, at=AT, name="South coast", manager=past.cast.mina, roles=frozenset({access.Role.REP})
    )
    assert [seat.person.name for seat in page(past).without_target] == ["South coast"]


def test_the_page_leads_from_the_last_number_to_this_one(past: Company) -> None:
    past.submit("mina", 1812, at=AT - WEEK)
    past.change("Kestrel", close_on=date(2027, 1, 22))
    overlay(past, "mina", "ines", 380)
    changes = page(past).changes
    assert changes is not None
    assert changes.start == 1812_00
    assert changes.start + sum(bar.amount for bar in changes.bars) == changes.end
    assert [(bar.kind, bar.amount) for bar in changes.bars] == [("pushed", -190_00), ("overlay", -21_00)]


def test_the_page_after_a_correction_names_both_numbers(past: Company) -> None:
    first = past.submit("mina", 1812, at=AT - WEEK)
    second = past.submit("mina", 1700, "Two dates.", previous=first.public_id)
    found = page(past)
    assert found.last is not None
    assert (found.last.version, found.last.difference, found.expected_previous) == (
        2,
        -112_00,
        second.public_id,
    )
    assert page(past, "vera").rows[0].own_call == 1700_00
    assert [
        sent.standing for sent in queries.submissions(past.cast.actor("mina"), past.cast.mina.pk, Q4, AT)
    ] == [
        True,
        False,
    ]


def test_a_base_that_moved_under_an_overlay_is_stated_and_answered(past: Company) -> None:
    overlay(past, "mina", "ravi", 428)
    past.change("Quill", euros=114)
    ravi = next(row for row in page(past).rows if row.person.id == past.cast.ravi.pk)
    assert ravi.drift is not None
    assert (ravi.in_call, ravi.drift.by, ravi.drift.followed) == (428_00, 42_00, 470_00)
    mina = past.cast.actor("mina")
    actions.answer_drift(by=mina, at=AT, person=past.cast.ravi, period=Q4, follow=True)
    followed = next(row for row in page(past).rows if row.person.id == past.cast.ravi.pk)
    assert (followed.in_call, followed.drift, followed.own_call) == (470_00, None, 518_00)
    with pytest.raises(access.Refusal) as refused:
        actions.answer_drift(by=mina, at=AT, person=past.cast.ravi, period=Q4, follow=False)
    assert refused.value.code == "no_drift"


def test_an_overlay_needs_a_note_and_a_direct_report(past: Company) -> None:
    with pytest.raises(access.Refusal) as refused:
        actions.set_overlay(
            by=past.cast.actor("mina"), at=AT, person=past.cast.ravi, period=Q4, amount_minor=1, note=" "
        )
    assert refused.value.code == "note_missing"
    for by, on in (("vera", "ravi"), ("ravi", "mina"), ("otto", "ravi"), ("rosa", "rosa")):
        with pytest.raises((access.NotFound, access.NotAllowed)):
            overlay(past, by, on, 1)


def test_a_reset_lets_the_own_call_count_again(past: Company) -> None:
    overlay(past, "mina", "ravi", 428)
    actions.reset_overlay(by=past.cast.actor("mina"), at=AT, person=past.cast.ravi, period=Q4)
    found = page(past)
    assert found.with_overlays == found.calls_sum


def test_an_overlay_on_the_own_sum_is_the_leaders_number(past: Company) -> None:
    overlay(past, "mina", "mina", 1900)
    found = page(past)
    assert (found.amount, found.said, found.calls_sum) == (1900_00, 1900_00, 1812_00)


def test_a_delegate_with_forecast_rights_has_the_page_and_nobody_else(past: Company) -> None:
    for name in ("vera", "otto", "rosa", "olu", "hana", "ada"):
        with pytest.raises((access.NotAllowed, access.NotFound)):
            queries.call_page(past.cast.actor(name), past.cast.mina.pk, Q4, AT)
    people_actions.delegate(
        by=past.cast.actor("mina"), at=AT, taker=past.cast.otto, kind=access.Lending.FORECAST,
        starts_at=AT, ends_at=AT + WEEK,
    )  # fmt: skip
    lent = queries.call_page(past.cast.actor("otto"), past.cast.mina.pk, Q4, AT)
    assert lent == page(past)


# Leaders of leaders


def test_an_executives_page_holds_managers_and_never_reps(past: Company) -> None:
    past.submit("mina", 1812, at=AT - WEEK)
    found = page(past, "vera")
    assert [row.person.name for row in found.rows] == ["Mina Aalto", "Otto Brandt", "Sanna Berg"]
    assert found.amount == 1812_00
    assert found.not_counted == ()


def test_a_rep_below_an_executive_counts_and_is_not_listed(past: Company) -> None:
    past.deal("Direct", "sven", 77)
    people_actions.move(
        by=OPS, at=AT, person=past.cast.sven, manager=past.cast.vera, starts_on=date(2026, 11, 24)
    )
    found = page(past, "vera")
    assert "Sven Dahl" not in [row.person.name for row in found.rows]
    assert found.hidden == 77_00
    assert found.amount == 77_00 + sum(row.in_call for row in found.rows)


def test_a_team_that_has_not_submitted_counts_with_its_roll_up(estimated: Company) -> None:
    estimated.call("rosa", 752)
    overlay(estimated, "mina", "ravi", 428)
    found = page(estimated, "vera")
    mina = found.rows[0]
    assert (mina.sent, mina.in_call) == (None, page(estimated).with_overlays)


def test_a_team_without_any_estimate_rolls_up_from_its_deals(team: Company) -> None:
    assert page(team, "carl").amount == 1812_00
    assert page(team, "vera").booked == 1190_00


def test_a_later_draft_does_not_change_what_was_sent_up(past: Company) -> None:
    past.submit("mina", 1812, at=AT - WEEK)
    past.call("mina", 2000)
    assert page(past).amount == 2000_00
    assert page(past, "vera").rows[0].own_call == 1812_00


def test_the_board_adds_up_from_last_week_to_now_by_reason(estimated: Company) -> None:
    first = estimated.submit("mina", 1812, at=AT - WEEK - timedelta(days=1))
    estimated.change("Kestrel", close_on=date(2027, 1, 22))
    overlay(estimated, "mina", "ines", 380)
    estimated.submit("mina", 1601, "A date is missing.", previous=first.public_id)
    board = queries.board(estimated.cast.actor("vera"), estimated.cast.vera.pk, Q4, AT)
    assert [row.leader.name for row in board.rows] == ["Mina Aalto", "Otto Brandt", "Sanna Berg"]
    row = board.rows[0]
    assert (row.in_call, row.since, row.words) == (1601_00, -211_00, "A date is missing.")
    assert board.changes.start + sum(bar.amount for bar in board.changes.bars) == board.changes.end
    assert [(bar.kind, bar.amount, bar.label) for bar in board.changes.bars] == [
        ("pushed", -190_00, ""),
        ("their_overlays", -21_00, "Mina Aalto"),
    ]
    assert (board.total, board.since, board.submitted, board.late) == (1601_00, -211_00, 0, 2)


@pytest.mark.parametrize("name", ["mina", "rosa", "olu", "hana", "ada"])
def test_the_board_is_an_executives(past: Company, name: str) -> None:
    with pytest.raises(access.NotAllowed):
        queries.board(past.cast.actor(name), getattr(past.cast, name).pk, Q4, AT)


# The rep


def test_my_quarter_says_what_is_still_needed_and_what_needs_me(estimated: Company) -> None:
    estimated.call("rosa", 752)
    found = queries.my_quarter(estimated.cast.actor("rosa"), Q4, AT)
    assert (found.target, found.booked, found.call.amount if found.call else None) == (700_00, 392_00, 752_00)
    assert found.needed is not None
    assert found.needed.gap == 308_00
    assert found.sentences[0].startswith("Nordwind and ")
    assert {deal.name for deal in found.urgent} <= {"Nordwind", "Ostrava", "Halden"}
    assert next(d for d in found.urgent if d.name == "Halden").why.startswith("Not counted anywhere")
    assert found.outlook is not None
    assert found.copy is None
    assert found.open_deals == 3


def test_a_leaders_own_quarter_is_about_own_deals_and_not_the_teams_target(past: Company) -> None:
    past.target("mina", 2400)
    past.won("Own", "mina", 50)
    found = queries.my_quarter(past.cast.actor("mina"), Q4, AT)
    assert (found.target, found.booked, found.needed) == (None, 50_00, None)


def test_a_rep_reads_the_copy_with_the_difference_and_no_other_reps_overlay(past: Company) -> None:
    overlay(past, "mina", "ravi", 428)
    past.submit("mina", 1764, "Brightwater has no date, half counted.")
    copy = queries.my_quarter(past.cast.actor("rosa"), Q4, AT).copy
    assert copy is not None
    assert (copy.amount, copy.difference) == (1764_00, -48_00)
    assert copy.reason == "Brightwater has no date, half counted."
    mine = {cell.name: (cell.own_call, cell.overlay, cell.mine) for cell in copy.cells}
    assert mine["Rosa Lindqvist"] == (632_00, None, True)
    assert mine["Ravi Menon"] == (476_00, None, False)
    assert all(not bar.label and bar.person is None for bar in copy.changes)
    assert copy.readers == ()
    ravi = queries.team_copy(past.cast.actor("ravi"), copy.public_id)
    assert next(cell for cell in ravi.cells if cell.mine).overlay == 428_00


def test_a_rep_reads_the_own_managers_copy_and_nothing_higher_or_beside(past: Company) -> None:
    sent = past.submit("mina", 1812)
    up = past.submit("vera", 1812)
    assert queries.team_copy(past.cast.actor("rosa"), sent.public_id).amount == 1812_00
    for name, submission in (("rosa", up), ("pia", sent), ("otto", sent), ("hana", sent), ("ada", sent)):
        with pytest.raises((access.NotFound, access.NotAllowed)):
            queries.team_copy(past.cast.actor(name), submission.public_id)
    beside = queries.team_copy(past.cast.actor("otto"), up.public_id)
    assert [cell.name for cell in beside.cells] == ["Otto Brandt"]


def test_an_old_copy_names_the_newer_one(past: Company) -> None:
    first = past.submit("mina", 1812, at=AT - WEEK)
    second = past.submit("mina", 1812, previous=first.public_id)
    assert queries.team_copy(past.cast.actor("rosa"), first.public_id).newer == second.public_id
    assert queries.team_copy(past.cast.actor("rosa"), second.public_id).newer == ""


def test_a_quarter_is_seen_by_nobody_who_does_not_sell(past: Company) -> None:
    for name in ("olu", "hana", "ada"):
        with pytest.raises(access.NotAllowed):
            queries.my_quarter(past.cast.actor(name), Q4, AT)


# Targets, past and accuracy


def test_targets_reach_as_far_as_the_table_says(past: Company) -> None:
    def seen(name: str) -> list[str]:
        return [line.person.name for line in queries.targets(past.cast.actor(name), Q4, AT)]

    assert seen("rosa") == ["Rosa Lindqvist"]
    assert len(seen("mina")) == 5
    assert len(seen("olu")) == 12
    with pytest.raises(access.NotAllowed):
        seen("hana")


def test_targets_are_paged_by_name(past: Company) -> None:
    olu = past.cast.actor("olu")
    whole = queries.targets(olu, Q4, AT)
    first = queries.targets(olu, Q4, AT, limit=5)
    rest = queries.targets(olu, Q4, AT, after=(first[-1].person.name, first[-1].person.id))
    assert first + rest == whole


def test_the_own_past_is_there_after_the_first_estimate(past: Company) -> None:
    assert queries.own_past(past.cast.actor("mina"), AT) is None
    actions.estimate(by=OPS, at=AT)
    found = queries.own_past(past.cast.actor("mina"), AT)
    assert found is not None
    assert found.booked_now == 1190_00
    assert found.inside == sum(one.p10 <= one.actual <= one.p90 for one in found.periods)
    with pytest.raises(access.NotAllowed):
        queries.own_past(past.cast.actor("rosa"), AT)


def test_a_replay_that_was_left_for_later_is_the_one_made_at_once(past: Company) -> None:
    mina = past.cast.actor("mina")
    assert not actions.replay_past(by=OPS, at=AT)  # nothing to replay for
    actions.estimate(by=OPS, at=AT, with_past=False)
    assert queries.own_past(mina, AT) is None
    assert queries.past_waits(mina, AT)
    assert actions.replay_past(by=OPS, at=AT + timedelta(minutes=3))
    assert not queries.past_waits(mina, AT)
    later = queries.own_past(mina, AT)
    assert not actions.replay_past(by=OPS, at=AT + timedelta(minutes=8))
    assert len(ledger.entries(Q(kind="estimate.replayed"))) == 1
    actions.estimate(by=OPS, at=AT + timedelta(minutes=9))
    assert later is not None
    assert later == queries.own_past(mina, AT + timedelta(minutes=9))


def test_a_stored_estimate_of_a_past_period_is_judged_by_what_came(estimated: Company) -> None:
    q3 = queries.period_named("2026Q3")
    then = AT - (Q4.starts_on - q3.starts_on)
    actions.estimate(by=OPS, at=AT, as_of=then, period=q3, with_past=False)
    judged = queries.accuracy(estimated.cast.actor("mina"), estimated.cast.mina.pk, AT)
    assert [(one.period, one.as_of) for one in judged] == [("2026Q3", then)]
    won = [
        d for d in estimated.deals.values() if d.status == "won" and d.closed_on and q3.contains(d.closed_on)
    ]
    assert judged[0].actual == sum(d.home_minor or 0 for d in won)


@pytest.mark.django_db
def test_periods_are_named_as_people_write_them() -> None:
    with pytest.raises(access.Refusal, match="2026Q4 for a quarter"):
        queries.period_named("next one")


def test_above_the_author_a_copy_names_nobody_of_the_team(team: Company) -> None:
    sent = team.submit("mina", 2000, reason="As the team called it.")
    for name in ("vera", "carl"):
        copy = queries.team_copy(team.cast.actor(name), sent.public_id)
        assert copy.readers == ()
        assert copy.cells == ()
        assert all(bar.label == "" and bar.person is None for bar in copy.changes)
    mine = queries.team_copy(team.cast.actor("mina"), sent.public_id)
    assert {read.name for read in mine.readers} >= {"Vera Lindholm", "Rosa Lindqvist"}


def test_an_overlay_set_further_down_is_not_an_executives_to_read(team: Company) -> None:
    from fairlead.calls.models import Overlay

    by = team.cast.actor("mina")
    actions.set_overlay(
        by=by, at=AT, person=team.cast.ravi, period=Q4, amount_minor=100_00, note="Half of it has no date."
    )
    for name, seen in (("mina", 1), ("ravi", 1), ("vera", 0), ("carl", 0)):
        assert Overlay.objects.seen_by(team.cast.actor(name), "overlay.read").count() == seen, name


def test_a_range_says_that_the_newest_import_is_old(past: Company) -> None:
    past.run.status = "current"
    past.run.as_of = AT - timedelta(days=40)
    past.run.save()
    actions.estimate(by=OPS, at=AT, with_past=False)
    assert page(past).head.notes[0].startswith("The newest import shows 15 October 2026.")
    past.run.as_of = AT - timedelta(days=3)
    past.run.save()
    next_day = AT + timedelta(days=1)
    actions.estimate(by=OPS, at=next_day, with_past=False)
    later = queries.call_page(past.cast.actor("mina"), past.cast.mina.pk, Q4, next_day)
    assert not any("newest import" in note for note in later.head.notes)
