"""What every answer tells the browser to refuse."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import streamlit
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

INDEX = Path(streamlit.__file__).parent / "static" / "index.html"
INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
ONE_YEAR = 31_536_000

UNUSED_FEATURES = (
    "accelerometer",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "usb",
)


def inline_script_hashes(index: str) -> tuple[str, ...]:
    """What allows the scripts written into Streamlit's page, and no other."""
    digests = (hashlib.sha256(script.encode()).digest() for script in INLINE_SCRIPT.findall(index))
    return tuple(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


def content_security_policy(script_hashes: tuple[str, ...] = (), *, framed_by: str = "'none'") -> str:
    """Nothing from elsewhere, in a frame of nobody's or of ours alone (``'self'``), no script that is not ours."""
    directives = {
        "default-src": ("'self'",),
        "script-src": ("'self'", *script_hashes, "blob:"),
        "style-src": ("'self'", "'unsafe-inline'"),
        "img-src": ("'self'", "data:", "blob:"),
        "font-src": ("'self'", "data:"),
        "connect-src": ("'self'",),
        "worker-src": ("'self'", "blob:"),
        "frame-src": ("'self'", "blob:"),
        "frame-ancestors": (framed_by,),
        "object-src": ("'none'",),
        "base-uri": ("'none'",),
        "form-action": ("'self'",),
    }
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in directives.items())


class SecurityHeaders:
    """Adds the headers that a route has not set more strictly itself."""

    def __init__(self, app: ASGIApp, *, public_url: str) -> None:
        self.app = app
        hashes = inline_script_hashes(INDEX.read_text(encoding="utf-8"))
        self.headers = {
            "Content-Security-Policy": content_security_policy(hashes),
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": ", ".join(f"{feature}=()" for feature in UNUSED_FEATURES),
            # What is not said to be the same for everybody may be about one person.
            "Cache-Control": "no-store",
        }
        if public_url.startswith("https://"):
            self.headers["Strict-Transport-Security"] = f"max-age={ONE_YEAR}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(event: Message) -> None:
            if event["type"] == "http.response.start":
                event.setdefault("headers", [])
                headers = MutableHeaders(scope=event)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
            await send(event)

        await self.app(scope, receive, send_with_headers)
