"""The doors: SMTP over real sockets, a mailbox over IMAP, a mail server's pipe. What is acknowledged is kept."""

from __future__ import annotations

import io
import re
import smtplib
import socket
import socketserver
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fairlead.cli import app as cli
from fairlead.cli import mail as command
from fairlead.mail import actions, exchange, intake, polling
from fairlead.mail.listening import Listener
from fairlead.mail.models import Arrived
from fairlead.people import clock
from tests import cast as the_cast
from tests.cast import AT
from tests.mail.mailing import DESK, mail, messages, open_desk

MINA = "mina@marlow.test"


@pytest.fixture
def house(db: None, monkeypatch: pytest.MonkeyPatch) -> the_cast.Cast:
    monkeypatch.setattr(clock, "now", lambda: AT)
    cast = the_cast.build()
    open_desk(cast)
    return cast


def kept() -> list[Arrived]:
    return list(Arrived.objects.for_system("a test looks").order_by("pk"))


# SMTP


@pytest.fixture
def listener(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> Iterator[tuple[Listener, int]]:
    """Over a database whose writes other threads see."""
    settings.MAIL_LIMIT = 60_000
    monkeypatch.setattr(clock, "now", lambda: AT)
    open_desk(the_cast.build())
    port = cli.free_port(0)
    found = Listener("127.0.0.1", port)
    found.start()
    yield found, port
    found.stop()


def sent(port: int, raw: bytes, *to: str, by: str = MINA) -> dict[str, Any]:
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
        return client.sendmail(by, list(to) or [DESK], raw)


def test_what_is_acknowledged_is_kept_and_settled_beside_the_door(listener: tuple[Listener, int]) -> None:
    found, port = listener
    assert sent(port, mail()) == {}
    assert [row.state for row in kept()] == ["waiting"]
    settling = threading.Thread(target=found.serve, args=(0.05,))
    settling.start()
    sent(port, mail(number=2), by="")
    for _ in range(400):
        if "waiting" not in [row.state for row in kept()]:
            break
        threading.Event().wait(0.05)
    found.ended.set()
    settling.join(20)
    assert [row.state for row in kept()] == ["taken", "refused"], "what bounces has an empty return path"
    assert len(messages()) == 1


def test_the_door_refuses_what_is_not_for_the_desk_or_too_large_and_what_it_cannot_keep(
    listener: tuple[Listener, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, port = listener
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        sent(port, mail(), "rosa@marlow.test")
    refused = sent(port, mail(), "desk+AbCd@marlow.test", "rosa@marlow.test")
    assert list(refused) == ["rosa@marlow.test"]
    assert [row.delivered_to for row in kept()] == ["desk+AbCd@marlow.test"]
    with pytest.raises((smtplib.SMTPSenderRefused, smtplib.SMTPDataError)) as refusal:
        sent(port, mail("word " * 20_000))
    assert refusal.value.smtp_code == 552

    def full(**_: Any) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as patched:
        patched.setattr(intake, "accept", full)
        with pytest.raises(smtplib.SMTPDataError) as later:
            sent(port, mail(number=2))
        assert later.value.smtp_code == 451
    assert len(kept()) == 1
    assert sent(port, mail(number=2)) == {}
    with pytest.raises(SystemExit):
        command.listen(host="127.0.0.1", port=port)
    actions.set_address(by=the_cast.present().actor("olu"), at=AT, address="", after_version=1)
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        sent(port, mail(number=3))


# The pipe


def test_a_file_or_the_input_is_taken_in(
    house: the_cast.Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "mail.eml"
    file.write_bytes(mail())
    command.take_in(file=str(file), to=[], bounce=False)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(mail(number=2))))
    command.take_in(file="-", to=[DESK], bounce=False)
    assert [row.state for row in kept()] == ["taken", "taken"]
    with pytest.raises(SystemExit) as ended:
        command.take_in(file=str(tmp_path / "none"), to=[], bounce=False)
    assert ended.value.code == command.NO_INPUT


def test_the_pipe_asks_for_another_try_where_it_could_not_keep_a_mail(
    house: the_cast.Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "mail.eml"
    file.write_bytes(mail())

    def full(**_: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(intake, "accept", full)
    with pytest.raises(SystemExit) as ended:
        command.take_in(file=str(file), to=[], bounce=False)
    assert ended.value.code == command.TEMPORARY


# A mailbox


class Mailbox(socketserver.StreamRequestHandler):
    """As much of an IMAP server as polling speaks, over a list of [bytes, seen]."""

    mails: list[list[Any]] = []

    def handle(self) -> None:
        self.wfile.write(b"* OK ready\r\n")
        while line := self.rfile.readline():
            tag, _, rest = line.strip().decode().partition(" ")
            for answer in self.answers(rest):
                self.wfile.write(answer + b"\r\n")
            self.wfile.write(f"{tag} OK done\r\n".encode())
            if rest.upper() == "LOGOUT":
                return

    def answers(self, said: str) -> Iterator[bytes]:
        upper = said.upper()
        if upper == "LOGOUT":
            yield b"* BYE ended"
        elif upper == "CAPABILITY":
            yield b"* CAPABILITY IMAP4rev1"
        elif upper.startswith("SELECT"):
            yield f"* {len(self.mails)} EXISTS".encode()
        elif upper.startswith("UID SEARCH"):
            unread = [str(n) for n, (_, seen) in enumerate(self.mails, 1) if not seen]
            yield f"* SEARCH {' '.join(unread)}".encode()
        elif match := re.match(r"UID FETCH (\d+) ", upper):
            raw = self.mails[int(match[1]) - 1][0]
            assert "PEEK" in upper, "fetching must not mark it as read"
            head = f"* {match[1]} FETCH (UID {match[1]} FLAGS () RFC822.SIZE {len(raw)} BODY[] {{{len(raw)}}}\r\n"
            yield head.encode() + raw + b")"
        elif match := re.match(r"UID STORE (\d+) \+FLAGS \(\\SEEN\)", upper):
            self.mails[int(match[1]) - 1][1] = True
            yield f"* {match[1]} FETCH (UID {match[1]} FLAGS (\\Seen))".encode()


@pytest.fixture
def mailbox(house: the_cast.Cast, settings: Any) -> Iterator[type[Mailbox]]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mailbox) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.MAIL_IMAP_HOST, settings.MAIL_IMAP_PORT = "127.0.0.1", server.server_address[1]
        settings.MAIL_IMAP_SECURITY, settings.MAIL_IMAP_FOLDER = "none", "INBOX"
        settings.MAIL_IMAP_USER, settings.MAIL_IMAP_PASSWORD = "desk", "secret"
        Mailbox.mails = []
        yield Mailbox
        server.shutdown()


def test_unread_mail_of_a_mailbox_is_taken_in_as_it_is_and_marked_as_read(mailbox: type[Mailbox]) -> None:
    mailbox.mails = [[mail(), False], [mail(number=2), True], [mail(number=3), False]]
    assert polling.poll(AT) == 2
    assert [bytes(row.raw or b"") for row in kept()] == [mail(), mail(number=3)]
    assert [seen for _, seen in mailbox.mails] == [True, True, True]
    assert polling.poll(AT) == 0


def test_what_could_not_be_kept_stays_unread(mailbox: type[Mailbox], monkeypatch: pytest.MonkeyPatch) -> None:
    mailbox.mails = [[mail(), False]]

    def full(**_: Any) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as patched:
        patched.setattr(intake, "accept", full)
        with pytest.raises(OSError, match="disk full"):
            polling.poll(AT)
    assert mailbox.mails[0][1] is False
    assert polling.poll(AT) == 1


def test_a_mailbox_that_does_not_answer_stops_nothing_else(house: the_cast.Cast, settings: Any) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings.MAIL_IMAP_HOST, settings.MAIL_IMAP_PORT, settings.MAIL_IMAP_SECURITY = "127.0.0.1", port, "none"
    intake.accept(raw=mail(), door="pipe", at=AT)
    exchange.exchange(AT)
    assert [row.state for row in kept()] == ["taken"]
