"""Acts with plans. Each is one transaction, its ledger entry last; the ledger keeps digests of words, not the words."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction

from fairlead.debts import actions as debts
from fairlead.diagnoses import queries as diagnoses
from fairlead.diagnoses import rules as layers
from fairlead.diagnoses import words as refused_words
from fairlead.grounds import queries as grounds
from fairlead.improvement import after as years
from fairlead.improvement import clock, content, measures, queries, rules
from fairlead.improvement.content import Content
from fairlead.improvement.models import Act, Assessment, Cover, Plan, Reviewer, SelfDraft, Version
from fairlead.improvement.queries import Found
from fairlead.ledger import actions as ledger
from fairlead.people import access, telling
from fairlead.people import queries as people
from fairlead.people.workdays import day_words, workdays_after, workdays_between

PATH = "/improvement/{}/"
OUTSIDE = "/outside-reviewers/"
_OPENED = "whether a diagnosis has its plan already; who asks leads the person"
_OWN = "a draft of one's own is replaced and dropped by its writer"


@transaction.atomic
def begin(*, by: access.Actor, at: datetime, person: str) -> Plan:
    """Begin what follows from the used diagnosis of a direct report: a plan, or redeployment where the fit failed.

    Nobody but the manager sees the draft. Raises Refused: no_diagnosis, other_route, has_plan, protected; NotAllowed,
    NotFound.
    """
    access.require(by, "improvement.lead")
    key = people.find(person).pk
    people.require_on(by, "improvement.lead", key, "person")
    if not grounds.covered(key, people.house().day(at)):
        raise access.NotFound("person")
    cause = diagnoses.usable(key)
    if cause is None:
        raise access.Refused(
            "no_diagnosis",
            "No plan without a diagnosis that was shared, answered and used. Begin with the look.",
        )
    form = layers.ROUTE_OF[cause.layer]
    if form not in ("plan", "redeployment"):
        raise access.Refused(
            "other_route", f"{layers.LAYERS[cause.layer]} failed: that has another remedy than a plan."
        )
    if queries.runs_from(cause.public_id):
        raise access.Refused("has_plan", "What follows from this diagnosis is begun already.")
    if form == "plan":
        _refuse_protected(key, cause.layer, at)
    row = Plan.objects.create(
        person_id=key,
        form=form,
        layer=cause.layer,
        diagnosis=cause.public_id,
        attempt=Plan.objects.for_system(_OPENED).filter(diagnosis=cause.public_id).count() + 1,
        by_id=by.id,
        at=at,
    )
    first = Content(why=cause.gap[: content.SHORT], days=queries.least_days(key, at))
    _keep_version(row, first, by, at)
    ledger.append(
        kind="improvement.begun", by=by.ref, at=at, subject_kind="improvement", subject=row.public_id,
        facts={"form": form, "diagnosis": cause.public_id},
    )  # fmt: skip
    return row


def _refuse_protected(person: int, layer: int | None, at: datetime) -> None:
    if queries.protecting(person, layer, at) is not None:
        raise access.Refused(
            "protected",
            "This person works on a plan of their own on the same gap, and on time. While it runs no formal plan "
            "opens, except where HR ends its protection in writing.",
        )


def _keep_version(row: Plan, held: Content, by: access.Actor, at: datetime) -> Version:
    kept = content.plain(held)
    text = json.dumps(kept, sort_keys=True, ensure_ascii=False)
    number = Version.objects.for_system(_OPENED).filter(plan=row).count() + 1
    return Version.objects.create(
        plan=row,
        number=number,
        content=kept,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        by_id=by.id,
        at=at,
    )


def _changed(found: Found, after: int | None) -> None:
    """Raises Refused where something was written since the form was shown: ``after`` is versions and acts together."""
    if after is not None and after != stamp(found):
        raise access.Refused(
            "changed_meanwhile", "Something was written here meanwhile. Read it, then send yours."
        )


def stamp(found: Found) -> int:
    """What a form carries, so that it is not sent over what somebody else wrote."""
    return found.now.saved + found.now.newest


def _refuse_words(held: Content) -> None:
    for what, text in content.words_of(held):
        refused_words.refuse(text, what)


@transaction.atomic
def save(*, by: access.Actor, at: datetime, plan: str, held: Content, after: int | None = None) -> Version:
    """Save the draft of a formal plan; it need not be whole. Counted baselines and peers' shares are reckoned here.

    Raises Refused: not_yours, not_now, changed_meanwhile, and what the list of words refuses; NotAllowed, NotFound.
    """
    found = queries.locked(by, plan, at)
    if "manager" not in found.sides:
        raise access.Refused("not_yours", "The manager writes the plan.")
    if found.now.phase != "draft":
        raise access.Refused(
            "not_now", "It is no draft any more. A published plan is changed, which pauses it."
        )
    _changed(found, after)
    held = _prepared(found, held, at)
    row = _keep_version(found.row, held, by, at)
    ledger.append(
        kind="improvement.saved", by=by.ref, at=at, subject_kind="improvement", subject=plan,
        facts={"version": row.number, "digest": row.digest},
    )  # fmt: skip
    return row


def _prepared(found: Found, held: Content, at: datetime) -> Content:
    _refuse_words(held)
    for task in held.tasks:
        if task.assessor and people.find(task.assessor).pk == found.row.person_id:
            raise access.Refused("bad_assessor", f"“{task.what}”: nobody measures the own task.")
    running = found.content if found.now.published is not None else None
    _refuse_deals_of_others(found.row.person_id, held, running)
    names = dict(measures.open_deals(found.row.person_id))
    deals = tuple(replace(one, name=names.get(one.deal, one.name)) for one in held.deals)
    kept = content.keep_keys(replace(held, deals=deals), found.proposed or found.content)
    return measures.with_peers(kept, found.row.person_id, at, running)


def _refuse_deals_of_others(person: int, held: Content, before: Content | None = None) -> None:
    theirs = {deal for deal, _ in measures.open_deals(person)}
    theirs |= {one.deal for one in before.deals} if before else set()
    for one in held.deals:
        if one.deal not in theirs:
            raise access.Refused("bad_deal", f"“{one.name or one.deal}” is no open deal of this person.")
    for commitment in held.commitments:
        if commitment.owner and people.find(commitment.owner).pk == person:
            raise access.Refused("bad_owner", "The company owes this; the person cannot owe it to themself.")


def _refuse_unready(found: Found, held: Content, at: datetime) -> None:
    """Raises Refused for what may not go to HR."""
    if found.now.form == "redeployment":
        if not held.why.strip():
            raise access.Refused("why_missing", "Say why, in words that the person reads.")
        return
    content.refuse(
        held,
        least_days=queries.least_days(found.row.person_id, at),
        today=found.given.today,
        cycle=measures.cycle(found.row.person_id, at),
    )


@transaction.atomic
def change(
    *, by: access.Actor, at: datetime, plan: str, held: Content, words: str, after: int | None = None
) -> Version:
    """Change a published plan: it is paused at once, until HR has checked the change and the person has read it.

    Raises Refused as ``save`` and ``submit`` do; NotAllowed, NotFound.
    """
    found = queries.locked(by, plan, at)
    rules.refuse_step("changed", found.now, found.given)
    _changed(found, after)
    said = _said("changed", words)
    held = _prepared(found, held, at)
    person = found.row.person_id
    content.refuse(
        held, least_days=queries.least_days(person, at), today=found.given.today, cycle=measures.cycle(person, at),
        before=found.content,
    )  # fmt: skip
    row = _keep_version(found.row, held, by, at)
    _act(found, "changed", by, at, version=row.number, words=said)
    return row


def _said(kind: str, words: str) -> str:
    """The words of an act, checked where a manager, HR or a decider writes them; the person's own never are."""
    if kind not in rules.WORDS_NEEDED:
        return ""
    said = rules.refuse_words(words, rules.WORDS_NEEDED[kind])
    if kind not in _PERSONS_OWN:
        refused_words.refuse(said, "your words")
    return said


_PERSONS_OWN = frozenset({"partly", "refused", "deals_refused", "replied", "appealed", "ended"})


@transaction.atomic
def act(
    *,
    by: access.Actor,
    at: datetime,
    plan: str,
    kind: str,
    words: str = "",
    which: str = "",
    said: str = "",
    value: int | None = None,
    after: int | None = None,
) -> Act:
    """Do one act with a plan: ``which`` names the check-in or deal, ``said`` the outcome, who missed, or what an
    appeal came to, ``value`` the days of an extension.

    Raises Refused with the code of what stands against it; NotAllowed, NotFound.
    """
    found = queries.locked(by, plan, at)
    return perform(found, by, at, kind=kind, words=words, which=which, said=said, value=value, after=after)


def perform(
    found: Found,
    by: access.Actor,
    at: datetime,
    *,
    kind: str,
    words: str,
    which: str = "",
    said: str = "",
    value: int | None = None,
    after: int | None = None,
    outside: Reviewer | None = None,
) -> Act:
    """Do an act with a plan that is held, as a side of it; ``outside``: who acts, where nobody of the company does."""
    if kind in ("changed", "measured", "shared"):
        raise access.Refused("bad_step", "There is no such act here.")
    rules.refuse_step(kind, found.now, found.given)
    _changed(found, after)
    now = found.now
    version, late = now.in_force or now.saved, 0
    if kind == "summary_read":
        words_kept = words.strip()[: content.LONGEST]
    elif kind == "approved" or (kind == "seconded" and outside is not None):
        words_kept = words.strip()[: content.LONGEST]
        refused_words.refuse(words_kept, "your words")
    else:
        words_kept = _said(kind, words)
    if kind == "published" and now.form == "plan":
        _refuse_protected(found.row.person_id, found.row.layer, at)
    if kind == "submitted":
        assert found.content is not None
        _refuse_unready(found, found.content, at)
        if now.form == "plan":
            _refuse_protected(found.row.person_id, found.row.layer, at)
        version = now.saved
    elif kind in ("approved", "returned", "published") or (
        kind in ("received", "handed") and now.phase == "paused"
    ):
        version = now.saved
    elif kind in ("checked_in", "missed"):
        which, said = _checkin(found, kind, which, said)
    elif kind == "freed":
        held = found.content
        if held is None or which not in {one.deal for one in held.deals} or which in now.freed:
            raise access.Refused("bad_deal", "Choose one of the plan’s deals that is not freed yet.")
    elif kind == "decided":
        if (refusal := rules.why_not_outcome(said, now, found.given)) is not None:
            raise refusal
        value = rules.refuse_more(value) if said == "extended" else None
        by_day = clock.decide_by(found.clock) if found.clock else None
        if by_day is not None and found.given.today > by_day:
            late = workdays_between(by_day, found.given.today, found.clock.off if found.clock else ())
    elif kind == "heard" and said not in rules.HEARD:
        raise access.Refused("no_outcome", "Say whether the decision stands or is overturned.")
    row = _act(
        found, kind, by, at, version=version, which=which if kind in _ABOUT else "",
        said=said if kind in ("missed", "decided", "heard") else "", value=value if kind == "decided" else None,
        words=words_kept, late=late, outside=outside,
    )  # fmt: skip
    return row


_ABOUT = frozenset({"checked_in", "missed", "freed"})


def _checkin(found: Found, kind: str, which: str, said: str) -> tuple[str, str]:
    given = found.given
    own = found.now.form == "self"
    number = len(found.now.checkins) + 1 if own else rules.refuse_checkin(which, given)
    before = found.now.checkins.get(str(number))
    if before is not None and before.kind == "checked_in":
        raise access.Refused("held", "This check-in is written down already.")
    if kind == "missed":
        _refuse_missed(found, number, said, before)
    return str(number), said if kind == "missed" else ""


def _refuse_missed(found: Found, number: int, said: str, before: rules.Step | None) -> None:
    """A check-in that the person missed is written down in time, or it stands against the manager."""
    if said not in ("person", "manager"):
        raise access.Refused("who_missed", "Say who missed it.")
    if before is not None:
        raise access.Refused("held", "It is written down who missed it. Hold the check-in now.")
    day, free = found.given.checkins[number - 1], found.clock.free if found.clock else frozenset()
    if said == "person" and day is not None and found.given.today > workdays_after(day, clock.GRACE, free):
        raise access.Refused(
            "too_late",
            "That was to be written down in the days after it. It stands against you; hold it now.",
        )


def _act(
    found: Found,
    kind: str,
    by: access.Actor,
    at: datetime,
    *,
    version: int = 0,
    which: str = "",
    said: str = "",
    value: int | None = None,
    scores: Mapping[str, int] | None = None,
    words: str = "",
    late: int = 0,
    outside: Reviewer | None = None,
) -> Act:
    """Keep an act, do what follows from it, tell whom it concerns, and write the ledger."""
    row = Act.objects.create(
        plan=found.row, number=found.now.newest + 1, kind=kind, on=people.house().day(at), version=version, which=which,
        said=said, value=value, scores=dict(scores or {}), words=words, days_late=late,
        by_id=by.id if outside is None else None, outside=outside, at=at,
    )  # fmt: skip
    after = queries.together([found.row], by, at)[0]
    _follow(found, after, kind, by, at)
    _tell(found, after, kind, said, by, at)
    ledger.append(
        kind=f"improvement.{kind}", by=by.ref, at=at, subject_kind="improvement", subject=found.row.public_id,
        facts={
            "number": row.number, "version": version, "which": which, "said": said, "value": value, "days_late": late,
            "digest": hashlib.sha256(f"{found.row.public_id} {row.number} {words}".encode()).hexdigest(),
            **({"outside": outside.public_id} if outside is not None else {}),
        },
    )  # fmt: skip
    return row


def _follow(before: Found, found: Found, kind: str, by: access.Actor, at: datetime) -> None:
    """What an act brings about: what the company promised is owed, whoever measures is named, what ended is lifted."""
    held = found.content
    came_in_force = kind == "published" or (kind in ("received", "handed") and before.now.phase == "paused")
    if came_in_force and held is not None:
        for one in held.commitments:
            debts.open_debt(
                by=by, at=at, owner=people.find(one.owner).pk, owed_to=found.row.person_id, item=one.what,
                source=(queries.DEBT_SOURCE, one.ref), key="plan", due_on=one.due_on,
            )  # fmt: skip
        for task in held.tasks:
            if task.assessor:
                _name_assessor(found.row, task, by, at)
        if before.content is not None and before.now.phase == "paused":
            kept = {one.ref for one in held.commitments}
            for one in before.content.commitments:
                if one.ref not in kept:
                    _lift(by, at, one.ref)
    if kind == "withdrawn" and found.now.published is not None and held is not None:
        for one in held.commitments:
            _lift(by, at, one.ref)


def _lift(by: access.Actor, at: datetime, ref: str) -> None:
    debts.lift_of(by=by, at=at, source=(queries.DEBT_SOURCE, ref), words="The manager took it back.")


def _name_assessor(row: Plan, task: content.Task, by: access.Actor, at: datetime) -> None:
    person = people.find(task.assessor)
    _, made = Assessment.objects.for_system("who measures is named once for each task").get_or_create(
        plan=row, task=task.key, assessor=person, defaults={"at": at}
    )
    if made:
        path = f"/improvement/measure/{row.public_id}/{task.key}/"
        telling.tell(
            person,
            by=by,
            kind="improvement.measure",
            facts={"day": day_words(task.due_on) if task.due_on else ""},
            at=at,
            path=path,
        )


def _tell(before: Found, found: Found, kind: str, said: str, by: access.Actor, at: datetime) -> None:
    row, now = found.row, found.now
    manager, path = people.manager_of(row.person_id), PATH.format(row.public_id)
    told: list[tuple[int | None, str]] = []
    match kind:
        case "submitted":
            told = _gate_told(row)
        case "returned" | "approved":
            told = [(manager, "improvement.answered")]
            if kind == "approved" and before.now.phase == "paused":
                told.append((row.person_id, "improvement.manager"))
        case "published":
            told = [
                (row.person_id, "improvement.talk" if row.form == "redeployment" else "improvement.published")
            ]
        case (
            "received"
            | "agreed"
            | "partly"
            | "refused"
            | "deals_agreed"
            | "deals_refused"
            | "replied"
            | "ended"
        ):
            told = [(manager, "improvement.person")]
        case "summary_read":
            told = [(manager, "improvement.person")]
        case "checked_in" | "missed" | "freed" | "kept" | "handed" | "summed_up" | "measured" | "lifted":
            told = [(row.person_id, "improvement.manager")]
        case "changed":
            told = [(row.person_id, "improvement.changed")]
            told += _gate_told(row)
        case "decided":
            if said in rules.PARTING:
                told = [(one, "improvement.second") for one in queries.partners(row.person_id)]
                told = told or [(one, "improvement.outside") for one in _admins(row)]
            else:
                told = [(row.person_id, "improvement.decided"), (manager, "improvement.answered")]
        case "objected":
            told = [(before.now.decision.by if before.now.decision else None, "improvement.answered")]
        case "seconded":
            told = [(row.person_id, "improvement.decided"), (manager, "improvement.answered")]
        case "appealed":
            told = [(one, "improvement.appealed") for one in queries.hearers(row, now)]
            if not told:  # somebody from outside hears it, and has to be sent it
                keepers = queries.partners(row.person_id) or _admins(row)
                told = [(one, "improvement.outside") for one in keepers]
        case "heard":
            told = [(row.person_id, "improvement.heard"), (manager, "improvement.answered")]
        case "withdrawn":
            told = [(manager, "improvement.withdrawn")]
            if now.published is not None:
                told.append((row.person_id, "improvement.withdrawn"))
        case "shared":
            told = [(manager, "improvement.shared")]
    for reader, notice in told:
        where = OUTSIDE if notice == "improvement.outside" else path
        telling.tell(reader, by=by, kind=notice, facts={}, at=at, path=where)


def _gate_told(row: Plan) -> list[tuple[int | None, str]]:
    """HR; where the unit has no HR partner, admins, who send it outside and read nothing of it."""
    found: list[tuple[int | None, str]] = [
        (one, "improvement.at_hr") for one in queries.partners(row.person_id)
    ]
    return found or [(one, "improvement.outside") for one in _admins(row)]


def _admins(row: Plan) -> list[int]:
    """The admins who may send a plan outside: neither whom it is about nor who leads them."""
    return [one for one in people.admins() if one not in (row.person_id, people.manager_of(row.person_id))]


# Measuring


@transaction.atomic
def measure(
    *,
    by: access.Actor,
    at: datetime,
    plan: str,
    task: str,
    value: int | None = None,
    scores: Mapping[str, int | None] | None = None,
    words: str = "",
) -> Act:
    """Write down what a task came to, as whoever is named to measure it; in a self-plan, the person.

    Raises Refused: not_yours, not_now, bad_value, bad_rubric, counted_alone, text_missing; NotAllowed, NotFound.
    """
    own = Plan.objects.for_system(_OPENED).filter(public_id=plan, person=by.person, form="self").exists()
    if not own:
        queries.one_to_measure(by, plan, task, at)
    row = (
        Plan.objects.for_system(_OPENED)
        .select_for_update(of=("self",), no_key=True)
        .filter(public_id=plan)
        .get()
    )
    found = queries.together([row], by, at)[0]
    if (refusal := rules.why_not("measured", found.now, found.given)) is not None:
        raise refusal
    held = next((one for one in (found.content.tasks if found.content else ()) if one.key == task), None)
    if held is None:
        raise access.NotFound("task")
    if held.metric in content.COMPUTED:
        raise access.Refused("counted_alone", "This is counted in the deals; nobody types it in.")
    said = rules.refuse_words(words, rules.WORDS_NEEDED["measured"])
    kept: dict[str, int] = {}
    if held.metric == "teach_back":
        value, kept = rules.score(scores or {})
    if value is None or not 0 <= value <= 1_000_000:
        raise access.Refused("bad_value", "Write the count as a whole number.")
    if not own:
        refused_words.refuse(said, "your words")
    return _act(
        found,
        "measured",
        by,
        at,
        version=found.now.in_force,
        which=task,
        value=value,
        scores=kept,
        words=said,
    )


# The cover plan


@transaction.atomic
def cover(
    *, by: access.Actor, at: datetime, plan: str, lines: Sequence[Mapping[str, str]], after: int | None = None
) -> Cover:
    """Save who covers which account: account, covered_by (public id), hand_over, first_call_on (a day as text).

    It need not be whole; a parting needs it whole. Raises Refused: not_yours, not_now, bad_mate, bad_day, text_long,
    changed_meanwhile; NotAllowed, NotFound.
    """
    found = queries.locked(by, plan, at)
    if "manager" not in found.sides:
        raise access.Refused("not_yours", "The manager writes the cover plan.")
    if (
        found.now.form == "self"
        or found.now.published is None
        or found.now.phase not in ("running", "paused", "pending")
    ):
        raise access.Refused("not_now", "There is no cover plan to write here now.")
    before = queries.newest_cover(found.row)
    if after is not None and after != (before.number if before else 0):
        raise access.Refused(
            "changed_meanwhile", "Somebody saved this cover plan meanwhile. Read it, then save yours."
        )
    known = {one.public_id: one.name for one in queries.accounts_of(found.row.person_id)}
    mates = {one.key: one.name for one in queries.mates_of(found.row.person_id)}
    kept = []
    for line in lines:
        if line.get("account") not in known:
            continue
        mate, text = line.get("covered_by", ""), line.get("hand_over", "").strip()
        if mate and mate not in mates:
            raise access.Refused("bad_mate", "Choose somebody of the team to cover an account.")
        if len(text) > content.SHORT:
            raise access.Refused("text_long", f"Write a hand-over in at most {content.SHORT} characters.")
        refused_words.refuse(text, "the hand-over")
        kept.append(
            {
                "account": line["account"], "name": known[line["account"]], "covered_by": mate,
                "covered_by_name": mates.get(mate, ""), "hand_over": text,
                "first_call_on": _first_call(line.get("first_call_on", ""), found.given.today),
            }
        )  # fmt: skip
    number = (before.number if before else 0) + 1
    row = Cover.objects.create(plan=found.row, number=number, lines=kept, by_id=by.id, at=at)
    ledger.append(
        kind="improvement.covered", by=by.ref, at=at, subject_kind="improvement", subject=plan,
        facts={"number": number, "accounts": len(kept)},
    )  # fmt: skip
    return row


def _first_call(text: str, today: date) -> str:
    if not text:
        return ""
    try:
        day = date.fromisoformat(text)
    except ValueError as odd:
        raise access.Refused("bad_day", f"“{text[:30]}” is no day. Write it as in 2026-11-24.") from odd
    if day < today:
        raise access.Refused("bad_day", "The first call cannot lie before today.")
    return day.isoformat()


# A plan of one's own


@transaction.atomic
def keep_own(*, by: access.Actor, at: datetime, held: Content, layer: int | None) -> SelfDraft:
    """Keep what somebody writes for themself. Nobody else reads it; it enters no ledger."""
    access.require(by, "improvement.self")
    rows = SelfDraft.objects.for_system(_OWN)
    known = rows.filter(person=by.id).first()
    kept = content.plain(content.keep_keys(held, content.content_of(known.content) if known else None))
    row, _ = rows.update_or_create(person_id=by.id, defaults={"content": kept, "layer": layer, "at": at})
    return row


@transaction.atomic
def drop_own(*, by: access.Actor) -> None:
    """Throw away what somebody wrote for themself."""
    access.require(by, "improvement.self")
    SelfDraft.objects.for_system(_OWN).filter(person=by.id).delete()


@transaction.atomic
def share_own(*, by: access.Actor, at: datetime) -> Plan:
    """Share the own plan with the manager: from today it protects, while it runs on time, 45 days at most.

    Raises Refused: nothing_to_share, no_manager, has_own, protected_before, and what is missing in it; NotAllowed.
    """
    access.require(by, "improvement.self")
    today = people.house().day(at)
    draft = (
        SelfDraft.objects.for_system(_OWN)
        .select_for_update(of=("self",), no_key=True)
        .filter(person=by.id)
        .first()
    )
    if draft is None:
        raise access.Refused("nothing_to_share", "Write it first.")
    if people.manager_of(by.id) is None:
        raise access.Refused("no_manager", "There is nobody to share it with.")
    held = content.content_of(draft.content)
    content.refuse(held, least_days=1, today=today, cycle=measures.cycle(by.id, at), alone=True)
    _refuse_deals_of_others(by.id, held)
    system = access.system("whether somebody has a plan of their own on the same gap")
    rows = Plan.objects.for_system(_OWN).filter(person=by.id, form="self")
    for one in queries.together(rows, system, at):
        if one.now.open:
            raise access.Refused("has_own", "A plan of yours runs already. End it first.")
        if one.row.layer == draft.layer:
            raise access.Refused(
                "protected_before", "You had a plan of your own on this gap. It protects once."
            )
    row = Plan.objects.create(person_id=by.id, form="self", layer=draft.layer, by_id=by.id, at=at)
    _keep_version(row, measures.with_peers(held, by.id, at), by, at)
    draft.delete()
    found = queries.together([row], by, at)[0]
    _act(found, "shared", by, at, version=1)
    return row


@transaction.atomic
def lift_protection(*, by: access.Actor, at: datetime, plan: str, words: str) -> Act:
    """End in writing, as HR, that somebody's own plan keeps a formal plan away. The plan itself goes on.

    Raises Refused: text_missing and what the list of words refuses; NotAllowed, NotFound.
    """
    access.require(by, "improvement.gate")
    if plan not in {one.public_id for one in queries.protections(by, at)}:
        raise access.NotFound("plan")
    rows = Plan.objects.seen_by(by, "improvement.gate").select_for_update(of=("self",), no_key=True)
    found = queries.together([rows.get(public_id=plan)], by, at)[0]
    rules.refuse_step("lifted", found.now, found.given)
    return _act(found, "lifted", by, at, words=_said("lifted", words))


# The daily job


@transaction.atomic
def watch(*, at: datetime) -> int:
    """Tell whoever decides that a plan has come to its last day, and HR of a year after, once. How many were told."""
    by, told = access.system("plans come to their last day"), 0
    today = people.house().day(at)
    rows = Plan.objects.for_system("plans come to their last day").filter(form="plan").order_by("pk")
    for found in queries.together(queries.where_it_runs(rows, at), by, at):
        if found.now.phase != "running" or found.given.ends_on is None or found.given.ends_on > today:
            continue
        path = PATH.format(found.row.public_id)
        for reader in queries.deciders(found.row, found.now):
            told += telling.tell_once(reader, by=by, kind="improvement.decide", facts={}, at=at, path=path)
    return told + years.remind(at)


@transaction.atomic
def note_screen(*, by: access.Actor, at: datetime, what: str, months: int, groups: int, people_: int) -> None:
    """Keep that a screen for adverse impact was made, and nothing of its groups or what it said."""
    access.require(by, "impact.screen")
    ledger.append(
        kind="improvement.screened", by=by.ref, at=at, subject_kind="screen", subject=what,
        facts={"months": months, "groups": groups, "people": people_},
    )  # fmt: skip
