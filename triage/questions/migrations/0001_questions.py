"""Questions about cases, and the mailboxes of services that can be asked."""

from __future__ import annotations


import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('cases', '0016_claim_ahead'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ServiceMailbox',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=60, unique=True)),
                ('name', models.CharField(max_length=100)),
                ('purpose', models.CharField(blank=True, max_length=300)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('active', models.BooleanField(default=True)),
                ('members', models.ManyToManyField(related_name='mailboxes', through='questions.Membership', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['name', 'slug'],
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='membership',
            name='mailbox',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='questions.servicemailbox'),
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('asked_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('outcome', models.CharField(blank=True, choices=[('answered', 'Answered'), ('not_answered', 'Not answered in time'), ('resumed', 'Resumed before an answer'), ('withdrawn', 'Withdrawn'), ('returned', 'Returned: no one can answer it'), ('overtaken', 'Overtaken: the case stopped waiting')], max_length=12)),
                ('answer', models.TextField(blank=True)),
                ('answered_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='questions', to='cases.case')),
                ('decision', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='question', to='cases.decision')),
                ('person', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('mailbox', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='questions.servicemailbox')),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(fields=['case', '-id'], name='questions_case'), models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['due_at'], name='questions_due'), models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['person', 'due_at', 'id'], name='questions_person_open'), models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['mailbox', 'due_at', 'id'], name='questions_mailbox_open'), models.Index(fields=['person', '-id'], name='questions_person'), models.Index(fields=['mailbox', '-id'], name='questions_mailbox'), models.Index(condition=models.Q(('outcome', 'answered')), fields=['by', '-closed_at'], name='questions_answered')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True)), fields=('case',), name='questions_open_once'), models.CheckConstraint(condition=models.Q(models.Q(('mailbox__isnull', False), ('person__isnull', True)), models.Q(('mailbox__isnull', True), ('person__isnull', False)), _connector='OR'), name='questions_of_one'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('outcome', '')), models.Q(('closed_at__isnull', False), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='questions_closed_somehow'), models.CheckConstraint(condition=models.Q(models.Q(('answered_by__isnull', False), ('outcome', 'answered'), models.Q(('answer', ''), _negated=True)), models.Q(models.Q(('outcome', 'answered'), _negated=True), ('answer', ''), ('answered_by__isnull', True)), _connector='OR'), name='questions_answered_by')],
            },
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(fields=('mailbox', 'person'), name='questions_member_once'),
        ),
    ]
