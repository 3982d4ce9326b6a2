"""Asking, answering, the second door, and the shield. Each is one transaction, its ledger entry last.

Entries of the ledger are read by who acted. What is written of a second door is therefore read by the rep and by
whoever answered it, each their own; it names nobody else as its subject or on whose behalf.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from fairlead.deals.models import Deal
from fairlead.help import doors, queries, rules
from fairlead.help.models import Disclosed, HelpSetting, Request, Shield, ShieldAct, Step
from fairlead.ledger import actions as ledger
from fairlead.people import access, forms, telling, versions
from fairlead.people import queries as people
from fairlead.people.guard import GuardedQuerySet
from fairlead.people.kept import forget
from fairlead.people.models import Person
from fairlead.people.workdays import day_words
from fairlead.promises import actions as promises

PATH = "/help/{}/"
SHIELD = "/shield/"
_WENT_ON = "after "
"""How the key of a request begins that went on to somebody else; no form's key does."""
_TWICE = "a form that was sent twice asks, steps or writes once"
_FOLLOWS = "a step follows the one before; callers checked whose"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked: ``deal`` an own deal (public id) or '', ``needed_by`` a day or None."""

    subject: str
    need: str
    tried: str = ""
    deal: str = ""
    needed_by: date | None = None


# Asking


@transaction.atomic
def ask(*, by: access.Actor, at: datetime, given: Asked, key: str) -> Request:
    """Ask the manager of the day for help; the same ``key`` asks once.

    Raises Refused: no_manager, text_missing, text_long, bad_day; NotAllowed, NotFound.
    """
    access.require(by, "help.ask")
    known = _known(by, key, given)
    if known is not None:
        return known
    to = doors.manager_of(by.id, people.house().day(at))
    if to is None:
        raise access.Refused("no_manager", "Nobody stands above you by the reporting line of today.")
    row = _create(by, at, given, to, key, {"door": "first"})
    telling.tell(to, by=by, kind="help.asked", facts={}, at=at, path=PATH.format(row.public_id))
    _record("help.asked", by, at, row, {"door": "first"}, _texts(row))
    return row


@transaction.atomic
def send_further(
    *,
    by: access.Actor,
    at: datetime,
    request: str,
    to: str,
    given: Asked,
    key: str,
    tell_manager: bool = False,
) -> Request:
    """Open the second door of an own request (public id), to somebody of `queries.second_doors` (public id).

    The manager learns nothing of it unless ``tell_manager``. Raises Refused: not_yet, on_its_way, withdrawn,
    nobody_chosen, text_missing, text_long, bad_day; NotFound.
    """
    known = _known(by, key, given, to)
    if known is not None:
        return known
    first = _own(by, request)
    if first.door != "first":
        raise access.NotFound("request for help")
    rules.refuse_second(queries.standing_of(first, at), queries.second_runs(first, at))
    door = _chosen(queries.second_doors(by, first, at), to)
    row = _create(by, at, given, door.id, key, {"door": door.kind, "first": first, "about_id": first.to_id})
    _sent_further(by, at, row)
    if tell_manager:
        _disclose(by, at, row)
    return row


@transaction.atomic
def complain(*, by: access.Actor, at: datetime, to: str, given: Asked, key: str) -> Request:
    """A complaint about the manager: it never goes to the manager, and need not wait.

    Raises Refused: no_manager, nobody_chosen, text_missing, text_long, bad_day; NotAllowed, NotFound.
    """
    access.require(by, "help.ask")
    known = _known(by, key, given, to, complaint=True)
    if known is not None:
        return known
    manager = people.manager_of(by.id)
    if manager is None:
        raise access.Refused("no_manager", "Nobody stands above you by the reporting line of today.")
    door = _chosen(queries.second_doors(by, None, at), to)
    row = _create(by, at, given, door.id, key, {"door": door.kind, "complaint": True, "about_id": manager})
    _sent_further(by, at, row)
    return row


def _chosen(offered: Sequence[doors.Door], to: str) -> doors.Door:
    found = next((one for one in offered if one.public_id == to), None)
    if found is None:
        raise access.Refused("nobody_chosen", "Choose to whom it goes, of those who are offered.")
    return found


def _sent_further(by: access.Actor, at: datetime, row: Request) -> None:
    telling.tell(row.to_id, by=by, kind="help.asked", facts={}, at=at, path=PATH.format(row.public_id))
    _record("help.sent_further", by, at, row, {"door": row.door, "complaint": row.complaint}, _texts(row))


def _known(
    by: access.Actor, key: str, given: Asked, to: str = "", *, complaint: bool = False
) -> Request | None:
    """What the form made when it was sent before. Raises Refused where it says something else since."""
    rows = Request.objects.for_system(_TWICE).filter(by=by.id).select_related("to", "deal")
    found = forms.made_before(rows, "" if key.startswith(_WENT_ON) else key)
    if found is None:
        return None
    deal = found.deal.public_id if found.deal else ""
    forms.refuse_other(
        (found.subject, found.need, found.tried, deal, found.needed_by),
        (*_words(given), given.deal, given.needed_by),
    )
    forms.refuse_other(
        (found.complaint, found.door == "first", found.to.public_id),
        (complaint, not to, to or found.to.public_id),
    )
    return found


def _words(given: Asked) -> tuple[str, str, str]:
    """Subject, need and what was tried, as they are kept. Raises Refused: text_missing, text_long."""
    tried = rules.lines(given.tried, what="what you tried") if given.tried.strip() else ""
    return rules.subject_of(given.subject), rules.lines(given.need, what="what you need"), tried


def _create(
    by: access.Actor, at: datetime, given: Asked, to: int, key: str, more: Mapping[str, Any]
) -> Request:
    deal = None
    if given.deal:
        deal = Deal.objects.seen_by(by, "deal.read").filter(public_id=given.deal, owner=by.id).first()
        if deal is None:
            raise access.NotFound("deal")
    rules.refuse_day(given.needed_by, people.house().day(at))
    subject, need, tried = _words(given)
    return Request.objects.create(
        by_id=by.id, to_id=to, subject=subject, deal=deal, need=need, tried=tried,
        needed_by=given.needed_by, days=queries.setting(at).days, at=at, key=key[:64], **more,
    )  # fmt: skip


def _texts(row: Request) -> dict[str, str]:
    return {"subject": row.subject, "need": row.need, "tried": row.tried}


# Steps


@transaction.atomic
def step(
    *, by: access.Actor, at: datetime, request: str, kind: str, text: str = "", due_on: date | None = None,
    promise: str = "", key: str = "",
) -> Step:  # fmt: skip
    """A step with a request (public id), of who asked or who was asked.

    An answer may carry a ``promise`` by ``due_on``, which stands in the promise ledger with the source "help".
    Raises Refused by `rules.refuse_step` and those of promises; NotFound.
    """
    row = _locked(by, request)
    steps = Step.objects.for_system(_TWICE).filter(request=row, by=by.id)
    done = forms.made_before(steps, key) if key else None
    if done is not None:
        said = rules.lines(text, what="what you say") if text.strip() else ""
        forms.refuse_other((done.kind, done.text, bool(done.promise)), (kind, said, bool(promise.strip())))
        if done.promise and due_on is not None:
            _promise(by, at, row, promise, due_on, done.number)  # raises where it promises something else
        return done
    asker = row.by_id == by.id
    if not asker:
        access.require(by, "help.answer")
    now = queries.standing_of(row, at)
    rules.refuse_step(kind, now, asker=asker, door=row.door)
    if kind == "moved":
        raise access.Refused("no_step", "Say that it goes on to your new manager, if you have one.")
    said = ""
    if kind in ("answered", "declined", "asked_back", "replied") or text.strip():
        said = rules.lines(text, what="what you say")
    made = ""
    if kind == "answered" and promise.strip():
        if due_on is None:
            raise access.Refused("bad_day", "Say by when you do it, or promise nothing.")
        made = _promise(by, at, row, promise, due_on, now.newest + 1)
    taken = _take(row, kind, at, by_id=by.id, text=said, promise=made, key=key)
    other = row.to_id if asker else row.by_id
    told = "help.news" if asker else "help.answered"
    telling.tell(other, by=by, kind=told, facts={}, at=at, path=PATH.format(row.public_id))
    facts = {"number": taken.number, "promise": made}
    _record(f"help.{kind}", by, at, row, facts, {"text": said})
    return taken


def _promise(by: access.Actor, at: datetime, row: Request, text: str, due_on: date, number: int) -> str:
    persons = Person.objects.in_bulk([row.to_id, row.by_id])
    made = promises.make(
        by=by, at=at, owner=persons[row.to_id], made_to=persons[row.by_id], text=text, due_on=due_on,
        key=f"help {row.pk} {number}", source=("help", row.public_id, "A request for help"),
    )  # fmt: skip
    return made.public_id


def _take(row: Request, kind: str, at: datetime, **more: Any) -> Step:
    number = Step.objects.for_system(_FOLLOWS).filter(request=row).count() + 1
    return Step.objects.create(request=row, number=number, kind=kind, at=at, **more)


@transaction.atomic
def let_follow(*, by: access.Actor, at: datetime, request: str) -> Request:
    """The rep agrees that an open request goes on to today's manager. Raises Refused: same_manager, settled."""
    row = _own(by, request)
    now = queries.standing_of(row, at)
    rules.refuse_step("moved", now, asker=True, door=row.door)
    to = doors.manager_of(by.id, people.house().day(at))
    if to is None or to == row.to_id:
        raise access.Refused("same_manager", "It is with your manager of today already.")
    on = _go_on(row, to, at, by=by.id)
    telling.tell(row.to_id, by=by, kind="help.news", facts={}, at=at, path=PATH.format(row.public_id))
    telling.tell(to, by=by, kind="help.asked", facts={}, at=at, path=PATH.format(on.public_id))
    _record("help.followed", by, at, row, {}, {})
    return on


def _go_on(row: Request, to: int, at: datetime, *, by: int | None) -> Request:
    """A request as it stands before somebody else; the row before says only that it went on."""
    _take(row, "moved", at, by_id=by)
    return Request.objects.create(
        by_id=row.by_id, to_id=to, door="first", after=row, subject=row.subject, deal_id=row.deal_id, need=row.need,
        tried=row.tried, needed_by=row.needed_by, days=queries.setting(at).days, at=at,
        key=f"{_WENT_ON}{row.public_id}",
    )  # fmt: skip


@transaction.atomic
def tell_manager(*, by: access.Actor, at: datetime, request: str) -> Disclosed:
    """Agree that the manager knows of a second door (public id). It cannot be taken back.

    Raises Refused: a_complaint, told; NotFound.
    """
    row = _own(by, request)
    if row.door == "first":
        raise access.NotFound("request for help")
    return _disclose(by, at, row)


def _disclose(by: access.Actor, at: datetime, row: Request) -> Disclosed:
    if row.complaint or row.first_id is None:
        raise access.Refused("a_complaint", "A complaint about the manager is never shown to the manager.")
    if Disclosed.objects.for_system(_FOLLOWS).filter(request=row).exists():
        raise access.Refused("told", "The manager knows already.")
    kept = Disclosed.objects.create(request=row, at=at)
    first = Request.objects.for_system(_FOLLOWS).get(pk=row.first_id)
    telling.tell(first.to_id, by=by, kind="help.news", facts={}, at=at, path=PATH.format(first.public_id))
    _record("help.disclosed", by, at, row, {}, {})
    return kept


def _own(by: access.Actor, request: str) -> Request:
    row = _locked(by, request)
    if row.by_id != by.id:
        raise access.NotFound("request for help")
    return row


def _locked(by: access.Actor, request: str) -> Request:
    rows = Request.objects.seen_by(by, "help.read").filter(public_id=request)
    found = rows.values_list("pk", flat=True).first()
    if found is None:
        raise access.NotFound("request for help")
    held = Request.objects.for_system(_FOLLOWS).filter(pk=found)
    return held.select_for_update(of=("self",), no_key=True).get()


# The shield


@dataclass(frozen=True, slots=True)
class Wish:
    """What a rep asks for; ``shielded`` is one line each."""

    affects: str
    shielded: str
    hours: str
    channels: str
    review_on: date


@transaction.atomic
def ask_shield(*, by: access.Actor, at: datetime, wish: Wish, after_version: int, key: str) -> Shield:
    """Write what one wants to be shielded from, to today's manager; a new version where there is one.

    Raises Refused: no_manager, newer_version, text_missing, text_long, too_many, twice, bad_day; NotAllowed.
    """
    access.require(by, "shield.ask")
    manager = people.manager_of(by.id)
    if manager is None:
        raise access.Refused("no_manager", "Nobody stands above you by the reporting line of today.")
    shielded = rules.shield_lines(wish.shielded, what="what you want to be shielded from")
    if not shielded:
        raise access.Refused("text_missing", "Say at least one thing you want to be shielded from.")
    content = {
        "affects": rules.lines(wish.affects, what="how noise from above affects you"),
        "shielded": list(shielded),
        "hours": _one_line(wish.hours),
        "channels": _one_line(wish.channels),
        "promised": [],
        "needed": [],
    }
    known = forms.made_before(_shields(by.id, manager).filter(side="rep"), key)
    if known is not None:
        return _same_shield(known, content, wish.review_on)
    row = _write(by.id, manager, "rep", content, wish.review_on, after_version, at, key)
    telling.tell(manager, by=by, kind="help.shield_asked", facts={}, at=at, path=SHIELD)
    _shield_record(
        "help.shield_asked", by, at, row, {"affects": row.affects, "lines": "\n".join(row.shielded)}
    )
    return row


@transaction.atomic
def answer_shield(
    *, by: access.Actor, at: datetime, shield: str, promised: str, needed: str, review_on: date, key: str
) -> Shield:
    """Answer as the manager: what one promises and needs in return, one line each. It carries one's signature.

    The rep's own lines stay word for word. Raises Refused: newer_version, nothing_promised, too_many, twice, bad_day;
    NotFound.
    """
    before = _shield(by, shield, "manager")
    known = forms.made_before(_shields(before.rep_id, by.id).filter(side="manager"), key)
    if known is not None:
        said = {
            "promised": list(rules.shield_lines(promised, what="what you promise")),
            "needed": list(rules.shield_lines(needed, what="what you need")),
        }
        return _same_shield(known, said, review_on)
    if "written" not in queries.shield_may_of(before, "manager", at):
        raise access.Refused("newer_version", "A newer version was written meanwhile. Read it first.")
    lines = rules.shield_lines(promised, what="what you promise")
    if not lines:
        raise access.Refused("nothing_promised", "Promise at least one thing, or ask back.")
    content = {
        "affects": before.affects, "shielded": before.shielded, "hours": before.hours, "channels": before.channels,
        "promised": list(lines), "needed": list(rules.shield_lines(needed, what="what you need")),
    }  # fmt: skip
    row = _write(before.rep_id, by.id, "manager", content, review_on, before.version, at, key)
    ShieldAct.objects.create(shield=row, side="manager", kind="signed", digest=row.digest, at=at)
    telling.tell(before.rep_id, by=by, kind="help.shield_answered", facts={}, at=at, path=SHIELD)
    texts = {"promised": "\n".join(row.promised), "needed": "\n".join(row.needed)}
    _shield_record("help.shield_answered", by, at, row, texts)
    return row


@transaction.atomic
def act_on_shield(
    *,
    by: access.Actor,
    at: datetime,
    shield: str,
    kind: str,
    digest: str,
    text: str = "",
    on: date | None = None,
) -> ShieldAct:
    """Sign a version as the rep, ask back, or end it with notice. When both signed, every line becomes a promise.

    Raises Refused: not_what_you_read, settled, text_missing, no_notice, bad_day; NotFound.
    """
    row = _shield(by, shield, None)
    side: rules.Side = "rep" if row.rep_id == by.id else "manager"
    rules.refuse_shield(kind, queries.shield_may_of(row, side, at), digest=row.digest, read=digest)
    today, said = people.house().day(at), ""
    if kind == "asked_back":
        said = rules.lines(text, what="what you ask back")
    elif kind == "ended":
        off = people.off_of_teams([row.manager_id])[row.manager_id] if on else frozenset()
        on = on or rules.earliest_end(today, off)
        rules.refuse_end(on, today, off)
        said = rules.lines(text, what="why") if text.strip() else ""
    kept = ShieldAct.objects.create(
        shield=row, side=side, kind=kind, text=said, on=on if kind == "ended" else None, digest=digest, at=at
    )
    if kind == "signed":
        _promise_lines(by, at, row)
    other = row.manager_id if side == "rep" else row.rep_id
    told = {"signed": "agreed", "asked_back": "asked_back", "ended": "ended"}[kind]
    facts = {"day": day_words(on)} if kind == "ended" and on else {}
    telling.tell(other, by=by, kind=f"help.shield_{told}", facts=facts, at=at, path=SHIELD)
    _shield_record(f"help.shield_{told}", by, at, row, {"text": said})
    return kept


def _promise_lines(by: access.Actor, at: datetime, row: Shield) -> None:
    """Every line of the two stands in the promise ledger from the signature on, both ways, until the review."""
    persons = Person.objects.in_bulk([row.rep_id, row.manager_id])
    rep, manager = persons[row.rep_id], persons[row.manager_id]
    both = [(manager, rep, row.promised), (rep, manager, row.needed)]
    for owner, made_to, texts in both:
        for number, text in enumerate(texts):
            promises.log(
                by=by, at=at, owner=owner, made_to=made_to, text=text, due_on=row.review_on,
                key=f"shield {row.pk} {owner.pk} {number}", source=("shield", row.public_id, "A shield agreed on"),
            )  # fmt: skip


def _write(
    rep: int, manager: int, side: rules.Side, content: dict[str, Any], review_on: date, after_version: int,
    at: datetime, key: str,
) -> Shield:  # fmt: skip
    rules.refuse_dates(review_on, people.house().day(at))
    Person.objects.select_for_update(no_key=True).get(pk=rep)
    newest = _shields(rep, manager).order_by("-version").first()
    version = newest.version if newest else 0
    if version != after_version:
        raise access.Refused("newer_version", "A newer version was written meanwhile. Read it first.")
    row = Shield(
        rep_id=rep, manager_id=manager, version=version + 1, side=side, review_on=review_on, at=at, key=key[:64],
        **content,
    )  # fmt: skip
    row.digest = rules.digest(
        content | {"rep": rep, "manager": manager, "version": row.version, "review_on": review_on}
    )
    row.save(force_insert=True)
    return row


def _same_shield(known: Shield, said: dict[str, Any], review_on: date) -> Shield:
    """What the form wrote when it was sent before. Raises Refused where it says something else since."""
    forms.refuse_other({name: getattr(known, name) for name in said}, said)
    forms.refuse_other(known.review_on, review_on)
    return known


def _one_line(text: str) -> str:
    kept = rules.shield_lines(text.replace("\r", " ").replace("\n", " "), what="hours and channels")
    return kept[0] if kept else ""


def _shields(rep: int, manager: int) -> GuardedQuerySet[Shield]:
    return Shield.objects.for_system(_FOLLOWS).filter(rep=rep, manager=manager)


def _shield(by: access.Actor, shield: str, side: str | None) -> Shield:
    found = queries.shields(by).filter(public_id=shield).values_list("pk", flat=True).first()
    if found is None:
        raise access.NotFound("agreement")
    held = Shield.objects.for_system(_FOLLOWS).filter(pk=found)
    row = held.select_for_update(of=("self",), no_key=True).get()
    if side == "manager" and row.manager_id != by.id:
        raise access.NotFound("agreement")
    return row


# Settings


@transaction.atomic
def set_up(
    *, by: access.Actor, at: datetime, days: int, outside: str, after_version: int | None = None
) -> HelpSetting:
    """Put a setting in force from now on, as a new version; what was asked before keeps its limit.

    Raises Refused: bad_limit, changed_meanwhile, the_same; NotAllowed.
    """
    access.require(by, "settings.write")
    _, number = versions.newest(HelpSetting.objects.all(), after_version)
    wanted, before = rules.setting_of(days, outside, number + 1), queries.setting(at)
    if (before.days, before.outside) == (wanted.days, wanted.outside):
        raise access.Refused("the_same", "Nothing is changed.")
    kept = HelpSetting.objects.create(
        version=wanted.version, days=wanted.days, outside=wanted.outside, set_at=at, by=by.ref
    )
    forget()
    ledger.append(
        kind="settings.help", by=by.ref, at=at, subject_kind="help", subject=kept.version, facts={"days": days},
    )  # fmt: skip
    return kept


# The clock


@transaction.atomic
def watch(*, by: access.Actor, at: datetime) -> int:
    """Tell who asked, and who was asked, that an answer is late; let what was asked of who left go on; how many.

    A request at the first door goes on to whoever is above who left. A second door does not: the rep chooses anew.
    Running it again tells nobody twice.
    """
    access.require(by, "import.run")
    told, today = 0, people.house().day(at)
    for row, now in queries.waiting_everywhere(at):
        path = PATH.format(row.public_id)
        if doors.gone(row.to_id, today):
            told += _let_go_on(by, at, row, today)
        elif now.late:
            facts = {"due": now.due.isoformat() if now.due else ""}
            told += telling.tell_once(row.by_id, by=by, kind="help.late", facts=facts, at=at, path=path)
            told += telling.tell_once(row.to_id, by=by, kind="help.owed", facts=facts, at=at, path=path)
    if told:
        ledger.append(
            kind="help.watched", by=by.ref, at=at, subject_kind="day", subject=today.isoformat(), facts={"told": told},
        )  # fmt: skip
    return told


def _let_go_on(by: access.Actor, at: datetime, row: Request, today: date) -> int:
    above = doors.present(row.to_id, today)
    if row.door != "first" or above is None or above == row.by_id:
        return telling.tell_once(
            row.by_id, by=by, kind="help.gone", facts={}, at=at, path=PATH.format(row.public_id)
        )
    on = _go_on(row, above, at, by=None)
    _record("help.followed", by, at, row, {}, {})
    path = PATH.format(on.public_id)
    return telling.tell(above, by=by, kind="help.asked", facts={}, at=at, path=path)


# Shared


def _record(
    kind: str, by: access.Actor, at: datetime, row: Request, facts: dict[str, Any], texts: dict[str, str]
) -> None:
    said = {name: text for name, text in texts.items() if text}
    ledger.append(
        kind=kind, by=by.ref, at=at, subject_kind="help", subject=row.public_id, facts=facts, personal=said
    )


def _shield_record(kind: str, by: access.Actor, at: datetime, row: Shield, texts: dict[str, str]) -> None:
    said = {name: text for name, text in texts.items() if text}
    ledger.append(
        kind=kind, by=by.ref, at=at, subject_kind="shield", subject=row.public_id,
        facts={"version": row.version, "digest": row.digest}, personal=said,
    )  # fmt: skip
