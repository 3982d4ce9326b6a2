"""Where Django finds this feature."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "fairlead.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"
