"""Money is exact, rates are dated, and what changed adds up to the cent."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.deals import rules
from fairlead.deals.rules import DealState, RateRow, changes_between
from fairlead.forecasting.periods import Period

Q4 = Period(date(2026, 10, 1), date(2026, 12, 31), "2026Q4")
BEFORE, INSIDE, LATER = date(2026, 9, 15), date(2026, 11, 15), date(2027, 1, 15)


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("12.34", "EUR", 1234),
        ("12", "JPY", 12),
        ("1.234", "KWD", 1234),
        ("1.2345", "CLF", 12345),
        ("-0.01", "USD", -1),
    ],
)
def test_minor_units_follow_the_currency(amount: str, currency: str, minor: int) -> None:
    assert rules.minor_units(Decimal(amount), currency) == minor
    assert rules.major_units(minor, currency) == Decimal(amount)


@pytest.mark.parametrize(
    ("amount", "currency"), [("1.5", "JPY"), ("0.001", "EUR"), ("NaN", "EUR"), ("Infinity", "EUR")]
)
def test_what_a_currency_cannot_hold_is_refused(amount: str, currency: str) -> None:
    with pytest.raises(ValueError):
        rules.minor_units(Decimal(amount), currency)


@pytest.mark.parametrize(("amount", "minor"), [("0.125", 12), ("0.135", 14), ("-0.125", -12)])
def test_rounding_where_allowed_is_half_even(amount: str, minor: int) -> None:
    assert rules.minor_units(Decimal(amount), "EUR", rounding=True) == minor


@given(st.integers(-(10**15), 10**15), st.sampled_from(sorted(rules.CURRENCIES)))
def test_minor_units_and_back_is_the_same_amount(minor: int, currency: str) -> None:
    assert rules.minor_units(rules.major_units(minor, currency), currency) == minor


def test_the_newest_rate_on_or_before_the_day_counts() -> None:
    rows = [
        ("SEK", date(2026, 1, 1), "0.09"),
        ("SEK", date(2026, 6, 1), "0.1"),
        ("SEK", date(2026, 6, 1), "0.11"),
    ]
    rates = rules.Rates("EUR", [RateRow(c, d, Decimal(r)) for c, d, r in rows])
    assert rates.rate("SEK", date(2025, 12, 31)) is None
    assert rates.rate("SEK", date(2026, 5, 31)) == Decimal("0.09")
    assert rates.rate("SEK", date(2026, 6, 1)) == Decimal("0.11")
    assert rates.convert(10_000, "SEK", date(2026, 7, 1)) == 1_100
    assert rates.convert(777, "EUR", date(1999, 1, 1)) == 777


def state(**more: object) -> DealState:
    values: dict[str, object] = {
        "id": 1, "public_id": "a", "name": "A", "owner": 1, "amount": 100, "category": "commit",
        "status": "open", "stage": "S", "close_on": INSIDE, "closed_on": None,
    }  # fmt: skip
    return DealState(**(values | more))  # type: ignore[arg-type]


ME = frozenset({1})
WON = {"status": "won", "category": "closed", "closed_on": INSIDE}
LOST = {"status": "lost", "category": "omitted", "closed_on": INSIDE}


@pytest.mark.parametrize(
    ("before", "after", "reason", "bar"),
    [
        ({}, None, "deleted", -100),
        ({}, {"missing": True}, "deleted", -100),
        ({"owner": 2}, {}, "owner_moved_in", 100),
        ({}, {"owner": 2}, "owner_moved_out", -100),
        ({}, {"owner": 2, "close_on": LATER}, "owner_moved_out", -100),
        ({}, {"close_on": BEFORE}, "pulled_out", -100),
        ({}, {"close_on": LATER}, "pushed", -100),
        ({"close_on": LATER}, {}, "pulled_in", 100),
        ({"close_on": BEFORE}, {}, "pushed_in", 100),
        ({}, WON, "won", -100),
        ({}, WON | {"closed_on": LATER}, "won", -100),
        ({}, LOST, "lost", -100),
        ({}, LOST | {"stage": "Disqualified"}, "disqualified", -100),
        (None, {}, "new", 100),
        ({"category": "omitted"}, {}, "category_up", 100),
        ({}, {"category": "omitted"}, "category_down", -100),
        (LOST, {}, "reopened", 100),
        ({"close_on": None}, {}, "dated", 100),
        ({}, {"close_on": None}, "undated", -100),
    ],
)
def test_each_deal_has_the_first_reason_that_applies(
    before: dict[str, object] | None, after: dict[str, object] | None, reason: str, bar: int
) -> None:
    bridge = changes_between(
        [] if before is None else [state(**before)], [] if after is None else [state(**after)], Q4, owners=ME
    )
    assert bridge.bars == {reason: bar}
    assert [move.reason for move in bridge.moves] == [reason]


def test_a_change_of_amount_is_its_own_bar() -> None:
    assert changes_between([state()], [state(amount=130)], Q4).bars == {"amount_up": 30}
    moved = changes_between([state(close_on=LATER)], [state(amount=70)], Q4)
    assert moved.bars == {"pulled_in": 100, "amount_down": -30}


def test_a_close_date_set_by_closing_is_no_push() -> None:
    bridge = changes_between([state()], [state(**WON | {"close_on": LATER, "closed_on": INSIDE})], Q4)
    assert set(bridge.bars) == {"won"}


def test_an_owner_s_move_inside_a_branch_nets_to_zero_above() -> None:
    before, after = [state()], [state(owner=2)]
    below = [changes_between(before, after, Q4, owners=frozenset({who})) for who in (1, 2)]
    above = changes_between(before, after, Q4, owners=frozenset({1, 2}))
    assert sum(sum(bridge.bars.values()) for bridge in below) == 0
    assert above.bars == {}


days = st.none() | st.sampled_from([BEFORE, INSIDE, LATER])
CATEGORIES = st.sampled_from(["", "omitted", "pipeline", "best_case", "commit"])


@st.composite
def states(draw: st.DrawFn) -> list[DealState]:
    found = []
    for id in draw(st.sets(st.integers(1, 8))):
        status = draw(st.sampled_from(["open", "open", "won", "lost"]))
        found.append(
            state(
                id=id,
                owner=draw(st.sampled_from([1, 2, None])),
                amount=draw(st.none() | st.integers(-(10**6), 10**12)),
                category={"won": "closed", "lost": "omitted"}.get(status) or draw(CATEGORIES),
                status=status,
                close_on=draw(days),
                closed_on=None if status == "open" else draw(days),
                missing=draw(st.booleans()),
            )
        )
    return found


@given(
    before=states(),
    after=states(),
    owners=st.none() | st.frozensets(st.sampled_from([1, 2, None])),
    columns=st.sampled_from([rules.OPEN_PIPELINE, rules.EVERYTHING, frozenset({"commit", "closed"})]),
)
def test_start_and_bars_are_the_end_to_the_cent(
    before: list[DealState],
    after: list[DealState],
    owners: frozenset[int | None] | None,
    columns: frozenset[str],
) -> None:
    bridge = changes_between(before, after, Q4, owners=owners, columns=columns)
    assert bridge.start + sum(bridge.bars.values()) == bridge.end
    assert len({move.deal.id for move in bridge.moves}) == len(bridge.moves)
    assert bridge.start == changes_between(before, before, Q4, owners=owners, columns=columns).end
    assert list(bridge.bars) == [reason for reason in rules.REASONS if reason in bridge.bars]


@given(states(), states())
def test_looking_back_undoes_looking_forward(before: list[DealState], after: list[DealState]) -> None:
    there, back = changes_between(before, after, Q4), changes_between(after, before, Q4)
    assert sum(there.bars.values()) == -sum(back.bars.values())


@pytest.mark.parametrize(
    ("stage", "category"),
    [
        ("Negotiation/Review", "commit"),
        ("closedwon", "closed"),
        ("Closed Lost", "omitted"),
        ("presentationscheduled", "pipeline"),
        ("Proposal sent", "best_case"),
        ("Florb", None),
    ],
)
def test_a_category_is_offered_for_common_stages(stage: str, category: str | None) -> None:
    assert rules.suggest_category(stage) == category


@pytest.mark.parametrize(
    ("word", "category"),
    [("Forecast", "commit"), ("BEST_CASE", "best_case"), ("OMIT", "omitted"), ("maybe", None)],
)
def test_the_words_of_other_systems_are_understood(word: str, category: str | None) -> None:
    assert rules.category_named(word) == category
