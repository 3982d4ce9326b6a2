"""What changed in a number between two instants: bars, flow and pushes of any node, with the deals behind them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np

from fairlead.calls import kinds, numbers, pipeline, rules
from fairlead.deals import bridges, comparing, shares, staging, tracks
from fairlead.deals import queries as deal_queries
from fairlead.deals import rules as deals
from fairlead.deals.models import Deal
from fairlead.deals.tracks import Array
from fairlead.forecasting.periods import Period
from fairlead.people import access, structure
from fairlead.people import queries as people
from fairlead.people.models import Person

SHOWN = 50
"""Deals listed behind a bar on a page, largest first; exports hold all."""
LEAST_ALIKE = 5
"""A product or stage is named to who may read none of its deals where at least so many share it."""
UNCHANGED = "unchanged"
KINDS: tuple[str, ...] = (*deals.REASONS, UNCHANGED)
"""The classes deals fall into: their reason, else their change of amount, else unchanged."""


# What is asked


@dataclass(frozen=True, slots=True)
class Asked:
    """Which number, and of which deals. Empty filters mean all.

    ``category`` names a column, ``alone`` takes the category by itself instead of the cumulative column.
    What a deal is filtered by is what it was at the end, or at the start where it is not there any more.
    Owners are public ids. Amounts are in minor units. Words of an account and owners are looked for only among
    the deals the actor may read.
    """

    category: str = "commit"
    alone: bool = False
    kinds: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    product: str = ""
    stage: str = ""
    account: str = ""
    amount_from: int | None = None
    amount_to: int | None = None
    pushes: int = 0
    type: str = ""
    """the key of a forecast type that adds up amounts"""

    @property
    def columns(self) -> frozenset[str]:
        """The categories that are added up. Raises Refused for a column nobody knows."""
        if self.category not in pipeline.COLUMNS:
            raise access.Refused("bad_column", f"A column is one of {', '.join(pipeline.COLUMNS)}.")
        return frozenset({self.category}) if self.alone else pipeline.COLUMNS[self.category]

    @property
    def formula(self) -> str:
        return "" if self.alone else rules.FORMULAS[self.category]

    @property
    def narrowed(self) -> bool:
        """Whether only some of the deals are asked for."""
        return self != Asked(category=self.category, alone=self.alone)


def node_of(actor: access.Actor, public_id: str = "") -> int:
    """The node of a public id; without one the own, or for who sells nothing that of the head of the house.

    Says nothing about access. Raises NotFound.
    """
    if public_id:
        return people.find(public_id).pk
    sells = actor.roles & {access.Role.REP, access.Role.MANAGER, access.Role.EXECUTIVE}
    return actor.id if sells else people.chain(actor.id)[-1]


SINCE = ("submission", "week", "period", "date")


def _begins(day: date) -> datetime:
    """The first moment of a day in the organisation's zone. Raises Refused for a day out of this world."""
    if not 1970 < day.year < 9000:
        raise access.Refused("bad_day", f"{day} is no day to compare with. Choose one of the last years.")
    return datetime.combine(day, time(), ZoneInfo(people.house().time_zone)).astimezone(UTC)


def instant(
    actor: access.Actor, person: int, period: Period, at: datetime, since: str = "", day: date | None = None
) -> tuple[datetime, str]:
    """(the start, the word of SINCE that was meant): the last submission, a week ago, the period's start, a day.

    By default the last submission, and a week ago for whoever has none. Raises Refused for an odd word.
    """
    if since == "date" and day is not None:
        return _begins(day), "date"
    if since == "period":
        return _begins(period.starts_on), "period"
    if since not in ("", *SINCE):
        raise access.Refused("bad_start", f"The start is one of {', '.join(SINCE)}.")
    if since in ("", "submission") and access.may(actor, "submission.read"):
        sent = numbers.standing_of([person], period.name, at).get(person)
        if sent is not None and people.may_on(actor, "submission.read", person):
            return sent.at, "submission"
    return at - timedelta(days=7), "week"


def end_of(day: date | None, at: datetime) -> datetime:
    """The end of a day, but never later than now; now where no day is given."""
    if day is None:
        return at
    return _begins(day + timedelta(days=1)) if day < people.house().day(at) else at


# What is answered


@dataclass(frozen=True, slots=True)
class DealMoved:
    """One deal behind a bar. Money in minor units; None where it did not count at that instant.

    ``by_reason``, ``by_amount`` and ``by_split`` are its parts in the bars of its reason, its amount and its split. Of
    a divided deal there is one for each ``holder``, with the shares held in hundredths of a percent.
    """

    public_id: str
    name: str
    account: str
    owner: str
    kind: str
    before: int | None
    after: int | None
    by_reason: int
    by_amount: int
    by_split: int
    category_before: str
    category_after: str
    due_before: date | None
    due_after: date | None
    stage: str
    pushes: int
    holder: str = ""
    held_before: int = shares.WHOLE
    held_after: int = shares.WHOLE

    def part_in(self, kind: str) -> int:
        """What the deal adds to the bar of a reason, of a change of amount, or of another split."""
        if kind in ("amount_up", "amount_down"):
            return self.by_amount
        if kind == "split_changed":
            return self.by_split + (self.by_reason if self.kind == kind else 0)
        return self.by_reason

    @property
    def share(self) -> str:
        """Whose share it is, in words: ``Rosa 60 %``, ``Rosa 60 % → 40 %``; nothing of an undivided deal."""
        if not self.holder:
            return ""
        was, is_ = (shares.percent(held) if held else "none" for held in (self.held_before, self.held_after))
        return f"{self.holder} {is_}" if was == is_ else f"{self.holder} {was} → {is_}"


@dataclass(frozen=True, slots=True)
class Ask:
    """Whom to ask about deals that are not named here. ``person`` None: nobody in the tree owns them."""

    person: people.Node | None
    count: int
    amount: int
    may_open: bool


@dataclass(frozen=True, slots=True)
class ChangeBar:
    """One reason: how many deals, what they moved, those that may be named (largest first), whom to ask of the rest.

    ``more`` counts deals that could be named and are not listed.
    """

    kind: str
    count: int
    amount: int
    deals: tuple[DealMoved, ...]
    more: int
    asks: tuple[Ask, ...]


@dataclass(frozen=True, slots=True)
class FlowCell:
    """Deals that stood at ``source`` and stand at ``goal``; ``before`` and ``after`` are what they count."""

    source: str
    goal: str
    count: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Pushes:
    """Open deals by how often their close date was moved later; ``since`` counts those pushed between the instants.

    ``repeated`` are those pushed between the instants for the second time or more: each needs a plan with the
    buyer, or a packet that ends it. ``others`` says whom to ask of those that are not named.
    """

    times: tuple[tuple[int, int, int], ...]
    """(pushes, deals, money at the end)"""
    since: int
    since_amount: int
    repeated: tuple[DealMoved, ...]
    repeated_count: int
    others: tuple[Ask, ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """One direct report's part, or the head's own deals. ``person`` None: reports the actor does not see apart."""

    person: people.Node | None
    own: bool
    start: int
    end: int
    came: int
    left: int
    may_open: bool

    @property
    def moved(self) -> int:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters offer: products and stages of the deals, and owners whose deals may be read."""

    products: tuple[str, ...]
    stages: tuple[str, ...]
    owners: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """start + the sum of ``bars`` = end, to the minor unit."""

    person: people.Node
    leads: bool
    period: Period
    currency: str
    start_at: datetime
    end_at: datetime
    asked: Asked
    start: int
    end: int
    deals_before: int
    deals_after: int
    bars: tuple[ChangeBar, ...]
    flow: tuple[FlowCell, ...]
    pushes: Pushes
    branches: tuple[Branch, ...]
    choices: Choices
    first_known: datetime | None
    """before this only what a source recorded is known"""
    path: tuple[people.Node, ...]
    """those above up to whom the actor may open, from the top"""


def changes(
    actor: access.Actor,
    node: int,
    period: Period,
    start: datetime,
    end: datetime,
    *,
    at: datetime,
    asked: Asked | None = None,
    shown: int | None = SHOWN,
) -> Changes:
    """What moved a node's number between two instants, by reason.

    At each instant the node is who was in it on that day: the tree as of then, never rewritten. Deals that come
    or go because their owner does, have a reason of their own. Raises NotAllowed or NotFound by
    ``changes.read``, and Refused where the end is not after the start.
    """
    people.require_on(actor, "changes.read", node)
    asked = asked or Asked()
    if not start < end:
        raise access.Refused("bad_instants", "The end has to be after the start. Choose an earlier start.")
    then, now = (structure.branches(node, when, at) for when in (start, end))
    found = comparing.compared(then, now, period, start, end, asked.columns)
    told = _Told(actor, node, (then, now), found, shown)
    choices = told.choices()
    told = told.narrowed(asked).of_type(_type(asked.type, at), end, at)
    return Changes(
        person=people.node(node),
        leads=len(now) > 1 or len(then) > 1,
        period=period,
        currency=people.house().currency,
        start_at=start,
        end_at=end,
        asked=asked,
        start=bridges.total(told.found.moves.before),
        end=bridges.total(told.found.moves.after),
        deals_before=_deals(told.found.deals[told.found.moves.was]),
        deals_after=_deals(told.found.deals[told.found.moves.is_]),
        bars=tuple(told.bars()),
        flow=tuple(_flow(told.found, period)),
        pushes=told.pushes(),
        branches=tuple(told.by_report()),
        choices=choices,
        first_known=comparing.first_known(),
        path=tuple(_path(actor, node)),
    )


def _type(key: str, at: datetime) -> rules.Kind | None:
    """The forecast type that is asked for. Raises NotFound, and Refused for another measure than amounts."""
    kind = kinds.named(key, at)
    if kind is not None and kind.measure != "amount":
        raise access.Refused(
            "amounts_only",
            f"This page compares amounts, and {kind.name} adds up {rules.MEASURES[kind.measure]}. What moved it since "
            "the last submission stands on the Call page.",
        )
    return kind


def _deals(ids: Array) -> int:
    """How many deals: one that is divided inside the node is one."""
    return len(np.unique(ids))


def _path(actor: access.Actor, node: int) -> list[people.Node]:
    """The leaders above whose changes the actor may open, from the top; not the node itself."""
    above = people.chain(node)[1:]
    open_to = _openable(actor, above)
    found = {one.id: one for one in people.nodes(open_to)}
    return [found[person] for person in reversed(above) if person in found]


def _openable(actor: access.Actor, persons: Iterable[int]) -> set[int]:
    where = people.scope(actor, "changes.read", "pk")
    return set(Person.objects.filter(where, pk__in=list(persons)).values_list("pk", flat=True))


# The deals and their moves, and what may be shown of them


@dataclass(frozen=True)
class _Told:
    actor: access.Actor
    node: int
    trees: Sequence[Mapping[int, int]]
    found: comparing.Compared
    shown: int | None
    rows: dict[int, tuple[object, ...]] = field(default_factory=dict)
    """deal -> what is shown of it by name, as far as read"""

    @cached_property
    def readable(self) -> Array:
        """Which deals the actor may read by name: those whose owner of today lies within reach."""
        if not access.may(self.actor, "deal.read"):
            return np.zeros(len(self.found.deals), bool)
        where = people.scope(self.actor, "deal.read", "pk")
        near = Person.objects.filter(where).values_list("pk", flat=True)
        if self.actor.person is None or _whole(self.actor):
            return np.ones(len(self.found.deals), bool)
        mine = bridges.members(near, self.found.persons)[self.found.now]
        held = deal_queries.shared_with(self.actor)
        return mine | np.isin(self.found.deals, list(held)) if held else mine

    # Filters

    def narrowed(self, asked: Asked) -> _Told:
        """Only the deals that were asked for."""
        if not asked.narrowed:
            return self
        keep = np.ones(len(self.found.deals), bool)
        if asked.kinds:
            wanted = [_code(kind) for kind in asked.kinds]
            keep &= np.isin(self.found.moves.kind, wanted)
        for name in ("product", "stage"):
            if text := getattr(asked, name):
                keep &= np.isin(self._last(name), [k for k, t in self._offered(name).items() if t == text])
        keep &= self._within(asked)
        if asked.pushes:
            keep &= self._last("pushes") >= asked.pushes
        if asked.account:
            keep &= self.readable & np.isin(
                self._last("account"), comparing.words_with(asked.account.replace(chr(0), ""))
            )
        if asked.owners:
            keep &= self.readable & np.isin(self._last("owner"), self._owners(asked.owners))
        return replace(self, found=comparing.picked(self.found, np.flatnonzero(keep)))

    def of_type(self, kind: rules.Kind | None, end: datetime, at: datetime) -> _Told:
        """Only the deals that a forecast type takes, by their deal type at the end."""
        if kind is None:
            return self
        ids = self.found.deals.tolist()
        known = deal_queries.values_now(set(ids)) if end >= at else deal_queries.values_as_of(set(ids), end)
        keep = [kind.takes(known.get(deal, {}).get("type", "")) for deal in ids]
        return replace(self, found=comparing.picked(self.found, np.flatnonzero(np.array(keep, bool))))

    def _within(self, asked: Asked) -> Array:
        amount = self._last("amount")
        keep = np.ones(len(amount), bool)
        if asked.amount_from is not None:
            keep &= amount >= asked.amount_from
        if asked.amount_to is not None:
            keep &= amount <= asked.amount_to
        return keep

    def _owners(self, public_ids: Sequence[str]) -> list[int]:
        """Persons of public ids whose deals the actor may read. Raises NotFound for any other."""
        where = people.scope(self.actor, "deal.read", "pk")
        found = Person.objects.filter(where, public_id__in=public_ids)
        if len(found) < len(set(public_ids)):
            raise access.NotFound("owner")
        return [person.pk for person in found]

    def _last(self, name: str) -> Array:
        """A column as it was at the end, or at the start where the deal is not there any more."""
        a, b = self.found.before, self.found.after
        column: Array = np.where(b.there, getattr(b, name), getattr(a, name))
        return column

    def _texts(self, name: str) -> dict[int, str]:
        return comparing.texts(tracks.present(self._last(name)))

    @cached_property
    def stages(self) -> dict[int, str]:
        return self._texts("stage")

    def choices(self) -> Choices:
        owners: list[tuple[str, str]] = []
        if access.may(self.actor, "deal.read"):
            near = tracks.present(self._last("owner")[self.readable])
            rows = Person.objects.filter(people.scope(self.actor, "deal.read", "pk"), pk__in=near)
            ordered = rows.order_by("name", "pk").values_list("public_id", "name")
            owners = list(ordered) if len(near) <= 400 else []
        products, stages = (sorted(set(self._offered(name).values()))[:400] for name in ("product", "stage"))
        return Choices(tuple(products), tuple(stages), tuple(owners))

    def _offered(self, name: str) -> dict[int, str]:
        """The words of a column one may filter by: of deals the actor may read, and those that many deals share.

        A word of few deals elsewhere says something about one of them.
        """
        words = self._last(name)
        common = np.flatnonzero(np.bincount(words) >= LEAST_ALIKE)
        near = set(tracks.present(words[self.readable])) | set(common.tolist())
        return {key: text for key, text in self._texts(name).items() if key in near}

    # Bars

    def bars(self) -> list[ChangeBar]:
        moves = self.found.moves
        parts = []
        for code, kind in enumerate(deals.REASONS):
            places, values = np.flatnonzero((moves.reason == code) & (moves.by_reason != 0)), moves.by_reason
            if code in (bridges.AMOUNT_UP, bridges.AMOUNT_DOWN):
                amount = moves.by_amount > 0 if code == bridges.AMOUNT_UP else moves.by_amount < 0
                places, values = np.flatnonzero(amount), moves.by_amount
            if code == bridges.SPLIT:
                values = np.where(moves.reason == code, moves.by_reason, 0) + moves.by_split
                # Another split inside the node moves nothing of it.
                places = np.flatnonzero(values)
                places = places if bridges.total(values) else places[:0]
            if len(places):
                parts.append((kind, places, values))
        near = [self._near(places, values) for _, places, values in parts]
        self._read(np.concatenate(near or [np.zeros(0, np.int64)]))
        return [self._bar(kind, places, values) for kind, places, values in parts]

    def _bar(self, kind: str, places: Array, values: Array) -> ChangeBar:
        named, asks, more = self._behind(places, values)
        count = _deals(self.found.deals[places])
        return ChangeBar(kind, count, bridges.total(values[places]), named, more, asks)

    def _near(self, places: Array, values: Array) -> Array:
        """Of these deals those to be listed by name, largest first."""
        mine = places[self.readable[places]]
        mine = mine[np.argsort(-np.abs(values[mine]), kind="stable")]
        listed: Array = mine[: self.shown]
        return listed

    def _behind(self, places: Array, values: Array) -> tuple[tuple[DealMoved, ...], tuple[Ask, ...], int]:
        """(the deals that may be named, whom to ask of the others, how many more could be named)."""
        near = self.readable[places]
        named = self._named(self._near(places, values))
        return tuple(named), self._asks(places[~near], values), int(near.sum()) - len(named)

    def _read(self, places: Array) -> None:
        """Read what is shown of deals, once more through the reader's own rights."""
        ids = set(self.found.deals[places.astype(np.int64)].tolist()) - self.rows.keys()
        columns = ("pk", "public_id", "name", "external_id", "account", "owner__name", "owner_label")
        for some in staging.chunks(sorted(ids), 5000):
            rows = Deal.objects.seen_by(self.actor, "deal.read").filter(pk__in=some)
            self.rows.update({row[0]: row for row in rows.values_list(*columns)})

    def _named(self, places: Array) -> list[DealMoved]:
        self._read(places)
        ids = self.found.deals[places].tolist()
        return [
            self._moved(place, self.rows[id])
            for place, id in zip(places.tolist(), ids, strict=True)
            if id in self.rows
        ]

    def _moved(self, place: int, row: tuple[object, ...]) -> DealMoved:
        a, b, moves = self.found.before, self.found.after, self.found.moves
        _, public_id, name, external, account, owner, label = row
        return DealMoved(
            public_id=str(public_id),
            name=str(name or external),
            account=str(account),
            owner=str(owner or label or ""),
            kind=_kind(int(moves.kind[place])),
            before=int(moves.before[place]) if moves.was[place] else None,
            after=int(moves.after[place]) if moves.is_[place] else None,
            by_reason=int(moves.by_reason[place]),
            by_amount=int(moves.by_amount[place]),
            by_split=int(moves.by_split[place]),
            category_before=tracks.CATEGORIES[a.category[place]] if a.there[place] else "",
            category_after=tracks.CATEGORIES[b.category[place]] if b.there[place] else "",
            due_before=_date(a.due[place]) if a.there[place] else None,
            due_after=_date(b.due[place]) if b.there[place] else None,
            stage=self.stages.get(int((b if b.there[place] else a).stage[place]), ""),
            pushes=int((b if b.there[place] else a).pushes[place]),
            holder=self._holder(place),
            held_before=int(self.found.held_before[place]),
            held_after=int(self.found.held_after[place]),
        )

    def _holder(self, place: int) -> str:
        """Who holds the share the row is of; nothing of a deal that is divided at neither instant."""
        if self.found.held_before[place] == self.found.held_after[place] == shares.WHOLE:
            return ""
        who = int(self.found.after.owner[place]) or int(self.found.before.owner[place])
        return people.names([who]).get(who, "")

    def _asks(self, places: Array, values: Array) -> tuple[Ask, ...]:
        """Who answers for deals that are not named: the report whose branch they are in, else the owner's manager."""
        if not len(places):
            return ()
        who, persons = np.unique(self.answers[places], return_inverse=True)
        counts = np.bincount(persons, minlength=len(who)).tolist()
        sums = bridges.totals(values[places], persons, len(who))
        nodes, open_to = self.askable
        asks = [
            Ask(nodes.get(person), count, amount, person in open_to and person != self.node)
            for person, count, amount in zip(who.tolist(), counts, sums, strict=True)
        ]
        return tuple(sorted(asks, key=lambda ask: (-abs(ask.amount), ask.person.name if ask.person else "")))

    @cached_property
    def askable(self) -> tuple[dict[int, people.Node], set[int]]:
        """(who answers for any of the deals that are not named, whose changes the actor may open)."""
        nodes = {one.id: one for one in people.nodes(tracks.present(self.answers[~self.readable]))}
        return nodes, _openable(self.actor, nodes)

    @cached_property
    def answers(self) -> Array:
        """deal -> the person who answers for it, 0 for nobody."""
        branch = self.branch
        leads = bridges.members(numbers.leaders(tracks.present(branch)), self.found.persons)
        managers = np.zeros(self.found.persons, np.int64)
        owners = tracks.present(self.found.now[(branch == 0) | ~leads[branch]])
        for owner in owners:
            managers[owner] = people.manager_of(owner) or 0
        return np.where((branch > 0) & leads[branch], branch, managers[self.found.now])

    @cached_property
    def branch(self) -> Array:
        """deal -> the direct report in whose branch it stands at the end, else stood at the start; 0 outside."""
        at_end = np.where(self.found.is_owned & self.found.after.there, self._in_tree(1), 0)
        at_start = np.where(self.found.was_owned & self.found.before.there, self._in_tree(0), 0)
        return np.where(at_end > 0, at_end, at_start)

    def _in_tree(self, which: int) -> Array:
        column = np.zeros(self.found.persons, np.int64)
        for person, branch in self.trees[which].items():
            if person < self.found.persons:
                column[person] = branch if branch < self.found.persons else 0
        owner = (self.found.before if which == 0 else self.found.after).owner
        return column[owner]

    # By report

    def by_report(self) -> list[Branch]:
        """Every direct report's start and end; what moved between branches came here and left there."""
        moves = self.found.moves
        start, end = np.where(moves.was, self._in_tree(0), 0), np.where(moves.is_, self._in_tree(1), 0)
        persons = sorted({*self.trees[0].values(), *self.trees[1].values()})
        place = np.zeros(max([*persons, self.found.persons]) + 1, np.int64)
        place[persons] = np.arange(1, len(persons) + 1)
        crossing = moves.was & moves.is_ & (place[start] != place[end])
        count = len(persons) + 1
        sums = [
            bridges.totals(values, place[column], count)
            for values, column in (
                (moves.before, start),
                (moves.after, end),
                (np.where(crossing, moves.after, 0), end),
                (np.where(crossing, moves.before, 0), start),
            )
        ]
        open_to = _openable(self.actor, persons)
        nodes = {one.id: one for one in people.nodes(persons)}
        found, hidden = [], [0, 0, 0, 0]
        for person in persons:
            values = [column[place[person]] for column in sums]
            if person in open_to or person == self.node:
                own = person == self.node
                found.append(_branch(nodes.get(person), own, values))
            else:
                hidden = [a + b for a, b in zip(hidden, values, strict=True)]
        if any(hidden):
            found.append(_branch(None, False, hidden))
        return [branch for branch in found if not branch.own or branch.start or branch.end]

    # Pushes

    def pushes(self) -> Pushes:
        a, b = self.found.before, self.found.after
        still = b.there & (b.status == 0) & self.found.is_owned
        times: list[tuple[int, int, int]] = []
        for count in np.unique(b.pushes[still & (b.pushes > 0)]).tolist():
            these = still & (b.pushes == count)
            times.append((count, int(these.sum()), bridges.total(b.amount[these])))
        lately = still & (b.pushes > np.where(a.there, a.pushes, 0))
        again = np.flatnonzero(lately & (b.pushes >= 2))
        named, others, _ = self._behind(again, b.amount)
        return Pushes(
            tuple(times), int(lately.sum()), bridges.total(b.amount[lately]), named, len(again), others
        )


def _branch(person: people.Node | None, own: bool, values: Sequence[int]) -> Branch:
    start, end, came, left = values
    return Branch(person, own, start, end, came, left, may_open=person is not None and not own)


def _whole(actor: access.Actor) -> bool:
    return any(reach is access.Reach.COMPANY for _, reach in access.reaches(actor, "deal.read"))


def _code(kind: str) -> int:
    if kind not in KINDS:
        raise access.Refused("bad_reason", f"A reason is one of {', '.join(KINDS)}.")
    return bridges.NONE if kind == UNCHANGED else deals.REASONS.index(kind)


def _kind(code: int) -> str:
    return UNCHANGED if code == bridges.NONE else deals.REASONS[code]


def _date(day: int) -> date | None:
    return None if day == tracks.NO_DAY else date(1970, 1, 1) + timedelta(days=int(day))


# The flow between categories

ELSEWHERE = ("new", "other_owner", "earlier", "later", "lost", "gone", "no_date")
PLACES: tuple[str, ...] = (
    "closed", "commit", "most_likely", "best_case", "pipeline", "omitted", "none", *ELSEWHERE
)  # fmt: skip
"""Where a deal can stand at an instant: a category of the period (``none``: no category), or elsewhere."""


def _flow(found: comparing.Compared, period: Period) -> list[FlowCell]:
    """Every deal that stood in the period at one of the instants, by where it stood and where it stands."""
    source = _places(found.before, found.was_owned, period, nowhere="new")
    goal = _places(found.after, found.is_owned, period, nowhere="gone")
    inside = len(PLACES) - len(ELSEWHERE)
    was_in, is_in = source < inside, goal < inside
    keep = was_in | is_in
    cells = source[keep].astype(np.int64) * len(PLACES) + goal[keep]
    which, places = np.unique(cells, return_inverse=True)
    # A deal that is divided inside the node counts once in a cell.
    pairs = np.unique(np.stack([places, found.deals[keep]]), axis=1)[0].astype(np.int64)
    counts = np.bincount(pairs, minlength=len(which)).tolist() if len(which) else []
    before = bridges.totals(np.where(was_in, found.before.amount, 0)[keep], places, len(which))
    after = bridges.totals(np.where(is_in, found.after.amount, 0)[keep], places, len(which))
    return [
        FlowCell(PLACES[cell // len(PLACES)], PLACES[cell % len(PLACES)], count, was, now)
        for cell, count, was, now in zip(which.tolist(), counts, before, after, strict=True)
    ]


def _places(states: tracks.States, owned: Array, period: Period, *, nowhere: str) -> Array:
    """deal -> where it stands, as a place in PLACES."""
    first, last = tracks.day(period.starts_on), tracks.day(period.ends_on)
    by_category = np.array(
        [PLACES.index(name or "none") if (name or "none") in PLACES else 0 for name in tracks.CATEGORIES]
    )
    at = by_category[states.category]
    for name, applies in (
        ("no_date", states.due == tracks.NO_DAY),
        ("earlier", (states.due < first) & (states.due != tracks.NO_DAY)),
        ("later", states.due > last),
        ("lost", states.status == 2),
        ("other_owner", ~owned),
        (nowhere, ~states.there if nowhere == "gone" else ~states.there | states.bare),
    ):
        at = np.where(applies, PLACES.index(name), at)
    return at
