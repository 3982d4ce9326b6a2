"""The sentences of calls in plain words: what is still needed, notices, and a number as text to copy.

No Django here. ``money`` turns minor units into what the reader sees.
"""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from fairlead.calls.rules import Bar, Kind, Needed, Path
from fairlead.people.workdays import day_words

Money = Callable[[int], str]

NOTICES = {
    "calls.submitted_up": "{name} submitted {amount} for {period}. {difference}",
    "calls.submitted_copy": "{name} submitted {amount} for {period}. Your copy is the same version. {difference}",
    "calls.withdrawn": "{name} withdrew the number for {period} ({amount}).",
    "calls.due": "Your number for {period} is due at {time}.",
    "calls.overlay": "{name} set {amount} beside your call for {period}. Your own call stands as it is.",
    "calls.overlay_reset": "{name} took back the number beside your call for {period}.",
    "calls.typed_in": "{name} typed in the call you gave for {period}: {amount}. Correct it if it is wrong.",
    "targets.set": "Your target for {period} is {amount}.",
    "targets.changed": "Your target for {period} is {amount}: {reason}.",
}
"""Notice kind -> sentence."""

CATEGORIES = {"commit": "Commit", "most_likely": "Most Likely", "best_case": "Best Case"}


def for_category(category: str) -> str:
    """What a sentence adds where it is not about Commit: " in Best Case"."""
    return "" if category == "commit" else f" in {CATEGORIES[category]}"


def for_type(kind: Kind | None) -> str:
    """What a sentence adds where it is about a forecast type: ", Renewals"."""
    return "" if kind is None else f", {kind.name}"


def units(amount: int, unit: int) -> str:
    """A quantity as a forecast type counts it, in words: "12 units", "2.5 units"."""
    number = Decimal(amount) / unit
    figures = f"{number:,.2f}".rstrip("0").rstrip(".")
    return f"{figures} unit{'' if figures == '1' else 's'}"


BARS = {
    "first": "First number",
    "own_call": "Own call of {label}",
    "overlay": "Overlay on {label}",
    "own_number": "Your own number",
    "their_calls": "Calls in the team of {label}",
    "their_overlays": "Overlays by {label}",
    "their_number": "Own judgement of {label}",
    "team": "Team of {label}",
    "joined": "Joined the team: {label}",
    "left": "Left the team: {label}",
    "type_changed": "Taken into or out of the type",
    "unexplained": "Not explained",
}
"""Bars that are not about deals; those have their words in deals.rules."""

KINDS: dict[str, tuple[str, str]] = {
    "deleted": ("Deleted", "gone from the CRM"),
    "owner_moved_in": ("Moved in", "from an owner outside"),
    "owner_moved_out": ("Moved out", "to an owner outside"),
    "came_with_owner": ("Came with owner", "its owner joined by a re-organisation"),
    "left_with_owner": ("Left with owner", "its owner left by a re-organisation"),
    "split_changed": ("Split changed", "divided otherwise among people"),
    "pulled_out": ("Pulled out", "now in an earlier period"),
    "pushed": ("Pushed", "was due in the period, now later"),
    "pulled_in": ("Pulled in", "was due later, now in the period"),
    "pushed_in": ("Pushed in", "overdue from an earlier period"),
    "won": ("Won", "closed won"),
    "lost": ("Lost", "closed lost"),
    "disqualified": ("Disqualified", "ended as not a deal"),
    "new": ("New", "not known at the start"),
    "category_up": ("Category up", "judged better"),
    "category_down": ("Category down", "judged worse"),
    "reopened": ("Reopened", "was closed, is open again"),
    "dated": ("Dated", "had no date, has one"),
    "undated": ("Undated", "had a date, has none"),
    "corrected": ("Corrected", "closed differently than was said"),
    "amount_up": ("Amount up", "larger than it was"),
    "amount_down": ("Amount down", "smaller than it was"),
    "unchanged": ("Unchanged", "as it was"),
}
"""Reason of a change -> its name, and what it means."""

PLACES = {
    "closed": "Closed",
    "commit": "Commit",
    "most_likely": "Most Likely",
    "best_case": "Best Case",
    "pipeline": "Pipeline",
    "omitted": "Omitted",
    "none": "No category",
    "new": "New",
    "other_owner": "Other owner",
    "earlier": "Earlier period",
    "later": "Later period",
    "lost": "Lost",
    "gone": "Deleted",
    "no_date": "No date",
}
"""Where a deal stands in the flow between categories."""

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def number(count: int) -> str:
    """A count in words up to nine, in digits beyond."""
    return _NUMBERS[count] if 0 <= count < len(_NUMBERS) else str(count)


def _of_size(count: int) -> str:
    return f"{number(count)} deal{'' if count == 1 else 's'}"


def needed_sentences(needed: Needed | None, money: Money) -> tuple[str, ...]:
    """What a target still needs, one thought per sentence."""
    if needed is None:
        return ("There is no target for this period, so nothing is counted as missing.",)
    if not needed.gap:
        return ("The target is reached.",)
    said = []
    if needed.largest is not None and needed.with_largest is not None:
        said.append(_with_largest(needed))
    if needed.deals is None:
        return (*said, "Fewer than three deals were won so far, so there is no usual size to count in.")
    whose = "your usual size" if needed.usual_from == "own" else "the team’s usual size"
    lead = f"Without {needed.largest.name} you need" if said and needed.largest else "You need"
    rest = f"{lead} {_of_size(needed.deals)} of {whose} ({money(needed.usual or 0)})"
    if needed.opportunities is None:
        return (*said, rest + ".")
    plural = "y" if needed.opportunities == 1 else "ies"
    return (*said, f"{rest}; at your rate that takes {needed.opportunities} new opportunit{plural}.")


def _with_largest(needed: Needed) -> str:
    name = needed.largest.name if needed.largest else ""
    if not needed.with_largest:
        return f"{name} alone would close the gap."
    whose = "your usual size" if needed.usual_from == "own" else "the team’s usual size"
    return f"{name} and {_of_size(needed.with_largest)} of {whose} would close the gap."


def path_sentences(path: Path | None, ends_on: date, today: date, money: Money) -> tuple[str, ...]:
    """From the gap to new opportunities and the day they must exist by, one thought per sentence."""
    if path is None:
        return ()
    if not path.gap:
        return ("The target is reached. What closes now is beyond it.",)
    said = [_what_open_deals_bring(path, money)]
    if not path.rest:
        return (
            *said,
            "That is enough on average. New business makes it safer.",
        )
    if path.deals is None:
        return (*said, "Fewer than three deals were won in a year, so new business is not counted in deals.")
    found = path.habits
    size = f"{_whose(found.usual_from, 'usual size')} ({money(found.usual or 0)})"
    rest = f"{money(path.rest)} are {_of_size(path.deals)} of {size}"
    if path.opportunities is not None:
        plural = "y" if path.opportunities == 1 else "ies"
        rate = f"{_whose(found.rate_from, 'rate')} of {share(found.rate or 0)}"
        rest += f", and at {rate} that takes {path.opportunities} new opportunit{plural}"
    said.append(rest + ".")
    if path.by is not None:
        said.append(_by_when(path, ends_on, today))
    return tuple(said)


def share(part: float) -> str:
    """0.31 -> "31 %", with a narrow no-break space."""
    return f"{round(100 * part)}\N{NARROW NO-BREAK SPACE}%"


def _whose(source: str, what: str) -> str:
    return f"your {what}" if source == "own" else f"the team’s {what}"


def _what_open_deals_bring(path: Path, money: Money) -> str:
    if path.open_brings is None:
        return f"{money(path.gap)} are still needed; what your open deals bring is said after the first estimate."
    still = f"{money(path.gap)} are still needed, and by their chances your open deals bring {money(path.open_brings)}"
    if path.open_share is None:
        return f"{still}."
    if path.open_share > 1:
        return (
            f"{still}; even if all of them close in the period ({money(path.open_amount)}), it is not enough."
        )
    return f"{still}; {share(path.open_share)} of their amounts would have to close to do it alone."


def _by_when(path: Path, ends_on: date, today: date) -> str:
    found = path.habits
    pace = f"From creation to won it takes {found.days} days ({_whose(found.days_from, 'median')})"
    if path.in_time and path.by is not None:
        return f"{pace}, so they must exist by {day_words(path.by)} to close by {day_words(ends_on)}."
    quick = sum(days <= (ends_on - today).days for days in found.quick)
    return (
        f"{pace}, and {day_words(ends_on)} is {max((ends_on - today).days, 0)} days away: "
        f"{_of_them(quick, len(found.quick))} as quick as that."
    )


def _of_them(quick: int, won: int) -> str:
    """ "none of the 3 won deals was", "two of the 14 won deals were"."""
    return f"{number(quick) if quick else 'none'} of the {won} won deals {'was' if quick < 2 else 'were'}"


@dataclass(frozen=True, slots=True)
class Sent:
    """What the text of a submission says; the same facts a superior reads on the page."""

    name: str
    team: str
    period: str
    at: str
    version: int
    amount: int
    calls_sum: int
    target: int | None
    booked: int
    estimate: tuple[int, int, int] | None
    dots_reaching: int | None
    reason: str
    previous: int | None
    changes: tuple[tuple[str, int], ...]
    cells: tuple[tuple[str, int], ...]
    others: tuple[tuple[str, int], ...] = ()
    """Category besides Commit, and its number."""
    types: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    """Forecast type, and its numbers by category in words."""


def as_text(sent: Sent, money: Money) -> str:
    """A submission as plain text to copy into a mail or a chat."""
    lines = [
        f"{sent.team or sent.name}: {money(sent.amount)} for {sent.period}",
        f"{sent.name}, {sent.at}, version {sent.version}",
        *(
            [", ".join(f"{CATEGORIES[one]} {money(amount)}" for one, amount in sent.others)]
            if sent.others
            else []
        ),
        "",
    ]
    for name, numbers in sent.types:
        lines.append(f"{name}: " + ", ".join(f"{CATEGORIES[one]} {amount}" for one, amount in numbers))
    lines += [""] if sent.types else []
    if sent.target is not None:
        lines.append(f"Target {money(sent.target)}, booked {money(sent.booked)}")
    else:
        lines.append(f"Booked {money(sent.booked)}, no target set")
    if sent.estimate is not None:
        low, middle, high = sent.estimate
        lines.append(f"Estimate {money(middle)}, 8 in 10 between {money(low)} and {money(high)}")
    if sent.dots_reaching is not None:
        lines.append(f"In {sent.dots_reaching} of 20 quarters like this one the target is reached")
    lines.append(f"The team’s calls added up {money(sent.calls_sum)}")
    if sent.amount != sent.calls_sum:
        lines.append(f"Difference {_signed(sent.amount - sent.calls_sum, money)}: {sent.reason}")
    elif sent.reason:
        lines.append(sent.reason)
    if sent.previous is not None:
        lines += ["", f"Since the last number ({money(sent.previous)}):"]
        lines += [f"  {label} {_signed(amount, money)}" for label, amount in sent.changes] or ["  no change"]
    if sent.cells:
        lines += ["", "In the number:"] + [f"  {name} {money(amount)}" for name, amount in sent.cells]
    return "\n".join(lines) + "\n"


def _signed(amount: int, money: Money) -> str:
    return f"+{money(amount)}" if amount >= 0 else f"−{money(-amount)}"


def moment(at: datetime, zone: str) -> str:
    """An instant as people write it in a mail: ``Tue 24 Nov 2026, 14:10``."""
    local = at.astimezone(zoneinfo.ZoneInfo(zone))
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M}"


def bar(bar: Bar) -> str:
    """What a bar of a waterfall is called."""
    text = BARS.get(bar.kind) or bar.kind.replace("_", " ").capitalize()
    return text.format(label=bar.label) if bar.label else re.split(r":? (?:of |on )?\{", text)[0]
