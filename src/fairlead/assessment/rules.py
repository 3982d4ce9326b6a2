"""The sentences of an assessment and which of them to talk about first. No Django here.

Every sentence is made from counts and amounts by a fixed wording; none says anything about a person by name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

MOST_TALKS = 3
LONG_DEBT_DAYS = 30
SLOW_ANSWER = timedelta(hours=24)
FLAGGED_SHARE = 0.4
PLANLESS_SHARE = 0.5
STALE_PLAN_DAYS = 30


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence with the page that shows what is behind it.

    ``talk`` is what a coach would bring up, '' where nothing is to be brought up; ``weight`` orders the talks.
    """

    words: str
    page: str
    of: tuple[str, ...] = ()
    talk: str = ""
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    title: str
    findings: tuple[Finding, ...]


Page = tuple[str, tuple[str, ...]]
"""The name of a page and what its address takes."""


def talks(sections: Iterable[Section]) -> tuple[Finding, ...]:
    """What to talk about first: at most :data:`MOST_TALKS`, the weightiest first."""
    found = [one for section in sections for one in section.findings if one.talk]
    return tuple(sorted(found, key=lambda one: -one.weight)[:MOST_TALKS])


def times(count: int, what: str, many: str = "") -> str:
    """ "1 deal", "3 deals", "no deal"."""
    return f"{count or 'no'} {what if count < 2 else many or what + 's'}"


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


# The record


@dataclass(frozen=True, slots=True)
class Record:
    """How numbers sent by this week of past periods turned out. ``mean`` as (came - said) / said; None: too few."""

    week: int
    periods: int
    leans: str
    mean: float | None
    sent: int
    late: int


TOO_HIGH = "Begin the call from the middle of the range for some weeks, and write down why where it differs."
TOO_LOW = "Something is kept back. Say what it would take to call it, and call it when it is there."
TOO_LATE = "Move the hour of the call to one that can be kept, or ask for help to keep it."


def record(found: Record | None, page: Page) -> list[Finding]:
    if found is None or found.periods == 0:
        return [
            Finding("No quarter has ended yet with a number sent from here, so there is no record.", *page)
        ]
    findings = [_leaning(found, page)]
    if found.sent and not found.late:
        findings.append(Finding(f"All {found.sent} weekly numbers came in time.", *page))
    elif found.sent:
        share = found.late / found.sent
        words = f"{found.late} of {times(found.sent, 'weekly number')} came after their hour."
        findings.append(Finding(words, *page, talk=TOO_LATE if share > 0.25 else "", weight=share))
    return findings


def _leaning(found: Record, page: Page) -> Finding:
    if found.mean is None:
        quarters = capital(times(found.periods, "quarter"))
        have = "has" if found.periods == 1 else "have"
        return Finding(
            f"{quarters} with a number sent by week {found.week} {have} ended: too few to say which way calls lean.",
            *page,
        )
    side = "less" if found.mean < 0 else "more"
    apart = f"{abs(found.mean):.0%} {side}"
    words = f"In {found.periods} quarters, {apart} came on average than was said in week {found.week}"
    if not found.leans:
        return Finding(f"{words}, which may be chance.", *page)
    talk = TOO_HIGH if found.leans == "high" else TOO_LOW
    return Finding(
        f"{words}; that is more than chance.", *page, talk=talk, weight=1 + min(1.0, 2 * abs(found.mean))
    )


# The number


@dataclass(frozen=True, slots=True)
class Number:
    """The running period in words that are ready, and how many of 20 such periods reach the target."""

    period: str
    called: str
    target: str
    booked: str
    low: str
    high: str
    of_20: int | None


UNLIKELY = 7
"""Fewer of 20 than this reach the target: it is unlikely."""
SAY_NOW = "Say upstairs now that the target is unlikely, and what would change it; not in the last week."


def number(found: Number, page: Page) -> list[Finding]:
    against = f" against a target of {found.target}" if found.target else "; no target is set"
    findings = [
        Finding(f"{found.called} is called for {found.period}{against}; {found.booked} is booked.", *page)
    ]
    if found.low:
        reach = "" if found.of_20 is None else f" {found.of_20} of 20 quarters like it reach the target."
        few = found.of_20 is not None and found.of_20 < UNLIKELY
        words = f"Eight of ten quarters like this one end between {found.low} and {found.high}.{reach}"
        findings.append(Finding(words, *page, talk=SAY_NOW if few else "", weight=1.5 if few else 0))
    return findings


# The pipeline


def pipeline(deals: int, flags: Sequence[Sequence[str]], page: Page) -> list[Finding]:
    """``deals`` open deals of the team; ``flags`` the titles that are up on each deal that has any."""
    if not deals:
        return [Finding("The team has no open deals.", *page)]
    most = Counter(title for one in flags for title in set(one)).most_common(1)
    if not most:
        return [Finding(f"No flag is up on any of {times(deals, 'open deal')}.", *page)]
    (title, count), share = most[0], len(flags) / deals
    words = f"A flag is up on {len(flags)} of {times(deals, 'open deal')}; the most frequent is “{title}”, on {count}."
    talk = f"Take the {times(count, 'deal')} with “{title}” through a review first: one question, the same for all."
    return [Finding(words, *page, talk=talk if share >= FLAGGED_SHARE else "", weight=share)]


# Plans


WRITE_ONE = "Write the plan of the largest deal without one together, in one sitting."


def plans(worth: int, without: int, stale: int, tested: int, page: Page) -> list[Finding]:
    """``worth`` deals ask for a plan, ``without`` of them have none, ``stale`` were not touched for long, ``tested``
    were tested by somebody else."""
    if not worth:
        return [Finding("No open deal is large enough to ask for a plan.", *page)]
    have, share = worth - without, without / worth
    more = [f"{stale} not changed for {STALE_PLAN_DAYS} days"] if stale else []
    more += [f"{tested} tested by somebody else"] if tested else []
    ask, has = "asks" if worth == 1 else "ask", "has" if have == 1 else "have"
    words = f"{have} of {times(worth, 'deal')} that {ask} for a plan {has} one{': ' if more else ''}{', '.join(more)}."
    return [Finding(words, *page, talk=WRITE_ONE if share > PLANLESS_SHARE else "", weight=share)]


# News


BAD_NEWS = (
    "Ask in the next one-to-ones what makes bad news hard to say here, and thank for the next one at once."
)


def news(period: str, surprises: int, page: Page) -> list[Finding]:
    if not surprises:
        return [Finding(f"Nothing has come as a surprise in {period}.", *page)]
    words = (
        f"{capital(times(surprises, 'surprise'))} in {period}: something was known here before it was told."
    )
    return [Finding(words, *page, talk=BAD_NEWS, weight=0.5 + surprises / 10)]


# Results


DECIDE = "Decide what is past its day: waiting is worse for everybody than the talk."


def looks(open_: int, overdue: int, plans_running: int | None, page: Page) -> list[Finding]:
    """Counts alone; ``plans_running`` None where the reader may not know."""
    if not open_ and not plans_running:
        return [Finding("No look at results waits to be decided.", *page)]
    words = f"{capital(times(open_, 'look'))} at results {'is' if open_ < 2 else 'are'} open, {overdue} past the day."
    if plans_running:
        words += f" {capital(times(plans_running, 'plan'))} {'runs' if plans_running == 1 else 'run'}."
    return [Finding(words, *page, talk=DECIDE if overdue else "", weight=1.2 if overdue else 0)]


# What the company owes


OWED = "Take the oldest debt upstairs with its age: what is owed is not the team’s to make up for."


def debts(count: int, late: int, oldest_days: int, page: Page) -> list[Finding]:
    if not count:
        return [Finding("The company owes the team nothing that was written down.", *page)]
    age = f"the oldest is {times(oldest_days, 'day')} old" if oldest_days else "all since today"
    words = f"The company owes the team {times(count, 'thing')}, {late} past the day; {age}."
    talk = OWED if late or oldest_days > LONG_DEBT_DAYS else ""
    return [Finding(words, *page, talk=talk, weight=0.6 + late / 10)]


# Noise


@dataclass(frozen=True, slots=True)
class Noise:
    """Messages from above in a period: passed as they were of all that were decided, late of what must pass, answered
    without a rep of all answered (None: the reader may not know), and the usual time to an answer."""

    period: str
    raw: int
    counted: int
    late: int
    must: int
    alone: int | None
    answered: int
    middle: timedelta | None


RAW = "Before passing a message on as it is, say what the rep is to do with it, or answer it yourself."
MUST = "What concerns pay, targets or jobs goes on within its limit, even when the rest is not known."
SLOW = "Answer from the call and the last answers first: most questions were asked before."


def noise(found: Noise, page: Page) -> list[Finding]:
    if not found.counted:
        findings = [Finding(f"No message from above was decided in {found.period}.", *page)]
    else:
        share = found.raw / found.counted
        messages = times(found.counted, "message")
        words = f"{found.raw} of {messages} from above in {found.period} went to a rep as it was."
        findings = [Finding(words, *page, talk=RAW if share > 0.3 else "", weight=share)]
    if found.late:
        words = f"{found.late} of {times(found.must, 'message')} that must be passed on came late."
        findings.append(Finding(words, *page, talk=MUST, weight=1.1))
    if found.alone is not None and found.answered:
        slow = found.middle is not None and found.middle > SLOW_ANSWER
        usual = "" if found.middle is None else f"; the usual answer took {_hours(found.middle)}"
        words = f"{found.alone} of {times(found.answered, 'answer')} needed no rep{usual}."
        findings.append(Finding(words, *page, talk=SLOW if slow else "", weight=0.4))
    return findings


def _hours(length: timedelta) -> str:
    hours = round(length.total_seconds() / 3600)
    return "less than an hour" if hours < 1 else f"{hours} hour{'' if hours == 1 else 's'}"
