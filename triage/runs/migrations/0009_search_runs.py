"""An index on the identifiers of runs, for the search: equal to a text, or beginning with it."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("runs", "0008_replaces_index")]

    operations = [
        migrations.AddIndex(
            model_name="run",
            index=models.Index(fields=["run_id"], opclasses=["varchar_pattern_ops"], name="runs_run_name"),
        ),
    ]
