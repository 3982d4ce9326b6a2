"""Reading deals: lists, one deal, states at an instant, sums, what is not counted, imports, evidence.

What an actor reads goes through ``seen_by``. Functions that take persons instead of an actor are for callers
that checked access already and say so.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, Sum

from fairlead.deals import rules, shares, splits, staging, timelines
from fairlead.deals.models import (
    Category,
    Deal,
    DealEvent,
    Division,
    Import,
    OwnCategory,
    OwnerName,
    PastOwner,
    Rate,
    Source,
    held_now,
)
from fairlead.deals.rules import DealState, RateRow
from fairlead.deals.shares import Part
from fairlead.deals.timelines import Event, Fact
from fairlead.forecasting import types as forecasting
from fairlead.forecasting.periods import Period
from fairlead.people import access, kept
from fairlead.people import queries as people
from fairlead.people.guard import GuardedQuerySet
from fairlead.territories import queries as territories

NEWEST = date.max
"""As a day: the newest mapping there is."""


# Settings


def rates(*, known_at: datetime | None = None) -> rules.Rates:
    """All conversion rates into the organisation's currency, or those set by an instant."""
    return kept.once(("rates", known_at), lambda: _rates(known_at))


def _rates(known_at: datetime | None) -> rules.Rates:
    known = Q() if known_at is None else Q(set_at__lte=known_at)
    rows = Rate.objects.filter(known).order_by("pk").values_list("currency", "starts_on", "rate")
    return rules.Rates(people.house().currency, [RateRow(*row) for row in rows])


_MOST_STAGES = 1_000


def mapping(on: date = NEWEST, *, known_at: datetime | None = None) -> dict[str, str]:
    """stage -> forecast category in force on a day, from what had been set by an instant (default: now)."""
    return dict(kept.once(("mapping", on, known_at), lambda: _mapping(on, known_at)))


def _mapping(on: date, known_at: datetime | None) -> dict[str, str]:
    known = Q() if known_at is None else Q(set_at__lte=known_at)
    rows = Category.objects.filter(known, starts_on__lte=on).order_by("starts_on", "pk")
    return dict(rows.values_list("stage", "category"))


def unmapped(stages: Iterable[str]) -> dict[str, str]:
    """The stages that mean no category yet -> the category to offer, '' where there is nothing to offer."""
    mapped = mapping()
    return {stage: rules.suggest_category(stage) or "" for stage in sorted(stages) if stage not in mapped}


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _start_of_day(time_zone: str) -> timelines.StartOfDay:
    zone = _zone(time_zone)

    @lru_cache(maxsize=20_000)
    def start(day: date) -> datetime:
        return datetime.combine(day, time(), zone)

    return start


# Conditions

GONE = Q(missing_answer="deleted")
UNANSWERED = Q(missing_since__isnull=False, missing_answer="")


def open_stages() -> list[str]:
    """The stages that open deals are in. One step of the index per stage, however many deals there are."""
    found: list[str] = []
    rows = Deal.objects.for_system("the names of stages in use").filter(status="open").order_by("stage")
    while len(found) < _MOST_STAGES:
        after = rows.filter(stage__gt=found[-1]) if found else rows
        stage = after.values_list("stage", flat=True).first()
        if stage is None:
            break
        found.append(stage)
    return found


def _unmapped_stage(on: date) -> Q:
    """Open deals without any category: no own choice, stage not mapped, no word from the source."""
    silent = Q(forecast_category="") | ~_source_says(None)
    mapped = mapping(on)
    without = [stage for stage in open_stages() if stage not in mapped]
    return Q(status="open", own_category="", stage__in=without) & silent


def _source_says(category: str | None) -> Q:
    """Deals whose source names this category (None: any known one), in any of its spellings."""
    found = Q(pk__in=[])
    for words in _spellings(category):
        found |= Q(forecast_category__iexact=words)
    return found


def _spellings(category: str | None) -> list[str]:
    words = rules.category_words()
    found = [word for word, meant in words.items() if category is None or meant == category]
    return sorted({*found, *(word.replace(" ", "_") for word in found)})


def _in_category(category: str, on: date) -> Q:
    if category == "closed":
        return Q(status="won")
    mapped = mapping(on)
    stages = [stage for stage, meant in mapped.items() if meant == category]
    from_stage = Q(stage__in=stages) | (~Q(stage__in=list(mapped)) & _source_says(category))
    still_open = Q(status="open") & (Q(own_category=category) | (Q(own_category="") & from_stage))
    return Q(status="lost") | still_open if category == "omitted" else still_open


def _not_counted(on: date) -> Q:
    still_open = Q(status="open") & (Q(amount_minor=None) | Q(close_on=None))
    future = Q(status__in=["won", "lost"], closed_on__gt=on)
    return Q(owner=None) | still_open | future | UNANSWERED | _unmapped_stage(on)


def counted_open(path: str = "") -> Q:
    """Open deals that count in sums: not vanished from the source, or kept on purpose. ``path`` leads to the deal."""
    there = Q(**{f"{path}missing_since": None}) | Q(**{f"{path}missing_answer": "kept"})
    return Q(**{f"{path}status": "open"}) & there


def counted_won() -> Q:
    """Won deals that count as booked: a booking stays until somebody says the record was deleted."""
    return Q(status="won") & ~GONE


def open_count(actor: access.Actor, owners: Collection[int]) -> int:
    """How many open deals of some owners the actor may read. Raises NotAllowed."""
    access.require(actor, "deal.read")
    return Deal.objects.seen_by(actor, "deal.read").filter(counted_open(), owner__in=list(owners)).count()


def past_their_day(actor: access.Actor, today: date) -> int:
    """How many of the actor's own open deals have a close date that has passed."""
    if actor.person is None or not access.may(actor, "deal.read"):
        return 0
    own = Deal.objects.seen_by(actor, "deal.read").filter(counted_open(), owner=actor.id)
    return own.filter(close_on__lt=today).count()


# Lists


@dataclass(frozen=True, slots=True)
class DealFilter:
    """What to show. Empty means everything within the actor's reach."""

    search: str = ""
    owners: tuple[str, ...] = ()
    """public ids of persons"""
    status: str = ""
    stage: str = ""
    category: str = ""
    close_from: date | None = None
    close_to: date | None = None
    only_not_counted: bool = False

    @property
    def is_rare(self) -> bool:
        """Whether few of many deals may match, so that walking them in order could walk past all of them."""
        return bool(self.search or self.category or self.stage or self.only_not_counted)


_FEW = 500
"""Up to so many matches are found first and then put in order; where there are more, the order is walked."""


@dataclass(frozen=True, slots=True)
class DealLine:
    """A deal in a list. Money in minor units of ``currency``; ``home_minor`` in the organisation's."""

    public_id: str
    name: str
    account: str
    owner: str
    owner_id: str
    """public id of the owner, '' where nobody is known by the name"""
    amount_minor: int | None
    currency: str
    home_minor: int | None
    stage: str
    category: str
    category_from: rules.CategoryFrom
    category_by: str
    """who set it, where it is the own choice"""
    close_on: date | None
    closed_on: date | None
    status: str
    pushes: int
    created_on: date | None
    age_days: int | None
    changed_at: datetime
    next_step: str
    missing_since: datetime | None
    number: str = ""
    """what the source calls it, for a deal without a name"""


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows and where the next ones begin; ``next`` is None on the last page."""

    rows: tuple[DealLine, ...]
    next: str | None


Order = Literal["close_on", "amount", "name", "changed"]
_ORDERS: dict[str, tuple[str, bool]] = {
    "close_on": ("close_on", False),
    "amount": ("home_minor", True),
    "name": ("name", False),
    "changed": ("changed_at", True),
}
_LINE = (
    "pk",
    "public_id",
    "name",
    "account",
    "owner__name",
    "owner__public_id",
    "owner_label",
    "amount_minor",
    "currency",
    "home_minor",
    "stage",
    "forecast_category",
    "own_category",
    "own_by__name",
    "close_on",
    "closed_on",
    "status",
    "pushes",
    "created_on",
    "changed_at",
    "next_step",
    "missing_since",
    "external_id",
)


def list_deals(
    actor: access.Actor,
    *,
    filters: DealFilter | None = None,
    order: Order = "close_on",
    after: str | None = None,
    limit: int = 50,
    on: date = NEWEST,
) -> Page:
    """The deals the actor may see, one page.

    Order: close day first to last, amount and last change from the top, name from A; unknown ones come last.
    ``after`` is the ``next`` of the page before. ``on`` is the day whose stage mapping is in force and from
    which ages count. Raises NotAllowed, and Refused for an odd order or cursor.
    """
    if order not in _ORDERS:
        raise access.Refused("bad_order", f"Deals are ordered by {', '.join(_ORDERS)}.")
    asked, seen = filters or DealFilter(), Deal.objects.seen_by(actor, "deal.read").exclude(GONE)
    found = _filtered(seen, asked, on)
    if asked.is_rare:
        few = list(found.order_by().values_list("pk", flat=True)[: _FEW + 1])
        found = found if len(few) > _FEW else seen.filter(pk__in=few)
    column, descending = _ORDERS[order]
    rows = list(_page(found, column, descending, after, limit + 1))
    lines = tuple(_line(row, mapping(on), on) for row in rows[:limit])
    return Page(lines, _cursor(rows[limit - 1], column) if len(rows) > limit else None)


def _filtered(found: GuardedQuerySet[Deal], filters: DealFilter, on: date) -> GuardedQuerySet[Deal]:
    if filters.search:
        words = filters.search
        found = found.filter(
            Q(name__icontains=words) | Q(account__icontains=words) | Q(external_id__iexact=words)
        )
    if filters.owners:
        found = found.filter(owner__public_id__in=filters.owners)
    for name in ("status", "stage"):
        if value := getattr(filters, name):
            found = found.filter(**{name: value})
    if filters.category:
        found = found.filter(_in_category(filters.category, on))
    if filters.close_from:
        found = found.filter(close_on__gte=filters.close_from)
    if filters.close_to:
        found = found.filter(close_on__lte=filters.close_to)
    return found.filter(_not_counted(on)) if filters.only_not_counted else found


def _page(
    found: GuardedQuerySet[Deal], column: str, descending: bool, after: str | None, limit: int
) -> Iterator[tuple[Any, ...]]:
    """Rows with a value in order, then those without: two walks along one index."""
    value, last = _read_cursor(after, column)
    rows: list[tuple[Any, ...]] = []
    way = "-" if descending else ""
    if after is None or value is not None:
        known = found.exclude(**{column: None}) if column in {"close_on", "home_minor"} else found
        if value is not None:
            further = {f"{column}__{'lt' if descending else 'gt'}": value}
            same = {column: value, f"pk__{'lt' if descending else 'gt'}": last}
            bound = {f"{column}__{'lte' if descending else 'gte'}": value}
            known = known.filter(Q(**bound), Q(**further) | Q(**same))
        rows = list(known.order_by(f"{way}{column}", f"{way}pk").values_list(*_LINE)[:limit])
    if len(rows) < limit and column in {"close_on", "home_minor"}:
        blank = found.filter(**{column: None})
        if after is not None and value is None:
            blank = blank.filter(**{f"pk__{'lt' if descending else 'gt'}": last})
        rows += blank.order_by(f"{way}pk").values_list(*_LINE)[: limit - len(rows)]
    return iter(rows)


def _cursor(row: tuple[Any, ...], column: str) -> str:
    value = row[_LINE.index(column)]
    text = value.isoformat() if isinstance(value, date | datetime) else value
    return base64.urlsafe_b64encode(json.dumps([text, row[0]]).encode()).decode().rstrip("=")


def _read_cursor(after: str | None, column: str) -> tuple[Any, int]:
    if after is None:
        return None, 0
    try:
        text, last = json.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
        readers: dict[str, Callable[[Any], Any]] = {
            "close_on": date.fromisoformat,
            "changed_at": _instant,
            "home_minor": _whole,
            "name": _word,
        }
        return None if text is None else readers[column](text), _whole(last)
    except (ValueError, TypeError, OverflowError) as odd:
        raise access.Refused("bad_cursor", "This page does not exist. Begin at the first one.") from odd


def _whole(value: Any) -> int:
    """A number as databases keep it. Raises ValueError, TypeError or OverflowError."""
    number = int(value)
    if abs(number) >= 2**63:
        raise OverflowError(number)
    return number


def _instant(value: Any) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("an instant has an offset")
    return moment.astimezone(UTC)


def _word(value: Any) -> str:
    """A text that every database takes. Raises ValueError."""
    text = str(value)
    text.encode()  # half a surrogate is a ValueError
    if "\x00" in text:
        raise ValueError("not in PostgreSQL")
    return text


def _line(row: tuple[Any, ...], mapped: Mapping[str, str], on: date) -> DealLine:
    v = dict(zip(_LINE, row, strict=True))
    category, category_from = rules.resolve_category(
        status=v["status"],
        own=v["own_category"],
        stage=v["stage"],
        source=v["forecast_category"],
        mapping=mapped,
    )
    ends_on = v["closed_on"] if v["status"] != "open" and v["closed_on"] else on
    known = v["created_on"] is not None and ends_on != NEWEST
    return DealLine(
        public_id=v["public_id"],
        name=v["name"],
        account=v["account"],
        owner=v["owner__name"] or v["owner_label"],
        owner_id=v["owner__public_id"] or "",
        amount_minor=v["amount_minor"],
        currency=v["currency"],
        home_minor=v["home_minor"],
        stage=v["stage"],
        category=category,
        category_from=category_from,
        category_by=(v["own_by__name"] or "") if category_from == "own" else "",
        close_on=v["close_on"],
        closed_on=v["closed_on"],
        status=v["status"],
        pushes=v["pushes"],
        created_on=v["created_on"],
        age_days=(ends_on - v["created_on"]).days if known else None,
        changed_at=v["changed_at"],
        next_step=v["next_step"],
        missing_since=v["missing_since"],
        number=v["external_id"],
    )


# One deal


@dataclass(frozen=True, slots=True)
class Choice:
    """An own category as it was set, '' where it was cleared."""

    category: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DealDetail:
    """A deal with its history in both clocks, newest event first."""

    line: DealLine
    events: tuple[Event, ...]
    choices: tuple[Choice, ...]
    account: territories.AccountSeen | None
    """the account with its contacts, where the actor may see it"""
    source: str
    external_id: str
    product: str
    origin: str
    type: str
    extra: Mapping[str, str]
    first_recorded_at: datetime
    last_recorded_at: datetime
    may_categorise: bool
    division: DivisionSeen | None = None
    may_split: bool = False
    by_share: bool = False
    """whether the actor reads it for a share alone, and so nothing of what is its owner's"""


@dataclass(frozen=True, slots=True)
class ShareSeen:
    """One share of a deal. Money in minor units of the organisation's currency; None where the deal has no amount."""

    person: str
    person_id: str
    kind: shares.Kind
    hundredths: int
    home_minor: int | None

    @property
    def percent(self) -> str:
        return shares.percent(self.hundredths)


@dataclass(frozen=True, slots=True)
class DivisionSeen:
    """How a deal is divided, from which day on, who said so and when. ``before`` counts earlier divisions."""

    shares: tuple[ShareSeen, ...]
    starts_on: date
    recorded_at: datetime
    set_at: datetime
    by: str
    before: int

    @property
    def revenue(self) -> tuple[ShareSeen, ...]:
        return tuple(one for one in self.shares if one.kind == "revenue")

    @property
    def overlay(self) -> tuple[ShareSeen, ...]:
        return tuple(one for one in self.shares if one.kind == "overlay")


def _division(actor: access.Actor, deal_id: int, home_minor: int | None) -> DivisionSeen | None:
    """The division in force; None where the deal was never divided. One that was ended has no shares."""
    rows = Division.objects.seen_by(actor, "deal.read").filter(deal=deal_id)
    said = list(rows.order_by("-starts_on", "-recorded_at", "-pk"))
    if not said:
        return None
    newest = said[0]
    given = shares.given_of(newest.shares)
    held = [("revenue", part) for part in shares.parts(given)]
    held += [("overlay", part) for part in shares.credits_of(given)]
    names = {node.id: node for node in people.nodes([part.person for _, part in held])}
    whose = people.names([int(newest.by.removeprefix("person:"))]) if newest.by.startswith("person:") else {}
    return DivisionSeen(
        tuple(
            ShareSeen(
                names[part.person].name if part.person in names else "",
                names[part.person].public_id if part.person in names else "",
                "revenue" if kind == "revenue" else "overlay",
                part.hundredths,
                None if home_minor is None else part.of(home_minor),
            )
            for kind, part in held
        ),
        newest.starts_on,
        newest.recorded_at,
        newest.set_at,
        next(iter(whose.values()), "an import"),
        len(said) - 1,
    )


def held_in_words(ids: Collection[int]) -> dict[int, str]:
    """deal -> ``Rosa Lindqvist 60 %, Pia Kranz 40 %`` of the divided among deals that the reader may read."""
    held = splits.of_deals(ids)
    names = people.names({part.person for parts in held.values() for part in parts})
    return {
        deal: ", ".join(f"{names.get(part.person, '')} {shares.percent(part.hundredths)}" for part in parts)
        for deal, parts in held.items()
    }


def share_rows(
    actor: access.Actor, keys: Mapping[int, str], known_by: datetime | None = None
) -> list[shares.SplitRow]:
    """Every division of the deals the actor may read, as files say it, or those known by an instant.

    ``keys``: person -> how the file names them.
    """
    known = Q() if known_by is None else Q(recorded_at__lt=known_by)
    rows = (
        Division.objects.seen_by(actor, "deal.read")
        .filter(known)
        .order_by("deal__external_id", "starts_on", "recorded_at", "pk")
        .values_list("deal__external_id", "starts_on", "recorded_at", "shares")
    )
    found = list(rows)
    return [
        shares.SplitRow(
            deal, keys.get(one.person, ""), Decimal(one.hundredths) / 100, one.kind, starts, known
        )
        if one is not None
        else shares.SplitRow(deal, "", Decimal(0), "revenue", starts, known)
        for deal, starts, known, kept in found
        for one in (shares.given_of(kept) or (None,))
    ]


def accounts_of(source: str, deals: Collection[str]) -> dict[str, str]:
    """Deal (its id in the source) -> its account as the source names it, for an import of contacts."""
    rows = Deal.objects.for_system("an import of contacts that name deals finds their accounts")
    found: dict[str, str] = {}
    wanted = sorted(deals)
    for start in range(0, len(wanted), _MANY):
        some = rows.filter(source__name=source, external_id__in=wanted[start : start + _MANY])
        found |= dict(some.values_list("external_id", "account"))
    return found


_MANY = 5_000


def shared_with(actor: access.Actor) -> set[int]:
    """Deals that the actor may read for a share somebody within reach holds."""
    if not access.may(actor, "deal.read"):
        return set()
    return set(held_now(actor))


def deal(actor: access.Actor, public_id: str, *, on: date = NEWEST) -> DealDetail:
    """One deal with its history. Raises NotFound for a deal out of the actor's reach."""
    found = Deal.objects.seen_by(actor, "deal.read").exclude(GONE).filter(public_id=public_id)
    row = found.values_list(*_LINE).first()
    if row is None:
        raise access.NotFound("deal")
    more = found.values(
        "pk", "owner_id", "source__name", "source__static", "external_id", "product", "origin", "type", "extra",
        "first_recorded_at", "last_recorded_at",
    ).get()  # fmt: skip
    line = _line(row, mapping(on), on)
    return DealDetail(
        line=line,
        events=tuple(reversed(_events(actor, more["pk"], more["source__static"]))),
        choices=_choices(actor, more["pk"]),
        account=territories.account(actor, source=more["source__name"], name=line.account),
        source=more["source__name"],
        external_id=more["external_id"],
        product=more["product"],
        origin=more["origin"],
        type=more["type"],
        extra=more["extra"],
        first_recorded_at=more["first_recorded_at"],
        last_recorded_at=more["last_recorded_at"],
        may_categorise=_may_categorise(actor, public_id),
        division=_division(actor, more["pk"], line.home_minor),
        may_split=access.may(actor, "split.write"),
        by_share=more["pk"] in held_now(actor) and not _reaches_owner(actor, more["owner_id"]),
    )


def _reaches_owner(actor: access.Actor, owner: int | None) -> bool:
    return any(reach is access.Reach.COMPANY for _, reach in access.reaches(actor, "deal.read")) or (
        owner is not None and people.may_on(actor, "deal.read", owner)
    )


def _events(actor: access.Actor, deal_id: int, static: Iterable[str]) -> list[Event]:
    staged = Import.objects.filter(status="staged").values("pk")
    rows = (
        DealEvent.objects.seen_by(actor, "deal.read")
        .filter(deal=deal_id)
        .exclude(run__in=staged)
        .order_by("pk")
    )
    facts = [
        Fact(*row) for row in rows.values_list("field", "old", "new", "at", "at_from", "recorded_at", "by")
    ]
    return timelines.timeline(
        facts, start_of_day=_start_of_day(people.house().time_zone), static=frozenset(static)
    )


def _choices(actor: access.Actor, deal_id: int) -> tuple[Choice, ...]:
    rows = OwnCategory.objects.seen_by(actor, "deal.read").filter(deal=deal_id).order_by("-at", "-pk")
    return tuple(Choice(*row) for row in rows.values_list("category", "person__name", "at"))


def _may_categorise(actor: access.Actor, public_id: str) -> bool:
    if actor.person is None or not access.may(actor, "deal.categorise"):
        return False
    return Deal.objects.seen_by(actor, "deal.categorise").filter(public_id=public_id, status="open").exists()


# States at an instant


def state_as_of(actor: access.Actor, persons: Collection[int], instant: datetime) -> list[DealState]:
    """The deals that were these persons' at any time, as they were known at an instant (recorded before it).

    Pass the same persons for both instants of a comparison: a deal that moved away is in both lists, each time
    with the owner it had. A divided deal is there once for each share, whoever holds it. Amounts are in the
    organisation's currency at the rates of the instant's day. An actor gets the deals
    within own reach; for the sums of a team pass ``access.system``, and show no names.
    """
    return _divided(_states(list(_candidates(actor, persons).values_list(*_STATE)), instant), instant)


def states_of(ids: Collection[int], instant: datetime, *, divided: bool = True) -> list[DealState]:
    """Single deals as they were known at an instant, whosever they were. For sums; show no names.

    ``divided``: a divided deal once for each share; else every deal as a whole.
    """
    found = Deal.objects.for_system("Single deals as they were known, for sums.").filter(pk__in=ids)
    whole = _states(list(found.values_list(*_STATE)), instant)
    return _divided(whole, instant) if divided else whole


def values_as_of(ids: Collection[int], instant: datetime) -> dict[int, Mapping[str, str]]:
    """deal -> its values in canonical text as they were known at an instant. For sums; show no names."""
    found: dict[int, Mapping[str, str]] = {}
    start = _start_of_day(people.house().time_zone)
    statics = dict(Source.objects.values_list("pk", "static"))
    for some in staging.chunks(list(ids), 2000):
        rows = Deal.objects.for_system("Single deals as they were known, for sums.").filter(pk__in=some)
        sources = dict(rows.filter(changed_at__gte=instant).values_list("pk", "source_id"))
        found |= _values_now(rows.filter(changed_at__lt=instant))
        for pk, facts in _facts_of(list(sources)).items():
            known = timelines.timeline(facts, start_of_day=start, static=frozenset(statics[sources[pk]]))
            found[pk] = timelines.state_at(known, instant)
    return found


def values_now(ids: Collection[int]) -> dict[int, Mapping[str, str]]:
    """deal -> what its newest state says of type, currency, status, closing day and extra columns. For sums."""
    found: dict[int, Mapping[str, str]] = {}
    for some in staging.chunks(list(ids), 5000):
        found |= _values_now(
            Deal.objects.for_system("Single deals as they were known, for sums.").filter(pk__in=some)
        )
    return found


def _values_now(rows: GuardedQuerySet[Deal]) -> dict[int, Mapping[str, str]]:
    """Of rows that have not changed since: the newest state is the state."""
    said = rows.order_by().values_list("pk", "type", "currency", "status", "closed_on", "extra")
    return {
        pk: {**extra, "type": type, "currency": currency, "status": status, "closed_on": str(closed_on or "")}
        for pk, type, currency, status, closed_on, extra in said
    }


def _divided(states: list[DealState], instant: datetime) -> list[DealState]:
    return splits.divided(states, splits.at(instant, {state.id for state in states}))


def owners_over(ids: Collection[int]) -> dict[int, list[tuple[datetime, int | None]]]:
    """deal -> (known from when on, whose), in order, of those that changed hands. Show no names."""
    moved = PastOwner.objects.for_system("Who had single deals before they moved.").filter(deal__in=ids)
    sources = dict(moved.values_list("deal_id", "deal__source_id"))
    if not sources:
        return {}
    start, names = _start_of_day(people.house().time_zone), _labels()
    found: dict[int, list[tuple[datetime, int | None]]] = {}
    for pk, facts in _facts_of(list(sources)).items():
        known = timelines.timeline(facts, start_of_day=start)
        said = [(event.recorded_at, event.new) for event in known if event.field == "owner"]
        found[pk] = [(since, names.get((sources[pk], label))) for since, label in said]
    return found


def stages_over(ids: Collection[int]) -> dict[int, list[str]]:
    """deal -> the stages it was in, in order, each once, as its source told them. Show no names."""
    start, found = _start_of_day(people.house().time_zone), {}
    for some in staging.chunks(list(ids), 2000):
        for pk, facts in _facts_of(some).items():
            known = timelines.timeline(facts, start_of_day=start)
            said = [event.new for event in known if event.field == "stage" and event.new]
            found[pk] = list(dict.fromkeys(said))
    return found


def _states(rows: list[tuple[Any, ...]], instant: datetime) -> list[DealState]:
    day = people.house().day(instant)
    ids = [row[0] for row in rows]
    context = _Context(
        mapping(day, known_at=instant),
        rates(known_at=instant),
        day,
        _own_choices(ids, instant),
        _absences(ids, instant),
    )
    settled = [row for row in rows if row[_CHANGED] < instant]
    states = [_settled(row, context) for row in settled]
    moved = {row[0]: row for row in rows if row[_CHANGED] >= instant}
    for some in staging.chunks(list(moved), 2000):
        states += _folded({pk: moved[pk] for pk in some}, context, instant)
    return states


_STATE = (
    "pk",
    "public_id",
    "name",
    "owner_id",
    "amount_minor",
    "currency",
    "stage",
    "forecast_category",
    "status",
    "close_on",
    "closed_on",
    "changed_at",
    "source_id",
)
_CHANGED = _STATE.index("changed_at")


@dataclass(frozen=True, slots=True)
class _Context:
    mapping: Mapping[str, str]
    rates: rules.Rates
    day: date
    own: Mapping[int, str]
    absent: Mapping[int, str]

    def amount(self, minor: int | None, currency: str, status: str, closed_on: date | None) -> int | None:
        on = closed_on if status != "open" and closed_on else self.day
        return None if minor is None else self.rates.convert(minor, currency, on)

    def missing(self, deal: int, status: str) -> bool:
        """Whether a deal counts for nothing because it vanished: an open one at once, a won one when deleted."""
        word = self.absent.get(deal, "")
        return word == "deleted" or (word == "missing" and status == "open")

    def category(self, deal: int, status: str, stage: str, source: str) -> str:
        return rules.resolve_category(
            status=status, own=self.own.get(deal, ""), stage=stage, source=source, mapping=self.mapping
        )[0]


def _candidates(actor: access.Actor, persons: Collection[int]) -> GuardedQuerySet[Deal]:
    past = (
        PastOwner.objects.for_system("Finding the deals a team had before they moved.")
        .filter(name__person__in=persons)
        .values("deal")
    )
    mine = Q(owner__in=persons) | Q(pk__in=past)
    if splits.any_at_all():
        mine |= Q(pk__in=splits.ever_held(persons))
    return Deal.objects.seen_by(actor, "deal.read").filter(mine)


def _own_choices(deals: list[int], instant: datetime) -> dict[int, str]:
    """deal -> own category at the instant, where one was ever set."""
    found: dict[int, str] = {}
    for some in staging.chunks(deals, 5000):
        rows = (
            OwnCategory.objects.for_system("Own categories of deals whose state is asked.")
            .filter(deal__in=some, at__lt=instant)
            .order_by("at", "pk")
        )
        found |= dict(rows.values_list("deal_id", "category"))
    return found


def _absences(deals: list[int], instant: datetime) -> dict[int, str]:
    """deal -> what was said last of its absence before the instant, where it was ever missing."""
    found: dict[int, str] = {}
    for some in staging.chunks(deals, 5000):
        told = staging.absences_of(some)
        found |= {deal: word for deal, said in told.items() for at, word in said if at < instant}
    return found


def _settled(row: tuple[Any, ...], context: _Context) -> DealState:
    """A deal that has not changed since the instant: its newest state was its state then."""
    v = dict(zip(_STATE, row, strict=True))
    return DealState(
        id=v["pk"],
        public_id=v["public_id"],
        name=v["name"],
        owner=v["owner_id"],
        amount=context.amount(v["amount_minor"], v["currency"], v["status"], v["closed_on"]),
        category=context.category(v["pk"], v["status"], v["stage"], v["forecast_category"]),
        status=v["status"],
        stage=v["stage"],
        close_on=v["close_on"],
        closed_on=v["closed_on"],
        missing=context.missing(v["pk"], v["status"]),
    )


def _folded(deals: dict[int, tuple[Any, ...]], context: _Context, instant: datetime) -> list[DealState]:
    start = _start_of_day(people.house().time_zone)
    statics = dict(Source.objects.values_list("pk", "static"))
    names = _labels()
    states = []
    for pk, facts in _facts_of(list(deals)).items():
        v = dict(zip(_STATE, deals[pk], strict=True))
        known = timelines.timeline(facts, start_of_day=start, static=frozenset(statics[v["source_id"]]))
        values = timelines.state_at(known, instant)
        if values:
            states.append(_state_of(v, values, context, names))
    return states


def _facts_of(deals: list[int]) -> dict[int, list[Fact]]:
    staged = set(Import.objects.filter(status="staged").values_list("pk", flat=True))
    found = staging.facts_of(deals)
    return {pk: [fact for fact, run in facts if run not in staged] for pk, facts in found.items()}


def _labels() -> dict[tuple[int, str], int | None]:
    rows = OwnerName.objects.values_list("source_id", "label", "person_id")
    return {(source, label): person for source, label, person in rows}


def _state_of(
    v: dict[str, Any],
    values: dict[str, str],
    context: _Context,
    names: Mapping[tuple[int, str], int | None],
) -> DealState:
    status: Any = values.get("status", "open")
    currency = values.get("currency", context.rates.home)
    closed_on = _day(values.get("closed_on")) if status != "open" else None
    minor = None
    if "amount" in values:
        minor = rules.minor_units(Decimal(values["amount"]), currency, rounding=True)
    stage = values.get("stage", "")
    return DealState(
        id=v["pk"],
        public_id=v["public_id"],
        name=values.get("name", v["name"]),
        owner=names.get((v["source_id"], values.get("owner", ""))),
        amount=context.amount(minor, currency, status, closed_on),
        category=context.category(v["pk"], status, stage, values.get("forecast_category", "")),
        status=status,
        stage=stage,
        close_on=_day(values.get("close_on")),
        closed_on=closed_on,
        missing=context.missing(v["pk"], status),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


# Sums. Callers checked access already.


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum in minor units of the organisation's currency, and of how many deals. Deals without an amount
    are counted in ``deals`` and add nothing."""

    minor: int = 0
    deals: int = 0

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.minor + other.minor, self.deals + other.deals)


def booked(persons: Collection[int] | None, period: Period, instant: datetime | None = None) -> Amount:
    """Closed won in a period by these persons (None: by everybody, deals of nobody too).

    With an instant: as it was known then.
    """
    if instant is None:
        return sum(booked_by_owner(persons, period).values(), Amount())
    owners = None if persons is None else set(persons)
    ids = _everybody() if persons is None else persons
    states = state_as_of(access.system("Sums as they were known."), ids, instant)
    won = [
        s
        for s in states
        if s.status == "won" and s.closed_on and period.contains(s.closed_on) and not s.missing
        if owners is None or s.owner in owners
    ]
    return Amount(sum(s.amount or 0 for s in won), len({s.id for s in won}))


def _everybody() -> list[int]:
    return list(OwnerName.objects.exclude(person=None).values_list("person_id", flat=True).distinct())


def booked_by_owner(persons: Collection[int] | None, period: Period) -> dict[int | None, Amount]:
    """owner -> closed won in a period, as known now."""
    found = Deal.objects.for_system("Sums of what is booked.").filter(
        counted_won(), closed_on__range=(period.starts_on, period.ends_on)
    )
    held = _shares_of(found, persons)
    found = found.exclude(pk__in=splits.divided_now()) if held is not None else found
    if persons is not None:
        found = found.filter(owner__in=persons)
    rows = found.order_by().values_list("owner_id").annotate(Sum("home_minor"), Count("pk"))
    sums = {owner: Amount(int(minor or 0), deals) for owner, minor, deals in rows}
    for part, amount, _ in held or ():
        sums[part.person] = sums.get(part.person, Amount()) + Amount(part.of(amount), 1)
    return sums


_SORTED = ("own_category", "stage", "forecast_category")


def _shares_of(
    found: GuardedQuerySet[Deal], persons: Collection[int] | None
) -> list[tuple[Part, int, tuple[str, ...]]] | None:
    """(share, amount of the deal, its words for the category) of the divided among some deals; None: none is.

    Of these persons, or with None of everybody.
    """
    if not splits.any_at_all():
        return None
    parts = splits.now() if persons is None else splits.of_people(persons)
    wanted = None if persons is None else set(persons)
    rows = found.filter(pk__in=list(parts)).order_by().values_list("pk", "home_minor", *_SORTED)
    return [
        (part, amount or 0, tuple(words))
        for deal, amount, *words in rows
        for part in parts[deal]
        if wanted is None or part.person in wanted
    ]


def open_by_category(
    persons: Collection[int] | None, period: Period, *, on: date = NEWEST
) -> dict[str, Amount]:
    """category -> open deals due in a period; '' is the deals that have no category and so do not count."""
    totals: dict[str, Amount] = {}
    for categories in open_by_owner(persons, period, on=on).values():
        for category, amount in categories.items():
            totals[category] = totals.get(category, Amount()) + amount
    return totals


def open_by_owner(
    persons: Collection[int] | None, period: Period, *, on: date = NEWEST
) -> dict[int | None, dict[str, Amount]]:
    """owner -> category -> open deals due in a period."""
    found = Deal.objects.for_system("Sums of open deals by category.").filter(
        counted_open(), close_on__range=(period.starts_on, period.ends_on)
    )
    held = _shares_of(found, persons)
    found = found.exclude(pk__in=splits.divided_now()) if held is not None else found
    if persons is not None:
        found = found.filter(owner__in=persons)
    rows = list(found.order_by().values_list("owner_id", *_SORTED).annotate(Sum("home_minor"), Count("pk")))
    rows += [(part.person, *words, part.of(amount), 1) for part, amount, words in held or ()]
    mapped = mapping(on)
    totals: dict[int | None, dict[str, Amount]] = {}
    for owner, own, stage, said, minor, deals in rows:
        category, _ = rules.resolve_category(status="open", own=own, stage=stage, source=said, mapping=mapped)
        mine = totals.setdefault(owner, {})
        mine[category] = mine.get(category, Amount()) + Amount(int(minor or 0), deals)
    return totals


# What is not counted


@dataclass(frozen=True, slots=True)
class Hint:
    """Why deals are not counted, what to do about it, and who can. ``deals`` are the first of them."""

    reason: str
    says: str
    to_do: str
    who: str
    count: int
    more: bool
    """Whether there are more than ``count``; counting stops at a thousand."""
    deals: tuple[DealLine, ...]


_COUNTED_TO = 1000
_HINTS: dict[str, tuple[str, str, str]] = {
    "no_owner": (
        "Nobody in the tree owns this deal",
        "Add the owner under People, or correct the owner in the CRM, and import again",
        "Sales operations",
    ),
    "unmapped_stage": (
        "The stage means no forecast category",
        "Say under Settings which category the stage means",
        "Sales operations",
    ),
    "no_close_date": ("The expected close date is missing", "Enter it in the CRM", "The owner"),
    "no_amount": ("The amount is missing", "Enter it in the CRM", "The owner"),
    "closed_in_future": (
        "The deal closed on a day to come",
        "Correct the closing day in the CRM",
        "The owner",
    ),
    "duplicate": (
        "Another open deal has the same name, account and amount",
        "Close one of them in the CRM, or leave both",
        "The owner",
    ),
    "missing": (
        "The last full import did not show this deal",
        "Say whether it was deleted or is to be kept",
        "Sales operations",
    ),
}


def not_counted(
    actor: access.Actor, *, on: date, limit: int = 20, reasons: Collection[str] = tuple(_HINTS)
) -> list[Hint]:
    """What does not count, or looks as if it counted twice, within the actor's reach; one entry per reason."""
    scope = Deal.objects.seen_by(actor, "deal.read").exclude(GONE)
    still_open = scope.filter(counted_open())
    found: dict[str, Callable[[], GuardedQuerySet[Deal]]] = {
        "no_owner": lambda: still_open.filter(owner=None),
        "unmapped_stage": lambda: still_open.filter(_unmapped_stage(on)),
        "no_close_date": lambda: still_open.filter(close_on=None),
        "no_amount": lambda: still_open.filter(home_minor=None),  # the same as no amount at all, and indexed
        "closed_in_future": lambda: scope.filter(status__in=["won", "lost"], closed_on__gt=on),
        "duplicate": lambda: _duplicates(still_open),
        "missing": lambda: scope.filter(UNANSWERED),
    }
    hints = [_hint(reason, deals(), on, limit) for reason, deals in found.items() if reason in reasons]
    return [hint for hint in hints if hint.count]


def _duplicates(still_open: GuardedQuerySet[Deal]) -> GuardedQuerySet[Deal]:
    same = ("name", "account", "amount_minor")
    groups = (
        still_open.exclude(name="")
        .exclude(amount_minor=None)
        .order_by()
        .values(*same)
        .annotate(times=Count("pk"))
        .filter(times__gt=1)[:100]
    )
    where = Q(pk__in=[])
    for group in groups:
        where |= Q(**{name: group[name] for name in same})
    return still_open.filter(where)


def _hint(reason: str, deals: GuardedQuerySet[Deal], on: date, limit: int) -> Hint:
    says, to_do, who = _HINTS[reason]
    count = len(deals.order_by().values_list("pk")[: _COUNTED_TO + 1])
    rows = deals.order_by("name", "pk").values_list(*_LINE)[:limit] if count else []
    lines = tuple(_line(row, mapping(on), on) for row in rows)
    return Hint(reason, says, to_do, who, min(count, _COUNTED_TO), count > _COUNTED_TO, lines)


# Imports


@dataclass(frozen=True, slots=True)
class ImportLine:
    """One import in the list."""

    public_id: str
    source: str
    kind: str
    file_name: str
    by: str
    """the person's name, or 'system: reason'"""
    started_at: datetime
    ended_at: datetime | None
    as_of: datetime
    full: bool
    status: str
    done: int
    total: int
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """One import with its report per row."""

    line: ImportLine
    digest: str
    why: str
    problems: tuple[rules.Problem, ...]
    more_problems: int
    lines: tuple[Mapping[str, str | int], ...]
    unlisted: Mapping[str, int]
    unassigned: Mapping[str, int]
    unmapped_stages: Mapping[str, str]


_IMPORT = (
    "public_id",
    "source__name",
    "source__kind",
    "file_name",
    "by",
    "started_at",
    "ended_at",
    "as_of",
    "full",
    "status",
    "done",
    "total",
    "counts",
)


def imports(actor: access.Actor, *, limit: int = 50) -> list[ImportLine]:
    """The newest imports, dry runs and refused ones too."""
    access.require(actor, "import.read")
    return _import_lines(list(Import.objects.order_by("-pk").values_list(*_IMPORT)[:limit]))


def _import_lines(rows: list[tuple[Any, ...]]) -> list[ImportLine]:
    lines = [ImportLine(*row) for row in rows]
    ids = {line.by: int(line.by.removeprefix("person:")) for line in lines if line.by.startswith("person:")}
    names = people.names(ids.values())
    return [replace(line, by=names.get(ids.get(line.by, 0), line.by)) for line in lines]


def import_report(actor: access.Actor, public_id: str) -> ImportReport:
    """One import, its progress while it runs and its report afterwards. Raises NotFound."""
    access.require(actor, "import.read")
    row = Import.objects.filter(public_id=public_id).values_list(*_IMPORT, "digest", "report").first()
    if row is None:
        raise access.NotFound("import")
    report = row[-1]
    return ImportReport(
        line=_import_lines([row[:-2]])[0],
        digest=row[-2],
        why=report.get("why", ""),
        problems=tuple(rules.Problem(**problem) for problem in report.get("problems", [])),
        more_problems=report.get("more", 0),
        lines=tuple(report.get("lines", [])),
        unlisted=report.get("unlisted", {}),
        unassigned=report.get("unassigned", {}),
        unmapped_stages=report.get("unmapped_stages", {}),
    )


def mapping_of(actor: access.Actor, source: str) -> str:
    """The mapping (TOML) last used with a source; '' for none."""
    access.require(actor, "import.read")
    return Source.objects.filter(name=source).values_list("mapping", flat=True).first() or ""


# What sales operations keeps


@dataclass(frozen=True, slots=True)
class StageLine:
    """A stage of open deals and what it means on a day; ``offer`` is '' where there is nothing to offer."""

    stage: str
    deals: int
    category: str
    starts_on: date | None
    offer: str


def stages(actor: access.Actor, *, on: date = NEWEST) -> list[StageLine]:
    """Every stage that open deals are in or that was ever mapped, those without a category first."""
    access.require(actor, "settings.write")
    open_deals = Deal.objects.seen_by(actor, "settings.write").filter(status="open").exclude(GONE)
    counts = dict(open_deals.order_by().values_list("stage").annotate(Count("pk")))
    rows = Category.objects.filter(starts_on__lte=on).order_by("starts_on", "pk")
    mapped = {stage: (word, day) for stage, word, day in rows.values_list("stage", "category", "starts_on")}
    found = []
    for stage in sorted((counts.keys() | mapped.keys()) - {""}):
        category, starts_on = mapped.get(stage, ("", None))
        offer = rules.suggest_category(stage) or ""
        found.append(StageLine(stage, counts.get(stage, 0), category, starts_on, offer))
    return sorted(found, key=lambda line: (bool(line.category), -line.deals))


def rate_rows(actor: access.Actor) -> list[RateRow]:
    """Every conversion rate, newest day first."""
    access.require(actor, "settings.write")
    rows = Rate.objects.order_by("currency", "-starts_on", "-pk").values_list("currency", "starts_on", "rate")
    return [RateRow(*row) for row in rows]


# Evidence


def evidence(as_of: date) -> forecasting.History:
    """Everything an estimate may learn from, for the whole company. For the system's own computations.

    Ids are internal: ``Deal.id`` is the deal's key as text, owners and members are persons' keys as text.
    Amounts are floats in major units of the organisation's currency. Rows compared give changes too; first
    values do not. The reader cuts at ``as_of``; here it dates rates, tree and mapping.
    """
    house = people.house()
    statics = {pk: (frozenset(static), frozenset(more)) for pk, static, more in _columns()}
    begins = datetime.combine(as_of, time(), _zone(house.time_zone))
    held = splits.at(begins) if splits.any_at_all() else {}
    context = _Evidence(rates(), as_of, mapping(as_of), statics, _labels(), held)
    deals = list(_evidence_deals(context))
    members = [
        forecasting.Member(str(node.id), node.name, None if node.manager is None else str(node.manager))
        for node in people.tree(as_of)
    ]
    return forecasting.History(
        deals=deals,
        changes=list(_evidence_changes(context, _start_of_day(house.time_zone))),
        members=members,
        static=frozenset().union(*(static for static, _ in statics.values())),
        currency=house.currency,
        time_zone=house.time_zone,
    )


def _columns() -> list[tuple[int, list[str], list[str]]]:
    return list(Source.objects.values_list("pk", "static", "evidence"))


@dataclass(frozen=True, slots=True)
class _Evidence:
    rates: rules.Rates
    as_of: date
    mapping: Mapping[str, str]
    columns: Mapping[int, tuple[frozenset[str], frozenset[str]]]
    names: Mapping[tuple[int, str], int | None]
    held: splits.Divided

    def major(self, minor: int | None) -> float | None:
        return None if minor is None else float(rules.major_units(minor, self.rates.home))


def _evidence_deals(context: _Evidence) -> Iterator[forecasting.Deal]:
    columns = (
        "pk", "source_id", "name", "owner_id", "home_minor", "stage", "forecast_category", "own_category",
        "created_on", "close_on", "status", "closed_on", "account", "product", "type", "extra",
    )  # fmt: skip
    found = Deal.objects.for_system("Evidence for the estimate of the whole company.").exclude(GONE)
    found = found.filter(counted_open() | Q(status__in=["won", "lost"])).order_by("pk")
    for row in found.values_list(*columns).iterator(chunk_size=5000):
        v = dict(zip(columns, row, strict=True))
        static, more = context.columns[v["source_id"]]
        extra = v["extra"]
        yield forecasting.Deal(
            id=str(v["pk"]),
            name=v["name"],
            owner="" if v["owner_id"] is None else str(v["owner_id"]),
            amount=context.major(v["home_minor"]),
            stage=v["stage"],
            category=rules.resolve_category(
                status=v["status"],
                own=v["own_category"],
                stage=v["stage"],
                source=v["forecast_category"],
                mapping=context.mapping,
            )[0],
            created_on=v["created_on"],
            close_on=v["close_on"],
            status=v["status"],
            closed_on=v["closed_on"],
            account=v["account"],
            product=v["product"],
            type=v["type"],
            evidence={name: extra[name] for name in sorted(static | more) if name in extra},
            shares=tuple((str(part.person), part.low, part.high) for part in context.held.get(v["pk"], ())),
        )


_EVIDENCE_FIELDS = {
    "stage": "stage",
    "amount": "amount",
    "close_on": "close_on",
    "forecast_category": "category",
    "owner": "owner",
    "status": "status",
}


def _evidence_changes(context: _Evidence, start: timelines.StartOfDay) -> Iterator[forecasting.Change]:
    for pk, source, currency, facts in _facts_by_deal():
        if len(facts) == 1 and not facts[0].field:
            continue
        static, more = context.columns[source]
        for event in timelines.timeline(facts, start_of_day=start, static=static):
            name = _EVIDENCE_FIELDS.get(event.field, event.field)
            if event.how == "first" or (name == event.field and event.field not in static | more | _PLAIN):
                continue
            old, new = (
                _evidence_value(context, event, text, source, currency) for text in (event.old, event.new)
            )
            yield forecasting.Change(str(pk), name, old, new, event.at, event.recorded_at)


_PLAIN = frozenset({"stage", "amount", "close_on", "owner", "status"})


def _evidence_value(
    context: _Evidence, event: Event, text: str | None, source: int, currency: str
) -> str | None:
    if not text:
        return text
    if event.field == "owner":
        person = context.names.get((source, text))
        return text if person is None else str(person)
    if event.field == "forecast_category":
        return rules.category_named(text) or text
    if event.field == "amount" and currency != context.rates.home:
        rate = context.rates.rate(currency, event.recorded_at.date()) or context.rates.rate(
            currency, context.as_of
        )
        return text if rate is None else timelines.plain(Decimal(text) * rate)
    return text


def _facts_by_deal() -> Iterator[tuple[int, int, str, list[Fact]]]:
    """(deal, source, currency, facts) of every visible deal, streamed in order of deals."""
    staged = Import.objects.filter(status="staged").values("pk")
    rows = (
        DealEvent.objects.for_system("Evidence for the estimate of the whole company.")
        .exclude(run__in=staged)
        .order_by("deal_id", "key")
        .values_list(
            "deal_id", "deal__source_id", "deal__currency", "pk",
            "field", "old", "new", "at", "at_from", "recorded_at", "by",
        )
    )  # fmt: skip
    current: tuple[int, int, str] | None = None
    facts: list[tuple[int, Fact]] = []
    for deal_id, source, currency, pk, *rest in rows.iterator(chunk_size=5000):
        values: tuple[Any, ...] = tuple(rest)
        fact = Fact(*values)
        if current is not None and current[0] != deal_id:
            yield *current, [fact for _, fact in sorted(facts, key=lambda pair: pair[0])]
            facts = []
        current = (deal_id, source, currency)
        facts.append((pk, fact))
    if current is not None:
        yield *current, [fact for _, fact in sorted(facts, key=lambda pair: pair[0])]


def named(actor: access.Actor, ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """id -> (public id, name) of those deals the actor may read; for the deals behind a bar."""
    if not ids or not access.may(actor, "deal.read"):
        return {}
    rows = Deal.objects.seen_by(actor, "deal.read").filter(pk__in=list(ids))
    return {
        pk: (public_id, name or "(no name)")
        for pk, public_id, name in rows.values_list("pk", "public_id", "name")
    }


def named_by(actor: access.Actor, public_id: str) -> tuple[str, str] | None:
    """(public id, name) of a deal by its public id, None where the actor may not read it."""
    if not access.may(actor, "deal.read"):
        return None
    row = Deal.objects.seen_by(actor, "deal.read").filter(public_id=public_id).first()
    return None if row is None else (row.public_id, row.name or "(no name)")


def changed_since(ids: Collection[int], since: datetime, at: datetime) -> dict[int, datetime]:
    """id -> when the newest change of a deal after an instant was recorded here; callers checked whose."""
    if not ids:
        return {}
    reason = "when a change became known; callers checked whose"
    events = DealEvent.objects.for_system(reason).filter(
        deal__in=list(ids), recorded_at__gt=since, recorded_at__lte=at
    )
    choices = OwnCategory.objects.for_system(reason).filter(deal__in=list(ids), at__gt=since, at__lte=at)
    recorded = events.exclude(field="").values_list("deal_id", "recorded_at")
    found: dict[int, datetime] = {}
    for deal, moment in [*recorded, *choices.values_list("deal_id", "at")]:
        found[deal] = max(found.get(deal, moment), moment)
    # A source that only shows rows says no more than when it showed one.
    for deal, moment in (
        events.filter(field="").order_by("-recorded_at").values_list("deal_id", "recorded_at")
    ):
        found.setdefault(deal, moment)
    return found
