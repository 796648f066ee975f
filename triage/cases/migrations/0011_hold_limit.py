"""How many cases one person may hold and still claim from a queue."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0010_proof")]

    operations = [
        migrations.AddField(
            model_name="queue",
            name="hold_limit",
            field=models.PositiveSmallIntegerField(
                default=3,
                help_text="How many cases, of all queues together, one person may hold and still claim from here.",
            ),
        ),
    ]
