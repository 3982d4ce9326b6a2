"""A guarded model cannot be read without saying who asks, by any of Django's doors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Exists, OuterRef, Q

from fairlead.deals.models import Deal
from fairlead.people import access, queries
from fairlead.people.guard import Guard, Guarded, GuardedQuerySet, NoActor
from fairlead.people.models import Person
from tests.cast import Cast

DEALS: Guard[Deal] = Deal._default_manager
DOORS: dict[str, Callable[[GuardedQuerySet[Deal]], object]] = {
    "list": lambda deals: list(deals),
    "get": lambda deals: deals.get(pk=1),
    "first": lambda deals: deals.first(),
    "count": lambda deals: deals.count(),
    "exists": lambda deals: deals.exists(),
    "iterator": lambda deals: list(deals.iterator()),
    "values": lambda deals: list(deals.values("id")),
    "values_list": lambda deals: list(deals.values_list("id", flat=True)),
    "aggregate": lambda deals: deals.aggregate(
        n=__import__("django.db.models", fromlist=["Count"]).Count("pk")
    ),
    "in_bulk": lambda deals: deals.in_bulk([1]),
    "update": lambda deals: deals.update(name="x"),
    "delete": lambda deals: deals.delete(),
    "last": lambda deals: deals.order_by("pk").last(),
    "contains": lambda deals: deals.contains(Deal(pk=1)),
    "dates": lambda deals: list(deals.dates("close_on", "year")),
    "subquery": lambda deals: list(Person.objects.filter(pk__in=deals.values("owner_id"))),
    "exists subquery": lambda deals: list(Person.objects.filter(Exists(deals.filter(owner=OuterRef("pk"))))),
    "union": lambda deals: list(deals.union(deals)),
    "slice": lambda deals: deals[0],
    "raw filter": lambda deals: list(deals.filter(Q(pk=1) | Q(pk=2)).distinct().order_by("pk")),
}


@pytest.mark.django_db
@pytest.mark.parametrize("door", DOORS)
def test_no_door_opens_without_an_actor(door: str) -> None:
    with pytest.raises(NoActor):
        DOORS[door](DEALS.get_queryset())


@pytest.mark.django_db
def test_the_base_manager_denies_as_well() -> None:
    with pytest.raises(NoActor):
        list(Deal._base_manager.all())


@pytest.mark.django_db
@pytest.mark.parametrize("door", [d for d in DOORS if d not in {"get", "slice", "delete"}])
def test_every_door_opens_for_the_system(door: str) -> None:
    DOORS[door](DEALS.for_system("a test opens every door"))


def _guarded() -> list[Any]:
    return [model for model in apps.get_models() if issubclass(model, Guarded)]


def test_every_guarded_model_names_whose_things_it_holds(cast: Cast) -> None:
    for model in _guarded():
        assert model._base_manager.__class__ is model._default_manager.__class__
        where = queries.scope(cast.actor("rosa"), "deal.read", model.owner_path)
        list(model.objects.for_system("the path is tried").filter(where))


def test_a_guarded_model_without_a_path_is_refused_when_it_is_written() -> None:
    with pytest.raises(TypeError, match="no access rule"):
        type("Forgotten", (Guarded,), {"__module__": "fairlead.deals.models"})


def test_no_relation_leads_from_outside_into_a_guarded_model() -> None:
    for model in _guarded():
        for field in model._meta.get_fields():
            if field.is_relation and field.many_to_one and field.concrete:
                assert field.remote_field.hidden, f"{model.__name__}.{field.name} needs related_name='+'"


def test_an_empty_condition_cannot_come_out_of_the_table(cast: Cast) -> None:
    for name in cast.names:
        actor = cast.actor(name)
        for act in access.ACTS:
            if access.may(actor, act):
                assert queries.scope(actor, act, "pk"), f"{name} {act}"


def test_every_bypass_stands_in_the_list() -> None:
    source = Path(queries.__file__).resolve().parents[1]
    listed = [
        line.split(": ", 1)
        for line in (source / "people" / "bypasses.txt").read_text().splitlines()
        if line and not line.startswith("#")
    ]
    found = sorted(
        str(path.relative_to(source))
        for path in source.rglob("*.py")
        for line in path.read_text().splitlines()
        if ".for_system(" in line and "people/guard.py" not in str(path)
    )
    assert sorted(file for file, _ in listed) == found
    assert all(reason.strip() for _, reason in listed)
