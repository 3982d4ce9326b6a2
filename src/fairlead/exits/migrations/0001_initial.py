import django.db.models.deletion
import fairlead.people.models
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('deals', '0003_tracks'),
        ('people', '0004_news_limit'),
    ]

    operations = [
        migrations.CreateModel(
            name='Looked',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('run', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Ruling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(unique=True)),
                ('times', models.FloatField(help_text="A packet from so many times the team's median amount on.")),
                ('fixed_minor', models.BigIntegerField(help_text='From this amount on instead.', null=True)),
                ('days', models.PositiveSmallIntegerField(help_text='Working days until it is due.')),
                ('blocking', models.BooleanField(help_text='Whether doors inside Fairlead refuse without a packet.')),
                ('who', models.CharField(help_text='everybody, or reps', max_length=12)),
                ('categories', models.JSONField(help_text='The categories whose deals need a packet.')),
                ('starts_on', models.DateField()),
                ('set_at', models.DateTimeField()),
                ('by', models.CharField(max_length=120)),
            ],
            options={
                'indexes': [models.Index(fields=['-starts_on', '-version'], name='exit_rule_in_force')],
            },
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=fairlead.people.models.public_id, max_length=16, unique=True)),
                ('period', models.CharField(max_length=20)),
                ('number', models.PositiveIntegerField(help_text='1, 2, … within the deal and period.')),
                ('kind', models.CharField(choices=[('short', 'short'), ('packet', 'packet')], max_length=6)),
                ('reason', models.CharField(blank=True, max_length=20)),
                ('why', models.CharField(blank=True, max_length=300)),
                ('content', models.JSONField(default=dict, help_text='The packet, as exits.rules.Packet.')),
                ('computed', models.JSONField(default=dict, help_text='gap_minor, stood_in, way, replacements, effects: as computed when handed in.')),
                ('left_at', models.DateTimeField(help_text='When the deal left; empty where it was said beforehand.', null=True)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('deal', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='deals.deal')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('deal', 'period', 'number'), name='one_version_of_answer'), models.CheckConstraint(condition=models.Q(models.Q(('why', ''), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='answer_says_something')],
            },
        ),
        migrations.CreateModel(
            name='Act',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('accepted', 'accepted'), ('asked_back', 'asked_back'), ('taken_up', 'taken_up'), ('taken_back', 'taken_back')], max_length=10)),
                ('words', models.CharField(blank=True, max_length=300)),
                ('at', models.DateTimeField()),
                ('answer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exits.answer')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('kind', 'asked_back'), _negated=True), models.Q(('words', ''), _negated=True), _connector='OR'), name='asking_back_asks')],
            },
        ),
        migrations.CreateModel(
            name='Draft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('typed', models.JSONField(help_text="The form's fields as they were typed.")),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.person')),
                ('deal', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='deals.deal')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('deal', 'by'), name='one_draft_each')],
            },
        ),
        migrations.CreateModel(
            name='Asked',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('period', models.CharField(max_length=20)),
                ('left_at', models.DateTimeField()),
                ('at', models.DateTimeField()),
                ('deal', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='deals.deal')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('deal', 'period', 'left_at'), name='asked_once')],
            },
        ),
    ]
