"""The database refuses to change or delete what was frozen and said."""

from django.db import migrations

from fairlead.ledger import guards


class Migration(migrations.Migration):
    dependencies = [("reviews", "0001_initial"), ("ledger", "0002_append_only")]
    operations = [
        guards.AppendOnly(
            "reviews_review",
            "reviews_attendance",
            "reviews_calledoff",
            "reviews_minutes",
            "reviews_decision",
            "reviews_question",
            "reviews_action",
            "reviews_straight",
        )
    ]
