"""Work that is ended by force at one of its steps: before or after a commit, or before or after the store is used."""

from __future__ import annotations

import functools
import os
import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import event
from sqlmodel import Session

from settings import get_settings
from storage import database, stores
from storage.stores.folder import FolderPart, FolderStore
from storage.stores.s3 import S3Part, S3Store

USES_THE_STORE = (
    (FolderStore, ("put", "put_small", "refresh", "settle", "assemble", "forget", "delete")),
    (S3Store, ("put", "put_small", "refresh", "start", "send", "settle", "assemble", "forget", "delete")),
    (FolderPart, ("make_durable",)),
    (S3Part, ("make_durable",)),
)
SECONDS = 60.0


class StillWorking(Exception):
    """It neither ended nor reached its step."""


def dying_at_each_step(work: Callable[[int], None], before: Callable[[int], None] = lambda _: None) -> Iterator[int]:
    """Let a process of its own do ``work`` and die at its first step; then another one at its second; until one ends.

    ``before`` is done here, before each. Gives the number of the step at which the process died.
    """
    for step in range(1, 1000):
        before(step)
        if _ended(step, functools.partial(work, step)):
            return
        yield step


def _ended(step: int, work: Callable[[], None]) -> bool:
    """Whether the process came to its end before that step."""
    address = database.engine().url.render_as_string(hide_password=False)
    child = os.fork()
    if child == 0:
        try:
            _count_to(step, address)
            work()
            os._exit(0)
        except BaseException:  # noqa: BLE001 - said by the test
            import traceback

            traceback.print_exc()
            os._exit(1)
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
                return False
            assert os.waitstatus_to_exitcode(status) == 0, f"the work failed by itself before step {step}"
            return True
        time.sleep(0.002)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    raise StillWorking(step)


def _count_to(step: int, address: str) -> None:
    """In the process that is to die: connections of its own, and a count of steps."""
    database._current = None  # what was open belongs to the other process
    get_settings.cache_clear()
    stores._store_of.cache_clear()
    database.start(address)
    left = [step]

    def another(*_: Any) -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Session, "before_commit", another)
    event.listen(Session, "after_commit", another)
    for kind, names in USES_THE_STORE:
        for name in names:
            setattr(kind, name, _counted(getattr(kind, name), another))


def _counted(method: Callable[..., Any], another: Callable[[], None]) -> Callable[..., Any]:
    @functools.wraps(method)
    def counted(*arguments: Any, **named: Any) -> Any:
        another()
        answer = method(*arguments, **named)
        another()
        return answer

    return counted
