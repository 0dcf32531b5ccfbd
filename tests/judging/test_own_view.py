"""A team sees its entry exactly as judges see it, before the closing and after."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from sqlmodel import col, select

from accounts.actors import LAUREL
from judging.blinding import BlindAnswer, BlindFile, blind_answers
from judging.models import JudgesCopy
from judging.own_view import as_judges_see, own_copy_to_read, own_words_of_page
from judging.room import entry_to_judge
from prize.closing import close_stage
from prize.entries.models import CheckState, Entry, NameCheck
from storage import clock
from storage.cleaning.types import PDF
from storage.database import reading, transact
from storage.errors import NOT_YOURS, Refused
from tests.databases import Given
from tests.judging.test_copies import add
from tests.prize.entries.test_name_checks import submit_and_close, work
from tests.stories import CLOSES, DAY, Chapter, Story, answers_of, assignments_of, document_of, told, write
from tests.world import ask, do

METHOD = "Mussels filter the water, and we count them."
ASKED = "How does it work?"
DOCUMENT = "A document with figures"


def seen(story: Story) -> tuple[BlindAnswer, ...]:
    return ask(as_judges_see, story.entrant, entry_id=story.entry_id).answers


def copy_of(story: Story) -> UUID:
    with reading() as db:
        return db.exec(select(JudgesCopy.id).where(col(JudgesCopy.entry_id) == story.entry_id)).one()


def test_a_draft_is_shown_as_if_its_stage_closed_now(database: Given) -> None:
    story = told(Chapter.WRITTEN)
    add(story, document_of("Acorn Labs"), "Acorn Labs.pdf", PDF)
    assert [(answer.text, answer.ready) for answer in seen(story)] == [("", False), ("", True)]

    work()

    view = ask(as_judges_see, story.entrant, entry_id=story.entry_id)
    [(file,)] = [answer.files for answer in view.answers if answer.files]
    assert view.answers == (
        BlindAnswer(ASKED, METHOD, True, False, ()),
        BlindAnswer(DOCUMENT, "", True, False, (BlindFile(file.id, "Document 1", False, False, False, ()),)),
    )
    assert (view.closed, view.submitted) == (False, False)
    assert [question.wording for question in view.hidden] == ["Who are you?"]


def test_a_draft_that_names_its_team_is_kept_back_as_it_will_be(sqlite: Given) -> None:
    story = told(Chapter.WRITTEN)
    named = {story.questions["method"]: "Acorn Labs counts mussels, and has done so for years."}
    transact(lambda db: write(db, story.entrant, story.entry_id, named, number=2))

    work()

    assert [(answer.text, answer.ready) for answer in seen(story)] == [("", False), ("", True)]


def test_after_the_closing_it_is_what_a_judge_reads_without_the_code(sqlite: Given) -> None:
    story = told(Chapter.ASSIGNED)
    with reading() as db:
        assignment = assignments_of(db, story, story.judge)[0]

    room = ask(entry_to_judge, story.judge, assignment_id=assignment.id)

    assert room.answers == seen(story)
    assert room.answers[0].text == answers_of(story, "")[story.questions["method"]]


def test_the_copies_are_read_by_the_team_under_names_without_the_code(sqlite: Given) -> None:
    story = told(Chapter.WRITTEN)
    add(story, document_of("Nobody in particular"), "Acorn Labs.pdf", PDF)
    submit_and_close(story)
    work()
    copy_id = copy_of(story)
    with reading() as db:
        code = db.get_one(Entry, story.entry_id).code
        [blind] = [file for answer in blind_answers(db, story.entry_id) for file in answer.files]
    assert code
    assert code in blind.name
    one = {"copy_id": copy_id}

    [shown] = [file for answer in seen(story) for file in answer.files]
    sent = ask(own_copy_to_read, story.entrant, **one)
    page = ask(own_copy_to_read, story.entrant, **one, page=1)

    assert (shown.name, shown.ready, shown.ratios) == ("document-1.pdf", True, blind.ratios)
    assert (sent.name, page.name) == ("document-1.pdf", "document-1.pdf-1.webp")
    assert ask(own_words_of_page, story.entrant, **one, page=1).lines


def test_what_judges_do_not_read_and_what_is_another_teams_is_not_sent(sqlite: Given) -> None:
    story = told(Chapter.WRITTEN)
    add(story, document_of("Nobody in particular"), "figures.pdf", PDF)
    submit_and_close(story)
    work()
    one = {"copy_id": copy_of(story)}

    for actor, arguments in ((story.entrants["bela"], one), (story.entrant, {"copy_id": uuid4()})):
        with pytest.raises(Refused) as refusal:
            ask(own_copy_to_read, actor, **arguments)
        assert refusal.value.words == NOT_YOURS
    with pytest.raises(Refused):
        ask(own_copy_to_read, story.entrant, **one, page=99)

    def withhold(db) -> None:
        for check in db.exec(select(NameCheck).where(col(NameCheck.entry_id) == story.entry_id)).all():
            check.state = CheckState.WITHHELD
            db.add(check)

    transact(withhold)
    with pytest.raises(Refused):
        ask(own_copy_to_read, story.entrant, **one)
    with pytest.raises(Refused):
        ask(own_words_of_page, story.entrant, **one, page=1)


def test_of_an_entry_that_was_not_submitted_judges_get_nothing(sqlite: Given) -> None:
    story = told(Chapter.WRITTEN)
    transact(lambda db: clock.move_to(db, CLOSES + DAY))
    do(close_stage, LAUREL, stage_id=story.stage_id)

    view = ask(as_judges_see, story.entrant, entry_id=story.entry_id)

    assert (view.closed, view.submitted, view.answers) == (True, False, ())
