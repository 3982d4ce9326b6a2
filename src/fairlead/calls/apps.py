"""Where Django finds this feature."""

from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "fairlead.calls"
    label = "calls"
    default_auto_field = "django.db.models.BigAutoField"
