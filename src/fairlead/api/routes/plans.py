"""Deal plans: the newest version with its flags, saving one, testing one, and the card for upstairs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from fairlead.api.door import REFUSALS, asker
from fairlead.plans import actions, mates, queries, rules

router = Router(tags=["plans"])


class PlanFlag(Schema):
    """Something the rules flag, with the values that made it so."""

    key: str
    title: str
    detail: str
    rule: str


class PlanTest(Schema):
    words: str
    by: str
    at: datetime


class WorthAPlan(Schema):
    """Whether a deal needs a plan. ``usual_minor`` is the median of ``sizes`` won deals; ``share`` of the target is
    null where the asker may not see the target."""

    required: bool
    amount_minor: int | None
    usual_minor: int | None
    sizes: int
    share: float | None
    in_commit: bool


class DealPlan(Schema):
    """A plan. ``version`` is 0 and ``content`` empty before the first; ``missing`` names what would make it useful."""

    deal: str
    version: int
    by: str
    at: datetime | None
    content: dict[str, Any]
    flags: list[PlanFlag]
    missing: list[str]
    worth: WorthAPlan
    tests: list[PlanTest]


class PlanRow(Schema):
    """A row of a plan; which fields count follows from the list it stands in."""

    name: str = ""
    case: str = ""
    role: str = ""
    influence: str = "unknown"
    stance: str = "unknown"
    contact_on: date | None = None
    action: str = ""
    serves: str = ""
    owner: str = ""
    due_on: date | None = None
    buyer: str = ""
    done_when: str = ""
    state: str = ""
    what: str = ""
    kind: str = ""
    who: str = ""
    on: date | None = None
    needed_by: date | None = None
    answer: str = ""
    kill: bool = False


class PlanIn(Schema):
    """A whole plan, saved as the version after ``after_version`` (0 for the first); 409 when another came between."""

    after_version: int
    what: str = ""
    how_much: str = ""
    by_when: date | None = None
    signed_by: str = ""
    strategy: str = ""
    why: str = ""
    changes_if: str = ""
    rivals: list[PlanRow] = []
    players: list[PlanRow] = []
    tactics: list[PlanRow] = []
    resources: list[PlanRow] = []
    risks: list[PlanRow] = []


class PlanTestIn(Schema):
    version: int = Field(ge=0, le=100_000)
    words: str


class CardFact(Schema):
    text: str
    source: str
    on: date
    link: str


class UpCard(Schema):
    """One page for upstairs: what is linked to evidence or the plan, each with its day; ``ask`` is the manager."""

    deal: str
    name: str
    amount_minor: int | None
    stage: str
    close_on: date | None
    ask: str
    score: int
    where_we_are: list[CardFact]
    could_go_wrong: list[CardFact]
    what_we_do: list[CardFact]
    you_can_help: list[CardFact]
    plan_version: int
    chance: float | None


class CardShort(Schema):
    deal: str
    name: str
    amount_minor: int | None
    close_on: date | None
    ask: str
    score: int


def _plan(found: queries.PlanPage) -> DealPlan:
    shown, worth = found.shown, found.worth
    return DealPlan(
        deal=found.deal,
        version=shown.number if shown else 0,
        by=shown.by if shown else "",
        at=shown.at if shown else None,
        content=rules.content_of(shown.plan) if shown else {},
        flags=[PlanFlag(key=f.key, title=f.title, detail=f.detail, rule=f.rule) for f in found.flags],
        missing=list(found.missing),
        worth=WorthAPlan(
            required=worth.required,
            amount_minor=worth.amount,
            usual_minor=worth.usual,
            sizes=worth.sizes,
            share=worth.share if found.sees_target else None,
            in_commit=worth.in_commit,
        ),
        tests=[PlanTest(words=t.words, by=t.by, at=t.at) for t in (shown.tests if shown else ())],
    )


@router.get("deals/{public_id}/plan", response={200: DealPlan, **REFUSALS})
def plan(request: HttpRequest, public_id: str) -> DealPlan:
    """The newest version of a deal's plan."""
    who = asker(request)
    return _plan(queries.page(who.actor, public_id, who.at))


@router.put("deals/{public_id}/plan", response={200: DealPlan, **REFUSALS})
def save(request: HttpRequest, public_id: str, body: PlanIn) -> DealPlan:
    """Save the next version of a plan."""
    who = asker(request, "call")
    content = body.dict(exclude={"after_version"})
    made = rules.plan_of(content)
    actions.save(by=who.actor, at=who.at, deal=public_id, after_version=body.after_version, plan=made)
    return _plan(queries.page(who.actor, public_id, who.at))


@router.post("deals/{public_id}/plan/test", response={200: DealPlan, **REFUSALS})
def test(request: HttpRequest, public_id: str, body: PlanTestIn) -> DealPlan:
    """Sign as tester of a version one did not write."""
    who = asker(request, "call")
    actions.test(by=who.actor, at=who.at, deal=public_id, version=body.version, words=body.words)
    return _plan(queries.page(who.actor, public_id, who.at))


class PlanLine(Schema):
    """A deal with a plan; ``mates`` says that it is read because the manager opened the team's plans."""

    deal: str
    name: str
    owner: str
    objective: str
    strategy: str
    version: int
    at: datetime
    mates: bool


class PlansRead(Schema):
    """Plans of open deals; ``opened_by`` is the manager who opened those of team mates."""

    plans: list[PlanLine]
    opened_by: str
    is_open: bool


class OpenIn(Schema):
    on: bool


class MatesPlanRead(Schema):
    """The newest plan of a team mate's open deal."""

    deal: str
    name: str
    owner: str
    version: int
    by: str
    at: datetime
    content: dict[str, Any]


def _listed(found: mates.TeamPlans) -> PlansRead:
    lines = [
        PlanLine(
            deal=one.deal, name=one.name, owner=one.owner, objective=one.objective, strategy=one.strategy,
            version=one.version, at=one.at, mates=one.mates,
        )
        for one in (*found.own, *found.mates)
    ]  # fmt: skip
    return PlansRead(plans=lines, opened_by=found.manager, is_open=found.is_open)


@router.get("plans", response={200: PlansRead, **REFUSALS})
def listing(request: HttpRequest) -> PlansRead:
    """The plans of open deals one may read, largest deal first."""
    who = asker(request)
    return _listed(mates.listing(who.actor, who.at))


@router.put("plans/open", response={200: PlansRead, **REFUSALS})
def open_to_team(request: HttpRequest, body: OpenIn) -> PlansRead:
    """Open the plans of the own team's open deals to the team, or close them."""
    who = asker(request, "call")
    actions.open_to_team(by=who.actor, at=who.at, on=body.on)
    return _listed(mates.listing(who.actor, who.at))


@router.get("plans/{public_id}", response={200: MatesPlanRead, **REFUSALS})
def mates_plan(request: HttpRequest, public_id: str) -> MatesPlanRead:
    """A team mate's plan, where the manager opened the team's."""
    who = asker(request)
    found = mates.plan(who.actor, public_id, who.at)
    return MatesPlanRead(
        deal=found.deal, name=found.name, owner=found.owner, version=found.version, by=found.by, at=found.at,
        content=rules.content_of(found.plan),
    )  # fmt: skip


def _facts(facts: tuple[queries.Fact, ...]) -> list[CardFact]:
    return [CardFact(text=f.text, source=f.source, on=f.on, link=f.link) for f in facts]


@router.get("deals/{public_id}/card", response={200: UpCard, **REFUSALS})
def card(request: HttpRequest, public_id: str) -> UpCard:
    """The up-card of a deal."""
    who = asker(request)
    found = queries.card(who.actor, public_id, who.at)
    return UpCard(
        deal=found.deal,
        name=found.name,
        amount_minor=found.amount,
        stage=found.stage,
        close_on=found.close_on,
        ask=found.ask,
        score=found.score,
        where_we_are=_facts(found.where_we_are),
        could_go_wrong=_facts(found.could_go_wrong),
        what_we_do=_facts(found.what_we_do),
        you_can_help=_facts(found.you_can_help),
        plan_version=found.version,
        chance=found.chance,
    )


@router.get("cards", response={200: list[CardShort], **REFUSALS})
def cards(request: HttpRequest) -> list[CardShort]:
    """The up-cards of open deals with a plan, largest first."""
    who = asker(request)
    return [
        CardShort(
            deal=c.deal, name=c.name, amount_minor=c.amount, close_on=c.close_on, ask=c.ask, score=c.score
        )
        for c in queries.cards(who.actor, who.at)
    ]
