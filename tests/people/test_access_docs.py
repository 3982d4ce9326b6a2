"""The printed access table is the table in code."""

from __future__ import annotations

from scripts import docs

from fairlead.people import access


def test_the_page_in_the_docs_is_the_table_in_code() -> None:
    assert docs.ACCESS.read_text() == docs.access_page(), "Run `.venv/bin/python -m scripts.docs`."


def test_every_row_has_a_sentence_for_people() -> None:
    for rule in access.RULES:
        assert rule.says.endswith("."), rule.act
        assert rule.roles, rule.act


def test_nothing_that_belongs_to_hr_or_admins_can_be_lent() -> None:
    for rule in access.RULES:
        if rule.lends is not None:
            assert rule.roles <= {access.Role.MANAGER, access.Role.EXECUTIVE}, rule.act
