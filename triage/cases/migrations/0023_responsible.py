"""Who answers for a queue's overdue critical cases, and the index by which they are found."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0022_past_cutover'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='queue',
            name='deputy',
            field=models.ForeignKey(blank=True, help_text='Who is notified when the responsible person has not acted in time.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='queue',
            name='deputy_after_seconds',
            field=models.PositiveIntegerField(db_default=3600, default=3600, help_text='How long after its due time an overdue critical case goes to the deputy.'),
        ),
        migrations.AddField(
            model_name='queue',
            name='leads_after_seconds',
            field=models.PositiveIntegerField(db_default=14400, default=14400, help_text='How long after its due time an overdue critical case goes to all leads.'),
        ),
        migrations.AddField(
            model_name='queue',
            name='responsible',
            field=models.ForeignKey(blank=True, help_text='Who answers for its overdue critical cases.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('severity', 4), ('state__in', ['open', 'claimed'])), fields=['due_at', 'id'], name='cases_case_overdue'),
        ),
    ]
