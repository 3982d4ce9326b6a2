"""People as rows from outside, and the rules about them. No Django here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person of a source. ``manager`` is a ``person_id`` of the same source, or empty."""

    person_id: str
    name: str = ""
    email: str = ""
    manager: str = ""
    role: str = ""
    title: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    territory: str = ""
    currency: str = ""
    time_zone: str = ""
    team: str = ""
    line: int = 0
