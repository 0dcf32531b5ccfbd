"""A judge practises in the browser before the first entry, because the secretariat asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.databases import Given
from tests.journeys.visitors import Visitor
from tests.judging.practising import SAYS, with_practice
from tests.mailserver import MailServer
from tests.server import RunningLaurel, running_laurel
from tests.stories import Chapter, told


@pytest.fixture
def laurel(sqlite: Given, smtp: MailServer, tmp_path: Path) -> Iterator[RunningLaurel]:
    with running_laurel({}, tmp_path) as running:
        yield running


@pytest.mark.prove
@pytest.mark.timeout(180)
def test_a_judge_practises_sees_the_reference_and_then_scores_the_first_entry(
    sqlite: Given, laurel: RunningLaurel, come: Callable[[], Visitor]
) -> None:
    story = told(Chapter.ASSIGNED)
    with_practice(story, required=True)
    judge = come()
    judge.sign_in_as(story.judge)
    judge.open("Entries to judge")
    judge.press("Begin")
    score(judge, "4")
    judge.see("Practice comes first: score the practice entry and compare it.")
    assert sqlite.sql("SELECT count(*) FROM score") == [(0,)]

    judge.open("Entries to judge")
    judge.press("Practise")
    judge.see(SAYS)
    judge.see_no("Only need is shown.")
    score(judge, "4")
    judge.see("Compare with the reference")
    judge.press("Compare with the reference")
    judge.see("Only need is shown.")
    expect(judge.page.get_by_role("radiogroup")).to_have_count(2)

    judge.open("Entries to judge")
    judge.see_no("Practise first")
    judge.press("Begin")
    score(judge, "5")

    judge.see("2 of 2 scored")
    assert sqlite.sql("SELECT count(*) FROM score WHERE points = 5") == [(2,)]
    assert sqlite.sql("SELECT count(*) FROM practice_score WHERE points = 4") == [(2,)]


def score(judge: Visitor, points: str) -> None:
    """Give every criterion the same points."""
    groups = judge.page.get_by_role("radiogroup")
    groups.first.wait_for()
    for at in range(groups.count()):
        groups.nth(at).get_by_role("radio", name=points, exact=True).click()
        judge.settle()
