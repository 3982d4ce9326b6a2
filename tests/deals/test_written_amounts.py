"""Amounts in sentences and in sums."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.deals import rules


@pytest.mark.parametrize(
    ("minor", "currency", "words"),
    [
        (94_049, "EUR", "€940"),
        (170_000, "EUR", "€1,700"),
        (6_130_000, "EUR", "€61k"),
        (-19_000_000, "USD", "−$190k"),
        (99_949_900, "EUR", "€999k"),
        (99_950_000, "EUR", "€1M"),
        (247_031_527, "EUR", "€2.47M"),
        (12_345_678_900, "SEK", "SEK 123M"),
        (61_300, "JPY", "¥61k"),
        (0, "EUR", "€0"),
    ],
)
def test_an_amount_in_a_sentence_is_short(minor: int, currency: str, words: str) -> None:
    assert rules.spoken(minor, currency) == words


def test_an_amount_in_a_sum_is_whole() -> None:
    assert rules.written(247_031_500, "EUR") == "€2,470,315"
    assert rules.written(-19_050, "EUR") == "−€190.50"


@given(st.integers(-(10**15), 10**15), st.sampled_from(["EUR", "JPY", "KWD", "SEK"]))
def test_a_spoken_amount_is_never_longer_than_the_written_one(minor: int, currency: str) -> None:
    assert len(rules.spoken(minor, currency)) <= len(rules.written(minor, currency))
