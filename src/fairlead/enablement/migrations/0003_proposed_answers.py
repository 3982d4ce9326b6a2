"""What answers a gap of guidance is proposed first."""

from django.db import migrations, models
from django.db.models import Q

from fairlead.ledger import guards


class Migration(migrations.Migration):
    dependencies = [("enablement", "0002_append_only")]
    operations = [
        guards.MayChange("enablement_gapstep"),
        migrations.RemoveConstraint(model_name="gapstep", name="something_closes_a_gap"),
        migrations.AlterField(
            model_name="gapstep",
            name="kind",
            field=models.CharField(
                choices=[
                    ("proposed", "an answer is proposed"),
                    ("closed", "answered"),
                    ("reopened", "open again"),
                    ("withdrawn", "withdrawn"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="gapstep",
            constraint=models.CheckConstraint(
                condition=~Q(kind__in=["closed", "proposed"])
                | Q(material__isnull=False)
                | Q(delivery__isnull=False),
                name="something_closes_a_gap",
            ),
        ),
        guards.AppendOnly("enablement_gapstep"),
    ]
