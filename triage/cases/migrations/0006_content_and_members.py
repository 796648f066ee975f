"""What verdicts carry, and the members of cases: a column of decisions, a table, and a column of staging places."""

from __future__ import annotations

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("cases", "0005_queue_targets"), ("runs", "0002_reconciliation")]

    operations = [
        migrations.AddField(
            model_name="decision",
            name="content",
            field=models.JSONField(
                help_text="What the verdict carries, as its kind read it: canonical JSON.", null=True
            ),
        ),
        migrations.CreateModel(
            name="Member",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("file_id", models.BigIntegerField()),
                ("line_no", models.BigIntegerField()),
                ("evidence", models.UUIDField()),
                ("digest", models.UUIDField(help_text="First 128 bits of the SHA-256 of the payload's exact bytes.")),
                ("payload", models.TextField()),
                (
                    "case",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="members",
                        to="cases.case",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="runs.run",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [models.UniqueConstraint(fields=("case", "evidence"), name="cases_member_once")],
            },
        ),
        migrations.RunSQL((SQL / "members.sql").read_text()),
    ]
