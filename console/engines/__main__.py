"""The command line of the engines: ``python -m console.engines up | down | backup | restore | reset``.

``manage.py up`` and its sisters lead here. This way in does not load Django, so it starts at once and stays small.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from console.engines import chores
from console.engines import options as start_options
from console.engines.errors import Trouble
from console.engines.screen import Screen
from console.engines.up import up


def main(words: list[str]) -> int:
    """Run one command; returns the exit status."""
    options = _parser().parse_args(words)
    try:
        start_options.read_env_file(start_options.REPOSITORY / ".env", os.environ)
        wished = start_options.read(os.environ, demo=getattr(options, "demo", False))
        if options.command == "up":
            return up(wished, Screen())
        Screen().say(_chore(options, wished))
    except Trouble as trouble:
        Screen(sys.stderr).say(str(trouble))
        return 1
    return 0


def _chore(options: argparse.Namespace, wished: start_options.Wishes) -> str:
    if options.command == "down":
        return chores.down(wished.home)
    if options.command == "backup":
        return f"Backed up to {chores.backup(wished)}"
    if options.command == "restore":
        return chores.restore(wished, options.file)
    return chores.reset(wished.home, agree=lambda question: options.yes or _ask(question))


def _ask(question: str) -> bool:
    try:
        return input(question).strip().lower() == "yes"
    except EOFError:
        return False


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m console.engines", description="Run Concord, look after its data.")
    commands = parser.add_subparsers(dest="command", required=True)
    start = commands.add_parser("up", help="start everything and serve the console until Ctrl-C")
    start.add_argument("--demo", action="store_true", help="bring in the demonstration hospital once")
    commands.add_parser("down", help="stop a console that runs from the same home")
    commands.add_parser("backup", help="dump the database to <home>/backups")
    again = commands.add_parser("restore", help="put the embedded database back to what a backup holds")
    again.add_argument("file", type=Path)
    reset = commands.add_parser("reset", help="delete everything but the backups")
    reset.add_argument("--yes", action="store_true", help="do not ask")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
