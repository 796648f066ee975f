"""API route of the workload of queues."""

from __future__ import annotations

from django.urls import path

from triage.days import api

urlpatterns = [path("queues/workload/", api.QueuesWorkload.as_view(), name="api-workload")]
