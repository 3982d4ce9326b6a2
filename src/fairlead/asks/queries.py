"""Reading asks: one's own, those to approve, those asked of one; sponsors, load, and what asks came to.

A rep reads asks of own deals and the manager those of direct reports at once; the manager's superior from the
manager's answer on; who is asked once it came before them. One condition, ``_readable``, serves lists, single pages,
counts and the API.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery

from fairlead.asks import rules, wording
from fairlead.asks.models import Ask, Concession, Debrief, Sponsor, Step, Version
from fairlead.deals import queries as deals
from fairlead.deals.models import Deal
from fairlead.debts import queries as debts
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.guard import GuardedQuerySet
from fairlead.people.models import Person
from fairlead.plans import rules as plan_rules
from fairlead.plans.models import Version as PlanVersion
from fairlead.promises import queries as promises
from fairlead.qualification import queries as evidence

_READING = ("ask.read", "ask.read_passed", "ask.answer")
_WENT_THROUGH = "what belongs to asks that went through the table"
_DECIDES = "what was done with an ask decides who may read it"
YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody of an ask."""

    id: int
    public_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Line:
    """An ask as its reader sees it. ``may`` are the steps the reader may take now.

    ``deal_id`` is '' where the reader may not read the deal; then ``owner`` is '' as well, and ``manager`` is the one
    to ask. ``debrief_due`` is set once an accepted ask's day has come.
    """

    public_id: str
    deal_id: str
    deal_key: str
    deal: str
    owner: str
    manager: str
    addressee: Party
    sponsored: bool
    version: int
    content: rules.Content
    standing: rules.Standing
    parts: frozenset[rules.Part]
    may: tuple[rules.Kind, ...]
    at: datetime
    debrief_due: datetime | None
    debrief_late: bool

    @property
    def shape(self) -> str:
        return wording.SHAPES[self.standing.state]

    @property
    def word(self) -> str:
        return rules.STATE_WORDS[self.standing.state]

    @property
    def waits_for_reader(self) -> bool:
        """Whether the next step is the reader's."""
        return rules.waits(self.standing, self.parts, debriefs=self.debrief_due is not None)


@dataclass(frozen=True, slots=True)
class Told:
    """A debrief as it was written, with what was promised; ``late_by`` when its 24 hours had passed."""

    said: str
    reached: str
    happened_on: date
    blocks: str
    provides: str
    provides_by: date | None
    words: tuple[tuple[str, str, date], ...]
    """(what, who keeps it, by when)"""
    by: str
    at: datetime
    late_by: timedelta | None


@dataclass(frozen=True, slots=True)
class Said:
    """One version."""

    number: int
    content: rules.Content
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AskPage:
    """One ask with everything of it; of ``owed`` and ``promised`` what its reader reads anyway."""

    line: Line
    plan_version: int
    versions: tuple[Said, ...]
    steps: tuple[tuple[rules.Step, str], ...]
    debriefs: tuple[Told, ...]
    owed: tuple[debts.Line, ...]
    promised: tuple[promises.Line, ...]
    card: bool
    """whether the reader may read the deal's up-card"""


# Who reads what


def _steps_of(kinds: Iterable[str]) -> Exists:
    """Whether a step of these kinds counts: one that was taken back does not."""
    undone = Step.objects.for_system(_DECIDES).filter(
        ask=OuterRef("ask"), kind="undone", about=OuterRef("number")
    )
    taken = Step.objects.for_system(_DECIDES).filter(ask=OuterRef("pk"), kind__in=list(kinds))
    return Exists(taken.exclude(Exists(undone)))


def _rows() -> GuardedQuerySet[Any]:
    newest = Step.objects.for_system(_DECIDES).filter(ask=OuterRef("pk")).order_by("-number")
    rows = Ask.objects.for_system(_DECIDES).annotate(
        reached=_steps_of(rules.REACHED),
        decided=_steps_of([*rules.REACHED, "turned_down"]),
        last=Subquery(newest.values("kind")[:1]),
    )
    found: GuardedQuerySet[Any] = rows.select_related("deal__owner", "addressee")
    return found


def _readable(actor: access.Actor) -> Q:
    where = Q(pk__in=[])
    if access.may(actor, "ask.read"):
        where |= people.scope(actor, "ask.read", "deal__owner")
    if access.may(actor, "ask.read_passed"):
        where |= people.scope(actor, "ask.read_passed", "deal__owner") & Q(decided=True)
    if access.may(actor, "ask.answer"):
        where |= people.scope(actor, "ask.answer", "addressee") & Q(reached=True)
    return where


def _mine(actor: access.Actor) -> GuardedQuerySet[Any]:
    if not any(access.may(actor, act) for act in _READING):
        raise access.NotAllowed("ask.read")
    return _rows().filter(_readable(actor))


def parts_of(actor: access.Actor, row: Ask) -> frozenset[rules.Part]:
    """Whose steps the actor may take with an ask; for a stand-in those of the manager."""
    return _parts(actor, [(row.deal.owner_id, row.addressee_id)])[0]


def _parts(actor: access.Actor, parties: Sequence[tuple[int | None, int]]) -> list[frozenset[rules.Part]]:
    """The same for several asks, given as (the deal's owner, who is asked), in their order."""
    if actor.person is None:
        return [frozenset({"clock"}) for _ in parties]
    writes, answers = access.may(actor, "ask.write"), access.may(actor, "ask.answer")
    owners = {owner for owner, _ in parties if owner is not None}
    decides = bool(owners) and access.may(actor, "ask.decide")
    reports = people.reached(actor, "ask.decide", owners) if decides else set()
    found = []
    for owner, addressee in parties:
        whose: tuple[tuple[rules.Part, bool], ...] = (
            ("owner", writes and owner == actor.person),
            ("manager", owner in reports),
            ("executive", answers and addressee == actor.person),
        )
        found.append(frozenset(part for part, mine in whose if mine))
    return found


# Lists


@dataclass(frozen=True, slots=True)
class Book:
    """Everything on a person's page of asks. ``waiting`` is what waits for the reader, whichever part they have."""

    waiting: tuple[Line, ...]
    of_me: tuple[Line, ...]
    running: tuple[Line, ...]
    closed: tuple[Line, ...]


def book(actor: access.Actor, at: datetime, *, closed: int = 40) -> Book:
    """The asks the actor may read. Raises NotAllowed."""
    lines = _lines(actor, list(_mine(actor).order_by("-pk")[:400]), at)
    still = sorted((one for one in lines if not one.standing.closed), key=lambda one: one.standing.until)
    waiting = tuple(one for one in still if one.waits_for_reader)
    rest = [one for one in still if one not in waiting]
    return Book(
        waiting,
        tuple(one for one in rest if "executive" in one.parts),
        tuple(one for one in rest if "executive" not in one.parts),
        tuple([one for one in lines if one.standing.closed][:closed]),
    )


def open_of(actor: access.Actor, owner: int, at: datetime) -> list[Line]:
    """Open asks of one person's deals of those the actor may read, the first day first."""
    if not access.may(actor, "ask.read"):
        return []
    lines = _lines(actor, list(_mine(actor).filter(deal__owner=owner).order_by("-pk")[:50]), at)
    return sorted((one for one in lines if not one.standing.closed), key=lambda one: one.standing.until)


def waiting(actor: access.Actor, at: datetime) -> int:
    """How many asks wait for the actor: to approve, to answer, to write again, to debrief. For every page's frame."""
    if actor.person is None or not any(access.may(actor, act) for act in _READING):
        return 0
    mine = Q(deal__owner=actor.id) | Q(addressee=actor.id)
    if access.may(actor, "ask.decide"):
        mine |= people.scope(actor, "ask.decide", "deal__owner")
    newest = Step.objects.for_system(_DECIDES).filter(ask=OuterRef("pk")).order_by("-number")
    asked = Ask.objects.for_system(_DECIDES).annotate(last=Subquery(newest.values("kind")[:1]))
    rows = (
        asked.filter(mine)
        .exclude(last__in=_OVER)
        .order_by("-pk")
        .values_list("pk", "deal__owner", "addressee")
    )
    found = list(rows[:200])
    if not found:
        return 0
    today, ids = people.house().day(at), [pk for pk, _, _ in found]
    versions, steps = newest_of(ids), steps_of(ids)
    parts = _parts(actor, [(owner, addressee) for _, owner, addressee in found])
    count = 0
    for pk, part in zip(ids, parts, strict=True):
        now = rules.standing(versions[pk].deadline, steps.get(pk, []), today)
        count += rules.waits(now, part, debriefs=rules.debrief_owed(now, today))
    return count


_OVER = ("turned_down", "declined", "withdrawn", "expired", "debriefed")


def one(actor: access.Actor, public_id: str, at: datetime) -> AskPage:
    """One ask. What was said between owner and manager before the manager's answer is shown to the two only.

    Raises NotAllowed or NotFound.
    """
    row = _found(actor, public_id)
    line = _lines(actor, [row], at)[0]
    versions = list(
        Version.objects.for_system(_WENT_THROUGH).filter(ask=row).select_related("by").order_by("-number")
    )
    taken = Step.objects.for_system(_WENT_THROUGH).filter(ask=row).select_related("by").order_by("number")
    read = [step_of(step) for step in taken]
    if _only_owner(line.parts):
        read = rules.without_others_reasons(read, actor.person)
        first_sent = min(
            (one.at for one in read if one.kind == "sent" and one.by == actor.person), default=at
        )
        versions = [one for one in versions if one is versions[0] or one.at >= first_sent]
    steps = [
        (now, _who(step.by, line, row) if step.by else "") for now, step in zip(read, taken, strict=True)
    ]
    if not line.parts & {"owner", "manager"}:
        first = rules.shown_from([step for step, _ in steps])
        steps, versions = [pair for pair in steps if pair[0].number >= first], versions[:1]
    return AskPage(
        line=line,
        plan_version=row.plan_version,
        versions=tuple(Said(v.number, content_of(v), _who(v.by, line, row), v.at) for v in versions),
        steps=tuple(steps),
        debriefs=_told(row, line),
        owed=tuple(debts.from_source(actor, ("ask", "debrief"), row.public_id, at)),
        promised=tuple(promises.from_source(actor, "ask", [row.public_id], at)),
        card=row.deal.owner_id is not None
        and access.may(actor, "card.read")
        and people.may_on(actor, "card.read", row.deal.owner_id),
    )


def _found(actor: access.Actor, public_id: str) -> Any:
    row = _mine(actor).filter(public_id=public_id).first()
    if row is None:
        raise access.NotFound("ask")
    return row


def _who(person: Person, line: Line, row: Ask) -> str:
    """A name; the deal's owner has none for a reader who may not read the deal: there is a manager to ask."""
    return "The deal’s owner" if not line.owner and person.pk == row.deal.owner_id else person.name


def _told(row: Ask, line: Line) -> tuple[Told, ...]:
    found = Debrief.objects.for_system(_WENT_THROUGH).filter(ask=row).select_related("by").order_by("pk")
    said = Concession.objects.for_system(_WENT_THROUGH).filter(debrief__ask=row).select_related("owner")
    words: dict[int, list[tuple[str, str, date]]] = {}
    for one in said.order_by("pk"):
        words.setdefault(one.debrief_id, []).append((one.text, _who(one.owner, line, row), one.due_on))
    told, zone = [], people.house().time_zone
    for number, debrief in enumerate(found):
        due = rules.debrief_due(line.standing.on or debrief.happened_on, zone)
        late = debrief.at - due if number == 0 and debrief.at > due else None
        told.append(
            Told(
                debrief.said, debrief.reached, debrief.happened_on, debrief.blocks, debrief.provides,
                debrief.provides_by, tuple(words.get(debrief.pk, ())), _who(debrief.by, line, row), debrief.at, late,
            )
        )  # fmt: skip
    return tuple(told)


def locked(actor: access.Actor, public_id: str) -> Ask:
    """An ask the actor may read, held until the transaction ends, so that steps follow each other."""
    row = _found(actor, public_id)
    held = Ask.objects.for_system("an ask that was read by its people is held while a step is taken")
    found = held.filter(pk=row.pk).select_for_update(of=("self",), no_key=True)
    return found.select_related("deal__owner", "addressee").get()


def content_of(row: Version) -> rules.Content:
    """A version as values."""
    return rules.Content(
        row.kind, row.buyer, row.buyer_role, row.purpose, row.outcome, row.deadline, row.whose, row.helps,
        row.background, tuple(row.do_not_offer),
    )  # fmt: skip


def step_of(row: Step) -> rules.Step:
    """A step as values."""
    return rules.Step(row.number, row.kind, row.by_id, row.at, row.on, row.reason, row.about)  # type: ignore[arg-type]


def newest_of(asks: Sequence[int]) -> Mapping[int, Version]:
    """ask -> its newest version, for asks the caller may read."""
    rows = Version.objects.for_system(_WENT_THROUGH).filter(ask__in=asks).order_by("ask", "number")
    return {row.ask_id: row for row in rows}


def steps_of(asks: Sequence[int]) -> Mapping[int, list[rules.Step]]:
    """ask -> its steps in order, for asks the caller may read."""
    found: dict[int, list[rules.Step]] = {}
    rows = Step.objects.for_system(_WENT_THROUGH).filter(ask__in=asks).order_by("ask", "number")
    for row in rows:
        found.setdefault(row.ask_id, []).append(step_of(row))
    return found


def _lines(actor: access.Actor, rows: Sequence[Any], at: datetime) -> list[Line]:
    ids, today, zone = [row.pk for row in rows], people.house().day(at), people.house().time_zone
    versions, steps = newest_of(ids), steps_of(ids)
    named = deals.named(actor, {row.deal_id for row in rows})
    owners = {row.deal.owner_id for row in rows if row.deal.owner_id}
    managers = {owner: people.manager_of(owner) for owner in owners}
    names = people.names([one for one in managers.values() if one])
    found, whose = [], _parts(actor, [(row.deal.owner_id, row.addressee_id) for row in rows])
    for row, parts in zip(rows, whose, strict=True):
        version = versions[row.pk]
        read = steps.get(row.pk, [])
        if _only_owner(parts):
            read = rules.without_others_reasons(read, actor.person)
        now = rules.standing(version.deadline, read, today)
        due = rules.debrief_due(now.on, zone) if rules.debrief_owed(now, today) and now.on else None
        reads_deal = row.deal_id in named
        manager = managers.get(row.deal.owner_id or 0)
        found.append(
            Line(
                public_id=row.public_id,
                deal_id=row.deal.public_id if reads_deal else "",
                deal_key=row.deal.public_id,
                deal=row.deal.name or row.deal.account or row.deal.external_id,
                owner=row.deal.owner.name
                if (reads_deal or _by_sponsor(row, parts, steps)) and row.deal.owner
                else "",
                manager=names.get(manager or 0, ""),
                addressee=Party(row.addressee_id, row.addressee.public_id, row.addressee.name),
                sponsored=any(step.kind == "passed" for step in steps.get(row.pk, ())),
                version=version.number,
                content=content_of(version),
                standing=now,
                parts=parts,
                may=rules.may(now, parts, actor.person),
                at=row.at,
                debrief_due=due,
                debrief_late=due is not None and at > due,
            )
        )
    return found


def _only_owner(parts: frozenset[rules.Part]) -> bool:
    """Whether an ask is read as the deal's owner: who took the deal over reads nothing said to the one before."""
    return "owner" in parts and "manager" not in parts


def _by_sponsor(row: Ask, parts: frozenset[rules.Part], steps: Mapping[int, list[rules.Step]]) -> bool:
    """A sponsor works with the rep and knows them by name."""
    return "executive" in parts and any(step.kind == "passed" for step in steps.get(row.pk, ()))


# The clock


def still_open() -> list[tuple[Ask, Version, list[rules.Step]]]:
    """Asks that nothing has ended yet, for the clock alone."""
    rows = list(_rows().exclude(last__in=_OVER).order_by("pk"))
    versions, steps = newest_of([row.pk for row in rows]), steps_of([row.pk for row in rows])
    return [(row, versions[row.pk], steps.get(row.pk, [])) for row in rows]


# Writing one


@dataclass(frozen=True, slots=True)
class ForDeal:
    """What the form of an ask starts from. ``plan_version`` is 0 without a plan, which comes first."""

    deal: str
    name: str
    status: str
    plan_version: int
    players: tuple[tuple[str, str], ...]
    manager: str
    executives: tuple[Choice, ...]
    start: rules.Content
    may_write: bool
    own: bool
    """Whether the reader owns the deal: the manager's own ask needs no approval."""
    owner: str
    may_name_sponsor: bool
    sponsor: str


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody who may be asked."""

    public_id: str
    name: str
    title: str
    sponsor: bool


def for_deal(actor: access.Actor, deal: str, at: datetime) -> ForDeal:
    """What an ask for a deal starts from, for its owner and the owner's manager. Raises NotAllowed or NotFound."""
    if not any(access.may(actor, act) for act in ("ask.write", "ask.decide")):
        raise access.NotAllowed("ask.write")
    where = Q(pk__in=[])
    for act in ("ask.write", "ask.decide"):
        if access.may(actor, act):
            where |= people.scope(actor, act, "owner")
    row = (
        Deal.objects.seen_by(actor, "deal.read").filter(where, public_id=deal).select_related("owner").first()
    )
    if row is None or row.owner_id is None:
        raise access.NotFound("deal")
    number, plan = plan_of(actor, row.pk, at)
    manager, sponsor = people.manager_of(row.owner_id), sponsor_of(row.pk)
    lead = people.names([manager]).get(manager, "") if manager else ""
    return ForDeal(
        deal=row.public_id,
        name=row.name or row.account or row.external_id,
        status=row.status,
        plan_version=number,
        players=tuple((one.name, one.role) for one in plan.players),
        manager=lead,
        executives=tuple(_choices(row, at)),
        start=_start(actor, row, plan, lead, at),
        may_write=row.status == "open" and may_write(actor, row.owner_id),
        own=row.owner_id == actor.person,
        owner=row.owner.name if row.owner else "",
        may_name_sponsor=access.may(actor, "ask.decide") and people.may_on(actor, "ask.decide", row.owner_id),
        sponsor=people.names([sponsor]).get(sponsor, "") if sponsor else "",
    )


def may_write(actor: access.Actor, owner: int | None) -> bool:
    """Whether the actor writes asks for deals of a person: for the own ones, and as the manager."""
    return bool(owner) and access.may(actor, "ask.write") and people.may_on(actor, "ask.write", owner or 0)


def plan_of(actor: access.Actor, deal: int, at: datetime) -> tuple[int, plan_rules.Plan]:
    """The newest version of a deal's plan at an instant and its number, 0 and an empty one before the first."""
    if not access.may(actor, "plan.read"):
        return 0, plan_rules.Plan()
    rows = PlanVersion.objects.seen_by(actor, "plan.read").filter(deal=deal, at__lte=at)
    row = rows.order_by("-number").first()
    return (row.number, plan_rules.plan_of(row.content)) if row else (0, plan_rules.Plan())


def above(owner: int, at: datetime) -> list[int]:
    """Everybody above the first-line manager of a deal's owner, by the reporting line of that day, nearest first."""
    line = people.chain(owner)[2:]
    gone = Person.objects.filter(pk__in=line, ends_on__lte=people.house().day(at)).values_list(
        "pk", flat=True
    )
    return [one for one in line if one not in set(gone)]


def sponsor_of(deal: int) -> int | None:
    """The executive who is sponsor of a deal now, named by the manager whose it still is."""
    row = Sponsor.objects.for_system("whether somebody is sponsor decides who may be asked").filter(deal=deal)
    newest = row.order_by("-pk").values("person_id", "manager_id", "by_id", "deal__owner_id").first()
    if newest is None or newest["deal__owner_id"] is None:
        return None
    stays = people.manager_of(newest["deal__owner_id"]) == (newest["manager_id"] or newest["by_id"])
    return newest["person_id"] if stays else None


def may_be_asked(row: Deal, at: datetime) -> list[int]:
    """Whom an ask for a deal may go to: those above the first-line manager, and the deal's sponsor."""
    if row.owner_id is None:
        return []
    found, sponsor = above(row.owner_id, at), sponsor_of(row.pk)
    return found if sponsor is None or sponsor in found else [sponsor, *found]


def _choices(row: Deal, at: datetime) -> list[Choice]:
    asked, sponsor = may_be_asked(row, at), sponsor_of(row.pk)
    every = {person.pk: person for person in Person.objects.filter(pk__in=asked)}
    return [
        Choice(every[pk].public_id, every[pk].name, every[pk].title, pk == sponsor)
        for pk in asked
        if pk in every
    ]


def _start(actor: access.Actor, row: Deal, plan: plan_rules.Plan, lead: str, at: datetime) -> rules.Content:
    """The form as it begins: the deciding player, whose number it is, and a background from plan and evidence."""
    player = next((one for one in plan.players if one.influence == "decides"), None)
    wanted = next((one for one in plan.resources if one.kind == "executive" and one.state == "asked"), None)
    buyer = player.name if player else ""
    today = people.house().day(at)
    days = (wanted.needed_by if wanted else None, plan.by_when)
    deadline = next((day for day in days if day and day >= today), today + timedelta(days=7))
    return rules.Content(
        kind="call",
        buyer=buyer,
        buyer_role=player.role if player else "",
        purpose=wanted.what if wanted else "",
        outcome="",
        deadline=deadline,
        whose=f"It is in {lead}’s number; ask {lead.split(' ')[0]}." if lead else "",
        helps=wording.HELPS["call"].format(buyer=buyer) if buyer else "",
        background=_background(actor, row, plan, at),
    )


def _background(actor: access.Actor, row: Deal, plan: plan_rules.Plan, at: datetime) -> str:
    """What the plan wants and the best of what the buyer said, cut to the line's length at a word."""
    parts = [plan.objective] if plan.objective else []
    if access.may(actor, "evidence.read"):
        lines = evidence.panel(actor, row.public_id, at).lines
        told = [line for line in lines if line.item is not None and line.grade.counted >= 2]
        told.sort(
            key=lambda line: (line.grade.counted, line.item.on if line.item else date.min), reverse=True
        )
        parts += [f"{line.item.buyer_name}: {line.item.what}." for line in told[:1] if line.item]
    text = " ".join(parts)
    return text if len(text) <= rules.BRIEF else text[: rules.BRIEF - 1].rsplit(" ", 1)[0] + "…"


@dataclass(frozen=True, slots=True)
class OnDeal:
    """What a deal's page says of asks."""

    lines: tuple[Line, ...]
    may_write: bool
    may_name_sponsor: bool
    sponsor: str
    executives: tuple[Choice, ...]


def on_deal(actor: access.Actor, deal: str, at: datetime) -> OnDeal | None:
    """The asks of a deal that the reader may see, newest first; None for who reads no asks."""
    if not any(access.may(actor, act) for act in _READING):
        return None
    row = Deal.objects.seen_by(actor, "deal.read").filter(public_id=deal).first()
    if row is None or row.owner_id is None:
        return None
    lines = _lines(actor, list(_mine(actor).filter(deal=row).order_by("-pk")[:20]), at)
    decides = access.may(actor, "ask.decide") and people.may_on(actor, "ask.decide", row.owner_id)
    sponsor = sponsor_of(row.pk)
    return OnDeal(
        tuple(lines),
        row.status == "open" and may_write(actor, row.owner_id),
        row.status == "open" and decides,
        people.names([sponsor]).get(sponsor, "") if sponsor else "",
        tuple(_choices(row, at)) if decides else (),
    )


# Load


def loads(actor: access.Actor, at: datetime) -> list[tuple[str, rules.Load]]:
    """(name, load of a year) of the actor, where anything was asked of them, and, for who approves asks, of those
    above whom they may ask. Counts only. Raises NotAllowed."""
    access.require(actor, "ask.load")
    asked = [actor.id]
    if access.may(actor, "ask.decide"):
        asked += people.chain(actor.id)[1:]
    rows = list(_rows().filter(addressee__in=asked, at__gt=at - YEAR, reached=True).order_by("pk"))
    ids, today = [row.pk for row in rows], people.house().day(at)
    versions, steps = newest_of(ids), steps_of(ids)
    found: dict[int, list[rules.Standing]] = {}
    for row in rows:
        now = rules.standing(versions[row.pk].deadline, steps.get(row.pk, []), today)
        found.setdefault(row.addressee_id, []).append(now)
    names = people.names(found)
    return [(names[person], rules.load(found[person])) for person in asked if person in found]


# What asks came to

_MOST_ASKS = 200
_MOST_DEALS = 2000


def effect(actor: access.Actor, at: datetime) -> rules.Effect:
    """Deals with asks beside matched deals without, of the whole organisation, as counts. Raises NotAllowed.

    A deal enters once, on the day its first ask came before an executive. It is matched with deals that were open at
    that moment and had no such ask by then, as both were known at that moment: same stage, same band of age, between
    half and twice the amount. What is compared is whether they were won by the end of that day's forecast period, so
    both sides have the same days left; periods that have not ended are not counted.
    """
    access.require(actor, "ask.effect")
    house = people.house()
    firsts = _first_reached()
    periods = {deal: house.period(house.day(moment)) for deal, moment in firsts}
    ended = [(deal, moment) for deal, moment in firsts if periods[deal].ends_on < house.day(at)]
    pairs = []
    for deal, moment in ended[-_MOST_ASKS:]:
        asked = {other for other, then in firsts if then <= moment}
        pair = _pair(deal, moment, periods[deal].ends_on, asked)
        if pair is not None:
            pairs.append(pair)
    return rules.effect(pairs, running=len(firsts) - len(ended))


def _first_reached() -> list[tuple[int, datetime]]:
    """(deal, when its first ask came before an executive), oldest first; an approval taken back does not count."""
    deal_of = dict(_rows().filter(reached=True).values_list("pk", "deal_id"))
    found: dict[int, datetime] = {}
    for ask, steps in steps_of(list(deal_of)).items():
        moment = rules.standing(date.max, steps, date.min).reached_at
        if moment is not None:
            found[deal_of[ask]] = min(moment, found.get(deal_of[ask], moment))
    return sorted(found.items(), key=lambda pair: (pair[1], pair[0]))


def _pair(deal: int, moment: datetime, ends_on: date, asked: set[int]) -> rules.Pair | None:
    """The deal with its matches as known at a moment; None where too little was known of it then."""
    reason = "what asks came to is counted without names"
    day = people.house().day(moment)
    row = Deal.objects.for_system(reason).filter(pk=deal).values_list("created_on", flat=True).first()
    states = deals.states_of([deal], moment)
    if row is None or not states or states[0].amount is None or states[0].status != "open":
        return None
    mine = (states[0].amount, states[0].stage, (day - row).days)
    pool = Deal.objects.for_system(reason).filter(created_on__lte=day, first_recorded_at__lt=moment)
    # What was closed and has not changed since was closed then; of what changed later nothing is concluded here.
    pool = pool.exclude(pk__in=asked).exclude(status__in=("won", "lost"), changed_at__lt=moment)
    ages = dict(pool.order_by("public_id").values_list("pk", "created_on")[:_MOST_DEALS])
    alike = [
        state.id
        for state in deals.states_of(list(ages), moment)
        if state.status == "open"
        and not state.missing
        and state.amount is not None
        and (created := ages[state.id]) is not None
        and rules.alike(mine, (state.amount, state.stage, (day - created).days))
    ]
    won = Deal.objects.for_system(reason).filter(
        pk__in=[deal, *alike], status="won", closed_on__gte=day, closed_on__lte=ends_on
    )
    ids = set(won.values_list("pk", flat=True))
    return rules.Pair(deal in ids, tuple((other, other in ids) for other in alike))
