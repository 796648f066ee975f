"""Who revoked and when are given together."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("gates", "0002_subjects")]

    operations = [
        migrations.AddConstraint(
            "waiver",
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="gates_waiver_revoked",
            ),
        ),
    ]
