"""The arithmetic of the call: what adds up, adds up for every tree and every set of numbers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.calls import rules, wording
from fairlead.calls.rules import Cell, Point

MONEY = st.integers(0, 10**9)
MAYBE = st.none() | MONEY


@st.composite
def trees(draw: st.DrawFn) -> list[Point]:
    size = draw(st.integers(1, 25))
    parents = [None] + [draw(st.none() | st.integers(0, i - 1)) for i in range(1, size)]
    points = [Point(i, parents[i], draw(MONEY), draw(MAYBE), draw(MAYBE)) for i in range(size)]
    return draw(st.permutations(points))


def own_call(points: dict[int, Point], id: int) -> int:
    """The definition, word for word."""
    point = points[id]
    if point.said is not None:
        return point.said
    return point.own_deals + sum(seen(points, p.id) for p in points.values() if p.parent == id)


def seen(points: dict[int, Point], id: int) -> int:
    overlay = points[id].overlay
    return own_call(points, id) if overlay is None else overlay


@given(trees())
def test_the_roll_up_is_its_definition_on_every_tree(tree: list[Point]) -> None:
    points = {point.id: point for point in tree}
    for id, rolled in rules.roll_up(tree).items():
        assert rolled.own_call == own_call(points, id)
        assert rolled.seen == seen(points, id)


@given(trees(), trees())
def test_several_categories_at_once_come_to_what_each_comes_to_alone(
    tree: list[Point], other: list[Point]
) -> None:
    numbers = {point.id: point for point in other}
    moved = [
        Point(p.id, p.parent, o.own_deals, o.said, o.overlay) if (o := numbers.get(p.id)) else p for p in tree
    ]

    def of(points: list[Point]) -> rules.Given:
        return rules.Given(
            {p.id: p.own_deals for p in points},
            {p.id: p.said for p in points if p.said is not None},
            {p.id: p.overlay for p in points if p.overlay is not None},
        )

    found = rules.computed_in({p.id: p.parent for p in tree}, {"one": of(tree), "two": of(moved)})
    for name, points in (("one", tree), ("two", moved)):
        assert found[name] == {id: one.computed for id, one in rules.roll_up(points).items()}


def test_several_categories_of_a_circle_are_refused() -> None:
    with pytest.raises(ValueError, match="circle"):
        rules.computed_in({1: 2, 2: 1}, {})


def test_a_chain_of_ten_thousand_rolls_up_without_recursion() -> None:
    rolled = rules.roll_up(Point(i, i - 1 if i else None, 1) for i in range(10_000))
    assert rolled[0].own_call == 10_000


def test_a_circle_is_refused() -> None:
    with pytest.raises(ValueError, match="circle"):
        rules.roll_up([Point(1, 2), Point(2, 1)])


def test_an_overlay_replaces_the_total_and_leaves_the_own_call() -> None:
    rolled = rules.roll_up([Point(1, None, 10), Point(2, 1, 500, said=560, overlay=512)])
    assert (rolled[2].computed, rolled[2].own_call, rolled[2].seen) == (500, 560, 512)
    assert rolled[1].own_call == 522


@given(st.lists(st.tuples(st.sampled_from(rules.CATEGORIES), MONEY)))
def test_columns_follow_their_formulas(parts: list[tuple[str, int]]) -> None:
    alone = rules.single(parts)
    added = rules.cumulative(alone)
    assert sum(alone.values()) == sum(amount for _, amount in parts)
    assert added["commit"] == alone["commit"] + alone["closed"]
    assert added["most_likely"] == added["commit"] + alone["most_likely"]
    assert added["best_case"] == added["most_likely"] + alone["best_case"]
    assert added["pipeline"] == sum(alone[c] for c in ("pipeline", "best_case", "most_likely", "commit"))
    assert "omitted" not in added


CELLS = st.lists(
    st.tuples(st.integers(1, 6), MONEY, MAYBE, MAYBE), unique_by=lambda given: given[0], max_size=6
).map(lambda rows: [_cell(*row) for row in rows])


def _cell(person: int, computed: int, said: int | None, overlay: int | None) -> Cell:
    own = computed if said is None else said
    counts = own if overlay is None else overlay
    return Cell(person, f"P{person}", False, computed, said, own, overlay, counts)


@given(CELLS, MONEY, CELLS, MONEY, st.integers(-1000, 1000))
def test_bars_lead_from_the_last_number_to_this_one_whatever_moved(
    before: list[Cell], last: int, now: list[Cell], amount: int, unknown: int
) -> None:
    moved = sum(c.computed for c in now) - sum(c.computed for c in before)
    computed = [rules.Bar("won", moved - unknown), rules.Bar("lost", 0)]
    bars = rules.standing_bars(before, last, now, amount, computed)
    assert last + sum(bar.amount for bar in bars) == amount
    assert sum(bar.amount for bar in bars if bar.kind == "unexplained") == unknown
    assert all(bar.amount for bar in bars)


@given(CELLS, MONEY, CELLS, MONEY)
def test_who_left_or_joined_stands_in_a_bar_of_their_own_and_all_adds_up(
    before: list[Cell], last: int, now: list[Cell], amount: int
) -> None:
    old, new = {c.person: c for c in before}, {c.person: c for c in now}
    moving = rules.moving_bars(old, new, old.keys() | new.keys())
    assert {bar.person for bar in moving} == old.keys() ^ new.keys()
    stayed = [new[p].computed - old[p].computed for p in old.keys() & new.keys()]
    bars = rules.standing_bars(before, last, now, amount, [*moving, rules.Bar("won", sum(stayed))])
    assert last + sum(bar.amount for bar in bars) == amount
    assert not [bar for bar in bars if bar.kind == "unexplained"]


def test_a_base_that_moved_is_stated_and_nothing_is_changed() -> None:
    moved = rules.drift(512, 560, 602)
    assert moved == rules.Drift(base=560, now=602, by=42, followed=554)
    assert rules.drift(512, 560, 560) is None
    assert rules.drift(None, 560, 602) is None


def test_a_reason_is_required_beside_the_calls_and_asked_for_far_from_the_estimate() -> None:
    assert rules.reason_wanted(2470, 2518, 2505) == (True, False)
    assert rules.reason_wanted(2518, 2518, 2505) == (False, False)
    assert rules.reason_wanted(2518, 2518, 2000) == (False, True)
    assert rules.reason_wanted(2518, 2518, None) == (False, False)


@given(st.dictionaries(st.text(min_size=1), st.integers() | st.text(), min_size=1))
def test_the_digest_depends_on_the_content_and_not_on_its_order(content: dict[str, object]) -> None:
    turned = dict(reversed(list(content.items())))
    assert rules.digest(content) == rules.digest(turned)
    assert rules.digest(content) != rules.digest(content | {"one more thing": 1})


def test_a_record_counts_what_was_within_five_percent_and_says_which_way_it_leans() -> None:
    record = rules.record(
        [("2025Q4", 100, 90), ("2026Q1", 100, 98), ("2026Q2", 100, 80), ("2026Q3", 100, 99)]
    )
    assert (record.periods, record.within, record.leaning) == (4, 2, "high")
    assert record.bias == pytest.approx(-0.0825)
    few = rules.record([("2026Q3", 100, 99), ("2026Q2", 0, 10)])
    assert (few.periods, few.bias, few.spread, few.leaning) == (1, None, None, "")


def money(minor: int) -> str:
    return f"{Decimal(minor) / 100:,.0f}"


def test_what_is_still_needed_is_said_in_deals_and_opportunities() -> None:
    needed = rules.needed(
        target=700_00,
        booked=392_00,
        won=[72_00, 60_00, 90_00, 72_00, 75_00],
        lost=4,
        open_deals=[rules.Candidate(1, "Ostrava", 84_00), rules.Candidate(2, "Nordwind", 240_00)],
    )
    assert needed is not None
    assert (needed.gap, needed.usual, needed.deals, needed.opportunities) == (308_00, 72_00, 5, 9)
    assert wording.needed_sentences(needed, money) == (
        "Nordwind and one deal of your usual size would close the gap.",
        "Without Nordwind you need five deals of your usual size (72); at your rate that takes 9 new opportunities.",
    )


@pytest.mark.parametrize(
    ("target", "booked", "won", "team", "says"),
    [
        (None, 5, [1, 2, 3], [], "There is no target for this period, so nothing is counted as missing."),
        (100, 100, [1, 2, 3], [], "The target is reached."),
        (100, 0, [], [], "Fewer than three deals were won so far, so there is no usual size to count in."),
        (10000, 0, [], [5000, 5000, 5000], "You need two deals of the team’s usual size (50)."),
    ],
)
def test_what_is_still_needed_is_said_where_little_is_known(
    target: int | None, booked: int, won: list[int], team: list[int], says: str
) -> None:
    needed = rules.needed(target=target, booked=booked, won=won, lost=0, team_won=team)
    assert wording.needed_sentences(needed, money) == (says,)


def test_a_deal_that_needs_its_owner_says_why() -> None:
    def why(close_on: date | None = date(2026, 12, 20), **other: object) -> str | None:
        given = {
            "amount": 100,
            "category": "commit",
            "changed_on": date(2026, 11, 23),
            "pushes": 0,
            "chance": 0.5,
        }
        found = rules.attention(
            id=1,
            close_on=close_on,
            today=date(2026, 11, 24),
            ends_on=date(2026, 12, 31),
            **given | other,  # type: ignore[arg-type]
        )
        return found.why if found else None

    assert why(None) == "Not counted anywhere until it has an expected close date."
    assert why(amount=None) == "Not counted anywhere until it has an amount."
    assert why(date(2026, 11, 10)) == "Expected 10 Nov, which has passed. Set a new date or close it."
    assert why(date(2026, 11, 30)) == "Expected in 6 days."
    assert why(changed_on=date(2026, 10, 1)) == "Nothing changed for 54 days."
    assert why(pushes=3) == "Pushed 3 times; expected 20 Dec."
    assert why(date(2027, 2, 1)) is None
