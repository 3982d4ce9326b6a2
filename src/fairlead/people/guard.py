"""Models that cannot be read without an actor.

A guarded query refuses to be compiled until it was told who asks (``seen_by``) or why nobody has to
(``for_system``). The check sits in the query itself, under every door of Django's: lists, counts, exists(),
subqueries, unions. It guards the default and the base manager, so that a related-object access raises
instead of leaking. Every ``for_system`` stands in ``bypasses.txt``.
"""

from __future__ import annotations

from typing import Any, Generic, Self, TypeVar

from django.db import models
from django.db.models import sql

from fairlead.people import access

M = TypeVar("M", bound=models.Model)


class NoActor(Exception):
    """A guarded model was read without saying who asks."""


class GuardedQuery(sql.Query):
    """A query that compiles only after somebody said who asks. Clones keep the answer."""

    cleared = False

    def get_compiler(self, *args: Any, **kwargs: Any) -> Any:
        if not self.cleared:
            raise NoActor(f"{self.model and self.model.__name__} is read without saying who asks.")
        return super().get_compiler(*args, **kwargs)


class GuardedQuerySet(models.QuerySet[M]):
    """A query set that runs only after ``seen_by`` or ``for_system``."""

    def __init__(self, model: type[M] | None = None, query: Any = None, **more: Any) -> None:
        if query is None and model is not None:
            query = GuardedQuery(model)
        super().__init__(model=model, query=query, **more)

    def seen_by(self, actor: access.Actor, act: str) -> Self:
        """Only what the actor may do ``act`` on. Raises NotAllowed when that is nothing by role."""
        from fairlead.people import queries

        where = queries.scope(actor, act, getattr(self.model, "owner_path"))  # noqa: B009
        if also := getattr(self.model, "also_path", ""):
            where |= queries.scope(actor, act, also)
        if act == getattr(self.model, "shared_act", "") and where != queries.EVERYTHING:
            shared: models.Q | None = getattr(self.model, "shared_with")(actor)  # noqa: B009
            where = where if shared is None else where | shared
        return self._clear().filter(where)

    def for_system(self, reason: str) -> Self:
        """Everything, for a reason that stands in ``people/bypasses.txt``."""
        if not reason:
            raise ValueError("Say why this read needs no actor.")
        return self._clear()

    def _clear(self) -> Self:
        clone = self.all()
        clone.query.cleared = True  # type: ignore[attr-defined]
        return clone

    def update(self, **kwargs: Any) -> int:
        self._check()
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        self._check()
        return super().delete()

    def _check(self) -> None:
        """Writes change the query's class and would slip past its own check."""
        if not self.query.cleared:  # type: ignore[attr-defined]
            raise NoActor(f"{self.model.__name__} is changed without saying who asks.")


class Guard(models.Manager[M], Generic[M]):
    """The manager of a guarded model: default and base manager at once."""

    def get_queryset(self) -> GuardedQuerySet[M]:
        return GuardedQuerySet(self.model, using=self._db)

    def seen_by(self, actor: access.Actor, act: str) -> GuardedQuerySet[M]:
        return self.get_queryset().seen_by(actor, act)

    def for_system(self, reason: str) -> GuardedQuerySet[M]:
        return self.get_queryset().for_system(reason)


class Guarded(models.Model):
    """Base of every model with things of people in it. ``owner_path`` leads to the person they belong to.

    ``also_path`` leads to a second person it belongs to as much: what is between two people is read by both.
    ``shared_act`` is the one act that reaches it for others as well, on what ``shared_with`` says.
    """

    owner_path: str
    also_path: str = ""
    shared_act: str = ""
    objects: Guard[Self] = Guard()

    @classmethod
    def shared_with(cls, actor: access.Actor) -> models.Q | None:
        """Whose besides the owner's the actor reaches by ``shared_act``; None for nobody's."""
        return None

    class Meta:
        abstract = True
        base_manager_name = "objects"
        default_manager_name = "objects"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "owner_path" not in cls.__dict__ and not getattr(getattr(cls, "Meta", None), "abstract", False):
            raise TypeError(f"{cls.__name__} has no access rule: name its owner_path.")
