"""The order of acts against a model written apart from the rules: which acts are open in which state, and for whom."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import get_args

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from fairlead.improvement import rules
from fairlead.improvement.rules import Given, Side, Step
from fairlead.people.access import Refusal
from fairlead.people.workdays import workdays_after

START = date(2026, 11, 2)
PEOPLE: dict[str, int] = {"person": 1, "manager": 2, "hr": 3, "decider": 4, "hearer": 5}
OUTSIDER = rules.outsider(9)
ACTS = [kind for kind in rules.KINDS if kind not in ("measured", "shared")]
_MORE = st.tuples(st.integers(1, 4), st.booleans(), st.booleans())
FORWARD = (
    ("manager", "submitted"), ("hr", "approved"), ("manager", "published"), ("person", "received"),
    ("decider", "decided"), ("hr", "seconded"), ("person", "appealed"), ("hearer", "heard"),
)  # fmt: skip
OUTCOMES = ("met", "extended", "redeployed", "leaves", "withdrawn")
PARTS = ("redeployed", "leaves")
LED = ("submitted", "published", "handed", "checked_in", "missed", "freed", "changed", "kept")
"""Acts that only whoever leads does: they are the hands of a plan."""


class Model:
    """What may happen next, as somebody would tell it who never saw the rules."""

    def __init__(self) -> None:
        self.where = "written"
        self.read = self.word = self.deals = self.extended = self.asked_hr = self.hr_said_yes = False
        self.summary = ""
        self.checkins: set[int] = set()
        self.came_out: date | None = None
        self.settled: date | None = None
        self.hr_said_on: date | None = None
        self.decision = ""
        self.writers = {PEOPLE["manager"]}
        self.gates: set[int] = set()
        self.decider = self.seconder = 0

    def may(
        self, who: str, act: str, today: date, said: str = "", reached: bool = False, covered: bool = False,
        hat: int = 0,
    ) -> bool:  # fmt: skip
        """``hat``: the person who acts on that side, where it is not the one who usually does."""
        by = hat or PEOPLE[who]
        out = self.where in ("runs", "stopped")
        last = START + timedelta(days=30 + (7 if self.extended else 0))
        while last.weekday() > 4:
            last += timedelta(days=1)
        over = self.where != "stopped" and today >= last
        person = {
            "received": (self.where == "runs" and not self.read)
            or (self.where == "stopped" and self.hr_said_yes),
            "agreed": self.where == "runs" and self.read and not self.word,
            "partly": self.where == "runs" and self.read and not self.word,
            "refused": self.where == "runs" and self.read and not self.word,
            "deals_agreed": self.where == "runs" and self.read and not self.deals,
            "deals_refused": self.where == "runs" and self.read and not self.deals,
            "replied": self.came_out is not None,
            "appealed": self.where == "parted"
            and self.settled is not None
            and today <= workdays_after(self.settled, 10),
            "summary_read": self.summary == "written",
        }
        since = self.hr_said_on if self.where == "stopped" else self.came_out
        manager = {
            "submitted": self.where == "written",
            "published": self.where == "checked",
            "handed": person["received"] and since is not None and today >= workdays_after(since, 3),
            "checked_in": out and self.read,
            "missed": out and self.read,
            "freed": out,
            "changed": out and self.read,
            "kept": self.where == "stopped",
            "summed_up": self.where in ("parted", "appealed", "ended") and self.summary != "read",
            "withdrawn": self.where in ("written", "at_hr", "checked", "runs", "stopped"),
        }
        waits = self.where == "at_hr" or (self.where == "stopped" and self.asked_hr)
        hr = {
            "returned": waits and by not in self.writers,
            "approved": waits and by not in self.writers,
            "seconded": self.where == "half" and covered and by not in self.writers | {self.decider},
            "objected": self.where == "half" and by not in self.writers | {self.decider},
            "withdrawn": out,
            "summed_up": manager["summed_up"],
        }
        everything = len(self.checkins) >= (5 if self.extended else 4)
        possible = {
            "met": over or reached,
            "extended": over and not self.extended,
            "redeployed": over and everything and covered,
            "leaves": over and everything and covered,
            "withdrawn": over,
        }
        decider = {
            "decided": self.where == "runs"
            and self.read
            and by not in self.writers | self.gates
            and (possible[said] if said else any(possible.values()))
        }
        part = self.writers | self.gates | {self.decider, self.seconder}
        hearer = {"heard": self.where == "appealed" and by not in part}
        allowed = {"person": person, "manager": manager, "hr": hr, "decider": decider, "hearer": hearer}
        return allowed[who].get(act, False)

    def does(self, act: str, today: date, said: str, which: int, by: int) -> None:
        if act in LED:
            self.writers.add(by)
        elif act in ("returned", "approved"):
            self.gates.add(by)
        elif act == "decided":
            self.decider, self.seconder = (self.decider, self.seconder) if said == "extended" else (by, 0)
        elif act == "seconded":
            self.seconder = by
        elif act == "objected":
            self.decider, self.seconder = 0, by
        if act == "submitted":
            self.where = "at_hr"
        elif act == "returned":
            if self.where == "at_hr":
                self.where = "written"
            else:
                self.asked_hr, self.hr_said_yes = False, False
            self.hr_said_on = today
        elif act == "approved":
            if self.where == "at_hr":
                self.where = "checked"
            else:
                self.asked_hr, self.hr_said_yes = False, True
            self.hr_said_on = today
        elif act == "published":
            self.where, self.came_out = "runs", today
        elif act in ("received", "handed"):
            if self.where == "stopped":
                self.where, self.word, self.deals = "runs", False, False
            self.read = True
        elif act in ("agreed", "partly", "refused"):
            self.word = True
        elif act in ("deals_agreed", "deals_refused"):
            self.deals = True
        elif act == "checked_in" or (act == "missed" and said == "person"):
            self.checkins.add(which)
        elif act == "missed":
            self.checkins.discard(which)
        elif act == "changed":
            self.where, self.asked_hr, self.hr_said_yes, self.hr_said_on = "stopped", True, False, None
        elif act == "kept":
            self.where = "runs"
        elif act == "decided":
            self.decision = said
            if said == "extended":
                self.extended = True
            elif said in PARTS:
                self.where = "half"
            else:
                self.where, self.settled = "ended", today
        elif act == "seconded":
            self.where, self.settled = "parted", today
        elif act == "objected":
            self.where = "runs"
        elif act == "appealed":
            self.where = "appealed"
        elif act == "heard":
            self.where = "ended" if said == "upheld" else "gone"
        elif act == "summed_up":
            self.summary = "written"
        elif act == "summary_read":
            self.summary = "read"
        elif act == "withdrawn":
            self.where = "gone"


class Order(RuleBasedStateMachine):
    """Random acts by random people on random days; what the rules allow is what the model allows."""

    @initialize()
    def begin(self) -> None:
        self.steps: list[Step] = []
        self.versions = 1
        self.model = Model()
        self.today = START
        self.reached, self.covered = False, True

    def given(self, who: str, hat: int = 0) -> Given:
        now = self.now()
        last = START + timedelta(days=30 + (7 if now.extended else 0))
        while last.weekday() > 4:
            last += timedelta(days=1)
        settled = now.second or now.decision
        since = now.gate if now.phase == "paused" else now.published
        side: Side = who  # type: ignore[assignment]
        return Given(
            sides=frozenset({side}), by=hat or PEOPLE[who],
            authors=now.writers | {PEOPLE["manager"]}, today=self.today,
            ends_on=None if now.phase == "paused" or now.published is None else last,
            checkins=tuple(START + timedelta(days=7 * n) for n in range(1, 6 if now.extended else 5)),
            reached=self.reached, covered=self.covered,
            appeal_until=workdays_after(settled.on, 10) if settled else None,
            hand_from=workdays_after(since.on, 3) if since else None,
        )  # fmt: skip

    def now(self) -> rules.State:
        return rules.fold("plan", self.versions, self.steps)

    @rule(days=st.integers(1, 12))
    def time_passes(self, days: int) -> None:
        self.today += timedelta(days=days)

    @rule(reached=st.booleans(), covered=st.booleans())
    def the_world_changes(self, reached: bool, covered: bool) -> None:
        self.reached, self.covered = reached, covered

    @rule(
        who=st.sampled_from(list(PEOPLE)),
        act=st.sampled_from(ACTS),
        said=st.sampled_from(OUTCOMES),
        more=_MORE,
        hat=st.sampled_from([0, *PEOPLE.values(), OUTSIDER]),
    )
    def somebody_acts(self, who: str, act: str, said: str, more: tuple[int, bool, bool], hat: int) -> None:
        self._act(who, act, said, *more, hat=hat if who != "person" else 0)

    @rule(data=st.data(), more=_MORE)
    def what_may_happen_next_happens(self, data: st.DataObject, more: tuple[int, bool, bool]) -> None:
        """Random acts alone would rarely get beyond a draft."""
        every = [
            (who, act, said)
            for who in PEOPLE
            for act in ACTS
            for said in (OUTCOMES if act == "decided" else ("met",))
        ]
        open_ = [
            (who, act, said)
            for who, act, said in every
            if act != "withdrawn"
            and self.model.may(
                who, act, self.today, said if act == "decided" else "", self.reached, self.covered
            )
        ]
        if open_:
            self._act(*data.draw(st.sampled_from(open_)), *more)

    @rule()
    def it_goes_on(self) -> None:
        for who, act in FORWARD:
            if self.model.may(
                who, act, self.today, "leaves" if act == "decided" else "", False, self.covered
            ):
                return self._act(who, act, "leaves", 1, True, True)

    @rule()
    def every_check_in_is_held_to_the_last_day(self) -> None:
        for number in range(1, 6 if self.model.extended else 5):
            if self.model.may("manager", "checked_in", self.today):
                self._act("manager", "checked_in", "met", number, True, True)
        self.today = max(self.today, START + timedelta(days=40))

    def _act(
        self, who: str, act: str, said: str, which: int, upheld: bool, by_person: bool, hat: int = 0
    ) -> None:
        outcome = said if act == "decided" else ""
        expected = self.model.may(who, act, self.today, outcome, self.reached, self.covered, hat)
        now, given = self.now(), self.given(who, hat)
        refusal: Refusal | None = rules.why_not(act, now, given)
        if refusal is None and act == "decided":
            refusal = rules.why_not_outcome(said, now, given)
        assert (refusal is None) is expected, (
            f"{who} {act} {outcome} on {self.today}: {refusal and refusal.code}"
        )
        assert (act in rules.may(now, given)) is self.model.may(
            who, act, self.today, "", self.reached, self.covered, hat
        )
        if refusal is not None:
            assert refusal.sentence
            return
        if act == "changed":
            self.versions += 1
        word = outcome or {
            "heard": "upheld" if upheld else "overturned",
            "missed": "person" if by_person else "manager",
        }.get(act, "")
        version = (
            self.versions
            if act in ("submitted", "approved", "published", "received", "handed", "changed")
            else now.in_force
        )
        self.steps.append(
            Step(
                len(self.steps) + 1, act, hat or PEOPLE[who], datetime(2026, 11, 2, tzinfo=UTC), self.today, version,
                str(which) if act in ("checked_in", "missed") else "", word,
                7 if outcome == "extended" else None, {}, "Words.",
            )
        )  # fmt: skip
        self.model.does(act, self.today, word, which, hat or PEOPLE[who])

    @invariant()
    def it_is_where_the_model_says(self) -> None:
        if not hasattr(self, "steps"):
            return
        words = {
            "draft": "written", "at_hr": "at_hr", "approved": "checked", "running": "runs", "paused": "stopped",
            "pending": "half", "decided": "parted", "appealed": "appealed", "closed": "ended", "void": "gone",
        }  # fmt: skip
        assert words[self.now().phase] == self.model.where
        assert self.now().in_force <= self.versions
        if self.model.where == "parted":
            assert len(rules.behind(self.now(), self.model.seconder)) >= rules.LEAST_PEOPLE


Order.TestCase.settings = settings(max_examples=150, stateful_step_count=80, deadline=None)


def test_any_acts_in_any_order_come_to_what_the_model_says() -> None:
    Order.TestCase("runTest").runTest()


def test_a_told_walk_comes_to_every_state() -> None:
    """Chance may leave the far states out of random walks: this one goes through all of them, held to the model."""
    walk = Order()
    walk.begin()
    reached = set()

    def note() -> None:
        walk.it_is_where_the_model_says()
        reached.add(walk.now().phase)

    note()
    for act in ("submitted", "approved", "published", "received"):
        walk.it_goes_on()
        assert walk.steps[-1].kind == act
        note()
    for who, act in (("manager", "changed"), ("hr", "approved"), ("person", "received")):
        walk._act(who, act, "", 1, True, True)
        assert walk.steps[-1].kind == act
        note()
    walk.every_check_in_is_held_to_the_last_day()
    for act in ("decided", "seconded", "appealed", "heard"):
        walk.it_goes_on()
        assert walk.steps[-1].kind == act
        note()
    assert reached == set(get_args(rules.Phase)) - {"void"}


def _stood(*hats: tuple[str, str, int, bool]) -> Order:
    """A walk in which acts of the way to a parting are tried by somebody with another hat: whether they may."""
    walk = Order()
    walk.begin()
    for who, act, hat, may in hats:
        if act == "decided":
            walk.every_check_in_is_held_to_the_last_day()
        before = len(walk.steps)
        walk._act(who, act, "leaves", 1, True, True, hat)
        assert (len(walk.steps) > before) is may, (who, act, hat)
        walk.it_is_where_the_model_says()
    return walk


def test_a_told_walk_of_two_hats_never_parts_somebody_with_fewer_than_three_people() -> None:
    """Each act of the way is tried by whoever had a part in it before, and then done by somebody else."""
    manager, hr, decider, hearer = (PEOPLE[one] for one in ("manager", "hr", "decider", "hearer"))
    walk = _stood(
        ("manager", "submitted", manager, True),
        ("hr", "approved", manager, False), ("hr", "approved", hr, True),
        ("manager", "published", manager, True), ("person", "received", 0, True),
        ("decider", "decided", manager, False), ("decider", "decided", hr, False),
        ("decider", "decided", decider, True),
        ("hr", "seconded", manager, False), ("hr", "seconded", decider, False), ("hr", "seconded", hr, True),
        ("person", "appealed", 0, True),
        ("hearer", "heard", manager, False), ("hearer", "heard", hr, False), ("hearer", "heard", decider, False),
        ("hearer", "heard", hearer, True),
    )  # fmt: skip
    assert walk.now().phase == "closed"


def test_a_told_walk_with_somebody_from_outside_at_the_gate_or_the_appeal() -> None:
    manager, hr, decider = (PEOPLE[one] for one in ("manager", "hr", "decider"))
    walk = _stood(
        ("manager", "submitted", manager, True), ("hr", "approved", OUTSIDER, True),
        ("manager", "published", manager, True), ("person", "received", 0, True),
        ("decider", "decided", OUTSIDER, False), ("decider", "decided", hr, True),
        ("hr", "seconded", hr, False), ("hr", "seconded", OUTSIDER, True), ("person", "appealed", 0, True),
        ("hearer", "heard", OUTSIDER, False), ("hearer", "heard", rules.outsider(10), True),
    )  # fmt: skip
    assert rules.behind(walk.now(), OUTSIDER) == {manager, hr, OUTSIDER}
    walk = _stood(
        ("manager", "submitted", manager, True), ("hr", "approved", hr, True), ("manager", "published", manager, True),
        ("person", "received", 0, True), ("decider", "decided", decider, True), ("hr", "seconded", hr, True),
        ("person", "appealed", 0, True), ("hearer", "heard", OUTSIDER, True),
    )  # fmt: skip
    assert walk.now().phase == "closed"


def test_a_second_makes_three_different_people_or_does_not_hold() -> None:
    """Whatever stands in old rows: who wrote it and who decided are two, whoever checked it."""
    at = datetime(2026, 11, 2, tzinfo=UTC)
    steps = [
        Step(1, "published", 2, at, START, 1), Step(2, "decided", 5, at, START, 1, "", "leaves", None, {}, "Why."),
    ]  # fmt: skip
    now = rules.fold("plan", 1, steps, {2})
    given = Given(frozenset({"hr"}), 3, frozenset(), START, covered=True)
    assert rules.why_not("seconded", now, given) is None
    two = rules.why_not("seconded", now, Given(frozenset({"hr"}), 2, frozenset(), START, covered=True))
    assert two is not None
    assert two.code == "three_people"


def test_who_would_stand_behind_a_parting() -> None:
    def said(
        lead: int, above: list[int], partners: list[int]
    ) -> tuple[int | None, int | None, int | None, int, str]:
        one = rules.stand(lead, above, partners)
        return one.gate, one.decider, one.hearer, one.inside, " ".join(one.missing)

    assert said(1, [2, 3], [9]) == (9, 2, 3, 4, "")
    assert said(1, [2], [9]) == (9, 2, None, 3, "appeal")
    assert said(1, [2], [8, 9]) == (8, 2, 9, 4, "")
    assert said(1, [2, 3], []) == (None, 2, 3, 3, "gate")
    assert said(1, [], [9]) == (None, 9, None, 2, "gate appeal")
    assert said(1, [], [8, 9]) == (9, 8, None, 3, "appeal")
    assert said(1, [], []) == (None, None, None, 1, "gate decision appeal")
    assert said(1, [9, 3], [9]) == (9, 3, None, 3, "appeal")
    assert said(1, [2, 3], [1]) == (None, 2, 3, 3, "gate")


def test_a_plan_taken_back_is_void() -> None:
    walk = Order()
    walk.begin()
    walk._act("manager", "withdrawn", "", 1, True, True)
    walk.it_is_where_the_model_says()
    assert walk.now().phase == "void"


def test_nobody_but_the_person_can_say_what_the_person_says() -> None:
    for kind in (
        "received",
        "agreed",
        "partly",
        "refused",
        "replied",
        "appealed",
        "summary_read",
        "deals_agreed",
    ):
        assert rules._WHO[kind] == frozenset({"person"})


def test_what_is_decided_by_two_is_never_seconded_by_whoever_decided() -> None:
    decided = Step(
        1, "decided", 9, datetime(2026, 11, 2, tzinfo=UTC), START, 1, "", "leaves", None, {}, "Why."
    )
    now = rules.fold("redeployment", 1, [decided])
    both = Given(sides=frozenset({"hr"}), by=9, authors=frozenset({2}), today=START)
    refusal = rules.why_not("seconded", now, both)
    assert refusal is not None
    assert refusal.code == "same_person"
