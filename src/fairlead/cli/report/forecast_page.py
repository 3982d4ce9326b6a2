"""The report of a forecast: one's own past first, then the company, every team and person, deals, what is left out."""

from __future__ import annotations

from fairlead.cli import files, forecasts
from fairlead.cli.report import drawing, shell
from fairlead.forecasting.results import Replay
from fairlead.forecasting.types import COMPANY, DealForecast, Forecast, NodeForecast

MOST_DEALS = 100


def page(made: forecasts.Made) -> str:
    """The whole report as one HTML document."""
    told = made.forecast
    eyebrow = f"{made.batch.source} · {told.currency} · as of {told.as_of} · fitted on {told.fitted_on:,} closed deals"
    parts = [
        _past(made.past),
        _company(told),
        _nodes(told),
        _deals(told),
        _left_out(told),
        _notes(told),
    ]
    return shell.page(f"Forecast of {told.period.name}", eyebrow, parts)


def _past(past: Replay | None) -> str:
    if past is None:
        why = "No ended period had a closed deal to learn from at this week, so there is no past to replay."
        return shell.section("Your own past", shell.paragraph(why))
    title = f"Your own past, seen from week {past.periods[-1].week} of each period"
    lines = [drawing.Band(p.period.name, p.p10, p.p50, p.p90, came=p.actual) for p in past.periods]
    said = forecasts.past_sentence(past)
    table = shell.table(
        "What would have been said, and what came", forecasts.PAST_HEAD, forecasts.past_rows(past), words=2
    )
    return shell.section(
        title,
        shell.paragraph(said),
        drawing.bands(f"{said} Bands are 8 in 10, diamonds what came.", lines),
        shell.folded("The same as a table", table),
        shell.paragraph(_same_day(past)),
    )


def _same_day(past: Replay) -> str:
    others = (
        ("a period before", past.booked_last_quarter),
        ("a year before", past.booked_last_year),
    )
    known = [f"{files.whole(amount)} {when}" for when, amount in others if amount is not None]
    rest = f", against {' and '.join(known)}" if known else ""
    return f"Booked to this day: {files.whole(past.booked_now)}{rest}."


def _company(told: Forecast) -> str:
    node = told.node(COMPANY)
    sentence = forecasts.sentence(node, told.currency)
    facts = [
        ("Booked", node.booked), ("From open deals, on average", node.from_open.mean),
        ("From deals not yet created, on average", node.from_new.mean), ("On average", node.mean),
        ("Weighted pipeline, for comparison", node.weighted),
    ]  # fmt: skip
    rows = [[name, files.whole(amount)] for name, amount in facts]
    rows += [["Target", files.whole(node.target)]] if node.target is not None else []
    dots = [[f"{n + 1} of 20", files.whole(dot)] for n, dot in enumerate(node.dots)]
    return shell.section(
        "The company",
        shell.paragraph(files.whole(node.p50), "number"),
        shell.paragraph(sentence, "sentence"),
        drawing.dots(sentence, node.dots, node.target),
        shell.folded("The same as a table", shell.table("Equally likely results", ["", "total"], dots)),
        shell.table(f"What the number is made of, {told.currency}", ["", "amount"], rows),
    )


def _nodes(told: Forecast) -> str:
    ordered = forecasts.ordered(told.nodes)
    lines = [_band(depth, node) for depth, node in ordered]
    aimed = any(node.target is not None for _, node in ordered)
    rows = [[forecasts.named(node), *forecasts.node_cells(node, aimed)] for _, node in ordered]
    depths = [depth for depth, _ in ordered]
    caption = (
        f"{told.period.name}, {told.currency}. Averages add up; P10, P50 and P90 do not, and should not."
    )
    return shell.section(
        "Teams and people",
        drawing.bands("Band: 8 in 10. Dot: the middle. Bar: booked. Line: the target.", lines[1:][:80]),
        shell.table(caption, forecasts.node_head(aimed), rows, depths=depths),
    )


def _band(depth: int, node: NodeForecast) -> drawing.Band:
    return drawing.Band(
        forecasts.named(node), node.p10, node.p50, node.p90, booked=node.booked, target=node.target,
        depth=max(depth - 1, 0),
    )  # fmt: skip


def _deals(told: Forecast) -> str:
    if not told.deals:
        return shell.section("Open deals", shell.paragraph("No deal is open."))
    ranked = sorted(told.deals, key=lambda d: (-d.chance_in_period * (d.amount or 0), -d.chance_in_period))
    head = ["Deal", "Owner", "Why", "amount", f"in {told.period.name}", "ever", "expected close"]
    rows = [_deal(deal) for deal in ranked[:MOST_DEALS]]
    more = len(ranked) - len(rows)
    told_more = (
        f"The {MOST_DEALS} that matter most of {len(ranked):,}; --format json lists all." if more else ""
    )
    table = shell.table("Chance of being won in the period, and ever", head, rows, words=3)
    return shell.section("Open deals", shell.paragraph(told_more) if told_more else "", table)


def _deal(deal: DealForecast) -> list[str]:
    return [
        deal.name or deal.id, deal.owner, reasons(deal), files.whole(deal.amount),
        files.share(deal.chance_in_period), files.share(deal.chance_ever),
        deal.expected_close_on.isoformat() if deal.expected_close_on else "unknown",
    ]  # fmt: skip


def reasons(deal: DealForecast) -> str:
    """Reasons in words, each with its effect in percentage points."""
    return "; ".join(f"{r.text} ({r.effect:+.0f})".replace("-", "−") for r in deal.reasons)


def _left_out(told: Forecast) -> str:
    lines = forecasts.grouped(told.not_counted)
    return shell.section("Not counted, or counted otherwise", shell.bullets(lines)) if lines else ""


def _notes(told: Forecast) -> str:
    return shell.section("Notes", shell.bullets(told.warnings)) if told.warnings else ""
