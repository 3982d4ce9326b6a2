"""Where Django finds this feature."""

from django.apps import AppConfig


class TerritoriesConfig(AppConfig):
    name = "fairlead.territories"
    label = "territories"
    default_auto_field = "django.db.models.BigAutoField"
