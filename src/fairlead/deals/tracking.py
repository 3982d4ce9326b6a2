"""Keeping the tracks of deals: written with what they are derived from, and built again from it.

Writes only. The tracks themselves stand in ``deals.tracks``, reading them in ``deals.comparing``.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction

from fairlead.deals import staging, timelines, tracks
from fairlead.deals.models import Import, Source, TrackBlock
from fairlead.deals.tracks import Known, Packed
from fairlead.people import queries as people


class Packer:
    """Packs tracks of one source, noting words and owners' names that are new. Needs a transaction."""

    def __init__(self, source: int) -> None:
        self.source = source
        self._words = {"": 0}
        self._names = {"": 0}

    def packed(self, known: Sequence[list[Known]]) -> list[Packed]:
        """The tracks, ready to be stored."""
        states = [state for track in known for state in track]
        words = {word for state in states for word in state.words} - self._words.keys()
        names = {state.owner for state in states} - self._names.keys()
        self._words |= staging.word_keys(words)
        self._names |= staging.name_keys(self.source, names)
        return [tracks.pack(track, self._words.__getitem__, self._names.__getitem__) for track in known]


def build(deals: Sequence[int], *, run: int | None = None) -> None:
    """Build the tracks of deals anew from facts, own categories and absences. Needs a transaction.

    ``run``: an import whose facts count although it is only staged, because it is being made current.
    """
    for some in staging.chunks(list(deals), 500):
        sql = f"SELECT id, source_id FROM deals_deal WHERE id IN ({staging.marks(len(some))})"
        by_source: dict[int, list[int]] = {}
        for deal, source in staging.rows(sql, some):
            by_source.setdefault(source, []).append(deal)
        for source, mine in by_source.items():
            staging.keep_tracks(list(zip(mine, _of_source(source, mine, run), strict=True)))


def _of_source(source: int, deals: list[int], run: int | None) -> list[Packed]:
    house = people.house()
    zone = ZoneInfo(house.time_zone)
    static = frozenset(Source.objects.values_list("static", flat=True).get(pk=source))
    staged = set(Import.objects.filter(status="staged").values_list("pk", flat=True)) - {run}
    facts, choices, absences = (
        staging.facts_of(deals),
        staging.choices_of(deals),
        staging.absences_of(deals),
    )

    def start_of_day(day: date) -> datetime:
        return datetime.combine(day, time(), zone)

    known = []
    for deal in deals:
        mine = [fact for fact, came in facts[deal] if came not in staged]
        events = timelines.timeline(mine, start_of_day=start_of_day, static=static)
        beside = choices.get(deal, []), absences.get(deal, [])
        known.append(tracks.of_events(events, *beside, home=house.currency))
    return Packer(source).packed(known)


def mark_missing(deals: Sequence[int], at: datetime, run: int) -> None:
    """Note in their tracks that deals are missing since ``at``. Needs a transaction."""
    moment, late = tracks.moment(at), []
    marked: list[tuple[bytes, int]] = []
    for deal, records in staging.tracks_of(deals):
        last = records[-tracks.RECORD.itemsize :]
        if not last:
            continue
        if _KNOWN.unpack_from(last)[0] >= moment:
            late.append(deal)
        else:
            gone = _KNOWN.pack(moment) + last[8:_GONE_AT] + b"\x01" + last[_GONE_AT + 1 :]
            marked.append((records + gone, deal))
    rows = [(records, False, deal) for records, deal in marked]
    staging.run_many("UPDATE deals_track SET records = %s, fresh = %s WHERE deal_id = %s", rows)
    build(late, run=run)


_KNOWN = struct.Struct("<q")
_GONE_AT = tracks.RECORD.fields["gone"][1] if tracks.RECORD.fields else 0


def complete() -> int:
    """Build the tracks that are not there, a few hundred deals in a transaction; how many were built.

    Deals have tracks from the import on that brought them; this is for a database that is older than tracks
    are, and for one whose tracks were thrown away. The oldest deals come last, so that ``comparing`` knows by
    the oldest one whether all are there.
    """
    counts = staging.rows("SELECT (SELECT COUNT(*) FROM deals_deal), (SELECT COUNT(*) FROM deals_track)")
    if counts[0][0] == counts[0][1]:
        return 0
    lacking = staging.ids(
        "SELECT d.id FROM deals_deal d LEFT JOIN deals_track t ON t.deal_id = d.id "
        "WHERE t.deal_id IS NULL ORDER BY d.id DESC"
    )
    for some in staging.chunks(lacking, 500):
        with transaction.atomic():
            build(list(some))
    return len(lacking)


def forget() -> None:
    """Throw all tracks away, so that ``complete`` builds them anew."""
    staging.run("DELETE FROM deals_trackblock")
    staging.run("DELETE FROM deals_track")


# Blocks

BLOCK = 1024
"""Tracks in a block."""
_NEAR = 30
"""Days of last due that are put together, by first due."""


def arrange() -> int:
    """Put tracks that wait into blocks, each in a transaction of its own; how many blocks were written.

    A changed track goes back into the block it is in; new ones make new blocks. Those of imports that are only
    staged wait, and so do few new ones: reading them singly costs nothing.
    """
    sql = "SELECT DISTINCT block FROM deals_track WHERE NOT fresh AND block IS NOT NULL ORDER BY block"
    changed = staging.ids(sql)
    for block in changed:
        with transaction.atomic():
            _renew(block)
    new = _waiting()
    full = len(new) - len(new) % BLOCK
    for some in staging.chunks(new[:full], BLOCK):
        with transaction.atomic():
            _fill(None, list(some))
    return len(changed) + full // BLOCK


def _waiting() -> list[int]:
    """New deals that were ever due, so that those due at about the same time stand together."""
    with transaction.atomic():
        staging.run(
            "UPDATE deals_track SET fresh = %s WHERE NOT fresh AND block IS NULL AND last_due IS NULL", [True]
        )
    staged = list(Import.objects.filter(status="staged").values_list("pk", flat=True))
    hidden = f"AND d.run_id NOT IN ({staging.marks(len(staged))}) " if staged else ""
    sql = (
        "SELECT t.deal_id FROM deals_track t JOIN deals_deal d ON d.id = t.deal_id "
        f"WHERE NOT t.fresh AND t.block IS NULL AND t.last_due IS NOT NULL {hidden}"
        f"ORDER BY t.last_due / {_NEAR}, t.first_due, t.deal_id"
    )
    return list(staging.ids(sql, staged))


def _renew(block: int) -> None:
    """The block again, with its tracks as they are now."""
    kept = TrackBlock.objects.values_list("deals", flat=True).get(pk=block)
    waiting = staging.ids("SELECT deal_id FROM deals_track WHERE block = %s AND NOT fresh", [block])
    _fill(block, sorted({*array("q", bytes(kept)), *waiting}))


def _fill(block: int | None, deals: list[int]) -> None:
    """Write a block of these deals: the one given, or a new one."""
    marks = staging.marks(len(deals))
    sql = f"SELECT deal_id, first_due, last_due, records FROM deals_track WHERE deal_id IN ({marks})"
    rows = [row for row in staging.rows(sql, deals) if row[1] is not None]
    records = [bytes(row[3]) for row in rows]
    values = {
        "first_due": min((row[1] for row in rows), default=0),
        "last_due": max((row[2] for row in rows), default=0),
        "deals": array("q", (row[0] for row in rows)).tobytes(),
        "sizes": array("i", (len(one) // tracks.RECORD.itemsize for one in records)).tobytes(),
        "records": b"".join(records),
    }
    if block is None:
        block = TrackBlock.objects.create(**values).pk
    else:
        TrackBlock.objects.filter(pk=block).update(**values)
    staging.run(
        f"UPDATE deals_track SET block = %s, fresh = %s WHERE deal_id IN ({marks})", [block, True, *deals]
    )
