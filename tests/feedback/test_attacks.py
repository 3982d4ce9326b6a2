"""Simulated attacks: subtraction over time and over levels, alone and with two who put their own answers to it.

`python -m benchmarks.feedback` does the same for a thousand organisations; its figures stand in the reference.
"""

from __future__ import annotations

import random

import pytest
from benchmarks import feedback
from benchmarks.feedback import OFF, Released, attacked, found, history, tallied

from fairlead.feedback.rules import Policy

SEEDS = range(50_000, 50_025)


def test_with_all_rules_nobody_is_found_by_an_outsider_by_one_or_by_two() -> None:
    feedback.undecided.clear()
    sums = tallied(Policy(), SEEDS)
    assert (sums.alone, sums.one, sums.two, feedback.undecided) == (0, 0, 0, [])
    assert sums.shown > 150
    assert sums.words > 700, "nothing is found because nothing is shown would prove nothing"


@pytest.mark.parametrize("name", [name for name in OFF if name != "all rules"])
def test_with_a_rule_turned_off_the_same_attack_finds_somebody(name: str) -> None:
    assert any(attacked(*history(seed, OFF[name]), 2) for seed in range(50_000, 50_200)), name


def test_the_attack_finds_a_joiner_by_subtraction_and_a_team_by_its_unit() -> None:
    """By hand: seven of eight said yes, then one joins and it is eight of nine; two teams and their total."""
    made = feedback.Organisation(random.Random(1))
    old = [((n, 1), "owns") for n in range(8)]
    new = ((9, 1), "owns")
    for n, (pair, item) in enumerate([*old, new]):
        made.minds[pair] = {item: "no" if n == 0 else "yes"}
    figures = [Released(frozenset(old), 7, 7), Released(frozenset([*old, new]), 8, 8)]
    assert found(made, figures) == {new}
    assert found(made, figures[:1]) == set()
    assert found(made, figures[:1], frozenset({0})) == set(old[1:])
    assert found(made, [Released(frozenset(old), 7, 7), Released(frozenset(old[1:]), 7, 7)]) == set(old)
