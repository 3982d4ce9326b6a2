"""Reading exits: what one owes, what the team owes, the page of one deal's exit, and the card for upstairs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from fairlead.calls import estimates as stored
from fairlead.calls import queries as calls
from fairlead.deals import queries as deals
from fairlead.deals import rules as deal_rules
from fairlead.deals.models import Deal
from fairlead.exits import effects, owing, rules, tracing, wording
from fairlead.exits.models import Act, Answer, Asked, Draft, Ruling
from fairlead.forecasting.periods import Period
from fairlead.news import queries as news
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.qualification import queries as evidence

# What is asked of a deal


@dataclass(frozen=True, slots=True)
class Found:
    """How a deal stands in a period; ``standing`` None where it did not leave or nobody is asked."""

    period: Period
    trace: tracing.Trace
    standing: owing.Standing | None


def of_deal(deal: int, at: datetime) -> Found | None:
    """How a deal stands in the current period, or how it left the one before while that is still owed.

    None for a deal that stood in neither. For callers that asked the table. Raises Refused while tracks are built.
    """
    now, before = _periods(at)
    current = _found(deal, now, at)
    if current is not None and current.standing is not None:
        return current
    past = _found(deal, before, at)
    if (
        past is not None
        and past.standing is not None
        and (past.standing.owed or past.standing.answer is not None)
    ):
        return past
    return current


def _periods(at: datetime) -> tuple[Period, Period]:
    now = calls.period_at(at)
    return now, people.house().calendar.previous(now)


def _found(deal: int, period: Period, at: datetime) -> Found | None:
    trace = tracing.of_deal(deal, period, at, owing.rule_on(people.house().day(at), at))
    return None if trace is None else Found(period, trace, owing.standing_of(trace, period, at))


def newest_number(deal: int, period: str) -> int:
    """The number of a deal's newest answer in a period, 0 before the first. For callers that asked the table."""
    rows = Answer.objects.for_system("a version follows the one before; callers checked whose")
    mine = rows.filter(deal=deal, period=period).order_by("-number")
    return mine.values_list("number", flat=True).first() or 0


def newest_act(answer: int, kinds: Sequence[str]) -> Act | None:
    """What was done last with a packet, of some kinds. For callers that asked the table."""
    rows = Act.objects.for_system("what was done with a packet decides what may follow")
    return rows.filter(answer=answer, kind__in=kinds).order_by("-pk").first()


# Evidence and replacements of a packet


def with_evidence(actor: access.Actor, deal: str, packet: rules.Packet, at: datetime) -> rules.Packet:
    """The packet with the name of its criterion, and with what the scale has where the writer left it open.

    Of the criterion's items the newest says what is known now, the one before it what was known.
    """
    if not packet.criterion or not access.may(actor, "evidence.read"):
        return packet
    panel = evidence.panel(actor, deal, at)
    line = next((one for one in panel.lines if one.criterion.key == packet.criterion), None)
    if line is None:
        return packet
    new, old = scale_says(line)
    return replace(
        packet,
        criterion_name=line.criterion.name,
        new=packet.new if packet.new.text else new,
        old=packet.old if packet.old.text else old,
    )


def scale_says(line: evidence.Line) -> tuple[rules.Evidence, rules.Evidence]:
    """(what the scale has now of a criterion, what it had before); empty where it has nothing."""
    told = [_evidence(item) for item in line.past if item.score > 0 and not item.undone_by]
    new, old, *_ = [*told, rules.Evidence(), rules.Evidence()]
    return new, old


def _evidence(item: evidence.Evidence) -> rules.Evidence:
    who = (
        f"{item.buyer_name}{', ' + item.buyer_role if item.buyer_role else ''}"
        if item.buyer_name
        else "our belief"
    )
    return rules.Evidence(item.what, who, item.on)


def candidates(
    actor: access.Actor, owner: int, but: int, period: Period, at: datetime
) -> list[rules.Replacement]:
    """The owner's open deals of the period that do not count in Commit, what they may bring first."""
    if not access.may(actor, "deal.read"):
        return []
    day = people.house().day(at)
    rows = (
        Deal.objects.seen_by(actor, "deal.read")
        .filter(deals.counted_open(), owner=owner, close_on__range=(period.starts_on, period.ends_on))
        .exclude(pk=but)
    )
    fields = (
        "pk",
        "public_id",
        "name",
        "external_id",
        "home_minor",
        "own_category",
        "stage",
        "forecast_category",
    )
    mapped = deals.mapping(day)
    kept = list(rows.order_by("-home_minor", "pk").values_list(*fields)[:400])
    chances = calls.deal_chances(actor, stored.run_of(period.name, at), [row[0] for row in kept])
    found = []
    for pk, public_id, name, external, amount, own, stage, said in kept:
        category, _ = deal_rules.resolve_category(
            status="open", own=own, stage=stage, source=said, mapping=mapped
        )
        if category not in ("commit", "omitted"):
            found.append(rules.Replacement(public_id, name or external, amount, category, chances.get(pk)))
    return sorted(found, key=lambda one: (-(one.expected or 0), -(one.amount or 0), one.deal))


def replacements(
    actor: access.Actor, deal: Deal, chosen: Sequence[str], period: Period, at: datetime
) -> list[rules.Replacement]:
    """The chosen deals as they stand. Raises Refused for one that cannot replace anything."""
    if deal.owner_id is None or not chosen:
        return []
    known = {one.deal: one for one in candidates(actor, deal.owner_id, deal.pk, period, at)}
    if any(key not in known for key in chosen):
        raise access.Refused(
            "no_such_deal",
            "A replacement is another open deal of the same owner, due in the period and not in Commit.",
        )
    return [known[key] for key in chosen]


# What was said, as it is shown


@dataclass(frozen=True, slots=True)
class Said:
    """Something a manager said of a packet."""

    kind: str
    words: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """A replacement as it was promised, and what became of it. ``status`` '' where the deal is not there any more."""

    promised: rules.Replacement
    status: str
    on: date | None
    amount: int | None

    @property
    def words(self) -> str:
        ended = {"won": "won", "lost": "lost", "open": "still open"}.get(
            self.status, "with another owner, or gone"
        )
        return ended


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it was given. Minor units; ``own`` and ``team`` are None where the reader may not see them."""

    public_id: str
    number: int
    kind: str
    period: str
    reason: str
    why: str
    packet: rules.Packet
    way: str
    stood_in: str
    gap: int
    shortfall: int
    outcomes: tuple[Outcome, ...]
    own: effects.Effect | None
    team: effects.Effect | None
    by: str
    at: datetime
    replies: tuple[Said, ...]
    up_since: datetime | None


def _given(actor: access.Actor, row: Answer, at: datetime) -> Given:
    computed = row.computed
    promised = [rules.Replacement(*one) for one in computed.get("replacements", ())]
    replies, up = _acts(row, at)
    kept: Mapping[str, Any] = computed.get("effects", {})
    return Given(
        public_id=row.public_id,
        number=row.number,
        kind=row.kind,
        period=row.period,
        reason=wording.REASONS.get(row.reason, ""),
        why=row.why,
        packet=rules.packet_of(row.content) if row.kind == "packet" else rules.Packet(),
        way=wording.way(computed.get("way", "")),
        stood_in=computed.get("stood_in", ""),
        gap=computed.get("gap_minor", 0),
        shortfall=computed.get("shortfall_minor", 0),
        outcomes=_outcomes(promised, row.by_id),
        own=_effect(actor, kept.get("own"), row.by_id),
        team=_effect(actor, kept.get("team"), (kept.get("team") or {}).get("lead")),
        by=row.by.name,
        at=row.at,
        replies=replies,
        up_since=up,
    )


def _acts(row: Answer, at: datetime) -> tuple[tuple[Said, ...], datetime | None]:
    """What the manager said, the oldest first, and since when the card is upstairs."""
    rows = Act.objects.for_system("what was done with an answer that went through the table")
    every = list(rows.filter(answer=row, at__lte=at).select_related("by").order_by("pk"))
    said = tuple(
        Said(one.kind, one.words, one.by.name, one.at)
        for one in every
        if one.kind in ("accepted", "asked_back")
    )
    moved = [one for one in every if one.kind in ("taken_up", "taken_back")]
    return said, moved[-1].at if moved and moved[-1].kind == "taken_up" else None


def _outcomes(promised: Sequence[rules.Replacement], owner: int) -> tuple[Outcome, ...]:
    """What became of replacements, as long as they are their owner's."""
    rows = Deal.objects.for_system("what became of the replacements of a packet that went through the table")
    wanted = rows.filter(public_id__in=[one.deal for one in promised], owner=owner)
    now = {
        key: (status, closed if status != "open" else close, amount)
        for key, status, closed, close, amount in wanted.values_list(
            "public_id", "status", "closed_on", "close_on", "home_minor"
        )
    }
    return tuple(Outcome(one, *now.get(one.deal, ("", None, None))) for one in promised)


def _effect(actor: access.Actor, kept: Mapping[str, Any] | None, person: int | None) -> effects.Effect | None:
    """A kept effect, for whoever may have the estimate it is of."""
    if kept is None or person is None or not access.may(actor, "estimate.read"):
        return None
    return effects.read(kept) if people.may_on(actor, "estimate.read", person) else None


# Lists


@dataclass(frozen=True, slots=True)
class Line:
    """An exit in a list. ``state`` is a key of ``wording.STATES``, ``need`` of ``wording.WANTED``; minor units."""

    deal: str
    name: str
    owner: str
    period: str
    way: str
    category: str
    amount: int
    need: rules.Need
    state: str
    owed: bool
    left_on: date
    due_on: date
    age: int
    answer: str
    number: int
    why: str
    asked_back: str
    up: bool


@dataclass(frozen=True, slots=True)
class Back:
    """A deal that left and is back, or whose exit a correction of the facts undid: nothing is owed of it any more."""

    deal: str
    name: str
    owner: str
    since: datetime | None
    answered: bool


@dataclass(frozen=True, slots=True)
class Exits:
    """Exits of the current period, and of the one before what is still owed or waits for a reply."""

    period: Period
    owed: tuple[Line, ...]
    waiting: tuple[Line, ...]
    done: tuple[Line, ...]
    back: tuple[Back, ...]


def mine(actor: access.Actor, at: datetime) -> Exits:
    """What the actor owes of own deals. Raises NotAllowed; Refused while tracks are being built."""
    access.require(actor, "exit.answer")
    return _exits(actor, [actor.id], at)


def of_team(actor: access.Actor, leader: int, at: datetime) -> Exits:
    """The exits of a leader's direct reports, for the leader and who stands in. Raises NotAllowed or NotFound."""
    people.require_on(actor, "call.open", leader)
    reports = [node.id for node in people.reports(leader)]
    return _exits(actor, [one for one in reports if people.may_on(actor, "exit.reply", one)], at)


def _exits(actor: access.Actor, persons: Sequence[int], at: datetime) -> Exits:
    now, before = _periods(at)
    rule = owing.rule_on(people.house().day(at), at)
    traced = tracing.of_persons(persons, now, at, rule)
    found = [(now, one) for one in owing.standings(traced, now, at)]
    past = owing.standings(tracing.of_persons(persons, before, at, rule), before, at)
    found += [(before, one) for one in past if one.owed or one.state == "waiting"]
    rows = _rows(actor, [one.trace.deal for _, one in found])
    lines = [
        _line(rows[one.trace.deal], period, one)
        for period, one in found
        if one.trace.deal in rows and one.need
    ]
    return Exits(
        now,
        tuple(line for line in lines if line.owed),
        tuple(line for line in lines if line.state == "waiting"),
        tuple(line for line in lines if not line.owed and line.state != "waiting"),
        tuple(_back(actor, persons, traced, now)),
    )


def _rows(actor: access.Actor, ids: Collection[int]) -> dict[int, Deal]:
    if not ids or not access.may(actor, "exit.read"):
        return {}
    rows = Deal.objects.seen_by(actor, "exit.read").filter(pk__in=list(ids)).select_related("owner")
    return {row.pk: row for row in rows}


def _line(row: Deal, period: Period, one: owing.Standing) -> Line:
    answer, said = one.answer, one.reply
    up = (
        answer is not None and (newest_act(answer.pk, ("taken_up", "taken_back")) or Act()).kind == "taken_up"
    )
    return Line(
        deal=row.public_id,
        name=row.name or row.account or row.external_id,
        owner=row.owner.name if row.owner else "",
        period=period.name,
        way=wording.way(one.trace.reason),
        category=one.trace.category,
        amount=one.trace.amount,
        need=one.need,
        state=one.state,
        owed=one.owed,
        left_on=one.left_on,
        due_on=one.due_on,
        age=one.age,
        answer=answer.public_id if answer else "",
        number=answer.number if answer else 0,
        why=_why(answer, row),
        asked_back=said.words
        if said is not None and said.kind == "asked_back" and _still_of(answer, row)
        else "",
        up=up,
    )


def _still_of(answer: Answer | None, row: Deal) -> bool:
    """Whether who owns the deal gave the answer; what the owner before said is not theirs to read."""
    return answer is not None and answer.by_id == row.owner_id


def _why(answer: Answer | None, row: Deal) -> str:
    """The sentence or reason of an answer."""
    if answer is None:
        return ""
    if not _still_of(answer, row):
        return "Answered by the owner before."
    return answer.why or wording.REASONS.get(answer.reason, "")


def _back(
    actor: access.Actor, persons: Sequence[int], traced: Iterable[tracing.Trace], period: Period
) -> list[Back]:
    """Deals that came back, and deals of which an answer or a notice says that they left while facts do not."""
    came = {
        one.deal: one.back_at
        for one in traced
        if one.left_at is None and one.back_at is not None and not owing.before_us(one.back_at)
    }
    left = {one.deal for one in traced if one.left_at is not None}
    answered = Answer.objects.seen_by(actor, "exit.read").filter(
        deal__owner__in=list(persons), period=period.name, left_at__isnull=False
    )
    asked = Asked.objects.seen_by(actor, "exit.read").filter(
        deal__owner__in=list(persons), period=period.name
    )
    said = set(answered.values_list("deal_id", flat=True))
    known = said | set(asked.values_list("deal_id", flat=True))
    rows = _rows(actor, (came.keys() | known) - left)
    found = [
        Back(
            row.public_id, row.name or row.account or row.external_id, row.owner.name if row.owner else "",
            came.get(key), key in said,
        )
        for key, row in rows.items()
        if row.status != "won" or key in known
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.name, one.deal))


def waiting_for(actor: access.Actor, leader: int, at: datetime) -> int:
    """How many packets of a leader's reports wait for a reply; 0 while tracks are being built."""
    if not access.may(actor, "exit.reply"):
        return 0
    # Every opening of the Call page asks this: without a packet there is no need to read how deals stood.
    periods = [period.name for period in _periods(at)]
    packets = Answer.objects.seen_by(actor, "exit.reply").filter(kind="packet", period__in=periods)
    if not packets.exists():
        return 0
    try:
        return len(of_team(actor, leader, at).waiting)
    except access.Refusal:
        return 0


def owed_by(actor: access.Actor, at: datetime) -> int:
    """How many own exits are owed; 0 while tracks are being built."""
    try:
        return len(mine(actor, at).owed) if access.may(actor, "exit.answer") else 0
    except access.Refusal:
        return 0


# The page of one deal


@dataclass(frozen=True, slots=True)
class Choice:
    """A criterion to choose, with what the scale has of it."""

    key: str
    name: str
    new: rules.Evidence
    old: rules.Evidence


@dataclass(frozen=True, slots=True)
class Ending:
    """How the deal ended for good, from facts: '' while it is open. ``says`` are fields of the source that tell why."""

    status: str
    on: date | None
    amount: int | None
    says: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ExitPage:
    """Everything of a deal's exit. ``found`` is None where the deal stood in no forecast.

    ``need`` is what the form asks for: that of the exit, or a packet where it is written beforehand.
    """

    deal: str
    name: str
    account: str
    owner: str
    status: str
    amount: int | None
    period: Period
    found: Found | None
    need: rules.Need
    given: tuple[Given, ...]
    newest: int
    ending: Ending
    effect: effects.Effect | None
    may_answer: bool
    may_reply: bool


def page(actor: access.Actor, deal: str, at: datetime) -> ExitPage:
    """The exit of a deal, for its owner and the owner's manager. Raises NotAllowed or NotFound."""
    row = deal_row(actor, deal, "exit.read")
    assert row.owner_id is not None
    found = of_deal(row.pk, at)
    period = found.period if found else calls.period_at(at)
    may_answer = actor.person is not None and people.may_on(actor, "exit.answer", row.owner_id)
    effect = None
    if found is not None:
        kept = effects.of_deal(row.pk, row.owner_id, "person", period.name, found.trace.left_at or at)
        effect = _effect(actor, effects.kept(kept), row.owner_id)
    given = tuple(_given(actor, one, at) for one in _answers(actor, row.pk, at))
    return ExitPage(
        deal=row.public_id,
        name=row.name or row.account or row.external_id,
        account=row.account,
        owner=row.owner.name if row.owner else "",
        status=row.status,
        amount=row.home_minor,
        period=period,
        found=found,
        need=_asked(found),
        given=given,
        newest=newest_number(row.pk, period.name),
        ending=_ending(row),
        effect=effect,
        may_answer=may_answer,
        may_reply=access.may(actor, "exit.reply") and people.may_on(actor, "exit.reply", row.owner_id),
    )


def _asked(found: Found | None) -> rules.Need:
    if found is None:
        return ""
    if found.standing is not None:
        return found.standing.need
    return "packet" if found.trace.left_at is None and found.trace.column == "full" else ""


def deal_row(actor: access.Actor, public_id: str, act: str) -> Deal:
    """A deal (public id) with an owner, within reach of an act. Raises NotAllowed or NotFound."""
    access.require(actor, act)
    row = Deal.objects.seen_by(actor, act).filter(public_id=public_id).select_related("owner").first()
    if row is None or row.owner_id is None:
        raise access.NotFound("deal")
    return row


def _answers(actor: access.Actor, deal: int, at: datetime) -> list[Answer]:
    """Every answer of a deal, the newest first."""
    rows = Answer.objects.seen_by(actor, "exit.read").filter(deal=deal, at__lte=at)
    return list(rows.select_related("by", "deal").order_by("-pk"))


_TELLS = ("reason", "lost", "competitor", "rival")


def _ending(row: Deal) -> Ending:
    if row.status == "open":
        return Ending("", None, None, ())
    says = tuple(
        (name, str(value))
        for name, value in sorted(row.extra.items())
        if any(w in name.lower() for w in _TELLS)
    )
    return Ending(row.status, row.closed_on, row.home_minor, says)


@dataclass(frozen=True, slots=True)
class Writing:
    """What the form of a packet offers: criteria with their evidence, deals that may replace it, days to start from."""

    criteria: tuple[Choice, ...]
    replacements: tuple[rules.Replacement, ...]
    draft: Mapping[str, Any]
    draft_at: datetime | None
    first_known_on: date
    told_on: date | None


def writing(actor: access.Actor, deal: str, at: datetime) -> Writing:
    """What the owner's form starts from. The first bad news told of the deal gives the two days. Raises NotFound."""
    row = deal_row(actor, deal, "exit.answer")
    assert row.owner_id is not None
    found = of_deal(row.pk, at)
    period = found.period if found else calls.period_at(at)
    panel = evidence.panel(actor, row.public_id, at)
    criteria = tuple(
        Choice(line.criterion.key, line.criterion.name, *scale_says(line)) for line in panel.lines
    )
    draft = Draft.objects.seen_by(actor, "exit.answer").filter(deal=row, by=actor.id).first()
    known, told = _first_news(actor, row.public_id, at)
    house = people.house()
    left = found.trace.left_at if found else None
    return Writing(
        criteria,
        tuple(candidates(actor, row.owner_id, row.pk, period, at)),
        draft.typed if draft else {},
        draft.at if draft else None,
        known or (house.day(left) if left else house.day(at)),
        told,
    )


def _first_news(actor: access.Actor, deal: str, at: datetime) -> tuple[date | None, date | None]:
    """(known on, told on) of the first bad news of a deal that stands."""
    if not access.may(actor, "news.read"):
        return None, None
    told = [one for one in news.listing(actor, at, deal=deal, limit=20) if one.withdrawn_at is None]
    bad = [one for one in told if one.said.kind == "bad"]
    if not bad:
        return None, None
    first = min(bad, key=lambda one: one.at)
    return first.versions[0].known_on, people.house().day(first.at)


@dataclass(frozen=True, slots=True)
class InShort:
    """What a deal's page says of its exit. ``ahead``: it stands, and the organisation asks for a packet first."""

    need: rules.Need
    state: str
    way: str
    left_on: date | None
    due_on: date | None
    age: int
    why: str
    ahead: bool
    may_answer: bool


def in_short(actor: access.Actor, deal: str, at: datetime) -> InShort | None:
    """A deal's exit in short; None where there is nothing to say, or nothing for this reader."""
    if not access.may(actor, "exit.read"):
        return None
    row = Deal.objects.seen_by(actor, "exit.read").filter(public_id=deal).first()
    if row is None or row.owner_id is None:
        return None
    try:
        found = of_deal(row.pk, at)
    except access.Refusal:
        return None
    if found is None:
        return None
    mine = actor.person is not None and people.may_on(actor, "exit.answer", row.owner_id)
    one = found.standing
    if one is None or one.need == "":
        rule = owing.rule_on(people.house().day(at), at)
        ahead = found.trace.left_at is None and found.trace.column == "full" and rule.blocking
        return InShort("packet", "", "", None, None, 0, "", True, mine) if ahead else None
    answer = one.answer
    why = _why(answer, row)
    return InShort(
        one.need, one.state, wording.way(one.trace.reason), one.left_on, one.due_on, one.age, why, False, mine
    )


# The card for upstairs


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement of the card with its source and day."""

    text: str
    source: str
    on: date
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """One page for upstairs. It names the manager to ask and nobody else of ours; ``up`` is since when it is upstairs.

    ``effect`` is on the manager's number, None where the reader may not have that estimate.
    """

    answer: str
    deal: str
    name: str
    amount: int
    stood_in: str
    way: str
    period: str
    ask: str
    why: Fact
    changed: tuple[Fact, ...]
    considered: tuple[Fact, ...]
    instead: tuple[Outcome, ...]
    acts: tuple[Fact, ...]
    gap: int
    shortfall: int
    shortfall_says: str
    effect: effects.Effect | None
    first_known_on: date | None
    told_on: date | None
    at: datetime
    oldest: date
    version: int
    ending: Ending
    accepted_at: datetime | None
    up: datetime | None
    may_take_up: bool
    sees_deal: bool


def card(actor: access.Actor, answer: str, at: datetime) -> Card:
    """The card of a packet: always for the owner and the manager, above them once the manager took it upstairs.

    Raises NotAllowed or NotFound.
    """
    access.require(actor, "card.read")
    row = _card_row(actor, answer, at)
    given = _given(actor, row, at)
    packet, day = given.packet, people.house().day(row.at)
    source = f"packet, version {row.number}"
    changed = tuple(
        Fact(f"{packet.criterion_name}, {word}: {one.text}", one.source or source, one.on or day)
        for word, one in (("before", packet.old), ("now", packet.new))
    )
    considered = tuple(
        Fact(f"{wording.ALTERNATIVES[one.kind]}, {one.verdict}: {one.reason}", source, day)
        for one in packet.alternatives
    )
    acts = tuple(Fact(one.what, f"{source}, due", one.by_when) for one in packet.sourcing if one.by_when)
    accepted = [one.at for one in given.replies if one.kind == "accepted"]
    near = _may(actor, "exit.read", row.by_id)
    return Card(
        answer=row.public_id,
        deal=row.deal.public_id,
        name=row.deal.name or row.deal.account or row.deal.external_id,
        amount=given.gap,
        stood_in=given.stood_in,
        way=given.way,
        period=row.period,
        ask=_ask(row),
        why=Fact(given.why, source, day),
        changed=changed,
        considered=considered,
        instead=given.outcomes,
        acts=acts,
        gap=given.gap,
        shortfall=given.shortfall,
        shortfall_says=packet.shortfall,
        effect=given.team,
        first_known_on=packet.first_known_on,
        told_on=packet.told_on,
        at=row.at,
        oldest=min(one.on for one in (*changed, *considered, *acts) if one.on <= day),
        version=row.number,
        ending=replace(_ending(row.deal), says=()),
        accepted_at=accepted[-1] if accepted else None,
        up=given.up_since,
        may_take_up=near and bool(accepted) and _may(actor, "exit.reply", row.by_id),
        sees_deal=_may(actor, "deal.read", row.deal.owner_id),
    )


def _may(actor: access.Actor, act: str, person: int | None) -> bool:
    return person is not None and access.may(actor, act) and people.may_on(actor, act, person)


def _card_row(actor: access.Actor, answer: str, at: datetime) -> Answer:
    rows = Answer.objects.seen_by(actor, "card.read").filter(public_id=answer, kind="packet", at__lte=at)
    row = rows.select_related("deal", "by").first()
    if row is None:
        raise access.NotFound("card")
    if not _may(actor, "exit.read", row.by_id) and _acts(row, at)[1] is None:
        raise access.NotFound("card")
    return row


def _ask(row: Answer) -> str:
    """The manager whose number the packet explains."""
    lead = people.manager_of(row.by_id)
    return people.names([lead]).get(lead, "") if lead is not None else ""


@dataclass(frozen=True, slots=True)
class CardLine:
    """A card that is upstairs, in a list."""

    answer: str
    name: str
    amount: int
    way: str
    ask: str
    since: datetime


def upstairs(actor: access.Actor, at: datetime) -> list[CardLine]:
    """Cards of exits that are upstairs and that the actor may read, the newest first, at most 50. Raises NotAllowed."""
    access.require(actor, "card.read")
    found = []
    rows = Answer.objects.seen_by(actor, "card.read").filter(kind="packet", at__lte=at)
    taken = Act.objects.for_system("which cards went upstairs; the cards went through the table").filter(
        kind="taken_up"
    )
    for row in rows.filter(pk__in=taken.values("answer")).select_related("deal").order_by("-pk")[:50]:
        up = _acts(row, at)[1]
        if up is not None:
            found.append(
                CardLine(
                    row.public_id, row.deal.name or row.deal.account, row.computed.get("gap_minor", 0),
                    wording.way(row.computed.get("way", "")), _ask(row), up,
                )
            )  # fmt: skip
    return found


# The organisation's rule


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """A version of what exits ask for, with who set it."""

    rule: rules.Rule
    starts_on: date
    set_at: datetime
    by: str


def rule_versions(actor: access.Actor) -> list[RuleVersion]:
    """Every version of the rule, the newest first."""
    access.require(actor, "settings.write")
    rows = list(Ruling.objects.order_by("-version")[:100])
    who = people.who(row.by for row in rows)
    return [RuleVersion(owing.rule_of(row), row.starts_on, row.set_at, who[row.by]) for row in rows]


def deal_of_packet(actor: access.Actor, answer: str) -> str:
    """The deal (public id) of a packet that the actor may reply to. Raises NotAllowed or NotFound."""
    access.require(actor, "exit.reply")
    rows = Answer.objects.seen_by(actor, "exit.reply").filter(public_id=answer, kind="packet")
    deal = rows.values_list("deal__public_id", flat=True).first()
    if deal is None:
        raise access.NotFound("packet")
    return deal
