"""The screen for adverse impact: published values, brute force, and what is too few."""

from __future__ import annotations

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.improvement import impact
from fairlead.people.access import Refusal


def _people(*groups: tuple[str, int, int]) -> tuple[dict[int, str], set[int]]:
    """(name, people, hit) of each group as persons."""
    placed: dict[int, str] = {}
    hit: set[int] = set()
    for name, people, struck in groups:
        first = len(placed)
        placed |= dict.fromkeys(range(first, first + people), name)
        hit |= set(range(first, first + struck))
    return placed, hit


def test_the_four_fifths_rule_and_the_exact_test_on_a_table_done_by_hand() -> None:
    """8 of 20 are struck against 1 of 20: spared are 60 % and 95 %."""
    a, b = impact.screen(*_people(("A", 20, 8), ("B", 20, 1)))
    assert a.spared == pytest.approx(0.6 / 0.95)
    assert a.adverse
    assert not b.adverse
    assert a.chance == b.chance == pytest.approx(_by_hand(8, 20, 1, 20))
    assert a.chance == pytest.approx(0.0197, abs=2e-4)
    assert a.rare


def _by_hand(a: int, n: int, b: int, m: int) -> float:
    """Fisher's test by the definition: all tables as likely as this one or less."""
    total, hit = n + m, a + b

    def chance(k: int) -> float:
        return comb(n, k) * comb(m, hit - k) / comb(total, hit)

    here = chance(a)
    return sum(chance(k) for k in range(max(0, hit - m), min(n, hit) + 1) if chance(k) <= here * (1 + 1e-7))


@given(st.integers(5, 15), st.integers(5, 15), st.data())
def test_the_chance_is_the_definition_s(n: int, m: int, data: st.DataObject) -> None:
    a, b = data.draw(st.integers(0, n)), data.draw(st.integers(0, m))
    if a == n and b == m:
        return
    lines = impact.screen(*_people(("A", n, a), ("B", m, b)))
    for line in lines:
        assert line.chance == pytest.approx(_by_hand(a, n, b, m))


def test_of_fewer_than_five_nothing_is_said_but_how_many() -> None:
    small, large = impact.screen(*_people(("A", 4, 4), ("B", 30, 1)))
    assert (small.people, small.hit, small.spared, small.chance) == (4, 4, None, None)
    assert (large.spared, large.chance) == (None, None), "the others together are fewer than five"


def test_where_nobody_is_spared_nothing_is_said() -> None:
    assert all(one.spared is None for one in impact.screen(*_people(("A", 6, 6), ("B", 6, 6))))


@given(st.lists(st.tuples(st.integers(5, 20), st.integers(0, 5)), min_size=2, max_size=5))
def test_the_best_group_is_never_adverse(groups: list[tuple[int, int]]) -> None:
    lines = impact.screen(*_people(*((str(n), people, hit) for n, (people, hit) in enumerate(groups))))
    best = max(lines, key=lambda one: (one.people - one.hit) / one.people)
    assert not best.adverse
    assert sum(one.people for one in lines) == sum(people for people, _ in groups)


@pytest.mark.parametrize(
    "text", ["Rosa Lindqvist, A", 'Rosa Lindqvist;"A"', "Rosa Lindqvist\tA", '"Rosa Lindqvist",A']
)
def test_lines_are_read_as_people_paste_them(text: str) -> None:
    assert impact.read(f"\n{text}\n") == [("Rosa Lindqvist", "A")]


@pytest.mark.parametrize("text", ["Rosa", ", A", "Rosa,", f"Rosa,{'A' * 41}"])
def test_a_line_that_is_none_is_named(text: str) -> None:
    with pytest.raises(Refusal, match="Line 2"):
        impact.read(f"\n{text}")


def test_names_are_people_or_listed_and_two_groups_are_needed() -> None:
    known = {"rosa": [1], "ravi": [2], "max": [3, 4]}
    rows = [("Rosa", "A"), ("RAVI", "B"), ("Max", "A"), ("Nobody", "B")]
    assert impact.placed(rows, known) == ({1: "A", 2: "B"}, ["Max", "Nobody"])
    with pytest.raises(Refusal, match="Two groups"):
        impact.placed([("Rosa", "A")], known)
    with pytest.raises(Refusal, match="two groups"):
        impact.placed([("Rosa", "A"), ("rosa", "B")], known)
