"""Shares of a deal add up to it whatever is rounded, and what changed adds up share by share."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.deals import rules, shares
from fairlead.deals.rules import DealState
from fairlead.deals.shares import Given, Said
from fairlead.forecasting.periods import Period
from fairlead.people import access

Q4 = Period(date(2026, 10, 1), date(2026, 12, 31), "2026Q4")
COMMIT = frozenset({"commit", "closed"})
DEAL = DealState(1, "", "", 1, 100, "commit", "open", "", date(2026, 11, 15), None)


@st.composite
def divisions(draw: st.DrawFn, persons: tuple[int, ...] = (1, 2, 3, 4)) -> tuple[Given, ...]:
    """A revenue division among some persons, or none."""
    holders = draw(st.lists(st.sampled_from(persons), unique=True, max_size=len(persons)))
    if not holders:
        return ()
    cuts = sorted(
        draw(st.sets(st.integers(1, shares.WHOLE - 1), min_size=len(holders) - 1, max_size=len(holders) - 1))
    )
    edges = [0, *cuts, shares.WHOLE]
    return tuple(
        Given(person, "revenue", high - low)
        for person, low, high in zip(holders, edges, edges[1:], strict=False)
    )


@given(st.integers(-(10**15), 10**15), divisions())
def test_the_parts_of_a_deal_add_up_to_it_to_the_minor_unit(amount: int, given: tuple[Given, ...]) -> None:
    parts = shares.parts(shares.checked(given))
    if given:
        assert sum(part.of(amount) for part in parts) == amount
        assert {part.person: part.hundredths for part in parts} == {
            one.person: one.hundredths for one in given
        }
        assert all(
            abs(part.of(amount) * shares.WHOLE - amount * part.hundredths) < shares.WHOLE for part in parts
        )


@pytest.mark.parametrize("text", ["0", "-1", "100.01", "33.333", "NaN", "Infinity"])
def test_what_is_no_share_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(access.Refusal, match=r"from 0\.01 to 100"):
        shares.hundredths(Decimal(text))


def test_revenue_is_a_hundred_per_cent_and_nobody_stands_twice() -> None:
    with pytest.raises(access.Refusal, match="come to 90 %"):
        shares.checked([Given(1, "revenue", 6000), Given(2, "revenue", 3000)])
    with pytest.raises(access.Refusal, match="two shares of one kind"):
        shares.checked([Given(1, "revenue", 6000), Given(1, "revenue", 4000)])
    overlay = [Given(1, "overlay", 10_000), Given(2, "overlay", 10_000)]
    assert shares.checked([*overlay, Given(1, "revenue", 10_000)])[0].kind == "revenue"


def test_the_division_that_starts_last_counts_among_those_known() -> None:
    def said(id: int, day: int, known: int) -> Said:
        return Said(id, date(2026, 11, day), datetime(2026, 11, known, tzinfo=UTC), ())

    first, later, corrected = said(1, 2, 2), said(2, 9, 9), said(3, 2, 12)
    every = [first, later, corrected]
    at = datetime(2026, 11, 20, tzinfo=UTC)
    assert shares.in_force(every, date(2026, 11, 20), at) == later
    assert shares.in_force(every, date(2026, 11, 5), at) == corrected
    assert shares.in_force(every, date(2026, 11, 5), datetime(2026, 11, 10, tzinfo=UTC)) == first
    assert shares.in_force(every, date(2026, 11, 5), datetime(2026, 11, 2, tzinfo=UTC)) is None


def states(deal: DealState | None, given: tuple[Given, ...]) -> list[DealState]:
    if deal is None:
        return []
    parts = shares.parts(shares.checked(given))
    return deal.shared(parts) if parts else [deal]


deals = st.none() | st.builds(
    lambda owner, amount, category, close_on: replace(
        DEAL, owner=owner, amount=amount, category=category, close_on=close_on
    ),
    st.integers(1, 4),
    st.none() | st.integers(1, 99_999),
    st.sampled_from(["commit", "best_case"]),
    st.sampled_from([date(2026, 11, 15), date(2027, 1, 15)]),
)


@given(deals, deals, divisions(), divisions(), st.sets(st.integers(1, 4)))
def test_bars_of_a_divided_deal_add_up_for_every_node_and_for_the_nodes_together(
    was: DealState | None,
    is_: DealState | None,
    before: tuple[Given, ...],
    after: tuple[Given, ...],
    node: set[int],
) -> None:
    old, new = states(was, before), states(is_, after)

    def bridge(owners: set[int] | None) -> rules.Bridge:
        only = None if owners is None else frozenset(owners)
        found = rules.changes_between(old, new, Q4, owners=only, columns=COMMIT)
        assert found.start + sum(found.bars.values()) == found.end
        return found

    here, elsewhere, whole = bridge(node), bridge({1, 2, 3, 4} - node), bridge(None)
    assert here.start + elsewhere.start == whole.start
    assert here.end + elsewhere.end == whole.end
    counted = [one is not None and one.amount is not None and one.category == "commit" for one in (was, is_)]
    if all(counted) and was is not None and is_ is not None and was.close_on == is_.close_on:
        assert "split_changed" not in whole.bars
    if (before, after) == ((), ()):
        assert "split_changed" not in here.bars
