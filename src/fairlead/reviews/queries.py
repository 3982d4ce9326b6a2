"""Reviews as their readers may see them: who was there, and while one runs whoever runs it. Nobody else."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Q

from fairlead.calls import wording as calls_wording
from fairlead.deals import rules as deal_rules
from fairlead.deals.models import Deal
from fairlead.news import queries as news
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.models import Person, RoleGrant
from fairlead.people.workdays import day_words
from fairlead.promises import queries as promises
from fairlead.promises import rules as promise_rules
from fairlead.reviews import facts, preparing, rules, wording
from fairlead.reviews.models import (
    Action,
    Attendance,
    CalledOff,
    Decision,
    Draft,
    Minutes,
    Question,
    Review,
    Straight,
)

_THERE = "what belongs to a review that was read by who was there"
SOMEBODY = "somebody of the team"
_CHOICES = 300


@dataclass(frozen=True, slots=True)
class Line:
    """A review in a list. ``mine`` is how the reader was there, '' for who stands in for the leader."""

    public_id: str
    team: str
    leader: str
    begun_at: datetime
    state: rules.State
    mine: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a leader sees before a review begins; nobody else sees it."""

    leader: people.Node
    facts: facts.Facts
    reports: tuple[people.Node, ...]
    carried: tuple[rules.QuestionNote, ...]
    finders: dict[str, str]
    guests: tuple[tuple[str, str], ...]
    """(public id, name) of who can be a guest"""
    promises: tuple[promises.Line, ...]


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision. ``deal_id`` is '' where there is no deal or the reader may not open it."""

    text: str
    deal: str
    deal_id: str


@dataclass(frozen=True, slots=True)
class Asked:
    text: str
    finder: str
    asked_on: date


@dataclass(frozen=True, slots=True)
class Agreed:
    """An action. ``promise`` is what it became, for its two people only."""

    text: str
    owner: str
    due_on: date
    promise: promises.Line | None


@dataclass(frozen=True, slots=True)
class SetStraight:
    text: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Written:
    """The minutes as one reader sees them."""

    at: datetime
    by: str
    decisions: tuple[Decided, ...]
    questions: tuple[Asked, ...]
    actions: tuple[Agreed, ...]
    straight: tuple[SetStraight, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class Kept:
    """The notes of a running review, for who runs it."""

    notes: rules.Notes
    version: int
    by: str
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """A review as one reader sees it. ``facts`` is None where it was called off.

    ``room`` and ``absent`` name people; for a guest those of the team are only counted in ``team_count``.
    """

    public_id: str
    team: str
    leader: people.Node
    by: str
    period: str
    begun_at: datetime
    state: rules.State
    mine: str
    may_run: bool
    facts: facts.Facts | None
    room: tuple[rules.Seat, ...]
    absent: tuple[str, ...]
    team_count: int
    brief: tuple[str, ...]
    promises: tuple[promises.Line, ...]
    draft: Kept | None
    deals: tuple[tuple[str, str], ...]
    """(public id, name) of deals a decision can be about, for who runs it"""
    minutes: Written | None


@dataclass(frozen=True, slots=True)
class OnDeal:
    """A decision on a deal's page; ``review`` is '' for who was not there."""

    text: str
    leader: str
    begun_at: datetime
    review: str


# Lists


def _attended(actor: access.Actor) -> Q:
    return Q(pk__in=Attendance.objects.seen_by(actor, "review.read").values("review"))


def _readable(actor: access.Actor) -> Q:
    """Where one was there; and one's own leader's while it runs, for who stands in."""
    where = _attended(actor)
    if access.may(actor, "review.run"):
        over = Minutes.objects.for_system(_THERE).values("review")
        where |= people.scope(actor, "review.run", "leader") & ~Q(pk__in=over)
    return where


def listing(actor: access.Actor, *, limit: int = 60) -> list[Line]:
    """The reviews the actor may read, newest first."""
    rows = Review.objects.for_system(_THERE).filter(_readable(actor)).select_related("leader").defer("facts")
    every = list(rows.order_by("-begun_at", "-pk")[:limit])
    ids = [row.pk for row in every]
    kinds = dict(
        Attendance.objects.seen_by(actor, "review.read").filter(review__in=ids).values_list("review", "kind")
    )
    ended, off = _over(ids)
    return [
        Line(
            row.public_id, row.team, row.leader.name, row.begun_at, _state(row.pk, ended, off),
            kinds.get(row.pk, ""),
        )
        for row in every
    ]  # fmt: skip


def _over(ids: Collection[int]) -> tuple[set[int], set[int]]:
    ended = Minutes.objects.for_system(_THERE).filter(review__in=ids).values_list("review", flat=True)
    off = CalledOff.objects.for_system(_THERE).filter(review__in=ids).values_list("review", flat=True)
    return set(ended), set(off)


def _state(review: int, ended: Collection[int], off: Collection[int]) -> rules.State:
    return "ended" if review in ended else "called_off" if review in off else "open"


def was_anywhere(actor: access.Actor) -> bool:
    """Whether the actor was in the room of any review."""
    if actor.person is None or not access.may(actor, "review.read"):
        return False
    return bool(Attendance.objects.seen_by(actor, "review.read").exists())


def possible_guests(leader: int, at: datetime) -> list[tuple[int, str, str]]:
    """(id, public id, name) of the leader's superior and of the other executives outside the leader's team."""
    today = people.house().day(at)
    grants = RoleGrant.objects.filter(role="executive", starts_on__lte=today).exclude(ends_on__lte=today)
    rows = Person.objects.filter(Q(pk__in=grants.values("person_id")) | Q(pk=people.manager_of(leader) or 0))
    rows = rows.filter(voided_at=None).exclude(ends_on__lte=today).exclude(pk__in=people.below(leader))
    return list(rows.order_by("name").values_list("pk", "public_id", "name")[:_CHOICES])


# Before it begins


def running_of(actor: access.Actor, leader: int) -> str:
    """The public id of a leader's running review, or ''. Raises by ``review.run``."""
    people.require_on(actor, "review.run", leader)
    row = preparing.running(leader)
    return row.public_id if row else ""


def prepared(actor: access.Actor, leader: int, at: datetime) -> Prepared:
    """What the next review of a leader would look at, as it stands now. Raises by ``review.run``."""
    people.require_on(actor, "review.run", leader)
    reports = tuple(people.reports(leader))
    carried = preparing.carried(leader, at)
    node = people.node(leader)
    return Prepared(
        leader=node,
        facts=narrowed(actor, preparing.prepare(actor, leader, at), leader, guest=False),
        reports=reports,
        carried=carried,
        finders=dict(
            Person.objects.filter(public_id__in=[q.finder for q in carried]).values_list("public_id", "name")
        ),
        guests=tuple((key, name) for _, key, name in possible_guests(leader, at)),
        promises=_between(actor, [node.public_id, *(report.public_id for report in reports)], at),
    )


def _between(actor: access.Actor, keys: Collection[str], at: datetime) -> tuple[promises.Line, ...]:
    """Open promises between the reader and others in the room: only the reader's own pairs.

    A review's page is looked at together, so that what was promised in confidence is left out.
    """
    if actor.person is None:
        return ()
    book = promises.book(actor, at, closed=0)
    still = (*book.overdue, *book.due_today, *book.mine, *book.made_to_me)
    said = [line for line in still if line.source_kind not in promise_rules.PRIVATE]
    return tuple(line for line in said if line.other.public_id in keys)


# One review


def seats_of(row: Review) -> list[rules.Seat]:
    """Who is in the room, the leader first; for callers that checked access."""
    rows = Attendance.objects.for_system(_THERE).filter(review=row).select_related("person")
    seats = [rules.Seat(s.person_id, s.person.public_id, s.person.name, s.kind) for s in rows]  # type: ignore[arg-type]
    return sorted(seats, key=lambda seat: (rules.KINDS.index(seat.kind), seat.name))


def one(actor: access.Actor, public_id: str, at: datetime) -> Page:
    """A review for somebody who was there, or who runs it while it runs. Raises NotFound for everybody else."""
    rows = Review.objects.for_system(_THERE).filter(_readable(actor), public_id=public_id)
    row = rows.select_related("leader", "by").first()
    if row is None:
        raise access.NotFound("review")
    seats = seats_of(row)
    mine = next((seat.kind for seat in seats if seat.person == actor.person), "")
    state = _state(row.pk, *_over([row.pk]))
    guest = mine == "guest"
    runs = state == "open" and access.may(actor, "review.run")
    runs = runs and people.may_on(actor, "review.run", row.leader_id)
    found = None if state == "called_off" else facts.thawed(row.facts)
    shown = narrowed(actor, found, row.leader_id, guest=guest) if found else None
    minutes = Minutes.objects.for_system(_THERE).filter(review=row).select_related("by", "review").first()
    absent = set(minutes.absent) if minutes else set()
    team = [seat for seat in seats if seat.kind == "report"]
    return Page(
        public_id=row.public_id,
        team=row.team,
        leader=people.node(row.leader_id),
        by=row.by.name,
        period=row.period,
        begun_at=row.begun_at,
        state=state,
        mine=mine,
        may_run=runs,
        facts=shown,
        room=tuple(seat for seat in seats if seat.person not in absent and not (guest and seat in team)),
        absent=tuple(s.name for s in seats if s.person in absent and not (guest and s in team)),
        team_count=sum(seat.person not in absent for seat in team) if guest else 0,
        brief=_brief(row, shown) if guest and shown else (),
        promises=_between(actor, [seat.key for seat in seats], at) if state == "open" else (),
        draft=_kept(row) if runs else None,
        deals=_deals(actor, row.leader_id, shown) if runs and shown else (),
        minutes=_written(actor, minutes, seats, at, guest=guest) if minutes else None,
    )


def _brief(row: Review, shown: facts.Facts) -> tuple[str, ...]:
    number = shown.number
    apart = None if number.middle is None else number.amount - number.middle
    deals = [(deal.name, deal.question) for deal in shown.deciding]
    return rules.brief(row.leader.name, row.team, deals, apart)


def _kept(row: Review) -> Kept:
    draft = Draft.objects.for_system(_THERE).select_related("by").get(review=row)
    return Kept(rules.notes_of(draft.notes), draft.version, draft.by.name, draft.saved_at)


def _deals(actor: access.Actor, leader: int, shown: facts.Facts) -> tuple[tuple[str, str], ...]:
    """Deals a decision can be about: those the week is about first, then the team's open ones, largest first."""
    if not access.may(actor, "deal.read"):
        return ()
    first = dict.fromkeys(
        [*(deal.deal for deal in shown.deciding), *(one.deal for bar in shown.bars for one in bar.deals)]
    )
    rows = Deal.objects.seen_by(actor, "deal.read").filter(owner__in=people.below(leader))
    names = "public_id", "name", "external_id"
    named = {key: name or other for key, name, other in rows.filter(public_id__in=first).values_list(*names)}
    still = rows.filter(status="open", missing_since=None).order_by("-home_minor", "pk")
    rest = {key: name or other for key, name, other in still.values_list(*names)[:_CHOICES]}
    every = {key: named[key] for key in first if key in named} | rest
    return tuple((key, name[:80]) for key, name in every.items())


def _written(
    actor: access.Actor, minutes: Minutes, seats: Sequence[rules.Seat], at: datetime, *, guest: bool
) -> Written:
    kinds = {seat.person: seat.kind for seat in seats}
    review = minutes.review.public_id
    own = {line.public_id: line for line in promises.from_source(actor, "review", [review], at)}

    def named(person: int, name: str) -> str:
        hidden = guest and person != actor.person and kinds.get(person) == "report"
        return SOMEBODY if hidden else name

    decisions = Decision.objects.for_system(_THERE).filter(minutes=minutes).order_by("number")
    keys = dict(decisions.exclude(deal=None).values_list("pk", "deal__public_id"))
    open_to = readable_deals(actor, keys.values())
    questions = Question.objects.for_system(_THERE).filter(minutes=minutes).select_related("finder")
    actions = Action.objects.for_system(_THERE).filter(minutes=minutes).select_related("owner")
    straight = Straight.objects.for_system(_THERE).filter(minutes=minutes).select_related("by")
    return Written(
        at=minutes.at,
        by=minutes.by.name,
        decisions=tuple(
            Decided(d.text, d.deal_name, keys[d.pk] if keys.get(d.pk) in open_to else "") for d in decisions
        ),
        questions=tuple(
            Asked(q.text, named(q.finder_id, q.finder.name), q.asked_on) for q in questions.order_by("number")
        ),
        actions=tuple(
            Agreed(a.text, named(a.owner_id, a.owner.name), a.due_on, own.get(a.promise))
            for a in actions.order_by("number")
        ),
        straight=tuple(SetStraight(s.text, named(s.by_id, s.by.name), s.at) for s in straight.order_by("pk")),
        digest=minutes.digest,
    )


# What a reader may see of the facts


def readable_deals(actor: access.Actor, keys: Iterable[str]) -> set[str]:
    """Of these deals (public ids) those the actor may open today."""
    wanted = {key for key in keys if key}
    if not wanted or not access.may(actor, "deal.read"):
        return set()
    rows = Deal.objects.seen_by(actor, "deal.read").filter(public_id__in=wanted)
    return set(rows.values_list("public_id", flat=True))


def narrowed(actor: access.Actor, found: facts.Facts, leader: int, *, guest: bool) -> facts.Facts:
    """The facts without what the reader may not read today: deals by name, calls, news. A guest sees no rep named."""
    in_bars = [one.deal for bar in found.bars for one in bar.deals]
    names = readable_deals(
        actor, [*in_bars, *(d.deal for d in found.deciding), *(h.deal for h in found.news)]
    )
    heard = news.readable(actor, [item.item for item in found.news])
    return replace(
        found,
        bars=tuple(_bar(bar, names, guest) for bar in found.bars),
        calls=() if guest else _calls(actor, found.calls),
        news=tuple(
            replace(
                item, deal=item.deal if item.deal in names else "", reporter="" if guest else item.reporter
            )
            for item in found.news
            if item.item in heard
        ),
        deciding=tuple(
            replace(deal, owner="", ask="") if guest else deal
            for deal in found.deciding
            if deal.deal in names
        ),
        due=tuple(
            row
            for row in found.due
            if row.person == leader or row.person == actor.person or (leader == actor.person and not guest)
        ),
    )


def _bar(bar: facts.Bar, names: Collection[str], guest: bool) -> facts.Bar:
    deals = [one for one in bar.deals if one.deal in names]
    return replace(bar, deals=tuple(replace(one, owner="") if guest else one for one in deals))


def _calls(actor: access.Actor, rows: Sequence[facts.Called]) -> tuple[facts.Called, ...]:
    """The calls the reader may read; what is booked adds up deals, and is read by whoever reads those."""
    ids = [row.person for row in rows]
    called, deals = _allowed(actor, "call.read", ids), _allowed(actor, "deal.read", ids)
    return tuple(
        row if row.person in deals else replace(row, booked=None) for row in rows if row.person in called
    )


def _allowed(actor: access.Actor, act: str, ids: Collection[int]) -> set[int]:
    if not access.may(actor, act):
        return set()
    allowed = Person.objects.filter(people.scope(actor, act, "pk"), pk__in=ids)
    return set(allowed.values_list("pk", flat=True))


# Elsewhere


def decisions_on(actor: access.Actor, deal: str) -> list[OnDeal]:
    """Decisions of reviews on a deal (public id), newest first; for its owner and the leaders of two levels."""
    if not access.may(actor, "review.decision"):
        return []
    rows = Decision.objects.seen_by(actor, "review.decision").filter(deal__public_id=deal)
    rows = rows.select_related("minutes__review__leader").order_by("-minutes__at", "number")
    there = set(Attendance.objects.seen_by(actor, "review.read").values_list("review", flat=True))
    return [
        OnDeal(
            row.text,
            row.minutes.review.leader.name,
            row.minutes.review.begun_at,
            row.minutes.review.public_id if row.minutes.review_id in there else "",
        )
        for row in rows[:20]
    ]


def as_text(page: Page) -> str:
    """The minutes of a page as plain text, as its reader sees them. Raises Refused while there are none."""
    if page.minutes is None or page.facts is None:
        raise access.Refused("not_ended", "There are no minutes yet. They are written when the review ends.")
    house = people.house()
    guest = page.team_count
    said = wording.Said(
        title=f"Review of {page.team}",
        when=calls_wording.moment(page.begun_at, house.time_zone),
        there=[*(seat.name for seat in page.room), *([f"{guest} of the team"] if guest else [])],
        absent=page.absent,
        number=_number_lines(page.facts, page.leader.name),
        decisions=[(d.text, d.deal) for d in page.minutes.decisions],
        questions=[(q.text, q.finder) for q in page.minutes.questions],
        actions=[(a.text, a.owner, day_words(a.due_on)) for a in page.minutes.actions],
        straight=[
            (s.text, s.name, calls_wording.moment(s.at, house.time_zone)) for s in page.minutes.straight
        ],
    )
    return wording.as_text(said)


def _number_lines(found: facts.Facts, name: str) -> list[str]:
    def money(minor: int) -> str:
        return deal_rules.spoken(minor, found.currency)

    number = found.number
    lines = [f"Number of {name}: {money(number.amount)}"]
    if number.target is not None:
        lines.append(f"Target {money(number.target)}, booked {money(number.booked)}")
    if number.middle is not None and number.low is not None and number.high is not None:
        lines.append(
            f"Estimate {money(number.middle)}, 8 in 10 between {money(number.low)} and {money(number.high)}"
        )
    return lines
