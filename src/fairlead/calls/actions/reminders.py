"""When a number is due, and telling those whose is not there yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from fairlead.calls import due, numbers
from fairlead.calls.actions.wanted import CALL_PATH, tell
from fairlead.ledger import actions as ledger
from fairlead.notices.models import Notice
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.models import Person, Team


def rhythm_of(person: int) -> due.Rhythm:
    """The weekly due moment of the team a person leads; what the team does not say, the organisation does."""
    return rhythms([person])[person]


def rhythms(persons: Sequence[int]) -> dict[int, due.Rhythm]:
    """person -> the weekly due moment of the team they lead, in the team's time zone."""
    house = people.house()
    usual = due.Rhythm(
        house.due_weekday, time.fromisoformat(house.due_time), house.time_zone, begun=house.begun_at
    )
    off = people.off_of_teams(persons)
    found = {person: replace(usual, off=off[person]) for person in persons}
    for team in Team.objects.filter(lead__in=persons).select_related("lead"):
        found[team.lead_id] = due.Rhythm(
            usual.weekday if team.due_weekday is None else team.due_weekday,
            team.due_time or usual.time,
            team.time_zone or team.lead.time_zone or usual.zone,
            off[team.lead_id],
            usual.begun,
        )
    return found


@transaction.atomic
def remind(*, by: access.Actor, at: datetime, within: timedelta = timedelta(hours=4)) -> int:
    """Tell leaders whose number is due within a while and not there yet, once per due moment; how many.

    For a job that runs every so often; running it again tells nobody twice.
    """
    access.require(by, "import.run")
    house = people.house()
    period = house.period(house.day(at))
    leaders = [node.id for node in people.nodes(numbers.leaders(numbers.selling(at))) if node.manager]
    readers = {p.pk: p for p in Person.objects.filter(pk__in=leaders, user__is_active=True, voided_at=None)}
    sent = numbers.standing_of(readers.keys(), period.name, at)
    recent = Notice.objects.filter(kind="calls.due", to_id__in=list(readers), at__gt=at - within)
    known = set(recent.values_list("to_id", flat=True))
    told = 0
    for person, rhythm in rhythms([one for one in readers if one not in known]).items():
        answered = sent[person].due_at if person in sent else None
        moment = due.coming(rhythm, period, at, answered)
        if moment is None or moment - at > within:
            continue
        facts = {"period": period.name, "time": f"{moment.astimezone(ZoneInfo(rhythm.zone)):%H:%M}"}
        tell(readers[person], "calls.due", at, facts, path=CALL_PATH)
        told += 1
    if told:
        ledger.append(
            kind="calls.reminded",
            by=by.ref,
            at=at,
            subject_kind="period",
            subject=period.name,
            facts={"leaders": told},
        )
    return told
