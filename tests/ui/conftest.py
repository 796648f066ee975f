"""Pages are drawn here without collected static files, so their names are not hashed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import override_settings


@pytest.fixture(autouse=True)
def _plain_static_files() -> Iterator[None]:
    backend = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(STORAGES={**settings.STORAGES, "staticfiles": backend}):
        yield
