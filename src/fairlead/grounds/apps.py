"""Where Django finds this feature, and how its notices are worded."""

from django.apps import AppConfig


class GroundsConfig(AppConfig):
    name = "fairlead.grounds"
    label = "grounds"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from fairlead.grounds import wording
        from fairlead.notices import rules

        rules.word(wording.NOTICES)
