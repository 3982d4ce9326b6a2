"""The raw tables under an import: what has to be fast is written as SQL, once for SQLite and PostgreSQL.

Rows of a staged import are invisible: new deals because their import is not current (``VisibleDeals``), the
next states of known deals because they wait in ``deals_stageddeal``, facts because nobody reads a fact whose
import is staged.
"""

from __future__ import annotations

import json
import secrets
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from django.db import connection, transaction

from fairlead.deals.timelines import Fact, fact_key
from fairlead.deals.tracks import Packed

CHUNK = 1000
"""Rows in one transaction while staging: others wait for milliseconds."""

STATE = (
    "name",
    "account",
    "owner_id",
    "owner_label",
    "amount_minor",
    "currency",
    "home_minor",
    "stage",
    "forecast_category",
    "close_on",
    "created_on",
    "status",
    "closed_on",
    "product",
    "origin",
    "type",
    "next_step",
    "extra",
    "pushes",
    "digest",
    "first_recorded_at",
    "last_recorded_at",
    "changed_at",
    "missing_since",
    "missing_answer",
)
"""The columns of a deal's state, in the order in which they are passed here."""

AMOUNT, HOME = STATE.index("amount_minor"), STATE.index("home_minor")
DealState = tuple[Any, ...]
_NOT_UPDATED = ("first_recorded_at",)


@dataclass(frozen=True, slots=True)
class Known:
    """What an import has to know about a deal that is there already."""

    id: int
    external_id: str
    digest: int
    first_recorded_at: datetime
    last_recorded_at: datetime
    missing: datetime | None
    answer: str

    @classmethod
    def of(cls, row: Sequence[Any]) -> Known:
        """From the columns of ``KNOWN`` as raw SQL gives them."""
        missing = None if row[5] is None else moment(row[5])
        return cls(row[0], row[1], row[2], moment(row[3]), moment(row[4]), missing, row[6])


KNOWN = "id, external_id, digest, first_recorded_at, last_recorded_at, missing_since, missing_answer"


def marks(count: int) -> str:
    """``count`` placeholders."""
    return ",".join(["%s"] * count)


@lru_cache(maxsize=20_000)
def stamp(moment: datetime | None) -> Any:
    """A moment as the database takes it."""
    return connection.ops.adapt_datetimefield_value(moment) if moment is not None else None


@lru_cache(maxsize=20_000)
def day(value: date | None) -> Any:
    return connection.ops.adapt_datefield_value(value) if value is not None else None


def moment(value: Any) -> datetime:
    """A moment as the database gives it to raw SQL, in UTC."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    return _read_moment(value)


@lru_cache(maxsize=20_000)
def _read_moment(text: str) -> datetime:
    """Rows of one import share few moments, and reading them anew was a tenth of taking changes in."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def rows(sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def run(sql: str, values: Sequence[Any] = ()) -> int:
    """Execute one statement; how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


def run_many(sql: str, values: Sequence[Sequence[Any]]) -> None:
    if not values:
        return
    with connection.cursor() as cursor:
        cursor.executemany(sql, values)


def ids(sql: str, values: Sequence[Any] = ()) -> array[int]:
    """One column of whole numbers, eight bytes each."""
    found = array("q")
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        while True:
            some = cursor.fetchmany(10_000)
            if not some:
                return found
            found.extend(row[0] for row in some)


def chunks(items: Sequence[Any] | array[int], size: int = CHUNK) -> Iterator[Any]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def highest(table: str) -> int:
    return int(rows(f"SELECT COALESCE(MAX(id), 0) FROM {table}")[0][0])


@contextmanager
def bulk() -> Iterator[None]:
    """For one import, on SQLite: the file is not mapped, since its pages are passed once, and its log grows longer
    before it is folded in, since the same pages of indexes are written again and again."""
    if connection.vendor != "sqlite":
        yield
        return
    wanted = {"mmap_size": 0, "wal_autocheckpoint": 16_000}
    before = {name: int(rows(f"PRAGMA {name}")[0][0]) for name in wanted}
    for name, value in wanted.items():
        run(f"PRAGMA {name} = {value}")
    try:
        yield
    finally:
        for name, value in before.items():
            run(f"PRAGMA {name} = {value}")


@contextmanager
def unhurried() -> Iterator[None]:
    """While rows are staged SQLite need not wait for the disk at every step: nothing of it counts yet.

    What makes it current waits again, and with it all that was written before.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    before = int(rows("PRAGMA synchronous")[0][0])
    run(f"PRAGMA synchronous = {min(before, 1)}")
    try:
        yield
    finally:
        run(f"PRAGMA synchronous = {before}")


# Deals


def known(source: int, external_ids: Sequence[str]) -> dict[str, Known]:
    """The deals of a source with these ids, staged ones too."""
    found = rows(
        f"SELECT {KNOWN} FROM deals_deal WHERE source_id = %s AND external_id IN ({marks(len(external_ids))})",
        [source, *external_ids],
    )
    return {row[1]: Known.of(row) for row in found}


def known_by_id(deals: Sequence[int]) -> dict[int, Known]:
    """The same by internal id."""
    found = rows(f"SELECT {KNOWN} FROM deals_deal WHERE id IN ({marks(len(deals))})", list(deals))
    return {row[0]: Known.of(row) for row in found}


def _new_ids(count: int) -> list[int]:
    """Ids for new deals. SQLite: inside the write transaction nobody else can take them."""
    if connection.vendor == "postgresql":
        sequence = "pg_get_serial_sequence('deals_deal', 'id')"
        found = rows(f"SELECT nextval({sequence}) FROM generate_series(1, %s)", [count])
        return [row[0] for row in found]
    start = highest("deals_deal")
    return list(range(start + 1, start + count + 1))


def insert_deals(
    source: int, run_id: int, new: Sequence[tuple[str, DealState, Sequence[Fact], Packed]]
) -> dict[str, int]:
    """Insert new deals, invisible until their import is current, with facts and tracks; external id -> id."""
    if not new:
        return {}
    taken = dict(zip((external_id for external_id, *_ in new), _new_ids(len(new)), strict=True))
    run_many(
        f"INSERT INTO deals_deal (id, public_id, source_id, external_id, run_id, own_category, {', '.join(STATE)}) "
        f"VALUES ({marks(6 + len(STATE))})",
        [
            (taken[external_id], secrets.token_urlsafe(9), source, external_id, run_id, "", *state)
            for external_id, state, _, _ in new
        ],
    )
    insert_facts(run_id, [(taken[external_id], fact) for external_id, _, facts, _ in new for fact in facts])
    keep_tracks([(taken[external_id], track) for external_id, _, _, track in new])
    return taken


def insert_facts(run_id: int, facts: Iterable[tuple[int, Fact]]) -> None:
    """Add facts; one that is known already stays as it is."""
    run_many(
        'INSERT INTO deals_dealevent (deal_id, field, old, new, at, at_from, recorded_at, "by", run_id, key) '
        f"VALUES ({marks(10)}) ON CONFLICT (deal_id, key) DO NOTHING",
        [
            (
                deal,
                fact.field,
                fact.old,
                fact.new,
                stamp(fact.at),
                stamp(fact.at_from),
                stamp(fact.recorded_at),
                fact.by,
                run_id,
                fact_key(fact),
            )
            for deal, fact in facts
        ],
    )


def facts_of(deals: Sequence[int]) -> dict[int, list[tuple[Fact, int]]]:
    """deal -> its facts with the import that brought each, oldest first."""
    found: dict[int, list[tuple[Fact, int]]] = {deal: [] for deal in deals}
    sql = (
        'SELECT deal_id, field, old, new, at, at_from, recorded_at, "by", run_id '
        f"FROM deals_dealevent WHERE deal_id IN ({marks(len(deals))}) ORDER BY id"
    )
    for row in rows(sql, list(deals)) if deals else []:
        found[row[0]].append((fact(row[1:8]), row[8]))
    return found


def fact(row: Sequence[Any]) -> Fact:
    """A fact from (field, old, new, at, at_from, recorded_at, by) as raw SQL gives them."""
    name, old, new, at, at_from, recorded_at, by = row
    since = None if at_from is None else moment(at_from)
    return Fact(name, old, new, moment(at), since, moment(recorded_at), by)


def stage(run_id: int, states: Sequence[tuple[int, DealState, Packed]]) -> None:
    """Put the next states and tracks of known deals aside until the import is current."""
    run_many(
        f"INSERT INTO deals_stageddeal (run_id, deal_id, first_due, last_due, track, {', '.join(STATE)}) "
        f"VALUES ({marks(5 + len(STATE))})",
        [(run_id, deal, *track, *state) for deal, state, track in states],
    )


_INDEXED: tuple[tuple[str, ...], ...] = (
    ("name",),
    ("home_minor",),
    ("owner_id", "status", "close_on", "closed_on", "missing_since"),
)
"""Columns that stand in an index, by how they change together: an index is touched only where they differ."""


def apply_staged(run_id: int, first: int, last: int) -> None:
    """Make the staged states of the deals from ``first`` to ``last`` their states."""
    indexed = {name for group in _INDEXED for name in group}
    plain = [name for name in STATE if name not in indexed and name not in _NOT_UPDATED]
    differs = "IS NOT" if connection.vendor == "sqlite" else "IS DISTINCT FROM"
    wanted = ids(
        "SELECT deal_id FROM deals_stageddeal WHERE run_id = %s AND deal_id BETWEEN %s AND %s ORDER BY deal_id",
        [run_id, first, last],
    )
    for some in chunks(wanted, 2000):  # small pieces: SQLite holds the rows of an UPDATE … FROM in memory
        _copy(run_id, some[0], some[-1], plain, "")
        for group in _INDEXED:
            where = " OR ".join(f"deals_deal.{name} {differs} s.{name}" for name in group)
            _copy(run_id, some[0], some[-1], group, f"AND ({where})")
        run(
            "INSERT INTO deals_track (deal_id, first_due, last_due, records, fresh) "
            "SELECT deal_id, first_due, last_due, track, %s FROM deals_stageddeal "
            f"WHERE run_id = %s AND deal_id BETWEEN %s AND %s {_TRACK_AGAIN}",
            [False, run_id, some[0], some[-1]],
        )


def _copy(run_id: int, first: int, last: int, columns: Sequence[str], where: str) -> None:
    run(
        f"UPDATE deals_deal SET {', '.join(f'{name} = s.{name}' for name in columns)} "
        "FROM deals_stageddeal s WHERE s.run_id = %s AND s.deal_id BETWEEN %s AND %s "
        f"AND deals_deal.id = s.deal_id {where}",
        [run_id, first, last],
    )


def past_owners(source: int, pairs: Iterable[tuple[int, str]]) -> None:
    """Note owners of deals by label, so that a past team finds its deals. Extra ones do no harm."""
    run_many(
        "INSERT INTO deals_pastowner (deal_id, name_id) "
        "SELECT %s, id FROM deals_ownername WHERE source_id = %s AND label = %s "
        "ON CONFLICT (name_id, deal_id) DO NOTHING",
        [(deal, source, label) for deal, label in pairs],
    )


def owner_names(source: int, labels: Mapping[str, int | None]) -> None:
    """Note owners' labels that are not noted yet, with the persons meant."""
    run_many(
        "INSERT INTO deals_ownername (source_id, label, person_id) VALUES (%s, %s, %s) "
        "ON CONFLICT (source_id, label) DO NOTHING",
        [(source, label[:160], person) for label, person in labels.items()],
    )


def extra_text(extra: dict[str, str]) -> str:
    return json.dumps(extra, ensure_ascii=False, sort_keys=True) if extra else "{}"


# Tracks and what they refer to

_TRACK_AGAIN = (
    "ON CONFLICT (deal_id) DO UPDATE SET "
    "first_due = excluded.first_due, last_due = excluded.last_due, records = excluded.records, "
    "fresh = excluded.fresh"
)


def keep_tracks(tracks: Sequence[tuple[int, Packed]]) -> None:
    """Store the tracks of deals, in place of what was there."""
    run_many(
        "INSERT INTO deals_track (deal_id, first_due, last_due, records, fresh) "
        f"VALUES (%s, %s, %s, %s, %s) {_TRACK_AGAIN}",
        [(deal, *track, False) for deal, track in tracks],
    )


def tracks_of(deals: Sequence[int]) -> list[tuple[int, bytes]]:
    """(deal, records) of these deals as they are stored."""
    sql = f"SELECT deal_id, records FROM deals_track WHERE deal_id IN ({marks(len(deals))})"
    return [(deal, bytes(records)) for deal, records in (rows(sql, list(deals)) if deals else [])]


def word_keys(texts: Iterable[str]) -> dict[str, int]:
    """word -> its key; new ones are noted."""
    found: dict[str, int] = {}
    for some in chunks(sorted(set(texts)), 2000):
        run_many(
            "INSERT INTO deals_word (text) VALUES (%s) ON CONFLICT (text) DO NOTHING", [(t,) for t in some]
        )
        found |= dict(rows(f"SELECT text, id FROM deals_word WHERE text IN ({marks(len(some))})", some))
    return found


def name_keys(source: int, labels: Iterable[str]) -> dict[str, int]:
    """owner's label -> key of the name; a new one means nobody until its import is current."""
    found: dict[str, int] = {}
    for some in chunks(sorted(set(labels)), 2000):
        owner_names(source, dict.fromkeys(some))
        sql = f"SELECT label, id FROM deals_ownername WHERE source_id = %s AND label IN ({marks(len(some))})"
        found |= dict(rows(sql, [source, *some]))
    return found


def choices_of(deals: Sequence[int]) -> dict[int, list[tuple[datetime, str]]]:
    """deal -> own categories with their moments, oldest first."""
    sql = "SELECT deal_id, at, category FROM deals_owncategory WHERE deal_id IN ({}) ORDER BY at, id"
    return _told(sql, deals)


def absences_of(deals: Sequence[int]) -> dict[int, list[tuple[datetime, str]]]:
    """deal -> what was said of its absence with the moments, oldest first."""
    return _told("SELECT deal_id, at, word FROM deals_absence WHERE deal_id IN ({}) ORDER BY at, id", deals)


def _told(sql: str, deals: Sequence[int]) -> dict[int, list[tuple[datetime, str]]]:
    found: dict[int, list[tuple[datetime, str]]] = {}
    for deal, at, word in rows(sql.format(marks(len(deals))), list(deals)) if deals else []:
        found.setdefault(deal, []).append((moment(at), word))
    return found


def note_absences(said: Iterable[tuple[int, datetime, str]]) -> None:
    """Keep what was said of deals that were not shown."""
    run_many(
        "INSERT INTO deals_absence (deal_id, at, word) VALUES (%s, %s, %s)",
        [(deal, stamp(at), word) for deal, at, word in said],
    )


# Taking back


def take_back(run_id: int) -> None:
    """Remove everything an import staged, in small transactions. Nothing of it was ever visible."""
    _delete_in_chunks("deals_stageddeal", "run_id = %s", [run_id])
    _delete_in_chunks("deals_dealevent", "run_id = %s", [run_id])
    _delete_in_chunks("deals_pastowner", "deal_id IN (SELECT id FROM deals_deal WHERE run_id = %s)", [run_id])
    _delete_in_chunks(
        "deals_track", "deal_id IN (SELECT id FROM deals_deal WHERE run_id = %s)", [run_id], "deal_id"
    )
    _delete_in_chunks("deals_deal", "run_id = %s", [run_id])


def _delete_in_chunks(table: str, where: str, values: Sequence[Any], key: str = "id") -> None:
    for some in chunks(ids(f"SELECT {key} FROM {table} WHERE {where} ORDER BY {key}", values)):
        with transaction.atomic():
            run(f"DELETE FROM {table} WHERE {key} IN ({marks(len(some))})", list(some))


def clear_staged(run_id: int) -> None:
    """Remove the states that were put aside and are in use now."""
    _delete_in_chunks("deals_stageddeal", "run_id = %s", [run_id])
