from __future__ import annotations

import base64
import hashlib

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from pages.edge.headers import INDEX, SecurityHeaders, inline_script_hashes
from tests.edge.asgi import Answer, ask


def answer(public_url: str = "http://127.0.0.1:8501", own: dict[str, str] | None = None) -> Answer:
    async def page(_request: Request) -> PlainTextResponse:
        return PlainTextResponse("hello", headers=own)

    return ask(SecurityHeaders(Starlette(routes=[Route("/", page)]), public_url=public_url), "/")


def test_an_answer_says_that_nothing_from_elsewhere_may_run_or_frame_it() -> None:
    policy = answer().header("content-security-policy")
    assert policy is not None
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'self'"
    assert rules["frame-ancestors"] == rules["object-src"] == rules["base-uri"] == "'none'"
    assert rules["form-action"] == rules["connect-src"] == "'self'"
    assert "unsafe" not in rules["script-src"]


def test_the_script_in_streamlits_page_is_allowed_by_its_hash() -> None:
    page = INDEX.read_text(encoding="utf-8")
    script = page.split("<script>")[1].split("</script>")[0]
    expected = f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
    assert inline_script_hashes(page) == (expected,)
    assert expected in (answer().header("content-security-policy") or "")


def test_every_answer_carries_the_other_headers() -> None:
    found = answer()
    names = ("x-content-type-options", "x-frame-options", "referrer-policy", "cross-origin-opener-policy")
    assert [found.header(name) for name in names] == ["nosniff", "DENY", "same-origin", "same-origin"]
    assert "camera=()" in (found.header("permissions-policy") or "")
    assert found.header("cache-control") == "no-store"


def test_tls_is_demanded_only_where_the_public_address_has_it() -> None:
    assert answer("http://127.0.0.1:8501").header("strict-transport-security") is None
    assert answer("https://laurel.test").header("strict-transport-security") == "max-age=31536000"


def test_a_route_may_be_stricter() -> None:
    found = answer(own={"Content-Security-Policy": "sandbox", "Cache-Control": "private, max-age=60"})
    assert found.all_of("content-security-policy") == ("sandbox",)
    assert found.all_of("cache-control") == ("private, max-age=60",)
