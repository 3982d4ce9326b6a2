"""What the receiving server said of a mail, and which server handed it in."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mail", "0001_initial")]
    operations = [
        migrations.AddField(
            "arrived",
            "judged",
            models.BooleanField(
                default=False, help_text="Whether the receiving server said anything where its word counts."
            ),
        ),
        migrations.AddField(
            "arrived",
            "server",
            models.CharField(
                blank=True, default="", max_length=60,
                help_text="The network of the server that handed it in; erased with the bytes.",
            ),  # fmt: skip
            preserve_default=False,
        ),
    ]
