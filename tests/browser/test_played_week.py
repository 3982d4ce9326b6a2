"""A week of pressure, played through: mail from the top on Friday night, one sentence for a rep on Monday at nine.

Mail really comes in by SMTP and really leaves by SMTP, the manager works in a browser, and the rep's whole world (every
page that links lead to, every address of the API, search, exports, mail, chat, and the server's log) is searched
for words of the originals.
"""

from __future__ import annotations

import html
import io
import json
import logging
import re
import smtplib
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email import message_from_bytes, policy
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from aiosmtpd.controller import Controller
from django.test import Client
from playwright.sync_api import Page, expect

from fairlead.cli.app import free_port
from fairlead.ledger.models import Entry
from fairlead.mail import actions as mail_actions
from fairlead.mail.exchange import exchange
from fairlead.mail.listening import Listener
from fairlead.mail.models import Arrived
from fairlead.mail.rules import Wish
from fairlead.people import clock
from fairlead.people.models import Person
from fairlead.web.jobs import watched
from fairlead.webhooks import actions as webhooks
from fairlead.webhooks import calling, ringing
from tests import cast as the_cast
from tests.asks.asking import planned
from tests.browser.test_asks import looked_at
from tests.browser.test_news_and_expectations import _sign_in
from tests.calls import company as the_company
from tests.mail import mailing
from tests.mail.test_outbox import Inbox
from tests.webhooks.conftest import Receiving

Axe = Callable[[Page], list[str]]
FRIDAY_NIGHT = datetime(2026, 11, 27, 18, 30, tzinfo=UTC)
"""Half past eight in the evening in Helsinki, half past one in the afternoon where Ravi works."""
SATURDAY = datetime(2026, 11, 28, 8, 0, tzinfo=UTC)
JUST_BEFORE = datetime(2026, 11, 30, 13, 55, tzinfo=UTC)
MONDAY_NINE = datetime(2026, 11, 30, 14, 0, tzinfo=UTC)
"""Nine in the morning in New York, four in the afternoon in Helsinki."""

WORDS = (
    "zqdeliverqz",
    "zqboardqz",
    "zqnervousqz",
    "expecting you to deliver",
    "every single",
    "moved before",
)
"""What stood in the originals and nowhere else."""
TITLE = "The board is expecting you to deliver"
FROM_THE_TOP = """Mina,

the board is expecting you to deliver zqdeliverqz, and so am I. Kestrel has moved before. I want to hear every single
day what Ravi does about it. If there is anything I can do myself, say so. zqboardqz

Carl
"""
FROM_THE_MIDDLE = "Carl wrote to you, I hear. Is Kestrel safe for December? It has moved before. zqnervousqz"
ANSWER = "Kestrel stays in my number. Karin Holm signs, and I speak with her on Tuesday. You read it here on Wednesday."
SENTENCE = "Please note by Wednesday who signs with Karin Holm, and the day you last spoke."


class Stage:
    """The company on a Friday evening, with a mail server on either side and a clock that the test moves."""

    def __init__(self, team: the_company.Company, monkeypatch: pytest.MonkeyPatch) -> None:
        self.team, self.cast, self.inbox = team, team.cast, Inbox()
        self.chat = Receiving()
        self.moment = FRIDAY_NIGHT
        monkeypatch.setattr(clock, "now", lambda: self.moment)
        monkeypatch.setattr(calling, "call", self.chat.call)

    def at(self, moment: datetime) -> None:
        """Go to a moment, and let the clock's work, mail and calls be done as the worker does them."""
        self.moment = moment
        watched(moment)
        exchange(moment)
        ringing.ring(moment)

    def mails_to(self, who: str) -> list[str]:
        """The mails that really left to somebody, headers and text as a person reads them."""
        found = []
        for to, raw in self.inbox.taken:
            if to == [f"{who}@marlow.test"]:
                mail = message_from_bytes(raw, policy=policy.default)
                found.append(f"{mail.items()}\n{mail.get_content()}")
        return found


@pytest.fixture
def stage(transactional_db: None, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Stage]:
    cast = the_cast.build()
    monkeypatch.setattr(clock, "now", lambda: the_cast.AT)
    mailing.open_desk(cast)
    team = the_company.mina_team(the_company.build(cast))
    team.submit("mina", 2000, reason="As called.", at=the_cast.AT)
    planned(team, "Kestrel", "ravi")
    Person.objects.filter(pk=cast.ravi.pk).update(time_zone="America/New_York")
    mail_actions.wish(by=cast.actor("ravi"), at=the_cast.AT, wished=Wish("once"))
    hook, _ = webhooks.register(
        by=cast.actor("ada"), at=the_cast.AT, person=cast.ravi, url="https://chat.marlow.test/ravi",
        groups=["Passed on to you", "Executive asks"],
    )  # fmt: skip
    webhooks.answer(by=cast.actor("ravi"), at=the_cast.AT, webhook=hook.public_id, yes=True)
    made = Stage(team, monkeypatch)
    port = free_port(0)
    settings.MAIL_OUT, settings.DEFAULT_FROM_EMAIL = True, "Fairlead <fairlead@marlow.test>"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", port, False
    server = Controller(made.inbox, hostname="127.0.0.1", port=port)
    server.start()
    yield made
    server.stop()


@contextmanager
def open_door() -> Iterator[int]:
    """The SMTP door of the desk, with what settles mail beside it; its port."""
    port = free_port(0)
    listener = Listener("127.0.0.1", port)
    listener.start()
    settling = threading.Thread(target=listener.serve, args=(0.05,))
    settling.start()
    try:
        yield port
    finally:
        listener.ended.set()
        settling.join(20)
        listener.stop()


def mailed(stage: Stage, who: str, subject: str, text: str) -> None:
    """Somebody mails Mina and the desk; wait until it is settled."""
    person: Person = getattr(stage.cast, who)
    address = f"{who}@marlow.test"
    raw = mailing.mail(
        text, by=f"{person.name} <{address}>", to="mina@marlow.test", cc=mailing.DESK, subject=subject,
        number=len(rows()) + 10,
    )  # fmt: skip
    with open_door() as port:
        with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
            assert client.sendmail(address, [mailing.DESK], raw) == {}
        for _ in range(400):
            if all(row.state != "waiting" for row in rows()):
                break
            threading.Event().wait(0.05)
    newest = rows()[-1]
    assert (newest.state, newest.reason, newest.raw) == ("taken", "", None)


def rows() -> list[Arrived]:
    return list(Arrived.objects.for_system("a test looks").order_by("pk"))


# What a rep can reach


_LINK = re.compile(r"""(?:href|src|action|hx-get|data-url)=["']([^"'#]+)""")
_API_ID = re.compile(r'"(?:public_id|deal|id|person)":\s*"([0-9a-zA-Z_-]{8,16})"')
_MOST_OF_ONE = 4
"""Addresses that differ in their query alone: days and pages go on for ever."""


class World:
    """Everything a person reaches, by following links and by asking every address of the API."""

    def __init__(self, person: Person) -> None:
        self.client = Client()
        assert person.user is not None
        self.client.force_login(person.user, backend="django.contrib.auth.backends.ModelBackend")
        self.read: dict[str, str] = {}
        self.ids: set[str] = set()

    def look(self) -> World:
        waiting, seen = ["/", "/inbox/", "/ledger/", "/you/stored/", "/find/?q=Kestrel"], dict[str, int]()
        while waiting:
            url = waiting.pop()
            path = urlsplit(url).path
            if url in self.read or seen.get(path, 0) >= _MOST_OF_ONE or path.startswith("/account/logout"):
                continue
            seen[path] = seen.get(path, 0) + 1
            waiting += self.get(url)
        self._ask_the_api()
        return self

    def get(self, url: str) -> list[str]:
        response = self.client.get(url, follow=True)
        text = _text(response)
        self.read[url] = text
        if "html" not in response.headers.get("Content-Type", ""):
            return []
        at = response.request["PATH_INFO"]
        found = (urljoin(at, html.unescape(link)) for link in _LINK.findall(text))
        return [one for one in found if one.startswith("/") and not one.startswith(("//", "/static/"))]

    def _ask_the_api(self) -> None:
        """Every address that is read, with every id that turned up on a page or in an answer, of whatever kind."""
        schema = json.loads(self.client.get("/api/openapi.json").content)
        paths = [path for path, ways in schema["paths"].items() if "get" in ways]
        ids = {part for url in self.read for part in urlsplit(url).path.split("/") if len(part) >= 8}
        ids = {one for one in ids if re.fullmatch(r"[0-9a-f]{8,16}|[0-9A-Za-z]{10,16}", one)}
        for path in sorted(paths, key=lambda one: one.count("{")):
            if "{" not in path:
                self.get(path)
                ids |= set(_API_ID.findall(self.read[path]))
                continue
            if path.count("{") > 1:
                continue
            for one in sorted(ids | self.ids):
                self.get(re.sub(r"\{[^}]*\}", one, path))

    def holding(self, *words: str) -> list[tuple[str, str]]:
        return [(url, word) for url, text in self.read.items() for word in words if word in text.casefold()]


def _text(response: Any) -> str:
    body = b"".join(response) if response.streaming else response.content
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            body = b"\n".join(packed.read(name) for name in packed.namelist())
    headers = " ".join(f"{name}: {value}" for name, value in response.headers.items())
    return html.unescape(headers + "\n" + body.decode("utf-8", "replace"))


def reached(stage: Stage, *ids: str) -> World:
    """What Ravi reaches at this moment; ``ids`` are those of things he must not reach, and tries to."""
    world = World(stage.cast.ravi)
    world.ids = set(ids)
    return world.look()


def finds(world: World, word: str) -> set[str]:
    """Where the results of a search lead to, beyond what stands on a search without any."""
    found, none = (
        set(_LINK.findall(_text(world.client.get("/find/", {"q": one})))) for one in (word, "xwvunsenswvux")
    )
    return {link for link in found - none if "q=" not in link}


@pytest.mark.browser
def test_the_week_the_board_expected_delivery(
    stage: Stage, live_server: object, page: Page, axe: Axe, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    page.set_default_timeout(60_000)  # mail servers on either side share the machine
    server, cast = str(live_server), stage.cast
    kestrel = stage.team.deals["Kestrel"].public_id

    # Friday night: it comes by mail, and rings nowhere.
    mailed(stage, "carl", f"{TITLE} [{kestrel}]", FROM_THE_TOP)
    stage.at(FRIDAY_NIGHT)
    assert stage.mails_to("mina") == [], "nobody is mailed on a Friday night"

    # The manager looks in the browser: the facts are drawn in, a kind is suggested by its word.
    _sign_in(page, server, cast.mina)
    page.goto(f"{server}/desk/")
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    expect(page.locator("p.quote").get_by_text("zqdeliverqz")).to_be_visible()
    expect(page.get_by_role("heading", name="The facts, already drawn in")).to_be_visible()
    expect(page.get_by_text("Suggested, because it says “i want”")).to_be_visible()
    page.get_by_role("navigation", name="Tray").get_by_role("link", name="Carl Ek").click()
    message = urlsplit(page.url).path.split("/")[-2]
    assert looked_at(page, axe) == []

    # She answers in person.
    page.select_option("#kind", "concern")
    page.get_by_label("Answer it myself").check()
    page.fill("#answer", ANSWER)
    page.get_by_role("button", name="Send to Carl").click()
    expect(page.get_by_role("status")).to_contain_text("Answered. Carl reads it here; no rep was involved.")

    # One part of it is something Carl can do himself: it becomes an ask.
    page.get_by_text("Turn a part into an ask").click()
    page.get_by_label("What is needed, in your words").fill("Call Karin Holm about the three years.")
    page.get_by_role("button", name="Begin the ask").click()
    expect(page.get_by_text("Ravi Menon is told and reads every word here.")).to_be_visible()
    page.get_by_label("Who is asked").select_option(cast.carl.public_id)
    expect(page.get_by_label("What for, in one sentence")).to_have_value(
        "Call Karin Holm about the three years."
    )
    page.get_by_label("It worked if").fill("She names the day of signature.")
    page.get_by_label("Needed by").fill("2026-12-04")
    assert looked_at(page, axe) == []
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_role("status")).to_contain_text("Sent to Carl Ek. Ravi Menon is told, and reads it.")
    ask = urlsplit(page.url).path.split("/")[-2]
    assert looked_at(page, axe) == []

    # One sentence is for the rep, in her words, on Monday at nine where he works. The original's words are refused.
    page.goto(f"{server}/desk/messages/{message}/")
    page.get_by_label("Put it in my words and pass it").check()
    page.fill(
        "#words", "The board is expecting you to deliver, and I want to hear every single day what you do."
    )
    page.get_by_label("Ravi Menon").check()
    page.fill("#opens", "2026-11-30T09:00")
    page.get_by_role("button", name="Pass my words").click()
    expect(page.get_by_text("% copied.")).to_be_visible()
    assert looked_at(page, axe) == []
    page.fill("#words", SENTENCE)
    page.get_by_role("button", name="Pass my words").click()
    expect(page.get_by_role("status")).to_contain_text("Passed to Ravi Menon at 09:00 on Mon 30 Nov")
    assert looked_at(page, axe) == []

    # Saturday: the one between asks the same by mail. Mina's answer is offered, with what it rests on.
    stage.at(SATURDAY)
    mailed(stage, "vera", f"Kestrel [{kestrel}]", FROM_THE_MIDDLE)
    page.goto(f"{server}/desk/")
    expect(page.get_by_role("region", name="Asked before")).to_contain_text(TITLE)
    page.get_by_role("navigation", name="Tray").get_by_role("link", name="Vera Lindholm").click()
    second = urlsplit(page.url).path.split("/")[-2]
    page.select_option("#kind", "question")
    page.get_by_label("Answer it myself").check()
    page.fill("#answer", ANSWER)
    page.get_by_role("button", name="Send to Vera").click()
    expect(page.get_by_role("status")).to_contain_text("Answered. Vera reads it here")

    # Both read the answer above, with the facts it rests on; neither reads the other's message.
    for who, other in ((cast.vera, "zqdeliverqz"), (cast.carl, "zqnervousqz")):
        _sign_in(page, server, who)
        page.goto(f"{server}/messages/")
        expect(page.get_by_text(ANSWER)).to_be_visible()
        page.get_by_text("The facts as they were then").click()
        expect(page.get_by_role("listitem").filter(has_text="190").first).to_be_visible()
        assert other not in page.content()
        assert looked_at(page, axe) == []
    page.goto(f"{server}/asks/")
    page.get_by_role("link", name="Call Karin Holm about the three years.").click()
    expect(page.get_by_role("button", name=re.compile("Accept"))).to_be_visible()

    # Until Monday at nine the rep's world holds neither the original nor the sentence.
    stage.at(JUST_BEFORE)
    before = reached(stage, message, second)
    assert len(before.read) > 100
    assert before.holding(*WORDS, SENTENCE.casefold()) == []
    assert f"/asks/{ask}/" in before.read, "the ask about the own deal is read by its owner"

    assert f"/api/desk/messages/{message}" in before.read, "what he must not reach was asked for"
    mina = World(cast.mina)
    for address in (f"/desk/messages/{message}/", f"/api/desk/messages/{message}"):
        mina.get(address)
        assert {word for _, word in mina.holding(*WORDS)} == set(WORDS) - {"zqnervousqz"}, (
            "the search would find them"
        )
        mina.read.clear()

    # At nine it opens: the sentence stands there, and still no word of the original.
    stage.at(MONDAY_NINE)
    after = reached(stage, message, second)
    assert after.holding(*WORDS) == []
    assert "/inbox/" in {url for url, _ in after.holding(SENTENCE.casefold())}
    assert {word: finds(after, word) for word in WORDS} == {word: set() for word in WORDS}
    assert finds(after, "Kestrel"), "a search finds what he may see"
    _sign_in(page, server, cast.ravi)
    page.goto(f"{server}/inbox/")
    expect(page.get_by_text(SENTENCE)).to_be_visible()
    assert looked_at(page, axe) == []
    for one in (message, second):
        assert page.goto(f"{server}/desk/messages/{one}/").status in (403, 404)  # type: ignore[union-attr]

    # What really left for him says what kind of thing waits; so does what rang.
    mails = stage.mails_to("ravi")
    assert any("Passed on to you" in one for one in mails)
    assert stage.mails_to("mina")
    rang = [body.decode() for body in stage.chat.bodies()]
    assert any("Passed on to you" in one for one in rang)
    for told in (*mails, *rang):
        for word in (*WORDS, SENTENCE, "Kestrel", "Carl", "Mina"):
            assert word.casefold() not in told.casefold()

    # The log of the server, at its most talkative, and the ledger know that it happened and not what it said.
    kept = repr(list(Entry.objects.values()))
    for word in (*WORDS, SENTENCE, ANSWER):
        assert word.casefold() not in caplog.text.casefold()
        assert word.casefold() not in kept.casefold()
