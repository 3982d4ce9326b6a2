"""Where Django finds this feature."""

from django.apps import AppConfig


class DealsConfig(AppConfig):
    name = "fairlead.deals"
    label = "deals"
    default_auto_field = "django.db.models.BigAutoField"
