"""Reading mutual plans: the page of a deal's mutual plan, what an address leads to, what is shared at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from fairlead.deals.models import Deal
from fairlead.mutual import rules
from fairlead.mutual.models import Address, Draft, Published, Sharing
from fairlead.people import access, kept
from fairlead.people import queries as people
from fairlead.people.guard import GuardedQuerySet
from fairlead.people.models import Person
from fairlead.plans import queries as plans
from fairlead.plans import rules as plan_rules
from fairlead.plans.wording import STRATEGIES

# The organisation's rule


def sharing(at: datetime) -> rules.Sharing:
    """What is allowed at an instant."""
    return kept.once(("mutual.sharing", at), lambda: _sharing(at))


def _sharing(at: datetime) -> rules.Sharing:
    return rule_of(Sharing.objects.filter(set_at__lte=at).order_by("-version").first())


def rule_of(row: Sharing | None) -> rules.Sharing:
    """A stored version as a value; what ships where there is none."""
    return (
        rules.Sharing() if row is None else rules.Sharing(row.version, row.on, row.usual_days, row.most_days)
    )


@dataclass(frozen=True, slots=True)
class SharingVersion:
    """A version of what is allowed, with who set it."""

    rule: rules.Sharing
    set_at: datetime
    by: str


def sharing_versions(actor: access.Actor) -> list[SharingVersion]:
    """Every version, the newest first. Raises NotAllowed."""
    access.require(actor, "sharing.set")
    rows = list(Sharing.objects.order_by("-version")[:100])
    who = people.who(row.by for row in rows)
    return [SharingVersion(rule_of(row), row.set_at, who[row.by]) for row in rows]


def open_addresses(actor: access.Actor, at: datetime) -> int:
    """How many addresses lead somewhere while sharing is on, of the whole organisation. Raises NotAllowed."""
    access.require(actor, "sharing.set")
    rows = Address.objects.for_system("how many addresses are open, for who says whether plans are shared")
    return rows.filter(revoked_at=None, expires_at__gt=at).count()


# What the buyer reads


@dataclass(frozen=True, slots=True)
class Opened:
    """What an address leads to: the plan, for whom the address was made, its last day. ``address`` counts openings."""

    address: int
    whom: str
    ends_on: date
    sheet: rules.Sheet


def opened(secret: str, at: datetime) -> Opened | None:
    """What an address leads to, made from the published versions alone; None for every address that leads nowhere.

    The same reads are made whether it never was, ended or was revoked.
    """
    rule = sharing(at)
    rows = Address.objects.for_system("whoever holds an address reads the plan it leads to")
    row = rows.filter(
        digest=rules.digest(secret), revoked_at=None, made_at__lte=at, expires_at__gt=at
    ).first()
    if row is None or not rule.on or rules.ends_at(row.made_at, row.expires_at, rule) <= at:
        return None
    house = people.house()
    versions = list(_versions(row.deal_id).filter(at__lte=at).order_by("-number")[:2])
    if not versions:
        return None
    ends = rules.ends_at(row.made_at, row.expires_at, rule)
    return Opened(row.pk, row.whom, house.day(ends), _sheet(versions, house))


def _sheet(versions: list[Published], house: people.House) -> rules.Sheet:
    """The first of two versions beside the second, where there is one."""
    newest, before = versions[0], versions[1] if len(versions) > 1 else None
    return rules.sheet(
        rules.plan_of(newest.content), newest.number, house.day(newest.at),
        rules.plan_of(before.content) if before else None, house.day(before.at) if before else None,
    )  # fmt: skip


def _versions(deal: int) -> GuardedQuerySet[Published]:
    rows = Published.objects.for_system("versions of a mutual plan; an address or the table led to the deal")
    return rows.filter(deal=deal)


def newest(deal: int) -> Published | None:
    """The newest version of a deal (its key); callers checked whose."""
    return _versions(deal).select_related("by").order_by("-number").first()


# The page


@dataclass(frozen=True, slots=True)
class AddressLine:
    """An address as the people of the deal see it: never the address itself."""

    public_id: str
    whom: str
    made_by: str
    made_at: datetime
    ends_at: datetime
    state: str
    revoked_by: str
    revoked_at: datetime | None
    opens: int
    opened_at: datetime | None


@dataclass(frozen=True, slots=True)
class Version:
    """A published version in the list of them."""

    number: int
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class MutualPage:
    """The mutual plan of a deal. ``shown`` is the version on the page, None before the first; ``newest`` its number.

    ``still_open`` says why open addresses want a look: the deal closed, its owner left; '' otherwise.
    """

    deal: str
    name: str
    owner: str
    status: str
    shown: rules.Sheet | None
    shown_by: str
    newest: int
    versions: tuple[Version, ...]
    addresses: tuple[AddressLine, ...]
    rule: rules.Sharing
    still_open: str
    has_draft: bool
    may_share: bool
    may_revoke: bool

    @property
    def open(self) -> int:
        return sum(one.state == "open" for one in self.addresses)


def deal_row(actor: access.Actor, deal: str, act: str) -> Deal:
    """A deal the actor may do the act on. Raises NotAllowed or NotFound."""
    access.require(actor, act)
    row = Deal.objects.seen_by(actor, act).filter(public_id=deal).select_related("owner__user").first()
    if row is None:
        raise access.NotFound("deal")
    return row


def page(actor: access.Actor, deal: str, at: datetime, *, version: int | None = None) -> MutualPage:
    """The mutual plan of a deal, its newest version or an earlier one. Raises NotAllowed or NotFound."""
    row = deal_row(actor, deal, "mutual.read")
    rows = Published.objects.seen_by(actor, "mutual.read").filter(deal=row, at__lte=at)
    versions = list(rows.select_related("by").order_by("-number"))
    from_there = [one for one in versions if version is None or one.number <= version]
    if version is not None and (not from_there or from_there[0].number != version):
        raise access.NotFound("version of the mutual plan")
    house, rule = people.house(), sharing(at)
    lines = _lines(Address.objects.seen_by(actor, "mutual.read").filter(deal=row), rule, at)
    addresses = tuple(sorted(lines, key=lambda one: one.state != "open"))
    return MutualPage(
        deal=row.public_id,
        name=_name(row),
        owner=row.owner.name if row.owner else "",
        status=row.status,
        shown=_sheet(from_there[:2], house) if from_there else None,
        shown_by=from_there[0].by.name if from_there else "",
        newest=versions[0].number if versions else 0,
        versions=tuple(Version(one.number, one.by.name, one.at) for one in versions),
        addresses=addresses,
        rule=rule,
        still_open=_still_open(row, house.day(at)) if any(one.state == "open" for one in addresses) else "",
        has_draft=actor.person is not None and _draft_rows(actor, row).exists(),
        may_share=rule.on and row.status != "lost" and _may(actor, "mutual.share", row),
        may_revoke=_may(actor, "mutual.revoke", row),
    )


def _may(actor: access.Actor, act: str, row: Deal) -> bool:
    if not access.may(actor, act):
        return False
    return Deal.objects.seen_by(actor, act).filter(pk=row.pk).exists()


def _name(row: Deal) -> str:
    return row.name or row.account or row.external_id


def _lines(rows: GuardedQuerySet[Address], rule: rules.Sharing, at: datetime) -> Iterable[AddressLine]:
    for row in rows.filter(made_at__lte=at).select_related("made_by", "revoked_by").order_by("-pk"):
        yield AddressLine(
            row.public_id, row.whom, row.made_by.name, row.made_at,
            rules.ends_at(row.made_at, row.expires_at, rule),
            rules.state(row.made_at, row.expires_at, row.revoked_at, rule, at),
            row.revoked_by.name if row.revoked_by else "", row.revoked_at, row.opens, row.opened_at,
        )  # fmt: skip


def _still_open(row: Deal, today: date) -> str:
    """Why somebody should look at addresses that are open."""
    if row.status != "open":
        return f"The deal is {row.status}."
    if row.owner is None:
        return "Nobody owns the deal."
    return f"{row.owner.name} has left." if _left(row.owner, today) else ""


def _left(owner: Person, today: date) -> bool:
    gone = owner.voided_at is not None or (owner.ends_on is not None and owner.ends_on <= today)
    return gone or (owner.user is not None and not owner.user.is_active)


# Drafts


@dataclass(frozen=True, slots=True)
class Drafted:
    """What the actor wrote of the next version, and which version it was begun from."""

    plan: rules.MutualPlan
    after_version: int
    at: datetime | None


def draft(actor: access.Actor, deal: str) -> Drafted:
    """The own draft; without one the newest version, or an empty plan with the two companies named.

    Raises NotAllowed or NotFound.
    """
    row = deal_row(actor, deal, "mutual.share")
    mine = _draft_rows(actor, row).first()
    if mine is not None:
        return Drafted(rules.plan_of(mine.content), mine.after_version, mine.at)
    last = newest(row.pk)
    if last is not None:
        return Drafted(rules.plan_of(last.content), last.number, None)
    return Drafted(rules.MutualPlan(ours=people.house().name), 0, None)


def _draft_rows(actor: access.Actor, row: Deal) -> GuardedQuerySet[Draft]:
    if not access.may(actor, "mutual.share"):
        return Draft.objects.for_system("nobody's drafts, for who writes none").none()
    return Draft.objects.seen_by(actor, "mutual.share").filter(deal=row, by=actor.id)


def previewed(actor: access.Actor, deal: str, at: datetime) -> tuple[rules.Sheet, Drafted]:
    """The own draft as the buyer would read it if it were published now. Raises NotAllowed or NotFound."""
    row, mine = deal_row(actor, deal, "mutual.share"), draft(actor, deal)
    house, last = people.house(), newest(row.pk)
    before = rules.plan_of(last.content) if last else None
    made = rules.numbered(mine.plan, before)
    number = last.number + 1 if last else 1
    return rules.sheet(made, number, house.day(at), before, house.day(last.at) if last else None), mine


def of_the_deal_plan(
    actor: access.Actor, deal: str, at: datetime
) -> tuple[list[rules.Step], list[rules.Inside]]:
    """From the deal plan: the tactics that may become steps, and the texts that should stay inside.

    Of a tactic only the act, who does it on both sides, its day and whether it is done become a step.
    """
    if not access.may(actor, "plan.read"):
        return [], []
    shown = plans.page(actor, deal, at).shown
    if shown is None:
        return [], []
    steps = [
        rules.Step(rules.one_line(t.action), t.owner, t.buyer, t.due_on, t.state == "done")
        for t in shown.plan.tactics
        if t.state != "dropped"
    ]
    return steps, list(_inside(shown.plan))


def _inside(plan: plan_rules.Plan) -> Iterable[rules.Inside]:
    for rival in plan.rivals:
        if rival.name != plan_rules.NOTHING:
            yield rules.Inside(rival.name, "a rival")
        yield rules.Inside(rival.case, "our case against a rival")
    yield rules.Inside(plan.how_much, "the amount in the objective")
    yield rules.Inside(plan.why, "why we chose the strategy")
    yield rules.Inside(plan.changes_if, "what would change the strategy")
    yield rules.Inside(STRATEGIES[plan.strategy][1] if plan.strategy else "", "the strategy")
    for tactic in plan.tactics:
        yield rules.Inside(tactic.done_when, "when we hold a tactic for done")
    for one in plan.resources:
        yield rules.Inside(one.what, "a resource asked for")
    for risk in plan.risks:
        yield rules.Inside(risk.what, "a risk")
        yield rules.Inside(risk.answer, "what we do about a risk")


# In short, and what is shared at all


@dataclass(frozen=True, slots=True)
class InShort:
    """What a deal's page says of its mutual plan."""

    version: int
    at: datetime | None
    open: int
    still_open: str
    may_share: bool


def in_short(actor: access.Actor, deal: str, at: datetime) -> InShort | None:
    """A deal's mutual plan in a line; None for whoever may not read it, and where there is nothing to say."""
    if not access.may(actor, "mutual.read"):
        return None
    found = page(actor, deal, at)
    if not found.newest and not found.may_share:
        return None
    last = found.versions[0].at if found.versions else None
    return InShort(found.newest, last, found.open, found.still_open, found.may_share)


@dataclass(frozen=True, slots=True)
class SharedLine:
    """A mutual plan in the list of them: its addresses that are open, how often opened, and why to look at them."""

    deal: str
    name: str
    owner: str
    version: int
    at: datetime
    open: int
    opens: int
    opened_at: datetime | None
    still_open: str


def listing(actor: access.Actor, at: datetime) -> list[SharedLine]:
    """The mutual plans the actor may read: those to look at first, then the newest; at most 200. Raises NotAllowed."""
    access.require(actor, "mutual.read")
    rows = Published.objects.seen_by(actor, "mutual.read").filter(at__lte=at)
    versions: dict[int, Published] = {}
    for row in rows.select_related("deal__owner__user").order_by("-at", "-number")[:2000]:
        versions.setdefault(row.deal_id, row)
    rule, today = sharing(at), people.house().day(at)
    addresses: dict[int, list[Address]] = {}
    reachable = Address.objects.seen_by(actor, "mutual.read").filter(deal__in=list(versions), made_at__lte=at)
    for one in reachable:
        addresses.setdefault(one.deal_id, []).append(one)
    found = [_shared(row, addresses.get(key, []), rule, at, today) for key, row in versions.items()]
    return sorted(found, key=lambda line: not line.still_open)[:200]


def _shared(
    row: Published, addresses: list[Address], rule: rules.Sharing, at: datetime, today: date
) -> SharedLine:
    states = [rules.state(one.made_at, one.expires_at, one.revoked_at, rule, at) for one in addresses]
    is_open = states.count("open")
    return SharedLine(
        row.deal.public_id, _name(row.deal), row.deal.owner.name if row.deal.owner else "", row.number, row.at,
        is_open, sum(one.opens for one in addresses),
        max((one.opened_at for one in addresses if one.opened_at), default=None),
        _still_open(row.deal, today) if is_open else "",
    )  # fmt: skip
