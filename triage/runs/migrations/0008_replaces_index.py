"""An index on what records replace, while their run is under way."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("runs", "0007_rejected_kept")]

    operations = [
        migrations.AddIndex(
            model_name="examinedrecord",
            index=models.Index(
                fields=["run", "replaces_key"], condition=Q(replaces_key__isnull=False), name="runs_examined_replaces"
            ),
        ),
    ]
