from __future__ import annotations

import pytest
from starlette.types import Receive, Scope, Send

from pages.edge.blocked import BlockedPaths, is_blocked
from tests.edge.asgi import ask, open_socket

CLOSED = [
    "/_stcore/upload_file/session/file",
    "/_stcore/metrics",
    "/_stcore/agent/interact",
    "/_stcore/agent/openapi.json",
    "/_stcore/agent/mcp",
    "/_stcore/script-health-check",
    "/_stcore/anything-new",
    "/auth/login",
    "/auth/logout",
    "/oauth2callback",
    "/media/0123.png",
    "/component/name/index.html",
    "/app/static/file.txt",
]
SPELLINGS = [
    "{0}",
    "{0}/",
    "/{0}",
    "{0};a=1",
    "{0}%3fa",
    "{0}%00",
    "{0}?a=1",
    "/x/..{0}",
    "/.{0}",
    "/%2e%2e{0}",
    "http://laurel.test{0}",
]


async def everything(scope: Scope, _receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
    else:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"reached"})


app = BlockedPaths(everything)


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", CLOSED)
def test_a_closed_address_is_not_found_however_it_is_spelt(path: str, method: str) -> None:
    spellings = [spelling.format(path) for spelling in SPELLINGS]
    spellings += [
        path.upper(),
        path.replace("a", "%61"),
        path.replace("a", "%2561"),
        path[0] + path[1:].replace("/", "%2f"),
    ]
    assert {spelling: ask(app, spelling, method=method).status for spelling in spellings} == dict.fromkeys(
        spellings, 404
    )


@pytest.mark.parametrize(
    "path",
    ["/", "/scoring", "/mediation", "/_stcore/health", "/_stcore/host-config", "/static/js/index.js", "/authors/login"],
)
def test_other_addresses_are_open(path: str) -> None:
    assert not is_blocked(path)
    assert ask(app, path).body == "reached"


def test_streamlits_own_socket_is_the_only_one() -> None:
    assert open_socket(app, "/_stcore/stream").status == 101
    for path in ("/", "/stream", "//_stcore/stream", "/_stcore/stream/", "/_stcore/agent/mcp", "/_STCORE/stream"):
        assert open_socket(app, path).status == 4404
