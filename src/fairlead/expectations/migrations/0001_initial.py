import django.db.models.deletion
import fairlead.people.models
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '0004_news_limit'),
    ]

    operations = [
        migrations.CreateModel(
            name='Statement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=fairlead.people.models.public_id, max_length=16, unique=True)),
                ('period', models.CharField(max_length=20)),
                ('version', models.PositiveIntegerField(help_text="1, 2, … within the person's period.")),
                ('at', models.DateTimeField()),
                ('expected_minor', models.BigIntegerField(help_text='The number both expect.')),
                ('target_minor', models.BigIntegerField(null=True)),
                ('currency', models.CharField(max_length=3)),
                ('estimate', models.JSONField(default=dict, help_text='The range when it was written: p10, p50, p90, as_of.')),
                ('assumptions', models.TextField()),
                ('risks', models.TextField(blank=True)),
                ('reason', models.TextField(blank=True, help_text='Why this version replaces the one before.')),
                ('digest', models.CharField(help_text='SHA-256 of what is signed.', max_length=64)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('superior', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'indexes': [models.Index(fields=['person', 'period', '-version'], name='statement_of_person')],
                'constraints': [models.UniqueConstraint(fields=('person', 'period', 'version'), name='one_statement_per_version'), models.CheckConstraint(condition=models.Q(('version', 1), models.Q(('reason', ''), _negated=True), _connector='OR'), name='new_version_needs_reason'), models.CheckConstraint(condition=models.Q(('assumptions', ''), _negated=True), name='statement_needs_assumptions')],
            },
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('side', models.CharField(help_text='manager or superior', max_length=10)),
                ('kind', models.CharField(help_text='signed or not_agreed', max_length=12)),
                ('at', models.DateTimeField()),
                ('digest', models.CharField(help_text='Of what was read and answered.', max_length=64)),
                ('number_minor', models.BigIntegerField(null=True)),
                ('reason', models.TextField(blank=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('statement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='expectations.statement')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('statement', 'side', 'kind'), name='one_answer_of_a_kind'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'signed'), ('number_minor', None)), models.Q(('kind', 'not_agreed'), ('number_minor__isnull', False), ('side', 'superior'), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='not_agreed_says_number_and_reason')],
            },
        ),
    ]
