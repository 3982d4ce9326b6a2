"""What an entry may hold, and the arithmetic of what a part did."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from fairlead.forecasting.periods import Calendar
from fairlead.gaps import rules
from fairlead.gaps.rules import CutOrDelay, Given, Part
from fairlead.people.access import Refusal

Q3, Q4 = Calendar().period("2026Q3"), Calendar().period("2026Q4")
PART = Part("ravi", 10_000, date(2026, 10, 1), date(2026, 12, 31))
CUT = CutOrDelay("hiring", "The second engineer starts in April", date(2026, 10, 12))
GIVEN = Given((PART,), (CUT,))


def checked(given: Given, **other: Any) -> Given:
    common: dict[str, Any] = {
        "missing": 18_000,
        "quarter": Q3,
        "carriers": {"ravi", "mina"},
        "names": ["Rosa"],
    }
    return rules.checked(given, **(common | other))


def test_an_entry_is_kept_as_it_was_written_without_space() -> None:
    said = checked(replace(GIVEN, cuts=(replace(CUT, words="  The second \n engineer  "),)))
    assert said.cuts[0].words == "The second engineer"
    assert checked(Given(parts=(PART,))).parts == (PART,)


@pytest.mark.parametrize(
    ("given", "other", "code"),
    [
        (GIVEN, {"missing": 0}, "no_gap"),
        (Given(), {}, "nothing_said"),
        (Given(cuts=(CUT,) * 9), {}, "too_many"),
        (Given((replace(PART, carrier="rosa"),)), {}, "bad_carrier"),
        (Given((replace(PART, minor=0),)), {}, "bad_amount"),
        (Given((PART, PART)), {}, "too_much"),
        (Given((replace(PART, last=date(2026, 9, 30)),)), {}, "bad_day"),
        (Given((replace(PART, first=date(2026, 6, 30)),)), {}, "bad_day"),
        (Given((replace(PART, last=date(2028, 1, 1)),)), {}, "bad_day"),
        (Given(cuts=(replace(CUT, kind="people"),)), {}, "bad_cut"),
        (Given(cuts=(replace(CUT, words="  "),)), {}, "text_missing"),
        (Given(cuts=(replace(CUT, words="x" * 301),)), {}, "text_long"),
        (Given(cuts=(replace(CUT, last=date(2026, 10, 11)),)), {}, "bad_day"),
        (Given(cuts=(replace(CUT, words="Training, because Rosa is lazy"),)), {}, "about_the_person"),
        (replace(GIVEN, why="She was burnt out"), {}, "about_the_person"),
        (replace(GIVEN, why="x" * 301), {}, "text_long"),
    ],
)
def test_an_entry_that_may_not_stand_is_refused(given: Given, other: dict[str, Any], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        checked(given, **other)
    assert refused.value.code == code


def test_a_correction_says_why() -> None:
    assert rules.why_corrected(" Counted twice. ") == "Counted twice."
    for text, code in (("  ", "text_missing"), ("x" * 301, "text_long")):
        with pytest.raises(Refusal) as refused:
            rules.why_corrected(text)
        assert refused.value.code == code


def test_with_and_without_the_part_is_plain_arithmetic() -> None:
    found = rules.effect(PART, Q4, over=False, won_minor=45_000, asked_minor=100_000)
    assert found is not None
    assert (found.minor, found.with_it, found.without) == (10_000, 45, 50)
    assert rules.effect(PART, Q3, over=True, won_minor=1, asked_minor=1) is None
    assert rules.effect(PART, Q4, over=True, won_minor=1, asked_minor=None) is None
    alone = rules.effect(PART, Q4, over=True, won_minor=1, asked_minor=10_000)
    assert alone is not None
    assert alone.without is None


def test_a_part_in_two_quarters_is_divided_by_its_working_days() -> None:
    part = replace(PART, minor=13_000, first=date(2026, 9, 21), last=date(2026, 10, 5))
    shares = [rules.effect(part, one, over=True, won_minor=0, asked_minor=100_000) for one in (Q3, Q4)]
    assert [(one.days, one.of, one.minor) for one in shares if one] == [(8, 11, 9455), (3, 11, 3545)]


def test_what_is_kept_reads_the_same_again() -> None:
    content = rules.stored(GIVEN, 60_000, 42_000)
    assert (content["asked"], content["won"]) == (60_000, 42_000)
    assert rules.cuts_of(content) == (CUT,)
    assert rules.part_of("ravi", rules.stored_part(PART)) == PART
    assert rules.cuts_of({"erased": True}) == ()


def test_totals_are_of_three_sellers_or_more() -> None:
    entry = (18_000, (PART,), (CUT, CUT))
    assert rules.total("2026Q3", [entry] * 2) == rules.Total("2026Q3", None, None, None, None, None)
    assert rules.total("2026Q3", [entry] * 3) == rules.Total("2026Q3", 3, 54_000, 30_000, 1, {"hiring": 6})
