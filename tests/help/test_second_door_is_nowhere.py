"""Whoever a second door goes past finds it nowhere: every page, count and export is what it would be without."""

from __future__ import annotations

import io
import logging
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from fairlead.help import actions, queries
from fairlead.help.actions import Asked
from fairlead.people import access, clock
from fairlead.people import actions as people_actions
from fairlead.people.access import Lending
from fairlead.web import jobs
from tests.cast import AT
from tests.help.helping import DAY, HOUR
from tests.web import world
from tests.web.matrix import ROWS
from tests.web.reading import one_reader
from tests.web.test_matrix import ALL, address
from tests.web.world import World

SIGNED = "django.contrib.auth.backends.ModelBackend"
WORD = "zqseconddoorqz"
ASKS = ("find/", "people/", "deals/", "desk/decided/", "api/deals", "api/people", "api/desk/decided")
TOLD = (
    "/help/",
    "/shield/",
    "/you/",
    "/ledger/",
    "/promises/",
    "/find/",
    "/api/help",
    "/api/me",
    "/api/ledger",
    "/api/promises",
)
"""Where somebody could be told, for those who are asked of these alone."""
_NEW_EACH_TIME = re.compile(
    r'name="csrfmiddlewaretoken" value="[^"]*"|name="key" value="[^"]*"|nonce-[\w+/=-]+|nonce="[^"]*"'
)


@pytest.fixture
def the_world(db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(clock, "now", lambda: AT)
    return world.build()


def addresses(the_world: World) -> Iterator[str]:
    """Every address that answers a GET, filled as the matrix does, and where it helps with words to look for."""
    for route in ALL:
        if ROWS[route].get is None or route.startswith(("account/", "api/openapi", "api/docs")):
            continue
        yield address(route, the_world)
        if route in ASKS:
            yield f"{address(route, the_world)}?q={WORD}&search={WORD}"
    for public_id in (the_world.help_of_rosa, the_world.second_of_rosa):
        yield from (f"/help/{public_id}/", f"/help/{public_id}/further/", f"/api/help/{public_id}")
    yield "/api/ledger?limit=500"
    yield f"/api/help/doors?request_id={the_world.help_of_rosa}"


def text_of(response: Any) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if body[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            body = b" ".join(book.read(name) for name in book.namelist() if "core.xml" not in name)
    if body[:5] == b"%PDF-":
        body = b"a PDF"
    return f"{response.status_code} {_NEW_EACH_TIME.sub('', body.decode('utf-8', 'replace'))}"


def seen_by(the_world: World, name: str, urls: list[str]) -> dict[str, str]:
    client = Client()
    client.force_login(getattr(the_world.cast, name).user, backend=SIGNED)
    with one_reader():
        return {url: text_of(client.get(url)) for url in urls}


def _second_doors(the_world: World, at: Any) -> list[str]:
    """Everything that happens behind the second door: sent, asked back, answered with a promise, a complaint, the
    clock, and who asked saying whether it helped."""
    cast = the_world.cast
    given = Asked(WORD, f"{WORD} {WORD}", WORD)
    mine = queries.book(cast.actor("ravi"), AT).mine
    first = next(one.public_id for one in mine if one.door == "first")
    sent = []
    for to in ("vera", "hana"):
        row = actions.send_further(
            by=cast.actor("ravi"), at=at, request=first, to=getattr(cast, to).public_id, given=given, key=to
        )
        sent.append(row.public_id)
        actions.step(by=cast.actor(to), at=at, request=row.public_id, kind="asked_back", text=WORD)
        actions.step(by=cast.actor("ravi"), at=at, request=row.public_id, kind="replied", text=WORD)
        actions.step(
            by=cast.actor(to), at=at, request=row.public_id, kind="answered", text=WORD, promise=WORD,
            due_on=AT.date() + DAY,
        )  # fmt: skip
        actions.step(by=cast.actor("ravi"), at=at, request=row.public_id, kind="not_helped")
    row = actions.complain(by=cast.actor("ines"), at=at, to=cast.vera.public_id, given=given, key="c")
    sent.append(row.public_id)
    assert jobs.watched(at) == []
    return sent


@pytest.mark.skipif(
    connection.vendor == "postgresql",
    reason="The crawl asks the same rules on SQLite; on PostgreSQL the matrix asks them.",
)
def test_the_manager_finds_a_second_door_nowhere(
    the_world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    cast, ago = the_world.cast, AT - 8 * DAY
    given = Asked("Lab", "A day in the lab.")
    actions.ask(by=cast.actor("ravi", ago), at=ago, given=given, key="first")
    # Vera lends Mina everything that can be lent: nothing of help is.
    for kind in (Lending.FORECAST, Lending.TRIAGE):
        people_actions.delegate(
            by=cast.actor("vera"),
            at=AT - HOUR,
            taker=cast.mina,
            kind=kind,
            starts_at=AT - HOUR,
            ends_at=AT + DAY,
        )
    assert jobs.watched(AT) == []
    urls = list(addresses(the_world))
    told = [url for url in urls if url.startswith(TOLD)]
    asks = {"mina": urls, "carl": told, "otto": told, "olu": told, "tomas": told}
    seen_by(the_world, "mina", urls)  # what a first look alone changes is changed
    before = {name: seen_by(the_world, name, some) for name, some in asks.items()}
    caplog.set_level(logging.INFO)
    sent = _second_doors(the_world, AT)
    for name, some in asks.items():
        after = seen_by(the_world, name, some)
        assert [url for url in some if after[url] != before[name][url]] == [], name
        fresh = [f"/help/{one}/" for one in sent] + [f"/api/help/{one}" for one in sent]
        assert {text[:3] for text in seen_by(the_world, name, fresh).values()} == {"404"}
    assert WORD not in caplog.text
    assert not any(WORD in str(one.message()) for one in mail.outbox)
    # The crawl sees what is there: for who wrote and who received it these pages did change.
    for name in ("ravi", "vera", "hana", "ines"):
        found = seen_by(the_world, name, ["/help/", "/api/help"])
        assert all(WORD in text for text in found.values()), name


def test_the_crawl_finds_a_leak_when_there_is_one(the_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same comparison with the rule widened on purpose: a manager would read all requests below."""
    cast, ago = the_world.cast, AT - 8 * DAY
    actions.ask(by=cast.actor("ravi", ago), at=ago, given=Asked("Lab", "A day."), key="first")
    wide = access.Rule(
        "help.read", frozenset({access.Role.MANAGER}), access.Reach.BELOW, "Widened by a test."
    )
    monkeypatch.setattr(access, "RULES", (wide, *access.RULES))
    before = seen_by(the_world, "mina", ["/help/", "/call/"])
    _second_doors(the_world, AT)
    after = seen_by(the_world, "mina", ["/help/", "/call/"])
    assert before["/help/"] != after["/help/"]
    assert before["/call/"] != after["/call/"], "The count in the frame of every page tells it as well."
