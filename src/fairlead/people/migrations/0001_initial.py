import django.db.models.deletion
import fairlead.people.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('email', models.EmailField(max_length=254, unique=True)),
                ('is_active', models.BooleanField(default=True)),
                ('date_joined', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='DemoClock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stands_at', models.DateTimeField()),
                ('set_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('currency', models.CharField(max_length=3)),
                ('time_zone', models.CharField(max_length=60)),
                ('calendar_kind', models.CharField(default='months', max_length=10)),
                ('calendar_starts_month', models.PositiveSmallIntegerField(default=1)),
                ('period_kind', models.CharField(default='quarter', max_length=10)),
                ('due_weekday', models.PositiveSmallIntegerField(default=0, help_text='0 is Monday.')),
                ('due_time', models.TimeField(default='17:00')),
            ],
        ),
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=fairlead.people.models.public_id, max_length=16, unique=True)),
                ('source', models.CharField(default='fairlead', max_length=40)),
                ('external_id', models.CharField(max_length=120)),
                ('name', models.CharField(max_length=160)),
                ('email', models.EmailField(max_length=254, null=True, unique=True)),
                ('title', models.CharField(blank=True, max_length=160)),
                ('territory', models.CharField(blank=True, max_length=160)),
                ('currency', models.CharField(blank=True, max_length=3)),
                ('time_zone', models.CharField(blank=True, max_length=60)),
                ('starts_on', models.DateField(null=True)),
                ('ends_on', models.DateField(null=True)),
                ('voided_at', models.DateTimeField(null=True)),
                ('user', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='person', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['name', 'id'], name='person_by_name')],
                'constraints': [models.UniqueConstraint(fields=('source', 'external_id'), name='person_once_per_source')],
            },
        ),
        migrations.CreateModel(
            name='Partnership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(null=True)),
                ('head', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='hr_partners', to='people.person')),
                ('hr', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='partnerships', to='people.person')),
            ],
        ),
        migrations.CreateModel(
            name='Delegation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=fairlead.people.models.public_id, max_length=16, unique=True)),
                ('kind', models.CharField(choices=[('forecast', 'forecast'), ('triage', 'triage')], max_length=20)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('voided_at', models.DateTimeField(null=True)),
                ('giver', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='delegations_given', to='people.person')),
                ('taker', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='delegations_taken', to='people.person')),
            ],
            options={
                'indexes': [models.Index(fields=['taker', 'ends_at'], name='delegation_by_taker')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='delegation_ends'), models.CheckConstraint(condition=models.Q(('giver', models.F('taker')), _negated=True), name='delegation_to_another')],
            },
        ),
        migrations.CreateModel(
            name='Reach',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('depth', models.PositiveSmallIntegerField()),
                ('boss', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.person')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.person')),
            ],
            options={
                'indexes': [models.Index(fields=['boss', 'depth', 'member'], name='reach_down'), models.Index(fields=['member', 'depth', 'boss'], name='reach_up')],
                'constraints': [models.UniqueConstraint(fields=('boss', 'member'), name='reach_once')],
            },
        ),
        migrations.CreateModel(
            name='ReportingLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(null=True)),
                ('settled', models.BooleanField(default=False, help_text='Whether the closure already knows this line.')),
                ('manager', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='lines_below', to='people.person')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='people.person')),
            ],
            options={
                'indexes': [models.Index(fields=['settled', 'starts_on'], name='lines_to_settle'), models.Index(fields=['manager', 'ends_on'], name='lines_below')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ends_on', None)), fields=('person',), name='one_open_line'), models.UniqueConstraint(fields=('person', 'starts_on'), name='one_line_a_day'), models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gt', models.F('starts_on')), _connector='OR'), name='line_ends_after_start'), models.CheckConstraint(condition=models.Q(('manager', None), models.Q(('manager', models.F('person')), _negated=True), _connector='OR'), name='nobody_reports_to_self')],
            },
        ),
        migrations.CreateModel(
            name='RoleGrant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('rep', 'rep'), ('manager', 'manager'), ('executive', 'executive'), ('sales_ops', 'sales_ops'), ('hr_partner', 'hr_partner'), ('admin', 'admin')], max_length=20)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='people.person')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('ends_on', None)), fields=('person', 'role'), name='role_granted_once')],
            },
        ),
        migrations.CreateModel(
            name='Team',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=fairlead.people.models.public_id, max_length=16, unique=True)),
                ('name', models.CharField(max_length=160)),
                ('time_zone', models.CharField(blank=True, max_length=60)),
                ('due_weekday', models.PositiveSmallIntegerField(null=True)),
                ('due_time', models.TimeField(null=True)),
                ('lead', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='team', to='people.person')),
            ],
        ),
        migrations.CreateModel(
            name='Token',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=fairlead.people.models.public_id, max_length=16, unique=True)),
                ('name', models.CharField(max_length=80)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('scopes', models.JSONField()),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('revoked_at', models.DateTimeField(null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tokens', to='people.person')),
            ],
        ),
    ]
