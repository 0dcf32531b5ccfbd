"""A team reads what became of its entry and appeals; somebody who did not decide answers; another is late."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from judging.appeals import own_appeal
from judging.models import AppealState, CommentReader
from judging.scorecards import save_comment
from prize.models import ScoresTold, Stage
from storage import clock
from storage.database import transact
from storage.values import time_words
from tests.databases import Given
from tests.journeys.visitors import Visitor, wait_until
from tests.judging.examples import another_secretary, appeals_are_allowed
from tests.mailserver import MailServer
from tests.server import RunningLaurel, running_laurel
from tests.stories import TAB, Chapter, Story, assignments_of, go_on, told
from tests.world import ask

DECISION = "The panel compared both."
COMMENT = "The count of mussels is convincing. Say what happens after a flood."
APPEAL = "The samples of May were in the document, and the reason does not speak of them."
ANSWER = "They were left out by mistake. The panel reads them at its meeting in June."
SECRETARIAT, SECOND = "secretariat@secretariat.example", "sam@sam.example"
ERIN, BELA = "erin@erin.example", "bela@bela.example"
DRAWER = "Appeal against the decision"
FIELD = "What was wrong, and what you ask for"


@pytest.fixture
def story(sqlite: Given, smtp: MailServer) -> Story:
    """Released, with comments, scores that are told, and fourteen days to appeal."""
    story = told(Chapter.ASSIGNED)

    def tell_scores(db: Session) -> None:
        stage = db.get_one(Stage, story.stage_id)
        stage.scores_told = ScoresTold.MEANS
        db.add(stage)
        [first, _] = assignments_of(db, story, story.judge)
        save_comment(db, story.judge, first.id, CommentReader.ENTRANT, COMMENT, 0, TAB, 1)

    transact(tell_scores)
    go_on(story, Chapter.ASSIGNED, Chapter.RELEASED)
    appeals_are_allowed(story)
    another_secretary(story)
    return story


@pytest.fixture
def laurel(story: Story, tmp_path: Path) -> Iterator[RunningLaurel]:
    with running_laurel({}, tmp_path) as running:
        yield running


@pytest.mark.prove
def test_a_team_appeals_and_somebody_who_did_not_decide_answers(story: Story, come: Callable[[], Visitor]) -> None:
    entrant, decider, second = come(), come(), come()

    entrant.sign_in_by_link(ERIN)
    open_own_entry(entrant)
    entrant.see(DECISION)
    entrant.see(COMMENT)
    entrant.page.get_by_role("link", name="How entries are judged, and what is told of your place").click()
    entrant.settle()
    entrant.see("Your scores")
    assert "5.0" in entrant.page.get_by_role("table", name="Your scores").inner_text()
    open_own_entry(entrant)
    entrant.unfold(DRAWER)
    entrant.press("Send the appeal")
    entrant.see("The appeal is empty.")
    entrant.fill(FIELD, APPEAL)
    entrant.press("Send the appeal")
    entrant.see("The secretariat has not answered yet.")
    wait_until(lambda: any("appeals" in mail for mail in decider.mails_to(SECRETARIAT)), "the secretariat is not told")
    assert [mail for mail in decider.mails_to(SECRETARIAT) if APPEAL in mail or "Acorn" in mail] == []

    decider.sign_in_by_link(SECRETARIAT)
    decider.go("/appeals")
    decider.see(APPEAL)
    decider.see("You had a part in this decision")
    decider.see_no("Accept the appeal")

    second.sign_in_by_link(SECOND)
    second.go("/appeals")
    second.see(APPEAL)
    second.press("Accept the appeal")
    second.see("The reason is empty.")
    second.fill("Reason, which the team reads", ANSWER)
    second.press("Accept the appeal")
    second.see("No appeal waits for an answer.")
    second.see("by Sam")

    wait_until(lambda: any(ANSWER in mail for mail in entrant.mails_to(ERIN)), "the team is not told")
    entrant.again()
    entrant.see("Accepted. What follows for the decision is told to you separately.")
    entrant.see(ANSWER)
    entrant.see(DECISION)
    assert not entrant.heard("sam@")


def test_an_appeal_that_comes_too_late_is_refused_with_the_day_until_which_it_was_open(
    story: Story, come: Callable[[], Visitor]
) -> None:
    shown = ask(own_appeal, story.entrants["bela"], entry_id=story.entries["bela"])
    assert shown is not None
    transact(lambda db: clock.move_to(db, shown.until - timedelta(hours=1)))
    entrant = come()
    entrant.sign_in_by_link(BELA)
    open_own_entry(entrant)
    entrant.unfold(DRAWER)
    entrant.fill(FIELD, APPEAL)
    transact(lambda db: clock.move_to(db, shown.until + timedelta(minutes=1)))

    entrant.press("Send the appeal")

    words = f"Your team could appeal until {time_words(shown.until, shown.zone, weekday=True)}."
    entrant.see(f"{words} The decision stands.")
    entrant.again()
    entrant.see(words)
    entrant.see_no(DRAWER)
    after = ask(own_appeal, story.entrants["bela"], entry_id=story.entries["bela"])
    assert after is not None
    assert (after.text, after.state is AppealState.WAITING) == ("", False)


def open_own_entry(entrant: Visitor) -> None:
    entrant.go("/my-entries")
    entrant.page.locator("[class*=st-key-entry-] a").first.click()
    entrant.settle()
