import django.db.models.deletion
import fairlead.people.models
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('deals', '0002_search_indexes'),
        ('people', '0004_news_limit'),
    ]

    operations = [
        migrations.CreateModel(
            name='Item',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=fairlead.people.models.public_id, max_length=16, unique=True)),
                ('period', models.CharField(max_length=20)),
                ('at', models.DateTimeField()),
                ('deal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='deals.deal')),
                ('lead', models.ForeignKey(help_text="Whose number it is in: the owner's manager, or the owner who leads.", null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('person', models.ForeignKey(help_text="The deal's owner.", on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('reporter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'indexes': [models.Index(fields=['person', '-at'], name='news_of_person'), models.Index(fields=['lead', 'period', 'at'], name='news_of_lead'), models.Index(fields=['deal', '-at'], name='news_of_deal')],
            },
        ),
        migrations.CreateModel(
            name='Surprise',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('period', models.CharField(max_length=20)),
                ('at', models.DateTimeField()),
                ('once', models.CharField(help_text='So that one thing counts once.', max_length=64, unique=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Told',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=fairlead.people.models.public_id, max_length=16, unique=True)),
                ('period', models.CharField(max_length=20)),
                ('at', models.DateTimeField()),
                ('words', models.TextField(blank=True)),
                ('changes', models.JSONField(default=list, help_text='deal, reason, amount in minor units, known at')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('superior', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'indexes': [models.Index(fields=['person', 'period', '-at'], name='told_by_leader')],
            },
        ),
        migrations.CreateModel(
            name='Act',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(help_text='thanked, told or withdrawn', max_length=10)),
                ('at', models.DateTimeField()),
                ('reason', models.TextField(blank=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='news.item')),
                ('told', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='news.told')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('item', 'kind'), name='one_act_of_a_kind'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'withdrawn'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='withdrawn_with_reason'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'told'), _negated=True), ('told__isnull', False), _connector='OR'), name='told_in_a_notice')],
            },
        ),
        migrations.CreateModel(
            name='Version',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('kind', models.CharField(help_text='good or bad', max_length=4)),
                ('what', models.CharField(max_length=300)),
                ('known_on', models.DateField()),
                ('amount_minor', models.BigIntegerField(help_text='The money it moves, without a sign.', null=True)),
                ('currency', models.CharField(max_length=3)),
                ('moves_to', models.CharField(blank=True, help_text='The period it moves to.', max_length=20)),
                ('days_left', models.PositiveIntegerField(help_text='Days left to fix it when it was told.')),
                ('at', models.DateTimeField()),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='news.item')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('item', 'number'), name='one_version_of_news'), models.CheckConstraint(condition=models.Q(('kind__in', ('good', 'bad'))), name='news_is_good_or_bad'), models.CheckConstraint(condition=models.Q(('what', ''), _negated=True), name='news_says_something')],
            },
        ),
    ]
