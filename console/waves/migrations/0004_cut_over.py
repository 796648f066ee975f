"""That a wave has cut over, and what says so."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("waves", "0003_labels")]

    operations = [
        migrations.AddField(
            model_name="wave",
            name="cut_over_at",
            field=models.DateTimeField(
                blank=True, help_text="Since when its cutover is complete: started, and its exit gate stands.", null=True
            ),
        ),
        migrations.AddField(
            model_name="wave",
            name="cut_over_because",
            field=models.CharField(blank=True, db_default="", max_length=300),
        ),
    ]
