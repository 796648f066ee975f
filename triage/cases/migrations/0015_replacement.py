"""Replacements by case instead of by record: what a recall puts back, and cases that could not follow."""

from __future__ import annotations

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


def _keys() -> django.contrib.postgres.fields.ArrayField:
    return django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)


class Migration(migrations.Migration):
    dependencies = [("cases", "0014_shared_waves"), ("runs", "0008_replaces_index")]

    operations = [
        migrations.DeleteModel(name="Replacement"),
        migrations.CreateModel(
            name="Replacement",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("followed", models.BooleanField()),
                ("records", models.JSONField()),
                ("before_keys", _keys()),
                ("after_keys", _keys()),
                ("before_fingerprint", models.UUIDField()),
                ("after_fingerprint", models.UUIDField(null=True)),
                ("before_evidence", models.UUIDField()),
                ("after_evidence", models.UUIDField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replacements",
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
                "constraints": [
                    models.UniqueConstraint(fields=("case", "run"), name="cases_replacement_once"),
                    models.CheckConstraint(
                        condition=Q(followed=False) | Q(after_evidence__isnull=False, after_fingerprint__isnull=False),
                        name="cases_replacement_after",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["run", "after_fingerprint"], name="cases_replacement_after_of"),
                    models.Index(fields=["run", "before_fingerprint"], name="cases_replacement_before_of"),
                ],
            },
        ),
    ]
