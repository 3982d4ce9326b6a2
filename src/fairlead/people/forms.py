"""A form counts once, whoever clicks twice. What the same form says otherwise later is refused, never dropped.

Every act that keeps a form's key asks here, so that the rule and its words are the same everywhere.
"""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, QuerySet

from fairlead.people import access

M = TypeVar("M", bound=Model)
LONGEST_KEY = 64


def made_before(rows: QuerySet[M], key: str) -> M | None:
    """What a form made when it was sent before, by its ``key``, among ``rows`` of its sender.

    Raises Refused: key_missing.
    """
    refuse_no_key(key)
    return rows.filter(key=key[:LONGEST_KEY]).first()


def refuse_no_key(key: str) -> None:
    """Raises Refused for a form without a key: it would count as often as it is sent."""
    if not key:
        raise access.Refused("key_missing", "Send the form's key along, so that it counts once.")


def refuse_other(kept: object, said: object) -> None:
    """Raises Refused where the form says now what is not what it made: both as they are kept."""
    if kept != said:
        raise access.Refused(
            "key_reused",
            "This form was sent already, with other words. What was sent stands as it was. Look at it, then send this "
            "once more as something new.",
        )
