"""A claim on the case that a reviewer is going to see next, one a person."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0015_replacement")]

    operations = [
        migrations.AddField(
            model_name="claim",
            name="ahead",
            field=models.BooleanField(default=False, help_text="Kept ready for its person, who has not opened it yet."),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ahead", True)), fields=("by",), name="cases_claim_ahead_once"
            ),
        ),
    ]
