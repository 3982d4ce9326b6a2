"""Saying what decided a deal, asking for an interview, writing it down, answering it, setting what is asked.

Each is one transaction, its ledger entry last.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from fairlead.deals.models import Deal, Import
from fairlead.ledger import actions as ledger
from fairlead.notices import actions as notices
from fairlead.people import access, kept, telling
from fairlead.people import queries as people
from fairlead.territories.models import Account as Customer
from fairlead.winloss import asking, rules, wording
from fairlead.winloss.models import Account, Answer, Dropped, Looked, Request, Ruling, Told

PATH = "/deals/{}/win-loss/"
REQUEST_PATH = "/interviews/{}/"
_LONGEST_WAIT = timedelta(days=90)


class Overtaken(access.Refused):
    """Another version came in between; nothing was kept."""

    def __init__(self, number: int) -> None:
        super().__init__(
            "changed_meanwhile",
            f"Version {number} was kept meanwhile. What you typed stands below; compare, then keep it as the next.",
        )


# The owner


@transaction.atomic
def say(
    *, by: access.Actor, at: datetime, deal: str, said: rules.Said, after_version: int | None = None
) -> Account:
    """Say as its owner what decided a closed deal, as the next version; the same words twice are kept once.

    ``after_version``: the version the writer saw (None: whatever there is). Raises rules.Incomplete, Overtaken,
    Refused ``still_open``; NotAllowed and NotFound by the table.
    """
    row = _closed(by, deal, "winloss.write")
    rule = asking.list_for(row, at)
    lacks = rules.lacking(said, rule, row.status)
    if lacks:
        raise rules.Incomplete(lacks)
    known = asking.newest(row.pk, "rep")
    if known is not None and known.by_id == by.id and _said(known) == said:
        return known
    _in_order(known, after_version)
    interview = asking.newest(row.pk, "buyer")
    blind = interview is None or not asking.owner_sees_interview(row, at)
    account = _kept(row, "rep", known, rule, said, blind=blind, by_id=by.id, at=at)
    _record("winloss.said", "winloss_account", by, at, account, {"moment": said.moment})
    return account


@transaction.atomic
def answer(*, by: access.Actor, at: datetime, account: str, words: str) -> Answer:
    """Answer an interview about an own deal; who wrote it down is told. The same words twice are kept once.

    Raises Refused ``words_missing`` and ``not_yet``; NotAllowed and NotFound by the table.
    """
    access.require(by, "winloss.write")
    found = Account.objects.seen_by(by, "winloss.write").filter(public_id=account, source="buyer")
    row = found.select_related("deal").first()
    if row is None or row.owner_id != by.person:
        raise access.NotFound("interview")
    said = rules.line(words)
    if not said:
        raise access.Refused("words_missing", "Say in one sentence what you see differently.")
    if not asking.owner_sees_interview(row.deal, at):
        raise access.Refused("not_yet", "Write your own account first; then you read the interview.")
    earlier = Answer.objects.seen_by(by, "winloss.write").filter(account=row).order_by("-pk").first()
    if earlier is not None and earlier.words == said:
        return earlier
    kept_row = Answer.objects.create(account=row, words=said, by_id=by.id, at=at)
    facts = {"name": by.name, "deal": _name(row.deal), "words": said}
    path = (
        PATH.format(row.deal.public_id) if row.request_id is None else REQUEST_PATH.format(_request_of(row))
    )
    telling.tell(row.by_id, by=by, kind="winloss.answered", facts=facts, at=at, path=path)
    _record("winloss.answered", "winloss_answer", by, at, row, {"words": said})
    return kept_row


def _request_of(row: Account) -> str:
    rows = Request.objects.for_system("where the interviewer reads the answer to the own interview")
    return rows.values_list("public_id", flat=True).get(pk=row.request_id or 0)


# The interview


@transaction.atomic
def ask_for_interview(
    *, by: access.Actor, at: datetime, deal: str, interviewer: str, due_on: date, with_whom: str = ""
) -> Request:
    """Ask somebody neutral (public id) to interview the buyer of a closed deal; they are told.

    Asked twice, it is the same request. Raises Refused: own_deal, in_line, same_team, no_account, bad_day,
    asked_already, still_open; NotAllowed and NotFound by the table.
    """
    row = _closed(by, deal, "interview.ask")
    person = people.find(interviewer)
    rules.refuse_interviewer(person.pk, asking.standing_of(row.owner_id or 0))
    if person.user_id is None:
        raise access.Refused(
            "no_account", f"{person.name} has no account here. Type in their notes as an outsider's."
        )
    today = people.house().day(at)
    if not today <= due_on <= today + _LONGEST_WAIT:
        raise access.Refused("bad_day", "Choose a day from today on, within three months.")
    waiting = asking.open_request(row.pk)
    if waiting is not None and waiting.interviewer_id == person.pk:
        return waiting
    if waiting is not None:
        who = people.names([waiting.interviewer_id]).get(waiting.interviewer_id, "Somebody")
        raise access.Refused("asked_already", f"{who} is asked already. Take that back first.")
    request = Request.objects.create(
        deal=row, interviewer=person, with_whom=rules.line(with_whom), due_on=due_on, by_id=by.id, at=at
    )
    facts = {"name": by.name, "deal": _name(row), "due": f"{due_on.day} {due_on:%B}"}
    path = REQUEST_PATH.format(request.public_id)
    telling.tell(person, by=by, kind="winloss.asked", facts=facts, at=at, path=path)
    _record_request("winloss.interview_asked", by, at, request, interviewer=person.public_id, due_on=due_on)
    return request


@transaction.atomic
def drop(*, by: access.Actor, at: datetime, request: str) -> Dropped:
    """Take the asking for an interview back; who was asked is told. Twice is once. Raises NotAllowed, NotFound."""
    access.require(by, "interview.ask")
    found = (
        Request.objects.seen_by(by, "interview.ask").filter(public_id=request).select_related("deal").first()
    )
    if found is None:
        raise access.NotFound("request")
    earlier = Dropped.objects.seen_by(by, "interview.ask").filter(request=found).first()
    if earlier is not None:
        return earlier
    dropped = Dropped.objects.create(request=found, by_id=by.id, at=at)
    facts = {"name": by.name, "deal": _name(found.deal)}
    telling.tell(found.interviewer_id, by=by, kind="winloss.dropped", facts=facts, at=at, path="/win-loss/")
    _record_request("winloss.interview_dropped", by, at, found)
    return dropped


@transaction.atomic
def interview(
    *, by: access.Actor, at: datetime, deal: str, said: rules.Said, talk: rules.Talk,
    after_version: int | None = None,
) -> Account:  # fmt: skip
    """Write an interview down as sales operations: one's own, or (``talk.interviewer``) somebody's from outside.

    Raises as :func:`write_interview`.
    """
    row = _closed(by, deal, "interview.ask")
    rules.refuse_interviewer(by.id, asking.standing_of(row.owner_id or 0))
    return _interviewed(row, None, by, at, said, talk, after_version)


@transaction.atomic
def write_interview(
    *, by: access.Actor, at: datetime, request: str, said: rules.Said, talk: rules.Talk,
    after_version: int | None = None,
) -> Account:  # fmt: skip
    """Write down the interview one was asked for, or its next version. The owner and the manager are told.

    Raises rules.Incomplete with everything that lacks, Overtaken, Refused: no_longer_asked, still_open, own_deal,
    in_line, same_team; NotAllowed and NotFound by the table.
    """
    access.require(by, "interview.write")
    found = (
        Request.objects.seen_by(by, "interview.write")
        .filter(public_id=request)
        .select_related("deal")
        .first()
    )
    if found is None:
        raise access.NotFound("request")
    row = _held(found.deal_id)
    if Dropped.objects.seen_by(by, "interview.write").filter(request=found).exists():
        raise access.Refused("no_longer_asked", "This interview is no longer asked for.")
    rules.refuse_interviewer(by.id, asking.standing_of(row.owner_id or 0))
    own = rules.Talk(talk.buyer_name, talk.buyer_role, talk.held_on, "", talk.may_quote, talk.quote)
    return _interviewed(row, found, by, at, said, own, after_version)


def _interviewed(
    row: Deal, request: Request | None, by: access.Actor, at: datetime, said: rules.Said, talk: rules.Talk,
    after_version: int | None,
) -> Account:  # fmt: skip
    rule = asking.list_for(row, at)
    today = people.house().day(at)
    lacks = [*rules.lacking(said, rule, row.status), *rules.lacking_of_talk(talk, row.closed_on, today)]
    if lacks:
        raise rules.Incomplete(lacks)
    known = asking.newest(row.pk, "buyer")
    if known is not None and known.by_id == by.id and _said(known) == said and asking.talk_of(known) == talk:
        return known
    _in_order(known, after_version)
    blind = asking.newest(row.pk, "rep") is None or not asking.sees_rep(by, row)
    account = _kept(
        row, "buyer", known, rule, said, blind=blind, by_id=by.id, at=at, request=request,
        interviewer_id=None if talk.interviewer else by.id, interviewer_name=talk.interviewer,
        buyer_name=talk.buyer_name, buyer_role=talk.buyer_role, held_on=talk.held_on, may_quote=talk.may_quote,
        quote=talk.quote,
    )  # fmt: skip
    if known is None:
        _tell_line(by, at, row)
    _record(
        "winloss.interviewed",
        "winloss_interview",
        by,
        at,
        account,
        {"moment": said.moment, "quote": talk.quote},
    )
    return account


# What they share


def _closed(by: access.Actor, deal: str, act: str) -> Deal:
    """A closed deal, held until the transaction ends, so that versions follow each other."""
    access.require(by, act)
    key = Deal.objects.seen_by(by, act).filter(public_id=deal).values_list("pk", flat=True).first()
    if key is None:
        raise access.NotFound("deal")
    return _held(key)


def _held(key: int) -> Deal:
    rows = Deal.objects.for_system("a version of an account waits for the one before").filter(pk=key)
    row = rows.select_for_update(of=("self",), no_key=True).first()
    if row is None or row.owner_id is None:
        raise access.NotFound("deal")
    if row.status == "open":
        raise access.Refused("still_open", "This deal is open. What decided it is asked once it has closed.")
    return row


def _in_order(known: Account | None, after_version: int | None) -> None:
    number = known.number if known else 0
    if after_version is not None and after_version != number:
        raise Overtaken(number)


def _said(row: Account) -> rules.Said:
    return rules.Said(
        row.outcome, row.primary, row.ratings, row.other, row.rival, row.moment, row.differently
    )


def _kept(
    row: Deal, source: rules.Source, known: Account | None, rule: rules.Rule, said: rules.Said, **more: Any
) -> Account:
    return Account.objects.create(
        deal=row, owner_id=row.owner_id or 0, source=source, number=known.number + 1 if known else 1,
        list_version=rule.version, outcome=said.outcome, primary=said.primary, ratings=dict(said.ratings),
        other=said.other, rival=said.rival, moment=said.moment, differently=said.differently,
        segment=_segment(row), closed_on=row.closed_on, **more,
    )  # fmt: skip


def _segment(row: Deal) -> str:
    rows = Customer.objects.for_system("the industry of a deal's account is kept with what was said of it")
    named = rows.filter(source=row.source.name)
    found = named.filter(external_id=row.account).first() or named.filter(name=row.account).first()
    return found.industry[:120] if row.account and found else ""


def _name(deal: Deal) -> str:
    return deal.name or deal.external_id


def _tell_line(by: access.Actor, at: datetime, row: Deal) -> None:
    """The owner and the manager are told that the interview is in; the owner of before the own account is."""
    owner, path = row.owner_id, PATH.format(row.public_id)
    seen = asking.owner_sees_interview(row, at)
    for person, then in (
        (owner, wording.READ_BOTH if seen else wording.WRITE_FIRST),
        (people.manager_of(owner or 0), wording.READ_BOTH),
    ):
        telling.tell(
            person,
            by=by,
            kind="winloss.interviewed",
            facts={"deal": _name(row), "then": then},
            at=at,
            path=path,
        )


def _record(
    kind: str, subject: str, by: access.Actor, at: datetime, row: Account, texts: dict[str, str]
) -> None:
    ledger.append(
        kind=kind, by=by.ref, at=at, subject_kind=subject, subject=row.public_id,
        facts={
            "deal": row.deal.public_id, "source": row.source, "version": row.number, "list": row.list_version,
            "blind": row.blind,
        },
        personal={name: text for name, text in texts.items() if text},
    )  # fmt: skip


def _record_request(kind: str, by: access.Actor, at: datetime, row: Request, **facts: Any) -> None:
    ledger.append(
        kind=kind, by=by.ref, at=at, subject_kind="winloss_request", subject=row.public_id,
        facts={"deal": row.deal.public_id, **facts},
    )  # fmt: skip


# The organisation


@transaction.atomic
def set_rule(*, by: access.Actor, at: datetime, rule: rules.Rule, starts_on: date | None = None) -> Ruling:
    """Set what is asked, and the list of reasons, from a day on (default: today). Closed deals keep their list.

    Raises Refused by ``rules.refuse_rule``, and ``day_over`` for a day that is over.
    """
    access.require(by, "settings.write")
    rules.refuse_rule(rule)
    today = people.house().day(at)
    day = starts_on or today
    if day < today and by.person is not None:
        raise access.Refused(
            "day_over", "A rule begins today or later: nobody is asked by a rule of afterwards."
        )
    newest = Ruling.objects.order_by("-version").values_list("version", flat=True).first() or 0
    row = Ruling.objects.create(
        version=newest + 1, asks=rule.asks, times=rule.times, fixed_minor=rule.fixed_minor, days=rule.days,
        reasons=[asdict(one) for one in rule.reasons], starts_on=day, set_at=at, by=by.ref,
    )  # fmt: skip
    kept.forget()
    ledger.append(
        kind="settings.winloss", by=by.ref, at=at, subject_kind="organisation", subject=1,
        facts={
            "version": row.version, "asks": row.asks, "times": str(row.times), "fixed_minor": row.fixed_minor,
            "days": row.days, "reasons": [one.key for one in rule.reasons], "starts_on": day,
        },
    )  # fmt: skip
    return row


# The clock

_MOST = 2000


def remind(*, by: access.Actor, at: datetime) -> int:
    """Tell owners of closed deals that ask for an account, once each; how many were told.

    For a job that runs every so often: without a new import or a new rule since the last time it reads two rows.
    """
    access.require(by, "import.run")
    run = Import.objects.filter(status="current").order_by("-pk").values_list("pk", flat=True).first()
    version = Ruling.objects.order_by("-version").values_list("version", flat=True).first() or 0
    looked = Looked.objects.first()
    if run is None or (looked is not None and looked.run >= run and looked.version >= version):
        return 0
    told = _remind(by, at)
    Looked.objects.update_or_create(pk=1, defaults={"run": run, "version": version})
    return told


@transaction.atomic
def _remind(by: access.Actor, at: datetime) -> int:
    first, today = asking.first_day(at), people.house().day(at)
    if first is None:
        return 0
    since = max(first, today - timedelta(days=rules.OLDEST_DAYS))
    known = Told.objects.for_system("nobody is told twice of one closed deal").values("deal")
    said = (
        Account.objects.for_system("an account that is in is not asked for")
        .filter(source="rep")
        .values("deal")
    )
    rows = Deal.objects.for_system("owners are told of own closed deals").filter(
        status__in=("won", "lost"), closed_on__range=(since, today), owner__user__is_active=True,
        owner__voided_at=None,
    )  # fmt: skip
    fresh = rows.exclude(pk__in=known).exclude(pk__in=said).order_by("-closed_on", "pk")[:_MOST]
    owed = [one for deal in fresh if (one := asking.owed_of(deal, at)) is not None and not one.late]
    for one in owed:
        Told.objects.create(deal=one.deal, at=at)
        facts = {
            "deal": _name(one.deal), "outcome": one.deal.status, "due": f"{one.due_on.day} {one.due_on:%B}",
        }  # fmt: skip
        path = f"{PATH.format(one.deal.public_id)}write/"
        notices.tell(to=one.deal.owner_id or 0, kind="winloss.owed", facts=facts, at=at, path=path)
    if owed:
        ledger.append(
            kind="winloss.reminded", by=by.ref, at=at, subject_kind="winloss_account", subject="owed",
            facts={"deals": [one.deal.public_id for one in owed]},
        )  # fmt: skip
    return len(owed)
