"""One person reads many pages of a company in which nothing changes meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import cache

import pytest

from fairlead.people import kept, queries
from fairlead.web import frame


@contextmanager
def one_reader() -> Iterator[None]:
    """Who asks, what is set and what waits for them is read with the first page, and not again with every other.

    It was half of the time of a crawl. What waits are counts, the same on every page; they are made once.
    """
    with kept.settings(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(kept, "settings", nullcontext)
        patch.setattr(queries, "actor_of_account", cache(queries.actor_of_account))
        patch.setattr(frame, "_waits", cache(frame._waits))
        yield
