"""What differs between two versions of a form, and whether what was submitted is touched by it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from prize.form_differences import differences
from prize.models import QuestionKind
from prize.questions import Condition, QuestionShown
from tests.prize.test_questions import question

METHOD = question(QuestionKind.TEXT, wording="How?", word_limit=50)
RIVER = question(QuestionKind.CHOICE, wording="Which river?", options=("Thames", "Severn"))
OPTIONAL = question(QuestionKind.TEXT, wording="Anything else?", required=False)


@pytest.mark.parametrize(
    ("changed", "words", "touches"),
    [
        (replace(METHOD, wording="How, in short?"), "“How?” now reads “How, in short?”", False),
        (replace(METHOD, help="In short."), "“How?” has other words beside it", False),
        (replace(METHOD, word_limit=80), "“How?” may have up to 80 words", False),
        (replace(METHOD, word_limit=None), "“How?” may have any length", False),
        (replace(METHOD, word_limit=40), "“How?” may have up to 40 words", True),
        (replace(METHOD, required=False), "“How?” is now optional", False),
        (
            replace(METHOD, topic=True),
            "“How?” says what an entry is about, by which judges who know it are sought",
            False,
        ),
        (replace(METHOD, kind=QuestionKind.DATE), "“How?” is now answered by a date, not by a text", True),
        (replace(METHOD, reveals_identity=True), "“How?” is no longer seen by judges", True),
        (
            replace(METHOD, condition=Condition(RIVER.key, ("Thames",))),
            "“How?” is asked after other answers than before",
            True,
        ),
    ],
)
def test_a_question_that_was_changed_is_told_with_what_it_means(
    changed: QuestionShown, words: str, touches: bool
) -> None:
    [found] = differences((RIVER, METHOD), (RIVER, changed))

    assert (found.words, found.touches) == (words, touches)


@pytest.mark.parametrize(
    ("before", "after", "words", "touches"),
    [
        ((METHOD,), (METHOD,), [], False),
        ((METHOD,), (METHOD, OPTIONAL), ["New question, optional: “Anything else?”"], False),
        ((METHOD,), (METHOD, RIVER), ["New question, has to be answered: “Which river?”"], True),
        ((METHOD, RIVER), (METHOD,), ["No longer asked: “Which river?”"], True),
        ((METHOD, RIVER), (RIVER, METHOD), ["The questions stand in another order"], False),
        (
            (RIVER,),
            (replace(RIVER, options=("Thames", "Severn", "Tees")),),
            ["“Which river?” has other options"],
            False,
        ),
        ((RIVER,), (replace(RIVER, options=("Thames", "Tees")),), ["“Which river?” has other options"], True),
    ],
)
def test_a_form_that_was_changed_is_told(
    before: tuple[QuestionShown, ...], after: tuple[QuestionShown, ...], words: list[str], touches: bool
) -> None:
    found = differences(before, after)

    assert [one.words for one in found] == words
    assert any(one.touches for one in found) is touches
