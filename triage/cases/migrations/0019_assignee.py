"""Who an open case is assigned to, the indexes of open cases in two halves, and what handed cases from one to another."""

from __future__ import annotations

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

SQL = Path(__file__).resolve().parent.parent / "sql"
_OPEN = Q(state="open")
_THEIRS = Q(assigned_at__isnull=False)
_PRESSING = (F("queue"), F("priority").desc(), F("due_at"), F("id"))
_DUE = (F("queue"), F("due_at"), F("id"))


def _person(*, null: bool = False) -> models.ForeignKey:
    return models.ForeignKey(
        db_index=False,
        null=null,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0018_facilities"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="assignee",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                help_text="Who it was handed to; no other reviewer is offered it.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(model_name="case", name="assigned_at", field=models.DateTimeField(null=True)),
        migrations.RemoveIndex(model_name="case", name="cases_case_next"),
        migrations.RemoveIndex(model_name="case", name="cases_case_due"),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(*_PRESSING, condition=_OPEN & Q(assignee__isnull=True), name="cases_case_next"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(*_PRESSING, condition=_OPEN & _THEIRS, name="cases_case_next_theirs"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(*_DUE, condition=_OPEN & Q(assignee__isnull=True), name="cases_case_due"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(*_DUE, condition=_OPEN & _THEIRS, name="cases_case_due_theirs"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                F("assignee"),
                F("state"),
                F("priority").desc(),
                F("due_at"),
                F("id"),
                condition=Q(assignee__isnull=False),
                name="cases_case_assigned",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=Q(assignee__isnull=True, assigned_at__isnull=True)
                | Q(
                    assignee__isnull=False,
                    assigned_at__isnull=False,
                    state__in=["open", "claimed", "deferred", "waiting"],
                ),
                name="cases_case_assignment",
            ),
        ),
        migrations.RunSQL(
            (SQL / "assignment.sql").read_text(),
            "DROP TRIGGER cases_end_assignment ON cases_case; DROP FUNCTION cases_end_assignment();",
        ),
        migrations.CreateModel(
            name="Handover",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("why", models.CharField(max_length=300)),
                ("at", models.DateTimeField()),
                ("before", _person(null=True)),
                ("to", _person(null=True)),
                ("by", _person()),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handovers",
                        to="cases.case",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["case", "-id"], name="cases_handover_case")],
            },
        ),
    ]
