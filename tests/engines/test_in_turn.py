"""Several commands in one process."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError


def test_commands_run_in_turn_until_one_fails() -> None:
    said = io.StringIO()
    with pytest.raises(CommandError):
        call_command("in_turn", "diffsettings --all", "no_such_command", "check --tag security", stdout=said)
    assert "DATABASES" in said.getvalue()
    assert "System check" not in said.getvalue()
