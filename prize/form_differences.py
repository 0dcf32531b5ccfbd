"""What differs between two versions of an entry form, in words, and whether what was submitted is touched by it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from prize.questions import QuestionShown
from storage.values import size_words


@dataclass(frozen=True)
class Difference:
    """One thing that is different. ``touches`` says that an answer given before may no longer be what is asked."""

    words: str
    touches: bool


def differences(before: Sequence[QuestionShown], after: Sequence[QuestionShown]) -> tuple[Difference, ...]:
    """What is different in the later version, question by question in its order, then what is gone."""
    old = {question.key: question for question in before}
    new = {question.key: question for question in after}
    found: list[Difference] = []
    for question in after:
        if question.key in old:
            found += _of_question(old[question.key], question)
        else:
            needed = "has to be answered" if question.required else "optional"
            found.append(Difference(f"New question, {needed}: “{question.wording}”", question.required))
    found += [
        Difference(f"No longer asked: “{question.wording}”", touches=True)
        for question in before
        if question.key not in new
    ]
    kept = [question.key for question in before if question.key in new]
    if kept != [question.key for question in after if question.key in old]:
        found.append(Difference("The questions stand in another order", touches=False))
    return tuple(found)


def _of_question(old: QuestionShown, new: QuestionShown) -> Iterator[Difference]:
    name = f"“{old.wording}”"
    if old.wording != new.wording:
        yield Difference(f"{name} now reads “{new.wording}”", touches=False)
    if old.help != new.help or old.particulars != new.particulars:
        particulars = bool(new.particulars) and not old.particulars
        yield Difference(f"{name} has other words beside it", touches=particulars)
    if old.section != new.section:
        yield Difference(f"{name} stands under another heading", touches=False)
    if old.kind is not new.kind:
        yield Difference(f"{name} is now answered by a {new.kind.value}, not by a {old.kind.value}", touches=True)
    else:
        if old.options != new.options:
            yield Difference(f"{name} has other options", touches=not set(old.options) < set(new.options))
        if old.unit != new.unit:
            yield Difference(f"{name} is counted in another unit", touches=True)
        yield from _of_limit(name, old.word_limit, new.word_limit, lambda limit: f"{limit:,} words")
        yield from _of_limit(name, old.size_limit, new.size_limit, size_words)
    if old.required != new.required:
        now = "now has to be answered" if new.required else "is now optional"
        yield Difference(f"{name} {now}", touches=new.required)
    if old.read_by_judges != new.read_by_judges:
        now = "is now read by judges" if new.read_by_judges else "is no longer seen by judges"
        yield Difference(f"{name} {now}", touches=True)
    elif (old.reveals_identity, old.confidential) != (new.reveals_identity, new.confidential):
        yield Difference(f"{name} is kept from judges for another reason", touches=False)
    if old.topic != new.topic:
        now = "says what an entry is about" if new.topic else "no longer says what an entry is about"
        yield Difference(f"{name} {now}, by which judges who know it are sought", touches=False)
    if old.condition != new.condition:
        yield Difference(f"{name} is asked after other answers than before", touches=True)


def _of_limit(name: str, old: int | None, new: int | None, words: Callable[[int], str]) -> Iterator[Difference]:
    if old != new:
        now = f"up to {words(new)}" if new else "any length"
        yield Difference(f"{name} may have {now}", touches=new is not None and (old is None or new < old))
