#!/usr/bin/env python
"""Django's command line for Concord."""

from __future__ import annotations

import os
import sys

from django.core.management import execute_from_command_line

from console.engines import options


def main() -> None:
    """Run one management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")
    options.read_env_file(options.REPOSITORY / ".env", os.environ)
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
