"""The assessment of a team. Each part is read through the rights of whoever reads it; the rest is not there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from fairlead.assessment import rules
from fairlead.assessment.rules import Finding, Section
from fairlead.calls import pipeline
from fairlead.calls import queries as calls
from fairlead.deals import queries as deals
from fairlead.debts import queries as debts
from fairlead.desk import queries as desk
from fairlead.forecasting.periods import period_words
from fairlead.grounds import queries as grounds
from fairlead.health import queries as health
from fairlead.improvement import queries as improvement
from fairlead.looks import queries as looks
from fairlead.news import queries as news
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.plans import queries as plans
from fairlead.standing import queries as standing


@dataclass(frozen=True, slots=True)
class Page:
    """An assessment: whose team, how many people, its sections, and what to talk about first.

    ``left_out`` are titles of sections that the reader may not read.
    """

    lead: people.Node
    mine: bool
    team: int
    period: str
    sections: tuple[Section, ...]
    talks: tuple[Finding, ...]
    left_out: tuple[str, ...]


def page(actor: access.Actor, public_id: str, at: datetime) -> Page:
    """The assessment of a leader's team (public id), for the leader and the superior. Raises NotAllowed, NotFound."""
    access.require(actor, "assessment.read")
    person = people.find(public_id)
    people.require_on(actor, "assessment.read", person.pk)
    lead = people.node(person.pk)
    team = [node.id for node in people.reports(lead.id)]
    if not team:
        raise access.NotFound("team")
    sections, left_out = [], []
    for key, title, source in SOURCES:
        try:
            findings = tuple(source(actor, lead, team, at))
        except access.Refusal:
            left_out.append(title)
            continue
        if findings:
            sections.append(Section(key, title, findings))
    return Page(
        lead, lead.id == actor.person, len(team), calls.period_at(at).name, tuple(sections), rules.talks(sections),
        tuple(left_out),
    )  # fmt: skip


def teams(actor: access.Actor, at: datetime) -> list[people.Node]:
    """The leaders whose teams the actor may read about, the own one first. Raises NotAllowed."""
    access.require(actor, "assessment.read")
    found = [node for node in people.reports(actor.id) if people.may_on(actor, "assessment.read", node.id)]
    kept = [node for node in found if people.reports(node.id)]
    own = [people.node(actor.id)] if people.reports(actor.id) else []
    return own + kept


_Source = Callable[[access.Actor, people.Node, list[int], datetime], Iterable[Finding]]


def _record(actor: access.Actor, lead: people.Node, team: list[int], at: datetime) -> Iterable[Finding]:
    found = calls.manager_record(actor, lead.id, at)
    now = found.now
    said = None
    if now is not None:
        numbers = now.numbers
        sent, late = sum(one.sent for one in found.periods), sum(one.late for one in found.periods)
        said = rules.Record(now.week, numbers.periods, numbers.words, numbers.mean, sent, late)
    return rules.record(said, ("record_of", (lead.public_id,)))


def _number(actor: access.Actor, lead: people.Node, team: list[int], at: datetime) -> Iterable[Finding]:
    period, currency = calls.period_at(at), people.house().currency
    number = calls.number_of(actor, lead.id, period, at)

    def money(minor: int) -> str:
        return pipeline.money(minor, currency)

    estimate = number.estimate
    reach = None
    if estimate is not None and number.target is not None:
        reach = sum(dot >= number.target for dot in estimate.dots)
    found = rules.Number(
        period_words(period.name), money(number.suggestion), money(number.target) if number.target is not None else "",
        money(number.booked), money(estimate.p10) if estimate else "", money(estimate.p90) if estimate else "", reach,
    )  # fmt: skip
    return rules.number(found, ("call", ()))


def _pipeline(actor: access.Actor, lead: people.Node, team: list[int], at: datetime) -> Iterable[Finding]:
    access.require(actor, "flag.read")
    readable = [one for one in team if people.may_on(actor, "flag.read", one)]
    if not readable:
        raise access.NotAllowed("flag.read")
    up = [
        [flag.verdict.title for flag in flags]
        for one in readable
        for _, _, flags in health.up_of(actor, one, at)
    ]
    return rules.pipeline(deals.open_count(actor, readable), up, ("deal_review", ()))


def _plans(actor: access.Actor, lead: people.Node, team: list[int], at: datetime) -> Iterable[Finding]:
    since = people.house().day(at) - timedelta(days=rules.STALE_PLAN_DAYS)
    readable = [one for one in team if people.may_on(actor, "plan.read", one)]
    if not readable:
        raise access.NotAllowed("plan.read")
    found = plans.of_team(actor, readable, since, at)
    return rules.plans(found.asking, found.without, found.stale, found.tested, ("team_plans", ()))


def _news(actor: access.Actor, lead: people.Node, team: list[int], at: datetime) -> Iterable[Finding]:
    period = calls.period_at(at)
    return rules.news(period_words(period.name), news.surprises(actor, lead.id, period), ("news", ()))


def _looks(actor: access.Actor, lead: people.Node, team: list[int], at: datetime) -> Iterable[Finding]:
    if not grounds.anything_runs():
        return []
    if lead.id == actor.person:
        if not standing.runs_below(actor, at):
            return []
        open_ = [one for one in looks.of_reports(actor, at) if one.standing.open]
        running = [one for one in improvement.of_reports(actor, at) if one.phase in ("running", "paused")]
        return rules.looks(len(open_), sum(one.due.late > 0 for one in open_), len(running), ("standing", ()))
    overdue = [
        one for one in looks.overdue_below(actor, at) if one.manager is not None and one.manager.id == lead.id
    ]
    return rules.looks(len(overdue), len(overdue), None, ("standing", ())) if overdue else []


def _debts(actor: access.Actor, lead: people.Node, team: list[int], at: datetime) -> Iterable[Finding]:
    if lead.id != actor.person:
        raise access.NotAllowed("debt.read")
    access.require(actor, "debt.read")
    book, mine = debts.book(actor, at, settled=0), set(team)
    owed = [one for one in (*book.of_reports, *book.owed_by_me) if one.owed_to.id in mine]
    return rules.debts(
        len(owed), sum(one.days_late > 0 for one in owed), max((one.age_days for one in owed), default=0), ("debts", ())
    )  # fmt: skip


def _noise(actor: access.Actor, lead: people.Node, team: list[int], at: datetime) -> Iterable[Finding]:
    if lead.id == actor.person:
        counts, name, alone = desk.own_counts(actor, at), calls.period_at(at).name, True
    else:
        people.require_on(actor, "desk.totals", lead.id)
        before = people.house().calendar.previous(calls.period_at(at))
        counts, name, alone = desk.counts_of(lead.id, before, at), before.name, False
    said = rules.Noise(
        period_words(name), counts.raw, counts.counted, counts.late, counts.must, counts.alone if alone else None,
        counts.answered, counts.middle if alone else None,
    )  # fmt: skip
    return rules.noise(said, ("desk_counts", ()))


SOURCES: tuple[tuple[str, str, _Source], ...] = (
    ("record", "Calls against what came", _record),
    ("number", "The quarter now", _number),
    ("pipeline", "The pipeline", _pipeline),
    ("plans", "Plans", _plans),
    ("news", "News", _news),
    ("results", "Results", _looks),
    ("debts", "What the company owes", _debts),
    ("noise", "Noise from above", _noise),
)
