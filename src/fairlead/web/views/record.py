"""The manager record: what was called week by week in past periods, beside the estimate and what came."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from fairlead.calls import queries, rules
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.models import Person
from fairlead.web import charts, formats, numbers
from fairlead.web.middleware import AskingRequest, signed_in


@dataclass(frozen=True, slots=True)
class Past:
    """One period with its drawing; ``called`` is the number at today's week, ``apart`` what came less it."""

    period: queries.PeriodRecord
    plot: charts.Chart
    called: int | None
    apart: int | None
    middle: int | None


@dataclass(frozen=True, slots=True)
class Week:
    week: queries.WeekRecord
    numbers: str
    estimates: str
    inside: str


@signed_in
@require_safe
def own(request: AskingRequest) -> HttpResponse:
    access.require(request.actor, "record.read")
    return _page(request, Person.objects.get(pk=request.actor.id))


@signed_in
@require_safe
def of(request: AskingRequest, public_id: str) -> HttpResponse:
    return _page(request, people.find(public_id))


def _page(request: AskingRequest, person: Person) -> HttpResponse:
    found = queries.manager_record(request.actor, person.pk, request.at)
    now = found.now
    context = {
        "assessed": access.may(request.actor, "assessment.read")
        and people.may_on(request.actor, "assessment.read", person.pk),
        "record": found,
        "now": now,
        "lean": leaning_words(now.numbers) if now else "",
        "estimates_lean": leaning_words(now.estimates) if now else "",
        "past": [past_of(one, found.week) for one in reversed(found.periods)],
        "weeks": [
            Week(w, leaning_words(w.numbers), leaning_words(w.estimates), _inside(w.inside))
            for w in found.weeks
        ],
        "stored": any(w.estimates.periods for w in found.weeks),
        "unit": numbers.unit(),
        "others_from": found.periods[-1].others_from if found.periods else None,
        "today": request.at.date(),
    }
    return render(request, "record/record.html", context)


def past_of(one: queries.PeriodRecord, week: int) -> Past:
    """A period of a record as its page and the pack show it."""
    said = next((w for w in one.weeks if w.week == week), None)
    called = said.number if said else None
    return Past(
        one, _plot(one), called, None if called is None else one.came - called, said.p50 if said else None
    )


def _plot(one: queries.PeriodRecord) -> charts.Chart:
    """The numbers and the estimate's range by week, and what came as a line."""
    weeks = tuple(charts.WeekOf(w.week, w.number, w.p10, w.p50, w.p90) for w in one.weeks)
    return charts.ended(charts.Ended(weeks, one.came))


def leaning_words(found: rules.Leaning) -> str:
    """ "On average 2 % more came; 9 in 10 that the average lies from 1 % less to 5 % more"."""
    if found.mean is None or found.low is None or found.high is None:
        return "too few to say" if found.periods else ""
    low, high = _more(found.low), _more(found.high)
    return f"on average {_more(found.mean)} came; 9 in 10 that the average lies from {low} to {high}"


def _more(share: float) -> str:
    if abs(share) < 0.005:
        return "as much"
    return f"{formats.per_cent(abs(share))} {'more' if share > 0 else 'less'}"


def _inside(pair: tuple[int, int]) -> str:
    return f"{pair[0]} of {pair[1]}" if pair[1] else ""
