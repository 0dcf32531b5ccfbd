"""How pages for strangers are made: templates, people's Markdown, and form tokens."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any, Final

import jinja2
import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from pages.edge.answers import SESSION_HEADER, TEMPLATES
from settings import get_settings

TAGS: Final = frozenset({"p", "strong", "em", "ul", "ol", "li", "a", "h3", "h4", "blockquote", "code", "br", "hr"})
_markdown: Final = MarkdownIt("commonmark", {"html": False, "linkify": False, "breaks": True})
_templates: Final = jinja2.Environment(
    loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True
)


@dataclass(frozen=True)
class Drawn:
    """A page but for the token of its forms, which belongs between its parts and is another each time."""

    parts: tuple[str, ...]


def page(request: Request, template: str, status: int = 200, **context: Any) -> Response:
    """A page from a template. Every form on it gets the same fresh token."""
    return answer(drawn(template, signed_in=SESSION_HEADER in request.headers, **context), status)


def drawn(template: str, *, signed_in: bool = False, **context: Any) -> Drawn:
    """A page that can be answered with more than once, to whoever sees the same."""
    between = _token()
    content = _templates.get_template(template).render(
        signed_in=signed_in,
        demonstration=get_settings().demonstration,
        form_token=between,
        **{"problems": {}, **context},
    )
    return Drawn(tuple(content.split(between)))


def answer(page: Drawn, status: int = 200) -> Response:
    return HTMLResponse(_token().join(page.parts), status, headers={"Cache-Control": "no-store"})


def _token() -> str:
    return secrets.token_urlsafe(16)


def html_of(text: str) -> Markup:
    """People's Markdown as clean HTML: no raw HTML, no images, links that say nothing about where they come from."""
    return Markup(nh3.clean(_markdown.render(text), tags=set(TAGS), link_rel="noopener noreferrer nofollow"))  # noqa: S704 - cleaned just here
