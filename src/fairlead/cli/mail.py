"""`fairlead mail`: the doors by which mail comes to the desk."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from fairlead.cli import app

TEMPORARY, NO_INPUT, NO_ADDRESS = 75, 66, 67
"""What a mail server understands of a command's status (sysexits.h)."""


def listen(*, host: str, port: int) -> None:
    """Receive mail by SMTP until Ctrl-C, and settle it."""
    app.start_django()
    from fairlead.mail.listening import Listener

    app._end_on_signals()
    listener = Listener(host, port)
    try:
        listener.start()
    except OSError as problem:
        app.stop(f"Port {port} on {host} cannot be used: {problem.strerror}. Choose another one with --port.")
    app.out.print(f"Listening for mail on {host}:{port}. Ctrl-C ends it.")
    try:
        with suppress(KeyboardInterrupt):
            listener.serve()
    finally:
        listener.stop()


def take_in(*, file: str, to: list[str], bounce: bool) -> None:
    """Keep one mail from a file or, for ``-``, from the input; then settle it.

    Status 0 once it is kept, whatever becomes of it; 75 where it could not be kept, so that a mail server tries again.
    """
    app.start_django()
    from django.conf import settings

    from fairlead.mail import intake, queries
    from fairlead.people import clock

    try:
        if file == "-":
            raw = _bytes(sys.stdin.buffer, settings.MAIL_LIMIT)
        else:
            with Path(file).open("rb") as opened:
                raw = _bytes(opened, settings.MAIL_LIMIT)
    except OSError as problem:
        app.stop(f"{file} cannot be read: {problem.strerror}", NO_INPUT)
    try:
        if not queries.address():
            app.stop(
                "No address of the desk is set. Sales operations sets it under Settings, Mail.", NO_ADDRESS
            )
        at = clock.now()
        kept = intake.accept(raw=raw, door="pipe", at=at, to=to, returns=not bounce)
    except Exception as problem:
        app.stop(f"It could not be kept: {type(problem).__name__}. Try again later.", TEMPORARY)
    intake.process(kept.pk, at)


def _bytes(opened: BinaryIO, limit: int) -> bytes:
    """What there is, up to one byte over the limit; the rest is read and dropped, so that no pipe breaks."""
    raw = opened.read(limit + 1)
    while opened.read(1024 * 1024):
        pass
    return raw
