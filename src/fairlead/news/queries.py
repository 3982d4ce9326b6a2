"""News as its readers may see it: who told it, the manager at once, whoever is above when it was told."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q

from fairlead.calls import numbers
from fairlead.calls import wording as calls_wording
from fairlead.deals import queries as deals
from fairlead.deals import rules as deal_rules
from fairlead.deals.models import Deal
from fairlead.forecasting.periods import Period
from fairlead.news import rules, untold, wording
from fairlead.news.models import Act, Item, Surprise, Told, Version
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.guard import GuardedQuerySet
from fairlead.people.models import Reach


@dataclass(frozen=True, slots=True)
class Said:
    """One version of a news item. Money in minor units, without a sign."""

    number: int
    kind: str
    what: str
    known_on: date
    amount: int | None
    moves_to: str
    days_left: int
    at: datetime


@dataclass(frozen=True, slots=True)
class News:
    """A news item as its reader sees it; ``reporter`` is '' for whoever reads from above the manager.

    Who may not open the deal finds ``deal_id`` '' and, unless it is news of an own or a report's deal, whose
    team it belongs to in place of its name.
    """

    public_id: str
    deal_id: str
    deal: str
    reporter: str
    at: datetime
    period: str
    said: Said
    versions: tuple[Said, ...]
    known_at: datetime
    thanked_at: datetime | None
    told_at: datetime | None
    withdrawn_at: datetime | None
    withdrawn_why: str
    late: bool
    may_correct: bool
    may_lead: bool

    @property
    def signed(self) -> int | None:
        """The money with the sign of good or bad."""
        return (
            None if self.said.amount is None else self.said.amount * (1 if self.said.kind == "good" else -1)
        )


@dataclass(frozen=True, slots=True)
class UntoldLine:
    """One thing the superior does not know yet. ``deal_id`` is '' where the reader may not open the deal."""

    deal_id: str
    deal: str
    what: str
    amount: int | None
    known_at: datetime
    late: bool


@dataclass(frozen=True, slots=True)
class Untold:
    """Everything untold of a leader's period; seen by the leader only. ``moving`` adds up what moved the number."""

    lines: tuple[UntoldLine, ...]
    moving: int
    oldest: datetime | None
    limit: int

    @property
    def late(self) -> int:
        return sum(line.late for line in self.lines)


@dataclass(frozen=True, slots=True)
class Age:
    """How old a leader's news was when it was told: the median, and of how many."""

    median: timedelta
    count: int


@dataclass(frozen=True, slots=True)
class ToldPage:
    """One notice upward, with the deals its reader may see by name."""

    public_id: str
    person: people.Node
    superior: str
    period: str
    at: datetime
    words: str
    lines: tuple[UntoldLine, ...]
    moving: int


def _readable(actor: access.Actor) -> Q:
    """Own, the team's, and what was told upward; never a leader's own untold news to the superior."""
    where = Q(pk__in=[])
    if access.may(actor, "news.read"):
        where |= people.scope(actor, "news.read", "person")
    if access.may(actor, "news.read_team"):
        where |= people.scope(actor, "news.read_team", "person") & ~Q(untold.leading())
    if access.may(actor, "news.read_told"):
        where |= people.scope(actor, "news.read_told", "person") & untold.TOLD
    return where


_READING = ("news.read", "news.read_team", "news.read_told")


def _rows(actor: access.Actor) -> GuardedQuerySet[Any]:
    if not any(access.may(actor, act) for act in _READING):
        raise access.NotAllowed("news.read")
    return untold.items().filter(_readable(actor))


def listing(
    actor: access.Actor, at: datetime, *, only_untold: bool = False, deal: str = "", limit: int = 100
) -> list[News]:
    """News the actor may read, newest first; ``deal`` (public id) narrows it. Raises NotAllowed."""
    rows = _rows(actor)
    if only_untold:
        rows = rows.filter(~untold.TOLD, withdrawn_at=None)
    if deal:
        rows = rows.filter(deal__public_id=deal)
    return _news(actor, rows.select_related("deal", "reporter").order_by("-at", "-pk")[:limit], at)


def heard(actor: access.Actor, leader: int, since: datetime, at: datetime, *, limit: int = 50) -> list[News]:
    """News of a leader's people told since an instant and not withdrawn, newest first, of that the actor may read."""
    if not any(access.may(actor, act) for act in _READING):
        return []
    below = Reach.objects.filter(boss=leader).values("member")
    rows = _rows(actor).filter(person__in=below, at__gt=since, at__lte=at, withdrawn_at=None)
    return _news(actor, rows.select_related("deal", "reporter").order_by("-at", "-pk")[:limit], at)


def of_person(actor: access.Actor, person: int, since: datetime, at: datetime) -> list[News]:
    """News of one person's told since an instant and not withdrawn, newest first, of that the actor may read."""
    if not any(access.may(actor, act) for act in _READING):
        return []
    rows = _rows(actor).filter(person=person, at__gt=since, at__lte=at, withdrawn_at=None)
    return _news(actor, rows.select_related("deal", "reporter").order_by("-at", "-pk")[:20], at)


def readable(actor: access.Actor, ids: Collection[str]) -> set[str]:
    """Of these items (public ids) those the actor may read today."""
    if not ids or not any(access.may(actor, act) for act in _READING):
        return set()
    return set(_rows(actor).filter(public_id__in=ids).values_list("public_id", flat=True))


def one(actor: access.Actor, public_id: str, at: datetime) -> News:
    """One item. Raises NotAllowed or NotFound."""
    rows = _rows(actor).filter(public_id=public_id).select_related("deal", "reporter")
    found = _news(actor, rows, at)
    if not found:
        raise access.NotFound("news")
    return found[0]


def _news(actor: access.Actor, rows: Iterable[Any], at: datetime) -> list[News]:
    every = list(rows)
    ids = [row.pk for row in every]
    said: dict[int, list[Said]] = {}
    # The items went through the table; what they say goes with them.
    versions = Version.objects.for_system("versions of items that went through the table")
    for v in versions.filter(item__in=ids).order_by("number"):
        said.setdefault(v.item_id, []).append(
            Said(v.number, v.kind, v.what, v.known_on, v.amount_minor, v.moves_to, v.days_left, v.at)
        )
    why = dict(
        Act.objects.for_system("versions of items that went through the table")
        .filter(item__in=ids, kind="withdrawn")
        .values_list("item_id", "reason")
    )
    near = _near(actor, [row.person_id for row in every])
    leads = {row.person_id: people.manager_of(row.person_id) for row in every}
    clocks = {lead: untold.clock_of(lead) for lead in set(leads.values()) if lead is not None}
    zone = people.house().time_zone
    named = deals.named(actor, {row.deal_id for row in every})
    leaders = people.names({lead for lead in leads.values() if lead is not None})
    found = []
    for row in every:
        link, name = named.get(
            row.deal_id, ("", wording.a_deal_of(leaders.get(leads[row.person_id] or 0, "")))
        )
        told = _first(row.told_at, row.sent_at)
        known = rules.known_at(said[row.pk][0].known_on, row.at, zone)
        lead = leads[row.person_id]
        leading = row.person_id in near and lead is not None and people.may_on(actor, "news.lead", lead)
        late = told is None and lead in clocks and clocks[lead].is_late(known, at)
        found.append(
            News(
                public_id=row.public_id,
                deal_id=link,
                deal=(row.deal.name or row.deal.external_id) if row.person_id in near else name,
                reporter=row.reporter.name if row.person_id in near else "",
                at=row.at,
                period=row.period,
                said=said[row.pk][-1],
                versions=tuple(said[row.pk]),
                known_at=known,
                thanked_at=row.thanked_at,
                told_at=told,
                withdrawn_at=row.withdrawn_at,
                withdrawn_why=why.get(row.pk, ""),
                late=leading and late,
                may_correct=row.reporter_id == actor.person and row.withdrawn_at is None,
                may_lead=leading and row.withdrawn_at is None and row.reporter_id != actor.person,
            )
        )
    return found


def _near(actor: access.Actor, persons: Iterable[int]) -> set[int]:
    """Those whose news the actor reads as their own or as their manager."""
    found: set[int] = set()
    for person in set(persons):
        own = access.may(actor, "news.read") and people.may_on(actor, "news.read", person)
        team = access.may(actor, "news.read_team") and people.may_on(actor, "news.read_team", person)
        if own or team:
            found.add(person)
    return found


def _first(*moments: datetime | None) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)


def may_report(actor: access.Actor, deal: str) -> bool:
    """Whether the actor may tell news of a deal."""
    if not access.may(actor, "news.report"):
        return False
    return bool(Deal.objects.seen_by(actor, "news.report").filter(public_id=deal).exists())


def untold_of(
    actor: access.Actor, person: int, period: Period, at: datetime, number: numbers.Number | None = None
) -> Untold:
    """What a leader's superior does not know yet. Raises by ``news.lead``: nobody but the leader has this.

    ``number`` is the leader's number of that moment, where it is known already.
    """
    people.require_on(actor, "news.lead", person)
    clock = untold.clock_of(person)
    zone = people.house().time_zone
    changes = untold.changes(number or numbers.number_of(actor, person, period, at))
    items = list(untold.of_lead(person, period.name).select_related("deal"))
    names = deals.named(actor, [*(c.deal for c in changes), *(item.deal_id for item in items)])
    said = {news.public_id: news for news in _news(actor, items_of(items), at)}
    lines, told_of = [], set()
    for item in items:
        news = said[item.public_id]
        known = rules.known_at(news.versions[0].known_on, item.at, zone)
        moved = next((c.amount for c in changes if c.deal == item.deal_id), news.signed)
        told_of.add(item.deal_id)
        link = names.get(item.deal_id, ("", ""))[0]
        lines.append(UntoldLine(link, news.deal, news.said.what, moved, known, clock.is_late(known, at)))
    for change in changes:
        if change.deal not in told_of:
            link, name = names.get(change.deal, ("", "A deal"))
            known = change.known_at
            lines.append(
                UntoldLine(
                    link, name, wording.reason(change.reason), change.amount, known, clock.is_late(known, at)
                )
            )
    lines.sort(key=lambda line: (line.known_at, line.deal))
    return Untold(
        lines=tuple(lines),
        moving=sum(line.amount or 0 for line in lines),
        oldest=lines[0].known_at if lines else None,
        limit=people.house().news_limit,
    )


def items_of(rows: Iterable[Item]) -> list[Item]:
    """Items with their deal and reporter, for reading what they say."""
    ids = [row.pk for row in rows]
    return list(untold.items().filter(pk__in=ids).select_related("deal", "reporter"))


def told_ages(actor: access.Actor, leads: Iterable[int], period: str) -> dict[int, Age]:
    """leader -> how old news was when it was told, in a period; all a superior sees of the clock."""
    wanted = list(leads)
    if not access.may(actor, "news.read_told"):
        return {}
    zone = people.house().time_zone
    rows = untold.items().filter(
        people.scope(actor, "news.read_told", "lead") & untold.TOLD,
        lead__in=wanted, period=period, withdrawn_at=None,
    )  # fmt: skip
    first = Version.objects.for_system("when news was first known").filter(
        number=1, item__in=rows.values("pk")
    )
    known = dict(first.values_list("item_id", "known_on"))
    ages: dict[int, list[timedelta]] = {}
    for row in rows:
        told = _first(row.told_at, row.sent_at)
        if told is not None and row.lead_id is not None:
            age = told - rules.known_at(known[row.pk], row.at, zone)
            ages.setdefault(row.lead_id, []).append(age)
    return {
        lead: Age(middle, len(found))
        for lead, found in ages.items()
        if (middle := rules.median_age(found)) is not None
    }


def surprises(actor: access.Actor, person: int, period: Period) -> int:
    """How often a leader's team was surprised in a period: a count, with neither deal nor rep."""
    people.require_on(actor, "news.lead", person)
    heard = Surprise.objects.seen_by(actor, "news.lead").filter(person=person, period=period.name).count()
    ids = untold.items().filter(lead=person, withdrawn_at=None, at__date__gt=period.ends_on)
    first = Version.objects.for_system("when news was first known").filter(
        number=1, item__in=ids.values("pk"), known_on__range=(period.starts_on, period.ends_on)
    )
    return heard + first.count()


def told(actor: access.Actor, public_id: str) -> ToldPage:
    """One notice upward. Raises NotAllowed or NotFound."""
    row = Told.objects.seen_by(actor, "news.read_told").filter(public_id=public_id).first()
    if row is None:
        raise access.NotFound("notice")
    acts = Act.objects.for_system("versions of items that went through the table").filter(told=row)
    items = items_of([act.item for act in acts.select_related("item")])
    names = deals.named(actor, [*(change[0] for change in row.changes), *(item.deal_id for item in items)])
    said = _news(actor, items, row.at)
    moved = {deal: amount for deal, _, amount, _ in row.changes}
    lines = [
        UntoldLine(
            names.get(item.deal_id, ("", ""))[0], news.deal, news.said.what,
            moved.get(item.deal_id, news.signed), news.known_at, False,
        )
        for item, news in zip(items, said, strict=True)
        if not news.withdrawn_at
    ]  # fmt: skip
    covered, leader = {item.deal_id for item in items}, people.node(row.person_id)
    lines += [
        UntoldLine(
            *names.get(deal, ("", wording.a_deal_of(leader.name))),
            wording.reason(why),
            amount,
            datetime.fromisoformat(known),
            False,
        )
        for deal, why, amount, known in row.changes
        if deal not in covered
    ]
    lines.sort(key=lambda line: (line.known_at, line.deal))
    above = people.names([row.superior_id]).get(row.superior_id, "") if row.superior_id else ""
    return ToldPage(
        row.public_id, leader, above, row.period, row.at, row.words, tuple(lines),
        sum(line.amount or 0 for line in lines),
    )  # fmt: skip


def as_text(actor: access.Actor, public_id: str) -> str:
    """A notice upward as plain text, for a superior without an account."""
    page, house = told(actor, public_id), people.house()
    return wording.as_text(
        page.person.name, page.period, calls_wording.moment(page.at, house.time_zone), page.words,
        [(f"{line.deal}: {line.what}", line.amount) for line in page.lines],
        lambda minor: deal_rules.spoken(minor, house.currency),
    )  # fmt: skip
