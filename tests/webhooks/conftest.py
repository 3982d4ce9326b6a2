"""Fixtures of the tests of webhooks: a receiving end that keeps what it was told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from fairlead.webhooks import calling, rules


class Receiving:
    """Stands in for the network: what each address was told, and what it answers."""

    def __init__(self) -> None:
        self.told: list[tuple[rules.Address, dict[str, str], bytes]] = []
        self.answers: dict[str, calling.Outcome] = {}
        self.tried: list[str] = []

    def call(
        self, address: rules.Address, headers: Mapping[str, str], body: bytes, *, loopback: bool = False
    ) -> calling.Outcome:
        self.tried.append(address.host)
        outcome = self.answers.get(address.host, calling.Outcome(True, "", 204))
        if outcome.taken:
            self.told.append((address, dict(headers), body))
        return outcome

    def bodies(self) -> list[bytes]:
        return [body for _, _, body in self.told]


@pytest.fixture
def receiving(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Receiving:
    """Every call lands here; who is called and what is said are the real thing."""
    made = Receiving()
    monkeypatch.setattr(calling, "call", made.call)
    return made
