"""The calm card says how much is on it, and no more."""

from __future__ import annotations

import pytest

from fairlead.desk.calm import Said, card

FACT = Said("The call is 2,000.", "/call/")


@pytest.mark.parametrize(
    ("facts", "example", "ask", "unknown", "words"),
    [
        (0, None, None, "", ""),
        (1, None, None, "", "One fact"),
        (2, FACT, None, "Not known yet: budget.", "Two facts, one example, what is not known"),
        (3, FACT, FACT, "Not known yet: budget.", "Three facts, one example, one ask"),
        (5, None, FACT, "", "Three facts, one ask"),
    ],
)
def test_the_card_promises_what_it_has(
    facts: int, example: Said | None, ask: Said | None, unknown: str, words: str
) -> None:
    assert card([FACT] * facts, example, ask, unknown).words == words
