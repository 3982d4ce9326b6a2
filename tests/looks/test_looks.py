"""When looks open, at whom, who reads them, and who decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from fairlead.grounds import actions as grounds
from fairlead.ledger import queries as ledger
from fairlead.looks import actions, queries, rules
from fairlead.looks.models import Look, RoleLook, Sweep
from fairlead.notices.models import Notice
from fairlead.people import access
from fairlead.people import actions as people
from fairlead.people.models import Person
from fairlead.standing import actions as standing
from fairlead.standing import queries as results
from tests.calls.company import Company
from tests.looks import making
from tests.looks.making import IN_TIME, LATE, SWEPT

pytestmark = pytest.mark.django_db


def test_two_quarters_under_the_line_open_one_look_for_the_seller_and_the_manager(company: Company) -> None:
    assert making.sweep() == 1
    row, cast = making.look(), company.cast
    assert (row.person, row.quarter, row.decide_days) == (cast.rosa, "2026Q3", 30)
    assert [one["percent"] for one in row.facts["quarters"]] == [50, 70]
    told = {(notice.to_id, notice.kind) for notice in Notice.objects.filter(kind__startswith="looks.")}
    assert told == {(cast.rosa.pk, "looks.opened"), (cast.mina.pk, "looks.opened_for")}
    assert Sweep.objects.get().sellers == 7


def test_a_day_is_gone_through_once_and_a_look_opens_once(company: Company) -> None:
    assert making.sweep() == 1
    assert making.sweep() == 0
    assert making.sweep(SWEPT + timedelta(days=1)) == 0
    assert Look.objects.for_system("a test counts").count() == 1


def test_no_look_opens_before_the_third_working_day_nor_after_the_day_of_decision(company: Company) -> None:
    assert making.sweep(SWEPT - timedelta(days=2)) == 0
    assert not Sweep.objects.exists()
    assert making.sweep(LATE) == 0
    assert not Look.objects.for_system("a test counts").exists()


def test_a_deal_booked_late_in_these_days_opens_no_look(company: Company) -> None:
    company.won("rosa late", "rosa", 100, date(2026, 9, 30))
    assert making.sweep() == 0


def test_what_is_corrected_later_opens_the_look_on_that_day(company: Company) -> None:
    company.won("rosa late", "rosa", 100, date(2026, 9, 30))
    making.sweep()
    company.deal("rosa late", "rosa", 100, "Paper", date(2026, 9, 30), "lost", date(2026, 9, 30))
    assert making.sweep(SWEPT + timedelta(days=2)) == 1


def test_nothing_runs_where_hr_recorded_nothing_when_the_quarter_closed(company: Company) -> None:
    stopped = SWEPT - timedelta(days=20)
    hana = company.cast.actor("hana", stopped)
    grounds.stop(
        by=hana,
        at=stopped,
        head=company.cast.vera.public_id,
        words="The consultation begins anew.",
        after_number=1,
    )
    assert making.sweep() == 0
    with pytest.raises(access.NotFound):
        results.of(company.cast.actor("rosa", SWEPT), company.cast.rosa.pk, SWEPT)


def test_a_unit_may_be_stopped_below_one_that_runs(company: Company) -> None:
    cast, at = company.cast, SWEPT - timedelta(days=20)
    row = making.ground(cast, at, "mina", replace(making.GIVEN, runs_from=at.date()))
    grounds.stop(
        by=cast.actor("hana", at),
        at=at,
        head=cast.mina.public_id,
        words="Not this team.",
        after_number=row.number,
    )
    assert making.sweep() == 0


def test_leave_in_a_quarter_asks_for_less_and_can_be_why_no_look_opens(company: Company) -> None:
    cast = company.cast
    standing.write_leave(
        by=cast.actor("hana", SWEPT), at=SWEPT, person=cast.rosa.public_id, first=date(2026, 7, 1),
        last=date(2026, 8, 14), reason="Nobody else's business.",
    )  # fmt: skip
    assert making.sweep() == 0
    page = results.of(cast.actor("rosa", SWEPT), cast.rosa.pk, SWEPT)
    assert page.quarters[0].under is False
    assert any(part.why == "away" for part in page.quarters[0].asked.stretches)


def test_half_of_a_role_under_the_line_is_a_look_at_the_role_and_at_nobody(company: Company) -> None:
    for name in ("ravi", "ines", "pia"):
        making.quarter(company, name, 2, 100)
        making.quarter(company, name, 3, 100)
    assert making.sweep() == 1
    assert not Look.objects.for_system("a test counts").exists()
    row = RoleLook.objects.for_system("a test asks for it").get()
    assert (row.owner, row.sellers, row.under) == (company.cast.vera, 7, 4)
    assert set(row.facts) == {"line", "low", "middle", "high", "asked", "won"}


def test_one_of_another_segment_is_no_peer(company: Company) -> None:
    """Three of six left are under: half, so the role is looked at; with the seventh it would be a person."""
    cast = company.cast
    standing.set_seat(
        by=cast.actor("olu", making.RECORDED), at=making.RECORDED, person=cast.sven.public_id, job="Seller",
        segment="Utilities", starts_on=date(2026, 1, 1), ramps=False,
    )  # fmt: skip
    for name in ("ravi", "ines"):
        making.quarter(company, name, 3, 100)
    assert making.sweep() == 1
    assert RoleLook.objects.for_system("a test asks for it").get().sellers == 6


def test_the_seller_and_the_manager_of_today_read_it_and_nobody_else(company: Company) -> None:
    making.sweep()
    address, cast = making.look().public_id, company.cast
    for name in ("rosa", "mina"):
        assert queries.one(cast.actor(name, IN_TIME), address, IN_TIME).line.public_id == address
    for name in set(cast.names) - {"rosa", "mina"}:
        with pytest.raises((access.NotFound, access.NotAllowed)):
            queries.one(cast.actor(name, IN_TIME), address, IN_TIME)


def test_hr_reads_it_once_it_is_late_and_still_when_it_was_decided_late(company: Company) -> None:
    making.sweep()
    address, cast = making.look().public_id, company.cast
    assert queries.one(cast.actor("hana", LATE), address, LATE).side == "hr"
    _waive(company, at=LATE)
    assert queries.one(cast.actor("hana", LATE), address, LATE).line.decided_late == 4


def test_a_new_manager_reads_it_at_once_and_has_time_and_the_former_one_sees_nothing(
    company: Company,
) -> None:
    making.sweep()
    address, cast, at = making.look().public_id, company.cast, IN_TIME
    people.move(by=access.system("test"), at=at, person=cast.rosa, manager=cast.otto, starts_on=at.date())
    people.settle_lines(on=at.date())
    with pytest.raises(access.NotFound):
        queries.one(cast.actor("mina", at), address, at)
    assert Look.objects.seen_by(cast.actor("mina", at), "look.decide").count() == 0
    page = queries.one(cast.actor("otto", at), address, at)
    assert page.line.due.on == date(2026, 11, 3), "ten working days from the day he took over"


def test_a_superior_sees_that_it_is_late_and_not_what_it_is(company: Company) -> None:
    making.sweep()
    vera = company.cast.actor("vera", LATE)
    assert queries.overdue_below(company.cast.actor("vera", IN_TIME), IN_TIME) == []
    (late,) = queries.overdue_below(vera, LATE)
    assert (late.manager and late.manager.name, late.due.late, late.address) == ("Mina Aalto", 4, "")
    assert queries.overdue_below(company.cast.actor("carl", LATE), LATE) == [], "Mina does not report to Carl"


def test_a_superior_is_told_once_that_a_look_is_late(company: Company) -> None:
    making.sweep()
    for days in range(3):
        making.sweep(LATE + timedelta(days=days))
    told = Notice.objects.filter(kind="looks.late")
    assert [notice.to_id for notice in told] == [company.cast.vera.pk]


def test_hr_has_everybody_past_the_line_in_the_register(company: Company) -> None:
    making.sweep()
    hana = company.cast.actor("hana", IN_TIME)
    (line,) = queries.register(hana, IN_TIME)
    assert (line.person.name, line.state, line.address) == ("Rosa Lindqvist", "open", "")
    counted = queries.complete(hana, IN_TIME)
    assert (counted.sellers, counted.under, counted.looks, counted.by_role) == (7, 1, 1, 0)


def test_days_on_leave_move_the_day_of_decision_and_an_open_end_pauses_it(company: Company) -> None:
    making.sweep()
    cast = company.cast
    first = standing.write_leave(
        by=cast.actor("hana", SWEPT), at=SWEPT, person=cast.rosa.public_id, first=date(2026, 10, 12),
        last=date(2026, 10, 18), reason="",
    )  # fmt: skip
    mina = cast.actor("mina", SWEPT)
    assert queries.of_reports(mina, SWEPT)[0].due.on == date(2026, 11, 6)
    standing.take_back_leave(by=cast.actor("hana", SWEPT), at=SWEPT, leave=first.public_id)
    standing.write_leave(
        by=cast.actor("hana", SWEPT), at=SWEPT, person=cast.rosa.public_id, first=date(2026, 10, 12), last=None,
        reason="",
    )  # fmt: skip
    assert queries.of_reports(mina, LATE)[0].due == queries.Due(None, 0)


# What humans do


def _waive(company: Company, at: object = IN_TIME, by: str = "mina", reason: str = "luck") -> object:
    return actions.act(
        by=company.cast.actor(by, at), at=at, look=making.look().public_id, kind="waived",  # type: ignore[arg-type]
        reason=reason, words="Two large deals slipped by days.",
    )  # fmt: skip


def test_the_manager_closes_it_with_a_reason_and_may_take_that_back(company: Company) -> None:
    making.sweep()
    _waive(company)
    cast = company.cast
    assert queries.mine(cast.actor("rosa", IN_TIME), IN_TIME)[0].state == "waived"
    assert queries.waiting(cast.actor("mina", IN_TIME), IN_TIME) == 0
    with pytest.raises(access.Refusal) as refused:
        _waive(company)
    assert refused.value.code == "decided"
    actions.act(by=cast.actor("mina", IN_TIME), at=IN_TIME, look=making.look().public_id, kind="undone")
    assert queries.waiting(cast.actor("mina", IN_TIME), IN_TIME) == 1


def test_a_reason_without_words_or_words_without_a_reason_close_nothing(company: Company) -> None:
    making.sweep()
    with pytest.raises(access.Refusal) as refused:
        _waive(company, reason="")
    assert refused.value.code == "no_reason"
    with pytest.raises(access.Refusal) as refused:
        actions.act(
            by=company.cast.actor("mina", IN_TIME), at=IN_TIME, look=making.look().public_id, kind="waived",
            reason="luck", words="  ",
        )  # fmt: skip
    assert refused.value.code == "text_missing"


@pytest.mark.parametrize("name", ["vera", "otto", "olu", "hana", "ravi", "ada", "carl"])
def test_nobody_decides_in_the_managers_stead(company: Company, name: str) -> None:
    making.sweep()
    with pytest.raises((access.Refusal, access.NotFound)):
        _waive(company, by=name, at=LATE)
    assert queries.standing_of(making.look()).open


def test_the_box_of_the_seller_is_written_by_the_seller_alone_and_stays_open(company: Company) -> None:
    making.sweep()
    cast, address = company.cast, making.look().public_id
    with pytest.raises(access.Refusal) as refused:
        actions.act(
            by=cast.actor("mina", IN_TIME), at=IN_TIME, look=address, kind="answered", words="She agrees."
        )
    assert refused.value.code == "not_yours"
    _waive(company)
    actions.act(by=cast.actor("rosa", IN_TIME), at=IN_TIME, look=address, kind="answered", words="Thank you.")
    page = queries.one(cast.actor("mina", IN_TIME), address, IN_TIME)
    assert [step.words for step in page.line.standing.answers] == ["Thank you."]


def test_who_decides_on_a_page_that_was_answered_meanwhile_reads_that_first(company: Company) -> None:
    making.sweep()
    cast, address = company.cast, making.look().public_id
    actions.act(
        by=cast.actor("rosa", IN_TIME), at=IN_TIME, look=address, kind="answered", words="Please wait."
    )
    with pytest.raises(access.Refusal) as refused:
        actions.act(
            by=cast.actor("mina", IN_TIME), at=IN_TIME, look=address, kind="waived", reason="luck", words="Luck.",
            after=0,
        )  # fmt: skip
    assert refused.value.code == "changed_meanwhile"


def test_a_role_is_decided_by_its_owner_alone_and_a_later_decision_stands_beside_the_first(
    company: Company,
) -> None:
    for name in ("ravi", "ines", "pia"):
        making.quarter(company, name, 3, 100)
    making.sweep()
    row, cast = RoleLook.objects.for_system("a test asks for it").get(), company.cast
    for name in ("mina", "hana", "carl"):
        with pytest.raises((access.NotAllowed, access.NotFound)):
            _decide(company, row.public_id, name, "nothing")
    _decide(company, row.public_id, "vera", "target")
    _decide(company, row.public_id, "vera", "both")
    page = queries.role_look(cast.actor("hana", IN_TIME), row.public_id, IN_TIME)
    assert [one.about for one, _ in page.decisions] == ["both", "target"]


def _decide(company: Company, look: str, name: str, about: str) -> None:
    by = company.cast.actor(name, IN_TIME)
    actions.decide_role(by=by, at=IN_TIME, look=look, about=about, words="The market halved.")


# Counter-evidence


def test_the_chance_of_luck_is_reckoned_from_the_deals_dealt(company: Company) -> None:
    making.sweep()
    luck = making.look().facts["luck"]
    assert (luck["sellers"], luck["dealt"], luck["peers_dealt"], luck["peers_won"]) == (
        7,
        [6, 6],
        [36, 36],
        [18, 18],
    )
    exact = (1 - 7 / 64) * (42 / 64)
    assert luck["run"] == pytest.approx(exact, abs=0.01), "at most 4 of 6 of 100, and at most 3 of 6 of 140"
    assert luck["expected"] == [pytest.approx(300_00, rel=0.1), pytest.approx(420_00, rel=0.1)]


def test_a_late_deal_a_changed_target_and_a_ramp_are_named_with_what_they_do(company: Company) -> None:
    cast, middle = company.cast, SWEPT.replace(month=8, day=17)
    company.target("rosa", 610, making.Q3, middle)
    company.won("rosa signed late", "rosa", 90, date(2026, 10, 2))
    standing.set_seat(
        by=cast.actor("olu", making.RECORDED), at=making.RECORDED, person=cast.rosa.public_id, job="Seller",
        segment="", starts_on=date(2026, 6, 1), ramps=True,
    )  # fmt: skip
    making.sweep()
    facts = making.look().facts
    assert facts["late_deals"] == [{"name": "2026Q3", "minor": 9_000, "percent": 84, "over": True}]
    assert (facts["targets"][0]["minor"], facts["targets"][0]["to"]) == (60_000, 61_000)
    assert facts["seated"] == "2026-06-01"
    assert facts["ramp"] == [], "no ramp is set for the job"


def test_a_look_replays_from_what_it_kept(company: Company) -> None:
    making.sweep()
    facts = making.look().facts
    assert rules.replays(facts)
    over = {**facts, "quarters": [{**one, "won": one["asked"]} for one in facts["quarters"]]}
    assert not rules.replays(over)


def test_what_is_known_later_stands_beside_what_was_frozen(company: Company) -> None:
    making.sweep()
    company.won("rosa found", "rosa", 200, date(2026, 9, 30))
    page = queries.one(company.cast.actor("mina", IN_TIME), making.look().public_id, IN_TIME)
    assert page.now == (("2026Q3", 103, False),)
    assert [one["percent"] for one in page.line.facts["quarters"]] == [50, 70]


# A look at a role whose owner is gone


def _role_look(company: Company) -> RoleLook:
    for name in ("ravi", "ines", "pia"):
        making.quarter(company, name, 3, 100)
    making.sweep()
    return RoleLook.objects.for_system("a test asks for it").get()


def _leaves(company: Company, name: str, day: date) -> None:
    Person.objects.filter(pk=getattr(company.cast, name).pk).update(ends_on=day)


def test_a_role_look_goes_on_to_who_leads_the_team_when_its_owner_has_left(company: Company) -> None:
    """Vera leaves; Otto leads two of her three managers from then on, Carl one."""
    row, cast, day = _role_look(company), company.cast, IN_TIME.date()
    assert actions.hand_on(at=IN_TIME) == 0, "its owner is there"
    for name, to in (("mina", "otto"), ("sanna", "otto"), ("otto", "carl")):
        people.move(
            by=access.system("a test"),
            at=IN_TIME,
            person=getattr(cast, name),
            manager=getattr(cast, to),
            starts_on=day,
        )
    _leaves(company, "vera", day)
    assert actions.hand_on(at=IN_TIME) == 1
    assert actions.hand_on(at=IN_TIME) == 0, "once"
    assert queries.role_looks(cast.actor("otto", IN_TIME), IN_TIME)[0].mine
    assert queries.waiting(cast.actor("otto", IN_TIME), IN_TIME) == 1
    assert queries.role_looks(cast.actor("carl", IN_TIME), IN_TIME) == []
    assert [one.row for one in queries.role_looks(cast.actor("hana", IN_TIME), IN_TIME)] == [row]
    _decide(company, row.public_id, "otto", "target")
    told = Notice.objects.filter(kind="looks.role_handed").values_list("to_id", flat=True)
    assert list(told) == [cast.otto.pk]
    assert ledger.verify().entries > 0


def test_where_nobody_took_the_team_over_it_goes_up_the_line_and_on_again(company: Company) -> None:
    row, cast, day = _role_look(company), company.cast, IN_TIME.date()
    _leaves(company, "vera", day)
    assert actions.hand_on(at=IN_TIME) == 1
    _decide(company, row.public_id, "carl", "nothing")
    _leaves(company, "carl", day + timedelta(days=1))
    assert actions.hand_on(at=IN_TIME + timedelta(days=1)) == 0, "nobody is above: it stays"
    assert cast.carl.pk == queries.role_owners([row])[row.pk]


def test_an_owner_whose_look_went_on_reads_it_no_more_when_they_come_back(company: Company) -> None:
    row, cast, day = _role_look(company), company.cast, IN_TIME.date()
    _leaves(company, "vera", day)
    actions.hand_on(at=IN_TIME)
    Person.objects.filter(pk=cast.vera.pk).update(ends_on=None)
    with pytest.raises(access.NotFound):
        queries.role_look(cast.actor("vera", IN_TIME), row.public_id, IN_TIME)
    with pytest.raises((access.NotFound, access.NotAllowed)):
        _decide(company, row.public_id, "vera", "target")
