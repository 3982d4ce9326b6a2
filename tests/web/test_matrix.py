"""Every address × method × person of the cast. The addresses come from the application itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from fairlead.people import clock
from fairlead.web import urls
from tests import cast as the_cast
from tests import replay
from tests.cast import AT
from tests.web import matrix, world
from tests.web.matrix import ANYBODY, CAST, HOLDER, REVIEWER, ROWS, Outcomes
from tests.web.reading import one_reader

FOREIGN = ("account/",)
"""Addresses of the sign-in library; who may use them is tested in test_sign_in.py."""
HEADS = (ANYBODY, HOLDER, REVIEWER, "rosa", "mina", "olu")
"""Who asks for heads as well: a head is answered by what answers the page."""
HOLDERS: dict[str, Callable[[world.World], str]] = {
    HOLDER: lambda world: world.secret_of_rosas_buyer,
    REVIEWER: lambda world: world.secret_of_minas_reviewer,
}
"""Who is not signed in and was sent a secret address -> the address."""
MATES = ("sanna", "ines", "tomas", "piet", "sven")
"""Who has a mate of the same rights and reach: they ask on SQLite alone."""


def routes(patterns: list[URLPattern | URLResolver] | None = None, before: str = "") -> Iterator[str]:
    """Every address of the application, as it is written in the url files."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        part = pattern.pattern
        text = before + str(part)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, text)
        else:
            yield text


ALL = sorted({route for route in routes() if not route.startswith(FOREIGN)})


@pytest.fixture
def the_world(db: None, monkeypatch: pytest.MonkeyPatch) -> world.World:
    monkeypatch.setattr(clock, "now", lambda: AT)
    return world.build()


@dataclass(frozen=True)
class SignedIn:
    """The world with everybody of the cast signed in: name -> key of their session."""

    world: world.World
    sessions: dict[str, str]

    def client(self, name: str) -> Client:
        if name not in self.sessions:
            return client_of(self.world, name)
        client = Client(raise_request_exception=True)
        client.cookies["sessionid"] = self.sessions[name]
        return client


@pytest.fixture
def signed_in(db: None, monkeypatch: pytest.MonkeyPatch) -> SignedIn:
    """Signing everybody in for every address was a tenth of the matrix; it is done once and put back with the world."""
    monkeypatch.setattr(clock, "now", lambda: AT)
    found = replay.once("everybody signed in", _sign_in)
    return replace(found, world=replace(found.world, cast=the_cast.present()))


def _sign_in() -> SignedIn:
    built = world.build()
    return SignedIn(built, {name: client_of(built, name).cookies["sessionid"].value for name in CAST})


def outcome(response: Any) -> str:
    """What a response means for the person who asked."""
    if response.status_code == 405:
        return "method"
    if response.status_code == 401 or "/account/login" in response.headers.get("Location", ""):
        return "login"
    if response.status_code in (403, 404):
        return {403: "forbidden", 404: "hidden"}[response.status_code]
    assert response.status_code in (200, 201, 202, 204, 302, 303, 400, 409, 422), response.status_code
    return "yes"


def _mine(row: matrix.Row, who: str) -> matrix.Fill | None:
    """How a holder of an address fills in the one that was sent to them; None where it is no address of theirs."""
    return {HOLDER: row.held, REVIEWER: row.reviewed}.get(who)


def address(route: str, the_world: world.World, who: str = ANYBODY) -> str:
    row = ROWS[route]
    filled = (_mine(row, who) or row.fill)(the_world)
    for name, value in filled.items():
        for kind in ("str:", "int:", "slug:", ""):
            route = route.replace(f"<{kind}{name}>", str(value))
        route = route.replace("{" + name + "}", str(value))
    assert "<" not in route, f"{route}: the row does not fill every part of the address"
    return f"/{route}"


def client_of(the_world: world.World, name: str) -> Client:
    client = Client(raise_request_exception=True)
    if name in HOLDERS:
        # The address is tried as everything else that opens a door, too.
        secret = HOLDERS[name](the_world)
        client = Client(headers={"authorization": f"Bearer {secret}", "x-csrftoken": secret})
        client.cookies["sessionid"] = secret
    elif name != ANYBODY:
        client.force_login(
            getattr(the_world.cast, name).user, backend="django.contrib.auth.backends.ModelBackend"
        )
    return client


def test_every_address_has_a_name_of_its_own() -> None:
    """Of two with one name a link leads to the second, wherever it stood before."""
    names = [one.name for one in urls.urlpatterns if isinstance(one, URLPattern) and one.name]
    assert sorted(names) == sorted(set(names))


def test_every_address_stands_in_the_matrix() -> None:
    missing = [route for route in ALL if route not in ROWS]
    assert missing == [], "Give each of these a row in tests/web/matrix.py"
    assert [route for route in ROWS if route not in ALL] == [], "These addresses are gone"


def test_every_row_says_something_of_everybody() -> None:
    for route, row in ROWS.items():
        assert row.get or row.post or row.put, route
        for outcomes in (row.get, row.post, row.put):
            if outcomes is not None:
                assert set(outcomes) == {ANYBODY, *CAST}, route


@pytest.mark.parametrize("route", [route for route in ALL if route in ROWS])
def test_everybody_gets_what_the_matrix_says(route: str, signed_in: SignedIn) -> None:
    row, wrong, the_world = ROWS[route], [], signed_in.world
    asking = [name for name in CAST if connection.vendor == "sqlite" or name not in MATES]
    for name in (ANYBODY, *HOLDERS, *asking):
        client, url = signed_in.client(name), address(route, the_world, name)
        methods = [("GET", row.get), ("POST", row.post), ("PUT", row.put)]
        if name in HEADS and not route.startswith("api/"):
            methods.append(("HEAD", row.get))
        changing = [one for one in methods if one[0] in ("POST", "PUT") and one[1] is not None]
        with one_reader(counted_once=True):
            for method, expected in methods:
                if (method, expected) not in changing:
                    found = outcome(client.generic(method, url, **_body(method, {}, route)))
                    wrong += _wrong(f"{method} {url} as {name}", found, _expected(expected, name, row))
        for method, expected in changing:
            found = outcome(client.generic(method, url, **_body(method, row.data(the_world), route)))
            wrong += _wrong(f"{method} {url} as {name}", found, _expected(expected, name, row))
            if method == "POST" and found == "yes" and name not in (ANYBODY, *HOLDERS):
                client = client_of(the_world, name)
    assert wrong == []


def _wrong(asked: str, found: str, right: tuple[str, ...]) -> list[str]:
    return [] if found in right else [f"{asked}: {found}, expected {' or '.join(right)}"]


def _body(method: str, data: dict[str, object], route: str) -> dict[str, Any]:
    if method not in ("POST", "PUT"):
        return {}
    if route.startswith("api/"):
        return {"data": json.dumps(data), "content_type": "application/json"}
    from urllib.parse import urlencode

    return {"data": urlencode(data, doseq=True), "content_type": "application/x-www-form-urlencoded"}


def _expected(outcomes: Outcomes | None, name: str, row: matrix.Row) -> tuple[str, ...]:
    stranger = name in (ANYBODY, *HOLDERS)
    if outcomes is not None and _mine(row, name):
        return ("yes",)
    if outcomes is not None:
        return (outcomes[ANYBODY if stranger else name],)
    public = any(o is not None and o[ANYBODY] in ("yes", "hidden") for o in (row.get, row.post, row.put))
    return ("method",) if not stranger or public else ("login", "method")


def test_other_methods_are_refused(the_world: world.World) -> None:
    """One world for all: what is refused changes nothing."""
    wrong = []
    for name in (ANYBODY, *HOLDERS, "rosa", "olu"):
        client = client_of(the_world, name)
        with one_reader():
            for route, row in ROWS.items():
                for method in ("PUT", "PATCH", "DELETE"):
                    if method == "PUT" and row.put is not None:
                        continue
                    url = address(route, the_world, name)
                    found = outcome(client.generic(method, url))
                    if found not in ("method", "login", "forbidden", "hidden"):
                        wrong.append(f"{method} {url} as {name}: {found}")
    assert wrong == []
