"""The entry form as its designers write it: questions added, changed, copied, moved and taken out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from prize.form import add_question, change_question, copy_question, form, move_question, remove_question
from prize.models import QuestionKind
from prize.questions import QuestionShown, asked_of, by_section
from prize.readiness import readiness
from storage.errors import Invalid, Stale
from tests.databases import Given
from tests.stories import Chapter, Story, told
from tests.world import ask, do

RIVERS = ("Thames", "Severn")
CHOICE = {"kind": QuestionKind.CHOICE, "options": RIVERS}


def add(story: Story, wording: str, kind: QuestionKind = QuestionKind.TEXT, **more: Any) -> UUID:
    where = {"prize_id": story.prize_id, "stage_id": story.stage_id}
    key: UUID = do(add_question, story.designer, **where, kind=kind, wording=wording, **more)
    return key


def act(story: Story, command: Any, key: UUID, **more: Any) -> Any:
    where = {"prize_id": story.prize_id, "stage_id": story.stage_id}
    return do(command, story.designer, **where, question_key=key, **more)


def questions(story: Story) -> dict[str, QuestionShown]:
    shown = ask(form, story.designer, prize_id=story.prize_id, stage_id=story.stage_id)
    return {question.wording: question for question in shown}


def test_a_question_is_changed_where_it_stands(database: Given) -> None:
    story = told(Chapter.READY)

    version = act(
        story, change_question, story.questions["method"], version=1, kind=QuestionKind.NUMBER, wording="How many?"
    )

    changed = questions(story)["How many?"]
    assert list(questions(story)) == ["How many?", "Who are you?", "A document with figures"]
    assert (changed.key, changed.kind, changed.word_limit) == (story.questions["method"], QuestionKind.NUMBER, None)
    assert changed.version == version == 2
    with pytest.raises(Stale):
        act(story, change_question, changed.key, version=1, kind=QuestionKind.TEXT, wording="How?")


def test_a_copy_stands_below_its_original_and_is_a_question_of_its_own(database: Given) -> None:
    story = told(Chapter.READY)

    key = act(story, copy_question, story.questions["method"])
    act(story, change_question, key, version=1, kind=QuestionKind.TEXT, wording="And then?", word_limit=50)

    assert list(questions(story)) == ["How does it work?", "And then?", "Who are you?", "A document with figures"]
    assert questions(story)["And then?"].word_limit == 50


def test_what_names_the_team_always_reveals_identity_and_a_declaration_is_always_answered(sqlite: Given) -> None:
    story = told(Chapter.READY)

    add(story, "Your team", QuestionKind.TEAM, reveals_identity=False)
    add(story, "Are you funded?", QuestionKind.DECLARATION, required=False)
    add(story, "What does it cost?", QuestionKind.MONEY, unit="bananas")

    assert questions(story)["Your team"].reveals_identity
    assert questions(story)["Are you funded?"].required
    assert questions(story)["What does it cost?"].unit == "GBP"


def test_a_question_on_which_another_depends_keeps_its_place_above_it_and_its_answers(database: Given) -> None:
    story = told(Chapter.READY)
    river = add(story, "Which river?", QuestionKind.CHOICE, options=RIVERS)
    lock = add(story, "Which lock?", only_if=river, only_if_answers=("Thames",))

    with pytest.raises(Invalid, match="“Which lock\\?” is asked only after certain answers to this question"):
        act(story, remove_question, river)
    for key, up in ((lock, True), (river, False)):
        with pytest.raises(Invalid, match="so it has to stand below it"):
            act(story, move_question, key, up=up)
    changed = {"version": 1, "kind": QuestionKind.CHOICE, "wording": "Which river?"}
    with pytest.raises(Invalid, match="“Thames”, which is none of its answers"):
        act(story, change_question, river, **changed, options=("Tees", "Severn"))
    with pytest.raises(Invalid, match="would tell them its answer"):
        act(story, change_question, river, **changed, options=RIVERS, reveals_identity=True)

    assert [(shown.wording, shown.version) for shown in questions(story).values()][-2:] == [
        ("Which river?", 1),
        ("Which lock?", 1),
    ]
    act(story, remove_question, lock)
    act(story, remove_question, river)
    assert all(check.done for check in ask(readiness, story.designer, prize_id=story.prize_id))


def test_a_condition_is_about_an_earlier_question_of_the_same_form(sqlite: Given) -> None:
    story, other = told(Chapter.READY), told(Chapter.READY, "elsewhere")
    elsewhere = add(other, "Which river?", QuestionKind.CHOICE, options=RIVERS)

    with pytest.raises(Invalid, match="a question that the form does not have"):
        add(story, "Which lock?", only_if=elsewhere, only_if_answers=("Thames",))
    with pytest.raises(Invalid, match="none of its answers"):
        add(story, "Which lock?", only_if=story.questions["method"], only_if_answers=("Thames",))

    assert "Which lock?" not in questions(story)


def test_a_heading_begins_a_section_to_which_the_questions_below_belong(database: Given) -> None:
    story = told(Chapter.READY)
    add(story, "What does it cost?", QuestionKind.MONEY, heading="Money")
    add(story, "Who pays?")
    add(story, "Anything else?", heading="At the end")

    sections = by_section(questions(story).values(), lambda question: question)

    assert [heading for heading, _ in sections] == ["", "Money", "At the end"]
    assert [question.wording for question in sections[1][1]] == ["What does it cost?", "Who pays?"]


def test_a_section_keeps_its_heading_when_its_first_question_is_not_asked(sqlite: Given) -> None:
    story = told(Chapter.READY)
    funded = add(story, "Are you funded?", QuestionKind.DECLARATION)
    add(story, "By whom?", heading="Money", only_if=funded, only_if_answers=("yes",))
    add(story, "What does it cost?", QuestionKind.MONEY)

    asked = asked_of(tuple(questions(story).values()), {funded: "no"})

    assert [(question.section, question.wording) for question in asked[-1:]] == [("Money", "What does it cost?")]
    assert "By whom?" not in [question.wording for question in asked]


def test_one_choice_that_judges_read_says_what_an_entry_is_about(database: Given) -> None:
    story = told(Chapter.READY)
    river = add(story, "Which river?", QuestionKind.CHOICE, options=RIVERS, topic=True)
    other = add(story, "Which bank?", QuestionKind.CHOICE, options=("Left", "Right"))

    with pytest.raises(Invalid, match="“Which river\\?” is the topic already"):
        act(story, change_question, other, version=1, wording="Which bank?", **CHOICE, topic=True)
    act(story, change_question, river, version=1, wording="Which river?", **CHOICE)
    act(story, change_question, other, version=1, wording="Which bank?", **CHOICE, topic=True)

    assert {key: one.topic for key, one in questions(story).items() if one.kind is QuestionKind.CHOICE} == {
        "Which river?": False,
        "Which bank?": True,
    }


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"kind": QuestionKind.TEXT}, "so it has to be a choice"),
        ({"reveals_identity": True}, "would tell them its answer"),
        ({"confidential": True}, "would tell them its answer"),
    ],
)
def test_what_judges_do_not_choose_from_or_do_not_read_cannot_be_the_topic(
    sqlite: Given, asked: dict[str, Any], words: str
) -> None:
    story = told(Chapter.READY)
    before = questions(story)

    with pytest.raises(Invalid, match=words):
        add(story, **{"wording": "Where?", "options": RIVERS, "kind": QuestionKind.CHOICE, **asked}, topic=True)

    assert questions(story) == before


def test_a_copy_of_the_topic_is_a_plain_question(sqlite: Given) -> None:
    story = told(Chapter.READY)
    river = add(story, "Which river?", QuestionKind.CHOICE, options=RIVERS, topic=True)

    copy = act(story, copy_question, river)

    shown = ask(form, story.designer, prize_id=story.prize_id, stage_id=story.stage_id)
    assert {one.key: one.topic for one in shown if one.key in (river, copy)} == {river: True, copy: False}
