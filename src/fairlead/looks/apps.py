"""Where Django finds this feature, and how its notices are worded."""

from django.apps import AppConfig


class LooksConfig(AppConfig):
    name = "fairlead.looks"
    label = "looks"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from fairlead.looks import wording
        from fairlead.notices import rules

        rules.word(wording.NOTICES)
