"""What the worker does about mail every few minutes. One part that fails never stops the others."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from django.conf import settings

from fairlead.mail import intake, outbox

logger = logging.getLogger(__name__)


def exchange(at: datetime) -> list[tuple[str, str]]:
    """Fetch, settle, send and forget: (what, by what kind of problem it failed, '' where it was done)."""
    parts: list[tuple[str, Callable[[datetime], object]]] = [
        ("Settling mail that came", intake.process_waiting),
        ("Sending mail", outbox.send_due),
        ("Erasing old mail that came", intake.forget),
        ("Erasing old mail that left", outbox.forget),
    ]
    if settings.MAIL_IMAP_HOST:
        from fairlead.mail import polling

        parts.insert(0, ("Fetching mail", polling.poll))
    found = []
    for what, part in parts:
        try:
            part(at)
        except Exception as problem:
            logger.warning("%s could not be done: %s", what, type(problem).__name__)
            found.append((what, type(problem).__name__))
        else:
            found.append((what, ""))
    return found
