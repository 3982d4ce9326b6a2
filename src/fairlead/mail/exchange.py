"""What the worker does about mail every few minutes. One part that fails never stops the others."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from django.conf import settings

from fairlead.mail import intake, outbox

logger = logging.getLogger(__name__)


def exchange(at: datetime) -> None:
    """Fetch, settle, send and forget."""
    parts: list[Callable[[datetime], object]] = [
        intake.process_waiting,
        outbox.send_due,
        intake.forget,
        outbox.forget,
    ]
    if settings.MAIL_IMAP_HOST:
        from fairlead.mail import polling

        parts.insert(0, polling.poll)
    for part in parts:
        try:
            part(at)
        except Exception as problem:
            logger.warning("Mail: %s could not be done: %s", part.__name__, type(problem).__name__)
