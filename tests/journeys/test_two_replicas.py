"""Two web processes and two workers behind a proxy: one of each is killed under people at their browsers."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, expect

from accounts.actors import Actor
from judging.models import CommentReader
from judging.scorecards import comments_of
from prize.closing import STAGE_CLOSED
from prize.entries.own import own_entry
from prize.entries.searching import search_files
from storage.cleaning.child import Extracted
from storage.clock import move_to, now
from storage.database import reading, transact
from storage.jobs import reschedule
from storage.objects import blocks
from tests import stories
from tests.databases import Given
from tests.journeys.visitors import Visitor, visitor, wait_until
from tests.losses.processes import Installation, Process, Web, running
from tests.mailserver import MailServer
from tests.stores import GivenStore
from tests.stories import CLOSES, Chapter, Story, answers_of, assignments_of, attach, document_of, points_on_card, told
from tests.world import ask, sign_in

MEGABYTE = 1024 * 1024
SIZE = 40 * MEGABYTE
PACE = 6 * MEGABYTE
LATER = timedelta(days=300)

pytestmark = [pytest.mark.prove, pytest.mark.timeout(300)]


@pytest.fixture
def prizes(postgresql: Given, smtp: MailServer, bucket: GivenStore) -> tuple[Story, Story]:
    """One that is open, and one that is judged, whose copies for judges wait to be made."""
    judged = told(Chapter.WRITTEN, "-judged")

    def go_on(db: stories.Session) -> None:
        for name, entry_id in judged.entries.items():
            attach(db, judged.entrants[name], entry_id, judged.questions["document"], document_of("Nobody"), "a.pdf")
        for step, tell in stories._CHAPTERS.items():
            if Chapter.WRITTEN < step <= Chapter.ASSIGNED:
                for entry_id in judged.entries.values():
                    search_files(db, entry_id, lambda _: Extracted(()))  # the documents name nobody
                tell(db, judged)
        reschedule(db, STAGE_CLOSED, f"stage {judged.stage_id}", CLOSES + LATER)

    transact(go_on)
    story = told(Chapter.STARTED)
    postgresql.sql("UPDATE question SET size_limit = 209715200 WHERE size_limit IS NOT NULL")
    postgresql.sql(
        "UPDATE stage_dates SET closes_at = closes_at + interval '20 days' WHERE stage_id = :stage",
        stage=story.stage_id,
    )
    postgresql.sql(
        "UPDATE job SET run_at = run_at + interval '20 days' WHERE about = :one", one=f"stage {story.stage_id}"
    )
    transact(lambda db: move_to(db, CLOSES + timedelta(hours=1)))
    return story, judged


@pytest.fixture
def place(
    prizes: tuple[Story, Story], postgresql: Given, bucket: GivenStore, smtp: MailServer, tmp_path: Path
) -> Iterator[Installation]:
    env = {"DATABASE_URL": postgresql.address, **bucket.environment}
    with running(env, tmp_path, replicas=2, workers=2) as installation:
        yield installation


def come(place: Installation, browser: Browser, smtp: MailServer, actor: Actor) -> Visitor:
    """Somebody who is signed in already."""
    person = visitor(browser, place.url, smtp)
    sign_in(person.context, place.url, actor)
    return person


def who_is_sent_to(place: Installation) -> Web:
    """The web process to which a browser is sending just now."""
    before = place.proxy.sent.copy()
    time.sleep(0.5)
    grown = place.proxy.sent - before
    return next(web for web in place.webs if web.port == grown.most_common(1)[0][0])


def worker_with(place: Installation, given: Given, kind: str) -> Process:
    """The worker that has a job of this kind in its hands."""

    def holder() -> list[tuple[UUID]]:
        return given.sql("SELECT worker FROM job WHERE kind = :kind AND state = 'running'", kind=kind)

    wait_until(lambda: bool(holder()), f"no worker has begun to {kind}")
    name = str(holder()[0][0])
    return next(worker for worker in place.workers if name in worker.log())


def reconnected(person: Visitor) -> None:
    """Wait until the page has found another process by itself."""
    person.page.locator("[data-testid=stApp][data-test-connection-state=CONNECTED]").wait_for(timeout=30_000)
    person.settle()


def begin_again(*killed: Process) -> None:
    for process in killed:
        process.start()
    for process in killed:
        if isinstance(process, Web):
            process.wait()


def test_an_entrant_goes_on_and_submits_while_a_replica_and_a_worker_are_killed(
    place: Installation,
    prizes: tuple[Story, Story],
    postgresql: Given,
    browser: Browser,
    smtp: MailServer,
    tmp_path: Path,
) -> None:
    story, _ = prizes
    content = (b"%PDF-1.7\n" + os.urandom(SIZE))[:SIZE]
    (tmp_path / "figures.pdf").write_bytes(content)
    entrant = come(place, browser, smtp, story.entrant)
    entrant.go(f"/entry?entry={story.entry_id}")
    answers = answers_of(story, "Acorn Labs")
    entrant.write("How does it work?", answers[story.questions["method"]])

    place.proxy.pace = PACE
    entrant.page.locator("input[type=file]").first.set_input_files(tmp_path / "figures.pdf")
    time.sleep(2.5)
    first = who_is_sent_to(place)
    first.kill()
    entrant.page.get_by_label("Who are you?", exact=True).fill(answers[story.questions["team"]])
    expect(entrant.page.get_by_role("link", name="figures.pdf")).to_be_visible(timeout=60_000)
    place.proxy.pace = 0.0
    box = entrant.page.locator(".autosave", has=entrant.page.get_by_label("Who are you?", exact=True))
    expect(box.locator(".state")).to_contain_text("Saved", timeout=30_000)
    begin_again(first)

    smtp.hangs = True
    entrant.tick("We accept the rules, version 1")
    entrant.press("Submit entry")
    entrant.see("Entry submitted. Receipt")
    receipt = re.search(r"Receipt ([0-9A-Z-]{24})", entrant.page.locator("body").inner_text())
    other = next(web for web in place.webs if web is not first)
    worker = worker_with(place, postgresql, "send mail")
    worker.kill()
    other.kill()
    smtp.hangs = False
    reconnected(entrant)

    entrant.write("How does it work?", "Mussels filter the water, and we count them twice.")
    if not entrant.page.get_by_role("checkbox", name="We accept the rules, version 1").is_checked():
        entrant.tick("We accept the rules, version 1")
    entrant.press("Submit again")
    entrant.see("Entry submitted. Receipt")
    wait_until(lambda: len(receipts_by_mail(smtp)) == 2, "the other worker did not take the mail up", 40)

    shown = ask(own_entry, story.entrant, entry_id=story.entry_id)
    assert [answer.text for answer in shown.answers[:2]] == [
        "Mussels filter the water, and we count them twice.",
        answers[story.questions["team"]],
    ]
    [file] = shown.answers[2].files
    assert b"".join(blocks(f"{story.prize_id}/{file.sha256}")) == content
    assert receipt is not None
    assert shown.receipt is not None
    assert (shown.receipt.number, shown.receipt.files) == (2, (file,))
    assert receipts_by_mail(smtp) == {receipt[1], shown.receipt.code}
    begin_again(other, worker)
    entrant.leave()


def receipts_by_mail(smtp: MailServer) -> set[str]:
    own = [mail.text for mail in smtp.delivered if mail.recipients == ("erin@erin.example",)]
    return {found[1] for text in own if (found := re.search(r"Receipt: (\S+)", text))}


def test_a_judge_goes_on_scoring_while_a_replica_and_a_worker_are_killed(
    place: Installation, prizes: tuple[Story, Story], postgresql: Given, browser: Browser, smtp: MailServer
) -> None:
    _, story = prizes
    with reading() as db:
        assignment = assignments_of(db, story, story.judge)[0]
    judge = come(place, browser, smtp, story.judge)
    judge.go(f"/scoring?entry={assignment.id}")
    score(judge, "Need", 4)
    judge.see("1 of 2 scored")

    transact(lambda db: reschedule(db, STAGE_CLOSED, f"stage {story.stage_id}", now(db)))
    worker = worker_with(place, postgresql, "clean copy")
    worker.kill()
    comment = judge.page.get_by_label("Comment for the entrant", exact=True)
    comment.fill("The plan for the first season is the best part of this entry, and ")
    place.webs[0].kill()
    comment.press_sequentially("it says what it cannot do.", delay=20)
    box = judge.page.locator(".autosave", has=comment)
    expect(box.locator(".state")).to_contain_text("Saved", timeout=30_000)
    judge.settle()
    score(judge, "Method", 5)
    is_stored_by_itself(judge, assignment.id, story.criteria["method"], 5)
    judge.see("2 of 2 scored")
    begin_again(place.webs[0])

    place.webs[1].kill()
    score(judge, "Need", 2)
    is_stored_by_itself(judge, assignment.id, story.criteria["need"], 2)
    wait_until(lambda: copies(postgresql) == [("cleaned", 2)], "the other worker did not take the copies up", 60)
    judge.again()
    expect(judge.page.locator(".document .page img").first).to_be_visible(timeout=30_000)
    expect(judge.page.get_by_label("Comment for the entrant", exact=True)).to_have_value(
        "The plan for the first season is the best part of this entry, and it says what it cannot do."
    )

    with reading() as db:
        points = points_on_card(db, assignment.id)
        written = comments_of(db, assignment.id)[CommentReader.ENTRANT].text
    assert points == {story.criteria["need"]: 2, story.criteria["method"]: 5}
    assert written.endswith("it says what it cannot do.")
    judge.leave()


def score(judge: Visitor, criterion: str, points: int) -> None:
    group = judge.page.get_by_role("radiogroup", name=criterion)
    group.get_by_role("radio", name=str(points), exact=True).click()
    judge.settle()


def is_stored_by_itself(judge: Visitor, assignment_id: UUID, key: UUID, points: int) -> None:
    """A score that was chosen while no process listened is sent again until it is stored, and says so."""

    def stored() -> bool:
        with reading() as db:
            return points_on_card(db, assignment_id).get(key) == points

    wait_until(stored, "the score was not sent again", 60)
    judge.see(f"{points}: Level {points}")


def copies(given: Given) -> list[tuple[str, int]]:
    return [
        (str(state), int(count)) for state, count in given.sql("SELECT state, count(*) FROM judges_copy GROUP BY state")
    ]
