"""What the search for record numbers needs: the systems that source records come from, and an index on numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from django.db import migrations, models
from django.db.models.functions import Collate

_AT_ONCE = 5_000
_MOST = 200


class _Record(msgspec.Struct):
    system: str


class _Line(msgspec.Struct):
    records: list[_Record] = []


def _systems(cursor: Any) -> Iterator[str]:
    """The systems of all lines that are kept, in batches by number: there may be millions."""
    decode, last = msgspec.json.Decoder(_Line).decode, 0
    while True:
        cursor.execute(
            "SELECT id, payload FROM cases_exception WHERE id > %s ORDER BY id LIMIT %s", [last, _AT_ONCE]
        )
        rows = cursor.fetchall()
        if not rows:
            return
        last = rows[-1][0]
        for _, payload in rows:
            try:
                yield from (record.system for record in decode(payload.encode()).records)
            except msgspec.DecodeError:  # a kind whose lines name no records so
                continue


def keep_systems(apps: Any, schema_editor: Any) -> None:
    """Keep the systems that lines of the version before have named."""
    with schema_editor.connection.cursor() as cursor:
        names = sorted({name for name in _systems(cursor) if name and len(name) <= 200})[:_MOST]
        cursor.executemany(
            "INSERT INTO runs_recordsystem (name) VALUES (%s) ON CONFLICT DO NOTHING", [[name] for name in names]
        )


class Migration(migrations.Migration):
    dependencies = [("runs", "0009_search_runs"), ("cases", "0016_claim_ahead")]

    operations = [
        migrations.CreateModel(
            name="RecordSystem",
            fields=[("name", models.CharField(max_length=200, primary_key=True, serialize=False))],
            options={"default_permissions": ()},
        ),
        migrations.AddIndex(
            model_name="recordexcerpt",
            index=models.Index(Collate("record_id", "C"), name="runs_excerpt_number"),
        ),
        migrations.RunPython(keep_systems, migrations.RunPython.noop),
    ]
