"""What the web writes down about itself: one JSON object a line, without names, tokens, addresses or queries."""

from __future__ import annotations

import logging
import re
import sys
import time
import traceback
from collections.abc import MutableMapping
from typing import Any
from uuid import uuid4

import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

DEEPEST = 12
"""How many steps of a call stack are kept, counted from where the error arose."""

QUIET_PATHS = ("/livez", "/readyz", "/static/")
"""Asked for so often that they would hide the rest: the health checks, and the 60 files of Streamlit's page."""

NOISY_LOGGERS = ("uvicorn.error", "uvicorn.access", "watchdog", "botocore", "urllib3", "PIL", "matplotlib")
"""These write addresses, queries or remote hosts at INFO; their warnings are kept."""

FRAMEWORKS = ("streamlit", "uvicorn")

WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,30}")

Event = MutableMapping[str, Any]
log = structlog.get_logger("laurel.web")


def configure(level: str) -> None:
    """Send everything that this process logs, ours and the libraries', to standard error as JSON."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_messages,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(lambda record: not (record.exc_info and was_no_http(record.exc_info[1])))
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    take_over_frameworks()
    for name in NOISY_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)


def was_no_http(error: BaseException | None) -> bool:
    """Whether somebody sent what is no HTTP after a head that was good.

    The web server answers 400 itself. Where the application is answering as well, one of the two fails, without harm.
    """
    return type(error).__module__.startswith("h11.") and type(error).__name__ == "LocalProtocolError"


def take_over_frameworks() -> None:
    """Let the loggers that brought handlers of their own write through ours; to be repeated after imports."""
    for name in list(logging.root.manager.loggerDict):
        if name.split(".", 1)[0] in FRAMEWORKS:
            logger = logging.getLogger(name)
            logger.handlers.clear()
            logger.propagate = True


def without_messages(_logger: Any, _method: str, event: Event) -> Event:
    """Replace an exception by its kind and its place: its message may hold what a person has typed."""
    raised = event.pop("exc_info", None)
    if raised is True:
        raised = sys.exc_info()
    if isinstance(raised, tuple):
        raised = raised[1]
    if isinstance(raised, BaseException):
        event.update(described(raised))
    return event


def described(error: BaseException) -> dict[str, Any]:
    """The kinds of an exception and of its causes, and the steps that led to it."""
    kinds: list[str] = []
    link: BaseException | None = error
    while link is not None and len(kinds) < DEEPEST:
        kinds.append(f"{type(link).__module__}.{type(link).__qualname__}".removeprefix("builtins."))
        link = link.__cause__ or link.__context__
    steps = traceback.extract_tb(error.__traceback__)[-DEEPEST:]
    return {"error": kinds, "where": [f"{step.filename}:{step.lineno} {step.name}" for step in steps]}


def spoken_path(scope: Scope) -> str:
    """The address without what may identify somebody: a route's template, else its first part.

    Links in mails carry their token in the address, so no address is written as it came.
    """
    template = getattr(scope.get("route"), "path", "")
    if template:
        return str(template)
    first, _, rest = str(scope["path"]).lstrip("/").partition("/")
    shown = first if not first or WORD.fullmatch(first) else "…"
    if not rest:
        return f"/{shown}"
    return f"/{shown}/{rest}" if first == "_stcore" and WORD.fullmatch(rest) else f"/{shown}/…"


class AccessLog:
    """Gives each request a number of its own, and writes one line when it ends."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        request_id = uuid4().hex
        status = 0
        began = time.perf_counter()

        async def send_noting_status(event: Message) -> None:
            nonlocal status
            if event["type"] == "http.response.start":
                status = event["status"]
                event.setdefault("headers", [])
                MutableHeaders(scope=event)["X-Request-Id"] = request_id
            elif event["type"] == "websocket.accept":
                status = 101
            elif event["type"] == "websocket.close" and not status:
                status = 403
            await send(event)

        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=request_id)
        try:
            await self.app(scope, receive, send_noting_status)
        finally:
            level = logging.DEBUG if scope["path"].startswith(QUIET_PATHS) else logging.INFO
            log.log(
                level,
                "request",
                method=scope.get("method", "WEBSOCKET"),
                path=spoken_path(scope),
                status=status,
                ms=round((time.perf_counter() - began) * 1000, 1),
            )
