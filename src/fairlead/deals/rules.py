"""Deals as rows from outside, money, and how rows become evidence for a forecast. No Django here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Literal

from fairlead.deals import shares
from fairlead.forecasting.periods import Period
from fairlead.forecasting.types import Change, Deal, History, Member
from fairlead.people.rules import ROLE_WORDS, PersonRow

Status = Literal["open", "won", "lost"]
MEASURES = ("arr", "quantity")
"""What a deal may carry besides its amount, kept among its extra columns: money in the deal's currency, a number."""


@dataclass(frozen=True, slots=True)
class DealRow:
    """One deal as a source shows it at its as-of moment. Amount in major units, exact."""

    deal_id: str
    name: str = ""
    account: str = ""
    owner: str = ""
    amount: Decimal | None = None
    currency: str = ""
    stage: str = ""
    forecast_category: str = ""
    close_on: date | None = None
    created_on: date | None = None
    status: Status = "open"
    closed_on: date | None = None
    product: str = ""
    source: str = ""
    type: str = ""
    next_step: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)
    line: int = 0


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change of one field. ``field`` is a DealRow field name or an extra column.

    ``old`` and ``new`` are canonical text: ISO dates, plain decimals, ISO currency, '' for unknown.
    ``at_from`` is set when the change is only known to lie between two moments (snapshots compared).
    """

    deal_id: str
    field: str
    old: str | None
    new: str | None
    at: datetime
    recorded_at: datetime
    by: str = ""
    at_from: datetime | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class RateRow:
    """A dated conversion rate: 1 unit of ``currency`` = ``rate`` units of the reporting currency."""

    currency: str
    starts_on: date
    rate: Decimal
    line: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason why an import was refused: where, what stands there, why not, what was probably meant."""

    row: int
    column: str
    value: str
    why: str
    meant: str = ""


# Money

_EXPONENTS = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
    **dict.fromkeys("CLF UYW".split(), 4),
}
"""ISO 4217 minor-unit exponents that are not 2."""

CURRENCIES = frozenset(
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD "
    "CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL "
    "GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD "
    "KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO "
    "NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD "
    "SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV "
    "WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG".split()
)
"""Active ISO 4217 codes, and the two that ended lately (ANG, BGN) because histories hold them."""

LARGEST_MINOR = 10**16
"""Amounts from here on are refused: sums of them would leave the database's whole numbers."""


def exponent(currency: str) -> int:
    """Decimal places of a currency's minor unit (ISO 4217); 2 unless the standard says otherwise."""
    return _EXPONENTS.get(currency, 2)


def minor_units(amount: Decimal, currency: str, *, rounding: bool = False) -> int:
    """An amount in major units as whole minor units: 12.34 EUR -> 1234, 12 JPY -> 12, 1.234 KWD -> 1234.

    Raises ValueError for an amount that is not finite, or has more decimals than the currency unless
    ``rounding`` allows half-even rounding.
    """
    if not amount.is_finite():
        raise ValueError(f"{amount} is not an amount.")
    shifted = amount.scaleb(exponent(currency))
    whole = shifted.to_integral_value(rounding=ROUND_HALF_EVEN)
    if whole != shifted and not rounding:
        raise ValueError(f"{amount} has more decimals than {currency} has ({exponent(currency)}).")
    return int(whole)


@lru_cache(maxsize=8192)
def minor_of(text: str, currency: str) -> int:
    """The same from an amount in plain text, rounded half-even; kept a while, an import asks three times a row."""
    return minor_units(Decimal(text), currency, rounding=True)


def major_units(minor: int, currency: str) -> Decimal:
    """Whole minor units back as an exact amount in major units."""
    return Decimal(minor).scaleb(-exponent(currency))


SIGNS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "INR": "₹"}
"""Currencies whose sign everybody knows."""


def sign(currency: str) -> str:
    """What stands before an amount: "€", or the code and a space where there is no well-known sign."""
    return SIGNS.get(currency, f"{currency} " if currency else "")


def written(minor: int, currency: str) -> str:
    """An amount where sums are shown: "€2,470,000", "−€190.50"; decimals only where there are any."""
    major = abs(major_units(minor, currency))
    figures = f"{major:,.0f}" if major == major.to_integral_value() else f"{major:,f}"
    return f"{'−' if minor < 0 else ''}{sign(currency)}{figures}"


def spoken(minor: int, currency: str) -> str:
    """An amount inside a sentence, three figures or so: "€2.47M", "€61k", "€1,700"."""
    size = abs(major_units(minor, currency))
    before = f"{'−' if minor < 0 else ''}{sign(currency)}"
    if size >= 999_500:
        return f"{before}{_three_figures(size / 1_000_000)}M"
    if size >= 10_000:
        return f"{before}{(size / 1000).quantize(Decimal(1), rounding=ROUND_HALF_UP)}k"
    return f"{before}{size.quantize(Decimal(1), rounding=ROUND_HALF_UP):,}"


def _three_figures(millions: Decimal) -> str:
    """2.47, 24.7, 247, and no zeros that say nothing."""
    places = 2 if millions < 10 else 1 if millions < 100 else 0
    text = f"{millions.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP):,}"
    return text.rstrip("0").rstrip(".") if "." in text else text


class Rates:
    """Dated conversion rates into the organisation's currency.

    The newest row whose ``starts_on`` is not after the day counts; of two rows with one day, the later given.
    """

    def __init__(self, home: str, rows: Iterable[RateRow] = ()) -> None:
        self.home = home
        self._rows: dict[str, dict[date, Decimal]] = {}
        for row in rows:
            self._rows.setdefault(row.currency, {})[row.starts_on] = row.rate
        self._days = {currency: sorted(rows, reverse=True) for currency, rows in self._rows.items()}

    def rate(self, currency: str, on: date) -> Decimal | None:
        """Units of the organisation's currency for one unit of ``currency`` on a day, or None."""
        if currency == self.home:
            return Decimal(1)
        day = next((day for day in self._days.get(currency, ()) if day <= on), None)
        return None if day is None else self._rows[currency][day]

    def convert(self, minor: int, currency: str, on: date) -> int | None:
        """Minor units of ``currency`` in minor units of the organisation's currency, rounded half-even."""
        if currency == self.home:
            return minor
        rate = self.rate(currency, on)
        if rate is None:
            return None
        return minor_units(major_units(minor, currency) * rate, self.home, rounding=True)


# Forecast categories

Category = Literal["omitted", "pipeline", "best_case", "most_likely", "commit", "closed"]
CATEGORIES: tuple[Category, ...] = ("omitted", "pipeline", "best_case", "most_likely", "commit", "closed")
"""In rising order of confidence."""
CategoryFrom = Literal["own", "stage", "source", "status", "none"]

_CATEGORY_WORDS: dict[str, Category] = {
    "omit": "omitted",
    "omitted": "omitted",
    "pipeline": "pipeline",
    "best case": "best_case",
    "bestcase": "best_case",
    "upside": "best_case",
    "most likely": "most_likely",
    "mostlikely": "most_likely",
    "commit": "commit",
    "committed": "commit",
    "forecast": "commit",  # Salesforce's OpportunityHistory says Forecast where the page says Commit
    "closed": "closed",
    "won": "closed",
    "lost": "omitted",
}


def category_named(words: str) -> Category | None:
    """The category a source's word means (Salesforce, HubSpot, Dynamics), or None for an unknown word."""
    return _CATEGORY_WORDS.get(words.strip().lower().replace("_", " "))


def category_words() -> Mapping[str, Category]:
    """Every word that is understood as a category, lower case with blanks, and what it means."""
    return _CATEGORY_WORDS


_STAGE_CATEGORIES: dict[str, Category] = {
    # Salesforce's stages as delivered
    "prospecting": "pipeline",
    "qualification": "pipeline",
    "needs analysis": "pipeline",
    "value proposition": "pipeline",
    "id. decision makers": "pipeline",
    "perception analysis": "pipeline",
    "proposal/price quote": "best_case",
    "negotiation/review": "commit",
    "closed won": "closed",
    "closed lost": "omitted",
    # HubSpot's pipeline as delivered
    "appointment scheduled": "pipeline",
    "qualified to buy": "pipeline",
    "presentation scheduled": "pipeline",
    "decision maker bought-in": "best_case",
    "contract sent": "commit",
    # Dynamics and Odoo as delivered
    "qualify": "pipeline",
    "develop": "pipeline",
    "propose": "best_case",
    "close": "commit",
    "new": "pipeline",
    "qualified": "pipeline",
    "proposition": "best_case",
    "won": "closed",
    "lost": "omitted",
}
_STAGE_PARTS: tuple[tuple[str, Category], ...] = (
    ("lost", "omitted"),
    ("disqualif", "omitted"),
    ("won", "closed"),
    ("verbal", "commit"),
    ("contract", "commit"),
    ("negotiat", "commit"),
    ("legal", "commit"),
    ("proposal", "best_case"),
    ("quote", "best_case"),
    ("offer", "best_case"),
    ("evaluat", "best_case"),
    ("demo", "pipeline"),
    ("discover", "pipeline"),
    ("engag", "pipeline"),
    ("prospect", "pipeline"),
    ("qualif", "pipeline"),
    ("lead", "pipeline"),
)


def suggest_category(stage: str) -> Category | None:
    """The category to offer for a stage nobody mapped yet, or None. A suggestion, never applied by itself."""
    name = stage.strip().lower().replace("_", " ")
    spaced = {key.replace(" ", ""): value for key, value in _STAGE_CATEGORIES.items()}
    if name in _STAGE_CATEGORIES:
        return _STAGE_CATEGORIES[name]
    if name.replace(" ", "") in spaced:
        return spaced[name.replace(" ", "")]
    return next((category for part, category in _STAGE_PARTS if part in name), None)


def resolve_category(
    *, status: str, own: str, stage: str, source: str, mapping: Mapping[str, str]
) -> tuple[str, CategoryFrom]:
    """The category of a deal and where it comes from: ('commit', 'own'); ('', 'none') is not counted.

    Won is closed and lost is omitted. An open deal: the owner's own choice, else what its stage means
    (``mapping``, in force on the day), else what the source says.
    """
    if status != "open":
        return ("closed" if status == "won" else "omitted"), "status"
    if own:
        return own, "own"
    if stage and stage in mapping:
        return mapping[stage], "stage"
    said = category_named(source)
    return (said, "source") if said else ("", "none")


# What changed between two instants


@dataclass(frozen=True, slots=True)
class DealState:
    """A deal as known at an instant, or one person's share of it. In minor units of the organisation's currency.

    Of a divided deal ``owner`` is who holds the share and ``amount`` is the share of ``whole``: what lies between
    ``low`` and ``high`` hundredths of a percent. ``deal_owner`` is then whose the deal is.
    """

    id: int
    public_id: str
    name: str
    owner: int | None
    amount: int | None
    category: str
    status: Status
    stage: str
    close_on: date | None
    closed_on: date | None
    missing: bool = False
    divided: bool = False
    whole: int | None = None
    low: int = 0
    high: int = shares.WHOLE
    deal_owner: int | None = None

    def part(self, of: DealState) -> int:
        """This state's share of what another state of the deal came to as a whole."""
        amount = of.whole if of.divided else of.amount
        return shares.Part(0, self.low, self.high).of(amount or 0)

    def shared(self, parts: Iterable[shares.Part]) -> list[DealState]:
        """One state for each holder of a part of a whole deal."""
        return [
            replace(
                self, owner=one.person, amount=None if self.amount is None else one.of(self.amount), divided=True,
                whole=self.amount, low=one.low, high=one.high, deal_owner=self.owner,
            )
            for one in parts
        ]  # fmt: skip

    @property
    def bare(self) -> bool:
        """Whether nothing is known of the deal yet but that it exists: no amount, no date, no category."""
        return self.status == "open" and self.amount is None and self.close_on is None and not self.category


Reason = Literal[
    "deleted",
    "owner_moved_in",
    "owner_moved_out",
    "came_with_owner",
    "left_with_owner",
    "split_changed",
    "pulled_out",
    "pushed",
    "pulled_in",
    "pushed_in",
    "won",
    "lost",
    "disqualified",
    "new",
    "category_up",
    "category_down",
    "reopened",
    "dated",
    "undated",
    "corrected",
    "amount_up",
    "amount_down",
]
REASONS: tuple[Reason, ...] = Reason.__args__  # type: ignore[attr-defined]
"""In the order in which they are asked; the first that applies is the deal's reason."""

OPEN_PIPELINE: frozenset[str] = frozenset({"pipeline", "best_case", "most_likely", "commit"})
EVERYTHING: frozenset[str] = OPEN_PIPELINE | {"closed"}


@dataclass(frozen=True, slots=True)
class Moved:
    """One deal's part of the difference, or one share's: the three amounts add up to its change.

    ``by_split`` is what a share that was and is counted gained or lost by another division of the deal.
    """

    deal: DealState
    before: DealState | None
    after: DealState | None
    reason: Reason | None
    by_reason: int
    by_amount: int
    by_split: int = 0

    @property
    def bars(self) -> list[tuple[Reason, int]]:
        """(reason, amount) of every bar the deal is in."""
        amount: Reason = "amount_up" if self.by_amount > 0 else "amount_down"
        told = [(self.reason, self.by_reason), ("split_changed", self.by_split), (amount, self.by_amount)]
        return [(reason, value) for reason, value in told if reason is not None and value]


@dataclass(frozen=True, slots=True)
class Bridge:
    """start + the sum of ``bars`` = end, to the minor unit. Bars of zero are left out; deals are all kept."""

    start: int
    end: int
    bars: Mapping[Reason, int]
    moves: tuple[Moved, ...]


def changes_between(
    before: Iterable[DealState],
    after: Iterable[DealState],
    period: Period,
    *,
    owners: frozenset[int | None] | None = None,
    owners_before: frozenset[int | None] | None = None,
    columns: frozenset[str] = OPEN_PIPELINE,
) -> Bridge:
    """What moved a number between two instants, one reason per deal, amount changes split off.

    The number is the sum of amounts of deals of ``owners`` (None: everybody's) that are due in ``period``
    and whose category is one of ``columns``. A won deal is due on the day it closed. Intermediate moves are
    ignored. A deal that enters does so with the amount it had before, where it had one. ``owners_before``
    are the owners at the start, where a re-organisation made them others: a deal that comes or goes because
    its owner does has a reason of its own. A deal of which nothing but its existence was known at the start
    is new. A divided deal is compared share by share: one that came, went or grew by another division of the deal
    is ``split_changed``.
    """
    counts = _Counting(period, owners, owners if owners_before is None else owners_before, columns)
    old = _by_deal(state for state in before if not state.missing and not state.bare)
    new = _by_deal(state for state in after if not state.missing)
    moves = [
        counts.moved(a, b)
        for id in sorted(old.keys() | new.keys())
        for a, b in _pairs(old.get(id, []), new.get(id, []))
    ]
    kept = [move for move in moves if move is not None]
    bars: dict[Reason, int] = {}
    for move in kept:
        for reason, value in move.bars:
            bars[reason] = bars.get(reason, 0) + value
    ranked = {reason: bars[reason] for reason in REASONS if bars.get(reason)}
    start = sum(counts.value(state, counts.owners_before) for rows in old.values() for state in rows)
    end = sum(counts.value(state, counts.owners) for rows in new.values() for state in rows)
    return Bridge(start, end, ranked, tuple(kept))


NOBODY = -1
"""The owner of a share that nobody holds: a deal is compared with it where somebody holds none."""


def _by_deal(states: Iterable[DealState]) -> dict[int, list[DealState]]:
    """deal -> its state, or those of its shares. Of several states of an undivided deal the last one counts."""
    found: dict[int, list[DealState]] = {}
    for state in states:
        rows = found.setdefault(state.id, [])
        if not state.divided or (rows and not rows[0].divided):
            rows.clear()
        rows.append(state)
    return found


def _pairs(
    old: Sequence[DealState], new: Sequence[DealState]
) -> Iterator[tuple[DealState | None, DealState | None]]:
    """What is compared with what: the deal, or where it is divided at either instant share by share."""
    if not any(state.divided for state in (*old, *new)):
        yield old[0] if old else None, new[0] if new else None
        return
    held, holds = ({state.owner: state for state in rows} for rows in (old, new))
    for holder in dict.fromkeys([*held, *holds]):
        a, b = held.get(holder), holds.get(holder)
        yield a or _not_held(old, b), b or _not_held(new, a)


def _not_held(rows: Sequence[DealState], share: DealState | None) -> DealState | None:
    """A share of a deal as it would have been at an instant at which its holder held none of it."""
    if not rows or share is None:
        return None
    whole = rows[0].whole if rows[0].divided else rows[0].amount
    amount = None if whole is None else share.part(rows[0])
    return replace(
        rows[0], owner=NOBODY, amount=amount, divided=True, whole=whole, low=share.low, high=share.high
    )


Owners = frozenset[int | None] | None


@dataclass(frozen=True, slots=True)
class _Counting:
    period: Period
    owners: Owners
    owners_before: Owners
    columns: frozenset[str]

    def due(self, state: DealState) -> date | None:
        return state.close_on if state.status == "open" else state.closed_on

    def is_in(self, state: DealState) -> bool:
        due = self.due(state)
        return due is not None and self.period.contains(due)

    def counted(self, state: DealState | None, owners: Owners) -> bool:
        return (
            state is not None
            and _owned(state, owners)
            and self.is_in(state)
            and state.category in self.columns
        )

    def value(self, state: DealState | None, owners: Owners) -> int:
        return (state.amount or 0) if state is not None and self.counted(state, owners) else 0

    def moved(self, a: DealState | None, b: DealState | None) -> Moved | None:
        """The deal's part, or None for a deal outside the number at both instants."""
        inside_before, inside_after = self.counted(a, self.owners_before), self.counted(b, self.owners)
        if not inside_before and not inside_after:
            return None
        shown = b or a
        assert shown is not None
        reason = self.reason(a, b)
        old, new = (a.amount or 0) if a else 0, (b.amount or 0) if b else 0
        if inside_before and not inside_after:
            return Moved(shown, a, b, reason or "corrected", -old, 0)
        if inside_before or (a is not None and a.amount is not None):
            by_reason = 0 if inside_before else old
            divided = a is not None and b is not None and (a.divided or b.divided)
            same_amount = b.part(a) if divided and a is not None and b is not None else old
            return Moved(
                shown, a, b, reason or (None if inside_before else "corrected"), by_reason,
                new - same_amount, same_amount - old,
            )  # fmt: skip
        return Moved(shown, a, b, reason or "corrected", new, 0)

    def reason(self, a: DealState | None, b: DealState | None) -> Reason | None:
        if b is None:
            return "deleted"
        if a is not None:
            moved = self._owner(a, b) or self._dates(a, b)
            if moved:
                return moved
        if b.status != "open" and (a is None or a.status == "open"):
            if b.status == "won":
                return "won"
            return "disqualified" if "disqualif" in b.stage.lower() else "lost"
        if a is None:
            return "new"
        return self._category(a, b) or self._rest(a, b)

    def _owner(self, a: DealState, b: DealState) -> Reason | None:
        is_in = _owned(b, self.owners)
        if _owned(a, self.owners_before) == is_in:
            return None
        if NOBODY in (a.owner, b.owner):
            return "split_changed"
        if a.owner == b.owner:
            return "came_with_owner" if is_in else "left_with_owner"
        return "owner_moved_in" if is_in else "owner_moved_out"

    def _dates(self, a: DealState, b: DealState) -> Reason | None:
        was, now = self.due(a), self.due(b)
        if was is None or now is None:
            return None
        if self.is_in(a) and now < self.period.starts_on:
            return "pulled_out"
        if self.is_in(a) and now > self.period.ends_on and b.status == "open":
            return "pushed"
        if was > self.period.ends_on and self.is_in(b):
            return "pulled_in"
        if was < self.period.starts_on and self.is_in(b) and a.status == b.status == "open":
            return "pushed_in"
        return None

    def _category(self, a: DealState, b: DealState) -> Reason | None:
        if a.category == b.category or a.status != b.status:
            return None
        up = _rank(b.category) > _rank(a.category)
        return "category_up" if up else "category_down"

    def _rest(self, a: DealState, b: DealState) -> Reason | None:
        if a.status != "open" and b.status == "open":
            return "reopened"
        was, now = self.due(a), self.due(b)
        if was is None and now is not None:
            return "dated"
        if was is not None and now is None:
            return "undated"
        return (
            "corrected" if a.status != b.status or (was != now and self.is_in(a) != self.is_in(b)) else None
        )


def _owned(state: DealState, owners: Owners) -> bool:
    return state.owner != NOBODY and (owners is None or state.owner in owners)


def _rank(category: str) -> int:
    return CATEGORIES.index(category) if category in CATEGORIES else -1


# Into the forecasting library


def to_history(
    deals: Sequence[DealRow],
    changes: Sequence[ChangeRow],
    people: Sequence[PersonRow],
    *,
    currency: str,
    rates: Iterable[RateRow] = (),
    evidence: Sequence[str] = (),
    static: frozenset[str] = frozenset(),
    time_zone: str = "UTC",
) -> History:
    """Rows as evidence for a forecast, in one reporting currency.

    This is where exact money becomes float: amounts are converted by the rate of the day the deal closes, is
    expected to close, or was created. An amount without a rate counts as unknown. People whose role says that
    they do not sell (see ``selling``) are no part of the tree.
    """
    table = Rates(currency, rates)
    amounts = {deal.deal_id: _reported(deal, deal.amount, table) for deal in deals}
    factors = {deal.deal_id: _factor(deal, table) for deal in deals}
    return History(
        deals=[_analytic(deal, amounts[deal.deal_id], evidence) for deal in deals],
        changes=[
            _analytic_change(change, factors.get(change.deal_id, 1.0))
            for change in changes
            if change.deal_id in amounts
        ],
        members=[
            Member(row.person_id, row.name, row.manager or None, row.starts_on, row.ends_on)
            for row in selling(people, {deal.owner for deal in deals})
        ],
        static=static,
        currency=currency,
        time_zone=time_zone,
    )


NOT_SELLING = frozenset(
    {
        "hr_partner",
        "admin",
        "sales_ops",
        "administrator",
        "system administrator",
        "human resources",
        "people partner",
    }
    | {"ops", "operations", "revops", "revenue operations", "finance", "legal", "marketing", "support", "it"}
)
"""Roles without a number of their own, beside the words of ``people.rules.ROLE_WORDS`` that mean one of them."""


def selling(people: Sequence[PersonRow], owners: Set[str]) -> list[PersonRow]:
    """The people a forecast is about: all but those whose role says that they do not sell.

    Who owns a deal stays whatever the role, and so does everybody above one who stays: no deal loses its node
    and no team its place in the tree.
    """
    managers = {row.person_id: row.manager for row in people}
    kept: set[str] = set()
    for row in people:
        if row.person_id in owners or not _says_not_selling(row.role):
            at = row.person_id
            while at in managers and at not in kept:
                kept.add(at)
                at = managers[at]
    return [row for row in people if row.person_id in kept]


def _says_not_selling(role: str) -> bool:
    words = {word.strip().lower() for word in role.replace("+", ";").split(";") if word.strip()}
    return bool(words) and all(ROLE_WORDS.get(word, word) in NOT_SELLING for word in words)


def _factor(deal: DealRow, rates: Rates) -> float | None:
    """Units of the reporting currency for one unit of the deal's, on the deal's day; None without a rate."""
    if not deal.currency or deal.currency == rates.home:
        return 1.0
    on = deal.closed_on or deal.close_on or deal.created_on
    rate = rates.rate(deal.currency, on) if on else None
    return None if rate is None else float(rate)


def _reported(deal: DealRow, amount: Decimal | None, rates: Rates) -> float | None:
    factor = _factor(deal, rates)
    return None if amount is None or factor is None else float(amount) * factor


def _analytic(deal: DealRow, amount: float | None, evidence: Sequence[str]) -> Deal:
    return Deal(
        id=deal.deal_id,
        name=deal.name,
        owner=deal.owner,
        amount=amount,
        stage=deal.stage,
        category=deal.forecast_category,
        created_on=deal.created_on,
        close_on=deal.close_on,
        status=deal.status,
        closed_on=deal.closed_on,
        account=deal.account,
        product=deal.product,
        type=deal.type,
        evidence={name: deal.extra[name] for name in evidence if name in deal.extra},
    )


def _analytic_change(change: ChangeRow, factor: float | None) -> Change:
    field = "category" if change.field == "forecast_category" else change.field
    old, new = change.old, change.new
    if field == "amount" and factor != 1.0:
        old, new = (None if factor is None or not v else repr(float(v) * factor) for v in (old, new))
    return Change(change.deal_id, field, old, new, change.at, change.recorded_at)
