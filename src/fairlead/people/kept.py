"""What the organisation set, read once while one page is answered or one act is done.

Currency, calendar, stages and rates are asked for a dozen times on the way to a page and do not change meanwhile.
Outside of :func:`settings` nothing is kept, and an act that sets something makes the next reading a new one.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

T = TypeVar("T")
_kept: ContextVar[dict[Hashable, Any] | None] = ContextVar("kept", default=None)


@contextmanager
def settings() -> Iterator[None]:
    """Read each setting at most once inside; what was kept outside does not count here."""
    before = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(before)


def once(what: Hashable, read: Callable[[], T]) -> T:
    """The value of ``read``, kept under ``what`` where settings are being kept."""
    kept = _kept.get()
    if kept is None:
        return read()
    if what not in kept:
        kept[what] = read()
    found: T = kept[what]
    return found


def forget() -> None:
    """Read everything anew from here on; for acts that set something."""
    kept = _kept.get()
    if kept is not None:
        kept.clear()
