"""What a server does by chance, taken out of it: then two runs of one database differ in two fields alone.

Random numbers come from a seed, the date in the headers of HTTP stands still, and Streamlit sends each message that
pages make. By itself it sends fewer: it merges and throws away what waits when a later message takes its place, and how
much waits depends on the processor. So the walks compare more than a browser would receive, in the order of the pages.
"""

from __future__ import annotations

import os
import random
import sys
import sysconfig
import threading
from typing import Any, Final
from unittest.mock import patch

from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from uvicorn import server as web_server

from tests.modules import ROOT

SEED: Final = "20270301"
DATE: Final = "Mon, 01 Mar 2027 12:00:00 GMT"
STANDARD: Final = (sysconfig.get_path("stdlib") + os.sep, "<")
INSTALLED: Final = sysconfig.get_path("purelib") + os.sep


def leave_nothing_to_chance() -> None:
    """For the whole life of this process."""
    draw = _Drawn()
    for name in ("os.urandom", "random._urandom"):
        patch(name, draw).start()
    patch.object(web_server, "formatdate", lambda *_, **__: DATE).start()
    patch.object(ForwardMsgQueue, "enqueue", _keep).start()
    patch.object(ForwardMsgQueue, "clear", _keep_what_waits).start()
    patch.object(ForwardMsgQueue, "flush", _all).start()


class _Drawn:
    """Random bytes for each line of code that asks for some, from a seed of its own: what one draws moves no other."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sources: dict[str, random.Random] = {}

    def __call__(self, size: int) -> bytes:
        place = _place(sys._getframe(1))
        with self._lock:
            source = self._sources.setdefault(place, random.Random(f"{SEED} {place}"))
            return source.randbytes(size)


def _place(frame: Any) -> str:
    """The nearest line of Laurel, or of a library where no code of ours is on the way."""
    nearest = ""
    while frame is not None:
        file = frame.f_code.co_filename
        if not file.startswith(STANDARD) or file.startswith(INSTALLED):
            place = f"{file}:{frame.f_lineno}"
            if not file.startswith(INSTALLED) and file.startswith(str(ROOT)):
                return place
            nearest = nearest or place
        frame = frame.f_back
    return nearest


def _keep(queue: ForwardMsgQueue, message: Any) -> None:
    queue._queue.append(message)


def _keep_what_waits(queue: ForwardMsgQueue, *_: Any, **__: Any) -> None:
    """A run that gives way has sent what it has drawn."""


def _all(queue: ForwardMsgQueue) -> list[Any]:
    messages, queue._queue = queue._queue, []
    return messages
