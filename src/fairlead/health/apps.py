"""Where Django finds this feature, and how its notices are worded."""

from django.apps import AppConfig


class HealthConfig(AppConfig):
    name = "fairlead.health"
    label = "health"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from fairlead.health import wording
        from fairlead.notices import rules

        rules.word(wording.NOTICES)
