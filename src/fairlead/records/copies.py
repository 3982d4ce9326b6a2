"""Gathering everything about a person by the table of what is kept, as the requester, and making the file of it."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q

from fairlead.people import access
from fairlead.people.guard import Guarded
from fairlead.people.models import Person
from fairlead.records import classes, rules

ACT = "person_copy.prepare"
_AUTHORS = frozenset({"by", "author", "writer", "reporter", "manager_by"})
_DERIVED = frozenset({"people.Reach"})
"""What follows from another table that goes into the copy."""
_LEFT_OUT = frozenset({"digest", "key", "public_id", "fingerprint", "external_id", "source", "hash"})
"""Columns that say nothing to a person."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """One item: entries that name nobody else go together, each one that does is an item of its own."""

    class_key: str
    title: str
    content: rules.Rows
    others: tuple[str, ...]
    written_by: str


def gather(actor: access.Actor, person: Person) -> list[Gathered]:
    """Everything of the classes that go into a copy as they are, about one person."""
    names = {
        name: pk
        for pk, name in Person.objects.exclude(pk=person.pk).values_list("pk", "name")
        if len(name) > 2
    }
    found: list[Gathered] = []
    for one in classes.CLASSES:
        if one.copy == "whole":
            for label in one.models:
                if label in _DERIVED:
                    continue
                found += _of_model(actor, one, apps.get_model(label), person, names)
    return found


def _of_model(
    actor: access.Actor,
    one: classes.Class,
    model: type[models.Model],
    person: Person,
    names: Mapping[str, int],
) -> Iterator[Gathered]:
    title = str(model._meta.verbose_name)
    title = title[:1].upper() + title[1:]
    plain: rules.Rows = []
    for row in _rows(actor, model, person):
        entry = list(_entry(row, person))
        author, others = _others(row, person)
        named = sorted({*others, *rules.names_in([entry], names)})
        if not _has_words(row) or not (author or named):
            plain.append(entry)
            continue
        yield Gathered(one.key, title, [entry], tuple(named), author)
    if plain:
        yield Gathered(one.key, title, plain, (), "")


def _rows(actor: access.Actor, model: type[models.Model], person: Person) -> Sequence[models.Model]:
    where = Q()
    if issubclass(model, Guarded):
        for path in filter(None, (model.owner_path, model.also_path)):
            where |= Q(**{path: person})
        return list(model.objects.seen_by(actor, ACT).filter(where).order_by("pk"))
    if model is Person:
        return [person]
    for field in model._meta.concrete_fields:
        if field.related_model is Person:
            where |= Q(**{field.name: person})
    return list(model._default_manager.filter(where).order_by("pk")) if where else []


def _entry(row: models.Model, person: Person) -> Iterator[list[str]]:
    for field in row._meta.concrete_fields:
        if field.primary_key or field.name in _LEFT_OUT or isinstance(field, models.BinaryField):
            continue
        if field.is_relation:
            if field.related_model is Person and (other := getattr(row, field.name)) is not None:
                yield [str(field.verbose_name), "you" if other.pk == person.pk else str(other)]
            continue
        value = getattr(row, field.attname)
        if field.name == "by" or value in (
            None,
            "",
            [],
            {},
        ):  # who set it by reference is not about the person
            continue
        yield [str(field.verbose_name), _text(value)]


def _text(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _has_words(row: models.Model) -> bool:
    """Whether the entry holds words or figures that somebody wrote, beyond choices and days."""
    return any(
        getattr(row, field.attname) not in (None, "", [], {})
        for field in row._meta.concrete_fields
        if isinstance(field, models.TextField | models.JSONField)
        or (isinstance(field, models.CharField) and not field.choices and (field.max_length or 0) >= 160)
    )


def _others(row: models.Model, person: Person) -> tuple[str, list[str]]:
    """Who else wrote the entry, and who else is named in its columns."""
    author, named = "", []
    for field in row._meta.concrete_fields:
        if field.related_model is not Person:
            continue
        other: Person | None = getattr(row, field.name)
        if other is None or other.pk == person.pk:
            continue
        named.append(other.name)
        if field.name in _AUTHORS:
            author = other.name
    return author, named


# The file


@dataclass(frozen=True, slots=True)
class Decided:
    """An item as it goes out: ``withheld`` says why where it does not."""

    class_key: str
    title: str
    content: rules.Rows
    withheld: str
    redacted: str


def file_of(
    *,
    name: str,
    asked_on: date,
    made_at: datetime,
    months: Mapping[str, int],
    items: Sequence[Decided],
) -> tuple[bytes, str]:
    """The file (a ZIP with a page and the same as JSON) and its digest. The same items give the same bytes."""
    parts = [_part(one, months[one.key], items) for one in classes.CLASSES]
    data = {
        "about": name, "asked_on": asked_on.isoformat(), "made_at": made_at.isoformat(), "classes": parts,
        "private_notes": _NOTES,
    }  # fmt: skip
    text = json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for path, said in (("about.html", _page(data)), ("about.json", text)):
            file.writestr(zipfile.ZipInfo(path, (2000, 1, 1, 0, 0, 0)), said, zipfile.ZIP_DEFLATED)
    made = buffer.getvalue()
    return made, hashlib.sha256(made).hexdigest()


_NOTES = (
    "Whoever wrote private notes about this person was asked whether they go in here, and decided alone. What was not "
    "disclosed is not in here, and nobody can see whether there is any."
)


def _part(one: classes.Class, months: int, items: Sequence[Decided]) -> dict[str, Any]:
    return {
        "key": one.key, "title": one.title, "what": one.what, "why": one.why,
        "how_long": classes.how_long(one, months), "who_sees_it": list(one.who),
        "read_it_on": one.page if one.copy == "own_page" else "",
        "items": [
            {"title": item.title, "entries": item.content, "withheld": item.withheld, "redacted": item.redacted}
            for item in items if item.class_key == one.key
        ],
    }  # fmt: skip


_STYLE = (
    "body{font:15px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em}"
    "dt{font-weight:600}dd{margin:0 0 .4em}"
)


def _page(data: Mapping[str, Any]) -> str:
    out = [
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>About {escape(data["about"])}</title>'
        f"<style>{_STYLE}</style><h1>Everything kept about {escape(data['about'])}</h1>"
        f"<p>Asked for on {data['asked_on']}, made {data['made_at']}.</p><p>{escape(_NOTES)}</p>"
    ]
    for part in data["classes"]:
        out.append(f"<h2>{escape(part['title'])}</h2><p>{escape(part['what'])}</p><p>{escape(part['why'])} ")
        out.append(f"{escape(part['how_long'])}</p>")
        if part["read_it_on"]:
            out.append(
                f"<p>You read it yourself in Fairlead under {escape(part['read_it_on'])}; HR reads none of it.</p>"
            )
        for item in part["items"]:
            out.append(f"<h3>{escape(item['title'])}</h3>")
            out.extend(f"<p>{escape(said)}</p>" for said in (item["withheld"], item["redacted"]) if said)
            for entry in item["entries"]:
                pairs = "".join(f"<dt>{escape(word)}</dt><dd>{escape(value)}</dd>" for word, value in entry)
                out.append(f"<dl>{pairs}</dl>")
    return "\n".join([*out, "</html>"])
