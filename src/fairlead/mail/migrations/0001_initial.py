import django.db.models.deletion
import fairlead.people.models
from django.db import migrations, models

from fairlead.ledger import guards


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '0004_news_limit'),
    ]

    operations = [
        migrations.CreateModel(
            name='MailSetting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(unique=True)),
                ('address', models.CharField(blank=True, max_length=120)),
                ('set_at', models.DateTimeField()),
                ('by', models.CharField(max_length=120)),
            ],
        ),
        migrations.CreateModel(
            name='Arrived',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=fairlead.people.models.public_id, max_length=16, unique=True)),
                ('digest', models.CharField(help_text='Of its bytes and to whom it was delivered.', max_length=64, unique=True)),
                ('door', models.CharField(max_length=10)),
                ('size', models.PositiveBigIntegerField(help_text='Bytes.')),
                ('delivered_to', models.TextField(blank=True, help_text='The addresses it was delivered to; erased with the bytes.')),
                ('returns', models.BooleanField(default=True, help_text='Whether an answer may go back: not for bounces.')),
                ('raw', models.BinaryField(help_text='The mail itself, until it is settled.', null=True)),
                ('at', models.DateTimeField()),
                ('state', models.CharField(default='waiting', max_length=10)),
                ('reason', models.CharField(blank=True, max_length=40)),
                ('proven', models.BooleanField(default=False, help_text='Whether the sender was proven, or said it was theirs.')),
                ('message_id', models.CharField(blank=True, help_text='Erased with the bytes.', max_length=250)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('done_at', models.DateTimeField(null=True)),
                ('answer_due', models.BooleanField(default=False, help_text='Whether its sender is still to be answered by mail.')),
                ('answered_at', models.DateTimeField(null=True)),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'indexes': [models.Index(fields=['state', 'at'], name='mail_by_state'), models.Index(fields=['person', 'state'], name='mail_of_person')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'taken', 'asks', 'unsure', 'refused', 'discarded', 'failed'])), name='mail_state_is_known'), models.CheckConstraint(condition=models.Q(('door__in', ['smtp', 'pipe', 'imap'])), name='mail_came_by_a_door'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['taken', 'discarded', 'refused']), _negated=True), ('raw', None), _connector='OR'), name='mail_is_erased_when_done')],
            },
        ),
        migrations.CreateModel(
            name='Letter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=fairlead.people.models.public_id, max_length=16, unique=True)),
                ('digest', models.BooleanField()),
                ('groups', models.JSONField(help_text='What waits -> how many.')),
                ('notices', models.JSONField(help_text='The notices it is about.')),
                ('at', models.DateTimeField()),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('next_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
                ('failed_at', models.DateTimeField(null=True)),
                ('reason', models.CharField(blank=True, max_length=60)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'indexes': [models.Index(fields=['person', 'digest', '-at'], name='letters_of_person')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('failed_at', None), ('sent_at', None)), fields=('person',), name='one_open_letter')],
            },
        ),
        migrations.CreateModel(
            name='Wish',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mode', models.CharField(max_length=10)),
                ('hour', models.PositiveSmallIntegerField(help_text='From which hour on the digest leaves.')),
                ('quiet_from', models.PositiveSmallIntegerField()),
                ('quiet_to', models.PositiveSmallIntegerField()),
                ('weekends', models.BooleanField(help_text='Whether mail comes on weekends and days off as well.')),
                ('at', models.DateTimeField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'constraints': [models.CheckConstraint(condition=models.Q(('mode__in', ['off', 'once', 'digest'])), name='mail_mode_is_known')],
            },
        ),
        guards.AppendOnly("mail_mailsetting", "mail_wish"),
    ]
