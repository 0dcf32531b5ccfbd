"""A judge cannot learn whose entry it is: two installations with other people behind each entry send the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest

from accounts.models import Role
from tests.blinding import rows
from tests.blinding.contest import Contest, Installation, Moment
from tests.blinding.itineraries import every_page, every_route, ids_of, own_places
from tests.blinding.pairs import ENDS_THE_SESSION, Pair, being_served, routes
from tests.blinding.twins import with_identities_dealt_differently
from tests.blinding.walking import Visitor, at_both, must_be_the_same

JUDGE = frozenset({Role.JUDGE})


@pytest.fixture(scope="module")
def twins(contest: Contest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("judges")
    one = contest.installation(Moment.JUDGING).copy(folder / "one")
    other = with_identities_dealt_differently(contest, Moment.JUDGING, folder / "other")
    with being_served(one, other) as pair:
        yield pair


@pytest.mark.timeout(900)
@pytest.mark.prove
def test_every_route_sends_a_judge_the_same_bytes_whoever_entered(twins: Pair) -> None:
    one, other = twins.visitors("jules", 1)
    ids = ids_of(twins.installations[0])

    async def walk(visitor: Visitor) -> None:
        await every_route(visitor, routes(), ids, ENDS_THE_SESSION)

    left, right = at_both(walk, one, other)

    must_be_the_same(left, right)
    read = {step.asked.split("/")[2][:36] for step in left if step.came[0] == b"200" and "/copies/" in step.asked}
    assert len(read) > 1
    assert read <= _copies_for(twins.installations[0], "jules")
    whole = [step for step in left if step.asked.endswith("/entries-to-judge") and step.came[0] == b"200"]
    assert any(step.came[-1].startswith(b"%PDF-") for step in whole), [step.asked for step in whole]
    assert {step.came[0] for step in left} >= {b"200", b"206", b"403", b"404", b"416", b"422"}


def test_every_page_and_action_of_a_judge_sends_the_same_bytes_whoever_entered(twins: Pair) -> None:
    one, other = twins.visitors("jules")
    contest = twins.installations[0].contest
    ids = ids_of(twins.installations[0])
    acts_on = [{}, *({"entry": str(key)} for key in contest.assignments["jules"].values())]

    async def walk(visitor: Visitor) -> None:
        await every_page(visitor, JUDGE, acts_on, ids)

    left, right = at_both(walk, one, other)

    must_be_the_same(left, right)
    assert one.drawn >= {place.path for place in own_places(JUDGE)}
    assert [log for laurel in twins.servers if "unexpected error" in (log := laurel.log())] == []


def _copies_for(installation: Installation, judge: str) -> set[str]:
    """The judge's copies of the entries that somebody is asked to score."""
    contest = installation.contest
    entries = {rows.key(contest.entries[name]) for name in contest.assignments[judge]}
    copies = rows.read(installation.database)["judges_copy"]
    return {str(UUID(row["id"])) for row in copies if row["entry_id"] in entries}
