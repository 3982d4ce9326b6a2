"""Where Django finds this feature, and how its notices are worded."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "fairlead.webhooks"
    label = "webhooks"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from fairlead.notices import rules
        from fairlead.webhooks import wording

        rules.word(wording.NOTICES)
