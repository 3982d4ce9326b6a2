"""More of Marlow: simulated regions beside the story's people, so that the demo can be tried at a company's size."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from fairlead.forecasting import timeline
from fairlead.forecasting.simulate.marlow import LAST_WEEK, NOW, Marlow, Person
from fairlead.forecasting.simulate.organisation import Organisation, Settings, organisation
from fairlead.forecasting.types import History

SIZES = {"small": 0, "company": 120, "large": 1000}
"""Size of the demo -> reps in regions beside the story's twelve."""
_BEGIN, _QUARTERS = date(2023, 10, 1), 13
_TOP, _MARK = "ceo", "W"
_TITLES = {"executive": "VP Sales", "manager": "Sales manager", "rep": "Account executive"}


def with_regions(company: Marlow, *, reps: int, seed: int = 1) -> Marlow:
    """The demo company with ``reps`` more, under vice presidents of their own who report to its chief executive."""
    settings = Settings(seed=seed + 1000, quarters=_QUARTERS, reps=reps, first_day=_BEGIN)
    regions = _marked(organisation(settings, as_of=NOW.date()))
    people = tuple(_people(regions))
    return replace(
        company,
        before=_joined(company.before, regions, timeline.as_known(regions.history, LAST_WEEK.date())),
        now=_joined(company.now, regions, regions.history),
        people=(*company.people, *people),
    )


def _people(regions: Organisation) -> list[Person]:
    found = []
    for member in regions.history.members:
        if member.id != _TOP:
            role = regions.roles.get(member.id, "rep")
            manager = "carl" if member.manager in {None, _TOP} else str(member.manager)
            team = regions.teams.get(member.id, "")
            starts_on = member.starts_on or date(2022, 1, 10)
            found.append(Person(member.id, member.name, manager, role, _TITLES[role], team, starts_on))
    return found


def _marked(regions: Organisation) -> Organisation:
    """The same with marked ids of deals and accounts, which therefore meet none of the story's."""
    deals = [replace(d, id=_MARK + d.id, account=_MARK + d.account) for d in regions.history.deals]
    changes = [replace(c, deal_id=_MARK + c.deal_id) for c in regions.history.changes]
    return replace(
        regions,
        history=replace(regions.history, deals=deals, changes=changes),
        accounts=tuple(replace(a, id=_MARK + a.id) for a in regions.accounts),
        targets=tuple(t for t in regions.targets if regions.roles.get(t.person, "rep") == "rep"),
    )


def _joined(story: Organisation, regions: Organisation, known: History) -> Organisation:
    history = replace(
        story.history,
        deals=[*story.history.deals, *known.deals],
        changes=[*story.history.changes, *known.changes],
    )
    return replace(
        story,
        history=history,
        accounts=(*story.accounts, *regions.accounts),
        targets=(*story.targets, *regions.targets),
    )
