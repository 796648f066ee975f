from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("runs", "0005_examined")]

    operations = [
        migrations.AddField(
            "source",
            "field_rules",
            models.JSONField(
                blank=True,
                default=dict,
                help_text="How its columns are read: canonical names, placeholders, country (triage.desk.field_rules).",
            ),
        ),
    ]
