"""What the child process may use: time, memory, disk, no relatives, no network, and no life after its parent."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import sys

CPU_SECONDS = 180
MEMORY = 1536 * 1024**2
LARGEST_FILE = 512 * 1024**2

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000


def keep_within_limits(parent: int) -> None:
    """Bind this process, once and for good. ``parent`` is the process that asked for the work.

    Where the system does not permit a name space of its own, the network stays reachable: nothing here uses it.
    """
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        if libc.unshare(_CLONE_NEWNET) != 0:
            libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
    if os.getppid() != parent:
        sys.exit("The process that asked for this has ended.")
    for what, most in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, LARGEST_FILE),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        with contextlib.suppress(ValueError, OSError):  # macOS knows some of them in name only
            resource.setrlimit(what, (most, most))
