"""The estimate of a period: public entry of the library.

Booked so far, open deals and deals not yet created, for every node and deal, from what was recorded before the
as-of day. Deterministic: the same history gives the same bytes on one machine.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from fairlead.forecasting import dealmodel, drift, evidence, leaks, newdeals, past, sizes, timeline, tree
from fairlead.forecasting.chances import chance_of
from fairlead.forecasting.dealmodel import DealModel, View
from fairlead.forecasting.factors import Shocks
from fairlead.forecasting.periods import Calendar, Period
from fairlead.forecasting.reasons import reasons
from fairlead.forecasting.results import RefusedColumn
from fairlead.forecasting.shockfit import fit_shocks
from fairlead.forecasting.spectral import Distribution, Pipeline, distribute
from fairlead.forecasting.threads import one_thread
from fairlead.forecasting.types import (
    Deal,
    DealForecast,
    Forecast,
    History,
    Member,
    NodeForecast,
    NotCounted,
    Part,
    Reason,
)
from fairlead.forecasting.windows import Windows, windows_of
from fairlead.forecasting.workings import Workings

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
MODEL, MODEL_VERSION = "fairlead-first", "2"
FEW_CLOSED = 50
_A_YEAR = timedelta(days=365)
_AT_ONCE = 50_000


@dataclass(frozen=True)
class Situation:
    """A history read as of a day: timeline and readable columns, the tree, what was refused and left out."""

    view: View
    tree: tree.Tree
    places: Ints
    refused: tuple[RefusedColumn, ...]
    copies: dict[int, str]
    members: Sequence[Member]
    grouped_by: str = "owner"

    @property
    def amount_leaks(self) -> bool:
        """Whether the amount tells the outcome."""
        return leaks.amount_leaks(self.refused)


@dataclass(frozen=True)
class OpenDeals:
    """The open deals of a situation with their chances and sizes; ``counted`` ones enter the sums."""

    index: Ints
    table: evidence.Table
    chances: dealmodel.Chances
    sizes: sizes.Sizes
    counted: NDArray[np.bool_]


@dataclass(frozen=True)
class Totals:
    """Sums per node: money booked, expected from open and from new deals, and their distribution.

    ``pipeline`` is what the distribution was computed from; ``rows`` are its deals as rows of the open deals, and
    ``share`` what of each is counted there: a divided deal has a row for each holder.
    """

    booked: Floats
    from_open: Floats
    from_new: Floats
    open_amount: Floats
    open_deals: Ints
    weighted: Floats
    distribution: Distribution
    pipeline: Pipeline
    rows: Ints
    share: Floats


def estimate(
    history: History,
    *,
    as_of: date,
    period: Period,
    calendar: Calendar | None = None,
    targets: Mapping[str, float] | None = None,
) -> Forecast:
    """What the period brings, for every node and deal, from what was recorded before ``as_of``.

    ``targets`` are amounts per node id; a manager's own id means the manager's team. Without a calendar the
    calendar year's is taken. Raises ValueError where the period ended before ``as_of``'s history begins.
    """
    return worked_out(history, as_of=as_of, period=period, calendar=calendar, targets=targets)[0]


@one_thread
def worked_out(
    history: History,
    *,
    as_of: date,
    period: Period,
    calendar: Calendar | None = None,
    targets: Mapping[str, float] | None = None,
) -> tuple[Forecast, Workings]:
    """:func:`estimate` with what its distributions were computed from, so that a node can be computed again."""
    calendar = calendar or Calendar()
    here = situation(history, as_of, windows_of(period, calendar, as_of))
    model = dealmodel.fit(here.view)
    shocks, windows = shocks_of(model, here)
    changed = drift.watch(model, here.view, shocks.company)
    if changed.alarm:
        model = drift.refitted(model, changed)
    opened = open_deals(model, here, period)
    totals = totals_of(here, opened, period, shocks)
    nodes = nodes_of(here, totals, targets or {})
    forecast = Forecast(
        as_of, period, history.currency, MODEL, MODEL_VERSION, model.closed, nodes,
        _deals(model, here, opened), _not_counted(here, opened, history, as_of),
        _warnings(model, here, opened, windows) + ((drift.words(changed),) if changed.alarm else ()),
    )  # fmt: skip
    return forecast, _workings(here, opened, totals, shocks)


def _workings(here: Situation, opened: OpenDeals, totals: Totals, shocks: Shocks) -> Workings:
    line, grown, index = here.view.line, here.tree, opened.index[totals.rows]
    entered = line.amounts_at(index, line.as_of) * totals.share
    return Workings(
        totals.pipeline,
        tuple(line.deals[i].id for i in index),
        tuple(None if np.isnan(amount) else float(amount) for amount in entered),
        grown.persons,
        grown.team,
        {node.id: (node.first, node.last) for node in grown.nodes},
        shocks,
    )


def situation(
    history: History, as_of: date, windows: Windows, refused: Sequence[RefusedColumn] | None = None
) -> Situation:
    """Read the history as of a day. ``refused`` may be given where it was judged before."""
    known = timeline.as_known(history, as_of)
    judged = tuple(refused) if refused is not None else leaks.refuse_columns(known)
    line = timeline.build(known, as_of)
    what = evidence.plan(line, history.static, judged)
    owners = line.fields["owner"]
    now = [owners.levels[c] for c in owners.now]
    holders = [person for deal in line.deals for person, _, _ in deal.shares]
    grown = tree.grow(history.members, [*now, *holders] if holders else now)
    places = grown.places(now) if len(grown.persons) else np.zeros(0, np.int64)
    teams, names = _teams(grown, owners.levels)
    view = View(line, what, windows, teams, names)
    return Situation(view, grown, places, judged, _copies(line), history.members)


def _teams(grown: tree.Tree, owners: Sequence[str]) -> tuple[Ints, tuple[str, ...]]:
    """Team code per owner code, and the teams' names (their first person, which stays the same over time)."""
    if not len(grown.persons):
        return np.zeros(len(owners), np.int64), ("",)
    first = {int(t): grown.persons[i] for i, t in reversed(list(enumerate(grown.team)))}
    codes = sorted(first)
    place = {t: i for i, t in enumerate(codes)}
    return np.array([place[int(t)] for t in grown.team[grown.places(owners)]], np.int64), tuple(
        first[t] for t in codes
    )


def _copies(line: timeline.Timeline) -> dict[int, str]:
    """Open deals that repeat an earlier open one in name, account, amount and owner."""
    seen: dict[tuple[str, str, float, str], str] = {}
    out = {}
    for i, d in enumerate(line.deals):
        if d.status == "open" and d.name.strip() and d.amount:
            first = seen.setdefault((d.name, d.account, d.amount, d.owner), d.id)
            if first != d.id:
                out[i] = first
    return out


def open_deals(model: DealModel, here: Situation, period: Period) -> OpenDeals:
    """Chances and sizes of the deals open at the as-of day."""
    line = here.view.line
    day, start, end = line.as_of, period.starts_on.toordinal(), period.ends_on.toordinal()
    index = line.open_at(day)
    if not line.dated:
        index = np.flatnonzero(line.outcome < 0)
    table = dealmodel.features(model, here.view, index, day)
    found = [
        dealmodel.chances(model, table.take(rows), day, start, end)
        for rows in np.array_split(np.arange(len(index)), max(1, -(-len(index) // _AT_ONCE)))
    ]
    joined = dealmodel.Chances(
        np.concatenate([c.in_period for c in found]),
        np.concatenate([c.ever for c in found]),
        np.concatenate([c.won_day for c in found]),
    )
    joined = replace(joined, in_period=_undated_held_back(line, index, joined.in_period))
    size = sizes.sizes(line, index, day, amount_leaks=here.amount_leaks)
    counted = ~np.isin(index, list(here.copies))
    return OpenDeals(index, table, joined, size, counted)


def _undated_held_back(line: timeline.Timeline, index: Ints, p: Floats) -> Floats:
    """Lower the chance of deals without a creation date where closed deals nearly always have one.

    Such deals have not begun to move. Their odds are cut by how much rarer they are among closed deals,
    to a fifth at the most.
    """
    closed, without = line.outcome >= 0, ~np.array([d.created_on is not None for d in line.deals], bool)
    if closed.sum() < FEW_CLOSED or without[index].sum() < 5:
        return p
    rarer = ((without & closed).sum() + 1) / (closed.sum() + 1) / without[index].mean()
    odds = p / (1 - p) * np.where(without[index], np.clip(rarer, 0.2, 1.0), 1.0)
    return np.clip(odds / (1 + odds), dealmodel.LOWEST, dealmodel.HIGHEST)


def shocks_of(model: DealModel, here: Situation) -> tuple[Shocks, int]:
    """Shared shocks from past windows, and from how many of them."""
    if not here.view.line.dated or not len(here.view.line):
        return fit_shocks(*past.nothing_seen(), model.closed), 0
    seen = past.look_at_past(
        model, here.view, here.view.line.as_of, amount_leaks=here.amount_leaks, places=here.places
    )
    return fit_shocks(seen.deals, seen.totals, model.closed), seen.windows


def totals_of(here: Situation, opened: OpenDeals, period: Period, shocks: Shocks) -> Totals:
    """Sums and distributions of every node."""
    line, grown = here.view.line, here.tree
    n = len(grown.persons)
    start, end = period.starts_on.toordinal(), period.ends_on.toordinal()
    kept, places, share = _held(here, opened.index, np.flatnonzero(opened.counted))
    p, size = opened.chances.in_period[kept], opened.sizes
    mean = size.mean[kept] * share
    new = newdeals.expect(line, here.view.windows, line.as_of, max(start, line.as_of), end)
    rate, new_amount = newdeals.per_person(line, new, here.places, n, _active(here, period))
    amount = np.nan_to_num(line.amounts_at(opened.index, line.as_of)).clip(0)[kept] * share
    weighted = amount * past.stage_rates(line, opened.index[kept], line.as_of)
    won = (line.outcome == 1) & (line.closed >= start) & (line.closed <= min(end, line.as_of - 1))
    booked = _booked(here, won, n)
    order = np.lexsort((-mean, places))
    pipeline = Pipeline(
        places[order],
        p[order],
        mean[order],
        size.spread[kept][order],
        rate,
        new_amount,
        new.spread,
    )
    distribution = distribute(pipeline, grown.shape, shocks)
    return Totals(
        upward(grown, booked), upward(grown, _sum(places, p * mean, n)), upward(grown, rate * new_amount),
        upward(grown, _sum(places, amount, n)), _counts(grown, kept, places, n),
        upward(grown, _sum(places, weighted, n)), distribution, pipeline, kept[order], share[order],
    )  # fmt: skip


def _held(here: Situation, index: Ints, kept: Ints) -> tuple[Ints, Ints, Floats]:
    """(row of the open deals, place of who holds it, share of it): once for each holder of a divided deal."""
    deals, places = here.view.line.deals, here.places[index[kept]]
    share = np.ones(len(kept))
    divided = [k for k, i in enumerate(index[kept].tolist()) if deals[i].shares]
    if not divided:
        return kept, places, share
    whole = np.ones(len(kept), bool)
    whole[divided] = False
    parts = [(kept[k], held) for k in divided for held in deals[int(index[kept[k]])].shares]
    more = here.tree.places([held[0] for _, held in parts])
    return (
        np.concatenate([kept[whole], np.array([row for row, _ in parts], np.int64)]),
        np.concatenate([places[whole], more]),
        np.concatenate([share[whole], np.array([(high - low) / 10_000 for _, (_, low, high) in parts])]),
    )


def _booked(here: Situation, won: NDArray[np.bool_], n: int) -> Floats:
    """Won amounts per place. The shares of a divided deal are cut to cents so that they add up to it."""
    line = here.view.line
    divided = [i for i in np.flatnonzero(won).tolist() if line.deals[i].shares]
    if not divided:
        return _sum(here.places[won], np.nan_to_num(line.amount[won]), n)
    whole = won.copy()
    whole[divided] = False
    booked = _sum(here.places[whole], np.nan_to_num(line.amount[whole]), n)
    for i in divided:
        cents = round(float(np.nan_to_num(line.amount[i])) * 100)
        places = here.tree.places([person for person, _, _ in line.deals[i].shares])
        for place, (_, low, high) in zip(places.tolist(), line.deals[i].shares, strict=True):
            booked[place] += (cents * high // 10_000 - cents * low // 10_000) / 100
    return booked


def _counts(grown: tree.Tree, rows: Ints, places: Ints, n: int) -> Ints:
    """Open deals per node; a divided deal counts once in every node that holds any of it."""
    counts = upward(grown, _sum(places, np.ones(len(rows)), n)).astype(np.int64)
    deals, times = np.unique(rows, return_counts=True)
    if (times == 1).all():
        return counts
    first = np.array([node.first for node in grown.nodes])
    last = np.array([node.last for node in grown.nodes])
    for deal in deals[times > 1]:
        held = np.sort(places[rows == deal])
        for left, right in itertools.pairwise(held.tolist()):
            counts -= (first <= left) & (last > right)
    return counts


def _sum(places: Ints, values: Floats, n: int) -> Floats:
    return np.bincount(places, weights=values, minlength=n).astype(float)


def upward(grown: tree.Tree, per_person: Floats) -> Floats:
    """Node sums of what persons have: persons are rounded to cents first, so that sums add up exactly."""
    cents = np.concatenate([[0], np.cumsum(np.rint(per_person * 100).astype(np.int64))])
    first = np.array([n.first for n in grown.nodes])
    last = np.array([n.last for n in grown.nodes])
    return np.asarray((cents[last] - cents[first]) / 100)


def _active(here: Situation, period: Period) -> Floats:
    """Share of the days left on which each person is there to win something new."""
    spans = {m.id: m for m in here.members}
    start = max(period.starts_on.toordinal(), here.view.line.as_of)
    end = period.ends_on.toordinal()
    out = np.ones(len(here.tree.persons))
    for i, person in enumerate(here.tree.persons):
        m = spans.get(person)
        first = max(start, m.starts_on.toordinal()) if m and m.starts_on else start
        last = min(end, m.ends_on.toordinal()) if m and m.ends_on else end
        out[i] = max(last - first + 1, 0) / max(end - start + 1, 1)
    return out


def nodes_of(here: Situation, totals: Totals, targets: Mapping[str, float]) -> tuple[NodeForecast, ...]:
    return tuple(_node(n, k, totals, _target(n, targets)) for k, n in enumerate(here.tree.nodes))


def _target(node: tree.Node, targets: Mapping[str, float]) -> float | None:
    """A team's target may be given by its manager's id."""
    if node.id in targets and not (node.kind == "person" and node.parent == tree.team_id(node.id)):
        return targets[node.id]
    return targets.get(node.id.removeprefix("team:")) if node.kind == "team" else None


def _node(node: tree.Node, k: int, totals: Totals, target: float | None) -> NodeForecast:
    booked = float(totals.booked[k])
    quantiles = np.round(totals.distribution.quantiles[k] + [[booked], [0.0], [0.0]], 2)
    every = tuple(quantiles[0].tolist())
    from_open = _part(float(totals.from_open[k]), quantiles[1])
    from_new = _part(float(totals.from_new[k]), quantiles[2])
    return NodeForecast(
        id=node.id,
        name=node.name,
        kind=node.kind,
        parent=node.parent,
        booked=booked,
        open_amount=float(totals.open_amount[k]),
        open_deals=int(totals.open_deals[k]),
        weighted=float(totals.weighted[k]),
        mean=round(booked + from_open.mean + from_new.mean, 2),
        p10=every[19],
        p50=every[99],
        p90=every[179],
        from_open=from_open,
        from_new=from_new,
        target=target,
        chance_of_target=None if target is None else round(chance_of(every, target), 4),
        dots=every[4::10],
        quantiles=every,
    )


def _part(mean: float, quantiles: Floats) -> Part:
    return Part(mean, float(quantiles[19]), float(quantiles[99]), float(quantiles[179]))


def _deals(model: DealModel, here: Situation, opened: OpenDeals) -> tuple[DealForecast, ...]:
    line, found = here.view.line, opened.chances
    why = _why(model, opened)
    amount = line.amounts_at(opened.index, line.as_of)
    p, ever = np.round(found.in_period, 4), np.round(found.ever, 4)
    return tuple(
        DealForecast(
            line.deals[i].id,
            line.deals[i].name,
            line.deals[i].owner,
            None if np.isnan(amount[k]) else float(amount[k]),
            float(p[k]),
            float(max(ever[k], p[k])),
            date.fromordinal(int(found.won_day[k])) if found.won_day[k] else None,
            why[k],
        )
        for k, i in enumerate(opened.index)
    )


def _why(model: DealModel, opened: OpenDeals) -> list[tuple[Reason, ...]]:
    explaining = model.direct or model.ever
    if explaining is None:
        return [()] * len(opened.index)
    return reasons(explaining, opened.table, opened.chances.in_period)


def _not_counted(here: Situation, opened: OpenDeals, history: History, as_of: date) -> tuple[NotCounted, ...]:
    line = here.view.line
    out = [NotCounted("column", r.column, r.why) for r in here.refused if r.column != "account"]
    out += [u for u in here.view.plan.unused if u.id not in {r.column for r in here.refused}]
    out += list(here.tree.problems)
    for k, i in enumerate(opened.index):
        out += _deal_notes(here, line.deals[i], bool(opened.sizes.drawn[k]), int(i))
    out += [
        NotCounted("deal", d.id, "it is closed without a date")
        for i, d in enumerate(line.deals)
        if line.dated and d.status != "open" and line.closed_known[i] == 0
    ]
    out += [
        NotCounted(
            "deal", d.id, f"it is closed on {d.closed_on}, after this forecast's date; it counts as open"
        )
        for d in history.deals
        if d.status != "open" and d.closed_on and d.closed_on >= as_of and _is_future(d, history)
    ]
    return tuple(out)


def _is_future(deal: Deal, history: History) -> bool:
    """A close after everything else that the source ever recorded was entered wrongly; one before it was only later."""
    latest = [d.created_on for d in history.deals if d.created_on]
    return deal.closed_on is not None and bool(latest) and deal.closed_on > max(latest) + _A_YEAR


def _deal_notes(here: Situation, deal: Deal, drawn: bool, index: int) -> list[NotCounted]:
    if index in here.copies:
        return [
            NotCounted(
                "deal", deal.id, f"it repeats {here.copies[index]}: same name, account, amount and owner"
            )
        ]
    if drawn:
        return [NotCounted("deal", deal.id, _drawn_words(deal))]
    if here.view.plan.due and deal.close_on is None:
        return [
            NotCounted("deal", deal.id, "it has no close date; the estimate takes its timing from its age")
        ]
    return []


def _drawn_words(deal: Deal) -> str:
    like = f"won deals of {deal.product}" if deal.product else "won deals"
    fault = "its amount is negative" if (deal.amount or 0) < 0 else "it has no amount"
    return f"{fault}; the estimate draws its size from {like}"


def _warnings(model: DealModel, here: Situation, opened: OpenDeals, windows: int) -> tuple[str, ...]:
    out = []
    if model.closed < FEW_CLOSED:
        deals = "deal" if model.closed == 1 else "deals"
        out.append(f"{model.closed} closed {deals}: the range comes mostly from the prior.")
    if not here.view.line.dated:
        out.append("Closed deals carry no close date: chances say whether a deal is ever won, not when.")
    elif windows < 6:
        out.append(f"{windows} past periods to learn from: the width comes mostly from the prior.")
    stage = here.view.line.fields["stage"]
    if not here.view.plan.stage and len(stage.levels) > 1:
        out.append("Stages are not used: their past is not recorded, so what they lead to is not known.")
    drawn = int((opened.sizes.drawn & opened.counted).sum())
    if drawn:
        out.append(f"{drawn} open deals have no usable amount: their size is drawn from won deals like them.")
    return tuple(out)
