"""What Django's models cannot say: staging places and the trigger that keeps counts."""

from __future__ import annotations

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]

    operations = [
        migrations.RunSQL((SQL / "staging.sql").read_text()),
        migrations.RunSQL((SQL / "tally.sql").read_text()),
    ]
