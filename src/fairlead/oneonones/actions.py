"""Keeping one-to-ones: rhythm, agenda, notes, actions, what became of a meeting, the calendar address.

Ledger entries say who did what and never words. A private note leaves no entry at all: that somebody writes about
somebody is theirs as well.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, datetime

from django.db import transaction

from fairlead.agreements.rules import line, paragraph
from fairlead.ledger import actions as ledger
from fairlead.oneonones import queries, rules
from fairlead.oneonones.models import Feed, Mark, Point, PrivateNote, Rhythm, Series, SharedNote, Step
from fairlead.people import access, forms, telling
from fairlead.people import queries as people
from fairlead.people.models import Person
from fairlead.promises import actions as promises

PATH = "/one-to-ones/with/{}/"
_FOLLOWS = "what belongs to a series that went through the table follows what was before"


def _series(by: access.Actor, at: datetime, other: str) -> tuple[queries.Pair, Series]:
    """The pair and its series, begun with the first thing that is kept; held until the transaction ends."""
    access.require(by, "oneonone.keep")
    pair = queries.pair_with(by, other)
    Person.objects.select_for_update(no_key=True).get(pk=pair.rep)
    series = queries.series_between(pair.rep, pair.manager)
    if series is None:
        series = Series.objects.create(
            rep_id=pair.rep, manager_id=pair.manager, begun_on=people.house().day(at), at=at
        )
    return pair, series


@transaction.atomic
def set_rhythm(*, by: access.Actor, at: datetime, other: str, rhythm: rules.Rhythm, after: int) -> Rhythm:
    """Set how often the reader and a person (public id) meet, from its first day on; either of them may.

    Raises Refused: bad_rhythm, changed_meanwhile; NotFound.
    """
    pair, series = _series(by, at, other)
    number, before = queries.rhythm_of(series)
    kept = rules.checked(rhythm, {*queries.zones_of(pair), before.zone})
    if number != after:
        raise access.Refused(
            "changed_meanwhile", "The rhythm was set meanwhile. Look at it, then set yours again."
        )
    row = Rhythm.objects.create(
        series=series, number=number + 1, kind=kept.kind, weekday=kept.weekday, begins=kept.at, zone=kept.zone,
        minutes=kept.minutes, starts_on=kept.starts_on, by_id=by.id, at=at,
    )  # fmt: skip
    _tell(by, at, pair, "oneonones.rhythm")
    _record("oneonone.rhythm", by, at, series, {"number": row.number, "kind": row.kind})
    return row


@transaction.atomic
def step(
    *, by: access.Actor, at: datetime, other: str, slot: date, kind: str, starts_at: datetime | None = None
) -> Step:  # fmt: skip
    """Say that a meeting was held, move it, skip it, or take that back; or plan one (a move) where no rhythm gives one.

    Raises Refused: no_step, settled, bad_day; NotFound.
    """
    pair, series = _series(by, at, other)
    if kind not in rules.STEPS:
        raise access.Refused("no_step", "Choose what became of it.")
    found = next((one for one in queries.meetings(series, at) if one.slot == slot), None)
    if found is None and kind != "moved":
        raise access.Refused("settled", "There is no meeting of you two on that day.")
    if found is not None:
        rules.refuse_step(kind, found)
    if kind == "moved":
        if starts_at is None:
            raise access.Refused("bad_day", "Choose the day and the time.")
        rules.refuse_moment(starts_at, at)
    row = Step.objects.create(
        series=series,
        slot=slot,
        kind=kind,
        starts_at=starts_at if kind == "moved" else None,
        by_id=by.id,
        at=at,
    )
    if kind in ("moved", "skipped"):
        _tell(by, at, pair, f"oneonones.{kind}")
    _record(f"oneonone.{kind}", by, at, series, {"slot": slot})
    return row


@transaction.atomic
def add_point(*, by: access.Actor, at: datetime, other: str, text: str, key: str) -> Point:
    """Put a point on the agenda; both read it. Raises Refused: text_missing, text_long, key_reused; NotFound."""
    _, series = _series(by, at, other)
    said = line(text, what="your point", longest=rules.LONGEST_POINT)
    if not said:
        raise access.Refused("text_missing", "Write what you want to talk about.")
    rows = Point.objects.for_system("a form that was sent twice keeps one thing").filter(by=by.id)
    known = forms.made_before(rows, key)
    if known is not None:
        forms.refuse_other((known.series_id, known.text), (series.pk, said))
        return known
    row = Point.objects.create(series=series, text=said, by_id=by.id, at=at, key=key[: forms.LONGEST_KEY])
    _record("oneonone.point", by, at, series, {})
    return row


@transaction.atomic
def mark(*, by: access.Actor, at: datetime, other: str, slot: date, line: str, kind: str) -> Mark:
    """Take a line off the agenda of a meeting, carry it over to the next one, or put it back.

    Raises Refused: no_step, no_line; NotFound.
    """
    _, series = _series(by, at, other)
    page = queries.page(by, other, at, slot)
    if kind not in ("off", "carried", "back"):
        raise access.Refused("no_step", "Choose what you do with it.")
    lines = page.off if kind == "back" else page.agenda
    if not any(one.key == line for one in lines):
        raise access.Refused("no_line", "This line is not on the agenda any more. Open the page again.")
    row = Mark.objects.create(series=series, slot=slot, line=line, kind=kind, by_id=by.id, at=at)
    _record("oneonone.marked", by, at, series, {"slot": slot})
    return row


@transaction.atomic
def write_note(
    *, by: access.Actor, at: datetime, other: str, slot: date, text: str, after: int
) -> SharedNote:
    """Write the shared notes of a meeting as a new version; ``after`` is the number that was read.

    Raises Refused: text_long, newer_version, the_same; NotFound.
    """
    _, series = _series(by, at, other)
    queries.page(by, other, at, slot)
    said = paragraph(text, what="notes", longest=rules.LONGEST)
    newest = next(iter(queries.notes_of(series, slot)), None)
    number = newest.number if newest else 0
    if (newest.text if newest else "") == said:
        raise access.Refused("the_same", "Nothing is changed.")
    if number != after:
        raise access.Refused(
            "newer_version",
            "The other one wrote meanwhile. Their text is below; put yours into it and keep it again.",
        )
    row = SharedNote.objects.create(
        series=series, slot=slot, number=number + 1, text=said, by_id=by.id, at=at
    )
    _record("oneonone.noted", by, at, series, {"slot": slot, "number": row.number})
    return row


@transaction.atomic
def write_private(*, by: access.Actor, at: datetime, other: str, slot: date, text: str) -> None:
    """Keep the own private note of a meeting; an empty one erases it. Raises Refused: text_long; NotFound."""
    access.require(by, "private_note.keep")
    pair = queries.pair_with(by, other)
    queries.page(by, other, at, slot)
    said = paragraph(text, what="your note", longest=rules.LONGEST)
    whom = pair.manager if pair.mine else pair.rep
    rows = PrivateNote.objects.seen_by(by, "private_note.keep").filter(writer=by.id, other=whom, slot=slot)
    if not said:
        rows.delete()
    elif not rows.update(text=said, at=at):
        PrivateNote.objects.create(writer_id=by.id, other_id=whom, slot=slot, text=said, at=at)


@transaction.atomic
def agree_action(
    *, by: access.Actor, at: datetime, other: str, mine: bool, text: str, due_on: date, key: str
) -> str:
    """Write down what one of the two will do by a day (``mine``: the writer): a promise to the other, its public id.

    Raises Refused: those of promises; NotFound.
    """
    pair, series = _series(by, at, other)
    forms.refuse_no_key(key)
    persons = Person.objects.in_bulk([pair.rep, pair.manager])
    me, them = persons[by.id], persons[pair.manager if pair.mine else pair.rep]
    owner, made_to = (me, them) if mine else (them, me)
    made = promises.log(
        by=by, at=at, owner=owner, made_to=made_to, text=text, due_on=due_on, key=f"1:1 {key}"[:64],
        source=(queries.SOURCE, series.public_id, "Your 1:1"),
    )  # fmt: skip
    _tell(by, at, pair, "oneonones.action")
    _record("oneonone.action", by, at, series, {"promise": made.public_id})
    return made.public_id


# The calendar address


@transaction.atomic
def make_feed(*, by: access.Actor, at: datetime, names: bool) -> str:
    """Make the own calendar address anew; the one before leads nowhere from now on. The secret, shown once."""
    access.require(by, "private_note.keep")
    queries.require_available(by)
    secret = secrets.token_urlsafe(rules.FEED_BYTES)
    rows = Feed.objects.seen_by(by, "private_note.keep").filter(person=by.id)
    rows.delete()
    digest = hashlib.sha256(secret.encode()).hexdigest()
    Feed.objects.create(person_id=by.id, digest=digest, names=names, made_at=at)
    ledger.append(
        kind="oneonone.calendar",
        by=by.ref,
        at=at,
        subject_kind="person",
        subject=by.id,
        facts={"names": names},
    )
    return secret


@transaction.atomic
def end_feed(*, by: access.Actor, at: datetime) -> None:
    """End the own calendar address; it leads nowhere from now on."""
    access.require(by, "private_note.keep")
    if Feed.objects.seen_by(by, "private_note.keep").filter(person=by.id).delete()[0]:
        ledger.append(
            kind="oneonone.calendar_ended", by=by.ref, at=at, subject_kind="person", subject=by.id, facts={}
        )


def _tell(by: access.Actor, at: datetime, pair: queries.Pair, kind: str) -> None:
    other = pair.manager if pair.mine else pair.rep
    path = PATH.format(people.node(by.id).public_id)
    telling.tell(other, by=by, kind=kind, facts={}, at=at, path=path)


def _record(kind: str, by: access.Actor, at: datetime, series: Series, facts: dict[str, object]) -> None:
    ledger.append(kind=kind, by=by.ref, at=at, subject_kind="oneonone", subject=series.public_id, facts=facts)
