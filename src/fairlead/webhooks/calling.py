"""One call of one address: the name is looked up once, checked, and that very place is connected to.

No redirect is followed, no proxy of the environment is used, and of the answer nothing but its number is read.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from urllib3 import exceptions
from urllib3.connection import HTTPConnection, HTTPSConnection

from fairlead.webhooks import rules

SECONDS = 10.0
"""What one call may take altogether, from connecting to the number of the answer."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a call: taken, or why not, and the number that was answered."""

    taken: bool
    reason: str = ""
    status: int | None = None


def resolve(host: str, port: int) -> list[str]:
    """Every address of the network a name leads to, as the system says. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(one[4][0]) for one in found]


def certificates() -> ssl.SSLContext:
    """Whom to believe: who the system believes."""
    return ssl.create_default_context()


def call(
    address: rules.Address, headers: Mapping[str, str], body: bytes, *, loopback: bool = False
) -> Outcome:
    """Post a body to an address. Never raises for what the other side does."""
    try:
        ip = address.host if loopback and address.host == "127.0.0.1" else _place(address)
    except rules.Inside:
        return Outcome(False, "inside")
    except (OSError, UnicodeError):
        return Outcome(False, "name")
    return _post(_line(address, ip), address, headers, body)


def _place(address: rules.Address) -> str:
    return rules.where(resolve(address.host, address.port))


class _Held:
    """Keeps a second handle on the connection, so that it can be ended from outside at any moment of it."""

    handle: socket.socket | None = None

    def _new_conn(self) -> socket.socket:
        made: socket.socket = super()._new_conn()  # type: ignore[misc]
        self.handle = made.dup()
        return made

    def end(self) -> None:
        if self.handle is not None:
            with suppress(OSError):
                self.handle.shutdown(socket.SHUT_RDWR)


class _Plain(_Held, HTTPConnection):
    pass


class _Tls(_Held, HTTPSConnection):
    pass


def _line(address: rules.Address, ip: str) -> Any:
    if address.scheme == "http":
        return _Plain(ip, address.port, timeout=SECONDS)
    return _Tls(ip, address.port, timeout=SECONDS, ssl_context=certificates(), server_hostname=address.host)


def _post(line: Any, address: rules.Address, headers: Mapping[str, str], body: bytes) -> Outcome:
    late = threading.Event()

    def give_up() -> None:
        late.set()
        line.end()

    watch = threading.Timer(SECONDS, give_up)
    watch.daemon = True
    watch.start()
    try:
        line.request(
            "POST", address.target, body=body, headers={**headers, "Host": address.authority},
            preload_content=False,
        )  # fmt: skip
        status = _status(line)
    except (exceptions.HTTPError, http.client.HTTPException, OSError, ValueError) as problem:
        return Outcome(False, "slow" if late.is_set() else _reason(problem))
    finally:
        watch.cancel()
        line.close()
        if line.handle is not None:
            line.handle.close()
    return _outcome(status)


def _status(line: Any) -> int:
    """The number of the answer; its body stays unread."""
    status: int = line.getresponse().status
    return status


def _outcome(status: int) -> Outcome:
    if 200 <= status < 300:
        return Outcome(True, "", status)
    return Outcome(False, "redirect" if 300 <= status < 400 else "answer", status)


def _reason(problem: Exception) -> str:
    if isinstance(problem, exceptions.NewConnectionError):
        return "connection"
    if isinstance(problem, exceptions.ConnectTimeoutError | exceptions.ReadTimeoutError | TimeoutError):
        return "slow"
    if isinstance(problem, ssl.SSLCertVerificationError | exceptions.SSLError):
        return "certificate"
    return "connection"
