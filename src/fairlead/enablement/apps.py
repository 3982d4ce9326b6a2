"""Where Django finds this feature, and how its notices are worded."""

from django.apps import AppConfig


class EnablementConfig(AppConfig):
    name = "fairlead.enablement"
    label = "enablement"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from fairlead.enablement import wording
        from fairlead.notices import rules

        rules.word(wording.NOTICES)
