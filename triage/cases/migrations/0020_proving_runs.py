"""The runs that proved a decision, each for its own source: a case of several sources is proved by all of them.

The index holds the few proofs of several runs, which a recall of one of them looks up.
"""

from __future__ import annotations

import django.contrib.postgres.fields
from django.db import migrations, models

INDEX = "CREATE INDEX cases_proof_joint ON cases_proof USING gin (proving) WHERE cardinality(proving) > 1"


class Migration(migrations.Migration):
    dependencies = [("cases", "0019_assignee")]

    operations = [
        migrations.AddField(
            model_name="proof",
            name="proving",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(),
                default=list,
                help_text="The runs that proved the decision, one a source at most.",
                size=None,
            ),
        ),
        migrations.RunSQL(INDEX, "DROP INDEX cases_proof_joint"),
    ]
