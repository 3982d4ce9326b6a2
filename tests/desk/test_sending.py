"""Messages to many, notices to everybody, the pressure calendar, protected lanes: who gets what, what is refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.desk import actions, broadcasts, calendar, company, lanes, queries, sending
from fairlead.desk.actions import Given
from fairlead.ledger import queries as ledger
from fairlead.notices.models import Notice
from fairlead.people import access
from tests.calls.company import Company
from tests.cast import AT, Cast
from tests.desk.desking import DAY, HOUR, MINE, act, heard, state, tray

TEXT = "The price list changes on 1 January. Which of your deals would it reach?"
SYSTEM = access.system("the clock")


def to_many(
    team: Company, to: str = "mina otto", *, who: str = "vera", key: str = "many", **more: object
) -> str:
    names = [getattr(team.cast, name).public_id for name in to.split()]
    given = Given("Prices", TEXT)
    return broadcasts.send(by=team.cast.actor(who), at=AT, given=given, key=key, to=names, **more)  # type: ignore[arg-type]


def code_of(excinfo: pytest.ExceptionInfo[access.Refusal]) -> str:
    return excinfo.value.code


def notices_of(cast: Cast, name: str) -> list[str]:
    return list(Notice.objects.filter(to_id=getattr(cast, name).pk).values_list("kind", flat=True))


# To many


def test_each_manager_gets_one_message_and_decides_for_the_own_team(team: Company) -> None:
    sent = to_many(team)
    assert len(tray(team, "mina")) == len(tray(team, "otto")) == 1
    assert tray(team, "sanna") == []
    act(team, tray(team, "mina")[0], "passed", MINE, to="ravi", said="news")
    act(team, tray(team, "otto")[0], "answered", "Two of them.", who="otto", said="question")
    assert [one.text for one in heard(team, "ravi")] == [MINE]
    assert heard(team, "pia") == []
    page = broadcasts.one(team.cast.actor("vera"), sent, AT + DAY)
    assert [(line.manager, line.state) for line in page.lines] == [
        ("Mina Aalto", "with_manager"), ("Otto Brandt", "answered"),
    ]  # fmt: skip
    assert "Ravi" not in repr(page)


def test_all_below_are_all_managers_below_and_no_rep(team: Company) -> None:
    sent = to_many(team, "", everybody=True)
    managers = [line.manager for line in broadcasts.one(team.cast.actor("vera"), sent, AT).lines]
    assert managers == ["Mina Aalto", "Otto Brandt", "Sanna Berg"]


def test_a_broadcast_sent_twice_is_one(team: Company) -> None:
    assert to_many(team) == to_many(team)
    assert len(tray(team, "mina")) == 1
    assert len(broadcasts.listing(team.cast.actor("vera"), AT)) == 1


@pytest.mark.parametrize(
    ("to", "who", "code"),
    [("", "vera", "nobody_chosen"), ("rosa", "vera", "not_found"), ("carl", "vera", "not_found"),
     ("otto", "mina", "not_found"), ("mina", "rosa", "not_allowed")],
)  # fmt: skip
def test_nobody_is_reached_who_is_no_manager_below(team: Company, to: str, who: str, code: str) -> None:
    with pytest.raises(access.Refusal) as refused:
        to_many(team, to, who=who)
    assert code_of(refused) == code
    assert tray(team, "mina") == []


def test_a_broadcast_of_a_protected_lane_keeps_nothing(team: Company) -> None:
    with pytest.raises(access.Refusal) as refused:
        broadcasts.send(
            by=team.cast.actor("vera"),
            at=AT,
            key="l",
            everybody=True,
            given=Given("A", "About a person.", lane="hr"),
        )
    assert code_of(refused) == "protected_lane"
    assert tray(team, "mina") == []


@pytest.mark.parametrize("kind", ["passed", "passed_raw"])
def test_before_the_release_date_nobody_passes_it_on_and_the_day_is_named(team: Company, kind: str) -> None:
    to_many(team, release_at=AT + 3 * DAY)
    message = tray(team)[0]
    with pytest.raises(access.Refusal, match="Fri 27 Nov 2026, 14:10") as refused:
        act(team, message, kind, MINE if kind == "passed" else "", to="ravi", said="news", confirmed=True)
    assert code_of(refused) == "not_released"
    assert heard(team, "ravi", AT + 9 * DAY) == []
    at = AT + 3 * DAY + HOUR
    act(team, message, kind, MINE if kind == "passed" else "", to="ravi", said="news", confirmed=True, at=at)
    assert len(heard(team, "ravi", at)) == 1


def test_passing_may_be_scheduled_for_the_release_and_answering_need_not_wait(team: Company) -> None:
    to_many(team, release_at=AT + 2 * DAY)
    message = tray(team)[0]
    act(team, message, "answered", "Two of them.", said="question")
    opens = (AT + 3 * DAY).replace(tzinfo=None)
    act(team, message, "passed", MINE, to="ravi", said="news", opens=opens, at=AT + 2 * HOUR)
    assert heard(team, "ravi", AT + 2 * DAY) == []
    assert len(heard(team, "ravi", AT + 4 * DAY)) == 1


def test_the_limit_of_what_must_pass_counts_from_the_release_and_a_release_is_near(team: Company) -> None:
    to_many(team, release_at=AT + 3 * DAY)
    message = tray(team)[0]
    actions.set_kind(by=team.cast.actor("mina"), at=AT, message=message, kind="pay")
    limit = state(team, message).must_by
    assert limit is not None
    assert limit > AT + 4 * DAY
    for release in (AT, AT + sending.EMBARGO + HOUR):
        with pytest.raises(access.Refusal):
            to_many(team, key=f"{release}", release_at=release)


def test_setting_straight_acts_on_all_of_them_at_once(team: Company) -> None:
    sent = to_many(team)
    act(team, tray(team, "mina")[0], "passed_raw", to="ravi", said="news", confirmed=True)
    at = AT + 2 * HOUR
    vera = team.cast.actor("vera", at)
    assert broadcasts.set_straight(by=vera, at=at, broadcast=sent, text="It is 1 February.", key="s") == 2
    assert [text for text, _ in heard(team, "ravi", at)[0].straight] == ["It is 1 February."]
    broadcasts.set_straight(by=vera, at=at + HOUR, broadcast=sent, text="", key="w")
    page = broadcasts.one(vera, sent, at + HOUR)
    assert {line.state for line in page.lines} == {"withdrawn"}
    assert tray(team, "otto", at + HOUR) == []
    assert heard(team, "pia", at + HOUR) == []


def test_nobody_else_reads_a_broadcast_as_one(team: Company) -> None:
    sent = to_many(team)
    for name in ("carl", "mina", "otto"):
        with pytest.raises(access.NotFound):
            broadcasts.one(team.cast.actor(name), sent, AT)


# To everybody


def tell(
    cast: Cast, who: str = "hana", title: str = "Mail is down", text: str = "Until noon.", **more: str
) -> str:
    given = {"reason": "outage", "key": f"{who}{title}{text}"} | more
    return company.send(by=cast.actor(who), at=AT, title=title, text=text, **given).public_id


def test_what_all_must_know_reaches_everybody_at_once(cast: Cast) -> None:
    told = tell(cast)
    for name in cast.names:
        line = company.fresh(cast.actor(name), AT)[0]
        assert (line.public_id, line.text) == (told, "Until noon.")
        assert ("desk.everybody" in notices_of(cast, name)) == (name != "hana")


@pytest.mark.parametrize("who", ["vera", "mina", "rosa", "olu"])
def test_only_the_top_hr_and_admins_tell_everybody(cast: Cast, who: str) -> None:
    with pytest.raises(access.NotAllowed):
        tell(cast, who)
    assert company.listing(cast.actor("rosa"), AT) == []


@pytest.mark.parametrize("who", ["carl", "ada", "hana"])
def test_the_top_hr_and_admins_do(cast: Cast, who: str) -> None:
    assert tell(cast, who)


@pytest.mark.parametrize(
    ("title", "text", "code"),
    [
        ("Kestrel", "It must close.", "names_somebody"),
        ("Quarter", "We count on kestrel this week, and Kestrel only.", "names_somebody"),
        ("Thanks", "Ravi Menon made it.", "names_somebody"),
        ("Thanks", "Mina made it.", "names_somebody"),
        ("Too long", "x" * 401, "text_long"),
        ("", "Mail is down.", "text_missing"),
    ],
)
def test_a_notice_is_no_back_door(team: Company, title: str, text: str, code: str) -> None:
    with pytest.raises(access.Refusal) as refused:
        tell(team.cast, "carl", title, text)
    assert code_of(refused) == code
    assert company.listing(team.cast.actor("rosa"), AT) == []


def test_a_customer_s_first_word_does_not_refuse_an_evacuation() -> None:
    deals = ["Office Supplies Ltd", "Kestrel Chemicals"]
    assert sending.names_a_deal("Office closed\nOffice staff leave by the north door.", deals) == ""
    assert sending.names_a_deal("We all count on Kestrel.", deals) == "Kestrel"
    assert sending.names_a_deal("office supplies ltd is our customer.", deals) == "Office Supplies Ltd"


def test_a_notice_may_name_an_executive_and_needs_a_reason_of_the_list(team: Company) -> None:
    assert tell(team.cast, "carl", "Gate closed", "Carl Ek and Vera answer questions.")
    with pytest.raises(access.Refusal) as refused:
        tell(team.cast, "carl", reason="pipeline")
    assert code_of(refused) == "bad_reason"


def test_everybody_sees_how_often_the_lane_is_used_and_its_corrections(cast: Cast) -> None:
    told = tell(cast)
    hana = cast.actor("hana", AT + HOUR)
    company.set_straight(by=hana, at=AT + HOUR, notice=told, text="Until two.", key="s")
    line = company.one(cast.actor("rosa"), told, AT + HOUR)
    assert [one.text for one in line.straight] == ["Until two."]
    assert not line.withdrawn
    company.set_straight(by=hana, at=AT + HOUR, notice=told, text="", key="w")
    assert company.one(cast.actor("rosa"), told, AT + HOUR).withdrawn
    assert ("A system is down, or back", 1) in company.counts(cast.actor("rosa"), AT + HOUR)
    with pytest.raises(access.NotFound):
        company.set_straight(by=cast.actor("carl"), at=AT + HOUR, notice=told, text="No.", key="c")


@pytest.mark.parametrize(
    "text",
    ["We lost ravi’s deal.", "RAVI MENON has left.", "Tomas Novák leaves.", "menon is on it", "mina-style"],
)
def test_a_name_in_other_letters_is_a_name(text: str) -> None:
    assert sending.names_a_person(text, ["Ravi Menon", "Tomas Novak", "Mina Aalto"])
    assert (
        sending.names_a_person("The gate at the harbour is closed until two.", ["Ravi Menon", "Will Gray"])
        == ""
    )


@pytest.mark.parametrize(
    "text", ["we all count on kestrel", "KESTREL is ours", "All of us need HALDEN today."]
)
def test_a_deal_in_other_letters_is_a_deal(text: str) -> None:
    assert sending.names_a_deal(text, ["Kestrel", "Halden Steel"])


def test_hr_and_admins_withdraw_what_somebody_else_told_and_nobody_else_does(cast: Cast) -> None:
    told, at = tell(cast, "carl", "Gate closed", "Use the north door."), AT + HOUR
    for name in ("vera", "mina", "olu"):
        with pytest.raises(access.Refusal) as refused:
            company.set_straight(by=cast.actor(name), at=at, notice=told, text="", key="w")
        assert code_of(refused) in ("not_found", "not_allowed")
    hana, ada = cast.actor("hana"), cast.actor("ada")
    with pytest.raises(access.NotFound):
        company.set_straight(by=hana, at=at, notice=told, text="Use the south door.", key="c")
    company.set_straight(by=ada, at=at, notice=told, text="", key="w")
    line = company.one(cast.actor("rosa"), told, at)
    assert (line.withdrawn, [one.by for one in line.straight], line.by) == (True, ["Ada Noor"], "Carl Ek")
    assert "desk.everybody_straight" in notices_of(cast, "carl")
    assert list(ledger.facts_of("desk.everybody_straight")) == [{"withdrawn": True, "own": False}]


@given(st.lists(st.text(max_size=12), max_size=6), st.text(max_size=60))
def test_a_word_that_is_refused_stands_in_the_notice(names: list[str], text: str) -> None:
    found = sending.names_a_deal(text, names)
    assert all(word.casefold() in text.casefold() for word in found.split()[:1])


# The calendar


def test_two_working_days_before_a_board_day_the_desk_says_so_and_managers_are_told_once(cast: Cast) -> None:
    friday = date(2026, 11, 27)
    calendar.keep(by=cast.actor("olu"), at=AT, on=friday, kind="board")
    mina = cast.actor("mina")
    assert calendar.ahead(mina, AT) == []
    assert calendar.watch(by=SYSTEM, at=AT) == 0
    wednesday = AT + DAY
    assert [line.words for line in calendar.ahead(mina, wednesday)] == ["Board meeting"]
    told = calendar.watch(by=SYSTEM, at=wednesday)
    assert told == 5
    assert calendar.watch(by=SYSTEM, at=wednesday + HOUR) == 0
    assert notices_of(cast, "otto") == ["desk.pressure_day"]
    assert notices_of(cast, "rosa") == []


def test_a_weekend_lies_between(cast: Cast) -> None:
    calendar.keep(by=cast.actor("olu"), at=AT, on=date(2026, 11, 30), kind="announcement")
    mina = cast.actor("mina")
    assert calendar.ahead(mina, AT + DAY) == []
    assert len(calendar.ahead(mina, AT + 2 * DAY)) == 1


def test_a_day_of_ones_own_desk_is_seen_by_nobody_else(cast: Cast) -> None:
    kept = calendar.keep(by=cast.actor("mina"), at=AT, on=AT.date() + timedelta(days=1), kind="board")
    assert [line.own for line in calendar.ahead(cast.actor("mina"), AT)] == [True]
    for name in ("otto", "vera", "olu"):
        assert [line for line in calendar.listing(cast.actor(name), AT) if line.public_id] == []
        with pytest.raises(access.NotFound):
            calendar.take_back(by=cast.actor(name), at=AT, day=kept.public_id)
    calendar.watch(by=SYSTEM, at=AT)
    assert notices_of(cast, "mina") == ["desk.pressure_day"]
    assert notices_of(cast, "otto") == []
    calendar.take_back(by=cast.actor("mina"), at=AT, day=kept.public_id)
    assert calendar.ahead(cast.actor("mina"), AT) == []


def test_a_day_is_kept_once_again_after_it_was_taken_back_and_never_in_the_past(cast: Cast) -> None:
    olu, on = cast.actor("olu"), date(2026, 12, 3)
    first = calendar.keep(by=olu, at=AT, on=on, kind="board")
    assert calendar.keep(by=olu, at=AT, on=on, kind="board") == first
    calendar.take_back(by=olu, at=AT, day=first.public_id)
    assert calendar.keep(by=olu, at=AT, on=on, kind="board") != first
    for odd, kind in ((date(2026, 11, 23), "board"), (date(2031, 1, 1), "board"), (on, "mood of Vera")):
        with pytest.raises(access.Refusal):
            calendar.keep(by=olu, at=AT, on=odd, kind=kind)


def test_the_end_of_the_quarter_is_known_without_being_kept(cast: Cast) -> None:
    at = AT.replace(month=12, day=29)
    assert [line.words for line in calendar.ahead(cast.actor("mina", at), at)] == ["End of the period"]


# Protected lanes


def test_whom_to_go_to_is_named_for_the_unit_and_never_the_own_manager(cast: Cast) -> None:
    found = {lane.key: [name for name, _, _ in lane.to] for lane in lanes.lanes(cast.actor("rosa"))}
    assert found == {
        "hr": ["Hana Sato"],
        "ethics_report": ["Hana Sato"],
        "complaint": ["Hana Sato", "Vera Lindholm"],
    }
    hana = {lane.key: [name for name, _, _ in lane.to] for lane in lanes.lanes(cast.actor("hana"))}
    assert "Hana Sato" not in str(hana)


def test_sent_alone_leaves_out_what_went_to_many(team: Company) -> None:
    to_many(team)
    vera = team.cast.actor("vera")
    assert queries.sent(vera, AT, alone=True) == []
    assert len(queries.sent(vera, AT)) == 2
