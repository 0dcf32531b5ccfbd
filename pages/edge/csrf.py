"""No other site may make a person's browser change anything here, or open a WebSocket."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from pages.edge.answers import SAFE_METHODS, message

OWN_REQUESTS = ("same-origin", "none")
"""Values of Sec-Fetch-Site: sent by a page of ours, or by the person without any page."""


def comes_from_us(headers: Headers) -> bool:
    """Whether a request was made by a page of ours.

    ``Origin``, when it is there, names the host that is asked, and ``Sec-Fetch-Site`` says nothing else. A request
    with neither is refused: browsers send at least one (over plain HTTP with a host name only the first).
    """
    site = headers.get("sec-fetch-site")
    origin = headers.get("origin")
    if site is not None and site not in OWN_REQUESTS:
        return False
    if origin is None:
        return site is not None
    return is_same_host(origin, headers.get("host", ""))


def is_same_host(origin: str, host: str) -> bool:
    """Whether an ``Origin`` header names ``host``."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(host) and parts.netloc.lower() == host.lower()


class SameOrigin:
    """Refuses what another site asks for: changes with 403, WebSockets before they are accepted."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in SAFE_METHODS:
            if not comes_from_us(Headers(scope=scope)):
                text = (
                    "This did not come from a page of ours, so nothing was changed. Open the page here and try again."
                )
                await message(scope, 403, "Not accepted", text)(scope, receive, send)
                return
        elif scope["type"] == "websocket":
            headers = Headers(scope=scope)
            if not is_same_host(headers.get("origin", ""), headers.get("host", "")):
                await send({"type": "websocket.close", "code": 4403})
                return
        await self.app(scope, receive, send)
