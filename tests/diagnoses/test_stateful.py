"""Any acts of anybody in any order, against a small model of their own that knows nothing of the rules' code."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from fairlead.diagnoses import actions, queries, rules
from fairlead.diagnoses.models import Diagnosis
from fairlead.looks import queries as look_queries
from fairlead.people import access
from tests import cast as the_cast
from tests.diagnoses import making
from tests.looks import making as looked

VERDICTS = ["", "p", "f", "pf", "ppf", "pppf", "ppppf", "pppppf", "pppppp", "ppppppp", "fp", "p-f"]
WAIT_OVER = 8
"""Days from a Thursday on until five working days have passed, wherever in the week it is: at most eight."""


class Told:
    """What the model knows of the one diagnosis that runs: plain fields, changed by hand."""

    def __init__(self) -> None:
        self.state = "none"
        self.draft = ""
        self.shared = ""
        self.ever = False
        self.heard = False
        self.answers = 0
        self.days = 0


class Machine(RuleBasedStateMachine):
    """Mina, Rosa and others act; the model says what may come of it."""

    def __init__(self) -> None:
        super().__init__()
        self.company = making.company()
        self.company.cast = the_cast.present()
        self.model = Told()
        self.at = making.OPENED
        self.address = ""

    def _try(self, fine: bool, act: Callable[[], None]) -> bool:
        refused = ""
        try:
            act()
        except access.Refusal as refusal:
            refused = refusal.code
        assert (refused == "") is fine, refused
        return fine

    def _actor(self, name: str) -> access.Actor:
        return self.company.cast.actor(name, self.at)

    @initialize(verdicts=st.sampled_from(["", "pf", "pppf", "pppf", "ppppppp"]), shared=st.booleans())
    def begun(self, verdicts: str, shared: bool) -> None:
        """Most runs begin where something is to be done: a draft that found something, shared in half of them."""
        self.open("mina")
        self.save("mina", verdicts)
        if shared:
            self.share("mina")

    @rule(days=st.sampled_from([1, 1, 2, 8]))
    def days_pass(self, days: int) -> None:
        self.at += timedelta(days=days)
        if self.model.state == "shared":
            self.model.days += days

    @rule(who=st.sampled_from(["mina", "mina", "rosa", "vera", "hana"]))
    def open(self, who: str) -> None:
        free = self.model.state in ("none", "withdrawn", "draft") and not (
            self.model.state == "draft" and self.model.ever
        )
        made: list[Diagnosis] = []

        def act() -> None:
            made.append(actions.open_(by=self._actor(who), at=self.at, look=making.look()))

        if self._try(who == "mina" and free, act) and self.model.state != "draft":
            self.model, self.address = Told(), made[0].public_id
            self.model.state = "draft"

    @rule(who=st.sampled_from(["mina", "mina", "mina", "rosa", "otto"]), verdicts=st.sampled_from(VERDICTS))
    def save(self, who: str, verdicts: str) -> None:
        if not self.address:
            return
        in_order = verdicts not in ("fp", "p-f")
        row = Diagnosis.objects.for_system("a test asks for it").get(public_id=self.address)
        number = queries.standing_of(row).newest.number

        def act() -> None:
            actions.save(
                by=self._actor(who),
                at=self.at,
                diagnosis=self.address,
                given=making.given(verdicts),
                after=number,
            )

        if self._try(who == "mina" and in_order and self.model.state == "draft", act):
            self.model.draft = verdicts

    @rule(who=st.sampled_from(["mina", "mina", "rosa", "vera", "hana"]))
    def share(self, who: str) -> None:
        fine = who == "mina" and self.model.state == "draft" and self.model.draft.endswith("f")
        if self._act(who, "shared", fine):
            self.model.state, self.model.shared, self.model.ever = "shared", self.model.draft, True
            self.model.heard, self.model.days = False, 0

    @rule(who=st.sampled_from(["mina", "rosa", "hana"]))
    def take_back(self, who: str) -> None:
        if self._act(who, "taken_back", who == "mina" and self.model.state == "shared"):
            self.model.state = "draft"

    @rule(who=st.sampled_from(["rosa", "rosa", "mina", "hana", "ravi"]))
    def answer(self, who: str) -> None:
        if self._act(who, "answered", who == "rosa" and self.model.ever):
            self.model.answers += 1
            self.model.heard = self.model.heard or self.model.state == "shared"

    @rule(who=st.sampled_from(["rosa", "rosa", "mina"]))
    def nothing_to_add(self, who: str) -> None:
        if self._act(
            who, "nothing_to_add", who == "rosa" and self.model.state == "shared" and not self.model.heard
        ):
            self.model.heard = True

    @rule(who=st.sampled_from(["mina", "mina", "rosa", "vera", "hana"]))
    def use(self, who: str) -> None:
        """Between five and eight days it depends on the weekend, and the model leaves it open."""
        if not self.address:
            return
        row = Diagnosis.objects.for_system("a test asks for it").get(public_id=self.address)
        failing = queries.standing_of(row).newest.findings.failing
        remedy = making.REMEDIES[rules.ROUTE_OF[failing]] if failing is not None else rules.Remedy()
        days = {"due_on": 20, "talk_on": 10, "review_on": 40}
        moved = {
            name: self.at.date() + timedelta(days=ahead)
            for name, ahead in days.items()
            if getattr(remedy, name) is not None
        }
        chosen = rules.Remedy(remedy.text, remedy.change, remedy.owner, **moved)
        open_ = self.model.state == "shared" and who == "mina"
        if open_ and not self.model.heard and 4 < self.model.days < WAIT_OVER:
            return
        fine = open_ and (self.model.heard or self.model.days >= WAIT_OVER)

        def act() -> None:
            actions.use(by=self._actor(who), at=self.at, diagnosis=self.address, remedy=chosen)

        if self._try(fine, act):
            self.model.state = "used"

    @rule(who=st.sampled_from(["mina", "rosa", "vera", "hana"]))
    def withdraw(self, who: str) -> None:
        if self._act(who, "withdrawn", who == "mina" and self.model.state in ("draft", "shared", "used")):
            self.model.state = "withdrawn"

    def _act(self, who: str, kind: str, fine: bool) -> bool:
        if not self.address:
            return False

        def act() -> None:
            actions.act(
                by=self._actor(who), at=self.at, diagnosis=self.address, kind=kind, words_="On 4 May."
            )

        return self._try(fine, act)

    @invariant()
    def everybody_sees_what_is_theirs(self) -> None:
        if not self.address:
            return
        for name in ("rosa", "hana"):
            seen = self._seen(name)
            assert (seen is not None) is self.model.ever, name
            if seen is not None:
                assert seen.shown.findings.verdicts == self.model.shared
                assert len(seen.line.standing.answers) == self.model.answers
        for name in ("ravi", "otto", "vera", "olu"):
            assert self._seen(name) is None, name
        page = self._seen("mina")
        assert page is not None
        assert page.line.standing.state == self.model.state

    def _seen(self, name: str) -> queries.Page | None:
        try:
            return queries.one(self._actor(name), self.address, self.at)
        except (access.NotFound, access.NotAllowed):
            return None

    @invariant()
    def the_look_follows(self) -> None:
        now = look_queries.standing_of(looked.look())
        assert (now.diagnosed is not None) is (
            self.model.ever and self.model.state in ("draft", "shared", "used")
        )
        assert now.open is (self.model.state != "used")
        usable = queries.usable(self.company.cast.rosa.pk)
        assert (usable is not None) is (self.model.state == "used")
        if usable is not None:
            assert (usable.public_id, usable.layer) == (self.address, len(self.model.shared) - 1)


class Apart(Machine):
    """A machine whose writes are undone at its end."""

    def __init__(self) -> None:
        self.block = transaction.atomic()
        self.block.__enter__()
        super().__init__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)


@pytest.mark.long
@pytest.mark.django_db
def test_any_acts_in_any_order_come_to_what_the_model_says() -> None:
    run_state_machine_as_test(
        Apart,
        settings=settings(
            max_examples=25, stateful_step_count=15, deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
        ),
    )  # fmt: skip
