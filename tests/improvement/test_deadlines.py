"""Deadlines hold around weekends, days off, leave, time zones, and a change of manager or HR partner in the middle."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from fairlead.improvement import queries
from fairlead.improvement.models import Plan
from fairlead.people.models import DayOff, Organisation, Partnership, RoleGrant, Team
from fairlead.standing import actions as standing
from tests.calls.company import Company
from tests.improvement import making
from tests.improvement.making import BEGUN, PUBLISHED, at_day, do
from tests.improvement.test_plans import LAST, code, covered, move, page, ready, sees

pytestmark = pytest.mark.django_db


def off(day: date, team: Team | None = None) -> None:
    DayOff.objects.create(day=day, team=team, set_at=BEGUN, by="system: a test")


def leave(company: Company, first: date, last: date | None, at: datetime) -> None:
    standing.write_leave(
        by=company.cast.actor("hana", at), at=at, person=company.cast.rosa.public_id, first=first, last=last,
        reason="quinquina",
    )  # fmt: skip


def parted(company: Company, at: datetime = LAST) -> Plan:
    plan = ready(company)
    covered(company, plan, at)
    do(company, "vera", plan, "decided", at, "Not reached.", said="leaves")
    do(company, "hana", plan, "seconded", at)
    return plan


# Weekends and days off


def test_an_end_on_a_weekend_waits_for_monday_and_on_a_day_off_for_the_day_after(company: Company) -> None:
    """Published on a Friday: thirty days later is a Sunday, and the Monday after it is a day off."""
    friday = at_day(date(2026, 11, 6))
    plan = making.running(company, friday)
    making.delivered(company, date(2026, 11, 10))
    assert page(company, "rosa", plan, friday).line.ends_on == date(2026, 12, 7)
    off(date(2026, 12, 7))
    off(date(2026, 12, 8))
    found = page(company, "rosa", plan, friday)
    assert found.line.ends_on == date(2026, 12, 9)
    assert found.decide_by == date(2026, 12, 16)
    assert all(one.on is not None and one.on.weekday() < 5 for one in found.checkins)
    assert (
        code(lambda: do(company, "vera", plan, "decided", at_day(date(2026, 12, 8)), "x", said="withdrawn"))
        != ""
    )


def test_an_appeal_counts_working_days_and_no_day_off(company: Company) -> None:
    plan = parted(company)
    assert page(company, "rosa", plan, LAST).appeal_until == date(2026, 12, 16)
    off(date(2026, 12, 14))
    off(date(2026, 12, 17))
    assert page(company, "rosa", plan, LAST).appeal_until == date(2026, 12, 18), "the 17th is off, too"


def test_days_off_are_those_of_the_team_that_the_person_is_in(company: Company) -> None:
    plan, cast = parted(company), company.cast
    off(date(2026, 12, 14), cast.otto.team)
    assert page(company, "rosa", plan, LAST).appeal_until == date(2026, 12, 16)
    off(date(2026, 12, 15), cast.mina.team)
    assert page(company, "rosa", plan, LAST).appeal_until == date(2026, 12, 17)


# Leave


def test_an_appeal_waits_while_the_person_is_away(company: Company) -> None:
    plan = parted(company)
    leave(company, date(2026, 12, 7), date(2026, 12, 11), LAST)
    assert page(company, "rosa", plan, LAST).appeal_until == date(2026, 12, 23)
    in_time = at_day(date(2026, 12, 23))
    do(company, "rosa", plan, "appealed", in_time, "I was away.")


def test_leave_without_an_end_holds_the_appeal_open_until_it_has_one(company: Company) -> None:
    plan = parted(company)
    leave(company, date(2026, 12, 7), None, LAST)
    until = page(company, "rosa", plan, LAST).appeal_until
    assert until is not None
    assert until > date(2028, 1, 1)


def test_a_check_in_that_the_person_could_not_come_to_counts_against_nobody(company: Company) -> None:
    """Its day is a Monday; she is away from Tuesday to the Monday after."""
    plan = making.running(company)
    making.delivered(company)
    day = date(2026, 11, 9)
    assert page(company, "rosa", plan, at_day(day)).checkins[0].on == day
    leave(company, date(2026, 11, 10), date(2026, 11, 16), at_day(day))
    found = page(company, "rosa", plan, at_day(date(2026, 11, 16)))
    assert found.checkins[0].missed_by == ""
    assert page(company, "rosa", plan, at_day(date(2026, 11, 19))).checkins[0].missed_by == ""
    assert page(company, "rosa", plan, at_day(date(2026, 11, 20))).checkins[0].missed_by == "manager"
    said = at_day(date(2026, 11, 19))
    do(company, "mina", plan, "missed", said, "She was away.", which="1", said="person")


def test_nothing_is_handed_over_to_somebody_who_is_away(company: Company) -> None:
    plan = making.published(company)
    leave(company, date(2026, 11, 3), date(2026, 11, 6), PUBLISHED)
    words = "In the meeting room, with Ravi."
    assert code(lambda: do(company, "mina", plan, "handed", at_day(date(2026, 11, 6)), words)) == "too_early"
    assert code(lambda: do(company, "mina", plan, "handed", at_day(date(2026, 11, 10)), words)) == "too_early"
    do(company, "mina", plan, "handed", at_day(date(2026, 11, 11)), words)


def test_redeployment_without_a_plan_waits_for_the_reply_of_somebody_away(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    making.diagnosed(monkeypatch, company, 6)
    from fairlead.improvement import actions

    by = company.cast.actor("mina", BEGUN)
    plan = actions.begin(by=by, at=BEGUN, person=company.cast.rosa.public_id)
    do(company, "mina", plan, "submitted", BEGUN)
    do(company, "hana", plan, "approved", BEGUN)
    do(company, "mina", plan, "published", PUBLISHED)
    assert page(company, "rosa", plan, PUBLISHED).found.given.reply_until == date(2026, 11, 9)
    leave(company, date(2026, 11, 4), date(2026, 11, 10), PUBLISHED)
    assert page(company, "rosa", plan, PUBLISHED).found.given.reply_until == date(2026, 11, 16)


# Time zones


def test_a_day_is_the_organisations_whatever_the_hour_elsewhere(company: Company) -> None:
    """Helsinki is two hours ahead of UTC: the last hours of the last day in London are the next day here."""
    plan = parted(company)
    assert page(company, "rosa", plan, LAST).appeal_until == date(2026, 12, 16)
    late = datetime(2026, 12, 16, 22, 30, tzinfo=UTC)
    assert code(lambda: do(company, "rosa", plan, "appealed", late, "Late.")) == "too_late"
    do(company, "rosa", plan, "appealed", late - timedelta(minutes=31), "A minute to midnight in Helsinki.")


def test_the_same_moment_is_another_day_in_another_house(company: Company) -> None:
    Organisation.objects.update(time_zone="America/Los_Angeles")
    at = datetime(2026, 11, 3, 5, tzinfo=UTC)
    plan = making.running(company, at)
    found = page(company, "rosa", plan, at)
    assert found.line.starts_on == date(2026, 11, 2)
    assert found.line.ends_on == date(2026, 12, 2)
    still = datetime(2026, 12, 2, 7, 59, tzinfo=UTC)
    assert code(lambda: do(company, "vera", plan, "decided", still, "x", said="withdrawn")) == "not_found"
    on_its_day = datetime(2026, 12, 2, 8, 1, tzinfo=UTC)
    assert page(company, "rosa", plan, on_its_day).found.given.today == date(2026, 12, 2)


def test_the_change_of_the_clocks_moves_no_day(company: Company) -> None:
    """Published before the clocks go back in Helsinki, on 25 October at three in the night."""
    at = datetime(2026, 10, 23, 20, 59, tzinfo=UTC)
    plan = making.running(company, at)
    making.delivered(company, date(2026, 11, 10))
    assert page(company, "rosa", plan, at).line.starts_on == date(2026, 10, 23)
    assert page(company, "rosa", plan, at).line.ends_on == date(2026, 11, 23)


# A change in the middle


def test_a_change_of_manager_moves_no_deadline_and_the_new_ones_days_off_hold(company: Company) -> None:
    plan, cast = making.running(company), company.cast
    making.delivered(company)
    before = page(company, "rosa", plan, PUBLISHED)
    day = date(2026, 11, 12)
    move(company, "rosa", "otto", day)
    at = at_day(day, 12)
    found = page(company, "otto", plan, at)
    assert [one.on for one in found.checkins] == [one.on for one in before.checkins]
    assert (found.line.ends_on, found.decide_by) == (before.line.ends_on, before.decide_by)
    off(making.ENDS, cast.otto.team)
    off(date(2026, 12, 3), cast.mina.team)
    assert page(company, "otto", plan, at).line.ends_on == date(2026, 12, 3), (
        "the day off of Otto's team, not of Mina's"
    )
    do(company, "otto", plan, "checked_in", at, "Talked.", which="1")


def test_an_appeal_runs_on_when_the_manager_changes_in_its_middle(company: Company) -> None:
    plan = parted(company)
    move(company, "rosa", "otto", date(2026, 12, 7))
    at = at_day(date(2026, 12, 16))
    assert page(company, "rosa", plan, at).appeal_until == date(2026, 12, 16)
    do(company, "rosa", plan, "appealed", at, "In time.")
    assert "carl" in sees(company, plan, at)


def test_another_hr_partner_seconds_where_the_first_one_left_in_the_middle(company: Company) -> None:
    """Hana checked it and left; Ada is HR from then on, and seconds what Vera decided. No day moves."""
    plan, cast = ready(company), company.cast
    covered(company, plan)
    before = page(company, "rosa", plan, LAST).decide_by
    Partnership.objects.filter(hr=cast.hana).update(ends_on=making.ENDS)
    RoleGrant.objects.create(person=cast.ada, role="hr_partner", starts_on=date(2026, 1, 1))
    Partnership.objects.create(hr=cast.ada, head=cast.vera, starts_on=making.ENDS)
    at = at_day(making.ENDS, 12)
    assert page(company, "rosa", plan, at).decide_by == before
    do(company, "vera", plan, "decided", at, "Not reached.", said="redeployed")
    assert code(lambda: do(company, "hana", plan, "seconded", at)) == "not_found"
    do(company, "ada", plan, "seconded", at)
    assert page(company, "rosa", plan, at).line.phase == "decided"
    assert queries.hearers(plan, page(company, "rosa", plan, at).found.now) == [cast.carl.pk]
