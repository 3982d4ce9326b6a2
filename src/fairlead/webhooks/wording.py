"""The words of webhooks: what a call says, and how one stands. No Django here."""

from __future__ import annotations

import json
from datetime import UTC, datetime

NOTICES = {
    "webhooks.asked": "May what waits for you here ring at {host} as well? Say yes or no.",
    "webhooks.answered": "{name} said {said} to being told at {host}.",
    "webhooks.paused": "An address at {host} did not answer for three days. It is paused until you resume it.",
}
"""Notice kind -> sentence."""

STATES = {
    "asked": "waits for a yes",
    "on": "on",
    "stopped": "paused by hand",
    "broken": "paused: it did not answer",
    "ended": "ended",
}
CALLS = {
    "waiting": "waits",
    "sent": "taken",
    "read": "not needed: read before",
    "dropped": "given up",
}
REASONS = {
    "inside": "The name leads to an address that is not called from here.",
    "name": "The name was not found.",
    "certificate": "Its certificate does not fit the name, or nobody vouches for it.",
    "connection": "No connection.",
    "slow": "It took too long.",
    "redirect": "It sends elsewhere. Write the address it leads to.",
    "answer": "It refused.",
}


def why(reason: str, status: int | None) -> str:
    """Why a call failed, with the number it answered where it answered."""
    said = REASONS.get(reason, "")
    return f"{said} ({status})" if said and status else said


def body(*, key: str, group: str, at: datetime, link: str) -> bytes:
    """What a call says: what kind of thing waits, since when, where to read it. Never of whom or what."""
    return _json("notice.waiting", at, f"Fairlead: {group}", {"id": key, "group": group, "link": link})


def test_body(*, key: str, at: datetime, link: str) -> bytes:
    """What a test says."""
    said = "Fairlead: a test that somebody asked for under Settings, Webhooks"
    return _json("test", at, said, {"id": key, "link": link})


def _json(kind: str, at: datetime, said: str, data: dict[str, str]) -> bytes:
    moment = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    made = {"type": kind, "timestamp": moment, "data": data, "text": f"{said}. {data['link']}"}
    return json.dumps(made, ensure_ascii=True, separators=(",", ":")).encode()
