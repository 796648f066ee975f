"""Address of the demonstration's entrance."""

from __future__ import annotations

from django.urls import path

from samples.entrance import views

app_name = "demonstration"

urlpatterns = [path("demonstration/enter/", views.enter, name="enter")]
