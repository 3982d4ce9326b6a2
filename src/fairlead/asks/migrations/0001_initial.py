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
            name='Ask',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=fairlead.people.models.public_id, max_length=16, unique=True)),
                ('plan_version', models.PositiveIntegerField(help_text='The version of the plan it comes from.')),
                ('at', models.DateTimeField()),
                ('key', models.CharField(help_text="The form's key, so that it counts once.", max_length=64)),
                ('addressee', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('deal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='deals.deal')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'indexes': [models.Index(fields=['addressee', '-id'], name='asks_of_addressee')],
                'constraints': [models.UniqueConstraint(fields=('by', 'key'), name='one_ask_per_form')],
            },
        ),
        migrations.CreateModel(
            name='Version',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(help_text='1, 2, … within the ask.')),
                ('kind', models.CharField(max_length=10)),
                ('buyer', models.CharField(blank=True, max_length=120)),
                ('buyer_role', models.CharField(blank=True, max_length=120)),
                ('purpose', models.CharField(max_length=300)),
                ('outcome', models.CharField(max_length=300)),
                ('deadline', models.DateField()),
                ('whose', models.CharField(max_length=220)),
                ('helps', models.CharField(max_length=220)),
                ('background', models.CharField(max_length=220)),
                ('do_not_offer', models.JSONField(default=list)),
                ('at', models.DateTimeField()),
                ('ask', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='asks.ask')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'indexes': [models.Index(fields=['deadline'], name='asks_by_deadline')],
                'constraints': [models.UniqueConstraint(fields=('ask', 'number'), name='one_version_of_ask'), models.CheckConstraint(condition=models.Q(('kind__in', ['call', 'attend', 'reference', 'block', 'roadmap'])), name='ask_is_of_a_type'), models.CheckConstraint(condition=models.Q(models.Q(('buyer', ''), _negated=True), ('kind', 'block'), _connector='OR'), name='ask_names_the_buyer')],
            },
        ),
        migrations.CreateModel(
            name='Step',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(help_text='1, 2, … within the ask.')),
                ('kind', models.CharField(choices=[('sent', 'sent'), ('sent_back', 'sent_back'), ('turned_down', 'turned_down'), ('approved', 'approved'), ('passed', 'passed'), ('accepted', 'accepted'), ('declined', 'declined'), ('proposed', 'proposed'), ('agreed', 'agreed'), ('withdrawn', 'withdrawn'), ('debriefed', 'debriefed'), ('expired', 'expired'), ('undone', 'undone')], max_length=12)),
                ('on', models.DateField(help_text='The day accepted, proposed or agreed.', null=True)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('about', models.PositiveIntegerField(help_text='The number of the step that is undone.', null=True)),
                ('at', models.DateTimeField()),
                ('key', models.CharField(blank=True, max_length=64)),
                ('ask', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='asks.ask')),
                ('by', models.ForeignKey(help_text='Empty for the clock.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('ask', 'number'), name='one_ask_step_per_number'), models.UniqueConstraint(condition=models.Q(('key', ''), _negated=True), fields=('ask', 'by', 'key'), name='one_ask_step_per_form'), models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['declined', 'sent_back', 'turned_down']), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='ask_step_says_why'), models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['accepted', 'proposed', 'agreed']), ('on__isnull', False)), models.Q(models.Q(('kind__in', ['accepted', 'proposed', 'agreed']), _negated=True), ('on', None)), _connector='OR'), name='ask_step_has_its_day'), models.CheckConstraint(condition=models.Q(models.Q(('about__isnull', False), ('kind', 'undone')), models.Q(models.Q(('kind', 'undone'), _negated=True), ('about', None)), _connector='OR'), name='an_ask_undo_has_a_step'), models.CheckConstraint(condition=models.Q(models.Q(('by', None), ('kind', 'expired')), models.Q(models.Q(('kind', 'expired'), _negated=True), ('by__isnull', False)), _connector='OR'), name='only_the_clock_expires_asks')],
            },
        ),
        migrations.CreateModel(
            name='Debrief',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('said', models.TextField()),
                ('reached', models.CharField(max_length=10)),
                ('happened_on', models.DateField()),
                ('blocks', models.CharField(blank=True, max_length=300)),
                ('provides', models.CharField(blank=True, max_length=300)),
                ('provides_by', models.DateField(null=True)),
                ('at', models.DateTimeField()),
                ('key', models.CharField(max_length=64)),
                ('ask', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='asks.ask')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('ask', 'by', 'key'), name='one_debrief_per_form'), models.CheckConstraint(condition=models.Q(('reached__in', ['yes', 'partly', 'no'])), name='debrief_says_if_reached'), models.CheckConstraint(condition=models.Q(('provides', ''), ('provides_by__isnull', False), _connector='OR'), name='what_is_provided_has_a_day')],
            },
        ),
        migrations.CreateModel(
            name='Concession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=300)),
                ('due_on', models.DateField()),
                ('promise_id', models.CharField(help_text='Public id of the promise it became.', max_length=16)),
                ('debrief', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='asks.debrief')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Sponsor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('deal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='deals.deal')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
            },
        ),
    ]
