"""Addresses that change a gate or its evidence, under ``gates:``."""

from __future__ import annotations

from django.urls import URLPattern, path

from governance.gates.pages import assessment_views, edit_views, lifecycle_views

GATE = "gates/<str:ref>/"
CRITERION = f"{GATE}criteria/<slug:code>/"

urlpatterns: list[URLPattern] = [
    path("waves/<slug:slug>/gates/make/", edit_views.make, name="make"),
    path("subjects/<slug:kind>/<int:pk>/gates/make/", edit_views.make_for, name="make-for"),
    path(f"{GATE}criteria/add/", edit_views.add, name="add-criterion"),
    path(f"{CRITERION}reword/", edit_views.reword, name="reword"),
    path(f"{CRITERION}change/", edit_views.change, name="change"),
    path(f"{CRITERION}retire/", edit_views.retire, name="retire"),
    path(f"{CRITERION}attest/", assessment_views.attest, name="attest"),
    path(f"{CRITERION}control-test/", assessment_views.control_test, name="control-test"),
    path(f"{CRITERION}waiver/", assessment_views.ask_waiver, name="ask-waiver"),
    path(f"{GATE}policy/", edit_views.policy, name="policy"),
    path(f"{GATE}seal/", lifecycle_views.seal, name="seal"),
    path(f"{GATE}withdraw/", lifecycle_views.withdraw, name="withdraw"),
    path(f"{GATE}consolidate/", lifecycle_views.consolidate, name="consolidate"),
    path(f"{GATE}begin/", lifecycle_views.begin, name="begin"),
    path(f"{GATE}attestations/<int:pk>/withdraw/", assessment_views.withdraw_attestation, name="withdraw-attestation"),
    path(f"{GATE}waivers/<int:pk>/decide/", assessment_views.decide_waiver, name="decide-waiver"),
    path(f"{GATE}waivers/<int:pk>/revoke/", assessment_views.revoke_waiver, name="revoke-waiver"),
    path(f"{GATE}conditions/<int:pk>/met/", assessment_views.meet_condition, name="meet-condition"),
]
