"""What a question asks: which answers fit it, how they read, and after which answers it is asked at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TypeVar
from uuid import UUID

from prize.models import QuestionKind
from storage.values import Money, date_words

Q = TypeVar("Q")

YES, NO = "yes", "no"
CONSENT_GIVEN = YES
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
_SUM = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,2})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
NUMBERS = (QuestionKind.NUMBER, QuestionKind.BASELINE)
YES_OR_NO = (QuestionKind.CONSENT, QuestionKind.DECLARATION)


@dataclass(frozen=True)
class Condition:
    """A question is asked only if the one with this key, which stands before it, is answered by one of ``answers``."""

    question_key: UUID
    answers: tuple[str, ...]


@dataclass(frozen=True)
class QuestionShown:
    """A question as entrants and the public see it.

    ``size_limit`` is in bytes; ``unit`` of money is its currency; ``particulars`` is what a declaration asks of whoever
    says yes. With a ``heading`` a section begins; ``section`` is the heading of the one to which the question belongs.
    The answer to the ``topic`` says what an entry is about.
    """

    key: UUID
    position: int
    kind: QuestionKind
    wording: str
    help: str
    required: bool
    reveals_identity: bool
    confidential: bool
    word_limit: int | None
    size_limit: int | None
    unit: str
    options: tuple[str, ...]
    particulars: str = ""
    condition: Condition | None = None
    heading: str = ""
    section: str = ""
    topic: bool = False
    version: int = 1

    @property
    def read_by_judges(self) -> bool:
        """Whether judges may know anything of the question and its answer."""
        return not self.reveals_identity and not self.confidential


@dataclass(frozen=True)
class PersonNamed:
    """Somebody whom an answer about the team names."""

    name: str
    role: str


def words_in(text: str) -> int:
    """How many words a text has, as entrants and limits count them."""
    return len(text.split())


def by_section(
    questions: Iterable[Q], question_of: Callable[[Q], QuestionShown]
) -> tuple[tuple[str, tuple[Q, ...]], ...]:
    """What belongs to questions, section by section in their order, with its heading, empty where there is none."""
    sections: dict[str, list[Q]] = {}
    for one in questions:
        sections.setdefault(question_of(one).section, []).append(one)
    return tuple((heading, tuple(those)) for heading, those in sections.items())


def particulars_in(text: str) -> str:
    """What follows the "yes" of an answer to a declaration."""
    return text.strip().partition("\n")[2].strip()


def people_in(text: str) -> tuple[PersonNamed, ...]:
    """The people of an answer about the team, which has a line "name, role" for each."""
    parts = [line.partition(",") for line in text.splitlines() if line.strip()]
    return tuple(PersonNamed(name.strip(), role.strip()) for name, _, role in parts)


def misfit(question: QuestionShown, text: str) -> str:
    """Why an answer cannot be submitted, in words; empty when it can. Files are looked at elsewhere."""
    name = f"“{question.wording}”"
    if not text.strip():
        return f"{name} has no answer yet." if question.required else ""
    counted = text
    match question.kind:
        case QuestionKind.CONSENT if text != CONSENT_GIVEN:
            return f"{name} needs your consent." if question.required else ""
        case QuestionKind.CHOICE if text not in question.options:
            return f"{name} needs one of its options."
        case QuestionKind.NUMBER | QuestionKind.BASELINE:
            try:
                if not Decimal(text.replace(",", "")).is_finite():
                    return f"{name} needs a number."
            except InvalidOperation:
                return f"{name} needs a number in plain digits."
        case QuestionKind.MONEY if wrong := _no_sum(text):
            return f"{name} {wrong}"
        case QuestionKind.DATE if day_in(text) is None:
            return f"{name} needs a date."
        case QuestionKind.TEAM if wrong := _no_people(text):
            return f"{name} {wrong}"
        case QuestionKind.DECLARATION:
            if given(question, text) not in (YES, NO):
                return f"{name} needs a yes or a no."
            counted = particulars_in(text)
            if question.particulars and given(question, text) == YES and not counted:
                return f"{name} needs particulars, since you answered yes."
    over = words_in(counted) - question.word_limit if question.word_limit else 0
    return (
        f"{name} is {over} word{'s' if over > 1 else ''} over its limit of {question.word_limit}." if over > 0 else ""
    )


def answer_words(question: QuestionShown, text: str) -> str:
    """An answer as people read it."""
    text = text.strip()
    if not text:
        return ""
    match question.kind:
        case QuestionKind.NUMBER | QuestionKind.BASELINE:
            return f"{text} {question.unit}".strip()
        case QuestionKind.MONEY if not _no_sum(text):
            return str(Money.of(Decimal(_digits(text)), question.unit))
        case QuestionKind.DATE if day := day_in(text):
            return date_words(day)
        case QuestionKind.CONSENT if text == CONSENT_GIVEN:
            return text.capitalize()
        case QuestionKind.DECLARATION if given(question, text) in (YES, NO):
            return f"{given(question, text).capitalize()}\n{particulars_in(text)}".strip()
    return text


def answers_to_choose(question: QuestionShown) -> tuple[str, ...]:
    """The answers after which a later question can be asked; none where they cannot be told beforehand."""
    return (YES, NO) if question.kind in YES_OR_NO else question.options


def given(question: QuestionShown, text: str) -> str:
    """Which of its answers to choose a question was given."""
    if question.kind is QuestionKind.CONSENT:
        return YES if text == CONSENT_GIVEN else NO
    return text.strip().partition("\n")[0] if question.kind is QuestionKind.DECLARATION else text


def choice_words(question: QuestionShown, answer: str) -> str:
    """One of a question's answers to choose, as people read it."""
    return answer.capitalize() if question.kind in YES_OR_NO else answer


def asked_of(questions: Sequence[QuestionShown], texts: Mapping[UUID, str]) -> tuple[QuestionShown, ...]:
    """The questions that are asked of whoever has answered like this, in the order of the form."""
    asked: dict[UUID, QuestionShown] = {}
    for question in questions:
        condition = question.condition
        if condition is not None:
            before = asked.get(condition.question_key)
            if before is None or given(before, texts.get(before.key, "")) not in condition.answers:
                continue
        asked[question.key] = question
    return tuple(asked.values())


def condition_words(question: QuestionShown, questions: Sequence[QuestionShown], who: str = "you") -> str:
    """After which answers a question is asked, in words; empty when it is always asked."""
    condition = question.condition
    before = next((one for one in questions if condition and one.key == condition.question_key), None)
    if condition is None or before is None:
        return ""
    number = 1 + list(questions).index(before)
    answers = " or ".join(f"“{choice_words(before, answer)}”" for answer in condition.answers)
    return f"Only if {who} answered {answers} to question {number}"


def what_does_not_hold(questions: Sequence[QuestionShown]) -> str:
    """Why the conditions of a form cannot be followed, in words; empty when they can."""
    by_key = {question.key: question for question in questions}
    earlier: set[UUID] = set()
    for question in questions:
        name, condition = f"“{question.wording}”", question.condition
        if condition is not None:
            before = by_key.get(condition.question_key)
            if before is None:
                return f"{name} is asked only after certain answers to a question that the form does not have."
            on = f"“{before.wording}”"
            if before.key not in earlier:
                return f"{name} is asked only after certain answers to {on}, so it has to stand below it."
            missing = [answer for answer in condition.answers if answer not in answers_to_choose(before)]
            if missing or not condition.answers:
                lost = f"“{missing[0]}”, which is none of its answers" if missing else "nothing"
                return f"{name} is asked only if {on} is answered by {lost}. Change first when {name} is asked."
            if question.read_by_judges and not before.read_by_judges:
                return (
                    f"Judges do not see {on}, and whether {name} is asked would tell them its answer. Keep {name} from "
                    "them for the same reason, or ask it always."
                )
            if before.confidential and not question.confidential:
                return (
                    f"Only the prize team reads {on}, and whether {name} is asked would tell others its answer. Let "
                    f"{name} be confidential too, or ask it always."
                )
        earlier.add(question.key)
    return ""


def topic_of(questions: Iterable[QuestionShown]) -> QuestionShown | None:
    """The question whose answer says what an entry is about, if the form has one that judges read."""
    return next((question for question in questions if question.topic and question.read_by_judges), None)


def no_topic(questions: Sequence[QuestionShown]) -> str:
    """Why a form cannot say like this what an entry is about, in words; empty when it can, or has no topic."""
    topics = [question for question in questions if question.topic]
    for question in topics:
        name = f"“{question.wording}”"
        if question.kind is not QuestionKind.CHOICE:
            return f"{name} cannot be the topic: judges say which of its options they know, so it has to be a choice."
        if not question.read_by_judges:
            return (
                f"{name} cannot be the topic: which judges are asked would tell them its answer, which they do not see."
            )
    if len(topics) > 1:
        return f"“{topics[0].wording}” is the topic already. A form has one: take the mark from that question first."
    return ""


def _digits(text: str) -> str:
    return "".join(text.split()).replace(",", "")


def _no_sum(text: str) -> str:
    digits = _digits(text)
    if digits[:1] in ("-", "−"):
        return "cannot be less than nothing."
    if _SUM.fullmatch(digits):
        return ""
    if re.fullmatch(r"[0-9]+\.[0-9]{3,}", digits):
        return "has more than two decimals. Round it."
    return "needs a sum of money in plain digits, such as 250,000 or 99.50."


def day_in(text: str) -> date | None:
    """The day that an answer names; none when it names none."""
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None
    return day if day and FIRST_DAY <= day <= LAST_DAY else None


def _no_people(text: str) -> str:
    for person in people_in(text):
        if not person.name:
            return "has a line without a name. Write “name, role” for each person, on a line of its own."
        if not person.role:
            return f"lacks the role of {person.name}. Write “name, role” for each person, on a line of its own."
    return ""
