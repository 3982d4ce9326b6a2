"""Where Django finds this feature, and how its notices are worded."""

from django.apps import AppConfig


class QualificationConfig(AppConfig):
    name = "fairlead.qualification"
    label = "qualification"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from fairlead.notices import rules
        from fairlead.qualification import wording

        rules.word(wording.NOTICES)
