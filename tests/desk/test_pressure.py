"""Ways around the desk that somebody tried: each of them ends at the manager."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fairlead.deals.models import Deal
from fairlead.desk import actions, queries, rules
from fairlead.notices.models import Notice
from fairlead.people import access
from fairlead.people import actions as people
from fairlead.people.access import Lending, Role
from fairlead.people.models import Person
from tests.calls.company import Company
from tests.cast import AT
from tests.desk.desking import DAY, HOUR, MINE, act, heard, pasted, tray, written

OPS = access.system("tests of the desk")


def test_what_passes_as_praise_says_thanks_and_nothing_else() -> None:
    assert rules.plainly_praise("", "Thank you all, great work.")
    assert not rules.plainly_praise("", "Daily report to me by nine, Ravi. No excuses, or you are off it.")
    assert not rules.plainly_praise("", "See you on Monday.")


def test_a_correction_of_praise_brings_no_new_words_to_reps(team: Company) -> None:
    actions.let_praise_pass(by=team.cast.actor("mina"), at=AT, on=True)
    message = written(team, "Thank you all, great work.", deal="", praise=True)
    assert heard(team, "ravi", AT + HOUR)[0].text == "Thank you all, great work."
    actions.set_straight(
        by=team.cast.actor("vera"),
        at=AT + HOUR,
        message=message,
        text="A daily report by nine from now on.",
        key="x",
    )
    for name in ("ravi", "rosa", "ines", "tomas"):
        assert heard(team, name, AT + HOUR)[0].straight == (("", AT + HOUR),)
    assert tray(team, at=AT + HOUR) == [message]


def test_who_is_promoted_reads_nothing_that_came_before_about_the_own_deals(team: Company) -> None:
    message = written(team, "Is Ravi up to Kestrel at all? I would replace him.")
    act(team, message, "declined", "Ravi stays on it.")
    later = AT + DAY
    roles = frozenset({Role.REP, Role.MANAGER})
    people.set_roles(by=OPS, at=later, person=team.cast.ravi, roles=roles)
    people.move(by=OPS, at=later, person=team.cast.tomas, manager=team.cast.ravi, starts_on=later.date())
    ravi = team.cast.actor("ravi", later)
    with pytest.raises(access.NotFound):
        queries.one(ravi, message, later)
    assert queries.decided(ravi, later) == []
    assert queries.one(team.cast.actor("mina", later), message, later).line.public_id == message


def test_what_is_withdrawn_before_it_opens_in_a_later_zone_never_opens_there(team: Company) -> None:
    Person.objects.filter(pk=team.cast.ravi.pk).update(time_zone="Asia/Kolkata")
    Person.objects.filter(pk=team.cast.rosa.pk).update(time_zone="America/New_York")
    message = written(team)
    act(
        team, message, "passed_raw", to="ravi rosa", confirmed=True, opens=datetime.fromisoformat("2026-11-25T09:00")
    )  # fmt: skip
    at = datetime(2026, 11, 25, 4, tzinfo=UTC)
    actions.set_straight(by=team.cast.actor("vera", at), at=at, message=message, text="", key="gone")
    assert [one.straight for one in heard(team, "ravi", at + DAY)] == [(("", at),)]
    assert heard(team, "rosa", at + DAY) == []
    actions.watch(by=OPS, at=datetime(2026, 11, 25, 15, tzinfo=UTC))
    mina = team.cast.actor("mina", at + DAY)
    actions.set_straight(by=mina, at=at + DAY, message=message, text="Weekly is enough.", key="again")
    assert heard(team, "ravi", at + DAY)[0].straight[-1] == ("Weekly is enough.", at + DAY)
    assert heard(team, "rosa", at + DAY) == []
    assert not Notice.objects.filter(to_id=team.cast.rosa.pk, kind__startswith="desk.").exists()
    assert sum(queries.own_noise(team.cast.actor("rosa", at + DAY), at + DAY)[1]) == 0
    assert sum(queries.own_noise(team.cast.actor("ravi", at + DAY), at + DAY)[1]) == 1


def test_setting_straight_does_not_end_what_must_pass(team: Company) -> None:
    message = pasted(team, "Salaries are frozen, says the board.", sender=team.cast.carl)
    mina = team.cast.actor("mina")
    actions.set_kind(by=mina, at=AT, message=message, kind="pay")
    actions.set_straight(by=mina, at=AT + HOUR, message=message, text="", key="w")
    late = AT + 5 * DAY
    assert tray(team, at=late) == [message]
    assert actions.watch(by=OPS, at=late) == 1


def test_a_sender_to_whom_the_desk_comes_up_reads_answers_and_not_who_heard_what(team: Company) -> None:
    message = written(team)
    act(team, message, "passed", MINE, to="ravi")
    Person.objects.filter(pk=team.cast.mina.pk).update(ends_on=AT.date() + DAY)
    page = queries.one(team.cast.actor("vera", AT + 2 * DAY), message, AT + 2 * DAY)
    assert page.done == ()


# Who is accountable


def _hand_over(team: Company, *names: str, at: datetime = AT + DAY) -> None:
    for name in names:
        rep = getattr(team.cast, name)
        people.move(by=OPS, at=at, person=rep, manager=team.cast.otto, starts_on=at.date())


def test_who_holds_no_role_with_a_desk_any_more_leaves_theirs_to_who_is_above(team: Company) -> None:
    ids, later = {written(team), pasted(team)}, AT + DAY
    people.set_roles(by=OPS, at=later, person=team.cast.mina, roles=frozenset({Role.REP}))
    assert set(tray(team, "vera", later)) == ids
    assert actions.watch(by=OPS, at=later) == 0
    with pytest.raises(access.NotAllowed):
        tray(team, "mina", later)
    with pytest.raises(access.Refusal, match="accountable for it yourself"):
        written(team, "Prices change.", deal="", at=later)
    fresh = written(team, "Who signs at Kestrel?", at=later, who="carl")
    assert fresh in tray(team, "vera", later)
    people.set_roles(by=OPS, at=later + DAY, person=team.cast.mina, roles=frozenset({Role.MANAGER}))
    assert set(tray(team, "mina", later + DAY)) == ids | {fresh}


def test_messages_to_a_team_follow_its_people(team: Company) -> None:
    message, later = written(team, deal=""), AT + DAY
    _hand_over(team, "rosa", "ravi", "ines")
    assert (tray(team, at=later), tray(team, "otto", later)) == ([message], [])
    _hand_over(team, "tomas")
    assert (tray(team, at=later), tray(team, "otto", later)) == ([], [message])
    with pytest.raises(access.NotFound):
        queries.one(team.cast.actor("mina", later), message, later)
    act(team, message, "passed", MINE, to="ravi", who="otto", at=later)
    assert heard(team, "ravi", later)[0].manager == "Otto Brandt"
    answer = queries.sent(team.cast.actor("vera", later), later)[0]
    assert answer.manager == "Otto Brandt"


def test_a_manager_without_people_is_written_to_by_nobody(team: Company) -> None:
    _hand_over(team, "rosa", "ravi", "ines", "tomas", at=AT)
    vera = team.cast.actor("vera")
    assert "Mina Aalto" not in {leads for _, _, leads in queries.to_write(vera, AT).teams}
    with pytest.raises(access.Refusal, match="leads no team"):
        written(team, deal="")


def test_a_deal_that_loses_its_owner_leaves_its_messages_with_who_decided_on_them(team: Company) -> None:
    message, deal = written(team), team.deals["Kestrel"]
    Deal.objects.for_system("a test hands a deal over").filter(pk=deal.pk).update(owner=team.cast.pia)
    act(team, message, "answered", "Otto knows more.", who="otto")
    Deal.objects.for_system("a test takes the owner away").filter(pk=deal.pk).update(owner=None)
    assert (
        queries.one(team.cast.actor("otto", AT + DAY), message, AT + DAY).line.manager_name == "Otto Brandt"
    )
    with pytest.raises(access.NotFound):
        queries.one(team.cast.actor("mina", AT + DAY), message, AT + DAY)


def test_who_stands_in_reads_nothing_about_the_own_deals_and_pastes_onto_the_managers_desk(
    team: Company,
) -> None:
    people.delegate(
        by=team.cast.actor("mina"), at=AT, taker=team.cast.ravi, kind=Lending.TRIAGE, starts_at=AT, ends_at=AT + DAY
    )  # fmt: skip
    own, other = written(team), written(team, deal="Nordwind")
    assert tray(team, "ravi") == [other]
    assert set(tray(team)) == {own, other}
    with pytest.raises(access.NotFound):
        act(team, own, "declined", "No.", who="ravi")
    about_nothing = pasted(team, who="ravi")
    assert set(tray(team)) == {own, other, about_nothing}
    with pytest.raises(access.NotAllowed):
        tray(team, "ravi", AT + 2 * DAY)


# Limits and forms


def test_another_kind_after_the_limit_leaves_it_late(team: Company) -> None:
    message, mina, late = pasted(team), team.cast.actor("mina"), AT + 5 * DAY
    actions.set_kind(by=mina, at=AT, message=message, kind="pay")
    actions.set_kind(by=mina, at=late, message=message, kind="question")
    act(team, message, "answered", "It was about something else.", said="question", at=late + HOUR)
    found = queries.own_counts(team.cast.actor("mina", late + DAY), late + DAY)
    assert (found.late, found.must) == (1, 1)


def test_what_hr_holds_is_not_passed_before(team: Company) -> None:
    message, release = pasted(team, "Two sites close."), AT + 7 * DAY
    act(
        team,
        message,
        "passed",
        MINE,
        to="ravi",
        said="job_security",
        opens=datetime.fromisoformat("2026-11-25T09:00"),
    )
    actions.keep_confidential(
        by=team.cast.actor("hana"), at=AT + 2 * HOUR, message=message, until=release, reason="The council first."
    )  # fmt: skip
    assert heard(team, "ravi", AT + 3 * DAY) == []
    later = AT + 3 * HOUR
    for opens in (None, datetime.fromisoformat("2026-11-30T09:00")):
        with pytest.raises(access.Refusal, match="confidential until"):
            act(team, message, "passed", MINE, to="ravi", said="job_security", at=later, opens=opens)
    act(
        team,
        message,
        "passed",
        MINE,
        to="ravi",
        said="job_security",
        at=later,
        opens=datetime.fromisoformat("2026-12-02T09:00"),
    )
    assert len(heard(team, "ravi", AT + 8 * DAY)) == 1


def test_a_mail_that_came_before_is_named_where_somebody_else_is_accountable_now(team: Company) -> None:
    deal = team.deals["Kestrel"]
    first = pasted(team, deal=deal.public_id, message_id="<1@mail>")
    Deal.objects.for_system("a test hands a deal over").filter(pk=deal.pk).update(owner=team.cast.pia)
    with pytest.raises(access.Refusal, match="came before"):
        pasted(team, message_id="<1@mail>", key="again")
    assert tray(team, "otto") == [first]


def test_a_form_that_was_sent_with_other_words_says_so(team: Company) -> None:
    message = pasted(team)
    with pytest.raises(access.Refusal, match="other words"):
        pasted(team, "Something else.")
    act(team, message, "answered", "It stands.", key="one form")
    act(team, message, "answered", "It stands.", key="one form")
    for kind, text in (("answered", "It does not."), ("declined", "It stands.")):
        with pytest.raises(access.Refusal, match="other words"):
            act(team, message, kind, text, key="one form")


def test_who_was_of_the_team_and_leads_it_now_reads_nothing_that_came_about_it(team: Company) -> None:
    message, later = written(team, "Put Ravi on a plan, or replace him.", deal=""), AT + DAY
    act(team, message, "declined", "Ravi stays.")
    people.set_roles(by=OPS, at=later, person=team.cast.ravi, roles=frozenset({Role.REP, Role.MANAGER}))
    people.move(by=OPS, at=later, person=team.cast.ravi, manager=team.cast.otto, starts_on=later.date())
    for name in ("rosa", "ines", "tomas"):
        mate = getattr(team.cast, name)
        people.move(by=OPS, at=later, person=mate, manager=team.cast.ravi, starts_on=later.date())
    ravi, otto = (team.cast.actor(name, later) for name in ("ravi", "otto"))
    with pytest.raises(access.NotFound):
        queries.one(ravi, message, later)
    assert queries.decided(ravi, later) == []
    assert queries.one(otto, message, later).line.manager_name == "Otto Brandt"


def test_who_stands_in_is_offered_no_answer_about_the_own_deals(team: Company) -> None:
    old = written(team)
    act(team, old, "answered", "Ravi cannot hold it; I do it myself.")
    people.delegate(
        by=team.cast.actor("mina"), at=AT, taker=team.cast.ravi, kind=Lending.TRIAGE, starts_at=AT, ends_at=AT + DAY
    )  # fmt: skip
    fresh = pasted(team, "Does Kestrel still close this year? It has moved before.", who="ravi", at=AT + HOUR)
    for name, offered in (("ravi", []), ("mina", [old])):
        page = queries.one(team.cast.actor(name), fresh, AT + HOUR)
        assert [one.public_id for one in page.before] == offered


def test_whose_contact_was_logged_reads_nothing_of_it(team: Company) -> None:
    actions.log_contact(
        by=team.cast.actor("ravi"), at=AT, executive=team.cast.vera, words="She asked for the price.", key="one"
    )  # fmt: skip
    Person.objects.filter(pk=team.cast.mina.pk).update(ends_on=AT.date())
    people.move(by=OPS, at=AT, person=team.cast.ravi, manager=team.cast.vera, starts_on=AT.date())
    assert queries.contacts(team.cast.actor("vera"), AT + HOUR) == []
    actions.log_contact(
        by=team.cast.actor("ravi"), at=AT + HOUR, executive=team.cast.carl, words="And he called.", key="two"
    )  # fmt: skip
    assert [one.executive for one in queries.contacts(team.cast.actor("vera"), AT + HOUR)] == ["Carl Ek"]
