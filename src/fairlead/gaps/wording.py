"""The words of the gap ledger. No Django here."""

from __future__ import annotations

CUTS = {
    "programme": "A programme",
    "support": "Support",
    "hiring": "Hiring",
    "other": "Something else",
}
NEVER = (
    "It is never evidence about anybody: no look, diagnosis or plan can reach it. Whose gap it is and whoever carries "
    "a part read none of it; of an own target that changed they read a neutral reason."
)
