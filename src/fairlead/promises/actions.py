"""Making promises and taking steps with them. Each is one transaction with its ledger entry last."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from fairlead.ledger import actions as ledger
from fairlead.notices import actions as notices
from fairlead.notices.models import Notice
from fairlead.people import access, forms
from fairlead.people import queries as people
from fairlead.people.models import Person
from fairlead.people.workdays import day_words
from fairlead.promises import queries, rules
from fairlead.promises.models import Promise, Step

PATH = queries.PATH


@transaction.atomic
def make(
    *,
    by: access.Actor,
    at: datetime,
    owner: Person,
    made_to: Person,
    text: str,
    due_on: date,
    key: str,
    source: tuple[str, str, str] = ("", "", ""),
) -> Promise:
    """Promise something to somebody by a day; the same ``key`` twice makes it once.

    ``owner`` is the actor; or, for a leader who writes down what was said in a meeting, a direct report, and then
    the promise is made to that leader. ``source`` is kind, public id and label of where it comes from. Raises
    Refused: text_missing, text_long, day_passed, day_far, to_oneself, gone, key_missing, key_reused; NotAllowed
    and NotFound by the table.
    """
    return _make(by, at, owner, made_to, text, due_on, key, source, _refuse_owner(by, owner, made_to))


@transaction.atomic
def log(
    *,
    by: access.Actor,
    at: datetime,
    owner: Person,
    made_to: Person,
    text: str,
    due_on: date,
    key: str,
    source: tuple[str, str, str],
) -> Promise:
    """Write down a promise that was made before others, for the feature in which it was made.

    That feature checked that the actor was part of it, and calls this inside its transaction. The owner is told, and
    can move or withdraw it like any other. Of a source in `rules.BOUND` nobody is told here, and the ledger keeps no
    words: that feature tells, and who loses sight of it later must not have the words elsewhere. Raises Refused as
    `make` does.
    """
    return _make(by, at, owner, made_to, text, due_on, key, source, None)


def _make(
    by: access.Actor,
    at: datetime,
    owner: Person,
    made_to: Person,
    text: str,
    due_on: date,
    key: str,
    source: tuple[str, str, str],
    behalf: int | None,
) -> Promise:
    if owner.pk == made_to.pk:
        raise access.Refused("to_oneself", "A promise is made to somebody else.")
    zone = _zone_of(owner)
    wanted = rules.sentence(text)
    known = _made_before(by, owner, made_to, wanted, due_on, key)
    if known is not None:
        return known
    for person in (owner, made_to):
        if person.voided_at is not None or (person.ends_on and person.ends_on <= people.house().day(at)):
            raise access.Refused("gone", f"{person.name} is not here any more.")
    rules.refuse_day(due_on, today=rules.day_of(at, zone))
    row = Promise.objects.create(
        owner=owner, made_to=made_to, text=wanted, due_on=due_on, zone=zone, source_kind=source[0],
        source_id=source[1], source_label=source[2][:120], made_at=at, by_id=by.id, key=key[:64],
    )  # fmt: skip
    facts = {"day": day_words(due_on), "text": wanted}
    bound = source[0] in rules.BOUND
    if made_to.pk != by.id and not bound:
        _tell(made_to, "promises.made", row, at, {"name": owner.name, **facts})
    if owner.pk != by.id and not bound:
        _tell(owner, "promises.noted", row, at, {"name": by.name, **facts})
    entry = {
        "owner": owner.pk,
        "made_to": made_to.pk,
        "due_on": due_on,
        "source": " ".join(source[:2]).strip(),
    }
    ledger.append(
        kind="promise.made", by=by.ref, at=at, subject_kind="promise", subject=row.public_id, facts=entry,
        personal={} if bound else {"text": wanted}, behalf=behalf,
    )  # fmt: skip
    return row


def _refuse_owner(by: access.Actor, owner: Person, made_to: Person) -> int | None:
    """The giver when the actor stands in. Nobody promises for somebody else, but a leader writes down what is said."""
    if owner.pk == by.person:
        people.require_on(by, "promise.make", owner.pk)
        return None
    if by.person == made_to.pk:
        return people.standing_in(by, "promise.note", owner.pk)
    giver = people.standing_in(by, "promise.note", owner.pk)
    if giver not in (owner.pk, made_to.pk):
        raise access.NotFound("person")
    return giver


def _made_before(
    by: access.Actor, owner: Person, made_to: Person, text: str, due_on: date, key: str
) -> Promise | None:
    rows = Promise.objects.for_system("a form that was sent twice makes one promise").filter(by=by.id)
    row = forms.made_before(rows, key)
    if row is not None:
        forms.refuse_other(
            (row.owner_id, row.made_to_id, row.text, row.due_on), (owner.pk, made_to.pk, text, due_on)
        )
    return row


def _zone_of(person: Person) -> str:
    return person.time_zone or people.house().time_zone


# Steps


def keep(*, by: access.Actor, at: datetime, promise: str) -> Step:
    """Say that one's own promise is kept."""
    return _step(by, at, promise, "kept")


def move(*, by: access.Actor, at: datetime, promise: str, due_on: date, reason: str) -> Step:
    """Move one's own promise to a new day, with the reason; the old day stays readable."""
    return _step(by, at, promise, "moved", due_on=due_on, reason=reason)


def withdraw(*, by: access.Actor, at: datetime, promise: str, reason: str) -> Step:
    """Withdraw one's own promise, with the reason."""
    return _step(by, at, promise, "withdrawn", reason=reason)


def confirm(*, by: access.Actor, at: datetime, promise: str) -> Step:
    """Confirm that what was promised to one was kept."""
    return _step(by, at, promise, "confirmed")


def say_not_kept(*, by: access.Actor, at: datetime, promise: str) -> Step:
    """Say that what was promised to one was not kept. Both see it."""
    return _step(by, at, promise, "not_kept")


def undo(*, by: access.Actor, at: datetime, promise: str) -> Step:
    """Take back the last step, if it was one's own. The step stays readable."""
    return _step(by, at, promise, "undone")


@transaction.atomic
def _step(
    by: access.Actor, at: datetime, promise: str, kind: rules.Kind, *, due_on: date | None = None, reason: str = ""
) -> Step:  # fmt: skip
    row = queries.locked(by, promise)
    owner = row.owner_id == by.id
    now = queries.standing_of(row, at)
    rules.refuse_step(kind, now, owner=owner, by=by.id)
    if kind in ("moved", "withdrawn"):
        reason = rules.sentence(reason, what="why; the other person reads it")
    if due_on is not None:
        rules.refuse_day(due_on, today=rules.day_of(at, row.zone), was=now.due_on)
    taken = Step.objects.create(
        promise=row, number=queries.steps_taken(row) + 1, kind=kind, due_on=due_on, reason=reason, by_id=by.id,
        about=now.newest.number if kind == "undone" and now.newest else None, at=at,
    )  # fmt: skip
    other = row.made_to if owner else row.owner
    day = day_words(due_on) if due_on else ""
    told = {"name": by.name, "text": _said(row), "day": day, "reason": reason}
    if row.source_kind in rules.BOUND and reason:
        told["reason"] = "it stands there."
    _tell(other, f"promises.{kind}", row, at, told)
    ledger.append(
        kind=f"promise.{kind}", by=by.ref, at=at, subject_kind="promise", subject=row.public_id,
        facts={"number": taken.number, "due_on": due_on, "about": taken.about},
        personal={"reason": reason} if reason else {},
    )  # fmt: skip
    return taken


@transaction.atomic
def let_go(*, by: access.Actor, at: datetime, source: tuple[str, str], reason: str) -> int:
    """Withdraw what is open and not yet due of a source (kind, public id) that ended or was replaced; how many.

    In the owner's name: that something ends was the word of both. Nobody is told here.
    """
    rows = queries.open_of(*source, at)
    for row in rows:
        number = queries.steps_taken(row) + 1
        Step.objects.create(
            promise=row, number=number, kind="withdrawn", reason=reason, by_id=row.owner_id, at=at
        )
        ledger.append(
            kind="promise.withdrawn", by=by.ref, at=at, subject_kind="promise", subject=row.public_id,
            facts={"number": number, "due_on": None, "about": None},
        )  # fmt: skip
    return len(rows)


# Reminders


@transaction.atomic
def remind(*, by: access.Actor, at: datetime) -> int:
    """Tell owners what is due tomorrow in their time zone, once per promise and day; how many.

    For a job that runs every so often; running it again tells nobody twice.
    """
    access.require(by, "import.run")
    told = 0
    for row, now in queries.due_tomorrow(at):
        facts = {"name": row.made_to.name, "text": _said(row), "day": now.due_on.isoformat()}
        path = PATH.format(row.public_id)
        known = Notice.objects.filter(to_id=row.owner_id, kind="promises.due_tomorrow", path=path)
        if known.filter(facts__day=facts["day"]).exists():
            continue
        told += _tell(row.owner, "promises.due_tomorrow", row, at, facts)
    if told:
        ledger.append(
            kind="promise.reminded", by=by.ref, at=at, subject_kind="day", subject=at.date().isoformat(),
            facts={"promises": told},
        )  # fmt: skip
    return told


def _tell(
    reader: Person, kind: str, row: Promise, at: datetime, facts: Mapping[str, str | int | float | None]
) -> int:
    """1 when somebody was told; who has no account is not written to."""
    if reader.user_id is None or reader.voided_at is not None:
        return 0
    notices.tell(to=reader.pk, kind=kind, facts=facts, at=at, path=PATH.format(row.public_id))
    return 1


def _said(row: Promise) -> str:
    """What a notice says of a promise: its words, but for those that one of the two may lose sight of."""
    return f"see “{row.source_label}”." if row.source_kind in rules.BOUND else row.text
