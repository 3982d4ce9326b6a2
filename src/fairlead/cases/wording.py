"""How people are told of cases. No Django here."""

from __future__ import annotations

from collections.abc import Mapping

NOTICES: Mapping[str, str] = {
    "cases.asked": "An HR partner asks you to confirm a case, or to decline it",
    "cases.answered": "Your case was answered by the other HR partner",
    "cases.opened": "HR opened a case by which things between you and somebody else are read: see what, of which days "
    "and until when",
    "cases.closed": "A case by which HR read things of yours was closed",
}
STEPS = {"confirmed": "confirmed it", "declined": "declined it", "closed": "closed it"}
