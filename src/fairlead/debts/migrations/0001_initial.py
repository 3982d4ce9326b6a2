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
            name='Debt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=fairlead.people.models.public_id, max_length=16, unique=True)),
                ('item', models.CharField(max_length=300)),
                ('due_on', models.DateField(help_text='The first due day, where one was named; a new one is a step.', null=True)),
                ('source_kind', models.CharField(help_text='plan, ask or debrief.', max_length=20)),
                ('source_id', models.CharField(help_text='Public id of the deal of the plan, or of the ask.', max_length=16)),
                ('key', models.CharField(help_text='What opened it, so that it opens once.', max_length=64)),
                ('since', models.DateField(help_text='From when on its age counts.')),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('owed_to', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('owner', models.ForeignKey(help_text='Who owes.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'indexes': [models.Index(fields=['owner', '-id'], name='debt_by_owner'), models.Index(fields=['owed_to', '-id'], name='debt_to_person')],
                'constraints': [models.CheckConstraint(condition=models.Q(('owner', models.F('owed_to')), _negated=True), name='owed_to_another'), models.CheckConstraint(condition=models.Q(('item', ''), _negated=True), name='debt_says_something'), models.UniqueConstraint(fields=('source_kind', 'source_id', 'key'), name='one_debt_per_cause')],
            },
        ),
        migrations.CreateModel(
            name='DebtStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(help_text='1, 2, … within the debt.')),
                ('kind', models.CharField(choices=[('dated', 'dated'), ('delivered', 'delivered'), ('rated', 'rated'), ('disputed', 'disputed'), ('lifted', 'lifted'), ('undone', 'undone')], max_length=12)),
                ('due_on', models.DateField(null=True)),
                ('words', models.CharField(blank=True, max_length=300)),
                ('rating', models.CharField(blank=True, max_length=10)),
                ('about', models.PositiveIntegerField(help_text='The number of the step that is undone.', null=True)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(help_text='Empty where the plan or the ask it came from settled it.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('debt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='debts.debt')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('debt', 'number'), name='one_debt_step_per_number'), models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['delivered', 'disputed', 'lifted']), _negated=True), models.Q(('words', ''), _negated=True), _connector='OR'), name='debt_step_says_what'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'rated'), ('rating__in', ['helped', 'in_part', 'no_help'])), models.Q(models.Q(('kind', 'rated'), _negated=True), ('rating', '')), _connector='OR'), name='only_a_rating_rates'), models.CheckConstraint(condition=models.Q(models.Q(('due_on__isnull', False), ('kind', 'dated')), models.Q(models.Q(('kind', 'dated'), _negated=True), ('due_on', None)), _connector='OR'), name='only_a_day_is_dated'), models.CheckConstraint(condition=models.Q(models.Q(('about__isnull', False), ('kind', 'undone')), models.Q(models.Q(('kind', 'undone'), _negated=True), ('about', None)), _connector='OR'), name='a_debt_undo_has_a_step')],
            },
        ),
    ]
