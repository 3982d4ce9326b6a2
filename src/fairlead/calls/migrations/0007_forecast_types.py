"""Forecast types, numbers given for them, and their columns in an estimate run."""

import django.db.models.deletion
from django.db import migrations, models

from fairlead.ledger import guards


class Migration(migrations.Migration):

    dependencies = [
        ('calls', '0006_reason_of_targets'),
        ('people', '0006_switches_append_only'),
        ('ledger', '0004_erasable'),
    ]

    operations = [
        guards.MayChange('calls_call', 'calls_overlay', 'calls_submission', 'calls_target'),
        migrations.AddField(
            model_name='call',
            name='type',
            field=models.CharField(blank=True, default='', help_text='Empty: all business.', max_length=20),
        ),
        migrations.AddField(
            model_name='estimaterun',
            name='types',
            field=models.JSONField(default=list, help_text='The forecast types whose columns were stored with it.'),
        ),
        migrations.AddField(
            model_name='overlay',
            name='type',
            field=models.CharField(blank=True, default='', help_text='Empty: all business.', max_length=20),
        ),
        migrations.AddField(
            model_name='submission',
            name='types',
            field=models.JSONField(help_text='Forecast type -> SHA-256 of what was sent of it, where the company has types.', null=True),
        ),
        migrations.AlterField(
            model_name='target',
            name='type',
            field=models.CharField(default='new', help_text='new: all business; else the key of a forecast type.', max_length=20),
        ),
        migrations.CreateModel(
            name='ForecastType',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=20)),
                ('name', models.CharField(max_length=40)),
                ('measure', models.CharField(default='amount', max_length=10)),
                ('deal_types', models.JSONField(default=list)),
                ('asked', models.BooleanField(default=True)),
                ('active', models.BooleanField(default=True)),
                ('starts_on', models.DateField()),
                ('set_at', models.DateTimeField()),
                ('by', models.CharField(max_length=120)),
            ],
            options={
                'indexes': [models.Index(fields=['key', '-starts_on', '-id'], name='forecast_type_by_day')],
                'constraints': [models.CheckConstraint(condition=models.Q(('measure__in', ['amount', 'arr', 'quantity'])), name='a_type_adds_up_a_measure')],
            },
        ),
        migrations.CreateModel(
            name='SubmittedType',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('type', models.CharField(max_length=20)),
                ('name', models.CharField(max_length=40)),
                ('measure', models.CharField(max_length=10)),
                ('amount_minor', models.BigIntegerField(help_text='Commit.')),
                ('most_likely_minor', models.BigIntegerField()),
                ('best_case_minor', models.BigIntegerField()),
                ('reps_sum_minor', models.BigIntegerField()),
                ('booked_minor', models.BigIntegerField()),
                ('target_minor', models.BigIntegerField(null=True)),
                ('cells', models.JSONField()),
                ('deals', models.JSONField()),
                ('changes', models.JSONField()),
                ('others', models.JSONField()),
                ('submission', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='calls.submission')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('submission', 'type'), name='one_number_per_type')],
            },
        ),
        migrations.CreateModel(
            name='TypeColumns',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('closed', models.BigIntegerField()),
                ('commit', models.BigIntegerField()),
                ('most_likely', models.BigIntegerField()),
                ('best_case', models.BigIntegerField()),
                ('pipeline', models.BigIntegerField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.person')),
                ('run', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='calls.estimaterun')),
                ('type', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='calls.forecasttype')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('run', 'type', 'person'), name='one_row_per_type')],
            },
        ),
        guards.AppendOnly(
            'calls_call', 'calls_overlay', 'calls_submission', 'calls_target', 'calls_forecasttype', 'calls_submittedtype'
        ),
    ]
