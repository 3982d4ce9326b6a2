"""Reading early talks: by the seller and the manager of today, and nobody else: no superior, HR, count or list.

Nothing of a talk is kept, so nothing is read but figures of this moment and the words the two said themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from fairlead.early import measuring, rules
from fairlead.early.models import Said
from fairlead.forecasting.periods import Period
from fairlead.grounds import queries as grounds
from fairlead.grounds.rules import Rule
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.standing import measuring as results
from fairlead.standing import queries as standing

PATH = "/talk/{}/"
_OTHER = "that the seller said a talk was had, and what stands on the agenda of both; callers checked whose"


@dataclass(frozen=True, slots=True)
class Talk:
    """The page of a talk, the same for both but for what each said. ``found`` and ``own``: None where none is offered.

    ``said``: the reader's own word, talked or not_now. ``had``: whether the seller said that it was had.
    """

    person: people.Node
    manager: people.Node | None
    mine: bool
    period: Period
    days_left: int
    rule: Rule
    why_not: rules.Why
    found: measuring.Found | None
    own: rules.Own | None
    to_try: rules.Try | None
    said: str
    had: bool
    on_agenda: bool

    @property
    def offered(self) -> bool:
        return not self.why_not


def _covered(person: int, day: date) -> bool:
    return grounds.covered(person, day) and bool(results.sellers([person], day))


def require_readable(actor: access.Actor, person: int, at: datetime) -> None:
    """Raises NotAllowed, or NotFound for whom the actor may not see or in whose unit nothing runs."""
    people.require_on(actor, "talk.read", person, "talk")
    if not _covered(person, people.house().day(at)):
        raise access.NotFound("talk")


def _why(found: measuring.Found | None, period: Period, rule: Rule, today: date) -> rules.Why:
    return rules.why_not(
        period=period,
        today=today,
        asked_minor=found.now.asked.minor if found else None,
        won_minor=found.now.won_minor if found else 0,
        line=rule.line,
        away=found.away if found else False,
        # The figure on the page decides, so that nobody reads 25 % where below 25 % is the rule.
        percent=found.reckoned.percent if found and found.reckoned else None,
        early_chance=rule.early_chance,
    )


def _looked(person: int, at: datetime) -> tuple[Period, Rule, measuring.Found | None, rules.Why]:
    """What stands about a seller now; nothing is measured in the first half of a quarter."""
    period, rule, today = standing.running(at), grounds.rule(at), people.house().day(at)
    found = None if today < rules.second_half(period) else measuring.of(person, rule, at)
    return period, rule, found, _why(found, period, rule, today)


def one(actor: access.Actor, person: int, at: datetime) -> Talk:
    """The page of a seller's talk. Raises NotAllowed, NotFound."""
    require_readable(actor, person, at)
    period, rule, found, why = _looked(person, at)
    mine = person == actor.person
    above = people.manager_of(person)
    own, had, on_agenda = _words(actor, person, above, period)
    seen = found if found and not why else None
    figures = measuring.own(person, seen, rule, at) if seen else None
    return Talk(
        person=people.node(person),
        manager=people.node(above) if above else None,
        mine=mine,
        period=period,
        days_left=(period.ends_on - people.house().day(at)).days,
        rule=rule,
        why_not=why,
        found=seen,
        own=figures,
        to_try=rules.to_try(figures) if figures else None,
        said=own,
        had=had,
        on_agenda=on_agenda,
    )


def _words(actor: access.Actor, person: int, above: int | None, period: Period) -> tuple[str, bool, bool]:
    """The reader's own word, whether the seller said it was had, and whether one of the two put it on the agenda."""
    rows = Said.objects.for_system(_OTHER).filter(person=person, until=period.ends_on)
    words = set(rows.values_list("by_id", "word"))
    own = next((word for by, word in words if by == actor.person and word != "agenda"), "")
    on_agenda = any((by, "agenda") in words for by in (person, above))
    return own, (person, "talked") in words, on_agenda


def offered(actor: access.Actor, person: int, at: datetime) -> bool:
    """Whether a talk is offered that the actor may read; False also for whom it is none of their business."""
    if actor.person is None or not grounds.anything_runs() or not people.may_on(actor, "talk.read", person):
        return False
    if not _covered(person, people.house().day(at)):
        return False
    return not _looked(person, at)[3]


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a neighbouring page shows of a talk that is offered. ``quiet``: the reader said something of it already."""

    person: str
    quiet: bool
    on_agenda: bool


def prompt(actor: access.Actor, person: int, at: datetime) -> Prompt | None:
    """The prompt for a reader on the page of a person; None where none is offered to them."""
    if not offered(actor, person, at):
        return None
    own, _, on_agenda = _words(actor, person, people.manager_of(person), standing.running(at))
    return Prompt(people.node(person).public_id, bool(own), on_agenda)


def on_agenda(actor: access.Actor, person: int, at: datetime) -> str:
    """The name of the quarter whose talk one of the two put on their agenda, '' where none or none is offered."""
    found = prompt(actor, person, at)
    return standing.running(at).name if found and found.on_agenda else ""
