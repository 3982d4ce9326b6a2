"""Reading one-to-ones: the next meeting with its agenda, earlier ones, one's own private notes, the calendar.

What is shared follows the reporting line as agreements do: who led loses sight when the line ends, the rep keeps it.
A private note is read by its writer and nobody else, whatever becomes of the line.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from fairlead.oneonones import facts, rules
from fairlead.oneonones.models import Feed, Mark, Point, PrivateNote, Rhythm, Series, SharedNote, Step
from fairlead.people import access, spans, switches
from fairlead.people import queries as people
from fairlead.people.guard import GuardedQuerySet
from fairlead.people.models import Person, Reach
from fairlead.promises import queries as promises

FEATURE = "oneonones"
SOURCE = "oneonone"
BEFORE = timedelta(days=40)
_CASE = "what a case of HR reads: it runs, names the two and the days, and went through the table"
_WENT_THROUGH = "what belongs to a series that went through the table"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two people of a reporting line of today. ``mine`` says that the reader is the one who reports."""

    rep: int
    manager: int
    mine: bool
    other_id: str
    other: str


def pairs(actor: access.Actor) -> list[Pair]:
    """The reader and today's manager, and the reader and each direct report, where it is turned on."""
    if actor.person is None or not access.may(actor, "oneonone.read"):
        return []
    found = []
    above = people.manager_of(actor.person)
    if above is not None and switches.is_on(FEATURE, actor.person):
        node = people.node(above)
        found.append(Pair(actor.person, above, True, node.public_id, node.name))
    if switches.is_on_below(FEATURE, actor.person):
        below = people.reports(actor.person)
        found += [Pair(node.id, actor.person, False, node.public_id, node.name) for node in below]
    return found


def available(actor: access.Actor) -> bool:
    """Whether there is a page for the reader at all: somebody to meet, where it is turned on."""
    if actor.person is None or not switches.newest(FEATURE) or not access.may(actor, "oneonone.read"):
        return False
    me = actor.person
    if switches.is_on(FEATURE, me) and people.manager_of(me) is not None:
        return True
    return switches.is_on_below(FEATURE, me) and Reach.objects.filter(boss=me, depth=1).exists()


def require_available(actor: access.Actor) -> None:
    """Raises NotFound where it is off for the reader, the same as for an address that leads nowhere."""
    if not available(actor):
        raise access.NotFound("page")


def pair_with(actor: access.Actor, public_id: str) -> Pair:
    """The reader and a person (public id) of a direct line. Raises NotFound."""
    found = next((pair for pair in pairs(actor) if pair.other_id == public_id), None)
    if found is None:
        raise access.NotFound("person")
    return found


def series_between(rep: int, manager: int) -> Series | None:
    """The series of two people whose line has held since it began; callers checked whose."""
    rows = Series.objects.for_system("the series of two people; callers checked whose")
    for row in rows.filter(rep=rep, manager=manager).order_by("-pk"):
        if spans.line_ends([row])[row.pk] is None:
            return row
    return None


def readable(actor: access.Actor) -> GuardedQuerySet[Series]:
    """Series the reader may read now: own ones, and as the manager while the line holds."""
    rows = Series.objects.seen_by(actor, "oneonone.read")
    if actor.person is None or not available(actor):
        return rows.none()
    where = Q(rep=actor.person) if switches.is_on(FEATURE, actor.person) else Q(pk__in=[])
    if switches.is_on_below(FEATURE, actor.person):
        where |= spans.led(actor.person)
    return rows.filter(where)


# Meetings


def rhythm_of(series: Series | None) -> tuple[int, rules.Rhythm]:
    """The number and the rhythm in force; callers checked whose."""
    if series is None:
        return 0, rules.Rhythm()
    row = Rhythm.objects.for_system(_WENT_THROUGH).filter(series=series).order_by("-number").first()
    if row is None:
        return 0, rules.Rhythm()
    return row.number, rules.Rhythm(row.kind, row.weekday, row.begins, row.zone, row.minutes, row.starts_on)  # type: ignore[arg-type]


def meetings(series: Series | None, at: datetime) -> list[rules.Meeting]:
    """Meetings around a moment, by time: of the rhythm ahead, and those somebody said something about."""
    _, rhythm = rhythm_of(series)
    today = people.house().day(at)
    slots = set(rules.slots(rhythm, today - timedelta(days=1), today + rules.AHEAD))
    steps = _steps(series)
    found = [meeting_of(rhythm, slot, steps.get(slot, [])) for slot in sorted(slots | set(steps))]
    return sorted(found, key=lambda one: one.starts_at)


def ever_held(pair: Pair, at: datetime) -> bool:
    """Whether the two of a line of today, as `pairs` names them to one of them, have met and said so."""
    return any(one.state == "held" for one in meetings(series_between(pair.rep, pair.manager), at))


def meeting_of(rhythm: rules.Rhythm, slot: date, steps: Sequence[rules.Step]) -> rules.Meeting:
    return rules.meeting(slot, rules.starts_at(rhythm, slot), rhythm.minutes, steps)


def _steps(series: Series | None) -> dict[date, list[rules.Step]]:
    found: dict[date, list[rules.Step]] = {}
    if series is not None:
        for row in Step.objects.for_system(_WENT_THROUGH).filter(series=series).order_by("pk"):
            found.setdefault(row.slot, []).append(rules.Step(row.kind, row.starts_at))
    return found


# The page of a pair


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the agenda. ``mine`` is an own point, ``since`` the meeting it was carried over from."""

    key: str
    kind: str
    title: str
    detail: str
    path: str
    since: date | None


@dataclass(frozen=True, slots=True)
class Note:
    """One version of shared notes."""

    number: int
    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """The one-to-ones of a pair, at one meeting. ``slot`` names it; ``current`` that its agenda is the one of now."""

    pair: Pair
    rhythm: rules.Rhythm
    rhythm_number: int
    zones: tuple[str, ...]
    meeting: rules.Meeting | None
    slot: date
    current: bool
    may: tuple[str, ...]
    agenda: tuple[Line, ...]
    off: tuple[Line, ...]
    notes: tuple[Note, ...]
    private: str
    actions: tuple[promises.Line, ...]
    earlier: tuple[rules.Meeting, ...]

    @property
    def note(self) -> Note | None:
        return self.notes[0] if self.notes else None


def page(actor: access.Actor, other: str, at: datetime, slot: date | None = None) -> Page:
    """The next meeting of the reader and a person (public id), or the one of ``slot``. Raises NotFound."""
    pair = pair_with(actor, other)
    series = series_between(pair.rep, pair.manager)
    number, rhythm = rhythm_of(series)
    every = meetings(series, at)
    coming = rules.next_of(every, at)
    now = coming.slot if coming else people.house().day(at)
    if slot is not None and slot != now and not _exists(series, slot, every):
        raise access.NotFound("meeting")
    shown = slot or now
    one = next((one for one in every if one.slot == shown), None)
    agenda, off = _agenda(actor, pair, series, shown, at) if shown == now else ([], [])
    return Page(
        pair, rhythm, number, zones_of(pair), one, shown, shown == now, rules.may(one) if one else (),
        tuple(agenda), tuple(off), tuple(notes_of(series, shown)), private_of(actor, pair, shown),
        tuple(_actions(actor, series, at)), tuple(_earlier(series, every, now)),
    )  # fmt: skip


def _exists(series: Series | None, slot: date, every: Iterable[rules.Meeting]) -> bool:
    return any(one.slot == slot for one in every) or bool(notes_of(series, slot))


def _earlier(series: Series | None, every: Sequence[rules.Meeting], now: date) -> list[rules.Meeting]:
    """Meetings something was written or said about, newest first. Nothing is listed that merely did not happen."""
    if series is None:
        return []
    noted = set(
        SharedNote.objects.for_system(_WENT_THROUGH).filter(series=series).values_list("slot", flat=True)
    )
    said = {one.slot for one in every if one.state in ("held", "skipped")}
    _, rhythm = rhythm_of(series)
    steps = _steps(series)
    slots = sorted((noted | said) - {now}, reverse=True)
    return [meeting_of(rhythm, slot, steps.get(slot, [])) for slot in slots[:20]]


def _agenda(
    actor: access.Actor, pair: Pair, series: Series | None, slot: date, at: datetime
) -> tuple[list[Line], list[Line]]:
    marks = _marks(series)
    lines = [
        Line(one.key, one.kind, one.title, one.detail, one.path, None)
        for one in facts.gather(actor, pair.rep, pair.manager, at)
    ]
    lines += [
        Line(f"point {row.public_id}", "Point", row.text, row.by.name, "", None)
        for row in _points(series)
        if not _closed(marks.get(f"point {row.public_id}"), slot)
    ]
    shown, off = [], []
    for line in lines:
        mark = marks.get(line.key)
        if mark is not None and mark.slot == slot:
            off.append(line)
        else:
            since = mark.slot if mark is not None and mark.kind == "carried" else None
            shown.append(Line(line.key, line.kind, line.title, line.detail, line.path, since))
    return shown, off


def _closed(mark: Mark | None, slot: date) -> bool:
    """Whether a point is done with: it was taken off at an earlier meeting."""
    return mark is not None and mark.kind == "off" and mark.slot != slot


def _points(series: Series | None) -> list[Point]:
    if series is None:
        return []
    rows = Point.objects.for_system(_WENT_THROUGH).filter(series=series).select_related("by")
    return list(rows.order_by("pk"))


def _marks(series: Series | None) -> dict[str, Mark]:
    """Line -> the newest mark on it that counts."""
    found: dict[str, Mark] = {}
    if series is not None:
        for row in Mark.objects.for_system(_WENT_THROUGH).filter(series=series).order_by("pk"):
            if row.kind == "back":
                found.pop(row.line, None)
            else:
                found[row.line] = row
    return found


def notes_of(series: Series | None, slot: date) -> list[Note]:
    """Versions of the shared notes of a meeting, newest first; callers checked whose."""
    if series is None:
        return []
    rows = SharedNote.objects.for_system(_WENT_THROUGH).filter(series=series, slot=slot)
    return [
        Note(row.number, row.text, row.by.name, row.at)
        for row in rows.select_related("by").order_by("-number")
    ]


@dataclass(frozen=True, slots=True)
class ForCase:
    """The shared notes of a meeting as a case of HR reads them: as they stood at the end of the case's days."""

    rep: str
    manager: str
    slot: date
    by: str
    at: datetime
    text: str


def for_case(person: int, managers: Mapping[int, Sequence[tuple[date, date]]], last: date) -> list[ForCase]:
    """Shared notes of meetings between a person and some managers, for a case that the caller checked.

    ``managers``: those with the days on which each managed the person. A version written after ``last`` is not read:
    neither is what came later HR's, nor can whoever is told of a case empty what it reads.
    """
    house = people.house()
    rows = SharedNote.objects.for_system(_CASE).filter(
        series__rep=person, series__manager__in=list(managers), slot__lte=last
    )
    newest: dict[tuple[int, date], SharedNote] = {}
    for row in rows.select_related("series__rep", "series__manager", "by").order_by("slot", "number"):
        if people.within(managers[row.series.manager_id], row.slot) and house.day(row.at) <= last:
            newest[row.series_id, row.slot] = row
    return [
        ForCase(row.series.rep.name, row.series.manager.name, row.slot, row.by.name, row.at, row.text)
        for row in newest.values()
        if row.text
    ]


def _actions(actor: access.Actor, series: Series | None, at: datetime) -> list[promises.Line]:
    if series is None:
        return []
    made = promises.from_source(actor, SOURCE, [series.public_id], at)
    return [one for one in made if not one.standing.closed]


def zones_of(pair: Pair) -> tuple[str, ...]:
    """The time zones of the two, the organisation's where somebody has none of their own."""
    rows = Person.objects.in_bulk([pair.rep, pair.manager])
    house = people.house().time_zone
    return tuple(dict.fromkeys(rows[one].time_zone or house for one in (pair.rep, pair.manager)))


# Private notes


def private_of(actor: access.Actor, pair: Pair, slot: date) -> str:
    """The reader's own private note of a meeting."""
    other = pair.manager if pair.mine else pair.rep
    rows = PrivateNote.objects.seen_by(actor, "private_note.keep").filter(
        writer=actor.id, other=other, slot=slot
    )
    return rows.values_list("text", flat=True).first() or ""


@dataclass(frozen=True, slots=True)
class Private:
    """An own private note."""

    other: str
    slot: date
    text: str
    at: datetime


def private_notes(actor: access.Actor) -> list[Private]:
    """Every private note of the reader's own, newest meeting first, also of people they work with no more."""
    require_available(actor)
    rows = PrivateNote.objects.seen_by(actor, "private_note.keep").filter(writer=actor.id)
    return [
        Private(row.other.name, row.slot, row.text, row.at)
        for row in rows.select_related("other").order_by("-slot", "other__name")
    ]


# Lists


@dataclass(frozen=True, slots=True)
class Beside:
    """One person the reader meets, and the next meeting of the two."""

    pair: Pair
    rhythm: rules.Rhythm
    meeting: rules.Meeting | None


@dataclass(frozen=True, slots=True)
class Ended:
    """A series with a former manager, which the rep alone still reads."""

    public_id: str
    other: str
    last_day: date


@dataclass(frozen=True, slots=True)
class Book:
    beside: tuple[Beside, ...]
    ended: tuple[Ended, ...]


def book(actor: access.Actor, at: datetime) -> Book:
    """The reader's page of one-to-ones. Raises NotFound where it is off."""
    require_available(actor)
    beside = []
    for pair in pairs(actor):
        series = series_between(pair.rep, pair.manager)
        beside.append(Beside(pair, rhythm_of(series)[1], rules.next_of(meetings(series, at), at)))
    rows = list(readable(actor).filter(rep=actor.id).select_related("manager").order_by("-pk"))
    ends = spans.line_ends(rows)
    ended = [
        Ended(row.public_id, row.manager.name, end - timedelta(days=1))
        for row in rows
        if (end := ends[row.pk]) is not None
    ]
    return Book(tuple(beside), tuple(ended))


@dataclass(frozen=True, slots=True)
class Old:
    """What the rep keeps of a series that ended: the newest shared notes of each meeting."""

    other: str
    notes: tuple[tuple[date, Note], ...]


def old(actor: access.Actor, public_id: str) -> Old:
    """A series of the reader's own as the rep, also one that ended. Raises NotFound."""
    row = readable(actor).filter(public_id=public_id, rep=actor.id).select_related("manager").first()
    if row is None:
        raise access.NotFound("series")
    notes: dict[date, Note] = {}
    rows = SharedNote.objects.for_system(_WENT_THROUGH).filter(series=row).select_related("by")
    for one in rows.order_by("-slot", "number"):
        notes[one.slot] = Note(one.number, one.text, one.by.name, one.at)
    return Old(row.manager.name, tuple(notes.items()))


# The calendar


@dataclass(frozen=True, slots=True)
class Event:
    """A meeting as a calendar carries it. ``zone`` is the rhythm's, ``other`` the name of the one whom one meets."""

    uid: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    other: str


def events(actor: access.Actor, at: datetime, only: Pair | None = None) -> list[Event]:
    """Meetings of the reader from four weeks ago to half a year ahead, without skipped ones."""
    found = []
    for pair in [only] if only else pairs(actor):
        series = series_between(pair.rep, pair.manager)
        if series is None:
            continue
        _, rhythm = rhythm_of(series)
        found += [
            Event(f"{series.public_id}-{one.slot}", one.starts_at, one.ends_at, rhythm.zone, pair.other)
            for one in meetings(series, at)
            if one.state != "skipped" and one.starts_at > at - timedelta(days=28)
        ]
    return found


@dataclass(frozen=True, slots=True)
class FeedLine:
    """The reader's own calendar address: since when, and whether names stand in it. The address is not kept."""

    made_at: datetime
    names: bool


def feed_of(actor: access.Actor) -> FeedLine | None:
    row = Feed.objects.seen_by(actor, "private_note.keep").filter(person=actor.id).first()
    return FeedLine(row.made_at, row.names) if row else None


def feed_behind(secret: str, at: datetime) -> tuple[access.Actor, bool]:
    """Whose calendar an address leads to, and whether names stand in it. Raises NotFound, whatever is wrong with it."""
    digest = hashlib.sha256(secret.encode()).hexdigest()
    rows = Feed.objects.for_system("whoever holds a calendar address reads the times behind it")
    row = rows.filter(digest=digest).first()
    if row is None:
        raise access.NotFound("calendar")
    actor = people.actor(row.person_id, at)
    require_available(actor)
    return actor, row.names
