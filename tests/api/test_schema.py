"""The API does what its schema says, whatever is sent, and never fails on its own side."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core import signals
from django.db import close_old_connections, connection
from django.test import Client
from hypothesis import HealthCheck, settings
from schemathesis import openapi
from schemathesis.checks import load_all_checks

from fairlead.api.api import api
from fairlead.people import clock
from fairlead.server.wsgi import application
from tests.cast import AT
from tests.web import world

load_all_checks()
_WRITTEN = json.loads(json.dumps(api.get_openapi_schema(), default=str))
SCHEMA = openapi.from_dict(_WRITTEN)
SCHEMA.app = application
EXAMPLES = 12 if connection.vendor == "sqlite" else 4
"""Tried per operation. What is refused before the database is asked is the same on both."""


@pytest.fixture
def _one_connection() -> Iterator[None]:
    """Requests through WSGI use the test's own connection, with its transaction, and do not close it."""
    signals.request_started.disconnect(close_old_connections)
    signals.request_finished.disconnect(close_old_connections)
    yield
    signals.request_started.connect(close_old_connections)
    signals.request_finished.connect(close_old_connections)


@pytest.fixture
def token(_one_connection: None, db: None, monkeypatch: pytest.MonkeyPatch) -> str:
    """A token of Mina's with all scopes, in the world of the matrix."""
    from fairlead.people import actions

    monkeypatch.setattr(clock, "now", lambda: AT)
    the_world = world.build()
    _, secret = actions.make_token(
        by=the_world.cast.actor("mina"),
        at=AT,
        name="fuzz",
        scopes=frozenset({"read", "call", "import", "promise", "review", "ask", "desk", "help"}),
    )
    return secret


@pytest.mark.parametrize("path", sorted(_WRITTEN["paths"]))
def test_every_operation_keeps_to_its_schema(path: str, token: str) -> None:
    tried = 0
    for method, operation in SCHEMA[path].items():
        strategy = operation.as_strategy()

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @pytest.mark.django_db
        def try_one(case: object) -> None:
            response = case.call(headers={"Authorization": f"Bearer {token}"})  # type: ignore[attr-defined]
            assert response.status_code < 500, response.text
            case.validate_response(  # type: ignore[attr-defined]
                response, excluded_checks=_EXCLUDED
            )

        from hypothesis import given

        given(strategy)(try_one)()  # type: ignore[no-untyped-call]
        tried += 1
        assert method
    assert tried


def _checks() -> list[object]:
    """Checks that ask for more than this API promises: which bad input is refused by 4xx is its own business."""
    from schemathesis.specs.openapi import checks

    return [checks.positive_data_acceptance, checks.missing_required_header, checks.ignored_auth]


_EXCLUDED = _checks()


@pytest.mark.django_db
def test_nobody_reads_anything_without_a_token_or_session() -> None:
    client = Client()
    for path in api.get_openapi_schema()["paths"]:
        assert client.get(path.replace("{public_id}", "x")).status_code in (401, 405), path


def test_a_read_token_changes_nothing(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from fairlead.people import actions

    monkeypatch.setattr(clock, "now", lambda: AT)
    the_world = world.build()
    _, secret = actions.make_token(
        by=the_world.cast.actor("mina"), at=AT, name="reader", scopes=frozenset({"read"})
    )
    headers = {"Authorization": f"Bearer {secret}"}
    client = Client(headers=headers)
    assert client.get("/api/forecast/call").status_code == 200
    answer = client.put("/api/forecast/quarter/call", {"amount_minor": 5}, content_type="application/json")
    assert answer.status_code == 403
    assert answer.json()["code"] == "missing_scope"


def test_a_revoked_token_opens_nothing(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from fairlead.people import actions

    monkeypatch.setattr(clock, "now", lambda: AT)
    the_world = world.build()
    by = the_world.cast.actor("mina")
    token, secret = actions.make_token(by=by, at=AT, name="old", scopes=frozenset({"read"}))
    actions.revoke_token(by=by, at=AT, public_id=token.public_id)
    answer = Client(headers={"Authorization": f"Bearer {secret}"}).get("/api/me")
    assert answer.status_code == 401


def test_numbers_are_those_of_the_page(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from fairlead.calls import queries

    monkeypatch.setattr(clock, "now", lambda: AT)
    the_world = world.build()
    client = Client()
    client.force_login(the_world.cast.mina.user, backend="django.contrib.auth.backends.ModelBackend")  # type: ignore[arg-type]
    told = client.get("/api/forecast/call").json()
    mina = the_world.cast.actor("mina")
    page = queries.call_page(mina, mina.id, queries.period_at(AT), AT)
    assert (told["number"], told["booked"], told["calls_sum"]) == (page.amount, page.booked, page.calls_sum)
    assert [row["in_call"] for row in told["rows"]] == [row.in_call for row in page.rows]


def test_an_earlier_day_and_the_pack_are_those_of_the_pages(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fairlead.calls import actions, queries

    monkeypatch.setattr(clock, "now", lambda: AT)
    the_world = world.build()
    client, mina = Client(), the_world.cast.actor("mina")
    client.force_login(the_world.cast.mina.user, backend="django.contrib.auth.backends.ModelBackend")  # type: ignore[arg-type]
    period, now = queries.period_at(AT), client.get("/api/forecast/call").json()
    actions.set_overlay(
        by=mina, at=AT, person=the_world.cast.rosa, period=period, amount_minor=12345, note="Kept off paper."
    )
    yesterday = AT.date() - timedelta(days=1)
    told = client.get(f"/api/forecast/call?on={yesterday}").json()
    then = queries.call_page(mina, mina.id, period, queries.end_of(yesterday, AT), past=True)
    assert (told["number"], told["calls_sum"]) == (then.amount, then.calls_sum)
    assert now["calls_sum"] == client.get("/api/forecast/call").json()["calls_sum"]
    refused = client.get(f"/api/forecast/call?on={AT.date()}")
    assert (refused.status_code, refused.json()["code"]) == (409, "bad_day")
    answer = client.get(f"/api/forecast/pack/{the_world.cast.mina.public_id}")
    pack, found = answer.json(), queries.pack(mina, mina.id, period, AT)
    assert found.live is not None
    assert (pack["number"], pack["live"]["number"]) == (found.number, found.live.amount)
    assert [copy["amount"] for copy in pack["sent"]] == [copy.amount for copy in found.sent]
    assert "Kept off paper." not in answer.content.decode()
    said = client.get(f"/api/forecast/reports/{the_world.cast.rosa.public_id}/said").json()
    assert (said[0]["kind"], said[0]["amount"], said[0]["note"]) == ("overlay", 12345, "Kept off paper.")


def test_no_two_schemas_share_a_name() -> None:
    """The schema of the whole API holds them by name: of two alike one would answer for both."""
    import importlib
    import pkgutil

    from ninja import Schema

    from fairlead.api import routes

    names: dict[str, str] = {}
    for module in pkgutil.iter_modules(routes.__path__):
        found = importlib.import_module(f"{routes.__name__}.{module.name}")
        for name, kind in vars(found).items():
            if isinstance(kind, type) and issubclass(kind, Schema) and kind.__module__ == found.__name__:
                assert names.setdefault(name, module.name) == module.name, name
    assert len(names) > 20
