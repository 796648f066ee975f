from django.db import migrations, models


class Migration(migrations.Migration):
    """Of each file's rejected lines a bounded number is kept from now on; so far all were."""

    dependencies = [("runs", "0006_source_field_rules")]

    operations = [
        migrations.AddField(
            model_name="run",
            name="repeated",
            field=models.BigIntegerField(default=0, help_text="Lines about what another line of the run is about too."),
        ),
        migrations.AddField(
            model_name="runfile",
            name="rejected_kept",
            field=models.BigIntegerField(default=0, help_text="Of those, how many are kept with what is wrong."),
        ),
        migrations.RunSQL(
            "UPDATE runs_runfile SET rejected_kept = rejected WHERE rejected > 0", migrations.RunSQL.noop
        ),
    ]
