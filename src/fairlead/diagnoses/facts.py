"""What is computed beside the layers, as plain values that are frozen with a version. It decides nothing.

Takes persons: for callers that checked access. Peers are figures without names, from five on. Beside will and fit
nothing is computed, ever. Nothing said in trust is here: no news, no packet, no agreement, no one-to-one; and of
requests for help none (those that wait for the manager are counted on the page, for the two who know of them).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from fairlead.deals import queries as deals
from fairlead.deals.models import Deal
from fairlead.debts import queries as debts
from fairlead.diagnoses import rules
from fairlead.forecasting.periods import Period
from fairlead.grounds import queries as grounds
from fairlead.grounds.rules import Rule
from fairlead.looks import evidence
from fairlead.people import queries as people
from fairlead.plans.models import Version as DealPlan
from fairlead.standing import measuring
from fairlead.standing import queries as standing
from fairlead.standing import rules as arithmetic
from fairlead.standing.queries import Quarter

LEAST_WON = 8
"""Of fewer won deals a share by product says too little."""
LEAST_IN_STAGE = 5
LEAST_SELL_IT = 3
"""So many peers sell a product line before it counts as one that peers sell."""
MOST_DEALS = 2_000
"""Of more closed deals of peers no stages are gone through; the newest are taken."""
_PRODUCTS = "products of won deals, as shares of a seller and of role peers without names"
_OPEN = "how many open deals have a next step and a plan, of a seller and of role peers without names"
Facts = dict[str, Any]


def of(person: int, at: datetime) -> Facts:
    """Everything that stands beside the layers, as it is known now."""
    rule, periods = grounds.rule(at), standing.quarters_before(at)
    mates = standing.peers_of(person, periods[-1], at)
    enough = len(mates) >= arithmetic.LEAST_PEERS
    facts = standing.measured([person], periods, rule, at)
    own = [facts[person, one.name] for one in periods]
    theirs = standing.measured(mates, periods[-4:], rule, at) if enough else {}
    return {
        "line": rule.line,
        "peers": len(mates),
        "environment": _environment(person, own, mates, rule, at),
        "results": _results(own, theirs, mates if enough else []) | {"change": _change(own)},
        "effort": _effort(person, mates if enough else []),
        "knowledge": _knowledge(person, mates if enough else [], periods),
        "skill": _skill(person, mates if enough else [], periods[-4:]),
    }


# 0 Environment


def _environment(
    person: int, own: Sequence[Quarter], mates: Collection[int], rule: Rule, at: datetime
) -> Facts:
    recent, day = own[-4:], people.house().day(at)
    seats = measuring.seats_of([person])[person]
    first = recent[0].period.starts_on
    return {
        "accounts": evidence.accounts(person, mates),
        "debts": [
            {"item": item, "days": (day - since).days, "due": due.isoformat() if due else None}
            for item, _, since, due in debts.open_towards(person, at)
        ],
        "targets": [
            {"name": one.period.name, "on": said.on.isoformat(), "to": said.minor}
            for one in recent
            for said in one.asked.changes
        ],
        "seats": [
            {"job": seat.job, "segment": seat.segment, "since": seat.since.isoformat()}
            for seat in seats
            if seat.since is not None and seat.since >= first
        ],
        "ramp": [_days(one, "ramp") for one in recent if _days(one, "ramp")["days"]],
        "away": [_days(one, "away") for one in recent if _days(one, "away")["days"]],
    }


def _days(one: Quarter, why: str) -> Facts:
    days = sum(part.days for part in one.asked.stretches if part.why == why)
    return {"name": one.period.name, "days": days, "of": one.asked.days}


# 1 Results


def _results(
    own: Sequence[Quarter], theirs: Mapping[tuple[int, str], Quarter], mates: Sequence[int]
) -> Facts:
    recent = own[-4:]
    return {
        "quarters": [
            {
                "name": one.period.name,
                "percent": one.percent,
                "won": one.won_minor,
                "asked": one.asked.minor or 0,
            }
            for one in own
            if one.percent is not None and one.asked.present
        ],
        "own": _habits(standing.habits(recent)),
        "peers": _habits(standing.together(theirs, mates, [one.period for one in recent])) if mates else None,
    }


def _habits(one: standing.Habits) -> Facts:
    rate = one.win_rate
    return {
        "won": rate.hits, "closed": rate.cases, "rate": rate.middle, "low": rate.low, "high": rate.high,
        "size": one.size, "opened": one.created, "cycle": one.cycle,
    }  # fmt: skip


def _change(own: Sequence[Quarter]) -> Facts | None:
    known = [one for one in own if one.percent is not None and one.asked.present]
    found = rules.change_point([one.percent or 0 for one in known])
    if found is None:
        return None
    return {
        "since": known[found.at].period.name, "before": round(found.before), "after": round(found.after),
        "quarters": len(known), "chance": round(found.chance, 4), "as_good": found.as_good, "of": found.of,
    }  # fmt: skip


# 2 Effort


def _effort(person: int, mates: Collection[int]) -> Facts:
    rows = Deal.objects.for_system(_OPEN).filter(
        owner__in=[person, *mates], status="open", missing_since=None
    )
    said = list(rows.values_list("pk", "owner_id", "next_step"))
    plans = DealPlan.objects.for_system(_OPEN).filter(deal__in=[pk for pk, *_ in said])
    planned = set(plans.values_list("deal_id", flat=True))
    found: list[Facts] = []
    for mine in (True, False):
        here = [(pk, step) for pk, owner, step in said if (owner == person) is mine]
        found.append(
            {
                "open": len(here),
                "next_step": sum(bool(step.strip()) for _, step in here),
                "plan": sum(pk in planned for pk, _ in here),
            }
        )
    return {"own": found[0], "peers": found[1] if mates else None}


# 3 Knowledge


def _knowledge(person: int, mates: Sequence[int], periods: Sequence[Period]) -> Facts:
    """Shares of what was won by product in four quarters, and lines that peers took up in them and the seller not."""
    recent, first = periods[-4:], periods[0].starts_on
    won = [one for one in measuring.closed([person, *mates], first, periods[-1].ends_on) if one.won]
    products: dict[int, str] = dict(
        Deal.objects.for_system(_PRODUCTS).filter(pk__in=[one.id for one in won]).values_list("pk", "product")
    )
    now = [one for one in won if one.closed_on >= recent[0].starts_on and products.get(one.id, "").strip()]
    before = {products.get(one.id, "").strip() for one in won if one.closed_on < recent[0].starts_on}
    mine = [one for one in now if one.owner == person]
    theirs = [one for one in now if one.owner != person]
    if not mates or len(mine) < LEAST_WON or len(theirs) < LEAST_WON:
        few = {"won": len(mine), "lines": None}
        return few | {
            "new": _new(person, now, products, before) if mates and len(theirs) >= LEAST_WON else []
        }
    names = {products[one.id].strip() for one in now}
    lines = [_line(name, mine, theirs, products) for name in names]
    lines.sort(key=lambda line: (-line["peers_won"], line["name"]))
    return {"won": len(mine), "lines": lines, "new": _new(person, now, products, before)}


def _line(
    name: str,
    mine: Sequence[measuring.Closed],
    theirs: Sequence[measuring.Closed],
    products: Mapping[int, str],
) -> Facts:
    found: Facts = {"name": name}
    for key, several in (("own", mine), ("peers", theirs)):
        here = [one for one in several if products[one.id].strip() == name]
        money = sum(one.minor or 0 for one in several)
        part = sum(one.minor or 0 for one in here)
        found |= {
            f"{key}_won": len(here),
            f"{key}_count": round(100 * len(here) / len(several)),
            f"{key}_money": round(100 * part / money) if money else None,
        }
    return found


def _new(
    person: int, now: Sequence[measuring.Closed], products: Mapping[int, str], before: Collection[str]
) -> list[str]:
    """Product lines that nobody won in the year before, three peers or more won since, and the seller did not."""
    sold: dict[str, set[int]] = {}
    for one in now:
        sold.setdefault(products[one.id].strip(), set()).add(one.owner)
    return sorted(
        name
        for name, who in sold.items()
        if name not in before and person not in who and len(who) >= LEAST_SELL_IT
    )


# 4 Skill


def _skill(person: int, mates: Sequence[int], periods: Sequence[Period]) -> list[Facts]:
    """Of the deals that came to a stage and closed in four quarters: how many were won, beside peers."""
    ended = measuring.closed([person, *mates], periods[0].starts_on, periods[-1].ends_on) if mates else []
    newest = sorted(ended, key=lambda one: (one.owner == person, one.closed_on), reverse=True)[:MOST_DEALS]
    stages = deals.stages_over({one.id for one in newest})
    places: dict[str, list[int]] = {}
    counts: dict[str, list[int]] = {}
    for one in newest:
        for place, stage in enumerate(stages.get(one.id, [])):
            places.setdefault(stage, []).append(place)
            count = counts.setdefault(stage, [0, 0, 0, 0])
            side = 0 if one.owner == person else 2
            count[side] += one.won
            count[side + 1] += 1
    order = sorted(counts, key=lambda stage: (sum(places[stage]) / len(places[stage]), stage))
    found = []
    for stage in order:
        own_won, own_here, won, here = counts[stage]
        if own_here < LEAST_IN_STAGE or here < LEAST_WON or (own_won, won) == (own_here, here):
            continue
        own, theirs = arithmetic.rate(own_won, own_here), arithmetic.rate(won, here)
        found.append(
            {
                "stage": stage, "own_won": own_won, "own": own_here, "low": own.low, "high": own.high,
                "peers_won": won, "peers": here, "rate": theirs.middle,
            }
        )  # fmt: skip
    return found
