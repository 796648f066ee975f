"""A child guard runs one program and sees to it that nothing of the program outlives the child guard's own parent.

granian and Celery have worker processes of their own. A worker whose parent was killed with SIGKILL would live on,
serve old code and hold the port. So the supervisor starts such programs through a child guard, which

- asks the kernel for SIGTERM when its own parent dies (PR_SET_PDEATHSIG),
- adopts every orphan among its descendants (PR_SET_CHILD_SUBREAPER), and
- ends only when the last of them is gone, having killed what did not stop in time.

It runs as a plain script with ``python -I -S``: standard library only, a few megabytes, no imports from this project.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import os
import shutil
import signal
import sys
import time

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
WATCHED = {signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT}


def arguments(words: list[str]) -> argparse.Namespace:
    """Parse the command line; everything after ``--`` is the program."""
    parser = argparse.ArgumentParser(prog="child_guard", description=__doc__)
    parser.add_argument("--parent", type=int, required=True, help="process id of the one whose death ends everything")
    parser.add_argument("--stop", type=int, default=int(signal.SIGTERM), help="signal that asks the program to stop")
    parser.add_argument("--grace", type=float, default=8.0, help="seconds between asking and killing")
    parser.add_argument("--uid", type=int, help="run the program as this user")
    parser.add_argument("--gid", type=int, help="run the program as this group")
    parser.add_argument("--remove", action="append", default=[], help="a folder to delete at the end")
    parser.add_argument("program", nargs="+")
    return parser.parse_args(words)


def start(options: argparse.Namespace, libc: ctypes.CDLL) -> int:
    """Fork and become the program; returns its process id."""
    guard = os.getpid()
    child = os.fork()
    if child:
        return child
    try:
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        if options.gid is not None:
            os.setgroups([])
            os.setgid(options.gid)
        if options.uid is not None:
            os.setuid(options.uid)
        libc.prctl(PR_SET_PDEATHSIG, options.stop)  # after setuid, which clears it
        if os.getppid() == guard:
            os.execv(options.program[0], options.program)  # noqa: S606 - no shell is wanted
    except OSError as error:
        sys.stderr.write(f"child_guard: {options.program[0]}: {error.strerror}\n")
        sys.stderr.flush()
    os._exit(127)


def parents() -> dict[int, int]:
    """The parent of every living process, zombies left out."""
    found: dict[int, int] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as stream:
                    state, parent = stream.read().rpartition(")")[2].split()[:2]
            except OSError:
                continue
            if state != "Z":
                found[int(name)] = int(parent)
    return found


def descendants() -> list[int]:
    """Process ids of all living descendants of this process."""
    above = parents()
    found: list[int] = []
    frontier = {os.getpid()}
    while frontier:
        frontier = {process for process, parent in above.items() if parent in frontier}
        found.extend(frontier)
    return found


def kill_all() -> None:
    """SIGKILL every descendant and collect it, again and again until none is left."""
    while True:
        for process in descendants():
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(0.01)


def watch(child: int, options: argparse.Namespace) -> int:
    """Wait until the program ends, passing a request to stop on to it; returns its exit status as a shell counts it."""
    deadline: float | None = None
    while True:
        wait = 3600.0 if deadline is None else max(0.0, deadline - time.monotonic())
        received = signal.sigtimedwait(WATCHED, wait)
        if received is None and deadline is not None:
            return 128 + signal.SIGKILL
        if received is not None and received.si_signo != signal.SIGCHLD and deadline is None:
            deadline = time.monotonic() + options.grace
            os.kill(child, options.stop)
        while True:
            ended, status = os.waitpid(-1, os.WNOHANG)
            if ended == child:
                code = os.waitstatus_to_exitcode(status)
                return code if code >= 0 else 128 - code
            if not ended:
                break


def main() -> int:
    """Keep one program until it ends or until the parent does."""
    options = arguments(sys.argv[1:])
    libc = ctypes.CDLL(None, use_errno=True)
    signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    status = 0
    if os.getppid() == options.parent:  # otherwise the parent died before the kernel was asked to tell
        status = watch(start(options, libc), options)
    kill_all()
    for folder in options.remove:
        shutil.rmtree(folder, ignore_errors=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
