"""Every table with a path to a person stands in the table of what is kept, and the page prints it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from scripts import docs

from fairlead.people import access, clock
from fairlead.people.guard import Guarded
from fairlead.people.models import Person, User
from fairlead.records import classes
from tests.cast import AT, Cast

EVERY = {model._meta.label: model for model in apps.get_models()}


def _leads_to_a_person(model: type[models.Model]) -> bool:
    if issubclass(model, Guarded) or model in (Person, User):
        return True
    names = {field.name for field in model._meta.concrete_fields}
    if names & {"by", "actor", "to_id", "person_id"}:
        return True
    return any(
        field.related_model in (Person, User) for field in model._meta.concrete_fields if field.is_relation
    )


def test_every_model_with_a_path_to_a_person_has_a_class() -> None:
    missing = [
        label for label, model in EVERY.items() if _leads_to_a_person(model) and not classes.class_of(label)
    ]
    assert missing == [], "Give each of these a class in records/classes.py"


def test_every_other_model_is_said_to_be_about_nobody() -> None:
    placed = {label for one in classes.CLASSES for label in one.models}
    assert EVERY.keys() - placed - classes.NOBODYS.keys() == set(), (
        "Give these a class, or say that they name nobody"
    )
    assert placed - EVERY.keys() == set(), "These models are gone"
    assert placed & classes.NOBODYS.keys() == set()


def test_every_model_stands_in_one_class_only() -> None:
    every = [label for one in classes.CLASSES for label in one.models]
    assert sorted(every) == sorted(set(every))
    assert len(classes.BY_KEY) == len(classes.CLASSES)


def test_every_class_says_what_why_how_long_and_who_in_words() -> None:
    for one in classes.CLASSES:
        assert one.what.endswith("."), one.key
        assert one.why.endswith("."), one.key
        assert one.acts, one.key
        assert set(one.acts) <= access.ACTS, one.key
        assert one.who, one.key
        assert (one.months > 0) is (one.since != "business") is one.erasable, (
            f"{one.key}: a time is kept by erasing"
        )
        assert bool(one.page) is (one.copy == "own_page"), one.key


def _columns() -> Iterator[tuple[classes.Class, str, str]]:
    for one in classes.CLASSES:
        for label, names in one.words.items():
            for name in names:
                yield one, label, name


def test_words_and_moments_are_columns_of_the_models_of_their_class() -> None:
    for one, label, name in _columns():
        assert label in one.models
        assert EVERY[label]._meta.get_field(name).get_internal_type() in (
            "CharField",
            "TextField",
            "JSONField",
            "BinaryField",
        )
        if one.since == "entry":
            assert label in one.moments, one.key


def test_the_page_in_the_docs_is_the_table_in_code() -> None:
    assert docs.KEPT.read_text() == docs.kept_page(), "Run `.venv/bin/python -m scripts.docs`."


@pytest.mark.parametrize("who", ["rosa", "carl", "ada"])
def test_everybody_reads_what_is_kept(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)
    client.force_login(getattr(cast, who).user, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/records/what-is-kept/").content.decode()
    for one in classes.CLASSES:
        assert one.title.replace("'", "&#x27;") in page


def test_how_long_is_said_in_words() -> None:
    assert classes.how_long(classes.BY_KEY["looks"], 36).startswith(
        "3 years after it was written. Then the words"
    )
    assert classes.how_long(classes.BY_KEY["private_notes"], 1).startswith(
        "1 month after your last day here."
    )
    assert classes.how_long(classes.BY_KEY["help"], 12).startswith("A year after")
    assert classes.how_long(classes.BY_KEY["looks"], 30).startswith("30 months after it was written.")
    assert classes.how_long(classes.BY_KEY["account"], 0).startswith("While you have an account")
    assert "not erased" in classes.how_long(classes.BY_KEY["deals"], 0)
