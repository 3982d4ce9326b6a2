"""Messages from above: whose desk, the five acts, what must pass, what reaches a rep, and what comes back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fairlead.desk import actions, queries, rules
from fairlead.desk.actions import Given
from fairlead.desk.models import Act, Message, Passed
from fairlead.ledger import actions as ledger
from fairlead.notices.models import Notice
from fairlead.people import access
from fairlead.people import actions as people
from fairlead.people.access import Lending, Role
from fairlead.people.models import Person
from tests.calls.company import Company
from tests.cast import AT
from tests.desk.desking import DAY, HOUR, MINE, TEXT, act, heard, held, pasted, state, tray, written

OPS = access.system("tests of the desk")


@contextmanager
def refused(code: str) -> Iterator[None]:
    """What is refused with a code."""
    with pytest.raises(access.Refusal) as told:
        yield
    assert told.value.code == code, told.value.sentence


# Whose desk


def test_a_message_of_a_deal_comes_to_the_owners_manager_and_to_nobody_else(team: Company) -> None:
    message = written(team)
    assert tray(team) == [message]
    for name in ("otto", "sanna", "vera", "carl"):
        assert tray(team, name) == []
        with refused("not_found"):
            queries.one(team.cast.actor(name), message, AT)
    for name in ("ravi", "rosa", "olu", "hana", "ada"):
        with pytest.raises(access.NotAllowed):
            queries.tray(team.cast.actor(name), AT)


def test_a_rep_cannot_be_addressed(team: Company) -> None:
    with refused("a_rep"):
        actions.write(
            by=team.cast.actor("vera"), at=AT, given=Given("Hi", TEXT), to=team.cast.ravi, key="to a rep"
        )
    assert not Message.objects.for_system("a test counts").exists()


def test_nobody_writes_to_a_manager_who_is_not_below(team: Company) -> None:
    for name in ("otto", "mina"):
        with refused("not_found"):
            actions.write(
                by=team.cast.actor(name), at=AT, given=Given("Hi", TEXT), to=team.cast.sanna, key=f"by {name}"
            )
    with pytest.raises(access.NotAllowed):
        actions.write(
            by=team.cast.actor("rosa"), at=AT, given=Given("Hi", TEXT), to=team.cast.mina, key="rosa"
        )


def test_a_waiting_message_moves_with_the_deals_owner_to_the_new_manager(team: Company) -> None:
    message = written(team)
    later = AT + 2 * DAY
    people.move(by=OPS, at=AT + HOUR, person=team.cast.ravi, manager=team.cast.otto, starts_on=later.date())
    assert tray(team, "mina", AT + 2 * HOUR) == [message]
    people.settle_lines(on=later.date())
    assert tray(team, "mina", later) == []
    assert tray(team, "otto", later) == [message]


def test_when_the_manager_has_left_the_superior_has_the_message_from_that_day_on(team: Company) -> None:
    ids = {written(team), pasted(team)}
    Person.objects.filter(pk=team.cast.mina.pk).update(ends_on=AT.date() + DAY)
    assert set(tray(team)) == ids
    assert set(tray(team, "vera", AT + DAY)) == ids
    assert tray(team, "carl", AT + DAY) == []


def test_when_nobody_leads_for_two_levels_nothing_is_lost(team: Company) -> None:
    ids = {written(team), pasted(team)}
    Person.objects.filter(pk__in=[team.cast.mina.pk, team.cast.vera.pk]).update(ends_on=AT.date())
    assert set(tray(team, "carl")) == ids


def test_who_stands_in_for_triage_decides_in_the_managers_name_and_who_stands_in_for_forecasts_does_not(
    team: Company,
) -> None:
    message = written(team)
    for taker, kind in (("otto", Lending.TRIAGE), ("sanna", Lending.FORECAST)):
        people.delegate(
            by=team.cast.actor("mina"), at=AT, taker=getattr(team.cast, taker), kind=kind, starts_at=AT,
            ends_at=AT + 2 * HOUR,
        )  # fmt: skip
    assert tray(team, "otto") == [message]
    assert tray(team, "sanna") == []
    act(team, message, "answered", "It stands for January.", who="otto")
    row = Act.objects.for_system("a test reads").get()
    assert (row.manager_id, row.by_id) == (team.cast.mina.pk, team.cast.otto.pk)
    assert tray(team, "otto", AT + 3 * HOUR) == []
    with refused("not_found"):
        queries.one(team.cast.actor("otto", AT + 3 * HOUR), message, AT + 3 * HOUR)


def test_the_same_mail_or_form_is_one_message(team: Company) -> None:
    first = pasted(team, message_id="<1@mail>")
    assert pasted(team, key="again", message_id="<1@mail>") == first
    assert pasted(team) == first
    assert Message.objects.for_system("a test counts").count() == 1


def test_only_what_comes_from_above_is_pasted(team: Company) -> None:
    for name in ("otto", "ravi", "mina"):
        with refused("not_above"):
            pasted(team, sender=getattr(team.cast, name), key=name)
    with refused("no_sender"):
        pasted(team, sender_name=" ")
    assert pasted(team, sender=team.cast.carl)


def test_a_protected_lane_never_enters_a_desk_and_says_where_it_goes(team: Company) -> None:
    for lane in ("hr", "ethics_report", "complaint"):
        with pytest.raises(access.Refusal, match="Hana Sato"):
            written(team, lane=lane)
    assert not Message.objects.for_system("a test counts").exists()


# The five acts


def test_an_answer_reaches_its_sender_and_no_rep(team: Company) -> None:
    message = written(team)
    act(team, message, "answered", "It stands for January. I tell you on the 2nd.")
    assert tray(team) == []
    line = queries.sent(team.cast.actor("vera"), AT + HOUR)[0]
    assert (line.state, line.manager) == ("answered", "Mina Aalto")
    assert line.answers[0].text.startswith("It stands")
    assert any("Deal" in fact for fact in line.answers[0].facts)
    assert all(name not in " ".join(line.answers[0].facts) for name in ("Ravi", "Rosa"))
    assert heard(team, "ravi") == []
    assert Notice.objects.filter(to_id=team.cast.vera.pk, kind="desk.answered").count() == 1
    assert not Notice.objects.filter(to_id=team.cast.ravi.pk, kind__startswith="desk.").exists()


def test_until_it_is_answered_the_sender_reads_with_whom_it_is(team: Company) -> None:
    message = written(team)
    act(team, message, "held", until=AT + DAY)
    assert queries.sent(team.cast.actor("vera"), AT + HOUR)[0].state == "with_manager"


def test_what_a_manager_pasted_in_a_name_is_seen_there_once_it_is_answered(team: Company) -> None:
    message = pasted(team, sender=team.cast.vera)
    assert queries.sent(team.cast.actor("vera"), AT) == []
    act(team, message, "answered", "It stands for January.")
    assert [one.public_id for one in queries.sent(team.cast.actor("vera"), AT + HOUR)] == [message]
    assert queries.sent(team.cast.actor("carl"), AT + HOUR) == []


def test_what_is_held_comes_back_by_itself_when_its_moment_comes(team: Company) -> None:
    message, until = written(team), AT + 5 * HOUR
    act(team, message, "held", until=until, event="the buyer replies")
    assert (tray(team), held(team)) == ([], [message])
    assert held(team, at=until - timedelta(seconds=1)) == [message]
    assert tray(team, at=until) == [message]
    back = state(team, message, at=until)
    assert (back.back, back.event) == (True, "the buyer replies")
    assert actions.watch(by=OPS, at=until) == 1
    assert actions.watch(by=OPS, at=until + HOUR) == 0
    assert Notice.objects.get(kind="desk.back").to_id == team.cast.mina.pk


def test_a_hold_in_the_past_or_without_a_moment_is_refused(team: Company) -> None:
    message = written(team)
    for until in (None, AT, AT - DAY):
        with refused("bad_moment"):
            act(team, message, "held", until=until)
    with refused("moment_far"):
        act(team, message, "held", until=AT + 200 * DAY)


def test_a_rep_reads_the_passed_words_from_the_manager_and_nothing_of_the_original(team: Company) -> None:
    message = written(team)
    act(team, message, "passed", MINE, to="ravi")
    found = heard(team, "ravi")
    assert [(one.text, one.manager, one.sender, one.title) for one in found] == [(MINE, "Mina Aalto", "", "")]
    assert heard(team, "rosa") == []
    assert Notice.objects.get(to_id=team.cast.ravi.pk, kind="desk.passed").facts == {"name": "Mina Aalto"}


def test_words_too_near_to_the_original_ask_for_a_raw_pass_and_a_raw_pass_asks_twice(team: Company) -> None:
    message = written(team)
    near = "Ravi, tell me how far you are. Carl asks me every day whether Kestrel still closes this year."
    with pytest.raises(rules.NearVerbatim) as told:
        act(team, message, "passed", TEXT, to="ravi")
    assert told.value.overlap.share == 100
    with pytest.raises(rules.NearVerbatim):
        act(team, message, "passed", near, to="ravi")
    with refused("confirm_raw"):
        act(team, message, "passed_raw", to="ravi")
    assert heard(team, "ravi") == []
    act(team, message, "passed_raw", to="ravi", confirmed=True)
    one = heard(team, "ravi")[0]
    assert (one.text, one.sender, one.title) == (TEXT, "Vera Lindholm", "Kestrel")


def test_a_scheduled_pass_opens_in_the_reps_own_zone_and_can_be_taken_back_before(team: Company) -> None:
    Person.objects.filter(pk=team.cast.ravi.pk).update(time_zone="Asia/Kolkata")
    message = written(team)
    act(team, message, "passed", MINE, to="ravi", opens=datetime.fromisoformat("2026-11-25T09:00"))
    opens = datetime(2026, 11, 25, 3, 30, tzinfo=UTC)
    assert Passed.objects.for_system("a test reads").get().opens_at == opens
    assert heard(team, "ravi", opens - timedelta(seconds=1)) == []
    assert len(heard(team, "ravi", opens)) == 1
    assert not Notice.objects.filter(to_id=team.cast.ravi.pk, kind__startswith="desk.").exists()
    assert actions.watch(by=OPS, at=opens) == 1
    assert actions.watch(by=OPS, at=opens + HOUR) == 0
    other = written(team, at=AT + timedelta(minutes=1))
    act(team, other, "passed", MINE, to="rosa", opens=datetime.fromisoformat("2026-11-25T09:00"))
    actions.take_back(by=team.cast.actor("mina"), at=AT + 2 * HOUR, message=other, number=1)
    assert heard(team, "rosa", AT + 3 * DAY) == []
    assert tray(team, at=AT + 3 * HOUR) == [other]
    with refused("too_late"):
        actions.take_back(by=team.cast.actor("mina"), at=opens, message=message, number=1)


def test_only_direct_reports_are_passed_anything(team: Company) -> None:
    message = written(team)
    with refused("nobody_chosen"):
        act(team, message, "passed", MINE)
    with refused("not_found"):
        act(team, message, "passed", MINE, to="pia")


def test_several_acts_follow_one_another_and_the_same_form_acts_once(team: Company) -> None:
    message = written(team)
    act(team, message, "answered", "It stands for January.", key="one")
    act(team, message, "answered", "It stands for January.", key="one")
    act(team, message, "passed", MINE, to="ravi", key="two")
    assert [one.kind for one in queries.one(team.cast.actor("mina"), message, AT + HOUR).done] == [
        "answered",
        "passed",
    ]


def test_a_decline_goes_up_with_its_reason(team: Company) -> None:
    message = written(team)
    with refused("text_missing"):
        act(team, message, "declined", " ")
    act(team, message, "declined", "A daily report costs the hour in which the deal moves.")
    line = queries.sent(team.cast.actor("vera"), AT + HOUR)[0]
    assert (line.state, line.answers[0].declined) == ("declined", True)


def test_the_kind_is_the_managers_and_is_set_before_anything_is_done(team: Company) -> None:
    message = written(team)
    with refused("no_kind"):
        act(team, message, "answered", "Yes.", said="")
    actions.set_kind(by=team.cast.actor("mina"), at=AT, message=message, kind="question")
    actions.set_kind(by=team.cast.actor("mina"), at=AT, message=message, kind="concern")
    assert queries.one(team.cast.actor("mina"), message, AT).line.kind == "concern"
    with refused("not_found"):
        actions.set_kind(by=team.cast.actor("vera"), at=AT, message=message, kind="praise")


# What must pass


def test_a_must_pass_kind_is_not_held_beyond_its_limit_nor_declined(team: Company) -> None:
    message = written(team, "The commission plan changes on 1 January.", deal="")
    by = AT + 2 * DAY
    actions.set_kind(by=team.cast.actor("mina"), at=AT, message=message, kind="pay")
    assert state(team, message).must_by == by
    with refused("must_pass"):
        act(team, message, "held", until=by + timedelta(minutes=1), said="pay")
    with refused("must_pass"):
        act(team, message, "declined", "Not now.", said="pay")
    with refused("must_pass"):
        act(
            team,
            message,
            "passed",
            MINE,
            to="rosa",
            said="pay",
            opens=datetime.fromisoformat("2026-11-27T09:00"),
        )
    act(team, message, "held", until=by, said="pay")
    assert held(team) == [message]
    act(team, message, "answered", "I tell them this week.", said="pay", at=AT + 2 * HOUR)
    assert tray(team, at=by) == [message], "an answer upwards passes nothing"
    assert not state(team, message, at=by).late
    assert state(team, message, at=by + timedelta(seconds=1)).late


def test_a_weekend_does_not_count_and_the_limit_in_force_at_receipt_stays(team: Company) -> None:
    friday = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
    message = written(team, "The quota is new.", deal="", at=friday)
    actions.set_kind(by=team.cast.actor("mina"), at=AT, message=message, kind="quota")
    assert state(team, message).must_by == friday + 4 * DAY
    actions.set_limits(by=team.cast.actor("olu"), at=AT, days=5, share=50, longest=8)
    assert state(team, message).must_by == friday + 4 * DAY
    later = written(team, "Territories change.", deal="", at=AT + HOUR)
    actions.set_kind(by=team.cast.actor("mina"), at=AT + HOUR, message=later, kind="territory")
    assert state(team, later).must_by == AT + HOUR + 7 * DAY


def test_once_it_is_late_the_superior_is_told_that_and_nothing_else(team: Company) -> None:
    message = pasted(team, "Salaries are frozen, says the board.", sender=team.cast.carl)
    actions.set_kind(by=team.cast.actor("mina"), at=AT, message=message, kind="pay")
    late = AT + 3 * DAY
    assert actions.watch(by=OPS, at=late) == 1
    assert actions.watch(by=OPS, at=late + HOUR) == 0
    notice = Notice.objects.get(kind="desk.late")
    assert notice.to_id == team.cast.vera.pk
    assert "Salaries" not in str(notice.facts)
    assert message not in notice.path
    for at, told in (
        (late, (0, 0)),
        (late + 60 * DAY, (1, 1)),
    ):  # while a quarter runs, a total would tell of one message
        vera = queries.counts_page(team.cast.actor("vera", at), at)
        mina = next(one for one in vera.totals if one.name == "Mina Aalto")
        assert (mina.counts.late, mina.counts.must) == told


def test_hr_sets_until_when_it_is_confidential_without_reading_it_and_the_limit_counts_from_then(
    team: Company,
) -> None:
    message = written(team, "A site closes in May.", deal="")
    actions.set_kind(by=team.cast.actor("mina"), at=AT, message=message, kind="job_security")
    hana = team.cast.actor("hana")
    line = queries.must_pass_of_unit(hana, AT)[0]
    assert "site" not in str(line)
    release = AT + 7 * DAY
    actions.keep_confidential(
        by=hana, at=AT, message=message, until=release, reason="The works council first."
    )
    assert state(team, message, at=release).must_by == release + 2 * DAY
    act(team, message, "held", until=release, said="job_security")
    for name in ("mina", "vera", "olu"):
        with pytest.raises(access.NotAllowed):
            actions.keep_confidential(
                by=team.cast.actor(name), at=AT, message=message, until=release, reason="It suits me."
            )
    question = written(team)
    with refused("not_found"):
        actions.keep_confidential(by=hana, at=AT, message=question, until=release, reason="No.")


# Exceptions


def test_praise_passes_at_once_only_where_the_manager_switched_it_on_and_it_asks_for_nothing(
    team: Company,
) -> None:
    written(team, "Thank you, Ravi, well done at Kestrel.", praise=True)
    assert heard(team, "ravi") == []
    actions.let_praise_pass(by=team.cast.actor("mina"), at=AT, on=True)
    written(team, "Thanks to all. I want a daily report from now on.", praise=True)
    assert heard(team, "ravi") == []
    written(team, "Thank you, Ravi, great work at Kestrel.", praise=True)
    assert [one.text for one in heard(team, "ravi")] == ["Thank you, Ravi, great work at Kestrel."]
    assert len(tray(team)) == 2
    assert queries.counts_page(team.cast.actor("mina"), AT + HOUR).own.raw == 0


def test_a_deals_sponsor_reaches_its_owner_with_the_manager_in_copy(team: Company) -> None:
    from fairlead.asks import actions as asks

    asks.name_sponsor(
        by=team.cast.actor("mina"), at=AT, deal=team.deals["Kestrel"].public_id, person=team.cast.vera
    )
    message = written(team, "I meet their plant manager on Monday. What should I bring up?")
    assert len(heard(team, "ravi")) == 1
    assert (tray(team), [one.public_id for one in queries.decided(team.cast.actor("mina"), AT)]) == (
        [],
        [message],
    )
    assert Notice.objects.filter(to_id=team.cast.mina.pk, kind="desk.direct").exists()
    assert heard(team, "rosa") == []


def test_direct_contact_is_logged_and_read_by_the_manager_only(team: Company) -> None:
    actions.log_contact(
        by=team.cast.actor("ravi"), at=AT, key="a", executive=team.cast.vera, words="Asked for the date.",
        deal=team.deals["Kestrel"].public_id,
    )  # fmt: skip
    assert Notice.objects.get(kind="desk.contact").to_id == team.cast.mina.pk
    assert [one.executive for one in queries.contacts(team.cast.actor("mina"), AT)] == ["Vera Lindholm"]
    assert [one.mine for one in queries.contacts(team.cast.actor("ravi"), AT)] == [True]
    for name in ("vera", "carl", "otto", "rosa"):
        assert queries.contacts(team.cast.actor(name), AT) == []
    with refused("not_above"):
        actions.log_contact(by=team.cast.actor("ravi"), at=AT, key="b", executive=team.cast.mina)


# Set it straight


def test_a_correction_of_the_manager_reaches_exactly_those_the_message_reached(team: Company) -> None:
    message = written(team)
    act(team, message, "passed", MINE, to="ravi rosa")
    act(
        team, message, "passed", "One more thing for Tomas.", to="tomas", at=AT + 2 * HOUR,
        opens=datetime.fromisoformat("2026-12-01T09:00"),
    )  # fmt: skip
    mina, at = team.cast.actor("mina"), AT + 3 * HOUR
    actions.set_straight(by=mina, at=at, message=message, text="No list is needed any more.", key="straight")
    for name in ("ravi", "rosa"):
        assert [one.straight for one in heard(team, name, at)] == [(("No list is needed any more.", at),)]
    for name in ("tomas", "ines"):
        assert heard(team, name, AT + 9 * DAY) == []


def test_a_senders_correction_reaches_who_read_the_original_and_comes_back_to_the_manager(
    team: Company,
) -> None:
    message = written(team)
    act(team, message, "passed", MINE, to="ravi")
    act(team, message, "passed_raw", to="rosa", confirmed=True, at=AT + 2 * HOUR)
    at = AT + 3 * HOUR
    actions.set_straight(
        by=team.cast.actor("vera"), at=at, message=message, text="Weekly is enough, I was wrong.", key="s"
    )
    assert heard(team, "rosa", at)[0].straight == (("Weekly is enough, I was wrong.", at),)
    assert heard(team, "ravi", at)[0].straight == (("", at),), (
        "the sender's words reach only who read them before"
    )
    assert tray(team, at=at) == [message]
    assert state(team, message, at=at).reopened
    act(team, message, "passed", "A weekly note is enough.", to="ravi", at=at + HOUR)
    assert tray(team, at=at + HOUR) == []


def test_a_withdrawn_message_leaves_the_desk(team: Company) -> None:
    message = written(team)
    actions.set_straight(by=team.cast.actor("vera"), at=AT, message=message, text="", key="gone")
    assert tray(team) == []
    assert queries.sent(team.cast.actor("vera"), AT)[0].state == "withdrawn"
    with refused("not_found"):
        actions.set_straight(by=team.cast.actor("carl"), at=AT, message=message, text="", key="carl")


# Counts, and what was asked before


def test_leaks_are_counted_without_praise_news_and_must_pass_kinds(team: Company) -> None:
    for n, kind in enumerate(("question", "concern", "instruction", "praise", "news", "pay")):
        message = pasted(team, f"{TEXT} {n}", key=str(n))
        raw = kind != "question"
        more: dict[str, Any] = {"to": "ravi", "confirmed": True} if raw else {}
        act(team, message, "passed_raw" if raw else "answered", "" if raw else "Yes.", said=kind, **more)
    found = queries.counts_page(team.cast.actor("mina"), AT + HOUR).own
    assert (found.raw, found.counted) == (2, 3)
    assert (found.alone, found.answered) == (1, 1)
    assert found.middle == HOUR


def test_noise_counts_what_reached_each_rep_and_is_theirs_and_the_managers(team: Company) -> None:
    act(team, written(team), "passed", MINE, to="ravi")
    actions.log_contact(by=team.cast.actor("ravi"), at=AT, key="a", executive=team.cast.vera)
    at = AT + HOUR
    assert queries.own_noise(team.cast.actor("ravi"), at)[1][0] == 2
    page = queries.counts_page(team.cast.actor("mina"), at)
    assert dict(page.noise)["Ravi Menon"][0] == 2
    assert dict(page.noise)["Rosa Lindqvist"][0] == 0
    assert queries.counts_page(team.cast.actor("vera"), at).noise == tuple(
        (name, (0,) * 6) for name in ("Mina Aalto", "Otto Brandt", "Sanna Berg")
    )


def test_an_earlier_answer_to_the_same_is_offered_first_and_only_to_who_gave_it(team: Company) -> None:
    first = written(team, "Is Kestrel safe this year?")
    act(team, first, "answered", "It stands for January.")
    again = written(team, "Is Kestrel still safe?", at=AT + 2 * HOUR)
    other = written(team, "Who joins the dinner?", deal="Nordwind", at=AT + 2 * HOUR)
    page = queries.one(team.cast.actor("mina"), again, AT + 2 * HOUR)
    assert [one.public_id for one in page.before] == [first]
    assert page.before[0].took == HOUR
    assert queries.one(team.cast.actor("mina"), other, AT + 2 * HOUR).before == ()
    assert queries.asked_before(team.cast.otto.pk, "Is Kestrel safe?", None, AT + 2 * HOUR) == []


def test_what_left_the_desk_with_its_deal_is_no_longer_offered(team: Company) -> None:
    act(team, written(team, "Is Kestrel safe this year?"), "answered", "It stands for January.")
    later = AT + 2 * DAY
    people.move(by=OPS, at=AT + HOUR, person=team.cast.ravi, manager=team.cast.otto, starts_on=later.date())
    people.settle_lines(on=later.date())
    assert queries.asked_before(team.cast.mina.pk, "Is Kestrel safe?", None, later) == []


def test_when_the_ledger_fails_nothing_is_kept(team: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(**_: object) -> int:
        raise RuntimeError("no ledger")

    monkeypatch.setattr(ledger, "append", fails)
    with pytest.raises(RuntimeError):
        written(team)
    assert not Message.objects.for_system("a test counts").exists()
    assert not Notice.objects.filter(kind__startswith="desk.").exists()


def test_an_executive_who_leads_has_a_desk_as_well(team: Company) -> None:
    carl = team.cast.actor("carl")
    row = actions.write(
        by=carl, at=AT, given=Given("Plan", "What is the plan?"), to=team.cast.vera, key="carl"
    )
    assert tray(team, "vera") == [row.public_id]
    assert Role.EXECUTIVE in team.cast.actor("vera").roles
