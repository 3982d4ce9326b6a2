"""Doors at which a person takes an open deal out of a number, and who is asked before they open.

Features that stand above deals may refuse here; each registers its gate by name when it loads. Imports pass no gate:
a fact of the CRM is never refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

from fairlead.people import access

if TYPE_CHECKING:
    from fairlead.deals.models import Deal


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody is about to do. ``category``: the own category the deal would have; None: it is judged out."""

    by: access.Actor
    at: datetime
    deal: Deal
    category: str | None


Gate: TypeAlias = Callable[[Act], None]
_GATES: dict[str, Gate] = {}


def register(name: str, gate: Gate) -> None:
    """Ask ``gate`` before every act; it raises Refused with what to do first. The same name again replaces it."""
    _GATES[name] = gate


def pass_through(act: Act) -> None:
    """Ask every gate. Raises the first refusal."""
    for gate in _GATES.values():
        gate(act)
