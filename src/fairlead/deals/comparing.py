"""Reading tracks: the deals of a node as they were known at two instants, in columns.

Takes persons instead of an actor: for callers that checked access and show names only through ``queries``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np

from fairlead.deals import bridges, queries, rules, shares, splits, staging, tracks
from fairlead.deals.models import Import, OwnerName, Word
from fairlead.deals.tracks import Array, Meaning, States, Tracks
from fairlead.forecasting.periods import Period
from fairlead.people import access
from fairlead.people import queries as people

MANY = 400
"""Persons up to whom the deals are found one owner after the other; beyond, by the days they were due."""


@dataclass(frozen=True)
class Steps:
    """The states of some deals one after the other: those of ``deals[n]`` are ``begins[n]`` up to ``ends[n]``.

    The first of each is what was in force at the start, where there was something; ``known`` is the moment from
    which each counts, in microseconds since 1970. ``now`` is the owner's person of today or 0.
    """

    deals: Array
    begins: Array
    ends: Array
    known: Array
    states: States
    now: Array


def steps(
    persons: Collection[int], period: Period, start: datetime, end: datetime, *, only: Collection[int] = ()
) -> Steps:
    """Every state from one instant to another, read as words and stages mean today, of deals ever due in the period.

    Of the deals these persons own today, or of the deals in ``only``. Raises Refused while tracks are being built.
    """
    _require_tracks()
    found = _of_deals(only, period) if only else _tracks(set(persons), period)
    names = _persons(found.records["owner"])
    now = names[found.newest()["owner"]]
    (first, was), (last, is_) = found.at(start), found.at(end)
    kept = np.flatnonzero(is_ & (np.isin(now, list(persons)) | bool(only)))
    begins = np.where(was, first, found.begins)[kept]
    sizes = last[kept] - begins + 1
    ends = np.cumsum(sizes, dtype=np.int64)
    places = np.arange(int(sizes.sum())) - np.repeat(ends - sizes - begins, sizes)
    records = found.records[places]
    meaning = _meaning(names, _words([records]), end)
    states = tracks.states(records, np.ones(len(records), bool), meaning)
    return Steps(found.deals[kept], ends - sizes, ends, records["known"], states, now[kept])


def at_places(states: States, places: Array) -> States:
    """The states at some places."""
    picked: States = _picked(states, places)
    return picked


def _of_deals(only: Collection[int], period: Period) -> Tracks:
    """The tracks of single deals that were ever due in the period."""
    due = [tracks.day(period.ends_on), tracks.day(period.starts_on)]
    hidden, staged = _visible()
    sql = (
        f"SELECT deal_id, records FROM deals_track WHERE first_due <= %s AND last_due >= %s{hidden} "
        f"AND deal_id IN ({staging.marks(len(only))})"
    )
    return Tracks.of(staging.rows(sql, [*due, *staged, *only]))


@dataclass(frozen=True)
class Compared:
    """The deals that were or are a node's, before and after. ``now`` is the owner's person of today or 0."""

    deals: Array
    before: States
    after: States
    moves: bridges.Moves
    was_owned: Array
    is_owned: Array
    now: Array
    held_before: Array
    held_after: Array
    """hundredths of a percent of the deal that the row is of: a divided deal has a row for each share"""
    persons: int
    """keys of persons lie below this"""


def compared(
    owners_before: Collection[int],
    owners_after: Collection[int],
    period: Period,
    start: datetime,
    end: datetime,
    columns: frozenset[str],
) -> Compared:
    """Deals ever due in the period, as known at the start and at the end, and what each did to the number.

    Raises Refused while tracks are being built.
    """
    _require_tracks()
    everybody = {*owners_before, *owners_after}
    found = _tracks(everybody, period)
    places = [found.at(start), found.at(end)]
    near = np.zeros(len(found.deals), bool)
    for place, there in places:  # deals due in the period at neither instant say nothing
        due = found.records["due"][place]
        near |= there & (due >= tracks.day(period.starts_on)) & (due <= tracks.day(period.ends_on))
    found = found.some(near)
    records = [(found.records[place[near]], there[near]) for place, there in places]
    newest = found.newest()["owner"]
    names = _persons(newest, *(part["owner"] for part, _ in records))
    words = _words([part for part, _ in records])
    a, b = (
        tracks.states(part, there, _meaning(names, words, at))
        for (part, there), at in zip(records, (start, end), strict=True)
    )
    deals, now = found.deals, names[newest]
    held_before = held_after = np.full(len(deals), shares.WHOLE, np.int64)
    mid = resplit = None
    divided = (
        [splits.at(instant, set(deals.tolist())) for instant in (start, end)] if splits.any_at_all() else []
    )
    if divided and (told := splits.rows_between(deals, a, b, *divided)):
        rows, cells = told
        deals, now = deals[rows], now[rows]
        a = replace(_picked(a, rows), owner=cells["was"], amount=cells["before"])
        b = replace(_picked(b, rows), owner=cells["is_"], amount=cells["after"])
        held_before, held_after = cells["held_before"], cells["held_after"]
        mid, resplit = cells["mid"], cells["resplit"]
    size = max(int(max(col.max(initial=0) for col in (names, a.owner, b.owner))), *everybody) + 1
    was = bridges.members(owners_before, size)[a.owner]
    is_ = bridges.members(owners_after, size)[b.owner]
    moves = bridges.compare(
        a, b, period, owned_before=was, owned_after=is_, columns=columns, mid=mid, resplit=resplit
    )
    out = [key for key, text in words.items() if "disqualif" in text.lower()]
    moves = bridges.disqualified(moves, b.stage, out)
    kept = np.flatnonzero(
        (was & bridges.within(a, period)) | (is_ & bridges.within(b, period)) | moves.was | moves.is_
    )
    return picked(Compared(deals, a, b, moves, was, is_, now, held_before, held_after, size), kept)


def picked(found: Compared, kept: Array) -> Compared:
    """The same for some of the deals."""
    return Compared(
        found.deals[kept],
        _picked(found.before, kept),
        _picked(found.after, kept),
        _picked(found.moves, kept),
        found.was_owned[kept],
        found.is_owned[kept],
        found.now[kept],
        found.held_before[kept],
        found.held_after[kept],
        found.persons,
    )


def _require_tracks() -> None:
    """Tracks are built with the oldest deal last, so that its track tells whether all are there."""
    oldest = staging.rows("SELECT (SELECT MIN(id) FROM deals_deal), (SELECT MIN(deal_id) FROM deals_track)")[
        0
    ]
    if oldest[0] != oldest[1]:
        raise access.Refused(
            "not_ready",
            "The history of the deals is being prepared after an update. The worker does it within minutes; "
            "look again then.",
        )


def _picked(columns: Any, kept: Array) -> Any:
    """The same columns for some of the deals."""
    return type(columns)(**{name: getattr(columns, name)[kept] for name in columns.__dataclass_fields__})


def _tracks(persons: set[int], period: Period) -> Tracks:
    """The tracks of deals that were ever due in the period, of these persons or, where they are many, of all."""
    due = [tracks.day(period.ends_on), tracks.day(period.starts_on)]
    if len(persons) > MANY:
        return _of_all(due)
    hidden, staged = _visible()
    marks, ids = staging.marks(len(persons)), sorted(persons)
    sql = (
        f"SELECT deal_id, records FROM deals_track WHERE first_due <= %s AND last_due >= %s{hidden} "
        f"AND deal_id IN (SELECT id FROM deals_deal WHERE owner_id IN ({marks}) UNION SELECT p.deal_id "
        "FROM deals_pastowner p JOIN deals_ownername n ON n.id = p.name_id "
        f"WHERE n.person_id IN ({marks}) "
        f"UNION SELECT deal_id FROM deals_share WHERE person_id IN ({marks}) AND kind = 'revenue')"
    )
    return Tracks.of(staging.rows(sql, [*due, *staged, *ids, *ids, *ids]) if persons else [])


def _of_all(due: list[int]) -> Tracks:
    """Blocks, and instead of what they hold of changed tracks these as they are: one statement, one moment."""
    hidden, staged = _visible()
    within = "first_due <= %s AND last_due >= %s"
    rows = staging.rows(
        f"SELECT 0, deals, sizes, records FROM deals_trackblock WHERE {within} UNION ALL "
        "SELECT deal_id, NULL, NULL, records FROM deals_track WHERE NOT fresh "
        f"AND (block IS NOT NULL OR ({within})){hidden}",
        [*due, *due, *staged],
    )
    blocks = [(deals, sizes, records) for deal, deals, sizes, records in rows if not deal]
    single = [(deal, records) for deal, _, _, records in rows if deal]
    return Tracks.joined(blocks, [row for row in single if row[1]], [deal for deal, _ in single])


def _visible() -> tuple[str, list[int]]:
    """Deals of an import that is only staged are left out."""
    staged = list(Import.objects.filter(status="staged").values_list("pk", flat=True))
    if not staged:
        return "", []
    marks = staging.marks(len(staged))
    return f" AND deal_id NOT IN (SELECT id FROM deals_deal WHERE run_id IN ({marks}))", staged


def _persons(*owners: Array) -> Array:
    """key of an owner's name in these columns -> key of the person meant, 0 for nobody."""
    keys = tracks.present(*owners)
    rows = OwnerName.objects.exclude(person=None).order_by()
    rows = rows.filter(pk__in=keys) if len(keys) <= 2000 else rows.filter(pk__lte=keys[-1])
    found = np.zeros(max(keys, default=0) + 1, np.int64)
    pairs = list(rows.values_list("pk", "person_id"))
    if pairs:
        names, persons = zip(*pairs, strict=True)
        found[list(names)] = persons
    return found


def _words(parts: Iterable[Array]) -> dict[int, str]:
    """key -> text of every stage, category of a source and currency in the records."""
    kept = list(parts)
    keys = {
        key
        for name in ("stage", "said", "currency")
        for key in tracks.present(*(part[name] for part in kept))
    }
    return {0: ""} | texts(keys)


def texts(keys: Iterable[int]) -> dict[int, str]:
    """key -> text of words."""
    found: dict[int, str] = {}
    for some in staging.chunks(sorted(keys), 5000):
        found |= dict(Word.objects.filter(pk__in=some).values_list("pk", "text"))
    return found


def words_with(text: str) -> list[int]:
    """The keys of words that hold a text, whatever their case."""
    return list(Word.objects.filter(text__icontains=text).values_list("pk", flat=True))


def _meaning(names: Array, words: Mapping[int, str], at: datetime) -> Meaning:
    """What the words meant at an instant, by what had been set by then."""
    on = people.house().day(at)
    mapped = queries.mapping(on, known_at=at)
    size = max(words) + 1
    stages, said = np.zeros(size, np.int8), np.zeros(size, np.int8)
    for key, text in words.items():
        if text in mapped:
            stages[key] = tracks.CATEGORIES.index(mapped[text])
        if known := rules.category_named(text):
            said[key] = tracks.CATEGORIES.index(known)
    currencies = {key: text for key, text in words.items() if text in rules.CURRENCIES}
    rates = queries.rates(known_at=at)
    return Meaning(names, stages, said, currencies | {0: rates.home}, rates, on)


def first_known() -> datetime | None:
    """The earliest moment an import shows; before it only what a source recorded is known."""
    return Import.objects.filter(status="current").order_by("as_of").values_list("as_of", flat=True).first()
