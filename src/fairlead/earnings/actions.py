"""Writing down one's own pay plan, and deleting it. Nobody is told, and nothing stands in the ledger."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from fairlead.earnings import rules
from fairlead.earnings.models import PayPlan
from fairlead.forecasting.periods import Period
from fairlead.people import access
from fairlead.people import queries as people


@transaction.atomic
def keep(*, by: access.Actor, at: datetime, period: Period, plan: rules.Plan) -> PayPlan:
    """Keep the own pay plan from a period on; what was kept from the same period is replaced.

    Raises NotAllowed, Refused (see :func:`rules.checked`).
    """
    access.require(by, "earnings.own")
    kept = rules.plain(rules.checked(plan))
    rows = PayPlan.objects.seen_by(by, "earnings.own").filter(person=by.id, starts_on=period.starts_on)
    rows.delete()
    return PayPlan.objects.create(
        person_id=by.id, starts=period.name, starts_on=period.starts_on, content=kept, at=at
    )


@transaction.atomic
def delete(*, by: access.Actor, period: str) -> int:
    """Delete the own pay plan from a period, or all of them (''); how many. Raises NotAllowed."""
    access.require(by, "earnings.own")
    rows = PayPlan.objects.seen_by(by, "earnings.own").filter(person=by.id)
    if period:
        rows = rows.filter(starts=period)
    return rows.delete()[0]


@transaction.atomic
def watch(*, at: datetime) -> int:
    """Delete the pay plans of whoever has left, for the daily clock; how many."""
    rows = PayPlan.objects.for_system("a pay plan goes with whoever leaves")
    gone = rows.filter(Q(person__ends_on__lte=people.house().day(at)) | ~Q(person__voided_at=None))
    return gone.delete()[0]
