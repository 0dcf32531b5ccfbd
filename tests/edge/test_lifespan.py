from __future__ import annotations

import socket
import subprocess
import sys
import weakref
from io import StringIO
from pathlib import Path

import pytest
from streamlit import config

from pages.edge.lifespan import refuse_unsafe_options, settle_sockets

ROOT = Path(__file__).parents[2]


def test_connections_to_a_listening_socket_answer_without_delay() -> None:
    with socket.socket() as listening, socket.socket() as client:
        listening.bind(("127.0.0.1", 0))
        listening.listen()

        assert settle_sockets() >= 1

        client.connect(listening.getsockname())
        connection, _ = listening.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            assert not client.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_process_that_the_server_starts_does_not_keep_its_port() -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        listening.set_inheritable(True)

        settle_sockets()

        assert not listening.get_inheritable()


def test_weak_references_to_what_is_gone_are_in_nobodys_way() -> None:
    gone = weakref.proxy(StringIO())

    assert settle_sockets() >= 0
    with pytest.raises(ReferenceError):
        gone.read()


@pytest.mark.parametrize("address", ["0.0.0.0", "192.0.2.1", ""])
def test_a_demonstration_is_not_served_to_other_computers(address: str) -> None:
    usual = config.get_option("server.address")
    config.set_option("server.address", address)
    try:
        with pytest.raises(RuntimeError, match="loopback"):
            refuse_unsafe_options(demonstration=True)
        refuse_unsafe_options(demonstration=False)
    finally:
        config.set_option("server.address", usual)


def told(words: bytes) -> subprocess.CompletedProcess[bytes]:
    """A process that waits until it is told to serve."""
    waiting = "import asyncio; from pages.edge.lifespan import told_to_serve; asyncio.run(told_to_serve())"
    return subprocess.run([sys.executable, "-c", waiting], cwd=ROOT, input=words, capture_output=True, check=False)


def test_a_server_that_is_started_early_serves_once_it_is_told_that_the_database_is_ready() -> None:
    assert told(b"The database is ready.\n").returncode == 0


def test_a_server_that_nobody_will_tell_any_more_ends() -> None:
    ended = told(b"")

    assert ended.returncode == 1
    assert b"The database was not made ready" in ended.stderr
