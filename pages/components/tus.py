"""Files on their way in: the routes of tus 1.0 (tus.io/protocols/resumable-upload).

With the extensions creation, expiration, termination and checksum. Bytes pass through in blocks of 256 KiB; whatever
waits for the disk, the store or the database does so in a thread of a few that uploads have to themselves.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.utils import format_datetime
from types import MappingProxyType
from typing import Any, Final, TypeVar
from uuid import UUID

import anyio
import anyio.to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from delivery.evidence import add_arrived_evidence, begin_evidence_upload
from pages.components.requests import actor_of, in_thread
from prize.entries.files import add_arrived, begin_upload
from storage.database import transact
from storage.errors import Invalid, LaurelError
from storage.receiving import Sending, give_up_own, how_far
from storage.stores import BLOCK
from storage.uploads import SILENCE, Busy, Turn, UploadShown

R = TypeVar("R")

VERSION: Final = "1.0.0"
ANSWER: Final = MappingProxyType({"Tus-Resumable": VERSION, "Cache-Control": "no-store"})
EXTENSIONS: Final = "creation,expiration,termination,checksum"
ALGORITHMS: Final = ("sha1", "sha256")
PATIENCE_SECONDS: Final = 60.0
"""After so long without a byte a request is ended. What came is kept."""

THREADS: Final = anyio.CapacityLimiter(8)


class WrongChecksum(Invalid):
    """The bytes that came are not those that were sent."""

    status = 460


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


@dataclass(frozen=True)
class Checksum:
    """What a client says about the bytes of one request."""

    digest: Any
    expected: bytes

    def holds(self) -> bool:
        return hmac.compare_digest(self.digest.digest(), self.expected)


async def _threaded(work: Callable[..., R], *arguments: Any) -> R:
    return await anyio.to_thread.run_sync(work, *arguments, limiter=THREADS)


def _metadata(request: Request) -> Mapping[str, str]:
    """The pairs of ``Upload-Metadata``: names with values in Base64."""
    try:
        pairs = (pair.strip().partition(" ") for pair in request.headers.get("upload-metadata", "").split(","))
        return {name: base64.b64decode(value, validate=True).decode() for name, _, value in pairs if name}
    except (binascii.Error, UnicodeDecodeError) as error:
        raise Invalid("The file's name could not be read. Rename it and choose it again.") from error


def _checksum(request: Request) -> Checksum | None:
    """What ``Upload-Checksum`` promises, if it is there."""
    given = request.headers.get("upload-checksum")
    if given is None:
        return None
    algorithm, _, value = given.strip().partition(" ")
    if algorithm not in ALGORITHMS:
        raise Invalid(f"A checksum is one of {', '.join(ALGORITHMS)}.")
    try:
        return Checksum(hashlib.new(algorithm, usedforsecurity=False), base64.b64decode(value, validate=True))
    except binascii.Error as error:
        raise Invalid("The checksum could not be read.") from error


def _whole_number(request: Request, header: str) -> int:
    value = request.headers.get(header, "")
    if not value.isascii() or not value.isdigit() or len(value) > 15:
        raise Invalid(f"The request has no usable {header}. Reload the page and choose the file again.")
    return int(value)


def _answer(status: int, shown: UploadShown, **more: str) -> Response:
    headers = {
        **ANSWER,
        "Upload-Offset": str(shown.offset),
        "Upload-Length": str(shown.length),
        "Upload-Expires": format_datetime(shown.expires_at, usegmt=True),
        **more,
    }
    return Response(status_code=status, headers=headers)


async def _options(_: Request) -> Response:
    told = {"Tus-Version": VERSION, "Tus-Extension": EXTENSIONS, "Tus-Checksum-Algorithm": ",".join(ALGORITHMS)}
    return Response(status_code=204, headers={**ANSWER, **told})


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
    """Where an upload is. One whose bytes are all here, while nothing became of them, is finished now."""
    person_id, upload_id = actor_of(request).person_id, request.path_params["upload_id"]
    shown = await in_thread(lambda: how_far(person_id, upload_id))
    if shown.waits:
        sending = await _threaded(Sending, person_id, upload_id, shown.offset)
        await _finished(sending)
    return _answer(200, shown)


async def _terminate(request: Request) -> Response:
    person_id, upload_id = actor_of(request).person_id, request.path_params["upload_id"]
    await _threaded(give_up_own, person_id, upload_id)
    return Response(status_code=204, headers=dict(ANSWER))


async def _patch(request: Request) -> Response:
    """Take bytes from where the upload is. When the connection breaks, what came is kept."""
    if request.headers.get("content-type", "") != "application/offset+octet-stream":
        raise Invalid("The bytes of a file are sent as application/offset+octet-stream.")
    offset, checksum = _whole_number(request, "upload-offset"), _checksum(request)
    person_id, upload_id = actor_of(request).person_id, request.path_params["upload_id"]
    shown = await in_thread(lambda: how_far(person_id, upload_id))
    if shown.offset == shown.length == offset and not shown.waits:  # it arrived, and the answer was lost
        return Response(status_code=204, headers={**ANSWER, "Upload-Offset": str(offset)})
    sending = await _threaded(Sending, person_id, upload_id, offset)
    try:
        broken_off = await _receive(request, sending, checksum)
        if checksum and not broken_off and not checksum.holds():
            await _threaded(sending.undo)
            raise WrongChecksum("The bytes changed on their way. Send them again.")
    except Invalid as error:
        if not isinstance(error, WrongChecksum):
            with anyio.CancelScope(shield=True), suppress(Busy):
                await _threaded(sending.abandon)
        raise
    finally:
        with anyio.CancelScope(shield=True):
            await _threaded(sending.end)
    if sending.offset == sending.turn.length:
        await _finished(sending)
    return Response(status_code=204, headers={**ANSWER, "Upload-Offset": str(sending.offset)})


async def _receive(request: Request, sending: Sending, checksum: Checksum | None) -> bool:
    """Write what comes, in blocks that are worth a thread. Returns whether the connection broke."""
    block = bytearray()
    broken_off = True
    try:
        async for piece in _pieces(request, sending):
            if checksum:
                checksum.digest.update(piece)
            block += piece
            if len(block) >= BLOCK:
                await _threaded(sending.write, bytes(block))
                block.clear()
        broken_off = False
    except (ClientDisconnect, TimeoutError):
        pass
    if block:
        await _threaded(sending.write, bytes(block))
    return broken_off


async def _pieces(request: Request, sending: Sending) -> AsyncIterator[bytes]:
    """What comes, as it comes. In a silence others may take over, and after a long one it is enough.

    Raises
    ------
    ClientDisconnect : the connection broke.
    TimeoutError : nothing has come for a minute.
    """
    silent_since = anyio.current_time()
    while True:
        with anyio.move_on_after(SILENCE.total_seconds()) as waiting:
            message = await request.receive()
        if waiting.cancelled_caught:
            if anyio.current_time() - silent_since > PATIENCE_SECONDS:
                raise TimeoutError
            await _threaded(sending.pause)
            continue
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        silent_since = anyio.current_time()
        if body := message.get("body", b""):
            yield body
        if not message.get("more_body", False):
            return


async def _finished(sending: Sending) -> None:
    """All bytes are here: keep them and add the file to what it is for, even if the client goes away meanwhile."""
    arrive = KINDS[sending.turn.subject.partition(" ")[0]].arrive

    def add(turn: Turn, sha256: str, content_type: str) -> None:
        transact(lambda db: arrive(db, turn, sha256, content_type))

    with anyio.CancelScope(shield=True):
        try:
            await _threaded(sending.arrive, add)
        finally:
            with suppress(LaurelError):
                await _threaded(sending.end)


ROUTES: Final = (
    Route("/uploads", _create, methods=["POST"]),
    Route("/uploads", _options, methods=["OPTIONS"]),
    Route("/uploads/{upload_id:uuid}", _head, methods=["HEAD"]),
    Route("/uploads/{upload_id:uuid}", _patch, methods=["PATCH"]),
    Route("/uploads/{upload_id:uuid}", _terminate, methods=["DELETE"]),
)
