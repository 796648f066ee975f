"""When the reviewer of a decision had claimed its case. Earlier decisions do not say it."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0016_claim_ahead")]

    operations = [
        migrations.AddField(
            model_name="decision",
            name="claimed_at",
            field=models.DateTimeField(
                null=True, help_text="When its reviewer claimed the case; empty for reversals, and for those made before."
            ),
        ),
    ]
