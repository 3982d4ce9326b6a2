"""Where Django finds this feature, and how its notices are worded."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "fairlead.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from fairlead.notices import rules
        from fairlead.records import wording

        rules.word(wording.NOTICES)
