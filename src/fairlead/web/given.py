"""What a form sent, read the same everywhere: text without NUL, whole numbers of a bounded length."""

from __future__ import annotations

from datetime import date
from typing import TypeVar

from django.http import QueryDict

from fairlead.people import access

T = TypeVar("T")


def plain_text(given: QueryDict, name: str) -> str:
    """A field as it was typed, '' where it is not there. No database keeps a NUL, so there is none."""
    return given.get(name, "").replace("\x00", "")


def whole(said: str, otherwise: T) -> int | T:
    """A whole number of at most eight digits, such as a version or a page; ``otherwise`` for anything else."""
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 9 else otherwise


def day(text: str) -> date | None:
    """A day as typed, None where the field is empty. Raises Refused for what is no day."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as odd:
        raise access.Refused("bad_day", f"“{text[:30]}” is no day. Write it as in 2026-11-24.") from odd


def day_or_none(text: str) -> date | None:
    """A day as typed; what cannot be one is a day that is missing, which its rule refuses."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
