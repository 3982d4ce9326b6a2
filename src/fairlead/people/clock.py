"""The clock, read at the edge only: by pages, the API and commands, never by rules, actions or queries."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from fairlead.people.models import DemoClock


def now() -> datetime:
    """This moment in UTC; in demo mode the demo's moment, which runs on from where it was set."""
    real = datetime.now(UTC)
    if not settings.DEMO:
        return real
    clock = DemoClock.objects.first()
    return real if clock is None else clock.stands_at + (real - clock.set_at)


def demo_fills() -> Path:
    """The file that lies in the data folder while the demo company is filled: half of it is not shown as all."""
    return Path(settings.DATA) / "filling"


def set_demo(stands_at: datetime) -> None:
    """Set the demo's clock. Raises RuntimeError outside demo mode."""
    if not settings.DEMO:
        raise RuntimeError("Only a demo's clock can be set.")
    DemoClock.objects.update_or_create(pk=1, defaults={"stands_at": stands_at, "set_at": datetime.now(UTC)})
