"""Writing an ask, taking steps with it, debriefing, naming a sponsor, and what the clock does.

Each is one transaction, its ledger entry last.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta

from django.db import transaction

from fairlead.asks import queries, rules
from fairlead.asks.models import Ask, Concession, Debrief, Sponsor, Step, Version
from fairlead.deals.models import Deal
from fairlead.debts import actions as debts
from fairlead.ledger import actions as ledger
from fairlead.notices.models import Notice
from fairlead.people import access, forms, telling
from fairlead.people import queries as people
from fairlead.people.models import Person
from fairlead.people.workdays import day_words
from fairlead.promises import actions as promises
from fairlead.promises.rules import sentence

PATH = "/asks/{}/"
_OWN = "a step follows the one before; callers checked whose"


class Overtaken(access.Refused):
    """Somebody wrote another version meanwhile; nothing was kept of this one."""

    def __init__(self, number: int, who: str) -> None:
        self.number = number
        super().__init__(
            "changed_meanwhile",
            f"{who} wrote version {number} meanwhile. What you typed stands below; compare, then save it as the next.",
        )


@transaction.atomic
def write(
    *, by: access.Actor, at: datetime, deal: str, addressee: Person, content: rules.Content, key: str
) -> Ask:
    """Write an ask for a deal (public id) and send it to the owner's manager; the same ``key`` twice makes it once.

    Written by the manager of the deal's owner it is approved with that, and the owner is told. To the deal's sponsor
    it goes directly, the manager in copy: naming the sponsor was the approval. Raises Refused:
    no_plan, deal_closed, no_manager, not_above, and those of `rules.kept`; NotAllowed and NotFound by the table.
    """
    access.require(by, "ask.write")
    rows = Deal.objects.seen_by(by, "ask.write").filter(public_id=deal)
    row = rows.select_for_update(of=("self",), no_key=True).first()
    if row is None or row.owner_id is None:
        raise access.NotFound("deal")
    known = _written_before(by, row, addressee, content, key)
    if known is not None:
        return known
    plan_version = _refuse_write(by, at, row, addressee)
    made = _refuse_content(by, at, row, content)
    ask = Ask.objects.create(
        deal=row, addressee=addressee, plan_version=plan_version, by_id=by.id, at=at, key=key[:64]
    )
    _version(ask, 1, made, by, at)
    _step(ask, 1, "sent", by, at)
    _send(ask, made, by, at)
    return ask


def _send(ask: Ask, made: rules.Content, by: access.Actor, at: datetime) -> None:
    """Bring a new ask before whoever comes next: the manager, or who is asked where nobody has to approve it."""
    own, facts = ask.deal.owner_id == by.person, _facts(ask, made, by.name)
    sponsored = own and queries.sponsor_of(ask.deal_id) == ask.addressee_id
    if not own:
        _step(ask, 2, "approved", by, at)
        _tell(ask.deal.owner_id, by, "asks.written", ask, at, facts)
    else:
        if sponsored:
            _step(ask, 2, "passed", by, at)
        _tell(_manager(ask), by, "asks.passed" if sponsored else "asks.sent", ask, at, facts)
    if sponsored or not own:
        _tell(ask.addressee_id, by, "asks.asked", ask, at, facts)
    said = {"version": 1, "sponsored": sponsored}
    _record("ask.written", by, at, ask, None, said, {"purpose": made.purpose})


def _written_before(
    by: access.Actor, deal: Deal, addressee: Person, content: rules.Content, key: str
) -> Ask | None:
    rows = Ask.objects.for_system("a form that was sent twice makes one ask").filter(by=by.id)
    row = forms.made_before(rows, key)
    if row is not None:
        forms.refuse_other((row.deal_id, row.addressee_id), (deal.pk, addressee.pk))
        first = Version.objects.for_system(_OWN).filter(ask=row, number=1).get()
        _refuse_other_content(first, content)
    return row


def _refuse_other_content(version: Version, content: rules.Content) -> None:
    """Raises Refused where a form says something else than the version it made. Roles are filled in from the plan."""
    was, said = queries.content_of(version), rules.kept(content)
    forms.refuse_other(replace(was, buyer_role=""), replace(said, buyer_role=""))


def _refuse_write(by: access.Actor, at: datetime, deal: Deal, addressee: Person) -> int:
    """The version of the plan an ask comes from."""
    if deal.status != "open":
        raise access.Refused(
            "deal_closed", f"The deal is {deal.status}. There is nothing to ask for any more."
        )
    number, _ = queries.plan_of(by, deal.pk, at)
    if not number:
        raise access.Refused(
            "no_plan", "An ask comes from a deal plan, and this deal has none. Write the plan first."
        )
    if people.manager_of(deal.owner_id or 0) is None:
        raise access.Refused(
            "no_manager", "Nobody stands above the deal’s owner, so nobody can approve an ask."
        )
    _refuse_addressee(deal, addressee.pk, at)
    return number


def _refuse_addressee(deal: Deal, addressee: int, at: datetime) -> None:
    if addressee not in queries.may_be_asked(deal, at):
        raise access.Refused(
            "not_above",
            "Ask somebody above the manager of the deal’s owner, by today’s reporting line, or the sponsor.",
        )


def _refuse_content(by: access.Actor, at: datetime, deal: Deal, content: rules.Content) -> rules.Content:
    _, plan = queries.plan_of(by, deal.pk, at)
    roles = {one.name: one.role for one in plan.players}
    made = rules.kept(content)
    rules.refuse_deadline(made.deadline, people.house().day(at))
    rules.refuse_buyer(made, roles.keys())
    return (
        made
        if made.buyer_role
        else rules.Content(**{**asdict(made), "buyer_role": roles.get(made.buyer, "")})
    )


@transaction.atomic
def revise(
    *, by: access.Actor, at: datetime, ask: str, content: rules.Content, after_version: int, key: str
) -> Version:
    """Write an ask again as its owner, which sends it; or approve it with edits as the manager. A new version.

    Raises Overtaken, Refused: not_yours, settled, and those of `rules.kept`.
    """
    row = queries.locked(by, ask)
    parts, now = queries.parts_of(by, row), _standing(row, at)
    kind: rules.Kind = "approved" if "manager" in parts and "owner" not in parts else "sent"
    done = _done_before(row, by, key, kind)
    newest = _versions(row)
    if done is not None:
        made_by = Version.objects.for_system(_OWN).filter(ask=row, at__lte=done.at).order_by("-number")
        _refuse_other_content(made_by[0], content)
        return newest
    rules.refuse_step(kind, now, parts, by.person)
    if after_version != newest.number:
        raise Overtaken(newest.number, newest.by.name)
    made = _refuse_content(by, at, row.deal, content)
    if kind == "approved":
        _refuse_addressee(row.deal, row.addressee_id, at)
    version = newest if made == queries.content_of(newest) else _version(row, newest.number + 1, made, by, at)
    _step(row, _count(row) + 1, kind, by, at, key=key)
    facts = _facts(row, made, by.name)
    if kind == "approved":
        _tell_approved(row, by, at, facts, edited=version.pk != newest.pk)
    else:
        _tell(_manager(row), by, "asks.sent", row, at, facts)
    behalf = _behalf(by, row) if kind == "approved" else None
    _record(f"ask.{kind}", by, at, row, behalf, {"version": version.number}, {"purpose": made.purpose})
    return version


def _tell_approved(row: Ask, by: access.Actor, at: datetime, facts: dict[str, str], *, edited: bool) -> None:
    _tell(row.deal.owner_id, by, "asks.approved_edited" if edited else "asks.approved", row, at, facts)
    _tell(row.addressee_id, by, "asks.asked", row, at, facts)


@transaction.atomic
def act(
    *,
    by: access.Actor,
    at: datetime,
    ask: str,
    kind: rules.Kind,
    key: str,
    on: date | None = None,
    reason: str = "",
) -> Step:
    """Take a step with an ask: sent_back, turned_down, approved, accepted, declined, proposed, agreed, withdrawn or
    undone. The same ``key`` twice takes it once.

    Raises Refused by the rules, NotAllowed and NotFound by the table.
    """
    if kind not in _BY_HAND:
        raise access.Refused("bad_step", f"Choose one of: {', '.join(_BY_HAND)}.")
    row = queries.locked(by, ask)
    done = _done_before(row, by, key, kind)
    if done is not None:
        said = sentence(reason, what="why") if reason.strip() else ""
        forms.refuse_other(done.reason, said)
        if kind in ("accepted", "proposed"):
            forms.refuse_other(done.on, on)
        return done
    parts, now = queries.parts_of(by, row), _standing(row, at)
    rules.refuse_step(kind, now, parts, by.person)
    rules.refuse_day(kind, on, now, people.house().day(at))
    rules.refuse_reason(kind, now, reason)
    said = sentence(reason, what="why") if reason.strip() else ""
    if kind == "approved":
        _refuse_addressee(row.deal, row.addressee_id, at)
    taken = _step(
        row, _count(row) + 1, kind, by, at, key=key, reason=said,
        on=on if kind in ("accepted", "proposed") else now.on if kind == "agreed" else None,
        about=now.newest.number if kind == "undone" and now.newest else None,
    )  # fmt: skip
    undoes = now.newest.kind if kind == "undone" and now.newest else None
    _settle_debt(row, by, at, taken, undoes)
    _tell_step(row, by, at, taken, now, undoes)
    behalf = _behalf(by, row) if kind in _MANAGERS and "manager" in parts else None
    _record(
        f"ask.{kind}", by, at, row, behalf, {"number": taken.number, "on": taken.on, "about": taken.about},
        {"reason": said} if said else {},
    )  # fmt: skip
    return taken


_BY_HAND: tuple[rules.Kind, ...] = (
    "sent_back", "turned_down", "approved", "accepted", "declined", "proposed", "agreed", "withdrawn", "undone",
)  # fmt: skip
_MANAGERS: frozenset[rules.Kind] = frozenset({"sent_back", "turned_down", "approved"})


def _settle_debt(row: Ask, by: access.Actor, at: datetime, taken: Step, undoes: rules.Kind | None) -> None:
    """A block that an executive declines to remove is owed by them; taking the decline back lifts it."""
    source = ("ask", row.public_id)
    if undoes == "declined":
        debts.lift_of(by=by, at=at, source=source, words="The answer was taken back.")
    version = _versions(row)
    if taken.kind == "declined" and version.kind == "block" and row.deal.owner_id is not None:
        debts.open_debt(
            by=by, at=at, owner=row.addressee_id, owed_to=row.deal.owner_id, item=version.purpose, source=source,
            key=f"step {taken.number}",
        )  # fmt: skip


def _tell_step(
    row: Ask, by: access.Actor, at: datetime, taken: Step, now: rules.Standing, undoes: rules.Kind | None
) -> None:
    """Whoever is concerned: the executive only of what came before them."""
    facts = _facts(row, queries.content_of(_versions(row)), by.name) | {"reason": taken.reason}
    if taken.on is not None:
        facts["day"] = day_words(taken.on)
    if taken.kind == "approved":
        _tell_approved(row, by, at, facts, edited=False)
        return
    readers = [row.deal.owner_id, _manager(row)]
    if now.reached and (
        taken.kind in ("withdrawn", "agreed") or undoes in ("approved", "withdrawn", "agreed")
    ):
        readers.append(row.addressee_id)
    for reader in dict.fromkeys(readers):
        _tell(reader, by, f"asks.{taken.kind}", row, at, facts)


# The debrief


@transaction.atomic
def debrief(*, by: access.Actor, at: datetime, ask: str, given: rules.Debrief, key: str) -> Debrief:
    """Write what came of an accepted ask, as the executive or the deal's owner. A later one is an addition.

    What was promised to the buyer becomes promises, what the executive provides a company debt of theirs. Raises
    Refused by the rules, NotAllowed and NotFound by the table.
    """
    row = queries.locked(by, ask)
    known = Debrief.objects.for_system("a form that was sent twice makes one debrief").filter(
        ask=row, by=by.id
    )
    if (before := forms.made_before(known, key)) is not None:
        _refuse_other_debrief(before, rules.kept_debrief(given, today=people.house().day(before.at)))
        return before
    parts, now = queries.parts_of(by, row), _standing(row, at)
    rules.refuse_step("debriefed", now, parts, by.person)
    today = people.house().day(at)
    made = rules.kept_debrief(given, today=today)
    found = Debrief.objects.create(
        ask=row, said=made.said, reached=made.reached, happened_on=made.happened_on or today, blocks=made.blocks,
        provides=made.provides, provides_by=made.provides_by, by_id=by.id, at=at, key=key[:64],
    )  # fmt: skip
    _step(row, _count(row) + 1, "debriefed", by, at)
    for number, word in enumerate(made.words):
        _promise(row, found, number, word, by, at)
    if made.provides and row.deal.owner_id is not None:
        debts.open_debt(
            by=by, at=at, owner=row.addressee_id, owed_to=row.deal.owner_id, item=made.provides,
            due_on=made.provides_by, source=("debrief", row.public_id), key=f"debrief {found.pk}",
        )  # fmt: skip
    facts = _facts(row, queries.content_of(_versions(row)), by.name)
    for reader in dict.fromkeys([row.deal.owner_id, _manager(row), row.addressee_id]):
        _tell(reader, by, "asks.debriefed", row, at, facts)
    _record(
        "ask.debriefed", by, at, row, None,
        {"reached": made.reached, "happened_on": made.happened_on, "promises": len(made.words)}, {"said": made.said},
    )  # fmt: skip
    return found


def _promise(row: Ask, found: Debrief, number: int, word: rules.Word, by: access.Actor, at: datetime) -> None:
    """A word given to the buyer becomes a promise to the manager, whose number it is; the manager's to the owner."""
    owner, manager = row.deal.owner, _manager(row)
    whose = {"owner": owner.pk if owner else None, "manager": manager, "executive": row.addressee_id}
    keeps = whose[word.whose]
    to = manager if keeps != manager else whose["owner"]
    if keeps is None or to is None or word.due_on is None:
        raise access.Refused("no_owner", f"Nobody is there to keep it: “{word.text[:40]}”.")
    every = {person.pk: person for person in Person.objects.filter(pk__in=[keeps, to])}
    made = promises.log(
        by=by, at=at, owner=every[keeps], made_to=every[to], text=word.text, due_on=word.due_on,
        key=f"debrief {found.pk}, {number}", source=("ask", row.public_id, "Promised to a buyer"),
    )  # fmt: skip
    Concession.objects.create(
        debrief=found, text=word.text, owner_id=keeps, due_on=word.due_on, promise_id=made.public_id
    )


# Sponsors


@transaction.atomic
def name_sponsor(*, by: access.Actor, at: datetime, deal: str, person: Person | None) -> Sponsor | None:
    """Name an executive above as sponsor of a direct report's deal, or nobody. None where it stands so already.

    Raises Refused: not_above; NotAllowed and NotFound by the table.
    """
    access.require(by, "ask.decide")
    rows = Deal.objects.seen_by(by, "ask.decide").filter(public_id=deal)
    row = rows.select_for_update(of=("self",), no_key=True).first()
    if row is None or row.owner_id is None:
        raise access.NotFound("deal")
    if queries.sponsor_of(row.pk) == (person.pk if person else None):
        return None
    if person is not None and person.pk not in queries.above(row.owner_id, at):
        raise access.Refused(
            "not_above", "A sponsor stands above you in the deal’s line. Choose one of those."
        )
    manager = people.manager_of(row.owner_id)
    named = Sponsor.objects.create(deal=row, person=person, manager_id=manager, by_id=by.id, at=at)
    facts = {"name": by.name, "deal": row.name or row.external_id}
    telling.tell(person, by=by, kind="asks.sponsor", facts=facts, at=at, path="/asks/")
    behalf = people.standing_in(by, "ask.decide", row.owner_id)
    ledger.append(
        kind="ask.sponsor", by=by.ref, at=at, subject_kind="deal", subject=row.public_id,
        facts={"person": person.pk if person else None}, behalf=behalf,
    )  # fmt: skip
    return named


# The clock


@transaction.atomic
def watch(*, by: access.Actor, at: datetime) -> int:
    """Mark what has expired, remind of what expires tomorrow and of debriefs that are owed; how many were told of.

    For a job that runs every so often; running it again tells nobody twice.
    """
    access.require(by, "import.run")
    today, told, ended = people.house().day(at), 0, 0
    for row, version, steps in queries.still_open():
        now = rules.standing(version.deadline, steps, today)
        facts = _facts(row, queries.content_of(version), by.name)
        if now.state == "expired":
            ended += 1
            told += _expire(row, by, at, now, facts)
        elif now.state in ("with_manager", "asked") and now.until == today + timedelta(days=1):
            waits = _manager(row) if now.state == "with_manager" else row.addressee_id
            told += _once(waits, by, "asks.waits", row, at, facts | {"day": day_words(now.until)})
        elif now.state == "accepted" and now.on is not None and today > now.on:
            due = facts | {"day": day_words(now.on + timedelta(days=1)), "owed": now.on.isoformat()}
            for reader in (row.addressee_id, row.deal.owner_id):
                told += _once(reader, by, "asks.debrief_owed", row, at, due)
    if told or ended:
        ledger.append(
            kind="ask.watched", by=by.ref, at=at, subject_kind="day", subject=today.isoformat(),
            facts={"told": told, "expired": ended},
        )  # fmt: skip
    return told


def _expire(row: Ask, by: access.Actor, at: datetime, now: rules.Standing, facts: dict[str, str]) -> int:
    _step(row, _count(row) + 1, "expired", by, at)
    readers = [row.deal.owner_id, _manager(row)] + ([row.addressee_id] if now.reached else [])
    every = facts | {"day": day_words(now.until)}
    return sum(_tell(reader, by, "asks.expired", row, at, every) for reader in dict.fromkeys(readers))


def _once(
    reader: int | None, by: access.Actor, kind: str, row: Ask, at: datetime, facts: dict[str, str]
) -> int:
    known = Notice.objects.filter(to_id=reader or 0, kind=kind, path=PATH.format(row.public_id))
    if known.filter(facts__day=facts["day"]).exists():
        return 0
    return _tell(reader, by, kind, row, at, facts)


# Rows


def _standing(row: Ask, at: datetime) -> rules.Standing:
    return rules.standing(
        _versions(row).deadline, queries.steps_of([row.pk]).get(row.pk, []), people.house().day(at)
    )


def _versions(row: Ask) -> Version:
    """The newest version of an ask."""
    return Version.objects.for_system(_OWN).filter(ask=row).order_by("-number").select_related("by")[0]


def _count(row: Ask) -> int:
    return Step.objects.for_system(_OWN).filter(ask=row).count()


def _refuse_other_debrief(before: Debrief, made: rules.Debrief) -> None:
    """Raises Refused where a form of a debrief says something else than when it was sent."""
    forms.refuse_other(
        (before.said, before.reached, before.happened_on, before.blocks, before.provides, before.provides_by),
        (made.said, made.reached, made.happened_on, made.blocks, made.provides, made.provides_by),
    )
    words = Concession.objects.for_system(_OWN).filter(debrief=before).order_by("pk")
    forms.refuse_other(
        list(words.values_list("text", "due_on")), [(word.text, word.due_on) for word in made.words]
    )


def _done_before(row: Ask, by: access.Actor, key: str, kind: rules.Kind) -> Step | None:
    found = forms.made_before(Step.objects.for_system(_OWN).filter(ask=row, by=by.id), key)
    if found is not None:
        forms.refuse_other(found.kind, kind)
    return found


def _version(row: Ask, number: int, made: rules.Content, by: access.Actor, at: datetime) -> Version:
    values = asdict(made) | {"do_not_offer": list(made.do_not_offer)}
    return Version.objects.create(ask=row, number=number, by_id=by.id, at=at, **values)


def _step(
    row: Ask,
    number: int,
    kind: rules.Kind,
    by: access.Actor,
    at: datetime,
    *,
    on: date | None = None,
    reason: str = "",
    about: int | None = None,
    key: str = "",
) -> Step:
    return Step.objects.create(
        ask=row,
        number=number,
        kind=kind,
        on=on,
        reason=reason,
        about=about,
        by_id=by.person,
        at=at,
        key=key[:64],
    )


def _manager(row: Ask) -> int | None:
    return people.manager_of(row.deal.owner_id) if row.deal.owner_id else None


def _behalf(by: access.Actor, row: Ask) -> int | None:
    return people.standing_in(by, "ask.decide", row.deal.owner_id or 0)


def _facts(row: Ask, content: rules.Content, name: str) -> dict[str, str]:
    return {
        "name": name,
        "deal": row.deal.name or row.deal.account or row.deal.external_id,
        "executive": row.addressee.name,
        "purpose": content.purpose,
        "day": day_words(content.deadline),
    }


def _tell(
    reader: int | None, by: access.Actor, kind: str, row: Ask, at: datetime, facts: Mapping[str, str]
) -> int:
    return telling.tell(reader, by=by, kind=kind, facts=facts, at=at, path=PATH.format(row.public_id))


def _record(
    kind: str,
    by: access.Actor,
    at: datetime,
    row: Ask,
    behalf: int | None,
    facts: Mapping[str, object],
    texts: Mapping[str, str],
) -> None:
    every = {"deal": row.deal.public_id, "addressee": row.addressee_id, **facts}
    ledger.append(
        kind=kind, by=by.ref, at=at, subject_kind="ask", subject=row.public_id, facts=every, personal=texts,
        behalf=behalf,
    )  # fmt: skip
