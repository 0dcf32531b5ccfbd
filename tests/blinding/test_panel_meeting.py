"""Meetings of the panel: a member or chair in conflict with an entry learns nothing of it, and nobody who entered."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlmodel import Session

from accounts.models import Role
from judging.panel.meeting import present_item
from judging.panel.models import Meeting
from storage.database import transact
from tests.blinding.contest import Contest, Installation, Moment, analysed_anew, at_home, the_same_each_time
from tests.blinding.pairs import being_served, walked
from tests.blinding.twins import reveal_nothing, with_an_entry_changed, with_identities_dealt_differently

pytestmark = [pytest.mark.prove, pytest.mark.timeout(900)]

JUDGE = frozenset({Role.JUDGE})


def discussing(contest: Contest, installation: Installation, entry: str) -> None:
    """The panel turns to an entry."""

    def present(db: Session) -> None:
        assert contest.meeting_id is not None
        version = db.get_one(Meeting, contest.meeting_id).version
        present_item(db, contest.story.secretariat, contest.items[entry], version)

    with at_home(installation.folder), the_same_each_time():
        transact(present)


@pytest.mark.parametrize("discussed", ["fourth", "first"])
def test_a_member_in_conflict_with_an_entry_learns_nothing_of_it(
    contest: Contest, tmp_path: Path, discussed: str
) -> None:
    one = contest.installation(Moment.DECIDING).copy(tmp_path / "one")
    other = with_an_entry_changed(contest, Moment.DECIDING, "fourth", tmp_path / "other")
    for installation in (one, other):
        discussing(contest, installation, discussed)
        analysed_anew(installation)

    with being_served(one, other) as pair:
        walked(pair, "jules", JUDGE, [{}], with_routes=discussed == "fourth")


@pytest.mark.parametrize("judge", ["kim", "jo"])
def test_the_panel_meets_without_learning_who_entered(contest: Contest, tmp_path: Path, judge: str) -> None:
    one = contest.installation(Moment.DECIDING).copy(tmp_path / "one")
    other = with_identities_dealt_differently(contest, Moment.DECIDING, tmp_path / "other")
    for installation in (one, other):
        reveal_nothing(installation)

    with being_served(one, other) as pair:
        stage = {"stage": str(contest.story.stage_id)}
        walked(pair, judge, JUDGE, [stage], with_routes=False)
