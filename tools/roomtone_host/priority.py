"""What a server of sound asks of its machine, so that a frame leaves in time."""
# MIT License; see LICENSE

from __future__ import annotations

import contextlib
import gc
import os
from pathlib import Path

SERVER_NICE = -11
"""As audio servers of desktops have it, where they may (root, or a limit that lets them)."""

BOARD_NICE = -6
"""For virtual boards: less than the server's, which would wait while they boot."""


def raise_priority(nice: int, pid: int = 0) -> bool:
    """Let a process (0: this one) run before others; False where the system does not allow it.

    Linux on a desktop weighs sessions against each other, and niceness only within one
    (sched(7), autogroup): of a process that leads its session, the session is raised too.
    """
    with contextlib.suppress(OSError, AttributeError):  # Windows has no priorities of this kind
        if os.getpriority(os.PRIO_PROCESS, pid) > nice:
            os.setpriority(os.PRIO_PROCESS, pid, nice)
            if os.getsid(pid) == (pid or os.getpid()):
                _raise_session(nice, pid)
        return True
    return False


def _raise_session(nice: int, pid: int) -> None:
    with contextlib.suppress(FileNotFoundError):  # a system without autogroups
        Path(f"/proc/{pid or 'self'}/autogroup").write_text(str(nice))


def spare_collections() -> None:
    """Take all that there is out of garbage collection: to look through it takes 40 ms or more."""
    gc.collect()
    gc.freeze()
