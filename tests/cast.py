"""The standing cast of the tests: a small company that every feature's tests play in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from fairlead.people import access, actions, queries
from fairlead.people.access import Role
from fairlead.people.models import Organisation, Partnership, Person
from tests import replay

AT = datetime(2026, 11, 24, 12, 10, tzinfo=UTC)
"""Now, for the tests: Tuesday of week 8 of the fourth quarter."""

START = date(2023, 1, 2)


@dataclass(frozen=True)
class Cast:
    """carl (CEO) > vera (VP) > mina, otto, sanna (managers) > reps; olu runs operations, hana is HR,
    ada is the admin. mina: rosa, ravi, ines, tomas. otto: pia, piet. sanna: sven."""

    carl: Person
    vera: Person
    mina: Person
    otto: Person
    sanna: Person
    rosa: Person
    ravi: Person
    ines: Person
    tomas: Person
    pia: Person
    piet: Person
    sven: Person
    olu: Person
    hana: Person
    ada: Person

    def actor(self, name: str, at: datetime = AT) -> access.Actor:
        """One of the cast as actor, by first name in lower case."""
        return queries.actor(getattr(self, name).pk, at)

    @property
    def names(self) -> list[str]:
        return list(self.__dataclass_fields__)


_PEOPLE: list[tuple[str, str, str | None, Role, str]] = [
    ("carl", "Carl Ek", None, Role.EXECUTIVE, "Marlow"),
    ("vera", "Vera Lindholm", "carl", Role.EXECUTIVE, "Sales"),
    ("mina", "Mina Aalto", "vera", Role.MANAGER, "Industrial North"),
    ("otto", "Otto Brandt", "vera", Role.MANAGER, "Industrial South"),
    ("sanna", "Sanna Berg", "vera", Role.MANAGER, "Utilities"),
    ("rosa", "Rosa Lindqvist", "mina", Role.REP, ""),
    ("ravi", "Ravi Menon", "mina", Role.REP, ""),
    ("ines", "Ines Duarte", "mina", Role.REP, ""),
    ("tomas", "Tomas Novak", "mina", Role.REP, ""),
    ("pia", "Pia Kranz", "otto", Role.REP, ""),
    ("piet", "Piet Maas", "otto", Role.REP, ""),
    ("sven", "Sven Dahl", "sanna", Role.REP, ""),
    ("olu", "Olu Adeyemi", "carl", Role.SALES_OPS, ""),
    ("hana", "Hana Sato", "carl", Role.HR_PARTNER, ""),
    ("ada", "Ada Noor", "carl", Role.ADMIN, ""),
]


def build(at: datetime = AT) -> Cast:
    """Create the cast in the empty database, each with a sign-in account ``FIRSTNAME@marlow.test``."""
    replay.once(("cast", at), lambda: _by_acts(at))
    return present()


def present() -> Cast:
    """The cast as the database has it."""
    people = {person.name: person for person in Person.objects.select_related("user")}
    return Cast(**{key: people[name] for key, name, *_ in _PEOPLE})


def _by_acts(at: datetime) -> None:
    by = access.system("tests build the cast")
    actions.set_up(by=by, at=at, name="Marlow Instruments", currency="EUR", time_zone="Europe/Helsinki")
    Organisation.objects.update(begun_at=None)  # it has been here for longer than anybody knows
    people: dict[str, Person] = {}
    for key, name, manager, role, team in _PEOPLE:
        people[key] = actions.add_person(
            by=by,
            at=at,
            name=name,
            manager=people[manager] if manager else None,
            roles=frozenset({role}),
            team=team,
            starts_on=START,
            source="cast",
            external_id=key,
        )
        actions.open_account(
            by=by, at=at, person=people[key], email=f"{key}@marlow.test", password="a long pass phrase"
        )
    Partnership.objects.create(hr=people["hana"], head=people["vera"], starts_on=START)
