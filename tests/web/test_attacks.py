"""A canary crawl: everybody asks for everything, and nothing turns up with somebody who must not see it."""

from __future__ import annotations

import io
import logging
import zipfile
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

import pypdf
import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from fairlead.calls import actions as calls
from fairlead.calls.models import Submission
from fairlead.health.models import Message
from fairlead.people import access, actions, clock
from fairlead.people.access import Reach, Role
from fairlead.people.models import User
from tests.cast import AT
from tests.web import canaries
from tests.web.canaries import Company
from tests.web.matrix import ROWS
from tests.web.reading import one_reader
from tests.web.test_matrix import ALL

KINDS = {
    "people/": "people",
    "accounts/seats/": "seats",
    "accounts/watch/": "people",
    "accounts/": "accounts",
    "deals/": "deals",
    "call/copy/": "submissions",
    "call/pack/": "people",
    "call/reports/": "people",
    "pack/": "people",
    "submissions/": "submissions",
    "reports/": "people",
    "targets/": "people",
    "imports/": "imports",
    "delegations/": "delegations",
    "tokens/": "tokens",
    "notices/": "notices",
    "record/": "people",
    "assessment/": "people",
    "expectations/": "expectations",
    "news/told/": "news",
    "news/": "news",
    "promises/": "promises",
    "reviews/": "reviews",
    "exits/": "exits",
    "asks/": "asks",
    "debts/": "debts",
    "owe/": "catalogue",
    "library/items/": "material",
    "library/files/": "attachments",
    "library/": "material",
    "guidance/": "guidance",
    "support/statements/": "statements",
    "catalogue/items/": "catalogue",
    "owed/files/": "attachments",
    "owed/deliveries/": "deliveries",
    "owed/sells/": "people",
    "owed/of/": "people",
    "know/of/": "people",
    "know/": "known",
    "know/assess/": "known",
    "know/entries/": "known",
    "plans/": "deals",
    "shared/": "shared",
    "interviews/": "interviews",
    "evidence-files/": "files",
    "deal-review/sent/": "messages",
    "deal-review/messages/": "messages",
    "deal-review/to/": "people",
    "deal-review/people/": "people",
    "desk/messages/": "desk",
    "broadcasts/": "broadcasts",
    "help/": "help",
    "standing/": "people",
    "looks/": "looks",
    "talk/": "people",
    "gaps/write/": "people",
    "gaps/of/": "people",
    "gaps/": "gaps",
    "countries/": "countries",
    "copies/": "copies",
    "cases/about/": "people",
    "cases/read/": "case_sides",
    "cases/": "cases",
    "improvement/new/": "diagnoses",
    "improvement/measure/": "tasks",
    "outside/": "improvement",
    "settings/webhooks/": "webhooks",
    "diagnoses/": "diagnoses",
    "observations/": "observations",
    "improvement/": "improvement",
    "outside-reviewers/": "people",
    "units/": "people",
    "roles/": "looks",
    "everybody/": "everybody",
    "agreements/with/": "met",
    "agreements/": "agreements",
    "one-to-ones/with/": "met",
    "feedback/": "feedback",
    "one-to-ones/ended/": "series",
    "one-to-ones/": "met",
    "calendar/": "series",
}
"""What comes before an id in an address -> which ids are tried. Where nothing fits, all of them are."""
ALIKE = ("ravi", "ines", "tomas", "piet", "sven", "nils", "nina")
"""Reps with a mate of the same rights, who is asked in their stead."""
NOT_ASKED = ("api/openapi.json", "account/", "theme/", "start/be/")
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
        ids = (
            [one for one in company.ids[kind] if one not in company.doubles]
            if kind
            else [one for ids in company.ids.values() for one in ids]
        )
        for one in ids:
            rest = (
                route[route.index(">") + 1 :]
                .replace("/<str:task>", "")  # the id names plan and task
                .replace("<slug:key>", "win")
                .replace("<str:day>", AT.date().isoformat())
                .replace("<str:quarter>", "2026Q3")
            )
            yield f"/{before}{one}{rest}"


def _asked(url: str, company: Company) -> Iterator[str]:
    if url in ("/deals/", "/deals/export.csv", "/deals/export.xlsx"):
        yield f"{url}?status=all"
        return
    yield url
    if url in ("/ledger/", "/api/ledger"):
        yield f"{url}?before=60"
    if url == "/api/ledger":
        yield f"{url}?limit=500"
    if url in ("/desk/decided/", "/api/desk/decided"):
        yield f"{url}?q=zq"
    if url == "/desk/answer/":
        for one in company.ids["deals"][:3]:
            yield f"{url}?deal={one}"
    if url == "/accounts/":
        yield f"{url}?find=zq"
    if url == "/api/accounts/found":
        yield f"{url}?name=zq"
    if url == "/find/":
        yield f"{url}?q=zq"
        yield f"{url}?q={company.marks.words['deal of rosa'][:7]}"
    if url in ("/call/", "/board/", "/api/forecast/call", "/api/forecast/board", "/api/forecast/submissions"):
        for name in ("vera", "mina", "omar"):
            yield f"{url}?for={company.person(name).public_id}"


def text_of(response: Any) -> str:
    """Everything a response says: its body, a workbook unpacked, its headers."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    heads = " ".join(f"{name}: {value}" for name, value in response.headers.items())
    if body[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            body = b" ".join(book.read(name) for name in book.namelist())
    if body[:5] == b"%PDF-" and b"%%EOF" in body[-1024:]:  # what somebody uploaded need not be a whole one
        pages = pypdf.PdfReader(io.BytesIO(body))
        body = " ".join([*(page.extract_text() for page in pages.pages), str(pages.metadata)]).encode()
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


def crawl(company: Company, names: Iterable[str], urls: list[str]) -> list[str]:
    """What everybody found, as "MARK: NAME at ADDRESS". No page answers fragments of its own, so each is asked once."""
    finds = []
    for name in names:
        client = client_of(company, name)
        with one_reader():
            for url in urls:
                response = client.get(url)
                assert response.status_code < 500, f"{url} as {name}"
                marks = company.marks.found_in(text_of(response))
                assert not marks or response.status_code == 200, f"{url} refuses {name} and tells {marks}"
                finds += [f"{mark}: {name} at {url}" for mark in marks]
    return finds


def leaks(where: list[str], seen: dict[str, set[str]]) -> list[str]:
    """The finds that no expectation allows."""
    wrong = []
    for find in where:
        mark, _, rest = find.partition(": ")
        if rest.split(" at ")[0] not in seen[mark]:
            wrong.append(find)
    return wrong


def _kept_by_mina() -> list[str]:
    """Told once is told: the deal's name in the message that mina wrote to rosa, and in what mina was told of it."""
    sent = Message.objects.for_system("a test asks for it").get().public_id
    kept = (f"/api/deal-review/messages/{sent}", f"/deal-review/sent/{sent}/", "/api/me/notices", "/you/")
    return [f"deal of rosa: mina at {address}" for address in kept]


NOWHERE = {"reason of the withdrawal", "source mapping"} | {
    f"note to the call of {name}" for name in canaries.REPS
}
"""Marks that no page shows to anybody yet. When one does, its expectation stands already."""


WIDENED = {
    "deal.read": (Role.REP, Reach.COMPANY, "rosa", "/deals/?status=all"),
    "overlay.read": (Role.EXECUTIVE, Reach.BELOW, "carl", "/call/copy/{vera}/"),
    "submission.read": (Role.REP, Reach.COMPANY, "rosa", "/call/copy/{otto}/"),
}
"""Rules that are widened on purpose, and where that must be found."""


def _found_when_widened(
    company: Company, monkeypatch: pytest.MonkeyPatch, seen: dict[str, set[str]]
) -> dict[str, bool]:
    sent = Submission.objects.for_system("a test asks for all").values_list(
        "person__external_id", "public_id"
    )
    found = {}
    for act, (role, reach, name, url) in WIDENED.items():
        wide = (
            access.Rule(act, frozenset({role}), reach, "Widened by a test."),
            *(rule for rule in access.RULES),
        )
        with monkeypatch.context() as patch:
            patch.setattr(access, "RULES", wide)
            found[act] = bool(leaks(crawl(company, [name], [url.format(**dict(sent))]), seen))
    return found


@pytest.mark.long
@pytest.mark.skipif(
    connection.vendor == "postgresql",
    reason="The crawl asks the same rules on SQLite; on PostgreSQL the matrix and the oracle ask them.",
)
def test_nobody_finds_what_is_not_theirs(
    company: Company, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO)
    seen, urls = canaries.expected(), list(addresses(company))
    assert set(seen) == set(company.marks.written.values()), (
        "Every mark needs its readers, every reader a mark."
    )
    names = [name for name in [*company.names, "stranger", "nobody"] if name not in ALIKE]
    finds = crawl(company, names, urls)
    assert sorted(leaks(finds, seen)) == []
    never = set(seen) - {find.partition(": ")[0] for find in finds} - NOWHERE
    never = {
        mark for mark in never if mark.split()[-1] not in ALIKE
    }  # shown on pages of those who are not asked
    assert never == set(), "These marks turn up nowhere, so that nothing is tested about them."

    assert _found_when_widened(company, monkeypatch, seen) == dict.fromkeys(WIDENED, True)

    # Rosa moves to otto, and what mina lent to sanna ends.
    actions.move(
        by=canaries.OPS,
        at=AT,
        person=company.person("rosa"),
        manager=company.person("otto"),
        starts_on=AT.date(),
    )
    monkeypatch.setattr(clock, "now", lambda: AT + timedelta(hours=3))
    later_call = company.marks.minor("later call of rosa")
    calls.set_call(
        by=company.actor("rosa"), at=AT + timedelta(hours=1), person=company.person("rosa"), period=canaries.Q4,
        amount_minor=later_call,
    )  # fmt: skip
    teams = canaries.TEAMS | {"mina": "ravi ines tomas", "otto": "pia piet rosa"}
    later = canaries.expected(teams, lent=())
    # Told once is told: what rosa got from mina, and mina's own past acts, stay in their notices and ledger.
    later["number of mina"] |= {"rosa"}
    later["reason of the number of mina"] |= {"rosa"}
    # She was in the room of mina's review, so its facts with the team's target stay hers to read.
    later["target of mina"] |= {"rosa"}
    # What rosa called before stands in mina's own number, and leaves it in a bar without a name.
    later["call of rosa"] |= {"mina"}
    # Her only deal left with her: a bar without a name holds what it was.
    later["sum of deal of rosa"] |= {"mina"}
    # What was asked stands in mina's notices, and what carl promised was promised to her.
    later["ask of rosa"] |= {"mina"}
    later["word of carl"] |= {"mina"}
    later["later call of rosa"] = {"rosa", "otto", "pia", "piet"}
    finds = crawl(company, ["mina", "otto", "sanna", "rosa"], urls)
    assert "later call of rosa" in {find.partition(": ")[0] for find in finds}
    assert sorted(set(leaks(finds, later)) - set(_kept_by_mina())) == []

    told = company.marks.found_in(caplog.text + " ".join(str(one.message()) for one in mail.outbox))
    assert told == set(), "Logs and mails tell what is private."
