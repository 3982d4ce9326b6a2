"""The rules of win and loss: who may interview, what an account must say, who sees which, how two sources compare.

No Django here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import sqrt
from statistics import median
from typing import Literal

from fairlead.people import access, workdays
from fairlead.winloss import wording

LONGEST = 300
"""Characters of a sentence."""
LONGEST_NAME = 120
LONGEST_REASON = 80
MOST_REASONS = 16
OLDEST_DAYS = 90
"""Nobody is asked about a deal that closed longer ago: memory makes things up."""
LEAST_DEALS = 5
"""Behind each figure stand so many deals."""
LEAST_OWNERS = 3
"""Behind each comparison of reps with buyers stand so many reps, so that it is nobody's own figure."""
ENOUGH_WON = 5
"""Under so many won deals nobody knows what size is usual."""
NEVER_EVIDENCE = frozenset({"winloss_account", "winloss_interview", "winloss_answer", "winloss_request"})
"""Subjects of the ledger that never count against a person: whoever fears it writes what is safe, not what was so."""
_Z = 1.96
_KEY = re.compile(r"[a-z][a-z0-9_]{0,38}")

Source = Literal["rep", "buyer"]
NAMED = frozenset({"decisive", "contributed"})
"""Ratings that name a reason."""


# What is asked


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of the list both sources use."""

    key: str
    name: str


SHIPPED = tuple(Reason(*one) for one in wording.REASONS)


@dataclass(frozen=True, slots=True)
class Rule:
    """What is asked after a deal closed, and the list of reasons. Version 0 is what ships: nobody is asked.

    ``fixed_minor`` is an amount that takes the place of ``times`` the team's median amount; ``days`` are working days.
    """

    version: int = 0
    asks: bool = False
    times: float = 3.0
    fixed_minor: int | None = None
    days: int = 5
    reasons: tuple[Reason, ...] = SHIPPED

    def threshold(self, sizes: Sequence[int]) -> int | None:
        """The amount from which an account is owed; None where too few won deals say what is usual."""
        if self.fixed_minor is not None:
            return self.fixed_minor
        return round(self.times * median(sizes)) if len(sizes) >= ENOUGH_WON else None

    def named(self, key: str) -> str:
        return next((one.name for one in self.reasons if one.key == key), key)


def refuse_rule(rule: Rule) -> None:
    """Raises Refused with what to write instead."""
    if not 0 < rule.times <= 100:
        raise access.Refused("bad_times", "Write how many times the usual deal, from 0.1 to 100.")
    if rule.fixed_minor is not None and rule.fixed_minor < 0:
        raise access.Refused("bad_amount", "The amount is zero or more.")
    if not 1 <= rule.days <= 30:
        raise access.Refused("bad_days", "Write how many working days there are to answer, from 1 to 30.")
    names = [one.name.strip().lower() for one in rule.reasons]
    if not 2 <= len(names) <= MOST_REASONS:
        raise access.Refused("bad_reasons", f"The list has from 2 to {MOST_REASONS} reasons.")
    if len(set(names)) < len(names) or len({one.key for one in rule.reasons}) < len(names) or not all(names):
        raise access.Refused("same_twice", "Two reasons have the same name. Give each its own.")
    if not all(_KEY.fullmatch(one.key) and len(one.name) <= LONGEST_REASON for one in rule.reasons):
        raise access.Refused(
            "bad_reason",
            f"A reason has a key of small letters and a name of at most {LONGEST_REASON} characters.",
        )
    if rule.reasons[-1].key != "other":
        raise access.Refused(
            "no_other", "The last reason is “something else”, so that nobody has to choose a wrong one."
        )


def due_on(closed_on: date, days: int, off: Collection[date] = ()) -> date:
    """The last day of the rep's time; from the next day on the interview may be read without an own account."""
    return workdays.workdays_after(closed_on, days, off)


def owed(rule: Rule, amount: int | None, threshold: int | None, closed_on: date, today: date) -> bool:
    """Whether an account is owed of a deal that nobody has given one of."""
    if not rule.asks or amount is None or threshold is None or (today - closed_on).days > OLDEST_DAYS:
        return False
    return amount >= threshold


# What is said


@dataclass(frozen=True, slots=True)
class Said:
    """What one source says. ``ratings`` holds a rating for every reason of the list, 'none' where nothing was said."""

    outcome: str = ""
    primary: str = ""
    ratings: Mapping[str, str] = field(default_factory=dict)
    other: str = ""
    rival: str = ""
    moment: str = ""
    differently: str = ""


@dataclass(frozen=True, slots=True)
class Talk:
    """The interview itself. ``interviewer`` is the name of somebody from outside, '' for a colleague.

    ``quote`` holds the buyer's exact words, which need ``may_quote``.
    """

    buyer_name: str = ""
    buyer_role: str = ""
    held_on: date | None = None
    interviewer: str = ""
    may_quote: bool = False
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Lack:
    """Something that is missing: the field and what to do."""

    field: str
    sentence: str


class Incomplete(access.Refused):
    """Not kept: everything that lacks."""

    def __init__(self, lacks: Sequence[Lack]) -> None:
        self.lacks = tuple(lacks)
        super().__init__("account_incomplete", " ".join(one.sentence for one in lacks))


def said_of(rule: Rule, given: Mapping[str, str], ratings: Mapping[str, str]) -> Said:
    """What was typed, as it is kept: one line each, a rating for every reason.

    The primary reason decided it, unless it is said to have helped us. Raises Refused for what is too long.
    """
    known = {one.key for one in rule.reasons}
    primary = given.get("primary", "")
    rated = {key: ratings.get(key) or "none" for key in known}
    if primary in known and rated[primary] in ("none", "contributed"):
        rated[primary] = "decisive"
    lines = {name: line(given.get(name, "")) for name in ("other", "rival", "moment", "differently")}
    return Said(outcome=given.get("outcome", ""), primary=primary, ratings=rated, **lines)


def line(text: str) -> str:
    """One line without control characters. Raises Refused when it is longer than a sentence."""
    said = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if len(said) > LONGEST:
        raise access.Refused("text_long", f"Say it in at most {LONGEST} characters: “{said[:40]}…”.")
    return said


def lacking(said: Said, rule: Rule, status: str) -> list[Lack]:
    """What an account lacks before it is one. ``status`` is how the deal ended by its source: won or lost."""
    found = []
    keys = {one.key for one in rule.reasons}
    if said.outcome not in outcomes(status):
        words = " or ".join(wording.OUTCOMES[one] for one in outcomes(status))
        found.append(Lack("outcome", f"Say how it ended: {words}."))
    if said.primary not in keys:
        found.append(Lack("primary", "Choose the one reason that decided it."))
    odd = [key for key, rating in said.ratings.items() if key not in keys or rating not in wording.RATINGS]
    if odd:
        found.append(Lack("primary", "A rating is not among the choices. Choose again."))
    if said.ratings.get("other", "none") != "none" and not said.other:
        found.append(Lack("other", "Say in words what else it was."))
    if not said.moment:
        found.append(Lack("moment", "Say in one sentence when or how it was decided."))
    return found


def outcomes(status: str) -> tuple[str, ...]:
    """How a deal may be said to have ended."""
    return ("won",) if status == "won" else ("lost", "no_decision")


def lacking_of_talk(talk: Talk, closed_on: date | None, today: date) -> list[Lack]:
    """What an interview lacks besides what was said."""
    found = []
    if not talk.buyer_name:
        found.append(Lack("buyer_name", "Name the person at the buyer who said it."))
    if talk.held_on is None:
        found.append(Lack("held_on", "Say on which day you talked."))
    elif talk.held_on > today:
        found.append(Lack("held_on", f"{talk.held_on} lies in the future. Write it down after you talked."))
    elif closed_on is not None and talk.held_on < closed_on:
        found.append(
            Lack("held_on", f"It closed on {closed_on}. What was said before is evidence, no interview.")
        )
    if talk.quote and not talk.may_quote:
        found.append(
            Lack(
                "quote",
                "Exact words need the buyer's consent. Without it write them in your own words below.",
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands to a deal: its owner, the owner's line above, people below, sellers of the same team."""

    owner: int
    above: Collection[int]
    below: Collection[int]
    mates: Collection[int]


def refuse_interviewer(person: int, to: Standing) -> None:
    """Raises Refused for somebody who has a stake in how the deal looks."""
    if person == to.owner:
        raise access.Refused("own_deal", "Nobody interviews about an own deal. Choose somebody neutral.")
    if person in to.above or person in to.below:
        raise access.Refused("in_line", "The owner's line does not interview. Choose somebody neutral.")
    if person in to.mates:
        raise access.Refused("same_team", "A seller of the same team is not neutral. Choose another team.")


def counts(*, both_are_in: bool, closed_on: date | None, today: date) -> bool:
    """Whether a deal's accounts go into counts: with both in, or when nobody is asked for the other any more.

    Else whoever writes the second account could read the first off two counts, one before it came and one after.
    """
    return both_are_in or (closed_on is not None and (today - closed_on).days > OLDEST_DAYS)


def owner_sees_interview(*, own_is_in: bool, today: date, due: date) -> bool:
    """Whether the owner may read the interview: the own account is in, or the time for it is over."""
    return own_is_in or today > due


# Two sources


@dataclass(frozen=True, slots=True)
class Beside:
    """One reason as both rate it."""

    name: str
    rep: str
    buyer: str

    @property
    def agree(self) -> bool:
        """Both name it, both say it helped us, or both leave it out."""
        return _kind(self.rep) == _kind(self.buyer)

    @property
    def silent(self) -> bool:
        return self.rep == self.buyer == "none"


def _kind(rating: str) -> str:
    return "named" if rating in NAMED else rating


def beside(rule: Rule, rep: Said, buyer: Said) -> tuple[Beside, ...]:
    """Every reason with both ratings, in the order of the list."""
    return tuple(
        Beside(one.name, rep.ratings.get(one.key, "none"), buyer.ratings.get(one.key, "none"))
        for one in rule.reasons
    )


@dataclass(frozen=True, slots=True)
class Share:
    """``count`` of ``of``, with a 95 % interval (Wilson); None where fewer than LEAST_DEALS stand behind it."""

    count: int
    of: int

    @property
    def enough(self) -> bool:
        return self.of >= LEAST_DEALS

    @property
    def interval(self) -> tuple[float, float] | None:
        return wilson(self.count, self.of) if self.enough else None


def wilson(count: int, of: int) -> tuple[float, float]:
    """The 95 % score interval of a share (Wilson 1927); (0, 1) of nothing."""
    if of == 0:
        return 0.0, 1.0
    p, z2 = count / of, _Z * _Z
    middle = (p + z2 / (2 * of)) / (1 + z2 / of)
    half = _Z * sqrt(p * (1 - p) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    low = 0.0 if count == 0 else max(0.0, middle - half)
    return low, 1.0 if count == of else min(1.0, middle + half)


@dataclass(frozen=True, slots=True)
class Named:
    """How often each source names a reason, over the same deals: only the reps, only the buyers, both."""

    key: str
    name: str
    reps: int
    buyers: int
    only_reps: int
    only_buyers: int
    of: int

    @property
    def difference(self) -> tuple[float, float, float]:
        """(the reps' share less the buyers', and its 95 % interval), for paired shares after Agresti and Min (2005)."""
        n, b, c = self.of + 2, self.only_reps + 0.5, self.only_buyers + 0.5
        middle = (b - c) / n
        half = _Z * sqrt(max(b + c - (b - c) ** 2 / n, 0.0)) / n
        plain = (self.only_reps - self.only_buyers) / self.of if self.of else 0.0
        return plain, max(-1.0, middle - half), min(1.0, middle + half)

    @property
    def more(self) -> str:
        """'rep' or 'buyer' where one of them names it more often beyond chance, else ''."""
        _, low, high = self.difference
        return "rep" if low > 0 else "buyer" if high < 0 else ""


@dataclass(frozen=True, slots=True)
class Pair:
    """What both said of one deal before either saw the other's; ``owner`` is used to count people only."""

    owner: int
    rep: Said
    buyer: Said


@dataclass(frozen=True, slots=True)
class Comparison:
    """Reps beside buyers over many deals. ``primary`` and ``reasons`` are None where too few stand behind them."""

    deals: int
    owners: int
    primary: Share | None
    reasons: tuple[Named, ...] | None


def compare(pairs: Sequence[Pair], reasons: Sequence[Reason], *, own: bool = False) -> Comparison:
    """Reps beside buyers. ``own``: for the one rep whose deals they are, who needs no other reps behind it."""
    deals, owners = len(pairs), len({pair.owner for pair in pairs})
    if deals < LEAST_DEALS or (owners < LEAST_OWNERS and not own):
        return Comparison(deals, owners, None, None)
    agree = sum(pair.rep.primary == pair.buyer.primary for pair in pairs)
    return Comparison(deals, owners, Share(agree, deals), tuple(_named(one, pairs) for one in reasons))


def _named(reason: Reason, pairs: Sequence[Pair]) -> Named:
    said = [
        (pair.rep.ratings.get(reason.key) in NAMED, pair.buyer.ratings.get(reason.key) in NAMED)
        for pair in pairs
    ]
    return Named(
        reason.key, reason.name, sum(rep for rep, _ in said), sum(buyer for _, buyer in said),
        sum(rep and not buyer for rep, buyer in said), sum(buyer and not rep for rep, buyer in said), len(said),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pattern:
    """One reason over many accounts of one source: named in so many, the primary one in so many."""

    key: str
    name: str
    named: Share
    primary: Share


def pattern(accounts: Sequence[Said], reasons: Sequence[Reason], owners: int) -> tuple[Pattern, ...]:
    """How often a source names each reason; empty where fewer than LEAST_DEALS of LEAST_OWNERS stand behind it."""
    of = len(accounts)
    if of < LEAST_DEALS or owners < LEAST_OWNERS:
        return ()
    found = [
        Pattern(
            one.key, one.name, Share(sum(said.ratings.get(one.key) in NAMED for said in accounts), of),
            Share(sum(said.primary == one.key for said in accounts), of),
        )
        for one in reasons
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: -one.named.count))


def often(words: Iterable[str]) -> list[tuple[str, int]]:
    """Words of LEAST_DEALS deals or more, the most frequent first; alike but for capitals is the same."""
    counts: dict[str, list[str]] = {}
    for word in words:
        if word:
            counts.setdefault(word.casefold(), []).append(word)
    kept = [(spelled[0], len(spelled)) for spelled in counts.values() if len(spelled) >= LEAST_DEALS]
    return sorted(kept, key=lambda one: (-one[1], one[0].casefold()))
