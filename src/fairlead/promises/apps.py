"""Where Django finds this feature."""

from django.apps import AppConfig


class PromisesConfig(AppConfig):
    name = "fairlead.promises"
    label = "promises"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from fairlead.notices import rules
        from fairlead.promises import wording

        rules.word(wording.NOTICES)
