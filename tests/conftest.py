"""What every test may lean on: databases, the named cast, and a clean cache.

The cast: Ana and Ben review, Lena leads the queues, Omar operates the migration, Cora is the compliance officer,
Bo sits on the board, Ada administers, ``pipe`` is the pipeline's service account, and Eve has no role at all.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import override_settings

from console.people.models import User, UserKind
from tests import databases, factories, rendered


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """This process's own copy of the template, for tests whose transaction is rolled back."""
    with django_db_blocker.unblock(), databases.copy("rolled_back"):
        yield


@pytest.fixture
def committed_db(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[str]:
    """A database of the test's own, for tests that commit: threads, processes, Celery, live servers. Gives its name."""
    with django_db_blocker.unblock(), databases.copy("committed") as name:
        yield name


@pytest.fixture(autouse=True, scope="session")
def _plain_and_quick() -> Iterator[None]:
    """Pages are drawn without collected static files, so their names are not hashed; passwords are hashed cheaply."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    quick = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # scrypt is slow on purpose, and not what is tested
    with override_settings(STORAGES={**settings.STORAGES, "staticfiles": plain}, PASSWORD_HASHERS=quick):
        yield


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    """Rate limits live in the cache; no test may inherit another's."""
    yield
    cache.clear()


def _person(name: str, role: str | None) -> User:
    return factories.make_user(name, role=role)


@pytest.fixture
def ana(db_ready: None) -> User:
    """A reviewer on every queue."""
    return _person("ana", "reviewer")


@pytest.fixture
def ben(db_ready: None) -> User:
    """A second reviewer on every queue."""
    return _person("ben", "reviewer")


@pytest.fixture
def lena(db_ready: None) -> User:
    """The queue lead."""
    return _person("lena", "lead")


@pytest.fixture
def omar(db_ready: None) -> User:
    """The migration operator."""
    return _person("omar", "operator")


@pytest.fixture
def cora(db_ready: None) -> User:
    """The compliance officer."""
    return _person("cora", "compliance")


@pytest.fixture
def bo(db_ready: None) -> User:
    """A member of the governance board."""
    return _person("bo", "board")


@pytest.fixture
def ada(db_ready: None) -> User:
    """The administrator."""
    return _person("ada", "administrator")


@pytest.fixture
def eve(db_ready: None) -> User:
    """Someone who can sign in and has no role."""
    return _person("eve", None)


@pytest.fixture
def pipe(db_ready: None) -> User:
    """The pipeline's service account."""
    return factories.make_user("pipe", role="pipeline", kind=UserKind.SERVICE)


@pytest.fixture
def db_ready(request: pytest.FixtureRequest) -> None:
    """A database, whichever kind the test asked for; the rolled-back one unless it asked for ``committed_db``."""
    if "committed_db" not in request.fixturenames:
        request.getfixturevalue("db")
    else:
        request.getfixturevalue("committed_db")


def pytest_configure(config: pytest.Config) -> None:
    """Listen to every template that is drawn; give each process of the run a cache of its own to count and clear."""
    rendered.listen()
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    cache_of = settings.CACHES["default"]
    cache_of["LOCATION"] = cache_of["LOCATION"].replace("db=1", f"db={2 + number % 14}")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """In a whole run (CONCORD_WHOLE_RUN=1, set by make test), fail when a template was drawn by no test."""
    rendered.keep()
    if _whole(session.config) and exitstatus == 0 and rendered.missing():
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say as the last words of a whole run which templates no test drew."""
    undrawn = rendered.missing() if _whole(config) else []
    if undrawn:
        terminalreporter.section("No test draws these templates", red=True, bold=True)
        terminalreporter.line("  " + "\n  ".join(undrawn))


def _whole(config: pytest.Config) -> bool:
    """Whether this process controls a run of all tests."""
    return os.environ.get("CONCORD_WHOLE_RUN") == "1" and not hasattr(config, "workerinput")
