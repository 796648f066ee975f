"""``manage.py intake PATH``: take in one run package now."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from console.errors import Refusal
from console.people.queries import system
from triage.intake import actions, loader, packages, queries, store, unpacking
from triage.intake.rules import UNSETTLED
from triage.runs.models import Run, RunState


class Command(BaseCommand):
    """Copies the package into the store, announces its run and, if asked, waits until it is settled."""

    help = "Take in a run package: a folder, or a zip or tar archive."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("path", type=Path, help="Folder or archive of the package.")
        parser.add_argument("--wait", action="store_true", help="Show progress until the run is settled.")
        parser.add_argument("--here", action="store_true", help="Do the work in this process, without workers.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Announce, then wait or work. Raises CommandError for a refusal, a quarantine and a failure."""
        try:
            run = self._announce(options["path"])
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        if options["here"]:
            self._work(run)
        elif options["wait"]:
            self._wait(run)
        run.refresh_from_db()
        if run.state in {RunState.QUARANTINED, RunState.FAILED}:
            raise CommandError(f"{run.run_id} is {run.get_state_display().lower()}: {run.problem}")

    def _announce(self, path: Path) -> Run:
        if not path.exists():
            raise CommandError(f"There is nothing at {path}.")
        with store.incoming() as folder:
            if path.is_dir():
                package = store.copy_in(packages.read(path), folder)
            else:
                unpacking.unpack(path, folder, limit=settings.INTAKE_UPLOAD_BYTES)
                package = packages.read(folder)
            announced = actions.announce(package=package, origin="command", by=system())
        word = "Announced" if announced.new else "Known already:"
        self.stdout.write(f"{word} {announced.run.run_id} ({announced.run.wave.name}).")
        return announced.run

    def _work(self, run: Run) -> None:
        loader.check(run.pk)
        for file in queries.files_in_turn(run):
            loader.load(file.pk)
            file.refresh_from_db()
            self.stdout.write(
                f"  {file.path}: {file.lines:,} of {file.rows:,} lines, {file.get_state_display().lower()}."
            )
        run.refresh_from_db()
        self._summary(run)

    def _wait(self, run: Run) -> None:
        said = ""
        while run.state in UNSETTLED:
            line = f"  {run.get_state_display()}: {run.lines:,} of {run.lines_expected:,} lines"
            if line != said:
                self.stdout.write(said := line)
            time.sleep(0.5)
            run.refresh_from_db()
        self._summary(run)

    def _summary(self, run: Run) -> None:
        self.stdout.write(
            f"{run.get_state_display()}: {run.lines:,} lines, {run.opened:,} cases opened, {run.known:,} known, "
            f"{run.verified:,} verified, {run.reopened:,} reopened, {run.rejected:,} lines rejected."
        )
