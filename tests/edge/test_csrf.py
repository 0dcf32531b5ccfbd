from __future__ import annotations

import pytest
from starlette.types import Receive, Scope, Send

from pages.edge.csrf import SameOrigin
from tests.edge.asgi import ORIGIN, Pairs, ask, open_socket


async def saved(scope: Scope, _receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
    else:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"saved"})


app = SameOrigin(saved)

OURS = [
    [("Origin", ORIGIN)],
    [("Origin", ORIGIN.upper().replace("HTTP", "http"))],
    [("Origin", ORIGIN), ("Sec-Fetch-Site", "same-origin")],
    [("Origin", ORIGIN), ("Sec-Fetch-Site", "none")],
    [("Sec-Fetch-Site", "same-origin")],
]
FOREIGN = [
    [],
    [("Origin", "https://evil.test")],
    [("Origin", "null")],
    [("Origin", "")],
    [("Origin", f"{ORIGIN}:8080")],
    [("Origin", f"{ORIGIN}.evil.test")],
    [("Origin", "http://evil.test#laurel.test")],
    [("Origin", "http://laurel.test@evil.test")],
    [("Origin", "javascript://laurel.test")],
    [("Origin", "http://[")],
    [("Origin", ORIGIN), ("Sec-Fetch-Site", "cross-site")],
    [("Origin", ORIGIN), ("Sec-Fetch-Site", "same-site")],
    [("Origin", "https://evil.test"), ("Sec-Fetch-Site", "same-origin")],
]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("headers", OURS)
def test_a_page_of_ours_may_change_things(headers: Pairs, method: str) -> None:
    assert ask(app, "/save", method=method, headers=headers).body == "saved"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("headers", FOREIGN)
def test_another_site_may_not(headers: Pairs, method: str) -> None:
    answer = ask(app, "/save", method=method, headers=headers)
    assert answer.status == 403
    assert "nothing was changed" in answer.body
    assert answer.header("connection") == "close"


def test_a_link_from_another_site_may_be_followed() -> None:
    headers = [("Sec-Fetch-Site", "cross-site"), ("Origin", "https://evil.test")]
    assert ask(app, "/prizes/x", headers=headers).body == "saved"


@pytest.mark.parametrize(
    ("origin", "status"),
    [(ORIGIN, 101), ("https://evil.test", 4403), ("null", 4403), ("http://laurel.test:1", 4403), (None, 4403)],
)
def test_only_a_page_of_ours_opens_the_socket(origin: str | None, status: int) -> None:
    headers = [("Origin", origin)] if origin is not None else []
    assert open_socket(app, "/_stcore/stream", headers=headers).status == status
