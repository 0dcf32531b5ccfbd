"""Two installations side by side, and the same person at both."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Final

from starlette.routing import Route

from tests.blinding.contest import Installation, everybody
from tests.blinding.serving import serving
from tests.blinding.walking import Visitor
from tests.server import RunningLaurel

ENDS_THE_SESSION: Final = frozenset({"/sign-out"})


@dataclass(frozen=True)
class Pair:
    """Two installations that are being served."""

    installations: tuple[Installation, Installation]
    servers: tuple[RunningLaurel, RunningLaurel]

    def visitors(self, name: str, browser: int = 0) -> tuple[Visitor, Visitor]:
        """Somebody at each of them, in one of their browsers."""
        actor = everybody(self.installations[0].contest)[name]
        one, other = (
            Visitor(laurel, installation, installation.cookie(actor, browser))
            for laurel, installation in zip(self.servers, self.installations, strict=True)
        )
        return one, other


@contextmanager
def being_served(one: Installation, other: Installation, leak: str = "") -> Iterator[Pair]:
    """Serve both, started at the same time."""
    with ExitStack() as running, ThreadPoolExecutor(2) as starting:
        begun = [serving(each, leak) for each in (one, other)]
        servers = [starting.submit(server.__enter__) for server in begun]
        for server in begun:
            running.push(server.__exit__)
        yield Pair((one, other), (servers[0].result(), servers[1].result()))


def routes() -> tuple[Route, ...]:
    """Every route of ours. Asking for the application needs settings, so it is asked in a test."""
    import app

    return (*app.OPEN_ROUTES, *app.SIGNED_IN_ROUTES)
