"""Where Django finds this feature."""

from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "fairlead.calls"
    label = "calls"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from fairlead.calls import wording
        from fairlead.notices import rules

        rules.word(wording.NOTICES)
