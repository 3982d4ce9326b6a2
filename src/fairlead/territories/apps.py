"""Where Django finds this feature, and how its notices are worded."""

from django.apps import AppConfig


class TerritoriesConfig(AppConfig):
    name = "fairlead.territories"
    label = "territories"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from fairlead.notices import rules
        from fairlead.territories import wording

        rules.word(wording.NOTICES)
