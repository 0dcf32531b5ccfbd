"""The walks find leaks: each that is put into Laurel on purpose is reported, and none is where there is none."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from accounts.models import Role
from pages.components.downloads import ROUTES
from pages.components.navigation import PLACES
from tests.blinding.contest import Contest, Installation, Moment
from tests.blinding.itineraries import MADE_UP, addresses, every_route, ids_of, own_places
from tests.blinding.leaky import LEAKS
from tests.blinding.pairs import Pair, being_served
from tests.blinding.twins import with_identities_dealt_differently, without_an_entry
from tests.blinding.walking import Difference, Received, Transcript, Visitor, at_both, differences

pytestmark = [pytest.mark.prove, pytest.mark.timeout(900)]


@dataclass(frozen=True)
class Check:
    """Who walks where, over which twins."""

    who: str
    walk: Callable[[Visitor], Awaitable[None]]
    twin: Callable[[Contest, Path], Installation]
    first: str = ""


def dealt(contest: Contest, folder: Path) -> Installation:
    return with_identities_dealt_differently(contest, Moment.JUDGING, folder)


def withdrawn(contest: Contest, folder: Path) -> Installation:
    return without_an_entry(contest, Moment.JUDGING, "first", folder)


async def judges_pages(visitor: Visitor) -> None:
    ids = ids_of(visitor.installation)
    for place in PLACES:
        if place.path in ("judging", "scoring"):
            for query in addresses(place, ids):
                await visitor.look(place.path, query)


async def judges_files(visitor: Visitor) -> None:
    copies = [route for route in ROUTES if "copies" in route.path]
    await every_route(visitor, copies, ids_of(visitor.installation))


async def secretariats_list(visitor: Visitor) -> None:
    await visitor.look("entries", {})


CHECKS: Mapping[str, Check] = {
    "a_name_in_a_tooltip": Check("jules", judges_pages, dealt),
    "an_order_by_creation_time": Check("jules", judges_pages, dealt),
    "a_cached_result_of_another_role": Check("jules", judges_pages, dealt, first="secretariat"),
    "a_reveal_before_the_lock": Check("jules", judges_pages, dealt),
    "the_size_of_the_original": Check("jules", judges_files, dealt),
    "a_count_that_includes_a_hidden_entry": Check("near secretariat", secretariats_list, withdrawn),
}


def found(pair: Pair, check: Check) -> list[Difference]:
    if check.first:
        at_both(secretariats_list, *pair.visitors(check.first))
    return differences(*at_both(check.walk, *pair.visitors(check.who)))


def pair_of(contest: Contest, check: Check, folder: Path) -> tuple[Installation, Installation]:
    return contest.installation(Moment.JUDGING).copy(folder / "one"), check.twin(contest, folder / "other")


@pytest.mark.parametrize("leak", CHECKS)
def test_a_leak_is_found(contest: Contest, tmp_path: Path, leak: str) -> None:
    with being_served(*pair_of(contest, CHECKS[leak], tmp_path), leak) as pair:
        assert found(pair, CHECKS[leak]) != []


def test_nothing_is_found_where_nothing_leaks(contest: Contest, tmp_path: Path) -> None:
    for twin in (dealt, withdrawn):
        checks = [check for check in CHECKS.values() if check.twin is twin]
        with being_served(*pair_of(contest, checks[0], tmp_path / twin.__name__), "nothing") as pair:
            assert [difference for check in checks for difference in found(pair, check)] == []


def answers_about(pair: Pair, who: str, entry: str) -> tuple[Transcript, Transcript]:
    """What comes from one server for an entry in conflict, and from the other for one that does not exist, with the
    same id written in both."""
    one, other = pair.visitors(who)
    ids = ids_of(one.installation)
    hidden = str(one.installation.contest.entries[entry])

    async def walk(visitor: Visitor) -> None:
        about = hidden if visitor is one else MADE_UP
        for place in own_places(frozenset({Role.SECRETARIAT})):
            await visitor.look(place.path, {"entry": about})
        routes = [route for route in ROUTES if "entry_id" in route.path]
        await every_route(visitor, routes, {**ids, "entry_id": [about]})

    at_both(walk, one, other)
    return [_renamed(step, hidden) for step in one.transcript], other.transcript


def _renamed(step: Received, hidden: str) -> Received:
    return Received(
        step.asked.replace(hidden, MADE_UP),
        tuple(raw.replace(hidden.encode(), MADE_UP.encode()) for raw in step.came),
    )


@pytest.mark.parametrize("leak", ["nothing", "another_error_for_a_conflict"])
def test_an_entry_in_conflict_answers_like_one_that_does_not_exist(contest: Contest, tmp_path: Path, leak: str) -> None:
    both = [contest.installation(Moment.JUDGING).copy(tmp_path / name) for name in ("one", "other")]

    with being_served(both[0], both[1], leak) as pair:
        told_apart = differences(*answers_about(pair, "near secretariat", "first"))

    assert bool(told_apart) == (leak != "nothing"), "\n".join(map(str, told_apart))


def test_every_leak_is_looked_for() -> None:
    assert set(LEAKS) == {*CHECKS, "nothing", "another_error_for_a_conflict", "ten_milliseconds_more"}
