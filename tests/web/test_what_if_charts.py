"""The drawings of what-ifs and of the pace: they say what they draw, and stay inside their sheet."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairlead.web import charts

MONEY = st.integers(0, 10**12)
DOTS = st.lists(MONEY, min_size=20, max_size=20).map(lambda dots: tuple(sorted(dots)))
TARGET = st.one_of(st.none(), MONEY)


def outlook(dots: tuple[int, ...], target: int | None, call: int | None = None) -> charts.Outlook:
    return charts.Outlook(dots, target, call, dots[1], dots[18])


@settings(max_examples=80, deadline=None)
@given(DOTS, DOTS, TARGET, TARGET, st.one_of(st.none(), MONEY))
def test_both_rows_hold_twenty_dots_and_count_out_to_the_sentence(
    before: tuple[int, ...], after: tuple[int, ...], was: int | None, now: int | None, call: int | None
) -> None:
    rows = outlook(before, was, call), outlook(after, now, call)
    drawn = charts.beside(*rows)
    for svg in (str(drawn.wide), str(drawn.phone)):
        dots = re.findall(r'<circle class="(dot(?: no)?)" cx="([-\d.]+)" cy="([-\d.]+)" r="([\d.]+)"', svg)
        assert len(dots) == 40
        filled = [kind == "dot" for kind, *_ in dots]
        assert (sum(filled[:20]), sum(filled[20:])) == (rows[0].reach, rows[1].reach)
        width, height = map(float, re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg).groups())  # type: ignore[union-attr]
        for _, x, y, r in dots:
            assert float(x) - float(r) >= -1
            assert float(x) + float(r) <= width + 1
            assert float(y) - float(r) >= 0
            assert float(y) + float(r) <= height
    if was is not None:
        assert f"{rows[0].reach} of 20 results reach" in drawn.title


@given(
    st.lists(MONEY, max_size=13).map(sorted),
    st.lists(st.lists(MONEY, min_size=13, max_size=13).map(sorted), max_size=4),
    TARGET,
)
def test_the_pace_has_a_row_for_every_week_and_a_column_for_every_period(
    now: list[int], before: list[list[int]], target: int | None
) -> None:
    this = charts.Booked("Q4 2026", tuple(now))
    earlier = tuple(charts.Booked(f"Q{n} 2026", tuple(weeks)) for n, weeks in enumerate(before))
    drawn = charts.pace(charts.Pace(this, earlier, 13, target))
    if not now:
        assert drawn.empty
        return
    assert len(drawn.rows) == 13
    assert all(len(row) == len(drawn.head) == 2 + len(before) for row in drawn.rows)
    assert drawn.rows[len(now) - 1][1]
    assert all(not row[1] for row in drawn.rows[len(now) :])
    assert str(drawn.wide).count('class="book"') == len(now)


def test_the_pace_of_a_period_that_has_not_begun_says_so() -> None:
    drawn = charts.pace(charts.Pace(charts.Booked("Q1 2027", ()), (), 13))
    assert (drawn.empty, drawn.title) == (True, "The period has not begun.")


@pytest.mark.parametrize(
    ("before", "after", "says"), [(94_600_00, 95_400_00, "0"), (94_400_00, 95_600_00, "+2")]
)
def test_the_difference_of_two_written_numbers_adds_up(before: int, after: int, says: str) -> None:
    from fairlead.web import formats

    assert formats.signed_between(before, after) == says
