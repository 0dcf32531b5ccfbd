"""More judges: none learns who entered, nor what the others have scored, written or finished."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from accounts.models import Role
from pages.judge.revealing import LOCK
from tests.blinding.contest import Contest, Moment
from tests.blinding.pairs import being_served, walked
from tests.blinding.twins import (
    reveal_nothing,
    with_identities_dealt_differently,
    with_other_judges_cards_changed,
)

pytestmark = [pytest.mark.prove, pytest.mark.timeout(900)]

JUDGE = frozenset({Role.JUDGE})


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pair")


def entries_of(contest: Contest, judge: str) -> list[Mapping[str, str]]:
    return [{}, *({"entry": str(key)} for key in contest.assignments[judge].values())]


@pytest.mark.parametrize("judge", ["jo", "kim"])
def test_a_judge_learns_nothing_of_who_entered(contest: Contest, folder: Path, judge: str) -> None:
    one = contest.installation(Moment.JUDGING).copy(folder / "one")
    other = with_identities_dealt_differently(contest, Moment.JUDGING, folder / "other")

    for installation in (one, other):
        reveal_nothing(installation)
    with being_served(one, other) as pair:
        entries = entries_of(contest, judge)
        walked(pair, judge, JUDGE, entries, with_routes=judge == "jo", leaves_alone=frozenset({LOCK}))


def test_two_runs_of_one_database_send_the_same_bytes(contest: Contest, folder: Path) -> None:
    one, other = (contest.installation(Moment.JUDGING).copy(folder / name) for name in ("one", "other"))

    with being_served(one, other) as pair:
        walked(pair, "jules", JUDGE, entries_of(contest, "jules"))


@pytest.mark.parametrize("judge", ["jules", "kim"])
def test_a_judge_learns_nothing_of_what_others_scored_and_wrote(contest: Contest, folder: Path, judge: str) -> None:
    one = contest.installation(Moment.JUDGING).copy(folder / "one")
    other = with_other_judges_cards_changed(contest, Moment.JUDGING, judge, folder / "other")

    with being_served(one, other) as pair:
        walked(pair, judge, JUDGE, entries_of(contest, judge), with_routes=judge == "jules")
