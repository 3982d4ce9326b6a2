"""A target that changes keeps a neutral reason."""

from django.db import migrations, models

from fairlead.ledger import guards


class Migration(migrations.Migration):

    dependencies = [
        ('calls', '0005_every_category'),
        ('people', '0006_switches_append_only'),
        ('ledger', '0004_erasable'),
    ]

    operations = [
        guards.MayChange("calls_target"),
        migrations.AddField(
            model_name='target',
            name='reason',
            field=models.CharField(blank=True, choices=[('territory', 'Territory changed'), ('seat', 'Job or segment changed'), ('ramp', 'Ramp'), ('leave', 'Leave'), ('reorganisation', 'Re-organisation'), ('company_plan', 'Company plan'), ('correction', 'Correction')], default='', help_text='Why it changed.', max_length=14),
        ),
        migrations.AddConstraint(
            model_name='target',
            constraint=models.CheckConstraint(condition=models.Q(('reason__in', ['', 'territory', 'seat', 'ramp', 'leave', 'reorganisation', 'company_plan', 'correction'])), name='a_target_changes_for_a_neutral_reason'),
        ),
        guards.AppendOnly("calls_target"),
    ]
