"""What a form sent, read the same everywhere: text without NUL, whole numbers of a bounded length."""

from __future__ import annotations

from typing import TypeVar

from django.http import QueryDict

T = TypeVar("T")


def plain_text(given: QueryDict, name: str) -> str:
    """A field as it was typed, '' where it is not there. No database keeps a NUL, so there is none."""
    return given.get(name, "").replace("\x00", "")


def whole(said: str, otherwise: T) -> int | T:
    """A whole number of at most eight digits, such as a version or a page; ``otherwise`` for anything else."""
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 9 else otherwise
