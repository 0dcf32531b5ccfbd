"""From start to end of the web process: what is loaded, opened and started, and stopped again."""

from __future__ import annotations

import asyncio
import gc
import importlib
import os
import pkgutil
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import structlog
from streamlit import config
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from pages.edge import logs
from pages.edge.memory import return_freed_memory, settle_memory
from pages.edge.worker import worker_beside
from settings import LOOPBACK, Settings
from storage import database

HEAVY_MODULES = ("numpy", "pandas", "pyarrow", "altair", "scipy.stats", "scipy.optimize")
SHELL = "pages.shell"
"""The Streamlit script itself: run for each session, never imported."""

log = structlog.get_logger("laurel.web")
T = TypeVar("T")
Lifespan = Callable[[Any], AbstractAsyncContextManager[dict[str, Any] | None]]


def lifespan_of(settings: Settings, root: Path) -> Lifespan:
    """For ``st.App``; ``root`` is the folder of ``manage.py``."""

    @asynccontextmanager
    async def lifespan(_app: Any) -> AsyncIterator[None]:
        began = time.perf_counter()
        return_freed_memory()
        refuse_unsafe_options(demonstration=settings.demonstration)
        load_modules()
        logs.configure(settings.log_level)
        async with AsyncExitStack() as stack:
            database.start()
            stack.callback(database.stop)
            listening = settle_sockets()
            believe_no_header()
            settle_memory()
            if settings.starts_when_told:
                log.info("waiting for the database", pid=os.getpid())
                await told_to_serve()
            if settings.embedded_worker:
                await stack.enter_async_context(worker_beside((sys.executable, "manage.py", "worker"), root))
            log.info("started", seconds=round(time.perf_counter() - began, 2), sockets=listening)
            yield
            log.info("stopping")

    return lifespan


def refuse_unsafe_options(*, demonstration: bool) -> None:
    """Stop at once when Streamlit is set in a way that the rules for addresses do not cover.

    Raises
    ------
    RuntimeError : an option has to be taken back.
    """
    if config.get_option("server.baseUrlPath"):
        raise RuntimeError("Laurel is served at the root of a host name of its own: remove server.baseUrlPath.")
    if demonstration and config.get_option("server.address") not in LOOPBACK:
        raise RuntimeError("The demonstration lets anybody in, so it is served on loopback alone: set server.address.")
    if config.get_option("global.developmentMode"):
        raise RuntimeError("Streamlit's development mode opens what has to stay closed: remove it.")


async def told_to_serve() -> None:
    """Return when a line has come in at standard input, from whoever prepares the database meanwhile.

    Raises
    ------
    RuntimeError : standard input has ended, so that nobody will say it any more.
    """
    if not await asyncio.to_thread(sys.stdin.readline):
        raise RuntimeError("The database was not made ready, so there is nothing to serve.")


def load_modules() -> None:
    """Import what the first visitor would wait for, and what would be imported after memory has settled."""
    pages = importlib.import_module("pages")
    found = (module.name for module in pkgutil.walk_packages(pages.__path__, "pages.") if SHELL not in module.name)
    for name in (*HEAVY_MODULES, *found):
        try:
            importlib.import_module(name)
        except Exception as error:  # one broken page must not close all others
            log.error("module cannot be imported", module=name, exc_info=error)


def settle_sockets() -> int:
    """Let every listening socket answer without delay, and keep it from the processes that this one starts.

    Streamlit opens the socket and hands it to nobody. Connections inherit that Nagle's algorithm is off, with which
    each small answer would wait 40 ms for the browser's acknowledgement; loops leave sockets alone whose protocol
    number is 0, as Streamlit's is. And Streamlit lets children have the socket: the worker of a server that was killed
    would keep its port until the job at hand is done, and the next server could not start.

    Returns
    -------
    How many sockets listen.
    """
    listening = [found for found in _all_of(socket.socket) if _is_listening(found)]
    for found in listening:
        found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        found.set_inheritable(False)
    return len(listening)


def believe_no_header() -> None:
    """Let uvicorn say who really connects: ``pages.edge.network`` alone decides which proxies are believed.

    uvicorn believes ``X-Forwarded-For`` from whoever connects from this computer, which Streamlit offers no option for.
    """
    for found in _all_of(ProxyHeadersMiddleware):
        found.trusted_hosts = frozenset()  # type: ignore[assignment]


def _all_of(kind: type[T]) -> list[T]:
    """Every living object of this kind. ``isinstance`` would ask a weak reference's object, which may be gone."""
    return [found for found in gc.get_objects() if issubclass(type(found), kind)]


def _is_listening(found: socket.socket) -> bool:
    if found.fileno() < 0 or found.family not in (socket.AF_INET, socket.AF_INET6):
        return False
    return found.type == socket.SOCK_STREAM and bool(found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
