"""Where Django finds this feature, and how its notices are worded."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "fairlead.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from fairlead.cases import wording
        from fairlead.notices import rules

        rules.word(wording.NOTICES)
