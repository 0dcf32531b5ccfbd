"""Files on their way out: after a policy check, as attachments; those that are stored are hashed in passing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from delivery.evidence import file_of_milestone
from delivery.exports.exporting import Form, begin_export, exported_table
from delivery.exports.own import own_export
from delivery.exports.preparing import export_to_send
from judging.analyses.pack import panel_report, recompute_pack
from judging.copies import PageWords, copy_to_read, words_of_page
from judging.letters_printed import own_letter
from judging.own_view import own_copy_to_read, own_words_of_page
from judging.panel.sheet_printed import printed_sheet
from judging.reading_copies import reading_copy_to_send
from pages.components.attachments import attached, headers_of, packed
from pages.components.requests import actor_of, in_thread
from prize.copying import prize_file
from prize.entries.files import file_of_entry
from prize.entries.receipts_printed import own_receipt
from storage.database import reading, transact
from storage.errors import Invalid
from storage.files import Document

R = TypeVar("R")

LINE: Final = ("text", "left", "top", "width", "height", "turned")


async def _found(request: Request, query: Callable[..., R], **arguments: Any) -> R:
    actor = actor_of(request)

    def read() -> R:
        with reading() as db:
            return query(db, actor, **arguments)

    return await in_thread(read)


async def _entry_file(request: Request) -> Response:
    return attached(request, await _found(request, file_of_entry, **request.path_params))


async def _copy(request: Request) -> Response:
    return attached(request, await _found(request, copy_to_read, **request.path_params))


async def _copy_page(request: Request) -> Response:
    return attached(request, await _found(request, copy_to_read, **request.path_params), shown=True)


async def _copy_page_closer(request: Request) -> Response:
    return attached(request, await _found(request, copy_to_read, **request.path_params, closer=True), shown=True)


async def _copy_words(request: Request) -> Response:
    return _words(await _found(request, words_of_page, **request.path_params))


def _words(words: PageWords) -> Response:
    lines = [dict(zip(LINE, line, strict=True)) for line in words.lines]
    return JSONResponse({"lines": lines, "text": "" if lines else words.text}, headers={"Cache-Control": "no-store"})


async def _own_copy(request: Request) -> Response:
    return attached(request, await _found(request, own_copy_to_read, **request.path_params))


async def _own_copy_page(request: Request) -> Response:
    return attached(request, await _found(request, own_copy_to_read, **request.path_params), shown=True)


async def _own_copy_page_closer(request: Request) -> Response:
    return attached(request, await _found(request, own_copy_to_read, **request.path_params, closer=True), shown=True)


async def _own_copy_words(request: Request) -> Response:
    return _words(await _found(request, own_words_of_page, **request.path_params))


async def _reading_copy(request: Request) -> Response:
    return attached(request, await _found(request, reading_copy_to_send, **request.path_params))


async def _evidence(request: Request) -> Response:
    return attached(request, await _found(request, file_of_milestone, **request.path_params))


async def _receipt(request: Request) -> Response:
    return _written(await _found(request, own_receipt, **request.path_params))


async def _letter(request: Request) -> Response:
    return _written(await _found(request, own_letter, **request.path_params))


async def _report(request: Request) -> Response:
    return _written(await _found(request, panel_report, **request.path_params))


async def _panel_sheet(request: Request) -> Response:
    return _written(await _found(request, printed_sheet, **request.path_params))


async def _recompute_pack(request: Request) -> Response:
    return _written(await _found(request, recompute_pack, **request.path_params))


async def _prize_export(request: Request) -> Response:
    return attached(request, await _found(request, export_to_send, **request.path_params))


async def _own_export(request: Request) -> Response:
    return packed(request, "my-entries.zip", await _found(request, own_export))


async def _table_export(request: Request) -> Response:
    asked = dict(request.path_params)
    try:
        asked["form"] = Form(asked["form"])
    except ValueError:
        raise Invalid("A table is exported as csv, xlsx or parquet. Choose one from the page.") from None
    await _noted(request, **asked)
    return _written(await _found(request, exported_table, **asked))


async def _prize_file(request: Request) -> Response:
    text = await _found(request, prize_file, **request.path_params)
    return Response(text, headers=headers_of("prize.yaml", "application/yaml"))


async def _noted(request: Request, **arguments: Any) -> None:
    """Before data leaves, who takes it is on record."""
    actor = actor_of(request)
    await in_thread(lambda: transact(lambda db: begin_export(db, actor, **arguments)))


def _written(document: Document) -> Response:
    return Response(document.content, headers=headers_of(document.name, document.content_type))


ROUTES: Final = (
    Route("/milestones/{milestone_id:uuid}/files/{file_id:uuid}", _evidence),
    Route("/entries/{entry_id:uuid}/files/{file_id:uuid}", _entry_file),
    Route("/entries/{entry_id:uuid}/receipt", _receipt),
    Route("/entries/{entry_id:uuid}/letter", _letter),
    Route("/own-copies/{copy_id:uuid}", _own_copy),
    Route("/own-copies/{copy_id:uuid}/pages/{page:int}", _own_copy_page),
    Route("/own-copies/{copy_id:uuid}/pages/{page:int}/zoom", _own_copy_page_closer),
    Route("/own-copies/{copy_id:uuid}/pages/{page:int}/text", _own_copy_words),
    Route("/copies/{copy_id:uuid}", _copy),
    Route("/copies/{copy_id:uuid}/pages/{page:int}", _copy_page),
    Route("/copies/{copy_id:uuid}/pages/{page:int}/zoom", _copy_page_closer),
    Route("/copies/{copy_id:uuid}/pages/{page:int}/text", _copy_words),
    Route("/stages/{stage_id:uuid}/entries-to-judge", _reading_copy),
    Route("/stages/{stage_id:uuid}/report", _report),
    Route("/stages/{stage_id:uuid}/panel-sheet", _panel_sheet),
    Route("/stages/{stage_id:uuid}/recompute-pack", _recompute_pack),
    Route("/exports/my-entries", _own_export),
    Route("/exports/{prize_id:uuid}", _prize_export),
    Route("/prize-files/{prize_id:uuid}", _prize_file),
    Route("/exports/{prize_id:uuid}/{table}.{form}", _table_export),
)
