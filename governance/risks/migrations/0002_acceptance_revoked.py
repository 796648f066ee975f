"""Who revoked and when are given together."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("risks", "0001_initial")]

    operations = [
        migrations.AddConstraint(
            "riskacceptance",
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="risks_acceptance_revoked",
            ),
        ),
    ]
