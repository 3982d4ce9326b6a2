"""What a sender may say: whose job it is, release dates, notices to everybody, days of pressure. No Django here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from fairlead.desk import hints
from fairlead.desk.rules import PASSES
from fairlead.people import access, workdays

JOBS = {
    "mine": "my own job",
    "manager": "the manager’s job",
    "rep": "the rep’s job",
    "other": "somebody else’s job",
}
"""Whose job it is -> in the sender's words."""
SAID_JOBS = {
    "mine": "the sender’s own",
    "manager": "yours",
    "rep": "a rep’s; what reaches a rep is your decision",
    "other": "somebody else’s",
}
"""The same, as the manager reads it."""

EMBARGO = timedelta(days=14)
"""A release date lies within two weeks. Longer is confidential, and that is HR's to set."""
MOST_RECEIVERS = 200

REASONS = {
    "safety": "Safety: evacuation, accident, weather",
    "security": "Security: fraud, a lost device, an attack",
    "outage": "A system is down, or back",
    "closed": "An office is closed, a public holiday",
}
"""What a notice to everybody may be about -> in words."""
LONGEST_NOTICE = 400
LONGEST_NOTICE_TITLE = 80

PRESSURE = {"board": "Board meeting", "announcement": "Announcement"}
"""Kinds of days that are kept. The last day of a period is known without being kept."""
PERIOD_END = "period_end"
AHEAD = 2
"""Working days before such a day on which the calm card is shown as ready."""
FURTHEST = timedelta(days=550)


def job_of(job: str, name: str) -> tuple[str | None, str | None]:
    """Whose job it is, as it is kept. Raises Refused: bad_job, nobody_named."""
    if not job:
        return None, None
    if job not in JOBS:
        raise access.Refused("bad_job", f"Say whose job it is: {', '.join(JOBS.values())}.")
    who = " ".join("".join(c if c.isprintable() else " " for c in name).split())[:160]
    if job == "other" and not who:
        raise access.Refused("nobody_named", "Say whose job it is: write the name, or choose another answer.")
    return job, who if job == "other" else None


def said_job(job: str | None, name: str | None) -> str:
    """Whose job a sender said it is, as the manager reads it; '' where nothing was said."""
    if not job:
        return ""
    return f"{SAID_JOBS[job]}: {name}" if job == "other" else SAID_JOBS[job]


# Release dates


def refuse_release(release_at: datetime | None, at: datetime) -> None:
    """Raises Refused for a release date that has passed or lies too far ahead."""
    if release_at is None:
        return
    if release_at <= at:
        raise access.Refused("bad_moment", "Choose a release date that is still to come, or none.")
    if release_at > at + EMBARGO:
        raise access.Refused(
            "moment_far",
            "A release date lies within two weeks. What must wait longer is HR’s to keep confidential.",
        )


def refuse_before_release(kind: str, release_at: datetime | None, opens_at: datetime, said: str) -> None:
    """Raises Refused for passing on, in whatever words, what is not released yet. ``said`` is the day in words."""
    if kind in PASSES and release_at is not None and opens_at < release_at:
        raise access.Refused(
            "not_released", f"Nobody passes it on before {said}. Schedule it for then, or hold it until then."
        )


# Notices to everybody


def refuse_notice(reason: str, title: str, text: str, deals: Iterable[str], persons: Iterable[str]) -> None:
    """Raises Refused for a reason that is none, for too many words, and for a deal's or a person's name.

    ``persons`` are all who are no executives. The refusal says which word, and not whose name it is.
    """
    if reason not in REASONS:
        raise access.Refused("bad_reason", f"A notice to everybody is one of: {'; '.join(REASONS.values())}.")
    if not title.strip() or not text.strip():
        raise access.Refused("text_missing", "Write a heading, and what everybody has to know.")
    if len(title) > LONGEST_NOTICE_TITLE or len(text) > LONGEST_NOTICE:
        raise access.Refused(
            "text_long", f"At most {LONGEST_NOTICE_TITLE} characters of heading and {LONGEST_NOTICE} of text."
        )
    said = f"{title}\n{text}"
    word = names_a_deal(said, deals) or names_a_person(said, persons)
    if word:
        raise access.Refused(
            "names_somebody",
            f"A notice to everybody is not about a customer, a deal or a person. “{word}” is such a name: say it "
            "without, or write to the manager.",
        )


def names_a_deal(text: str, deals: Iterable[str]) -> str:
    """The name of a deal or its customer that stands in a text, in whatever letters; '' where none does.

    The first word of a longer name counts where it has a capital and begins no sentence: “Office Supplies” must not
    refuse “Office closed”.
    """
    written = _words(text)
    words = {word.casefold() for word in written}
    capital = {word.casefold() for word in written if word[:1].isupper()}
    within = {found[1].casefold() for found in re.finditer(r"(?<=[\w’',;:-]) +([^\W\d_][\w’'-]*)", text)}
    said = f" {' '.join(written)} ".casefold()
    ordinary = hints.language().ordinary
    for name in deals:
        parts = _words(name)
        if not parts or parts[0].casefold() not in words:
            continue
        if len(parts) > 1 and f" {' '.join(parts)} ".casefold() in said:
            return name
        first = parts[0].casefold()
        telling = len(parts[0]) > 4 and first not in ordinary
        if telling and (len(parts) == 1 or first in within & capital):
            return parts[0]
    return ""


def names_a_person(text: str, persons: Iterable[str]) -> str:
    """What stands in a text of the name of one of these people, as it is written there, in whatever letters.

    A part of a name counts where it is no ordinary word; '' where none does.
    """
    written = [found[0] for found in re.finditer(r"\w+", text)]
    plain = [_plain(word) for word in written]
    places: dict[str, list[int]] = {}
    for place, word in enumerate(plain):
        places.setdefault(word, []).append(place)
    ordinary = hints.language().ordinary
    for name in persons:
        parts = [_plain(word) for word in re.findall(r"\w+", name)]
        for place in places.get(parts[0], ()) if parts else ():
            if plain[place : place + len(parts)] == parts:
                return " ".join(written[place : place + len(parts)])
        for part in parts:
            if part in places and len(part) > 2 and part not in ordinary:
                return written[places[part][0]]
    return ""


def _plain(word: str) -> str:
    """A word without case and accents, for comparing."""
    return "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c)).casefold()


def _words(text: str) -> list[str]:
    return [found[0] for found in re.finditer(r"[\w’'-]+", text)]


# Days of pressure


def refuse_day(kind: str, on: date, today: date) -> None:
    """Raises Refused for a kind that is none and for a day that has passed or is far away."""
    if kind not in PRESSURE:
        raise access.Refused("bad_kind", f"A day is one of: {', '.join(PRESSURE.values())}.")
    if not today <= on <= today + FURTHEST:
        raise access.Refused("bad_day", "Choose today or a day to come, within a year and a half.")


def is_ahead(on: date, today: date, off: frozenset[date]) -> bool:
    """Whether a day is today or at most two working days away."""
    return on >= today and workdays.workdays_between(today, on, off) <= AHEAD
