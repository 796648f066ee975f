"""Letters: mail to the address of a service."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Letter",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("address", models.EmailField(max_length=254)),
                ("addressee", models.CharField(help_text="The printed name of the service.", max_length=100)),
                ("subject", models.CharField(help_text="What it is about: EX-1042.", max_length=100)),
                ("sentence", models.CharField(max_length=500)),
                ("path", models.CharField(help_text="Where in the console it leads; no query string.", max_length=300)),
                ("at", models.DateTimeField()),
                (
                    "mail_due_at",
                    models.DateTimeField(help_text="When mail is to be tried; empty once that is settled.", null=True),
                ),
                ("mailed_at", models.DateTimeField(null=True)),
                ("mail_attempts", models.PositiveSmallIntegerField(default=0)),
                ("mail_problem", models.CharField(blank=True, max_length=300)),
                (
                    "by",
                    models.ForeignKey(
                        help_text="Whose act it tells of.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        condition=models.Q(("mail_due_at__isnull", False)),
                        fields=["mail_due_at"],
                        name="notices_letters_due",
                    ),
                    models.Index(
                        condition=models.Q(("mail_due_at__isnull", False)),
                        fields=["path"],
                        name="notices_letters_about",
                    ),
                ],
            },
        ),
    ]
