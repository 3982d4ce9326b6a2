"""Where Django finds this feature, and how its notices are worded."""

from django.apps import AppConfig


class DiagnosesConfig(AppConfig):
    name = "fairlead.diagnoses"
    label = "diagnoses"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from fairlead.diagnoses import wording
        from fairlead.notices import rules

        rules.word(wording.NOTICES)
