"""Accounts and contacts as rows from outside; what counts as two-way contact; tiers. No Django here."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal, get_args

from fairlead.people.access import Refused

LONGEST = 1000
SHORT = 200

Kind = Literal["call", "meeting", "mail", "visit", "event"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Way = Literal["two", "one", "unknown"]
WAYS: tuple[Way, ...] = get_args(Way)
"""Whether both sides took part. Only what is known to be so is ``two``."""
State = Literal["there", "left", "bounced"]
"""Whether somebody at a buyer's is still there: ``bounced`` is that mail to them comes back."""
STATES: tuple[State, ...] = get_args(State)
Mark = Literal["handed_over", "first_call"]
MARKS: tuple[Mark, ...] = get_args(Mark)


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account. ``tier`` and the renewal are empty where a file does not say them: then what is known stays."""

    account_id: str
    name: str = ""
    owner: str = ""
    industry: str = ""
    country: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)
    line: int = 0
    tier: str = ""
    renewal_on: date | None = None
    renewal_amount: Decimal | None = None
    renewal_currency: str = ""


@dataclass(frozen=True, slots=True)
class ContactRow:
    contact_id: str
    account: str = ""
    name: str = ""
    email: str = ""
    title: str = ""
    line: int = 0
    state: State | Literal[""] = ""
    """whether they are still there and mail reaches them; '' where a file does not say it"""


@dataclass(frozen=True, slots=True)
class ActivityRow:
    """One dated contact: with an account, or with the account of a deal. It has no content, and none is read."""

    activity_id: str
    account: str = ""
    deal_id: str = ""
    on: date | None = None
    kind: Kind = "call"
    way: Way = "unknown"
    by: str = ""
    contact: str = ""
    deleted: bool = False
    line: int = 0


# Two-way or not

_KIND_WORDS: Mapping[str, Kind] = {
    "call": "call", "phone": "call", "phone call": "call", "phonecall": "call", "calls": "call",
    "meeting": "meeting", "meetings": "meeting", "appointment": "meeting", "video call": "meeting", "demo": "meeting",
    "mail": "mail", "email": "mail", "e-mail": "mail", "emails": "mail", "letter": "mail", "listemail": "mail",
    "incoming_email": "mail", "forwarded_email": "mail",
    "visit": "visit", "site visit": "visit", "on-site": "visit", "onsite": "visit",
    "event": "event", "webinar": "event", "fair": "event", "trade fair": "event", "conference": "event",
}  # fmt: skip
_TWO = {
    "two", "two-way", "two way", "both", "held", "connected", "replied", "reply", "answered", "inbound", "incoming",
    "incoming_email", "received", "attended", "reached", "f240bbac-87c9-4f6e-bf70-924b57d47db7",
}  # fmt: skip
"""Words that say the other side took part. The last one is HubSpot's own key of a call that was connected."""
_ONE = {
    "one", "one-way", "one way", "sent", "outbound", "outgoing", "email", "voicemail", "left voicemail",
    "left live message", "no answer", "no-answer", "busy", "wrong number", "not reached", "no_show", "no show",
    "noshow", "cancelled", "canceled", "not held", "bounced", "73a0d17f-1163-4015-bdd5-ec830791da20",
    "9d9162e7-6cf3-4944-bf63-4dff82258764", "b2cf5968-551e-4856-9783-52b3da59a7d0",
    "a4c4c377-d246-4b32-a13b-75a56a4cd0ff", "17b47fee-58de-441e-a44c-c6300d46f273",
}  # fmt: skip
"""Words that say it was sent or tried only. The keys are HubSpot's of calls that reached nobody."""
_HELD = {"completed", "complete", "done"}
"""Said of a meeting or a visit it was held; said of a call it may have reached nobody."""


def kind_of(word: str) -> Kind | None:
    """A source's word for a kind of contact; None for what is none, such as a task to do."""
    return _KIND_WORDS.get(word.strip().lower())


def way_of(kind: Kind, words: Iterable[str]) -> Way:
    """Whether a contact was two-way, from what a source says of it: its direction, its outcome, its own word.

    A word that it did not come about outweighs all others: an invitation that was answered and a meeting nobody came
    to is no contact. What says nothing is unknown, and never two-way.
    """
    said = {word.strip().lower() for word in words} - {""}
    if said & _ONE:
        return "one"
    if said & _TWO or (kind in ("meeting", "visit") and said & _HELD):
        return "two"
    return "unknown"


_STATE_WORDS: Mapping[str, State] = {
    "there": "there", "active": "there", "current": "there", "valid": "there",
    "left": "left", "left company": "left", "gone": "left", "former": "left", "departed": "left", "resigned": "left",
    "retired": "left", "inactive": "left", "no longer there": "left", "no longer with company": "left",
    "bounced": "bounced", "hard bounce": "bounced", "hard bounced": "bounced", "invalid": "bounced",
    "undeliverable": "bounced",
}  # fmt: skip


def state_of(word: str) -> State | Literal[""]:
    """What a source's word says of whether somebody is still there; '' where it says nothing."""
    return _STATE_WORDS.get(" ".join(word.split()).lower(), "")


Says = Literal["two", "one", "held", ""]


def says(word: str) -> Says:
    """What a word says of a contact by itself; ``held`` counts for meetings and visits, '' is nothing."""
    plain = word.strip().lower()
    if plain in _ONE:
        return "one"
    if plain in _TWO:
        return "two"
    return "held" if plain in _HELD else ""


def digest_of(row: ActivityRow) -> int:
    """What is said of a contact, in a number that fits the database."""
    said = "\x1d".join((
        row.account, row.deal_id, row.on.isoformat() if row.on else "", row.kind, row.way, row.by, row.contact,
        "gone" if row.deleted else "",
    ))  # fmt: skip
    return int.from_bytes(hashlib.sha256(said.encode()).digest()[:8], "big", signed=True)


# Tiers


@dataclass(frozen=True, slots=True)
class Policy:
    """How many days each tier may go without two-way contact. ``number`` 0 ships."""

    tiers: tuple[tuple[str, int], ...] = (("A", 30), ("B", 60), ("C", 120))
    renewal_days: int = 90
    number: int = 0

    def days(self, tier: str) -> int | None:
        """The days a tier allows; None for a tier that the policy does not have."""
        return next((days for name, days in self.tiers if name.lower() == tier.lower()), None)

    def named(self, tier: str) -> str:
        """A tier as the policy spells it, else as it is."""
        return next((name for name, _ in self.tiers if name.lower() == tier.lower()), tier)


MOST_TIERS = 8
MOST_DAYS = 730


def refuse_tiers(
    tiers: Sequence[tuple[str, int | None]], renewal_days: int | None
) -> tuple[tuple[str, int], ...]:
    """The tiers as they are kept. Raises Refused: no_tiers, bad_tier, bad_days."""
    named = [(name.strip(), days) for name, days in tiers if name.strip() or days is not None]
    if not named:
        raise Refused("no_tiers", "Name one tier at least.")
    if len(named) > MOST_TIERS:
        raise Refused("bad_tier", f"Name {MOST_TIERS} tiers at most.")
    seen: set[str] = set()
    kept: list[tuple[str, int]] = []
    for name, days in named:
        if not name or len(name) > 20:
            raise Refused("bad_tier", "A tier has a name of 1 to 20 characters.")
        if name.lower() in seen:
            raise Refused("bad_tier", f"“{name}” stands there twice.")
        if days is None or not 1 <= days <= MOST_DAYS:
            raise Refused("bad_days", f"Tier {name}: 1 to {MOST_DAYS} days, as a whole number.")
        seen.add(name.lower())
        kept.append((name, days))
    if renewal_days is None or not 1 <= renewal_days <= MOST_DAYS:
        raise Refused("bad_days", f"A renewal is looked at 1 to {MOST_DAYS} days ahead.")
    return tuple(kept)


def refuse_words(words: str, what: str, longest: int = SHORT) -> str:
    """The words without space around them. Raises Refused: text_long."""
    said = words.strip()
    if len(said) > longest:
        raise Refused("text_long", f"Write {what} in at most {longest} characters.")
    return said
