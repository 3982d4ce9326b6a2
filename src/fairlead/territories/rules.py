"""Accounts and contacts as rows from outside. No Django here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class AccountRow:
    account_id: str
    name: str = ""
    owner: str = ""
    industry: str = ""
    country: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)
    line: int = 0


@dataclass(frozen=True, slots=True)
class ContactRow:
    contact_id: str
    account: str = ""
    name: str = ""
    email: str = ""
    title: str = ""
    line: int = 0
