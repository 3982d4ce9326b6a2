"""Where Django finds this feature, and how its notices are worded."""

from django.apps import AppConfig


class ImprovementConfig(AppConfig):
    name = "fairlead.improvement"
    label = "improvement"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from fairlead.diagnoses import actions as diagnoses
        from fairlead.improvement import queries, wording
        from fairlead.notices import rules

        rules.word(wording.NOTICES)
        if queries.runs_from not in diagnoses.FOLLOWED_BY:
            diagnoses.FOLLOWED_BY.append(queries.runs_from)
