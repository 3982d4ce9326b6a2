"""Where Django finds this feature. Nobody is told of an entry: whom it is about and who carries a part read none."""

from django.apps import AppConfig


class GapsConfig(AppConfig):
    name = "fairlead.gaps"
    label = "gaps"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from fairlead.gaps import queries
        from fairlead.people import switches

        switches.needs(queries.FEATURE, queries.refuse_without_ground)
