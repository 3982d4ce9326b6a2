"""Ways around the desk that somebody tried: each of them ends at the manager."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fairlead.desk import actions, queries, rules
from fairlead.notices.models import Notice
from fairlead.people import access
from fairlead.people import actions as people
from fairlead.people.access import Role
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
