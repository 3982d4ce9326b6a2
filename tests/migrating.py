"""Tables for the tests by the migrations, without building every model anew for each of their steps.

Django builds a model and all that are related to it again with every new table, index and constraint; with a hundred
models around one person that was four fifths of the time. For these steps the model alone is enough. That the tables
are the same is held against `fairlead migrate` in tests/cli/test_migrate.py.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db.migrations.state import ProjectState


def build_models_alone(patch: pytest.MonkeyPatch) -> None:
    """Make new models, and models with a new index or constraint, without those around them."""
    related: Any = ProjectState.reload_model
    alone: dict[str, Any] = {
        name: getattr(ProjectState, name) for name in ("add_model", "add_index", "add_constraint")
    }

    def built(step: Any) -> Any:
        def build(self: ProjectState, *given: Any) -> None:
            patch.setattr(ProjectState, "reload_model", _alone)
            step(self, *given)
            patch.setattr(ProjectState, "reload_model", related)

        return build

    for name, step in alone.items():
        patch.setattr(ProjectState, name, built(step))


def _alone(self: ProjectState, app_label: str, model_name: str, delay: bool = False) -> None:
    if "apps" in self.__dict__:
        self.apps.unregister_model(app_label, model_name)
        self.apps.render_multiple([self.models[app_label, model_name]])
