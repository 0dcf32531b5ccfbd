"""Files on their way out: after a policy check, as attachments, hashed in passing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, TypeVar
from urllib.parse import quote

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from delivery.evidence import file_of_milestone
from judging.copies import PageWords, copy_to_read, words_of_page
from pages.components.requests import actor_of, in_thread
from prize.entries.files import FileToSend, file_of_entry
from storage.database import reading
from storage.objects import blocks

R = TypeVar("R")

LINE: Final = ("text", "left", "top", "width", "height", "turned")

log = structlog.get_logger("laurel.web")


async def _found(request: Request, query: Callable[..., R], **arguments: Any) -> R:
    actor = actor_of(request)

    def read() -> R:
        with reading() as db:
            return query(db, actor, **arguments)

    return await in_thread(read)


def _send(file: FileToSend, *, shown: bool = False) -> Response:
    """The bytes, with headers of ours: no time of change, no guess about the type; never as a page of ours."""
    disposition = "inline" if shown else "attachment"
    headers = {
        "Content-Disposition": f"{disposition}; filename*=UTF-8''{quote(file.name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return StreamingResponse(_checked(file.object_name), media_type=file.content_type, headers=headers)


def _checked(name: str) -> Iterator[bytes]:
    try:
        yield from blocks(name)
    except OSError:
        log.error("stored object is damaged", object=name)
        raise


async def _entry_file(request: Request) -> Response:
    return _send(await _found(request, file_of_entry, **request.path_params))


async def _copy(request: Request) -> Response:
    return _send(await _found(request, copy_to_read, **request.path_params))


async def _copy_page(request: Request) -> Response:
    return _send(await _found(request, copy_to_read, **request.path_params), shown=True)


async def _copy_page_closer(request: Request) -> Response:
    return _send(await _found(request, copy_to_read, **request.path_params, closer=True), shown=True)


async def _copy_words(request: Request) -> Response:
    words: PageWords = await _found(request, words_of_page, **request.path_params)
    lines = [dict(zip(LINE, line, strict=True)) for line in words.lines]
    return JSONResponse({"lines": lines, "text": "" if lines else words.text}, headers={"Cache-Control": "no-store"})


async def _evidence(request: Request) -> Response:
    return _send(await _found(request, file_of_milestone, **request.path_params))


ROUTES: Final = (
    Route("/milestones/{milestone_id:uuid}/files/{file_id:uuid}", _evidence),
    Route("/entries/{entry_id:uuid}/files/{file_id:uuid}", _entry_file),
    Route("/copies/{copy_id:uuid}", _copy),
    Route("/copies/{copy_id:uuid}/pages/{page:int}", _copy_page),
    Route("/copies/{copy_id:uuid}/pages/{page:int}/zoom", _copy_page_closer),
    Route("/copies/{copy_id:uuid}/pages/{page:int}/text", _copy_words),
)
