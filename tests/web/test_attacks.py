"""A canary crawl: everybody asks for everything, and nothing turns up with somebody who must not see it."""

from __future__ import annotations

import io
import logging
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from fairlead.people import access, actions, clock
from fairlead.people.models import User
from fairlead.people.rules import PersonRow
from tests.cast import AT
from tests.web import canaries
from tests.web.canaries import Company
from tests.web.matrix import ROWS
from tests.web.test_matrix import ALL

KINDS = {
    "people/": "people",
    "deals/": "deals",
    "call/copy/": "submissions",
    "call/reports/": "people",
    "submissions/": "submissions",
    "reports/": "people",
    "targets/": "people",
    "imports/": "imports",
    "delegations/": "delegations",
    "tokens/": "tokens",
    "notices/": "notices",
}
"""What comes before an id in an address -> which ids are tried. Where nothing fits, all of them are."""
NOT_ASKED = ("account/", "theme/", "start/be/")
"""The sign-in library, and what only takes POST and belongs to nobody."""
DATA = ("call/", "board/", "quarter/", "api/forecast/", "api/operations/targets")
"""Addresses that take ``?for=`` or ``?period=``."""


@pytest.fixture
def company(db: None, monkeypatch: pytest.MonkeyPatch) -> Company:
    monkeypatch.setattr(clock, "now", lambda: AT)
    return canaries.build()


def addresses(company: Company) -> Iterator[str]:
    """Every address of the application, filled with every id of its kind, and with what it can be asked for."""
    for route in ALL:
        row = ROWS[route]
        if route.startswith(NOT_ASKED) or row.get is None:  # what takes no GET is refused in the matrix
            continue
        if "<" not in route:
            yield from _asked(f"/{route}", company)
            continue
        before = route[: route.index("<")]
        kind = next((kind for part, kind in KINDS.items() if before.endswith(part)), "")
        if before in ("people/", "api/people/"):  # what everybody sees of anybody
            ids = [company.person(name).public_id for name in ("rosa", "mina")]
            yield from (f"/{before}{one}{route[route.index('>') + 1 :]}" for one in ids)
            continue
        ids = company.ids[kind] if kind else [one for ids in company.ids.values() for one in ids]
        for one in ids:
            yield f"/{before}{one}{route[route.index('>') + 1 :]}"


def _asked(url: str, company: Company) -> Iterator[str]:
    yield url
    if url in ("/deals/", "/deals/export.csv", "/deals/export.xlsx"):
        yield f"{url}?status=all"
    if url == "/api/deals":
        yield f"{url}?limit=500"
    if url in ("/ledger/", "/api/ledger"):
        yield f"{url}?before=60"
    if url == "/api/ledger":
        yield f"{url}?limit=500"
    if url == "/find/":
        yield f"{url}?q=zq"
        yield f"{url}?q={company.marks.words['deal of rosa'][:7]}"
    if url in ("/call/", "/board/", "/api/forecast/call", "/api/forecast/board", "/api/forecast/submissions"):
        for name in ("carl", "vera", "mina", "otto", "olga", "nora"):
            yield f"{url}?for={company.person(name).public_id}"


def text_of(response: Any) -> str:
    """Everything a response says: its body, a workbook unpacked, its headers."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    heads = " ".join(f"{name}: {value}" for name, value in response.headers.items())
    if body[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            body = b" ".join(book.read(name) for name in book.namelist())
    return f"{body.decode('utf-8', 'replace')} {heads}"


def client_of(company: Company, name: str) -> Client:
    client = Client(raise_request_exception=True)
    if name in company.names:
        user = company.person(name).user
        assert user is not None
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    elif name == "stranger":
        user, _ = User.objects.get_or_create(email="stranger@elsewhere.test")
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def crawl(company: Company, names: Iterable[str], urls: list[str]) -> tuple[dict[str, set[str]], list[str]]:
    """What everybody found (name -> marks), and the addresses that failed."""
    found: dict[str, set[str]] = {}
    where: list[str] = []
    for name in names:
        client, mine = client_of(company, name), found.setdefault(name, set())
        for url in urls:
            for extra in ({}, {"HX-Request": "true"}) if url.count("/") == 2 and "?" not in url else ({},):
                response = client.get(url, headers=extra)
                if response.status_code == 405:
                    continue
                assert response.status_code < 500, f"{url} as {name}"
                if response.status_code in (401, 403, 404, 405) or response.status_code == 302:
                    told = company.marks.found_in(text_of(response))
                    assert not told, f"{url} refuses {name} and tells {told}"
                    continue
                marks = company.marks.found_in(text_of(response))
                where += [f"{mark}: {name} at {url}" for mark in marks]
                mine |= marks
    return found, where


def leaks(where: list[str], seen: dict[str, set[str]]) -> list[str]:
    """The finds that no expectation allows."""
    wrong = []
    for find in where:
        mark, _, rest = find.partition(": ")
        if rest.split(" at ")[0] not in seen[mark]:
            wrong.append(find)
    return wrong


NOWHERE = {"reason of the withdrawal", "source mapping"} | {
    f"note to the call of {name}" for name in canaries.REPS
}
"""Marks that no page shows to anybody yet. When one does, its expectation stands already."""


def test_nobody_finds_what_is_not_theirs(company: Company, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    seen = canaries.expected()
    assert set(seen) == set(company.marks.patterns), "Every mark needs its readers, every reader a mark."
    names = [*company.names, "stranger", "nobody"]
    found, where = crawl(company, names, list(addresses(company)))
    assert sorted(leaks(where, seen)) == []
    told = company.marks.found_in(caplog.text + " ".join(str(one.message()) for one in mail.outbox))
    assert told == set(), "Logs and mails tell what is private."
    everywhere = set().union(*found.values())
    never = set(seen) - everywhere - NOWHERE
    assert never == set(), "These marks turn up nowhere, so that nothing is tested about them."


def test_a_file_gives_no_office(company: Company) -> None:
    for role in ("admin", "hr", "sales ops;rep"):
        with pytest.raises(access.Refused, match="only an admin gives that role"):
            actions.take_in(
                by=company.actor("olu"), at=AT, source="crm", rows=[PersonRow("eve", name="Eve", role=role)]
            )


def test_the_call_page_stands_when_a_call_moved_under_an_overlay(company: Company) -> None:
    page = client_of(company, "vera").get("/call/")
    assert page.status_code == 200
    assert "since you set this" in page.content.decode()
