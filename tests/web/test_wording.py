"""Every kind of the ledger that the code writes has a sentence for people."""

from __future__ import annotations

import re
from pathlib import Path

import fairlead
from fairlead.web import wording

SOURCE = Path(fairlead.__file__).parent
_CALL = re.compile(r"ledger\.append(?:_all)?\((?:[^()]|\([^()]*\))*?(?<![a-z_])kind=\"([a-z_.]+)\"", re.S)
_RECORD = re.compile(r"\b_record\(\s*\"([a-z_.]+)\"")
"""Features record through a function of this name that fills in what their entries share."""


def written_kinds() -> set[str]:
    """The kinds named in calls of the ledger, read off the source."""
    sources = [path.read_text() for path in SOURCE.rglob("actions.py")]
    return {kind for text in sources for call in (_CALL, _RECORD) for kind in call.findall(text)}


def test_every_kind_that_is_written_is_worded() -> None:
    kinds = written_kinds()
    assert len(kinds) > 10
    assert kinds - set(wording.ACTS) == set(), "Give these a sentence in web/wording.py"


def test_an_unknown_kind_is_named_rather_than_hidden() -> None:
    assert "odd" in wording.act_sentence("odd.kind", "x")
