"""A stored file as an answer: whole and hashed in passing, or a piece of it; in little memory, headers of ours."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from typing import Final, TypeVar
from urllib.parse import quote
from uuid import UUID

import anyio
import anyio.to_thread
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from pages.components.requests import actor_of
from prize.entries.files import FileToSend
from storage.archives import Packed, archive_blocks
from storage.errors import Away
from storage.objects import checked_blocks, open_object

R = TypeVar("R")

AT_ONCE: Final = 64
"""Files that are sent at the same time by one process; the next ones wait."""

FOR_ONE: Final = 8
WAIT_SECONDS: Final = 10.0
CROWDED: Final = "Many files are being sent just now. Try again in a moment."

THREADS: Final = anyio.CapacityLimiter(8)
RANGE: Final = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
NAME_IN_ASCII: Final = re.compile(r"[^A-Za-z0-9._ ()+-]+")

log = structlog.get_logger("laurel.web")


class Lanes:
    """Who is being sent files just now."""

    def __init__(self, at_once: int, for_one: int) -> None:
        self._all = anyio.CapacityLimiter(at_once)
        self._for_one = for_one
        self._busy: Counter[UUID | None] = Counter()

    @asynccontextmanager
    async def lane(self, person_id: UUID | None) -> AsyncIterator[None]:
        """Room to send one file; waits for it a little.

        Raises
        ------
        Away : there is none.
        """
        holder = object()
        with anyio.move_on_after(WAIT_SECONDS) as waiting:
            while self._busy[person_id] >= self._for_one:
                await anyio.sleep(0.05)
            self._busy[person_id] += 1
            try:
                await self._all.acquire_on_behalf_of(holder)
            except BaseException:
                self._leave(person_id)
                raise
        if waiting.cancelled_caught:
            raise Away(CROWDED)
        try:
            yield
        finally:
            self._all.release_on_behalf_of(holder)
            self._leave(person_id)

    def _leave(self, person_id: UUID | None) -> None:
        self._busy[person_id] -= 1
        if not self._busy[person_id]:
            del self._busy[person_id]


LANES: Final = Lanes(AT_ONCE, FOR_ONE)


def tag_of(file: FileToSend) -> str:
    """What a browser compares two answers by: the same for the same bytes, and no hash that is shown anywhere.

    It says nothing that the bytes themselves do not say, so a judge's copy has the same tag whoever sent the original.
    """
    sha256 = file.object_name.rpartition("/")[2]
    return f'"{hashlib.sha256(b"laurel tag " + sha256.encode()).hexdigest()[:32]}"'


def piece_of(request: Request, file: FileToSend) -> tuple[int, int] | None:
    """The bytes that are asked for, from and to before; None for all of them.

    Several ranges at once, and what is not understood, are answered with the whole, as the standard allows.

    Raises
    ------
    ValueError : the file has no such bytes.
    """
    asked = RANGE.fullmatch(request.headers.get("range", "").replace(" ", ""))
    condition = request.headers.get("if-range")
    if not asked or (condition is not None and condition != tag_of(file)):
        return None
    first, last = asked.groups()
    if first:
        if last and int(last) < int(first):
            return None
        start, end = int(first), min(file.size, int(last) + 1) if last else file.size
    elif last:
        start, end = max(0, file.size - int(last)), file.size
    else:
        return None
    if start >= end:
        raise ValueError("no such bytes")
    return start, end


def headers_of(name: str, content_type: str, *, shown: bool = False) -> dict[str, str]:
    """The headers of whatever is sent as a file: its name and its type, and that a browser may do nothing with it."""
    plain = NAME_IN_ASCII.sub("_", name)
    disposition = "inline" if shown else "attachment"
    return {
        "Content-Disposition": f"{disposition}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Type": content_type,
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }


def attached(request: Request, file: FileToSend, *, shown: bool = False) -> Response:
    """The answer: no time of change, no guess about the type; never a page of ours. ``shown``: an image on a page."""
    headers = {
        **headers_of(file.name, file.content_type, shown=shown),
        "Accept-Ranges": "bytes",
        "ETag": tag_of(file),
    }
    try:
        piece = piece_of(request, file)
    except ValueError:
        return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{file.size}"})
    start, end = piece or (0, file.size)
    headers["Content-Length"] = str(end - start)
    if piece:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{file.size}"
    status = 206 if piece else 200
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers)

    def source() -> AbstractContextManager[Iterator[bytes]]:
        return open_object(file.object_name, *piece) if piece else checked_blocks(file.object_name)

    return BlocksResponse(source, file.object_name, actor_of(request).person_id, status, headers)


def packed(request: Request, name: str, files: Sequence[Packed]) -> Response:
    """The answer with an archive, which is written while it is sent; nobody knows its size before."""
    headers = headers_of(name, "application/zip")
    if request.method == "HEAD":
        return Response(headers=headers)
    return BlocksResponse(lambda: archive_blocks(files), name, actor_of(request).person_id, 200, headers)


class CutOff(Exception):
    """An answer that had begun could not be ended."""


class BlocksResponse(Response):
    """Sends blocks as fast as they are taken. A client that goes away ends it, and frees what it held.

    The first block is read before the answer begins, so that a store that is away is said in words.
    """

    def __init__(
        self,
        source: Callable[[], AbstractContextManager[Iterator[bytes]]],
        what: str,
        person_id: UUID | None,
        status: int,
        headers: dict[str, str],
    ) -> None:
        self.status_code = status
        self.background = None
        self.init_headers(headers)
        self.source, self.what, self.person_id = source, what, person_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with LANES.lane(self.person_id), _opened(self.source()) as blocks:
            first = await _threaded(next, blocks, b"")
            whole = False
            async with anyio.create_task_group() as group:

                async def end_when_gone() -> None:
                    while (await receive())["type"] != "http.disconnect":
                        pass
                    group.cancel_scope.cancel()

                group.start_soon(end_when_gone)
                try:
                    await self._send_all(send, first, blocks)
                    whole = True
                except (OSError, Away) as error:
                    log.error("file is not sent to its end", object=self.what, error=type(error).__name__)
                group.cancel_scope.cancel()
        if not whole and not await Request(scope, receive).is_disconnected():
            raise CutOff  # ends the connection, so that nobody takes what came for the file

    async def _send_all(self, send: Send, block: bytes, blocks: Iterator[bytes]) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        while block:
            await send({"type": "http.response.body", "body": block, "more_body": True})
            block = await _threaded(next, blocks, b"")
        await send({"type": "http.response.body", "body": b"", "more_body": False})


@asynccontextmanager
async def _opened(source: AbstractContextManager[Iterator[bytes]]) -> AsyncIterator[Iterator[bytes]]:
    """Open and close in a thread; closed too when the client has gone."""
    blocks = await _threaded(source.__enter__)
    try:
        yield blocks
    finally:
        with anyio.CancelScope(shield=True):
            await _threaded(source.__exit__, None, None, None)


async def _threaded(work: Callable[..., R], *arguments: object) -> R:
    return await anyio.to_thread.run_sync(work, *arguments, limiter=THREADS)
