"""Where Django finds this feature."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "fairlead.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"
