"""Reading win and loss: a deal's two accounts, what one owes, interviews to hold, and what they come to together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fairlead.deals.models import Deal
from fairlead.forecasting.periods import Period
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.guard import GuardedQuerySet
from fairlead.plans import queries as plans
from fairlead.plans import rules as plan_rules
from fairlead.winloss import asking, rules, wording
from fairlead.winloss.models import Account, Answer, Dropped, Request, Ruling

_MOST = 100

# One account, as it is shown


@dataclass(frozen=True, slots=True)
class Rated:
    """A reason that counts, with its words."""

    name: str
    rating: str
    words: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One version of an account. ``quote`` is '' where the buyer does not, or no longer, agree to be quoted.

    ``paraphrased`` says that an interview holds no words of the buyer's own.
    """

    public_id: str
    number: int
    source: rules.Source
    outcome: str
    primary: str
    rated: tuple[Rated, ...]
    said: rules.Said
    talk: rules.Talk
    quote: str
    paraphrased: bool
    interviewer: str
    blind: bool
    by: str
    at: datetime


def _shown(row: Account, rule: rules.Rule, *, may_quote: bool) -> Shown:
    said = rules.Said(
        row.outcome, row.primary, row.ratings, row.other, row.rival, row.moment, row.differently
    )
    rated = tuple(
        Rated(one.name if one.key != "other" else row.other or one.name, rating, wording.RATINGS[rating])
        for kind in ("decisive", "contributed", "helped")
        for one in rule.reasons
        if (rating := row.ratings.get(one.key, "none")) == kind
    )
    primary = row.other if row.primary == "other" and row.other else rule.named(row.primary)
    quote = row.quote if may_quote else ""
    return Shown(
        row.public_id, row.number, row.source, wording.OUTCOMES[row.outcome], primary, rated, said, asking.talk_of(row),  # type: ignore[arg-type]
        quote, row.source == "buyer" and not quote,
        row.interviewer.name if row.interviewer else row.interviewer_name, row.blind, row.by.name, row.at,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reply:
    """What the owner says to the interview."""

    words: str
    by: str
    at: datetime


# One deal


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for an interview that waits."""

    public_id: str
    who: str
    with_whom: str
    due_on: date
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DealPage:
    """Both accounts of a deal, as far as the reader may see them by now.

    ``rep_is_in`` and ``buyer_is_in`` say what there is; ``rep`` and ``buyer`` hold the newest version of what may be
    read. ``beside`` is there where both are. ``due_on`` is the last day of the owner's time.
    """

    deal: str
    name: str
    owner: str
    status: str
    closed_on: date | None
    rule: rules.Rule
    rep_is_in: bool
    buyer_is_in: bool
    rep: Shown | None
    buyer: Shown | None
    past: tuple[Shown, ...]
    beside: tuple[rules.Beside, ...]
    same_primary: bool
    replies: tuple[Reply, ...]
    owed: asking.Owed | None
    due_on: date | None
    mine: bool
    may_write: bool
    may_interview: bool
    may_answer: bool
    waiting: Asked | None


def deal_row(actor: access.Actor, public_id: str) -> Deal:
    """A deal whose accounts the actor may read something of. Raises NotAllowed or NotFound."""
    acts = [act for act in ("winloss.read", "winloss.read_late") if access.may(actor, act)]
    if not acts:
        raise access.NotAllowed("winloss.read")
    for act in acts:
        found = (
            Deal.objects.seen_by(actor, act)
            .filter(public_id=public_id)
            .select_related("owner", "source")
            .first()
        )
        if found is not None:
            return found
    raise access.NotFound("deal")


def page(actor: access.Actor, public_id: str, at: datetime) -> DealPage:
    """A deal's accounts. Raises NotAllowed or NotFound."""
    row = deal_row(actor, public_id)
    rule = asking.list_for(row, at)
    rows = list(_of_deal(row.pk).filter(at__lte=at).select_related("by", "interviewer").order_by("-number"))
    told = {source: [one for one in rows if one.source == source] for source in ("rep", "buyer")}
    mine = actor.person is not None and row.owner_id == actor.person
    closed = row.status != "open"
    sees_buyer = not mine or asking.owner_sees_interview(row, at)
    sees_rep = asking.sees_rep(actor, row)
    # An account is its author's line's: who took the deal over reads nothing of it.
    seen = [
        one
        for one in rows
        if one.owner_id == row.owner_id and (sees_rep if one.source == "rep" else sees_buyer)
    ]
    quotable = bool(told["buyer"]) and told["buyer"][0].may_quote
    shown = [_shown(one, rule, may_quote=quotable) for one in seen]
    rep, buyer = (next((one for one in shown if one.source == source), None) for source in ("rep", "buyer"))
    both = rep is not None and buyer is not None
    owed = asking.owed_of(row, at) if mine and not told["rep"] else None
    request = asking.open_request(row.pk) if access.may(actor, "interview.ask") else None
    return DealPage(
        deal=row.public_id,
        name=row.name or row.account or row.external_id,
        owner=row.owner.name if row.owner else "",
        status=row.status,
        closed_on=row.closed_on,
        rule=rule,
        rep_is_in=bool(told["rep"]),
        buyer_is_in=bool(told["buyer"]),
        rep=rep,
        buyer=buyer,
        past=tuple(one for one in shown if one not in (rep, buyer)),
        beside=rules.beside(rule, rep.said, buyer.said) if rep and buyer else (),
        same_primary=both
        and rep is not None
        and buyer is not None
        and rep.said.primary == buyer.said.primary,
        replies=_replies([one for one in seen if one.source == "buyer"], at) if buyer else (),
        owed=owed,
        due_on=asking.due_of(row, at) if closed and row.owner_id else None,
        mine=mine,
        may_write=mine and closed and access.may(actor, "winloss.write"),
        may_interview=closed and row.owner_id is not None and not mine and access.may(actor, "interview.ask"),
        may_answer=mine and buyer is not None,
        waiting=_asked(request) if request else None,
    )


def deal_of_interview(actor: access.Actor, public_id: str) -> str:
    """The public id of the deal of an interview about an own deal. Raises NotAllowed or NotFound."""
    access.require(actor, "winloss.write")
    rows = Account.objects.seen_by(actor, "winloss.write").filter(public_id=public_id, source="buyer")
    found = rows.filter(deal__owner=actor.person).values_list("deal__public_id", flat=True).first()
    if found is None:
        raise access.NotFound("interview")
    return str(found)


def _of_deal(deal: int) -> GuardedQuerySet[Account]:
    return Account.objects.for_system(
        "accounts of a deal that went through the table; shown as far as its rules say"
    ).filter(deal=deal)


def _replies(rows: Iterable[Account], at: datetime) -> tuple[Reply, ...]:
    found = Answer.objects.for_system("answers to an interview that went through the table")
    mine = found.filter(account__in=[one.pk for one in rows], at__lte=at).select_related("by").order_by("-pk")
    return tuple(Reply(one.words, one.by.name, one.at) for one in mine)


def _asked(row: Request) -> Asked:
    names = people.names([row.interviewer_id, row.by_id])
    return Asked(
        row.public_id,
        names.get(row.interviewer_id, ""),
        row.with_whom,
        row.due_on,
        names.get(row.by_id, ""),
        row.at,
    )


@dataclass(frozen=True, slots=True)
class InShort:
    """What a deal's page says: the primary reason of each source, '' where it is not in or not to be read yet."""

    rep: str
    buyer: str
    rep_is_in: bool
    buyer_is_in: bool
    owed: asking.Owed | None
    mine: bool
    may_interview: bool


def in_short(actor: access.Actor, public_id: str, at: datetime) -> InShort | None:
    """A closed deal's accounts in short; None where the actor reads nothing of them, or the deal is open."""
    try:
        found = page(actor, public_id, at)
    except access.Refusal:
        return None
    if found.status == "open":
        return None
    return InShort(
        found.rep.primary if found.rep else "", found.buyer.primary if found.buyer else "", found.rep_is_in,
        found.buyer_is_in, found.owed, found.mine, found.may_interview,
    )  # fmt: skip


def rivals_of(actor: access.Actor, deal: str, at: datetime) -> tuple[str, ...]:
    """Rivals that are known of a deal, from its plan and from what its source says, as far as the actor may read."""
    named: list[str] = []
    if access.may(actor, "plan.read"):
        try:
            shown = plans.page(actor, deal, at).shown
            named += [
                one.name for one in (shown.plan.rivals if shown else ()) if one.name != plan_rules.NOTHING
            ]
        except access.Refusal:
            pass
    if access.may(actor, "deal.read"):
        row = Deal.objects.seen_by(actor, "deal.read").filter(public_id=deal).only("extra").first()
        named += plans.rivals_said(row.extra) if row else ()
    return tuple(dict.fromkeys(one[: rules.LONGEST] for one in named))


# Interviews of one's own


@dataclass(frozen=True, slots=True)
class Task:
    """An interview one was asked for, with as much of the deal as it takes: its name, how and when it ended."""

    public_id: str
    name: str
    account: str
    status: str
    closed_on: date | None
    with_whom: str
    due_on: date
    asked_by: str
    dropped: bool
    rule: rules.Rule
    written: Shown | None
    replies: tuple[Reply, ...]


def tasks(actor: access.Actor, at: datetime) -> list[Task]:
    """The interviews somebody was asked for and that are still asked for, those not written first."""
    rows = Request.objects.seen_by(actor, "interview.write").filter(at__lte=at, interviewer=actor.person)
    gone = Dropped.objects.seen_by(actor, "interview.write").values("request")
    found = [
        _task(one, at)
        for one in rows.exclude(pk__in=gone).select_related("deal", "by").order_by("-pk")[:_MOST]
    ]
    return sorted(found, key=lambda one: (one.written is not None, one.due_on))


def task(actor: access.Actor, public_id: str, at: datetime) -> Task:
    """One interview somebody was asked for. Raises NotFound."""
    rows = Request.objects.seen_by(actor, "interview.write").filter(public_id=public_id)
    row = rows.select_related("deal", "by").first()
    if row is None:
        raise access.NotFound("request")
    return _task(row, at)


def _task(row: Request, at: datetime) -> Task:
    deal = row.deal
    written = _of_deal(deal.pk).filter(request=row, source="buyer", at__lte=at)
    newest = written.select_related("by", "interviewer").order_by("-number").first()
    rule = asking.list_for(deal, at)
    gone = Dropped.objects.for_system("whether an own request was taken back")
    return Task(
        row.public_id, deal.name or deal.account or deal.external_id, deal.account, deal.status, deal.closed_on,
        row.with_whom, row.due_on, row.by.name, gone.filter(request=row).exists(), rule,
        _shown(newest, rule, may_quote=newest.may_quote) if newest else None,
        _replies([newest], at) if newest else (),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody who may be asked for an interview."""

    public_id: str
    name: str
    title: str


def neutral(actor: access.Actor, deal: str, at: datetime) -> list[Choice]:
    """Everybody with an account here who has no stake in how a deal looks, by name."""
    access.require(actor, "interview.ask")
    row = Deal.objects.seen_by(actor, "interview.ask").filter(public_id=deal).first()
    if row is None:
        raise access.NotFound("deal")
    to = asking.standing_of(row.owner_id or 0)
    stake = {to.owner, *to.above, *to.below, *to.mates, actor.person}
    found = people.directory(actor, on=people.house().day(at), limit=2000)
    return [
        Choice(one.public_id, one.name, one.title) for one in found if one.id not in stake and one.has_account
    ]


# Lists


@dataclass(frozen=True, slots=True)
class Open:
    """A closed deal that asks its owner for an account."""

    deal: str
    name: str
    status: str
    closed_on: date
    due_on: date
    age: int
    late: bool


def owed_by(actor: access.Actor, at: datetime) -> list[Open]:
    """What the actor owes of own closed deals, the oldest first. Shown to nobody else."""
    if not access.may(actor, "winloss.write") or actor.person is None:
        return []
    first, today = asking.first_day(at), people.house().day(at)
    if first is None:
        return []
    since = max(first, today - timedelta(days=rules.OLDEST_DAYS))
    done = (
        Account.objects.seen_by(actor, "winloss.write")
        .filter(source="rep", owner=actor.person)
        .values("deal")
    )
    rows = Deal.objects.seen_by(actor, "winloss.write").filter(
        owner=actor.person, status__in=("won", "lost"), closed_on__range=(since, today)
    )
    rows = rows.exclude(pk__in=done).order_by("closed_on", "pk")[: 5 * _MOST]
    owed = [one for row in rows if (one := asking.owed_of(row, at)) is not None]
    return [
        Open(
            one.deal.public_id, one.deal.name or one.deal.account or one.deal.external_id, one.deal.status,
            one.deal.closed_on or today, one.due_on, one.age, one.late,
        )
        for one in owed
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Candidate:
    """A closed deal nobody has been interviewed about. ``amount`` in minor units, ``asked`` who was asked."""

    deal: str
    name: str
    owner: str
    status: str
    closed_on: date | None
    amount: int | None
    asked: str
    due_on: date | None


def to_interview(actor: access.Actor, at: datetime) -> list[Candidate]:
    """Closed deals of the last months that ask for an account and have no interview yet, the largest first.

    It does not say whether the rep's account is in. Empty for whoever asks nobody for interviews.
    """
    if not access.may(actor, "interview.ask"):
        return []
    first, today = asking.first_day(at), people.house().day(at)
    if first is None:
        return []
    since = max(first, today - timedelta(days=rules.OLDEST_DAYS))
    done = Account.objects.seen_by(actor, "winloss.read_late").filter(source="buyer").values("deal")
    rows = Deal.objects.seen_by(actor, "interview.ask").filter(
        status__in=("won", "lost"), closed_on__range=(since, today), owner__isnull=False
    )
    rows = rows.exclude(pk__in=done).select_related("owner").order_by("-home_minor", "pk")[: 5 * _MOST]
    owed = [row for row in rows if asking.owed_of(row, at) is not None][:_MOST]
    waiting = {row.pk: asking.open_request(row.pk) for row in owed}
    names = people.names([one.interviewer_id for one in waiting.values() if one])
    return [
        Candidate(
            row.public_id, row.name or row.account or row.external_id, row.owner.name if row.owner else "", row.status,
            row.closed_on, row.home_minor,
            names.get(one.interviewer_id, "") if (one := waiting[row.pk]) else "", one.due_on if one else None,
        )
        for row in owed
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the past is looked at. '' means all; ``team`` leaves an executive the own line alone."""

    period: str = ""
    segment: str = ""
    rival: str = ""
    outcome: str = ""
    team: bool = False


@dataclass(frozen=True, slots=True)
class Both:
    """The accounts of one deal, as far as they may be read: newest versions, and the versions written blind."""

    deal: int
    public_id: str
    name: str
    owner: int
    closed_on: date | None
    segment: str
    rep: Account | None
    buyer: Account | None
    rep_blind: Account | None
    buyer_blind: Account | None

    @property
    def outcome(self) -> str:
        """How it ended, the buyer's word before the rep's."""
        first = self.buyer or self.rep
        return first.outcome if first else ""

    @property
    def rivals(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.rival for one in (self.buyer, self.rep) if one and one.rival))


def _both(rows: Iterable[Account]) -> list[Both]:
    """Accounts by deal, the one that closed last first."""
    by_deal: dict[int, list[Account]] = {}
    for row in rows:
        by_deal.setdefault(row.deal_id, []).append(row)
    found = []
    for deal, mine in by_deal.items():
        told = {source: [one for one in mine if one.source == source] for source in ("rep", "buyer")}
        newest = {source: some[-1] if some else None for source, some in told.items()}
        blind = {source: next((o for o in reversed(some) if o.blind), None) for source, some in told.items()}
        last = mine[-1]
        found.append(
            Both(
                deal, last.deal.public_id, last.deal.name or last.deal.account or last.deal.external_id,
                last.owner_id, last.closed_on, last.segment, newest["rep"], newest["buyer"], blind["rep"],
                blind["buyer"],
            )
        )  # fmt: skip
    return sorted(found, key=lambda one: (one.closed_on or date.min, one.deal), reverse=True)


def _accounts(actor: access.Actor, act: str, at: datetime) -> GuardedQuerySet[Account]:
    rows = Account.objects.seen_by(actor, act).filter(at__lte=at).select_related("deal", "by", "interviewer")
    return rows.order_by("number", "pk")


def _kept(found: Iterable[Both], chosen: Filter, period: Period | None) -> list[Both]:
    return [
        one
        for one in found
        if (period is None or (one.closed_on is not None and period.contains(one.closed_on)))
        and (not chosen.segment or one.segment == chosen.segment)
        and (not chosen.rival or chosen.rival.casefold() in {name.casefold() for name in one.rivals})
        and (not chosen.outcome or one.outcome == chosen.outcome)
    ]


@dataclass(frozen=True, slots=True)
class Figures:
    """What accounts come to. Patterns are empty, and the comparison's parts None, where too few stand behind them.

    ``rivals`` are those named in LEAST_DEALS deals or more, with the number of deals.
    """

    reps: tuple[rules.Pattern, ...]
    buyers: tuple[rules.Pattern, ...]
    rep_deals: int
    buyer_deals: int
    comparison: rules.Comparison
    rivals: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Option:
    """Something one can filter by."""

    value: str
    words: str


@dataclass(frozen=True, slots=True)
class ListPage:
    """The page of win and loss. ``own`` and ``rows`` are deals with what may be read of them; ``figures`` None where
    the reader has no counts; ``own_comparison`` is the reader's own, shown to nobody else."""

    chosen: Filter
    owed: tuple[Open, ...]
    tasks: tuple[Task, ...]
    candidates: tuple[Candidate, ...]
    own: tuple[Both, ...]
    own_comparison: rules.Comparison | None
    rows: tuple[Both, ...]
    figures: Figures | None
    periods: tuple[Option, ...]
    segments: tuple[Option, ...]
    rivals: tuple[Option, ...]
    reasons: rules.Rule
    sees_rows: bool
    has_team: bool


def listing(actor: access.Actor, at: datetime, chosen: Filter | None = None) -> ListPage:
    """Win and loss as the actor may read it. What is no choice of a filter finds nothing.

    Raises ValueError for a period that is none.
    """
    chosen = chosen or Filter()
    house = people.house()
    period = house.calendar.period(chosen.period) if chosen.period else None
    rule = asking.rule_on(house.day(at), at)
    own = _own(actor, at)
    rows = [one for one in _readable(actor, at) if one.owner != actor.person]
    counted = _counted(actor, at, chosen) if access.may(actor, "winloss.counts") else None
    listed = [*own, *rows]
    known = listed if counted is None else [*listed, *counted]
    own_comparison = _own_comparison(own, rule)
    segments = _options([one.segment for one in listed], [one.segment for one in counted or ()])
    rivals = _options(
        [name for one in listed for name in one.rivals],
        [name for one in counted or () for name in one.rivals],
    )
    if not (_offered(chosen.segment, segments) and _offered(chosen.rival, rivals)):
        own, rows, counted = [], [], None if counted is None else []
    return ListPage(
        chosen=chosen,
        owed=tuple(owed_by(actor, at)),
        tasks=tuple(tasks(actor, at)),
        candidates=tuple(to_interview(actor, at)),
        own=tuple(_kept(own, chosen, period)),
        own_comparison=own_comparison,
        rows=tuple(_kept(rows, chosen, period)),
        figures=None if counted is None else figures(_kept(counted, chosen, period), rule),
        periods=_periods(known, house.period(house.day(at))),
        segments=segments,
        rivals=rivals,
        reasons=rule,
        sees_rows=access.may(actor, "winloss.read_late") or access.may(actor, "interview.ask")
        or any(len(people.reports(who)) for who in _leads(actor)),
        has_team=access.Role.EXECUTIVE in actor.roles,
    )  # fmt: skip


def _leads(actor: access.Actor) -> list[int]:
    lead = {access.Role.MANAGER, access.Role.EXECUTIVE}
    return [one.person for one in actor.principals if one.roles & lead]


def _own(actor: access.Actor, at: datetime) -> list[Both]:
    """The actor's own deals; an interview only where it may be read by now."""
    if not access.may(actor, "winloss.write") or actor.person is None:
        return []
    rows = list(_accounts(actor, "winloss.write", at).filter(owner=actor.person, deal__owner=actor.person))
    has = {row.deal_id for row in rows if row.source == "rep"}
    early = {
        row.deal_id
        for row in rows
        if row.deal_id not in has and not asking.owner_sees_interview(row.deal, at)
    }
    return _both(row for row in rows if row.deal_id not in early)


def _readable(actor: access.Actor, at: datetime) -> list[Both]:
    """Other people's deals: a manager's reports', and for sales operations all that have an interview."""
    rows: dict[int, Account] = {}
    if access.may(actor, "winloss.read_late"):
        late = list(_accounts(actor, "winloss.read_late", at))
        talked = {row.deal_id for row in late if row.source == "buyer"}
        rows |= {row.pk: row for row in late if row.deal_id in talked}
    if access.may(actor, "winloss.read"):
        rows |= {row.pk: row for row in _accounts(actor, "winloss.read", at)}
    return _both(sorted(rows.values(), key=lambda row: (row.number, row.pk)))


def _counted(actor: access.Actor, at: datetime, chosen: Filter) -> list[Both]:
    rows = _accounts(actor, "winloss.counts", at)
    if chosen.team and actor.person is not None:
        rows = rows.filter(owner__in=people.below(actor.person))
    today = people.house().day(at)
    return [
        one
        for one in _both(rows)
        if rules.counts(both_are_in=bool(one.rep and one.buyer), closed_on=one.closed_on, today=today)
    ]


def figures(found: Sequence[Both], rule: rules.Rule) -> Figures:
    """What accounts of deals come to, nothing of it resting on fewer than LEAST_DEALS of LEAST_OWNERS."""
    reps = [_said(one.rep) for one in found if one.rep]
    buyers = [_said(one.buyer) for one in found if one.buyer]
    return Figures(
        rules.pattern(reps, rule.reasons, len({one.owner for one in found if one.rep})),
        rules.pattern(buyers, rule.reasons, len({one.owner for one in found if one.buyer})),
        len(reps),
        len(buyers),
        rules.compare(_pairs(found), rule.reasons),
        tuple(rules.often(name for one in found for name in one.rivals)),
    )


def _pairs(found: Iterable[Both]) -> list[rules.Pair]:
    """Deals of which both sources wrote before they could read each other."""
    return [
        rules.Pair(one.owner, _said(one.rep_blind), _said(one.buyer_blind))
        for one in found
        if one.rep_blind is not None and one.buyer_blind is not None
    ]


def _said(row: Account) -> rules.Said:
    return rules.Said(
        row.outcome, row.primary, row.ratings, row.other, row.rival, row.moment, row.differently
    )


def _own_comparison(own: Sequence[Both], rule: rules.Rule) -> rules.Comparison | None:
    pairs = _pairs(own)
    return rules.compare(pairs, rule.reasons, own=True) if pairs else None


def _periods(found: Iterable[Both], now: Period) -> tuple[Option, ...]:
    names = {people.house().period(one.closed_on).name for one in found if one.closed_on} | {now.name}
    return tuple(Option(name, name) for name in sorted(names, reverse=True)[:12])


def _options(listed: Iterable[str], counted: Iterable[str]) -> tuple[Option, ...]:
    """What stands in rows one may read anyway, and of what is only counted what stands in enough deals."""
    names = {one for one in listed if one} | {word for word, _ in rules.often(counted)}
    return tuple(Option(name, name) for name in sorted(names, key=str.casefold))


def _offered(word: str, options: Iterable[Option]) -> bool:
    return not word or word.casefold() in {one.value.casefold() for one in options}


# The organisation's rule


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the rule, with who set it."""

    rule: rules.Rule
    starts_on: date
    set_at: datetime
    by: str


def versions(actor: access.Actor) -> list[Version]:
    """Every version of the rule, the newest first. Raises NotAllowed."""
    access.require(actor, "settings.write")
    rows = list(Ruling.objects.order_by("-version")[:200])
    who = people.who(row.by for row in rows)
    return [Version(asking.rule_of(row), row.starts_on, row.set_at, who[row.by]) for row in rows]
