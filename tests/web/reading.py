"""One person reads many pages of a company in which nothing changes meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import cache
from typing import Any

import pytest
from django.contrib.auth import middleware
from django.http import HttpRequest

from fairlead.people import kept, queries
from fairlead.web import frame

_counted = cache(frame._waits)


@contextmanager
def one_reader(*, counted_once: bool = False) -> Iterator[None]:
    """Who asks, what is set and what waits for them is read with the first page, and not again with every other.

    It was half of the time of a crawl. What waits are counts, the same on every page; they are made once. With
    ``counted_once`` they are made once in the process: for tests that build the same world again and ask who is let in.
    """
    with kept.settings(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(kept, "settings", nullcontext)
        patch.setattr(queries, "actor_of_account", cache(queries.actor_of_account))
        patch.setattr(middleware, "get_user", _by_session(middleware.get_user))
        patch.setattr(frame, "_waits", _counted if counted_once else cache(frame._waits))
        yield


def _by_session(read: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """The account of a session, read with its first request. Who has none is asked each time."""
    found: dict[str, Any] = {}

    def user(request: HttpRequest) -> Any:
        session = request.COOKIES.get("sessionid", "")
        if session not in found:
            user = read(request)
            if not user.is_authenticated:
                return user
            found[session] = user
        return found[session]

    return user
