"""A plan from its draft to what was decided, by whom, in which order, and what each side reads."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from fairlead.debts import queries as debts
from fairlead.debts.models import Debt
from fairlead.improvement import actions, after, queries
from fairlead.improvement.content import Content
from fairlead.improvement.models import Act, Plan
from fairlead.notices.models import Notice
from fairlead.people import access
from fairlead.people import actions as people
from fairlead.people.models import Partnership, Person, RoleGrant
from fairlead.standing import actions as standing
from fairlead.territories.models import Account
from tests.calls.company import Company
from tests.improvement import making
from tests.improvement.making import BEGUN, PUBLISHED, at_day, do

pytestmark = pytest.mark.django_db
LAST = at_day(making.ENDS)


def code(act: object) -> str:
    """The code with which a call is refused, '' where it is not."""
    try:
        act()  # type: ignore[operator]
    except access.Refusal as refusal:
        return refusal.code
    return ""


def told(kind: str) -> set[str]:
    readers = set(Notice.objects.filter(kind=f"improvement.{kind}").values_list("to_id", flat=True))
    return {person.name.split()[0].lower() for person in Person.objects.filter(pk__in=readers)}


def page(company: Company, name: str, plan: Plan, at: datetime) -> queries.Page:
    return queries.page(company.cast.actor(name, at), plan.public_id, at)


def sees(company: Company, plan: Plan, at: datetime) -> set[str]:
    """Who of the cast reads the plan."""
    found = set()
    for name in company.cast.names:
        try:
            page(company, name, plan, at)
        except access.Refusal:
            continue
        found.add(name)
    return found


# Beginning


def test_there_is_no_plan_without_a_used_diagnosis(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    cast = company.cast

    def begin(name: str) -> Plan:
        return actions.begin(by=cast.actor("mina", BEGUN), at=BEGUN, person=getattr(cast, name).public_id)

    assert code(lambda: begin("ravi")) == "no_diagnosis"
    for layer in (0, 1, 2, 5):
        making.diagnosed(monkeypatch, company, layer)
        assert code(lambda: begin("rosa")) == "other_route"
    making.diagnosed(monkeypatch, company, 4)
    assert begin("rosa").form == "plan"
    assert code(lambda: begin("rosa")) == "has_plan"
    making.diagnosed(monkeypatch, company, 6)
    assert begin("rosa").form == "redeployment"


@pytest.mark.parametrize("name", ["otto", "vera", "hana", "ravi", "rosa", "olu", "ada", "carl"])
def test_only_the_manager_of_today_begins_one(company: Company, name: str) -> None:
    def begin() -> Plan:
        return actions.begin(by=company.cast.actor(name, BEGUN), at=BEGUN, person=company.cast.rosa.public_id)

    assert code(begin) in {"not_allowed", "not_found"}
    assert not Plan.objects.for_system("a test counts").exists()


def test_nothing_begins_where_no_ground_stands(company: Company) -> None:
    at = BEGUN - timedelta(days=400)
    assert (
        code(
            lambda: actions.begin(
                by=company.cast.actor("mina", at), at=at, person=company.cast.rosa.public_id
            )
        )
        == "not_found"
    )


# Who reads it, from step to step


def test_before_publication_the_manager_reads_it_and_then_hr_and_nobody_else(company: Company) -> None:
    plan = making.drafted(company)
    assert sees(company, plan, BEGUN) == {"mina"}
    do(company, "mina", plan, "submitted", BEGUN)
    assert sees(company, plan, BEGUN) == {"mina", "hana"}
    assert told("at_hr") == {"hana"}
    do(company, "hana", plan, "approved", BEGUN)
    assert sees(company, plan, BEGUN) == {"mina", "hana"}
    assert not told("published")
    do(company, "mina", plan, "published", PUBLISHED)
    assert sees(company, plan, PUBLISHED) == {"mina", "hana", "rosa"}
    assert told("published") == {"rosa"}


def test_the_superior_sees_days_until_it_is_theirs_to_decide(company: Company) -> None:
    plan = making.running(company)
    making.delivered(company)
    cast = company.cast
    status = queries.below(cast.actor("vera", PUBLISHED), PUBLISHED)
    assert [(one.manager, one.person, one.ends_on) for one in status] == [
        ("Mina Aalto", "Rosa Lindqvist", making.ENDS)
    ]
    assert "vera" not in sees(company, plan, LAST - timedelta(days=1))
    assert sees(company, plan, LAST) == {"mina", "hana", "rosa", "vera"}
    assert queries.below(cast.actor("carl", PUBLISHED), PUBLISHED) == []


def test_the_words_of_a_plan_are_in_no_ledger_entry(company: Company) -> None:
    from fairlead.ledger.models import Entry, Personal

    plan = making.running(company)
    do(company, "rosa", plan, "replied", PUBLISHED, "zanzibar")
    bodies = [
        str(one) for one in Entry.objects.filter(subject_kind="improvement").values_list("body", flat=True)
    ]
    assert bodies
    assert not any("zanzibar" in body or "analyser" in body for body in bodies)
    assert not Personal.objects.filter(text__contains="zanzibar").exists()


# The gate


def test_hr_sends_back_with_words_and_the_manager_sends_again(company: Company) -> None:
    plan = making.drafted(company)
    do(company, "mina", plan, "submitted", BEGUN)
    assert code(lambda: do(company, "hana", plan, "returned", BEGUN)) == "text_missing"
    do(company, "hana", plan, "returned", BEGUN, "The target is above what peers reach.")
    assert code(lambda: do(company, "mina", plan, "published", BEGUN)) == "not_now"
    do(company, "mina", plan, "submitted", BEGUN)
    do(company, "hana", plan, "approved", BEGUN)
    do(company, "mina", plan, "published", BEGUN)


def test_a_manager_who_is_hr_as_well_does_not_check_the_own_plan(company: Company) -> None:
    cast = company.cast
    RoleGrant.objects.create(person=cast.mina, role="hr_partner", starts_on=date(2026, 1, 1))
    Partnership.objects.create(hr=cast.mina, head=cast.vera, starts_on=date(2026, 1, 1))
    plan = making.drafted(company)
    do(company, "mina", plan, "submitted", BEGUN)
    assert code(lambda: do(company, "mina", plan, "approved", BEGUN)) == "not_yours"


def test_what_is_not_whole_is_not_sent(company: Company) -> None:
    cast, plan = company.cast, making.drafted(company)
    held = making.content(cast, [])
    by = cast.actor("mina", BEGUN)
    actions.save(by=by, at=BEGUN, plan=plan.public_id, held=held)
    assert code(lambda: do(company, "mina", plan, "submitted", BEGUN)) == "too_few_deals"
    own = replace(
        making.content(cast, making.deals(company)),
        tasks=(replace(held.tasks[0], assessor=cast.rosa.public_id),),
    )
    assert code(lambda: actions.save(by=by, at=BEGUN, plan=plan.public_id, held=own)) == "bad_assessor"


def test_a_deal_of_somebody_else_and_a_debt_to_oneself_are_no_part_of_a_plan(company: Company) -> None:
    cast, plan = company.cast, making.drafted(company)
    other = company.deal("Elsewhere", "ravi", 50, "Talk", date(2026, 12, 20)).public_id
    by = cast.actor("mina", BEGUN)

    def save(held: Content) -> object:
        return actions.save(by=by, at=BEGUN, plan=plan.public_id, held=held)

    held = making.content(cast, [*making.deals(company)[:1], other])

    assert code(lambda: save(held)) == "bad_deal"
    owed = replace(held.commitments[0], owner=cast.rosa.public_id)
    assert (
        code(lambda: save(replace(making.content(cast, making.deals(company)), commitments=(owed,))))
        == "bad_owner"
    )


def test_a_form_over_somebody_elses_words_is_refused(company: Company) -> None:
    plan = making.running(company)
    stamp = actions.stamp(page(company, "mina", plan, PUBLISHED).found)
    do(company, "rosa", plan, "replied", PUBLISHED, "I read it.")
    late = at_day(date(2026, 11, 9))
    assert (
        code(lambda: do(company, "mina", plan, "checked_in", late, "Talked.", which="1", after=stamp))
        == "changed_meanwhile"
    )


# Receiving, agreeing, refusing


def test_receiving_agreeing_and_refusing_are_different_acts_of_the_person_alone(company: Company) -> None:
    plan = making.published(company)
    assert code(lambda: do(company, "rosa", plan, "agreed", PUBLISHED)) == "not_received"
    assert code(lambda: do(company, "mina", plan, "received", PUBLISHED)) == "not_yours"
    do(company, "rosa", plan, "received", PUBLISHED)
    assert page(company, "rosa", plan, PUBLISHED).found.now.stance is None
    assert code(lambda: do(company, "rosa", plan, "refused", PUBLISHED)) == "text_missing"
    do(company, "rosa", plan, "refused", PUBLISHED, "The target is out of reach.")
    now = page(company, "mina", plan, PUBLISHED).found.now
    assert (now.stance.kind if now.stance else "", now.phase) == ("refused", "running")
    assert code(lambda: do(company, "rosa", plan, "agreed", PUBLISHED)) == "not_now"


def test_a_plan_that_nobody_says_to_have_received_is_handed_over_after_three_working_days(
    company: Company,
) -> None:
    plan = making.published(company)

    def hand(day: date) -> Act:
        return do(company, "mina", plan, "handed", at_day(day), "In the office, with the shop steward.")

    assert code(lambda: hand(date(2026, 11, 4))) == "too_early"
    hand(date(2026, 11, 5))
    assert page(company, "rosa", plan, at_day(date(2026, 11, 5))).found.now.received is not None


def test_the_reply_is_open_from_publication_to_the_end_and_after(company: Company) -> None:
    plan = making.checked(company)
    assert code(lambda: do(company, "rosa", plan, "replied", BEGUN, "No.")) == "not_found"
    do(company, "mina", plan, "published", PUBLISHED)
    do(company, "rosa", plan, "replied", PUBLISHED, "First.")
    do(company, "rosa", plan, "received", PUBLISHED)
    do(company, "mina", plan, "withdrawn", PUBLISHED, "Opened in error.")
    do(company, "rosa", plan, "replied", PUBLISHED, "Second.")
    assert [one.words for one in page(company, "hana", plan, PUBLISHED).found.now.replies] == [
        "First.",
        "Second.",
    ]
    assert code(lambda: do(company, "mina", plan, "replied", PUBLISHED, "Mine.")) == "not_yours"


# Measuring


def test_whoever_measures_sees_what_and_for_whom_and_nothing_else(company: Company) -> None:
    plan = making.running(company)
    cast = company.cast
    assert told("measure") == {"sanna"}, "whoever names themself is not told"
    found = queries.to_measure(cast.actor("sanna", PUBLISHED), PUBLISHED)
    assert [(one.person, one.task.what) for one in found] == [
        ("Rosa Lindqvist", "Teach-back on the flow analyser")
    ]
    assert "sanna" not in sees(company, plan, PUBLISHED)
    key = found[0].task.key

    def measure(name: str, **scores: int | None) -> Act:
        return actions.measure(
            by=cast.actor(name, PUBLISHED),
            at=PUBLISHED,
            plan=plan.public_id,
            task=key,
            scores=scores,
            words="The talk.",
        )

    assert code(lambda: measure("sanna", features=6, benefits=1, value=1)) == "bad_rubric"
    assert code(lambda: measure("sanna", features=3, benefits=3)) == "bad_rubric"
    assert code(lambda: measure("mina", features=3, benefits=3, value=3)) == "not_found"
    measure("sanna", features=4, benefits=3, value=2)
    line = page(company, "rosa", plan, PUBLISHED).tasks[0]
    assert (line.now, line.state) == (9, "reached")


def test_what_is_counted_in_the_deals_is_typed_by_nobody(company: Company) -> None:
    plan = making.running(company)
    cast = company.cast
    line = page(company, "mina", plan, PUBLISHED).tasks[1]
    assert (line.now, line.state) == (0, "to_come")
    for name in ("New one", "New two"):
        made = company.deal(name, "rosa", 20, "Talk", date(2026, 12, 20), at=PUBLISHED)
        type(made).objects.for_system("a test dates it").filter(pk=made.pk).update(
            created_on=date(2026, 11, 5)
        )
    later = at_day(date(2026, 11, 6))
    line = page(company, "mina", plan, later).tasks[1]
    assert (line.now, line.state) == (2, "reached")

    def measure() -> Act:
        return actions.measure(
            by=cast.actor("mina", later),
            at=later,
            plan=plan.public_id,
            task=line.task.key,
            value=9,
            words="x",
        )

    assert code(measure) == "not_found"


def test_a_milestone_is_met_by_what_the_buyer_said_since_the_plan_began(company: Company) -> None:
    from fairlead.qualification.models import Item

    plan = making.running(company)
    deal = company.deals["Alby Dairy"]

    def say(day: date, score: int) -> Item:
        return Item.objects.create(
            deal=deal,
            criterion="pain",
            score=score,
            what="Said so.",
            on=day,
            buyer_name="Katarina Ek" if score > 1 else "",
            by=company.cast.rosa,
            at=at_day(day),
        )

    at = at_day(date(2026, 11, 12))

    say(date(2026, 10, 1), 3)
    say(date(2026, 11, 5), 1)
    assert page(company, "rosa", plan, at).deals[0].milestones[0].on is None
    item = say(date(2026, 11, 9), 2)
    mark = page(company, "rosa", plan, at).deals[0].milestones[0]
    assert (mark.on, mark.buyer) == (date(2026, 11, 9), "Katarina Ek")
    Item.objects.create(
        deal=deal, criterion="pain", score=0, on=date(2026, 11, 10), undoes=item, by=company.cast.rosa, at=at
    )
    assert page(company, "rosa", plan, at).deals[0].milestones[0].on is None


def test_a_deal_lost_through_nobodys_fault_is_freed_once_by_the_manager(company: Company) -> None:
    plan = making.running(company)
    deal = company.deals["Alby Dairy"].public_id
    assert (
        code(lambda: do(company, "mina", plan, "freed", PUBLISHED, "They closed the site.", which="nothing"))
        == "bad_deal"
    )
    do(company, "mina", plan, "freed", PUBLISHED, "They closed the site.", which=deal)
    assert page(company, "rosa", plan, PUBLISHED).deals[0].freed is not None
    assert code(lambda: do(company, "mina", plan, "freed", PUBLISHED, "Again.", which=deal)) == "bad_deal"


# What the company does


def test_what_the_company_promised_is_owed_and_says_nothing_of_a_plan(company: Company) -> None:
    plan = making.running(company)
    rows = list(Debt.objects.for_system("a test reads").filter(owed_to=company.cast.rosa).order_by("pk"))
    assert [(row.item, row.owner.name, row.due_on) for row in rows] == [
        ("Two half-days with an engineer", "Sanna Berg", date(2026, 11, 10)),
        ("A reference she can call", "Vera Lindholm", date(2026, 11, 18)),
    ]
    for row in rows:
        said = f"{row.source_kind} {row.source_id} {row.key} {row.item}"
        assert plan.public_id not in said
        assert "plan for" not in said.lower()


def test_what_was_delivered_in_time_for_one_thing_still_leaves_the_end_where_it_was(company: Company) -> None:
    plan = making.running(company)
    making.delivered(company, date(2026, 11, 10))
    assert page(company, "rosa", plan, at_day(date(2026, 11, 11))).line.ends_on == making.ENDS


def test_the_end_moves_while_the_company_is_late_and_rests_when_it_has_delivered(company: Company) -> None:
    plan = making.running(company)
    assert page(company, "rosa", plan, at_day(date(2026, 11, 10))).line.ends_on == making.ENDS
    found = page(company, "rosa", plan, at_day(date(2026, 11, 16)))
    assert (found.line.ends_on, found.late_days) == (date(2026, 12, 8), 6)
    making.delivered(company, date(2026, 11, 20))
    later = page(company, "rosa", plan, at_day(date(2026, 11, 27)))
    assert (later.line.ends_on, later.late_days) == (date(2026, 12, 14), 10), (
        "10 late days; 12 December is a Saturday"
    )


def test_a_withdrawn_plan_owes_nothing_more(company: Company) -> None:
    plan = making.running(company)
    do(company, "hana", plan, "withdrawn", PUBLISHED, "The diagnosis was wrong.")
    assert debts.open_towards(company.cast.rosa.pk, PUBLISHED) == []


# Pauses


def test_leave_pauses_and_says_no_reason_to_the_manager(company: Company) -> None:
    plan = making.running(company)
    making.delivered(company)
    cast, at = company.cast, at_day(date(2026, 11, 12))
    standing.write_leave(
        by=cast.actor("hana", at), at=at, person=cast.rosa.public_id, first=date(2026, 11, 12), last=date(2026, 11, 18),
        reason="quinquina",
    )  # fmt: skip
    found = page(company, "mina", plan, at)
    assert (found.away, found.line.ends_on) == (True, date(2026, 12, 9))
    assert "quinquina" not in repr(found)


def test_a_change_pauses_at_once_and_waits_for_hr_and_then_for_the_person(company: Company) -> None:
    plan = making.running(company)
    making.delivered(company)
    do(company, "rosa", plan, "agreed", PUBLISHED)
    cast, day = company.cast, at_day(date(2026, 11, 12))
    held = page(company, "mina", plan, day).found.content
    assert held is not None
    easier = replace(held, tasks=(*held.tasks[:2], replace(held.tasks[2], target=2)))

    def change(name: str) -> object:
        return actions.change(
            by=cast.actor(name, day), at=day, plan=plan.public_id, held=easier, words="A site closed."
        )

    assert code(lambda: change("hana")) == "not_yours"
    change("mina")
    found = page(company, "rosa", plan, day)
    assert found.line.phase == "paused"
    assert found.line.ends_on is None
    assert [one.task.target for one in found.tasks] == [9, 2, 3], (
        "what was agreed holds until the change is read"
    )
    assert code(lambda: do(company, "rosa", plan, "received", day)) == "not_now"
    later = at_day(date(2026, 11, 16))
    do(company, "hana", plan, "approved", later)
    assert code(lambda: do(company, "mina", plan, "received", later)) == "not_yours"
    do(company, "rosa", plan, "received", later)
    found = page(company, "rosa", plan, later)
    assert [one.task.target for one in found.tasks] == [9, 2, 2]
    assert (found.line.phase, found.line.ends_on) == ("running", date(2026, 12, 7)), (
        "four days paused; 6 December is a Sunday"
    )
    assert found.found.now.stance is None, "it asks for a new word"


def test_a_change_that_is_taken_back_leaves_the_plan_as_it_was(company: Company) -> None:
    plan = making.running(company)
    cast, day = company.cast, at_day(date(2026, 11, 4))
    held = page(company, "mina", plan, day).found.content
    assert held is not None
    actions.change(
        by=cast.actor("mina", day),
        at=day,
        plan=plan.public_id,
        held=replace(held, days=40),
        words="More time.",
    )
    do(company, "mina", plan, "kept", day, "HR advised against it.")
    found = page(company, "rosa", plan, day)
    assert (found.line.phase, found.line.days, found.found.proposed) == ("running", 30, None)


# Check-ins


def test_a_check_in_is_written_down_from_its_day_on_and_a_missed_one_stands_against_the_manager(
    company: Company,
) -> None:
    plan = making.running(company)
    making.delivered(company)

    def hold(day: date, which: str) -> Act:
        return do(company, "mina", plan, "checked_in", at_day(day), "Talked.", which=which)

    assert code(lambda: hold(date(2026, 11, 8), "1")) == "too_early"
    assert code(lambda: hold(date(2026, 11, 9), "9")) == "no_checkin"
    hold(date(2026, 11, 9), "1")
    assert code(lambda: hold(date(2026, 11, 9), "1")) == "held"
    assert page(company, "rosa", plan, at_day(date(2026, 11, 19))).checkins[1].missed_by == ""
    assert page(company, "rosa", plan, at_day(date(2026, 11, 20))).checkins[1].missed_by == "manager"
    do(
        company,
        "mina",
        plan,
        "missed",
        at_day(date(2026, 11, 23)),
        "She did not come.",
        which="3",
        said="person",
    )
    assert page(company, "rosa", plan, at_day(date(2026, 11, 23))).checkins[2].missed_by == "person"
    hold(date(2026, 11, 24), "2")
    second = page(company, "rosa", plan, at_day(date(2026, 11, 24))).checkins[1]
    assert (second.step is not None and second.step.kind, second.missed_by) == ("checked_in", "manager"), (
        "that it was held at last does not hide that it was missed"
    )
    hold(date(2026, 11, 24), "3")
    assert page(company, "rosa", plan, at_day(date(2026, 11, 24))).checkins[2].missed_by == "person"


# Decisions


def ready(company: Company, checkins: int = 4) -> Plan:
    """A plan at its last day."""
    plan = making.running(company)
    making.delivered(company)
    making.held(company, plan, checkins)
    return plan


def covered(company: Company, plan: Plan, at: datetime = LAST) -> None:
    cast = company.cast
    for name in ("Alby", "Molla"):
        Account.objects.create(source="crm", external_id=name, name=name, owner=cast.rosa, industry="Dairy")
    by = cast.actor("mina", at)
    lines = [
        {"account": one.account, "covered_by": cast.ravi.public_id, "hand_over": "Meet the buyer.",
         "first_call_on": str(at.date())}
        for one in queries.cover_lines(plan, None, at.date())
    ]  # fmt: skip
    actions.cover(by=by, at=at, plan=plan.public_id, lines=lines)


def test_met_ends_the_plan_and_the_author_does_not_decide_it(company: Company) -> None:
    plan = ready(company)
    assert code(lambda: do(company, "mina", plan, "decided", LAST, "Well done.", said="met")) == "not_yours"
    assert code(lambda: do(company, "hana", plan, "decided", LAST, "Well done.", said="met")) == "not_yours"
    assert code(lambda: do(company, "vera", plan, "decided", LAST, "", said="met")) == "text_missing"
    assert code(lambda: do(company, "vera", plan, "decided", LAST, "x", said="fired")) == "no_outcome"
    do(company, "vera", plan, "decided", LAST, "All of it reached.", said="met")
    found = page(company, "rosa", plan, LAST)
    assert (found.line.phase, found.line.outcome) == ("closed", "met")
    assert told("decided") == {"rosa"}


def test_nothing_is_decided_before_the_last_day_but_a_plan_whose_tasks_are_reached(company: Company) -> None:
    plan = ready(company, 2)
    day = at_day(date(2026, 11, 17))
    assert code(lambda: do(company, "vera", plan, "decided", day, "x", said="met")) == "not_found"
    reach_everything(company, plan)
    day = at_day(date(2026, 11, 20))
    assert code(lambda: do(company, "vera", plan, "decided", day, "x", said="leaves")) == "too_early"
    do(company, "vera", plan, "decided", day, "All of it reached.", said="met")


def reach_everything(company: Company, plan: Plan) -> None:
    cast, at = company.cast, at_day(date(2026, 11, 18))
    for name in ("sanna", "mina"):
        for one in queries.to_measure(cast.actor(name, at), at):
            actions.measure(
                by=cast.actor(name, at), at=at, plan=plan.public_id, task=one.task.key, value=3,
                scores={"features": 5, "benefits": 5, "value": 5}, words="Seen.",
            )  # fmt: skip
    for name in ("New one", "New two"):
        made = company.deal(name, "rosa", 20, "Talk", date(2026, 12, 20), at=PUBLISHED)
        type(made).objects.for_system("a test dates it").filter(pk=made.pk).update(
            created_on=date(2026, 11, 5)
        )


def test_a_check_in_that_the_end_made_needless_is_missed_by_nobody(company: Company) -> None:
    plan = ready(company, 2)
    reach_everything(company, plan)
    do(company, "vera", plan, "decided", at_day(date(2026, 11, 20)), "All of it reached.", said="met")
    found = page(company, "rosa", plan, at_day(date(2026, 12, 14)))
    assert [one.missed_by for one in found.checkins] == ["", "", "", ""]


def test_a_plan_is_extended_once(company: Company) -> None:
    plan = ready(company)

    def extend(at: datetime, days: int) -> Act:
        return do(company, "vera", plan, "decided", at, "One task is close.", said="extended", value=days)

    assert code(lambda: extend(LAST, 31)) == "bad_days"
    extend(LAST, 14)
    found = page(company, "rosa", plan, LAST)
    assert (found.line.phase, found.line.ends_on, len(found.checkins)) == ("running", date(2026, 12, 16), 6)
    later = at_day(date(2026, 12, 16))
    assert code(lambda: extend(later, 14)) == "extended_once"


def test_a_parting_needs_every_check_in_the_cover_plan_and_a_second_person(company: Company) -> None:
    plan = ready(company, 3)
    Account.objects.create(source="crm", external_id="X", name="X", owner=company.cast.rosa)

    def part() -> Act:
        return do(company, "vera", plan, "decided", LAST, "Not reached.", said="redeployed")

    assert code(part) == "checkin_missing"
    do(company, "mina", plan, "checked_in", at_day(date(2026, 12, 1)), "Talked.", which="4")
    assert code(part) == "no_cover"
    covered(company, plan)
    part()
    found = page(company, "hana", plan, LAST)
    assert found.line.phase == "pending"
    assert page(company, "rosa", plan, LAST).cover == (), "the cover plan is read from the decision on"
    assert code(lambda: do(company, "vera", plan, "seconded", LAST)) == "not_yours"
    do(company, "hana", plan, "seconded", LAST)
    assert [one.covered_by_name for one in page(company, "rosa", plan, LAST).cover] == ["Ravi Menon"] * 3
    assert told("decided") == {"rosa"}


def test_hr_objects_and_the_decision_is_open_again(company: Company) -> None:
    plan = ready(company)
    covered(company, plan)
    do(company, "vera", plan, "decided", LAST, "Not reached.", said="leaves")
    do(company, "hana", plan, "objected", LAST, "The reference came late.")
    assert page(company, "vera", plan, LAST).line.phase == "running"
    do(company, "vera", plan, "decided", LAST, "Count it as met.", said="met")


def test_an_appeal_is_heard_by_a_third_who_reads_it_from_then_on(company: Company) -> None:
    plan = ready(company)
    covered(company, plan)
    do(company, "vera", plan, "decided", LAST, "Not reached.", said="redeployed")
    assert code(lambda: do(company, "rosa", plan, "appealed", LAST, "The reference.")) == "not_now"
    do(company, "hana", plan, "seconded", LAST)
    assert "carl" not in sees(company, plan, LAST)
    do(company, "rosa", plan, "appealed", LAST, "The reference was not counted.")
    assert told("appealed") == {"carl"}
    assert code(lambda: do(company, "vera", plan, "heard", LAST, "No.", said="upheld")) == "not_yours"
    assert code(lambda: do(company, "carl", plan, "heard", LAST, "No.", said="maybe")) == "no_outcome"
    do(company, "carl", plan, "heard", LAST, "It has to count.", said="overturned")
    assert page(company, "rosa", plan, LAST).line.phase == "void"


def test_an_appeal_has_ten_working_days(company: Company) -> None:
    plan = ready(company)
    covered(company, plan)
    do(company, "vera", plan, "decided", LAST, "Not reached.", said="leaves")
    do(company, "hana", plan, "seconded", LAST)
    assert page(company, "rosa", plan, LAST).appeal_until == date(2026, 12, 16)
    assert (
        code(lambda: do(company, "rosa", plan, "appealed", at_day(date(2026, 12, 17)), "Late.")) == "too_late"
    )
    do(company, "rosa", plan, "appealed", at_day(date(2026, 12, 16)), "In time.")


def test_a_late_decision_keeps_how_late_it_was(company: Company) -> None:
    plan = ready(company)
    late = at_day(date(2026, 12, 11))
    assert queries.below(company.cast.actor("vera", late), late)[0].late == 2
    row = do(company, "vera", plan, "decided", late, "Reached.", said="met")
    assert Act.objects.for_system("a test reads").get(pk=row.pk).days_late == 2


def test_whoever_decides_is_told_once_on_the_last_day(company: Company) -> None:
    ready(company)
    assert actions.watch(at=LAST - timedelta(days=1)) == 0
    assert actions.watch(at=LAST) == 1
    assert actions.watch(at=LAST + timedelta(days=1)) == 0
    assert told("decide") == {"vera"}


# People who change in the middle


def move(company: Company, name: str, to: str, on: date) -> None:
    cast = company.cast
    people.move(
        by=access.system("a test"),
        at=at_day(on),
        person=getattr(cast, name),
        manager=getattr(cast, to),
        starts_on=on,
    )


def test_a_new_manager_leads_a_plan_that_runs_and_the_old_one_loses_it_at_once(company: Company) -> None:
    plan = making.running(company)
    day = date(2026, 11, 12)
    move(company, "rosa", "otto", day)
    at = at_day(day, 12)
    assert sees(company, plan, at) == {"rosa", "otto", "hana"}
    do(company, "otto", plan, "checked_in", at, "Talked.", which="1")
    measures = {
        name: [one.task.what for one in queries.to_measure(company.cast.actor(name, at), at)]
        for name in ("mina", "otto")
    }
    assert measures == {"mina": [], "otto": ["Visits with people who use it"]}, (
        "what Mina was named for is Otto's"
    )
    assert queries.deciders(plan, page(company, "rosa", plan, at).found.now) == [company.cast.vera.pk]


def test_a_manager_who_comes_after_the_end_reads_the_summary_and_only_once_the_person_has(
    company: Company,
) -> None:
    plan = ready(company)
    do(company, "vera", plan, "decided", LAST, "Reached.", said="met")
    do(company, "mina", plan, "summed_up", LAST, "Met every task in the time.")
    move(company, "rosa", "otto", date(2026, 12, 7))
    at = at_day(date(2026, 12, 8))
    otto = company.cast.actor("otto", at)
    assert "otto" not in sees(company, plan, at)
    assert queries.summaries(otto, at) == []
    do(company, "rosa", plan, "summary_read", at, "True.")
    assert [(one.words, one.answer) for one in queries.summaries(otto, at)] == [
        ("Met every task in the time.", "True.")
    ]
    assert "otto" not in sees(company, plan, at)
    assert code(lambda: do(company, "otto", plan, "summed_up", at, "Mine.")) == "not_found"


def test_another_hr_partner_takes_over_where_the_first_one_left(company: Company) -> None:
    cast = company.cast
    plan = making.drafted(company)
    do(company, "mina", plan, "submitted", BEGUN)
    Partnership.objects.filter(hr=cast.hana).update(ends_on=date(2026, 10, 25))
    RoleGrant.objects.create(person=cast.ada, role="hr_partner", starts_on=date(2026, 1, 1))
    Partnership.objects.create(hr=cast.ada, head=cast.vera, starts_on=date(2026, 10, 25))
    at = at_day(date(2026, 10, 26))
    assert sees(company, plan, at) == {"mina", "ada"}
    do(company, "ada", plan, "approved", at)


def test_the_one_above_who_wrote_it_is_not_the_one_who_decides(company: Company) -> None:
    """Vera led Rosa herself when the plan was written; Carl decides."""
    plan = making.running(company)
    now = page(company, "rosa", plan, PUBLISHED).found.now
    written_by_vera = Plan(person=plan.person, form=plan.form, by=company.cast.vera)
    assert queries.deciders(written_by_vera, now) == [company.cast.carl.pk]


def test_a_manager_who_takes_over_after_a_parting_reads_the_summary_alone(company: Company) -> None:
    plan = ready(company)
    covered(company, plan)
    do(company, "vera", plan, "decided", LAST, "Not reached.", said="redeployed")
    do(company, "hana", plan, "seconded", LAST)
    move(company, "rosa", "otto", making.ENDS)
    at = at_day(making.ENDS, 15)
    assert "otto" not in sees(company, plan, at)
    do(company, "hana", plan, "summed_up", at, "Met one task of three.")
    do(company, "rosa", plan, "summary_read", at, "")
    assert [one.words for one in queries.summaries(company.cast.actor("otto", at), at)] == [
        "Met one task of three."
    ]


def test_whoever_led_a_plan_on_the_way_neither_decides_nor_seconds_it(company: Company) -> None:
    """Otto takes the team over, changes the plan, and is promoted above it."""
    plan = making.running(company)
    day = date(2026, 11, 4)
    move(company, "rosa", "otto", day)
    held = page(company, "otto", plan, at_day(day, 12)).found.content
    assert held is not None
    otto = company.cast.actor("otto", at_day(day, 12))
    actions.change(
        by=otto, at=at_day(day, 12), plan=plan.public_id, held=replace(held, days=35), words="More time."
    )
    move(company, "rosa", "mina", date(2026, 11, 9))
    people.move(
        by=access.system("a test"), at=at_day(date(2026, 11, 9)), person=company.cast.mina,
        manager=company.cast.otto, starts_on=date(2026, 11, 9),
    )  # fmt: skip
    now = page(company, "rosa", plan, at_day(date(2026, 11, 9), 12)).found.now
    assert queries.deciders(plan, now) == [company.cast.vera.pk]


def test_a_check_in_is_not_said_to_be_missed_by_the_person_long_afterwards(company: Company) -> None:
    plan = making.running(company)
    making.delivered(company)
    late = at_day(date(2026, 11, 13))

    def missed(said: str) -> Act:
        return do(company, "mina", plan, "missed", late, "She did not come.", which="1", said=said)

    assert code(lambda: missed("person")) == "too_late"
    missed("manager")
    assert code(lambda: missed("person")) == "held"


def test_a_parting_is_not_seconded_when_the_cover_plan_is_not_whole_any_more(company: Company) -> None:
    plan = ready(company)
    covered(company, plan)
    do(company, "vera", plan, "decided", LAST, "Not reached.", said="leaves")
    Account.objects.create(source="crm", external_id="late", name="Late", owner=company.cast.rosa)
    assert code(lambda: do(company, "hana", plan, "seconded", LAST)) == "no_cover"


def test_the_person_reads_no_parting_before_the_second_of_two_nor_one_that_was_objected_to(
    company: Company,
) -> None:
    plan = ready(company)
    covered(company, plan)
    do(company, "vera", plan, "decided", LAST, "quinquina", said="leaves")
    found = page(company, "rosa", plan, LAST)
    assert (found.line.phase, found.line.outcome) == ("running", "")
    assert "quinquina" not in repr(found)
    do(company, "hana", plan, "objected", LAST, "quinquina too")
    assert "quinquina" not in repr(page(company, "rosa", plan, LAST))
    assert "quinquina" in repr(page(company, "mina", plan, LAST))


def test_hr_reads_of_a_draft_what_was_sent_and_not_what_is_written_since(company: Company) -> None:
    cast, plan = company.cast, making.drafted(company)
    do(company, "mina", plan, "submitted", BEGUN)
    do(company, "hana", plan, "returned", BEGUN, "Lower the target.")
    held = replace(making.content(cast, making.deals(company)), why="quinquina")
    actions.save(by=cast.actor("mina", BEGUN), at=BEGUN, plan=plan.public_id, held=held)
    assert "quinquina" not in repr(page(company, "hana", plan, BEGUN).found.content)
    assert "quinquina" in repr(page(company, "mina", plan, BEGUN).found.content)


# Redeployment without a plan


def talk(company: Company, monkeypatch: pytest.MonkeyPatch) -> Plan:
    making.diagnosed(monkeypatch, company, 6)
    cast, by = company.cast, company.cast.actor("mina", BEGUN)
    plan = actions.begin(by=by, at=BEGUN, person=cast.rosa.public_id)
    do(company, "mina", plan, "submitted", BEGUN)
    do(company, "hana", plan, "approved", BEGUN)
    do(company, "mina", plan, "published", PUBLISHED)
    do(company, "rosa", plan, "received", PUBLISHED)
    return plan


def test_redeployment_without_a_plan_waits_for_the_reply_and_for_two_people(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = talk(company, monkeypatch)

    def part(at: datetime) -> Act:
        return do(company, "vera", plan, "decided", at, "The service desk.", said="redeployed")

    assert code(lambda: part(PUBLISHED)) == "not_found", "nobody decides while the person has time to reply"
    do(company, "rosa", plan, "replied", PUBLISHED, "I would like the service desk.")
    assert code(lambda: do(company, "vera", plan, "decided", PUBLISHED, "x", said="met")) == "no_outcome"
    part(PUBLISHED)
    do(company, "hana", plan, "seconded", PUBLISHED)
    do(company, "rosa", plan, "appealed", PUBLISHED, "Not so fast.")
    do(company, "carl", plan, "heard", PUBLISHED, "It stands.", said="upheld")
    assert page(company, "rosa", plan, PUBLISHED).line.phase == "closed"


def test_without_a_reply_it_is_decided_after_five_working_days(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = talk(company, monkeypatch)

    def part(day: date) -> Act:
        return do(company, "vera", plan, "decided", at_day(day), "The service desk.", said="redeployed")

    assert code(lambda: part(date(2026, 11, 9))) == "not_found"
    part(date(2026, 11, 10))


# A plan of one's own


def own_plan(company: Company, at: datetime = BEGUN) -> None:
    cast = company.cast
    held = making.content(cast, [])
    tasks = tuple(replace(one, assessor="") for one in held.tasks)
    actions.keep_own(
        by=cast.actor("rosa", at), at=at, held=replace(held, tasks=tasks, commitments=()), layer=3
    )


def test_what_one_plans_for_oneself_is_read_by_nobody_until_it_is_shared(company: Company) -> None:
    from fairlead.improvement.models import SelfDraft
    from fairlead.ledger.models import Entry

    before = Entry.objects.count()
    own_plan(company)
    assert Entry.objects.count() == before
    for name in company.cast.names:
        actor = company.cast.actor(name, BEGUN)
        seen = SelfDraft.objects.seen_by(actor, "improvement.self").exists()
        assert seen is (name == "rosa"), name
    actions.drop_own(by=company.cast.actor("rosa", BEGUN))
    assert queries.self_draft(company.cast.actor("rosa", BEGUN)) is None


def test_shared_it_protects_while_it_is_on_time_and_hr_may_end_that_in_writing(company: Company) -> None:
    cast = company.cast
    own_plan(company)
    plan = actions.share_own(by=cast.actor("rosa", BEGUN), at=BEGUN)
    assert sees(company, plan, BEGUN) == {"rosa", "mina"}

    def begin(at: datetime) -> Plan:
        return actions.begin(by=cast.actor("mina", at), at=at, person=cast.rosa.public_id)

    assert code(lambda: begin(BEGUN)) == "protected"
    assert [one.person for one in queries.protections(cast.actor("hana", BEGUN), BEGUN)] == ["Rosa Lindqvist"]

    def lift(name: str) -> Act:
        return actions.lift_protection(
            by=cast.actor(name, BEGUN), at=BEGUN, plan=plan.public_id, words="Asked by both."
        )

    assert code(lambda: lift("mina")) == "not_allowed"
    lift("hana")
    assert begin(BEGUN).form == "plan"


@pytest.mark.parametrize(("day", "refused"), [(date(2026, 11, 16), "protected"), (date(2026, 11, 17), "")])
def test_it_protects_no_longer_once_a_task_is_behind(company: Company, day: date, refused: str) -> None:
    cast = company.cast
    own_plan(company)
    actions.share_own(by=cast.actor("rosa", BEGUN), at=BEGUN)
    at = at_day(day)
    assert (
        code(lambda: actions.begin(by=cast.actor("mina", at), at=at, person=cast.rosa.public_id)) == refused
    )


def test_it_protects_once_for_a_gap(company: Company) -> None:
    cast = company.cast
    own_plan(company)
    by = cast.actor("rosa", BEGUN)
    plan = actions.share_own(by=by, at=BEGUN)
    own_plan(company)
    assert code(lambda: actions.share_own(by=by, at=BEGUN)) == "has_own"
    do(company, "rosa", plan, "ended", BEGUN, "I know it now.")
    assert code(lambda: actions.share_own(by=by, at=BEGUN)) == "protected_before"


def test_the_person_measures_the_own_plan(company: Company) -> None:
    cast = company.cast
    own_plan(company)
    by = cast.actor("rosa", BEGUN)
    plan = actions.share_own(by=by, at=BEGUN)
    task = page(company, "rosa", plan, BEGUN).tasks[2].task.key
    actions.measure(by=by, at=BEGUN, plan=plan.public_id, task=task, value=3, words="Three visits.")
    assert page(company, "mina", plan, BEGUN).tasks[2].state == "reached"


# HR's record


def test_the_record_counts_each_managers_plans(company: Company) -> None:
    plan = ready(company)
    do(company, "vera", plan, "decided", LAST, "Reached.", said="met")
    line = after.record(company.cast.actor("hana", LAST), LAST)[0]
    assert (line.manager, line.opened, line.met, line.of) == ("Mina Aalto", 1, 1, 0)
    later = LAST + timedelta(days=366)
    line = after.record(company.cast.actor("hana", later), later)[0]
    assert (line.still_here, line.of) == (1, 1)
    Person.objects.filter(pk=company.cast.rosa.pk).update(ends_on=date(2027, 6, 1))
    line = after.record(company.cast.actor("hana", later), later)[0]
    assert (line.still_here, line.of) == (0, 1)


# The screen for adverse impact


def test_hr_compares_groups_it_brings_and_nothing_of_them_is_kept(company: Company) -> None:
    from fairlead.ledger.models import Entry

    making.running(company)
    cast, hana = company.cast, company.cast.actor("hana", LAST)
    names = [
        "Rosa Lindqvist",
        "Ravi Menon",
        "Ines Duarte",
        "Tomas Novak",
        "Pia Kranz",
        "Piet Maas",
        "Sven Dahl",
    ]
    names += ["Mina Aalto", "Otto Brandt", "Sanna Berg"]
    text = (
        "\n".join(f"{name}, {'zebra' if n < 5 else 'okapi'}" for n, name in enumerate(names))
        + "\nCarl Ek, okapi"
    )
    found = queries.screen(hana, LAST, text=text, what="plan", months=12)
    assert [(one.group, one.people, one.hit) for one in found.lines] == [("okapi", 5, 0), ("zebra", 5, 1)]
    assert found.unknown == ("Carl Ek",), "he is in no unit of hers"
    assert found.lines[1].spared == pytest.approx(0.8)
    assert found.lines[1].chance == pytest.approx(1.0)
    assert [one.hit for one in queries.screen(hana, LAST, text=text, what="parted", months=12).lines] == [
        0,
        0,
    ]
    actions.note_screen(by=hana, at=LAST, what="plan", months=12, groups=2, people_=10)
    assert not any("zebra" in str(body) for body in Entry.objects.values_list("body", flat=True))
    for name in ("mina", "vera", "rosa", "ada", "olu"):
        with pytest.raises(access.NotAllowed):
            queries.screen(cast.actor(name, LAST), LAST, text=text, what="plan", months=12)
    assert code(lambda: queries.screen(hana, LAST, text=text, what="age", months=12)) == "bad_choice"
