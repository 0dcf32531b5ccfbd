"""The designer's rooms: a prize from its first name to its publication."""

from __future__ import annotations

from typing import Final

from accounts.models import Role
from pages.components.places import Place
from pages.designer import (
    brief,
    eligibility,
    form,
    fund,
    mail_texts,
    new_prize,
    overview,
    panel_planner,
    people,
    rubric,
    stage,
)
from pages.designer.steps import guided
from prize.models import PrizePart

_WRITE: Final = frozenset({Role.DESIGNER, Role.OWNER})
_PLAN: Final = frozenset({Role.DESIGNER})
_SEE: Final = _WRITE | {Role.SECRETARIAT, Role.SPONSOR}

PLACES: Final = (
    Place("Overview", "overview", overview.draw, "Prize", _SEE, about_prize=True),
    Place("Brief and rules", "brief", guided(PrizePart.BRIEF, brief.draw), "Prize", _SEE, about_prize=True),
    Place(
        "Eligibility",
        "eligibility",
        guided(PrizePart.ELIGIBILITY, eligibility.draw),
        "Prize",
        _SEE,
        about_prize=True,
    ),
    Place("Stage", "stage", guided(PrizePart.STAGE, stage.draw), "Prize", _SEE, about_prize=True),
    Place("Panel planner", "panel-planner", panel_planner.draw, "Prize", _PLAN, about_prize=True),
    Place("Entry form", "form", guided(PrizePart.FORM, form.draw), "Prize", _SEE, about_prize=True),
    Place("Rubric", "rubric", guided(PrizePart.RUBRIC, rubric.draw), "Prize", _SEE, about_prize=True),
    Place("Fund", "fund", guided(PrizePart.FUND, fund.draw), "Prize", _SEE, about_prize=True),
    Place(
        "Mail texts",
        "mail-texts",
        guided(PrizePart.MAILS, mail_texts.draw),
        "Prize",
        _WRITE | {Role.SECRETARIAT},
        about_prize=True,
    ),
    Place("People", "people", guided(PrizePart.PEOPLE, people.draw), "Prize", _SEE, about_prize=True),
    Place("New prize", "new-prize", new_prize.draw, "Prize", _WRITE),
)
