"""Where Django finds this feature, and how its notices are worded."""

from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "fairlead.plans"
    label = "plans"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from fairlead.notices import rules
        from fairlead.plans import wording

        rules.word(wording.NOTICES)
