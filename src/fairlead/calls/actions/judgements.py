"""A leader's judgement of a report's deal."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from fairlead.calls import judging
from fairlead.calls.actions.wanted import refuse_over
from fairlead.calls.models import Judgement
from fairlead.deals import gates
from fairlead.deals.models import Deal
from fairlead.forecasting.periods import Period
from fairlead.ledger import actions as ledger
from fairlead.people import access
from fairlead.people import queries as people

VERDICTS = ("in", "out")
_LONGEST_NOTE = 500


@transaction.atomic
def judge(
    *, by: access.Actor, at: datetime, deal: str, period: Period, verdict: str, note: str = ""
) -> Judgement:
    """Judge a direct report's open deal (public id) in or out of a period. Changes no call and no category.

    Raises NotAllowed and NotFound by ``judgement.set``; Refused for another verdict, a closed deal, a long note,
    a period that is over, and by a gate.
    """
    row, owner = _deal(by, deal)
    if verdict not in VERDICTS:
        raise access.Refused("bad_verdict", "A deal is judged in or out of the period.")
    if row.status != "open":
        raise access.Refused("closed_deal", "This deal is closed; there is nothing left to judge.")
    if len(note.strip()) > _LONGEST_NOTE:
        raise access.Refused("long_note", f"Write at most {_LONGEST_NOTE} characters.")
    if verdict == "out":
        gates.pass_through(gates.Act(by, at, row, None))
    return _keep(by, at, row, owner, period, verdict, note.strip())


@transaction.atomic
def clear_judgement(*, by: access.Actor, at: datetime, deal: str, period: Period) -> Judgement:
    """Take a judgement back, by a new row. Refuses where there is none."""
    row, owner = _deal(by, deal)
    author = _author(by, owner)[0]
    if row.pk not in judging.of_author(by, author, period.name, at):
        raise access.Refused("no_judgement", "There is no judgement of yours on this deal.")
    return _keep(by, at, row, owner, period, "", "")


def _deal(by: access.Actor, deal: str) -> tuple[Deal, int]:
    access.require(by, "judgement.set")
    row = Deal.objects.seen_by(by, "judgement.set").filter(public_id=deal).first()
    if row is None or row.owner_id is None:
        raise access.NotFound("deal")
    return row, row.owner_id


def _author(by: access.Actor, owner: int) -> tuple[int, int | None]:
    """Whose judgement it is, and the giver when the actor stands in."""
    behalf = people.standing_in(by, "judgement.set", owner)
    return behalf or by.id, behalf


def _keep(
    by: access.Actor, at: datetime, row: Deal, owner: int, period: Period, verdict: str, note: str
) -> Judgement:
    refuse_over(period, at)
    author, behalf = _author(by, owner)
    judgement = Judgement.objects.create(
        deal=row, author_id=author, period=period.name, verdict=verdict, note=note, by_id=by.id, at=at
    )
    ledger.append(
        kind="deal.judged" if verdict else "deal.judgement_cleared",
        by=by.ref,
        at=at,
        subject_kind="deal",
        subject=row.public_id,
        facts={"period": period.name, "verdict": verdict, "note": bool(note), "owner": owner},
        behalf=behalf,
    )
    return judgement
