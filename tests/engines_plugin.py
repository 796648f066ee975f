"""Starts the throw-away engines before Django reads its settings. Loaded by ``-p`` from pyproject.toml.

Importing is the only moment early enough: pytest-django reads the settings before any conftest is loaded.
"""

from __future__ import annotations

import os

from console.engines.testing import engines

_found = engines()
os.environ["DATABASE_URL"] = _found.database_url
os.environ["DATABASE_OWNER_URL"] = _found.owner_url
os.environ["DATABASE_ADMIN_URL"] = _found.admin_url
os.environ["REDIS_URL"] = _found.redis_url
os.environ["CONCORD_SECRET_KEY"] = _found.secret_key
os.environ["CONCORD_HOME"] = os.path.join(os.environ["CONCORD_TEST_ENGINES"], "console")
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright runs an event loop beside the ORM
