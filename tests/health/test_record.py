"""The record of flags: as it stood then and never otherwise, counted as an independent count counts it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairlead.forecasting import simulate, timeline
from fairlead.forecasting.periods import Calendar
from fairlead.forecasting.types import Change, Deal, History
from fairlead.health import record, rules
from fairlead.health.record import Group, Looked
from fairlead.health.rules import Said

CALENDAR = Calendar()
AS_OF = date(2025, 1, 1)


@cache
def organisation() -> History:
    return simulate.organisation(simulate.Settings(seed=11, quarters=8, reps=12)).history


@cache
def looked() -> Looked:
    return record.look_back(organisation(), as_of=AS_OF, calendar=CALENDAR)


# An independent count, deal by deal and change by change, without columns


def value_then(history: History, deal: Deal, field: str, day: date) -> str | None:
    """What a field said at the start of a day, from the changes alone; None where it was never recorded by then."""
    told = [
        c for c in changes_of(history).get(deal.id, []) if c.field == field and c.recorded_at.date() < day
    ]
    return sorted(told, key=lambda c: c.recorded_at)[-1].new if told else None


@cache
def _by_deal(key: int) -> dict[str, list[Change]]:
    found: dict[str, list[Change]] = {}
    for change in organisation().changes:
        found.setdefault(change.deal_id, []).append(change)
    return found


def changes_of(history: History) -> dict[str, list[Change]]:
    return _by_deal(id(history))


def naive(key: str) -> tuple[int, int, int, int]:
    """(with it, of them won, without, of them won) at all looks, counted in the plainest way."""
    history, counts = organisation(), [0, 0, 0, 0]
    for period, day in record.look_days(CALENDAR, "quarter", AS_OF):
        closed_before = any(
            c.field == "status" and c.new in ("won", "lost") and c.recorded_at.date() < day
            for c in history.changes
        )
        if not closed_before:
            continue
        for deal in history.deals:
            due = value_then(history, deal, "close_on", day)
            known = deal.created_on is not None and deal.created_on < day
            if not known or value_then(history, deal, "status", day) in ("won", "lost") or not due:
                continue
            if date.fromisoformat(due) > period.ends_on:
                continue
            dates = [
                c
                for c in changes_of(history)[deal.id]
                if c.field == "close_on" and c.recorded_at.date() < day
            ]
            pushes = sum(bool(c.old) and (c.new or "") > (c.old or "") for c in dates)
            up = date.fromisoformat(due) < day if key == "past_date" else pushes >= 2
            won = deal.status == "won" and deal.closed_on is not None
            won = won and period.starts_on <= deal.closed_on <= period.ends_on  # type: ignore[operator]
            place = 0 if up else 2
            counts[place] += 1
            counts[place + 1] += won
    return counts[0], counts[1], counts[2], counts[3]


@pytest.mark.parametrize("key", ["past_date", "pushed_twice"])
def test_the_record_counts_what_a_plain_count_counts(key: str) -> None:
    found = next(one for one in record.record(looked()).flags if one.key == key)
    assert (found.up.rows, found.up.won, found.down.rows, found.down.won) == naive(key)
    assert found.up.rows > 0


def test_a_deal_is_counted_once_per_period() -> None:
    rows = looked()
    pairs = list(zip(rows.deals, rows.look.tolist(), strict=True))
    assert len(pairs) == len(set(pairs)) > 200


@settings(max_examples=12, deadline=None)
@given(st.integers(200, 700), st.integers(1, 200))
def test_a_flag_at_a_day_never_changes_when_later_events_are_removed(begun: int, later: int) -> None:
    day = date(2023, 1, 1) + timedelta(days=begun)
    history = organisation()
    cut = timeline.as_known(history, day + timedelta(days=later))
    assert states_at(history, day) == states_at(cut, day) == states_at(timeline.as_known(history, day), day)


def states_at(history: History, day: date) -> dict[str, tuple[str, ...]]:
    line = timeline.build(history, day)
    index, usual = line.open_at(line.as_of), record.usual_of(line, rules.SHIPPED)
    facts = record.facts_of(line, index, rules.SHIPPED, {})
    found = [tuple(v.state for v in rules.verdicts(one, usual, rules.SHIPPED, day)) for one in facts]
    return dict(zip([line.deals[i].id for i in index], found, strict=True))


def test_rules_without_data_in_the_organisation_have_no_record_and_say_so() -> None:
    found = {one.key: one for one in record.record(looked()).flags}
    for key in ("overdue_step", "single_thread", "no_economic_buyer"):
        assert found[key].word == "unknown"
        assert found[key].up.rows == found[key].down.rows == 0
    assert record.record(looked()).proven.word == "unknown"


def test_a_column_whose_past_is_not_recorded_is_not_read() -> None:
    history = organisation()
    deals = [replace(deal, evidence={**deal.evidence, "people": "1"}) for deal in history.deals]
    told = rules.Thresholds(people_column="people")
    for static, known in ((history.static, False), (history.static | {"people"}, True)):
        line = timeline.build(replace(history, deals=deals, static=static), AS_OF)
        facts = record.facts_of(line, line.open_at(line.as_of), told, {}, static)
        assert {one.said.people is not None for one in facts} == {known}


def test_the_days_a_stage_usually_takes_are_those_of_won_deals_alone() -> None:
    deals, changes = [], []
    for number in range(30):
        born = date(2026, 1, 1)
        moved = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number + 1)
        won = number < 20
        key = f"d{number:02}"
        deals.append(
            Deal(
                key,
                stage="B",
                created_on=born,
                status="won" if won else "lost",
                closed_on=date(2026, 6, 1),
                amount=9,
            )
        )
        changes.append(Change(key, "stage", "A", "B", moved, moved))
    line = timeline.build(History(deals, changes), date(2026, 7, 1))
    assert record.usual_of(line, rules.SHIPPED).stages["A"] == (16.0, 20)


def looked_of(states: list[int], won: list[int], looks: list[int]) -> Looked:
    n = len(states)
    return Looked(
        tuple(date(2024, 1, 1) + timedelta(days=90 * k) for k in range(max(looks) + 1)),
        tuple(f"d{k}" for k in range(n)), np.array(looks), np.array(won, float), np.full(n, 0.5),
        dict.fromkeys(rules.KEYS, np.array(states)), np.full(n, -1),
    )  # fmt: skip


def test_a_flag_that_tells_the_outcome_differs_and_adds_and_noise_does_not() -> None:
    dice = np.random.default_rng(5)
    looks = sorted(list(range(8)) * 60)
    flags = dice.integers(0, 2, len(looks)).tolist()
    telling = [int(dice.random() < (0.15 if flag else 0.6)) for flag in flags]
    noise = dice.integers(0, 2, len(looks)).tolist()
    found = record.record(looked_of(flags, telling, looks)).flags[0]
    assert (found.word, found.beyond.word) == ("differs", "adds")
    assert found.high is not None
    assert found.high < 0
    nothing = record.record(looked_of(flags, noise, looks)).flags[0]
    assert (nothing.word, nothing.beyond.word) == ("nothing", "nothing")


def test_few_deals_say_nothing() -> None:
    found = record.record(looked_of([1] * 5 + [0] * 90, [0] * 95, [0] * 95)).flags[0]
    assert (found.word, found.beyond.word) == ("few", "few")


def test_the_same_deals_looked_at_again_do_not_narrow_the_interval() -> None:
    once = record.difference(Group(40, 40, 10), Group(60, 60, 30))
    again = record.difference(Group(120, 40, 30), Group(180, 60, 90))
    assert once == pytest.approx(again)


@given(st.integers(0, 60), st.integers(1, 60), st.integers(0, 60), st.integers(1, 60))
def test_the_interval_holds_the_numbers_it_may_and_turns_with_its_sides(
    a: int, n: int, b: int, m: int
) -> None:
    up, down = Group(n, n, min(a, n)), Group(m, m, min(b, m))
    apart, low, high = record.difference(up, down)
    back = record.difference(down, up)
    assert low is not None
    assert high is not None
    assert -1 <= low <= high <= 1
    assert (back[0], back[1], back[2]) == pytest.approx((-(apart or 0.0), -high, -low))


def test_a_record_is_kept_and_read_back() -> None:
    found = record.record(looked())
    assert record.record_of(record.kept(found)) == found


def test_evidence_of_its_time_is_backtested_with_the_flags() -> None:
    def said(day: date) -> dict[str, Said]:
        return {
            deal.id: Said(people=1 if k % 2 else 3, weakest=k % 4)
            for k, deal in enumerate(organisation().deals)
        }

    found = record.record(
        record.look_back(organisation(), as_of=AS_OF, calendar=CALENDAR, said=said, looks=4)
    )
    assert (
        sum(group.rows for group in found.grades)
        == found.rows
        == found.proven.up.rows + found.proven.down.rows
    )
    assert next(one for one in found.flags if one.key == "single_thread").word == "nothing"
