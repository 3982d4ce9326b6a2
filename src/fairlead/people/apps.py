"""Where Django finds this feature."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "fairlead.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"
