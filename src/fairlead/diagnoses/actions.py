"""Diagnosing: drafts, sharing, answers, use with its remedy, withdrawal, observations. Each act is one transaction.

The ledger keeps digests of what is written and no words: whoever leads the seller no more finds them in no entry.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import date, datetime

from django.db import transaction

from fairlead.debts import actions as debts
from fairlead.diagnoses import facts, queries, rules, wording, words
from fairlead.diagnoses.models import Act, Asked, Diagnosis, Observation, Remedy, Version
from fairlead.grounds import queries as grounds
from fairlead.ledger import actions as ledger
from fairlead.looks import actions as looks
from fairlead.looks import queries as look_queries
from fairlead.looks import rules as look_rules
from fairlead.looks.models import Look
from fairlead.people import access, telling
from fairlead.people import queries as people
from fairlead.people.models import Person, public_id
from fairlead.promises import actions as promises

PATH = "/diagnoses/{}/"
ASKED_PATH = "/observations/{}/"
PROMISED = "What follows from the look"
"""The label of a promise made with a remedy; it stands in notices."""
_HELD = "acts with a diagnosis follow each other; who acts reads it"
_LOOK = "one diagnosis of a look runs at a time; who acts reads the look"
_CLOCK = "the clock goes through diagnoses that wait, and through their talks and reviews"
_OBSERVER = "who was asked writes into a diagnosis that they do not read"
_DEFAULT = "Set aside before it was shared."
FOLLOWED_BY: list[Callable[[str], bool]] = []
"""What says of a diagnosis (public id) whether something of a later feature runs that came of it."""


def open_(*, by: access.Actor, at: datetime, look: str) -> Diagnosis:
    """Open a diagnosis of a look (public id) as the manager; the own draft again where there is one.

    Raises Refused: decided, diagnosis, stopped; NotAllowed, NotFound.
    """
    seen = look_queries.found(by, look, at)
    people.require_on(by, "diagnosis.write", seen.person_id, "look")
    with transaction.atomic():
        row = Look.objects.for_system(_LOOK).select_for_update(of=("self",), no_key=True).get(pk=seen.pk)
        look_rules.refuse_follow("diagnosed", look_queries.standing_of(row))
        _refuse_stopped(row.person_id, at)
        kept = list(Diagnosis.objects.for_system(_LOOK).filter(look=row).order_by("number"))
        for one in kept:
            now = queries.standing_of(one)
            if now.state == "draft" and now.newest.by == by.id:
                return one
            if now.state == "draft":  # of somebody who leads the seller no more, and nobody reads it
                _act(one, now, by, at, "withdrawn", "The team changed hands before it was shared.")
        made = Diagnosis.objects.create(
            look=row, number=len(kept) + 1, person_id=row.person_id, by_id=by.id, at=at
        )
        _version(made, 1, rules.Findings(), facts.of(row.person_id, at), by, at)
        _entry("diagnosis.opened", by, at, made, {})
    return made


def save(
    *, by: access.Actor, at: datetime, diagnosis: str, given: Sequence[tuple[str, str]], after: int
) -> Version:
    """Save a draft: (verdict, evidence) of every layer. What was saved before stays; the same again is no new version.

    ``after``: the number of the version the form showed. Raises Refused: order, text_missing, text_long, bad_verdict,
    about_the_person, fit_lacks, shared, withdrawn, changed_meanwhile; NotAllowed, NotFound.
    """
    seen = _mine(by, diagnosis)
    with transaction.atomic():
        row, now = _locked(seen)
        _refuse_not_draft(row, now, by)
        newest = queries.versions_of(row)[-1]
        if after != newest.number:
            raise access.Refused(
                "changed_meanwhile", "Another version was saved meanwhile. Read it, then save yours."
            )
        names = _first_names(row)
        for layer, (_, said) in enumerate(given):
            words.refuse(said, f"the evidence of {rules.LAYERS[min(layer, rules.FIT)].lower()}", names)
        found = rules.findings(given)
        _refuse_fit(row, found)
        if newest.by_id == by.id and (newest.verdicts, newest.words) == (found.verdicts, found.words):
            return newest
        return _version(row, newest.number + 1, found, newest.facts, by, at)


def _refuse_fit(row: Diagnosis, found: rules.Findings) -> None:
    if found.failing == rules.FIT and (lacks := queries.fit_lacks(row)):
        raise access.Refused("fit_lacks", lacks)


def _refuse_not_draft(row: Diagnosis, now: rules.Standing, by: access.Actor) -> None:
    if now.state == "withdrawn":
        raise access.Refused("withdrawn", "This diagnosis was withdrawn. Open a new one from the look.")
    if now.state != "draft":
        raise access.Refused("shared", "It is shared. Take it back to a draft to write another version.")
    if now.newest.by != by.id and not now.ever_shared:
        raise access.NotFound("diagnosis")


def act(
    *, by: access.Actor, at: datetime, diagnosis: str, kind: str, words_: str = "", after: int | None = None
) -> Act:
    """Any act but a use: share, take back, read, answer, withdraw, and what becomes of a talk or an agreement.

    ``after``: how many acts the form showed. Raises Refused as the rules do, and about_the_person, text_missing,
    text_long, changed_meanwhile, stopped; NotAllowed, NotFound.
    """
    seen = queries.found(by, diagnosis)
    _require(by, seen, kind)
    with transaction.atomic():
        row, now = _locked(seen)
        side, moment = queries.side_of(row, by), queries.moment_of(row, now, at)
        if kind == "used":
            raise access.Refused("no_remedy", "Say what follows from it when you use it.")
        rules.refuse_act(kind, now, side, by.id, moment)
        _refuse_meanwhile(row, after)
        if kind == "withdrawn" and any(leads_on(row.public_id) for leads_on in FOLLOWED_BY):
            raise access.Refused("followed", "Something runs that came of it. Withdraw that first.")
        said = ""
        if kind in rules.WORDED:
            if kind == "withdrawn" and not now.ever_shared:
                words_ = words_.strip() or _DEFAULT
            said = rules.refuse_words(words_, wording.SAYS[kind])
            if side != "person":
                words.refuse(said, "what you write", _first_names(row))
        if kind == "shared":
            _freeze(row, now, by, at)
        taken = _act(row, queries.standing_of(row), by, at, kind, said)
        if kind == "shared" and look_queries.standing_of(row.look).diagnosed is None:
            looks.follow(by=by, at=at, look=row.look_id, kind="diagnosed")
        if kind == "withdrawn":
            _undo(row, now, by, at)
        _tell(row, now, by, at, kind)
        return taken


def _freeze(row: Diagnosis, now: rules.Standing, by: access.Actor, at: datetime) -> None:
    """The version that is shared: the same findings, with what is known now beside them."""
    _refuse_stopped(row.person_id, at)
    _refuse_fit(row, now.newest.findings)
    _version(row, now.newest.number + 1, now.newest.findings, facts.of(row.person_id, at), by, at)


def use(
    *, by: access.Actor, at: datetime, diagnosis: str, remedy: rules.Remedy, after: int | None = None
) -> Remedy:
    """Use a shared diagnosis and set what follows from its layer: the look is decided, the seller is told.

    Raises Refused: waits, not_shared, not_your_words, withdrawn, no_change, no_owner, bad_owner, bad_day, day_passed,
    day_far, text_missing, text_long, about_the_person, changed_meanwhile, stopped; NotAllowed, NotFound.
    """
    seen = _mine(by, diagnosis)
    with transaction.atomic():
        row, now = _locked(seen)
        moment = queries.moment_of(row, now, at)
        rules.refuse_act("used", now, "manager", by.id, moment)
        _refuse_meanwhile(row, after)
        _refuse_stopped(row.person_id, at)
        layer = now.newest.findings.failing
        assert layer is not None
        given = rules.refuse_remedy(layer, remedy, moment.today)
        words.refuse(given.text, "what follows from it", _first_names(row))
        source = public_id()
        owner = _owner(row, given, by, at) if given.change else None
        thing = _thing(row, given, owner, source, by, at) if owner is not None else ""
        kept = Remedy.objects.create(
            diagnosis=row, layer=layer, route=rules.ROUTE_OF[layer], change=given.change, text=given.text, owner=owner,
            due_on=given.due_on, talk_on=given.talk_on, review_on=given.review_on, source=source, thing=thing,
            by_id=by.id, at=at,
        )  # fmt: skip
        _act(row, now, by, at, "used", "")
        looks.follow(by=by, at=at, look=row.look_id, kind="decided")
        _tell(row, now, by, at, "used")
        return kept


def _owner(row: Diagnosis, given: rules.Remedy, by: access.Actor, at: datetime) -> Person:
    if given.change != "debt":
        return Person.objects.get(pk=by.id)
    owner = people.find(given.owner)
    if owner.pk == row.person_id or (owner.ends_on and owner.ends_on <= people.house().day(at)):
        raise access.Refused("bad_owner", "Choose somebody who is here, and not the person themself.")
    return owner


def _thing(
    row: Diagnosis, given: rules.Remedy, owner: Person, source: str, by: access.Actor, at: datetime
) -> str:
    """A company debt, whose owner reads what is owed and nothing of this; or the manager's promise to the seller."""
    assert given.due_on is not None
    if given.change == "debt":
        debt = debts.open_debt(
            by=by, at=at, owner=owner.pk, owed_to=row.person_id, item=given.text, source=("manager", source),
            key="1", due_on=given.due_on,
        )  # fmt: skip
        assert debt is not None
        return debt.public_id
    promise = promises.log(
        by=by, at=at, owner=owner, made_to=row.person, text=given.text, due_on=given.due_on, key=source,
        source=("diagnosis", source, PROMISED),
    )  # fmt: skip
    return promise.public_id


def _undo(row: Diagnosis, now: rules.Standing, by: access.Actor, at: datetime) -> None:
    """What a withdrawal takes along: the look is open again, and what the remedy made is owed no longer."""
    if look_queries.standing_of(row.look).diagnosed is not None and now.ever_shared:
        looks.follow(by=by, at=at, look=row.look_id, kind="reopened")
    remedy = queries.remedy_of(row)
    if remedy is not None and remedy.change == "debt":
        debts.lift_of(by=by, at=at, source=("manager", remedy.source), words="The manager took it back.")
    elif remedy is not None and remedy.change:
        reason = "What it followed from was withdrawn."
        promises.let_go(by=by, at=at, source=("diagnosis", remedy.source), reason=reason)


def close(
    *, by: access.Actor, at: datetime, diagnosis: str, reason: str, words_: str, after: int | None = None
) -> None:
    """Where every layer passed: set the diagnosis aside and close its look with a reason, in one act.

    Raises Refused: something_found, no_reason, text_missing, text_long, about_the_person, changed_meanwhile.
    """
    seen = _mine(by, diagnosis)
    with transaction.atomic():
        row, now = _locked(seen)
        _refuse_not_draft(row, now, by)
        if not now.newest.findings.nothing_found:
            raise access.Refused("something_found", "A look is closed from here when every layer passed.")
        _refuse_meanwhile(row, after)
        look_rules.refuse_reason(reason)
        said = words.refuse(
            rules.refuse_words(words_, "why, in your words"), "what you write", _first_names(row)
        )
        _act(row, now, by, at, "withdrawn", said)
        _undo(row, now, by, at)
        looks.act(by=by, at=at, look=row.look.public_id, kind="waived", reason=reason, words=said)


# Observations


def ask(*, by: access.Actor, at: datetime, diagnosis: str, observer: str) -> Asked:
    """Ask somebody (public id) what they observed; once for a person. They read the name and nothing else.

    Raises Refused: too_early, no_observer; NotAllowed, NotFound.
    """
    seen = _mine(by, diagnosis)
    with transaction.atomic():
        row, now = _locked(seen)
        _refuse_too_early(row, now, by)
        whom = people.find(observer)
        if why := queries.why_no_observer(row, whom, at):
            raise access.Refused("no_observer", why)
        made, new = Asked.objects.for_system(_HELD).get_or_create(
            diagnosis=row, observer=whom, defaults={"by_id": by.id, "at": at}
        )
        if new:
            path = ASKED_PATH.format(made.public_id)
            telling.tell(whom, by=by, kind="diagnoses.asked", facts={"name": by.name}, at=at, path=path)
            _entry("diagnosis.asked", by, at, row, {"observer": whom.pk})
    return made


def observe(*, by: access.Actor, at: datetime, diagnosis: str, on: date | None, words_: str) -> Observation:
    """Write down as the manager what one saw oneself, and on which day."""
    seen = _mine(by, diagnosis)
    with transaction.atomic():
        row, now = _locked(seen)
        _refuse_too_early(row, now, by)
        return _observation(row, by, at, on, words_)


def answer(
    *, by: access.Actor, at: datetime, asked: str, kind: str, on: date | None = None, words_: str = "", about: int = 0
) -> Observation:  # fmt: skip
    """Answer as who was asked (public id of that): observed, declined, or taken_back of an own one.

    Raises Refused: closed, bad_step, bad_day, day_old, text_missing, text_long, about_the_person; NotFound.
    """
    wanted = queries.asked_row(by, asked)
    with transaction.atomic():
        row, now = _locked(wanted.diagnosis)
        if not queries.takes_observations(row, now):
            raise access.Refused("closed", "Nothing is needed any more. Thank you.")
        if kind == "observed":
            made = _observation(row, by, at, on, words_)
        elif kind == "declined":
            made = _row(row, by, at, "declined")
            _entry("diagnosis.declined", by, at, row, {})
        else:
            made = _back(row, by, at, kind, about)
        if kind in ("observed", "declined"):
            path = PATH.format(row.public_id)
            telling.tell(now.newest.by, by=by, kind=f"diagnoses.{kind}", facts={}, at=at, path=path)
        return made


def take_back(*, by: access.Actor, at: datetime, diagnosis: str, about: int) -> Observation:
    """Take an own observation back as the manager, while it is a draft."""
    seen = _mine(by, diagnosis)
    with transaction.atomic():
        row, now = _locked(seen)
        _refuse_not_draft(row, now, by)
        return _back(row, by, at, "taken_back", about)


def _observation(row: Diagnosis, by: access.Actor, at: datetime, on: date | None, words_: str) -> Observation:
    said = rules.refuse_words(words_, "what was done or said")
    words.refuse(said, "what you observed", _first_names(row))
    day = rules.refuse_seen_on(on, people.house().day(at))
    made = _row(row, by, at, "observed", on=day, words=said)
    _entry("diagnosis.observed", by, at, row, {"number": made.number, "digest": _digest(said, row.public_id)})
    return made


def _back(row: Diagnosis, by: access.Actor, at: datetime, kind: str, about: int) -> Observation:
    own = [one.number for one in queries.observed(row) if one.by_id == by.id]
    if kind != "taken_back" or about not in own:
        raise access.Refused("bad_step", "There is no observation of yours to take back.")
    made = _row(row, by, at, "taken_back", about=about)
    _entry("diagnosis.observation_back", by, at, row, {"about": about})
    return made


def _row(row: Diagnosis, by: access.Actor, at: datetime, kind: str, **more: object) -> Observation:
    number = Observation.objects.for_system(_OBSERVER).filter(diagnosis=row).count() + 1
    return Observation.objects.create(diagnosis=row, number=number, kind=kind, by_id=by.id, at=at, **more)


def _refuse_too_early(row: Diagnosis, now: rules.Standing, by: access.Actor) -> None:
    _refuse_not_draft(row, now, by)
    if now.newest.by != by.id or not queries.observing(now.newest.findings):
        raise access.Refused(
            "too_early",
            "Observations are asked for when every layer before fit has passed. Judge those first.",
        )


# The clock


@transaction.atomic
def watch(*, at: datetime) -> int:
    """Tell the manager that a wait is over, and both of a talk or a review on its day, once. How many were told."""
    by, told = access.system("diagnoses are gone through"), 0
    for row in queries.unerased(Diagnosis.objects.for_system(_CLOCK)).order_by("pk"):
        now = queries.standing_of(row)
        if now.state not in ("shared", "used"):
            continue
        moment, manager = queries.moment_of(row, now, at), people.manager_of(row.person_id)
        wait_over = moment.waits_until is not None and moment.today > moment.waits_until
        if now.state == "shared" and now.replied is None and wait_over:
            told += _once(by, at, manager, "diagnoses.may_use", row, f"v{now.newest.number}")
        if now.state == "used" and now.reviewed is None:
            if moment.talk_on is not None and moment.talk_on == moment.today and now.talk is None:
                told += sum(
                    _once(by, at, who, "diagnoses.talk_day", row, "talk") for who in (manager, row.person_id)
                )
            if moment.review_on is not None and moment.review_on <= moment.today:
                told += sum(
                    _once(by, at, who, "diagnoses.review_day", row, "review")
                    for who in (manager, row.person_id)
                )
    return told


def _once(by: access.Actor, at: datetime, reader: int | None, kind: str, row: Diagnosis, what: str) -> int:
    path = f"{PATH.format(row.public_id)}#{what}"
    return telling.tell_once(reader, by=by, kind=kind, facts={}, at=at, path=path)


# Rows


def _mine(by: access.Actor, diagnosis: str) -> Diagnosis:
    """A diagnosis that the actor reads as the manager of today. Raises NotAllowed, NotFound."""
    access.require(by, "diagnosis.write")
    row = queries.found(by, diagnosis)
    people.require_on(by, "diagnosis.write", row.person_id, "diagnosis")
    return row


def _require(by: access.Actor, row: Diagnosis, kind: str) -> None:
    if by.person == row.person_id:
        people.require_on(by, "diagnosis.answer", row.person_id, "diagnosis")
    elif kind not in ("answered", "read", "nothing_to_add"):
        people.require_on(by, "diagnosis.write", row.person_id, "diagnosis")


def _locked(seen: Diagnosis) -> tuple[Diagnosis, rules.Standing]:
    rows = Diagnosis.objects.for_system(_HELD).select_for_update(of=("self",), no_key=True)
    row = rows.select_related("look", "person").get(pk=seen.pk)
    return row, queries.standing_of(row)


def _refuse_meanwhile(row: Diagnosis, after: int | None) -> None:
    if after is not None and after != len(queries.steps_of(row)):
        raise access.Refused(
            "changed_meanwhile", "Something was written here meanwhile. Read it, then send yours."
        )


def _refuse_stopped(person: int, at: datetime) -> None:
    if not grounds.covered(person, people.house().day(at)):
        raise access.Refused(
            "stopped", "HR stopped that results are looked at in this unit. Nothing goes on here."
        )


def _first_names(row: Diagnosis) -> tuple[str, ...]:
    return tuple(row.person.name.split()[:1])


def _version(
    row: Diagnosis, number: int, found: rules.Findings, beside: facts.Facts, by: access.Actor, at: datetime
) -> Version:
    seen = [[one.number, str(one.on), one.words] for one in queries.observed(row)]
    text = json.dumps([found.verdicts, found.words, beside, seen], sort_keys=True, ensure_ascii=False)
    said = {f"words_{layer}": one for layer, one in enumerate(found.words)}
    made = Version.objects.create(
        diagnosis=row, number=number, verdicts=found.verdicts, facts=json.loads(json.dumps(beside)),
        digest=hashlib.sha256(text.encode()).hexdigest(), by_id=by.id, at=at, **said,
    )  # fmt: skip
    _entry("diagnosis.saved", by, at, row, {"number": number, "digest": made.digest})
    return made


def _act(row: Diagnosis, now: rules.Standing, by: access.Actor, at: datetime, kind: str, said: str) -> Act:
    number = len(queries.steps_of(row)) + 1
    about = now.shared.version if now.shared is not None and kind != "shared" else now.newest.number
    taken = Act.objects.create(
        diagnosis=row, number=number, kind=kind, version=about, words=said, by_id=by.id, at=at
    )
    entry = {
        "number": number,
        "version": taken.version,
        "digest": _digest(said, row.public_id) if said else "",
    }
    _entry(f"diagnosis.{kind}", by, at, row, entry)
    return taken


def _tell(row: Diagnosis, now: rules.Standing, by: access.Actor, at: datetime, kind: str) -> None:
    """The other one of the two is told that there is something, and nothing of what it says."""
    if kind == "read" or (kind == "withdrawn" and not now.ever_shared):
        return
    other = people.manager_of(row.person_id) if by.person == row.person_id else row.person_id
    path = PATH.format(row.public_id)
    telling.tell(other, by=by, kind=f"diagnoses.{kind}", facts={}, at=at, path=path)


def _digest(said: str, salt: str) -> str:
    return hashlib.sha256(f"{salt} {said}".encode()).hexdigest()


def _entry(kind: str, by: access.Actor, at: datetime, row: Diagnosis, about: dict[str, object]) -> None:
    ledger.append(kind=kind, by=by.ref, at=at, subject_kind="diagnosis", subject=row.public_id, facts=about)
