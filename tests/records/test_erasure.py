"""Holds, what is past its time, and the one door through which words are erased."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.test import Client

from fairlead.help import actions as help_actions
from fairlead.help.actions import Asked
from fairlead.help.models import Request as HelpRequest
from fairlead.ledger import erasing as door
from fairlead.ledger import queries as ledger
from fairlead.ledger.models import Door, Personal
from fairlead.looks import actions as looks
from fairlead.looks import queries as look_queries
from fairlead.looks.models import Look, LookAct
from fairlead.notices.models import Notice
from fairlead.people import access, clock
from fairlead.people.access import Refusal
from fairlead.people.models import Person
from fairlead.records import actions, classes, erasing, queries, rules
from fairlead.records.models import Erasure, Read, Sweep
from fairlead.standing import actions as standing
from fairlead.standing.models import LeaveReason
from tests.cast import AT, Cast
from tests.looks import making
from tests.records.test_countries import FI, set_rule

WORDS = "The hydro tender slipped."
YEARS_LATER = datetime(2029, 12, 3, 9, tzinfo=UTC)
"""More than 36 months after the look opened and the leave was written down."""


@pytest.fixture
def past(cast: Cast) -> Cast:
    """A look at Rosa's results with her answer, and why she was away."""
    look = Look.objects.create(
        person=cast.rosa, quarter="2026Q3", closed_on=making.Q3.ends_on, decide_days=90, rule_version=0,
        ground=making.ground(cast), facts=making.FACTS, digest="", opened_at=making.SWEPT,
    ).public_id  # fmt: skip
    looks.act(by=cast.actor("rosa"), at=AT, look=look, kind="answered", words=WORDS)
    standing.write_leave(
        by=cast.actor("hana"),
        at=AT,
        person=cast.rosa.public_id,
        first=AT.date(),
        last=AT.date(),
        reason=WORDS,
    )
    return cast


def the_list(cast: Cast, at: datetime = YEARS_LATER) -> list[tuple[str, str, int]]:
    return [(one.name, one.key, one.entries) for one in queries.past_time(cast.actor("hana", at), at)]


def erase(
    cast: Cast, key: str = "looks", seen: int = 2, who: str = "hana", at: datetime = YEARS_LATER
) -> Erasure:
    return actions.erase(by=cast.actor(who, at), at=at, person=cast.rosa.public_id, key=key, seen=seen)


def test_what_is_past_its_time_stands_in_the_list_and_nothing_earlier(past: Cast) -> None:
    assert the_list(past, AT) == []
    assert the_list(past, datetime(2029, 10, 5, 9, tzinfo=UTC)) == []
    assert the_list(past, datetime(2029, 10, 8, 9, tzinfo=UTC)) == [("Rosa Lindqvist", "looks", 2)]
    assert the_list(past) == [("Rosa Lindqvist", "looks", 2), ("Rosa Lindqvist", "leave_reasons", 1)]


def test_a_country_changes_the_time(past: Cast) -> None:
    set_rule(past, replace(FI, retention={"looks": 12}))
    assert the_list(past, datetime(2027, 10, 8, 9, tzinfo=UTC)) == [("Rosa Lindqvist", "looks", 2)]


def test_erasing_takes_the_words_and_leaves_a_stone_and_the_chain(past: Cast) -> None:
    before = ledger.verify().entries
    erase(past)
    row = making.look()
    assert row.facts == {"erased": True}
    assert [one.words for one in LookAct.objects.for_system("a test asks")] == [rules.ERASED]
    assert [one.words for one in LeaveReason.objects.for_system("a test asks")] == [WORDS]
    stone, title, who = queries.erasures_of(past.actor("hana", YEARS_LATER), past.rosa.pk)[0]
    assert (stone.class_key, stone.entries, stone.months, title, who) == (
        "looks", 2, 36, "Looks at results", "Hana Sato",
    )  # fmt: skip
    assert ledger.verify().entries == before + 1
    assert next(iter(ledger.facts_of("records.erased")))["class"] == "looks"
    assert the_list(past) == [("Rosa Lindqvist", "leave_reasons", 1)]
    assert not Door.objects.exists()


def test_an_erased_look_is_shown_nowhere(past: Cast) -> None:
    look = making.look().public_id
    erase(past)
    for who in ("rosa", "mina"):
        actor = past.actor(who, YEARS_LATER)
        with pytest.raises(access.NotFound):
            look_queries.one(actor, look, YEARS_LATER)
        assert look_queries.mine(actor, YEARS_LATER) == []
        assert look_queries.of_reports(actor, YEARS_LATER) == []
        assert look_queries.waiting(actor, YEARS_LATER) == 0
    assert look_queries.register(past.actor("hana", YEARS_LATER), YEARS_LATER) == []
    assert look_queries.open_of(past.rosa.pk, YEARS_LATER) == ""
    looks.watch(at=YEARS_LATER)


def test_erasing_reaches_the_personal_words_in_the_ledger(past: Cast) -> None:
    given = Asked("A day in the lab", "I need a day in the lab.", "I asked.")
    help_actions.ask(by=past.actor("rosa"), at=AT, given=given, key="erase")
    Person.objects.filter(pk=past.rosa.pk).update(ends_on=date(2026, 12, 31))
    texts = Personal.objects.filter(text__contains="day in the lab")
    assert texts.count() >= 1
    assert the_list(past, datetime(2027, 12, 20, tzinfo=UTC)) == []
    at = datetime(2028, 1, 5, 9, tzinfo=UTC)
    assert ("Rosa Lindqvist", "help", 1) in the_list(past, at)
    erase(past, "help", 1, at=at)
    row = HelpRequest.objects.for_system("a test asks").get()
    assert (row.subject, row.need, row.tried) == (rules.ERASED,) * 3
    assert not texts.all().exists()
    gone = Personal.objects.exclude(erased_at=None)
    assert {(one.text, bytes(one.salt)) for one in gone} == {("", b"")}
    assert ledger.verify().entries > 0


def test_a_hold_stops_it_until_it_is_lifted(past: Cast) -> None:
    hana = past.actor("hana")
    row = actions.hold(by=hana, at=AT, person=past.rosa.public_id, reason="A claim at court.")
    with pytest.raises(Refusal) as refused:
        erase(past)
    assert refused.value.code == "on_hold"
    assert [one.held for one in queries.past_time(past.actor("hana", YEARS_LATER), YEARS_LATER)] == [
        True,
        True,
    ]
    second = actions.hold(by=hana, at=AT, person=past.rosa.public_id, reason="Another claim.")
    actions.lift(by=hana, at=AT, hold=row.public_id, reason="Settled.")
    with pytest.raises(Refusal):
        erase(past)
    actions.lift(by=hana, at=AT, hold=second.public_id, reason="Settled too.")
    with pytest.raises(Refusal) as twice:
        actions.lift(by=hana, at=AT, hold=second.public_id, reason="Again.")
    assert twice.value.code == "lifted"
    assert erase(past).entries == 2


def test_it_is_refused_before_its_time_twice_unseen_or_while_a_copy_is_prepared(past: Cast) -> None:
    codes = []
    for more in ({"at": AT}, {"seen": 1}):
        with pytest.raises(Refusal) as refused:
            erase(past, **more)
        codes.append(refused.value.code)
    copy = actions.open_copy(
        by=past.actor("hana"), at=AT, person=past.rosa.public_id, asked_on=AT.date(), reason="Asked."
    )
    with pytest.raises(Refusal) as prepared:
        erase(past)
    actions.call_off(by=past.actor("hana"), at=AT, request=copy.public_id, reason="Done.")
    erase(past)
    with pytest.raises(Refusal) as again:
        erase(past)
    assert [*codes, prepared.value.code, again.value.code] == [
        "too_early",
        "changed_meanwhile",
        "copy_open",
        "too_early",
    ]


@pytest.mark.parametrize("key", ["deals", "directory", "nothing"])
def test_what_is_a_record_of_the_business_is_not_erased_for_one_person(past: Cast, key: str) -> None:
    with pytest.raises(access.NotFound):
        erase(past, key)


@pytest.mark.parametrize("who", ["rosa", "mina", "vera", "carl", "olu", "ada"])
def test_only_hr_erases_or_holds(past: Cast, who: str) -> None:
    with pytest.raises(access.NotAllowed):
        erase(past, who=who)
    with pytest.raises(access.NotAllowed):
        actions.hold(by=past.actor(who), at=AT, person=past.rosa.public_id, reason="Mine.")


def test_nothing_is_erased_by_itself_unless_a_country_says_so(past: Cast) -> None:
    by = access.system("a test")
    actions.watch(by=by, at=YEARS_LATER)
    assert (Sweep.objects.get().past, Sweep.objects.get().erased) == (2, 0)
    assert [one.to_id for one in Notice.objects.filter(kind="records.past_time")] == [past.hana.pk]
    actions.watch(by=by, at=YEARS_LATER + timedelta(hours=2))
    assert Sweep.objects.count() == 1
    set_rule(past, replace(rules.shipped("FI"), erases_alone=True))
    actions.watch(by=by, at=YEARS_LATER + timedelta(days=1))
    assert Sweep.objects.order_by("-day")[0].erased == 2
    assert the_list(past) == []
    assert [who for _, _, who in queries.erasures_of(past.actor("hana", YEARS_LATER), past.rosa.pk)] == [
        "",
        "",
    ]
    assert Notice.objects.filter(kind="records.past_time").count() == 1


def test_what_is_on_hold_is_not_erased_by_itself_either(past: Cast) -> None:
    set_rule(past, replace(rules.shipped("FI"), erases_alone=True))
    actions.hold(by=past.actor("hana"), at=AT, person=past.rosa.public_id, reason="A claim at court.")
    actions.watch(by=access.system("a test"), at=YEARS_LATER)
    assert (Sweep.objects.get().past, Sweep.objects.get().erased) == (2, 0)


def test_when_the_ledger_fails_nothing_is_erased(past: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**more: object) -> int:
        raise RuntimeError("no ledger")

    monkeypatch.setattr("fairlead.records.actions.ledger.append", broken)
    with pytest.raises(RuntimeError):
        erase(past)
    assert making.look().facts == making.FACTS
    assert not Door.objects.exists()


# The door


def _tables() -> dict[str, tuple[str, ...]]:
    return {**erasing.COLUMNS, "ledger_personal": door.WORDS}


def test_every_kept_table_with_words_is_listed() -> None:
    from tests.conftest import APPEND_ONLY

    assert set(_tables()) <= set(APPEND_ONLY)
    labels = {label for one in classes.CLASSES for label in one.words}
    assert {apps.get_model(label)._meta.db_table for label in labels} - set(_tables()) == {
        "oneonones_privatenote", "improvement_selfdraft",
    }  # fmt: skip


def _changes() -> list[tuple[str, Callable[[], Any]]]:
    look, act = Look.objects.for_system("a test tries"), LookAct.objects.for_system("a test tries")
    return [
        ("words of a look", lambda: act.update(words="x")),
        ("facts of a look", lambda: look.update(facts={})),
        ("why somebody was away", lambda: LeaveReason.objects.for_system("a test tries").update(words="x")),
    ]


def test_outside_the_door_no_word_changes(past: Cast) -> None:
    for _, change in _changes():
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_inside_the_door_words_change_and_nothing_else_does(past: Cast) -> None:
    for what, change in _changes():
        with transaction.atomic(), door.door(AT):
            assert change() == 1, what
    act = LookAct.objects.for_system("a test tries")
    others: list[Callable[[], Any]] = [
        lambda: act.update(kind="undone", about=1),
        lambda: act.update(words="y", by=past.mina),
        lambda: act.delete(),
        lambda: Look.objects.for_system("a test tries").update(quarter="2020Q1"),
        lambda: Read.objects.for_system("a test tries").update(kind="x"),
        lambda: Personal.objects.all().delete(),
    ]
    Read.objects.create(
        subject=past.rosa, reader=past.mina, kind="look", thing="a", hour=rules.hour_of(AT), at=AT
    )
    help_actions.ask(by=past.actor("rosa"), at=AT, given=Asked("A", "B", "C"), key="door")
    for change in others:
        with pytest.raises(DatabaseError), transaction.atomic(), door.door(AT):
            change()
    assert not Door.objects.exists()


def test_every_listed_word_can_be_erased_on_this_database(past: Cast) -> None:
    """The triggers stand as the table of classes says: each listed table lets its words through, and nothing else."""
    for table, words in _tables().items():
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(
                    "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = %s", [f"{table}_kept"]
                )
            else:
                cursor.execute(
                    "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = %s",
                    [f"{table}_no_update"],
                )
            (said,) = cursor.fetchone()
        for word in words:
            assert (f"'{word}'" in said) is (connection.vendor == "postgresql"), (table, word)
            assert f'OLD."{word}"' not in said, (table, word)
        assert "fairlead_refuse_but_words" in said or "ledger_door" in said, table


def test_the_door_opens_inside_a_transaction_only() -> None:
    with pytest.raises(RuntimeError), door.door(AT):
        raise AssertionError("it opened")


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2028, 3, 31), 1, date(2028, 2, 29)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(2026, 12, 31), 12, date(2025, 12, 31)),
        (date(2026, 11, 24), 36, date(2023, 11, 24)),
        (date(2026, 12, 31), 1, date(2026, 11, 30)),
    ],
)
def test_months_are_counted_by_the_calendar(day: date, months: int, before: date) -> None:
    assert rules.past_since(day, months) == before


def test_the_pages_hold_lift_and_erase(past: Cast, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: YEARS_LATER)
    assert past.hana.user is not None
    client.force_login(past.hana.user, backend="django.contrib.auth.backends.ModelBackend")
    person = f"/records/people/{past.rosa.public_id}/"
    refused = client.post(f"{person}hold/", {"reason": " "})
    assert (refused.status_code, "Write why nothing may be erased" in refused.content.decode()) == (422, True)
    assert client.post(f"{person}hold/", {"reason": "A claim."}).status_code == 302
    assert "on hold" in client.get("/records/erasure/").content.decode()
    sent = {"person": past.rosa.public_id, "key": "looks", "seen": "2"}
    assert client.post("/records/erasure/", sent).status_code == 422
    held = queries.holds_of(past.actor("hana", YEARS_LATER), past.rosa.pk)[0].row.public_id
    assert client.post(f"{person}hold/", {"hold": held, "reason": "Settled."}).status_code == 302
    assert client.post("/records/erasure/", sent).status_code == 302
    page = client.get(person).content.decode()
    assert "the words of 2 entries were erased after 36 months" in page
    assert "Settled." in page
