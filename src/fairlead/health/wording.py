"""The sentences of deal health. No Django here."""

from __future__ import annotations

from typing import Protocol

NOTICES = {
    "health.message": "{name} looked through your deals: {what}.",
    "health.snoozed": "{name} snoozed “{flag}” on {deal} until {until}: {reason}",
}
"""Notice kind -> sentence."""

TITLES = {
    "past_date": "Close date has passed",
    "pushed_twice": "Pushed twice or more",
    "stalled": "Long in its stage",
    "overdue_step": "Next step overdue",
    "single_thread": "Single thread",
    "no_economic_buyer": "No economic buyer",
    "quiet": "Quiet",
    "odd_amount": "Unusual amount",
}
"""Flag -> its name, in the order in which they are asked about."""

QUESTIONS = {
    "past_date": "Which day is it really? The close date has passed.",
    "pushed_twice": "What holds the date this time?",
    "stalled": "What does the buyer still have to do before it leaves this stage?",
    "overdue_step": "What became of the step that was due, and what is the next one?",
    "single_thread": "Who else at the buyer has to agree, and have we met them?",
    "no_economic_buyer": "Who can say yes when everybody else says no?",
    "quiet": "When did the buyer last answer, and what did they say?",
    "odd_amount": "What makes it so much larger or smaller than the usual deal?",
}
"""Flag -> what to ask first."""

OTHERWISE = "What has to happen on the buyer’s side before it is signed?"
"""What to ask where no flag is up and no evidence is weak."""

FIELDS = {"close_on": "close date", "next_step": "next step", "stage": "stage", "amount": "amount"}
"""What may be corrected, in the words of a page."""

COLUMNS = {"close_on": "close_date", "next_step": "next_step", "stage": "stage", "amount": "amount"}
"""The same as the columns of a file."""


def share(value: float | None) -> str:
    """A share in whole per cent."""
    return "unknown" if value is None else f"{100 * value:.0f} %"


def points(value: float | None) -> str:
    """A difference of shares in points, with its sign."""
    if value is None:
        return "unknown"
    number = round(100 * value)
    return f"{'+' if number > 0 else '−' if number < 0 else ''}{abs(number)}"


class _Side(Protocol):
    @property
    def rows(self) -> int: ...
    @property
    def deals(self) -> int: ...
    @property
    def share(self) -> float | None: ...


class _Beyond(Protocol):
    @property
    def word(self) -> str: ...


class _Told(Protocol):
    """What a record of one flag tells, as ``health.record.FlagRecord``."""

    @property
    def up(self) -> _Side: ...
    @property
    def down(self) -> _Side: ...
    @property
    def low(self) -> float | None: ...
    @property
    def high(self) -> float | None: ...
    @property
    def word(self) -> str: ...
    @property
    def beyond(self) -> _Beyond: ...


def record(told: _Told) -> str:
    """What became of deals with and without a flag, in a sentence or two."""
    if told.word == "unknown":
        return "No record: its data was not there at any past look."
    if told.word == "few":
        return f"Too few to say: {told.up.deals} different deals had it, {told.down.deals} had not."
    looks, different = told.up.rows + told.down.rows, told.up.deals + told.down.deals
    said = (
        f"Of deals with it {share(told.up.share)} were won by the period’s end, without it {share(told.down.share)}"
        f" (n = {looks:,} looks at {different:,} deals)."
    )
    if told.word == "nothing":
        said += f" It adds nothing: the difference lies between {points(told.low)} and {points(told.high)} points."
        return said
    return (
        said
        + {
            "adds": " It tells more than the chance does.",
            "nothing": " Beyond the chance it adds nothing.",
            "few": " Whether it tells more than the chance: too few to say.",
        }[told.beyond.word]
    )
