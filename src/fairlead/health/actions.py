"""Snoozing, correcting, asking, and keeping the record of flags. Each is one transaction, its ledger entry last."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from fairlead.calls import actions as calls
from fairlead.calls.models import EstimateRun
from fairlead.deals import queries as deal_queries
from fairlead.deals.models import Deal
from fairlead.forecasting import timeline
from fairlead.health import queries, record, rules
from fairlead.health.models import Correction, FlagRun, Message, Note, SentNote, Snooze, Threshold
from fairlead.health.wording import FIELDS, TITLES
from fairlead.ledger import actions as ledger
from fairlead.people import access, telling, versions
from fairlead.people import queries as people
from fairlead.people.kept import forget
from fairlead.people.models import Person
from fairlead.promises.rules import sentence

PATH = "/deals/{}/"
SENT = "/deal-review/sent/{}/"


def _deal(by: access.Actor, public_id: str, act: str) -> Deal:
    """An open deal within reach, held until the transaction ends, so that acts on it follow each other."""
    access.require(by, act)
    mine = Deal.objects.seen_by(by, act).filter(public_id=public_id)
    row = mine.select_for_update(of=("self",), no_key=True).first()
    if row is None:
        raise access.NotFound("deal")
    if row.status != "open":
        raise access.Refused(
            "deal_closed", f"{_name(row)} is {row.status}. There is nothing left to ask of it."
        )
    return row


def _name(deal: Deal) -> str:
    return deal.name or deal.account or deal.external_id


# Snoozing


@transaction.atomic
def snooze(
    *, by: access.Actor, at: datetime, deal: str, flag: str, until: date, reason: str
) -> Snooze:  # fmt: skip
    """Hold a flag of a deal (public id) back until a day, for a reason. It comes back then, or when its fact changes.

    Raises Refused: no_flag, not_up, day_passed, too_far, text_missing, text_long, deal_closed; NotAllowed and NotFound
    by the table. The same snooze sent twice is kept once.
    """
    row = _deal(by, deal, "flag.snooze")
    if flag not in rules.KEYS:
        raise access.Refused("no_flag", f"A flag is one of {', '.join(TITLES.values())}.")
    why = sentence(reason, what="why it can wait")
    today = people.house().day(at)
    verdict = queries.verdict_of(by, row, flag, at)
    rules.refuse_snooze(verdict, until, today)
    newest = queries.snoozes_of(by, [row.pk], at).get((row.pk, flag))
    if newest is not None and (newest.until, newest.reason, newest.fact) == (until, why, verdict.fact[:400]):
        return newest
    kept = Snooze.objects.create(
        deal=row, flag=flag, fact=verdict.fact[:400], until=until, reason=why, by_id=by.id, at=at
    )
    facts = {
        "name": by.name, "flag": TITLES[flag], "deal": _name(row), "until": until.isoformat(), "reason": why,
    }  # fmt: skip
    telling.tell(row.owner, by=by, kind="health.snoozed", facts=facts, at=at, path=PATH.format(row.public_id))
    _record("flag.snoozed", by, at, row, {"flag": flag, "until": until}, {"reason": why})
    return kept


@transaction.atomic
def wake(*, by: access.Actor, at: datetime, snooze: str) -> Snooze:
    """Take a snooze (public id) back: the flag is up again. Raises NotFound, Refused: woken."""
    access.require(by, "flag.snooze")
    row = Snooze.objects.seen_by(by, "flag.snooze").filter(public_id=snooze, undoes=None).first()
    if row is None:
        raise access.NotFound("snooze")
    deal = _deal(by, _id_of(by, row.deal_id, "flag.snooze"), "flag.snooze")
    if Snooze.objects.seen_by(by, "flag.snooze").filter(undoes=row).exists():
        raise access.Refused("woken", "It was taken back already.")
    back = Snooze.objects.create(deal=deal, flag=row.flag, undoes=row, by_id=by.id, at=at)
    _record("flag.woken", by, at, deal, {"flag": row.flag}, {})
    return back


def _id_of(by: access.Actor, deal: int, act: str) -> str:
    found = Deal.objects.seen_by(by, act).filter(pk=deal).values_list("public_id", flat=True).first()
    return found or ""


# Corrections


@transaction.atomic
def propose(*, by: access.Actor, at: datetime, deal: str, field: str, new: str) -> Correction:
    """Propose what a field of a deal (public id) should say in the source; the newest proposal of a field stands.

    Nothing here changes: whoever keeps the CRM loads the file of corrections. Refusals: ``rules.corrected``.
    """
    row = _deal(by, deal, "correction.propose")
    was = queries.said_now(row, field) if field in FIELDS else ""
    text = rules.corrected(field, new, was=was, stages=deal_queries.mapping())
    standing = queries.corrections_of(by, [row.pk], at).get((row.pk, field))
    if standing is not None and (standing.old, standing.new) == (was, text):
        return standing
    kept = Correction.objects.create(deal=row, field=field, old=was, new=text, by_id=by.id, at=at)
    _record("correction.proposed", by, at, row, {"field": field}, {"old": was, "new": text})
    return kept


@transaction.atomic
def take_back(*, by: access.Actor, at: datetime, correction: str) -> Correction:
    """Take a proposal (public id) back. Raises NotFound, Refused: taken_back."""
    access.require(by, "correction.propose")
    row = (
        Correction.objects.seen_by(by, "correction.propose").filter(public_id=correction, undoes=None).first()
    )
    if row is None:
        raise access.NotFound("correction")
    deal = _deal(by, _id_of(by, row.deal_id, "correction.propose"), "correction.propose")
    if Correction.objects.seen_by(by, "correction.propose").filter(undoes=row).exists():
        raise access.Refused("taken_back", "It was taken back already.")
    back = Correction.objects.create(deal=deal, field=row.field, undoes=row, by_id=by.id, at=at)
    _record("correction.taken_back", by, at, deal, {"field": row.field}, {})
    return back


# Questions, thanks, and the one message


@transaction.atomic
def note(*, by: access.Actor, at: datetime, deal: str, kind: str, text: str) -> Note:
    """Note a question or thanks for the owner of a deal (public id); nobody else reads it until it is sent.

    Raises Refused: bad_kind, many_questions, many_thanks, text_missing, text_long; NotAllowed and NotFound.
    """
    row = _deal(by, deal, "inspection.ask")
    words = sentence(text, what="the question" if kind == "question" else "the thank-you")
    waiting = queries.waiting_notes(by, at, to=row.owner_id)
    if any((one.deal == row.public_id, one.kind, one.text) == (True, kind, words) for one in waiting):
        same = Note.objects.seen_by(by, "inspection.note").filter(deal=row, kind=kind, text=words)
        return same.order_by("-pk")[0]
    rules.refuse_note(kind, [rules.Noted(one.kind, one.deal, one.name, one.text) for one in waiting])
    kept = Note.objects.create(deal=row, to_id=row.owner_id or 0, kind=kind, text=words, by_id=by.id, at=at)
    _record("inspection.noted", by, at, row, {"kind": kind}, {"text": words})
    return kept


@transaction.atomic
def drop_note(*, by: access.Actor, at: datetime, note: str) -> Note:
    """Take a note (public id) back before it is sent. Raises NotFound, Refused: note_gone."""
    row = Note.objects.seen_by(by, "inspection.note").filter(public_id=note, undoes=None, by=by.id).first()
    if row is None:
        raise access.NotFound("note")
    gone = Note.objects.seen_by(by, "inspection.note").filter(undoes=row).exists()
    if gone or SentNote.objects.seen_by(by, "inspection.note").filter(note=row).exists():
        raise access.Refused("note_gone", "It was taken back or sent already.")
    back = Note.objects.create(
        deal_id=row.deal_id, to_id=row.to_id, kind=row.kind, undoes=row, by_id=by.id, at=at
    )
    facts = {"kind": row.kind}
    ledger.append(
        kind="inspection.dropped",
        by=by.ref,
        at=at,
        subject_kind="deal",
        subject=_id_of(by, row.deal_id, "deal.read"),
        facts=facts,
    )
    return back


@transaction.atomic
def send(*, by: access.Actor, at: datetime, to: str) -> Message:
    """Send what is noted for a person (public id) as one message, and tell them. Refused: nothing_noted, NotFound."""
    access.require(by, "inspection.ask")
    person = people.find(to)
    people.require_on(by, "inspection.ask", person.pk)
    # Two sends at once take turns here, so that a note goes out once.
    Person.objects.select_for_update(no_key=True).get(pk=by.id)
    waiting = queries.waiting_notes(by, at, to=person.pk)
    if not waiting:
        raise access.Refused(
            "nothing_noted", "Nothing is noted for this person. Note a question or a thank-you first."
        )
    content = [{"kind": n.kind, "deal": n.deal, "name": n.name, "text": n.text} for n in waiting]
    kept = Message.objects.create(to=person, by_id=by.id, at=at, content=content)
    SentNote.objects.bulk_create([SentNote(note_id=n.number, message=kept) for n in waiting])
    asked = sum(n.kind == "question" for n in waiting)
    parts = [f"{asked} question{'' if asked == 1 else 's'}"] if asked else []
    parts += ["a thank-you"] if asked < len(waiting) else []
    facts = {"name": by.name, "what": " and ".join(parts)}
    telling.tell(person, by=by, kind="health.message", facts=facts, at=at, path=SENT.format(kept.public_id))
    ledger.append(
        kind="inspection.sent", by=by.ref, at=at, subject_kind="person", subject=person.pk,
        facts={"message": kept.public_id, "questions": asked, "thanks": len(waiting) - asked},
    )  # fmt: skip
    return kept


# Several at once


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an act on several deals: the names of those done, and (name, sentence) of every refused one."""

    done: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]
    nothing: bool
    """whether nothing was done because one was refused and all or nothing was asked"""


MOST_AT_ONCE = 100


class _Stopped(Exception):
    pass


def on_several(
    *, by: access.Actor, at: datetime, deals: Sequence[str], whole: bool, act: Callable[[str], Any]
) -> Outcome:
    """Do an act on several deals (public ids). With ``whole`` one refusal undoes all, without it the rest is done.

    Every refused row is told either way. Raises Refused: none_chosen, too_many; NotAllowed where the act is nobody's.
    """
    chosen = list(dict.fromkeys(deals))
    if not chosen:
        raise access.Refused("none_chosen", "No deal is chosen. Tick the deals it is about.")
    if len(chosen) > MOST_AT_ONCE:
        raise access.Refused("too_many", f"At most {MOST_AT_ONCE} deals at once.")
    names = queries.names_of(by, chosen)
    done: list[str] = []
    refused: list[tuple[str, str]] = []

    def each() -> None:
        for deal in chosen:
            try:
                with transaction.atomic():
                    act(deal)
            except access.NotAllowed:
                raise
            except access.Refusal as refusal:
                refused.append((names.get(deal, "A deal"), refusal.sentence))
            else:
                done.append(names.get(deal, "A deal"))
        if whole and refused:
            raise _Stopped

    if not whole:
        each()
        return Outcome(tuple(done), tuple(refused), False)
    try:
        with transaction.atomic():
            each()
    except _Stopped:
        return Outcome((), tuple(refused), True)
    return Outcome(tuple(done), (), False)


# Thresholds


@transaction.atomic
def set_thresholds(
    *, by: access.Actor, at: datetime, values: dict[str, Any], after_version: int | None = None
) -> Threshold:
    """Put thresholds in force from now on, as a new version. The record follows with the next computation.

    Raises Refused: bad_threshold, changed_meanwhile (``after_version`` is not the newest), the_same; NotAllowed.
    """
    access.require(by, "settings.write")
    _, number = versions.newest(Threshold.objects.all(), after_version)
    content = rules.values_of(rules.thresholds_of(values, number + 1))
    if content == rules.values_of(queries.thresholds(at)):
        raise access.Refused("the_same", "Nothing is changed.")
    kept = Threshold.objects.create(version=number + 1, content=content, set_at=at, by=by.ref)
    forget()
    ledger.append(
        kind="settings.flags", by=by.ref, at=at, subject_kind="thresholds", subject=kept.version, facts=dict(content)
    )  # fmt: skip
    return kept


# The record


def record_is_due(at: datetime) -> bool:
    """Whether the newest estimate has no record yet under the thresholds in force."""
    run = _newest_run(at)
    return run is not None and not FlagRun.objects.filter(
        run=run, thresholds=queries.thresholds(at).version
    ).exists()  # fmt: skip


def _newest_run(at: datetime) -> EstimateRun | None:
    runs = EstimateRun.objects.filter(as_of__lte=at).only("pk", "as_of", "ends_on")
    return runs.order_by("-as_of", "-pk").first()


def keep_record(*, by: access.Actor, at: datetime) -> FlagRun | None:
    """Compute what is usual and the record of all flags beside the newest estimate; None before the first one.

    A second call with the same estimate and thresholds computes nothing. The computing holds no lock.
    """
    access.require(by, "import.run")
    run, t = _newest_run(at), queries.thresholds(at)
    if run is None:
        return None
    there = FlagRun.objects.filter(run=run, thresholds=t.version).first()
    if there is not None:
        return there
    house = people.house()
    # What was recorded on the day itself counts, so it looks from the next one, as the estimate does.
    look = min(house.day(run.as_of), run.ends_on) + timedelta(days=1)
    history = calls.evidence(look, at)
    kind = "month" if house.period_kind == "month" else "quarter"
    looked = record.look_back(
        history, as_of=look, calendar=house.calendar, kind=kind, thresholds=t, said=queries.said_then(look)
    )
    line = timeline.build(history, look)
    usual = record.usual_of(line, t)
    known = {"moves": line.events.recorded, "stages": line.fields["stage"].recorded,
             "dates": line.fields["close_on"].recorded}  # fmt: skip
    return _keep(by, at, run, t, usual, record.kept(record.record(looked)) | {"known": known})


@transaction.atomic
def _keep(
    by: access.Actor,
    at: datetime,
    run: EstimateRun,
    t: rules.Thresholds,
    usual: rules.Usual,
    found: dict[str, Any],
) -> FlagRun:
    kept, fresh = FlagRun.objects.get_or_create(
        run=run, thresholds=t.version,
        defaults={
            "computed_at": at, "stages": {k: list(v) for k, v in usual.stages.items()},
            "amounts": {k: list(v) for k, v in usual.amounts.items()}, "record": found,
        },
    )  # fmt: skip
    if fresh:
        facts = {"thresholds": t.version, "rows": found["rows"], "looks": len(found["days"])}
        ledger.append(
            kind="flags.recorded", by=by.ref, at=at, subject_kind="run", subject=run.pk, facts=facts
        )
    return kept


# Shared


def _record(
    kind: str, by: access.Actor, at: datetime, deal: Deal, facts: dict[str, Any], texts: dict[str, str]
) -> None:
    said = {name: text for name, text in texts.items() if text}
    ledger.append(
        kind=kind, by=by.ref, at=at, subject_kind="deal", subject=deal.public_id, facts=facts, personal=said
    )  # fmt: skip
