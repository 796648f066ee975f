
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('contenttypes', '0002_remove_content_type_name'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LogEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('object_pk', models.CharField(max_length=255)),
                ('object_id', models.BigIntegerField(null=True)),
                ('object_repr', models.TextField(blank=True)),
                ('action', models.PositiveSmallIntegerField(choices=[(0, 'create'), (1, 'update'), (2, 'delete'), (3, 'access')])),
                ('cid', models.CharField(blank=True, help_text='Correlation id: one request and the tasks it started.', max_length=64)),
                ('timestamp', models.DateTimeField(editable=False, help_text='By the clock of the database.')),
                ('verb', models.CharField(help_text='What happened: ``case.decided``, ``row.updated``, ``case.opened``.', max_length=64)),
                ('subject', models.CharField(blank=True, help_text="The thing's stable name: ``EX-1042``.", max_length=100)),
                ('facts', models.JSONField(default=dict, help_text='What is said of it. Never patient data.')),
                ('purpose', models.CharField(blank=True, max_length=64)),
                ('db_user', models.CharField(editable=False, help_text='The database role that wrote it.', max_length=63)),
                ('txid', models.BigIntegerField(editable=False, help_text='The database transaction that wrote it.')),
                ('leaf_version', models.PositiveSmallIntegerField(editable=False, help_text='How ``bytes`` is laid out.')),
                ('bytes', models.BinaryField(help_text='The entry as it will be sealed: exactly these bytes.')),
                ('leaf_hash', models.BinaryField(help_text='SHA-256 of 0x00 and the bytes (RFC 6962).', max_length=32)),
                ('actor', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('content_type', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contenttypes.contenttype')),
            ],
            options={
                'ordering': ['-id'],
                'permissions': [('view_book', 'Read the book')],
                'get_latest_by': 'id',
                'default_permissions': (),
                'indexes': [models.Index(fields=['subject', '-id'], name='audit_entry_subject'), models.Index(fields=['actor', '-id'], name='audit_entry_actor'), models.Index(fields=['verb', '-id'], name='audit_entry_verb'), models.Index(fields=['cid', '-id'], name='audit_entry_cid'), models.Index(fields=['timestamp'], name='audit_entry_time'), models.Index(condition=models.Q(('verb__startswith', 'row.'), _negated=True), fields=['-id'], name='audit_entry_acts'), models.Index(condition=models.Q(('verb__startswith', 'row.'), _negated=True), fields=['leaf_hash'], name='audit_entry_receipt')],
            },
        ),
    ]
