"""Cases that runs of several waves report count in each: a column, its indexes, and the trigger that counts."""

from __future__ import annotations

from pathlib import Path

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models


SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0013_calendar_country'),
        ('runs', '0004_reworded_labels'),
        ('waves', '0003_labels'),
    ]

    operations = [
        migrations.AddField(
            model_name='case',
            name='further_waves',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), help_text='Other waves whose runs reported it too, ascending; never empty.', null=True, size=None),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('further_waves__isnull', False)), fields=['wave'], name='cases_case_shared'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=django.contrib.postgres.indexes.GinIndex(condition=models.Q(('further_waves__isnull', False), ('severity', 4), ('state__in', ['open', 'claimed', 'deferred', 'waiting'])), fields=['further_waves'], name='cases_case_critical_shared'),
        ),
        migrations.RunSQL((SQL / "wave_tally_shared.sql").read_text()),
    ]
