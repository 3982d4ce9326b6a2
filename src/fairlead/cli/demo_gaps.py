"""What Pia's third quarter cost others, Piet's target that changed, and the early talk he and Otto are offered."""

from __future__ import annotations

from datetime import date, datetime

from fairlead.calls import actions as calls
from fairlead.calls import queries as call_queries
from fairlead.early import actions as early
from fairlead.forecasting.simulate import marlow
from fairlead.gaps import actions as gaps
from fairlead.gaps.rules import CutOrDelay, Given, Part
from fairlead.people import queries, switches
from fairlead.people.models import Person


def _at(day: int, hour: int) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=marlow.ZONE)


def fill(everybody: dict[str, Person]) -> None:
    """The gap ledger of Otto's team, and what the clock counted this morning."""
    olu, otto, piet, pia = (everybody[name] for name in ("olu", "otto", "piet", "pia"))
    at = _at(18, 9)
    switches.turn(by=queries.actor(olu.pk, at), at=at, feature="gaps", head=everybody["vera"], state="on")
    calls.set_target(
        by=queries.actor(olu.pk, at), at=at, person=piet, period=call_queries.period_named(marlow.PERIOD),
        amount_minor=80_000_000, reason="territory",
    )  # fmt: skip
    given = Given(
        parts=(Part(piet.public_id, 10_000_000, date(2026, 10, 1), date(2026, 12, 31)),),
        cuts=(
            CutOrDelay("hiring", "The second engineer starts in April", date(2026, 10, 12), date(2027, 4, 1)),
            CutOrDelay("programme", "The analyser tour in the south: one week instead of three", date(2026, 11, 2)),
        ),
    )  # fmt: skip
    at = _at(18, 11)
    gaps.keep(
        by=queries.actor(otto.pk, at), at=at, person=pia.public_id, quarter="2026Q3", given=given, after=0
    )
    early.watch(at=_at(24, 6))
