"""One-to-ones: shared by two while the line holds, a private note by one for ever, nothing counted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import icalendar
import pytest
from django.test import Client

from fairlead.help import actions as help_actions
from fairlead.help.actions import Asked
from fairlead.ledger.models import Entry
from fairlead.notices.models import Notice
from fairlead.oneonones import actions, calendar, queries
from fairlead.oneonones.models import PrivateNote
from fairlead.oneonones.rules import Rhythm
from fairlead.people import access, clock
from fairlead.people import actions as people_actions
from fairlead.promises import actions as promise_actions
from fairlead.promises import queries as promises
from tests.agreements.agreeing import turned_on
from tests.cast import AT, Cast

DAY = timedelta(days=1)
OPS = access.system("tests move people")
WEEKLY = Rhythm("weekly", 3, time(10), "Europe/Helsinki", 30, date(2026, 11, 1))
THURSDAY = date(2026, 11, 26)
SIGNED = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def on(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(clock, "now", lambda: AT)
    turned_on(cast, feature="oneonones")
    actions.set_rhythm(**who(cast, "mina", "rosa"), rhythm=WEEKLY, after=0)
    return cast


def who(cast: Cast, name: str, other: str, at: datetime = AT) -> dict[str, Any]:
    return {"by": cast.actor(name, at), "at": at, "other": getattr(cast, other).public_id}


def page(cast: Cast, name: str, other: str, at: datetime = AT, slot: date | None = None) -> queries.Page:
    return queries.page(cast.actor(name, at), getattr(cast, other).public_id, at, slot)


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(access.Refusal) as found:
        yield
    assert found.value.code == code


def test_the_rhythm_is_the_pairs_and_gives_the_next_meeting_in_its_zone(on: Cast) -> None:
    for name, other in (("rosa", "mina"), ("mina", "rosa")):
        found = page(on, name, other).meeting
        assert found is not None
        assert (found.slot, found.starts_at) == (THURSDAY, datetime(2026, 11, 26, 8, tzinfo=UTC))
    actions.set_rhythm(**who(on, "rosa", "mina"), rhythm=Rhythm("none", zone="Europe/Helsinki"), after=1)
    assert page(on, "mina", "rosa").meeting is None
    with refused("changed_meanwhile"):
        actions.set_rhythm(**who(on, "mina", "rosa"), rhythm=WEEKLY, after=1)


def test_nobody_beside_the_two_has_a_page_of_it(on: Cast) -> None:
    for name in on.names:
        for other in ("rosa", "mina"):
            if {name, other} == {"rosa", "mina"} or (
                other == "mina" and name in "vera ravi ines tomas".split()
            ):
                continue
            with refused("not_found"):
                page(on, name, other)
    actions.write_note(**who(on, "mina", "rosa"), slot=THURSDAY, text="Shared.", after=0)
    assert page(on, "vera", "mina").notes == page(on, "ravi", "mina").notes == ()


def test_the_agenda_fills_itself_from_what_each_may_see(on: Cast) -> None:
    promise_actions.make(
        by=on.actor("mina", AT - 9 * DAY), at=AT - 9 * DAY, owner=on.mina, made_to=on.rosa, text="Ask the lab",
        due_on=AT.date() - DAY, key="late",
    )  # fmt: skip
    help_actions.ask(by=on.actor("rosa"), at=AT, given=Asked("A day in the lab", "I need it."), key="help")
    actions.add_point(**who(on, "rosa", "mina"), text="My holiday", key="point")
    for name, other in (("rosa", "mina"), ("mina", "rosa")):
        lines = page(on, name, other).agenda
        assert [(one.kind, one.title) for one in lines] == [
            ("Overdue promise", "Ask the lab"), ("Help asked", "A day in the lab"), ("Point", "My holiday"),
        ]  # fmt: skip
        assert all(one.path for one in lines if one.kind != "Point")
    assert page(on, "ravi", "mina").agenda == ()


def test_a_line_is_taken_off_for_this_time_carried_over_and_put_back(on: Cast) -> None:
    help_actions.ask(by=on.actor("rosa"), at=AT, given=Asked("The lab", "I need it."), key="help")
    actions.add_point(**who(on, "rosa", "mina"), text="My holiday", key="point")
    fact, point = page(on, "mina", "rosa").agenda
    actions.mark(**who(on, "mina", "rosa"), slot=THURSDAY, line=fact.key, kind="carried")
    actions.mark(**who(on, "rosa", "mina"), slot=THURSDAY, line=point.key, kind="off")
    now = page(on, "rosa", "mina")
    assert (now.agenda, [one.title for one in now.off]) == ((), ["The lab", "My holiday"])
    actions.mark(**who(on, "rosa", "mina"), slot=THURSDAY, line=point.key, kind="back")
    assert [one.title for one in page(on, "mina", "rosa").agenda] == ["My holiday"]
    actions.mark(**who(on, "rosa", "mina"), slot=THURSDAY, line=point.key, kind="off")
    actions.step(**who(on, "mina", "rosa"), slot=THURSDAY, kind="held")
    after = page(on, "rosa", "mina")
    assert [(one.title, one.since) for one in after.agenda] == [("The lab", THURSDAY)]
    with refused("no_line"):
        actions.mark(**who(on, "rosa", "mina"), slot=after.slot, line=point.key, kind="off")


def test_a_meeting_is_held_moved_or_skipped_by_either_and_one_that_passed_leaves_no_trace(on: Cast) -> None:
    friday = datetime(2026, 11, 27, 9, tzinfo=UTC)
    actions.step(**who(on, "rosa", "mina"), slot=THURSDAY, kind="moved", starts_at=friday)
    found = page(on, "mina", "rosa").meeting
    assert found is not None
    assert (found.slot, found.starts_at, found.state) == (THURSDAY, friday, "moved")
    actions.step(**who(on, "mina", "rosa"), slot=THURSDAY, kind="skipped")
    assert page(on, "rosa", "mina").slot == THURSDAY + 7 * DAY
    with refused("settled"):
        actions.step(**who(on, "mina", "rosa"), slot=THURSDAY, kind="held")
    actions.step(**who(on, "mina", "rosa"), slot=THURSDAY, kind="back")
    assert page(on, "rosa", "mina").slot == THURSDAY
    later = AT + 30 * DAY
    assert page(on, "rosa", "mina", later).earlier == ()
    assert (
        not Notice.objects.filter(kind__startswith="oneonones")
        .exclude(kind__in=["oneonones.rhythm", "oneonones.moved", "oneonones.skipped"])
        .exists()
    )


def test_shared_notes_are_kept_in_versions_and_nobody_overwrites_what_they_did_not_read(on: Cast) -> None:
    actions.write_note(**who(on, "mina", "rosa"), slot=THURSDAY, text="One.", after=0)
    with refused("newer_version"):
        actions.write_note(**who(on, "rosa", "mina"), slot=THURSDAY, text="Two.", after=0)
    actions.write_note(**who(on, "rosa", "mina"), slot=THURSDAY, text="One. Two.", after=1)
    notes = page(on, "mina", "rosa").notes
    assert [(one.number, one.text, one.by) for one in notes] == [
        (2, "One. Two.", "Rosa Lindqvist"), (1, "One.", "Mina Aalto"),
    ]  # fmt: skip


def test_an_action_is_a_promise_between_the_two(on: Cast) -> None:
    due = AT.date() + 3 * DAY
    actions.agree_action(**who(on, "mina", "rosa"), mine=True, text="Ask the lab", due_on=due, key="a")
    actions.agree_action(**who(on, "mina", "rosa"), mine=False, text="Write the plan", due_on=due, key="b")
    book = promises.book(on.actor("rosa"), AT)
    assert [one.text for one in book.made_to_me] == ["Ask the lab"]
    assert [one.text for one in book.mine] == ["Write the plan"]
    assert {one.text for one in page(on, "rosa", "mina").actions} == {"Ask the lab", "Write the plan"}


def test_a_private_note_is_the_writers_alone_and_leaves_no_entry(on: Cast) -> None:
    before = Entry.objects.count()
    actions.write_private(**who(on, "mina", "rosa"), slot=THURSDAY, text="For me.")
    assert Entry.objects.count() == before
    assert page(on, "mina", "rosa").private == "For me."
    assert page(on, "rosa", "mina").private == ""
    for name in (name for name in on.names if name != "mina"):
        assert queries.private_notes(on.actor(name)) == [], name
        seen = PrivateNote.objects.seen_by(on.actor(name), "private_note.keep")
        assert not seen.exists()
    actions.write_private(**who(on, "mina", "rosa"), slot=THURSDAY, text=" ")
    assert queries.private_notes(on.actor("mina")) == []
    assert PrivateNote.objects.for_system("a test looks").count() == 0


def test_a_manager_who_leaves_keeps_the_own_private_notes_and_loses_the_shared_ones(on: Cast) -> None:
    actions.write_note(**who(on, "rosa", "mina"), slot=THURSDAY, text="Shared.", after=0)
    actions.write_private(**who(on, "mina", "rosa"), slot=THURSDAY, text="For me.")
    actions.agree_action(
        **who(on, "mina", "rosa"), mine=False, text="Write the plan", due_on=THURSDAY, key="b"
    )
    at = AT + DAY
    people_actions.move(by=OPS, at=at, person=on.rosa, manager=on.otto, starts_on=at.date())
    for name in ("mina", "otto"):
        assert queries.readable(on.actor(name, at)).filter(rep=on.rosa).count() == 0
        assert promises.book(on.actor(name, at), at).made_to_me == ()
    with refused("not_found"):
        page(on, "mina", "rosa", at)
    assert page(on, "otto", "rosa", at).notes == ()
    assert [one.text for one in queries.private_notes(on.actor("mina", at))] == ["For me."]
    ended = queries.book(on.actor("rosa", at), at).ended[0]
    assert [note.text for _, note in queries.old(on.actor("rosa", at), ended.public_id).notes] == ["Shared."]
    back = at + 2 * DAY
    people_actions.move(by=OPS, at=back, person=on.rosa, manager=on.mina, starts_on=back.date())
    assert page(on, "mina", "rosa", back, None).notes == ()
    assert page(on, "mina", "rosa", back).rhythm_number == 0


def test_off_there_is_nothing(on: Cast) -> None:
    turned_on(on, "mina", "off", "oneonones")
    assert [queries.available(on.actor(name)) for name in ("rosa", "mina", "pia")] == [False, True, True]
    with refused("not_found"):
        page(on, "rosa", "mina")
    client = Client()
    client.force_login(on.rosa.user, backend=SIGNED)  # type: ignore[arg-type]
    assert client.get("/one-to-ones/").status_code == 404
    assert "One-to-ones</a>" not in client.get("/you/").content.decode()


def test_a_calendar_carries_the_hour_through_the_change_of_clocks_and_no_words(on: Cast) -> None:
    actions.add_point(**who(on, "rosa", "mina"), text="Secret point", key="point")
    body = calendar.as_text(queries.events(on.actor("rosa"), AT), AT, names=False)
    assert b"Secret" not in body
    assert b"Mina" not in body
    assert b"BEGIN:VTIMEZONE" in body
    events = icalendar.Calendar.from_ical(body.decode()).walk("VEVENT")
    starts = [event.decoded("dtstart") for event in events]
    assert {one.hour for one in starts} == {10}
    assert {one.astimezone(UTC).hour for one in starts} == {7, 8}
    assert b"1:1 with Mina Aalto" in calendar.as_text(queries.events(on.actor("rosa"), AT), AT, names=True)


def test_a_calendar_address_is_shown_once_kept_as_a_digest_and_made_anew(on: Cast) -> None:
    client = Client()
    client.force_login(on.rosa.user, backend=SIGNED)  # type: ignore[arg-type]
    first = client.post("/one-to-ones/calendar/", {"do": "make"}).context["address"]
    assert first not in client.get("/one-to-ones/calendar/").content.decode()
    path = first[first.index("/calendar/") :]
    answer = Client().get(path)
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert b"1:1" in answer.content
    assert b"Mina" not in answer.content
    second = client.post("/one-to-ones/calendar/", {"do": "make", "names": "yes"}).context["address"]
    assert Client().get(path).status_code == 404
    path = second[second.index("/calendar/") :]
    assert b"Mina" in Client().get(path).content
    client.post("/one-to-ones/calendar/", {"do": "end"})
    assert Client().get(path).status_code == 404


def test_nothing_typed_is_lost_when_it_is_refused(on: Cast) -> None:
    client = Client()
    client.force_login(on.rosa.user, backend=SIGNED)  # type: ignore[arg-type]
    path = f"/one-to-ones/with/{on.mina.public_id}/2026-11-26/act/"
    actions.write_note(**who(on, "mina", "rosa"), slot=THURSDAY, text="By Mina.", after=0)
    answer = client.post(path, {"do": "note", "text": "By <Rosa>.", "after": "0"})
    said = answer.content.decode()
    assert answer.status_code == 422
    assert "By &lt;Rosa&gt;." in said
    assert "By Mina." in said
    assert client.post(path, {"do": "private", "text": "Mine."}).status_code == 302
