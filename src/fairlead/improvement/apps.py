"""Where Django finds this feature, and how its notices are worded."""

from django.apps import AppConfig


class ImprovementConfig(AppConfig):
    name = "fairlead.improvement"
    label = "improvement"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from fairlead.improvement import wording
        from fairlead.notices import rules

        rules.word(wording.NOTICES)
