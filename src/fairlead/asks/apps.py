"""Where Django finds this feature, and how its notices are worded."""

from django.apps import AppConfig


class AsksConfig(AppConfig):
    name = "fairlead.asks"
    label = "asks"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from fairlead.asks import wording
        from fairlead.notices import rules

        rules.word(wording.NOTICES)
