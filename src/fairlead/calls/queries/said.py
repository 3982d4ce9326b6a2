"""What was said of one person's number in a period, in the order of time: own calls, and overlays beside them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from fairlead.calls.models import Call, Overlay
from fairlead.calls.rules import CALLED
from fairlead.forecasting.periods import Period
from fairlead.people import access
from fairlead.people import queries as people


@dataclass(frozen=True, slots=True)
class SaidLine:
    """One thing said. ``amount`` None took it back: the number followed from the deals, or from the own call, again.

    ``moved`` is against what the same person had said of the same category before; None at first, and where one of
    the two took it back. ``base`` is the own call beside which an overlay was set. ``typed_by`` is there where
    somebody else wrote it than the one whose word it is.
    """

    at: datetime
    kind: Literal["call", "overlay"]
    category: str
    amount: int | None
    moved: int | None
    base: int | None
    note: str
    by: str
    typed_by: str


@dataclass(frozen=True, slots=True)
class SaidOf:
    """The history of one person's number; ``lines`` newest first. Money in minor units of ``currency``."""

    person: people.Node
    period: Period
    currency: str
    lines: tuple[SaidLine, ...]


def said_of(actor: access.Actor, person: int, period: Period, at: datetime, type: str = "") -> SaidOf:
    """What was said of ``person`` up to an instant, as the actor may read it. Raises NotAllowed or NotFound.

    Of all business, or of a forecast type by its key.

    Whoever reads both the person's calls and overlays on them reads it: the person, and the superior, who finds the own
    overlays and none of a superior before. The overlay that a leader sets on the own team's sum is how they come to
    their number; the superior has the number.
    """
    people.require_on(actor, "call.read", person)
    people.require_on(actor, "overlay.read", person)
    calls = Call.objects.seen_by(actor, "call.read").filter(
        person=person, period=period.name, type=type, category__in=CALLED, at__lte=at
    )
    overlays = Overlay.objects.seen_by(actor, "overlay.read").filter(
        person=person, period=period.name, type=type, category__in=CALLED, at__lte=at
    )
    reading = {one.person for one in actor.principals}
    if actor.person is not None and person not in reading:
        overlays = overlays.filter(author__in=reading)
    rows: list[Call | Overlay] = sorted([*calls, *overlays], key=lambda one: (one.at, one.pk))
    names = people.names({_author(row) for row in rows} | {row.by_id for row in rows})
    before: dict[tuple[str, int, str], int | None] = {}
    lines: list[SaidLine] = []
    for row in rows:
        kind, author = _kind(row), _author(row)
        key = (kind, author, row.category)
        last, amount = before.get(key), row.amount_minor
        before[key] = amount
        lines.append(
            SaidLine(
                at=row.at,
                kind=kind,
                category=row.category,
                amount=amount,
                moved=None if amount is None or last is None else amount - last,
                base=row.base_minor if isinstance(row, Overlay) else None,
                note=row.note,
                by=names.get(author, ""),
                typed_by=names.get(row.by_id, "") if row.by_id != author else "",
            )
        )
    return SaidOf(people.node(person), period, people.house().currency, tuple(reversed(lines)))


def _kind(row: Call | Overlay) -> Literal["call", "overlay"]:
    return "overlay" if isinstance(row, Overlay) else "call"


def _author(row: Call | Overlay) -> int:
    """Whose word it is."""
    return row.author_id if isinstance(row, Overlay) else row.person_id
