"""What tests of notices share: a mail server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import override_settings

from tests.notices.sink import Sink, sink


@pytest.fixture
def server() -> Iterator[Sink]:
    with sink() as running:
        mail = {
            "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": running.port,
            "EMAIL_USE_TLS": False,
            "EMAIL_HOST_USER": "",
            "EMAIL_TIMEOUT": 2,
            "CONSOLE_URL": "https://concord.hospital.test",
        }
        with override_settings(**mail):
            yield running
