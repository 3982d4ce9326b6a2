"""How people are told of records about them, and how kinds are written. No Django here."""

from __future__ import annotations

from collections.abc import Mapping

NOTICES: Mapping[str, str] = {}
KINDS: Mapping[str, str] = {"look": "a look at results", "copy": "a copy of everything about the person"}
"""What was read, in words."""
