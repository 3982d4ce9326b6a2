"""What is off until an admin turns it on, unit by unit.

A unit is everybody below its head; the nearest head who says on or off decides.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from fairlead.ledger import actions as ledger
from fairlead.people import access, kept, queries
from fairlead.people.models import Person, Team, UnitSwitch

FEATURES = {
    "agreements": "Working agreements",
    "oneonones": "One-to-ones",
    "feedback": "Upward feedback",
    "gaps": "Gap ledger",
}
"""What can be turned on, with its name."""
STATES = {"on": "on", "off": "off", "above": "as above"}
_NEEDS: dict[str, Callable[[int, datetime], None]] = {}


def needs(feature: str, refuse: Callable[[int, datetime], None]) -> None:
    """Say what has to stand before a feature is turned on: ``refuse`` raises Refused for a head where it does not."""
    _NEEDS[feature] = refuse


def newest(feature: str) -> dict[int, str]:
    """head -> how it was set last, of those that were ever set."""
    return kept.once(("switch", feature), lambda: _newest(feature))


def _newest(feature: str) -> dict[int, str]:
    rows = UnitSwitch.objects.filter(feature=feature).order_by("pk")
    return dict(rows.values_list("head_id", "state"))


def is_on(feature: str, person: int) -> bool:
    """Whether it is on between a person and the manager: the nearest head above who says on or off decides."""
    return bool(newest(feature)) and _decides(feature, _chain(person)[1:])


def is_on_below(feature: str, head: int) -> bool:
    """Whether it is on between a head and the direct reports."""
    return bool(newest(feature)) and _decides(feature, _chain(head))


def _chain(person: int) -> list[int]:
    return kept.once(("chain", person), lambda: queries.chain(person))


def _decides(feature: str, heads: list[int]) -> bool:
    said = newest(feature)
    return next((said[head] == "on" for head in heads if said.get(head, "above") != "above"), False)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit on the page of switches: how it was set, whether it is on by that, and how deep it stands."""

    public_id: str
    team: str
    head: str
    depth: int
    states: dict[str, str]
    on: dict[str, bool]


def units(actor: access.Actor) -> list[Unit]:
    """Every unit with its switches, each below the one it belongs to. Raises NotAllowed."""
    access.require(actor, "unit.switch")
    teams = list(Team.objects.filter(lead__voided_at=None).select_related("lead"))
    paths = {team.lead_id: list(reversed(queries.chain(team.lead_id))) for team in teams}
    names = queries.names({one for path in paths.values() for one in path})
    teams.sort(key=lambda team: [names.get(one, "") for one in paths[team.lead_id]])
    leads = set(paths)
    return [
        Unit(
            team.lead.public_id, team.name, team.lead.name,
            sum(one in leads for one in paths[team.lead_id][:-1]),
            {feature: newest(feature).get(team.lead_id, "above") for feature in FEATURES},
            {feature: is_on_below(feature, team.lead_id) for feature in FEATURES},
        )
        for team in teams
    ]  # fmt: skip


@transaction.atomic
def turn(*, by: access.Actor, at: datetime, feature: str, head: Person, state: str) -> UnitSwitch:
    """Turn a feature on or off for everybody below a head, or let the unit above decide.

    What was kept while it was on stays kept, and is there again when it is turned on again. Raises Refused:
    bad_switch, no_unit, the_same, and what the feature needs; NotAllowed.
    """
    access.require(by, "unit.switch")
    if feature not in FEATURES or state not in STATES:
        raise access.Refused("bad_switch", "Choose what to turn on or off, and whether.")
    if not Team.objects.filter(lead=head).exists():
        raise access.Refused("no_unit", f"{head.name} leads no unit.")
    if _newest(feature).get(head.pk, "above") == state:
        raise access.Refused("the_same", "Nothing is changed.")
    if state == "on" and feature in _NEEDS:
        _NEEDS[feature](head.pk, at)
    row = UnitSwitch.objects.create(feature=feature, head=head, state=state, at=at, by=by.ref)
    kept.forget()
    ledger.append(
        kind="settings.unit", by=by.ref, at=at, subject_kind="person", subject=head.pk,
        facts={"feature": feature, "state": state},
    )  # fmt: skip
    return row
