"""The real application on an installation of the contest, and every byte that it sends."""

from __future__ import annotations

import contextlib
import http.client
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from tests.blinding.contest import Installation
from tests.server import ROOT, RunningLaurel, _stop, _wait_until_ready, free_port

TRIES = 5
"""A server that refuses a body unread closes the connection, and its answer may be lost on the way."""


@dataclass(frozen=True)
class Response:
    """An answer as it came."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@contextmanager
def serving(installation: Installation, leak: str = "nothing") -> Iterator[RunningLaurel]:
    """Serve an installation on this computer alone, leaving nothing to chance, perhaps with a leak; see ``leaky``."""
    port = free_port()
    log_path = installation.folder / f"laurel-{port}.log"
    command = [sys.executable, "-m", "tests.blinding.leaky", leak]
    command += ["--server.address", "127.0.0.1", "--server.port", str(port)]
    env = {**os.environ, **installation.environment()}
    with log_path.open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    laurel = RunningLaurel(f"http://127.0.0.1:{port}", port, process.pid, log_path)
    try:
        _wait_until_ready(laurel, process, "/readyz")
        yield laurel
    finally:
        _stop(process)


def fetch(
    laurel: RunningLaurel, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes = b""
) -> Response:
    """Send a request as it is given, follow nothing, and keep the answer whole."""
    for _ in range(TRIES - 1):
        with contextlib.suppress(ConnectionResetError, BrokenPipeError):
            return _fetch_once(laurel, method, target, headers or {}, body)
    return _fetch_once(laurel, method, target, headers or {}, body)


def _fetch_once(laurel: RunningLaurel, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Response:
    connection = http.client.HTTPConnection("127.0.0.1", laurel.port, timeout=30)
    try:
        connection.putrequest(method, target, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        if body or method in ("POST", "PATCH"):
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body or None)
        response = connection.getresponse()
        return Response(response.status, tuple(response.getheaders()), response.read())
    finally:
        connection.close()
