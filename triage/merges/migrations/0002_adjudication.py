"""The queue for contradictory decisions, and the target that sends cases of every queue of patient matches there."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("merges", "0001_identities")]

    operations = [
        migrations.RunSQL(
            """
            INSERT INTO cases_queue
                (slug, name, purpose, kind, "order", active, lease_seconds, undo_seconds, hold_limit)
            SELECT 'identity-adjudication', 'Contradictory decisions',
                   'Verdicts that contradict settled decisions. A third person reviews both sides.',
                   'merge', max("order") + 10, true, max(lease_seconds), max(undo_seconds), max(hold_limit)
            FROM cases_queue WHERE kind = 'merge' HAVING count(*) > 0
            ON CONFLICT (slug) DO NOTHING
            """,
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            """
            INSERT INTO cases_queuetarget (queue_id, name, to_id)
            SELECT q.id, 'adjudication', a.id
            FROM cases_queue AS q JOIN cases_queue AS a ON a.slug = 'identity-adjudication' AND a.kind = 'merge'
            WHERE q.kind = 'merge' AND q.id <> a.id
            ON CONFLICT (queue_id, name) DO NOTHING
            """,
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
    ]
