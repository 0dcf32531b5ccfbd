from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.websockets import WebSocket

from pages.edge.identity import Identity
from tests.edge.asgi import Answer, Pairs, ask, open_socket

SESSION = UUID("11111111-1111-4111-8111-111111111111")
PERSON = UUID("22222222-2222-4222-8222-222222222222")
GOOD: Pairs = [("Cookie", "other=1; laurel_session=good")]
FORGED: Pairs = [
    ("X-Laurel-Session", "forged"),
    ("X-LAUREL-Account", "forged"),
    ("x_laurel_account", "forged"),
    ("X-Laurel-Anything", "forged"),
]
LIVES = timedelta(days=14)
NOBODY: dict[str, str] = {}
SOMEBODY = {"x-laurel-session": str(SESSION), "x-laurel-account": str(PERSON)}


@dataclass(frozen=True)
class Person:
    session_id: UUID
    person_id: UUID
    fresh_token: str | None = None


def identify(token: str) -> Person | None:
    return {"good": Person(SESSION, PERSON), "old": Person(SESSION, PERSON, "fresh")}.get(token)


async def who(request: Request) -> JSONResponse:
    return JSONResponse({name: value for name, value in request.headers.items() if "laurel" in name.replace("_", "-")})


async def sign_out(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("bye", headers={"Set-Cookie": "laurel_session=; Max-Age=0"})


async def streamlit(scope: object, receive: object, send: object) -> None:
    await PlainTextResponse("Streamlit")(scope, receive, send)  # type: ignore[arg-type]


async def stream(socket: WebSocket) -> None:
    await socket.accept(subprotocol="streamlit")


OPEN = (Route("/who", who), Route("/prizes/{slug}", who), Route("/sign-out", sign_out, methods=["POST"]))
inner = Starlette(routes=[*OPEN, WebSocketRoute("/_stcore/stream", stream), Mount("/", streamlit)])


def app(*, secure: bool = False) -> Identity:
    return Identity(inner, identify=identify, cookie="laurel_session", secure=secure, lives=LIVES, open_routes=OPEN)


def reached(answer: Answer) -> object:
    import json

    shown: dict[str, str] = json.loads(answer.body)
    return {name: value for name, value in shown.items() if name != "cookie"}


def test_a_person_with_a_session_is_named_in_the_headers() -> None:
    assert reached(ask(app(), "/who", headers=GOOD)) == SOMEBODY


def test_nobody_can_name_themselves() -> None:
    assert reached(ask(app(), "/who", headers=FORGED)) == NOBODY
    assert reached(ask(app(), "/who", headers=[*FORGED, *GOOD, *FORGED])) == SOMEBODY


@pytest.mark.parametrize(
    "cookie", ["laurel_session=bad", "laurel_session=", "laurel_session", "Laurel_Session=good", ""]
)
def test_a_cookie_that_is_not_good_is_a_stranger(cookie: str) -> None:
    assert reached(ask(app(), "/who", headers=[("Cookie", cookie)])) == NOBODY


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "path", ["/scoring", "/pages/judge/scoring", "/WHO", "/who;x", "/sign-out", "/who/more", "/prizes/a/b"]
)
def test_a_stranger_who_follows_a_link_is_led_to_sign_in_and_back(path: str, method: str) -> None:
    answer = ask(app(), f"{path}?a=1", method=method)
    assert answer.status == 303
    assert (answer.header("location") or "").startswith("/sign-in?next=/")
    assert "Streamlit" not in answer.body


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
def test_a_stranger_cannot_change_anything(method: str) -> None:
    for path in ("/scoring", "/who", "/"):
        assert ask(app(), path, method=method).status == 401


@pytest.mark.parametrize("path", ["/_stcore/health", "/_stcore/host-config", "/static/js/index.js", "/STATIC/x"])
def test_a_page_that_is_still_open_is_told_what_to_do(path: str) -> None:
    answer = ask(app(), path)
    assert (answer.status, answer.body) == (401, r'"You are not signed in any longer.\nReload this page to sign in."')


def test_a_script_is_told_in_json() -> None:
    answer = ask(app(), "/autosave", method="POST", headers=[("Accept", "application/json")])
    assert answer.status == 401
    assert (answer.header("content-type"), "Sign in" in answer.body) == ("application/json", True)


def test_a_slash_too_many_leads_to_the_public_page() -> None:
    answer = ask(app(), "/prizes/water/")
    assert (answer.status, answer.header("location")) == (308, "/prizes/water")


def test_a_person_with_a_session_reaches_streamlit() -> None:
    assert ask(app(), "/scoring", headers=GOOD).body == "Streamlit"


def test_a_socket_needs_a_session() -> None:
    assert open_socket(app(), "/_stcore/stream").status == 4401
    assert open_socket(app(), "/_stcore/stream", headers=FORGED).status == 4401
    assert open_socket(app(), "/_stcore/stream", headers=GOOD).status == 101


@pytest.mark.parametrize("secure", [False, True])
def test_a_rotated_token_is_handed_out(secure: bool) -> None:
    cookie = "laurel_session=fresh; Path=/; HttpOnly; SameSite=Lax; Max-Age=1209600" + ("; Secure" if secure else "")
    old = [("Cookie", "laurel_session=old")]
    assert ask(app(secure=secure), "/scoring", headers=old).all_of("set-cookie") == (cookie,)
    assert open_socket(app(secure=secure), "/_stcore/stream", headers=old).all_of("set-cookie") == (cookie,)
    assert ask(app(secure=secure), "/scoring", headers=GOOD).all_of("set-cookie") == ()


def test_a_rotated_token_does_not_undo_signing_out() -> None:
    answer = ask(app(), "/sign-out", method="POST", headers=[("Cookie", "laurel_session=old")])
    assert answer.all_of("set-cookie") == ("laurel_session=; Max-Age=0",)


def test_a_session_that_cannot_be_looked_up_lets_nobody_in() -> None:
    def broken(_token: str) -> Person | None:
        raise OSError("no database")

    guarded = Identity(inner, identify=broken, cookie="laurel_session", secure=False, lives=LIVES, open_routes=OPEN)
    with pytest.raises(OSError, match="no database"):
        ask(guarded, "/scoring", headers=GOOD)
