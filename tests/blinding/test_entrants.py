"""A team cannot learn which judge scored its entry, before the release and after it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.blinding.contest import TEAMS, Contest, Moment
from tests.blinding.pairs import Pair, being_served, walked
from tests.blinding.twins import with_judges_changed_about

pytestmark = [pytest.mark.prove, pytest.mark.timeout(900)]


@pytest.fixture(scope="module", params=[Moment.JUDGING, Moment.DELIVERING])
def judges_changed(
    request: pytest.FixtureRequest, contest: Contest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("entrants")
    one = contest.installation(request.param).copy(folder / "one")
    other = with_judges_changed_about(contest, request.param, folder / "other")
    with being_served(one, other) as pair:
        yield pair


@pytest.mark.parametrize("team", [team.name for team in TEAMS])
def test_a_team_learns_nothing_of_which_judge_scored_its_entry(judges_changed: Pair, team: str) -> None:
    entry = judges_changed.installations[0].contest.entries[team]
    is_last = judges_changed.installations[0].moment is Moment.DELIVERING

    walked(judges_changed, team, frozenset(), [{}, {"entry": str(entry)}], with_routes=is_last and team == "first")
