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
                ('version', models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Request',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=fairlead.people.models.public_id, max_length=16, unique=True)),
                ('with_whom', models.CharField(blank=True, help_text='Whom to talk to, in words.', max_length=300)),
                ('due_on', models.DateField()),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('deal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='deals.deal')),
                ('interviewer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Dropped',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('request', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='winloss.request')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Account',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=fairlead.people.models.public_id, max_length=16, unique=True)),
                ('source', models.CharField(choices=[('rep', 'rep'), ('buyer', 'buyer')], max_length=5)),
                ('number', models.PositiveIntegerField(help_text='1, 2, … within the deal and source.')),
                ('list_version', models.PositiveIntegerField(help_text='The version of the list; both sources use the same.')),
                ('outcome', models.CharField(choices=[('won', 'won'), ('lost', 'lost'), ('no_decision', 'no_decision')], max_length=12)),
                ('primary', models.CharField(max_length=40)),
                ('ratings', models.JSONField(help_text='reason -> decisive, contributed, none, helped')),
                ('other', models.CharField(blank=True, max_length=300)),
                ('rival', models.CharField(blank=True, help_text='Who won it instead, or was beaten.', max_length=300)),
                ('moment', models.CharField(help_text='The decisive moment, in one sentence.', max_length=300)),
                ('differently', models.CharField(blank=True, max_length=300)),
                ('interviewer_name', models.CharField(blank=True, help_text='Of one from outside.', max_length=120)),
                ('buyer_name', models.CharField(blank=True, max_length=120)),
                ('buyer_role', models.CharField(blank=True, max_length=120)),
                ('held_on', models.DateField(null=True)),
                ('may_quote', models.BooleanField(default=False, help_text='Whether the buyer agreed to be quoted.')),
                ('quote', models.CharField(blank=True, help_text="The buyer's exact words.", max_length=300)),
                ('blind', models.BooleanField(help_text='Written before the writer could read the other source.')),
                ('segment', models.CharField(blank=True, help_text="The account's industry at that time.", max_length=120)),
                ('closed_on', models.DateField(null=True)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('deal', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='deals.deal')),
                ('interviewer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('request', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='winloss.request')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'indexes': [models.Index(fields=['closed_on', 'deal'], name='accounts_by_close')],
                'constraints': [models.UniqueConstraint(fields=('deal', 'source', 'number'), name='one_version_of_account'), models.CheckConstraint(condition=models.Q(models.Q(('primary', ''), _negated=True), models.Q(('moment', ''), _negated=True)), name='account_says_something'), models.CheckConstraint(condition=models.Q(models.Q(('buyer_name', ''), ('held_on', None), ('interviewer', None), ('interviewer_name', ''), ('source', 'rep')), models.Q(('held_on__isnull', False), ('source', 'buyer'), models.Q(('buyer_name', ''), _negated=True)), _connector='OR'), name='interview_names_its_buyer'), models.CheckConstraint(condition=models.Q(('source', 'rep'), models.Q(('interviewer__isnull', False), ('interviewer_name', '')), models.Q(('interviewer', None), models.Q(('interviewer_name', ''), _negated=True)), _connector='OR'), name='one_interviewer'), models.CheckConstraint(condition=models.Q(('quote', ''), ('may_quote', True), _connector='OR'), name='quoted_with_consent')],
            },
        ),
        migrations.CreateModel(
            name='Ruling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(unique=True)),
                ('asks', models.BooleanField(help_text='Whether owners owe an account at all.')),
                ('times', models.FloatField(help_text="From so many times the team's median amount on.")),
                ('fixed_minor', models.BigIntegerField(help_text='From this amount on instead.', null=True)),
                ('days', models.PositiveSmallIntegerField(help_text='Working days to answer.')),
                ('reasons', models.JSONField(help_text='key, name; the last one is other')),
                ('starts_on', models.DateField()),
                ('set_at', models.DateTimeField()),
                ('by', models.CharField(max_length=120)),
            ],
            options={
                'indexes': [models.Index(fields=['-starts_on', '-version'], name='winloss_rule_in_force')],
            },
        ),
        migrations.CreateModel(
            name='Told',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('deal', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='deals.deal')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.CharField(max_length=300)),
                ('at', models.DateTimeField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='winloss.account')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'constraints': [models.CheckConstraint(condition=models.Q(('words', ''), _negated=True), name='answer_to_interview_says')],
            },
        ),
    ]
