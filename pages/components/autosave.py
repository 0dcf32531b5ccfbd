"""Text that saves itself as it is typed: the component, and the route that it posts to."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

import streamlit as st
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from judging.models import CommentReader
from judging.scorecards import save_comment
from pages.components.requests import actor_of, in_thread
from prize.entries.drafts import save_answer
from prize.questions import YES
from storage.database import transact
from storage.errors import Invalid
from storage.saves import Saved
from storage.values import clock_words

HERE: Final = Path(__file__).parent
LARGEST_BODY: Final = 512 * 1024

Target = Mapping[str, Any]


def _answer(target: Target) -> dict[str, Any]:
    return {"entry_id": UUID(target["entry_id"]), "question_key": UUID(target["question_key"])}


def _comment(target: Target) -> dict[str, Any]:
    return {"assignment_id": UUID(target["assignment_id"]), "reader": CommentReader(target["reader"])}


@dataclass(frozen=True)
class _Saving:
    """A command, how its ids are read from the request, and what is stored before the words that are typed."""

    command: Callable[..., Saved]
    ids: Callable[[Target], dict[str, Any]]
    opening: str = ""


SAVES: Final[Mapping[str, _Saving]] = MappingProxyType(
    {
        "answer": _Saving(save_answer, _answer),
        "particulars": _Saving(save_answer, _answer, f"{YES}\n"),
        "comment": _Saving(save_comment, _comment),
    }
)
"""What can be saved in this way."""

_component = st.components.v2.component(
    "laurel_autosave",
    html=(HERE / "autosave.html").read_text(),
    css=(HERE / "autosave.css").read_text(),
    js=(HERE / "autosave.js").read_text(),
)


def autosave(
    label: str,
    *,
    key: str,
    what: str,
    target: Mapping[str, UUID | str],
    text: str,
    version: int,
    saved_at: datetime | None,
    zone: str,
    help: str = "",  # noqa: A002 - Streamlit's word for it
    word_limit: int | None = None,
    rows: int = 5,
    disabled: bool = False,
    on_first_save: Callable[[], None] | None = None,
) -> None:
    """Draw a text that saves itself. ``what`` is one of ``SAVES``, ``target`` the ids that its command takes."""
    _component(
        key=key,
        data={
            "label": label,
            "help": help,
            "field": f"autosave-{key}",
            "text": text,
            "version": version,
            "saved": clock_words(saved_at, zone) if saved_at else "",
            "zone": zone,
            "limit": word_limit,
            "rows": rows,
            "disabled": disabled,
            "target": {"what": what, **{name: str(value) for name, value in target.items()}},
        },
        on_first_saved_change=on_first_save or (lambda: None),
    )


async def _save(request: Request) -> Response:
    """Save one text. The answer says which version now stands there, and with ``theirs`` that nothing was saved."""
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > LARGEST_BODY:
        raise Invalid("This text is too long to be saved.")
    try:
        body = json.loads(await request.body())
        saving = SAVES[body["what"]]
        arguments = {
            **saving.ids(body),
            "text": saving.opening + body["text"],
            "base_version": body["base_version"],
            "tab": body["tab"],
            "save_number": body["save_number"],
        }
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise Invalid("This could not be read. Reload the page.") from error
    actor = actor_of(request)
    saved = await in_thread(lambda: transact(lambda db: saving.command(db, actor, **arguments)))
    return JSONResponse(
        {
            "version": saved.version,
            "saved": saved.at.isoformat(),
            "theirs": saved.theirs and saved.theirs.removeprefix(saving.opening),
        },
        headers={"Cache-Control": "no-store"},
    )


ROUTES: Final = (Route("/autosave", _save, methods=["POST"]),)
