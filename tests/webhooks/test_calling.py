"""One call against real sockets: the checked place and no other, no redirect, no proxy, and never for long."""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from fairlead.webhooks import calling, rules

NAME = "chat.example.com"
OK = b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"
Answer = Callable[[socket.socket, bytes], None]


class Receiver:
    """What arrived at the receiving end, request by request, and which name was asked for in the handshake."""

    def __init__(self) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self.names: list[str | None] = []
        self.port = 0


def _read(line: socket.socket) -> bytes:
    got = b""
    while b"\r\n\r\n" not in got:
        if not (more := line.recv(65536)):
            return got
        got += more
    head, _, body = got.partition(b"\r\n\r\n")
    length = next(
        (int(row.split(b":")[1]) for row in head.split(b"\r\n") if row.lower().startswith(b"content-length")),
        0,
    )
    while len(body) < length and (more := line.recv(65536)):
        body += more
    return head + b"\r\n\r\n" + body


def says(answer: bytes) -> Answer:
    return lambda line, _: line.sendall(answer)


@contextmanager
def receiving(answer: Answer, tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """A receiving end on loopback."""
    seen, listener = Receiver(), socket.create_server(("127.0.0.1", 0))
    seen.port = listener.getsockname()[1]
    if tls is not None:
        tls.sni_callback = lambda _line, name, _context: seen.names.append(name)

    def serve(line: socket.socket) -> None:
        with suppress(OSError), line:
            used = tls.wrap_socket(line, server_side=True) if tls else line
            got = _read(used)
            if got:
                seen.requests.append(got)
            answer(used, got)
            used.close()

    def accept() -> None:
        with suppress(OSError):
            while True:
                line, _ = listener.accept()
                seen.connections += 1
                threading.Thread(target=serve, args=(line,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield seen
    finally:
        listener.close()


def _certificate(folder: Path, name: str) -> Path:
    """A self-signed certificate for a name, with its key, as one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / f"{name}.pem"
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ssl.SSLContext]:
    """A server's context for a name; the caller believes in its certificate."""

    def of(name: str) -> ssl.SSLContext:
        path = _certificate(tmp_path, name)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        monkeypatch.setattr(calling, "certificates", lambda: ssl.create_default_context(cafile=path))
        return context

    return of


@pytest.fixture
def pinned(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Loopback counts as outside here and nothing else does; what was looked up, in order."""
    asked: list[tuple[str, int]] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append((host, port))
        return ["127.0.0.1"]

    monkeypatch.setattr(calling, "resolve", resolve)
    monkeypatch.setattr(rules, "is_outside", lambda ip: ip == "127.0.0.1")
    return asked


def post(address: rules.Address, **more: Any) -> calling.Outcome:
    return calling.call(
        address, {"webhook-id": "one", "Content-Type": "application/json"}, b'{"a":1}', **more
    )


def plain(port: int) -> rules.Address:
    return rules.Address("http", "127.0.0.1", port, "/hook?token=t")


def test_a_call_connects_to_the_checked_place_with_name_certificate_and_host_of_the_address(
    server: Any, pinned: list[tuple[str, int]]
) -> None:
    with receiving(says(OK), server(NAME)) as seen:
        outcome = post(rules.Address("https", NAME, seen.port, "/hook?token=t"))
    assert outcome == calling.Outcome(True, "", 204)
    assert pinned == [(NAME, seen.port)]
    assert seen.names == [NAME]
    [request] = seen.requests
    head, _, body = request.partition(b"\r\n\r\n")
    assert head.startswith(b"POST /hook?token=t HTTP/1.1\r\n")
    assert head.lower().count(b"\r\nhost:") == 1
    assert f"Host: {NAME}:{seen.port}".encode() in head
    assert body == b'{"a":1}'


def test_a_certificate_for_another_name_is_refused_before_a_word_is_said(
    server: Any, pinned: list[tuple[str, int]]
) -> None:
    with receiving(says(OK), server("other.example.com")) as seen:
        outcome = post(rules.Address("https", NAME, seen.port, "/"))
    assert outcome == calling.Outcome(False, "certificate")
    assert seen.requests == []


def test_a_certificate_nobody_vouches_for_is_refused(
    server: Any, pinned: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    context = server(NAME)
    monkeypatch.setattr(calling, "certificates", ssl.create_default_context)
    with receiving(says(OK), context) as seen:
        assert post(rules.Address("https", NAME, seen.port, "/")).reason == "certificate"
    assert seen.requests == []


def test_a_name_that_turns_inside_between_two_look_ups_is_looked_up_once(
    monkeypatch: pytest.MonkeyPatch, server: Any
) -> None:
    """Rebinding: the first answer is outside, each later one is inside. The system's own look-up is watched."""
    answers, connected = iter(["8.8.8.8", "127.0.0.1", "127.0.0.1"]), []
    monkeypatch.setattr(calling, "resolve", lambda host, port: [next(answers)])

    def connect(address: tuple[str, int], *_: Any, **__: Any) -> socket.socket:
        connected.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr("urllib3.util.connection.create_connection", connect)
    address = rules.Address("https", NAME, 443, "/")
    assert post(address) == calling.Outcome(False, "connection")
    assert connected == ["8.8.8.8"]
    assert post(address) == calling.Outcome(False, "inside")
    assert connected == ["8.8.8.8"]


@pytest.mark.parametrize(
    "found", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["::1"], ["::ffff:127.0.0.1"], ["169.254.169.254"], []]
)
def test_a_name_that_leads_inside_is_not_connected_to(
    found: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiving(says(OK)) as seen:
        monkeypatch.setattr(calling, "resolve", lambda host, port: found)
        assert post(rules.Address("https", NAME, seen.port, "/")) == calling.Outcome(False, "inside")
    assert seen.connections == 0


def test_loopback_needs_its_setting_at_the_call_too(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving(says(OK)) as seen:
        assert post(plain(seen.port)) == calling.Outcome(False, "inside")
        assert seen.connections == 0
        assert post(plain(seen.port), loopback=True).taken


def test_a_name_that_is_not_found_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(host: str, port: int) -> list[str]:
        raise socket.gaierror

    monkeypatch.setattr(calling, "resolve", missing)
    assert post(rules.Address("https", NAME, 443, "/")).reason == "name"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    with receiving(says(OK)) as inside:
        there = (
            f"HTTP/1.1 {status} Go\r\nLocation: http://127.0.0.1:{inside.port}/\r\nContent-Length: 0\r\n\r\n"
        )
        with receiving(says(there.encode())) as seen:
            outcome = post(plain(seen.port), loopback=True)
    assert outcome == calling.Outcome(False, "redirect", status)
    assert inside.connections == 0


def test_no_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving(says(OK)) as proxy, receiving(says(OK)) as seen:
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
            monkeypatch.setenv(name.upper(), f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("no_proxy", "")
        assert post(plain(seen.port), loopback=True).taken
    assert proxy.connections == 0


@pytest.mark.parametrize("status", [400, 401, 404, 410, 429, 500, 503])
def test_a_refusal_is_kept_as_its_number(status: int) -> None:
    with receiving(says(f"HTTP/1.1 {status} No\r\nContent-Length: 6\r\n\r\nsecret".encode())) as seen:
        assert post(plain(seen.port), loopback=True) == calling.Outcome(False, "answer", status)


def _drip(line: socket.socket, _: bytes) -> None:
    for byte in OK * 1000:
        line.sendall(bytes([byte]))
        time.sleep(0.05)


def _endless(line: socket.socket, _: bytes) -> None:
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n")
    while True:
        line.sendall(b"x" * 65536)


def _silent(line: socket.socket, _: bytes) -> None:
    line.recv(1)


@pytest.mark.parametrize("answer", [_drip, _silent], ids=["drip", "silent"])
def test_an_answer_that_takes_too_long_is_ended_from_here(
    answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calling, "SECONDS", 0.5)
    with receiving(answer) as seen:
        assert post(plain(seen.port), loopback=True) == calling.Outcome(False, "slow")


def test_a_handshake_that_never_ends_is_ended_from_here(
    pinned: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calling, "SECONDS", 0.5)

    def stall(line: socket.socket, _: bytes) -> None:
        with suppress(OSError):
            while True:
                line.sendall(b"\x16")
                time.sleep(0.05)

    with receiving(stall) as seen:
        outcome = post(rules.Address("https", NAME, seen.port, "/"))
    assert not outcome.taken


def test_of_a_huge_answer_nothing_but_its_number_is_read() -> None:
    with receiving(_endless) as seen:
        assert post(plain(seen.port), loopback=True) == calling.Outcome(True, "", 200)


@pytest.mark.parametrize(
    "answer",
    [
        b"", b"nonsense", b"HTTP/1.1 abc OK\r\n\r\n", b"HTTP/1.1 99999 OK\r\n\r\n", b"\x00" * 100,
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000 + b"\r\n", b"HTTP/1.1 " + b"2" * 100_000,
        b"HTTP/1.1 100 Continue\r\n\r\n" * 3, b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000,
    ],
)  # fmt: skip
def test_an_odd_answer_is_a_failure_and_nothing_worse(answer: bytes) -> None:
    with receiving(says(answer)) as seen:
        assert not post(plain(seen.port), loopback=True).taken


def test_nobody_listening_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert post(plain(port), loopback=True) == calling.Outcome(False, "connection")


def test_an_ipv6_place_is_connected_to_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    connected = []

    def connect(address: tuple[str, int], *_: Any, **__: Any) -> socket.socket:
        connected.append(ipaddress.ip_address(address[0].strip("[]")))
        raise ConnectionRefusedError

    monkeypatch.setattr("urllib3.util.connection.create_connection", connect)
    monkeypatch.setattr(calling, "resolve", lambda host, port: ["2606:4700:4700::1111"])
    assert post(rules.Address("https", NAME, 443, "/")).reason == "connection"
    assert connected == [ipaddress.ip_address("2606:4700:4700::1111")]
