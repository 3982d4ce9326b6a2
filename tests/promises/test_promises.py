"""Promises: who may take which step, what each comes to, and who never reads them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from fairlead.ledger import queries as ledger
from fairlead.notices.models import Notice
from fairlead.people import access, clock
from fairlead.people.models import Person
from fairlead.promises import actions, queries, rules
from fairlead.promises.models import Promise, Step
from tests.cast import AT, Cast

TODAY = AT.date()
FRIDAY = date(2026, 11, 27)
DAY = timedelta(days=1)
SYSTEM = access.system("tests of promises")


def promised(
    cast: Cast,
    owner: str = "rosa",
    to: str = "mina",
    due_on: date = FRIDAY,
    at: datetime = AT,
    key: str = "form",
) -> str:
    row = actions.make(
        by=cast.actor(owner, at), at=at, owner=getattr(cast, owner), made_to=getattr(cast, to),
        text="Ask Nordwind for the signing date.", due_on=due_on, key=key,
    )  # fmt: skip
    return row.public_id


def state(cast: Cast, promise: str, name: str = "rosa", at: datetime = AT) -> str:
    return queries.one(cast.actor(name), promise, at).standing.state


# Who reads it


def test_a_promise_is_read_by_its_two_people_and_by_nobody_else(cast: Cast) -> None:
    promise = promised(cast)
    for name in cast.names:
        book = queries.book(cast.actor(name), AT)
        seen = [line.public_id for line in (*book.mine, *book.made_to_me, *book.due_today, *book.closed)]
        assert seen == ([promise] if name in ("rosa", "mina") else []), name
        if name not in ("rosa", "mina"):
            with pytest.raises(access.NotFound):
                queries.one(cast.actor(name), promise, AT)
            with pytest.raises(access.NotFound):
                actions.keep(by=cast.actor(name), at=AT, promise=promise)


def test_who_stands_in_for_a_leader_does_not_read_the_leaders_promises(cast: Cast) -> None:
    from fairlead.people import actions as people
    from fairlead.people.access import Lending

    promise = promised(cast)
    people.delegate(
        by=cast.actor("mina"), at=AT, taker=cast.otto, kind=Lending.FORECAST, starts_at=AT, ends_at=AT + DAY
    )
    with pytest.raises(access.NotFound):
        queries.one(cast.actor("otto"), promise, AT)


def test_the_ledger_tells_nobody_else_of_a_promise(cast: Cast) -> None:
    from fairlead.people import reading

    promised(cast)
    for name in cast.names:
        found = ledger.entries(reading.readable(cast.actor(name)), limit=200)
        assert any(entry.kind == "promise.made" for entry in found) == (name == "rosa"), name
    ledger.verify()


def test_no_page_of_somebody_else_holds_the_words(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)
    promised(cast)
    for name in cast.names:
        client = Client()
        client.force_login(getattr(cast, name).user, backend="django.contrib.auth.backends.ModelBackend")
        pages = [
            client.get(path).content.decode()
            for path in ("/promises/", "/you/", "/ledger/", "/find/?q=Nordwind")
        ]
        assert any("Ask Nordwind" in page for page in pages) == (name in ("rosa", "mina")), name


# Making one


def test_nobody_promises_for_somebody_else_and_a_leader_writes_down_what_a_report_said(cast: Cast) -> None:
    common = {"at": AT, "text": "Send the list.", "due_on": FRIDAY, "key": "k"}
    with pytest.raises(access.Refusal):
        actions.make(by=cast.actor("rosa"), owner=cast.ravi, made_to=cast.mina, **common)  # type: ignore[arg-type]
    with pytest.raises(access.NotFound):
        actions.make(by=cast.actor("mina"), owner=cast.pia, made_to=cast.mina, **common)  # type: ignore[arg-type]
    with pytest.raises(access.NotFound):
        actions.make(by=cast.actor("mina"), owner=cast.rosa, made_to=cast.ravi, **common)  # type: ignore[arg-type]
    row = actions.make(by=cast.actor("mina"), owner=cast.rosa, made_to=cast.mina, **common)  # type: ignore[arg-type]
    line = queries.one(cast.actor("rosa"), row.public_id, AT)
    assert (line.mine, line.noted_by) == (True, "Mina Aalto")
    assert Notice.objects.get(to_id=cast.rosa.pk, kind="promises.noted").facts["name"] == "Mina Aalto"


def test_the_same_form_twice_makes_one_promise_and_another_text_is_refused(cast: Cast) -> None:
    assert promised(cast) == promised(cast)
    with pytest.raises(access.Refusal) as refused:
        promised(cast, to="ravi")
    assert refused.value.code == "key_reused"
    assert Notice.objects.filter(kind="promises.made").count() == 1


@pytest.mark.parametrize(
    ("text", "due_on", "code"),
    [
        ("  ", FRIDAY, "text_missing"),
        ("x" * 301, FRIDAY, "text_long"),
        ("Call them.", TODAY - DAY, "day_passed"),
        ("Call them.", TODAY + 800 * DAY, "day_far"),
    ],
)
def test_what_cannot_be_promised_is_refused_with_what_to_do(
    cast: Cast, text: str, due_on: date, code: str
) -> None:
    with pytest.raises(access.Refusal) as refused:
        actions.make(
            by=cast.actor("rosa"),
            at=AT,
            owner=cast.rosa,
            made_to=cast.mina,
            text=text,
            due_on=due_on,
            key="k",
        )
    assert refused.value.code == code


def test_a_promise_to_oneself_is_none(cast: Cast) -> None:
    with pytest.raises(access.Refusal, match="somebody else"):
        promised(cast, to="rosa")


# Steps


def test_the_owner_keeps_it_and_the_other_confirms(cast: Cast) -> None:
    promise = promised(cast)
    actions.keep(by=cast.actor("rosa"), at=AT, promise=promise)
    actions.confirm(by=cast.actor("mina"), at=AT, promise=promise)
    line = queries.one(cast.actor("rosa"), promise, AT)
    assert (line.standing.state, line.standing.in_time, line.standing.confirmed) == ("kept", True, True)
    told = Notice.objects.order_by("pk").values_list("to_id", "kind")
    assert list(told) == [
        (cast.mina.pk, "promises.made"), (cast.mina.pk, "promises.kept"), (cast.rosa.pk, "promises.confirmed"),
    ]  # fmt: skip


def test_one_word_against_the_other_is_shown_as_that_and_counts_neither_way(cast: Cast) -> None:
    promise = promised(cast)
    actions.keep(by=cast.actor("rosa"), at=AT, promise=promise)
    actions.say_not_kept(by=cast.actor("mina"), at=AT, promise=promise)
    assert state(cast, promise, "rosa") == state(cast, promise, "mina") == "disputed"
    rates = queries.book(cast.actor("mina"), AT).rates
    assert (rates[0].theirs.of, rates[0].theirs.apart) == (0, 1)
    actions.keep(by=cast.actor("rosa"), at=AT + DAY, promise=promise)
    assert state(cast, promise, at=AT + DAY) == "kept"


def test_a_move_keeps_the_old_day_readable_with_its_reason(cast: Cast) -> None:
    promise = promised(cast)
    monday = FRIDAY + 3 * DAY
    actions.move(by=cast.actor("rosa"), at=AT, promise=promise, due_on=monday, reason="Their buyer is away.")
    line = queries.one(cast.actor("mina"), promise, AT)
    assert (line.first_due_on, line.standing.due_on) == (FRIDAY, monday)
    assert line.standing.moves == (rules.Move(FRIDAY, monday, "Their buyer is away.", AT, False),)


def test_a_broken_promise_is_computed_and_can_still_be_kept_late(cast: Cast) -> None:
    promise = promised(cast)
    late = AT + 5 * DAY
    assert state(cast, promise, at=late) == "broken"
    assert Step.objects.for_system("a test counts").count() == 0
    actions.keep(by=cast.actor("rosa"), at=late, promise=promise)
    assert queries.one(cast.actor("mina"), promise, late).standing.in_time is False


def test_the_day_ends_in_the_owners_time_zone(cast: Cast) -> None:
    Person.objects.filter(pk=cast.rosa.pk).update(time_zone="America/New_York")
    cast.rosa.refresh_from_db()
    promise = promised(cast, due_on=FRIDAY)
    evening = datetime.fromisoformat("2026-11-28T04:30:00+00:00")
    assert state(cast, promise, at=evening) == "open"
    assert state(cast, promise, at=evening + timedelta(minutes=31)) == "broken"


def test_an_undo_is_a_new_step_and_only_of_ones_own(cast: Cast) -> None:
    promise = promised(cast)
    actions.keep(by=cast.actor("rosa"), at=AT, promise=promise)
    with pytest.raises(access.Refusal) as refused:
        actions.undo(by=cast.actor("mina"), at=AT, promise=promise)
    assert refused.value.code == "nothing_to_undo"
    actions.undo(by=cast.actor("rosa"), at=AT, promise=promise)
    line = queries.one(cast.actor("mina"), promise, AT)
    assert line.standing.state == "open"
    assert [step.kind for step, _ in line.steps] == ["kept", "undone"]
    actions.withdraw(by=cast.actor("rosa"), at=AT, promise=promise, reason="Ravi asks them instead.")
    assert state(cast, promise) == "withdrawn"


@pytest.mark.parametrize(
    ("name", "act", "code"),
    [
        ("mina", "keep", "not_yours"),
        ("rosa", "confirm", "not_yours"),
        ("mina", "confirm", "settled"),
        ("mina", "say_not_kept", "not_due"),
        ("rosa", "undo", "nothing_to_undo"),
    ],
)
def test_a_step_in_the_wrong_order_or_by_the_wrong_person_is_refused(
    cast: Cast, name: str, act: str, code: str
) -> None:
    promise = promised(cast)
    with pytest.raises(access.Refusal) as refused:
        getattr(actions, act)(by=cast.actor(name), at=AT, promise=promise)
    assert refused.value.code == code


def test_kept_is_kept_once(cast: Cast) -> None:
    promise = promised(cast)
    actions.keep(by=cast.actor("rosa"), at=AT, promise=promise)
    with pytest.raises(access.Refusal, match="kept already"):
        actions.keep(by=cast.actor("rosa"), at=AT, promise=promise)
    assert Notice.objects.filter(kind="promises.kept").count() == 1


def test_moving_and_withdrawing_need_a_reason(cast: Cast) -> None:
    promise = promised(cast)
    with pytest.raises(access.Refusal, match="Say why"):
        actions.withdraw(by=cast.actor("rosa"), at=AT, promise=promise, reason=" ")
    with pytest.raises(access.Refusal, match="Say why"):
        actions.move(by=cast.actor("rosa"), at=AT, promise=promise, due_on=FRIDAY + DAY, reason="")


@pytest.mark.parametrize("table", [Promise, Step])
def test_the_database_refuses_to_change_what_was_said(cast: Cast, table: type[Promise] | type[Step]) -> None:
    actions.keep(by=cast.actor("rosa"), at=AT, promise=promised(cast))
    rows = table.objects.for_system("a test tries to change")
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(by=cast.mina.pk)


# Due, and the counts


def test_owners_are_reminded_once_the_day_before(cast: Cast) -> None:
    promised(cast)
    before = AT + 2 * DAY
    assert [actions.remind(by=SYSTEM, at=at) for at in (AT, before, before)] == [0, 1, 0]
    assert Notice.objects.get(kind="promises.due_tomorrow").to_id == cast.rosa.pk


def test_a_moved_promise_is_reminded_of_its_new_day(cast: Cast) -> None:
    promise = promised(cast)
    actions.move(
        by=cast.actor("rosa"), at=AT, promise=promise, due_on=FRIDAY + 7 * DAY, reason="They are away."
    )
    assert [actions.remind(by=SYSTEM, at=AT + n * DAY) for n in (2, 9)] == [0, 1]


def test_what_waits_is_what_is_due_today_or_past_its_day(cast: Cast) -> None:
    first = promised(cast, due_on=TODAY, key="1")
    promised(cast, due_on=FRIDAY, key="2")
    rosa = cast.actor("rosa")
    assert queries.waiting(rosa, AT) == 1
    assert queries.waiting(cast.actor("mina"), AT) == 0
    actions.keep(by=rosa, at=AT, promise=first)
    assert queries.waiting(rosa, AT) == 0
    actions.undo(by=rosa, at=AT, promise=first)
    assert queries.waiting(rosa, AT) == 1
    assert queries.waiting(rosa, AT + 6 * DAY) == 2


def test_kept_rates_are_counts_and_too_few_under_five(cast: Cast) -> None:
    rosa = cast.actor("rosa")
    for number in range(6):
        promise = promised(cast, due_on=TODAY, key=str(number))
        if number == 4:
            rate = queries.book(cast.actor("mina"), AT).rates[0].theirs
            assert rate.words == "too few to say"
        if number < 5:
            actions.keep(by=rosa, at=AT, promise=promise)
    pair = queries.book(cast.actor("mina"), AT + 2 * DAY).rates[0]
    assert (pair.other.name, pair.theirs.words, pair.mine.words) == (
        "Rosa Lindqvist", "5 of 6 kept in time", "too few to say",
    )  # fmt: skip


@given(st.lists(st.sampled_from(rules.KINDS), max_size=8))
def test_only_allowed_steps_give_a_state_and_undoing_gives_back_the_one_before(
    kinds: list[rules.Kind],
) -> None:
    steps: list[rules.Step] = []
    for kind in kinds:
        now = rules.standing(FRIDAY, "UTC", steps, AT)
        for person, owner in ((1, True), (2, False)):
            if kind in rules.may(now, owner=owner, by=person):
                day = now.due_on + DAY if kind == "moved" else None
                about = now.newest.number if kind == "undone" and now.newest else None
                step = rules.Step(len(steps) + 1, kind, person, AT, day, "Because.", about)
                after = rules.standing(FRIDAY, "UTC", [*steps, step], AT)
                if kind != "undone":
                    assert "undone" in rules.may(after, owner=owner, by=person)
                    undone = rules.Step(step.number + 1, "undone", person, AT, about=step.number)
                    assert rules.standing(FRIDAY, "UTC", [*steps, step, undone], AT) == now
                steps.append(step)
                break
    assert rules.standing(FRIDAY, "UTC", steps, AT).state != "broken"
