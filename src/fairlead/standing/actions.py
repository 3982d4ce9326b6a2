"""Setting seats and writing down leave, and taking either back. Each is one transaction, its ledger entry last."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from fairlead.ledger import actions as ledger
from fairlead.people import access, telling
from fairlead.people import queries as people
from fairlead.people.models import Person
from fairlead.standing.models import Leave, LeaveReason, Seat

PATH = "/standing/"
_LONGEST_NAME, _LONGEST_REASON = 160, 300
_FURTHEST = timedelta(days=366 * 6)
_ONE = "one seat begins on a day; the one before is found whoever set it"


@transaction.atomic
def set_seat(
    *,
    by: access.Actor,
    at: datetime,
    person: str,
    job: str,
    segment: str,
    starts_on: date | None,
    ramps: bool,
) -> Seat:
    """Say in which job and segment somebody (public id) sells from a day on; the same day again replaces it.

    Raises Refused: no_job, text_long, bad_day; NotAllowed, NotFound.
    """
    whom = people.find(person)
    people.require_on(by, "seat.keep", whom.pk)
    job, segment = " ".join(job.split()), " ".join(segment.split())
    if not job:
        raise access.Refused("no_job", "Name the job, such as Account executive: role peers have the same.")
    if max(len(job), len(segment)) > _LONGEST_NAME:
        raise access.Refused("text_long", f"Job and segment have at most {_LONGEST_NAME} characters each.")
    day = _day(starts_on, at, "the day from which the seat is theirs")
    rows = Seat.objects.for_system(_ONE).select_for_update()
    rows.filter(person=whom, starts_on=day, taken_back_at=None).update(taken_back_at=at)
    row = Seat.objects.create(
        person=whom, job=job, segment=segment, starts_on=day, ramps=ramps, at=at, by_id=by.id
    )
    facts = {"job": f"{job}, {segment}" if segment else job, "day": _says(day), "name": by.name}
    telling.tell(whom, by=by, kind="standing.seat", facts=facts, at=at, path=PATH)
    ledger.append(
        kind="standing.seat", by=by.ref, at=at, subject_kind="person", subject=whom.pk,
        facts={"job": job, "segment": segment, "starts_on": day, "ramps": ramps},
    )  # fmt: skip
    return row


@transaction.atomic
def take_back_seat(*, by: access.Actor, at: datetime, seat: str) -> None:
    """Take a seat back that was set by mistake. Raises NotAllowed, NotFound."""
    rows = Seat.objects.seen_by(by, "seat.keep").filter(public_id=seat, taken_back_at=None)
    row = rows.select_for_update(of=("self",)).first()
    if row is None:
        raise access.NotFound("seat")
    Seat.objects.seen_by(by, "seat.keep").filter(pk=row.pk).update(taken_back_at=at)
    facts = {"job": row.job, "day": _says(row.starts_on), "name": by.name}
    telling.tell(row.person_id, by=by, kind="standing.seat_back", facts=facts, at=at, path=PATH)
    ledger.append(
        kind="standing.seat_back", by=by.ref, at=at, subject_kind="person",
        subject=row.person_id, facts={"starts_on": row.starts_on},
    )  # fmt: skip


@transaction.atomic
def write_leave(
    *, by: access.Actor, at: datetime, person: str, first: date | None, last: date | None, reason: str
) -> Leave:
    """Write down days on which somebody (public id) is away. The reason is read by that person and HR alone.

    Raises Refused: bad_day, text_long, overlaps; NotAllowed, NotFound.
    """
    whom = people.find(person)
    people.require_on(by, "leave.keep", whom.pk)
    begins = _day(first, at, "the first day of the leave")
    if last is not None and not begins <= last <= begins + _FURTHEST:
        raise access.Refused(
            "bad_day", "The last day is not before the first one; leave it out while nobody knows."
        )
    if len(reason) > _LONGEST_REASON:
        raise access.Refused("text_long", f"Say why in at most {_LONGEST_REASON} characters.")
    Person.objects.select_for_update(no_key=True).get(pk=whom.pk)
    others = Leave.objects.for_system("leave of one person does not overlap; whoever wrote it").filter(
        person=whom, taken_back_at=None
    )
    for other in others:
        if begins <= (other.last or date.max) and other.first <= (last or date.max):
            raise access.Refused(
                "overlaps",
                f"Leave from {_says(other.first)} on is written down already. Take that back first.",
            )
    row = Leave.objects.create(person=whom, first=begins, last=last, at=at, by_id=by.id)
    if reason.strip():
        LeaveReason.objects.create(leave=row, words=reason.strip())
    facts = {"day": _says(begins), "name": by.name}
    telling.tell(whom, by=by, kind="standing.leave", facts=facts, at=at, path=PATH)
    _leave_entry("standing.leave", by, at, row)
    return row


@transaction.atomic
def take_back_leave(*, by: access.Actor, at: datetime, leave: str) -> None:
    """Take leave back that was written down by mistake, or to write it anew. Raises NotAllowed, NotFound."""
    rows = Leave.objects.seen_by(by, "leave.keep").filter(public_id=leave, taken_back_at=None)
    row = rows.select_for_update(of=("self",)).first()
    if row is None:
        raise access.NotFound("leave")
    Leave.objects.seen_by(by, "leave.keep").filter(pk=row.pk).update(taken_back_at=at)
    facts = {"day": _says(row.first), "name": by.name}
    telling.tell(row.person_id, by=by, kind="standing.leave_back", facts=facts, at=at, path=PATH)
    _leave_entry("standing.leave_back", by, at, row)


def _leave_entry(kind: str, by: access.Actor, at: datetime, row: Leave) -> None:
    """Read by who acted alone: sales operations read entries about people, and no leave."""
    ledger.append(
        kind=kind, by=by.ref, at=at, subject_kind="leave", subject=row.public_id,
        facts={"first": row.first, "last": row.last},
    )  # fmt: skip


def _day(day: date | None, at: datetime, what: str) -> date:
    today = people.house().day(at)
    if day is None or abs(day - today) > _FURTHEST:
        raise access.Refused("bad_day", f"Choose {what}.")
    return day


def _says(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
