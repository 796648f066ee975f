"""The steps by which overdue critical cases were escalated."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('cases', '0023_responsible'),
    ]

    operations = [
        migrations.CreateModel(
            name='EscalationStep',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('step', models.PositiveSmallIntegerField(choices=[(0, 'responsible person'), (1, 'deputy'), (2, 'leads')])),
                ('due_at', models.DateTimeField()),
                ('at', models.DateTimeField()),
                ('told', models.PositiveIntegerField(default=0)),
                ('over_at', models.DateTimeField(help_text='When the case was decided, moved or no longer critical.', null=True)),
                ('case', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='escalation_steps', to='cases.case')),
                ('queue', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.queue')),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(condition=models.Q(('over_at__isnull', True)), fields=['queue', 'id'], name='overdue_standing')],
                'constraints': [models.UniqueConstraint(fields=('case', 'queue', 'step', 'due_at'), name='overdue_escalationstep_once')],
            },
        ),
    ]
