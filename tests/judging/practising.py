"""A practice entry of the story, and judges who practise on it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from accounts.actors import Actor
from judging.practice import compare_practice, save_practice_score
from judging.practice_writing import Level, Written, write_practice
from tests.stories import Story
from tests.world import do

SAYS = "Otters carry the samples."


def practice_of(story: Story, points: int = 3, says: str = SAYS) -> dict[str, Any]:
    """What a practice entry says to the question that judges read, and the same reference for each criterion."""
    reference = tuple(Level(key, points, f"Only {name} is shown.") for name, key in sorted(story.criteria.items()))
    return {"answers": (Written(story.questions["method"], says),), "reference": reference}


def with_practice(story: Story, **more: Any) -> UUID:
    """Have the secretariat write a practice entry."""
    written: UUID = do(write_practice, story.secretariat, stage_id=story.stage_id, **{**practice_of(story), **more})
    return written


def practise(
    story: Story, practice_id: UUID, judge: Actor | None = None, points: int | None = 4, *, compare: bool = True
) -> None:
    """Let a judge give every criterion the same points, or say that they cannot judge it."""
    actor, about = judge or story.judge, {"stage_id": story.stage_id, "practice_id": practice_id}
    for key in story.criteria.values():
        scored = {"criterion_key": key, "points": points, "cannot_judge": points is None}
        do(save_practice_score, actor, **about, **scored)
    if compare:
        do(compare_practice, actor, **about)
