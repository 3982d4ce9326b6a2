"""Receiving a message, the five acts, setting it straight, logging contact, and what the clock does.

Each is one transaction, its ledger entry last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F, Q, QuerySet

from fairlead.asks import queries as asks
from fairlead.calls import wording as calls_wording
from fairlead.deals.models import Deal
from fairlead.desk import accountable, queries, rules, sending
from fairlead.desk import facts as drawn
from fairlead.desk.models import Act, Confidential, Contact, DeskSetting, Kind, Message, Passed, Switch
from fairlead.desk.wording import KINDS
from fairlead.ledger import actions as ledger
from fairlead.people import access, forms, telling, versions
from fairlead.people import queries as people
from fairlead.people.access import Lending
from fairlead.people.kept import forget
from fairlead.people.models import Person, Team
from fairlead.promises.rules import sentence

PATH = "/desk/messages/{}/"
SENT = "/messages/"
INBOX = "/inbox/"
_OWN = "an act follows the one before; callers checked whose"


@dataclass(frozen=True, slots=True)
class Given:
    """A message as it is given. ``sender`` is a person of the organisation, ``sender_name`` somebody without account.

    ``deal`` or ``team`` (public ids) is what it is about; ``lane`` says that it belongs to a protected lane.
    """

    title: str
    text: str
    sender: Person | None = None
    sender_name: str = ""
    deal: str = ""
    team: str = ""
    urgency: str = "week"
    lane: str = ""
    praise: bool = False
    message_id: str = ""
    received_at: datetime | None = None
    job: str = ""
    job_name: str = ""
    broadcast: str | None = None
    release_at: datetime | None = None


# Receiving


@transaction.atomic
def receive(*, by: access.Actor, at: datetime, given: Given, key: str, door: str = "pasted") -> Message:
    """Put a message from above that came elsewhere on one's own desk; the same ``key`` or Message-ID makes it once.

    Raises Refused: protected_lane, not_above, no_sender, not_your_deal, whose_desk, came_before, key_reused,
    text_missing, text_long, bad_urgency, bad_moment; NotAllowed.
    """
    access.require(by, "desk.handle")
    known = _known(by, key, given, door)
    if known is not None:
        return known
    deal, team, lead = _mine(by, at, given)
    rules.refuse_message(given.urgency, given.lane, queries.hr_of(lead))
    name = _from_above(given, lead)
    received = given.received_at or at
    if received > at:
        raise access.Refused("bad_moment", "It cannot have come later than now.")
    message_id = given.message_id.strip()[:250]
    if message_id:
        came = Message.objects.for_system("a mail that came twice is one message")
        same = came.filter(to=lead, message_id=message_id).first()
        if same is not None and not accountable.messages(by, at).filter(pk=same.pk).exists():
            raise access.Refused(
                "came_before", "This mail came before. Somebody else is accountable for it now."
            )
        if same is not None:
            return same
    return _keep(by, at, given, key, door, deal, team, lead, name, received, message_id)


@transaction.atomic
def write(
    *, by: access.Actor, at: datetime, given: Given, to: Person | None, key: str, door: str = "written"
) -> Message:
    """Write to a manager below, or of a deal or a team: it comes to who is accountable, never to a rep.

    A deal's sponsor reaches its owner directly with the manager in copy; plain praise passes at once where the
    manager switched that on. What came by mail reaches nobody directly.
    Raises Refused: nobody_chosen, a_rep, nobody_leads, and those of :func:`receive`.
    """
    access.require(by, "message.send")
    known = _known(by, key, given, door, to)
    if known is not None:
        return known
    deal, team, lead = _addressed(by, at, given, to)
    rules.refuse_message(given.urgency, given.lane, queries.hr_of(lead))
    row = _keep(by, at, given, key, door, deal, team, lead, by.name, at, "", sender=by.id)
    reached = door != "mailed" and _directly(by, at, row, lead)
    kind = "desk.direct" if reached else "desk.received"
    telling.tell(lead, by=by, kind=kind, facts={}, at=at, path=PATH.format(row.public_id))
    return row


def _known(by: access.Actor, key: str, given: Given, door: str, to: Person | None = None) -> Message | None:
    """What the form made when it was sent before. Raises Refused where other words came with it since.

    A mail may gain a footer on a second way here, and is the same mail.
    """
    rows = Message.objects.for_system("a form that was sent twice makes one message")
    found = forms.made_before(rows.filter(by=by.id).select_related("deal", "team"), key)
    if found is None or door == "mailed":
        return found
    text = rules.lines(given.text, what="what the message says")
    sender = " ".join(given.sender_name.split())[:160]
    forms.refuse_other(
        (found.title, found.text, found.urgency, found.praise, found.job, found.job_name, found.release_at),
        (
            rules.title_of(given.title, text), text, given.urgency, given.praise,
            *sending.job_of(given.job, given.job_name), given.release_at,
        ),
    )  # fmt: skip
    forms.refuse_other(found.deal.public_id if found.deal else "", given.deal)
    if given.team:
        forms.refuse_other(found.team.public_id if found.team else "", given.team)
    if given.sender is not None:
        forms.refuse_other(found.sender_id, given.sender.pk)
    elif sender:
        forms.refuse_other(found.sender_name, sender)
    if to is not None and not (given.deal or given.team):
        day = people.house().day(found.at)
        forms.refuse_other(found.to_id, accountable.present(to.pk, day))
    return found


def _mine(by: access.Actor, at: datetime, given: Given) -> tuple[Deal | None, Team | None, int]:
    """What a pasted message is about and on whose desk it comes: one's own, or of whom one stands in for."""
    mine = {principal.person for principal, _ in access.reaches(by, "desk.handle")}
    today = people.house().day(at)
    if given.deal:
        rows = Deal.objects.seen_by(by, "deal.read").filter(public_id=given.deal)
        deal = rows.first()
        lead = accountable.manager_of_deal(deal.owner_id, today) if deal and deal.owner_id else None
        if deal is None or lead not in mine:
            raise access.Refused("not_your_deal", "Choose a deal of your own team, or none.")
        return deal, None, lead
    if given.team:
        team = Team.objects.filter(public_id=given.team, lead__in=mine).first()
        if team is None:
            raise access.Refused("not_your_team", "Choose the team you lead.")
        return None, team, team.lead_id
    lead = _own_desk(by, mine)
    return None, Team.objects.filter(lead=lead).first(), lead


def _own_desk(by: access.Actor, mine: set[int]) -> int:
    """Where what is about nothing else comes: the own desk of who leads, else the one they stand in for."""
    lent = sorted(mine - {by.id})
    if not lent or people.reports(by.id):
        return by.id
    if len(lent) > 1:
        raise access.Refused("whose_desk", "You stand in for several. Choose the team it is about.")
    return lent[0]


def _from_above(given: Given, lead: int) -> str:
    if given.sender is not None:
        if given.sender.pk == lead or given.sender.pk not in people.chain(lead):
            raise access.Refused(
                "not_above", f"{given.sender.name} is not above you. The desk is for what comes from above."
            )
        return given.sender.name
    name = " ".join(given.sender_name.split())[:160]
    if not name:
        raise access.Refused("no_sender", "Say from whom it came: choose somebody, or write the name.")
    return name


def _addressed(
    by: access.Actor, at: datetime, given: Given, to: Person | None
) -> tuple[Deal | None, Team | None, int]:
    """What a written message is about and who is accountable: somebody below the sender who leads."""
    today, deal, team = people.house().day(at), None, None
    sponsor = False
    if given.deal:
        deal = queries.deals_to_write_of(by, at).get(given.deal)
        if deal is None or deal.owner_id is None:
            raise access.NotFound("deal")
        sponsor = asks.sponsor_of(deal.pk) == by.person
        lead = accountable.manager_of_deal(deal.owner_id, today)
    elif given.team:
        team = Team.objects.filter(public_id=given.team).first()
        if team is None or not people.may_on(by, "message.send", team.lead_id):
            raise access.NotFound("team")
        lead = accountable.present(team.lead_id, today)
        if lead == team.lead_id and not people.reports(lead):
            raise access.NotFound("team")
    elif to is not None:
        people.require_on(by, "message.send", to.pk)
        team = Team.objects.filter(lead=to).first()
        if team is None or not people.reports(to.pk):
            raise access.Refused(
                "a_rep", f"{to.name} leads no team. Write to the manager, who decides what {to.name} hears."
            )
        lead = accountable.present(to.pk, today)
    else:
        raise access.Refused("nobody_chosen", "Choose a manager, a deal or a team.")
    if lead is None or lead == by.person:
        raise access.Refused("nobody_leads", "You are the one accountable for it yourself. Talk to the team.")
    if not sponsor and not people.may_on(by, "message.send", lead):
        raise access.NotFound("manager")
    return deal, team, lead


def _keep(
    by: access.Actor, at: datetime, given: Given, key: str, door: str, deal: Deal | None, team: Team | None,
    lead: int, name: str, received: datetime, message_id: str, sender: int | None = None,
) -> Message:  # fmt: skip
    text = rules.lines(given.text, what="what the message says")
    title = rules.title_of(given.title, text)
    job, job_name = sending.job_of(given.job, given.job_name)
    about = "deal" if deal else "team" if given.team else "nothing"
    if sender is None and given.sender is not None:
        sender = given.sender.pk
    row = Message.objects.create(
        sender_id=sender, sender_name=name, title=title, text=text, about=about, deal=deal,
        owner_id=deal.owner_id if deal else None,
        team=None if deal else team, to_id=lead, urgency=given.urgency, door=door, praise=given.praise,
        message_id=message_id, received_at=received, by_id=by.id, at=at, key=key[: forms.LONGEST_KEY],
        job=job, job_name=job_name, broadcast=given.broadcast, release_at=given.release_at,
    )  # fmt: skip
    _record("desk.received", by, at, row, {"door": door, "about": about}, {}, lead)
    return row


def _directly(by: access.Actor, at: datetime, row: Message, lead: int) -> bool:
    """Whether the message reaches reps at once: from the deal's sponsor, or as plain praise."""
    owner = accountable.owner_of(row)
    to: list[int] = []
    if owner is not None and row.deal_id is not None and asks.sponsor_of(row.deal_id) == by.person:
        to = [owner]
    elif row.praise and queries.praise_passes(lead, at) and rules.plainly_praise(row.title, row.text):
        to = [owner] if owner is not None else [node.id for node in people.reports(lead)]
        Kind.objects.create(message=row, number=1, kind="praise", by_id=by.id, at=at)
    to = [one for one in to if one != lead]
    if not to:
        return False
    act = Act.objects.create(
        message=row, number=1, kind="direct", text=row.text, opens_at=at, manager_id=lead, by=None, at=at
    )
    _reach(by, act, row, dict.fromkeys(to, at), row.text, raw=True)
    _record("desk.direct", by, at, row, {"to": len(to)}, {}, lead)
    return True


# What kind it is


@transaction.atomic
def set_kind(*, by: access.Actor, at: datetime, message: str, kind: str) -> Kind:
    """Say what kind a message (public id) is, or say it anew. Raises Refused: no_kind; NotAllowed, NotFound."""
    row, manager = _locked(by, at, message)
    if kind not in KINDS:
        raise access.Refused("no_kind", f"A message is one of {', '.join(KINDS.values())}.")
    newest = Kind.objects.for_system(_OWN).filter(message=row).order_by("-number").first()
    if newest is not None and newest.kind == kind:
        return newest
    kept = Kind.objects.create(
        message=row, number=(newest.number if newest else 0) + 1, kind=kind, by_id=by.id, at=at
    )
    _record("desk.kind", by, at, row, {"kind": kind}, {}, manager)
    return kept


# The five acts


@transaction.atomic
def act(
    *, by: access.Actor, at: datetime, message: str, wanted: rules.Wanted, key: str, kind: str = "",
    to: Sequence[str] = (), opens: datetime | None = None, attach: bool = True,
) -> Act:  # fmt: skip
    """Decide on a message (public id). Several acts may follow one another; the same ``key`` acts once.

    ``to`` are direct reports (public ids); ``opens`` a wall-clock time without zone, read in each one's own zone.
    ``attach`` freezes the facts into an answer. Raises Refused by `rules.refuse_act`, and NearVerbatim.
    """
    row, manager = _locked(by, at, message)
    done = _done(by, row, key)
    if done is not None:
        _refuse_other(done, wanted, row, at, to, opens)
        return done
    if kind:
        set_kind(by=by, at=at, message=message, kind=kind)
    line = queries.line_of(by, row, at)
    moments = _moments(manager, to, opens, at)
    last = max(moments.values(), default=None) if opens else None
    wanted = rules.Wanted(
        wanted.kind, wanted.text, wanted.until, wanted.event, last, tuple(moments), wanted.confirmed
    )
    rules.refuse_act(wanted, line.kind, line.standing, at, _words(line.standing.must_by))
    first = min(moments.values(), default=at)
    if wanted.kind in rules.PASSES and line.confidential is not None and first < line.confidential:
        raise access.Refused(
            "confidential",
            f"HR holds it confidential until {_words(line.confidential)}. Choose a moment from then on.",
        )
    sending.refuse_before_release(wanted.kind, row.release_at, first, _words(row.release_at))
    if opens and min(moments.values()) <= at:
        raise access.Refused("bad_moment", "For somebody of them that moment has passed. Choose a later one.")
    text, event = _text(wanted, row, at)
    frozen = drawn.as_text(by, line, at) if wanted.kind == "answered" and attach else []
    kept = Act.objects.create(
        message=row, number=_count(row) + 1, kind=wanted.kind, text=text, event=event,
        until=wanted.until if wanted.kind == "held" else None,
        opens_at=min(moments.values()) if wanted.kind in rules.PASSES else None,
        facts=frozen, manager_id=manager, by_id=by.id, at=at, key=key[: forms.LONGEST_KEY],
    )  # fmt: skip
    if wanted.kind in rules.PASSES:
        _reach(by, kept, row, moments, text, raw=wanted.kind == "passed_raw")
    _tell_sender(by, at, row, wanted.kind, manager)
    facts: dict[str, Any] = {
        "number": kept.number,
        "to": len(wanted.to) if wanted.kind in rules.PASSES else 0,
    }
    personal = {} if wanted.kind in ("held", "passed_raw") else {"text": text}
    _record(f"desk.{wanted.kind}", by, at, row, facts, personal, manager)
    return kept


def _done(by: access.Actor, row: Message, key: str) -> Act | None:
    """What a form did with a message when it was sent before."""
    rows = Act.objects.for_system(_OWN).filter(message=row, by=by.id)
    return forms.made_before(rows, key) if key else None


def _refuse_other(
    done: Act, wanted: rules.Wanted, row: Message, at: datetime, to: Sequence[str], opens: datetime | None
) -> None:
    """Raises Refused where the form of an act says something else than when it was sent."""
    until = wanted.until if wanted.kind == "held" else None
    forms.refuse_other((done.kind, done.until), (wanted.kind, until))
    forms.refuse_other((done.text, done.event), _text(wanted, row, at))
    if wanted.kind in rules.PASSES:
        reached = Passed.objects.for_system(_OWN).filter(act=done, straight=None).select_related("to")
        moments = {one.to.public_id: one.opens_at for one in reached}
        forms.refuse_other(set(moments), set(to))
        forms.refuse_other(bool(opens), done.opens_at is not None and done.opens_at != done.at)
        if opens:
            chosen = _moments(done.manager_id, to, opens, at)
            forms.refuse_other(sorted(moments.values()), sorted(chosen.values()))


def _text(wanted: rules.Wanted, row: Message, at: datetime) -> tuple[str, str]:
    """The words of an act as they are kept, and what it waits for. Words too near to the original are refused."""
    if wanted.kind == "held":
        return "", " ".join(wanted.event.split())[: rules.LONGEST_EVENT]
    if wanted.kind == "passed_raw":
        return row.text, ""
    what = {
        "answered": "your answer", "passed": "what your team reads, in your words", "declined": "why you decline",
    }[wanted.kind]  # fmt: skip
    text = rules.lines(wanted.text, what=what)
    if wanted.kind == "passed":
        found = rules.overlap(f"{row.title}\n{row.text}", text)
        if rules.is_near(found, queries.limits(at)):
            raise rules.NearVerbatim(found)
    return text, ""


def _moments(manager: int, to: Sequence[str], opens: datetime | None, at: datetime) -> dict[int, datetime]:
    """report -> when it opens for them. Raises NotFound for somebody who is no direct report."""
    if not to:
        return {}
    reports = {node.public_id: node.id for node in people.reports(manager)}
    chosen = list(dict.fromkeys(to))
    if any(one not in reports for one in chosen):
        raise access.NotFound("person of the team")
    zones = dict(Person.objects.filter(public_id__in=chosen).values_list("pk", "time_zone"))
    house = people.house().time_zone
    ids = [reports[one] for one in chosen]
    return {
        one: opens.replace(tzinfo=ZoneInfo(zones.get(one) or house)).astimezone(at.tzinfo) if opens else at
        for one in ids
    }


def _reach(
    by: access.Actor, act: Act, row: Message, moments: dict[int, datetime], text: str, *, raw: bool
) -> None:
    manager = people.names([act.manager_id])[act.manager_id]
    Passed.objects.bulk_create(
        [
            Passed(
                act=act, to_id=person, manager_name=manager, text=text, raw=raw, opens_at=opens_at,
                sender_name=row.sender_name if raw else "", title=row.title if raw else "",
            )
            for person, opens_at in moments.items()
        ]
    )  # fmt: skip
    for person, opens_at in moments.items():
        if opens_at <= act.at:
            telling.tell(person, by=by, kind="desk.passed", facts={"name": manager}, at=act.at, path=INBOX)


def _tell_sender(by: access.Actor, at: datetime, row: Message, kind: str, manager: int) -> None:
    if kind in ("answered", "declined"):
        facts = {"name": people.names([manager])[manager]}
        telling.tell(row.sender_id, by=by, kind=f"desk.{kind}", facts=facts, at=at, path=SENT)


@transaction.atomic
def take_back(*, by: access.Actor, at: datetime, message: str, number: int) -> Act:
    """Take back a hold, or a pass that has not opened for anybody yet. Raises Refused: too_late, gone."""
    row, manager = _locked(by, at, message)
    steps = queries.steps_of([row.pk]).get(row.pk, [])
    step = next((one for one in rules.standing_steps(steps) if one.number == number), None)
    if step is None or step.kind not in ("held", "passed", "passed_raw"):
        raise access.Refused("gone", "There is nothing of that kind to take back.")
    if step.kind != "held" and (step.opens_at or step.at) <= at:
        raise access.Refused("too_late", "It has reached somebody. Set it straight instead.")
    kept = Act.objects.create(
        message=row, number=_count(row) + 1, kind="withdrawn", about=number, manager_id=manager, by_id=by.id, at=at
    )  # fmt: skip
    _record("desk.withdrawn", by, at, row, {"number": number}, {}, manager)
    return kept


@transaction.atomic
def set_straight(*, by: access.Actor, at: datetime, message: str, text: str, key: str) -> Act:
    """Correct or (without text) withdraw a message, as its sender or as the manager on the sender's word.

    It reaches exactly those the message reached. The sender's own words reach only who read the original; who read
    the manager's words is told that they no longer hold, and the manager decides on the correction as on a message.
    Raises NotAllowed, NotFound.
    """
    row, manager, sender = _for_straight(by, at, message)
    said = rules.lines(text, what="the correction") if text.strip() else ""
    done = _done(by, row, key)
    if done is not None:
        forms.refuse_other((done.kind, done.text), ("straight", said))
        return done
    kept = Act.objects.create(
        message=row, number=_count(row) + 1, kind="straight", text=said, manager_id=manager, by_id=by.id, at=at,
        key=key[: forms.LONGEST_KEY],
    )  # fmt: skip
    _withdraw_waiting(by, at, row, manager)
    _straighten(by, at, kept, row, said, sender)
    if sender:
        path = PATH.format(row.public_id)
        telling.tell(manager, by=by, kind="desk.straight_from_above", facts={}, at=at, path=path)
    _record("desk.set_straight", by, at, row, {"sender": sender}, {"text": said} if said else {}, manager)
    return kept


def straightened(by: access.Actor, rows: QuerySet[Message], key: str) -> set[str]:
    """Of messages that the caller may read, the public ids of those that one form of the actor's set straight."""
    acts = Act.objects.for_system(_OWN).filter(
        message__in=rows, by=by.id, key=key[: forms.LONGEST_KEY], kind="straight"
    )
    return set(acts.exclude(key="").values_list("message__public_id", flat=True))


def _for_straight(by: access.Actor, at: datetime, message: str) -> tuple[Message, int, bool]:
    """The message held, who is accountable, and whether the actor is its sender."""
    if not (access.may(by, "message.sent") or access.may(by, "desk.handle")):
        raise access.NotAllowed("message.sent")
    itself = Q(door="written") | Q(door="mailed", by=F("sender"))
    mine = Message.objects.seen_by(by, "message.sent").filter(itself, public_id=message)
    own = mine.select_for_update(of=("self",), no_key=True).first()
    if own is not None and own.by_id == by.person:
        return own, accountable.now_of(own, people.house().day(at)), True
    row, manager = _locked(by, at, message)
    return row, manager, False


def _withdraw_waiting(
    by: access.Actor, at: datetime, row: Message, manager: int, before: datetime | None = None
) -> None:
    """What is scheduled, ``before`` a moment where one is given, and has opened for nobody does not open any more."""
    for step in rules.standing_steps(queries.steps_of([row.pk]).get(row.pk, [])):
        opens = step.opens_at or step.at
        if step.kind in ("passed", "passed_raw") and opens > at and (before is None or opens < before):
            Act.objects.create(
                message=row, number=_count(row) + 1, kind="withdrawn", about=step.number, manager_id=manager,
                by_id=by.id, at=at,
            )  # fmt: skip


def _still_theirs(one: Passed) -> bool:
    """Whether a sender's own words may reach who read the message: passed as it was by who is still their manager.

    What went to reps directly is only said to hold no longer; new words come to the desk.
    """
    return one.raw and one.act.kind == "passed_raw" and people.manager_of(one.to_id) == one.act.manager_id


def _straighten(by: access.Actor, at: datetime, act: Act, row: Message, said: str, sender: bool) -> None:
    reached = queries.reached_by(row, at)
    manager = people.names([act.manager_id])[act.manager_id]
    rows = []
    for one in reached:
        text = said if not sender or _still_theirs(one) else ""
        rows.append(
            Passed(
                act=act, to_id=one.to_id, manager_name=manager, text=text, raw=one.raw, straight=one, opens_at=at,
                sender_name=row.sender_name if one.raw else "",
            )
        )  # fmt: skip
        kind = "desk.set_straight" if text else "desk.no_longer"
        telling.tell(one.to_id, by=by, kind=kind, facts={"name": manager}, at=at, path=INBOX)
    Passed.objects.bulk_create(rows)


# Around the desk


@transaction.atomic
def let_praise_pass(*, by: access.Actor, at: datetime, on: bool) -> Switch:
    """Switch whether plain praise reaches the own team at once. Raises NotAllowed."""
    access.require(by, "desk.handle")
    kept = Switch.objects.create(person_id=by.id, on=on, at=at)
    ledger.append(
        kind="desk.praise", by=by.ref, at=at, subject_kind="person", subject=by.id, facts={"on": on}
    )
    return kept


@transaction.atomic
def log_contact(
    *, by: access.Actor, at: datetime, key: str, executive: Person | None = None, executive_name: str = "",
    rep: Person | None = None, deal: str = "", on: date | None = None, words: str = "",
) -> Contact:  # fmt: skip
    """Log that somebody above the manager contacted a rep directly, the actor or a direct report; the manager is told.

    Raises Refused: no_sender, not_above, bad_day; NotAllowed, NotFound.
    """
    access.require(by, "contact.log")
    whose, day = rep.pk if rep is not None else by.id, on or people.house().day(at)
    text = sentence(words, what="what it was about") if words.strip() else ""
    executive = executive or _called(whose, executive_name)
    mine = Contact.objects.for_system("a form that was sent twice logs one contact").filter(by=by.id)
    known = forms.made_before(mine.select_related("deal"), key)
    if known is not None:
        who = executive.name if executive else " ".join(executive_name.split())[:160]
        forms.refuse_other((known.rep_id, known.words, known.executive_name), (whose, text, who))
        forms.refuse_other((known.on, known.deal.public_id if known.deal else ""), (on or known.on, deal))
        return known
    people.require_on(by, "contact.log", whose)
    name = _above_the_manager(whose, executive, executive_name)
    if day > people.house().day(at):
        raise access.Refused("bad_day", "Choose today or an earlier day.")
    about = None
    if deal:
        about = Deal.objects.seen_by(by, "deal.read").filter(public_id=deal).first()
        if about is None:
            raise access.NotFound("deal")
    kept = Contact.objects.create(
        rep_id=whose, executive=executive, executive_name=name, deal=about, on=day, by_id=by.id, at=at,
        key=key[: forms.LONGEST_KEY], words=text,
    )  # fmt: skip
    manager = accountable.present(people.manager_of(whose), day)
    if executive is None or manager != executive.pk:  # whose contact it was is not told that it was logged
        telling.tell(manager, by=by, kind="desk.contact", facts={"name": by.name}, at=at, path="/contacts/")
    ledger.append(
        kind="desk.contact", by=by.ref, at=at, subject_kind="person", subject=whose, facts={"on": day.isoformat()},
        personal={"words": kept.words} if kept.words else {},
    )  # fmt: skip
    return kept


def _called(rep: int, name: str) -> Person | None:
    """Who above the manager is called by a name that was typed; whose contact it was is not told of it either way."""
    said = " ".join(name.split())
    above = Person.objects.filter(pk__in=people.chain(rep)[2:], name__iexact=said)
    return above.first() if said and above.count() == 1 else None


def _above_the_manager(rep: int, executive: Person | None, name: str) -> str:
    if executive is not None:
        if executive.pk not in people.chain(rep)[2:]:
            raise access.Refused("not_above", f"{executive.name} is not above the manager.")
        return executive.name
    said = " ".join(name.split())[:160]
    if not said:
        raise access.Refused("no_sender", "Say who made contact.")
    return said


@transaction.atomic
def keep_confidential(
    *, by: access.Actor, at: datetime, message: str, until: datetime, reason: str
) -> Confidential:  # fmt: skip
    """HR: a must-pass message (public id) of the unit is confidential until a moment; its limit starts then.

    Nothing of it is passed before, and what was scheduled for an earlier moment is taken back. Raises Refused:
    bad_moment, moment_far, passed; NotAllowed, NotFound.
    """
    access.require(by, "message.keep_confidential")
    waiting = {one.public_id: one for one in queries.must_pass_of_unit(by, at)}
    if message not in waiting:
        raise access.NotFound("message")
    if until <= at:
        raise access.Refused("bad_moment", "Choose a moment that is still to come.")
    if until > at + 2 * rules.LATEST:
        raise access.Refused("moment_far", "Choose a moment within half a year.")
    row = Message.objects.for_system("HR holds a message it never reads").get(public_id=message)
    why = sentence(reason, what="why it is confidential until then")
    kept = Confidential.objects.create(message=row, until=until, reason=why, by_id=by.id, at=at)
    manager = accountable.now_of(row, people.house().day(at))
    _withdraw_waiting(by, at, row, manager, before=until)
    facts = {"day": _words(until)}
    telling.tell(manager, by=by, kind="desk.confidential", facts=facts, at=at, path=PATH.format(message))
    _record("desk.confidential", by, at, row, {"until": until}, {"reason": why}, manager)
    return kept


@transaction.atomic
def set_limits(
    *, by: access.Actor, at: datetime, days: int, share: int, longest: int, after_version: int | None = None
) -> DeskSetting:
    """Put limits in force from now on, as a new version; what came before keeps its limit.

    Raises Refused: bad_limit, changed_meanwhile, the_same; NotAllowed.
    """
    access.require(by, "settings.write")
    _, number = versions.newest(DeskSetting.objects.all(), after_version)
    wanted = rules.limits_of(days, share, longest, number + 1)
    before = queries.limits(at)
    if (before.days, before.share, before.longest) == (days, share, longest):
        raise access.Refused("the_same", "Nothing is changed.")
    kept = DeskSetting.objects.create(
        version=wanted.version, days=days, share=share, longest=longest, set_at=at, by=by.ref
    )
    forget()
    ledger.append(
        kind="settings.desk", by=by.ref, at=at, subject_kind="desk", subject=kept.version,
        facts={"days": days, "share": share, "longest": longest},
    )  # fmt: skip
    return kept


# The clock


@transaction.atomic
def watch(*, by: access.Actor, at: datetime) -> int:
    """Tell reps of what opens, managers of holds that ran out, superiors that a must-pass is late; how many were told.

    Running it again tells nobody twice. The superior is told that one is late, and nothing of it.
    """
    access.require(by, "import.run")
    told = sum(_tell_opened(by, at, one) for one in queries.opened_since(at))
    for line in queries.waiting_everywhere(at):
        path = PATH.format(line.public_id)
        if line.standing.back:
            facts = {"until": line.standing.until.isoformat() if line.standing.until else ""}
            told += telling.tell_once(line.manager, by=by, kind="desk.back", facts=facts, at=at, path=path)
        if line.standing.late and line.standing.passed_at is None:
            above = accountable.present(people.manager_of(line.manager), people.house().day(at))
            facts = {"name": line.manager_name, "about": str(line.id)}
            told += telling.tell_once(
                above, by=by, kind="desk.late", facts=facts, at=at, path="/desk/counts/"
            )
    if told:
        ledger.append(
            kind="desk.watched", by=by.ref, at=at, subject_kind="day",
            subject=people.house().day(at).isoformat(), facts={"told": told},
        )  # fmt: skip
    return told


def _tell_opened(by: access.Actor, at: datetime, one: Passed) -> int:
    facts = {"name": one.manager_name, "opened": str(one.pk)}
    return telling.tell_once(one.to_id, by=by, kind="desk.passed", facts=facts, at=at, path=INBOX)


# Shared


def _locked(by: access.Actor, at: datetime, message: str) -> tuple[Message, int]:
    """A message on the actor's desk, held until the transaction ends, and who is accountable for it."""
    rows = accountable.messages(by, at).filter(public_id=message)
    found = rows.values_list("pk", flat=True).first()
    if found is None:
        raise access.NotFound("message")
    held = Message.objects.for_system(_OWN).filter(pk=found)
    row = held.select_for_update(of=("self",), no_key=True).get()
    return row, accountable.now_of(row, people.house().day(at))


def _count(row: Message) -> int:
    return Act.objects.for_system(_OWN).filter(message=row).count()


def _words(moment: datetime | None) -> str:
    return calls_wording.moment(moment, people.house().time_zone) if moment else ""


def _record(
    kind: str, by: access.Actor, at: datetime, row: Message, facts: dict[str, Any], texts: dict[str, str],
    manager: int,
) -> None:  # fmt: skip
    said = {name: text for name, text in texts.items() if text}
    lent = {one.person for one in by.lent if one.lending and Lending.TRIAGE in one.lending}
    stands_in = manager if manager in lent and manager != by.person else None
    ledger.append(
        kind=kind, by=by.ref, at=at, subject_kind="message", subject=row.public_id, facts=facts, personal=said,
        behalf=stands_in,
    )  # fmt: skip
