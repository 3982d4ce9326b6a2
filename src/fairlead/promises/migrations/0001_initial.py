import django.db.models.deletion
import fairlead.people.models
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '0002_days_off'),
    ]

    operations = [
        migrations.CreateModel(
            name='Promise',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=fairlead.people.models.public_id, max_length=16, unique=True)),
                ('text', models.CharField(max_length=300)),
                ('due_on', models.DateField(help_text='The first due day; a move is a step.')),
                ('zone', models.CharField(help_text="The owner's time zone: due by the end of its day.", max_length=60)),
                ('source_kind', models.CharField(blank=True, help_text='Where it comes from: review, …', max_length=20)),
                ('source_id', models.CharField(blank=True, max_length=16)),
                ('source_label', models.CharField(blank=True, max_length=120)),
                ('made_at', models.DateTimeField()),
                ('key', models.CharField(help_text="The form's key, so that it counts once.", max_length=64)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('made_to', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'indexes': [models.Index(fields=['owner', '-id'], name='promise_by_owner'), models.Index(fields=['made_to', '-id'], name='promise_to_person'), models.Index(fields=['source_kind', 'source_id'], name='promise_by_source'), models.Index(fields=['due_on'], name='promise_by_day')],
                'constraints': [models.CheckConstraint(condition=models.Q(('owner', models.F('made_to')), _negated=True), name='promised_to_another'), models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='promise_says_something'), models.UniqueConstraint(fields=('by', 'key'), name='one_promise_per_form')],
            },
        ),
        migrations.CreateModel(
            name='Step',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(help_text='1, 2, … within the promise.')),
                ('kind', models.CharField(choices=[('kept', 'kept'), ('moved', 'moved'), ('withdrawn', 'withdrawn'), ('confirmed', 'confirmed'), ('not_kept', 'not_kept'), ('undone', 'undone')], max_length=12)),
                ('due_on', models.DateField(help_text="A move's new day.", null=True)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('about', models.PositiveIntegerField(help_text='The number of the step that is undone.', null=True)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('promise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='promises.promise')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'indexes': [models.Index(fields=['due_on'], name='step_by_day')],
                'constraints': [models.UniqueConstraint(fields=('promise', 'number'), name='one_step_per_number'), models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['moved', 'withdrawn']), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='step_says_why'), models.CheckConstraint(condition=models.Q(models.Q(('due_on__isnull', False), ('kind', 'moved')), models.Q(models.Q(('kind', 'moved'), _negated=True), ('due_on', None)), _connector='OR'), name='a_move_has_a_day'), models.CheckConstraint(condition=models.Q(models.Q(('about__isnull', False), ('kind', 'undone')), models.Q(models.Q(('kind', 'undone'), _negated=True), ('about', None)), _connector='OR'), name='an_undo_has_a_step')],
            },
        ),
    ]
