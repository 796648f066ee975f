"""Counts of what comes into each queue and goes out of it, and of the age of what waits, kept by a trigger."""

from __future__ import annotations

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"



class Migration(migrations.Migration):
    initial = True
    dependencies = [("cases", "0017_claimed_at")]

    operations = [
        migrations.CreateModel(
            name="QueueFlow",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("queue_id", models.BigIntegerField()),
                ("opened", models.DateTimeField(null=True)),
                ("at", models.DateTimeField(null=True)),
                ("came", models.BigIntegerField(default=0)),
                ("went", models.BigIntegerField(default=0)),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        fields=["queue_id"], include=("opened", "at", "came", "went"), name="days_flow_queue"
                    )
                ],
            },
        ),
        migrations.RunSQL((SQL / "flow.sql").read_text()),
    ]
