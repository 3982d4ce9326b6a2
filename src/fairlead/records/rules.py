"""Rules per country, and what may be done with records about persons. No Django here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal, get_args

from fairlead.people import texts
from fairlead.people.access import Refused
from fairlead.records import classes

LONGEST = 1000
LEAVES: Mapping[str, str] = {
    "parental": "Pregnancy, birth and parental leave",
    "sick": "Sickness and injury",
    "carer": "Care for a relative",
    "disability": "Adjustments and treatment for a disability",
    "representative": "Work as an employee representative",
    "public_duty": "Jury, military, civil or other public service",
    "bereavement": "Bereavement",
    "religious": "Religious days",
}
"""Kinds of leave that can be protected: nothing about results may be held against days of such a kind."""
LEAST_MONTHS, MOST_MONTHS = 1, 240
LEAST_PLAN, MOST_PLAN = 14, 180


@dataclass(frozen=True, slots=True)
class CountryRule:
    """What holds in a country. ``retention``: class -> months, where it is not what ships. ``version`` 0 ships.

    ``erases_alone``: whether what is past its time is erased without a human's look at the list.
    ``named_comparisons``: whether a page may show role peers by name beside a person; where off they are figures.
    """

    country: str
    min_plan_days: int = 30
    companion: bool = True
    protected: tuple[str, ...] = tuple(LEAVES)
    named_comparisons: bool = False
    retention: Mapping[str, int] = field(default_factory=dict)
    erases_alone: bool = False
    version: int = 0

    def months(self, key: str) -> int:
        """For how many months a class is kept here; 0 for a record of the business."""
        return self.retention.get(key, classes.BY_KEY[key].months)


CHECK = "A starting point, not legal advice: check it with counsel before anybody relies on it."
SHIPPED: Mapping[str, CountryRule] = {
    one.country: one
    for one in (
        CountryRule("DE", min_plan_days=60),
        CountryRule("DK", min_plan_days=30),
        CountryRule("FI", min_plan_days=30),
        CountryRule("FR", min_plan_days=60),
        CountryRule("GB", min_plan_days=30, retention={"looks": 24, "leave_reasons": 24}),
        CountryRule("NL", min_plan_days=90, retention={"looks": 24, "leave_reasons": 24}),
        CountryRule("NO", min_plan_days=30),
        CountryRule("SE", min_plan_days=60),
        CountryRule("US", min_plan_days=30),
    )
}
"""Where to start in some countries. All other countries start with what :class:`CountryRule` says by itself."""


def shipped(country: str) -> CountryRule:
    """What ships for a country."""
    return SHIPPED.get(country, CountryRule(country))


def refuse_rule(rule: CountryRule, reason: str, countries: Mapping[str, str]) -> None:
    """Raises Refused for a rule that could not be answered for."""
    if rule.country not in countries:
        raise Refused("bad_country", "Choose a country of the list.")
    if not LEAST_PLAN <= rule.min_plan_days <= MOST_PLAN:
        raise Refused("bad_days", f"A plan lasts {LEAST_PLAN} to {MOST_PLAN} days at least.")
    if unknown := [one for one in rule.protected if one not in LEAVES]:
        raise Refused("bad_leave", f"There is no kind of leave called “{unknown[0]}”.")
    for key, months in rule.retention.items():
        one = classes.BY_KEY.get(key)
        if one is None or one.since == "business":
            raise Refused("bad_class", f"“{key}” is no class of data with a time of its own.")
        if not LEAST_MONTHS <= months <= MOST_MONTHS:
            raise Refused(
                "bad_months", f"{one.title}: {LEAST_MONTHS} to {MOST_MONTHS} months, as a whole number."
            )
    refuse_words(reason, "why it changes, and who was asked")


def refuse_words(words: str, what: str, longest: int = LONGEST) -> str:
    """The words without space around them. Raises Refused: text_missing, text_long."""
    return texts.needed(words, what, longest)


def hour_of(at: datetime) -> datetime:
    """The hour of a moment: reads are noted once for each reader, thing and hour."""
    return at.replace(minute=0, second=0, microsecond=0)


NOTED: Mapping[str, str] = {
    "look": "looks.Look",
    "watch": "looks.Look",
    "diagnosis": "diagnoses.Diagnosis",
    "plan": "improvement.Plan",
    "copy": "records.Request",
    "case": "cases.Side",
}
"""Kind of what is noted when it is read -> the model whose public id stands in its address."""


# Copies of everything about a person

Choice = Literal["release", "redact", "withhold"]
CHOICES: tuple[Choice, ...] = get_args(Choice)
StepKind = Literal["gathered", "finished", "handed_out", "called_off"]
STEPS: tuple[StepKind, ...] = get_args(StepKind)
WRITERS_HAVE = 5
"""Working days that writers of private notes have, whether there are any or not: so that nobody can tell."""
BLACKED = "█████"
Rows = list[list[list[str]]]
"""Entries of an item, each a list of (word, value)."""


def redacted(content: Rows, hidden: list[str]) -> Rows:
    """The content with words blacked out, whatever their case, the longest first."""
    return [[[word, _black(value, hidden)] for word, value in entry] for entry in content]


def _black(text: str, hidden: list[str]) -> str:
    for words in sorted(filter(None, (one.strip() for one in hidden)), key=len, reverse=True):
        text = re.sub(re.escape(words), BLACKED, text, flags=re.IGNORECASE)
    return text


def names_in(content: Rows, names: Mapping[str, int]) -> list[str]:
    """Those of the names (full name -> id) that stand in the content, in order of the alphabet."""
    text = "\n".join(value for entry in content for _, value in entry)
    return sorted(name for name in names if name in text)


def refuse_ruling(choice: str, reason: str, hidden: list[str], others: list[str]) -> None:
    """Raises Refused: bad_choice, text_missing, text_long, nothing_hidden."""
    if choice not in CHOICES:
        raise Refused("bad_choice", "Choose whether it is released, redacted or withheld.")
    if choice == "redact" and not hidden and not others:
        raise Refused("nothing_hidden", "Say which words are blacked out, or release it.")
    if choice != "release":
        refuse_words(reason, "why it is not released as it is: the person reads the reason")


# Erasure


def past_since(today: date, months: int) -> date:
    """Up to which day, that day not included, entries are past their time."""
    whole = today.year * 12 + today.month - 1 - months
    year, month = divmod(whole, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(today.day, last))


ERASED = "(erased)"
