from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pages.edge.worker import worker_beside

STARTED = "started"
WORKER = f"import os, time; open('{STARTED}', 'a').write(f'{{os.getpid()}} '); time.sleep(60)"
COMMAND = (sys.executable, "-c", WORKER)


def started(folder: Path) -> list[int]:
    file = folder / STARTED
    return [int(pid) for pid in file.read_text().split()] if file.exists() else []


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"


async def until_started(folder: Path, times: int) -> list[int]:
    while len(started(folder)) < times:
        await asyncio.sleep(0.02)
    return started(folder)


def test_a_worker_that_dies_is_replaced_and_the_last_one_ends_with_the_server(tmp_path: Path) -> None:
    async def serve() -> list[int]:
        async with worker_beside(COMMAND, tmp_path):
            (first,) = await until_started(tmp_path, 1)
            os.kill(first, signal.SIGKILL)
            return await until_started(tmp_path, 2)

    first, second = asyncio.run(asyncio.wait_for(serve(), 30))
    assert first != second
    assert not is_running(first)
    assert not is_running(second)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent was killed")
def test_a_server_that_is_killed_leaves_no_worker_behind(tmp_path: Path) -> None:
    serve = (
        "import asyncio, pathlib, sys\n"
        "from pages.edge.worker import worker_beside\n"
        "async def serve():\n"
        f"    async with worker_beside({COMMAND!r}, pathlib.Path({str(tmp_path)!r})):\n"
        "        await asyncio.sleep(60)\n"
        "asyncio.run(serve())\n"
    )
    root = Path(__file__).parents[2]
    server = subprocess.Popen([sys.executable, "-c", serve], cwd=root, env={**os.environ, "PYTHONPATH": str(root)})
    try:
        (worker,) = asyncio.run(asyncio.wait_for(until_started(tmp_path, 1), 30))
        server.kill()
        server.wait()
        deadline = time.monotonic() + 10
        while is_running(worker) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not is_running(worker)
    finally:
        server.kill()
        server.wait()
