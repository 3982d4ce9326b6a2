"""What may be done with a message from above, how near words are to the original, what counts. No Django here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from math import ceil
from statistics import median
from typing import Literal

from fairlead.desk.wording import KINDS, LANES, URGENCIES
from fairlead.news.rules import Clock
from fairlead.people import access

LONGEST_TITLE = 160
LONGEST = 4000
LONGEST_EVENT = 200
LATEST = timedelta(days=92)
"""Nothing is held or scheduled longer than a quarter."""

MUST_PASS = frozenset({"pay", "quota", "territory", "job_security", "legal", "safety", "ethics"})
NO_LEAK = MUST_PASS | {"praise", "news"}
"""Passing these as they are is never counted as a leak."""

ActKind = Literal["answered", "held", "passed", "passed_raw", "declined", "direct", "withdrawn", "straight"]
ACTS = ("answered", "held", "passed", "passed_raw", "declined", "direct", "withdrawn", "straight")
CHOICES = ("answered", "held", "passed", "passed_raw", "declined")
"""What the form offers."""
PASSES = frozenset({"passed", "passed_raw", "direct"})
CLOSING = frozenset({"answered", "passed", "passed_raw", "declined", "direct"})


@dataclass(frozen=True, slots=True)
class Limits:
    """The settings in force. ``share`` in per cent, ``longest`` in words."""

    version: int = 0
    days: int = 2
    share: int = 50
    longest: int = 8


LIMITS = Limits()
_BOUNDS = {"days": (1, 10), "share": (20, 100), "longest": (4, 30)}


def limits_of(days: int, share: int, longest: int, version: int) -> Limits:
    """Limits as typed. Raises Refused for a value outside its bounds."""
    for name, value in (("days", days), ("share", share), ("longest", longest)):
        least, most = _BOUNDS[name]
        if not least <= value <= most:
            raise access.Refused("bad_limit", f"{name.capitalize()} lies between {least} and {most}.")
    return Limits(version, days, share, longest)


# What it says


def lines(text: str, *, what: str, longest: int = LONGEST) -> str:
    """A text of several lines as it is kept, without control characters. Raises Refused when empty or too long."""
    kept = "\n".join(
        "".join(c for c in one if unicodedata.category(c)[0] != "C" or c == "\t").rstrip()
        for one in text.replace("\r\n", "\n").split("\n")
    ).strip()
    if not kept:
        raise access.Refused("text_missing", f"Write {what}.")
    if len(kept) > longest:
        raise access.Refused("text_long", f"At most {longest} characters: {what}. This is {len(kept)}.")
    return kept


def title_of(title: str, text: str) -> str:
    """The subject line; without one, the first words of the text."""
    said = " ".join("".join(c if c.isprintable() else " " for c in title).split())
    if len(said) > LONGEST_TITLE:
        raise access.Refused("text_long", f"At most {LONGEST_TITLE} characters of subject line.")
    if said:
        return said
    first = " ".join(text.split())
    return first if len(first) <= 60 else first[:60].rsplit(" ", 1)[0] + " …"


def refuse_message(urgency: str, lane: str, hr: Collection[str]) -> None:
    """Raises Refused for an unknown urgency, and for what has its own protected lane."""
    if lane:
        said = LANES.get(lane, "something with a lane of its own")
        who = " or ".join(sorted(hr)) or "HR"
        raise access.Refused(
            "protected_lane",
            f"This is {said}: it does not come to a desk, and nothing of it was kept here. Bring it to {who} directly.",
        )
    if urgency not in URGENCIES:
        raise access.Refused("bad_urgency", f"Say how urgent it is: {', '.join(URGENCIES.values())}.")


_SIGNS: dict[str, tuple[str, ...]] = {
    "safety": ("accident", "injured", "unsafe", "safety"),
    "legal": ("lawsuit", "subpoena", "legal hold", "antitrust", "compliance deadline"),
    "ethics": ("bribe", "kickback", "code of conduct"),
    "job_security": ("layoff", "redundan", "restructuring", "job cuts", "position is eliminated"),
    "pay": ("commission plan", "commission", "salary", "bonus", "compensation", "payout"),
    "quota": ("quota", "new target", "targets change"),
    "territory": ("territory", "territories", "account assignment"),
    "praise": ("thank you", "thanks to", "well done", "congratulations", "great work"),
    "instruction": ("from now on", "i want", "must ", "please make sure", "stop ", "start ", "every day"),
    "concern": ("worried", "concern", "cannot miss", "slipped", "moved before", "again", "unacceptable"),
    "question": ("?",),
    "news": ("for your information", "fyi", "announce"),
}
"""Kind -> words that suggest it; the kinds that must pass first, then the order in which they win."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A kind suggested by a word that stands in the message."""

    kind: str
    word: str


def suggestion(title: str, text: str) -> Suggestion | None:
    """The kind a word of the message suggests; the manager decides."""
    said = f" {title} \n{text} ".casefold()
    for kind, words in _SIGNS.items():
        for word in words:
            if word in said:
                return Suggestion(kind, word.strip())
    return None


def plainly_praise(title: str, text: str) -> bool:
    """Whether nothing in what a sender calls praise asks, orders, worries, or has to be passed by its kind."""
    found = suggestion(title, text)
    said = f"{title}\n{text}".casefold()
    asks = any(word in said for kind in ("instruction", "concern", "question") for word in _SIGNS[kind])
    return not asks and found is not None and found.kind == "praise"


# How it stands


@dataclass(frozen=True, slots=True)
class Step:
    """One act with a message. ``sender`` says that it was done by who wrote the message."""

    number: int
    kind: ActKind
    at: datetime
    by: int | None = None
    until: datetime | None = None
    event: str = ""
    opens_at: datetime | None = None
    about: int | None = None
    text: str = ""
    sender: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """How a message stands at a moment.

    ``state`` is to_decide, held or decided. ``back`` says that its hold ran out. ``must_by`` is the limit of a
    must-pass kind, ``owed_by`` also of what was one when its limit came, ``late`` that the limit passed before
    anything was passed: another kind afterwards does not undo it. ``reopened``: the sender set it straight.
    """

    state: Literal["to_decide", "held", "decided"]
    until: datetime | None
    event: str
    back: bool
    must_by: datetime | None
    owed_by: datetime | None
    late: bool
    passed_at: datetime | None
    answered_at: datetime | None
    reopened: bool
    valid: tuple[Step, ...]

    @property
    def raw(self) -> bool:
        return any(step.kind == "passed_raw" for step in self.valid)

    @property
    def involved(self) -> bool:
        """Whether anything of it reached or reaches a rep."""
        return any(step.kind in PASSES for step in self.valid)


def standing_steps(steps: Iterable[Step]) -> list[Step]:
    """The acts that count, in order: what was taken back does not, nor the taking back."""
    every = sorted(steps, key=lambda step: step.number)
    gone = {step.about for step in every if step.kind == "withdrawn"}
    return [step for step in every if step.kind != "withdrawn" and step.number not in gone]


def must_pass_by(received_at: datetime, released_at: datetime | None, clock: Clock) -> datetime:
    """Until when a must-pass message is passed: the limit from its receipt, or from the end of what HR holds."""
    starts = max(received_at, released_at) if released_at else received_at
    return clock.late_at(starts)


Kinds = Sequence[tuple[datetime, str]]
"""What kind a message was said to be, with the moments, in order."""


def kind_at(kinds: Kinds, at: datetime) -> str:
    """The kind of a message at a moment; '' before one was set."""
    return next((kind for when, kind in reversed(kinds) if when <= at), "")


def standing(kinds: Kinds, steps: Iterable[Step], at: datetime, must_by: datetime | None) -> Standing:
    """How a message stands at a moment, from what was said and done up to then."""
    valid = standing_steps(step for step in steps if step.at <= at)
    limit = must_by if kind_at(kinds, at) in MUST_PASS else None
    was = must_by is not None and must_by < at and kind_at(kinds, must_by) in MUST_PASS
    owed_by = must_by if was else limit
    closing = PASSES if limit is not None else CLOSING
    held: Step | None = None
    closed = reopened = False
    ended_at: datetime | None = None
    for step in valid:
        if step.kind == "held":
            held = step
        elif step.kind in closing:
            closed, reopened, held = True, False, None
        elif step.kind == "straight" and limit is not None and not step.sender:
            held = None  # only a pass, or the sender, ends what must pass
        elif step.kind == "straight":
            closed, held = not (step.sender and step.text), None
            reopened = not closed
            ended_at = step.at if closed and step.sender else ended_at
    passed_at = min((step.opens_at or step.at for step in valid if step.kind in PASSES), default=None)
    answered_at = min((step.at for step in valid if step.kind in ("answered", "declined")), default=None)
    until = held.until if held is not None and not closed else None
    runs = until is not None and until > at
    settled = min((one for one in (passed_at, ended_at) if one is not None), default=at)
    return Standing(
        state="decided" if closed else "held" if runs else "to_decide",
        until=until,
        event=held.event if held and until else "",
        back=until is not None and not runs,
        must_by=limit,
        owed_by=owed_by,
        late=owed_by is not None and settled > owed_by,
        passed_at=passed_at,
        answered_at=answered_at,
        reopened=reopened,
        valid=tuple(valid),
    )


# What may be done


@dataclass(frozen=True, slots=True)
class Wanted:
    """An act as it was asked for."""

    kind: str
    text: str = ""
    until: datetime | None = None
    event: str = ""
    opens_at: datetime | None = None
    to: tuple[int, ...] = ()
    confirmed: bool = False


def refuse_act(wanted: Wanted, kind: str, now: Standing, at: datetime, said: str) -> None:
    """Raises Refused with what stands in the way. ``said`` is the limit of a must-pass kind in words."""
    if wanted.kind not in CHOICES:
        raise access.Refused("bad_act", "Choose what you do with it.")
    if kind not in KINDS:
        raise access.Refused("no_kind", "Say first what kind of message it is.")
    if wanted.kind == "held":
        _refuse_hold(wanted, now, at, said)
    if wanted.kind in ("passed", "passed_raw"):
        _refuse_pass(wanted, now, at, said)
    if wanted.kind == "declined" and now.must_by is not None and now.passed_at is None:
        raise access.Refused(
            "must_pass", f"{KINDS[kind]} must be passed to the team by {said}, in words you choose."
        )


def _refuse_hold(wanted: Wanted, now: Standing, at: datetime, said: str) -> None:
    if now.state == "decided":
        raise access.Refused("settled", "It is decided already. There is nothing left to hold.")
    if wanted.until is None or wanted.until <= at:
        raise access.Refused(
            "bad_moment", "Choose a moment that is still to come: it returns by itself then."
        )
    if wanted.until > at + LATEST:
        raise access.Refused("moment_far", "Hold it for a quarter at most.")
    if now.must_by is not None and now.passed_at is None and wanted.until > now.must_by:
        raise access.Refused("must_pass", f"It must pass by {said}. Hold it until then at most, or pass it.")


def _refuse_pass(wanted: Wanted, now: Standing, at: datetime, said: str) -> None:
    if not wanted.to:
        raise access.Refused("nobody_chosen", "Choose to whom of your team it goes.")
    if wanted.opens_at is not None:
        if wanted.opens_at <= at:
            raise access.Refused("bad_moment", "Choose a moment that is still to come, or pass it at once.")
        if wanted.opens_at > at + LATEST:
            raise access.Refused("moment_far", "Schedule it within a quarter.")
        if now.must_by is not None and wanted.opens_at > now.must_by and now.passed_at is None:
            raise access.Refused("must_pass", f"It must pass by {said}. Choose an earlier moment.")
    if wanted.kind == "passed_raw" and not wanted.confirmed:
        raise access.Refused(
            "confirm_raw", "Passing it as it is shows the original words. Tick that this is what you want."
        )


# How near the words are


@dataclass(frozen=True, slots=True)
class Overlap:
    """How much of the passed words was copied. ``marks`` is the passed text in parts, (text, copied)."""

    words: int
    copied: int
    longest: int
    marks: tuple[tuple[str, bool], ...]

    @property
    def share(self) -> int:
        """Per cent of words that stand in copied runs."""
        return round(100 * self.copied / self.words) if self.words else 0


_WORD = re.compile(r"\w+(?:['’]\w+)*", re.UNICODE)
RUN = 4
"""Words in a row that count as copied; in a shorter original all of its words."""


def _words(text: str) -> list[str]:
    return [unicodedata.normalize("NFKC", one).casefold().replace("’", "'") for one in _WORD.findall(text)]


def overlap(original: str, passed: str) -> Overlap:
    """How near passed words are to the original: the words of ``passed`` that stand in a run of four found there.

    Case, punctuation and the form of apostrophes do not count. ``longest`` is the longest run the two share.
    """
    theirs, mine = _words(original), _words(passed)
    run = min(RUN, len(theirs)) or 1
    known = {tuple(theirs[n : n + run]) for n in range(len(theirs) - run + 1)} if theirs else set()
    copied = [False] * len(mine)
    for n in range(len(mine) - run + 1):
        if tuple(mine[n : n + run]) in known:
            copied[n : n + run] = [True] * run
    matcher = SequenceMatcher(None, theirs, mine, autojunk=False)
    longest = matcher.find_longest_match(0, len(theirs), 0, len(mine)).size
    return Overlap(len(mine), sum(copied), longest, tuple(_marks(passed, copied)))


def _marks(passed: str, copied: Sequence[bool]) -> list[tuple[str, bool]]:
    spans = [found.span() for found in _WORD.finditer(passed)]
    parts: list[tuple[str, bool]] = []
    at, n = 0, 0
    while n < len(spans):
        end = n
        while end + 1 < len(spans) and copied[end + 1] == copied[n]:
            end += 1
        if copied[n]:
            parts += [(passed[at : spans[n][0]], False), (passed[spans[n][0] : spans[end][1]], True)]
            at = spans[end][1]
        n = end + 1
    parts.append((passed[at:], False))
    return [part for part in parts if part[0]]


def is_near(found: Overlap, limits: Limits) -> bool:
    """Whether words are so near to the original that passing them is passing it as it is."""
    return found.share >= limits.share or found.longest >= limits.longest


class NearVerbatim(access.Refused):
    """The words are nearly the original's: reword them, or pass it as it is on purpose."""

    def __init__(self, found: Overlap) -> None:
        self.overlap = found
        super().__init__(
            "near_verbatim",
            f"{found.share} % of your words are the original’s, {found.longest} of them in one run. Reword what is "
            "marked, or choose to pass it as it is.",
        )


# Counts


@dataclass(frozen=True, slots=True)
class Case:
    """A message as counts read it: ``acted`` in the quarter, ``owed`` where its limit fell into it."""

    kind: str
    received_at: datetime
    standing: Standing
    acted: bool = True
    owed: bool = False


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts of a quarter. ``raw`` of ``counted`` passed as it is; ``late`` of ``must`` past their limit; ``alone`` of
    ``answered`` answered without involving a rep; ``middle`` is the median time to an answer."""

    raw: int
    counted: int
    late: int
    must: int
    alone: int
    answered: int
    middle: timedelta | None


def counts(cases: Sequence[Case]) -> Counts:
    """The counts of one manager. Kinds that must pass, praise and news are never leaks."""
    acted = [one for one in cases if one.acted]
    counted = [one for one in acted if one.kind not in NO_LEAK and one.standing.state == "decided"]
    must = [one for one in cases if one.owed]
    answered = [one for one in acted if one.standing.answered_at is not None]
    times = [
        (one.standing.answered_at - one.received_at).total_seconds()
        for one in answered
        if one.standing.answered_at is not None
    ]
    return Counts(
        raw=sum(one.standing.raw for one in counted),
        counted=len(counted),
        late=sum(one.standing.late for one in must),
        must=len(must),
        alone=sum(not one.standing.involved for one in answered),
        answered=len(answered),
        middle=timedelta(seconds=max(0.0, median(times))) if times else None,
    )


# What was asked before

_PLAIN = frozenset(
    "the a an and or of to in on for is are was we i you it this that with at be do does not what when how why "
    "will our your my me us about from by as have has had can still".split()
)


MOST_TELLING = 16


def telling(words: Sequence[str]) -> tuple[str, ...]:
    """The words of a question that earlier ones are looked up by; of a long text the longest ones."""
    found = [one for one in words if one not in _PLAIN]
    longest = set(sorted(found, key=len, reverse=True)[:MOST_TELLING])
    return tuple(one for one in found if one in longest)


ALIKE = 0.34
"""From this share of the telling words on an earlier answer is offered."""


def least_alike(words: Sequence[str]) -> int:
    """How many of these telling words an earlier question has at least."""
    return max(1, ceil(ALIKE * len(words)))
