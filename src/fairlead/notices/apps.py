"""Where Django finds this feature."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "fairlead.notices"
    label = "notices"
    default_auto_field = "django.db.models.BigAutoField"
