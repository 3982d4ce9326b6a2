"""The SMTP door: the organisation's mail server relays what comes to the desk's address here.

A mail is acknowledged after its bytes are kept, never before; what fails is answered "later", so that the server in
front keeps it. Reading and matching happen afterwards, beside the door.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.db import close_old_connections, connections

from fairlead.mail import intake, queries, rules
from fairlead.people import clock

logger = logging.getLogger(__name__)
T = TypeVar("T")
MOST_RECIPIENTS = 20
PATIENCE = 60.0
"""Seconds a connection may be silent."""


class Door:
    """What aiosmtpd asks. The database is reached from one thread of its own, so that it never waits for itself."""

    def __init__(self, arrived: threading.Event) -> None:
        self.arrived = arrived
        self.thread = ThreadPoolExecutor(1, "mail-door")
        self.keeping = 0
        """How many mails are being kept at this moment."""

    async def _asked(self, what: Callable[[], T]) -> T:
        def there() -> T:
            close_old_connections()
            return what()

        return await asyncio.get_running_loop().run_in_executor(self.thread, there)

    async def handle_RCPT(  # noqa: N802 (as aiosmtpd calls it)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        """Only the desk's address, with or without a plus."""
        try:
            desk = await self._asked(queries.address)
        except Exception as problem:
            logger.warning("The desk's address could not be read: %s", type(problem).__name__)
            return "451 4.3.0 Try again later"
        if not desk or rules.tag_of(address, desk) is None:
            return "550 5.1.1 There is no such address here"
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the bytes, then say so."""
        raw = envelope.content if isinstance(envelope.content, bytes) else b""
        to, returns = list(envelope.rcpt_tos), envelope.mail_from not in (None, "", "<>")
        self.keeping += 1
        try:
            await self._asked(
                lambda: intake.accept(raw=raw, door="smtp", at=clock.now(), to=to, returns=returns)
            )
        except Exception as problem:
            logger.warning("A mail could not be kept: %s", type(problem).__name__)
            return "451 4.3.0 Try again later"
        finally:
            self.keeping -= 1
        self.arrived.set()
        return "250 OK"


class Listener:
    """The door and, beside it, the settling of what came; `serve` runs until `stop`."""

    def __init__(self, host: str, port: int) -> None:
        # The library logs what it reads, line by line, where a log asks for details.
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        self.arrived = threading.Event()
        self.ended = threading.Event()
        self.door = Door(self.arrived)
        self.controller = Controller(
            self.door, hostname=host, port=port, data_size_limit=settings.MAIL_LIMIT, timeout=PATIENCE,
            decode_data=False, ident="Fairlead",
        )  # fmt: skip

    def start(self) -> None:
        """Open the door. Raises OSError where the port is taken."""
        self.controller.start()

    def serve(self, every: float = 30.0) -> None:
        """Settle what waits, from before a restart too, and whatever comes."""
        while not self.ended.is_set():
            self.arrived.clear()
            try:
                close_old_connections()
                intake.process_waiting(clock.now(), between=self._give_way)
            except Exception as problem:
                logger.warning("What waits could not be settled: %s", type(problem).__name__)
            if not self.ended.is_set():
                self.arrived.wait(every)
        connections.close_all()

    def _give_way(self) -> None:
        """Keeping comes before settling: on SQLite one waits for the other, and the door is being waited at."""
        until = time.monotonic() + 1
        while self.door.keeping and time.monotonic() < until and not self.ended.is_set():
            time.sleep(0.002)

    def stop(self) -> None:
        """Close the door; what was acknowledged is kept."""
        self.ended.set()
        self.arrived.set()
        self.controller.stop()
        self.door.thread.submit(connections.close_all)
        self.door.thread.shutdown(wait=True)
