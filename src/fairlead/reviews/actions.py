"""Beginning a review, keeping notes, ending it, setting straight: each one transaction, its ledger entry last."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction

from fairlead.deals.models import Deal
from fairlead.ledger import actions as ledger
from fairlead.notices import actions as notices
from fairlead.people import access, forms
from fairlead.people import queries as people
from fairlead.people.models import Person
from fairlead.people.workdays import day_words
from fairlead.promises import actions as promises
from fairlead.reviews import facts, preparing, queries, rules
from fairlead.reviews.models import (
    Action,
    Attendance,
    CalledOff,
    Decision,
    Draft,
    Minutes,
    Question,
    Review,
    Straight,
)

PATH = "/reviews/{}/"
_RUNS = "who runs a review reads and writes what belongs to it"


@transaction.atomic
def begin(*, by: access.Actor, at: datetime, leader: Person, guest: Person | None = None) -> Review:
    """Begin the review of a leader's team: the facts are frozen, and who is in the room is written down.

    The leader's number is shown to the room from now on. Raises Refused: running, no_team, no_guest; NotAllowed
    and NotFound by the table.
    """
    behalf = people.standing_in(by, "review.run", leader.pk)
    _hold(leader.pk)
    if preparing.running(leader.pk) is not None:
        raise access.Refused("running", "A review of this team has begun already. Open that one.")
    reports = people.reports(leader.pk)
    if not reports:
        raise access.Refused("no_team", "Nobody reports to you today, so there is nobody to review with.")
    _refuse_guest(leader.pk, guest, {node.id for node in reports}, at)
    found = preparing.prepare(by, leader.pk, at)
    content = facts.frozen(found)
    row = Review.objects.create(
        leader=leader, by_id=by.person or leader.pk, team=found.team[:200], period=found.period, begun_at=at,
        facts=content, digest=rules.digest(content),
    )  # fmt: skip
    _seat(row, at, leader.pk, [node.id for node in reports], by, guest)
    Draft.objects.create(
        review=row,
        notes=rules.kept(rules.Notes(questions=preparing.carried(leader.pk, at))),
        saved_at=at,
        by_id=by.person or leader.pk,
    )
    _tell_room(row, "reviews.begun", at, but=by.person, facts={"name": by.name, "team": row.team})
    _record("review.begun", by, at, row, behalf, {"period": row.period, "digest": row.digest})
    return row


def _hold(leader: int) -> None:
    """What happens to the reviews of one leader happens one after the other."""
    Person.objects.select_for_update(no_key=True).get(pk=leader)


def _refuse_guest(leader: int, guest: Person | None, reports: set[int], at: datetime) -> None:
    if guest is None:
        return
    if guest.pk not in {person for person, _, _ in queries.possible_guests(leader, at)} - reports:
        raise access.Refused(
            "no_guest", "A guest is the leader’s superior or another executive. Choose one, or none."
        )


def _seat(
    row: Review, at: datetime, leader: int, reports: Iterable[int], by: access.Actor, guest: Person | None
) -> None:
    kinds: dict[int, rules.Kind] = {leader: "leader"}
    kinds |= dict.fromkeys((person for person in reports if person not in kinds), "report")
    if by.person is not None and by.person not in kinds:
        kinds[by.person] = "standing_in"
    if guest is not None and guest.pk not in kinds:
        kinds[guest.pk] = "guest"
    Attendance.objects.bulk_create(
        [Attendance(review=row, person_id=person, kind=kind, at=at) for person, kind in kinds.items()]
    )


# While it runs


@transaction.atomic
def save(*, by: access.Actor, at: datetime, review: str, notes: rules.Notes, version: int) -> int:
    """Keep the notes as typed, complete or not; the new version. ``version`` is the one the form was made from.

    Raises Conflict where somebody kept others in between, Ended, and Refused called_off.
    """
    row, behalf = _running(by, review)
    draft = _draft(row)
    _refuse_other(draft, notes, version)
    _be_there(row, by, at, behalf)
    content = rules.kept(notes)
    if draft.notes == content:
        return draft.version
    Draft.objects.for_system(_RUNS).filter(pk=draft.pk).update(
        notes=content, version=draft.version + 1, saved_at=at, by=by.id
    )
    return draft.version + 1


def _running(by: access.Actor, public_id: str) -> tuple[Review, int | None]:
    """A review that the actor runs, held until the transaction ends. Raises Ended when it is over."""
    access.require(by, "review.run")
    row = Review.objects.seen_by(by, "review.run").filter(public_id=public_id).first()
    if row is None:
        raise access.NotFound("review")
    _hold(row.leader_id)
    behalf = people.standing_in(by, "review.run", row.leader_id)
    if CalledOff.objects.for_system(_RUNS).filter(review=row).exists():
        raise access.Refused("called_off", "This review was called off. Begin another one.")
    over = Minutes.objects.for_system(_RUNS).filter(review=row).select_related("by").first()
    if over is not None:
        raise rules.Ended("You" if over.by_id == by.person else over.by.name)
    return row, behalf


def _draft(row: Review) -> Draft:
    return Draft.objects.for_system(_RUNS).select_related("by").get(review=row)


def _refuse_other(draft: Draft, notes: rules.Notes, version: int) -> None:
    if draft.version != version and draft.notes != rules.kept(notes):
        raise rules.Conflict(draft.by.name, draft.version)


def _be_there(row: Review, by: access.Actor, at: datetime, behalf: int | None) -> None:
    """Whoever writes in the leader's name is in the room from then on."""
    if behalf is not None and by.person is not None:
        Attendance.objects.for_system(_RUNS).get_or_create(
            review=row, person_id=by.person, defaults={"kind": "standing_in", "at": at}
        )


@transaction.atomic
def call_off(*, by: access.Actor, at: datetime, review: str) -> CalledOff:
    """Call a review off that was begun by mistake. Raises Refused notes_there when something is written down."""
    row, behalf = _running(by, review)
    draft = _draft(row)
    if draft.version and not rules.notes_of(draft.notes).empty:
        raise access.Refused(
            "notes_there", "Something is written down already. Empty the notes and save, or end the review."
        )
    off = CalledOff.objects.create(review=row, by_id=by.id, at=at)
    Draft.objects.for_system(_RUNS).filter(pk=draft.pk).delete()
    told = {"name": by.name, "team": row.team, "day": _day(row.begun_at)}
    _tell_room(row, "reviews.called_off", at, but=by.person, facts=told)
    _record("review.called_off", by, at, row, behalf)
    return off


# The end


@transaction.atomic
def end(*, by: access.Actor, at: datetime, review: str, notes: rules.Notes, version: int) -> Minutes:
    """End a review: the minutes are frozen, actions become promises, decisions stand on their deals.

    The same notes sent again by the same person return the same minutes. Raises Conflict, Ended, Refused by
    `rules.wanted` and no_deal; nothing is written then.
    """
    known = _ended_before(by, review, notes)
    if known is not None:
        return known
    row, behalf = _running(by, review)
    draft = _draft(row)
    _refuse_other(draft, notes, version)
    _be_there(row, by, at, behalf)
    seats = queries.seats_of(row)
    wanted = rules.wanted(notes, seats, by=by.id, today=people.house().day(at))
    deals = _deals(by, row, [deal for _, deal in wanted.decisions])
    minutes = Minutes.objects.create(
        review=row, by_id=by.id, at=at, absent=[seat.person for seat in wanted.absent],
        digest=rules.digest(rules.kept(notes)),
    )  # fmt: skip
    _write_down(minutes, wanted, deals)
    _promise(by, at, row, minutes, wanted.actions)
    Draft.objects.for_system(_RUNS).filter(pk=draft.pk).delete()
    _tell_room(row, "reviews.ended", at, but=by.person, facts={"team": row.team, "day": _day(row.begun_at)})
    counted = {"decisions": len(wanted.decisions), "questions": len(wanted.questions)}
    counted |= {"actions": len(wanted.actions)}
    _record("review.ended", by, at, row, behalf, {**counted, "digest": minutes.digest})
    return minutes


def _ended_before(by: access.Actor, review: str, notes: rules.Notes) -> Minutes | None:
    """The minutes that this very form made, sent twice by an impatient click."""
    access.require(by, "review.run")
    rows = Minutes.objects.seen_by(by, "review.run").filter(review__public_id=review, by=by.id)
    return rows.filter(digest=rules.digest(rules.kept(notes))).first()


def _deals(by: access.Actor, row: Review, keys: Sequence[str]) -> dict[str, Deal]:
    """Deals of the team that the actor may read. Raises Refused for another one."""
    found: dict[str, Deal] = {}
    if any(keys) and access.may(by, "deal.read"):
        rows = Deal.objects.seen_by(by, "deal.read").filter(owner__in=people.below(row.leader_id))
        found = {deal.public_id: deal for deal in rows.filter(public_id__in=[key for key in keys if key])}
    for number, key in enumerate(keys, 1):
        if key and key not in found:
            raise access.Refused("no_deal", f"Decision {number}: choose a deal of the team, or none.")
    return found


def _write_down(minutes: Minutes, wanted: rules.Wanted, deals: dict[str, Deal]) -> None:
    today = people.house().day(minutes.review.begun_at)
    Decision.objects.bulk_create(
        Decision(
            minutes=minutes, number=n, text=text, deal=deals.get(key),
            deal_name=(deals[key].name or deals[key].external_id) if key else "",
        )
        for n, (text, key) in enumerate(wanted.decisions, 1)
    )  # fmt: skip
    Question.objects.bulk_create(
        Question(minutes=minutes, number=n, text=text, finder_id=seat.person, asked_on=_since(since, today))
        for n, (text, seat, since) in enumerate(wanted.questions, 1)
    )


def _since(text: str, today: date) -> date:
    """The day a question was first asked; what a form sends is never later than today."""
    try:
        return min(date.fromisoformat(text), today) if text else today
    except ValueError:
        return today


def _promise(
    by: access.Actor, at: datetime, row: Review, minutes: Minutes, wanted: Sequence[rules.Agreed]
) -> None:
    people_by_id = Person.objects.in_bulk([seat.person for one in wanted for seat in (one.owner, one.to)])
    label = f"Review of {row.team} on {_day(row.begun_at)}"
    for number, one in enumerate(wanted, 1):
        try:
            made = promises.make(
                by=by, at=at, owner=people_by_id[one.owner.person], made_to=people_by_id[one.to.person],
                text=one.text, due_on=one.due_on, key=f"review {row.public_id} {number}",
                source=("review", row.public_id, label),
            )  # fmt: skip
        except (access.NotAllowed, access.NotFound) as nothing:
            raise access.Refused(
                "not_team", f"Action {number}: {one.owner.name} is not in the team any more."
            ) from nothing
        except access.Refusal as refusal:
            raise access.Refused(refusal.code, f"Action {number}: {refusal.sentence}") from refusal
        Action.objects.create(
            minutes=minutes, number=number, text=one.text, owner_id=one.owner.person, due_on=one.due_on,
            promise=made.public_id,
        )  # fmt: skip


# Afterwards


@transaction.atomic
def set_straight(*, by: access.Actor, at: datetime, review: str, text: str, key: str) -> Straight:
    """Add something under the minutes in the own name, as somebody who was there; the same form counts once.

    Raises NotFound for everybody else, Refused: not_ended, text_missing, text_long, key_missing, key_reused.
    """
    seat = Attendance.objects.seen_by(by, "review.read").filter(review__public_id=review).first()
    if seat is None:
        raise access.NotFound("review")
    rows = Minutes.objects.for_system(_RUNS).filter(review=seat.review_id)
    minutes = rows.select_related("review").first()
    if minutes is None:
        raise access.Refused("not_ended", "There are no minutes yet, so there is nothing to set straight.")
    line = rules.sentence(text, "What was otherwise")
    known = _said_before(by, minutes, line, key)
    if known is not None:
        return known
    row = Straight.objects.create(minutes=minutes, text=line, by_id=by.id, at=at, key=key[:64])
    told = {"name": by.name, "team": minutes.review.team, "day": _day(minutes.review.begun_at)}
    _tell_room(
        minutes.review, "reviews.set_straight", at, but=by.person, facts=told, hide=seat.kind == "report"
    )
    ledger.append(
        kind="review.set_straight", by=by.ref, at=at, subject_kind="review", subject=review,
        personal={"text": line},
    )  # fmt: skip
    return row


def _said_before(by: access.Actor, minutes: Minutes, line: str, key: str) -> Straight | None:
    known = forms.made_before(Straight.objects.for_system(_RUNS).filter(by=by.id), key)
    if known is not None:
        forms.refuse_other((known.minutes_id, known.text), (minutes.pk, line))
    return known


# Telling


def _tell_room(
    row: Review, kind: str, at: datetime, *, but: int | None, facts: dict[str, str], hide: bool = False
) -> None:
    """Everybody in the room with an account. With ``hide`` a guest is not told who of the team it was."""
    seats = Attendance.objects.for_system(_RUNS).filter(review=row).select_related("person")
    for seat in seats.order_by("pk"):
        person = seat.person
        if person.pk == but or person.user_id is None or person.voided_at is not None:
            continue
        told = {**facts, "name": "Somebody of the team"} if hide and seat.kind == "guest" else facts
        notices.tell(to=person.pk, kind=kind, facts=told, at=at, path=PATH.format(row.public_id))


def _day(at: datetime) -> str:
    return day_words(people.house().day(at))


def _record(
    kind: str, by: access.Actor, at: datetime, row: Review, behalf: int | None,
    facts: dict[str, object] | None = None,
) -> None:  # fmt: skip
    ledger.append(
        kind=kind, by=by.ref, at=at, subject_kind="review", subject=row.public_id,
        facts={"leader": row.leader_id, **(facts or {})}, behalf=behalf,
    )  # fmt: skip
