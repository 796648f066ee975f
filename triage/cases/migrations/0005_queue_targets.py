"""Where a queue sends its cases on to, by the names that kinds give their targets; two columns become rows."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_labels")]

    operations = [
        migrations.CreateModel(
            name="QueueTarget",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=24)),
                (
                    "queue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="targets", to="cases.queue"
                    ),
                ),
                (
                    "to",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.queue"),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [models.UniqueConstraint(fields=("queue", "name"), name="cases_target_once")],
            },
        ),
        migrations.RunSQL(
            """
            INSERT INTO cases_queuetarget (queue_id, name, to_id)
            SELECT id, 'escalation', escalates_to_id FROM cases_queue WHERE escalates_to_id IS NOT NULL
            UNION ALL
            SELECT id, 'overlay', overlays_to_id FROM cases_queue WHERE overlays_to_id IS NOT NULL
            ORDER BY 1, 2
            """,
            migrations.RunSQL.noop,
        ),
        # Deferred checks of the rows just written must be over before the table of queues may change.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RemoveField(model_name="queue", name="escalates_to"),
        migrations.RemoveField(model_name="queue", name="overlays_to"),
    ]
