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
            name='DeskSetting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(unique=True)),
                ('days', models.PositiveSmallIntegerField(help_text='Working days in which a must-pass kind is passed.')),
                ('share', models.PositiveSmallIntegerField(help_text='Per cent of words in copied runs that ask for a raw pass.')),
                ('longest', models.PositiveSmallIntegerField(help_text='Words in one copied run that ask for a raw pass.')),
                ('set_at', models.DateTimeField()),
                ('by', models.CharField(max_length=120)),
            ],
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=fairlead.people.models.public_id, max_length=16, unique=True)),
                ('sender_name', models.CharField(help_text='As it was then; the only one of somebody without account.', max_length=160)),
                ('title', models.CharField(max_length=160)),
                ('text', models.TextField()),
                ('about', models.CharField(max_length=10)),
                ('urgency', models.CharField(max_length=10)),
                ('door', models.CharField(max_length=10)),
                ('praise', models.BooleanField(default=False, help_text='Whether the sender said it is praise.')),
                ('message_id', models.CharField(blank=True, max_length=250)),
                ('received_at', models.DateTimeField()),
                ('at', models.DateTimeField()),
                ('key', models.CharField(max_length=64)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('deal', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='deals.deal')),
                ('sender', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('team', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.team')),
                ('to', models.ForeignKey(help_text='Who was accountable when it came.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'indexes': [models.Index(fields=['team', '-received_at'], name='messages_of_team'), models.Index(fields=['deal', '-received_at'], name='messages_of_deal')],
                'constraints': [models.UniqueConstraint(fields=('by', 'key'), name='one_message_per_form'), models.UniqueConstraint(condition=models.Q(('message_id', ''), _negated=True), fields=('to', 'message_id'), name='one_message_per_mail'), models.CheckConstraint(condition=models.Q(('about__in', ['deal', 'team', 'nothing'])), name='message_about_something'), models.CheckConstraint(condition=models.Q(models.Q(('about', 'deal'), ('deal__isnull', False)), models.Q(models.Q(('about', 'deal'), _negated=True), ('deal', None)), _connector='OR'), name='message_about_its_deal'), models.CheckConstraint(condition=models.Q(('urgency__in', ['today', 'week', 'none'])), name='message_has_urgency'), models.CheckConstraint(condition=models.Q(('door__in', ['written', 'pasted', 'api'])), name='message_came_by_a_door'), models.CheckConstraint(condition=models.Q(models.Q(('text', ''), _negated=True), models.Q(('title', ''), _negated=True)), name='message_says_something')],
            },
        ),
        migrations.CreateModel(
            name='Kind',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('kind', models.CharField(max_length=12)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('message', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='desk.message')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('message', 'number'), name='one_kind_per_number'), models.CheckConstraint(condition=models.Q(('kind__in', ['question', 'concern', 'instruction', 'praise', 'news', 'pay', 'quota', 'territory', 'job_security', 'legal', 'safety', 'ethics'])), name='kind_of_message_is_known')],
            },
        ),
        migrations.CreateModel(
            name='Confidential',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('until', models.DateTimeField()),
                ('reason', models.CharField(max_length=300)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='desk.message')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='confidential_for_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='Act',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(help_text='1, 2, … within the message.')),
                ('kind', models.CharField(max_length=12)),
                ('text', models.TextField(blank=True, help_text='The answer, the passed words, the reason, the correction.')),
                ('until', models.DateTimeField(help_text='Held until.', null=True)),
                ('event', models.CharField(blank=True, max_length=200)),
                ('opens_at', models.DateTimeField(help_text='When what is passed opens.', null=True)),
                ('about', models.PositiveIntegerField(help_text='The number of the act that is taken back.', null=True)),
                ('facts', models.JSONField(default=list, help_text='The facts beside it, frozen as text.')),
                ('at', models.DateTimeField()),
                ('key', models.CharField(blank=True, max_length=64)),
                ('by', models.ForeignKey(help_text='Empty for a rule.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('manager', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('message', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='desk.message')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'indexes': [models.Index(fields=['manager', 'at'], name='desk_acts_of_manager')],
                'constraints': [models.UniqueConstraint(fields=('message', 'number'), name='one_desk_act_per_number'), models.UniqueConstraint(condition=models.Q(('key', ''), _negated=True), fields=('message', 'by', 'key'), name='one_desk_act_per_form'), models.CheckConstraint(condition=models.Q(('kind__in', ['answered', 'held', 'passed', 'passed_raw', 'declined', 'direct', 'withdrawn', 'straight'])), name='desk_act_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'held'), ('until__isnull', False)), models.Q(models.Q(('kind', 'held'), _negated=True), ('until', None)), _connector='OR'), name='held_until_a_moment'), models.CheckConstraint(condition=models.Q(models.Q(('about__isnull', False), ('kind', 'withdrawn')), models.Q(models.Q(('kind', 'withdrawn'), _negated=True), ('about', None)), _connector='OR'), name='desk_withdrawal_has_its_act'), models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['answered', 'declined', 'passed', 'passed_raw']), _negated=True), models.Q(('text', ''), _negated=True), _connector='OR'), name='desk_act_says_something')],
            },
        ),
        migrations.CreateModel(
            name='Passed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=fairlead.people.models.public_id, max_length=16, unique=True)),
                ('manager_name', models.CharField(max_length=160)),
                ('sender_name', models.CharField(blank=True, help_text='Only where it was passed as it is.', max_length=160)),
                ('title', models.CharField(blank=True, help_text='Only where it was passed as it is.', max_length=160)),
                ('text', models.TextField(blank=True)),
                ('raw', models.BooleanField(default=False)),
                ('opens_at', models.DateTimeField()),
                ('act', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='desk.act')),
                ('straight', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='desk.passed')),
                ('to', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'indexes': [models.Index(fields=['to', '-opens_at'], name='passed_to_person')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('straight', None)), fields=('act', 'to'), name='passed_once'), models.UniqueConstraint(condition=models.Q(('straight__isnull', False)), fields=('act', 'straight'), name='set_straight_once'), models.CheckConstraint(condition=models.Q(('straight__isnull', False), models.Q(('text', ''), _negated=True), _connector='OR'), name='passed_says_something')],
            },
        ),
        migrations.CreateModel(
            name='Switch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.BooleanField()),
                ('at', models.DateTimeField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=fairlead.people.models.public_id, max_length=16, unique=True)),
                ('executive_name', models.CharField(max_length=160)),
                ('words', models.CharField(blank=True, max_length=300)),
                ('on', models.DateField()),
                ('at', models.DateTimeField()),
                ('key', models.CharField(max_length=64)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('deal', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='deals.deal')),
                ('executive', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('rep', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'indexes': [models.Index(fields=['rep', '-on'], name='contacts_of_rep')],
                'constraints': [models.UniqueConstraint(fields=('by', 'key'), name='one_contact_per_form')],
            },
        ),
    ]
