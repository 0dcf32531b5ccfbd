"""Which answers fit a question, how they read, and after which answers a question is asked."""

from __future__ import annotations

import dataclasses
from uuid import uuid4

import pytest

from prize.models import QuestionKind
from prize.questions import (
    Condition,
    QuestionShown,
    answer_words,
    asked_of,
    condition_words,
    misfit,
    what_does_not_hold,
)


def question(kind: QuestionKind, **more: object) -> QuestionShown:
    plain = QuestionShown(uuid4(), 1, kind, "Which river?", "", True, False, False, None, None, "", ())
    return dataclasses.replace(plain, **more)  # type: ignore[arg-type]


FUNDED = question(QuestionKind.DECLARATION, particulars="By whom?", word_limit=3)
LINES = "Write “name, role” for each person, on a line of its own."


@pytest.mark.parametrize(
    ("asked", "text", "words"),
    [
        (question(QuestionKind.TEXT), " \n", "“Which river?” has no answer yet."),
        (question(QuestionKind.TEXT, required=False), "", ""),
        (question(QuestionKind.TEXT, word_limit=2), "one two", ""),
        (question(QuestionKind.TEXT, word_limit=2), "one two three", "“Which river?” is 1 word over its limit of 2."),
        (question(QuestionKind.TEXT, word_limit=2), "1 2 3 4", "“Which river?” is 2 words over its limit of 2."),
        (question(QuestionKind.CHOICE, options=("Thames", "Severn")), "Thames", ""),
        (question(QuestionKind.CHOICE, options=("Thames",)), "Rhine", "“Which river?” needs one of its options."),
        (question(QuestionKind.NUMBER), "1,200.5", ""),
        (question(QuestionKind.NUMBER), "twelve", "“Which river?” needs a number in plain digits."),
        (question(QuestionKind.BASELINE), "Infinity", "“Which river?” needs a number."),
        (question(QuestionKind.CONSENT), "yes", ""),
        (question(QuestionKind.CONSENT), "no", "“Which river?” needs your consent."),
        (question(QuestionKind.MONEY, unit="GBP"), "250,000.5", ""),
        (question(QuestionKind.MONEY, unit="GBP"), "0", ""),
        (question(QuestionKind.MONEY, unit="GBP"), "-1", "“Which river?” cannot be less than nothing."),
        (question(QuestionKind.MONEY), "1.005", "“Which river?” has more than two decimals. Round it."),
        *(
            (
                question(QuestionKind.MONEY),
                text,
                "“Which river?” needs a sum of money in plain digits, such as 250,000 or 99.50.",
            )
            for text in ("lots", "1e5", "NaN", "£5", "9" * 16, "٣")
        ),
        (question(QuestionKind.DATE), "2027-02-28", ""),
        *(
            (question(QuestionKind.DATE), text, "“Which river?” needs a date.")
            for text in ("2027-02-29", "28/02/2027", "20270228", "0001-01-01", "soon")
        ),
        (question(QuestionKind.TEAM), "Ada Byron, lead\n\nBo, does the sums, and tests", ""),
        (question(QuestionKind.TEAM), "Ada Byron", f"“Which river?” lacks the role of Ada Byron. {LINES}"),
        (question(QuestionKind.TEAM), "Ada, lead\n, baker", f"“Which river?” has a line without a name. {LINES}"),
        (FUNDED, "", "“Which river?” has no answer yet."),
        (FUNDED, "no", ""),
        (FUNDED, "perhaps", "“Which river?” needs a yes or a no."),
        (FUNDED, "yes", "“Which river?” needs particulars, since you answered yes."),
        (FUNDED, "yes\n  ", "“Which river?” needs particulars, since you answered yes."),
        (FUNDED, "yes\nThe water board", ""),
        (FUNDED, "yes\nThe water board gave", "“Which river?” is 1 word over its limit of 3."),
        (question(QuestionKind.DECLARATION), "yes", ""),
    ],
)
def test_an_answer_that_does_not_fit_is_told_why(asked: QuestionShown, text: str, words: str) -> None:
    assert misfit(asked, text) == words


@pytest.mark.parametrize(
    ("asked", "text", "words"),
    [
        (question(QuestionKind.TEXT), "Reeds.", "Reeds."),
        (question(QuestionKind.NUMBER, unit="MW"), "42", "42 MW"),
        (question(QuestionKind.MONEY, unit="GBP"), "250000.5", "£250,000.50"),
        (question(QuestionKind.MONEY, unit="JPY"), "250,000", "250,000\u00a0JPY"),
        (question(QuestionKind.MONEY, unit="GBP"), "not yet known", "not yet known"),
        (question(QuestionKind.DATE), "2027-03-03", "3 March 2027"),
        (question(QuestionKind.CONSENT), "yes", "Yes"),
        (FUNDED, "yes\nThe water board", "Yes\nThe water board"),
        (FUNDED, "no", "No"),
        (question(QuestionKind.DATE), "", ""),
    ],
)
def test_an_answer_is_read_as_people_write(asked: QuestionShown, text: str, words: str) -> None:
    assert answer_words(asked, text) == words


RIVER = question(QuestionKind.CHOICE, options=("Thames", "Severn", "Tees"))
FUNDS = question(QuestionKind.DECLARATION, wording="Are you funded?")
AGREES = question(QuestionKind.CONSENT, wording="May we write?", required=False)


def only_if(before: QuestionShown, *answers: str, **more: object) -> QuestionShown:
    asked = question(QuestionKind.TEXT, wording="Tell us more", **more)
    return dataclasses.replace(asked, condition=Condition(before.key, answers))


@pytest.mark.parametrize(
    ("before", "after", "text", "asked"),
    [
        (RIVER, ("Thames", "Tees"), "Tees", True),
        (RIVER, ("Thames", "Tees"), "Severn", False),
        (RIVER, ("Thames",), "", False),
        (FUNDS, ("yes",), "yes\nThe water board", True),
        (FUNDS, ("yes",), "no", False),
        (FUNDS, ("no",), "", False),
        (AGREES, ("yes",), "yes", True),
        (AGREES, ("no",), "", True),
        (AGREES, ("yes",), "", False),
    ],
)
def test_a_question_is_asked_after_the_answers_that_it_names(
    before: QuestionShown, after: tuple[str, ...], text: str, asked: bool
) -> None:
    dependent = only_if(before, *after)

    assert (dependent in asked_of((before, dependent), {before.key: text})) is asked


def test_what_hangs_on_a_question_that_is_not_asked_is_not_asked_either() -> None:
    which = dataclasses.replace(RIVER, condition=Condition(FUNDS.key, ("yes",)))
    last = only_if(which, "Thames")
    texts = {FUNDS.key: "no", which.key: "Thames"}

    assert asked_of((FUNDS, which, last), texts) == (FUNDS,)
    assert asked_of((FUNDS, which, last), {**texts, FUNDS.key: "yes"}) == (FUNDS, which, last)


def test_a_condition_is_said_with_the_number_of_the_question() -> None:
    dependent = only_if(FUNDS, "yes")
    other = only_if(RIVER, "Thames", "Tees")
    form = (RIVER, FUNDS, dependent, other)

    assert condition_words(dependent, form) == "Only if you answered “Yes” to question 2"
    assert condition_words(other, form) == "Only if you answered “Thames” or “Tees” to question 1"
    assert condition_words(RIVER, form) == ""


HIDDEN = dataclasses.replace(FUNDS, reveals_identity=True)


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ((FUNDS, only_if(FUNDS, "yes")), ""),
        ((only_if(FUNDS, "yes"),), "a question that the form does not have"),
        ((only_if(FUNDS, "yes"), FUNDS), "it has to stand below it"),
        ((RIVER, only_if(RIVER, "Rhine")), "answered by “Rhine”, which is none of its answers"),
        ((RIVER, only_if(RIVER)), "answered by nothing"),
        ((question(QuestionKind.TEXT), RIVER, only_if(RIVER, "Tees")), ""),
        ((HIDDEN, only_if(HIDDEN, "yes")), "would tell them its answer"),
        ((HIDDEN, only_if(HIDDEN, "yes", confidential=True)), ""),
    ],
)
def test_a_condition_that_cannot_be_followed_is_told(form: tuple[QuestionShown, ...], words: str) -> None:
    said = what_does_not_hold(form)

    assert (words in said) if words else not said


def test_what_others_read_is_not_asked_after_answers_that_only_the_prize_team_reads() -> None:
    insolvent = question(QuestionKind.DECLARATION, wording="Insolvent before?", confidential=True)
    after = Condition(insolvent.key, ("yes",))
    directors = question(QuestionKind.TEAM, wording="Which directors?", reveals_identity=True, condition=after)

    assert "Only the prize team reads “Insolvent before?”" in what_does_not_hold((insolvent, directors))
    assert what_does_not_hold((insolvent, dataclasses.replace(directors, confidential=True))) == ""
