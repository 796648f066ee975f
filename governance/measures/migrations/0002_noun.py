from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("measures", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="reportedmeasure",
            name="noun",
            field=models.CharField(blank=True, default="", help_text="What it counts, in the plural: beds.", max_length=40),
            preserve_default=False,
        ),
    ]
