"""Where Django finds this feature, and how its notices are worded."""

from django.apps import AppConfig


class HelpConfig(AppConfig):
    name = "fairlead.help"
    label = "help"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from fairlead.help import wording
        from fairlead.notices import rules

        rules.word(wording.NOTICES)
