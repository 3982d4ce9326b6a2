"""Where Django finds this feature, and how its notices are worded."""

from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "fairlead.mail"
    label = "mail"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from fairlead.mail import wording
        from fairlead.notices import rules

        rules.word(wording.NOTICES)
