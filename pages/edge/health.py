"""For whatever watches the process: whether it runs, and whether it can serve people."""

from __future__ import annotations

from collections.abc import Callable

import anyio
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

PATIENCE_SECONDS = 5.0


def routes(ready: Callable[[], bool]) -> tuple[Route, ...]:
    """``/livez`` and ``/readyz``; ``ready`` tells whether the database answers and is migrated."""

    async def livez(_request: Request) -> PlainTextResponse:
        return PlainTextResponse("alive\n")

    async def readyz(_request: Request) -> PlainTextResponse:
        is_ready = False
        with anyio.move_on_after(PATIENCE_SECONDS):
            is_ready = await to_thread.run_sync(ready, abandon_on_cancel=True)
        return PlainTextResponse("ready\n" if is_ready else "not ready\n", 200 if is_ready else 503)

    return (Route("/livez", livez), Route("/readyz", readyz))
