"""A judge cannot learn whose entry it is: two installations with other people behind each entry send the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlmodel import Session

from accounts.models import Role
from judging.revealing import reveal_entry
from judging.scorecards import answer_gate, save_score
from pages.judge.revealing import LOCK
from storage.database import transact
from tests.blinding import rows
from tests.blinding.contest import REVEALED, Contest, Installation, Moment, at_home, the_same_each_time
from tests.blinding.itineraries import every_page, every_route, ids_of, own_places
from tests.blinding.pairs import ENDS_THE_SESSION, Pair, being_served, routes
from tests.blinding.twins import with_identities_dealt_differently
from tests.blinding.walking import Visitor, at_both, differences, must_be_the_same

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
        visitor.leaves_alone = frozenset({LOCK})
        await every_page(visitor, JUDGE, acts_on, ids)

    left, right = at_both(walk, one, other)

    must_be_the_same(left, right)
    assert any(LOCK.encode() in raw for step in left for raw in step.came)
    assert one.drawn >= {place.path for place in own_places(JUDGE)}
    assert [log for laurel in twins.servers if "unexpected error" in (log := laurel.log())] == []


@pytest.mark.prove
def test_after_the_lock_names_are_shown_of_that_entry_alone(
    contest: Contest, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("revealed")
    one = contest.installation(Moment.JUDGING).copy(folder / "one")
    other = with_identities_dealt_differently(contest, Moment.JUDGING, folder / "other")
    locked, *rest = contest.assignments["jules"].values()
    for installation in (one, other):
        with at_home(installation.folder), the_same_each_time():
            transact(lambda db: _lock(db, contest, locked))
    ids = ids_of(one)

    async def walk_elsewhere(visitor: Visitor) -> None:
        await visitor.look("judging", {"stage": str(contest.story.stage_id)})
        for key in rest:
            await visitor.look("scoring", {"entry": str(key)})

    async def walk_there(visitor: Visitor) -> None:
        await visitor.look("scoring", {"entry": str(locked)})

    with being_served(one, other) as pair:
        must_be_the_same(*at_both(walk_elsewhere, *pair.visitors("jules")))
        copies = [route for route in routes() if "copies" in route.path]
        files = at_both(lambda visitor: every_route(visitor, copies, ids), *pair.visitors("jules", 1))
        must_be_the_same(*files)
        shown = at_both(walk_there, *pair.visitors("jules", 2))

    assert differences(*shown) != []


def _lock(db: Session, contest: Contest, assignment_id: UUID) -> None:
    judge, story = contest.judges["jules"], contest.story
    for name, key in story.criteria.items():
        if name != REVEALED:
            save_score(db, judge, assignment_id, key, 3)
    answer_gate(db, judge, assignment_id, story.gates["scope"], True)
    reveal_entry(db, judge, assignment_id)


def _copies_for(installation: Installation, judge: str) -> set[str]:
    """The judge's copies of the entries that somebody is asked to score."""
    contest = installation.contest
    entries = {rows.key(contest.entries[name]) for name in contest.assignments[judge]}
    copies = rows.read(installation.database)["judges_copy"]
    return {str(UUID(row["id"])) for row in copies if row["entry_id"] in entries}
