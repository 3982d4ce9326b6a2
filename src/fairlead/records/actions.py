"""Setting rules per country. Each is one transaction with its ledger entry last."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from fairlead.ledger import actions as ledger
from fairlead.people import access, versions
from fairlead.people.kept import forget
from fairlead.people.workdays import countries
from fairlead.records import rules
from fairlead.records.models import CountryRule


@transaction.atomic
def set_country_rule(
    *, by: access.Actor, at: datetime, rule: rules.CountryRule, reason: str, after_version: int | None = None
) -> CountryRule:
    """A new version of what holds in a country, from now on.

    Raises Refused: bad_country, bad_days, bad_leave, bad_class, bad_months, text_missing, text_long,
    changed_meanwhile; NotAllowed.
    """
    access.require(by, "country_rule.keep")
    rules.refuse_rule(rule, reason, countries())
    _, number = versions.newest(CountryRule.objects.filter(country=rule.country), after_version)
    row = CountryRule.objects.create(
        country=rule.country, version=number + 1, min_plan_days=rule.min_plan_days, companion=rule.companion,
        protected=list(rule.protected), named_comparisons=rule.named_comparisons, retention=dict(rule.retention),
        reason=reason.strip(), set_at=at, by=by.ref,
    )  # fmt: skip
    forget()
    ledger.append(
        kind="settings.country", by=by.ref, at=at, subject_kind="settings", subject=rule.country,
        facts={
            "version": row.version, "min_plan_days": row.min_plan_days, "companion": row.companion,
            "protected": row.protected, "named_comparisons": row.named_comparisons, "retention": row.retention,
            "reason": row.reason,
        },
    )  # fmt: skip
    return row
