"""Where Django finds this feature."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "fairlead.api"
    label = "api"
    default_auto_field = "django.db.models.BigAutoField"
