"""Messages, answers and passed words are found by a full-text index."""

from django.db import migrations

from fairlead.desk import full_text


class Migration(migrations.Migration):
    dependencies = [("desk", "0005_owner")]
    operations = [full_text.Indexed()]
