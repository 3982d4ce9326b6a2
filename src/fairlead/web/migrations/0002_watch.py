"""What time alone brings about and could not be done."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("web", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="Watch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("what", models.CharField(max_length=80, unique=True)),
                ("failures", models.PositiveIntegerField(default=0, help_text="In a row; 0 since it was done.")),
                ("since", models.DateTimeField(help_text="The first of them.")),
                ("last", models.DateTimeField(help_text="The last of them.")),
                ("problem", models.CharField(blank=True, max_length=80, help_text="Its kind, never its words.")),
            ],
        )
    ]
