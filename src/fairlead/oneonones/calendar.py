"""Meetings as an iCalendar file. It names the other one only where its owner wants that, and says nothing else."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterable
from datetime import datetime

import icalendar

from fairlead.oneonones.queries import Event

TYPE = "text/calendar; charset=utf-8"


def as_text(events: Iterable[Event], at: datetime, *, names: bool) -> bytes:
    """A calendar with the rules of every zone in it, so that an hour stays that hour when clocks change."""
    found = icalendar.Calendar()
    found.add("prodid", "-//Fairlead//One-to-ones//EN")
    found.add("version", "2.0")
    for one in events:
        zone = zoneinfo.ZoneInfo(one.zone)
        event = icalendar.Event()
        event.add("uid", f"{one.uid}@fairlead")
        event.add("summary", f"1:1 with {one.other}" if names else "1:1")
        event.add("dtstart", one.starts_at.astimezone(zone))
        event.add("dtend", one.ends_at.astimezone(zone))
        event.add("dtstamp", at)
        event.add("class", "PRIVATE")
        found.add_component(event)
    found.add_missing_timezones()
    return bytes(found.to_ical())
