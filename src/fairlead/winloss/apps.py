"""Where Django finds this feature, and how its notices are worded."""

from django.apps import AppConfig


class WinLossConfig(AppConfig):
    name = "fairlead.winloss"
    label = "winloss"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from fairlead.notices import rules
        from fairlead.winloss import wording

        rules.word(wording.NOTICES)
