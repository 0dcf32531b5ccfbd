"""An answer that says no, or that something went wrong: a page for a person, JSON for a script."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from html import escape
from pathlib import Path

import jinja2
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Scope

TEMPLATES = Path(__file__).parents[1] / "public" / "templates"
SESSION_HEADER = "x-laurel-session"
START_PAGE = ("Go to the start page", "/")
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
BARE_PAGE = """<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="utf-8"><title>{title}</title></head>
<body><main><h1>{title}</h1><p>{text}</p><p><a href="{address}">{label}</a></p></main></body></html>
"""


def message(
    scope: Scope,
    status: int,
    title: str,
    text: str,
    *,
    next_step: tuple[str, str] = START_PAGE,
    details: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Tell what happened and what to do next: a label with its address. ``details`` go to scripts only."""
    sent = {"Cache-Control": "no-store", **(headers or {})}
    if scope["method"] not in SAFE_METHODS:
        sent["Connection"] = "close"  # else the server waits for a body that nobody reads
    asked = Headers(scope=scope)
    if wants_json(asked):
        content = {"status": status, "title": title, "words": text, **(details or {})}
        return JSONResponse(content, status, headers=sent)
    return HTMLResponse(_page(title, text, next_step, signed_in=SESSION_HEADER in asked), status, headers=sent)


def wants_json(headers: Headers) -> bool:
    """Whether a script asks, and not a person who follows a link or sends a form."""
    accepted = headers.get("accept", "")
    if "text/html" in accepted:
        return False
    return "application/json" in accepted or headers.get("sec-fetch-mode", "navigate") != "navigate"


def _page(title: str, text: str, next_step: tuple[str, str], *, signed_in: bool) -> str:
    try:
        template = _templates().get_template("message.html")
        return template.render(heading=title, words=[text], next=next_step, signed_in=signed_in)
    except jinja2.TemplateError:  # the page that tells of an error must not be one
        label, address = next_step
        words = {"title": title, "text": text, "label": label, "address": address}
        return BARE_PAGE.format_map({name: escape(word) for name, word in words.items()})


@lru_cache(maxsize=1)
def _templates() -> jinja2.Environment:
    return jinja2.Environment(loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True)
