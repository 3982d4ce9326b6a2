"""Rules per country, copies of everything about a person, holds and erasure.

Each is one transaction with its ledger entry last.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import asdict
from datetime import date, datetime

from django.apps import apps
from django.db import transaction

from fairlead.ledger import actions as ledger
from fairlead.notices import actions as notices
from fairlead.people import access, versions
from fairlead.people import queries as people
from fairlead.people.kept import forget
from fairlead.people.models import Person
from fairlead.people.workdays import countries, day_words, workdays_after
from fairlead.records import classes, copies, erasing, queries, rules
from fairlead.records.models import (
    CountryRule,
    Erasure,
    Finished,
    Hold,
    HoldEnd,
    Item,
    NoteAsk,
    Request,
    Ruling,
    Step,
    Sweep,
)

_WRITERS = "who wrote private notes about a person is asked; nobody else hears of it"
_ASKED = "a copy whose writer of notes answers what they were asked"
_ANSWERED = "a writer of notes answered what they were asked"
_NUMBER = "steps and items of a copy that went through the table are numbered"


@transaction.atomic
def set_country_rule(
    *, by: access.Actor, at: datetime, rule: rules.CountryRule, reason: str, after_version: int | None = None
) -> CountryRule:
    """A new version of what holds in a country, from now on.

    Raises Refused: bad_country, bad_days, bad_leave, bad_class, bad_months, text_missing, text_long,
    changed_meanwhile; NotAllowed.
    """
    access.require(by, "country_rule.keep")
    rules.refuse_rule(rule, reason, countries())
    _, number = versions.newest(CountryRule.objects.filter(country=rule.country), after_version)
    row = CountryRule.objects.create(
        country=rule.country, version=number + 1, min_plan_days=rule.min_plan_days, companion=rule.companion,
        protected=list(rule.protected), named_comparisons=rule.named_comparisons, retention=dict(rule.retention),
        erases_alone=rule.erases_alone,
        reason=reason.strip(), set_at=at, by=by.ref,
    )  # fmt: skip
    forget()
    ledger.append(
        kind="settings.country", by=by.ref, at=at, subject_kind="settings", subject=rule.country,
        facts={
            "version": row.version, "min_plan_days": row.min_plan_days, "companion": row.companion,
            "protected": row.protected, "named_comparisons": row.named_comparisons, "retention": row.retention,
            "erases_alone": row.erases_alone, "reason": row.reason,
        },
    )  # fmt: skip
    return row


# Copies of everything about a person


@transaction.atomic
def open_copy(*, by: access.Actor, at: datetime, person: str, asked_on: date | None, reason: str) -> Request:
    """Begin a copy of everything about somebody (public id): gather it as the requester, and ask writers of notes.

    Raises Refused: bad_day, text_missing, text_long, open_already; NotAllowed, NotFound.
    """
    whose = queries.whose(by, person, copies.ACT)
    today = people.house().day(at)
    if asked_on is None or asked_on > today:
        raise access.Refused("bad_day", "Say on which day it was asked for: a day that has come.")
    said = rules.refuse_words(reason, "who asked for it and how, and why it is prepared")
    row_of = Person.objects.select_for_update().get(pk=whose.id)
    if queries.open_copy_of(by, whose.id) is not None:
        raise access.Refused(
            "open_already", "A copy about this person is being prepared. Finish it or call it off."
        )
    row = Request.objects.create(
        person_id=whose.id, asked_on=asked_on, reason=said, ready_on=workdays_after(today, rules.WRITERS_HAVE),
        by_id=by.id, at=at,
    )  # fmt: skip
    gathered = copies.gather(by, row_of)
    Item.objects.bulk_create(
        Item(
            request=row, number=number, class_key=one.class_key, title=one.title, content=one.content,
            others=list(one.others), written_by=one.written_by, at=at,
        )
        for number, one in enumerate(gathered, 1)
    )  # fmt: skip
    _step(row, "gathered", by, at)
    _ask_writers(row, at)
    notices.tell(to=whose.id, kind="records.copy_opened", facts={}, at=at, path="/records/reads/")
    digest = hashlib.sha256(
        json.dumps([asdict(one) for one in gathered], sort_keys=True).encode()
    ).hexdigest()
    _copy_entry("copy.opened", by, at, row, {"items": len(gathered), "digest": digest})
    return row


def _ask_writers(row: Request, at: datetime) -> None:
    notes = apps.get_model("oneonones.PrivateNote").objects.for_system(_WRITERS)
    writers = set(notes.filter(other=row.person_id).values_list("writer_id", flat=True))
    NoteAsk.objects.bulk_create(NoteAsk(request=row, writer_id=writer, at=at) for writer in sorted(writers))
    notices.tell_all(
        [(writer, "records.note_asked") for writer in sorted(writers)],
        facts={},
        at=at,
        path="/records/notes/",
    )


@transaction.atomic
def disclose(*, by: access.Actor, at: datetime, request: str, notes: Collection[int]) -> None:
    """Answer whether own private notes go into a copy: those given do, the others do not and are not spoken of.

    What is disclosed cannot be taken back. Raises Refused: answered, over; NotAllowed, NotFound.
    """
    asked = queries.note_ask(by, request)
    if asked.answered_at is not None:
        raise access.Refused("answered", "You have answered already.")
    row = Request.objects.for_system(_ASKED).select_for_update().get(pk=asked.request_id)
    if queries.is_over(row):
        raise access.Refused(
            "over", "The copy was finished or called off meanwhile: nothing of yours went into it."
        )
    chosen = [one for one in queries.own_notes(by, row) if one.id in set(notes)]
    NoteAsk.objects.for_system(_ANSWERED).filter(pk=asked.pk).update(answered_at=at)
    number = Item.objects.for_system(_NUMBER).filter(request=row).count()
    for n, note in enumerate(chosen, 1):
        Item.objects.create(
            request=row, number=number + n, class_key="private_notes", title="Private note, disclosed by its writer",
            content=[[["on", note.slot.isoformat()], ["text", note.text]]], others=[by.name], written_by=by.name, at=at,
        )  # fmt: skip
    if chosen:
        ledger.append(
            kind="copy.note_disclosed", by=by.ref, at=at, subject_kind="copy", subject=row.public_id,
            facts={"notes": len(chosen)},
        )  # fmt: skip


@transaction.atomic
def rule_item(
    *, by: access.Actor, at: datetime, request: str, item: int, choice: str, hidden: str, reason: str
) -> Ruling:
    """Decide of one item: release it, redact it (``hidden``: words, one a line), or withhold it, with a reason.

    Raises Refused: bad_choice, nothing_hidden, text_missing, text_long, over, nothing_to_decide; NotAllowed, NotFound.
    """
    row, thing = queries.copy_item(by, request, item)
    Request.objects.seen_by(by, copies.ACT).select_for_update().get(pk=row.pk)
    _refuse_over(row)
    if not queries.needs_ruling(thing):
        raise access.Refused("nothing_to_decide", "Nobody else is in this item: it goes out as it is.")
    words = [one.strip() for one in hidden.splitlines() if one.strip()][:50]
    rules.refuse_ruling(choice, reason, words, thing.others)
    ruled = Ruling.objects.create(
        item=thing, number=Ruling.objects.seen_by(by, copies.ACT).filter(item=thing).count() + 1, choice=choice,
        hidden=[*thing.others, *words] if choice == "redact" else [], reason=reason.strip(), by_id=by.id, at=at,
    )  # fmt: skip
    _copy_entry("copy.ruled", by, at, row, {"item": thing.number, "number": ruled.number, "choice": choice})
    return ruled


@transaction.atomic
def finish_copy(*, by: access.Actor, at: datetime, request: str) -> str:
    """Make the file when every item is decided and the writers' time is over. Returns its digest.

    Raises Refused: over, too_early, undecided; NotAllowed, NotFound.
    """
    page = queries.copy(by, request, at)
    row = Request.objects.seen_by(by, copies.ACT).select_for_update().get(pk=page.row.pk)
    _refuse_over(row)
    if not page.writers_over:
        raise access.Refused(
            "too_early",
            f"Writers of private notes have time until {day_words(row.ready_on)}. Finish it after that day.",
        )
    if page.undecided:
        raise access.Refused("undecided", f"{page.undecided} items still wait for a decision.")
    rule = queries.rule_of(row.person_id, at)
    data, digest = copies.file_of(
        name=page.whose.name, asked_on=row.asked_on, made_at=at,
        months={one.key: rule.months(one.key) for one in classes.CLASSES},
        items=[one.decided for one in page.items],
    )  # fmt: skip
    Finished.objects.create(request=row, data=data, at=at)
    _step(row, "finished", by, at, digest=digest)
    notices.tell(to=row.person_id, kind="records.copy_finished", facts={}, at=at, path="/records/reads/")
    _copy_entry("copy.finished", by, at, row, {"digest": digest, "bytes": len(data)})
    return digest


@transaction.atomic
def hand_out(*, by: access.Actor, at: datetime, request: str) -> bytes:
    """The finished file, with a note that it was taken. Raises Refused not_finished; NotAllowed, NotFound."""
    row = queries.copy_row(by, request)
    file = Finished.objects.seen_by(by, copies.ACT).filter(request=row).first()
    if file is None or not file.data:
        raise access.Refused(
            "not_finished", "There is no file: the copy is not finished, or it was erased since."
        )
    _step(row, "handed_out", by, at)
    _copy_entry("copy.handed_out", by, at, row, {})
    return bytes(file.data)


@transaction.atomic
def call_off(*, by: access.Actor, at: datetime, request: str, reason: str) -> None:
    """Stop preparing a copy. Raises Refused: over, text_missing, text_long; NotAllowed, NotFound."""
    row = queries.copy_row(by, request)
    _refuse_over(row)
    _step(row, "called_off", by, at, words=rules.refuse_words(reason, "why it is called off"))
    _copy_entry("copy.called_off", by, at, row, {})


def _refuse_over(row: Request) -> None:
    if queries.is_over(row):
        raise access.Refused(
            "over", "This copy is finished or was called off. Begin another where something is missing."
        )


def _step(
    row: Request, kind: str, by: access.Actor, at: datetime, *, words: str = "", digest: str = ""
) -> None:
    number = Step.objects.for_system(_NUMBER).filter(request=row).count() + 1
    Step.objects.create(request=row, number=number, kind=kind, words=words, digest=digest, by_id=by.id, at=at)


def _copy_entry(kind: str, by: access.Actor, at: datetime, row: Request, facts: dict[str, object]) -> None:
    ledger.append(kind=kind, by=by.ref, at=at, subject_kind="copy", subject=row.public_id, facts=facts)


# Holds


@transaction.atomic
def hold(*, by: access.Actor, at: datetime, person: str, reason: str) -> Hold:
    """Set a hold: nothing about the person is erased until it is lifted.

    Raises Refused: text_missing, text_long; NotAllowed, NotFound.
    """
    whose = queries.whose(by, person, "hr_record.keep")
    row = Hold.objects.create(
        person_id=whose.id, reason=rules.refuse_words(reason, "why nothing may be erased"), by_id=by.id, at=at
    )
    ledger.append(
        kind="hold.set",
        by=by.ref,
        at=at,
        subject_kind="person",
        subject=whose.id,
        facts={"hold": row.public_id},
    )
    return row


@transaction.atomic
def lift(*, by: access.Actor, at: datetime, hold: str, reason: str) -> HoldEnd:
    """Lift a hold. Raises Refused: lifted, text_missing, text_long; NotAllowed, NotFound."""
    access.require(by, "hr_record.keep")
    row = Hold.objects.seen_by(by, "hr_record.keep").select_for_update().filter(public_id=hold).first()
    if row is None:
        raise access.NotFound("hold")
    if HoldEnd.objects.seen_by(by, "hr_record.keep").filter(hold=row).exists():
        raise access.Refused("lifted", "This hold was lifted already.")
    end = HoldEnd.objects.create(
        hold=row, reason=rules.refuse_words(reason, "why it is lifted"), by_id=by.id, at=at
    )
    ledger.append(
        kind="hold.lifted",
        by=by.ref,
        at=at,
        subject_kind="person",
        subject=row.person_id,
        facts={"hold": row.public_id},
    )
    return end


# Erasure


@transaction.atomic
def erase(*, by: access.Actor, at: datetime, person: str, key: str, seen: int) -> Erasure:
    """Erase the words of a class about a person that are past their time; ``seen`` is how many the list showed.

    Raises Refused: on_hold, copy_open, too_early, changed_meanwhile; NotAllowed, NotFound.
    """
    whose = queries.whose(by, person, "hr_record.keep")
    return _erase(whose.id, key, by, at, seen)


def _erase(person: int, key: str, by: access.Actor, at: datetime, seen: int | None) -> Erasure:
    one = classes.BY_KEY.get(key)
    if one is None or not one.erasable:
        raise access.NotFound("class")
    Person.objects.select_for_update().get(pk=person)
    if person in queries.held([person]):
        raise access.Refused(
            "on_hold", "A hold stands about this person: nothing is erased until it is lifted."
        )
    if queries.open_copy_of(by, person) is not None:
        raise access.Refused(
            "copy_open", "A copy about this person is being prepared. Finish it or call it off first."
        )
    rule = queries.rule_of(person, at)
    past = erasing.past_time(person, one, rule.months(key), people.house().day(at))
    if not past:
        raise access.Refused("too_early", "Nothing of this is past its time, or it was erased already.")
    count = sum(len(rows) for rows in past.values())
    if seen is not None and seen != count:
        raise access.Refused(
            "changed_meanwhile", f"{count} entries are past their time by now. Look at the list again."
        )
    erasing.erase(one, past, at)
    row = Erasure.objects.create(
        person_id=person, class_key=key, entries=count, country=rule.country, rule_version=rule.version,
        months=rule.months(key), by_id=by.person, at=at,
    )  # fmt: skip
    ledger.append(
        kind="records.erased", by=by.ref, at=at, subject_kind="person", subject=person,
        facts={
            "class": key, "entries": count, "months": row.months, "country": row.country, "rule": row.rule_version,
        },
    )  # fmt: skip
    return row


def watch(*, by: access.Actor, at: datetime) -> None:
    """Once a day: count what is past its time, erase it where a country's rule says so, and tell HR of the rest."""
    day = people.house().day(at)
    if Sweep.objects.filter(day=day).exists():
        return
    due = queries.past_of(queries.everybody(), at)
    erased, left = 0, []
    for one in due:
        if (
            queries.rule_of(one.person, at).erases_alone
            and not one.held
            and not queries.open_copy_of(by, one.person)
        ):
            with transaction.atomic():
                _erase(one.person, one.key, by, at, None)
            erased += 1
        else:
            left.append(one)
    with transaction.atomic():
        before = Sweep.objects.order_by("-day").first()
        _, new = Sweep.objects.get_or_create(day=day, defaults={"past": len(left), "erased": erased})
        if new and len(left) > (before.past if before else 0):
            told = people.hr_partners({one.person for one in left})
            notices.tell_all(
                [(hr, "records.past_time") for hr in sorted(told)], facts={}, at=at, path="/records/erasure/"
            )
