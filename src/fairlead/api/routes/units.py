"""What an admin turns on and off, unit by unit."""

from __future__ import annotations

from typing import Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from fairlead.api.door import REFUSALS, asker
from fairlead.people import access, queries, switches

router = Router(tags=["units"])


class UnitOut(Schema):
    """A unit. ``states``: on, off or above for each feature; ``on``: whether it is on by that."""

    head: str
    name: str
    team: str
    states: dict[str, str]
    on: dict[str, bool]


class UnitIn(Schema):
    """``head`` is the public id of who leads the unit."""

    head: str = Field(max_length=16)
    feature: Literal["agreements", "oneonones", "feedback"]
    state: Literal["on", "off", "above"]


def _units(actor: access.Actor) -> list[UnitOut]:
    return [
        UnitOut(head=one.public_id, name=one.head, team=one.team, states=one.states, on=one.on)
        for one in switches.units(actor)
    ]


@router.get("operations/units", response={200: list[UnitOut], **REFUSALS})
def units(request: HttpRequest) -> list[UnitOut]:
    """Every unit with its switches."""
    return _units(asker(request).actor)


@router.put("operations/units", response={200: list[UnitOut], **REFUSALS})
def turn(request: HttpRequest, body: UnitIn) -> list[UnitOut]:
    """Turn something on or off for everybody below a head, or let the unit above decide."""
    who = asker(request, "import")
    access.require(who.actor, "unit.switch")
    head = queries.find(body.head.replace("\x00", ""))
    switches.turn(by=who.actor, at=who.at, feature=body.feature, head=head, state=body.state)
    return _units(who.actor)
