"""Divided deals as they are kept: who holds which share now, and who did at an instant.

Takes persons and deals instead of an actor: for callers that checked access, and for sums.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from django.db.models import Q, QuerySet

from fairlead.deals import shares, staging
from fairlead.deals.models import Division, Share
from fairlead.deals.rules import DealState
from fairlead.deals.shares import Part
from fairlead.deals.tracks import Array, States
from fairlead.people import kept
from fairlead.people import queries as people
from fairlead.people.guard import GuardedQuerySet

Divided = Mapping[int, tuple[Part, ...]]
"""deal -> its parts; a deal that is not in it is its owner's."""
_SUMS = "Sums count the share a person holds."


def _shares() -> GuardedQuerySet[Share]:
    return Share.objects.for_system(_SUMS)


def _divisions() -> GuardedQuerySet[Division]:
    return Division.objects.for_system(_SUMS)


def any_at_all() -> bool:
    """Whether any deal was ever divided; where none was, nothing else here is asked."""
    return bool(kept.once("divided", lambda: _shares().exists()))


def any_credit() -> bool:
    """Whether anybody ever held an overlay share."""
    return bool(kept.once("credited", lambda: _shares().filter(kind="overlay").exists()))


def ever_held(persons: Collection[int] | QuerySet[Any, Any]) -> QuerySet[Share, Any]:
    """The ids of deals in which these persons hold or ever held a revenue share, as a subquery."""
    return _shares().filter(person__in=persons, kind="revenue").values("deal")


# Now


def of_people(persons: Collection[int]) -> dict[int, tuple[Part, ...]]:
    """deal -> its parts, of the divided deals that these persons own or hold a share of."""
    if not any_at_all():
        return {}
    found: dict[int, tuple[Part, ...]] = {}
    for some in staging.chunks(list(persons), 5000):
        near = _shares().filter(Q(person__in=some) | Q(deal__owner__in=some), kind="revenue", current=True)
        found |= _parts(_shares().filter(deal__in=near.values("deal"), kind="revenue", current=True))
    return found


def of_deals(deals: Collection[int]) -> dict[int, tuple[Part, ...]]:
    """deal -> its parts, of those among some deals that are divided now."""
    if not deals or not any_at_all():
        return {}
    return _parts(_shares().filter(deal__in=list(deals), kind="revenue", current=True))


def now() -> dict[int, tuple[Part, ...]]:
    """deal -> its parts, of every divided deal."""
    return _parts(_shares().filter(kind="revenue", current=True))


def _parts(rows: GuardedQuerySet[Share]) -> dict[int, tuple[Part, ...]]:
    found: dict[int, list[Part]] = {}
    for deal, person, low, high in rows.order_by("deal", "low").values_list("deal", "person", "low", "high"):
        found.setdefault(deal, []).append(Part(person, low, high))
    return {deal: tuple(parts) for deal, parts in found.items()}


def divided_now() -> QuerySet[Share, Any]:
    """The ids of deals that are divided now, as a subquery."""
    return _shares().filter(kind="revenue", current=True).values("deal")


def credits_now(persons: Collection[int]) -> dict[int, tuple[Part, ...]]:
    """deal -> the overlay shares that these persons hold of it now."""
    if not any_at_all():
        return {}
    return _parts(_shares().filter(person__in=list(persons), kind="overlay", current=True))


# At an instant


def at(instant: datetime, deals: Collection[int] | None = None) -> dict[int, tuple[Part, ...]]:
    """deal -> its parts, by what was known before an instant; of some deals (default: of all)."""
    return {
        deal: parts for deal, given in _given_at(instant, deals).items() if (parts := shares.parts(given))
    }


def credits_at(instant: datetime, persons: Collection[int]) -> dict[int, tuple[Part, ...]]:
    """deal -> the overlay shares that these persons held of it, by what was known before an instant."""
    if not any_at_all():
        return {}
    near = _shares().filter(person__in=list(persons), kind="overlay").values_list("deal", flat=True)
    wanted = set(persons)
    found = {
        deal: tuple(part for part in shares.credits_of(given) if part.person in wanted)
        for deal, given in _given_at(instant, set(near)).items()
    }
    return {deal: parts for deal, parts in found.items() if parts}


def _given_at(instant: datetime, deals: Collection[int] | None) -> dict[int, tuple[shares.Given, ...]]:
    day = people.house().day(instant)
    said = said_of(deals)
    found = {deal: shares.in_force(every, day, instant) for deal, every in said.items()}
    return {deal: one.shares for deal, one in found.items() if one is not None}


def said_of(deals: Collection[int] | None) -> dict[int, list[shares.Said]]:
    """deal -> every division that was said of it, of some deals or (None) of all."""
    if deals is not None and (not deals or not any_at_all()):
        return {}
    found: dict[int, list[shares.Said]] = {}
    # Of many deals few are divided: all divisions are fewer than their ids.
    few = [None] if deals is None or len(deals) > 5000 else [list(deals)]
    for some in few:
        rows = _divisions() if some is None else _divisions().filter(deal__in=some)
        for deal, *row in rows.values_list("deal_id", "pk", "starts_on", "recorded_at", "shares"):
            pk, starts_on, recorded_at, given = row
            one = shares.Said(pk, starts_on, recorded_at, shares.given_of(given))
            found.setdefault(deal, []).append(one)
    wanted = None if deals is None else set(deals)
    return {deal: said for deal, said in found.items() if wanted is None or deal in wanted}


def divided(states: Sequence[DealState], held: Divided) -> list[DealState]:
    """States of whole deals, those of divided ones as one state for each share."""
    if not held:
        return list(states)
    return [
        one
        for state in states
        for one in (state.shared(held[state.id]) if state.id in held and not state.divided else [state])
    ]


# Two instants in columns


def rows_between(
    deals: Array, a: States, b: States, was: Divided, is_: Divided
) -> tuple[Array, dict[str, Array]] | None:
    """Deals in columns, the divided ones once for each share; None where none is divided.

    (which deal each row is of, what differs from the deal's own columns): owners and amounts at both instants,
    ``mid`` what the share of the end came to at the start, ``held_before`` and ``held_after`` in hundredths of a
    percent, ``resplit`` where the share was held at one instant only.
    """
    ids = list(was.keys() | is_.keys())
    hit = np.isin(deals, np.array(ids, np.int64)) if ids else np.zeros(len(deals), bool)
    if not hit.any():
        return None
    index: list[int] = []
    cells: list[tuple[int, int, int, int, int, int, int, bool]] = []
    for place in np.flatnonzero(hit).tolist():
        deal = int(deals[place])
        held = shares.by_person(was.get(deal, ()), int(a.owner[place]))
        holds = shares.by_person(is_.get(deal, ()), int(b.owner[place]))
        for person in dict.fromkeys([*held, *holds]):
            index.append(place)
            cells.append(
                _cell(
                    person or 0,
                    held.get(person),
                    holds.get(person),
                    int(a.amount[place]),
                    int(b.amount[place]),
                )
            )
    whole = np.flatnonzero(~hit)
    rows = np.concatenate([whole, np.array(index, np.int64)])
    plain = (a.owner[whole], b.owner[whole], a.amount[whole], b.amount[whole], a.amount[whole])
    full = np.full(len(whole), shares.WHOLE, np.int64)
    firsts = (*plain, full, full, np.zeros(len(whole), bool))
    names = ("was", "is_", "before", "after", "mid", "held_before", "held_after", "resplit")
    return rows, {
        name: np.concatenate([first, np.array([cell[n] for cell in cells], first.dtype)])
        for n, (name, first) in enumerate(zip(names, firsts, strict=True))
    }


def _cell(
    person: int, held: Part | None, holds: Part | None, before: int, after: int
) -> tuple[int, int, int, int, int, int, int, bool]:
    then, now = held or holds, holds or held
    assert then is not None
    assert now is not None
    return (
        person if held else 0,
        person if holds else 0,
        then.of(before),
        now.of(after),
        now.of(before),
        held.hundredths if held else 0,
        holds.hundredths if holds else 0,
        (held is None) != (holds is None),
    )


# Written with what was said


def derive(deals: Iterable[int]) -> None:
    """Who holds a share of these deals, from all that was said of them."""
    wanted = list(dict.fromkeys(deals))
    rows = []
    for deal, said in said_again(wanted).items():
        current = max(said, key=lambda one: (one.starts_on, one.recorded_at, one.id))
        ever = dict.fromkeys((one.person, one.kind) for division in said for one in division.shares)
        lines = {(p.person, "revenue"): p for p in shares.parts(current.shares)}
        lines |= {(p.person, "overlay"): p for p in shares.credits_of(current.shares)}
        for person, kind in ever:
            part = lines.get((person, kind))
            rows.append(
                Share(
                    deal_id=deal, person_id=person, kind=kind, current=part is not None,
                    low=part.low if part else 0, high=part.high if part else 0,
                    division_id=current.id if part else None,
                )
            )  # fmt: skip
    for some in staging.chunks(wanted, 500):
        _shares().filter(deal__in=some).delete()
    Share.objects.bulk_create(rows, batch_size=500)


def said_again(deals: list[int]) -> dict[int, list[shares.Said]]:
    found: dict[int, list[shares.Said]] = {}
    for some in staging.chunks(deals, 5000):
        rows = _divisions().filter(deal__in=some)
        for deal, pk, starts_on, recorded_at, given in rows.values_list(
            "deal_id", "pk", "starts_on", "recorded_at", "shares"
        ):
            found.setdefault(deal, []).append(shares.Said(pk, starts_on, recorded_at, shares.given_of(given)))
    return found
