"""Models that cannot be read without an actor.

A guarded query set refuses to run until it was told who asks (``seen_by``) or why nobody has to
(``for_system``). It guards the default and the base manager, so that a forgotten filter, a related-object
access or an ``exists()`` raises instead of leaking. Every ``for_system`` stands in ``bypasses.txt``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Generic, Self, TypeVar

from django.db import models

from fairlead.people import access

M = TypeVar("M", bound=models.Model)


class NoActor(Exception):
    """A guarded model was read without saying who asks."""


class GuardedQuerySet(models.QuerySet[M]):
    """A query set that runs only after ``seen_by`` or ``for_system``."""

    _cleared = False

    def seen_by(self, actor: access.Actor, act: str) -> Self:
        """Only what the actor may do ``act`` on. Raises NotAllowed when that is nothing by role."""
        from fairlead.people import queries

        where = queries.scope(actor, act, getattr(self.model, "owner_path"))  # noqa: B009
        return self._clear().filter(where)

    def for_system(self, reason: str) -> Self:
        """Everything, for a reason that stands in ``people/bypasses.txt``."""
        if not reason:
            raise ValueError("Say why this read needs no actor.")
        return self._clear()

    def _clear(self) -> Self:
        clone = self._chain()
        clone._cleared = True
        return clone

    def _clone(self) -> Self:
        clone: Self = super()._clone()  # type: ignore[misc]
        clone._cleared = self._cleared
        return clone

    def _check(self) -> None:
        if not self._cleared:
            raise NoActor(f"{self.model.__name__} is read without saying who asks.")

    def _fetch_all(self) -> None:
        self._check()
        super()._fetch_all()  # type: ignore[misc]

    def _iterator(self, *args: Any, **kwargs: Any) -> Iterator[Any]:
        self._check()
        return super()._iterator(*args, **kwargs)  # type: ignore[misc,no-any-return]

    def count(self) -> int:
        self._check()
        return super().count()

    def exists(self) -> bool:
        self._check()
        return super().exists()

    def aggregate(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        self._check()
        return super().aggregate(*args, **kwargs)

    def update(self, **kwargs: Any) -> int:
        self._check()
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        self._check()
        return super().delete()

    def resolve_expression(self, *args: Any, **kwargs: Any) -> Any:
        self._check()
        return super().resolve_expression(*args, **kwargs)  # type: ignore[misc]


class Guard(models.Manager[M], Generic[M]):
    """The manager of a guarded model: default and base manager at once."""

    def get_queryset(self) -> GuardedQuerySet[M]:
        return GuardedQuerySet(self.model, using=self._db)

    def seen_by(self, actor: access.Actor, act: str) -> GuardedQuerySet[M]:
        return self.get_queryset().seen_by(actor, act)

    def for_system(self, reason: str) -> GuardedQuerySet[M]:
        return self.get_queryset().for_system(reason)


class Guarded(models.Model):
    """Base of every model with things of people in it. ``owner_path`` leads to the person they belong to."""

    owner_path: str
    objects: Guard[Self] = Guard()

    class Meta:
        abstract = True
        base_manager_name = "objects"
        default_manager_name = "objects"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "owner_path" not in cls.__dict__ and not getattr(getattr(cls, "Meta", None), "abstract", False):
            raise TypeError(f"{cls.__name__} has no access rule: name its owner_path.")
