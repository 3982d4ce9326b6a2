"""How a deal is judged for a period, and in whose name one may judge it."""

from __future__ import annotations

from datetime import datetime

from fairlead.calls import judging
from fairlead.deals.models import Deal
from fairlead.forecasting.periods import Period
from fairlead.people import access
from fairlead.people import queries as people


def judgements_of_deal(actor: access.Actor, deal: str, period: Period, at: datetime) -> list[judging.Judged]:
    """The judgements of a deal (public id) that stand and that the actor may read, the newest first."""
    return judging.of_deal(actor, deal, period.name, at)


def judge_of(actor: access.Actor, deal: str) -> int | None:
    """In whose name the actor may judge a deal (public id): the own, or the giver's; None where not, or it closed."""
    if not access.may(actor, "judgement.set"):
        return None
    rows = Deal.objects.seen_by(actor, "judgement.set").filter(public_id=deal, status="open")
    owner = rows.values_list("owner_id", flat=True).first()
    return None if owner is None else people.standing_in(actor, "judgement.set", owner) or actor.id
