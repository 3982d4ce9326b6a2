"""Where Django finds this feature, and how its notices are worded."""

from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    name = "fairlead.agreements"
    label = "agreements"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from fairlead.agreements import wording
        from fairlead.notices import rules

        rules.word(wording.NOTICES)
