"""What later reports move: the report of a case, what it changed, and the columns of staging places."""

from __future__ import annotations

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models


SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0011_hold_limit'),
        ('runs', '0004_reworded_labels'),
        ('waves', '0003_labels'),
    ]

    operations = [
        migrations.CreateModel(
            name='ReportedChange',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('turn', models.CharField(max_length=24)),
                ('revision', models.PositiveIntegerField(help_text="The case's revision before it.")),
                ('before_exception_id', models.BigIntegerField()),
                ('after_exception_id', models.BigIntegerField()),
                ('state_before', models.CharField(choices=[('open', 'Open'), ('claimed', 'Claimed'), ('deferred', 'Deferred'), ('waiting', 'Waiting for information'), ('decided', 'Decided'), ('released', 'Released'), ('acknowledged', 'Acknowledged'), ('verified', 'Verified'), ('withdrawn', 'Withdrawn')], max_length=12)),
                ('state_after', models.CharField(choices=[('open', 'Open'), ('claimed', 'Claimed'), ('deferred', 'Deferred'), ('waiting', 'Waiting for information'), ('decided', 'Decided'), ('released', 'Released'), ('acknowledged', 'Acknowledged'), ('verified', 'Verified'), ('withdrawn', 'Withdrawn')], max_length=12)),
                ('severity_before', models.PositiveSmallIntegerField(choices=[(1, 'Low'), (2, 'Medium'), (3, 'High'), (4, 'Critical')])),
                ('severity_after', models.PositiveSmallIntegerField(choices=[(1, 'Low'), (2, 'Medium'), (3, 'High'), (4, 'Critical')])),
                ('due_before', models.DateTimeField()),
                ('due_after', models.DateTimeField()),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='case',
            name='report',
            field=models.UUIDField(help_text='Names what was last reported besides the evidence; empty: not reported since that is kept.', null=True),
        ),
        migrations.AlterField(
            model_name='case',
            name='latest_exception_id',
            field=models.BigIntegerField(help_text='The line as last reported.'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('report__isnull', True)), fields=['kind', 'fingerprint'], name='cases_case_unread'),
        ),
        migrations.AddField(
            model_name='reportedchange',
            name='case',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='reported_changes', to='cases.case'),
        ),
        migrations.AddField(
            model_name='reportedchange',
            name='queue_after',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.queue'),
        ),
        migrations.AddField(
            model_name='reportedchange',
            name='queue_before',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.queue'),
        ),
        migrations.AddField(
            model_name='reportedchange',
            name='run',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='runs.run'),
        ),
        migrations.AddIndex(
            model_name='reportedchange',
            index=models.Index(fields=['case', 'id'], name='cases_reportedchange_case'),
        ),
        migrations.RunSQL((SQL / "reports.sql").read_text()),
    ]
