"""Reading deal plans: the page of a deal's plan, whether a deal needs one, and the card for upstairs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from fairlead.calls import numbers
from fairlead.calls import queries as calls
from fairlead.calls.queries.habits import LEAST_MATES
from fairlead.deals import queries as deals
from fairlead.deals import rules as deal_rules
from fairlead.deals.models import Deal
from fairlead.people import access, kept
from fairlead.people import queries as people
from fairlead.plans import rules
from fairlead.plans.models import Tested, Version
from fairlead.qualification import queries as evidence
from fairlead.qualification.rules import SAID
from fairlead.territories import queries as territories


@dataclass(frozen=True, slots=True)
class Test:
    """A test with its sentence."""

    words: str
    by: str
    at: datetime
    mine: bool = False


@dataclass(frozen=True, slots=True)
class Saved:
    """A version as it was saved, with its tests. ``mine``: the reader wrote it."""

    number: int
    plan: rules.Plan
    by: str
    at: datetime
    tests: tuple[Test, ...]
    mine: bool = False

    @property
    def my_tests(self) -> tuple[Test, ...]:
        return tuple(one for one in self.tests if one.mine)


@dataclass(frozen=True, slots=True)
class PlanPage:
    """The plan of a deal. ``shown`` is the version on the page (None before the first), ``newest`` its newest number.

    ``sees_target`` says whether the reader may see the team's target behind ``worth``.
    """

    deal: str
    name: str
    account: str
    owner: str
    status: str
    amount: int | None
    close_on: date | None
    shown: Saved | None
    newest: int
    versions: tuple[Saved, ...]
    flags: tuple[rules.Flag, ...]
    missing: tuple[str, ...]
    worth: rules.Worth
    sees_target: bool
    panel: evidence.Panel
    may_write: bool
    may_test: bool


def page(
    actor: access.Actor,
    deal: str,
    at: datetime,
    *,
    version: int | None = None,
    panel: evidence.Panel | None = None,
) -> PlanPage:
    """The plan of a deal, its newest version or an earlier one. Raises NotAllowed or NotFound.

    ``panel`` is the same reader's evidence of the deal, where it is known already.
    """
    access.require(actor, "plan.read")
    row = Deal.objects.seen_by(actor, "plan.read").filter(public_id=deal).select_related("owner").first()
    if row is None:
        raise access.NotFound("deal")
    today = people.house().day(at)
    panel = panel or evidence.panel(actor, deal, at)
    versions = _versions(actor, row.pk, at)
    shown = versions[0] if versions else None
    if version is not None:
        shown = next((one for one in versions if one.number == version), None)
        if shown is None:
            raise access.NotFound("version of the plan")
    plan = shown.plan if shown else rules.Plan()
    names = {one.key: one.name for one in panel.criteria.criteria}
    lead = people.manager_of(row.owner_id) if row.owner_id else None
    still_open = row.status == "open" and row.owner_id is not None and actor.person is not None
    return PlanPage(
        deal=row.public_id,
        name=row.name or row.account or row.external_id,
        account=row.account,
        owner=row.owner.name if row.owner else "",
        status=row.status,
        amount=row.home_minor,
        close_on=row.close_on,
        shown=shown,
        newest=versions[0].number if versions else 0,
        versions=tuple(versions),
        flags=tuple(rules.flags(plan, names, today)) if shown else (),
        missing=tuple(rules.missing(plan)),
        worth=_worth(row, at),
        sees_target=lead is not None
        and access.may(actor, "target.read")
        and people.may_on(actor, "target.read", lead),
        panel=panel,
        may_write=still_open and people.may_on(actor, "plan.write", row.owner_id or 0),
        may_test=still_open and people.may_on(actor, "plan.test", row.owner_id or 0),
    )


def _versions(actor: access.Actor, deal: int, at: datetime) -> list[Saved]:
    """Every version of a deal's plan, newest first."""
    rows = Version.objects.seen_by(actor, "plan.read").filter(deal=deal, at__lte=at).select_related("by")
    tests = (
        Tested.objects.seen_by(actor, "plan.read").filter(version__deal=deal, at__lte=at).select_related("by")
    )
    told: dict[int, list[Test]] = {}
    for test in tests.order_by("pk"):
        told.setdefault(test.version_id, []).append(
            Test(test.words, test.by.name, test.at, test.by_id == actor.person)
        )
    return [
        Saved(
            row.number, rules.plan_of(row.content), row.by.name, row.at, tuple(told.get(row.pk, ())),
            row.by_id == actor.person,
        )
        for row in rows.order_by("-number")
    ]  # fmt: skip


def _worth(row: Deal, at: datetime) -> rules.Worth:
    """Whether a deal needs a plan, by its team's won deals of a year and its team's target of the period."""
    today = people.house().day(at)
    lead = people.manager_of(row.owner_id) if row.owner_id else None
    team = people.below(lead, 1) if lead else []
    category, _ = deal_rules.resolve_category(
        status=row.status, own=row.own_category, stage=row.stage, source=row.forecast_category,
        mapping=deals.mapping(today),
    )  # fmt: skip
    sizes = kept.once(("sizes", lead, row.owner_id, today), lambda: _sizes(team, row.owner_id, today))
    target = kept.once(("team target", lead, at), lambda: _target(lead, team, at))
    return rules.worth(row.home_minor, sizes, target, in_commit=category == "commit")


@dataclass(frozen=True, slots=True)
class OfTeam:
    """Open deals that ask for a plan: how many, those without one, those whose plan was not changed since a day, those
    whose plan somebody else tested."""

    asking: int
    without: int
    stale: int
    tested: int


def of_team(actor: access.Actor, owners: Collection[int], since: date, at: datetime) -> OfTeam:
    """Plans of the open deals of some owners, as counts. Raises NotAllowed."""
    rows = Deal.objects.seen_by(actor, "plan.read").filter(deals.counted_open(), owner__in=list(owners))
    asking = [row.pk for row in rows if _worth(row, at).required]
    newest: dict[int, Version] = {}
    saved = Version.objects.seen_by(actor, "plan.read").filter(deal__in=asking, at__lte=at)
    for one in saved.only("pk", "deal", "at").order_by("number"):
        newest[one.deal_id] = one
    tested = Tested.objects.seen_by(actor, "plan.read").filter(
        version__in=[one.pk for one in newest.values()], at__lte=at
    )
    day = people.house().day
    return OfTeam(
        len(asking), len(asking) - len(newest), sum(day(one.at) < since for one in newest.values()),
        tested.values("version").distinct().count(),
    )  # fmt: skip


def _sizes(team: Sequence[int], owner: int | None, today: date) -> list[int]:
    """The sizes of the team's won deals of a year, as numbers without names."""
    won = Deal.objects.for_system(
        "the team's usual deal size, a median without names, for what is worth a plan"
    )
    rows = won.filter(
        owner__in=team, status="won", closed_on__gt=today - timedelta(days=365), closed_on__lte=today
    ).values_list("owner_id", "home_minor")[:2000]
    mates = {one for one, _ in rows} - {owner}
    return [amount for _, amount in rows if amount] if len(mates) >= LEAST_MATES else []


def _target(lead: int | None, team: Sequence[int], at: datetime) -> int | None:
    if lead is None:
        return None
    typed = numbers.targets_of(team, calls.period_at(at).name)
    if lead in typed:
        return typed[lead]
    reps = [typed[one] for one in team if one != lead and one in typed]
    return sum(reps) if reps else None


@dataclass(frozen=True, slots=True)
class InShort:
    """What a deal's page says of its plan."""

    number: int
    by: str
    at: datetime | None
    objective: str
    flags: tuple[rules.Flag, ...]
    required: bool
    tested_by: str


def in_short(actor: access.Actor, deal: str, at: datetime, panel: evidence.Panel | None = None) -> InShort:
    """A deal's plan in short, and whether the deal is worth one. ``panel`` as for :func:`page`. Raises the same."""
    found = page(actor, deal, at, panel=panel)
    shown = found.shown
    tested = shown.tests[-1].by if shown and shown.tests else ""
    return InShort(
        found.newest, shown.by if shown else "", shown.at if shown else None, shown.plan.objective if shown else "",
        found.flags, found.worth.required, tested,
    )  # fmt: skip


# What the deal knows before anybody plans


MOST_KNOWN = 6
"""People to begin with; of more of them the rest stays on the deal's page."""


def begun(actor: access.Actor, deal: str, at: datetime, panel: evidence.Panel | None = None) -> rules.Begun:
    """A plan to begin with, of nothing but what the deal knows, each value with where it comes from.

    Amount, a close date that has not passed, rivals the source names, people the evidence names (talked with on the
    day of what they said) and the account's contacts. ``panel`` as for :func:`page`. Raises the same.
    """
    access.require(actor, "plan.read")
    mine = Deal.objects.seen_by(actor, "plan.read").filter(public_id=deal).select_related("source")
    row = mine.first()
    if row is None:
        raise access.NotFound("deal")
    today = people.house().day(at)
    sources: dict[tuple[str, str], str] = {}
    content: dict[str, object] = {}
    if row.amount_minor is not None:
        content["how_much"] = deal_rules.spoken(row.amount_minor, row.currency or people.house().currency)
        sources["how_much", str(content["how_much"])] = "from the deal: its amount"
    if row.close_on is not None and row.close_on >= today:
        content["by_when"] = row.close_on
        sources["by_when", row.close_on.isoformat()] = "from the deal: its expected close"
    content["rivals"] = [{"name": name} for name in rivals_said(row.extra)]
    sources |= {("rivals", name): "from the deal: its source names them" for name in rivals_said(row.extra)}
    known = _people(row, panel or evidence.panel(actor, deal, at), actor)
    content["players"] = [player for player, _ in known[:MOST_KNOWN]]
    plan = rules.plan_of(content)
    words = {player["name"]: words for player, words in known}
    sources |= {("players", player.name): words.get(player.name, "from the deal") for player in plan.players}
    return rules.Begun(plan, sources, max(0, len(known) - MOST_KNOWN))


def rivals_said(extra: Mapping[str, object]) -> tuple[str, ...]:
    """The rivals that a deal's source names, in columns that say so by their name."""
    said = [
        str(value) for key, value in extra.items()
        if value and ("compet" in key.lower() or "rival" in key.lower())
    ]  # fmt: skip
    return tuple(dict.fromkeys(" ".join(one.split())[: rules.LONGEST] for one in said if one.strip()))


def _people(row: Deal, panel: evidence.Panel, actor: access.Actor) -> list[tuple[dict[str, Any], str]]:
    """Persons at the buyer as players with where they are known from: the evidence's, newest first, then contacts."""
    items = [item for line in panel.lines for item in line.past if item.buyer_name and not item.undone_by]
    items.sort(key=lambda item: item.on, reverse=True)
    found: dict[str, tuple[dict[str, Any], str]] = {}
    for item in items:
        player, _ = found.setdefault(
            item.buyer_name.casefold(),
            (_player(item.buyer_name, item.buyer_role), f"from the evidence of {item.on.day} {item.on:%b}"),
        )
        player["role"] = player["role"] or item.buyer_role
        if item.score >= SAID and "contact_on" not in player:
            player["contact_on"] = item.on
    account = territories.account(actor, source=row.source.name, name=row.account)
    for buyer in account.contacts if account else ():
        kept, _ = found.setdefault(
            buyer.name.casefold(), (_player(buyer.name, buyer.title), "from the contacts of the CRM")
        )
        kept["role"] = kept["role"] or buyer.title
    return list(found.values())


def _player(name: str, role: str) -> dict[str, Any]:
    return {"name": " ".join(name.split())[: rules.LONGEST], "role": role}


def to_copy(actor: access.Actor, at: datetime, *, but: str) -> list[tuple[str, str]]:
    """Deals whose plans the actor may read, newest first, as (public id, name), to begin another plan with."""
    rows = Version.objects.seen_by(actor, "plan.read").exclude(deal__public_id=but).filter(at__lte=at)
    found: dict[str, str] = {}
    for public_id, name in rows.order_by("-at").values_list("deal__public_id", "deal__name")[:200]:
        found.setdefault(public_id, name or "A deal")
    return list(found.items())[:20]


# The card for upstairs


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement of a card with where it comes from and its day; ``link`` where it can be read."""

    text: str
    source: str
    on: date
    link: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """One page for upstairs, made from evidence and plan; ``ask`` is the manager whose number the deal is in."""

    deal: str
    name: str
    account: str
    amount: int | None
    stage: str
    close_on: date | None
    ask: str
    score: int
    where_we_are: tuple[Fact, ...]
    could_go_wrong: tuple[Fact, ...]
    what_we_do: tuple[Fact, ...]
    you_can_help: tuple[Fact, ...]
    version: int
    oldest: date | None
    chance: float | None
    sees_deal: bool


_MOST = 3


def card(actor: access.Actor, deal: str, at: datetime) -> Card:
    """The up-card of a deal, for its line upwards and for executives above. Raises NotAllowed or NotFound.

    It names nobody on our side but the manager to ask, and says nothing that has no day and no source.
    """
    access.require(actor, "card.read")
    row = Deal.objects.seen_by(actor, "card.read").filter(public_id=deal).first()
    if row is None:
        raise access.NotFound("deal")
    today = people.house().day(at)
    # Whoever may read the card is shown what it is made of, and no more than that.
    reader = access.system("an up-card shows its own lines to whoever may read the card")
    panel = evidence.panel(reader, deal, at)
    versions = _versions(reader, row.pk, at)
    plan = versions[0].plan if versions else rules.Plan()
    saved = people.house().day(versions[0].at) if versions else today
    names = {one.key: one.name for one in panel.criteria.criteria}
    known = _known(panel)
    wrong = (*_weak(panel, today), *_flagged(plan, names, today, saved))
    sees = (
        access.may(actor, "deal.read")
        and row.owner_id is not None
        and people.may_on(actor, "deal.read", row.owner_id)
    )
    chance = calls.chance_of_deal(actor, deal, at) if sees else None
    facts = (*known, *wrong)
    return Card(
        row.public_id, row.name or row.account or row.external_id, row.account, row.home_minor, row.stage, row.close_on,
        _ask(row), panel.score, known, wrong[:4], _acts(plan, saved), _help(plan, saved),
        versions[0].number if versions else 0, min((fact.on for fact in facts), default=None),
        chance.chance_in_period if chance else None, sees,
    )  # fmt: skip


def _ask(row: Deal) -> str:
    """The manager whose number the deal is in; an owner who leads answers for own deals."""
    if row.owner_id is None:
        return ""
    leads = row.owner_id in numbers.leaders([row.owner_id])
    who = row.owner_id if leads else people.manager_of(row.owner_id)
    return people.names([who]).get(who, "") if who else ""


def _known(panel: evidence.Panel) -> tuple[Fact, ...]:
    """The best of what the buyer said, wrote or did, freshest first."""
    told = [line for line in panel.lines if line.item is not None and line.grade.counted >= 2]
    told.sort(key=lambda line: (line.grade.counted, line.item.on if line.item else date.min), reverse=True)
    return tuple(
        Fact(
            f"{line.criterion.name}: {line.item.what}",
            f"{line.item.buyer_name}{', ' + line.item.buyer_role if line.item.buyer_role else ''}",
            line.item.on, line.item.link,
        )
        for line in told[:_MOST]
        if line.item is not None
    )  # fmt: skip


def _weak(panel: evidence.Panel, today: date) -> list[Fact]:
    words = {0: "unknown", 1: "only our belief"}
    weak = sorted(
        (line for line in panel.lines if line.grade.counted < 2), key=lambda line: line.grade.counted
    )
    return [
        Fact(
            f"{line.criterion.name}: {words[line.grade.counted]}",
            f"stale since {line.grade.stale_since.isoformat()}" if line.grade.stale_since else "evidence",
            line.item.on if line.item else today,
        )
        for line in weak[:2]
    ]  # fmt: skip


def _flagged(plan: rules.Plan, names: dict[str, str], today: date, saved: date) -> list[Fact]:
    if plan == rules.Plan():
        return []
    told = [
        Fact(f"{flag.title}. {flag.detail}", "plan", saved) for flag in rules.flags(plan, names, today)[:2]
    ]
    return told + [Fact(f"We stop if: {risk.what}", "plan", saved) for risk in plan.risks if risk.kill][:1]


def _acts(plan: rules.Plan, saved: date) -> tuple[Fact, ...]:
    ahead = [tactic for tactic in plan.tactics if tactic.state == "to_do" and tactic.due_on]
    ahead.sort(key=lambda tactic: tactic.due_on or date.max)
    return tuple(Fact(_act(tactic), "plan", saved) for tactic in ahead[:_MOST])


def _act(tactic: rules.Tactic) -> str:
    due = f", by {tactic.due_on.day} {tactic.due_on:%b}" if tactic.due_on else ""
    return f"{tactic.action}{', with ' + tactic.buyer if tactic.buyer else ''}{due}"


def _help(plan: rules.Plan, saved: date) -> tuple[Fact, ...]:
    asked = [one for one in plan.resources if one.state == "asked"]
    asked.sort(key=lambda one: one.kind != "executive")
    return tuple(Fact(_wanted(one), "asked", one.on or saved) for one in asked[:_MOST])


def _wanted(one: rules.Resource) -> str:
    day = one.needed_by
    return f"{one.what}, needed by {day.day} {day:%b}" if day else one.what


@dataclass(frozen=True, slots=True)
class CardLine:
    """A deal with a plan in the list of up-cards."""

    deal: str
    name: str
    amount: int | None
    close_on: date | None
    ask: str
    score: int


def cards(actor: access.Actor, at: datetime) -> list[CardLine]:
    """The open deals with a plan whose card the actor may read, largest first, at most 50."""
    rows = Version.objects.seen_by(actor, "card.read").filter(deal__status="open", at__lte=at)
    ids = list(rows.values_list("deal_id", flat=True).distinct())
    found = Deal.objects.seen_by(actor, "card.read").filter(pk__in=ids).order_by("-home_minor", "pk")[:50]
    reader = access.system("an up-card shows its own lines to whoever may read the card")
    scores = evidence.scores_of(reader, [row.public_id for row in found], at)
    return [
        CardLine(
            row.public_id, row.name or row.account, row.home_minor, row.close_on, _ask(row),
            scores.get(row.public_id, (0, 0))[0],
        )
        for row in found
    ]  # fmt: skip
