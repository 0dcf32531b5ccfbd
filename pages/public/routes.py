"""The addresses that are open to strangers: prizes, signing in, registering, links from mails, receipts."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

import streamlit
from pydantic import SecretStr
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from accounts import sessions
from accounts.actors import STRANGER, Actor
from accounts.attempts import count_attempt
from accounts.demonstration import demonstration_roles, sign_in_for_demonstration
from accounts.models import AttemptKind, LinkPurpose
from accounts.operator import inbox
from accounts.signing_in import SignedIn, ask_for_link, check_password, register, sign_in, use_link
from pages.components.requests import actor_of, in_thread
from pages.edge.answers import SAFE_METHODS, SESSION_HEADER
from pages.edge.cookies import set_cookie, take_cookie
from pages.edge.network import network_of
from pages.edge.paths import is_own_address
from pages.public.prize_page import STATES, prize_context
from pages.public.rendering import page
from prize.entries.receipts import check_receipt
from prize.publication import preview, public_prize, public_prizes, public_stage
from settings import get_settings
from storage.clock import now
from storage.database import reading, transact
from storage.errors import Invalid, LaurelError, Refused
from storage.values import date_words, time_words

R = TypeVar("R")

HOME: Final = "/home"
LARGEST_FORM: Final = 64 * 1024
STATIC: Final = Path(__file__).with_name("static")
ASSETS: Final = MappingProxyType({"laurel.css": "text/css", "icon.svg": "image/svg+xml"})
BUTTONS: Final = MappingProxyType(
    {
        LinkPurpose.SIGN_IN: ("Sign in to Laurel", "Sign in"),
        LinkPurpose.REGISTRATION: ("Complete your registration", "Confirm and go on"),
        LinkPurpose.INVITATION: ("You are invited to Laurel", "Accept the invitation"),
    }
)


async def _act(command: Callable[..., R], actor: Actor, **arguments: Any) -> R:
    """Run a command in a transaction of its own, in a thread."""
    return await in_thread(lambda: transact(lambda db: command(db, actor, **arguments)))


async def _count(request: Request, kind: AttemptKind, email: str = "") -> None:
    """Count an attempt before it is made, so that it stays counted when it fails."""
    network = network_of(request.scope)
    await in_thread(lambda: count_attempt(kind, network, email))


async def _ask(query: Callable[..., R], *positional: Any, **arguments: Any) -> R:
    def read() -> R:
        with reading() as db:
            return query(db, *positional, **arguments)

    return await in_thread(read)


async def _form(request: Request) -> FormData:
    """The fields of a form of ours, which are few and short."""
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > LARGEST_FORM:
        raise Invalid("The form is too large. Go back and fill it in again.")
    return await request.form(max_files=0, max_fields=30)


def _text(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def _actor(request: Request, form: FormData | None = None) -> Actor:
    """Who asks: a person with a session, or a stranger with the token of the form."""
    return actor_of(request, _text(form, "form_token")[:64] if form else "")


def _into(signed_in: SignedIn, wanted: str = "") -> Response:
    """Set the cookie, and lead to where the person wanted to go."""
    address = wanted if wanted and is_own_address(wanted) else signed_in.leads_to
    response = RedirectResponse(HOME if address == "/" else address, 303)
    secure, age = get_settings().cookie_secure, int(sessions.LIFETIME.total_seconds())
    response.headers.append("set-cookie", set_cookie(sessions.COOKIE, signed_in.token, secure=secure, max_age=age))
    return response


async def front(request: Request) -> Response:
    prizes = await _ask(public_prizes, _actor(request))
    shown = []
    for prize in prizes:
        dates, named = prize.stage.dates, []
        if dates:
            named = [
                ("Entries close", time_words(dates.closes_at, prize.zone)),
                ("Decision", date_words(dates.decision_at)),
            ]
        state = STATES[prize.stage.phase]
        shown.append((prize.title, f"/prizes/{prize.slug}", prize.summary, state, named))
    return page(request, "prizes.html", prizes=shown)


async def prize(request: Request) -> Response:
    try:
        shown = await _ask(public_prize, _actor(request), slug=request.path_params["slug"])
        return page(request, "prize.html", **prize_context(shown, await _ask(now)))
    except Refused as error:
        return page(
            request, "message.html", 404, heading="No prize here", words=[error.words], next=("See all prizes", "/")
        )


async def preview_of_prize(request: Request) -> Response:
    """How a draft's public page will look, for those who are setting the prize up."""
    shown = await _ask(preview, _actor(request), prize_id=request.path_params["prize_id"])
    return page(request, "prize.html", **prize_context(shown, await _ask(now)))


async def start(request: Request) -> Response:
    """Lead somebody who wants to enter to their entry, by way of registering when they are a stranger."""
    stage = await _ask(public_stage, _actor(request), stage_id=request.path_params["stage_id"])
    room = f"/start-entry?{urlencode({'stage': str(stage.stage_id)})}"
    if SESSION_HEADER in request.headers:
        return RedirectResponse(room, 303)
    context: dict[str, Any] = {
        "action": f"/start/{stage.stage_id}",
        "prize_title": stage.prize,
        "prize_href": f"/prizes/{stage.slug}",
        "sign_in_href": f"/sign-in?{urlencode({'next': room})}",
    }
    if request.method in SAFE_METHODS:
        return page(request, "register.html", values={}, **context)
    form = await _form(request)
    values = {"name": _text(form, "name"), "email": _text(form, "email")}
    try:
        await _count(request, AttemptKind.REGISTRATION, values["email"])
        await _act(register, _actor(request, form), key=_text(form, "form_token")[:64], leads_to=room, **values)
    except LaurelError as error:
        return page(
            request, "register.html", error.status, values=values, problems={error.field: error.words}, **context
        )
    return _look_at_your_mail(request, values["email"])


async def signing_in(request: Request) -> Response:
    wanted = request.query_params.get("next", "")
    if request.method in SAFE_METHODS:
        return page(request, "sign_in.html", next=wanted, demo_roles=await in_thread(_demonstration_roles))
    form = await _form(request)
    wanted, email = _text(form, "next"), _text(form, "email")
    try:
        await _count(request, AttemptKind.SIGN_IN, email)
        proof = await in_thread(lambda: check_password(email, SecretStr(_text(form, "password"))))
        signed_in = await _act(sign_in, STRANGER, email=email, proof=proof)
    except LaurelError as error:
        problems = {error.field: error.words}
        roles = await in_thread(_demonstration_roles)
        return page(
            request, "sign_in.html", error.status, next=wanted, email=email, problems=problems, demo_roles=roles
        )
    return _into(signed_in, wanted)


async def sending_link(request: Request) -> Response:
    form = await _form(request)
    email, wanted = _text(form, "link_email"), _text(form, "next")
    wanted = wanted if wanted and is_own_address(wanted) else "/"
    try:
        key = _text(form, "form_token")[:64]
        await _count(request, AttemptKind.LINK, email)
        await _act(ask_for_link, _actor(request, form), key=key, email=email, leads_to=wanted)
    except LaurelError as error:
        return page(request, "sign_in.html", error.status, next=wanted, problems={"link_email": error.words})
    return _look_at_your_mail(request, email)


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
    await _form(request)
    await _count(request, AttemptKind.USE_LINK)
    return _into(await _act(use_link, STRANGER, purpose=purpose, token=SecretStr(token)))


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
        await _act(sessions.sign_out, _actor(request))
    response = RedirectResponse("/", 303)
    response.headers.append("set-cookie", take_cookie(sessions.COOKIE, secure=get_settings().cookie_secure))
    return response


async def receipt(request: Request) -> Response:
    if request.method in SAFE_METHODS:
        return page(request, "receipt.html", code="", checked=False, found=False)
    code = _text(await _form(request), "code")
    try:
        known = await _ask(check_receipt, _actor(request), code=code)
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
    role = _text(await _form(request), "role")
    return _into(await in_thread(lambda: transact(lambda db: sign_in_for_demonstration(db, role))))


async def mails(request: Request) -> Response:
    """What would have been mailed, for whoever looks at a demonstration."""
    if not get_settings().demonstration:
        raise Refused("There is no inbox here: mails are sent.")
    written = await _ask(inbox)
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


def _demonstration_roles() -> list[tuple[str, str, str]]:
    if not get_settings().demonstration:
        return []
    with reading() as db:
        return [(role.value, role.label, role.note) for role in demonstration_roles(db)]


def _look_at_your_mail(request: Request, email: str) -> Response:
    words = [
        f"If {email} is a mail address that we know or can register, a link is on its way to it.",
        "It works once. Look into your spam folder if it does not arrive.",
    ]
    onward = ("Read the mails of this demonstration", "/inbox") if get_settings().demonstration else None
    return page(request, "message.html", heading="Look at your mail", words=words, kind="good", next=onward)


SIGNED_IN_ROUTES: Final = (Route("/preview/{prize_id:uuid}", preview_of_prize),)
"""What looks like a public page and is not open to strangers."""

ROUTES: Final = (
    Route("/", front),
    Route("/prizes/{slug}", prize),
    Route("/start/{stage_id:uuid}", start, methods=["GET", "POST"]),
    Route("/sign-in", signing_in, methods=["GET", "POST"]),
    Route("/sign-in/link", sending_link, methods=["POST"]),
    Route("/sign-in/demonstration", demonstration, methods=["POST"]),
    Route("/sign-out", signing_out, methods=["GET", "POST"]),
    Route("/links/{purpose}/{token}", link, methods=["GET", "POST"]),
    Route("/receipt", receipt, methods=["GET", "POST"]),
    Route("/inbox", mails),
    Route("/assets/{name}", asset),
)
