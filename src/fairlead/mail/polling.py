"""The IMAP door: unread mail of one mailbox is taken in by the worker and marked as read once it is kept."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from imap_tools import AND, MailBox, MailBoxStartTls, MailBoxUnencrypted, MailMessageFlags

from fairlead.mail import intake, queries

logger = logging.getLogger(__name__)
PATIENCE = 30.0
MOST = 200
"""Mails in one run."""


class Fetched:
    """A fetched mail as the bytes it is; the library would parse it."""

    def __init__(self, fetched: Sequence[Any]) -> None:
        self.raw: bytes = next((part[1] for part in fetched if isinstance(part, tuple)), b"")


def poll(at: datetime) -> int:
    """Take in what is unread, and say how many. Each is kept before it is marked as read: a crash between the two
    takes it in again, and it is one message. Raises OSError and the errors of the library."""
    if not settings.MAIL_IMAP_HOST or not queries.address():
        return 0
    taken = 0
    with _mailbox() as box:
        box.email_message_class = Fetched
        for uid in box.uids(AND(seen=False))[:MOST]:
            for one in box.fetch(uid_list=[uid], mark_seen=False):
                raw = one.raw
                if raw:
                    intake.accept(raw=raw, door="imap", at=at)
                    taken += 1
            box.flag([uid], [MailMessageFlags.SEEN], True)
    return taken


def _mailbox() -> Any:
    """The mailbox, signed in."""
    host, port = settings.MAIL_IMAP_HOST, settings.MAIL_IMAP_PORT
    kinds: dict[str, Any] = {"tls": MailBox, "starttls": MailBoxStartTls, "none": MailBoxUnencrypted}
    box = kinds[settings.MAIL_IMAP_SECURITY](host, port, timeout=PATIENCE)
    return box.login(settings.MAIL_IMAP_USER, settings.MAIL_IMAP_PASSWORD, settings.MAIL_IMAP_FOLDER)
