"""The database's answers against an independent naive oracle, on random organisations that keep changing.

The oracle shares no code with the application: it keeps its own picture of who reports to whom and walks it.
"""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest

from fairlead.people import access, actions, queries
from fairlead.people.access import Lending, Reach, Role
from fairlead.people.models import Partnership, Person

DECISIONS = int(os.environ.get("FAIRLEAD_DECISIONS", "20000"))
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass
class Oracle:
    """What is true, as plainly as it can be written down."""

    manager: dict[int, int | None] = field(default_factory=dict)
    roles: dict[int, set[str]] = field(default_factory=dict)
    leads: set[int] = field(default_factory=set)
    units: dict[int, set[int]] = field(default_factory=dict)
    lent: list[tuple[int, int, str, datetime, datetime]] = field(default_factory=list)

    def depth(self, boss: int, member: int) -> int | None:
        steps, at = 0, member
        while at != boss:
            above = self.manager.get(at)
            if above is None:
                return None
            at, steps = above, steps + 1
        return steps

    def inside(self, me: int, whose: int, reach: str) -> bool:
        down = self.depth(me, whose)
        if reach == "own":
            return me == whose
        if reach == "own and direct reports'":
            return down in (0, 1)
        if reach == "own and up to two levels below":
            return down in (0, 1, 2)
        if reach == "own and everybody's below":
            return down is not None
        if reach == "own, and of everybody below who leads a team":
            return me == whose or (down is not None and whose in self.leads)
        if reach == "own, the team mates' and the manager's":
            boss = self.manager.get(me)
            return me == whose or (boss is not None and (whose == boss or self.manager.get(whose) == boss))
        if reach == "own and the manager's":
            return whose in (me, self.manager.get(me))
        if reach == "direct reports', not own":
            return down == 1
        if reach == "of the units one is HR partner of":
            return me != whose and any(self.depth(h, whose) is not None for h in self.units.get(me, ()))
        assert reach == "the whole organisation's"
        return True

    def allows(self, me: int, whose: int, act: str, now: datetime) -> bool:
        hats: list[tuple[int, str | None]] = [(me, None)]
        hats += [(g, k) for g, t, k, a, z in self.lent if t == me and a <= now < z]
        for person, kind in hats:
            for rule in access.RULES:
                if rule.act != act or not {r.value for r in rule.roles} & self.roles[person]:
                    continue
                if kind is not None and (rule.lends is None or rule.lends.value != kind):
                    continue
                if self.inside(person, whose, rule.reach.value):
                    return True
        return False


class Play:
    """Changes the application and the oracle side by side."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.now = NOON
        self.by = access.system("the oracle test reorganises")
        self.oracle = Oracle()
        self.people: list[Person] = []
        actions.set_up(by=self.by, at=self.now, name="Random", currency="EUR", time_zone="UTC")
        for number in range(24):
            self.hire(number)

    def hire(self, number: int) -> None:
        roles = frozenset(self.dice.sample(list(Role), k=self.dice.choice([1, 1, 1, 2])))
        manager = self.dice.choice(self.people) if self.people and self.dice.random() < 0.95 else None
        leads = self.dice.random() < 0.5
        person = actions.add_person(
            by=self.by,
            at=self.now,
            name=f"Person {number}",
            manager=manager,
            roles=roles,
            team=f"Team {number}" if leads else "",
        )
        self.people.append(person)
        self.oracle.manager[person.pk] = manager.pk if manager else None
        self.oracle.roles[person.pk] = {role.value for role in roles}
        if leads:
            self.oracle.leads.add(person.pk)
        if Role.HR_PARTNER in roles:
            head = self.dice.choice(self.people)
            Partnership.objects.create(hr=person, head=head, starts_on=date(2026, 1, 1))
            self.oracle.units.setdefault(person.pk, set()).add(head.pk)

    def reorganise(self) -> None:
        person, manager = self.dice.sample(self.people, 2)
        chosen = manager if self.dice.random() < 0.9 else None
        self.now += timedelta(days=1)
        circle = chosen is not None and self.oracle.depth(person.pk, chosen.pk) is not None
        same = self.oracle.manager[person.pk] == (chosen.pk if chosen else None)
        try:
            actions.move(by=self.by, at=self.now, person=person, manager=chosen, starts_on=self.now.date())
        except access.Refusal as refused:
            assert (refused.code == "circle" and circle) or (refused.code == "no_change" and same)
            return
        assert not circle
        assert not same
        self.oracle.manager[person.pk] = chosen.pk if chosen else None

    def lend(self) -> None:
        giver, taker = self.dice.sample(self.people, 2)
        starts = self.now + timedelta(hours=self.dice.randint(-5, 30))
        ends = max(starts, self.now) + timedelta(hours=self.dice.randint(1, 50))
        kind = self.dice.choice(list(Lending))
        by = queries.actor(giver.pk, self.now)
        own = {r.value for r in by.roles} & {"manager", "executive"}
        try:
            actions.delegate(by=by, at=self.now, taker=taker, kind=kind, starts_at=starts, ends_at=ends)
        except access.NotAllowed:
            assert not own
            return
        assert own
        self.oracle.lent.append((giver.pk, taker.pk, kind.value, starts, ends))

    def decide(self, times: int) -> int:
        """Ask about random pairs; every answer must be the oracle's, from the list and from the detail."""
        asked = 0
        while asked < times:
            me = self.dice.choice(self.people)
            actor = queries.actor(me.pk, self.now)
            act = self.dice.choice(sorted(access.ACTS))
            try:
                seen = set(
                    Person.objects.filter(queries.scope(actor, act, "pk")).values_list("pk", flat=True)
                )
            except access.NotAllowed:
                seen = set()
            for whose in self.people:
                right = self.oracle.allows(me.pk, whose.pk, act, self.now)
                assert (whose.pk in seen) == right, (me.pk, whose.pk, act)
                asked += 1
            one = self.dice.choice(self.people)
            assert queries.may_on(actor, act, one.pk) == (one.pk in seen)
        return asked


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(4))
def test_the_application_answers_as_the_oracle_does(seed: int) -> None:
    play, asked = Play(seed), 0
    while asked < DECISIONS // 4:
        for _ in range(3):
            play.reorganise()
        play.lend()
        asked += play.decide(480)
        assert actions.closure_differs(on=play.now.date()) == []
    assert asked >= DECISIONS // 4


def test_the_oracle_knows_every_reach() -> None:
    oracle = Oracle(manager={1: None})
    for reach in Reach:
        oracle.inside(1, 1, reach.value)
