"""Where Django finds this feature, and how its notices are worded."""

from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "fairlead.feedback"
    label = "feedback"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from fairlead.feedback import wording
        from fairlead.notices import rules

        rules.word(wording.NOTICES)
