"""A submission freezes everything, reaches everybody at once, and happens once."""

from __future__ import annotations

import pytest
from tests.calls.company import Company


def test_a_number_is_sent(team: Company) -> None:
    sent = team.submit("mina", 1812)
    assert sent.version == 1
    assert sent.reps_sum_minor == 1812_00
