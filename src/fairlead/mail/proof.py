"""Whether the receiving server says that a mail is from whom it says it is from (RFC 8601). No Django here."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Result:
    """One method's verdict with its properties, such as ``dmarc``, ``pass``, {"header.from": "example.com"}."""

    method: str
    verdict: str
    properties: tuple[tuple[str, str], ...] = ()

    def of(self, name: str) -> str:
        return next((value for key, value in self.properties if key == name), "")


LONGEST, MOST = 4000, 100
"""Characters of one header, and verdicts, that are looked at."""
_PAIR = re.compile(r"([a-z0-9._/-]{1,60})\s{0,4}=\s{0,4}(\"[^\"]*\"|[^\s;\"]+)", re.IGNORECASE)


def results(headers: Sequence[tuple[str, str]], server: str, hops: int = 0) -> list[Result] | None:
    """What the server named ``server`` wrote into a mail's headers, given from the top; None where it wrote nothing.

    Each server puts its lines on top. So only headers above the first ``Received`` line count, or with ``hops`` so many
    lines of own servers further down; what stands below came with the mail, whoever wrote it, even where the server
    wrote nothing at all. A header of another server is nobody's word here.
    """
    found: list[Result] = []
    begun, passed = False, 0
    for name, value in headers:
        if name.lower() == "received":
            passed += 1
            if begun or passed > hops:
                break
        if name.lower() != "authentication-results":
            continue
        if '"' in value or "\\" in value or not _closed(value):
            begun = True
            continue  # a sender's own words may stand in quotes and comments: such a header proves nothing
        said = _without_comments(value[:LONGEST])
        who, _, rest = said.partition(";")
        words = who.split()
        if len(found) < MOST and words and words[0].strip('"').lower() == server.lower():
            begun = True
            found += [one for part in rest.split(";") if (one := _result(part)) is not None]
    return found if begun else None


_PEER = re.compile(r"\((?:[^\s()\[\]=]{1,255}\s+)?\[(?:IPv6:)?([0-9A-Fa-f.:]{2,45})\]")
_ANY_PEER = re.compile(r"\[(?:IPv6:)?([0-9A-Fa-f.:]{2,45})\]")


def handed_in_by(headers: Sequence[tuple[str, str]], hops: int = 0) -> str:
    """The network of the server that handed a mail in, as own servers noted it; '' where none did.

    Looked for in the first ``hops`` + 1 ``Received`` lines: the first with a public address. A name a server gives
    itself counts for nothing.
    """
    lines = [value[:1000] for name, value in headers if name.lower() == "received"][: hops + 1]
    last = ""
    for line in lines:
        said = line.partition(" by ")[0]
        match = _PEER.search(said) or _ANY_PEER.search(said)
        network, public = _network(match[1]) if match else ("", False)
        if public:
            return network
        last = network
    return last


def _network(address: str) -> tuple[str, bool]:
    """The network an address is in, and whether it is a public one; who sends has many addresses of one network."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "", False
    network = ipaddress.ip_network(f"{found}/{24 if found.version == 4 else 48}", strict=False)
    return str(network), found.is_global


def _result(part: str) -> Result | None:
    pairs = [(name.lower(), value.strip('"').lower()) for name, value in _PAIR.findall(part)]
    if not pairs:
        return None
    method, verdict = pairs[0]
    return Result(method.partition("/")[0], verdict, tuple(pairs[1:]))


def _closed(text: str) -> bool:
    """Whether every parenthesis is closed, and none before it was opened."""
    depth = 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if depth < 0:
            return False
    return depth == 0


def _without_comments(text: str) -> str:
    """The text without what stands in parentheses, however deep. What is not closed is gone as well."""
    kept, depth = [], 0
    for letter in text:
        if letter == "(":
            depth += 1
        elif letter == ")":
            depth = max(0, depth - 1)
        elif depth == 0:
            kept.append(letter)
    return "".join(kept)


def proves(found: Sequence[Result] | None, domain: str) -> bool:
    """Whether these results prove that a mail is from a domain.

    DMARC decides where it was looked at: every verdict has to be a pass, of this domain. Without it SPF and DKIM both
    have to pass, for the domain or one below it.
    """
    if found is None:
        return False
    domain = domain.lower()
    dmarc = [one for one in found if one.method == "dmarc"]
    if dmarc:
        return all(one.verdict == "pass" and one.of("header.from") in ("", domain) for one in dmarc)
    spf = [one for one in found if one.method == "spf"]
    dkim = [one for one in found if one.method == "dkim" and one.verdict == "pass"]
    return (
        bool(spf)
        and all(one.verdict == "pass" and _aligned(_domain(one.of("smtp.mailfrom")), domain) for one in spf)
        and any(_aligned(one.of("header.d") or _domain(one.of("header.i")), domain) for one in dkim)
    )


def _domain(address: str) -> str:
    return address.rpartition("@")[2]


def _aligned(found: str, domain: str) -> bool:
    return bool(found) and (found == domain or found.endswith(f".{domain}"))
