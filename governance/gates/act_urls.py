"""Doors that change a gate or what bears on it, under ``gates:``."""

from __future__ import annotations

from django.urls import URLPattern, path

from governance.gates import bearing_views, course_views, edit_views

GATE = "gates/<str:ref>/"
CRITERION = f"{GATE}criteria/<slug:code>/"

urlpatterns: list[URLPattern] = [
    path("waves/<slug:slug>/gates/make/", edit_views.make, name="make"),
    path(f"{GATE}criteria/add/", edit_views.add, name="add-criterion"),
    path(f"{CRITERION}reword/", edit_views.reword, name="reword"),
    path(f"{CRITERION}change/", edit_views.change, name="change"),
    path(f"{CRITERION}retire/", edit_views.retire, name="retire"),
    path(f"{CRITERION}attest/", bearing_views.attest, name="attest"),
    path(f"{CRITERION}control-test/", bearing_views.control_test, name="control-test"),
    path(f"{CRITERION}waiver/", bearing_views.ask_waiver, name="ask-waiver"),
    path(f"{GATE}policy/", edit_views.policy, name="policy"),
    path(f"{GATE}seal/", course_views.seal, name="seal"),
    path(f"{GATE}withdraw/", course_views.withdraw, name="withdraw"),
    path(f"{GATE}consolidate/", course_views.consolidate, name="consolidate"),
    path(f"{GATE}begin/", course_views.begin, name="begin"),
    path(f"{GATE}attestations/<int:pk>/withdraw/", bearing_views.withdraw_attestation, name="withdraw-attestation"),
    path(f"{GATE}waivers/<int:pk>/decide/", bearing_views.decide_waiver, name="decide-waiver"),
    path(f"{GATE}waivers/<int:pk>/revoke/", bearing_views.revoke_waiver, name="revoke-waiver"),
    path(f"{GATE}conditions/<int:pk>/met/", bearing_views.meet_condition, name="meet-condition"),
]
