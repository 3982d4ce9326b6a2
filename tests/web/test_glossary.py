"""The words a newcomer asks about are explained where they stand, and in the docs by the same sentences."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from scripts import docs

import fairlead
from fairlead.web import glossary

TEMPLATES = Path(fairlead.__file__).parent / "web" / "templates"
_TERM = re.compile(r'{% term "([^"]+)" %}')


def test_the_page_in_the_docs_is_the_glossary_in_code() -> None:
    assert docs.GLOSSARY.read_text() == docs.glossary_page(), "Run `.venv/bin/python -m scripts.docs`."


def test_every_word_a_page_explains_is_in_the_glossary() -> None:
    asked = {term for page in TEMPLATES.rglob("*.html") for term in _TERM.findall(page.read_text())}
    assert asked >= {"exit", "packet", "tester", "up-card"}
    assert asked <= glossary.TERMS.keys()
    assert all(means.endswith(".") for means in glossary.TERMS.values())


@pytest.mark.parametrize(
    ("term", "question"),
    [("exit", "What is an exit?"), ("up-card", "What is an up-card?"), ("packet", "What is a packet?")],
)
def test_a_word_is_asked_about_in_proper_english(term: str, question: str) -> None:
    assert glossary.question(term) == question
