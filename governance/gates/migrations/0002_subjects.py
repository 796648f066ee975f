"""Give gates and control tests a subject. Rows of control tests are frozen: those of waves get no new value."""

from django.db import migrations, models
from django.db.models import F, Q

FILL = "UPDATE gates_gate SET subject_id = wave_id WHERE subject_id IS NULL"


class Migration(migrations.Migration):
    dependencies = [("gates", "0001_initial"), ("waves", "0002_alter_wave_options_wave_guarded_at")]

    operations = [
        migrations.AddField("gate", "subject_kind", models.CharField(default="wave", max_length=32)),
        migrations.AddField("gate", "subject_id", models.BigIntegerField(null=True)),
        migrations.AlterField(
            "gate",
            "wave",
            models.ForeignKey("waves.Wave", on_delete=models.PROTECT, null=True, blank=True, related_name="+"),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField("gate", "subject_id", models.BigIntegerField()),
        migrations.RemoveConstraint("gate", "gates_gate_once"),
        migrations.AddConstraint(
            "gate",
            models.UniqueConstraint(fields=["subject_kind", "subject_id", "phase"], name="gates_gate_once"),
        ),
        migrations.AddConstraint(
            "gate",
            models.CheckConstraint(
                condition=Q(subject_kind="wave", wave__isnull=False, wave=F("subject_id"))
                | (~Q(subject_kind="wave") & Q(wave__isnull=True)),
                name="gates_gate_subject",
            ),
        ),
        migrations.AddField("controltest", "subject_kind", models.CharField(default="wave", max_length=32)),
        migrations.AddField("controltest", "subject_id", models.BigIntegerField(null=True)),
        migrations.AlterField(
            "controltest",
            "wave",
            models.ForeignKey("waves.Wave", on_delete=models.PROTECT, null=True, related_name="+"),
        ),
        migrations.AddConstraint(
            "controltest",
            models.CheckConstraint(
                condition=Q(subject_kind="wave", wave__isnull=False, subject_id__isnull=True)
                | (~Q(subject_kind="wave") & Q(wave__isnull=True, subject_id__isnull=False)),
                name="gates_control_test_subject",
            ),
        ),
        migrations.AddIndex(
            "controltest",
            models.Index(
                fields=["subject_kind", "subject_id", "control", "-id"],
                condition=Q(subject_id__isnull=False),
                name="gates_control_latest_other",
            ),
        ),
    ]
