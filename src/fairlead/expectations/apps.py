"""Where Django finds this feature, and how its notices are worded."""

from django.apps import AppConfig


class ExpectationsConfig(AppConfig):
    name = "fairlead.expectations"
    label = "expectations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from fairlead.expectations import wording
        from fairlead.notices import rules

        rules.word(wording.NOTICES)
