"""What is said of a question wherever it stands: when it is asked, which answer fits, and who reads it."""

from __future__ import annotations

from collections.abc import Sequence

from prize.models import QuestionKind, Visibility
from prize.questions import QuestionShown, condition_words
from storage.values import currency_sign, size_words


def limits(question: QuestionShown, questions: Sequence[QuestionShown], *, options: bool = True) -> list[str]:
    """When a question of a form is asked and what its answer has to be, in sentences.

    Where the ``options`` of a choice stand beside it, they are not said again.
    """
    shape = _shape(question) if options or question.kind is not QuestionKind.CHOICE else ""
    said = [condition_words(question, questions), shape]
    if question.word_limit and question.kind is not QuestionKind.DECLARATION:
        said.append(f"Up to {question.word_limit:,} words")
    return [words if words.endswith(("?", "!", ".")) else f"{words}." for words in said if words]


def who_reads(question: QuestionShown, visibility: Visibility, *, revealed: bool) -> str:
    """Which part of an answer's readers is left out; empty when judges read it.

    ``revealed``: judges see names when they have scored the rest. A file that reveals identity has no copy for any.
    """
    if question.confidential:
        return "Only the prize team reads this."
    if not question.reveals_identity:
        return ""
    if question.kind is QuestionKind.FILE:
        return "Judges do not see this."
    if visibility is not Visibility.BLIND:
        return ""
    return "Judges see this only after they have scored the rest." if revealed else "Judges do not see this."


def _shape(question: QuestionShown) -> str:
    match question.kind:
        case QuestionKind.FILE if question.size_limit:
            return f"A file of up to {size_words(question.size_limit)}"
        case QuestionKind.CHOICE:
            return f"One of: {', '.join(question.options)}"
        case QuestionKind.NUMBER | QuestionKind.BASELINE if question.unit:
            return f"A number in {question.unit}"
        case QuestionKind.MONEY:
            return f"A sum in {currency_sign(question.unit)}"
        case QuestionKind.DATE:
            return "A date"
        case QuestionKind.TEAM:
            return "The name and role of each person, one a line"
        case QuestionKind.DECLARATION:
            most = f", in up to {question.word_limit:,} words" if question.word_limit else ""
            return f"Yes or no; if yes{most}: {question.particulars}" if question.particulars else "Yes or no"
    return ""
