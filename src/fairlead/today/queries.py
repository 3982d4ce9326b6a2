"""A person's day: every part of Fairlead is asked what waits for them, through the rights they have there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.urls import reverse

from fairlead.ledger import queries as ledger
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.today import newcomers, rules, sources


@dataclass(frozen=True, slots=True)
class Page:
    """What is due, and how much this person did in each of the past weeks and in this one, oldest first."""

    today: date
    day: rules.Day
    weeks: tuple[int, ...]
    first_weeks: tuple[rules.FirstWeeks, ...] = ()


def page(actor: access.Actor, at: datetime) -> Page:
    """The actor's own day. Raises NotAllowed for whoever is no person of the organisation."""
    access.require(actor, "day.read")
    today = people.house().day(at)
    off = people.off_of_teams([actor.id])[actor.id]
    found = rules.day(sources.everything(actor, at), today, off)
    new = tuple(newcomers.first_weeks(actor, at))
    return Page(today, found, rules.weekly(_done(actor, today), today), new)


def path_of(item: rules.Item) -> str:
    """The address of the page on which a thing is done."""
    return reverse(item.page, args=item.of) + (f"?{item.query}" if item.query else "")


def step_path(step: rules.Step) -> str:
    """The address of the page on which something of somebody's first weeks is done."""
    return reverse(step.page, args=step.of)


def _done(actor: access.Actor, today: date) -> list[date]:
    """The days on which the actor did something of what a day asks for, by the ledger."""
    zone = ZoneInfo(people.house().time_zone)
    first = datetime.combine(rules.monday(today) - timedelta(weeks=rules.WEEKS), time(), zone)
    return [
        at.astimezone(zone).date() for kind, at in ledger.acts_of(actor.ref, first) if rules.is_work(kind)
    ]
