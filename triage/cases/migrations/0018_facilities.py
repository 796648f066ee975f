"""The facilities of a case's records, on the case and where lines wait to be landed. Cases there are have none."""

from __future__ import annotations

from pathlib import Path

import django.contrib.postgres.fields
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("cases", "0017_claimed_at")]

    operations = [
        migrations.AddField(
            model_name="case",
            name="facilities",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=64),
                help_text="Where its records were kept, as last reported (runs.facilities); never empty.",
                null=True,
                size=None,
            ),
        ),
        migrations.RunSQL((SQL / "facilities.sql").read_text()),
    ]
