"""Where Django finds this feature, and how its notices are worded."""

from django.apps import AppConfig


class MutualConfig(AppConfig):
    name = "fairlead.mutual"
    label = "mutual"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from fairlead.mutual import wording
        from fairlead.notices import rules

        rules.word(wording.NOTICES)
