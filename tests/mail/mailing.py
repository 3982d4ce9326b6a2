"""Mails of the cast, for the tests of mail: Vera writes from her desk at work, Mina forwards to the desk's address."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from typing import Any

from django.conf import settings

from fairlead.desk.models import Message
from fairlead.mail import actions, intake
from fairlead.mail.models import Arrived
from fairlead.people import access
from tests.cast import AT, Cast

DESK = "desk@marlow.test"
PROVEN = "mx.marlow.test; dmarc=pass (p=REJECT) header.from=marlow.test; spf=pass smtp.mailfrom=marlow.test"
ORIGINAL = "Is Kestrel safe for December? It has moved before."
FORWARD = f"""For the desk.

---------- Forwarded message ---------
From: Vera Lindholm <vera@marlow.test>
Date: Tue, Nov 24, 2026 at 11:40 AM
Subject: Kestrel
To: Mina Aalto <mina@marlow.test>

{ORIGINAL}
"""
SYSTEM = access.system("tests of mail")


def open_desk(cast: Cast, address: str = DESK) -> None:
    """Olu sets the address of the desk."""
    actions.set_address(by=cast.actor("olu"), at=AT, address=address, after_version=0)


def mail(
    text: str = FORWARD, *, by: str = "Mina Aalto <mina@marlow.test>", to: str = DESK, cc: str = "",
    subject: str = "Fwd: Kestrel", proof: str = PROVEN, number: int = 1, **headers: str,
) -> bytes:  # fmt: skip
    """A mail as the organisation's server delivers it; ``proof`` is what that server says of its sender."""
    made = EmailMessage()
    if proof:
        made["Authentication-Results"] = proof
    made["Received"] = f"from somewhere by {settings.MAIL_AUTHSERV}; Tue, 24 Nov 2026 12:00:00 +0000"
    made["From"], made["To"], made["Subject"] = by, to, subject
    if cc:
        made["Cc"] = cc
    made["Message-ID"] = f"<{number}@marlow.test>"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made.as_bytes()


def come(raw: bytes, *, at: datetime = AT, **more: Any) -> Arrived:
    """Take a mail in by the pipe and settle it; how it stands then."""
    kept = intake.accept(raw=raw, door="pipe", at=at, **more)
    intake.process(kept.pk, at)
    return Arrived.objects.for_system("a test looks").get(pk=kept.pk)


def came(raw: bytes, **more: Any) -> str:
    """The same: its state, with the reason where it was refused."""
    row = come(raw, **more)
    return f"{row.state} {row.reason}".strip()


def messages() -> list[Message]:
    return list(Message.objects.for_system("a test looks").filter(door="mailed").order_by("pk"))
