"""Asking for help, the second door, and that it leaves no mark on who went through it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from fairlead.help import actions, queries
from fairlead.help.actions import Asked
from fairlead.help.models import HelpSetting, Request
from fairlead.ledger import queries as ledger
from fairlead.ledger.models import Entry
from fairlead.notices.models import Notice
from fairlead.people import access, reading
from fairlead.people import actions as people_actions
from fairlead.people.access import Role
from fairlead.people.models import Partnership
from fairlead.promises import queries as promises
from tests.calls.company import Company
from tests.cast import AT, START, Cast
from tests.help.helping import DAY, HOUR, LATER, WORDS, asked, complained, further, offered, page, step

OPS = access.system("tests of help")


def refused(code: str) -> pytest.RaisesExc[access.Refusal]:
    return pytest.raises(access.Refusal, check=lambda refusal: refusal.code == code)


def notices_of(cast: Cast, name: str) -> list[str]:
    return list(Notice.objects.filter(to_id=getattr(cast, name).pk).values_list("kind", flat=True))


# At the first door


def test_a_request_reaches_the_manager_of_the_day_and_nobody_else(cast: Cast) -> None:
    request = asked(cast)
    assert page(cast, "mina", request).line.by == "Rosa Lindqvist"
    for name in cast.names:
        if name not in ("rosa", "mina"):
            with refused("not_found"):
                page(cast, name, request)
            book = queries.book(cast.actor(name), AT)
            assert (*book.mine, *book.asked, *book.second) == ()
            assert queries.waiting(cast.actor(name), AT) == 0
    assert notices_of(cast, "mina") == ["help.asked"]
    assert (queries.waiting(cast.actor("mina"), AT), queries.waiting(cast.actor("rosa"), AT)) == (1, 0)


def test_a_form_sent_twice_asks_once(cast: Cast) -> None:
    assert asked(cast) == asked(cast)
    assert Request.objects.for_system("a test counts").count() == 1


def test_only_an_own_deal_is_named_and_whoever_has_no_manager_asks_nobody(team: Company) -> None:
    cast = team.cast
    given = Asked("Kestrel", "Help.", deal=team.deals["Kestrel"].public_id)
    with refused("not_found"):
        asked(cast, "rosa", given=given)
    request = asked(cast, "ravi", given=given)
    assert page(cast, "mina", request).line.deal == "Kestrel"
    with refused("no_manager"):
        asked(cast, "carl")
    with refused("bad_day"):
        asked(cast, given=Asked("x", "y", needed_by=AT.date() - DAY))


def test_an_answer_may_promise_and_the_promise_is_between_the_two(cast: Cast) -> None:
    request = asked(cast)
    step(
        cast, "mina", request, "answered", "I ask the lab.", promise="Name a day.", due_on=date(2026, 11, 27)
    )
    made = promises.book(cast.actor("rosa"), AT + HOUR).made_to_me
    assert [(one.text, one.source_kind, one.owner.name) for one in made] == [
        ("Name a day.", "help", "Mina Aalto")
    ]
    assert page(cast, "rosa", request).line.steps[0].promise == made[0].public_id
    with refused("bad_day"):
        step(cast, "mina", request, "answered", "And more.", promise="Something.")


def test_asking_back_replying_and_saying_whether_it_helped(cast: Cast) -> None:
    request = asked(cast)
    step(cast, "mina", request, "asked_back", "Which lab?")
    assert queries.waiting(cast.actor("rosa"), AT + HOUR) == 1
    with refused("not_yours"):
        step(cast, "rosa", request, "answered", "Mine.")
    step(cast, "rosa", request, "replied", "The one in Turku.", at=AT + 2 * HOUR)
    step(cast, "mina", request, "answered", "Friday.", at=AT + 3 * HOUR)
    step(cast, "rosa", request, "helped", at=AT + 4 * HOUR)
    step(cast, "rosa", request, "not_helped", at=AT + 5 * HOUR)
    assert page(cast, "rosa", request, AT + 6 * HOUR).opens
    step(cast, "rosa", request, "helped", at=AT + 7 * HOUR)
    with refused("settled"):
        step(cast, "rosa", request, "withdrawn", at=AT + 8 * HOUR)


def test_withdrawing_is_possible_until_it_is_answered(cast: Cast) -> None:
    request = asked(cast)
    step(cast, "rosa", request, "withdrawn")
    with refused("settled"):
        step(cast, "mina", request, "answered", "Friday.", at=AT + 2 * HOUR)
    with refused("withdrawn"):
        further(cast, request)


# Behind it


def test_the_second_door_is_closed_until_it_came_to_nothing(cast: Cast) -> None:
    request = asked(cast)
    with refused("not_yet"):
        further(cast, request, at=AT + HOUR)
    further(cast, request, at=LATER)
    with refused("on_its_way"):
        further(cast, request, "vera", at=LATER, key="again")


@pytest.mark.parametrize("to", ["hana", "vera"])
def test_a_declined_request_goes_to_hr_or_the_skip_level_who_answers_in_turn(cast: Cast, to: str) -> None:
    request = asked(cast)
    step(cast, "mina", request, "declined", "No time.")
    second = further(cast, request, to, at=AT + 2 * HOUR)
    line = page(cast, to, second, AT + 3 * HOUR).line
    assert (line.by, line.manager, line.before) == ("Rosa Lindqvist", "Mina Aalto", "declined")
    step(
        cast,
        to,
        second,
        "answered",
        "I see to it.",
        at=AT + 3 * HOUR,
        promise="See to it.",
        due_on=date(2026, 12, 1),
    )
    step(cast, "rosa", second, "not_helped", at=AT + 4 * HOUR)
    other = "vera" if to == "hana" else "hana"
    further(cast, request, other, at=AT + 5 * HOUR, key="other")


def test_the_receiver_of_a_second_door_is_nobody_else_and_reads_no_first_door(cast: Cast) -> None:
    request = asked(cast)
    second = further(cast, request)
    for name in cast.names:
        if name not in ("rosa", "hana"):
            with refused("not_found"):
                page(cast, name, second, LATER)
            with refused("not_found"):
                step(cast, name, second, "answered", "Me.", at=LATER)
    with refused("not_found"):
        page(cast, "hana", request, LATER)
    assert [one.public_id for one in queries.book(cast.actor("hana"), LATER).second] == [second]


def test_nobody_is_offered_who_was_asked_manages_or_stands_below_one_of_them(cast: Cast) -> None:
    assert offered(cast, "rosa") == ["Vera", "Hana"]
    assert offered(cast, "mina") == ["Carl", "Hana"]
    assert offered(cast, "vera") == [], "Nobody is above Carl, and Hana reports to him."
    with refused("nobody_chosen"):
        complained(cast, "carl")
    request = asked(cast)
    people_actions.move(by=OPS, at=AT, person=cast.rosa, manager=cast.otto, starts_on=AT.date())
    people_actions.move(by=OPS, at=AT, person=cast.otto, manager=cast.mina, starts_on=AT.date())
    assert offered(cast, "rosa", request) == ["Vera", "Hana"], (
        "Mina is the skip level now, and was asked first."
    )
    people_actions.move(by=OPS, at=AT, person=cast.hana, manager=cast.mina, starts_on=AT.date())
    assert offered(cast, "rosa", request) == ["Vera"], "Hana stands below Mina now."


def test_two_hr_partners_are_offered_and_one_who_left_is_not(cast: Cast) -> None:
    second = people_actions.add_person(
        by=OPS,
        at=AT,
        name="Hugo Berg",
        manager=cast.carl,
        roles=frozenset({Role.HR_PARTNER}),
        starts_on=START,
    )
    people_actions.open_account(by=OPS, at=AT, person=second, email="hugo@marlow.test", password=None)
    Partnership.objects.create(hr=second, head=cast.mina, starts_on=START)
    assert offered(cast, "rosa") == ["Vera", "Hana", "Hugo"]
    second.ends_on = AT.date()
    second.save()
    assert offered(cast, "rosa") == ["Vera", "Hana"]


def test_a_complaint_needs_no_wait_and_is_never_shown_to_the_manager(cast: Cast) -> None:
    complaint = complained(cast)
    line = page(cast, "hana", complaint).line
    assert (line.complaint, line.manager, line.first_id) == (True, "Mina Aalto", "")
    with refused("a_complaint"):
        actions.tell_manager(by=cast.actor("rosa"), at=AT, request=complaint)
    assert notices_of(cast, "mina") == []


def test_the_manager_learns_of_a_second_door_when_who_asked_agrees_and_not_what_it_says(cast: Cast) -> None:
    request = asked(cast)
    second = further(cast, request)
    before = Notice.objects.filter(to_id=cast.mina.pk).count()
    assert page(cast, "mina", request, LATER).further == ()
    actions.tell_manager(by=cast.actor("rosa"), at=LATER, request=second)
    assert [(one.to, one.door) for one in page(cast, "mina", request, LATER).further] == [("Hana Sato", "HR")]
    assert Notice.objects.filter(to_id=cast.mina.pk).count() == before + 1
    assert page(cast, "hana", second, LATER).disclosed
    with refused("not_found"):
        page(cast, "mina", second, LATER)
    with refused("told"):
        actions.tell_manager(by=cast.actor("rosa"), at=LATER, request=second)
    with refused("not_found"):
        actions.tell_manager(by=cast.actor("mina"), at=LATER, request=second)


# Who leaves, who moves


def test_an_open_request_follows_a_move_only_if_who_asked_says_so(cast: Cast) -> None:
    request = asked(cast)
    people_actions.move(by=OPS, at=AT, person=cast.rosa, manager=cast.otto, starts_on=AT.date())
    actions.watch(by=OPS, at=AT + HOUR)
    assert page(cast, "mina", request).line.standing.state == "waiting"
    assert page(cast, "rosa", request).follows == "Otto Brandt"
    on = actions.let_follow(by=cast.actor("rosa"), at=AT + HOUR, request=request).public_id
    assert page(cast, "otto", on, AT + 2 * HOUR).line.need == WORDS.need
    assert page(cast, "mina", request, AT + 2 * HOUR).line.standing.state == "moved"
    with refused("not_found"):
        page(cast, "mina", on, AT + 2 * HOUR)
    with refused("settled"):
        actions.let_follow(by=cast.actor("rosa"), at=AT + 2 * HOUR, request=request)


def test_what_was_asked_of_who_left_goes_to_whoever_is_above_and_a_second_door_does_not(cast: Cast) -> None:
    request, complaint = asked(cast), complained(cast)
    for person in (cast.mina, cast.hana):
        person.ends_on = AT.date()
        person.save()
    assert actions.watch(by=OPS, at=AT + HOUR) == 2
    assert actions.watch(by=OPS, at=AT + HOUR) == 0
    book = queries.book(cast.actor("vera"), AT + HOUR)
    assert [one.subject for one in book.asked] == [WORDS.subject]
    assert page(cast, "rosa", request).line.standing.state == "moved"
    assert page(cast, "rosa", complaint).line.gone
    assert "help.gone" in notices_of(cast, "rosa")
    for name in ("carl", "vera", "otto"):
        with refused("not_found"):
            page(cast, name, complaint)


def test_the_clock_tells_both_that_it_is_late_and_once(cast: Cast) -> None:
    asked(cast)
    assert actions.watch(by=OPS, at=AT + HOUR) == 0
    assert actions.watch(by=OPS, at=LATER) == 2
    assert actions.watch(by=OPS, at=LATER + HOUR) == 0
    assert "help.late" in notices_of(cast, "rosa")
    assert "help.owed" in notices_of(cast, "mina")


# No mark


def test_unanswered_requests_count_against_the_person_asked_and_a_second_door_never(cast: Cast) -> None:
    quarter = AT - timedelta(days=70)  # in the quarter before
    for name in ("rosa", "ravi"):
        asked(cast, name, at=quarter, key=name)
    declined = asked(cast, "ines", at=quarter, key="ines")
    step(cast, "mina", declined, "declined", "No.", at=quarter + HOUR)
    mina, vera = queries.counts_page(cast.actor("mina"), AT), queries.counts_page(cast.actor("vera"), AT)
    assert mina is not None
    assert vera is not None
    assert (mina.before.came, mina.before.in_time, mina.before.unanswered) == (3, 1, 2)
    assert {one.name: one.not_in_time for one in vera.totals}["Mina Aalto"] == 2
    complained(cast, "vera", who="ravi", at=quarter, key="c")
    further(cast, declined, "vera", who="ines", at=AT)
    again = queries.counts_page(cast.actor("mina"), AT), queries.counts_page(cast.actor("vera"), AT)
    assert again == (mina, vera)
    assert queries.counts_page(cast.actor("rosa"), AT) is None
    assert queries.counts_page(cast.actor("hana"), AT) is None


def test_a_superior_reads_no_count_of_two_who_asked(cast: Cast) -> None:
    quarter = AT - timedelta(days=70)
    for number, name in enumerate(("rosa", "ravi", "ravi")):
        asked(cast, name, at=quarter, key=f"{name} {number}")
    vera = queries.counts_page(cast.actor("vera"), AT)
    assert vera is not None
    assert {one.not_in_time for one in vera.totals} == {None}


def test_the_ledger_tells_of_a_second_door_only_to_who_acted(cast: Cast) -> None:
    request = asked(cast)
    known = Entry.objects.count()
    second = further(cast, request)
    step(cast, "hana", second, "answered", "I see to it.", at=LATER + HOUR)
    actions.tell_manager(by=cast.actor("rosa"), at=LATER + HOUR, request=second)
    complained(cast, "vera", at=LATER)
    step(cast, "rosa", second, "helped", at=LATER + 2 * HOUR)
    fresh = set(Entry.objects.filter(seq__gt=known).values_list("seq", flat=True))
    assert len(fresh) == 5
    for name in cast.names:
        read = {one.seq for one in ledger.entries(reading.readable(cast.actor(name)), limit=500)} & fresh
        assert len(read) == {"rosa": 4, "hana": 1}.get(name, 0), name
    for entry in Entry.objects.filter(seq__gt=known):
        for words in ("lab", "see to it"):
            assert words not in bytes(entry.body).decode(), "The words stand in the ledger as commitments."


def test_a_limit_is_a_version_and_holds_for_what_is_asked_from_then_on(cast: Cast) -> None:
    request = asked(cast)
    actions.set_up(by=cast.actor("olu"), at=AT, days=1, outside="Works council", after_version=0)
    with refused("the_same"):
        actions.set_up(by=cast.actor("olu"), at=AT + HOUR, days=1, outside="Works council")
    with refused("changed_meanwhile"):
        actions.set_up(by=cast.actor("olu"), at=AT + HOUR, days=2, outside="", after_version=0)
    with refused("bad_limit"):
        actions.set_up(by=cast.actor("olu"), at=AT + HOUR, days=0, outside="")
    late = AT + DAY + HOUR
    assert not page(cast, "rosa", request, late).line.standing.late
    assert page(cast, "rosa", asked(cast, key="new"), late).line.standing.late
    assert HelpSetting.objects.count() == 1


def test_a_form_sent_again_with_something_else_says_so_and_keeps_what_was_sent(cast: Cast) -> None:
    first = asked(cast)
    assert asked(cast) == first
    with pytest.raises(access.Refusal, match="sent already"):
        asked(cast, given=replace(WORDS, need="Something else."))
    by = cast.actor("rosa")
    with pytest.raises(access.Refusal, match="sent already"):
        actions.complain(by=by, at=AT, to=cast.hana.public_id, given=WORDS, key="ask")
    with pytest.raises(access.Refusal, match="key along"):
        actions.ask(by=by, at=AT, given=WORDS, key=f"after {first}")
