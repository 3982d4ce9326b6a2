"""Which entries of the ledger an actor may read: one rule for the page and the API."""

from __future__ import annotations

from django.db.models import Q

from fairlead.people import access

OPERATIONS = (
    "settings.", "people.", "person.", "deals.", "import.", "calls.", "overlay.", "targets.", "target.",
    "estimate.", "accounts.",
    "expectation.",
)  # fmt: skip
ACCOUNTS = ("account.",)


def readable(actor: access.Actor) -> Q:
    """Own acts (and those done on one's behalf), and by role those of an area. Raises NotAllowed."""
    access.require(actor, "ledger.read")
    where = Q(actor=actor.ref) | Q(behalf=actor.id)
    if any(reach is access.Reach.COMPANY for _, reach in access.reaches(actor, "ledger.read")):
        for area in OPERATIONS:
            where |= Q(kind__startswith=area)
    if access.may(actor, "ledger.read_accounts"):
        for area in ACCOUNTS:
            where |= Q(kind__startswith=area)
    return where
