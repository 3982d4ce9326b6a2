"""Reading requests for help: one's own with what became of them, those asked of one, counts, and shields.

A second door is a row that only the two of it are read by (`Request.by`, `Request.to`): nothing here leads from a
first-door request that somebody was asked to the rows that follow it, but for who asked, and where they disclosed it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import OuterRef, Q, Subquery

from fairlead.calls import actions as calls
from fairlead.deals import queries as deals
from fairlead.forecasting.periods import Period
from fairlead.help import doors, rules, wording
from fairlead.help.models import Disclosed, HelpSetting, Request, Shield, ShieldAct, Step
from fairlead.news.rules import Clock
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.guard import GuardedQuerySet
from fairlead.people.kept import once
from fairlead.people.models import Team

MOST = 200
"""So many settled requests a page lists; what waits is listed whole."""
CHUNK = 500
_WENT_THROUGH = "steps of requests for help that went through the table"


# Settings


def setting(at: datetime) -> rules.Setting:
    """The setting in force at a moment."""
    return once(("help setting", at), lambda: _setting(at))


def _setting(at: datetime) -> rules.Setting:
    row = HelpSetting.objects.filter(set_at__lte=at).order_by("-version").first()
    return rules.Setting(row.version, row.days, row.outside) if row else rules.Setting()


@dataclass(frozen=True, slots=True)
class SettingLine:
    """A version of the setting with when and by whom it was set."""

    setting: rules.Setting
    set_at: datetime
    by: str


def setting_versions(actor: access.Actor) -> list[SettingLine]:
    """Every version of the setting, newest first. Raises NotAllowed."""
    access.require(actor, "settings.write")
    rows = list(HelpSetting.objects.order_by("-version"))
    who = people.who(row.by for row in rows)
    return [SettingLine(rules.Setting(r.version, r.days, r.outside), r.set_at, who[r.by]) for r in rows]


# Steps and how a request stands


def _clock(row: Request) -> Clock:
    rhythm = once(("rhythm", row.to_id), lambda: calls.rhythm_of(row.to_id))
    return Clock(row.days, rhythm.zone, rhythm.off)


def _steps(requests: Iterable[int]) -> dict[int, list[Step]]:
    rows = Step.objects.for_system(_WENT_THROUGH).filter(request__in=list(requests)).select_related("by")
    found: dict[int, list[Step]] = {}
    for row in rows.order_by("request", "number"):
        found.setdefault(row.request_id, []).append(row)
    return found


def _values(rows: Iterable[Step]) -> list[rules.Step]:
    return [rules.Step(row.number, row.kind, row.at) for row in rows]  # type: ignore[arg-type]


def standing_of(row: Request, at: datetime) -> rules.Standing:
    """How a request stands that the caller may read."""
    return rules.standing(row.at, _values(_steps([row.pk]).get(row.pk, [])), _clock(row), at)


def waiting_everywhere(at: datetime) -> Iterator[tuple[Request, rules.Standing]]:
    """Every request that waits for somebody, oldest first, for the clock alone."""
    rows = Request.objects.for_system("the clock looks at every request for help").filter(at__lte=at)
    waiting, last = _newest_step(rows, at).filter(_WAITS).order_by("pk"), 0
    while some := list(waiting.filter(pk__gt=last)[:CHUNK]):
        last = some[-1].pk
        steps = _steps([row.pk for row in some])
        for row in some:
            yield row, rules.standing(row.at, _values(steps.get(row.pk, [])), _clock(row), at)


_WAITS = Q(newest=None) | Q(newest__in=["replied", "asked_back"])
"""Whether a request waits for one of its two people, by its newest step."""


def _newest_step(rows: GuardedQuerySet[Request], at: datetime) -> GuardedQuerySet[Request]:
    """Requests with ``newest``, the kind of their newest step up to a moment."""
    steps = Step.objects.for_system(_WENT_THROUGH).filter(request=OuterRef("pk"), at__lte=at)
    return rows.annotate(newest=Subquery(steps.order_by("-number").values("kind")[:1]))  # type: ignore[return-value]


# Who is behind the second door


def second_doors(actor: access.Actor, first: Request | None, at: datetime) -> list[doors.Door]:
    """Whom the actor can send an own request to that came to nothing, or a complaint about the manager."""
    past: set[int] = set()
    row = first
    while row is not None:
        past.add(row.to_id)
        before = Request.objects.for_system("whom one asked before is not offered again").filter(
            pk=row.after_id or 0
        )
        row = before.first()
    return doors.behind(actor.id, past, people.house().day(at))


def second_runs(first: Request, at: datetime) -> bool:
    """Whether a second door of an own request is on its way: open, in time, and with somebody who is there."""
    rows = Request.objects.for_system("whether a second door of an own request is on its way").filter(
        first=first
    )
    today = people.house().day(at)
    stands = [(row, standing_of(row, at)) for row in rows]
    return any(
        (now.open and not now.late and not doors.gone(row.to_id, today)) or now.state == "helped"
        for row, now in stands
    )


# Requests as their two people read them


@dataclass(frozen=True, slots=True)
class Said:
    """A step as it is listed."""

    number: int
    kind: str
    words: str
    text: str
    promise: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Further:
    """That an own request went through the second door: what the manager learns where the rep agreed, no more."""

    to: str
    door: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """A request as one of its two people sees it.

    ``mine`` says that the reader asked. ``manager`` is whom a second door goes past, ``before`` how the manager's
    request stood when it was opened (receivers and who asked read it). ``gone``: who was asked is not there any more.
    """

    id: int
    public_id: str
    mine: bool
    by: str
    to: str
    door: str
    complaint: bool
    subject: str
    deal_id: str
    deal: str
    need: str
    tried: str
    needed_by: date | None
    days: int
    at: datetime
    standing: rules.Standing
    steps: tuple[Said, ...]
    may: tuple[str, ...]
    manager: str
    first_id: str
    before: str
    gone: bool

    @property
    def words(self) -> str:
        return wording.STATES[self.standing.state]


def _readable(actor: access.Actor) -> GuardedQuerySet[Request]:
    rows = Request.objects.seen_by(actor, "help.read")
    return rows.select_related("by", "to", "about").order_by("-at", "-pk")


def _lines(actor: access.Actor, rows: Sequence[Request], at: datetime) -> list[Line]:
    steps, today = _steps([row.pk for row in rows]), people.house().day(at)
    named = deals.named(actor, {row.deal_id for row in rows if row.deal_id})
    firsts = Request.objects.for_system("how a request stood when its second door was opened").in_bulk(
        [row.first_id for row in rows if row.first_id]
    )
    before = _steps(firsts)
    found = []
    for row in rows:
        done = [one for one in steps.get(row.pk, []) if one.at <= at]
        now, mine = rules.standing(row.at, _values(done), _clock(row), at), row.by_id == actor.person
        deal_id, deal = named.get(row.deal_id or 0, ("", "a deal" if row.deal_id else ""))
        first, then = firsts.get(row.first_id or 0), ""
        if first is not None:
            stood = rules.standing(first.at, _values(before.get(first.pk, [])), _clock(first), row.at)
            then = "not answered in time" if stood.late else wording.STATES[stood.state]
        found.append(
            Line(
                id=row.pk, public_id=row.public_id, mine=mine, by=row.by.name, to=row.to.name, door=row.door,
                complaint=row.complaint, subject=row.subject, deal_id=deal_id, deal=deal, need=row.need,
                tried=row.tried, needed_by=row.needed_by, days=row.days, at=row.at, standing=now,
                steps=tuple(_said(one) for one in done), may=rules.may(now, asker=mine, door=row.door),
                manager=row.about.name if row.about else "", first_id=first.public_id if first and mine else "",
                before=then, gone=now.open and doors.gone(row.to_id, today),
            )
        )  # fmt: skip
    return found


def _said(row: Step) -> Said:
    who = row.by.name if row.by else "Fairlead"
    words = wording.DONE[row.kind] if row.by else "let it go on to whoever is above"
    return Said(row.number, row.kind, words, row.text, row.promise, who, row.at)


@dataclass(frozen=True, slots=True)
class Book:
    """Everything on a person's page of help: own requests and complaints, what is asked of one, by door."""

    mine: tuple[Line, ...]
    asked: tuple[Line, ...]
    asked_done: tuple[Line, ...]
    second: tuple[Line, ...]
    second_done: tuple[Line, ...]
    older: int = 0
    """how many older requests, all of them answered or closed, are not listed"""


def book(actor: access.Actor, at: datetime) -> Book:
    """The actor's own requests, and what is asked of the actor at the first and through the second door."""
    rows = _newest_step(_readable(actor), at)
    settled = rows.exclude(_WAITS)
    listed = [*rows.filter(_WAITS), *settled[:MOST]]
    every = _lines(actor, sorted(listed, key=lambda row: (row.at, row.pk), reverse=True), at)
    mine = [one for one in every if one.mine]
    theirs = [one for one in every if not one.mine]

    def waits(one: Line) -> bool:
        return one.standing.state in ("waiting", "asked_back")

    first = [one for one in theirs if one.door == "first"]
    second = [one for one in theirs if one.door != "first"]
    return Book(
        tuple(mine),
        tuple(sorted((o for o in first if waits(o)), key=lambda o: o.standing.due or at)),
        tuple(o for o in first if not waits(o)),
        tuple(sorted((o for o in second if waits(o)), key=lambda o: o.standing.due or at)),
        tuple(o for o in second if not waits(o)),
        max(0, settled.count() - MOST),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class RequestPage:
    """One request. ``second`` are the rows behind it, for who asked alone; ``further`` what its manager may know.

    ``opens``: the second door can be opened now. ``follows`` is the manager of today where an open request stayed with
    another one. ``disclosed``: the manager knows of this second door; None where there is nothing to know.
    """

    line: Line
    second: tuple[Line, ...]
    further: tuple[Further, ...]
    opens: bool
    follows: str
    disclosed: bool | None


def one(actor: access.Actor, public_id: str, at: datetime) -> RequestPage:
    """One request by public id. Raises NotFound for everybody but its two people."""
    row = _readable(actor).filter(public_id=public_id).first()
    if row is None:
        raise access.NotFound("request for help")
    line = _lines(actor, [row], at)[0]
    known = Disclosed.objects.seen_by(actor, "help.read").filter(request=row).exists()
    disclosed = None if row.door == "first" or row.complaint else known
    if not line.mine:
        return RequestPage(line, (), _further(row) if row.door == "first" else (), False, "", disclosed)
    behind = list(_readable(actor).filter(first=row, by=actor.id)) if row.door == "first" else []
    today = doors.manager_of(actor.id, people.house().day(at))
    follows = ""
    if today and today != row.to_id and "moved" in line.may:
        follows = people.names([today]).get(today, "")
    opens = (
        row.door == "first"
        and line.standing.state not in ("moved", "withdrawn")
        and line.standing.opens_second
    )
    return RequestPage(
        line, tuple(_lines(actor, behind, at)), (), opens and not second_runs(row, at), follows, disclosed
    )


def between(actor: access.Actor, rep: int, manager: int, at: datetime) -> list[Line]:
    """Requests of one of two people to the other at the first door that are not closed; never what went further."""
    rows = list(_readable(actor).filter(by=rep, to=manager, door="first")[:50])
    return [line for line in _lines(actor, rows, at) if line.standing.open]


def own(actor: access.Actor, public_id: str) -> Request:
    """An own request by public id. Raises NotFound for everybody but who asked."""
    row = _readable(actor).filter(public_id=public_id, by=actor.id).first()
    if row is None:
        raise access.NotFound("request for help")
    return row


def _further(row: Request) -> tuple[Further, ...]:
    """What who asked agreed that the manager knows."""
    rows = Disclosed.objects.for_system("what who asked agreed that the manager knows").filter(
        request__first=row
    )
    known = Request.objects.for_system("what who asked agreed that the manager knows").filter(
        pk__in=rows.values("request")
    )
    return tuple(Further(one.to.name, wording.DOORS[one.door], one.at) for one in known.select_related("to"))


def waiting(actor: access.Actor, at: datetime) -> int:
    """How many requests wait for the actor, for the frame of every page: to answer, or an own one that asks back."""
    if actor.person is None or not access.may(actor, "help.read"):
        return 0
    rows = _newest_step(Request.objects.seen_by(actor, "help.read"), at)
    asks_back = Q(by=actor.person, newest="asked_back")
    to_answer = ~Q(by=actor.person) & (Q(newest=None) | Q(newest="replied"))
    return rows.filter(asks_back | to_answer).count()


def may_ask(actor: access.Actor) -> bool:
    """Whether the actor has a manager to ask."""
    return (
        actor.person is not None
        and access.may(actor, "help.ask")
        and people.manager_of(actor.person) is not None
    )


# Counts, against the person asked and nobody else


@dataclass(frozen=True, slots=True)
class Total:
    """A manager's quarter as the superior sees it: one count, and only where enough people asked."""

    name: str
    period: str
    not_in_time: int | None


@dataclass(frozen=True, slots=True)
class CountsPage:
    """Own counts of this quarter and of the one before, and one count of each manager below, of the one before."""

    period: str
    own: rules.Counts
    before_name: str
    before: rules.Counts
    totals: tuple[Total, ...]


def counts_page(actor: access.Actor, at: datetime) -> CountsPage | None:
    """What was asked of the actor at the first door, in counts, and of whom reports to the actor; None for others."""
    if actor.person is None or not access.may(actor, "help.counts"):
        return None
    house = people.house()
    period = house.period(house.day(at))
    before = house.period(period.starts_on - timedelta(days=1))
    rows = Team.objects.filter(people.scope(actor, "help.totals", "lead")).select_related("lead")
    totals = []
    for team in rows.order_by("lead__name"):
        found = counts_of(team.lead_id, before, at)
        totals.append(Total(team.lead.name, before.name, found.not_in_time if found.enough else None))
    return CountsPage(
        period.name,
        counts_of(actor.id, period, at),
        before.name,
        counts_of(actor.id, before, at),
        tuple(totals),
    )


def counts_of(person: int, period: Period, at: datetime) -> rules.Counts:
    """Of the requests that came to one person in a quarter; callers checked whose. No second door is ever counted."""
    rows = Request.objects.for_system("requests are counted against who was asked, without who asked").filter(
        to=person, door="first", at__gte=_starts(period.starts_on), at__lt=_starts(period.ends_on + timedelta(days=1)),
        at__lte=at,
    )  # fmt: skip
    every = list(rows)
    steps = _steps([row.pk for row in every])
    return rules.counts(
        [(row.by_id, rules.outcome(row.at, _values(steps.get(row.pk, [])), _clock(row), at)) for row in every]
    )


def _starts(day: date) -> datetime:
    return datetime.fromisoformat(f"{day}T00:00:00+00:00")


# Shields


@dataclass(frozen=True, slots=True)
class ShieldActLine:
    """What somebody did with a version."""

    words: str
    text: str
    who: str
    on: date | None
    at: datetime


@dataclass(frozen=True, slots=True)
class ShieldLine:
    """One version between the reader and the other one. ``in_force`` says that both hold to it now."""

    public_id: str
    rep: str
    rep_id: int
    manager: str
    mine: bool
    version: int
    by: str
    affects: str
    shielded: tuple[str, ...]
    hours: str
    channels: str
    promised: tuple[str, ...]
    needed: tuple[str, ...]
    review_on: date
    ends_on: date | None
    digest: str
    state: str
    words: str
    at: datetime
    acts: tuple[ShieldActLine, ...]
    may: tuple[str, ...]
    newest: bool
    in_force: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """What two people agreed or are about to: the newest version, the one in force, and those before."""

    rep: str
    manager: str
    mine: bool
    newest: ShieldLine
    in_force: ShieldLine | None
    earlier: tuple[ShieldLine, ...]


def shields(actor: access.Actor) -> GuardedQuerySet[Shield]:
    """Versions between the actor and today's manager, or somebody who reports to the actor today."""
    direct = [node.id for node in people.reports(actor.id)]
    rows = Shield.objects.seen_by(actor, "shield.read")
    above = people.manager_of(actor.id)
    return rows.filter(rep=actor.id, manager=above) | rows.filter(manager=actor.id, rep__in=direct)


def shield_of(actor: access.Actor, public_id: str) -> Shield:
    """One version by public id. Raises NotFound for everybody but its two people."""
    row = shields(actor).filter(public_id=public_id).first()
    if row is None:
        raise access.NotFound("agreement")
    return row


def shield_may_of(row: Shield, side: rules.Side, at: datetime) -> tuple[str, ...]:
    """What a side may do with a version now; callers checked whose."""
    every = _versions(Shield.objects.for_system(_WENT_THROUGH).filter(rep=row.rep_id, manager=row.manager_id))
    today = people.house().day(at)
    state, ruling = _states(every, today)
    newest = max(one.version for one, _ in every) == row.version
    return rules.shield_may(state[row.pk], side, row.side, newest=newest, held=ruling == row.pk)  # type: ignore[arg-type]


def _versions(rows: GuardedQuerySet[Shield]) -> list[tuple[Shield, list[ShieldAct]]]:
    every = list(rows.select_related("rep", "manager").order_by("version"))
    acts = (
        ShieldAct.objects.for_system(_WENT_THROUGH)
        .filter(shield__in=[row.pk for row in every])
        .order_by("pk")
    )
    of: dict[int, list[ShieldAct]] = {}
    for act in acts:
        of.setdefault(act.shield_id, []).append(act)
    return [(row, of.get(row.pk, [])) for row in every]


def _states(
    every: Sequence[tuple[Shield, list[ShieldAct]]], today: date
) -> tuple[dict[int, rules.ShieldState], int | None]:
    """Version -> how it stands, and the one both hold to: the last that both signed, unless it ended."""
    found: dict[int, rules.ShieldState] = {}
    ruling: int | None = None
    for row, acts in every:
        done = [rules.Act(act.side, act.kind, act.at, act.on) for act in acts]  # type: ignore[arg-type]
        found[row.pk] = rules.shield_state(row.side, done, today)  # type: ignore[arg-type]
        if found[row.pk] in ("agreed", "ending", "ended"):
            ruling = row.pk if rules.in_force(found[row.pk]) else None
    return found, ruling


def pairs(actor: access.Actor, at: datetime) -> list[Pair]:
    """The actor's own shield first, then those of direct reports by name."""
    if actor.person is None:
        return []
    today = people.house().day(at)
    of: dict[tuple[int, int], list[tuple[Shield, list[ShieldAct]]]] = {}
    for row, acts in _versions(shields(actor)):
        of.setdefault((row.rep_id, row.manager_id), []).append((row, acts))
    found = [_pair(actor, every, today) for every in of.values()]
    return sorted(found, key=lambda pair: (not pair.mine, pair.rep))


def _pair(actor: access.Actor, every: Sequence[tuple[Shield, list[ShieldAct]]], today: date) -> Pair:
    states, ruling = _states(every, today)
    last = every[-1][0]
    side: rules.Side = "rep" if last.rep_id == actor.person else "manager"
    lines = []
    for row, acts in every:
        state = states[row.pk]
        names = {"rep": row.rep.name, "manager": row.manager.name}
        newest = row.pk == last.pk
        lines.append(
            ShieldLine(
                public_id=row.public_id, rep=row.rep.name, rep_id=row.rep_id, manager=row.manager.name,
                mine=side == "rep", version=row.version, by=names[row.side], affects=row.affects,
                shielded=tuple(row.shielded), hours=row.hours, channels=row.channels, promised=tuple(row.promised),
                needed=tuple(row.needed), review_on=row.review_on,
                ends_on=next((act.on for act in acts if act.kind == "ended"), None), digest=row.digest, state=state,
                words=wording.SHIELD_STATES[state], at=row.at,
                acts=tuple(
                    ShieldActLine(wording.SHIELD_DONE[a.kind], a.text, names[a.side], a.on, a.at) for a in acts
                ),
                may=rules.shield_may(state, side, row.side, newest=newest, held=row.pk == ruling),  # type: ignore[arg-type]
                newest=newest, in_force=row.pk == ruling,
            )
        )  # fmt: skip
    held = next((line for line in lines if line.in_force), None)
    return Pair(last.rep.name, last.manager.name, side == "rep", lines[-1], held, tuple(reversed(lines[:-1])))


def shielded_from(actor: access.Actor, at: datetime) -> dict[str, tuple[str, ...]]:
    """Name of a direct report -> what both agreed that they are shielded from; for the desk of the manager."""
    if actor.person is None or not access.may(actor, "shield.answer"):
        return {}
    return {
        pair.rep: pair.in_force.shielded
        for pair in pairs(actor, at)
        if not pair.mine and pair.in_force is not None
    }
