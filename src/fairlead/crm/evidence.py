"""From a batch to the evidence of a forecast: the one place where files meet the forecasting library."""

from __future__ import annotations

from fairlead.crm.reading import Batch
from fairlead.deals import rules
from fairlead.forecasting.types import History


def to_history(batch: Batch) -> History:
    """A batch as evidence, in the batch's currency; extra columns as the mapping names them."""
    return rules.to_history(
        batch.deals,
        batch.changes,
        batch.people,
        currency=batch.currency,
        rates=batch.rates,
        evidence=batch.evidence,
        static=batch.static,
        time_zone=batch.time_zone,
    )
