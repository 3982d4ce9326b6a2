"""Who is asked: the manager of the day, and behind the second door whoever stands in no manager's shadow.

A second door leads past the manager: nobody is offered who was asked already, who manages the rep, or who stands
below one of them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from fairlead.people import queries as people
from fairlead.people.models import Partnership, Person, Reach


@dataclass(frozen=True, slots=True)
class Door:
    """Somebody behind the second door. ``kind`` is above or hr."""

    kind: str
    id: int
    public_id: str
    name: str
    title: str


def manager_of(person: int, day: date) -> int | None:
    """Who is asked for help by the line of a day: the manager, or whoever is above where the manager has left."""
    return present(people.manager_of(person), day)


def present(person: int | None, day: date) -> int | None:
    """The person, or the first one above who is still there."""
    found = people.first_there(person, lambda one: gone(one, day))
    return None if found is not None and gone(found, day) else found


def gone(person: int, day: date) -> bool:
    """Whether somebody has left by a day, or can be asked no more."""
    return people.gone(person, day, "help.answer")


def behind(rep: int, past: Collection[int], day: date) -> list[Door]:
    """Whom a rep can choose behind the second door: the skip level first, then the HR partners of the unit.

    ``past`` are who was asked already and whom it is about; today's manager is one of them in any case.
    """
    manager = people.manager_of(rep)
    against = {*past, *([manager] if manager is not None else [])}
    shadow = set(Reach.objects.filter(boss__in=against).values_list("member_id", flat=True)) | against | {rep}
    chain = people.chain(rep)
    above = next((one for one in chain[2:] if one not in shadow and not gone(one, day)), None)
    partners = Partnership.objects.filter(head__in=chain, starts_on__lte=day).filter(
        Q(ends_on=None) | Q(ends_on__gt=day)
    )
    hr = [
        one for one in partners.order_by("hr__name").values_list("hr_id", flat=True)
        if one not in shadow and one != above and not gone(one, day)
    ]  # fmt: skip
    kinds = dict.fromkeys(hr, "hr") | ({above: "above"} if above is not None else {})
    rows = {row.pk: row for row in Person.objects.filter(pk__in=kinds, user__isnull=False)}
    order = [*([above] if above is not None else []), *dict.fromkeys(hr)]
    return [
        Door(kinds[one], one, rows[one].public_id, rows[one].name, rows[one].title) for one in order if one in rows
    ]  # fmt: skip
