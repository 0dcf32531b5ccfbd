"""Files that are uploaded in pieces and resumed: the component, and the tus routes that it talks to.

tus 1.0 with creation, expiration and termination (tus.io/protocols/resumable-upload).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import format_datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeVar
from uuid import UUID

import streamlit as st
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from delivery.evidence import add_arrived_evidence, begin_evidence_upload
from pages.components.requests import actor_of, in_thread
from prize.entries.files import add_arrived, begin_upload
from storage.cleaning.types import recognise
from storage.database import reading, transact
from storage.errors import Invalid
from storage.objects import keep
from storage.uploads import (
    STEP,
    Part,
    Turn,
    UploadShown,
    advance,
    cancel,
    end_turn,
    progress,
    take_turn,
)

R = TypeVar("R")

HERE: Final = Path(__file__).parent
TUS: Final = MappingProxyType({"Tus-Resumable": "1.0.0", "Cache-Control": "no-store"})
EXTENSIONS: Final = "creation,expiration,termination"

_component = st.components.v2.component(
    "laurel_upload",
    html=(HERE / "upload.html").read_text(),
    css=(HERE / "upload.css").read_text(),
    js=(HERE / "upload.js").read_text(),
)


@dataclass(frozen=True)
class Kind:
    """What files can be uploaded for: how one is announced, and what becomes of it when it has arrived."""

    announce: Callable[..., UploadShown]
    arrive: Callable[[Any, Turn, str, str], None]
    ids: tuple[str, ...]


KINDS: Final = MappingProxyType(
    {
        "answer": Kind(begin_upload, add_arrived, ("entry_id", "question_key")),
        "evidence": Kind(begin_evidence_upload, add_arrived_evidence, ("milestone_id",)),
    }
)


def upload(
    label: str,
    *,
    key: str,
    what: str,
    target: Mapping[str, UUID],
    size_limit: int,
    help: str = "",  # noqa: A002
) -> None:
    """Draw a place to choose a PDF file, which is then sent in pieces. The page is drawn again when it has arrived.

    ``what`` is one of ``KINDS``, ``target`` the ids that its command takes, ``size_limit`` in bytes.
    """
    _component(
        key=key,
        data={
            "label": label,
            "help": help,
            "field": f"upload-{key}",
            "accept": "application/pdf,.pdf",
            "limit": size_limit,
            "target": {"what": what, **{name: str(value) for name, value in target.items()}},
        },
        on_arrived_change=lambda: None,
    )


def _metadata(request: Request) -> Mapping[str, str]:
    """The pairs of ``Upload-Metadata``: names with values in Base64."""
    try:
        pairs = (pair.strip().partition(" ") for pair in request.headers.get("upload-metadata", "").split(","))
        return {name: base64.b64decode(value, validate=True).decode() for name, _, value in pairs if name}
    except (binascii.Error, UnicodeDecodeError) as error:
        raise Invalid("The file's name could not be read. Rename it and choose it again.") from error


def _whole_number(request: Request, header: str) -> int:
    value = request.headers.get(header, "")
    if not value.isascii() or not value.isdigit() or len(value) > 15:
        raise Invalid(f"The request has no usable {header}. Reload the page and choose the file again.")
    return int(value)


def _answer(status: int, shown: UploadShown, **more: str) -> Response:
    headers = {
        **TUS,
        "Upload-Offset": str(shown.offset),
        "Upload-Length": str(shown.length),
        "Upload-Expires": format_datetime(shown.expires_at, usegmt=True),
        **more,
    }
    return Response(status_code=status, headers=headers)


async def _options(_: Request) -> Response:
    return Response(status_code=204, headers={**TUS, "Tus-Version": "1.0.0", "Tus-Extension": EXTENSIONS})


async def _create(request: Request) -> Response:
    named = _metadata(request)
    length = _whole_number(request, "upload-length")
    try:
        kind = KINDS[named["what"]]
        ids = {name: UUID(named[name]) for name in kind.ids}
        name = named["filename"].replace("\\", "/").rpartition("/")[2]
    except (KeyError, ValueError) as error:
        raise Invalid("The request does not say what the file is for. Reload the page.") from error
    actor = actor_of(request)
    shown = await in_thread(lambda: transact(lambda db: kind.announce(db, actor, **ids, name=name, length=length)))
    return _answer(201, shown, Location=f"/uploads/{shown.id}")


async def _head(request: Request) -> Response:
    person_id, upload_id = actor_of(request).person_id, request.path_params["upload_id"]

    def read() -> UploadShown:
        with reading() as db:
            return progress(db, person_id, upload_id)

    return _answer(200, await in_thread(read))


async def _terminate(request: Request) -> Response:
    person_id, upload_id = actor_of(request).person_id, request.path_params["upload_id"]
    await in_thread(lambda: transact(lambda db: cancel(db, person_id, upload_id)))
    return Response(status_code=204, headers=dict(TUS))


async def _patch(request: Request) -> Response:
    """Take bytes from where the upload is. When the connection breaks, what came is kept."""
    if request.headers.get("content-type", "") != "application/offset+octet-stream":
        raise Invalid("The bytes of a file are sent as application/offset+octet-stream.")
    offset = _whole_number(request, "upload-offset")
    person_id, upload_id = actor_of(request).person_id, request.path_params["upload_id"]
    turn = await in_thread(lambda: transact(lambda db: take_turn(db, person_id, upload_id, offset)))
    try:
        reached = await _receive(request, turn)
    finally:
        await in_thread(lambda: transact(lambda db: end_turn(db, turn)))
    return Response(status_code=204, headers={**TUS, "Upload-Offset": str(reached)})


async def _receive(request: Request, turn: Turn) -> int:
    """Write what comes, making each step durable; returns the offset that is safe at the end."""
    part = await in_thread(lambda: Part(turn))
    durable = turn.offset
    try:
        async for block in request.stream():
            if part.offset + len(block) > turn.length:
                raise Invalid("More bytes came than were announced. Choose the file again.")
            await in_thread(_bound(part.write, block))
            if part.offset - durable >= STEP:
                durable = await in_thread(_bound(_make_durable, part, turn))
    except ClientDisconnect:
        pass
    finally:
        durable = await in_thread(_bound(_make_durable, part, turn))
        await in_thread(part.close)
    if durable == turn.length:
        await in_thread(_bound(_arrive, part, turn))
    return durable


def _bound(work: Callable[..., R], *arguments: Any) -> Callable[[], R]:
    return lambda: work(*arguments)


def _make_durable(part: Part, turn: Turn) -> int:
    part.sync()
    offset = part.offset
    if offset < turn.length:  # the whole length is recorded together with what the file became
        transact(lambda db: advance(db, turn, offset))
    return offset


def _arrive(part: Part, turn: Turn) -> None:
    """All bytes are here: look at what they are, keep them under their content's name, add the file to the draft."""
    content_type = recognise(part.path)
    if content_type is None:
        part.path.unlink()
        transact(lambda db: advance(db, turn, 0))
        raise Invalid("This is not a PDF, whatever its name says. Save it as a PDF and choose it again.")
    keep(part.path, turn.folder, part.sha256)
    arrive = KINDS[turn.subject.partition(" ")[0]].arrive
    transact(lambda db: arrive(db, turn, part.sha256, content_type))


ROUTES: Final = (
    Route("/uploads", _create, methods=["POST"]),
    Route("/uploads", _options, methods=["OPTIONS"]),
    Route("/uploads/{upload_id:uuid}", _head, methods=["HEAD"]),
    Route("/uploads/{upload_id:uuid}", _patch, methods=["PATCH"]),
    Route("/uploads/{upload_id:uuid}", _terminate, methods=["DELETE"]),
)
