from django.db import migrations, models

from fairlead.ledger import guards


class Migration(migrations.Migration):

    dependencies = [
        ('deals', '0003_tracks'),
        ('desk', '0002_append_only'),
        ('people', '0004_news_limit'),
    ]

    operations = [
        guards.MayChange("desk_message"),
        migrations.RemoveConstraint(
            model_name='message',
            name='message_came_by_a_door',
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(('door__in', ['written', 'pasted', 'api', 'mailed'])), name='message_came_by_a_door'),
        ),
        guards.AppendOnly("desk_message"),
    ]
