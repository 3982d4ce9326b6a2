"""Mutual plans: what a buyer reads, publishing the next version, addresses made and revoked, and the setting."""

from __future__ import annotations

from datetime import date, datetime

from django.http import HttpRequest
from django.urls import reverse
from ninja import Router, Schema
from pydantic import Field

from fairlead.api.door import REFUSALS, asker
from fairlead.mutual import actions, queries, rules

router = Router(tags=["mutual plans"])


class MutualContact(Schema):
    name: str
    role: str = ""
    reach: str = ""


class MutualStep(Schema):
    """A step. ``key`` is its own in the versions of a plan: send it back with a step that stays, 0 with a new one."""

    what: str
    ours: str = ""
    theirs: str = ""
    due_on: date | None = None
    done: bool = False
    key: int = Field(default=0, ge=0, le=99_999)


class MutualContent(Schema):
    """Everything a buyer reads, and nothing else."""

    title: str = ""
    ours: str = ""
    theirs: str = ""
    goal: str = ""
    go_live_on: date | None = None
    closing: str = ""
    our_contacts: list[MutualContact] = []
    their_contacts: list[MutualContact] = []
    steps: list[MutualStep] = []


class MutualAddress(Schema):
    """An address as its deal's people see it; the address itself is given once, when it is made."""

    id: str
    whom: str
    made_by: str
    made_at: datetime
    ends_at: datetime
    state: str
    opens: int
    opened_at: datetime | None


class MutualVersion(Schema):
    number: int
    by: str
    at: datetime


class DealMutualPlan(Schema):
    """The newest version (0 and no content before the first), its addresses, and why open ones want a look."""

    deal: str
    version: int
    published_on: date | None
    content: MutualContent | None
    changed_steps: dict[str, list[str]]
    addresses: list[MutualAddress]
    versions: list[MutualVersion]
    still_open: str


class MutualPlanIn(MutualContent):
    """A whole plan, published as the version after ``after_version`` (0 for the first); 409 when one came between."""

    after_version: int


class MutualAddressIn(Schema):
    whom: str
    days: int | None = Field(default=None, ge=1, le=rules.LONGEST_DAYS)


class MutualAddressMade(Schema):
    """``address`` is shown this once and kept nowhere."""

    id: str
    address: str
    ends_at: datetime


class Revoked(Schema):
    revoked: int


class SharedPlan(Schema):
    deal: str
    name: str
    owner: str
    version: int
    at: datetime
    open: int
    opens: int
    opened_at: datetime | None
    still_open: str


class SharingRule(Schema):
    """Whether plans are shared at all, and how many days an address lives usually and at most."""

    version: int
    on: bool
    usual_days: int
    most_days: int


class SharingIn(Schema):
    on: bool
    usual_days: int = 30
    most_days: int = 90


def _plan(found: queries.MutualPage) -> DealMutualPlan:
    shown = found.shown
    return DealMutualPlan(
        deal=found.deal,
        version=found.newest,
        published_on=shown.on if shown else None,
        content=MutualContent(**rules.content_of(shown.plan)) if shown else None,
        changed_steps={str(one.step.key): list(one.changes) for one in (shown.steps if shown else ()) if one.changes},
        addresses=[
            MutualAddress(
                id=one.public_id, whom=one.whom, made_by=one.made_by, made_at=one.made_at, ends_at=one.ends_at,
                state=one.state, opens=one.opens, opened_at=one.opened_at,
            )
            for one in found.addresses
        ],
        versions=[MutualVersion(number=one.number, by=one.by, at=one.at) for one in found.versions],
        still_open=found.still_open,
    )  # fmt: skip


@router.get("deals/{public_id}/mutual-plan", response={200: DealMutualPlan, **REFUSALS})
def mutual_plan(request: HttpRequest, public_id: str) -> DealMutualPlan:
    """The mutual plan of a deal as the buyer reads it, and its addresses."""
    who = asker(request)
    return _plan(queries.page(who.actor, public_id, who.at))


@router.put("deals/{public_id}/mutual-plan", response={200: DealMutualPlan, **REFUSALS})
def publish(request: HttpRequest, public_id: str, body: MutualPlanIn) -> DealMutualPlan:
    """Publish the next version: whoever holds an open address reads it from then on."""
    who = asker(request, "call")
    made = rules.plan_of(body.dict(exclude={"after_version"}))
    actions.publish(by=who.actor, at=who.at, deal=public_id, plan=made, after_version=body.after_version)
    return _plan(queries.page(who.actor, public_id, who.at))


@router.post("deals/{public_id}/mutual-plan/addresses", response={200: MutualAddressMade, **REFUSALS})
def share(request: HttpRequest, public_id: str, body: MutualAddressIn) -> MutualAddressMade:
    """Make an address for somebody at the buyer."""
    who = asker(request, "call")
    made, secret = actions.share(by=who.actor, at=who.at, deal=public_id, whom=body.whom, days=body.days)
    address = request.build_absolute_uri(reverse("shared", args=[secret]))
    return MutualAddressMade(id=made.public_id, address=address, ends_at=made.expires_at)


@router.post("deals/{public_id}/mutual-plan/addresses/{address}/revoke", response={200: Revoked, **REFUSALS})
def revoke(request: HttpRequest, public_id: str, address: str) -> Revoked:
    """Revoke an address at once."""
    who = asker(request, "call")
    return Revoked(revoked=actions.revoke(by=who.actor, at=who.at, deal=public_id, address=address))


@router.post("deals/{public_id}/mutual-plan/revoke", response={200: Revoked, **REFUSALS})
def revoke_all(request: HttpRequest, public_id: str) -> Revoked:
    """Revoke every open address of a deal at once."""
    who = asker(request, "call")
    return Revoked(revoked=actions.revoke(by=who.actor, at=who.at, deal=public_id))


@router.get("shared-plans", response={200: list[SharedPlan], **REFUSALS})
def shared_plans(request: HttpRequest) -> list[SharedPlan]:
    """The mutual plans the asker may see, those to look at first."""
    who = asker(request)
    return [
        SharedPlan(
            deal=one.deal, name=one.name, owner=one.owner, version=one.version, at=one.at, open=one.open,
            opens=one.opens, opened_at=one.opened_at, still_open=one.still_open,
        )
        for one in queries.listing(who.actor, who.at)
    ]  # fmt: skip


@router.get("operations/sharing", response={200: list[SharingRule], **REFUSALS})
def sharing_versions(request: HttpRequest) -> list[SharingRule]:
    """Every version of the rule, the newest first; what ships where nobody set one."""
    who = asker(request)
    found = [_rule(one.rule) for one in queries.sharing_versions(who.actor)]
    return found or [_rule(queries.sharing(who.at))]


@router.put("operations/sharing", response={200: SharingRule, **REFUSALS})
def set_sharing(request: HttpRequest, body: SharingIn) -> SharingRule:
    """Say whether plans are shared, and for how long, from now on."""
    who = asker(request, "import")
    row = actions.set_sharing(
        by=who.actor, at=who.at, on=body.on, usual_days=body.usual_days, most_days=body.most_days
    )
    return _rule(queries.rule_of(row))


def _rule(rule: rules.Sharing) -> SharingRule:
    return SharingRule(version=rule.version, on=rule.on, usual_days=rule.usual_days, most_days=rule.most_days)
