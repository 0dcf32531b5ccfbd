"""The worker that the web process keeps beside itself in the embedded default."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import structlog

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 30.0
STEADY_AFTER = 60.0
"""Seconds after which a worker counts as healthy, and the next restart is quick again."""

GRACE = 10.0
"""Seconds for the job at hand when the web process stops."""

PR_SET_PDEATHSIG = 1

log = structlog.get_logger("laurel.worker")


@asynccontextmanager
async def worker_beside(command: Sequence[str], folder: Path) -> AsyncIterator[None]:
    """Run ``command`` in ``folder`` as long as the block lasts, and again whenever it ends."""
    keeping = asyncio.create_task(_keep(command, folder), name="worker")
    try:
        yield
    finally:
        keeping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await keeping


async def _keep(command: Sequence[str], folder: Path) -> None:
    clock = asyncio.get_running_loop()
    dies_with_us = _dying_with(os.getpid())
    pause = FIRST_PAUSE
    while True:
        began = clock.time()
        # Started by the loop's own thread: Linux sends the signal when the thread that forked ends.
        process = await asyncio.create_subprocess_exec(
            *command, cwd=folder, stdin=asyncio.subprocess.DEVNULL, preexec_fn=dies_with_us
        )
        log.info("worker process started", pid=process.pid)
        try:
            code = await process.wait()
        except asyncio.CancelledError:
            await _end(process)
            raise
        pause = FIRST_PAUSE if clock.time() - began > STEADY_AFTER else min(pause * 2, LONGEST_PAUSE)
        log.warning("worker process ended", pid=process.pid, code=code, again_in=pause)
        await asyncio.sleep(pause)


async def _end(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), GRACE)
    except TimeoutError:
        log.warning("worker process killed", pid=process.pid)
        process.kill()
        await process.wait()


def _dying_with(parent: int) -> Callable[[], None] | None:
    """What a child does before it begins, so that a web process that is killed leaves no worker behind."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl  # looked up here: between fork and exec nothing may be loaded

    def ask_for_signal() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it ended before we asked
            os._exit(0)

    return ask_for_signal
