"""Why deals of an account were lost, for its page alone.

It stands here and not in the watch, which begins with a look: what was said of a lost deal is never evidence about a
person, and nothing that lists a seller's accounts can read it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from fairlead.deals.models import Deal
from fairlead.people import access
from fairlead.watch.queries import DealSeen
from fairlead.winloss import queries as winloss


@dataclass(frozen=True, slots=True)
class Loss:
    """A lost deal with its story, as far as the reader may read it."""

    deal: DealSeen
    why: tuple[tuple[str, str], ...]
    """(who or what says it, what it says)"""
    rival: str


def loss(actor: access.Actor, deal: DealSeen, at: datetime) -> Loss:
    """Why a deal was lost: what the seller and the buyer said, else what the source says."""
    try:
        told = winloss.page(actor, deal.public_id, at)
    except access.Refusal:
        told = None
    why: list[tuple[str, str]] = []
    rival = ""
    for who, one in (("the buyer", told.buyer if told else None), ("the seller", told.rep if told else None)):
        if one is not None:
            more = f" Decided {one.said.moment}." if one.said.moment else ""
            why.append((who, f"{one.primary}.{more}"))
            rival = rival or one.said.rival
    row = Deal.objects.seen_by(actor, "deal.read").filter(public_id=deal.public_id).only("extra").first()
    says = {name: str(value) for name, value in (row.extra if row else {}).items() if str(value).strip()}
    why += [("the source", value) for name, value in sorted(says.items()) if _tells(name, ("reason", "lost"))]
    rival = rival or next(
        (value for name, value in sorted(says.items()) if _tells(name, ("rival", "competitor"))), ""
    )
    return Loss(deal, tuple(why), rival)


def _tells(name: str, marks: Iterable[str]) -> bool:
    return any(mark in name.lower() for mark in marks)
