"""Golden records and what decisions assert of them, filled from the decisions that stand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import django.db.models.deletion
from django.db import migrations, models


from triage.merges.migrations import _loading

SQL = Path(__file__).resolve().parent.parent / "sql"


def load(_apps: Any, editor: Any) -> None:
    """Decisions of the version before may contradict each other: ``manage.py merges_check`` lists those left out."""
    with editor.connection.cursor() as cursor:
        _loading.load(cursor)


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('cases', '0011_hold_limit'),
    ]

    operations = [
        migrations.CreateModel(
            name='GoldenRecord',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('size', models.PositiveIntegerField(default=1)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='KeptApart',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('low_key', models.BigIntegerField(db_index=True)),
                ('high_key', models.BigIntegerField(db_index=True)),
                ('low_golden', models.BigIntegerField()),
                ('high_golden', models.BigIntegerField()),
                ('case', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case')),
                ('decision', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.decision')),
            ],
            options={
                'abstract': False,
                'default_permissions': (),
                'indexes': [models.Index(fields=['low_golden', 'high_golden'], name='merges_apart_goldens')],
                'constraints': [models.CheckConstraint(condition=models.Q(('low_key__lt', models.F('high_key'))), name='merges_apart_order'), models.CheckConstraint(condition=models.Q(('low_golden', models.F('high_golden')), _negated=True), name='merges_apart_two_people')],
            },
        ),
        migrations.CreateModel(
            name='LinkedPair',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('low_key', models.BigIntegerField(db_index=True)),
                ('high_key', models.BigIntegerField(db_index=True)),
                ('golden_id', models.BigIntegerField(db_index=True)),
                ('case', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case')),
                ('decision', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.decision')),
            ],
            options={
                'abstract': False,
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('low_key__lt', models.F('high_key'))), name='merges_linked_order')],
            },
        ),
        migrations.CreateModel(
            name='RecordIdentity',
            fields=[
                ('record_key', models.BigIntegerField(primary_key=True, serialize=False)),
                ('golden', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='records', to='merges.goldenrecord')),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('record_key', 'golden'), name='merges_identity_golden')],
            },
        ),
        migrations.RunSQL((SQL / "consistency.sql").read_text()),
        migrations.RunPython(load, migrations.RunPython.noop),
    ]
