"""What followed from the look at Pia's results: a diagnosis she answered, and a plan in which one task is reached and
the company is late with one thing."""

from __future__ import annotations

from datetime import date, datetime

from fairlead.debts import actions as debts
from fairlead.debts.models import Debt
from fairlead.diagnoses import actions as diagnoses
from fairlead.diagnoses.rules import Remedy
from fairlead.forecasting.simulate import marlow
from fairlead.improvement import actions, content, inviting, measures
from fairlead.improvement import queries as plans
from fairlead.improvement.content import Commitment, Content, Milestone, PlanDeal, Task
from fairlead.looks.models import Look
from fairlead.people import queries
from fairlead.people.models import Person
from fairlead.qualification import actions as evidence
from fairlead.qualification import queries as criteria

WHY = "Analysers are 21 % of the money Pia won in a year, 27 % with peers, and their worth is not shown yet."
REPLY = (
    "I agree with the knowledge part. The reference was promised in September and I lost an order for lack of one. I "
    "would like that to be counted."
)


def _at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=marlow.ZONE)


def fill(everybody: dict[str, Person]) -> None:
    """From the diagnosis of 14 October to the check-in of yesterday."""
    _diagnose(everybody)
    _name_outside(everybody)

    def act(who: str, at: datetime, kind: str, words: str = "", which: str = "") -> None:
        by = queries.actor(everybody[who].pk, at)
        actions.act(by=by, at=at, plan=plan, kind=kind, words=words, which=which)

    begun = _at(10, 22, 10)
    by = queries.actor(everybody["otto"].pk, begun)
    plan = actions.begin(by=by, at=begun, person=everybody["pia"].public_id).public_id
    held = _content(everybody)
    actions.save(by=by, at=_at(10, 28, 16), plan=plan, held=held)
    act("otto", _at(10, 28, 16, 5), "submitted")
    act(
        "hana",
        _at(10, 30, 11),
        "approved",
        "The target for new opportunities is high; look at it again at the third check-in.",
    )
    act("otto", _at(11, 2, 9), "published")
    act("pia", _at(11, 2, 11, 30), "received")
    act("pia", _at(11, 3, 9, 10), "partly", "With the knowledge part. The reference has to count.")
    act("pia", _at(11, 3, 9, 12), "deals_agreed")
    act("otto", _at(11, 9, 15), "checked_in", "The training helped. The reference is missing.", "1")
    _milestones(everybody, held)
    _deliver(everybody)
    _measure(everybody, plan, "sanna", _at(11, 12, 14))
    act("otto", _at(11, 16, 15), "checked_in", "The teach-back is reached. Thanked.", "2")
    _measure(everybody, plan, "otto", _at(11, 20, 15))
    act("pia", _at(11, 20, 16, 12), "replied", REPLY)
    act(
        "otto",
        _at(11, 23, 15),
        "checked_in",
        "The reference counts: each late day adds one to the plan.",
        "3",
    )


def _name_outside(everybody: dict[str, Person]) -> None:
    """Hana names a lawyer who stands in where nobody inside is free; nothing waits for her."""
    at = _at(10, 12, 9, 30)
    inviting.name(
        by=queries.actor(everybody["hana"].pk, at), at=at, head=everybody["vera"].public_id, after_number=0,
        given=inviting.Given(
            "Petra Salo", "Salo Labour Law", "petra.salo@salo-law.example", date(2026, 10, 15), date(2027, 10, 14),
            "Works for nobody here, is related to nobody here, and is paid by the hour whatever she says.",
        ),
    )  # fmt: skip


FINDINGS = (
    ("pass", "As many accounts as role peers in the middle. The training that came late is noted as owed."),
    ("pass", "Pipeline opened as peers do. The gap is in closing, not in starting."),
    ("pass", "Opportunities are opened in every month of the year."),
    ("fail", "Teach-back 5 of 15 on 13 October. Analysers are 21 % of the money won, 27 % with peers."),
    ("", ""), ("", ""), ("", ""),
)  # fmt: skip
HER_ANSWER = (
    "I agree on the analyser. Please write down that the training came four months after the targets."
)


def _diagnose(everybody: dict[str, Person]) -> None:
    """Otto diagnoses after the look, Pia reads and answers it, and it is used a week later."""
    at = _at(10, 14, 10)
    otto = queries.actor(everybody["otto"].pk, at)
    look = Look.objects.seen_by(otto, "look.read").get(person=everybody["pia"])
    row = diagnoses.open_(by=otto, at=at, look=look.public_id)
    diagnosis = row.public_id
    diagnoses.save(by=otto, at=_at(10, 14, 11), diagnosis=diagnosis, given=FINDINGS, after=1)
    diagnoses.act(by=otto, at=_at(10, 15, 10), diagnosis=diagnosis, kind="shared")
    pia = queries.actor(everybody["pia"].pk, _at(10, 15, 16))
    diagnoses.act(by=pia, at=_at(10, 15, 16), diagnosis=diagnosis, kind="read")
    diagnoses.act(by=pia, at=_at(10, 16, 9), diagnosis=diagnosis, kind="answered", words_=HER_ANSWER)
    diagnoses.use(by=otto, at=_at(10, 21, 14), diagnosis=diagnosis, remedy=Remedy())


def _content(everybody: dict[str, Person]) -> Content:
    known = criteria.criteria_on(date(2026, 10, 28)).criteria
    marks = [(known[0], 2, 9, 20), (known[1], 2, 19, 27), (known[2], 3, 30, 30)]
    chosen = measures.open_deals(everybody["pia"].pk)[1:3]
    return Content(
        why=WHY,
        days=30,
        tasks=(
            Task(
                "", "Cannot show what it is worth to a user", "Teach-back on the flow analyser",
                "teach_back", "points of 15", 5, 11, "Scored by Sanna after the talk", everybody["sanna"].public_id,
                date(2026, 11, 13),
            ),
            Task(
                "", "Deals have no value case", "Deal plans with a value case", "plans", "deal plans", 0, 4,
                "Deals whose plan was written or renewed since the start", "", date(2026, 12, 1),
            ),
            Task(
                "", "Talks with buyers, not with users", "Visits with people who use the analyser", "counted",
                "visits", 0, 3, "Visit notes that name the user", everybody["otto"].public_id, date(2026, 11, 27),
            ),
            Task(
                "", "Few starts where the analyser sells", "New opportunities", "opened", "opportunities", 0, 6,
                "Deals that were opened since the start", "", date(2026, 12, 7),
            ),
        ),
        deals=tuple(
            PlanDeal(
                deal, name,
                tuple(
                    Milestone("", one.key, one.name, grade, date(2026, 11, first if n == 0 else second))
                    for one, grade, first, second in marks
                ),
            )
            for n, (deal, name) in enumerate(chosen)
        ),
        commitments=(
            _owed(everybody["sanna"], "Two half-days with a product engineer", date(2026, 11, 10)),
            _owed(everybody["vera"], "A dairy reference customer she can call", date(2026, 11, 18)),
        ),
    )  # fmt: skip


def _owed(who: Person, what: str, due_on: date) -> Commitment:
    return Commitment("", what, who.public_id, who.name, due_on)


def _milestones(everybody: dict[str, Person], held: Content) -> None:
    """What buyers said since the plan began, scored by Pia as any evidence."""
    for deal, mark, day, buyer in (
        (held.deals[0], 0, 9, "Katarina Ek"), (held.deals[0], 1, 19, "Katarina Ek"), (held.deals[1], 0, 13, "Eva Tamm"),
    ):  # fmt: skip
        at = _at(11, day, 17)
        milestone = deal.milestones[mark]
        evidence.score(
            by=queries.actor(everybody["pia"].pk, at), at=at, deal=deal.deal, criterion=milestone.criterion,
            score=max(milestone.grade, 2), what="Said in our meeting, and in the mail after it.", on=at.date(),
            buyer_name=buyer, buyer_role="Production",
        )  # fmt: skip


def _deliver(everybody: dict[str, Person]) -> None:
    """Sanna's half-days were held; Vera's reference is still open."""
    at = _at(11, 10, 16)
    sanna = queries.actor(everybody["sanna"].pk, at)
    row = Debt.objects.seen_by(sanna, "debt.read").get(owner=everybody["sanna"], source_kind="manager")
    debts.act(
        by=sanna,
        at=at,
        debt=row.public_id,
        kind="delivered",
        words="Held on 5 and 10 November, with the test rig.",
    )


def _measure(everybody: dict[str, Person], plan: str, who: str, at: datetime) -> None:
    """Sanna scores the teach-back, Otto counts visits."""
    by = queries.actor(everybody[who].pk, at)
    words = {
        "sanna": "Half an hour in front of two engineers. Value in the user’s figures, not in ours.",
        "otto": "Visit notes of 11 and 18 November.",
    }
    for one in plans.to_measure(by, at):
        actions.measure(
            by=by, at=at, plan=plan, task=one.task.key, value=2,
            scores=dict(zip(content.RUBRIC, (4, 4, 4), strict=True)), words=words[who],
        )  # fmt: skip
