"""What a new prize begins with: model rules, and the questions and criteria that its blueprint suggests."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final

import yaml
from pydantic import BaseModel, ConfigDict, Field

from prize.document import BriefPart, CriterionPart, PrizeDocument, QuestionPart, RubricPart, StagePart
from prize.models import Blueprint, Pays
from prize.prizes import FIRST_STAGE
from storage.values import Line, Prose, Zone

FILE: Final = Path(__file__).with_suffix(".yaml")


class _Suggested(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    questions: tuple[QuestionPart, ...]
    criteria: Annotated[tuple[CriterionPart, ...], Field(min_length=2)]


class _Model(BaseModel):
    """The file: what every prize begins with, and what those of each blueprint do."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    eligibility: Prose
    rules: Prose
    first: tuple[QuestionPart, ...]
    last: tuple[QuestionPart, ...]
    summary: QuestionPart
    blueprints: Mapping[Blueprint, _Suggested]


def begun_from(blueprint: Blueprint, title: Line, pays: Pays, zone: Zone) -> PrizeDocument:
    """A prize with everything that its blueprint suggests, and without what only its designers know."""
    model = _model()
    suggested = model.blueprints[blueprint]
    stage = StagePart(
        name=FIRST_STAGE,
        entry_form=(*model.first, model.summary, *suggested.questions, *model.last),
        rubric=RubricPart(criteria=suggested.criteria),
    )
    return PrizeDocument(
        title=title,
        blueprint=blueprint,
        pays=pays,
        zone=zone,
        brief=BriefPart(eligibility=model.eligibility),
        rules=model.rules,
        stages=(stage,),
    )


@functools.cache
def _model() -> _Model:
    return _Model.model_validate(yaml.safe_load(FILE.read_text(encoding="utf-8")))
