"""What is read and scored in both applications: the same questions, answers, criteria and words for levels."""

from __future__ import annotations

from typing import Final

POINTS: Final = (1, 2, 3, 4, 5)
CANNOT: Final = "Cannot judge"

CRITERIA: Final = (
    ("Need", "Is the problem real, sized and well understood?"),
    ("Technical soundness", "Would the method do what the entry says it does?"),
    ("Novelty", "What is new compared with what is used today?"),
    ("Route to use", "Who would use it, and what stands in the way?"),
)

QUESTIONS: Final = (
    "What problem does this solve, and for whom?",
    "How does it work?",
    "What have you shown so far?",
    "What could go wrong?",
)

_SENTENCE: Final = "We measured the load of forty feeders at half-hourly steps and kept every fault in the record. "
ANSWERS: Final = tuple("\n\n".join([(_SENTENCE * 4).strip()] * paragraphs) for paragraphs in (3, 4, 3, 2))
"""About 60 words a paragraph: what a careful entrant writes."""


def level_words(criterion: str, points: int) -> str:
    """Words for a point of the scale that occur nowhere else on the page."""
    return f"{criterion} at level {points} of {POINTS[-1]}."


def scored_first(place: int, entries: int) -> bool:
    """Whether an entry, counted from 0, is scored before the measuring begins: the first half is."""
    return place < entries // 2
