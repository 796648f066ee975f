"""A supervisor over real engines with a stand-in for the programs: ``python -m tests.engines.stage``.

The stand-in for the web server is as unruly as a real one: it has workers of its own, one of which has left its
session and ignores every request to stop.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from console.engines import options
from console.engines.children import Spec
from console.engines.errors import Trouble
from console.engines.screen import Screen
from console.engines.supervisor import Stopped, Supervisor

SERVER = """
import os, signal, sys, time
if os.fork() == 0:
    os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(600)
if os.fork() == 0:
    time.sleep(600)
open(sys.argv[1], "a").write(f"{os.getpid()}\\n")
time.sleep(600)
"""


def main() -> int:
    """Run the stage until it is stopped."""
    wished = options.read(os.environ)
    supervisor = Supervisor(wished, Screen())
    started = wished.home / "web-started"
    server = Spec(
        "web",
        [sys.executable, "-c", SERVER, str(started)],
        Path("/"),
        dict(os.environ),
        grace=1.0,
        has_workers=True,
        ready=started.exists,
    )
    status = 0
    try:
        supervisor.claim()
        supervisor.start_engines()
        supervisor.start_programs([server])
        (wished.home / "up").write_text(str(time.time()))
        supervisor.watch(lambda: False)
    except Stopped:
        pass
    except Trouble as trouble:
        Screen(sys.stderr).say(str(trouble))
        status = 1
    supervisor.stop()
    return status


if __name__ == "__main__":
    sys.exit(main())
