"""The real application as a process of its own, for tests that ask it over the network."""

from __future__ import annotations

import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
READY_WITHIN_SECONDS = 40.0
STOPPED_WITHIN_SECONDS = 20.0
LASTING_PORTS = range(20_000, 32_000)
"""No system gives these to a connection, or to a server that asks for any port."""


@dataclass(frozen=True)
class Answer:
    """What came back, with the headers' names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: str


@dataclass(frozen=True)
class RunningLaurel:
    """A server on this computer alone."""

    url: str
    port: int
    pid: int
    log_path: Path

    def ask(self, method: str, target: str, *, headers: Mapping[str, str] | None = None, body: str = "") -> Answer:
        """Send the address as it is given, where a browser's client would tidy it up; follow nothing."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.putrequest(method, target, skip_accept_encoding=True)
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            if body:
                connection.putheader("Content-Length", str(len(body.encode())))
            connection.endheaders(body.encode() if body else None)
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, found, response.read().decode("utf-8", "replace"))
        finally:
            connection.close()

    def log(self) -> str:
        return self.log_path.read_text(encoding="utf-8")


@dataclass(frozen=True)
class ServerFailed(Exception):
    """The application ended, or did not become ready; its log is the message."""

    reason: str
    log: str = field(repr=False)

    def __str__(self) -> str:
        return f"{self.reason}\n{self.log}"


@contextmanager
def running_laurel(env: Mapping[str, str], folder: Path, *, until: str = "/readyz") -> Iterator[RunningLaurel]:
    """Start the application with ``env`` added to this process's variables; its log goes to ``folder``.

    Waits until the address ``until`` answers 200, and at the end stops the process that it started.
    The database has to be migrated before; see ``LAUREL_FOLDER`` and ``DATABASE_URL`` in ``settings``.
    """
    port = free_port()
    log_path = folder / f"laurel-{port}.log"
    command = [sys.executable, "-m", "streamlit", "run", "app.py"]
    command += ["--server.address", "127.0.0.1", "--server.port", str(port)]
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **env}, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    laurel = RunningLaurel(f"http://127.0.0.1:{port}", port, process.pid, log_path)
    try:
        _wait_until_ready(laurel, process, until)
        yield laurel
    finally:
        _stop(process)


def free_port() -> int:
    """A port that nobody listened on a moment ago, and that stays free while its server is killed and started again:
    it lies below those that systems give to whoever connects or asks for any port."""
    while True:
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", secrets.choice(LASTING_PORTS)))
            return int(probe.getsockname()[1])


def _wait_until_ready(laurel: RunningLaurel, process: subprocess.Popen[bytes], until: str) -> None:
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise ServerFailed(f"The application ended with code {process.returncode}.", laurel.log())
        try:
            if laurel.ask("GET", until).status == 200:
                return
        except OSError:
            pass
        time.sleep(0.05)
    raise ServerFailed("The application did not become ready.", laurel.log())


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOPPED_WITHIN_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
