"""A new prize begins with what its blueprint suggests."""

from __future__ import annotations

import pytest

from prize.brief import brief, rules
from prize.copying import create_prize_from_blueprint
from prize.form import form
from prize.models import Blueprint, Pays
from prize.readiness import readiness
from prize.rubric import rubric
from prize.stages import stages
from tests.databases import Given
from tests.stories import Chapter, told
from tests.world import ask, do


@pytest.mark.parametrize("blueprint", Blueprint)
def test_only_the_brief_the_dates_and_the_fund_are_left_to_do(sqlite: Given, blueprint: Blueprint) -> None:
    story = told(Chapter.DRAFT)
    kind = {"blueprint": blueprint, "pays": Pays.BEST_OF, "title": "Cleaner", "slug": "cleaner"}

    prize_id = do(create_prize_from_blueprint, story.owner, mission_id=story.mission_id, **kind)

    left = [check.name for check in ask(readiness, story.owner, prize_id=prize_id) if not check.done]
    assert sorted(left) == ["Brief", "Dates", "Fund"]
    [stage] = ask(stages, story.owner, prize_id=prize_id)
    suggested = ask(rubric, story.owner, prize_id=prize_id, stage_id=stage.id)
    assert suggested is not None
    assert sum(criterion.weight for criterion in suggested.criteria) == 100
    assert {len(criterion.levels) for criterion in suggested.criteria} == {5}
    assert any(question.reveals_identity for question in ask(form, story.owner, prize_id=prize_id, stage_id=stage.id))
    assert ask(rules, story.owner, prize_id=prize_id).text.startswith("1. ")
    assert ask(brief, story.owner, prize_id=prize_id).problem == ""
