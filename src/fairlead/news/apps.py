"""Where Django finds this feature, and how its notices are worded."""

from django.apps import AppConfig


class NewsConfig(AppConfig):
    name = "fairlead.news"
    label = "news"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from fairlead.news import wording
        from fairlead.notices import rules

        rules.word(wording.NOTICES)
