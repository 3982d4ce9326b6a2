"""What the two say of an early talk, each for themself. Nothing of it is told to anybody, and the ledger has
no entry: that a talk was offered is theirs as well. The rows go with the quarter.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from fairlead.early import queries, rules
from fairlead.early.models import Said
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.models import Person
from fairlead.standing import queries as standing

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


@transaction.atomic
def watch(*, at: datetime) -> int:
    """Delete what was said of talks of quarters that are over; how many words."""
    rows = Said.objects.for_system(_OVER).filter(until__lt=people.house().day(at))
    return rows.delete()[0]
