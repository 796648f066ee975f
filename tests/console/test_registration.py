"""What capabilities declare is taken in whole at start, and what is misspelt or missing is refused with its name."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.contrib.auth.models import Permission as Row
from django.core.exceptions import ImproperlyConfigured
from django.db.models.signals import post_migrate

import triage.merges
import triage.runs
from console import beat
from console.capabilities import checks, config, parts, soundness
from console.capabilities.config import CapabilityConfig, Daily, Every
from console.capabilities.declaration import Capability
from console.capabilities.parts import Check, HomePart, NavItem, Permission, Step, Verb, WavePart
from console.celery import app as celery
from console.people import actions, queries, roles
from console.people.models import User
from console.people.permissions import forget, may
from tests import factories

ROOT = Path(__file__).resolve().parents[2]


def problems() -> str:
    return " ".join(soundness.problems())


def messages() -> str:
    return " ".join(str(found.msg) for found in checks.declarations_lead_somewhere())


def test_the_declarations_of_the_product_hold_together() -> None:
    assert not problems()
    assert not messages()


# Modules


@pytest.mark.parametrize("part", ["urls", "api_urls"])
def test_routes_that_are_misspelt_fail_with_their_name(part: str) -> None:
    wrong = Capability(**{"urls": "governance.rollback.urls", part: "governance.rollback.rotues"})
    with pytest.raises(ImproperlyConfigured) as refused:
        wrong.install("governance.rollback")
    said = f"governance.rollback declares {part}='governance.rollback.rotues', and there is no such module."
    assert str(refused.value) == said


def test_routes_that_stand_in_the_folder_and_are_not_declared_fail() -> None:
    with pytest.raises(ImproperlyConfigured, match=r"governance\.gates has a module api_urls and does not declare it"):
        Capability(urls="governance.gates.urls").install("governance.gates")


def test_an_app_without_a_declaration_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    class Bare(CapabilityConfig):
        name = "samples"

    with pytest.raises(ImproperlyConfigured, match="samples has no module registration"):
        Bare("samples", __import__("samples")).ready()
    monkeypatch.setattr(config, "import_module", ModuleType)

    class Silent(CapabilityConfig):
        name = "triage.runs"

    with pytest.raises(ImproperlyConfigured, match=r"triage\.runs\.registration does not declare CAPABILITY"):
        Silent("triage.runs", triage.runs).ready()


# Names that are taken


@pytest.mark.parametrize(
    ("declared", "named"),
    [
        (Capability(verbs=(("case.decided", "won {subject}", "star"),)), "verb of the audit log 'case.decided'"),
        (Capability(navigation=(NavItem("Mine", "gates:gates"),)), "navigation entry 'gates:gates'"),
        (Capability(permissions=(Permission("waves.Wave", "manage_gates", "Own"),)), "permission 'waves.manage_gates'"),
        (Capability(states={"open": parts.Look("Ajar", "door-open", "info")}), "state 'open'"),
        (Capability(families={"gate": "Fences"}), "family of verbs 'gate'"),
    ],
)
def test_a_name_that_another_capability_has_is_refused(declared: Capability, named: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        declared.install("governance.toys")
    assert str(refused.value).startswith(f"governance.toys declares the {named}, which ")
    assert str(refused.value).endswith(" has declared already.")


def test_capabilities_may_share_a_state_of_one_look() -> None:
    Capability(states={"open": parts.STATES["open"].look}).install("governance.toys")
    assert parts.STATES.owner("open") == "triage.cases"


def test_the_same_keys_for_two_entries_are_refused() -> None:
    with parts.NAVIGATION.holding(NavItem("Toys", "people:people-of-toys", key="g g")):
        assert "gives 'Toys' the keys 'g g', which another entry of the navigation has." in problems()


# Names that lead nowhere


def test_what_names_something_undeclared_is_refused() -> None:
    with parts.VERBS.holding(Verb("toy.built", "built {subject}", "star")):
        assert "declares the verb 'toy.built' of a family without a label." in problems()
    with parts.NAVIGATION.holding(NavItem("Toys", "people:me", permission="waves.manage_toys", model="waves.Wvae")):
        assert "asks for the permission 'waves.manage_toys' for 'Toys', which no capability declares." in problems()
        assert "shows 'Toys' to holders on 'waves.Wvae', which is no model." in problems()
    with parts.STEPS.holding(Step("Build", "Why", "waves:make", "waves.build", lambda: True)):
        assert "'waves.build' for 'Build'" in problems()
    with parts.HOME.holding(HomePart("cases:home", "cases.look")):
        assert "'cases.look' for 'cases:home'" in problems()
    with parts.PERMISSIONS.holding(Permission("waves.Toy", "build_toys", "Build")):
        assert "declares the permission 'waves.build_toys' on 'waves.Toy', which is no model." in problems()
    with parts.CHECKS.holding(Check("toys", lambda: ["The toys are gone."])), pytest.raises(ImproperlyConfigured):
        soundness.require_sound()


def test_a_role_with_an_undeclared_permission_fails_at_start(monkeypatch: pytest.MonkeyPatch) -> None:
    lead = roles.ROLES["lead"]
    monkeypatch.setitem(roles.ROLES, "lead", replace(lead, permissions=lead.permissions | {"cases.mange_queue"}))
    expected = "The role 'lead' holds the permission 'cases.mange_queue', which no capability declares."
    with pytest.raises(ImproperlyConfigured, match=expected):
        soundness.require_sound()


def test_routes_and_tasks_that_do_not_exist_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    with parts.NAVIGATION.holding(NavItem("Toys", "toys:toys")), parts.WAVE_PARTS.holding(WavePart("gates:gate", "x")):
        assert "declares the navigation entry 'toys:toys', and there is no such route." in messages()
        assert "part of a wave's page 'gates:gate'" not in messages(), "It takes one argument, as a part must."
    with parts.WAVE_PARTS.holding(WavePart("gates:gates", "gates")):
        assert "declares the part of a wave's page 'gates:gates', and there is no such route." in messages()
    gates = next(found for found in config.configs() if found.label == "gates")
    monkeypatch.setattr(type(gates), "schedules", (Every("sweep_gtaes", seconds=30),))
    assert "governance.gates schedules the task 'sweep_gtaes', which its module tasks does not define." in messages()


# Schedules


def test_schedules_reach_beat() -> None:
    wanted = beat.schedule()
    assert wanted["gates.sweep_gates"]["task"] == "governance.gates.tasks.sweep_gates"
    assert wanted["gates.sweep_gates"]["options"] == {"expires": 60}
    assert wanted["gates.sweep_gates"]["schedule"].run_every.total_seconds() == 30
    assert "options" not in wanted["intake.poll_sources"], "A poll that waited is still wanted."
    assert set(celery.conf.beat_schedule) == set(wanted)
    celery.loader.import_default_modules()
    assert {entry["task"] for entry in wanted.values()} <= set(celery.tasks), "Celery knows each of the tasks."


def test_the_scheduler_wakes_the_same_and_loads_no_models() -> None:
    ask = (
        "import json, sys; from console.engines.schedule import app; "
        "print(json.dumps([sorted(app.conf.beat_schedule), 'django.db.models' in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True, cwd=ROOT)
    assert json.loads(done.stdout) == [sorted(beat.schedule()), False]


def test_timings_are_what_they_say() -> None:
    assert Every("sweep", seconds=5).timing.run_every.total_seconds() == 5  # type: ignore[attr-defined]
    daily: Any = Daily("forget", hour=3, minute=17).timing
    assert (daily.hour, daily.minute) == ({3}, {17})


# Permissions


def test_a_declared_permission_exists_after_migrate_without_a_migration(db: None, bo: User) -> None:
    declared = Permission("waves.Wave", "drive_toys", "Drive toys")
    with parts.PERMISSIONS.holding(declared):
        post_migrate.send_robust(sender=_people(), using="default", apps=_apps(), verbosity=0)
        row = Row.objects.get(codename="drive_toys")
        assert (row.content_type.app_label, row.content_type.model, row.name) == ("waves", "wave", "Drive toys")
        bo.user_permissions.add(row)
        forget(bo)
        assert may(bo, "waves.drive_toys")
        assert actions.create_declared_permissions(using="default") == 0, "A second time changes nothing."
        with parts.PERMISSIONS.holding(replace(declared, label="Drive every toy")):
            assert actions.create_declared_permissions(using="default") == 1
        row.refresh_from_db()
        assert row.name == "Drive every toy"
    actions.create_declared_permissions(using="default")
    assert Row.objects.filter(codename="drive_toys").exists(), "Grants may point to it."


def test_every_declared_permission_has_its_row(db: None) -> None:
    rows = {
        f"{app}.{codename}": f"{app}.{model}"
        for app, codename, model in Row.objects.values_list(
            "content_type__app_label", "codename", "content_type__model"
        )
    }
    for permission in parts.PERMISSIONS:
        assert rows[permission.name] == permission.scope.lower()


def test_a_role_gets_a_permission_as_soon_as_it_is_declared(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    bo = factories.make_user("bo")
    actions.grant_role(user=bo, role="board", by=factories.make_user("ada", role="administrator"))
    board = roles.ROLES["board"]
    monkeypatch.setitem(roles.ROLES, "board", replace(board, permissions=board.permissions | {"waves.drive_toys"}))
    with parts.PERMISSIONS.holding(Permission("waves.Wave", "drive_toys", "Drive toys")):
        actions.create_declared_permissions(using="default")
        actions.sync_roles(by=queries.system())
    assert may(User.objects.get(pk=bo.pk), "waves.drive_toys")


def _people() -> CapabilityConfig:
    return next(found for found in config.configs() if found.label == "people")


def _apps() -> Any:
    return _people().apps
