"""A case's queue is held by a statement's trigger instead of a foreign key, which asked once a row."""

from __future__ import annotations

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("cases", "0020_proving_runs")]

    operations = [
        migrations.RunSQL((SQL / "queue_reference.sql").read_text()),
        migrations.AlterField(
            model_name="case",
            name="queue",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cases",
                to="cases.queue",
            ),
        ),
    ]
