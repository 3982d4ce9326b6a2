"""What a log may say of an address that is a secret: that one was asked for, never which."""

from __future__ import annotations

import logging
import re
from typing import Any

_SECRET = re.compile(r"(/(?:shared|calendar|outside)/)[^/\s\"'?#]+")


def redacted(text: str) -> str:
    """A text with every secret address taken out."""
    return _SECRET.sub(r"\1[address]", text)


class Redacted(logging.Filter):
    """Takes secret addresses out of what is logged, before any handler has it."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = redacted(str(record.msg)) if isinstance(record.msg, str) else record.msg
        if isinstance(record.args, tuple):
            record.args = tuple(_clean(one) for one in record.args)
        return True


def _clean(value: Any) -> Any:
    return redacted(value) if isinstance(value, str) else value
