"""Migrations that render few models make the same database as Django's own."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator

import pytest
from django.db import models
from django.db.migrations.operations import AddField, AlterField, CreateModel, DeleteModel, RenameField, RenameModel
from django.db.migrations.operations.base import Operation

from console.engines import databases as engine
from console.engines.addresses import with_database
from console.engines.binaries import postgres_bin
from console.engines.migrating import NarrowState
from tests.databases import ROOT, addresses_for

OWN = [str(ROOT / "manage.py"), "migrate", "--database=owner", "-v0"]
#: Django's command, given as an object: by its name it would be the console's.
DJANGOS = """
import django
django.setup()
from django.core.management import call_command
from django.core.management.commands.migrate import Command
call_command(Command(), database="owner", verbosity=0)
"""
ROWS = (
    "SELECT app_label, model FROM django_content_type ORDER BY 1, 2",
    "SELECT c.app_label, p.codename, p.name FROM auth_permission p JOIN django_content_type c"
    " ON c.id = p.content_type_id ORDER BY 1, 2",
    "SELECT app, name FROM django_migrations ORDER BY id",
)


@pytest.fixture
def empty() -> Iterator[Callable[[], str]]:
    """Makes empty databases; gives the name of each."""
    admin, made = os.environ["DATABASE_ADMIN_URL"], []

    def make() -> str:
        made.append(f"migrating_{uuid.uuid4().hex[:8]}")
        engine.create_database(admin, made[-1])
        return made[-1]

    yield make
    for name in made:
        engine.drop_database(admin, name)


def _migrated(name: str, *words: str) -> tuple[list[str], list[tuple[object, ...]]]:
    """The schema of an empty database once a process has migrated it, and what migrations wrote into it."""
    subprocess.run([sys.executable, *words], env=os.environ | addresses_for(name), cwd=ROOT, check=True)
    url = with_database(os.environ["DATABASE_ADMIN_URL"], name)
    dump = [str(postgres_bin() / "pg_dump"), "--schema-only", "-d", url]
    text = subprocess.run(dump, check=True, capture_output=True, text=True).stdout
    rows: list[tuple[object, ...]] = []
    with engine.session(url) as cursor:
        for query in ROWS:
            cursor.execute(query)
            rows += cursor.fetchall()
    return [line for line in text.splitlines() if not line.startswith(("\\restrict", "\\unrestrict"))], rows


@pytest.mark.slow
def test_the_schema_is_that_of_djangos_own_command(empty: Callable[[], str]) -> None:
    assert _migrated(empty(), *OWN) == _migrated(empty(), "-c", DJANGOS)


def _after(*operations: Operation) -> tuple[NarrowState, NarrowState]:
    """The states before and after the last of these operations, each of which has looked at its models."""
    state = NarrowState(models={}, real_apps=set())
    for operation in operations:
        before = state.clone()
        operation.state_forwards("app", state)
        for one in (before, state):
            for label, name in one.models:
                one.apps.get_model(label, name)
    return before, state


def _key() -> models.BigAutoField[int, int]:
    return models.BigAutoField(primary_key=True)


WARD = CreateModel("Ward", [("id", models.AutoField(primary_key=True)), ("name", models.TextField())])
BED = CreateModel("Bed", [("id", _key()), ("ward", models.ForeignKey("app.Ward", models.CASCADE))])
SHEET = CreateModel("Sheet", [("bed", models.OneToOneField("app.Bed", models.CASCADE, primary_key=True))])


def test_a_model_is_rendered_with_those_that_it_refers_to_alone() -> None:
    state = NarrowState(models={}, real_apps=set())
    for operation in (WARD, BED, SHEET):
        operation.state_forwards("app", state)
    state.clone()
    state.apps.get_model("app", "Bed")
    assert sorted(state.apps.all_models["app"]) == ["bed", "ward"]


def test_a_key_that_changes_brings_the_models_that_refer_to_it() -> None:
    state = _after(WARD, BED, SHEET)[1]
    state.clone()
    AlterField("Ward", "id", _key()).state_forwards("app", state)
    ward = state.apps.get_model("app", "Ward")
    assert [one.related_model.__name__ for one in ward._meta.related_objects] == ["Bed"]
    assert sorted(state.apps.all_models["app"]) == ["bed", "sheet", "ward"]


def test_a_changed_model_is_rendered_again_with_those_that_refer_to_it() -> None:
    before, after = _after(WARD, BED, AddField("Ward", "floor", models.TextField(default="")))
    assert "floor" not in {field.name for field in before.apps.get_model("app", "Ward")._meta.fields}
    ward, bed = after.apps.get_model("app", "Ward"), after.apps.get_model("app", "Bed")
    assert "floor" in {field.name for field in ward._meta.fields}
    assert bed._meta.get_field("ward").related_model is ward


def test_renamed_models_and_fields_are_known_by_their_new_names() -> None:
    _, state = _after(WARD, BED, RenameModel("Ward", "Room"), RenameField("Bed", "ward", "room"))
    bed = state.apps.get_model("app", "Bed")
    assert bed._meta.get_field("room").related_model is state.apps.get_model("app", "Room")


def test_a_deleted_model_is_gone() -> None:
    before, state = _after(WARD, BED, DeleteModel("Bed"))
    assert before.apps.get_model("app", "Bed")
    with pytest.raises(LookupError):
        state.apps.get_model("app", "Bed")


def test_code_of_a_migration_sees_every_model() -> None:
    _, state = _after(WARD, BED, SHEET)
    state.clear_delayed_apps_cache()
    found = {model.__name__ for model in state.apps.get_models()}
    assert found == {"Ward", "Bed", "Sheet"}


def test_a_reference_to_a_model_that_is_not_there_is_named() -> None:
    with pytest.raises(ValueError, match=r"app\.ward"):
        _after(BED)
