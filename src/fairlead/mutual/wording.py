"""The sentences of mutual plans. No Django here."""

from __future__ import annotations

NOTICES = {
    "mutual.published": "{name} published version {number} of the mutual plan for {deal}.",
    "mutual.shared": "{name} made an address of the mutual plan for {deal}, for {whom}.",
    "mutual.revoked": "{name} revoked {count} of the mutual plan for {deal}.",
}
"""Notice kind -> sentence."""

STATES = {"open": "open", "revoked": "revoked", "ended": "ended", "off": "sharing is off"}
"""State of an address -> word."""

GONE_TITLE = "This address is no longer valid"
GONE = "It has ended, was taken back, or was not copied completely. Ask your contact for a new one."
"""What whoever opens an address that leads nowhere is told; the same words whatever the reason is."""
