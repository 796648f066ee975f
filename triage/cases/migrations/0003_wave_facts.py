"""What governance asks of cases, counted as they change; what decisions keep for it."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import migrations, models


SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0002_database'),
        ('runs', '0002_reconciliation'),
        ('waves', '0002_alter_wave_options_wave_guarded_at'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CountedDomain',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('wave_id', models.BigIntegerField()),
                ('domain', models.CharField(max_length=64)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='WaveTally',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('wave_id', models.BigIntegerField()),
                ('kind', models.CharField(max_length=12)),
                ('severity', models.PositiveSmallIntegerField()),
                ('domain', models.CharField(max_length=64)),
                ('phase', models.CharField(max_length=12)),
                ('delta', models.BigIntegerField()),
                ('became', models.BigIntegerField(default=0)),
                ('folded', models.BooleanField(default=False)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='decision',
            name='due_at',
            field=models.DateTimeField(help_text='When the case was due as it was decided; it moves later.', null=True),
        ),
        migrations.AddField(
            model_name='decision',
            name='wave_id',
            field=models.BigIntegerField(help_text="The case's wave.", null=True),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('severity', 4), ('state__in', ['open', 'claimed', 'deferred', 'waiting'])), fields=['wave', 'id'], name='cases_case_critical'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('severity', 4), ('state__in', ['decided', 'released', 'acknowledged', 'verified'])), fields=['wave', 'decision'], name='cases_case_critical_done'),
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(condition=models.Q(('release_at__isnull', False), ('role', 'reversal'), _connector='OR'), fields=['wave_id', 'decided_at'], include=('due_at', 'id', 'reverses'), name='cases_decision_wave'),
        ),
        migrations.AddConstraint(
            model_name='counteddomain',
            constraint=models.UniqueConstraint(fields=('wave_id', 'domain'), name='cases_counted_once'),
        ),
        migrations.AddIndex(
            model_name='wavetally',
            index=models.Index(fields=['wave_id', 'phase', 'severity'], include=('kind', 'domain', 'delta', 'became'), name='cases_wavetally_sum'),
        ),
        migrations.AddIndex(
            model_name='wavetally',
            index=models.Index(condition=models.Q(('folded', False)), fields=['id'], name='cases_wavetally_unfolded'),
        ),
        migrations.RunSQL((SQL / "wave_tally.sql").read_text()),
    ]
