"""What evidence comes to: scores, ageing, the weakest criterion, what a stage asks for. No Django here.

Unknown is never positive: a criterion nobody scored counts 0, a score of 0 counts 0, and nothing is averaged, so that
one strong criterion cannot cover a weak one.
"""

from __future__ import annotations

import hashlib
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from fairlead.people import access
from fairlead.promises.rules import LONGEST, sentence

UNKNOWN, BELIEF, SAID, WROTE = 0, 1, 2, 3
SCORES = (UNKNOWN, BELIEF, SAID, WROTE)
MOST_CRITERIA = 12
DAYS = (7, 365)
"""The shortest and the longest an item may count in full."""
LONGEST_LINK = 500
LONGEST_FILE_NAME = 100
_KEY = re.compile(r"[a-z][a-z0-9_]{0,38}")

__all__ = ["LONGEST", "sentence"]


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing to know of a deal: the question, what counts as 1, 2 and 3, and how many days an item lasts."""

    key: str
    name: str
    question: str
    belief: str
    said: str
    wrote: str
    days: int

    @property
    def counts(self) -> tuple[str, str, str, str]:
        """Score -> what it takes."""
        return ("Nobody has said anything we know of.", self.belief, self.said, self.wrote)


@dataclass(frozen=True, slots=True)
class Row:
    """One append-only row of a criterion: a score with its day, or (``undoes``) the taking back of one."""

    number: int
    score: int
    on: date
    at: datetime
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class Grade:
    """What a criterion comes to on a day.

    ``said`` is the score as it was given, ``counted`` what is left of it, ``stale_since`` the day from which it counts
    one step less, ``row`` the number of the row it rests on.
    """

    said: int = UNKNOWN
    counted: int = UNKNOWN
    stale_since: date | None = None
    row: int | None = None


NOTHING = Grade()


def standing(rows: Iterable[Row]) -> list[Row]:
    """The rows that count, oldest first: without those taken back and without the taking back."""
    every = sorted(rows, key=lambda row: row.number)
    gone = {row.undoes for row in every}
    return [row for row in every if row.undoes is None and row.number not in gone]


def grade(rows: Iterable[Row], days: int, on: date) -> Grade:
    """What a criterion comes to on a day: the newest standing row, one step less once it is older than ``days``."""
    kept = standing(rows)
    if not kept:
        return NOTHING
    row = kept[-1]
    fades = row.on + timedelta(days=days + 1)
    if row.score > UNKNOWN and on >= fades:
        return Grade(row.score, row.score - 1, fades, row.number)
    return Grade(row.score, row.score, None, row.number)


def weakest(counted: Mapping[str, int]) -> tuple[int, tuple[str, ...]]:
    """The deal's real score, the least of its criteria, and which ones have it. 0 where there is nothing to count."""
    least = min(counted.values(), default=UNKNOWN)
    return least, tuple(key for key, score in counted.items() if score == least)


def missing(counted: Mapping[str, int], wanted: Mapping[str, int]) -> dict[str, int]:
    """criterion -> the score it should have and has not."""
    return {key: least for key, least in wanted.items() if key in counted and counted[key] < least}


def named(text: str) -> str:
    """A name or a role as it is kept: one line, no control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def https(text: str) -> str:
    """A link as it is kept, or '' for none. Raises Refused for anything but an https address without a password."""
    link = text.strip()
    if not link:
        return ""
    try:
        parts = urlsplit(link)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    plain = link.isascii() and link.isprintable() and " " not in link and "\\" not in link
    if not host or parts.scheme != "https" or "@" in parts.netloc or len(link) > LONGEST_LINK or not plain:
        raise access.Refused(
            "bad_link", "Paste the whole address of the page or file; it begins with https://."
        )
    return link


def refuse_score(*, score: int, what: str, on: date, today: date, buyer: str) -> None:
    """Refuse what the scale does not carry: 2 and 3 need a named person at the buyer, every item a past day."""
    if score not in SCORES:
        raise access.Refused("bad_score", "Choose 0, 1, 2 or 3.")
    if score > UNKNOWN and not what.strip():
        raise access.Refused("what_missing", "Say in one sentence what we know, and from whom or what.")
    if on > today:
        raise access.Refused("day_later", f"{on} lies in the future. Evidence is of a day that has come.")
    if score >= SAID and not buyer.strip():
        raise access.Refused(
            "buyer_missing",
            "2 and 3 need a named person at the buyer. Choose one, or type name and role. Without a name it is our"
            " belief: 1.",
        )


def refuse_criteria(criteria: Sequence[Criterion], exits: Mapping[str, Mapping[str, int]]) -> None:
    """Refuse a set nobody could score by."""
    if not criteria:
        raise access.Refused("no_criteria", "A set needs at least one criterion.")
    if len(criteria) > MOST_CRITERIA:
        raise access.Refused(
            "many_criteria", f"At most {MOST_CRITERIA} criteria: nobody keeps more up to date."
        )
    keys = [one.key for one in criteria]
    names = [one.name.strip().lower() for one in criteria]
    if len(set(keys)) < len(keys) or len(set(names)) < len(names) or not all(map(_KEY.fullmatch, keys)):
        raise access.Refused("same_twice", "Two criteria have the same name. Give each its own.")
    for one in criteria:
        if not one.name.strip() or not one.question.strip():
            raise access.Refused("criterion_empty", "Every criterion needs a name and a question.")
        if not DAYS[0] <= one.days <= DAYS[1]:
            raise access.Refused(
                "bad_days", f"{one.name}: an item lasts between {DAYS[0]} and {DAYS[1]} days."
            )
    for stage, wanted in exits.items():
        if not set(wanted) <= set(keys) or not set(wanted.values()) <= set(SCORES):
            raise access.Refused(
                "bad_exit", f"What {stage} asks for names a criterion or a score that is not there."
            )


def key_of(name: str, taken: Iterable[str]) -> str:
    """A key for a new criterion, from its name; never one that was used before for something else."""
    word = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:32]
    word = word if word[:1].isalpha() else f"c_{word}".rstrip("_")
    used, number = set(taken), 2
    key = word
    while key in used:
        key, number = f"{word}_{number}", number + 1
    return key


@dataclass(frozen=True, slots=True)
class Changed:
    """A criterion that came to something else between two days; ``by_age`` where only time did it."""

    key: str
    before: int
    after: int
    by_age: bool


def changed(before: Mapping[str, Grade], after: Mapping[str, Grade]) -> list[Changed]:
    """What moved between two looks at the same criteria."""
    return [
        Changed(key, before.get(key, NOTHING).counted, now.counted, before.get(key, NOTHING).row == now.row)
        for key, now in after.items()
        if before.get(key, NOTHING).counted != now.counted
    ]


# A file that is the evidence

_OFFICE = "application/vnd.openxmlformats-officedocument."
KINDS: Mapping[str, str] = {
    "pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg",
    "txt": "text/plain; charset=utf-8", "eml": "message/rfc822",
    "docx": f"{_OFFICE}wordprocessingml.document", "xlsx": f"{_OFFICE}spreadsheetml.sheet",
    "pptx": f"{_OFFICE}presentationml.presentation",
}  # fmt: skip
"""The ending of a file's name -> the content type it is sent with. Nothing else is taken."""
ACCEPTED = "PDF, PNG, JPEG, text (.txt), mail (.eml) and Office files (.docx, .xlsx, .pptx)"
_BEGINS = {"pdf": b"%PDF-", "png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff", "jpeg": b"\xff\xd8\xff"}
_HOLDS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
_MOST_PARTS = 5_000
_HEADER = re.compile(rb"[A-Za-z][A-Za-z0-9-]*:[ \t]?|From ")


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as it was sent: its name as the sender has it, and its bytes."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Kept:
    """A file as it is kept."""

    name: str
    kind: str
    data: bytes
    sha256: str


def kept_file(sent: Sent, *, limit: int, taken: int, most: int) -> Kept:
    """A file as it is kept: its name as harmless words, its kind by ending and content alike.

    Sizes in bytes: ``limit`` of one file, ``taken`` by the deal's files so far, ``most`` of all of them. Raises
    Refused: file_empty, file_large, files_full, file_kind, file_other, file_macros, file_broken.
    """
    size = len(sent.data)
    name = file_name(sent.name)
    if size == 0:
        raise access.Refused("file_empty", f"{name} is empty. Choose the file again, or send it without one.")
    if size > limit:
        raise access.Refused(
            "file_large",
            f"{name} is larger than {megabytes(limit)}. Send the page that shows it, or a link to it.",
        )
    if taken + size > most:
        raise access.Refused(
            "files_full",
            f"The files of this deal would be more than {megabytes(most)}. Remove one, or give a link.",
        )
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if ending not in KINDS:
        raise access.Refused(
            "file_kind", f"{name} is not taken. {ACCEPTED} are; save or photograph it as one of these."
        )
    _refuse_other(name, ending, sent.data)
    return Kept(name, KINDS[ending], sent.data, hashlib.sha256(sent.data).hexdigest())


def megabytes(size: int) -> str:
    """ "10 MB"."""
    return f"{size / 1024**2:g} MB"


def file_name(name: str) -> str:
    """A file's name as harmless words: its last part without control and direction marks, its ending kept."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    words = re.sub(r"[^\w .()+-]", "_", last).strip(" .")
    stem, dot, ending = words.rpartition(".")
    ending = ending[:10] if dot else ""
    stem = (stem if dot else words)[: LONGEST_FILE_NAME - len(ending) - 1].strip(" .")
    return f"{stem or 'file'}{dot}{ending}"


def _refuse_other(name: str, ending: str, data: bytes) -> None:
    """Refuse a file that is not what its name says."""
    other = access.Refused(
        "file_other",
        f"{name} is no {ending.upper()} file inside. Save it anew in the program that made it, or as PDF.",
    )
    if ending in _BEGINS:
        if not data.startswith(_BEGINS[ending]):
            raise other
    elif ending in _HOLDS:
        _refuse_office(name, ending, data, other)
    elif not _is_text(data) or (ending == "eml" and not _HEADER.match(data)):
        raise other


def _is_text(data: bytes) -> bool:
    if b"\x00" in data:
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return b"\x1b" not in data and not data.startswith((b"MZ", b"\x7fELF", b"\xd0\xcf\x11\xe0"))
    return True


def _refuse_office(name: str, ending: str, data: bytes, other: access.Refused) -> None:
    """Refuse an Office file that is none, that is damaged, or that carries a program. Nothing is unpacked."""
    if not data.startswith(b"PK\x03\x04"):
        raise other
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as broken:
        raise access.Refused("file_broken", f"{name} is damaged. Save it anew, or as PDF.") from broken
    if "[Content_Types].xml" not in parts or _HOLDS[ending] not in parts or len(parts) > _MOST_PARTS:
        raise other
    if any(part.lower().endswith(("vbaproject.bin", ".exe", ".dll", ".js", ".vbs")) for part in parts):
        raise access.Refused("file_macros", f"{name} carries a program (macros). Save it without, or as PDF.")
