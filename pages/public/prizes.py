"""The addresses of prizes: the list of them, each one's page, and what anybody can do there."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from accounts.actors import STRANGER
from accounts.demonstration import is_being_made
from accounts.models import AttemptKind
from accounts.signing_in import register
from judging.announced import public_results
from judging.lottery import public_draw_file, public_draws
from pages.components.requests import in_thread
from pages.edge.answers import SAFE_METHODS, SESSION_HEADER
from pages.edge.headers import content_security_policy
from pages.public.calendar_file import calendar_of
from pages.public.form_document import form_document
from pages.public.prize_page import OF_PRIZE, STATES, announced, clarified, draws, prize_context, verdict_words
from pages.public.rendering import Drawn, answer, drawn, page
from pages.public.requests import (
    OneState,
    act,
    actor_with,
    ask,
    ask_together,
    count,
    form_of,
    look_at_your_mail,
    text_of,
)
from prize.clarifications import ask_clarification, public_clarifications
from prize.document import schema
from prize.eligibility import verdict
from prize.following import follow_prize, followed_by_link, followed_prizes, stop_by_link, stop_following
from prize.publication import PublicPrize, preview, public_prize, public_prizes, public_stage
from storage.clock import now
from storage.errors import Invalid, LaurelError, Refused
from storage.kept import at_hand, kept
from storage.values import date_words, time_words

FILES: Final = MappingProxyType({"calendar_href": "calendar.ics", "form_href": "form.docx"})
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


IN_OUR_FRAME: Final = MappingProxyType(
    {
        "Content-Security-Policy": content_security_policy(framed_by="'self'"),
        "X-Frame-Options": "SAMEORIGIN",
        "X-Robots-Tag": "noindex",
    }
)
"""For a page that designers see beside what they write, and nobody finds."""


async def front(request: Request) -> Response:
    return await _answered(request, "prizes.html", ("front",), _prizes)


def _prizes(state: OneState) -> dict[str, Any]:
    """What the front page shows."""
    shown = []
    for prize in state.ask(public_prizes):
        dates, named = prize.stage.dates, []
        if dates:
            named = [
                ("Entries close", time_words(dates.closes_at, prize.zone, weekday=True)),
                ("Decision", date_words(dates.decision_at)),
            ]
        badge = OF_PRIZE.get(prize.state, STATES[prize.stage.phase])
        shown.append((prize.title, f"/prizes/{prize.slug}", prize.summary, badge, named))
    return {"prizes": shown, "being_made": state.read(is_being_made)}


async def prize(request: Request) -> Response:
    slug = request.path_params["slug"]
    try:
        return await _answered(request, "prize.html", ("prize", slug), lambda state: _prize(state, slug))
    except Refused as error:
        return page(
            request, "message.html", 404, heading="No prize here", words=[error.words], next=("See all prizes", "/")
        )


async def schema_of_prizes(request: Request) -> Response:
    """What the YAML file of a prize may hold."""
    return JSONResponse(schema(), media_type="application/schema+json")


async def calendar_file(request: Request) -> Response:
    shown = await _shown(request)
    return _file(await in_thread(lambda: calendar_of(shown)), "text/calendar; charset=utf-8", f"{shown.slug}.ics")


async def document(request: Request) -> Response:
    """The entry form to draft in."""
    shown = await _shown(request)
    return _file(await in_thread(lambda: form_document(shown)), DOCX, f"{shown.slug}-entry-form.docx")


async def draw_file(request: Request) -> Response:
    """The file from which anybody repeats a draw of last places."""
    found = await ask(public_draw_file, actor_with(request), **request.path_params)
    return _file(found.content, found.content_type, found.name)


async def preview_of_prize(request: Request) -> Response:
    """How a draft's public page will look, for those who are setting the prize up."""
    shown = await ask(preview, actor_with(request), prize_id=request.path_params["prize_id"])
    answered = page(request, "prize.html", **prize_context(shown, await ask(now)))
    answered.headers.update(IN_OUR_FRAME)
    return answered


async def asking(request: Request) -> Response:
    """Put a question about a prize to its secretariat."""
    form = await form_of(request)
    shown = await _shown(request)
    question = text_of(form, "question")
    try:
        key = text_of(form, "form_token")[:64]
        await act(ask_clarification, actor_with(request, form), key=key, prize_id=shown.id, question=question)
    except LaurelError as error:
        return await _page_of(request, shown.slug, error.status, typed=question, problems={error.field: error.words})
    words = [
        "Your question is with the secretariat.",
        "When it is answered, everybody reads the question and the answer on the prize's page, without your name, and "
        "you get a mail. If it is not answered there, the mail says why.",
    ]
    onward = (f"Back to {shown.title}", f"/prizes/{shown.slug}")
    return page(request, "message.html", heading="Asked", words=words, kind="good", next=onward)


async def checking(request: Request) -> Response:
    """Tell somebody whether they may enter, by answers that are kept nowhere."""
    form = await form_of(request)
    shown = await _shown(request)
    said = {question.key: text_of(form, str(question.key)) for question in shown.asked.questions}
    checked: dict[str, Any] = {"said": {str(key): word for key, word in said.items()}}
    try:
        given = {key: word == "yes" for key, word in said.items() if word in ("yes", "no")}
        checked["verdict"] = verdict_words(verdict(shown.asked.questions, given))
    except Invalid as error:
        return await _page_of(request, shown.slug, error.status, check_problem=error.words, **checked)
    return await _page_of(request, shown.slug, **checked)


async def following(request: Request) -> Response:
    return await _followed(request, follow_prize)


async def unfollowing(request: Request) -> Response:
    return await _followed(request, stop_following)


async def stopping(request: Request) -> Response:
    """The link to stop, from a mail to somebody who follows a prize. Only its button stops the mails."""
    link = {"following_id": request.path_params["following_id"]}
    try:
        if request.method not in SAFE_METHODS:
            form = await form_of(request)
            title = await act(stop_by_link, actor_with(request, form), key=text_of(form, "form_token")[:64], **link)
            words = [f"No more mail about {title} comes to you, unless you follow it again."]
            return page(request, "message.html", heading="Stopped", words=words, kind="good")
        followed = await ask(followed_by_link, actor_with(request), **link)
    except Refused as error:
        return page(request, "message.html", 404, heading="No mail to stop", words=[error.words])
    return page(
        request,
        "one_button.html",
        heading="Stop these mails",
        words=[f"You get a mail when something about {followed.title} is made known."],
        action=request.url.path,
        button="Stop following",
        hidden={},
        other=("See the prize's page", f"/prizes/{followed.slug}"),
    )


async def start(request: Request) -> Response:
    """Lead somebody who wants to enter to their entry, by way of registering when they are a stranger."""
    stage = await ask(public_stage, actor_with(request), stage_id=request.path_params["stage_id"])
    room = f"/start-entry?{urlencode({'stage': str(stage.stage_id)})}"
    return await _registered(request, room, stage.prize, f"/prizes/{stage.slug}", "Register to enter")


async def joining(request: Request) -> Response:
    """Register somebody who wants to ask about a prize or to follow it."""
    shown = await _shown(request)
    address = f"/prizes/{shown.slug}"
    return await _registered(request, address, shown.title, address, "Register to ask or to follow")


def _file(content: bytes, media_type: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=media_type, headers=headers)


async def _shown(request: Request) -> PublicPrize:
    return await ask(public_prize, actor_with(request), slug=request.path_params["slug"])


async def _answered(
    request: Request, template: str, name: tuple[str, ...], context: Callable[[OneState], dict[str, Any]]
) -> Response:
    """A page that is the same for all strangers: for them it is drawn once, until anything is committed."""
    if SESSION_HEADER in request.headers:
        return page(request, template, **await ask_together(actor_with(request), context))
    known: Drawn | None = at_hand(name)
    if known is None:
        known = await in_thread(lambda: kept(name, lambda db: drawn(template, **context(OneState(db, STRANGER)))))
    return answer(known)


async def _page_of(request: Request, slug: str, status: int = 200, **more: Any) -> Response:
    """A prize's page as it is for whoever looks at it; ``more`` is what came of a form on it."""
    context = await ask_together(actor_with(request), lambda state: _prize(state, slug))
    return page(request, "prize.html", status, **{**context, **more})


def _prize(state: OneState, slug: str) -> dict[str, Any]:
    """What a prize's page shows."""
    shown = state.ask(public_prize, slug=slug)
    context = prize_context(shown, state.read(now))
    context |= {name: f"/prizes/{shown.slug}/{file}" for name, file in FILES.items()}
    context |= clarified(state.ask(public_clarifications, slug=slug), shown.zone)
    context["results"] = announced(state.ask(public_results, slug=slug), shown.zone)
    context["draws"] = draws(state.ask(public_draws, slug=slug), slug=shown.slug, zone=shown.zone)
    if state.actor.person_id is not None:
        context["follows"] = any(one.prize_id == shown.id for one in state.ask(followed_prizes))
    return context


async def _followed(request: Request, command: Callable[..., None]) -> Response:
    form = await form_of(request)
    shown = await _shown(request)
    await act(command, actor_with(request, form), key=text_of(form, "form_token")[:64], prize_id=shown.id)
    return RedirectResponse(f"/prizes/{shown.slug}", 303)


async def _registered(request: Request, room: str, title: str, href: str, heading: str) -> Response:
    """Lead to a room of Laurel, by way of registering for somebody who is not signed in."""
    if SESSION_HEADER in request.headers:
        return RedirectResponse(room, 303)
    context: dict[str, Any] = {
        "action": request.url.path,
        "heading": heading,
        "prize_title": title,
        "prize_href": href,
        "sign_in_href": f"/sign-in?{urlencode({'next': room})}",
    }
    if request.method in SAFE_METHODS:
        return page(request, "register.html", values={}, **context)
    form = await form_of(request)
    values = {"name": text_of(form, "name"), "email": text_of(form, "email")}
    try:
        await count(request, AttemptKind.REGISTRATION, values["email"])
        await act(register, actor_with(request, form), key=text_of(form, "form_token")[:64], leads_to=room, **values)
    except LaurelError as error:
        return page(
            request, "register.html", error.status, values=values, problems={error.field: error.words}, **context
        )
    return look_at_your_mail(request, values["email"])


SIGNED_IN_ROUTES: Final = (
    Route("/preview/{prize_id:uuid}", preview_of_prize),
    Route("/prizes/{slug}/questions", asking, methods=["POST"]),
    Route("/prizes/{slug}/follow", following, methods=["POST"]),
    Route("/prizes/{slug}/stop-following", unfollowing, methods=["POST"]),
)

ROUTES: Final = (
    Route("/", front),
    Route("/prizes/{slug}", prize),
    Route("/prizes/{slug}/calendar.ics", calendar_file),
    Route("/prizes/{slug}/form.docx", document),
    Route("/prizes/{slug}/draws/{position:int}.json", draw_file),
    Route("/prizes/{slug}/eligibility", checking, methods=["POST"]),
    Route("/prizes/{slug}/register", joining, methods=["GET", "POST"]),
    Route("/schemas/prize.json", schema_of_prizes),
    Route("/start/{stage_id:uuid}", start, methods=["GET", "POST"]),
    Route("/stop-following/{following_id:uuid}", stopping, methods=["GET", "POST"]),
)
