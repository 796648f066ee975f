"""``up``: the whole console in one command, from a lock on the home to the address for the browser."""

from __future__ import annotations

import sys
from pathlib import Path

from console.engines import addresses, databases, plan, stamps
from console.engines.children import Child, Spec, tail
from console.engines.errors import Trouble
from console.engines.options import REPOSITORY, Wishes
from console.engines.postgres import Cluster
from console.engines.screen import Screen
from console.engines.supervisor import Stopped, Supervisor

LOGINS = "demo-logins.txt"
"""The demonstration writes the names and passwords of its people here, under the home."""


def up(wishes: Wishes, screen: Screen) -> int:
    """Run the console until it is asked to stop; returns the exit status."""
    supervisor = Supervisor(wishes, screen)
    status = 0
    try:
        supervisor.claim()
        screen.say("Concord")
        _start(supervisor)
        _greet(supervisor)
        demo = Demonstration(supervisor) if wishes.demo else None
        supervisor.watch(demo.look if demo else lambda: False)
    except Stopped:
        screen.say("\n  Stopping …")
    except Trouble as trouble:
        Screen(sys.stderr).say(f"\nConcord cannot start: {trouble}")
        status = 1
    killed = supervisor.stop()
    if status == 0:
        screen.say("  Stopped." if not killed else f"  Stopped; had to be killed: {', '.join(killed)}.")
    return status


def _start(supervisor: Supervisor) -> None:
    wishes, screen = supervisor.wishes, supervisor.screen
    with screen.step("Engines") as remarks:
        cluster = supervisor.start_engines()
        remarks.append("your PostgreSQL" if wishes.external_database else "PostgreSQL 18")
        remarks.append("your Redis" if wishes.external_redis else "Valkey")
    collecting = _collect_static(supervisor)  # beside the migrations: together they are most of a first start
    # The people come before the web server: its sign-in page offers them.
    people = wishes.demo and not (supervisor.places.stamps / "demo").exists()
    with screen.step("Database") as remarks:
        done = _bring_up_to_date(supervisor, cluster, people=people)
        remarks.append(done or "up to date")
    if wishes.demo and not (people and done):
        with screen.step("People of the demonstration"):
            _bring_people(supervisor)
    with screen.step("Static files") as remarks:
        remarks.append(_finish_static(supervisor, collecting))
    with screen.step("Web server, task workers, schedule"):
        supervisor.start_programs(plan.programs(wishes, supervisor.places))


def _bring_people(supervisor: Supervisor) -> None:
    if not stamps.same(supervisor.places.stamps, "demo", _database_mark(supervisor)):
        supervisor.wait_for(supervisor.send(_manage(supervisor.wishes, "seed_demo", "--people")))


def _bring_up_to_date(supervisor: Supervisor, cluster: Cluster | None, *, people: bool) -> str:
    """Migrate, guard the audit log and synchronise roles, in one process; with ``people``, those of the demonstration.

    Returns what was done: nothing when neither code nor database has changed since the last time.
    """
    wishes, places = supervisor.wishes, supervisor.places
    if cluster is not None and stamps.same(places.stamps, "schema", stamps.of_schema(cluster.owner_url)):
        return ""
    commands, done = ["migrate --database owner --no-input"], "migrated"
    if wishes.admin_known:
        commands.append("book_guard")
        done += ", audit log protected"
    else:
        done += ", guards of the audit log not checked because DATABASE_ADMIN_URL is unset"
    commands.append("sync_roles")  # a release may have changed what roles allow
    if people:
        commands.append("seed_demo --people")
        done += ", people of the demonstration"
    supervisor.wait_for(supervisor.send(_manage(wishes, "in_turn", *commands)))
    if cluster is not None:
        stamps.keep(places.stamps, "schema", stamps.of_schema(cluster.owner_url))
    return done


def _collect_static(supervisor: Supervisor) -> Child | None:
    """Begin to collect static files, unless nothing has changed since the last time."""
    manifest = supervisor.wishes.home / "static" / "staticfiles.json"
    if manifest.exists() and stamps.same(supervisor.places.stamps, "static", stamps.of_static()):
        return None
    words = ("collectstatic", "--no-input", "--clear", "--ignore", "redoc", "--verbosity", "0")
    return supervisor.send(_manage(supervisor.wishes, *words))


def _finish_static(supervisor: Supervisor, collecting: Child | None) -> str:
    if collecting is None:
        return "up to date"
    supervisor.wait_for(collecting)
    stamps.keep(supervisor.places.stamps, "static", stamps.of_static())
    return "collected"


def _manage(wishes: Wishes, command: str, *words: str) -> Spec:
    argv = [sys.executable, str(REPOSITORY / "manage.py"), command, *words]
    return Spec(command, argv, REPOSITORY, plan.environment(wishes))


def _greet(supervisor: Supervisor) -> None:
    say = supervisor.screen.say
    places = supervisor.places
    say(f"\n  Open {supervisor.wishes.url}   (Ctrl-C stops everything; logs are in {places.logs})")
    if places.engines != places.home and supervisor.engines:
        say(f"  The engines keep their data in {places.engines}: their user cannot reach {places.home}.")
    if not supervisor.wishes.demo and _no_account_can_sign_in(supervisor):
        say("\n  No users yet. Create the first administrator:")
        say("  .venv/bin/python manage.py create_person NAME --role administrator")


class Demonstration:
    """The demonstration hospital: brought in once, beside the running console, so that its progress can be watched."""

    def __init__(self, supervisor: Supervisor) -> None:
        self.supervisor = supervisor
        self.child: Child | None = None
        self._read = 0
        self._digest = _database_mark(supervisor)
        self.show_logins()
        if not stamps.same(supervisor.places.stamps, "demo", self._digest):
            supervisor.screen.say("\n  Bringing in the demonstration hospital …")
            log = supervisor.places.logs / "seed_demo.log"
            self._read = log.stat().st_size if log.exists() else 0
            self.child = supervisor.send(_manage(supervisor.wishes, "seed_demo"))

    def look(self) -> bool:
        """Pass on what the seeding has said since the last look; returns whether it goes on."""
        if self.child is None:
            return False
        ended = not self.child.alive
        self._relay(self.child.log, whole=ended)
        if not ended:
            return True
        status = self.child.process.returncode if self.child.process else 1
        if status == 0:
            stamps.keep(self.supervisor.places.stamps, "demo", self._digest)
            self.supervisor.screen.say("  ✓ The demonstration hospital is there")
        else:
            self.supervisor.screen.say(
                f"  ! Demo data could not be loaded. Concord is running without it. Restart to retry. "
                f"The end of {self.child.log}:\n{self.child.last_words(6)}"
            )
        self.child = None
        return False

    def show_logins(self) -> None:
        """Say who can sign in."""
        logins = tail(self.supervisor.wishes.home / LOGINS, 40)
        if logins:
            self.supervisor.screen.say("\n" + "\n".join(f"  {line}" for line in logins.splitlines()))

    def _relay(self, log: Path, *, whole: bool) -> None:
        with log.open("rb") as stream:
            stream.seek(self._read)
            fresh = stream.read()
        upto = len(fresh) if whole else fresh.rfind(b"\n") + 1
        self._read += upto
        for line in fresh[:upto].decode(errors="replace").splitlines():
            if line.strip() and not line.startswith("{"):  # structured log lines stay in the file
                self.supervisor.screen.say(f"    {line}")


def _no_account_can_sign_in(supervisor: Supervisor) -> bool:
    """True for a console without people. Of an external database nothing is asked here."""
    url = addresses.read(supervisor.wishes.home).owner_url
    if supervisor.wishes.external_database or not url:
        return False
    with databases.session(url) as cur:
        cur.execute("SELECT NOT EXISTS (SELECT 1 FROM people_user WHERE kind = 'person')")
        row = cur.fetchone()
    return bool(row and row[0])


def _database_mark(supervisor: Supervisor) -> str:
    """A mark of this very database: the moments its migrations ran at."""
    url = addresses.read(supervisor.wishes.home).owner_url
    if supervisor.wishes.external_database or not url:
        return "external"
    with databases.session(url) as cur:
        cur.execute("SELECT md5(string_agg(name || applied, ',' ORDER BY id)) FROM django_migrations WHERE id <= 20")
        return str(cur.fetchone())
