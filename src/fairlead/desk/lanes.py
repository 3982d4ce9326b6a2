"""The protected lanes: what never enters a desk, and whom a person goes to instead, by name."""

from __future__ import annotations

from dataclasses import dataclass

from fairlead.desk import queries, wording
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.access import Role
from fairlead.people.models import Person


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane: what belongs to it in words, and to whom it goes, (name, who that is, mail)."""

    key: str
    what: str
    why: str
    to: tuple[tuple[str, str, str], ...]


_WHY = {
    "hr": "Sick leave, pay of one person, a conflict, a warning: only HR and the people concerned read it.",
    "ethics_report": "Bribery, fraud, harassment: a report must not pass over the desk of somebody it may be about.",
    "complaint": "The desk belongs to the manager. A complaint about the manager goes around it.",
}


def lanes(actor: access.Actor) -> tuple[Lane, ...]:
    """The lanes with the people of the actor's unit; names are everybody's to see."""
    access.require(actor, "person.read")
    hr = [(name, "HR partner of your unit") for name in queries.hr_of(actor.id) if name != actor.name]
    chain = people.chain(actor.id)
    above = [one.name for one in people.nodes(chain[2:3])]
    skip = [(name, "your manager’s manager") for name in above]
    told = {"hr": hr, "ethics_report": hr, "complaint": [*hr, *skip]}
    admins = [] if hr else [(name, "admin: ask for an HR partner of your unit") for name in _admins()]
    mails = _mails([name for pairs in told.values() for name, _ in pairs] + [name for name, _ in admins])
    return tuple(
        Lane(
            key, words, _WHY[key],
            tuple((name, who, mails.get(name, "")) for name, who in (told[key] or admins)),
        )
        for key, words in wording.LANES.items()
    )  # fmt: skip


def _admins() -> list[str]:
    rows = Person.objects.filter(grants__role=Role.ADMIN.value, grants__ends_on=None, voided_at=None)
    return list(rows.order_by("name").values_list("name", flat=True).distinct()[:3])


def _mails(names: list[str]) -> dict[str, str]:
    rows = Person.objects.filter(name__in=names, voided_at=None, email__isnull=False)
    return {name: mail or "" for name, mail in rows.values_list("name", "email")}
