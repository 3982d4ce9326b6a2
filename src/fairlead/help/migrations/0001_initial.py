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
            name='HelpSetting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(unique=True)),
                ('days', models.PositiveSmallIntegerField(help_text='Working days until a request is late.')),
                ('outside', models.TextField(blank=True, help_text='Works council, ombudsperson: for whom nobody is left.')),
                ('set_at', models.DateTimeField()),
                ('by', models.CharField(max_length=120)),
            ],
        ),
        migrations.CreateModel(
            name='Request',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=fairlead.people.models.public_id, max_length=16, unique=True)),
                ('door', models.CharField(help_text='first, above (the skip level) or hr.', max_length=6)),
                ('complaint', models.BooleanField(default=False, help_text='A complaint about the manager.')),
                ('subject', models.CharField(max_length=160)),
                ('need', models.TextField(help_text='What is needed.')),
                ('tried', models.TextField(blank=True, help_text='What was tried.')),
                ('needed_by', models.DateField(null=True)),
                ('days', models.PositiveSmallIntegerField(help_text='Working days until it is late, as set when it was asked.')),
                ('at', models.DateTimeField()),
                ('key', models.CharField(max_length=64)),
                ('about', models.ForeignKey(help_text='The manager that a second door goes past.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('after', models.ForeignKey(help_text='What went on to somebody else.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='help.request')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('deal', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='deals.deal')),
                ('first', models.ForeignKey(help_text='What the second door follows.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='help.request')),
                ('to', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'indexes': [models.Index(fields=['to', '-at'], name='help_asked_of_person'), models.Index(fields=['first'], name='help_second_doors')],
                'constraints': [models.UniqueConstraint(fields=('by', 'key'), name='one_help_request_per_form'), models.UniqueConstraint(condition=models.Q(('after__isnull', False)), fields=('after',), name='help_request_goes_on_once'), models.CheckConstraint(condition=models.Q(('door__in', ('first', 'above', 'hr'))), name='help_request_has_a_door'), models.CheckConstraint(condition=models.Q(('by', models.F('to')), _negated=True), name='help_is_asked_of_another'), models.CheckConstraint(condition=models.Q(models.Q(('subject', ''), _negated=True), models.Q(('need', ''), _negated=True)), name='help_request_says_something'), models.CheckConstraint(condition=models.Q(models.Q(('about', None), ('complaint', False), ('door', 'first'), ('first', None)), models.Q(('about__isnull', False), ('after', None), ('complaint', False), ('door__in', ['above', 'hr']), ('first__isnull', False)), models.Q(('about__isnull', False), ('after', None), ('complaint', True), ('door__in', ['above', 'hr']), ('first', None)), _connector='OR'), name='second_door_follows_or_complains'), models.CheckConstraint(condition=models.Q(('about', None), models.Q(('about', models.F('to')), _negated=True), _connector='OR'), name='second_door_goes_past_the_manager')],
            },
        ),
        migrations.CreateModel(
            name='Disclosed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('request', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='help.request')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Shield',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=fairlead.people.models.public_id, max_length=16, unique=True)),
                ('version', models.PositiveIntegerField(help_text='1, 2, … between the two.')),
                ('side', models.CharField(help_text='Who wrote this version: rep or manager.', max_length=8)),
                ('affects', models.TextField(help_text='How noise from above affects the rep.')),
                ('shielded', models.JSONField(default=list, help_text='What the rep wants to be shielded from, line by line.')),
                ('hours', models.CharField(blank=True, max_length=300)),
                ('channels', models.CharField(blank=True, max_length=300)),
                ('promised', models.JSONField(default=list, help_text='What the manager promises, line by line.')),
                ('needed', models.JSONField(default=list, help_text='What the manager needs in return, line by line.')),
                ('review_on', models.DateField()),
                ('digest', models.CharField(help_text='SHA-256 of what is signed.', max_length=64)),
                ('at', models.DateTimeField()),
                ('key', models.CharField(max_length=64)),
                ('manager', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('rep', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('rep', 'manager', 'version'), name='one_shield_per_version'), models.UniqueConstraint(fields=('rep', 'manager', 'side', 'key'), name='one_shield_per_form'), models.CheckConstraint(condition=models.Q(('rep', models.F('manager')), _negated=True), name='shield_between_two'), models.CheckConstraint(condition=models.Q(('side__in', ['rep', 'manager'])), name='shield_has_a_writer'), models.CheckConstraint(condition=models.Q(('affects', ''), _negated=True), name='shield_says_something')],
            },
        ),
        migrations.CreateModel(
            name='ShieldAct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('side', models.CharField(max_length=8)),
                ('kind', models.CharField(max_length=10)),
                ('text', models.TextField(blank=True)),
                ('on', models.DateField(help_text='The day it ends on.', null=True)),
                ('digest', models.CharField(help_text='Of what was read.', max_length=64)),
                ('at', models.DateTimeField()),
                ('shield', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='help.shield')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(condition=models.Q(('kind', 'signed')), fields=('shield', 'side'), name='one_shield_signature_per_side'), models.UniqueConstraint(condition=models.Q(('kind', 'ended')), fields=('shield',), name='shield_ends_once'), models.CheckConstraint(condition=models.Q(('kind__in', ('signed', 'asked_back', 'ended'))), name='shield_act_is_known'), models.CheckConstraint(condition=models.Q(('side__in', ['rep', 'manager'])), name='shield_act_has_a_side'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'ended'), ('on__isnull', False)), models.Q(models.Q(('kind', 'ended'), _negated=True), ('on', None)), _connector='OR'), name='shield_ends_on_a_day'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'asked_back'), _negated=True), models.Q(('text', ''), _negated=True), _connector='OR'), name='shield_question_asks')],
            },
        ),
        migrations.CreateModel(
            name='Step',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(help_text='1, 2, … within the request.')),
                ('kind', models.CharField(max_length=10)),
                ('text', models.TextField(blank=True)),
                ('promise', models.CharField(blank=True, help_text='The promise an answer made.', max_length=16)),
                ('at', models.DateTimeField()),
                ('key', models.CharField(blank=True, max_length=64)),
                ('by', models.ForeignKey(help_text='Empty for the clock.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('request', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='help.request')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('request', 'number'), name='one_help_step_per_number'), models.UniqueConstraint(condition=models.Q(('key', ''), _negated=True), fields=('request', 'by', 'key'), name='one_help_step_per_form'), models.CheckConstraint(condition=models.Q(('kind__in', ('answered', 'declined', 'asked_back', 'replied', 'helped', 'not_helped', 'withdrawn', 'moved'))), name='help_step_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['answered', 'declined', 'asked_back', 'replied']), _negated=True), models.Q(('text', ''), _negated=True), _connector='OR'), name='help_step_says_something')],
            },
        ),
    ]
