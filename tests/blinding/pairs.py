"""Two installations side by side, and the same person at both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Final

from starlette.routing import Route

from accounts.models import Role
from tests.blinding.contest import Installation, everybody
from tests.blinding.itineraries import every_page, every_route, ids_of, own_places
from tests.blinding.serving import serving
from tests.blinding.walking import Visitor, at_both, must_be_the_same
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
def being_served(
    one: Installation, other: Installation, leak: str = "nothing", others_leak: str | None = None
) -> Iterator[Pair]:
    """Serve both, started at the same time; with a leak perhaps, in both or another in the other."""
    leaks = (leak, leak if others_leak is None else others_leak)
    with ExitStack() as running, ThreadPoolExecutor(2) as starting:
        begun = [serving(each, made_worse) for each, made_worse in zip((one, other), leaks, strict=True)]
        servers = [starting.submit(server.__enter__) for server in begun]
        for server in begun:
            running.push(server.__exit__)
        yield Pair((one, other), (servers[0].result(), servers[1].result()))


def routes() -> tuple[Route, ...]:
    """Every route of ours. Asking for the application needs settings, so it is asked in a test."""
    import app

    return (*app.OPEN_ROUTES, *app.SIGNED_IN_ROUTES)


def walked(
    pair: Pair,
    name: str,
    roles: frozenset[Role],
    acts_on: Sequence[Mapping[str, str]],
    *,
    with_routes: bool = True,
    leaves_alone: frozenset[str] = frozenset(),
) -> None:
    """Walk everywhere as the same person at both, and fail with what tells the two apart."""
    one, other = pair.visitors(name)
    ids = ids_of(pair.installations[0])

    async def walk(visitor: Visitor) -> None:
        visitor.leaves_alone = leaves_alone
        await every_page(visitor, roles, acts_on, ids)
        if with_routes:
            await every_route(visitor, routes(), ids, ENDS_THE_SESSION)

    must_be_the_same(*at_both(walk, one, other))
    assert one.drawn >= {place.path for place in own_places(roles)}
    assert [log for laurel in pair.servers if "unexpected error" in (log := laurel.log())] == []
