"""Starting processes that cannot outlive the one that started them."""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1
CHILD_GUARD = Path(__file__).with_name("child_guard.py")


@dataclass(frozen=True, slots=True)
class Account:
    """The operating system user that an engine runs as."""

    uid: int
    gid: int


def account_for(data: Path) -> Account | None:
    """The user for engines whose data live in ``data``; None means the present user.

    PostgreSQL refuses to run as root. Root therefore runs the engines as the owner of data that are already there,
    and as ``nobody`` the first time.
    """
    if os.geteuid() != 0:
        return None
    if data.exists() and data.stat().st_uid != 0:
        return Account(data.stat().st_uid, data.stat().st_gid)
    unprivileged = pwd.getpwnam("nobody")
    return Account(unprivileged.pw_uid, unprivileged.pw_gid)


def launch(
    argv: Sequence[str],
    *,
    output: int,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    account: Account | None = None,
    on_parent_death: signal.Signals = signal.SIGTERM,
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start ``argv`` in a session of its own; the kernel sends it ``on_parent_death`` when this process dies.

    Call it from the main thread only: the kernel watches the thread that forks. ``output`` is a file descriptor
    for both standard output and standard error.
    """
    who = {} if account is None else {"user": account.uid, "group": account.gid, "extra_groups": []}
    return subprocess.Popen(  # type: ignore[call-overload, no-any-return]  # noqa: S603 - our own programs only
        list(argv),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        env=None if env is None else dict(env),
        cwd=cwd,
        start_new_session=True,
        preexec_fn=_arm(on_parent_death),  # noqa: PLW1509 - this process has one thread
        pass_fds=tuple(pass_fds),
        **who,
    )


def kept(
    argv: Sequence[str],
    *,
    stop: signal.Signals = signal.SIGTERM,
    grace: float = 8.0,
    account: Account | None = None,
    remove: Sequence[Path] = (),
) -> list[str]:
    """The command that runs ``argv`` under a child guard whose parent is this process (see ``child_guard.py``)."""
    words = [
        sys.executable,
        "-I",
        "-S",
        str(CHILD_GUARD),
        f"--parent={os.getpid()}",
        f"--stop={int(stop)}",
        f"--grace={grace}",
    ]
    if account is not None:
        words += [f"--uid={account.uid}", f"--gid={account.gid}"]
    return [*words, *(f"--remove={folder}" for folder in remove), "--", *argv]


def _arm(on_parent_death: signal.Signals) -> Callable[[], None]:
    parent = os.getpid()

    def arm() -> None:
        # Runs in the child after it has become its user, which would have cleared the request to the kernel.
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(on_parent_death))
        if os.getppid() != parent:
            os._exit(1)

    return arm
