"""Where Django finds this feature, how its notices are worded, and which doors it watches."""

from django.apps import AppConfig


class ExitsConfig(AppConfig):
    name = "fairlead.exits"
    label = "exits"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from fairlead.deals import gates
        from fairlead.exits import doors, wording
        from fairlead.notices import rules

        rules.word(wording.NOTICES)
        gates.register("exits", doors.gate)
