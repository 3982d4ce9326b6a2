"""What the two say of an early talk, each for themself. Nothing of it is told to anybody, and the ledger has
no entry: that a talk was offered is theirs as well. The rows go with the quarter.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from fairlead.early import measuring, queries, rules
from fairlead.early.models import Reference, Said
from fairlead.grounds import queries as grounds
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.models import Person, RoleGrant
from fairlead.standing import measuring as standing_measuring
from fairlead.standing import queries as standing
from fairlead.standing import rules as results

_OVER = "what was said of talks goes with the quarter"
_AGENDA = "either of the two takes a talk off the agenda of both; callers checked whose"


@transaction.atomic
def say(*, by: access.Actor, at: datetime, person: str, word: str) -> None:
    """Say of the talk with a seller (public id) that it was had, that it is not now, or put it on the agenda; ``back``
    takes the own words back, and ``off`` takes it off the agenda.

    The newest of talked and not_now counts. Raises Refused: no_word, not_offered; NotAllowed, NotFound.
    """
    whom = people.find(person)
    queries.require_readable(by, whom.pk, at)
    people.require_on(by, "talk.say", whom.pk, "talk")
    Person.objects.select_for_update(no_key=True).get(pk=whom.pk)
    until = standing.running(at).ends_on
    if word == "off":
        Said.objects.for_system(_AGENDA).filter(person=whom, until=until, word="agenda").delete()
        return
    rules.refuse_word(word, word == "back" or queries.offered(by, whom.pk, at))
    rows = Said.objects.seen_by(by, "talk.own").filter(person=whom, by=by.id, until=until)
    if word != "agenda":
        rows.exclude(word="agenda").delete()
    if word != "back" and not rows.filter(word=word).exists():
        Said.objects.create(person=whom, by_id=by.id, until=until, word=word)


def watch(*, at: datetime) -> int:
    """Once a day: count what sellers of a role show together, and delete what belongs to a quarter that is over.

    How many roles were counted. Running it again on the same day counts nothing twice.
    """
    now, day = standing.running(at), people.house().day(at)
    with transaction.atomic():
        Said.objects.for_system(_OVER).filter(until__lt=day).delete()
        Reference.objects.filter(until__lt=day).delete()
    if day < rules.second_half(now) or not grounds.rule(at).early_chance:
        return 0
    counted = 0
    for seat, persons in _roles(day).items():
        if (
            len(persons) <= results.LEAST_PEERS
            or Reference.objects.filter(until=now.ends_on, day=day, seat=seat).exists()
        ):
            continue
        facts = measuring.of_role(persons, at)
        with transaction.atomic():
            Reference.objects.filter(seat=seat).delete()
            if facts is not None:
                Reference.objects.create(until=now.ends_on, day=day, seat=seat, facts=facts)
                counted += 1
    return counted


def _roles(day: date) -> dict[str, list[int]]:
    """Job and segment -> the sellers of whom results are looked at, those here the longest, as many as are counted."""
    grants = RoleGrant.objects.filter(role="rep", starts_on__lte=day).exclude(ends_on__lte=day)
    here = set(grounds.in_force(set(grants.values_list("person_id", flat=True)), day))
    found: dict[str, list[int]] = {}
    for person, seat in sorted(measuring.seat_of(standing_measuring.sellers(here, day), day).items()):
        found.setdefault(seat, []).append(person)
    return {seat: persons[: measuring.MOST_SELLERS] for seat, persons in found.items()}
