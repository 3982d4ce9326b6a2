"""Where Django finds this feature, and how its notices are worded."""

from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "fairlead.reviews"
    label = "reviews"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from fairlead.notices import rules
        from fairlead.reviews import wording

        rules.word(wording.NOTICES)
