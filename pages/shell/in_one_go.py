"""What a page draws is sent together.

Streamlit sends what there is every 5 ms, and a browser draws as often: a page that comes in three parts takes a third
longer than one that comes at once, since half of it is drawn twice.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner import get_script_run_ctx

HELD_SECONDS: Final = 0.1
"""So long the beginning of a page waits for the rest."""


@contextmanager
def in_one_go(seconds: float = HELD_SECONDS) -> Iterator[None]:
    """Keep what is drawn within until all of it is there, or until a page that takes longer draws something more."""
    context = get_script_run_ctx()
    if context is None:
        raise RuntimeError("Nothing is drawn outside a page.")
    send, held = context._enqueue, list[ForwardMsg]()
    ends = time.monotonic() + seconds

    def hold(message: ForwardMsg) -> None:
        context.yield_check()  # somebody has clicked meanwhile, or has gone
        held.append(message)
        if time.monotonic() >= ends:
            release()

    def release() -> None:
        context._enqueue = send
        for message in held:
            send(message)

    context._enqueue = hold
    try:
        yield
    finally:
        if context._enqueue is hold:
            release()
