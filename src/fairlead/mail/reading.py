"""Bytes of a mail in, values out: who wrote, to whom, the subject, the text as text. No Django here.

Mail comes from anybody. What could make reading it expensive (size, parts, nesting, endless headers) is counted before
any parser sees it; what is only broken is read as far as it goes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import HeaderParseError, MessageError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses
from html import unescape

MOST_HEADERS = 256 * 1024
"""Bytes of headers at the top."""
MOST_PARTS = 1000
MOST_NESTED = 30
MOST_STEPS = 10_000_000
"""The parser looks at each line once for every part that is open around it."""
LONGEST_TEXT = 200_000
"""Characters of text or HTML that are looked at; a desk keeps far fewer."""
_NESTS = re.compile(rb"^content-type:[ \t\r\n]{0,8}(?:multipart|message)/", re.IGNORECASE | re.MULTILINE)
_HEADERS_END = re.compile(rb"\r?\n[ \t]*\r?\n|\r\r")
_SIGNATURES = frozenset(
    {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}
)
_ENCRYPTED = frozenset({"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"})
_BULK = frozenset({"bulk", "junk", "auto_reply"})
_MACHINES = ("mailer-daemon@", "postmaster@", "no-reply@", "noreply@")


_ODD = (RecursionError, MessageError, ValueError, LookupError, TypeError, AttributeError, AssertionError)
"""What the standard library raises on mail that nobody would write."""


class Unreadable(Exception):
    """A mail that is not read, with the reason as `mail.wording` names it."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Mail:
    """What is read of a mail. Addresses are in lower case; ``to`` are those under To, Cc and the like.

    ``headers`` are names and values from the top, for what the receiving server wrote. ``attached`` is a mail that
    was forwarded as an attachment. ``attachments`` counts what is not taken over; ``automatic`` says that a machine
    wrote it, which is never answered.
    """

    sender: str
    sender_name: str
    to: tuple[str, ...]
    subject: str
    text: str
    message_id: str
    attachments: int
    automatic: bool
    attached: Mail | None
    headers: tuple[tuple[str, str], ...]


def read(raw: bytes) -> Mail:
    """A mail as values. Raises Unreadable: too_many_parts, too_nested, broken, encrypted, no_from."""
    _refuse_bombs(raw)
    try:
        mail = _mail(message_from_bytes(raw, policy=policy.compat32), 0)
    except _ODD as odd:
        raise Unreadable("broken") from odd
    if not mail.sender:
        raise Unreadable("no_from")
    return mail


def headers_of(raw: bytes) -> Mail:
    """What the headers of a mail say, for one whose body is not read. Raises Unreadable as `read` does."""
    head = _HEADERS_END.search(raw[:MOST_HEADERS])
    try:
        bare = message_from_bytes(raw[: head.start()] if head else raw[:MOST_HEADERS], policy=policy.compat32)
        for name in ("content-type", "content-transfer-encoding"):
            del bare[name]
        mail = _mail(bare, 0)
    except _ODD as odd:
        raise Unreadable("broken") from odd
    if not mail.sender:
        raise Unreadable("no_from")
    return mail


def _refuse_bombs(raw: bytes) -> None:
    head = _HEADERS_END.search(raw[: MOST_HEADERS + 4])
    if head is None and len(raw) > MOST_HEADERS:
        raise Unreadable("broken")
    if raw.count(b"\n--") + raw.count(b"\r--") > MOST_PARTS:
        raise Unreadable("too_many_parts")
    nested = len(_NESTS.findall(raw))
    if nested > MOST_NESTED or nested * raw.count(b"\n") > MOST_STEPS:
        raise Unreadable("too_nested")


def _mail(message: Message, depth: int) -> Mail:
    sender, name = _one_sender(message)
    text, attachments, attached = _body(message, depth)
    return Mail(
        sender=sender, sender_name=name, to=_recipients(message), subject=_words(_first(message, "subject"))[:400],
        text=text, message_id=_message_id(message), attachments=attachments,
        automatic=_automatic(message, sender), attached=attached,
        headers=tuple((key, " ".join(_raw(value).split())) for key, value in _items(message)),
    )  # fmt: skip


# Headers


def _items(message: Message) -> list[tuple[str, str]]:
    return [(str(name), str(value)) for name, value in message.raw_items()]


def _first(message: Message, name: str) -> str:
    return next((value for key, value in _items(message) if key.lower() == name), "")


def _raw(value: str) -> str:
    """A header's value with stray bytes read as UTF-8, or else as Latin-1."""
    if value.isascii():
        return value
    stray = value.encode("utf-8", "surrogateescape")
    try:
        return stray.decode("utf-8")
    except UnicodeDecodeError:
        return stray.decode("latin-1")


def _words(value: str) -> str:
    """A header as a person reads it, on one line and without control characters."""
    said = _raw(value[:8000])
    if "=?" in said:
        with suppress(HeaderParseError, ValueError, LookupError):
            said = "".join(_decoded(part, charset) for part, charset in decode_header(said))
    return plain(said, one_line=True)


def _decoded(part: bytes | str, charset: str | None) -> str:
    if isinstance(part, str):
        return part
    try:
        return part.decode(charset or "utf-8", "replace")
    except LookupError:
        return part.decode("latin-1")


def plain(text: str, *, one_line: bool = False) -> str:
    """A text without control, surrogate and direction-changing characters; line ends are \\n."""
    said = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(c if c in "\n\t" else "" if not _may_stand(c) else c for c in said)
    return " ".join(kept.split()) if one_line else kept


def _may_stand(letter: str) -> bool:
    code = ord(letter)
    hidden = (
        0x200E <= code <= 0x200F or 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069 or code == 0xFEFF
    )
    return code >= 0x20 and not 0x7F <= code < 0xA0 and not 0xD800 <= code < 0xE000 and not hidden


def _addresses(value: str) -> list[tuple[str, str]]:
    """(name, address in lower case) of an address header; broken ones are left out."""
    try:
        found = getaddresses([_raw(value[:32_000]).replace("\r", " ").replace("\n", " ")])
    except (ValueError, IndexError, RecursionError):
        return []
    return [
        (_words(name)[:160], address.strip().lower())
        for name, address in found
        if _is_address(address.strip())
    ]


def _is_address(text: str) -> bool:
    local, at, domain = text.rpartition("@")
    return (
        bool(at and local and domain)
        and len(text) <= 254
        and not re.search(r"[\s<>\",;:\\()\x00-\x1f]", text)
    )


def _one_sender(message: Message) -> tuple[str, str]:
    """The address and name under From; '' where there is none, or more than one."""
    lines = [value for key, value in _items(message) if key.lower() == "from"]
    found = _addresses(lines[0]) if len(lines) == 1 else []
    if len(found) != 1 or _raw(lines[0]).count("@") > 1 + found[0][0].count("@"):
        return "", ""
    return found[0][1], found[0][0]


_TO = frozenset({"to", "cc", "delivered-to", "x-original-to", "envelope-to"})


def _recipients(message: Message) -> tuple[str, ...]:
    found = [
        address
        for key, value in _items(message)
        if key.lower() in _TO
        for _, address in _addresses_kept(value)
    ]
    return tuple(dict.fromkeys(found))[:200]


def _addresses_kept(value: str) -> list[tuple[str, str]]:
    """As `_addresses`, with the case that public ids behind a plus have."""
    try:
        found = getaddresses([_raw(value[:32_000]).replace("\r", " ").replace("\n", " ")])
    except (ValueError, IndexError, RecursionError):
        return []
    return [(name, address.strip()) for name, address in found if _is_address(address.strip())]


def _message_id(message: Message) -> str:
    said = plain(_raw(_first(message, "message-id")[:400]), one_line=True)
    match = re.search(r"<[^<>\s]{1,240}>", said)
    return match[0] if match else ""


def _automatic(message: Message, sender: str) -> bool:
    submitted = _first(message, "auto-submitted").strip().lower()
    returned = _first(message, "return-path").strip()
    return (
        (bool(submitted) and not submitted.startswith("no"))
        or returned == "<>"
        or _first(message, "precedence").strip().lower() in _BULK
        or bool(_first(message, "x-autoreply") or _first(message, "x-autorespond"))
        or message.get_content_type() == "multipart/report"
        or sender.startswith(_MACHINES)
    )


# Text


def _body(message: Message, depth: int) -> tuple[str, int, Mail | None]:
    """The text, how many attachments are not taken over, and a mail that was forwarded as one."""
    texts: list[str] = []
    attachments, attached = 0, None
    for part in _leaves(message, 0):
        kind = part.get_content_type()
        if kind in _ENCRYPTED and _is_encrypted(part):
            raise Unreadable("encrypted")
        if kind == "message/rfc822" and attached is None and depth == 0:
            inner = part.get_payload()
            if isinstance(inner, list) and inner and isinstance(inner[0], Message):
                attached = _mail(inner[0], depth + 1)
                attachments += attached.attachments
                continue
        if _is_text(part):
            said = _text_of(part)
            if said:
                texts.append(said)
        elif kind not in _SIGNATURES:
            attachments += 1
    return "\n\n".join(texts)[:LONGEST_TEXT].strip(), attachments, attached


def _is_encrypted(part: Message) -> bool:
    return str(part.get_param("smime-type", "")).lower() != "signed-data"


def _leaves(message: Message, depth: int) -> Iterator[Message]:
    """The parts that hold something, in order; of alternatives the plainest. Encrypted parts are given as they are."""
    kind = message.get_content_type()
    inner = message.get_payload()
    if kind in _ENCRYPTED or kind == "message/rfc822" or not isinstance(inner, list):
        yield message
        return
    if depth > MOST_NESTED:
        raise Unreadable("too_nested")
    parts = [part for part in inner if isinstance(part, Message)]
    if kind == "multipart/alternative":
        chosen = next((p for p in parts if p.get_content_type() == "text/plain"), None)
        chosen = chosen or next((p for p in parts if _has_text(p, 0)), None)
        if chosen is not None:
            yield from _leaves(chosen, depth + 1)
            for part in parts:
                if part is not chosen and not part.is_multipart() and not _is_text(part):
                    yield part
            return
    for part in parts:
        yield from _leaves(part, depth + 1)


def _has_text(part: Message, depth: int) -> bool:
    inner = part.get_payload()
    if isinstance(inner, list) and depth < MOST_NESTED:
        return any(_has_text(one, depth + 1) for one in inner if isinstance(one, Message))
    return _is_text(part)


def _is_text(part: Message) -> bool:
    return (
        part.get_content_type() in ("text/plain", "text/html")
        and part.get_content_disposition() != "attachment"
        and not part.get_filename()
    )


def _text_of(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    said = _in_charset(payload, part.get_content_charset() or "utf-8")
    if part.get_content_type() == "text/html":
        said = text_of_html(said[:LONGEST_TEXT])
    elif str(part.get_param("format", "")).lower() == "flowed":
        said = _unfolded(said[:LONGEST_TEXT], str(part.get_param("delsp", "")).lower() == "yes")
    return plain(said[:LONGEST_TEXT]).replace("\xa0", " ").strip()


def _in_charset(payload: bytes, charset: str) -> str:
    try:
        return payload.decode(charset, "replace" if charset not in ("utf-8", "us-ascii") else "strict")
    except (LookupError, UnicodeDecodeError, ValueError):
        pass
    try:
        return payload.decode("utf-8")
    except UnicodeDecodeError:
        return payload.decode("latin-1")


def _unfolded(text: str, delete: bool) -> str:
    """Flowed lines (RFC 3676) as paragraphs."""
    done: list[str] = []
    open_ = False
    for line in text.replace("\r\n", "\n").split("\n"):
        said = line[1:] if line.startswith(" ") else line
        flows = said.endswith(" ") and said != "-- "
        if open_ and not said.startswith(">"):
            done[-1] += said
        else:
            done.append(said)
        if flows and delete:
            done[-1] = done[-1][:-1]
        open_ = flows and not said.startswith(">")
    return "\n".join(done)


_BREAKS = frozenset(
    "p div br tr li h1 h2 h3 h4 h5 h6 table ul ol blockquote hr pre section article header".split()
)
_SILENT = frozenset("script style head title template noscript svg math iframe object".split())


def text_of_html(page: str) -> str:
    """The text of a page, in lines, without anything hidden in tags. Nothing is fetched, no address is kept.

    One pass: what is never closed ends the text. The standard library's parser takes minutes for a page of comments
    that are never closed, in Pythons that are in use.
    """
    lower, parts, at = page.lower(), [], 0
    while at < len(page):
        start = page.find("<", at)
        if start < 0:
            parts.append(_spaced(page[at:]))
            break
        parts.append(_spaced(page[at:start]))
        tag = _TAG.match(lower, start)
        if tag is None and not lower.startswith(("<!", "<?"), start):
            parts.append("<")
            at = start + 1
            continue
        end = page.find("-->", start) if lower.startswith("<!--", start) else page.find(">", start)
        if end >= 0 and tag is not None:
            closes, name = tag[1], tag[2]
            if name in _SILENT and not closes:
                end = lower.find(f"</{name}", start)
                end = page.find(">", end) if end >= 0 else -1
            elif name in _BREAKS and not (closes and name == "br"):
                parts.append("\n- " if name == "li" and not closes else "\n")
        if end < 0:
            break
        at = page.find(">", end) + 1
    lines = (" ".join(line.split()) for line in unescape("".join(parts)).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


_TAG = re.compile(r"<(/?)([a-z][a-z0-9]{0,20})")


def _spaced(text: str) -> str:
    return text.replace("\r", " ").replace("\n", " ")
