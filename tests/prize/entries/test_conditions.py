"""Questions that are asked after certain answers alone, and people whom an answer names: drafted, submitted, judged."""

from __future__ import annotations

import pytest

from judging.judges import state_conflicts
from judging.room import entry_to_judge
from prize.entries.conflicts import in_conflict
from prize.entries.own import OwnEntry, own_entries, own_entry
from prize.entries.screening import screened_entry
from prize.entries.submission import submit_entry
from prize.form import add_question
from prize.models import QuestionKind
from storage.database import reading, transact
from storage.errors import Invalid
from tests.databases import Given
from tests.prize.entries.test_name_checks import begin_judging, names_seen_by_the_team, submit_and_close, work
from tests.stories import Chapter, Story, assignments_of, attach, document_of, go_on, told, write
from tests.world import ask, do

STRANGER_TO_LAUREL = "Quintessa Oldroyd"


@pytest.fixture
def story(sqlite: Given) -> Story:
    """A team has written what is always asked. Of the Thames alone it is also asked since when it knows it."""
    story = told(Chapter.READY)
    where = {"prize_id": story.prize_id, "stage_id": story.stage_id}

    def also(name: str, kind: QuestionKind, wording: str, **more: object) -> None:
        story.questions[name] = do(add_question, story.designer, **where, kind=kind, wording=wording, **more)

    also("river", QuestionKind.CHOICE, "Which river?", options=("Thames", "Severn"), required=False)
    after = {"only_if": story.questions["river"], "only_if_answers": ("Thames",)}
    also("since", QuestionKind.DATE, "Since when?", **after)
    also("cost", QuestionKind.MONEY, "What does it cost?", **after)
    also("people", QuestionKind.TEAM, "Who takes part?", required=False)
    go_on(story, Chapter.READY, Chapter.WRITTEN)
    return story


def answer(story: Story, number: int = 2, **answers: str) -> None:
    said = {story.questions[name]: text for name, text in answers.items()}
    transact(lambda db: write(db, story.entrant, story.entry_id, said, number=number))


def entry_of(story: Story) -> OwnEntry:
    return ask(own_entry, story.entrant, entry_id=story.entry_id)


def asked(story: Story) -> list[str]:
    return [answer.question.wording for answer in entry_of(story).answers]


ALWAYS = ["How does it work?", "Who are you?", "A document with figures", "Which river?", "Who takes part?"]


def test_a_question_is_asked_counted_and_required_only_after_the_answer_that_it_names(story: Story) -> None:
    assert asked(story) == ALWAYS
    [line] = ask(own_entries, story.entrant)
    assert (line.answered, line.questions) == (5, 5)

    answer(story, river="Thames")

    assert asked(story) == [*ALWAYS[:4], "Since when?", "What does it cost?", ALWAYS[4]]
    [line] = ask(own_entries, story.entrant)
    assert (line.answered, line.questions) == (5, 7)
    with pytest.raises(Invalid, match="“Since when\\?” has no answer yet"):
        do(submit_entry, story.entrant, entry_id=story.entry_id, accepts_rules=True)


def test_what_was_written_to_a_question_that_is_no_longer_asked_is_kept_and_not_submitted(story: Story) -> None:
    answer(story, river="Thames", since="2020-03-01", cost="1250.5")
    answer(story, river="Severn", number=3)

    do(submit_entry, story.entrant, entry_id=story.entry_id, accepts_rules=True)

    seen = ask(screened_entry, story.secretariat, entry_id=story.entry_id)
    assert [answer.question.wording for answer in seen.answers] == ALWAYS
    assert not entry_of(story).changed_since
    answer(story, river="Thames", number=4)
    assert {a.question.wording: a.text for a in entry_of(story).answers}["Since when?"] == "2020-03-01"
    assert entry_of(story).changed_since


@pytest.mark.parametrize(
    ("river", "read"),
    [
        ("Thames", [("Which river?", "Thames"), ("Since when?", "1 March 2020"), ("What does it cost?", "£1,250.50")]),
        ("Severn", [("Which river?", "Severn")]),
    ],
)
def test_judges_read_the_questions_that_were_asked_and_not_who_takes_part(
    story: Story, river: str, read: list[tuple[str, str]]
) -> None:
    answer(story, river=river, since="2020-03-01", cost="1250.5", people="Erin, lead\nEd, diver")
    submit_and_close(story)
    begin_judging(story)
    with reading() as db:
        assignment = assignments_of(db, story, story.judge)[0]

    shown = ask(entry_to_judge, story.judge, assignment_id=assignment.id)

    assert [(each.wording, each.text) for each in shown.answers][2:] == read


def test_somebody_whom_an_answer_names_is_looked_for_in_what_judges_read(story: Story) -> None:
    answer(story, method=f"{STRANGER_TO_LAUREL} counts mussels.")
    work()
    assert names_seen_by_the_team(story) == ()

    answer(story, people=f"Erin, lead\n{STRANGER_TO_LAUREL}, diver", number=3)
    work()

    [found] = names_seen_by_the_team(story)
    assert [hit.name for hit in found.hits] == [STRANGER_TO_LAUREL]


def test_a_file_that_was_searched_before_somebody_was_named_is_searched_again(story: Story) -> None:
    document = document_of(STRANGER_TO_LAUREL)
    transact(lambda db: attach(db, story.entrant, story.entry_id, story.questions["document"], document, "a.pdf"))
    work()
    assert names_seen_by_the_team(story) == ()

    answer(story, people=f"{STRANGER_TO_LAUREL}, diver")
    work()

    assert {hit.name for found in names_seen_by_the_team(story) for hit in found.hits} == {STRANGER_TO_LAUREL}


def test_a_judge_who_names_somebody_of_an_answer_about_the_team_is_in_conflict(story: Story) -> None:
    answer(story, people=f"{STRANGER_TO_LAUREL}, engineer")
    submit_and_close(story)
    begin_judging(story)

    do(state_conflicts, story.judge, stage_id=story.stage_id, statements=(STRANGER_TO_LAUREL,))

    assert transact(lambda db: in_conflict(db, story.judge.person_id, story.entry_id))
