"""API routes of cases, queues and the feed."""

from __future__ import annotations

from django.urls import path

from triage.cases import api, feed_api

urlpatterns = [
    path("queues/", api.Queues.as_view(), name="api-queues"),
    path("queues/<slug:slug>/next/", api.ClaimNext.as_view(), name="api-next"),
    path("cases/", api.Cases.as_view(), name="api-cases"),
    path("cases/<str:ref>/", api.OneCase.as_view(), name="api-case"),
    path("cases/<str:ref>/claim/", api.ClaimCase.as_view(), name="api-claim"),
    path("cases/<str:ref>/hand-over/", api.HandOver.as_view(), name="api-hand-over"),
    path("cases/<str:ref>/decisions/", api.Decisions.as_view(), name="api-decide"),
    path("decisions/", feed_api.Feed.as_view(), name="api-feed"),
    path("decisions/acks/", feed_api.Acknowledgements.as_view(), name="api-acks"),
]
