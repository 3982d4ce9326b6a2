"""Where Django finds this feature, and how its notices are worded."""

from django.apps import AppConfig


class OneononesConfig(AppConfig):
    name = "fairlead.oneonones"
    label = "oneonones"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from fairlead.notices import rules
        from fairlead.oneonones import wording

        rules.word(wording.NOTICES)
