"""Where Django finds this feature, and how its notices are worded."""

from django.apps import AppConfig


class DebtsConfig(AppConfig):
    name = "fairlead.debts"
    label = "debts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from fairlead.debts import wording
        from fairlead.notices import rules

        rules.word(wording.NOTICES)
