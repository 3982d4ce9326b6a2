"""Whoever reads a look at somebody is noted before it is shown; the person and HR see it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fairlead.people import access, clock
from fairlead.records import queries, reads, rules
from fairlead.records.models import Read
from tests.cast import AT, Cast
from tests.web import world
from tests.web.matrix import ROWS
from tests.web.test_matrix import ALL, address, client_of


@pytest.fixture
def the_world(db: None, monkeypatch: pytest.MonkeyPatch) -> world.World:
    monkeypatch.setattr(clock, "now", lambda: AT)
    return world.build()


def noted() -> list[tuple[str, str]]:
    rows = Read.objects.for_system("a test counts").select_related("reader")
    return [(row.reader.name if row.reader else row.outside, row.kind) for row in rows.order_by("pk")]


def note(cast: Cast, who: str = "mina", **more: Any) -> None:
    said: dict[str, Any] = {
        "actor": more.get("actor") or cast.actor(who),
        "at": AT,
        "kind": "look",
        "subject": cast.rosa.pk,
        "public_id": "a-look",
    }
    reads.note(**(said | more))


def test_every_address_that_shows_such_a_thing_notes_who_reads_it(the_world: world.World) -> None:
    """The addresses come from the application, what they are filled with from the matrix: a new one is found."""
    things = {
        str(one): kind
        for kind, label in rules.NOTED.items()
        for one in apps.get_model(label).objects.for_system("a test asks").values_list("public_id", flat=True)
    }
    shown, silent = [], []
    for route in ALL:
        row = ROWS[route]
        filled = (
            {str(value) for value in row.fill(the_world).values()} if "<" in route or "{" in route else set()
        )
        if not filled & things.keys():
            continue
        for method in ("GET", "POST"):
            if (row.get if method == "GET" else row.post) is None:
                continue
            for who in ("mina", "hana", "rosa"):
                before = len(noted())
                sent = json.dumps(row.data(the_world)) if "api/" in route else row.data(the_world)
                client, url = client_of(the_world, who), address(route, the_world, who)
                if method == "GET":
                    response = client.get(url)
                else:
                    response = (
                        client.post(url, sent, "application/json")
                        if "api/" in route
                        else client.post(url, sent)
                    )
                if response.status_code == 200:
                    shown.append(route)
                    if (len(noted()) > before) is not (who != "rosa"):
                        silent.append(f"{method} {url} as {who}")
                with connection.cursor() as cursor:  # the next address is in the same hour
                    _forget(cursor)
    assert len(set(shown)) >= 4
    assert not silent, "\n".join(silent)


def _forget(cursor: Any) -> None:
    from fairlead.ledger import guards
    from tests.conftest import _Cursor

    guards.release(_Cursor(), "records_read")  # type: ignore[arg-type]
    cursor.execute("DELETE FROM records_read")
    guards.make_append_only(_Cursor(), "records_read")  # type: ignore[arg-type]


def test_a_reader_is_noted_once_for_each_thing_and_hour(cast: Cast) -> None:
    note(cast)
    note(cast, at=AT + timedelta(minutes=20))
    note(cast, public_id="another")
    note(cast, at=AT + timedelta(hours=1))
    note(cast, behalf=cast.otto.pk)
    assert len(noted()) == 4
    lines = queries.reads_of_me(cast.actor("rosa"))
    assert [(one.reader, one.behalf, one.hours) for one in lines if one.thing == "another"] == [
        ("Mina Aalto", "", 1)
    ]
    assert {(one.behalf, one.hours) for one in lines if one.thing == "a-look"} == {
        ("", 2),
        ("Otto Brandt", 1),
    }


def test_a_second_reading_in_the_hour_writes_nothing(cast: Cast) -> None:
    mina = cast.actor("mina")
    note(cast)
    with CaptureQueriesContext(connection) as asked:
        note(cast, actor=mina)
    assert [query["sql"].split()[0] for query in asked.captured_queries] == ["SELECT"]


def test_own_reading_and_the_system_are_not_noted(cast: Cast) -> None:
    note(cast, "rosa")
    note(cast, actor=access.system("a test"))
    assert noted() == []


def test_what_cannot_be_noted_is_not_shown(the_world: world.World, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object, **more: object) -> None:
        raise DatabaseError("disk full")

    monkeypatch.setattr(Read.objects.__class__, "bulk_create", full)
    page = client_of(the_world, "mina").get(f"/looks/{the_world.look_at_rosa}/")
    assert page.status_code == 409
    assert "Nothing is shown" in page.content.decode()
    assert "counter" not in page.content.decode().lower()
    answer = client_of(the_world, "mina").get(f"/api/results/looks/{the_world.look_at_rosa}")
    assert answer.status_code == 409
    assert answer.json()["code"] == "not_noted"


def test_the_person_and_hr_of_the_unit_see_it_and_nobody_else(the_world: world.World) -> None:
    cast = the_world.cast
    assert client_of(the_world, "mina").get(f"/looks/{the_world.look_at_rosa}/").status_code == 200
    assert "Mina Aalto" in _body(client_of(the_world, "rosa"), "/records/reads/")
    assert "Who read it" in _body(client_of(the_world, "rosa"), f"/looks/{the_world.look_at_rosa}/")
    assert "Who read it" not in _body(client_of(the_world, "mina"), f"/looks/{the_world.look_at_rosa}/")
    assert "Mina Aalto" in _body(client_of(the_world, "hana"), f"/records/people/{cast.rosa.public_id}/")
    assert "Mina Aalto" in _body(
        client_of(the_world, "hana"), f"/records/people/{cast.rosa.public_id}/reads.csv"
    )
    for who in ("rosa", "mina", "vera", "olu", "ada"):
        assert client_of(the_world, who).get(f"/records/people/{cast.rosa.public_id}/").status_code == 403
    assert queries.reads_of_me(cast.actor("ravi")) == []


def _body(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.getvalue().decode()


def test_hr_keeps_no_record_about_itself_or_outside_its_units(the_world: world.World) -> None:
    for name in ("hana", "carl", "ada"):
        url = f"/records/people/{getattr(the_world.cast, name).public_id}/"
        assert client_of(the_world, "hana").get(url).status_code == 404


@pytest.mark.django_db
def test_the_database_keeps_what_was_noted(cast: Cast) -> None:
    note(cast)
    rows = Read.objects.for_system("a test tries")
    for change in (lambda: rows.update(kind="other"), lambda: rows.delete()):
        with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic():
            change()
    assert noted() == [("Mina Aalto", "look")]
