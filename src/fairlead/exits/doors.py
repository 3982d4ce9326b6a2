"""The gate at doors inside Fairlead: where the organisation blocks, no deal leaves the forecast without its packet."""

from __future__ import annotations

from fairlead.calls import queries as calls
from fairlead.deals import gates
from fairlead.deals import queries as deals
from fairlead.deals import rules as deal_rules
from fairlead.exits import owing, rules, tracing
from fairlead.people import access
from fairlead.people import queries as people

_CATEGORY = {"commit": "Commit", "most_likely": "Most Likely", "best_case": "Best Case"}


def gate(act: gates.Act) -> None:
    """Raises Refused ``packet_missing`` where a packet has to come first, with what to do."""
    today, deal = people.house().day(act.at), act.deal
    rule = owing.rule_on(today, act.at)
    period = calls.period_at(act.at)
    if not rule.blocking or deal.owner_id is None or deal.close_on is None:
        return
    if (
        not period.contains(deal.close_on)
        or deal.missing_since is not None
        or not owing.asked_of(rule, deal.owner_id)
    ):
        return
    now = _category(act, deal.own_category)
    goes_to = None if act.category is None else _category(act, act.category)
    if now not in rule.categories or goes_to in rule.categories:
        return
    threshold = owing.threshold_of(rule, deal.owner_id, today)
    if threshold is None or (deal.home_minor or 0) < threshold or _written(act, rule):
        return
    owner = people.names([deal.owner_id]).get(deal.owner_id, "")
    whose = "Write it" if deal.owner_id == act.by.person else f"Ask {owner} for it"
    raise access.Refused(
        "packet_missing",
        f"{deal.name or 'This deal'} stands in {_CATEGORY[now]}, and a deal of this size leaves it with a packet. "
        f"{whose} first, on the deal’s page under “Leaving the forecast”; then this door opens.",
    )


def _category(act: gates.Act, own: str) -> str:
    mapped = deals.mapping(people.house().day(act.at))
    category, _ = deal_rules.resolve_category(
        status=act.deal.status,
        own=own,
        stage=act.deal.stage,
        source=act.deal.forecast_category,
        mapping=mapped,
    )
    return category


def _written(act: gates.Act, rule: rules.Rule) -> bool:
    """Whether a packet was handed in since the deal last began to stand."""
    period = calls.period_at(act.at)
    try:
        trace = tracing.of_deal(act.deal.pk, period, act.at, rule)
    except access.Refusal:
        trace = None  # tracks are being built; a packet of this period is then enough
    return owing.answer_of(act.deal.pk, period.name, trace, "packet", act.at) is not None
