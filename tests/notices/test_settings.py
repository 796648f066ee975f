"""How mail is set up from the environment."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from console import environment as env


@pytest.mark.parametrize(
    ("given", "found"),
    [("", (True, False)), ("starttls", (True, False)), ("TLS", (False, True)), ("none", (False, False))],
)
def test_how_mail_is_encrypted(monkeypatch: pytest.MonkeyPatch, given: str, found: tuple[bool, bool]) -> None:
    monkeypatch.setenv("CONCORD_EMAIL_TLS", given)
    assert env.mail_encryption("CONCORD_EMAIL_TLS") == found


def test_a_word_that_is_no_encryption_is_refused_not_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONCORD_EMAIL_TLS", "ssl3")
    with pytest.raises(ImproperlyConfigured, match="starttls, tls or none"):
        env.mail_encryption("CONCORD_EMAIL_TLS")


def test_where_links_in_mail_lead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONCORD_URL", raising=False)
    monkeypatch.setenv("PORT", "8123")
    assert env.console_url([]) == "http://localhost:8123"
    assert env.console_url(["https://concord.example.org"]) == "https://concord.example.org"
    monkeypatch.setenv("CONCORD_URL", "https://console.example.org/")
    assert env.console_url(["https://concord.example.org"]) == "https://console.example.org"
    monkeypatch.setenv("CONCORD_URL", "console.example.org")
    with pytest.raises(ImproperlyConfigured):
        env.console_url([])


def test_without_a_server_mail_is_written_to_the_output() -> None:
    assert env.mail_backend("").endswith("console.EmailBackend")
    assert env.mail_backend("smtp.example.org").endswith("smtp.EmailBackend")
