"""From when on something is owed to a seller, how it stands, and when knowledge is credited. No Django here.

Nothing is late before it was said: a day is counted from the latest of the start in the role, the launch of the
product, the day from which somebody sells it, and the day on which the catalogue first asked for it.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from fairlead.people import access

Kind = Literal["market", "product", "customer", "tools"]
KINDS: dict[str, str] = {
    "market": "Market",
    "product": "Product",
    "customer": "Customer use",
    "tools": "Tools",
}
"""What a seller is owed knowledge of: the market, the product, how customers use it, the tools of the work."""
SCOPES: dict[str, str] = {
    "all": "everybody in the role",
    "new": "who starts after it was added",
}
RATINGS: dict[str, str] = {
    "helped": "it helped",
    "in_part": "it helped in part",
    "no_help": "it did not help",
}
ENOUGH = 5
"""Under so many people a figure says too little, and too much about each of them."""
LONGEST, LONGEST_TEXT, LONGEST_NAME, LONGEST_LINK = 300, 2000, 160, 500
MOST_DAYS = 730
MOST_PEOPLE = 500
SOURCE = "catalogue"
"""The source of a company debt that came of the catalogue."""


def same_words(one: str, other: str) -> bool:
    """Whether two names of a role or product mean the same: case and spaces do not count."""
    return folded(one) == folded(other)


def folded(text: str) -> str:
    return " ".join(text.split()).casefold()


# The catalogue


@dataclass(frozen=True, slots=True)
class Item:
    """An item of the catalogue as it stands now. ``owner`` answers for it.

    ``lead`` is None for the whole company, else the manager whose direct reports it is for. ``since`` is the moment
    from which it is owed in these words; ``first_on`` and ``since_on`` are days of the organisation.
    """

    key: int
    lead: int | None
    role: str
    product: str
    kind: str
    what: str
    proof: str
    owner: int
    days: int
    scope: str
    retired: bool
    since: datetime
    since_on: date
    first_on: date


@dataclass(frozen=True, slots=True)
class Given:
    """An item as it was typed or loaded."""

    role: str
    product: str
    kind: str
    what: str
    proof: str
    days: int | None
    scope: str = "all"


def checked(given: Given, products: Collection[str]) -> Given:
    """An item as it is kept. Raises Refused: no_role, bad_kind, text_missing, text_long, bad_days, bad_scope,
    no_product."""
    role, product = one_line(given.role), one_line(given.product)
    if not role:
        raise access.Refused("no_role", "Name the role, as in Account executive: it is the job of a seat.")
    if max(len(role), len(product)) > LONGEST_NAME:
        raise access.Refused("text_long", f"Role and product have at most {LONGEST_NAME} characters each.")
    known = {folded(name): name for name in products}
    if product and folded(product) not in known:
        raise access.Refused(
            "no_product", f"“{product[:40]}” is no product here. Add it under Products first."
        )
    if given.kind not in KINDS:
        raise access.Refused("bad_kind", f"Choose the kind: {', '.join(KINDS.values())}.")
    if given.scope not in SCOPES:
        raise access.Refused("bad_scope", f"Choose whom it is owed to: {', '.join(SCOPES.values())}.")
    if given.days is None or not 0 <= given.days <= MOST_DAYS:
        raise access.Refused("bad_days", f"Say within how many days, 0 to {MOST_DAYS}.")
    what = required(given.what, "what is owed")
    proof = required(given.proof, "what counts as delivered")
    return Given(role, known.get(folded(product), ""), given.kind, what, proof, given.days, given.scope)


def one_line(text: str) -> str:
    """Text in one line, without control characters."""
    return " ".join("".join(c if unicodedata.category(c)[0] != "C" else " " for c in text).split())


def required(text: str, what: str, longest: int = LONGEST) -> str:
    """A text that has to be there, in one line. Raises Refused: text_missing, text_long."""
    kept = one_line(text)
    if not kept:
        raise access.Refused("text_missing", f"Say {what}.")
    return optional(kept, what, longest)


def optional(text: str, what: str, longest: int = LONGEST) -> str:
    """A text that may be left out. Raises Refused: text_long."""
    kept = one_line(text)
    if len(kept) > longest:
        raise access.Refused("text_long", f"Say {what} in at most {longest} characters; this is {len(kept)}.")
    return kept


# Who is owed what


@dataclass(frozen=True, slots=True)
class Seller:
    """A seller: the role of today and since when, who leads, and what they sell since when.

    ``sells`` is None where nothing was said of them: then every product of the role is theirs.
    """

    id: int
    role: str
    role_since: date | None
    lead: int | None
    sells: Mapping[str, date] | None


def role_of(seats: Sequence[tuple[str, date | None]], today: date) -> tuple[str, date | None]:
    """The role of a day, from (job, since) oldest first, and the first day of it without another one between."""
    held = [one for one in seats if one[1] is None or one[1] <= today] or list(seats[:1])
    if not held:
        return "", None
    role, since = held[-1]
    for job, day in reversed(held):
        if not same_words(job, role):
            break
        since = day
    return role, since


def sold_since(said: Sequence[tuple[date, Collection[str]]]) -> dict[str, date] | None:
    """Product (folded) -> since when somebody sells it, from what was said on which days, oldest first."""
    if not said:
        return None
    found: dict[str, date] = {}
    for day, products in said:
        now = {folded(one) for one in products}
        found = {name: found.get(name, day) for name in now}
    return found


def begins(item: Item, seller: Seller, launches: Mapping[str, date | None]) -> date | None:
    """The day from which an item's days are counted for a seller; None where it is not owed to them."""
    if not same_words(item.role, seller.role) or item.lead not in (None, seller.lead):
        return None
    product = folded(item.product)
    if product and seller.sells is not None and product not in seller.sells:
        return None
    starts = [seller.role_since]
    if product:
        starts += [launches.get(product), (seller.sells or {}).get(product)]
    own = max((day for day in starts if day is not None), default=None)
    if item.scope == "new" and (own is None or own < item.first_on):
        return None
    return max(own, item.since_on) if own is not None else item.since_on


@dataclass(frozen=True, slots=True)
class Delivered:
    """A delivery that stands: on which day, by whom, what shows it."""

    id: int
    on: date
    by: int
    words: str
    link: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """How an item stands towards a seller. ``waived``: the seller said it is not owed any more."""

    due_on: date
    delivered: Delivered | None
    waived: bool

    def state(self, today: date) -> Literal["delivered", "waived", "late", "due"]:
        if self.delivered is not None:
            return "delivered"
        if self.waived:
            return "waived"
        return "late" if today > self.due_on else "due"

    def days_late(self, today: date) -> int:
        """How old the debt is; 0 where nothing is owed or its day has not passed."""
        return (today - self.due_on).days if self.state(today) == "late" else 0

    @property
    def in_time(self) -> bool:
        return self.delivered is not None and self.delivered.on <= self.due_on


def debt_of(item: int, person: int) -> str:
    """How the company debt of an item and a seller is named; it tells nobody anything."""
    return hashlib.sha256(f"catalogue {item} {person}".encode()).hexdigest()[:16]


def refuse_delivery(on: date | None, today: date) -> date:
    """The day of a delivery. Raises Refused: bad_day."""
    if on is None:
        raise access.Refused("bad_day", "Choose the day on which it was delivered.")
    if on > today:
        raise access.Refused("bad_day", f"{on} is still to come. Say it once it is delivered.")
    if on < today - timedelta(days=MOST_DAYS):
        raise access.Refused("bad_day", "Choose a day of the last two years.")
    return on


# What a rep knows

KNOWN: dict[str, str] = {
    "account": "Account study",
    "industry": "Industry knowledge",
    "customer": "How a customer uses it",
    "teach_back": "Teach-back",
}
RUBRIC: dict[str, str] = {
    "features": "Features: what it is and does",
    "benefits": "Benefits: what that does for this buyer",
    "value": "Value: what it is worth, in the buyer’s figures",
}
GRADES: dict[str, str] = {"clear": "clear", "in_part": "in part", "not_yet": "not yet"}
"""What an assessor says of each part of a teach-back. Words: nothing is added up."""


@dataclass(frozen=True, slots=True)
class Known:
    """Something a rep writes down."""

    kind: str
    title: str
    about: str
    learnt: str
    sources: str
    on: date | None


def checked_known(given: Known, today: date) -> Known:
    """As it is kept. Raises Refused: bad_kind, text_missing, text_long, bad_day."""
    if given.kind not in KNOWN:
        raise access.Refused("bad_kind", f"Choose what it is: {', '.join(KNOWN.values())}.")
    title = required(given.title, "what it is called", LONGEST_NAME)
    about = required(given.about, "which account, industry or product it is about", LONGEST_NAME)
    learnt = required(given.learnt, "what you learnt, in your own words", LONGEST_TEXT)
    sources = optional(given.sources, "where it comes from")
    if given.kind != "teach_back" and not sources:
        raise access.Refused("text_missing", "Say where it comes from: who told you, or what you read.")
    if given.on is None or given.on > today:
        raise access.Refused("bad_day", "Choose the day on which you learnt or showed it, today or earlier.")
    return Known(given.kind, title, about, learnt, sources, given.on)


def checked_grades(grades: Mapping[str, str]) -> dict[str, str]:
    """What an assessor said of each part. Raises Refused: bad_rubric."""
    for part, words in RUBRIC.items():
        if grades.get(part) not in GRADES:
            raise access.Refused(
                "bad_rubric", f"Say of “{words.split(':')[0]}” whether it was {', '.join(GRADES.values())}."
            )
    return {part: grades[part] for part in RUBRIC}


PLACES: dict[str, str] = {
    "strategy": "the strategy",
    "player": "a player",
    "rival": "a rival",
    "tactic": "a tactic",
    "risk": "a risk",
    "evidence": "evidence",
}
"""Where in a plan something is cited."""


def anchors(content: Mapping[str, object], evidence: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What a plan holds that can cite knowledge: place and text as one key -> words for a reader.

    ``content`` is a plan as it is kept, ``evidence`` the criteria that stand as (key, name).
    """
    found: dict[str, str] = {}
    if content.get("strategy"):
        found["strategy:"] = "the strategy"
    for rows, place, name in (
        ("players", "player", "name"), ("rivals", "rival", "name"), ("tactics", "tactic", "action"),
        ("risks", "risk", "what"),
    ):  # fmt: skip
        for row in content.get(rows) or ():  # type: ignore[attr-defined]
            text = str(row.get(name, ""))
            if text and row.get("state") != "dropped":
                found[f"{place}:{text}"] = f"{PLACES[place].removeprefix('a ')}: {text}"
    found.update({f"evidence:{key}": f"evidence: {name}" for key, name in evidence})
    return found


# The library, and what somebody had to work out alone

GAP_STEPS: dict[str, str] = {
    "proposed": "an answer is proposed",
    "closed": "answered",
    "reopened": "open again",
    "withdrawn": "withdrawn",
}


@dataclass(frozen=True, slots=True)
class Offered:
    """A piece of material as it was typed."""

    title: str
    what: str
    kind: str
    product: str
    role: str
    link: str


def checked_material(given: Offered, products: Collection[str]) -> Offered:
    """As it is kept; the link is checked elsewhere. Raises Refused: text_missing, text_long, bad_kind, no_product."""
    title = required(given.title, "what it is called", LONGEST_NAME)
    what = required(given.what, "what it is good for")
    role = optional(given.role, "for which role it is", LONGEST_NAME)
    return Offered(title, what, given.kind, about(given.kind, given.product, products), role, given.link)


def about(kind: str, product: str, products: Collection[str]) -> str:
    """The product that material or a gap is about, as the catalogue spells it, '' for none. Raises Refused."""
    if kind not in KINDS:
        raise access.Refused("bad_kind", f"Choose the kind: {', '.join(KINDS.values())}.")
    known = {folded(name): name for name in products}
    if product and folded(product) not in known:
        raise access.Refused("no_product", f"“{product[:40]}” is no product of the catalogue.")
    return known.get(folded(product), "")


def gap_open(steps: Sequence[str]) -> bool:
    """Whether a gap is open, from its steps in order: what is only proposed answers nothing yet."""
    return not steps or steps[-1] in ("reopened", "proposed")


def proposed_at(steps: Sequence[str]) -> int:
    """The place from which on proposals stand: behind the last step that is none."""
    return max((place + 1 for place, kind in enumerate(steps) if kind != "proposed"), default=0)


def refuse_gap_step(kind: str, steps: Sequence[str]) -> None:
    """Raises Refused: bad_step, where who told of a gap says what does not follow from how it stands."""
    still = gap_open(steps)
    follows = {"withdrawn": still, "closed": still, "reopened": not still or steps[-1:] == ["proposed"]}
    if not follows.get(kind, False):
        raise access.Refused("bad_step", "It stands otherwise already. Open the page again.")


def tells_of_few(here: set[int], others: Iterable[set[int]]) -> bool:
    """Whether figures about these people, beside figures about others that may be given, tell of fewer than enough.

    They do where one of the two sets lies in the other and what is between them is somebody, and fewer than enough.
    """
    return any(
        (other < here or here < other) and len(other) >= ENOUGH and len(other ^ here) < ENOUGH
        for other in others
    )


MOVED = 2
"""So many must have come or gone behind a figure before it is shown again; as in upward feedback."""


def changed_by_few(now: Collection[int], shown: Iterable[Collection[int]]) -> bool:
    """Whether those behind a figure differ from those of a time it was shown, and by fewer than enough to hide one."""
    return any(0 < len(set(now) ^ set(before)) < MOVED for before in shown)
