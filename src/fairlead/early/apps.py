"""Where Django finds this feature. No notice tells of a talk: it waits on two pages until the quarter ends."""

from django.apps import AppConfig


class EarlyConfig(AppConfig):
    name = "fairlead.early"
    label = "early"
    default_auto_field = "django.db.models.BigAutoField"
