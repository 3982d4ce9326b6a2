import django.db.models.deletion
from django.db import migrations, models

import fairlead.people.models


def _key():
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')


def _public_id():
    return models.CharField(default=fairlead.people.models.public_id, max_length=16, unique=True)


def _to(model, **more):
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=model, **more)


def _undoes(model):
    return models.OneToOneField(
        null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=model)


GUARDED = {'abstract': False, 'base_manager_name': 'objects', 'default_manager_name': 'objects'}
FLAGS = [
    'past_date', 'pushed_twice', 'stalled', 'overdue_step', 'single_thread', 'no_economic_buyer', 'quiet',
    'odd_amount',
]


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('calls', '0004_judgements'),
        ('deals', '0003_tracks'),
        ('people', '0004_news_limit'),
    ]

    operations = [
        migrations.CreateModel(
            name='Threshold',
            fields=[
                ('id', _key()),
                ('version', models.PositiveIntegerField(unique=True)),
                ('content', models.JSONField(help_text='As health.rules.Thresholds.')),
                ('set_at', models.DateTimeField()),
                ('by', models.CharField(max_length=120)),
            ],
        ),
        migrations.CreateModel(
            name='FlagRun',
            fields=[
                ('id', _key()),
                ('thresholds', models.PositiveIntegerField(help_text='Their version, 0 for those that ship.')),
                ('computed_at', models.DateTimeField()),
                ('stages', models.JSONField(help_text='stage -> [days, won deals]')),
                ('amounts', models.JSONField(help_text='product -> [median in major units, won deals]')),
                ('record', models.JSONField(help_text='As health.record.Record.')),
                ('run', models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name='+', to='calls.estimaterun')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('run', 'thresholds'), name='one_flag_run')],
            },
        ),
        migrations.CreateModel(
            name='Snooze',
            fields=[
                ('id', _key()),
                ('public_id', _public_id()),
                ('flag', models.CharField(max_length=20)),
                ('fact', models.CharField(blank=True, max_length=400)),
                ('until', models.DateField(null=True)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('at', models.DateTimeField()),
                ('by', _to('people.person')),
                ('deal', _to('deals.deal', db_index=False)),
                ('undoes', _undoes('health.snooze')),
            ],
            options={
                **GUARDED,
                'indexes': [models.Index(fields=['deal', 'flag', 'id'], name='snoozes_of_deal')],
                'constraints': [
                    models.CheckConstraint(
                        condition=models.Q(('flag__in', FLAGS)), name='snoozes_a_known_flag'),
                    models.CheckConstraint(
                        condition=models.Q(
                            ('undoes__isnull', False),
                            models.Q(
                                models.Q(('reason', ''), _negated=True),
                                ('until__isnull', False),
                            ),
                            _connector='OR',
                        ),
                        name='snooze_has_reason_and_end'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('id', _key()),
                ('public_id', _public_id()),
                ('field', models.CharField(max_length=20)),
                ('old', models.CharField(blank=True, max_length=300)),
                ('new', models.CharField(blank=True, max_length=300)),
                ('at', models.DateTimeField()),
                ('by', _to('people.person')),
                ('deal', _to('deals.deal', db_index=False)),
                ('undoes', _undoes('health.correction')),
            ],
            options={
                **GUARDED,
                'indexes': [models.Index(fields=['deal', 'field', 'id'], name='corrections_of_deal')],
                'constraints': [
                    models.CheckConstraint(
                        condition=models.Q(('field__in', ['close_on', 'next_step', 'stage', 'amount'])),
                        name='corrects_a_known_field'),
                    models.CheckConstraint(
                        condition=models.Q(
                            ('undoes__isnull', False), models.Q(('new', ''), _negated=True), _connector='OR'),
                        name='correction_says_something'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Note',
            fields=[
                ('id', _key()),
                ('public_id', _public_id()),
                ('kind', models.CharField(
                    choices=[('question', 'question'), ('thanks', 'thanks')], max_length=10)),
                ('text', models.CharField(blank=True, max_length=300)),
                ('at', models.DateTimeField()),
                ('by', _to('people.person')),
                ('deal', _to('deals.deal')),
                ('to', _to('people.person')),
                ('undoes', _undoes('health.note')),
            ],
            options={
                **GUARDED,
                'indexes': [models.Index(fields=['by', 'to', 'id'], name='notes_for_person')],
                'constraints': [
                    models.CheckConstraint(
                        condition=models.Q(
                            ('undoes__isnull', False), models.Q(('text', ''), _negated=True), _connector='OR'),
                        name='note_says_something'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', _key()),
                ('public_id', _public_id()),
                ('at', models.DateTimeField()),
                ('content', models.JSONField(help_text='kind, deal, name and text of every note, in order.')),
                ('by', _to('people.person')),
                ('to', _to('people.person')),
            ],
            options={
                **GUARDED,
                'indexes': [models.Index(fields=['by', '-at'], name='messages_by_writer')],
            },
        ),
        migrations.CreateModel(
            name='SentNote',
            fields=[
                ('id', _key()),
                ('message', _to('health.message')),
                ('note', models.OneToOneField(
                    on_delete=django.db.models.deletion.PROTECT, related_name='+', to='health.note')),
            ],
            options={**GUARDED},
        ),
    ]
