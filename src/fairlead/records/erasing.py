"""What of a person is past its time, and the erasing of its words. The one place that opens the door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q

from fairlead.ledger import erasing as ledger
from fairlead.people.models import Person
from fairlead.records import classes, rules

Past = Mapping[str, Sequence[Any]]
"""Model label -> its rows whose words are past their time."""
_OLD = "about whom something may be past its time; nothing of it is read"
_PAST = "what is past its time is counted and erased, whoever it is about; its words are not read"

COLUMNS: Mapping[str, tuple[str, ...]] = {
    label.lower().replace(".", "_"): words
    for one in classes.CLASSES
    for label, words in one.words.items()
    if label
    not in ("oneonones.PrivateNote", "improvement.SelfDraft")  # its writer changes and deletes it at will
}
"""Kept table -> the columns that the door opens. The migration and the tests compare with it."""


def past_time(person: int, one: classes.Class, months: int, today: date) -> Past:
    """The rows of a class about a person whose time is over and whose words still stand."""
    before = rules.past_since(today, months)
    if one.since == "leaving":
        left = Person.objects.values_list("ends_on", flat=True).get(pk=person)
        if left is None or left >= before:
            return {}
    found = {}
    for label, words in one.words.items():
        model: Any = apps.get_model(label)
        rows = model.objects.for_system(_PAST).filter(**{model.owner_path: person})
        if one.since == "entry":
            rows = rows.filter(**{f"{one.moments[label]}__date__lt": before})
        if still := [
            row for row in rows.order_by("pk") if any(_stands(getattr(row, word)) for word in words)
        ]:
            found[label] = still
    return found


def _stands(value: Any) -> bool:
    said = bytes(value) if isinstance(value, memoryview) else value
    return bool(said) and said not in (rules.ERASED, _GONE)


_GONE = {"erased": True}


def candidates(one: classes.Class, least_months: int, today: date) -> set[int]:
    """People about whom something of a class may be past its time, by the shortest time of any country."""
    before = rules.past_since(today, least_months)
    found: set[int] = set()
    for label, words in one.words.items():
        model: Any = apps.get_model(label)
        rows = model.objects.for_system(_OLD).filter(_stand(model, words))
        if one.since == "entry":
            rows = rows.filter(**{f"{one.moments[label]}__date__lt": before})
        else:
            rows = rows.filter(**{f"{model.owner_path}__ends_on__lt": before})
        found |= set(rows.order_by().values_list(model.owner_path, flat=True).distinct())
    return found


def _stand(model: Any, words: Sequence[str]) -> Q:
    """Rows of which a word still stands."""
    where = Q(pk__in=[])
    for word in words:
        kind = model._meta.get_field(word)
        if isinstance(kind, models.JSONField):
            where |= ~(Q(**{word: _GONE}) | Q(**{word: []}))
        else:
            where |= ~Q(
                **{f"{word}__in": [b""] if isinstance(kind, models.BinaryField) else ["", rules.ERASED]}
            )
    return where


def erase(one: classes.Class, past: Past, at: datetime) -> None:
    """Empty the words of rows, and the personal texts of the ledger about them. Everything else stays."""
    with ledger.door(at):
        for label, rows in past.items():
            model: Any = apps.get_model(label)
            for row in rows:
                words = {
                    word: _emptied(getattr(row, word)) for word in one.words[label] if getattr(row, word)
                }
                model.objects.for_system(_PAST).filter(pk=row.pk).update(**words)
        for kind, label in one.ledger.items():
            subjects = [row.public_id for row in past.get(label, ())]
            ledger.erase_texts(at=at, subject_kind=kind, subjects=subjects)


def _emptied(value: Any) -> Any:
    if isinstance(value, dict):
        return _GONE
    if isinstance(value, list):
        return []
    return rules.ERASED if isinstance(value, str) else b""
