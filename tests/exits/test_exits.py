"""Deals leave through every door, come back, are explained, answered and taken upstairs."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from fairlead.calls import actions as calls
from fairlead.calls import queries as call_queries
from fairlead.deals import actions as deals
from fairlead.deals import bridges, comparing
from fairlead.deals import rules as deal_rules
from fairlead.deals.models import Track
from fairlead.deals.rules import ChangeRow
from fairlead.exits import actions, owing, queries, rules, tracing
from fairlead.exits.models import Act, Answer, Asked, Draft, Ruling
from fairlead.ledger.models import Entry
from fairlead.notices.models import Notice
from fairlead.people import access, clock
from fairlead.people import queries as people
from fairlead.qualification import actions as evidence
from tests.cast import AT, Cast
from tests.exits.house import DEALS, FRIDAY, MONDAY, NEXT_YEAR, OPS, PACKET, STAGES, House, names, row

SOON = AT + timedelta(minutes=5)
DAY = timedelta(days=1)


def client_of(house: House, name: str) -> Client:
    client = Client()
    user = getattr(house.cast, name).user
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Sets the clock of pages and API; it stands at AT to begin with."""

    def to(at: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: at)

    to(AT)
    return to


def able(house: House, act: Callable[[access.Actor], object], at: datetime = AT) -> set[str]:
    """Who of the cast may do something; what the rules then say of it does not matter here."""
    found = set()
    for name in house.cast.names:
        with transaction.atomic():
            try:
                act(house.actor(name, at))
                found.add(name)
            except (access.NotAllowed, access.NotFound):
                pass
            except access.Refusal:
                found.add(name)
            transaction.set_rollback(True)
    return found


# What is asked, whatever the door


def test_an_import_shows_what_left_and_each_deal_asks_for_what_its_size_and_way_ask(house: House) -> None:
    house.take(
        FRIDAY,
        Kestrel={"stage": "Talk"},
        Nordwind={"close_on": NEXT_YEAR},
        Quill={"stage": "Offer"},
        Ostrava={"status": "lost", "closed_on": date(2026, 11, 19)},
        Cedar={"amount": 5},
    )
    assert house.owed() == {"Kestrel": "packet", "Quill": "sentence", "Ostrava": "reason", "Cedar": "packet"}
    ways = {line.name: line.way for line in house.mine().owed}
    assert ways["Cedar"] == "amount cut to almost nothing"
    assert ways["Kestrel"] == "dropped to a lower category"
    kestrel = next(line for line in house.mine().owed if line.name == "Kestrel")
    assert (kestrel.left_on, kestrel.due_on, kestrel.age) == (date(2026, 11, 20), date(2026, 11, 25), 2)
    assert (kestrel.amount, kestrel.category, kestrel.state) == (190_00, "commit", "owed")


def test_past_its_day_it_is_late_and_says_how_old_it_is(house: House) -> None:
    house.take(FRIDAY, Kestrel={"stage": "Talk"})
    late = house.mine(at=AT + 2 * DAY).owed[0]
    assert (late.state, late.age) == ("late", 4)


def test_a_push_asks_for_nothing_the_first_time_and_for_a_packet_the_second(house: House) -> None:
    house.take(FRIDAY, Larch={"close_on": NEXT_YEAR})
    assert house.owed("ravi") == {}
    house.take(MONDAY, Larch={})
    assert names(house.mine("ravi").back) == {"Larch"}
    house.take(MONDAY + timedelta(hours=3), Larch={"close_on": NEXT_YEAR})
    assert house.owed("ravi") == {"Larch": "packet"}


def test_a_deal_won_or_standing_lower_in_the_same_columns_is_no_exit_of_them(house: House) -> None:
    house.take(
        FRIDAY, Kestrel={"status": "won", "closed_on": date(2026, 11, 19)}, Nordwind={"stage": "Solid"}
    )
    assert house.owed() == {"Nordwind": "sentence"}


def test_a_deal_that_vanished_asks_for_a_packet_and_for_nothing_when_it_is_found_again(house: House) -> None:
    house.take(FRIDAY, Kestrel=None)  # type: ignore[arg-type]
    assert [(line.need, line.way) for line in house.mine().owed] == [("packet", "vanished from the CRM")]
    house.take(MONDAY)
    assert house.owed() == {}
    assert names(house.mine().back) == {"Kestrel"}


def test_a_changed_stage_mapping_moves_numbers_and_asks_nobody(house: House) -> None:
    deals.set_category_mapping(by=OPS, at=FRIDAY, stage="Paper", category="pipeline", starts_on=FRIDAY.date())
    assert house.owed() == {}


def test_the_reason_is_the_one_the_analysis_of_changes_gives(house: House) -> None:
    house.take(
        FRIDAY,
        Kestrel={"stage": "Talk"},
        Nordwind={"close_on": NEXT_YEAR},
        Quill={"close_on": None},
        Cedar={"status": "lost", "closed_on": date(2026, 11, 19)},
        Larch=None,  # type: ignore[arg-type]
    )
    period = call_queries.period_at(AT)
    persons = [house.cast.rosa.pk, house.cast.ravi.pk]
    traced = tracing.of_persons(persons, period, AT, owing.rule_on(AT.date(), AT))
    columns = frozenset({"commit", "most_likely", "closed"})
    start = FRIDAY - DAY
    found = comparing.compared(persons, persons, period, start, AT, columns)
    codes = dict(zip(found.deals.tolist(), found.moves.kind.tolist(), strict=True))
    assert len(traced) == 5
    for trace in traced:
        assert codes[trace.deal] != bridges.NONE
        assert trace.reason == deal_rules.REASONS[codes[trace.deal]]


def test_many_persons_are_read_from_blocks_with_the_same_answer(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.take(FRIDAY, Kestrel={"stage": "Talk"}, Larch={"close_on": NEXT_YEAR})
    deals.keep_tracks()
    few = house.mine()
    monkeypatch.setattr(comparing, "MANY", 0)
    assert house.mine() == few


def test_nothing_is_scanned_for_one_person(house: House, django_assert_max_num_queries: Any) -> None:
    house.take(FRIDAY, Kestrel={"stage": "Talk"}, Quill={"stage": "Talk"})
    with django_assert_max_num_queries(60) as asked:
        assert len(house.mine().owed) == 2
    reads = [
        one["sql"]
        for one in asked.captured_queries
        if "deals_track" in one["sql"] and "records" in one["sql"]
    ]
    assert reads
    assert all("owner_id IN" in sql for sql in reads)


def test_while_tracks_are_built_the_page_says_so_and_other_pages_stand(
    house: House, now: Callable[[datetime], None]
) -> None:
    Track.objects.for_system("a test takes tracks away").delete()
    client = client_of(house, "rosa")
    assert "being prepared" in client.get("/exits/").content.decode()
    for path in ("/quarter/", f"/deals/{house.id('Kestrel')}/"):
        assert client.get(path).status_code == 200
    assert client_of(house, "mina").get("/call/").status_code == 200


# Doors


def lowered(house: House, door: str) -> int:
    """Rosa lowers Kestrel through a door; the status of the answer."""
    deal = house.id("Kestrel")
    if door == "page":
        answer = client_of(house, "rosa").post(f"/deals/{deal}/category/", {"category": "pipeline"})
    else:
        answer = client_of(house, "rosa").post(
            f"/api/deals/{deal}/category",
            json.dumps({"category": "pipeline"}),
            content_type="application/json",
        )
    said = answer.content.decode()
    assert answer.status_code < 400 or "leaves it with a packet" in said
    return answer.status_code


@pytest.mark.parametrize("door", ["page", "api"])
def test_by_default_a_door_opens_and_what_left_is_owed(
    house: House, door: str, now: Callable[[datetime], None]
) -> None:
    assert lowered(house, door) < 400
    assert house.owed() == {"Kestrel": "packet"}


@pytest.mark.parametrize("door", ["page", "api"])
def test_where_doors_wait_they_refuse_until_the_packet_is_there_and_it_is_the_answer(
    house: House, door: str, now: Callable[[datetime], None]
) -> None:
    house.rule(at=AT - timedelta(hours=1), blocking=True)
    assert lowered(house, door) in (409, 422)
    assert house.owed() == {}
    house.hand_in("Kestrel")
    now(SOON)
    assert lowered(house, door) < 400
    assert house.owed(at=SOON) == {}
    assert [line.name for line in house.mine(at=SOON).waiting] == ["Kestrel"]


@pytest.mark.parametrize("door", ["page", "api"])
def test_where_doors_wait_a_manager_judges_a_deal_out_only_with_its_packet(
    house: House, door: str, now: Callable[[datetime], None]
) -> None:
    house.rule(at=AT - timedelta(hours=1), blocking=True)
    deal, client = house.id("Kestrel"), client_of(house, "mina")

    def judge() -> Any:
        if door == "page":
            return client.post(f"/deals/{deal}/judgement/", {"act": "out"})
        url = f"/api/forecast/deals/{deal}/judgement"
        return client.put(url, json.dumps({"verdict": "out"}), content_type="application/json")

    refused = judge()
    assert refused.status_code in (409, 422)
    assert "Ask Rosa Lindqvist for it" in refused.content.decode()
    house.hand_in("Kestrel")
    assert judge().status_code < 400


def test_where_doors_wait_small_deals_clearing_upward_and_judging_in_pass(house: House) -> None:
    house.rule(at=AT - timedelta(hours=1), blocking=True)
    rosa, mina = house.actor("rosa"), house.actor("mina")
    deals.set_own_category(by=rosa, at=AT, deal=house.id("Quill"), category="pipeline")
    deals.set_own_category(by=rosa, at=AT, deal=house.id("Kestrel"), category="most_likely")
    period = call_queries.period_at(AT)
    calls.judge(by=mina, at=AT, deal=house.id("Kestrel"), period=period, verdict="in")
    assert house.owed() == {"Quill": "sentence", "Kestrel": "sentence"}


def test_a_packet_from_before_the_deal_last_came_back_opens_no_door(house: House) -> None:
    house.take(FRIDAY, Kestrel={"stage": "Talk"})
    house.hand_in("Kestrel", at=FRIDAY + timedelta(hours=2))
    house.take(MONDAY)
    house.rule(at=AT - timedelta(hours=1), blocking=True)
    with pytest.raises(access.Refusal, match="leaves it with a packet"):
        deals.set_own_category(by=house.actor("rosa"), at=AT, deal=house.id("Kestrel"), category="omitted")


def test_where_doors_wait_an_import_is_not_refused_and_what_left_is_owed(house: House) -> None:
    house.rule(blocking=True)
    house.take(FRIDAY, Kestrel={"stage": "Talk"})
    assert house.owed() == {"Kestrel": "packet"}


def test_saying_that_a_vanished_deal_was_deleted_leaves_it_owed_and_kept_undoes_it(house: House) -> None:
    house.take(FRIDAY, Kestrel=None, Nordwind=None)  # type: ignore[arg-type]
    ops = house.actor("olu")
    deals.answer_missing(by=ops, at=AT, deal=house.id("Kestrel"), answer="deleted")
    deals.answer_missing(by=ops, at=AT, deal=house.id("Nordwind"), answer="kept")
    assert house.owed(at=SOON) == {"Kestrel": "packet"}
    assert names(house.mine(at=SOON).back) == {"Nordwind"}


# Undone


def test_a_deal_that_comes_back_is_owed_no_more_and_its_next_exit_is_owed_anew(house: House) -> None:
    house.take(FRIDAY, Kestrel={"stage": "Talk"})
    house.hand_in("Kestrel", at=FRIDAY + timedelta(hours=2))
    house.take(MONDAY)
    back = house.mine().back
    assert [(one.name, one.since, one.answered) for one in back] == [("Kestrel", MONDAY, True)]
    house.take(MONDAY + timedelta(hours=5), Kestrel={"stage": "Talk"})
    assert house.owed() == {"Kestrel": "packet"}


def test_the_page_says_that_nothing_is_owed_of_what_came_back(
    house: House, now: Callable[[datetime], None]
) -> None:
    house.take(FRIDAY, Kestrel={"stage": "Talk"})
    house.take(MONDAY)
    assert "nothing is owed of it" in client_of(house, "rosa").get("/exits/").content.decode()
    page = client_of(house, "rosa").get(f"/deals/{house.id('Kestrel')}/exit/").content.decode()
    assert "nothing is owed of it" in page


def test_what_left_last_period_stays_owed_in_the_next(house: House) -> None:
    december = datetime(2026, 12, 30, 9, tzinfo=AT.tzinfo)
    house.take(december, Kestrel={"stage": "Talk"})
    january = datetime(2027, 1, 12, 9, tzinfo=AT.tzinfo)
    lines = house.mine(at=january).owed
    assert [(line.name, line.period, line.state) for line in lines] == [("Kestrel", "2026Q4", "late")]
    house.hand_in("Kestrel", at=january)
    assert house.mine(at=january).owed == ()


def test_a_history_that_comes_with_the_first_import_asks_nobody(cast: Cast) -> None:
    then = datetime(2026, 11, 2, 9, tzinfo=AT.tzinfo)
    for stage, category in STAGES.items():
        deals.set_category_mapping(by=OPS, at=then, stage=stage, category=category, starts_on=then.date())
    left = ChangeRow("Kestrel", "stage", "Paper", "Talk", then, then)
    deals.take_in(
        by=OPS, at=AT, source="crm", deals=[row("Kestrel", DEALS["Kestrel"] | {"stage": "Talk"})], changes=[left],
        as_of=FRIDAY, people_ids={"rosa": cast.rosa.pk}, full=True,
    )  # fmt: skip
    house = House(cast)
    house.rule()
    period = call_queries.period_at(AT)
    traced = tracing.of_persons([cast.rosa.pk], period, AT, owing.rule_on(AT.date(), AT))
    assert [trace.reason for trace in traced] == ["category_down"]
    assert house.owed() == {}


# The answer


def test_one_sentence_or_one_reason_is_all_a_small_exit_takes(house: House) -> None:
    house.take(FRIDAY, Quill={"stage": "Talk"}, Ostrava={"status": "lost", "closed_on": date(2026, 11, 19)})
    rosa = house.actor("rosa")
    for deal, given, code in (
        ("Quill", {"why": " "}, "why_missing"),
        ("Ostrava", {"why": "They said no."}, "reason_missing"),
        ("Ostrava", {"reason": "other"}, "why_missing"),
        ("Nordwind", {"why": "It stands."}, "nothing_asked"),
    ):
        with pytest.raises(access.Refusal) as refused:
            actions.say(by=rosa, at=AT, deal=house.id(deal), **given)
        assert refused.value.code == code
    actions.say(by=rosa, at=AT, deal=house.id("Quill"), why="Their plant closes.")
    actions.say(by=rosa, at=AT, deal=house.id("Ostrava"), reason="rival")
    assert house.owed() == {}
    assert {line.why for line in house.mine().done} == {"Their plant closes.", "A rival won it"}


def test_a_sentence_is_no_packet(house: House) -> None:
    house.take(FRIDAY, Kestrel={"stage": "Talk"})
    with pytest.raises(access.Refusal) as refused:
        actions.say(by=house.actor("rosa"), at=AT, deal=house.id("Kestrel"), why="It slipped.")
    assert refused.value.code == "packet_wanted"


def test_a_packet_takes_what_the_scale_knows_of_its_criterion(house: House) -> None:
    deal, rosa = house.id("Kestrel"), house.actor("rosa")
    common: dict[str, Any] = {"by": rosa, "deal": deal, "criterion": "win", "buyer_name": "Dan Wolff"}
    evidence.score(
        **common, at=FRIDAY - 9 * DAY, score=2, what="The review takes two weeks", on=date(2026, 11, 11)
    )
    evidence.score(**common, at=FRIDAY, score=3, what="It starts on 7 January", on=date(2026, 11, 20))
    house.take(FRIDAY, Kestrel={"stage": "Talk"})
    answer = house.hand_in("Kestrel", criterion="win", criterion_name="", old={}, new={})
    kept = rules.packet_of(answer.content)
    assert kept.criterion_name
    assert (kept.old.text, kept.old.on) == ("The review takes two weeks", date(2026, 11, 11))
    assert (kept.new.text, kept.new.source) == ("It starts on 7 January", "Dan Wolff")


def test_replacements_are_other_open_deals_of_the_owner_outside_commit(house: House) -> None:
    house.take(FRIDAY, Kestrel={"stage": "Talk"})
    start = queries.writing(house.actor("rosa"), house.id("Kestrel"), AT)
    assert names(start.replacements) == {"Cedar", "Ostrava"}
    for wrong in ("Nordwind", "Birch", "Kestrel"):
        with pytest.raises(access.Refusal) as refused:
            house.hand_in("Kestrel", replacements=[house.id(wrong)])
        assert refused.value.code == "no_such_deal"
    answer = house.hand_in("Kestrel", replacements=[house.id("Cedar")])
    assert answer.computed["shortfall_minor"] == answer.computed["gap_minor"] == 190_00
    house.take(MONDAY, Kestrel={"stage": "Talk"}, Cedar={"status": "won", "closed_on": date(2026, 11, 22)})
    outcome = queries.page(house.actor("rosa"), house.id("Kestrel"), AT).given[0].outcomes[0]
    assert (outcome.promised.name, outcome.status, outcome.on) == ("Cedar", "won", date(2026, 11, 22))


def test_without_an_estimate_the_effect_says_that_it_was_not_computed(house: House) -> None:
    house.take(FRIDAY, Kestrel={"stage": "Talk"})
    effect = house.hand_in("Kestrel").computed["effects"]
    assert effect["own"]["before"] is None
    assert "no estimate" in effect["own"]["why_not"]


def test_versions_follow_each_other_and_who_comes_second_keeps_a_draft(
    house: House, now: Callable[[datetime], None]
) -> None:
    house.take(FRIDAY, Kestrel={"stage": "Talk"})
    house.hand_in("Kestrel")
    with pytest.raises(actions.Overtaken):
        actions.hand_in(
            by=house.actor("rosa"), at=AT, deal=house.id("Kestrel"), packet=PACKET, after_version=0
        )
    assert house.hand_in("Kestrel").number == 2
    with pytest.raises(DatabaseError), transaction.atomic():
        Answer.objects.for_system("a test tries to rewrite").update(why="Else.")


def typed(**more: str) -> dict[str, Any]:
    """The form of a whole packet."""
    return {
        "why": PACKET.why, "criterion": "own", "criterion_name": "Paper process", "old": PACKET.old.text,
        "new": PACKET.new.text, "alt-smaller-verdict": "rejected", "alt-smaller-reason": "The same review.",
        "alt-later-verdict": "kept", "alt-later-reason": "22 January.", "shortfall": PACKET.shortfall,
        "first_known_on": "2026-11-20", "told_on": "2026-11-20", "act": "hand_in", **more,
    }  # fmt: skip


def test_a_refused_form_keeps_everything_for_its_writer_alone(
    house: House, now: Callable[[datetime], None]
) -> None:
    house.take(FRIDAY, Kestrel={"stage": "Talk"})
    url = f"/deals/{house.id('Kestrel')}/exit/write/"
    refused = client_of(house, "rosa").post(url, typed(shortfall="", old="Two weeks before Easter"))
    assert refused.status_code == 422
    assert "leaving it open is not" in refused.content.decode()
    again = client_of(house, "rosa").get(url).content.decode()
    for kept in ("Two weeks before Easter", "The same review.", PACKET.why):
        assert kept in again
    assert Draft.objects.for_system("a test counts drafts").count() == 1
    for name in house.cast.names:
        if name != "rosa":
            assert "Two weeks before Easter" not in client_of(house, name).get(url).content.decode()
    assert client_of(house, "rosa").post(url, typed()).status_code == 302
    assert Draft.objects.for_system("a test counts drafts").count() == 0
    assert house.owed() == {}


def test_a_draft_may_hold_nonsense_and_a_packet_may_not(
    house: House, now: Callable[[datetime], None]
) -> None:
    house.take(FRIDAY, Kestrel={"stage": "Talk"})
    url, client = f"/deals/{house.id('Kestrel')}/exit/write/", client_of(house, "rosa")
    assert client.post(url, typed(first_known_on="soon", act="draft")).status_code == 302
    assert "soon" in client.get(url).content.decode()
    refused = client.post(url, typed(first_known_on="soon"))
    assert refused.status_code == 422
    assert "is no day" in refused.content.decode()


def test_the_short_form_keeps_what_was_typed(house: House, now: Callable[[datetime], None]) -> None:
    house.take(FRIDAY, Ostrava={"status": "lost", "closed_on": date(2026, 11, 19)})
    url, client = f"/deals/{house.id('Ostrava')}/exit/", client_of(house, "rosa")
    refused = client.post(url, {"why": "They never called back"})
    assert refused.status_code == 422
    assert "They never called back" in refused.content.decode()
    assert client.post(url, {"reason": "rival", "why": "They never called back"}).status_code == 302
    assert "A rival won it" in client.get(url).content.decode()


# The manager, and upstairs


def replied(house: House, answer: Answer, verdict: str, words: str = "", at: datetime = AT) -> Act:
    return actions.reply(
        by=house.actor("mina", at), at=at, answer=answer.public_id, verdict=verdict, words=words
    )


def test_asked_back_it_is_owed_again_until_the_next_version(house: House) -> None:
    house.take(FRIDAY, Kestrel={"stage": "Talk"})
    first = house.hand_in("Kestrel")
    with pytest.raises(access.Refusal) as refused:
        replied(house, first, "asked_back")
    assert refused.value.code == "words_missing"
    replied(house, first, "asked_back", "Who told you of the review?")
    line = house.mine(at=SOON).owed[0]
    assert (line.state, line.asked_back, line.due_on) == (
        "asked_back", "Who told you of the review?", date(2026, 11, 27),
    )  # fmt: skip
    second = house.hand_in("Kestrel", at=SOON)
    with pytest.raises(access.Refusal) as refused:
        replied(house, first, "accepted", at=SOON)
    assert refused.value.code == "not_the_newest"
    replied(house, second, "accepted", "Clear.", at=SOON)
    assert house.mine(at=SOON).done[0].state == "accepted"


def test_who_reads_writes_answers_and_replies(house: House) -> None:
    house.take(FRIDAY, Kestrel={"stage": "Talk"})
    deal, answer = house.id("Kestrel"), house.hand_in("Kestrel").public_id
    assert able(house, lambda who: queries.page(who, deal, AT)) == {"rosa", "mina"}
    assert able(house, lambda who: queries.writing(who, deal, AT)) == {"rosa"}
    assert able(house, lambda who: actions.keep_draft(by=who, at=AT, deal=deal, typed={})) == {"rosa"}
    assert able(house, lambda who: actions.say(by=who, at=AT, deal=deal, why="x")) == {"rosa"}
    assert able(house, lambda who: actions.hand_in(by=who, at=AT, deal=deal, packet=PACKET)) == {"rosa"}
    reply = able(house, lambda who: actions.reply(by=who, at=AT, answer=answer, verdict="accepted"))
    assert reply == able(house, lambda who: actions.take_up(by=who, at=AT, answer=answer)) == {"mina"}
    assert able(house, lambda who: actions.set_rule(by=who, at=AT, rule=rules.Rule())) == {"olu"}
    for name in ("vera", "carl", "otto"):
        assert house.mine(name).owed == ()
        assert queries.of_team(house.actor(name), house.actor(name).id, AT).waiting == ()


def test_nobody_above_reads_a_card_until_the_manager_takes_it_upstairs_and_again_not_after(
    house: House,
) -> None:
    house.take(FRIDAY, Kestrel={"stage": "Talk"})
    answer = house.hand_in("Kestrel")

    def readers(at: datetime) -> set[str]:
        return able(house, lambda who: queries.card(who, answer.public_id, at), at)

    assert readers(AT) == {"rosa", "mina"}
    mina = house.actor("mina")
    with pytest.raises(access.Refusal) as refused:
        actions.take_up(by=mina, at=AT, answer=answer.public_id)
    assert refused.value.code == "not_accepted"
    replied(house, answer, "accepted")
    assert readers(AT) == {"rosa", "mina"}
    actions.take_up(by=mina, at=AT, answer=answer.public_id)
    actions.take_up(by=mina, at=AT, answer=answer.public_id)
    assert readers(AT) == {"rosa", "mina", "vera", "carl", "olu"}
    assert [one.name for one in queries.upstairs(house.actor("vera"), AT)] == ["Kestrel"]
    assert queries.upstairs(house.actor("otto"), AT) == []
    assert Notice.objects.filter(kind="exits.taken_up").count() == 1
    actions.take_back(by=mina, at=SOON, answer=answer.public_id)
    assert readers(SOON) == {"rosa", "mina"}
    assert queries.upstairs(house.actor("vera"), SOON) == []


def test_the_card_names_the_manager_to_ask_and_no_rep_and_every_line_has_a_day(
    house: House, now: Callable[[datetime], None]
) -> None:
    house.take(FRIDAY, Kestrel={"stage": "Talk"})
    answer = house.hand_in("Kestrel", replacements=[house.id("Cedar")])
    replied(house, answer, "accepted", "Rosa, this is clear.")
    actions.take_up(by=house.actor("mina"), at=AT, answer=answer.public_id)
    page = client_of(house, "carl").get(f"/exits/{answer.public_id}/card/").content.decode()
    assert "Ask Mina Aalto" in page
    assert "Rosa" not in page
    card = queries.card(house.actor("carl"), answer.public_id, AT)
    assert all(fact.source and fact.on for fact in (card.why, *card.changed, *card.considered))
    assert client_of(house, "carl").get("/cards/").content.decode().count("Kestrel") == 1
    for path in (f"/deals/{house.id('Kestrel')}/exit/", f"/api/deals/{house.id('Kestrel')}/exit"):
        assert client_of(house, "vera").get(path).status_code == 404


def test_who_stands_in_for_the_manager_replies_in_their_name(house: House) -> None:
    from fairlead.people import actions as people_actions
    from fairlead.people.access import Lending

    house.take(FRIDAY, Kestrel={"stage": "Talk"})
    answer = house.hand_in("Kestrel")
    people_actions.delegate(
        by=house.actor("mina"), at=AT, taker=house.cast.sanna, kind=Lending.FORECAST, starts_at=AT,
        ends_at=AT + DAY,
    )  # fmt: skip
    sanna = people.actor(house.cast.sanna.pk, SOON)
    actions.reply(by=sanna, at=SOON, answer=answer.public_id, verdict="accepted")
    entry = Entry.objects.get(kind="exit.accepted")
    assert (entry.actor, entry.behalf) == (f"person:{house.cast.sanna.pk}", house.cast.mina.pk)


def test_a_deal_that_came_back_or_ended_shows_how_it_compared(
    house: House, now: Callable[[datetime], None]
) -> None:
    house.take(FRIDAY, Ostrava={"status": "lost", "closed_on": date(2026, 11, 19)})
    actions.say(
        by=house.actor("rosa"), at=FRIDAY + timedelta(hours=1), deal=house.id("Ostrava"), reason="budget"
    )
    house.take(MONDAY, Ostrava={"status": "won", "closed_on": date(2026, 11, 22)})
    page = client_of(house, "rosa").get(f"/deals/{house.id('Ostrava')}/exit/").content.decode()
    assert "The money went away" in page
    assert "It came back and was won" in page


# Never evidence, told once, the rule of its day


def test_whatever_is_recorded_of_exits_is_never_evidence(house: House) -> None:
    house.take(FRIDAY, Kestrel={"stage": "Talk"}, Quill={"stage": "Talk"})
    actions.ask(by=access.system("the clock"), at=AT)
    actions.say(by=house.actor("rosa"), at=AT, deal=house.id("Quill"), why="Their plant closes.")
    answer = house.hand_in("Kestrel")
    replied(house, answer, "accepted")
    actions.take_up(by=house.actor("mina"), at=AT, answer=answer.public_id)
    kept = Entry.objects.filter(kind__startswith="exit.")
    assert set(kept.values_list("subject_kind", flat=True)) == rules.NEVER_EVIDENCE
    assert kept.count() == 5


def test_an_owner_is_told_of_an_exit_once_and_only_after_an_import(house: House) -> None:
    by = access.system("the clock")
    actions.ask(by=by, at=FRIDAY)
    house.take(FRIDAY, Kestrel={"stage": "Talk"}, Larch={"stage": "Talk"}, Nordwind={"close_on": NEXT_YEAR})
    assert actions.ask(by=by, at=AT) == 2
    assert actions.ask(by=by, at=SOON) == 0
    house.take(MONDAY, Kestrel={"stage": "Talk"}, Larch={"stage": "Talk"}, Nordwind={"close_on": NEXT_YEAR})
    assert actions.ask(by=by, at=SOON) == 0
    told = Notice.objects.filter(kind="exits.owed")
    assert {notice.to_id for notice in told} == {house.cast.rosa.pk, house.cast.ravi.pk}
    assert Asked.objects.for_system("a test counts").count() == 2


def test_a_deal_keeps_the_rule_of_the_day_it_left_on(house: House) -> None:
    house.take(FRIDAY, Kestrel={"stage": "Talk"})
    house.rule(at=AT, fixed_minor=500_00, days=9)
    assert house.owed(at=SOON) == {"Kestrel": "packet"}
    assert house.mine(at=SOON).owed[0].due_on == date(2026, 11, 25)
    with pytest.raises(access.Refusal) as refused:
        actions.set_rule(by=OPS, at=AT, rule=rules.Rule(), starts_on=AT.date() - DAY)
    assert refused.value.code == "day_over"
    assert Ruling.objects.count() == 2


def test_reps_only_leaves_the_deals_of_leaders_alone(house: House) -> None:
    house.take(FRIDAY, Kestrel={"stage": "Talk", "owner": "ravi"})
    assert house.owed("ravi") == {"Kestrel": "packet"}
    assert owing.asked_of(rules.Rule(who="reps"), house.cast.ravi.pk)
    assert not owing.asked_of(rules.Rule(who="reps"), house.cast.mina.pk)
    assert owing.asked_of(rules.Rule(), house.cast.mina.pk)


def test_the_settings_page_keeps_a_version_and_refuses_nonsense(
    house: House, now: Callable[[datetime], None]
) -> None:
    client = client_of(house, "olu")
    given = {
        "times": "4", "fixed": "", "days": "2", "blocking": "yes", "who": "reps", "starts_on": "2026-11-24",
        "categories": ["commit", "best_case"],
    }  # fmt: skip
    assert client.post("/settings/exits/", given).status_code == 302
    rule = owing.rule_on(AT.date(), SOON)
    assert (rule.times, rule.days, rule.blocking, rule.who) == (4, 2, True, "reps")
    assert rule.categories == ("commit", "best_case")
    odd: list[dict[str, Any]] = [
        {"times": "many"},
        {"days": "40"},
        {"categories": []},
        {"starts_on": "2026-11-23"},
    ]
    for wrong in odd:
        assert client.post("/settings/exits/", given | wrong).status_code == 422
    assert Ruling.objects.count() == 2


def test_the_api_does_what_the_pages_do(house: House, now: Callable[[datetime], None]) -> None:
    house.take(FRIDAY, Kestrel={"stage": "Talk"})
    deal, rosa, mina = house.id("Kestrel"), client_of(house, "rosa"), client_of(house, "mina")
    assert [one["need"] for one in rosa.get("/api/exits").json()["owed"]] == ["packet"]
    url = f"/api/deals/{deal}/exit"
    short = rosa.post(url, json.dumps({"why": "x"}), content_type="application/json")
    assert short.json()["code"] == "packet_wanted"
    content = rules.content_of(PACKET)
    lacking = rosa.put(
        f"{url}/packet", json.dumps(content | {"shortfall": ""}), content_type="application/json"
    )
    assert (lacking.status_code, lacking.json()["code"]) == (409, "packet_incomplete")
    done = rosa.put(f"{url}/packet", json.dumps(content), content_type="application/json")
    assert done.status_code == 200
    answer = done.json()["answers"][0]["public_id"]
    assert [one["name"] for one in mina.get("/api/exits/team").json()["waiting"]] == ["Kestrel"]
    said = mina.post(
        f"/api/exits/{answer}/reply", json.dumps({"verdict": "accepted"}), content_type="application/json"
    )
    assert said.json()["state"] == "accepted"
    assert mina.post(f"/api/exits/{answer}/up", "{}", content_type="application/json").status_code == 200
    vera = client_of(house, "vera")
    assert [one["name"] for one in vera.get("/api/exits/upstairs").json()] == ["Kestrel"]
    assert vera.get(f"/api/exits/{answer}/card").json()["ask"] == "Mina Aalto"


def test_pages_show_what_waits(house: House, now: Callable[[datetime], None]) -> None:
    house.take(FRIDAY, Kestrel={"stage": "Talk"})
    rosa, mina = client_of(house, "rosa"), client_of(house, "mina")
    assert "Exits you owe: 1" in rosa.get("/quarter/").content.decode()
    assert "A packet" in rosa.get(f"/deals/{house.id('Kestrel')}/").content.decode()
    assert "Packets to answer" not in mina.get("/call/").content.decode()
    house.hand_in("Kestrel")
    assert "Exits you owe" not in rosa.get("/quarter/").content.decode()
    assert "Packets to answer: 1" in mina.get("/call/").content.decode()
