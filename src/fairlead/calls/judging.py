"""Judgements of deals as they stand: in or out of a period, by whom, and what the ones judged in come to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from fairlead.calls import pipeline
from fairlead.calls.models import Judgement
from fairlead.deals import queries as deals
from fairlead.forecasting.periods import Period
from fairlead.people import access


@dataclass(frozen=True, slots=True)
class Judged:
    """A judgement that stands. ``author`` is whose it is, ``by`` who set it (another one when standing in)."""

    verdict: str
    note: str
    author: str
    author_id: int
    by: str
    at: datetime


def of_author(actor: access.Actor, author: int, period: str, at: datetime) -> dict[int, Judged]:
    """deal -> the leader's judgement that stands, of those the actor may read."""
    found = _standing(actor, period, at, author=author)
    return {deal: judged for (deal, _), judged in found.items()}


def of_deal(actor: access.Actor, deal: str, period: str, at: datetime) -> list[Judged]:
    """Every leader's judgement of a deal (public id) that stands, the newest first."""
    found = _standing(actor, period, at, deal__public_id=deal)
    return sorted(found.values(), key=lambda judged: judged.at, reverse=True)


def _standing(
    actor: access.Actor, period: str, at: datetime, **which: object
) -> dict[tuple[int, int], Judged]:
    if not access.may(actor, "judgement.read"):
        return {}
    rows = Judgement.objects.seen_by(actor, "judgement.read").filter(period=period, at__lte=at, **which)
    newest = rows.order_by().values("deal", "author").annotate(last=Max("pk")).values("last")
    standing = Judgement.objects.seen_by(actor, "judgement.read").filter(pk__in=newest).exclude(verdict="")
    every = list(standing.select_related("author", "by"))
    moved = _moved(
        row.deal_id for row in every if row.note and actor.person not in (row.author_id, row.by_id)
    )
    return {
        (row.deal_id, row.author_id): Judged(
            row.verdict, "" if row.at < moved.get(row.deal_id, row.at) else row.note, row.author.name,
            row.author_id, row.by.name, row.at,
        )
        for row in every
    }  # fmt: skip


def _moved(ids: Iterable[int]) -> dict[int, datetime]:
    """When deals came to whose they are: a note written before was for the one before, and is read by its author."""
    of = sorted(set(ids))
    return {deal: known[-1][0] for deal, known in deals.owners_over(of).items() if known} if of else {}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What open deals judged in come to, alone and with Closed, and what of a column is judged out. Minor units.

    The column is Commit, or the cumulative one it is asked for.
    """

    alone: int
    cumulative: int
    deals: int
    out_of_column: int
    out_deals: int


def evidence(
    lines: Iterable[pipeline.Line],
    judged: Mapping[int, Judged],
    period: Period,
    booked: int,
    category: str = "commit",
) -> Evidence | None:
    """The sum beside a called column; None where nothing is judged. It changes no call."""
    if not judged:
        return None
    opened = [line for line in lines if line.status == "open" and not line.missing and line.id in judged]
    inside = [line for line in opened if judged[line.id].verdict == "in"]
    out = [
        line
        for line in opened
        if judged[line.id].verdict == "out" and pipeline.counted(line, period, category)
    ]
    alone = sum(line.amount or 0 for line in inside)
    return Evidence(alone, alone + booked, len(inside), sum(line.amount or 0 for line in out), len(out))
