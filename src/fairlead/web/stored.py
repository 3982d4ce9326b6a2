"""What Fairlead stores, read off its own schema, so that the page for workers cannot lag behind the code."""

from __future__ import annotations

from dataclasses import dataclass

from django.apps import apps

_FEATURES = (
    "people", "deals", "territories", "promises", "debts", "qualification", "calls", "expectations", "news", "plans",
    "asks", "desk", "reviews", "notices", "ledger", "web",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stored:
    """One kind of record: what it is, and the names of what it holds."""

    name: str
    what: str
    holds: tuple[str, ...]


def what_is_stored() -> list[Stored]:
    """Every table of Fairlead with its own description and its columns."""
    return [
        Stored(
            name=str(model._meta.verbose_name),
            what=(model.__doc__ or "").strip().split("\n")[0],
            holds=tuple(
                str(field.verbose_name) for field in model._meta.concrete_fields if not field.primary_key
            ),
        )
        for feature in _FEATURES
        for model in apps.get_app_config(feature).get_models()
    ]
