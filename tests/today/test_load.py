"""What a day asks of a manager of eight stays small: the benchmark's quarter, played for a few weeks."""

from __future__ import annotations

from statistics import median

import pytest
from benchmarks import load


def test_a_typical_day_of_a_manager_of_eight_is_small(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "WEEKS", 3)
    seen = load.play(5, 1)
    assert len(seen.mornings) == 15
    assert median(seen.daily()) <= load.ROOM
    assert {"meeting", "message", "promise", "help", "call"} <= set(seen.kinds())
