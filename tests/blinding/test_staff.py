"""Somebody of the prize team who is in conflict with an entry cannot learn anything of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from accounts.models import Role
from tests.blinding.contest import NEAR_ROLES, Contest, Installation, Moment, analysed_anew
from tests.blinding.pairs import Pair, being_served, walked
from tests.blinding.twins import with_an_entry_changed, without_an_entry

pytestmark = [pytest.mark.prove, pytest.mark.timeout(900)]

Twin = Callable[[Contest, Moment, str, Path], Installation]
WRITE_PRIZES = (Role.OWNER, Role.DESIGNER)

TO_DO = {
    Moment.JUDGING: (Role.OWNER, Role.DESIGNER, Role.SECRETARIAT, Role.SPONSOR),
    Moment.DECIDING: (Role.SECRETARIAT, Role.SPONSOR),
    Moment.DELIVERING: NEAR_ROLES,
}
"""Who has something to do with entries when."""


@contextmanager
def served(contest: Contest, moment: Moment, twin: Twin, folder: Path) -> Iterator[Pair]:
    one = contest.installation(moment).copy(folder / "one")
    other = twin(contest, moment, "first", folder / "other")
    for installation in (one, other):
        analysed_anew(installation)
    with being_served(one, other) as pair:
        yield pair


@pytest.mark.parametrize("moment", Moment)
def test_somebody_in_conflict_learns_nothing_of_the_entry(contest: Contest, tmp_path: Path, moment: Moment) -> None:
    with served(contest, moment, with_an_entry_changed, tmp_path) as pair:
        for role in TO_DO[moment]:
            acts_on: list[Mapping[str, str]] = [{}]
            if role is Role.SECRETARIAT:
                acts_on += [{"entry": str(contest.entries[name])} for name in ("first", "second")]
            if role in WRITE_PRIZES and (role, moment) != (Role.OWNER, Moment.DELIVERING):
                acts_on = []  # nothing that they do has to do with entries, and it takes long
            with_routes = (role, moment) == (Role.SECRETARIAT, Moment.DELIVERING)
            walked(pair, f"near {role.value}", frozenset({role}), acts_on, with_routes=with_routes)


@pytest.mark.parametrize("moment", [Moment.JUDGING, Moment.DELIVERING])
def test_somebody_in_conflict_cannot_tell_that_the_entry_is_there(
    contest: Contest, tmp_path: Path, moment: Moment
) -> None:
    with served(contest, moment, without_an_entry, tmp_path) as pair:
        for role in (Role.SECRETARIAT, Role.SPONSOR, Role.OWNER):
            walked(pair, f"near {role.value}", frozenset({role}), [], with_routes=False)
