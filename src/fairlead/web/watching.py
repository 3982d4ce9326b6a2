"""What time alone brings about, each part by itself: one that fails stops no other, is shown, and is tried again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from fairlead.people import access
from fairlead.web.models import Watch

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Failing:
    """A part that failed on its last run: how often in a row, since when, and by what kind of problem."""

    what: str
    failures: int
    since: datetime
    last: datetime
    problem: str


def each(parts: Mapping[str, Callable[[], object]], at: datetime) -> list[str]:
    """Run every part, and give the names of those that failed. The next run tries them again.

    A part keeps its own transactions: some take minutes, and none may hold the database that long.
    """
    failed = []
    for what, part in parts.items():
        try:
            part()
        except Exception as problem:
            logger.exception("%s could not be done", what)
            note(what, type(problem).__name__, at)
            failed.append(what)
        else:
            note(what, "", at)
    return failed


def note(what: str, problem: str, at: datetime) -> None:
    """Keep that a part was done, or by what kind of problem it failed."""
    if not problem:
        Watch.objects.filter(what=what, failures__gt=0).update(failures=0, problem="")
        return
    with transaction.atomic():
        row, _ = Watch.objects.select_for_update().get_or_create(
            what=what, defaults={"since": at, "last": at}
        )
        row.since = at if row.failures == 0 else row.since
        row.failures, row.last, row.problem = row.failures + 1, at, problem[:80]
        row.save()


def note_all(problems: Iterable[tuple[str, str]], at: datetime) -> None:
    """The same for parts that something else ran: (what, kind of problem or '')."""
    for what, problem in problems:
        note(what, problem, at)


def failing(actor: access.Actor) -> list[Failing]:
    """The parts that failed on their last run, for sales operations. Raises NotAllowed."""
    access.require(actor, "settings.write")
    rows = Watch.objects.filter(failures__gt=0).order_by("since", "what")
    return [Failing(row.what, row.failures, row.since, row.last, row.problem) for row in rows]
