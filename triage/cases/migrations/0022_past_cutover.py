"""Deferrals past the cutover of a wave, and proposals of them: columns, indexes, and the triggers that count."""

from __future__ import annotations

from pathlib import Path

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"
Q = models.Q


class Migration(migrations.Migration):
    dependencies = [("cases", "0021_queue_reference"), ("waves", "0004_cut_over")]

    operations = [
        migrations.AddField(
            model_name="case",
            name="past_cutover",
            field=models.BooleanField(
                db_default=False, default=False, help_text="Deferred until the first of its waves has cut over."
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="proposal",
            field=models.ForeignKey(
                db_index=False,
                help_text="The decision that asks to defer it past the cutover, while no other person has answered it.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="cases.decision",
            ),
        ),
        migrations.RemoveConstraint(model_name="case", name="cases_case_deferred_until"),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=Q(("past_cutover", False), ("state", "deferred"), ("wake_at__isnull", False))
                | Q(("past_cutover", True), ("state", "deferred"), ("wake_at__isnull", True))
                | (~Q(("state", "deferred")) & Q(("past_cutover", False))),
                name="cases_case_deferred_until",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=Q(("proposal__isnull", True), ("state__in", ["open", "claimed", "deferred", "waiting"]), _connector="OR"),
                name="cases_case_proposal",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=Q(("past_cutover", True)), fields=["queue", "id"], name="cases_case_past_cutover"
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(condition=Q(("past_cutover", True)), fields=["wave", "id"], name="cases_case_cutover"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=Q(("further_waves__isnull", False), ("past_cutover", True)),
                fields=["further_waves"],
                name="cases_case_cutover_shared",
            ),
        ),
        migrations.AddField(
            model_name="wavetally",
            name="past_cutover",
            field=models.BigIntegerField(
                db_default=0, default=0, help_text="Of the unresolved, those deferred past a cutover."
            ),
        ),
        migrations.AddIndex(
            model_name="wavetally",
            index=models.Index(
                condition=~Q(("past_cutover", 0)), fields=["wave_id", "severity"], name="cases_wavetally_cutover"
            ),
        ),
        migrations.RunSQL((SQL / "past_cutover.sql").read_text()),
    ]
