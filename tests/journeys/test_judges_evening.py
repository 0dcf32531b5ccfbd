"""A judge's evening: by keyboard alone; and on a phone whose connection comes and goes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlmodel import Session

from judging.models import CommentReader
from judging.room import judges_list, own_card
from judging.scorecards import comments_of, save_score
from storage.database import reading, transact
from tests.databases import Given
from tests.journeys.visitors import Visitor, visitor, wait_until
from tests.mailserver import MailServer
from tests.prize.entries.test_name_checks import begin_judging, submit_and_close
from tests.server import RunningLaurel, running_laurel
from tests.stories import Chapter, Story, assignments_of, attach, document_of, told
from tests.world import ask, do

AT_ONCE = """keys => keys.forEach((key) => {
  document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }))
})"""
"""Presses keys one after the other faster than anybody could, so that nothing is drawn between them."""


@pytest.fixture
def story(sqlite: Given, smtp: MailServer) -> Story:
    """Two entries to judge, each with a document of three pages."""
    story = told(Chapter.WRITTEN)

    def attach_all(db: Session) -> None:
        for name, entry_id in story.entries.items():
            attach(db, story.entrants[name], entry_id, story.questions["document"], document_of("Nobody"), "a.pdf")

    transact(attach_all)
    submit_and_close(story)
    begin_judging(story)
    return story


@pytest.fixture
def laurel(story: Story, tmp_path: Path) -> Iterator[RunningLaurel]:
    with running_laurel({}, tmp_path) as running:
        yield running


def invitation(judge: Visitor, story: Story) -> str:
    """The path of the one-use link in the judge's invitation."""

    def links() -> list[str]:
        return re.findall(r"https?://[^/\s]+(/links/\S+)", "\n".join(judge.mails_to(f"jules{story.place}@example.org")))

    wait_until(lambda: bool(links()), "no invitation")
    return links()[0]


def stored(story: Story) -> list[list[tuple[int | None, bool]]]:
    """What the judge has scored, entry by entry in the order of codes, criterion by criterion."""
    own = [line.assignment_id for line in ask(judges_list, story.judge, stage_id=story.stage_id).lines]
    cards = [
        {score.criterion_key: score for score in ask(own_card, story.judge, assignment_id=key).scores} for key in own
    ]
    return [
        [(card[key].points, card[key].cannot_judge) for key in story.criteria.values() if key in card] for card in cards
    ]


def comment(story: Story, reader: CommentReader) -> list[str]:
    with reading() as db:
        rows = [comments_of(db, row.id) for row in assignments_of(db, story, story.judge)]
    return [row[reader].text for row in rows if reader in row]


def test_an_evening_by_keyboard_alone(
    story: Story, laurel: RunningLaurel, smtp: MailServer, browser: Browser, tmp_path: Path
) -> None:
    judge = visitor(browser, laurel.url, smtp)
    try:
        by_keys(story, judge)
    finally:
        judge.page.screenshot(path=tmp_path / "judge.png")
        judge.leave()


def by_keys(story: Story, judge: Visitor) -> None:
    page, keys = judge.page, judge.page.keyboard
    page.goto(judge.url + invitation(judge, story))
    judge.press_by_key("button Accept the invitation")
    judge.settle()

    judge.press_by_key("How to judge")
    judge.see("Judge alone, and from the entry alone.")
    judge.press_by_key("button Go to my entries")
    judge.see("0 of 2 entries are scored.")
    judge.settle()
    judge.press_by_key("button Begin")
    expect(page.locator(".document .page img").first).to_be_visible()
    judge.settle()
    first = page.locator("h1").inner_text()

    keys.press(".")
    expect(page.locator(".document .place")).to_have_text("Page 2 of 2")
    keys.type("4")
    judge.has_focus("4")
    judge.see("1 of 2 scored")
    judge.has_focus("4")
    keys.type("nx")
    judge.see("2 of 2 scored")
    judge.has_focus("Cannot judge")
    keys.type("p5")
    judge.see("5: Level 5")
    judge.has_focus("5")
    keys.press("e")
    keys.type("Would 4 rivers do? next: n, x.")
    expect(page.locator(".autosave .state").first).to_contain_text("Saved")
    keys.press("Escape")
    judge.has_focus("5")
    assert stored(story)[0] == [(5, False), (None, True)]

    page.evaluate(AT_ONCE, ["j", "4"])  # the 4 comes before the next entry does, and is nobody's
    expect(page.locator("h1")).not_to_have_text(first)
    judge.has_focus("Answers")
    judge.see("0 of 2 scored")
    keys.type("3n2")
    judge.see("2 of 2 scored")
    keys.press("?")
    judge.has_focus("Use these keys")
    keys.press("Escape")
    judge.has_focus("2")
    assert stored(story) == [[(5, False), (None, True)], [(3, False), (2, False)]]
    assert comment(story, CommentReader.ENTRANT) == ["Would 4 rivers do? next: n, x."]

    keys.press("j")  # there is no further entry, so it leads to the list
    judge.see("2 of 2 entries are scored.")
    judge.settle()
    judge.press_by_key("button I have finished")
    judge.see("can then no longer be changed")
    judge.press_by_key("button Finish and lock my scores")
    judge.see("You have finished, and your scores are locked.")


@pytest.mark.prove
def test_on_a_phone_no_word_is_lost_when_the_connection_is(
    story: Story, laurel: RunningLaurel, smtp: MailServer, browser: Browser
) -> None:
    judge = visitor(browser, laurel.url, smtp, width=390)
    page = judge.page
    judge.follow(invitation(judge, story), "Accept the invitation")
    judge.go("/judging")
    judge.press("Begin")
    card, answers = page.locator(".st-key-pane-card"), page.locator(".st-key-pane-entry")
    expect(answers).to_be_visible()
    expect(card).to_be_hidden()
    judge.press("Score · 0 of 2")
    expect(card).to_be_visible()
    expect(answers).to_be_hidden()
    widths = "document.documentElement.scrollWidth > window.innerWidth + 1"
    small = """() => [...document.querySelectorAll(".stMain button, [data-testid=stBottom] button")]
        .map((each) => [each.textContent, each.getBoundingClientRect()])
        .filter(([, { width, height }]) => height && (height < 44 || width < 24)).map(([text]) => text)"""
    assert (page.evaluate(widths), page.evaluate(small)) == (False, [])

    area = page.get_by_label("Comment for the entrant", exact=True)
    area.focus()
    page.keyboard.type("The plan for the first season ")
    expect(page.locator(".autosave .state").first).to_contain_text("Saved")
    judge.context.set_offline(True)
    page.keyboard.type("convinces where rivers are slow")
    expect(page.locator(".autosave .state").first).to_contain_text("No connection")
    judge.context.set_offline(False)
    page.keyboard.type(", and less")
    whole = "The plan for the first season convinces where rivers are slow, and less"
    expect(page.locator(".autosave .state").first).to_contain_text("Saved")
    wait_until(lambda: comment(story, CommentReader.ENTRANT) == [whole], "the sentence is not stored")
    expect(area).to_be_focused()

    page.reload()
    judge.settle()
    judge.press("Score · 0 of 2")
    expect(page.get_by_label("Comment for the entrant", exact=True)).to_have_value(whole)

    other = judge.context.new_page()
    other.goto(page.url)
    other.get_by_role("button", name="Score · 0 of 2").click()
    other.get_by_label("Comment for the entrant", exact=True).fill("Said in the other tab")
    wait_until(lambda: comment(story, CommentReader.ENTRANT) == ["Said in the other tab"], "not stored")
    page.get_by_label("Comment for the entrant", exact=True).fill("Said in the first tab, later")
    expect(page.locator(".autosave .state").first).to_contain_text("Saved")
    wait_until(lambda: comment(story, CommentReader.ENTRANT) == ["Said in the first tab, later"], "not stored")
    judge.leave()


def test_the_secretariat_watches_judges_come_along_without_asking_again(
    story: Story, laurel: RunningLaurel, smtp: MailServer, browser: Browser
) -> None:
    secretary = visitor(browser, laurel.url, smtp)
    secretary.sign_in_as(story.secretariat)
    secretary.open("Judges")
    secretary.see("0 of 2")

    first = transact(lambda db: assignments_of(db, story, story.judge)[0].id)
    for key in story.criteria.values():
        do(save_score, story.judge, assignment_id=first, criterion_key=key, points=4)

    secretary.see("1 of 2")
    secretary.leave()
