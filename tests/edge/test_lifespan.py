from __future__ import annotations

import socket

from pages.edge.lifespan import answer_without_delay


def test_connections_to_a_listening_socket_answer_without_delay() -> None:
    with socket.socket() as listening, socket.socket() as client:
        listening.bind(("127.0.0.1", 0))
        listening.listen()

        assert answer_without_delay() >= 1

        client.connect(listening.getsockname())
        connection, _ = listening.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            assert not client.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
