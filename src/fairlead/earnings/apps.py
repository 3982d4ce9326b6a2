"""The earnings app."""

from __future__ import annotations

from django.apps import AppConfig


class EarningsConfig(AppConfig):
    name = "fairlead.earnings"
    default_auto_field = "django.db.models.BigAutoField"
