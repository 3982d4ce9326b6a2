"""A node computed again from its own part of a run is the run's node, and its swings are those of trying."""

from __future__ import annotations

import doctest
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairlead import forecasting
from fairlead.forecasting import workings
from fairlead.forecasting.book import LEVELS, Supposed, prepare
from fairlead.forecasting.factors import Shocks
from fairlead.forecasting.layers import Pipeline, Shape
from fairlead.forecasting.periods import Calendar
from fairlead.forecasting.types import Deal, History, Member

SHOCKS = Shocks(0.15, 0.2, 0.3)
OPEN = st.builds(
    workings.Open,
    st.just("d"),
    st.floats(0, 1),
    st.floats(1, 1e6),
    st.sampled_from([0.0, 0.1, 0.4]),
    st.one_of(st.none(), st.floats(1, 1e6)),
)
PARTS = st.lists(
    st.tuples(st.integers(0, 2), st.floats(0, 5), st.floats(0, 1e5), st.lists(OPEN, max_size=6)),
    min_size=1,
    max_size=7,
)


def parts_of(drawn: list[tuple[int, float, float, list[workings.Open]]]) -> list[workings.Part]:
    """Persons in rising order of their teams."""
    ordered = sorted(drawn, key=lambda one: one[0])
    return [
        workings.Part(str(place), team, rate, size, tuple(sorted(deals, key=lambda deal: -deal.size)))
        for place, (team, rate, size, deals) in enumerate(ordered)
    ]


def whole(parts: list[workings.Part]) -> tuple[Pipeline, Shape]:
    """All persons with every node: persons, teams, and the top."""
    deals = [(place, deal) for place, part in enumerate(parts) for deal in part.deals]
    pipeline = Pipeline(
        np.array([place for place, _ in deals], np.int64),
        np.array([deal.chance for _, deal in deals], float),
        np.array([deal.size for _, deal in deals], float),
        np.array([deal.spread for _, deal in deals], float),
        np.array([part.new_rate for part in parts]),
        np.array([part.new_size for part in parts]),
        0.6,
    )
    team = np.array([part.team for part in parts], np.int64)
    spans = [(n, n + 1, "person") for n in range(len(parts))]
    for code in sorted(set(team.tolist())):
        inside = np.flatnonzero(team == code)
        spans.append((int(inside[0]), int(inside[-1]) + 1, "team"))
    spans.append((0, len(parts), "team" if team[0] == team[-1] else "top"))
    first, last, kind = zip(*spans, strict=True)
    return pipeline, Shape(team, np.array(first), np.array(last), tuple(kind))


@settings(max_examples=40, deadline=None)
@given(PARTS)
def test_every_node_from_its_own_persons_is_the_node_of_the_whole_run(
    drawn: list[tuple[int, float, float, list[workings.Open]]],
) -> None:
    parts = parts_of(drawn)
    pipeline, shape = whole(parts)
    book = prepare(pipeline, shape, SHOCKS, parts=("total",))
    for node, (first, last, kind) in enumerate(zip(shape.first, shape.last, shape.kind, strict=True)):
        again = workings.rebuild(parts[first:last], SHOCKS, 0.6, "person" if kind == "person" else "team")
        mine, theirs = again.curve(0), book.curve(node)
        assert mine.mean == pytest.approx(theirs.mean, rel=1e-12, abs=1e-9)
        spread = max(theirs.sd, 1.0)
        assert mine.quantile(LEVELS) == pytest.approx(theirs.quantile(LEVELS), rel=1e-9, abs=1e-6 * spread)


@settings(max_examples=40, deadline=None)
@given(PARTS, st.floats(0, 3e6))
def test_swings_are_those_of_trying_each_deal(
    drawn: list[tuple[int, float, float, list[workings.Open]]], target: float
) -> None:
    parts = parts_of(drawn)
    book = workings.rebuild(parts, SHOCKS, 0.6, "team")
    count = sum(len(part.deals) for part in parts)
    among = set(range(0, count, 2))
    found = book.swings(0, target, refine=count, among=among)
    assert set(found.first.tolist()) == among
    for row, exact, won, lost in zip(found.first, found.exact, found.if_won, found.if_not, strict=True):
        tried = [book.what_if([Supposed(int(row), chance=end)]).after[0].chance(target) for end in (1.0, 0.0)]
        assert (won, lost) == tuple(tried)
        assert exact == won - lost
    assert list(np.abs(found.exact)) == sorted(np.abs(found.exact), reverse=True)


@settings(max_examples=40, deadline=None)
@given(PARTS)
def test_won_and_lost_weighed_by_the_chance_bring_what_was_expected(
    drawn: list[tuple[int, float, float, list[workings.Open]]],
) -> None:
    parts = parts_of(drawn)
    book = workings.rebuild(parts, SHOCKS, 0.6, "team")
    deals = [deal for part in parts for deal in part.deals]
    for row, deal in enumerate(deals):
        won, lost = (book.what_if([Supposed(row, chance=end)]).after[0].mean for end in (1.0, 0.0))
        mixed = deal.chance * won + (1 - deal.chance) * lost
        assert mixed == pytest.approx(book.curve(0).mean, rel=1e-5, abs=1.0)


def test_parts_that_are_none_are_refused() -> None:
    part = workings.Part("a", 0, 1.0, 1.0, ())
    for parts, kind in (([], "team"), ([part, part], "person")):
        with pytest.raises(ValueError, match="part"):
            workings.rebuild(parts, SHOCKS, 0.6, kind)  # type: ignore[arg-type]


def test_an_estimate_is_the_one_that_is_worked_out() -> None:
    deals = [
        Deal(str(n), owner="r1" if n % 2 else "r2", amount=100.0 + n, created_on=date(2025, 1, 1 + n % 28),
             close_on=date(2026, 12, 1), status="open" if n % 4 == 0 else "won" if n % 4 == 1 else "lost",
             closed_on=None if n % 4 == 0 else date(2026, 1 + n % 10, 5))
        for n in range(80)
    ]  # fmt: skip
    history = History(deals, members=[Member("m"), Member("r1", manager="m"), Member("r2", manager="m")])
    asked = {"as_of": date(2026, 11, 24), "period": Calendar().period("2026Q4")}
    plain = forecasting.estimate(history, **asked)  # type: ignore[arg-type]
    forecast, worked = forecasting.worked_out(history, **asked)  # type: ignore[arg-type]
    assert forecast == plain
    for node in forecast.nodes:
        if node.kind == "company":
            continue
        first, last = worked.spans[node.id]
        parts = [worked.part(place) for place in range(first, last)]
        spread = worked.pipeline.new_spread
        book = forecasting.rebuild(
            parts, worked.shocks, spread, "person" if node.kind == "person" else "team"
        )
        again = np.round(book.curve(0).quantile(LEVELS) + node.booked, 2)
        assert again == pytest.approx(np.array(node.quantiles), abs=0.011)
        assert sum(len(part.deals) for part in parts) == node.open_deals


def test_the_example_of_the_docstring_runs() -> None:
    found = doctest.testmod(workings)
    assert found.attempted
    assert not found.failed
