"""What speaks against a problem with the person, computed before anything else and frozen with the look.

Takes persons: for the sweep and for callers that checked access. Nothing learned about a person is in it: the luck
check knows the deals that were dealt and how often peers win such deals, and no effect of an owner.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np

from fairlead.debts import queries as debts
from fairlead.forecasting import luck
from fairlead.forecasting.periods import Period
from fairlead.grounds.rules import Rule
from fairlead.people import queries as people
from fairlead.standing import measuring, rules
from fairlead.standing.queries import Quarter
from fairlead.territories.models import Account

LEAST_OF_A_KIND = 8
"""Fewer deals of peers of one kind say too little about how often it is won."""
_COUNTS = "how many accounts role peers have; no names are shown"
Facts = dict[str, Any]


def of_run(
    person: int, run: Sequence[Quarter], theirs: Mapping[tuple[int, str], Quarter], mates: Collection[int],
    rule: Rule, at: datetime,
) -> Facts:  # fmt: skip
    """Everything a look shows, as plain values that can be frozen. ``run``: quarters under the line, oldest first."""
    last = run[-1]
    return {
        "line": rule.line,
        "in_a_row": rule.in_a_row,
        "job": last.seat.job,
        "segment": last.seat.segment,
        "quarters": [_quarter(one) for one in run],
        "luck": _luck(person, run, mates, rule),
        "peers": [_peers(one.period, theirs, mates) for one in run],
        "late_deals": [_one(one.period, one.with_late) for one in run if one.with_late],
        "targets": [_one(one.period, one.first_target) | _changes(one) for one in run if one.first_target],
        "ramp": [_ramp(one) for one in run if any(part.why == "ramp" for part in one.asked.stretches)],
        "seated": last.seat.since.isoformat() if last.seat.since else None,
        "away": [_away(one) for one in run if any(part.why == "away" for part in one.asked.stretches)],
        "accounts": accounts(person, mates),
        "debts": _debts(person, run, at),
    }


def _quarter(one: Quarter) -> Facts:
    return {
        "name": one.period.name, "asked": one.asked.minor or 0, "whole": one.asked.whole_minor or 0,
        "won": one.won_minor, "percent": one.percent, "wins": one.win_rate.hits, "closed": one.win_rate.cases,
    }  # fmt: skip


def _one(period: Period, one: rules.OneDeal | None) -> Facts:
    assert one is not None
    return {"name": period.name, "minor": one.minor, "percent": one.percent, "over": one.over}


def _changes(one: Quarter) -> Facts:
    return {"to": one.asked.whole_minor, "on": [said.on.isoformat() for said in one.asked.changes]}


def _ramp(one: Quarter) -> Facts:
    days = [part for part in one.asked.stretches if part.why == "ramp"]
    return {"name": one.period.name, "days": sum(part.days for part in days), "share": days[-1].share}


def _away(one: Quarter) -> Facts:
    days = sum(part.days for part in one.asked.stretches if part.why == "away")
    return {"name": one.period.name, "days": days, "of": one.asked.days}


def _peers(period: Period, theirs: Mapping[tuple[int, str], Quarter], mates: Collection[int]) -> Facts:
    known = [theirs[mate, period.name] for mate in mates if (mate, period.name) in theirs]
    asked = [one for one in known if one.percent is not None]
    said = rules.peers([one.percent or 0 for one in asked], [bool(one.under) for one in asked])
    return {
        "name": period.name, "count": said.count, "under": said.under, "low": said.low, "middle": said.middle,
        "high": said.high,
    }  # fmt: skip


def accounts(person: int, mates: Collection[int]) -> Facts | None:
    """Accounts of a seller and the middle of the role peers', None where they are too few; callers checked whose."""
    rows = (
        Account.objects.for_system(_COUNTS)
        .filter(owner__in=[person, *mates])
        .values_list("owner_id", flat=True)
    )
    counts: dict[int, int] = {}
    for owner in rows:
        if owner is not None:
            counts[owner] = counts.get(owner, 0) + 1
    if len(mates) < rules.LEAST_PEERS or not counts:
        return None
    return {"own": counts.get(person, 0), "middle": rules.middle([counts.get(mate, 0) for mate in mates])}


def _debts(person: int, run: Sequence[Quarter], at: datetime) -> list[Facts]:
    """What the company owed in the run and owes still."""
    day = people.house().day(at)
    return [
        {
            "item": item,
            "since": since.isoformat(),
            "days": (day - since).days,
            "due": due.isoformat() if due else None,
        }
        for item, _, since, due in debts.open_towards(person, at)
        if since <= run[-1].period.ends_on
    ]


# Luck


def _luck(person: int, run: Sequence[Quarter], mates: Collection[int], rule: Rule) -> Facts | None:
    """The chance that somebody of usual skill has this run with these deals; None where peers are too few to say."""
    if len(mates) < rules.LEAST_PEERS:
        return None
    persons = [person, *mates]
    dealt: list[list[measuring.Dealt]] = []
    for one in run:
        ended = measuring.closed(persons, one.period.starts_on, one.period.ends_on)
        dealt.append(measuring.dealt(persons, one.period, ended))
    kinds, codes = _kinds(person, dealt)
    if kinds == 0:
        return None
    own, peers_dealt, peers_won = [], np.zeros((len(run), kinds)), np.zeros((len(run), kinds))
    for n, (one, several, kind) in enumerate(zip(run, dealt, codes, strict=True)):
        mine = np.array([deal.owner == person for deal in several], bool)
        amounts = np.array([float(deal.minor) for deal in several])
        won = np.array([deal.won for deal in several], bool)
        line = (one.asked.minor or 0) * rule.line / 100
        own.append(luck.Dealt(amounts[mine], kind[mine], line))
        np.add.at(peers_dealt[n], kind[~mine], 1)
        np.add.at(peers_won[n], kind[~mine & won], 1)
    answer = luck.of_run(own, luck.Peers(peers_dealt, peers_won), sellers=len(persons))
    return {
        "run": round(answer.run, 4),
        "somebody": round(answer.somebody, 4),
        "sellers": answer.sellers,
        "periods": [round(float(one), 4) for one in answer.periods],
        "expected": [round(float(one)) for one in answer.expected],
        "dealt": [len(one.amounts) for one in own],
        "dealt_minor": [round(float(one.amounts.sum())) for one in own],
        "peers_dealt": [int(row.sum()) for row in peers_dealt],
        "peers_won": [int(row.sum()) for row in peers_won],
    }


def _kinds(
    person: int, dealt: Sequence[Sequence[measuring.Dealt]]
) -> tuple[int, list[np.typing.NDArray[np.int64]]]:
    """How many kinds there are, and the kind of every deal: large or small, there before the quarter or come in it.

    Kinds of which peers were dealt too few are put together, until each says something; 0 where nothing does.
    """
    every = [deal for several in dealt for deal in several]
    theirs = [deal for deal in every if deal.owner != person]
    if not theirs or not any(deal.owner == person for deal in every):
        return 0, []
    half = float(np.median([deal.minor for deal in theirs]))
    ways = (
        lambda deal: (deal.before, deal.minor > half),
        lambda deal: (deal.before,),
        lambda deal: (),
    )
    for way in ways:
        counts: dict[tuple[bool, ...], int] = {}
        for deal in theirs:
            counts[way(deal)] = counts.get(way(deal), 0) + 1
        needed = {way(deal) for deal in every}
        if all(counts.get(kind, 0) >= LEAST_OF_A_KIND for kind in needed):
            order = {kind: n for n, kind in enumerate(sorted(needed))}
            return len(order), [
                np.array([order[way(deal)] for deal in several], np.int64) for several in dealt
            ]
    return 0, []


def today_says(run: Sequence[Quarter], frozen: Facts) -> list[tuple[str, int | None, bool]]:
    """(quarter, attainment, under) as it is known now, of the quarters whose attainment is not what was frozen."""
    before = {one["name"]: one for one in frozen["quarters"]}
    return [
        (one.period.name, one.percent, bool(one.under))
        for one in run
        if before[one.period.name]["percent"] != one.percent
    ]


def spans_away(quarters: Sequence[Quarter]) -> list[tuple[date, date | None]]:
    """The leave of a seller, as days."""
    return [(span.first, span.last) for span in quarters[-1].given.away] if quarters else []
