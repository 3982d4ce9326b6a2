"""What an address may be, which places of the network may be called, when it is tried again, how a call is signed.

No Django here. The signature is the one of Standard Webhooks 1.0 (HMAC-SHA256 over id, time and body).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from fairlead.mail.wording import GROUPS
from fairlead.people import access

OLDEST = timedelta(days=3)
"""Notices older than this ring nowhere any more: they stand in Fairlead."""
KEPT = timedelta(days=30)
"""How long moments and answers of calls stay."""
LEASE = timedelta(minutes=10)
"""How long one worker has an address to itself; after a crash another takes it up."""
BOTH_SECRETS = timedelta(days=1)
"""How long a call is signed with the secret before as well."""
MOST_ADDRESSES = 20
"""Of one person."""
_WAITS = (5, 30, 120, 360, 720, 1440, 1440)
"""Minutes between two tries: together a little under three days."""
MOST_TRIES = len(_WAITS) + 1

NEVER = ("Between you and one other person", "Addresses that are called")
"""Groups of the mail table that ring nowhere: moments alone would tell who runs the receiving end that somebody asked
for help; and an address that fails does not report itself to itself."""
OFFERED = tuple(group for group in GROUPS if group not in NEVER)


@dataclass(frozen=True, slots=True)
class Address:
    """An address in its parts. ``target`` is what is asked for there, from the first slash on."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """The name as a Host header says it."""
        usual = {"https": 443, "http": 80}[self.scheme]
        return self.host if self.port == usual else f"{self.host}:{self.port}"


_NAME = r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
_REST = r"/[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*"
_HTTPS = re.compile(rf"(?i:(https)://({_NAME})(?::([0-9]{{1,5}}))?)({_REST})?", re.ASCII)
_LOOPBACK = re.compile(rf"(https?)://(127\.0\.0\.1):([0-9]{{1,5}})({_REST})?", re.ASCII)


def address_of(text: str, *, ports: Collection[int] = (443,), loopback: bool = False) -> Address:
    """An address as it was typed: https and a name, as it will be asked for. Raises Refused: bad_address, bad_port.

    A number is no name, in whatever notation: a certificate is made out to a name, and a name is what is looked up
    and checked at each call. ``loopback`` is for tests: it lets http and https to 127.0.0.1 through, at any port.
    """
    said = text.strip()
    if loopback and (found := _LOOPBACK.fullmatch(said)):
        return Address(found[1], found[2], int(found[3]), found[4] or "/")
    found = _HTTPS.fullmatch(said)
    if not found or len(said) > 500 or len(found[2]) > 253:
        raise access.Refused(
            "bad_address",
            "Write an address that begins with https:// and a name, without user, password or “#”, "
            "as in https://chat.example.com/hooks/…",
        )
    port = int(found[3] or 443)
    if port not in ports:
        named = ", ".join(map(str, sorted(ports)))
        raise access.Refused("bad_port", f"Port {port} is not called from here. Allowed: {named}.")
    return Address("https", found[2].lower(), port, found[4] or "/")


_GLOBAL_6 = ipaddress.IPv6Network("2000::/3")
_TUNNELS = tuple(map(ipaddress.IPv6Network, ("2002::/16", "2001::/23", "2001:db8::/32", "3fff::/20")))
_SPECIAL_4 = tuple(map(ipaddress.IPv4Network, ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32")))
"""Protocols' own addresses, and a cloud's own services, that look like anybody's."""


def is_outside(ip: str) -> bool:
    """Whether an address of the network is one of the internet: nothing inside, nothing special, no tunnel to it.

    What is not known to be outside is inside. IPv6 is the part given out for unicast, without the parts that carry an
    IPv4 address inside; an IPv4 address written as IPv6 is refused as such.
    """
    try:
        found = ipaddress.ip_address(ip)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv4Address):
        special = found.is_multicast or found.is_reserved or found.is_unspecified
        return found.is_global and not special and not any(found in net for net in _SPECIAL_4)
    return (
        found.scope_id is None
        and found in _GLOBAL_6
        and found.is_global
        and not any(found in net for net in _TUNNELS)
    )


def where(found: Iterable[str]) -> str:
    """The one place to connect to, of what a name led to. Raises Inside where any of it is not outside."""
    every = list(dict.fromkeys(found))
    if not every or not all(is_outside(ip) for ip in every):
        raise Inside
    return min(every, key=lambda ip: ":" in ip)


class Inside(Exception):
    """A name leads to a place that may not be called."""


def next_try(failures: int, at: datetime) -> datetime | None:
    """When an address is called again after so many failures in a row; None when it is paused."""
    return at + timedelta(minutes=_WAITS[failures - 1]) if failures < MOST_TRIES else None


def secret_of(key: str, address: str, version: int) -> bytes:
    """The secret of an address, 32 bytes, derived from the server's own key: it is kept nowhere."""
    return hmac.digest(key.encode(), f"fairlead.webhook.{address}.{version}".encode(), hashlib.sha256)


def shown(secret: bytes) -> str:
    """A secret as the receiving end is given it."""
    return "whsec_" + base64.b64encode(secret).decode()


def signature(secrets: Iterable[bytes], *, key: str, seconds: int, body: bytes) -> str:
    """The value of webhook-signature: one signature for each secret, newest first."""
    signed = f"{key}.{seconds}.".encode() + body
    made = (base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode() for secret in secrets)
    return " ".join(f"v1,{one}" for one in made)


def groups_of(chosen: Iterable[str]) -> tuple[str, ...]:
    """The groups as chosen, in the order of the table. Raises Refused."""
    asked = set(chosen)
    if not asked:
        raise access.Refused("no_groups", "Choose at least one kind of thing that rings there.")
    if asked - set(OFFERED):
        raise access.Refused("bad_group", "Choose among the kinds that are offered.")
    return tuple(group for group in OFFERED if group in asked)
