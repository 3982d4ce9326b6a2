"""The sentences of news. No Django here. ``money`` turns minor units into what the reader sees."""

from __future__ import annotations

from collections.abc import Callable, Iterable

NOTICES = {
    "news.reported": "{name} tells you early about {deal}: {what}",
    "news.corrected": "{name} corrected the news about {deal}: {what}",
    "news.withdrawn": "{name} withdrew the news about {deal}: {reason}",
    "news.thanked": "{name} thanks you for telling early about {deal}.",
    "news.told": "{name} tells you: {changes}, {together}. {words}",
}
"""Notice kind -> sentence."""

_REASONS = {
    "category_up": "now in a higher category",
    "category_down": "now in a lower category",
    "amount_up": "amount up",
    "amount_down": "amount down",
    "owner_moved_in": "came from another owner",
    "owner_moved_out": "went to another owner",
}


def a_deal_of(leader: str) -> str:
    """A deal that its reader does not see by name."""
    return f"A deal of {leader}’s team" if leader else "A deal"


def reason(kind: str) -> str:
    """Why a deal moved the number, after its name: "pushed", "amount up"."""
    return _REASONS.get(kind, kind.replace("_", " "))


def as_text(
    name: str,
    period: str,
    at: str,
    words: str,
    lines: Iterable[tuple[str, int | None]],
    money: Callable[[int], str],
) -> str:
    """What was told upward as plain text, for somebody without an account."""
    told = [f"{name}, {at}: what changed for {period}", ""]
    if words:
        told += [words, ""]
    for what, amount in lines:
        told.append(
            f"- {what}" + ("" if amount is None else f" ({'+' if amount >= 0 else '−'}{money(abs(amount))})")
        )
    return "\n".join(told) + "\n"
