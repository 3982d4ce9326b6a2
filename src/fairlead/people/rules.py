"""People as rows from outside, and the rules about them. No Django here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime


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


@dataclass(frozen=True, slots=True)
class Line:
    """One reporting line in force from ``starts_on`` until ``ends_on`` (exclusive; None = open).

    ``set_at`` and ``end_set_at`` are when the line and its end were said; None = known from the first day on.
    """

    person: int
    manager: int | None
    starts_on: date
    ends_on: date | None = None
    set_at: datetime | None = None
    end_set_at: datetime | None = None

    def in_force(self, on: date) -> bool:
        return self.starts_on <= on and (self.ends_on is None or on < self.ends_on)

    def as_known(self, at: datetime) -> Line | None:
        """The line as it was known at an instant: nothing before it was said, open before its end was said."""
        if self.set_at is not None and self.set_at > at:
            return None
        if self.end_set_at is not None and self.end_set_at > at:
            return Line(self.person, self.manager, self.starts_on)
        return self


def managers_on(lines: Iterable[Line], on: date) -> dict[int, int | None]:
    """person -> manager on a day; a person without a line in force is absent."""
    return {line.person: line.manager for line in lines if line.in_force(on)}


def find_circle(managers: Mapping[int, int | None], person: int, manager: int | None) -> bool:
    """Whether ``person`` reporting to ``manager`` would close a circle in the tree ``managers``."""
    seen: set[int] = set()
    above = manager
    while above is not None and above not in seen:
        if above == person:
            return True
        seen.add(above)
        above = managers.get(above)
    return False


def closure(managers: Mapping[int, int | None]) -> list[tuple[int, int, int]]:
    """Every (boss, member, depth) of a tree, oneself at depth 0. Raises ValueError on a circle."""
    triples = []
    for member in managers:
        boss: int | None = member
        depth = 0
        while boss is not None:
            triples.append((boss, member, depth))
            boss, depth = managers.get(boss), depth + 1
            if depth > len(managers):
                raise ValueError(f"Reporting lines run in a circle at person {member}.")
    return triples


ROLE_WORDS = {
    "rep": "rep",
    "ae": "rep",
    "account executive": "rep",
    "sales rep": "rep",
    "salesperson": "rep",
    "manager": "manager",
    "sales manager": "manager",
    "executive": "executive",
    "vp": "executive",
    "ceo": "executive",
    "director": "executive",
    "sales ops": "sales_ops",
    "sales_ops": "sales_ops",
    "sales operations": "sales_ops",
    "hr": "hr_partner",
    "hr_partner": "hr_partner",
    "hr partner": "hr_partner",
    "admin": "admin",
}
"""Words of people files for roles, lower case."""


def roles_of(words: str, *, reports: int, leaders_below: int) -> frozenset[str]:
    """The roles a row says (separated by ``;`` or ``+``), else read off the tree.

    Nobody below: rep. Reports who lead nobody: manager. A report who leads: executive.
    """
    said = {
        ROLE_WORDS[word.strip().lower()]
        for word in words.replace("+", ";").split(";")
        if word.strip().lower() in ROLE_WORDS
    }
    if said:
        return frozenset(said)
    if not reports:
        return frozenset({"rep"})
    return frozenset({"executive" if leaders_below else "manager"})
