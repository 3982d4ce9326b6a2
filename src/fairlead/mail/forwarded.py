"""Finding the original sender in a forwarded mail, as the usual mail programs write it. No Django here."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WORDS = {
    "from": "from von de da van från fra lähettäjä od nadawca feladó kimden от від 发件人 寄件者 差出人 보낸 "
    "expéditeur remitente mittente afzender avsändare",
    "date": "date sent datum gesendet envoyé enviado data inviato verzonden skickat sendt lähetetty päiväys wysłano "
    "odesláno dátum elküldve tarih gönderildi дата отправлено 发送时间 日期 送信日時 날짜 fecha dato päivämäärä",
    "to": "to an à a para aan till til vastaanottaja do komu címzett kime кому 收件人 宛先 받는 destinataire "
    "destinatario",
    "subject": "subject betreff objet asunto oggetto assunto onderwerp ämne emne aihe temat předmět tárgy konu тема "
    "主题 件名 제목",
    "cc": "cc kopie copie kopia kopio copia kopi dw másolat reply-to antwort reply antworten",
}
_OF = {word: part for part, words in _WORDS.items() for word in words.split()}
_LINE = re.compile(r"\*{0,2}\s{0,3}([^\W\d_][\w-]{0,14})(?: [\w-]{1,12}){0,2}\s{0,3}[:：]\*{0,2}\s*(.*)")
_QUOTED = re.compile(r"^(?:\s{0,3}>)+ ?")
_ANGLE = re.compile(r"<(?:mailto:)?([^<>\s@]{1,64}@[^<>\s@]{1,190})>")
_MAILTO = re.compile(r"\[(?:mailto:)([^\[\]\s@]{1,64}@[^\[\]\s@]{1,190})\]")
_BARE = re.compile(r"([^<>\s@\"']{1,64}@[^<>\s@\"']{1,190})")
FURTHEST = 400
"""A block of headers is looked for in so many lines from the top."""
_FOLDS = 12


@dataclass(frozen=True, slots=True)
class Forwarded:
    """An original as it was forwarded: its sender as written there, its subject, its text."""

    name: str
    address: str
    subject: str
    text: str


def recognise(text: str) -> Forwarded | None:
    """The first forwarded message in a text; None where no block of From and two more headers is found."""
    lines = [_QUOTED.sub("", line) for line in text.split("\n")]
    for start in range(min(len(lines), FURTHEST)):
        if _part(lines[start]) is None:
            continue
        found, end = _block(lines, start)
        if "from" in found and len(found.keys() & {"date", "to", "subject"}) >= 2:
            name, address = person(found["from"])
            if name or address:
                return Forwarded(name, address, found.get("subject", ""), "\n".join(lines[end:]).strip())
    return None


def _part(line: str) -> tuple[str, str] | None:
    """Which header a line is, in whatever language, and what it says."""
    match = _LINE.match(line.strip()[:400])
    part = _OF.get(match[1].casefold()) if match else None
    return (part, match[2].strip(" *\xa0")) if match and part else None


def _block(lines: list[str], start: int) -> tuple[dict[str, str], int]:
    """The headers from a line on, and the line behind them; a line that is no header continues the one before."""
    found: dict[str, str] = {}
    last, folds, at = "", 0, start
    while at < len(lines) and at < start + 30:
        part = _part(lines[at])
        if part is not None:
            last, folds = part[0], 0
            found.setdefault(last, part[1])
        elif not lines[at].strip() or not last or folds >= _FOLDS:
            break
        elif last in ("to", "cc", "subject"):
            folds += 1
        else:
            break
        at += 1
    return found, at


def person(said: str) -> tuple[str, str]:
    """(name, address in lower case) of a sender as a mail program writes it; either may be ''."""
    said = " ".join(said[:400].split())
    match = _ANGLE.search(said) or _MAILTO.search(said) or _BARE.search(said)
    if match is None:
        return said.strip("\"' <>")[:160], ""
    name = said[: match.start()].strip().strip("\"'<>[] ")
    return name[:160], match[1].strip(".,;").lower()
