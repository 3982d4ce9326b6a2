"""Where Django finds this feature, and how its notices are worded."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "fairlead.desk"
    label = "desk"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from fairlead.desk import wording
        from fairlead.notices import rules

        rules.word(wording.NOTICES)
