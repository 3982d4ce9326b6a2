"""What a period pays: worked examples, and the arithmetic against one written apart."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.earnings import rules
from fairlead.earnings.rules import Band, Plan
from fairlead.people.access import Refusal

PLAIN = Plan(60_000_00, 40_000_00)
STEEP = Plan(60_000_00, 40_000_00, (Band(0, 100), Band(100, 150), Band(125, 200)), cap=300)
TARGET = 500_000_00
BANDS = st.lists(
    st.tuples(st.integers(1, 300), st.integers(0, 400)), max_size=4, unique_by=lambda pair: pair[0]
).map(lambda rows: (Band(0, 100), *(Band(above, rate) for above, rate in sorted(rows))))
PLANS = st.builds(
    Plan, base=st.integers(0, 10**8), variable=st.integers(1, 10**8), bands=BANDS, threshold=st.integers(0, 90),
    cap=st.none() | st.integers(1, 500),
)  # fmt: skip
MONEY = st.integers(0, 10**10)


@pytest.mark.parametrize(
    ("plan", "sold", "variable"),
    [
        (PLAIN, 500_000_00, 10_000_00),  # at the target: a quarter of the variable part
        (PLAIN, 250_000_00, 5_000_00),
        (PLAIN, 0, 0),
        (PLAIN, -20_000_00, 0),  # more was taken back than sold
        (STEEP, 500_000_00, 10_000_00),
        (STEEP, 600_000_00, 13_000_00),  # 20 % more at one and a half
        (STEEP, 700_000_00, 16_750_00),  # 25 % at one and a half, 15 % at twice
        (STEEP, 2_000_000_00, 30_000_00),  # the cap: three times the variable part
        (Plan(0, 40_000_00, threshold=50), 249_999_99, 0),
        (Plan(0, 40_000_00, threshold=50), 250_000_00, 5_000_00),
        (Plan(0, 40_000_00, (Band(0, 50), Band(80, 250))), 500_000_00, 9_000_00),  # slow, then fast
    ],
)
def test_worked_examples(plan: Plan, sold: int, variable: int) -> None:
    assert rules.pay(plan, sold, TARGET).variable == variable


def test_base_and_on_target_earnings() -> None:
    assert rules.pay(PLAIN, 0, TARGET).total == 15_000_00
    assert rules.pay(PLAIN, 0, TARGET, parts=12).base == 5_000_00
    assert PLAIN.at_target == 100_000_00
    assert Plan(0, 40_000_00, (Band(0, 50), Band(80, 250))).at_target == 36_000_00


@given(PLANS, MONEY, st.integers(1, 10**10))
def test_it_is_what_somebody_with_a_calculator_finds(plan: Plan, sold: int, target: int) -> None:
    """Percent by percent of the target, in decimals."""
    plan = rules.checked(plan)
    attained, exact = Fraction(100 * sold, target), Fraction(0)
    edges = sorted({band.above for band in plan.bands})
    for edge, following in zip(edges, [*edges[1:], None], strict=True):
        rate = next(band.rate for band in plan.bands if band.above == edge)
        reach = attained if following is None else min(attained, Fraction(following))
        if reach > edge:
            exact += Fraction(plan.variable, 4) * (reach - edge) / 100 * Fraction(rate, 100)
    if plan.cap is not None:
        exact = min(exact, Fraction(plan.variable * plan.cap, 400))
    if attained < plan.threshold:
        exact = Fraction(0)
    rounded = (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(Decimal(1), ROUND_HALF_UP)
    assert abs(rules.pay(plan, sold, target).variable - int(rounded)) <= 1


@given(PLANS, MONEY, st.integers(1, 10**10), MONEY)
def test_lines_add_up_and_selling_more_never_pays_less(plan: Plan, sold: int, target: int, more: int) -> None:
    paid = rules.pay(plan, sold, target)
    assert sum(line.pays for line in paid.lines) == paid.before_cap
    assert paid.variable <= paid.before_cap
    if paid.lines:
        assert abs(sum(line.sold for line in paid.lines) - sold) <= 1
    assert rules.adds(plan, sold, target, more) >= 0


@given(PLANS)
def test_what_is_kept_is_what_was_written(plan: Plan) -> None:
    assert rules.from_plain(rules.plain(plan)) == plan


@pytest.mark.parametrize(
    ("plan", "code"),
    [
        (Plan(-1, 1), "bad_pay"),
        (Plan(0, 0), "bad_pay"),
        (Plan(0, 1, (Band(10, 100),)), "bad_bands"),
        (Plan(0, 1, (Band(0, 100), Band(0, 50))), "bad_bands"),
        (Plan(0, 1, tuple(Band(n, 100) for n in range(9))), "bad_bands"),
        (Plan(0, 1, (Band(0, 5_000),)), "bad_bands"),
        (Plan(0, 1, threshold=2_000), "bad_threshold"),
        (Plan(0, 1, cap=0), "bad_cap"),
    ],
)
def test_what_cannot_be_a_plan_is_refused(plan: Plan, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        rules.checked(plan)
    assert refusal.value.code == code


def test_without_a_target_nothing_is_counted() -> None:
    with pytest.raises(ValueError, match="target"):
        rules.pay(PLAIN, 1, 0)
