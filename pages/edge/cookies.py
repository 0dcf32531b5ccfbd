"""How the session's cookie is set and taken away, in one place, so that every answer does it alike."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.requests import cookie_parser


def set_cookie(name: str, value: str, *, secure: bool, max_age: int | None = None) -> str:
    """A ``Set-Cookie`` value: not for scripts, not for other sites, and only over TLS when ``secure``.

    Without ``max_age`` (in seconds) the browser forgets the cookie when it closes.
    """
    parts = [f"{name}={value}", "Path=/", "HttpOnly", "SameSite=Lax"]
    if max_age is not None:
        parts.append(f"Max-Age={max_age}")
    if secure:
        parts.append("Secure")
    return "; ".join(parts)


def take_cookie(name: str, *, secure: bool) -> str:
    """A ``Set-Cookie`` value that makes the browser forget the cookie."""
    return set_cookie(name, "", secure=secure, max_age=0)


def read_cookie(headers: Headers, name: str) -> str:
    """The cookie's value, or an empty text."""
    return cookie_parser("; ".join(headers.getlist("cookie"))).get(name, "")
