"""The sentences of an assessment, and which of them are to be talked about."""

from __future__ import annotations

from datetime import timedelta

import pytest

from fairlead.assessment import rules
from fairlead.assessment.rules import Finding, Section

PAGE: rules.Page = ("record", ())


def words(findings: list[Finding]) -> list[str]:
    return [one.words for one in findings]


@pytest.mark.parametrize(
    ("found", "said", "talk"),
    [
        (None, ["No quarter has ended yet with a number sent from here, so there is no record."], ""),
        (
            rules.Record(8, 1, "", None, 0, 0),
            ["1 quarter with a number sent by week 8 has ended: too few to say which way calls lean."],
            "",
        ),
        (
            rules.Record(8, 7, "high", -0.12, 80, 0),
            [
                "In 7 quarters, 12% less came on average than was said in week 8; that is more than chance.",
                "All 80 weekly numbers came in time.",
            ],
            rules.TOO_HIGH,
        ),
        (
            rules.Record(8, 7, "low", 0.09, 80, 4),
            [
                "In 7 quarters, 9% more came on average than was said in week 8; that is more than chance.",
                "4 of 80 weekly numbers came after their hour.",
            ],
            rules.TOO_LOW,
        ),
        (
            rules.Record(8, 7, "", 0.09, 8, 4),
            [
                "In 7 quarters, 9% more came on average than was said in week 8, which may be chance.",
                "4 of 8 weekly numbers came after their hour.",
            ],
            rules.TOO_LATE,
        ),
    ],
)
def test_the_record(found: rules.Record | None, said: list[str], talk: str) -> None:
    findings = rules.record(found, PAGE)
    assert words(findings) == said
    assert "".join(one.talk for one in findings) == talk


def test_the_number_says_early_that_a_target_is_unlikely() -> None:
    found = rules.Number("2026Q4", "€2.1M", "€2.6M", "€1.0M", "€1.8M", "€2.4M", 2)
    findings = rules.number(found, PAGE)
    assert words(findings) == [
        "€2.1M is called for 2026Q4 against a target of €2.6M; €1.0M is booked.",
        "Eight of ten quarters like this one end between €1.8M and €2.4M. 2 of 20 quarters like it reach the target.",
    ]
    assert findings[1].talk == rules.SAY_NOW
    bare = rules.number(rules.Number("2026Q4", "€2.1M", "", "€0", "", "", None), PAGE)
    assert words(bare) == ["€2.1M is called for 2026Q4; no target is set; €0 is booked."]


def test_the_pipeline_is_told_by_its_most_frequent_flag() -> None:
    flags = [["Quiet"], ["Quiet", "Single thread"], ["Single thread", "Quiet"]]
    (few,) = rules.pipeline(20, flags, PAGE)
    assert few.words == "A flag is up on 3 of 20 open deals; the most frequent is “Quiet”, on 3."
    assert few.talk == ""
    (many,) = rules.pipeline(5, flags, PAGE)
    assert many.talk.startswith("Take the 3 deals with “Quiet”")
    assert words(rules.pipeline(4, [], PAGE)) == ["No flag is up on any of 4 open deals."]
    assert words(rules.pipeline(0, [], PAGE)) == ["The team has no open deals."]


def test_plans_news_debts_and_results() -> None:
    assert words(rules.plans(0, 0, 0, 0, PAGE)) == ["No open deal is large enough to ask for a plan."]
    (plan,) = rules.plans(4, 3, 1, 1, PAGE)
    assert plan.words == (
        "1 of 4 deals that ask for a plan has one: 1 not changed for 30 days, 1 tested by somebody else."
    )
    assert plan.talk == rules.WRITE_ONE
    assert rules.plans(4, 2, 0, 0, PAGE)[0].talk == ""
    assert words(rules.news("2026Q4", 0, PAGE)) == ["Nothing has come as a surprise in 2026Q4."]
    assert words(rules.news("2026Q4", 1, PAGE)) == [
        "1 surprise in 2026Q4: something was known here before it was told."
    ]
    assert words(rules.debts(0, 0, 0, PAGE)) == ["The company owes the team nothing that was written down."]
    (debt,) = rules.debts(5, 2, 41, PAGE)
    assert debt.words == "The company owes the team 5 things, 2 past the day; the oldest is 41 days old."
    assert debt.talk == rules.OWED
    assert words(rules.looks(0, 0, 0, PAGE)) == ["No look at results waits to be decided."]
    (look,) = rules.looks(2, 1, 1, PAGE)
    assert look.words == "2 looks at results are open, 1 past the day. 1 plan runs."
    assert look.talk == rules.DECIDE
    assert words(rules.looks(1, 1, None, PAGE)) == ["1 look at results is open, 1 past the day."]


def test_noise_says_less_to_who_knows_less() -> None:
    found = rules.Noise("2026Q4", 4, 10, 1, 3, 6, 8, timedelta(hours=30))
    findings = rules.noise(found, PAGE)
    assert words(findings) == [
        "4 of 10 messages from above in 2026Q4 went to a rep as it was.",
        "1 of 3 messages that must be passed on came late.",
        "6 of 8 answers needed no rep; the usual answer took 30 hours.",
    ]
    assert [one.talk for one in findings] == [rules.RAW, rules.MUST, rules.SLOW]
    above = rules.Noise("2026Q3", 0, 0, 0, 0, None, 0, None)
    assert words(rules.noise(above, PAGE)) == ["No message from above was decided in 2026Q3."]


def test_three_talks_at_most_the_weightiest_first() -> None:
    findings = tuple(Finding(f"w{n}", *PAGE, talk=f"t{n}" if n else "", weight=n) for n in range(6))
    assert [one.talk for one in rules.talks([Section("a", "A", findings)])] == ["t5", "t4", "t3"]
