"""Concord itself as a user: what nobody did by hand is attributed to it. It can never sign in."""

from __future__ import annotations

from django.db import migrations
from django.utils import timezone


def make(apps, schema_editor):
    user = apps.get_model("people", "User")
    user.objects.using(schema_editor.connection.alias).get_or_create(
        username="concord",
        defaults={
            "kind": "system",
            "name": "Concord",
            "password": "!",
            "is_active": False,
            "date_joined": timezone.now(),
        },
    )


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]
    operations = [migrations.RunPython(make, migrations.RunPython.noop, elidable=False)]
