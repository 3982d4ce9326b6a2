"""Settings are kept in versions: a new one follows the newest, and only what somebody has seen."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, QuerySet

from fairlead.people import access

M = TypeVar("M", bound=Model)


def newest(rows: QuerySet[M], after_version: int | None) -> tuple[M | None, int]:
    """The newest version and its number, 0 before the first, held until the transaction ends.

    Raises Refused: changed_meanwhile where ``after_version``, which a form was made from, is not the newest.
    """
    row = rows.select_for_update().order_by("-version").first()
    number = int(getattr(row, "version", 0))
    if after_version is not None and after_version != number:
        raise access.Refused(
            "changed_meanwhile", f"Version {number} was kept meanwhile. Compare, then keep yours again."
        )
    return row, number
