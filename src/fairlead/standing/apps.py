"""Where Django finds this feature, and how its notices are worded."""

from django.apps import AppConfig


class StandingConfig(AppConfig):
    name = "fairlead.standing"
    label = "standing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from fairlead.notices import rules
        from fairlead.standing import wording

        rules.word(wording.NOTICES)
