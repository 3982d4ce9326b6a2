"""Saying why a deal left, handing a packet in, replying to it, taking it upstairs. Each is one transaction, its ledger
entry last; a draft is nobody's act and stands in no ledger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from fairlead.calls import queries as calls
from fairlead.deals.models import Deal, Import
from fairlead.exits import effects, owing, queries, rules, tracing, wording
from fairlead.exits.models import Act, Answer, Asked, Draft, Looked, Ruling
from fairlead.forecasting.periods import Period
from fairlead.ledger import actions as ledger
from fairlead.notices import actions as notices
from fairlead.people import access, kept, telling
from fairlead.people import queries as people
from fairlead.people.models import Person

PATH = "/deals/{}/exit/"
CARD_PATH = "/exits/{}/card/"
_MOST_TYPED = 40_000


class Overtaken(access.Refused):
    """Another version came in between; nothing was kept of this one but the draft."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(
            "changed_meanwhile",
            f"Version {number} was handed in meanwhile. What you typed stands below; compare, then hand it in "
            "as the next.",
        )


# The owner


def keep_draft(*, by: access.Actor, at: datetime, deal: str, typed: Mapping[str, Any]) -> None:
    """Keep what was typed of a packet, the writer's alone. Raises Refused when it is longer than a packet can be."""
    row = queries.deal_row(by, deal, "exit.answer")
    if sum(len(str(one)) for one in typed.values()) > _MOST_TYPED:
        raise access.Refused("text_long", "This is more than a packet holds. Shorten it.")
    Draft.objects.seen_by(by, "exit.answer").update_or_create(
        deal=row, by_id=by.id, defaults={"typed": dict(typed), "at": at}
    )


@transaction.atomic
def say(*, by: access.Actor, at: datetime, deal: str, reason: str = "", why: str = "") -> Answer:
    """Say in one sentence, or by one reason, why a deal left. The manager is told.

    Raises Refused: nothing_asked, packet_wanted, reason_missing, why_missing; NotAllowed and NotFound by the table.
    """
    row = _held(by, deal, "exit.answer")
    period, standing = _standing(row, at)
    if standing is None or standing.need == "":
        raise access.Refused("nothing_asked", "This deal did not leave the forecast, so nothing is asked.")
    if standing.need == "packet":
        raise access.Refused(
            "packet_wanted", "A deal of this size leaves the forecast with a packet, not with a sentence."
        )
    said = rules.value("why", why)
    rules.refuse_short(reason, said, standing.need)
    chosen = reason if reason in wording.REASONS else ""
    computed = {
        "way": standing.trace.reason,
        "stood_in": standing.trace.category,
        "gap_minor": standing.trace.amount,
    }
    answer = _kept(row, period, by, at, "short", chosen, said, {}, computed, standing.trace.left_at)
    _tell_lead(by, "exits.said", at, row, answer)
    _record("exit.said", by, at, answer, {"why": said} if said else {}, reason=chosen)
    return answer


@transaction.atomic
def hand_in(
    *, by: access.Actor, at: datetime, deal: str, packet: rules.Packet, after_version: int | None = None
) -> Answer:
    """Hand a packet in as the next version; the manager is told, and the draft is done with.

    It may come before the deal leaves. ``after_version``: the version the writer saw (None: whatever there is).
    Raises rules.Incomplete with everything that lacks, Overtaken, Refused (nothing_to_leave, no_such_deal), NotFound.
    """
    row = _held(by, deal, "exit.answer")
    period, trace = _leaving(row, at)
    newest = queries.newest_number(row.pk, period.name)
    if after_version is not None and after_version != newest:
        raise Overtaken(newest)
    filled = queries.with_evidence(by, row.public_id, packet, at)
    replacements = queries.replacements(by, row, filled.replacements, period, at)
    gap = trace.amount
    covered = rules.shortfall(gap, replacements) == 0 and bool(replacements)
    lacks = rules.lacking(filled, covered=covered, today=people.house().day(at))
    if lacks:
        raise rules.Incomplete(lacks)
    computed = {
        "gap_minor": gap,
        "stood_in": trace.category,
        "way": trace.reason,
        "shortfall_minor": rules.shortfall(gap, replacements),
        "replacements": [[one.deal, one.name, one.amount, one.category, one.chance] for one in replacements],
        "effects": _effects(row, period, trace.left_at or at),
    }
    answer = _kept(
        row,
        period,
        by,
        at,
        "packet",
        filled.reason,
        filled.why,
        rules.content_of(filled),
        computed,
        trace.left_at,
    )
    Draft.objects.seen_by(by, "exit.answer").filter(deal=row, by=by.id).delete()
    _tell_lead(by, "exits.handed_in", at, row, answer)
    _record("exit.handed_in", by, at, answer, {"why": filled.why}, gap_minor=gap)
    return answer


def _held(by: access.Actor, deal: str, act: str) -> Deal:
    """The deal, held until the transaction ends, so that versions follow each other."""
    access.require(by, act)
    mine = Deal.objects.seen_by(by, act).filter(public_id=deal)
    row = mine.select_for_update(of=("self",), no_key=True).first()
    if row is None or row.owner_id is None:
        raise access.NotFound("deal")
    return row


def _standing(row: Deal, at: datetime) -> tuple[Period, owing.Standing | None]:
    """The exit of the current period, else the one of the period before that is still owed."""
    found = queries.of_deal(row.pk, at)
    return (found.period, found.standing) if found is not None else (calls.period_at(at), None)


def _leaving(row: Deal, at: datetime) -> tuple[Period, tracing.Trace]:
    """The exit a packet is of, or the deal as it stands where the packet comes first."""
    found = queries.of_deal(row.pk, at)
    if found is None:
        raise access.Refused(
            "nothing_to_leave",
            "This deal does not stand in the forecast of the period, so there is nothing to leave.",
        )
    return found.period, found.trace


def _effects(row: Deal, period: Period, before: datetime) -> dict[str, Any]:
    """The owner's number and the manager's, each without the deal."""
    assert row.owner_id is not None
    lead = people.manager_of(row.owner_id)
    found = {"own": effects.kept(effects.of_deal(row.pk, row.owner_id, "person", period.name, before))}
    if lead is not None:
        found["team"] = {
            "lead": lead,
            **effects.kept(effects.of_deal(row.pk, lead, "team", period.name, before)),
        }
    return found


def _kept(
    row: Deal, period: Period, by: access.Actor, at: datetime, kind: str, reason: str, why: str,
    content: dict[str, Any], computed: dict[str, Any], left_at: datetime | None,
) -> Answer:  # fmt: skip
    return Answer.objects.create(
        deal=row, period=period.name, number=queries.newest_number(row.pk, period.name) + 1, kind=kind, reason=reason,
        why=why, content=content, computed=computed, left_at=left_at, by_id=by.id, at=at,
    )  # fmt: skip


# The manager


@transaction.atomic
def reply(*, by: access.Actor, at: datetime, answer: str, verdict: str, words: str = "") -> Act:
    """Accept a packet or ask back; its writer is told. Asked back it is owed again.

    Raises Refused: own_packet, bad_verdict, words_missing, not_the_newest; NotAllowed and NotFound by the table.
    """
    row, behalf = _packet(by, answer)
    said = rules.value("words", words)
    rules.refuse_reply(verdict=verdict, words=said, author=row.by_id, by=by.id)
    if row.number != queries.newest_number(row.deal_id, row.period):
        raise access.Refused("not_the_newest", "A newer version was handed in. Reply to that one.")
    act = Act.objects.create(answer=row, kind=verdict, words=said, by_id=by.id, at=at)
    facts = {"name": by.name, "deal": _name(row.deal), "words": said}
    path = PATH.format(row.deal.public_id)
    telling.tell(row.by_id, by=by, kind=f"exits.{verdict}", facts=facts, at=at, path=path)
    _record(f"exit.{verdict}", by, at, row, {"words": said} if said else {}, behalf=behalf)
    return act


@transaction.atomic
def take_up(*, by: access.Actor, at: datetime, answer: str) -> Act:
    """Take a packet's card upstairs: from now on the line above reads it, and the superior is told. Twice is once.

    Raises Refused ``not_accepted``; NotAllowed and NotFound by the table.
    """
    row, behalf = _packet(by, answer)
    said = owing.reply_to(row, at)
    if said is None or said.kind != "accepted":
        raise access.Refused("not_accepted", "Accept the packet first; what goes upstairs is yours.")
    newest = queries.newest_act(row.pk, ("taken_up", "taken_back"))
    if newest is not None and newest.kind == "taken_up":
        return newest
    act = Act.objects.create(answer=row, kind="taken_up", by_id=by.id, at=at)
    lead = behalf or by.id
    facts = {"name": people.names([lead]).get(lead, by.name), "deal": _name(row.deal)}
    path = CARD_PATH.format(row.public_id)
    telling.tell(people.manager_of(lead), by=by, kind="exits.taken_up", facts=facts, at=at, path=path)
    _record("exit.taken_up", by, at, row, {}, behalf=behalf)
    return act


@transaction.atomic
def take_back(*, by: access.Actor, at: datetime, answer: str) -> Act:
    """Take a card back from upstairs: nobody above reads it any more. Raises Refused ``not_up``."""
    row, behalf = _packet(by, answer)
    newest = queries.newest_act(row.pk, ("taken_up", "taken_back"))
    if newest is None or newest.kind != "taken_up":
        raise access.Refused("not_up", "This card is not upstairs.")
    act = Act.objects.create(answer=row, kind="taken_back", by_id=by.id, at=at)
    _record("exit.taken_back", by, at, row, {}, behalf=behalf)
    return act


def _packet(by: access.Actor, answer: str) -> tuple[Answer, int | None]:
    """A packet of a direct report, held until the transaction ends; and whom the actor stands in for."""
    access.require(by, "exit.reply")
    found = Answer.objects.seen_by(by, "exit.reply").filter(public_id=answer, kind="packet")
    row = found.select_related("deal").first()
    if row is None:
        raise access.NotFound("packet")
    deals = Deal.objects.for_system("a reply waits for a version that is being handed in").filter(
        pk=row.deal_id
    )
    deals.select_for_update(of=("self",), no_key=True).first()
    return row, people.standing_in(by, "exit.reply", row.by_id)


# The organisation


@transaction.atomic
def set_rule(*, by: access.Actor, at: datetime, rule: rules.Rule, starts_on: date | None = None) -> Ruling:
    """Set what exits ask for, from a day on (default: today). Deals that left before keep the rule of that day.

    Raises Refused by ``rules.refuse_rule`` and ``day_over`` for a day that is over.
    """
    access.require(by, "settings.write")
    rules.refuse_rule(rule)
    today = people.house().day(at)
    day = starts_on or today
    if day < today:
        raise access.Refused(
            "day_over", "A rule begins today or later: nobody is asked by a rule of afterwards."
        )
    newest = Ruling.objects.order_by("-version").values_list("version", flat=True).first() or 0
    row = Ruling.objects.create(
        version=newest + 1, times=rule.times, fixed_minor=rule.fixed_minor, days=rule.days, blocking=rule.blocking,
        who=rule.who, categories=list(rule.categories), starts_on=day, set_at=at, by=by.ref,
    )  # fmt: skip
    kept.forget()
    ledger.append(
        kind="settings.exits", by=by.ref, at=at, subject_kind="organisation", subject=1,
        facts={
            "version": row.version, "times": str(row.times), "fixed_minor": row.fixed_minor, "days": row.days,
            "blocking": row.blocking, "who": row.who, "categories": list(rule.categories), "starts_on": day,
        },
    )  # fmt: skip
    return row


# The clock

_MANY = 200
"""Owners looked at in one step."""


def ask(*, by: access.Actor, at: datetime) -> int:
    """Tell owners of exits that ask for something, once each, after an import brought facts; how many were told.

    For a job that runs every so often: without a new import since the last time it reads one row.
    """
    access.require(by, "import.run")
    newest = Import.objects.filter(status="current").order_by("-pk").values_list("pk", flat=True).first()
    looked = Looked.objects.first()
    if newest is None or (looked is not None and looked.run >= newest):
        return 0
    readers = list(
        Person.objects.filter(user__is_active=True, voided_at=None)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    period, told = calls.period_at(at), 0
    for n in range(0, len(readers), _MANY):
        told += _ask(by, at, period, readers[n : n + _MANY])
    Looked.objects.update_or_create(pk=1, defaults={"run": newest})
    return told


@transaction.atomic
def _ask(by: access.Actor, at: datetime, period: Period, persons: list[int]) -> int:
    rule = owing.rule_on(people.house().day(at), at)
    traces = tracing.of_persons(persons, period, at, rule)
    owed = [one for one in owing.standings(traces, period, at) if one.owed]
    asked = Asked.objects.for_system("nobody is asked twice for one exit")
    known = set(
        asked.filter(period=period.name, deal__in=[one.trace.deal for one in owed]).values_list(
            "deal_id", "left_at"
        )
    )
    fresh = [one for one in owed if (one.trace.deal, one.trace.left_at) not in known]
    rows = Deal.objects.for_system("owners are told of exits of own deals").in_bulk(
        [one.trace.deal for one in fresh]
    )
    for one in fresh:
        deal, left_at = rows[one.trace.deal], one.trace.left_at
        assert left_at is not None
        Asked.objects.create(deal=deal, period=period.name, left_at=left_at, at=at)
        facts = {
            "deal": _name(deal), "way": wording.way(one.trace.reason), "wanted": wording.WANTED[one.need],
            "due": f"{one.due_on.day} {one.due_on:%B}",
        }  # fmt: skip
        notices.tell(
            to=one.trace.owner, kind="exits.owed", facts=facts, at=at, path=PATH.format(deal.public_id)
        )
    if fresh:
        ledger.append(
            kind="exit.asked", by=by.ref, at=at, subject_kind="exit", subject=period.name,
            facts={"deals": [rows[one.trace.deal].public_id for one in fresh]},
        )  # fmt: skip
    return len(fresh)


# Telling, and the ledger


def _name(deal: Deal) -> str:
    return deal.name or deal.external_id


def _tell_lead(by: access.Actor, kind: str, at: datetime, deal: Deal, answer: Answer) -> None:
    lead = people.manager_of(deal.owner_id) if deal.owner_id is not None else None
    why = answer.why or wording.REASONS.get(answer.reason, "")
    facts = {"name": by.name, "deal": _name(deal), "why": why}
    telling.tell(lead, by=by, kind=kind, facts=facts, at=at, path=PATH.format(deal.public_id))


def _record(
    kind: str, by: access.Actor, at: datetime, answer: Answer, personal: dict[str, str], *,
    behalf: int | None = None, **facts: Any,
) -> None:  # fmt: skip
    ledger.append(
        kind=kind, by=by.ref, at=at, subject_kind="exit_packet", subject=answer.public_id,
        facts={"deal": answer.deal.public_id, "period": answer.period, "version": answer.number, **facts},
        personal=personal, behalf=behalf,
    )  # fmt: skip
