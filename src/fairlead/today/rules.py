"""What is due, in which order, and how much of it there is. No Django here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, get_args

from fairlead.people.workdays import workdays_after

Kind = Literal[
    "call", "news", "meeting", "message", "help", "promise", "ask", "exit", "packet", "plan", "measure", "diagnosis",
    "look", "role_look", "observation", "agreement", "expectation", "copy", "debt", "dates", "account", "interview",
    "feedback", "disclosure", "person_copy", "import", "catalogue", "teach_back", "first_call", "newcomer",
    "hr_case",
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)
"""In the order in which things of the same day stand: what others wait for first."""
AHEAD = 5
"""Working days that are looked ahead."""
NEW_FOR = 28
"""Days after the first one in which somebody is new, and what is still to do then is listed."""
WEEKS = 4
"""Past weeks whose load is shown."""
ACTS: tuple[str, ...] = (
    "call.", "calls.submitted", "overlay.", "expectation.", "news.", "promise.", "review.", "exit.", "ask.", "debt.",
    "winloss.", "desk.", "help.", "standing.", "look.", "diagnosis.", "improvement.", "agreement.", "oneonone.",
    "inspection.sent", "copy.", "deal.judged", "submission.opened", "enablement.", "knowledge.", "activity.", "cover.",
)  # fmt: skip
"""Kinds of the ledger that are the work this page asks for; what writes them by the clock has another actor."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that somebody has to do.

    ``due_on`` is None for what waits for an answer and has no day of its own: it is for today. ``moment`` is set where
    an hour counts. ``page``, ``of`` and ``query`` name the page where it is done; ``act`` is the word of the button.
    ``kept`` is the promise that one click keeps.
    """

    kind: Kind
    what: str
    about: str
    act: str
    page: str
    of: tuple[str, ...] = ()
    query: str = ""
    due_on: date | None = None
    moment: datetime | None = None
    since: date | None = None
    kept: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing of somebody's first weeks, done or not; ``page`` and ``of`` name where it is done."""

    what: str
    about: str
    act: str
    page: str
    of: tuple[str, ...] = ()
    done: bool = False


@dataclass(frozen=True, slots=True)
class FirstWeeks:
    """The first weeks of somebody new: the reader's own where ``name`` is empty, else of who reports to the reader."""

    name: str
    since: date
    steps: tuple[Step, ...]

    @property
    def left(self) -> int:
        return sum(not step.done for step in self.steps)

    @property
    def over(self) -> bool:
        """Whether nothing is left to do, so that it is shown no longer."""
        return not self.left


@dataclass(frozen=True, slots=True)
class Day:
    """A person's day: what is past its day, what is for today, and what comes within :data:`AHEAD` working days."""

    late: tuple[Item, ...]
    today: tuple[Item, ...]
    coming: tuple[Item, ...]

    @property
    def due(self) -> int:
        return len(self.late) + len(self.today)


def day(items: Iterable[Item], today: date, off: Iterable[date] = ()) -> Day:
    """The items in their three groups, each by day, hour and kind; what is due later than that is left out."""
    until = workdays_after(today, AHEAD, frozenset(off))
    late, now, coming = [], [], []
    for item in sorted(items, key=_order):
        if item.due_on is None or item.due_on == today:
            now.append(item)
        elif item.due_on < today:
            late.append(item)
        elif item.due_on <= until:
            coming.append(item)
    return Day(tuple(late), tuple(now), tuple(coming))


def _order(item: Item) -> tuple[date, bool, float, int, str]:
    hour = item.moment.timestamp() if item.moment else 0.0
    return item.due_on or date.max, item.moment is None, hour, KINDS.index(item.kind), item.what


def monday(of: date) -> date:
    """The Monday of a day's week."""
    return of - timedelta(days=of.weekday())


def is_work(kind: str) -> bool:
    """Whether an entry of the ledger is a thing done that this page asks for."""
    return kind.startswith(ACTS)


def weekly(done: Sequence[date], today: date) -> tuple[int, ...]:
    """How many things were done in each of the last :data:`WEEKS` weeks and in this one, oldest first."""
    first = monday(today)
    mondays = [first - timedelta(weeks=n) for n in range(WEEKS, -1, -1)]
    found = [monday(one) for one in done]
    return tuple(found.count(one) for one in mondays)
