"""Who was behind a figure of a support statement whenever it was shown."""

import django.db.models.deletion
from django.db import migrations, models

from fairlead.ledger import guards


class Migration(migrations.Migration):

    dependencies = [
        ('enablement', '0003_proposed_answers'),
        ('people', '0006_switches_append_only'),
    ]

    operations = [
        migrations.CreateModel(
            name='StatementDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveIntegerField()),
                ('role', models.CharField(blank=True, max_length=160)),
                ('behind', models.JSONField(help_text='Figure -> the keys of those behind it.')),
                ('digest', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('lead', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'indexes': [models.Index(fields=['year'], name='statement_drafts_of_year')],
            },
        ),
        guards.AppendOnly("enablement_statementdraft"),
    ]
