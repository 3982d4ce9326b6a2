"""Reading deal health: the flags of deals with their record, the review of a team's deals, what was noted and sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

import numpy as np
from django.db.models import F
from numpy.typing import NDArray

from fairlead.calls import deciding
from fairlead.calls import estimates as stored
from fairlead.calls import queries as calls
from fairlead.calls.models import DealEstimate, EstimateRun
from fairlead.deals import queries as deal_queries
from fairlead.deals import rules as deal_rules
from fairlead.deals import tracks
from fairlead.deals.models import Deal, Track
from fairlead.forecasting.periods import Period
from fairlead.health import record as records
from fairlead.health import rules, wording
from fairlead.health.models import Correction, FlagRun, Message, Note, SentNote, Snooze, Threshold
from fairlead.people import access, kept
from fairlead.people import queries as people
from fairlead.plans.models import Version
from fairlead.plans.rules import plan_of
from fairlead.qualification import queries as evidence
from fairlead.qualification import rules as grades
from fairlead.qualification.models import Item

MOST = 400
"""Only so many of the largest open deals are flagged at once; the page says when there are more."""
PAGE = 20
ONLY = ("", "flagged", "commit", "deciding")
SINCE = ("review", "submission", "week")
_DECIDES = ("economic_buyer", "authority")
"""Criteria that say who decides about the money, in the methods that ship."""


# Thresholds and the stored record


def thresholds(at: datetime) -> rules.Thresholds:
    """The thresholds in force at an instant."""
    return kept.once(("health.thresholds", at), lambda: _thresholds(at))


def _thresholds(at: datetime) -> rules.Thresholds:
    row = Threshold.objects.filter(set_at__lte=at).order_by("-version").first()
    return rules.SHIPPED if row is None else rules.thresholds_of(row.content, row.version)


@dataclass(frozen=True, slots=True)
class Known:
    """What was computed last: what is usual, which changes are recorded at all, and the record of every flag.

    ``behind`` says that a newer estimate or newer thresholds wait for their record.
    """

    usual: rules.Usual
    record: records.Record | None
    moves: bool
    stages: bool
    dates: bool
    computed_at: datetime | None
    behind: bool

    def of(self, key: str) -> records.FlagRecord | None:
        return next((one for one in self.record.flags if one.key == key), None) if self.record else None


NOTHING_KNOWN = Known(rules.Usual({}, {}), None, False, False, False, None, True)


def known(at: datetime) -> Known:
    """The newest stored record."""
    row = (
        FlagRun.objects.filter(computed_at__lte=at)
        .select_related("run")
        .order_by("-computed_at", "-pk")
        .first()
    )
    if row is None:
        return NOTHING_KNOWN
    recorded = row.record["known"]
    usual = rules.Usual(
        {name: (days, won) for name, (days, won) in row.stages.items()},
        {name: (median, won) for name, (median, won) in row.amounts.items()},
    )
    newest = stored.run_of(row.run.period, at)
    behind = row.thresholds != thresholds(at).version or (newest is not None and newest.pk > row.run_id)
    return Known(
        usual, records.record_of(row.record), recorded["moves"], recorded["stages"], recorded["dates"],
        row.computed_at, behind,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class FlagRule:
    """A flag's rule with its threshold, and what became of deals that had it."""

    key: str
    title: str
    rule: str
    record: str
    numbers: records.FlagRecord | None


@dataclass(frozen=True, slots=True)
class Rules:
    """Every rule with its record; ``grades`` are looks by the weakest criterion of their evidence, 0 to 3."""

    thresholds: rules.Thresholds
    flags: tuple[FlagRule, ...]
    known: Known


def flag_rules(actor: access.Actor, at: datetime) -> Rules:
    """The rules in force with their record. Raises NotAllowed by ``flag.read``."""
    access.require(actor, "flag.read")
    t, found = thresholds(at), known(at)
    return Rules(t, tuple(_flag_rule(key, t, found) for key in rules.KEYS), found)


def _flag_rule(key: str, t: rules.Thresholds, found: Known) -> FlagRule:
    numbers = found.of(key)
    words = wording.record(numbers) if numbers else "Its record is being computed."
    return FlagRule(key, wording.TITLES[key], rules.rule_of(key, t), words, numbers)


# What people wrote down


def _said(
    plans: Mapping[int, Version], items: Mapping[int, Sequence[Item]], criteria: evidence.Criteria, day: date
) -> dict[int, rules.Said]:
    """deal -> what its plan and its evidence say on a day, of versions and items the caller may read."""
    return {
        deal: _said_of(plans.get(deal), items.get(deal, ()), criteria, day) for deal in {*plans, *items}
    }  # fmt: skip


def _said_of(
    version: Version | None, items: Sequence[Item], criteria: evidence.Criteria, day: date
) -> rules.Said:
    plan = plan_of(version.content) if version is not None else plan_of({})
    gone = {item.undoes_id for item in items}
    standing = [
        item for item in items if item.undoes_id is None and item.pk not in gone and item.score >= grades.SAID
    ]
    names = list(dict.fromkeys([p.name for p in plan.players] + [i.buyer_name for i in standing]))
    by_person = {name.casefold(): name for name in names if name}
    contacts = [p.contact_on for p in plan.players if p.contact_on] + [i.on for i in standing]
    graded = evidence.grades_of(items, criteria, day)
    dated = [t for t in plan.tactics if t.due_on]
    waiting = sorted((t for t in dated if t.state == "to_do"), key=lambda t: t.due_on or date.max)
    return rules.Said(
        people=len(by_person) or None,
        only=next(iter(by_person.values()), ""),
        decides=_decides(plan.players, graded),
        contact_on=max((one for one in contacts if one <= day), default=None),
        step=waiting[0].action if waiting else "",
        step_due=waiting[0].due_on if waiting else None,
        steps=bool(dated),
        weakest=_weakest(graded),
    )


def _decides(players: Iterable[object], graded: Mapping[str, grades.Grade]) -> bool | None:
    """Whether who decides is known; None where neither the plan nor the evidence says anything of people."""
    plays = [one for one in (getattr(player, "influence", "") for player in players) if one != "unknown"]
    scored = [graded[key] for key in _DECIDES if key in graded and graded[key].row is not None]
    if not plays and not scored:
        return None
    return "decides" in plays or any(grade.counted >= grades.SAID for grade in scored)


def _weakest(graded: Mapping[str, grades.Grade]) -> int | None:
    if not any(grade.row is not None for grade in graded.values()):
        return None
    return grades.weakest({key: grade.counted for key, grade in graded.items()})[0]


def said_then(as_of: date) -> records.SaidThen:
    """What was written down of any deal by the start of earlier days, for the system's own record of flags."""
    zone = ZoneInfo(people.house().time_zone)
    reason = "the record of flags over the whole company"
    versions = list(Version.objects.for_system(reason).order_by("pk"))
    items = list(Item.objects.for_system(reason).order_by("pk"))

    def then(day: date) -> Mapping[str, rules.Said]:
        moment = datetime.combine(min(day, as_of), time(), zone)
        plans = {one.deal_id: one for one in versions if one.at < moment}
        told: dict[int, list[Item]] = defaultdict(list)
        for item in items:
            if item.at < moment:
                told[item.deal_id].append(item)
        found = _said(plans, told, evidence.criteria_on(day, moment), day)
        return {str(deal): said for deal, said in found.items()}

    return then


# The facts of deals now


def _facts(actor: access.Actor, rows: Sequence[Deal], at: datetime, found: Known) -> dict[int, rules.Facts]:
    """deal -> its facts now, of deals the actor may read. Amounts in major units of the organisation's currency."""
    house, t = people.house(), thresholds(at)
    today, zone = house.day(at), ZoneInfo(house.time_zone)
    ids = [row.pk for row in rows]
    said = _said_now(actor, ids, at, today)
    kept = Track.objects.seen_by(actor, "flag.read").filter(deal__in=ids).values_list("deal_id", "records")
    moved = {deal: _moves(bytes(records), zone) for deal, records in kept}
    facts = {}
    for row in rows:
        since, last = moved.get(row.pk, (None, None))
        told = records.with_columns(
            said.get(row.pk, rules.NOTHING_SAID),
            {what: str(row.extra.get(name, "") or "")
             for what, name in (("step", t.step_column), ("contact", t.contact_column), ("people", t.people_column))
             if name},
        )  # fmt: skip
        facts[row.pk] = rules.Facts(
            stage=row.stage,
            stage_since=(since or row.created_on) if found.stages else None,
            product=row.product,
            amount=None
            if row.home_minor is None
            else float(deal_rules.major_units(row.home_minor, house.currency)),
            close_on=row.close_on,
            pushes=row.pushes if found.dates else None,
            moved_on=(last or row.created_on) if found.moves else None,
            said=told,
        )
    return facts


def _said_now(actor: access.Actor, ids: Sequence[int], at: datetime, today: date) -> dict[int, rules.Said]:
    plans: dict[int, Version] = {}
    if access.may(actor, "plan.read"):
        versions = Version.objects.seen_by(actor, "plan.read").filter(deal__in=ids, at__lte=at)
        plans = {one.deal_id: one for one in versions.order_by("number")}
    items: dict[int, list[Item]] = defaultdict(list)
    if access.may(actor, "evidence.read"):
        for item in (
            Item.objects.seen_by(actor, "evidence.read").filter(deal__in=ids, at__lte=at).order_by("pk")
        ):
            items[item.deal_id].append(item)
    return _said(plans, items, evidence.criteria_on(today, at), today)


_SOURCE = ("amount", "owner", "account", "product", "stage", "said", "currency", "due", "status")
"""What of a track a source said; own categories and absences are no move of the deal."""


def _moves(records: bytes, zone: ZoneInfo) -> tuple[date | None, date | None]:
    """(the day it came into its stage, the day of its newest change); None where no change of it is recorded."""
    states = np.frombuffer(records, tracks.RECORD)
    if len(states) < 2:
        return None, None
    told = states[list(_SOURCE)]
    moved = np.flatnonzero(told[1:] != told[:-1]) + 1
    staged = np.flatnonzero(states["stage"][1:] != states["stage"][:-1]) + 1

    def day(places: NDArray[np.intp]) -> date | None:
        if not len(places):
            return None
        known_at = datetime.fromtimestamp(int(states["known"][places[-1]]) / 1e6, UTC)
        return known_at.astimezone(zone).date()

    return day(staged), day(moved)


# Flags of deals


@dataclass(frozen=True, slots=True)
class Sleeping:
    """A snooze that was set, with who set it."""

    public_id: str
    until: date
    reason: str
    fact: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Flag:
    """A rule about a deal: its verdict, its threshold in words, its record, and the snooze that holds it back."""

    verdict: rules.Verdict
    rule: str
    record: str
    asleep: Sleeping | None

    @property
    def up(self) -> bool:
        """Whether it counts now: it is up and not snoozed."""
        return self.verdict.state == "up" and self.asleep is None


class Flagged:
    """Something with the flags of a deal, sorted by where each stands."""

    __slots__ = ()
    flags: tuple[Flag, ...]

    @property
    def up(self) -> tuple[Flag, ...]:
        return tuple(flag for flag in self.flags if flag.up)

    @property
    def asleep(self) -> tuple[Flag, ...]:
        return tuple(flag for flag in self.flags if flag.verdict.state == "up" and flag.asleep is not None)

    @property
    def unknown(self) -> tuple[Flag, ...]:
        return tuple(flag for flag in self.flags if flag.verdict.state == "unknown")


@dataclass(frozen=True, slots=True)
class Health(Flagged):
    """The flags of a deal, all rules in their order."""

    deal: str
    flags: tuple[Flag, ...]
    may_snooze: bool
    computing: bool


def health(actor: access.Actor, deal: str, at: datetime) -> Health:
    """The flags of one deal (public id). Raises NotAllowed and NotFound by ``flag.read``."""
    access.require(actor, "flag.read")
    row = Deal.objects.seen_by(actor, "flag.read").filter(public_id=deal).first()
    if row is None:
        raise access.NotFound("deal")
    if row.status != "open":
        return Health(row.public_id, (), False, False)
    found = known(at)
    flags = _flags(actor, [row], at, found)[row.pk]
    mine = row.owner_id is not None and access.may(actor, "flag.snooze")
    may = mine and people.may_on(actor, "flag.snooze", row.owner_id or 0)
    return Health(row.public_id, flags, may and actor.person is not None, found.record is None)


def up_of(actor: access.Actor, owner: int, at: datetime) -> list[tuple[str, str, tuple[Flag, ...]]]:
    """(public id, name, flags that are up) of one person's open deals the actor may read, largest first."""
    if not access.may(actor, "flag.read"):
        return []
    rows = list(Deal.objects.seen_by(actor, "flag.read").filter(owner=owner, status="open")[:200])
    flags = _flags(actor, rows, at, known(at)) if rows else {}
    up = {row.pk: tuple(flag for flag in flags.get(row.pk, ()) if flag.up) for row in rows}
    found = sorted((row for row in rows if up[row.pk]), key=lambda row: -(row.amount_minor or 0))
    return [(row.public_id, row.name or "(no name)", up[row.pk]) for row in found]


def verdict_of(actor: access.Actor, row: Deal, flag: str, at: datetime) -> rules.Verdict:
    """One rule about a deal the actor may act on, now."""
    found = known(at)
    facts = _facts(actor, [row], at, found)[row.pk]
    told = rules.verdicts(facts, found.usual, thresholds(at), people.house().day(at))
    return told[rules.KEYS.index(flag)]


def _flags(
    actor: access.Actor, rows: Sequence[Deal], at: datetime, found: Known
) -> dict[int, tuple[Flag, ...]]:
    today, t = people.house().day(at), thresholds(at)
    told = {key: _flag_rule(key, t, found) for key in rules.KEYS}
    snoozes = snoozes_of(actor, [row.pk for row in rows], at)
    names = people.names({one.by_id for one in snoozes.values()})
    flags = {}
    for deal, facts in _facts(actor, rows, at, found).items():
        each = []
        for verdict in rules.verdicts(facts, found.usual, t, today):
            row = snoozes.get((deal, verdict.key))
            asleep = None
            if row is not None and rules.sleeps(verdict, _quiet(row), today):
                asleep = Sleeping(
                    row.public_id, row.until or today, row.reason, row.fact, names.get(row.by_id, ""), row.at
                )
            rule = told[verdict.key]
            each.append(Flag(verdict, rule.rule, rule.record, asleep))
        flags[deal] = tuple(each)
    return flags


def _quiet(row: Snooze) -> rules.Quiet:
    return rules.Quiet(row.flag, row.fact, row.until or date.min)


def snoozes_of(actor: access.Actor, deals: Sequence[int], at: datetime) -> dict[tuple[int, str], Snooze]:
    """(deal, flag) -> the newest snooze that was not taken back."""
    rows = Snooze.objects.seen_by(actor, "flag.read").filter(deal__in=deals, at__lte=at).order_by("pk")
    return _standing(rows, lambda row: (row.deal_id, row.flag))


def corrections_of(
    actor: access.Actor, deals: Sequence[int], at: datetime
) -> dict[tuple[int, str], Correction]:
    """(deal, field) -> the newest proposal, where it was not taken back."""
    rows = Correction.objects.seen_by(actor, "flag.read").filter(deal__in=deals, at__lte=at).order_by("pk")
    return _standing(rows, lambda row: (row.deal_id, row.field))


Row = TypeVar("Row", Snooze, Correction)


def _standing(rows: Iterable[Row], of: Callable[[Row], tuple[int, str]]) -> dict[tuple[int, str], Row]:
    found: dict[tuple[int, str], Row] = {}
    for row in rows:
        if row.undoes_id is None:
            found[of(row)] = row
        elif of(row) in found and found[of(row)].pk == row.undoes_id:
            del found[of(row)]
    return found


def said_now(row: Deal, field: str) -> str:
    """What the source says of a field now, as corrections write it."""
    if field == "close_on":
        return row.close_on.isoformat() if row.close_on else ""
    if field == "amount":
        if row.amount_minor is None:
            return ""
        return f"{deal_rules.major_units(row.amount_minor, row.currency).normalize():f}"
    text = {"next_step": row.next_step, "stage": row.stage}[field]
    return " ".join(text.split())[: rules.LONGEST]


# Notes and messages


@dataclass(frozen=True, slots=True)
class Waiting:
    """A note that is not sent yet."""

    number: int
    public_id: str
    kind: str
    deal: str
    name: str
    text: str
    to: int


def waiting_notes(actor: access.Actor, at: datetime, *, to: int | None = None) -> list[Waiting]:
    """The actor's own notes that wait to be sent, questions first; ``to`` only those for one person."""
    access.require(actor, "inspection.note")
    rows = Note.objects.seen_by(actor, "inspection.note").filter(by=actor.id, at__lte=at)
    gone = set(rows.filter(undoes__isnull=False).values_list("undoes_id", flat=True))
    sent = SentNote.objects.seen_by(actor, "inspection.note").filter(note__by=actor.id).values("note")
    open_ = rows.filter(undoes=None).exclude(pk__in=sent)
    if to is not None:
        open_ = open_.filter(to=to)
    kept = [row for row in open_.order_by("pk") if row.pk not in gone]
    named = deal_queries.named(actor, {row.deal_id for row in kept})
    found = [
        Waiting(row.pk, row.public_id, row.kind, *named[row.deal_id], row.text, row.to_id)
        for row in kept
        if row.deal_id in named
    ]
    return sorted(found, key=lambda one: (one.kind != "question", one.number))


@dataclass(frozen=True, slots=True)
class Draft:
    """The message to one person as it would be sent now."""

    to: str
    name: str
    notes: tuple[Waiting, ...]
    text: str


def draft(actor: access.Actor, person: str, at: datetime) -> Draft:
    """What waits for a person (public id). Raises NotAllowed and NotFound by ``inspection.ask``."""
    access.require(actor, "inspection.ask")
    node = people.node(people.find(person).pk)
    people.require_on(actor, "inspection.ask", node.id)
    notes = waiting_notes(actor, at, to=node.id)
    text = rules.message(node.name, actor.name, [rules.Noted(n.kind, n.deal, n.name, n.text) for n in notes])
    return Draft(node.public_id, node.name, tuple(notes), text)


@dataclass(frozen=True, slots=True)
class Sent:
    """A message as it was sent."""

    public_id: str
    by: str
    to: str
    at: datetime
    notes: tuple[rules.Noted, ...]
    text: str
    mine: bool


def sent(actor: access.Actor, public_id: str) -> Sent:
    """A message the actor wrote or was sent. Raises NotFound."""
    rows = Message.objects.seen_by(actor, "inspection.read").filter(public_id=public_id)
    row = rows.select_related("by", "to").first()
    if row is None:
        raise access.NotFound("message")
    return _sent(actor, row)


def _sent(actor: access.Actor, row: Message) -> Sent:
    notes = tuple(rules.Noted(**one) for one in row.content)
    text = rules.message(row.to.name, row.by.name, notes)
    return Sent(row.public_id, row.by.name, row.to.name, row.at, notes, text, row.by_id == actor.person)


def messages(actor: access.Actor, at: datetime, *, limit: int = 10) -> list[Sent]:
    """The newest messages the actor wrote or was sent."""
    rows = Message.objects.seen_by(actor, "inspection.read").filter(at__lte=at)
    return [_sent(actor, row) for row in rows.select_related("by", "to").order_by("-at", "-pk")[:limit]]


def names_of(actor: access.Actor, deals: Sequence[str]) -> dict[str, str]:
    """public id -> name, of the deals the actor may read."""
    rows = Deal.objects.seen_by(actor, "deal.read").filter(public_id__in=list(deals))
    return {
        key: name or account or "A deal"
        for key, name, account in rows.values_list("public_id", "name", "account")
    }


# Corrections


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal of a deal's field, and what became of it: open, done (the source says so now), overtaken."""

    public_id: str
    deal: str
    name: str
    external_id: str
    source: str
    field: str
    old: str
    new: str
    by: str
    at: datetime
    state: str

    @property
    def words(self) -> str:
        return wording.FIELDS[self.field]


def proposals(actor: access.Actor, at: datetime, *, state: str = "open") -> list[Proposal]:
    """Standing proposals within reach, by source and deal; those of one state, or all with ''. At most 2,000."""
    access.require(actor, "flag.read")
    rows = Correction.objects.seen_by(actor, "flag.read").filter(at__lte=at)
    ids = list(rows.order_by().values_list("deal_id", flat=True).distinct()[:2000])
    deals = Deal.objects.seen_by(actor, "flag.read").filter(pk__in=ids).select_related("source")
    by_key = {row.pk: row for row in deals}
    standing = corrections_of(actor, list(by_key), at)
    names = people.names({row.by_id for row in standing.values()})
    found = [_proposal(row, by_key[deal], names) for (deal, _), row in standing.items()]
    kept = [one for one in found if not state or one.state == state]
    return sorted(kept, key=lambda one: (one.source, one.external_id, one.field))


def _proposal(row: Correction, deal: Deal, names: Mapping[int, str]) -> Proposal:
    state = rules.settled(row.old, row.new, said_now(deal, row.field))
    return Proposal(
        row.public_id, deal.public_id, deal.name or deal.account or deal.external_id, deal.external_id,
        deal.source.name, row.field, row.old, row.new, names.get(row.by_id, ""), row.at, state,
    )  # fmt: skip


# The review


@dataclass(frozen=True, slots=True)
class Asked:
    """What a review shows: the owner's public id ('' for all), which deals (ONLY), since when, which page from 1."""

    rep: str = ""
    only: str = ""
    since: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class DealLine(Flagged):
    """A deal of a review: what it is, its flags, what changed, its evidence, what to ask, what was noted of it."""

    public_id: str
    name: str
    account: str
    owner: str
    owner_id: str
    amount: int | None
    stage: str
    category: str
    close_on: date | None
    pushes: int
    next_step: str
    chance: float | None
    weight: float
    deciding: bool
    flags: tuple[Flag, ...]
    weakest: int | None
    weakest_names: tuple[str, ...]
    changed: tuple[str, ...]
    ask: str
    notes: tuple[Waiting, ...]
    corrections: tuple[Proposal, ...]
    may_snooze: bool
    may_ask: bool


@dataclass(frozen=True, slots=True)
class RepLine:
    """An owner of the review: deals, those with a flag up, the profile of inspection, notes that wait."""

    public_id: str
    name: str
    deals: int
    flagged: int
    profile: rules.Profile
    questions: int
    thanks: int
    may_ask: bool


@dataclass(frozen=True, slots=True)
class Review:
    """A page of a review. ``left_light`` counts deals of lightly inspected reps that this page leaves out."""

    asked: Asked
    own: bool
    since: datetime
    since_word: str
    deals: tuple[DealLine, ...]
    found: int
    pages: int
    beyond: int
    left_light: int
    reps: tuple[RepLine, ...]
    known: Known
    may_correct: bool


def review(actor: access.Actor, asked: Asked, at: datetime) -> Review:
    """The deals within the actor's reach, those with most at risk that can still change first.

    Raises NotAllowed by ``flag.read``, NotFound for a person nobody knows, Refused: bad_filter.
    """
    access.require(actor, "flag.read")
    if asked.only not in ONLY or asked.since not in ("", *SINCE):
        raise access.Refused(
            "bad_filter", f"Show {', '.join(filter(None, ONLY))}, or all; since {', '.join(SINCE)}."
        )
    house, period = people.house(), calls.period_at(at)
    rows, beyond = _open_deals(actor, asked)
    found = known(at)
    run = stored.run_of(period.name, at)
    ids = [row.pk for row in rows]
    chances = _chances(actor, run.pk if run else None, ids)
    flags = _flags(actor, rows, at, found)
    mapping = deal_queries.mapping(house.day(at))
    categories = {row.pk: _category(row, mapping) for row in rows}
    decide = _deciding(actor, run, period, house.day(at))
    asks = access.may(actor, "inspection.ask") and actor.person is not None
    notes = waiting_notes(actor, at) if asks else []
    reps = _reps(actor, rows, flags, categories, found, run, notes)
    light = (
        {rep.public_id for rep in reps if rep.profile.light} if not asked.rep and not asked.only else set()
    )

    def wanted(row: Deal) -> bool:
        return {
            "": True, "flagged": any(flag.up for flag in flags[row.pk]), "commit": categories[row.pk] == "commit",
            "deciding": row.public_id in decide,
        }[asked.only]  # fmt: skip

    kept = [row for row in rows if wanted(row)]
    gone_through = [
        row for row in kept
        if row.owner is None or row.owner_id == actor.person or row.owner.public_id not in light
        or row.public_id in decide
    ]  # fmt: skip
    order = sorted(gone_through, key=lambda row: (-rules.weight(row.home_minor, chances.get(row.pk)), row.pk))
    pages = max(1, -(-len(order) // PAGE))
    page = min(max(asked.page, 1), pages)
    shown = order[(page - 1) * PAGE : page * PAGE]
    since, word = _since(actor, asked.since, period, at)
    lines = _lines(actor, shown, at, since, chances, flags, categories, decide, notes)
    return Review(
        Asked(asked.rep, asked.only, word, page), not access.may(actor, "inspection.ask"), since, word, lines,
        len(order), pages, beyond, len(kept) - len(gone_through), reps, found, access.may(actor, "correction.propose"),
    )  # fmt: skip


def _open_deals(actor: access.Actor, asked: Asked) -> tuple[list[Deal], int]:
    """The largest open deals within reach, and how many more there are."""
    rows = Deal.objects.seen_by(actor, "flag.read").filter(deal_queries.counted_open())
    if asked.rep:
        rows = rows.filter(owner=people.find(asked.rep).pk)
    every = rows.order_by().count()
    kept = list(
        rows.select_related("owner", "source").order_by(F("home_minor").desc(nulls_last=True), "pk")[:MOST]
    )
    return kept, every - len(kept)


def _category(row: Deal, mapping: Mapping[str, str]) -> str:
    return deal_rules.resolve_category(
        status=row.status,
        own=row.own_category,
        stage=row.stage,
        source=row.forecast_category,
        mapping=mapping,
    )[0]


def _chances(actor: access.Actor, run: int | None, ids: Sequence[int]) -> dict[int, float]:
    if run is None:
        return {}
    rows = DealEstimate.objects.seen_by(actor, "flag.read").filter(run=run, deal__in=ids)
    return dict(rows.values_list("deal_id", "chance_in_period"))


def _deciding(actor: access.Actor, run: EstimateRun | None, period: Period, today: date) -> frozenset[str]:
    """The deals that decide the actor's own quarter, as the Call page finds them."""
    if actor.person is None or not access.may(actor, "call.open"):
        return frozenset()
    estimate = stored.of_people(actor, run, [actor.id]).get(actor.id)
    target = estimate.target if estimate else None
    found = deciding.deciding(actor, actor.id, run, estimate, target, period, today)
    return frozenset(one.public_id for one in found)


def _since(actor: access.Actor, word: str, period: Period, at: datetime) -> tuple[datetime, str]:
    """The instant changes are told since: the last message of a review, else the last submission, else a week ago."""
    if actor.person is not None and word in ("", "review"):
        rows = Message.objects.seen_by(actor, "inspection.read").filter(at__lt=at)
        mine = rows.filter(by=actor.id) if access.may(actor, "inspection.ask") else rows.filter(to=actor.id)
        newest = mine.order_by("-at").values_list("at", flat=True).first()
        if newest is not None:
            return newest, "review"
    asked = "" if word == "review" else word
    if actor.person is None:
        return at - timedelta(days=7), "week"
    return calls.instant(actor, actor.id, period, at, asked)


def _reps(
    actor: access.Actor, rows: Sequence[Deal], flags: Mapping[int, tuple[Flag, ...]], categories: Mapping[int, str],
    found: Known, run: EstimateRun | None, notes: Sequence[Waiting],
) -> tuple[RepLine, ...]:  # fmt: skip
    """The owners of the deals, by name, with their profile and what waits to be sent to them."""
    owned: dict[int, list[Deal]] = defaultdict(list)
    for row in rows:
        if row.owner_id is not None:
            owned[row.owner_id].append(row)
    estimates = stored.of_people(actor, run, list(owned), own_deals=True)
    large = _large(found)
    planned = _planned(actor, [row.pk for row in rows if categories[row.pk] == "commit"])
    asks = access.may(actor, "inspection.ask") and actor.person is not None
    reports = {node.id for node in people.reports(actor.id)} if asks else set()
    lines = []
    for owner, mine in owned.items():
        estimate = estimates.get(owner)
        chance = estimate.chance(estimate.target) if estimate and estimate.target else None
        commit = [row for row in mine if categories[row.pk] == "commit"]
        lacking = [
            row for row in commit if large and (row.home_minor or 0) >= large and row.pk not in planned
        ]
        flagged = [row for row in mine if any(flag.up for flag in flags[row.pk])]
        who = mine[0].owner
        lines.append(
            RepLine(
                who.public_id if who else "",
                who.name if who else "",
                len(mine),
                len(flagged),
                rules.profile(chance, sum(row in flagged for row in commit), len(lacking)),
                sum(n.kind == "question" and n.to == owner for n in notes),
                sum(n.kind == "thanks" and n.to == owner for n in notes),
                owner in reports,
            )
        )
    return tuple(sorted(lines, key=lambda line: line.name))


PLAN_TIMES = 3
"""A deal in Commit of so many times the organisation's median won deal needs a plan before inspection is light."""


def _large(found: Known) -> int | None:
    median, won = found.usual.amounts.get("", (0.0, 0))
    if won < rules.SHIPPED.amount_least:
        return None
    minor: int = 10 ** deal_rules.exponent(people.house().currency)
    return round(PLAN_TIMES * median * minor)


def _planned(actor: access.Actor, ids: Sequence[int]) -> set[int]:
    if not access.may(actor, "plan.read"):
        return set()
    return set(
        Version.objects.seen_by(actor, "plan.read").filter(deal__in=ids).values_list("deal_id", flat=True)
    )


def _lines(
    actor: access.Actor, rows: Sequence[Deal], at: datetime, since: datetime, chances: Mapping[int, float],
    flags: Mapping[int, tuple[Flag, ...]], categories: Mapping[int, str], decide: Collection[str],
    notes: Sequence[Waiting],
) -> tuple[DealLine, ...]:  # fmt: skip
    ids = [row.pk for row in rows]
    before = {state.id: state for state in deal_queries.states_of(ids, since)} if ids else {}
    weak = _weak(actor, ids, at)
    noted: dict[str, list[Waiting]] = defaultdict(list)
    for one in notes:
        noted[one.deal].append(one)
    told: dict[str, list[Proposal]] = defaultdict(list)
    standing = corrections_of(actor, ids, at)
    names = people.names({row.by_id for row in standing.values()})
    by_key = {row.pk: row for row in rows}
    for (deal, _), row in standing.items():
        proposal = _proposal(row, by_key[deal], names)
        told[proposal.deal].append(proposal)
    snoozers = _may_on(actor, "flag.snooze", rows)
    askers = _may_on(actor, "inspection.ask", rows)
    currency = people.house().currency
    return tuple(
        _line(
            row,
            flags[row.pk],
            categories[row.pk],
            chances.get(row.pk),
            row.public_id in decide,
            weak.get(row.pk),
            _changed(before.get(row.pk), row, categories[row.pk], since, currency),
            tuple(noted[row.public_id]),
            tuple(told[row.public_id]),
            row.owner_id in snoozers,
            row.owner_id in askers,
        )
        for row in rows
    )


def _may_on(actor: access.Actor, act: str, rows: Sequence[Deal]) -> set[int]:
    """The owners among those of the deals on whom the actor may do an act."""
    if actor.person is None or not access.may(actor, act):
        return set()
    return {owner for owner in {row.owner_id for row in rows} if owner and people.may_on(actor, act, owner)}


@dataclass(frozen=True, slots=True)
class _Weak:
    score: int
    names: tuple[str, ...]
    question: str


def _weak(actor: access.Actor, ids: Sequence[int], at: datetime) -> dict[int, _Weak]:
    """deal -> its weakest criteria, of deals with any evidence."""
    if not access.may(actor, "evidence.read"):
        return {}
    today = people.house().day(at)
    criteria = evidence.criteria_on(today, at)
    items: dict[int, list[Item]] = defaultdict(list)
    for item in Item.objects.seen_by(actor, "evidence.read").filter(deal__in=ids, at__lte=at).order_by("pk"):
        items[item.deal_id].append(item)
    found = {}
    for deal, rows in items.items():
        graded = evidence.grades_of(rows, criteria, today)
        if _weakest(graded) is None:
            continue
        score, keys = grades.weakest({key: grade.counted for key, grade in graded.items()})
        weak = [one for one in criteria.criteria if one.key in keys]
        found[deal] = _Weak(score, tuple(one.name for one in weak), weak[0].question)
    return found


def _changed(
    before: deal_rules.DealState | None, row: Deal, category: str, since: datetime, currency: str
) -> tuple[str, ...]:
    if before is None and row.first_recorded_at < since:
        return ()
    then = (
        None if before is None else rules.Then(before.close_on, before.stage, before.amount, before.category)
    )
    now = rules.Then(row.close_on, row.stage, row.home_minor, category)
    return tuple(rules.changed(then, now, lambda minor: deal_rules.spoken(minor, currency)))


def _line(
    row: Deal, flags: tuple[Flag, ...], category: str, chance: float | None, decides: bool, weak: _Weak | None,
    changed: tuple[str, ...], notes: tuple[Waiting, ...], told: tuple[Proposal, ...], may_snooze: bool, may_ask: bool,
) -> DealLine:  # fmt: skip
    up = [flag.verdict.key for flag in flags if flag.up]
    ask = wording.QUESTIONS[up[0]] if up else weak.question if weak else wording.OTHERWISE
    return DealLine(
        row.public_id, row.name or row.account or row.external_id, row.account, row.owner.name if row.owner else "",
        row.owner.public_id if row.owner else "", row.home_minor, row.stage, category, row.close_on, row.pushes,
        row.next_step, chance, rules.weight(row.home_minor, chance), decides, flags, weak.score if weak else None,
        weak.names if weak else (), changed, ask, notes, told, may_snooze, may_ask,
    )  # fmt: skip
