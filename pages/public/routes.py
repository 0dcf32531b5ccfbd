"""The addresses that are open to strangers: signing in, links from mails, receipts; and those of prizes."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import streamlit
from pydantic import SecretStr
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from accounts import sessions
from accounts.actors import STRANGER
from accounts.demonstration import demonstration_roles, is_being_made, sign_in_for_demonstration
from accounts.models import AttemptKind, LinkPurpose
from accounts.operator import inbox
from accounts.signing_in import SignedIn, ask_for_link, check_password, sign_in, use_link
from pages.components.requests import in_thread
from pages.edge.answers import SAFE_METHODS, SESSION_HEADER
from pages.edge.cookies import set_cookie, take_cookie
from pages.edge.paths import is_own_address
from pages.public import prizes
from pages.public.rendering import page
from pages.public.requests import act, actor_with, ask, count, form_of, look_at_your_mail, text_of
from prize.entries.receipts import check_receipt
from settings import get_settings
from storage.database import reading, transact
from storage.errors import LaurelError, Refused
from storage.values import time_words

HOME: Final = "/home"
STATIC: Final = Path(__file__).with_name("static")
ASSETS: Final = MappingProxyType({"laurel.css": "text/css", "icon.svg": "image/svg+xml"})
BUTTONS: Final = MappingProxyType(
    {
        LinkPurpose.SIGN_IN: ("Sign in to Laurel", "Sign in"),
        LinkPurpose.REGISTRATION: ("Complete your registration", "Confirm and go on"),
        LinkPurpose.INVITATION: ("You are invited to Laurel", "Accept the invitation"),
    }
)


def _into(signed_in: SignedIn, wanted: str = "") -> Response:
    """Set the cookie, and lead to where the person wanted to go."""
    address = wanted if wanted and is_own_address(wanted) else signed_in.leads_to
    response = RedirectResponse(HOME if address == "/" else address, 303)
    secure, age = get_settings().cookie_secure, int(sessions.LIFETIME.total_seconds())
    response.headers.append("set-cookie", set_cookie(sessions.COOKIE, signed_in.token, secure=secure, max_age=age))
    return response


async def signing_in(request: Request) -> Response:
    wanted = request.query_params.get("next", "")
    if request.method in SAFE_METHODS:
        return page(request, "sign_in.html", next=wanted, **await in_thread(_demonstration))
    form = await form_of(request)
    wanted, email = text_of(form, "next"), text_of(form, "email")
    try:
        await count(request, AttemptKind.SIGN_IN, email)
        proof = await in_thread(lambda: check_password(email, SecretStr(text_of(form, "password"))))
        signed_in = await act(sign_in, STRANGER, email=email, proof=proof)
    except LaurelError as error:
        problems = {error.field: error.words}
        shown = await in_thread(_demonstration)
        return page(request, "sign_in.html", error.status, next=wanted, email=email, problems=problems, **shown)
    return _into(signed_in, wanted)


async def sending_link(request: Request) -> Response:
    form = await form_of(request)
    email, wanted = text_of(form, "link_email"), text_of(form, "next")
    wanted = wanted if wanted and is_own_address(wanted) else "/"
    try:
        key = text_of(form, "form_token")[:64]
        await count(request, AttemptKind.LINK, email)
        await act(ask_for_link, actor_with(request, form), key=key, email=email, leads_to=wanted)
    except LaurelError as error:
        return page(request, "sign_in.html", error.status, next=wanted, problems={"link_email": error.words})
    return look_at_your_mail(request, email)


async def link(request: Request) -> Response:
    """A link from a mail. Looking at the page uses nothing up; only its button does."""
    token = request.path_params["token"]
    try:
        purpose = LinkPurpose(request.path_params["purpose"])
    except ValueError as error:
        raise HTTPException(404) from error
    heading, button = BUTTONS[purpose]
    if request.method in SAFE_METHODS:
        words = ["Press the button to go on. The link works once, and only in your hands: do not pass it on."]
        return page(
            request, "one_button.html", heading=heading, words=words, action=request.url.path, button=button, hidden={}
        )
    await form_of(request)
    await count(request, AttemptKind.USE_LINK)
    return _into(await act(use_link, STRANGER, purpose=purpose, token=SecretStr(token)))


async def signing_out(request: Request) -> Response:
    if request.method in SAFE_METHODS:
        words = ["What you have saved is kept."]
        return page(
            request,
            "one_button.html",
            heading="Sign out",
            words=words,
            action="/sign-out",
            button="Sign out",
            hidden={},
        )
    if SESSION_HEADER in request.headers:
        await act(sessions.sign_out, actor_with(request))
    response = RedirectResponse("/", 303)
    response.headers.append("set-cookie", take_cookie(sessions.COOKIE, secure=get_settings().cookie_secure))
    return response


async def receipt(request: Request) -> Response:
    if request.method in SAFE_METHODS:
        return page(request, "receipt.html", code="", checked=False, found=False)
    code = text_of(await form_of(request), "code")
    try:
        known = await ask(check_receipt, actor_with(request), code=code)
    except LaurelError:
        return page(request, "receipt.html", 404, code=code, checked=True, found=False)
    facts = [
        ("Prize", known.prize),
        ("Submitted", time_words(known.submitted_at, known.zone, weekday=True)),
        ("Version", str(known.number)),
        ("Checksum of the content", known.content_digest),
    ]
    return page(request, "receipt.html", code=known.code, checked=True, found=True, facts=facts, files=[])


async def demonstration(request: Request) -> Response:
    role = text_of(await form_of(request), "role")
    return _into(await in_thread(lambda: transact(lambda db: sign_in_for_demonstration(db, role))))


async def mails(request: Request) -> Response:
    """What would have been mailed, for whoever looks at a demonstration."""
    if not get_settings().demonstration:
        raise Refused("There is no inbox here: mails are sent.")
    written = await ask(inbox)
    lines = [(line.recipient, line.subject, line.text, time_words(line.written_at, "UTC")) for line in written]
    return page(request, "inbox.html", mails=lines)


async def asset(request: Request) -> Response:
    name = request.path_params["name"]
    headers = {"Cache-Control": "public, max-age=3600"}
    if name == "source-sans.woff2":
        return FileResponse(_font(), media_type="font/woff2", headers=headers)
    if name not in ASSETS:
        raise Refused("There is nothing at this address.")
    return FileResponse(STATIC / name, media_type=ASSETS[name], headers=headers)


@lru_cache(maxsize=1)
def _font() -> Path:
    """Source Sans as Streamlit ships it; its file name changes from release to release."""
    return next(Path(streamlit.__file__).with_name("static").rglob("SourceSansVF-Upright*.woff2"))


def _demonstration() -> dict[str, Any]:
    """What the page for signing in shows in a demonstration."""
    if not get_settings().demonstration:
        return {}
    with reading() as db:
        roles = [(role.value, role.label, role.note) for role in demonstration_roles(db)]
        return {"demo_roles": roles, "being_made": is_being_made(db)}


SIGNED_IN_ROUTES: Final = prizes.SIGNED_IN_ROUTES
"""What looks like a public page and is not open to strangers."""

ROUTES: Final = (
    *prizes.ROUTES,
    Route("/sign-in", signing_in, methods=["GET", "POST"]),
    Route("/sign-in/link", sending_link, methods=["POST"]),
    Route("/sign-in/demonstration", demonstration, methods=["POST"]),
    Route("/sign-out", signing_out, methods=["GET", "POST"]),
    Route("/links/{purpose}/{token}", link, methods=["GET", "POST"]),
    Route("/receipt", receipt, methods=["GET", "POST"]),
    Route("/inbox", mails),
    Route("/assets/{name}", asset),
)
