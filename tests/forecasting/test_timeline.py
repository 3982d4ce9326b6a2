from datetime import UTC, date, datetime

import numpy as np
import pytest

from fairlead.forecasting.timeline import as_known, build
from fairlead.forecasting.types import Change, Deal, History


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2024, 1, day, hour, tzinfo=UTC)


def moved(field: str, old: str, new: str, day: int, hour: int = 12) -> Change:
    return Change("a", field, old, new, at(day, hour), at(day, hour))


HISTORY = History(
    [Deal("a", stage="C", amount=300.0, created_on=date(2024, 1, 1), close_on=date(2024, 3, 31))],
    [
        moved("stage", "A", "B", 5), moved("stage", "B", "C", 10), moved("amount", "100", "300", 8),
        moved("close_on", "2024-01-31", "2024-03-31", 9), moved("close_on", "2024-03-31", "2024-02-29", 12),
    ],
)  # fmt: skip


STATES = [
    (5, "A", 100, 0),
    (6, "B", 100, 0),
    (9, "B", 300, 0),
    (10, "B", 300, 1),
    (11, "C", 300, 1),
    (20, "C", 300, 1),
]


@pytest.mark.parametrize(("day", "stage", "amount", "pushes"), STATES)
def test_the_state_of_a_day_is_made_of_the_changes_recorded_before_it(
    day: int, stage: str, amount: float, pushes: int
) -> None:
    line = build(HISTORY, date(2024, 2, 1))
    one, when = np.array([0]), date(2024, 1, day).toordinal()
    f = line.fields["stage"]
    assert f.levels[f.codes_at(one, when)[0]] == stage
    assert line.amounts_at(one, when)[0] == amount
    assert line.pushes_at(one, when)[0] == pushes


def test_the_day_begins_in_the_zone_of_the_organisation() -> None:
    late_evening = [moved("stage", "A", "B", 5, 23)]  # 6 January in Tokyo
    deal = Deal("a", stage="B", created_on=date(2024, 1, 1))
    utc = as_known(History([deal], late_evening), date(2024, 1, 6))
    tokyo = as_known(History([deal], late_evening, time_zone="Asia/Tokyo"), date(2024, 1, 6))
    assert utc.deals[0].stage == "B"
    assert tokyo.deals[0].stage == "A"


def test_taking_a_history_back_twice_is_taking_it_back_once() -> None:
    once = as_known(HISTORY, date(2024, 1, 9))
    assert as_known(once, date(2024, 1, 9)) == once
    assert once.deals[0].stage == "B"
    assert once.deals[0].amount == 300.0


def test_a_deal_created_later_is_not_there() -> None:
    assert as_known(HISTORY, date(2024, 1, 1)).deals == []


def test_a_closed_deal_without_a_day_is_never_taken_for_open() -> None:
    line = build(History([Deal("a", created_on=date(2024, 1, 1), status="won")]), date(2024, 2, 1))
    assert len(line.open_at(date(2024, 1, 15).toordinal())) == 0
