"""An installation of several processes that can be killed and started again, behind a small proxy."""

from __future__ import annotations

import asyncio
import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.server import ROOT, free_port

READY_SECONDS = 90.0
STOP_SECONDS = 30.0
BLOCK = 64 * 1024


@dataclass
class Process:
    """One process of ours. Its log, which goes on over its lives, is kept."""

    name: str
    command: list[str]
    env: Mapping[str, str]
    log_path: Path
    lives: int = 0
    _running: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._running is not None
        return self._running.pid

    def start(self) -> None:
        with self.log_path.open("ab") as log:
            self._running = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env={**os.environ, **self.env},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.lives += 1

    def kill(self) -> None:
        """End it as a loss of power does: it cannot say or write anything more."""
        assert self._running is not None
        self._running.kill()
        self._running.wait()

    def stop(self) -> None:
        if self._running is None:
            return
        if self._running.poll() is None:
            self._running.send_signal(signal.SIGTERM)
        try:
            self._running.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def log(self) -> str:
        return self.log_path.read_text(encoding="utf-8", errors="replace")


@dataclass
class Web(Process):
    """The web application on a port that it keeps."""

    port: int = 0

    def ready(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def wait(self) -> None:
        until = time.monotonic() + READY_SECONDS
        while not self.ready():
            assert self._running is not None
            assert self._running.poll() is None, f"{self.name} ended by itself:\n{self.log()[-3000:]}"
            assert time.monotonic() < until, f"{self.name} does not become ready:\n{self.log()[-3000:]}"
            time.sleep(0.05)

    def embedded_worker(self) -> int | None:
        """The worker that it keeps beside itself, if that runs just now."""
        for status in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                if int(status.read_text().rpartition(")")[2].split()[1]) == self.pid:
                    words = (status.parent / "cmdline").read_bytes().split(b"\0")
                    if b"worker" in words:
                        return int(status.parent.name)
        return None


class Proxy:
    """Passes connections on to one web process after another; to the next one when one does not take it.

    It knows nothing of HTTP, so WebSockets and uploads pass like anything else. When one end breaks, so does the other.
    """

    def __init__(self, ports: list[int]) -> None:
        self.port = 0
        self.pace = 0.0
        """Bytes a second that a browser sends at most; 0 for as fast as it goes."""
        self.sent: Counter[int] = Counter()
        """Bytes that came from browsers, by the port that they were passed on to."""
        self._ports = ports
        self._turn = 0
        self._loop = asyncio.new_event_loop()
        self._listens = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._thread.start()
        assert self._listens.wait(10)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0, limit=2 * BLOCK))
        self.port = server.sockets[0].getsockname()[1]
        self._listens.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0.05))
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in self._ports:
            self._turn += 1
            with suppress(OSError):
                port = self._ports[self._turn % len(self._ports)]
                there, back = await asyncio.open_connection("127.0.0.1", port, limit=2 * BLOCK)
                break
        else:
            writer.transport.abort()
            return
        both = [asyncio.ensure_future(self._send(reader, back, port)), asyncio.ensure_future(_pass(there, writer))]
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            with suppress(OSError, TimeoutError):
                await asyncio.wait_for(both[1], 5) if both[0].done() and not both[0].cancelled() else None
        finally:
            for task in both:
                task.cancel()
            for end in (back, writer):
                end.close()

    async def _send(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
        with suppress(OSError):
            while block := await reader.read(BLOCK):
                writer.write(block)
                await writer.drain()
                self.sent[port] += len(block)
                if self.pace:
                    await asyncio.sleep(len(block) / self.pace)


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while block := await reader.read(BLOCK):
            writer.write(block)
            await writer.drain()


@dataclass
class Installation:
    """Web processes and workers that share a database and a store."""

    webs: list[Web]
    workers: list[Process] = field(default_factory=list)
    proxy: Proxy = field(default_factory=lambda: Proxy([]))

    @property
    def url(self) -> str:
        return self.proxy.url

    def logs(self) -> str:
        return "".join(process.log() for process in (*self.webs, *self.workers))


@contextmanager
def running(env: Mapping[str, str], folder: Path, *, replicas: int, workers: int) -> Iterator[Installation]:
    """Start everything; each replica and each worker has a folder of its own when there are several, as on machines
    of their own. Without ``workers`` the one web process keeps its own beside it."""
    webs = []
    for number in range(replicas):
        port = free_port()
        command = [sys.executable, "-m", "streamlit", "run", "app.py"]
        command += ["--server.address", "127.0.0.1", "--server.port", str(port)]
        own = {
            "LAUREL_EMBEDDED_WORKER": "false" if workers else "true",
            **_own_folder(folder, f"web-{number}", workers),
        }
        webs.append(Web(f"web {number}", command, {**env, **own}, folder / f"web-{number}.log", port=port))
    apart = [
        Process(
            f"worker {number}",
            [sys.executable, "manage.py", "worker"],
            {**env, **_own_folder(folder, f"worker-{number}", workers)},
            folder / f"worker-{number}.log",
        )
        for number in range(workers)
    ]
    installation = Installation(webs, apart, Proxy([web.port for web in webs]))
    try:
        for process in (*webs, *apart):
            process.start()
        for web in webs:
            web.wait()
        installation.proxy.start()
        yield installation
    finally:
        for process in (*apart, *webs):
            process.stop()
        if installation.proxy.port:
            installation.proxy.stop()


def _own_folder(folder: Path, name: str, several: int) -> dict[str, str]:
    return {"LAUREL_FOLDER": str(folder / name)} if several else {}
