"""The book becomes append-only before the first row is written to it."""

from __future__ import annotations

from django.db import migrations


def make(apps, schema_editor) -> None:
    """Functions, stamp, refusal, key; and the app's role may read and append, nothing else."""
    from django.conf import settings

    from console.audit import capture, guard

    with schema_editor.connection.cursor() as cursor:
        cursor.execute(capture.sql("key"))
        capture.install_functions(cursor)
        cursor.execute(capture.sql("book"))
        owner = settings.DATABASES["owner"].get("USER")
        others = [role for role in guard.roles() if role != owner]
        guard.restrict(cursor, others, key_too=True)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
