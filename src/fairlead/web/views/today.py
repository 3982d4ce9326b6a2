"""A person's day: what is due, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from fairlead.people import queries as people
from fairlead.people.workdays import day_words
from fairlead.today import queries, rules
from fairlead.web.middleware import AskingRequest, signed_in


@dataclass(frozen=True, slots=True)
class Shown:
    """One thing as the page shows it. ``when`` stands at the right, ``late`` marks what is past its day."""

    item: rules.Item
    url: str
    when: str
    late: bool


@signed_in
@require_safe
def today(request: AskingRequest) -> HttpResponse:
    page = queries.page(request.actor, request.at)
    groups = [
        ("late", "Past its day", "these first", page.day.late),
        ("now", "For today", day_words(page.today), page.day.today),
    ]
    first = rules.monday(page.today)
    context = {
        "page": page,
        "groups": [
            (key, title, says, [_shown(item, page.today) for item in items])
            for key, title, says, items in groups
            if items
        ],
        "first_weeks": [
            (one, [(step, queries.step_path(step)) for step in one.steps]) for one in page.first_weeks
        ],
        "coming": [_shown(item, page.today) for item in page.day.coming],
        "ahead": rules.AHEAD,
        "weeks": [
            (first - timedelta(weeks=rules.WEEKS - place), done, place == rules.WEEKS)
            for place, done in enumerate(page.weeks)
        ],
        "any_week": any(page.weeks),
    }
    return render(request, "today.html", context)


def _shown(item: rules.Item, today: date) -> Shown:
    late = item.due_on is not None and item.due_on < today
    return Shown(item, queries.path_of(item), _when(item, today), late)


def _when(item: rules.Item, today: date) -> str:
    if item.due_on is None:
        return f"since {day_words(item.since)}" if item.since else ""
    days = (today - item.due_on).days
    if days > 0:
        return f"{days} day{'' if days == 1 else 's'} late"
    if item.moment is not None and days == 0:
        zone = item.moment.tzinfo or ZoneInfo(people.house().time_zone)
        return f"{item.moment.astimezone(zone):%H:%M}"
    return "today" if days == 0 else day_words(item.due_on)
