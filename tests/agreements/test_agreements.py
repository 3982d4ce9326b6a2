"""A working agreement is between two people, in versions that both sign; nobody else learns that there is one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

import pytest
from django.db import Error, transaction

from fairlead.agreements import actions, queries
from fairlead.agreements.models import Version
from fairlead.agreements.rules import Content
from fairlead.ledger.models import Entry, Personal
from fairlead.notices.models import Notice
from fairlead.people import access, switches
from fairlead.people import actions as people_actions
from fairlead.promises import queries as promises
from fairlead.web import jobs
from tests.agreements.agreeing import DAY, HOUR, OWN, REVIEW, acted, agreed, begun, changed, page, turned_on
from tests.cast import AT, Cast

OPS = access.system("tests move people")
CLOCK = access.system("the clock")


@pytest.fixture
def on(cast: Cast) -> Cast:
    turned_on(cast)
    return cast


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(access.Refusal) as found:
        yield
    assert found.value.code == code


def names_reading(cast: Cast, version: Version, at: object = AT + 3 * HOUR) -> set[str]:
    found = set()
    for name in cast.names:
        try:
            queries.one(cast.actor(name, at), version.agreement.public_id, at)  # type: ignore[arg-type]
        except access.NotFound:
            continue
        found.add(name)
    return found


def test_an_agreement_is_read_by_its_two_people_and_nobody_else(on: Cast) -> None:
    row = agreed(on)
    assert names_reading(on, row) == {"rosa", "mina"}
    for name in on.names:
        book = queries.book(on.actor(name), AT + 3 * HOUR)
        assert any(one.line for one in book.beside) == (name in ("rosa", "mina")), name


def test_it_is_in_force_from_the_second_signature_on_and_every_line_is_a_promise_both_ways(on: Cast) -> None:
    row = begun(on)
    assert page(on, "mina", row).line.held is None
    assert promises.book(on.actor("rosa"), AT).mine == ()
    acted(on, "mina", row, "signed")
    assert page(on, "rosa", row).line.held is not None
    book = promises.book(on.actor("rosa"), AT + 2 * HOUR)
    assert {one.text for one in book.mine} == set(OWN.rep_promises)
    assert [one.text for one in book.made_to_me] == ["I answer upstairs"]
    assert {one.standing.due_on for one in book.mine} == {REVIEW}
    with refused("settled"):
        acted(on, "mina", row, "signed")


def test_nobody_signs_the_own_words_twice_or_something_else_than_was_read(on: Cast) -> None:
    row = begun(on)
    with refused("settled"):
        acted(on, "rosa", row, "signed")
    with refused("not_what_you_read"):
        acted(on, "mina", row, "signed", digest="x")


def test_a_change_needs_a_reason_and_the_old_version_holds_until_both_signed(on: Cast) -> None:
    row = agreed(on)
    new = replace(OWN, news_hours=48)
    with refused("reason_missing"):
        changed(on, "mina", row, new, reason=" ")
    with refused("the_same"):
        changed(on, "mina", row, OWN)
    second = changed(on, "mina", row, new)
    line = page(on, "rosa", row).line
    assert (line.standing.held, line.standing.pending) == (1, 2)
    acted(on, "rosa", second, "signed", at=AT + 3 * HOUR)
    line = page(on, "rosa", row, AT + 4 * HOUR).line
    assert (line.standing.held, line.standing.pending) == (2, None)
    assert [one.state for one in line.versions] == ["in_force", "replaced"]
    assert line.versions[1].content == OWN


def test_what_the_version_before_owed_is_let_go_and_counts_neither_way(on: Cast) -> None:
    row = agreed(on)
    second = changed(on, "mina", row, Content(manager_owes=("An hour each week",)))
    acted(on, "rosa", second, "signed", at=AT + 3 * HOUR)
    book = promises.book(on.actor("rosa"), AT + 4 * HOUR)
    assert [one.text for one in (*book.mine, *book.made_to_me)] == ["An hour each week"]
    assert all(one.standing.in_time is None for one in book.closed)


def test_the_manager_changes_none_of_the_reps_own_words(on: Cast) -> None:
    row = agreed(on)
    second = changed(
        on, "mina", row, Content("You are fine.", ("Nothing",), "Always", "Phone", manager_owes=("X",))
    )
    kept = page(on, "rosa", second).line.newest.content
    assert (kept.affects, kept.shielded, kept.hours, kept.channels) == (
        OWN.affects, OWN.shielded, OWN.hours, OWN.channels,
    )  # fmt: skip
    first = begun(on, "mina", "ravi", content=replace(OWN, affects="Mina says."), key="ravi")
    assert page(on, "ravi", first).line.newest.content.affects == ""


def test_a_proposal_is_asked_back_about_taken_back_or_overtaken(on: Cast) -> None:
    row = begun(on)
    with refused("text_missing"):
        acted(on, "mina", row, "asked_back")
    acted(on, "mina", row, "asked_back", text="Which hour?")
    assert page(on, "rosa", row).line.waits
    assert not page(on, "mina", row).line.waits
    acted(on, "rosa", row, "withdrawn", at=AT + 2 * HOUR)
    line = page(on, "rosa", row).line
    assert (line.held, line.pending) == (None, None)
    second = changed(on, "rosa", row, replace(OWN, hours="8 to 16"))
    with refused("newer_version"):
        changed(on, "mina", row, replace(OWN, news_hours=1), after=1, key="late")
    acted(on, "mina", second, "signed", at=AT + 3 * HOUR)
    assert page(on, "mina", second, AT + 4 * HOUR).line.standing.held == 2


def test_either_ends_it_with_a_reason_and_it_holds_until_its_last_day(on: Cast) -> None:
    row = agreed(on)
    with refused("text_missing"):
        acted(on, "mina", row, "ended", on=AT.date())
    with refused("bad_day"):
        acted(on, "mina", row, "ended", on=AT.date() - DAY, text="No.")
    acted(on, "mina", row, "ended", on=AT.date() + 2 * DAY, text="We begin anew.")
    assert not page(on, "rosa", row, AT + 2 * DAY).line.standing.over
    after = AT + 3 * DAY
    assert page(on, "rosa", row, after).line.standing.over
    actions.watch(by=CLOCK, at=after)
    book = promises.book(on.actor("rosa", after), after)
    assert (book.mine, book.made_to_me, book.overdue) == ((), (), ())
    assert actions.watch(by=CLOCK, at=after) == 0
    second = begun(on, at=after, key="two")
    assert second.agreement_id != row.agreement_id


def test_after_a_move_the_former_manager_reads_nothing_and_the_new_one_nothing_of_the_old(on: Cast) -> None:
    row = agreed(on)
    at = AT + 3 * DAY
    people_actions.move(by=OPS, at=at, person=on.rosa, manager=on.otto, starts_on=at.date())
    people_actions.settle_lines(on=at.date())
    assert names_reading(on, row, at) == {"rosa"}
    for name in ("mina", "otto"):
        book = promises.book(on.actor(name, at), at)
        assert (book.mine, book.made_to_me, book.closed, book.rates) == ((), (), (), ()), name
        assert promises.waiting(on.actor(name, at), at) == 0
    line = page(on, "rosa", row, at).line
    assert (line.standing.over, line.standing.last_day) == (True, date(2026, 11, 26))
    assert line.may == ()
    jobs.watched(at)
    assert Notice.objects.filter(to_id=on.rosa.pk, kind="agreements.moved").count() == 1
    assert promises.book(on.actor("rosa", at), at).mine == ()
    back = at + 7 * DAY
    people_actions.move(by=OPS, at=back, person=on.rosa, manager=on.mina, starts_on=back.date())
    assert names_reading(on, row, back) == {"rosa"}


def test_no_words_of_the_rep_stay_with_a_former_manager_in_notices_or_the_ledger(on: Cast) -> None:
    words = ("Daily questions", "One number a week", "I lose the morning")
    row = agreed(on)
    promise = promises.book(on.actor("rosa"), AT + 2 * HOUR).mine[0]
    from fairlead.promises import actions as promise_actions

    promise_actions.withdraw(
        by=on.actor("rosa"), at=AT + 2 * HOUR, promise=promise.public_id, reason="One number a week"
    )
    told = [f"{one.facts} {one.kind}" for one in Notice.objects.filter(to_id=on.mina.pk)]
    assert told
    mine = Entry.objects.filter(actor=f"person:{on.mina.pk}")
    kept = list(Personal.objects.filter(entry_id__in=mine.values("seq")).values_list("text", flat=True))
    bodies = [bytes(one.body).decode() for one in mine]
    assert not [one for one in (*told, *kept, *bodies) for word in words if word in one]
    assert row.number == 1


def test_the_rep_carries_the_own_part_over_with_one_act_and_nothing_of_the_former_managers(on: Cast) -> None:
    row = agreed(on)
    at = AT + 3 * DAY
    people_actions.move(by=OPS, at=at, person=on.rosa, manager=on.otto, starts_on=at.date())
    assert page(on, "rosa", row, at).carry_to == "Otto Brandt"
    new = actions.carry_over(
        by=on.actor("rosa", at), at=at, agreement=row.agreement.public_id, review_on=REVIEW, key="carry"
    )
    assert names_reading(on, new, at) == {"rosa", "otto"}
    assert names_reading(on, row, at) == {"rosa"}
    content = page(on, "otto", new, at).line.newest.content
    assert (content.affects, content.rep_owes) == (OWN.affects, OWN.rep_owes)
    assert (content.needs, content.manager_owes) == ((), ())
    again = actions.carry_over(
        by=on.actor("rosa", at), at=at, agreement=row.agreement.public_id, review_on=REVIEW, key="carry"
    )
    assert again.pk == new.pk
    assert page(on, "rosa", row, at).carry_to == ""
    with refused("not_found"):
        actions.carry_over(
            by=on.actor("otto", at), at=at, agreement=row.agreement.public_id, review_on=REVIEW, key="x"
        )


def test_a_review_date_that_has_come_waits_for_both_and_is_told_once(on: Cast) -> None:
    row = agreed(on, review=date(2026, 12, 1))
    before, at = AT + 6 * DAY, AT + 7 * DAY
    assert [queries.waiting(on.actor(name, before), before) for name in ("rosa", "mina")] == [0, 0]
    assert [queries.waiting(on.actor(name, at), at) for name in ("rosa", "mina", "vera", "otto")] == [
        1,
        1,
        0,
        0,
    ]
    jobs.watched(at)
    jobs.watched(at + HOUR)
    for person in (on.rosa, on.mina):
        assert Notice.objects.filter(to_id=person.pk, kind="agreements.review").count() == 1
    assert page(on, "rosa", row, at).line.standing.held == 1


def test_kept_rates_of_the_agreement_are_read_by_the_two(on: Cast) -> None:
    row = agreed(on)
    from fairlead.promises import actions as promise_actions

    for one in promises.book(on.actor("rosa"), AT + 2 * HOUR).mine:
        promise_actions.keep(by=on.actor("rosa"), at=AT + 2 * HOUR, promise=one.public_id)
    assert (page(on, "rosa", row).mine.kept, page(on, "mina", row).theirs.of) == (3, 3)


def test_off_there_is_nothing_and_what_was_written_is_there_again_when_it_is_turned_on(on: Cast) -> None:
    row = agreed(on, review=date(2026, 12, 1))
    turned_on(on, "vera", "off")
    at = AT + 7 * DAY
    for name in on.names:
        assert queries.available(on.actor(name, at)) == (
            name not in (*"vera mina otto sanna".split(), *REPS) or name == "vera"
        ), name
    assert names_reading(on, row, at) == set()
    assert queries.waiting(on.actor("rosa", at), at) == 0
    assert actions.watch(by=CLOCK, at=at) == 0
    with refused("not_found"):
        begun(on, key="off")
    turned_on(on, "mina", "on")
    assert names_reading(on, row, at) == {"rosa", "mina"}
    assert not queries.available(on.actor("pia", at))


REPS = "rosa ravi ines tomas pia piet sven".split()


def test_it_is_off_until_an_admin_turns_it_on(cast: Cast) -> None:
    for name in cast.names:
        assert not queries.available(cast.actor(name)), name
    with refused("not_found"):
        begun(cast)
    for name in (name for name in cast.names if name != "ada"):
        with refused("not_allowed"):
            switches.turn(by=cast.actor(name), at=AT, feature="agreements", head=cast.mina, state="on")
    with refused("no_unit"):
        turned_on(cast, "rosa")
    turned_on(cast, "mina")
    with refused("the_same"):
        turned_on(cast, "mina")
    assert [
        name for name in cast.names if queries.available(cast.actor(name))
    ] == "mina rosa ravi ines tomas".split()


def test_a_form_sent_twice_writes_once(on: Cast) -> None:
    assert begun(on).pk == begun(on).pk
    with refused("key_reused"):
        begun(on, content=replace(OWN, hours="8 to 16"))
    with refused("exists"):
        begun(on, key="other")


def test_somebody_outside_the_direct_line_cannot_be_agreed_with(on: Cast) -> None:
    for who, other in (
        ("rosa", "vera"),
        ("vera", "rosa"),
        ("rosa", "ravi"),
        ("hana", "rosa"),
        ("ada", "rosa"),
    ):
        with refused("not_found"):
            begun(on, who, other, key=f"{who} {other}")
    begun(on, "vera", "mina", key="up")


def test_what_was_signed_is_never_changed(on: Cast) -> None:
    row = agreed(on)
    rows = Version.objects.for_system("a test tries to change it").filter(pk=row.pk)
    for change in (lambda: rows.update(reason="x"), lambda: rows._raw_delete(rows.db)):
        with pytest.raises(Error), transaction.atomic():
            change()  # type: ignore[no-untyped-call]
