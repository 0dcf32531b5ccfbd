"""A prize of the demonstration with everything that it needs, published by a second person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlmodel import col, select

from delivery.demonstration import content
from delivery.demonstration.play import Day, Play, noon
from delivery.demonstration.texts import SUBJECTS
from prize.brief import save_brief, save_rules
from prize.eligibility import add_eligibility_question
from prize.form import add_question
from prize.fund import add_award, add_contribution
from prize.gates import add_gate_question
from prize.models import Blueprint, ContributionKind, Pays, PlaceTold, QuestionKind, ScoresTold, Seen, Stage
from prize.prizes import create_prize, prize
from prize.publication import publish_prize, send_for_review
from prize.questions import YES
from prize.rubric import rubric_of, save_criterion, set_tie_break
from prize.stages import add_stage, edit_stage

POUNDS = 100


@dataclass(frozen=True)
class Days:
    """When a stage opens, closes, is judged and decided, in days from today."""

    opens: float
    closes: float
    judged: float
    decided: float


def published(
    play: Play,
    mission_id: UUID,
    slug: str,
    days: Days,
    *,
    drawn_up: float,
    places: int = 10,
    may_draw: bool = False,
    finals: Days | None = None,
) -> tuple[UUID, UUID]:
    """A prize with everything that it needs, published by a second person; its id and that of its first stage.

    Those who are chosen enter a second stage where it has ``finals``.
    """
    db, designer = play.db, play.people["designer"]
    title, summary, problem = content.PRIZES[slug]
    play.at(drawn_up)
    prize_id = create_prize(
        db,
        designer,
        mission_id,
        title,
        slug,
        Blueprint.BREAKTHROUGH,
        Pays.STAGED,
        illustrative=True,
        source=content.MODEL,
    )
    save_brief(db, designer, prize_id, 1, summary, problem, content.ELIGIBILITY)
    save_rules(db, designer, prize_id, 1, content.RULES)
    for wording, needed, otherwise, told in content.ELIGIBILITY_QUESTIONS:
        add_eligibility_question(db, designer, prize_id, wording, needed, otherwise, told)
    given = play.today.date() + timedelta(days=round(drawn_up))
    money, in_kind = ContributionKind.MONEY, ContributionKind.IN_KIND
    add_contribution(db, designer, prize_id, "Sponsoring department", money, 2_000_000 * POUNDS, given)
    add_contribution(db, designer, prize_id, "Compute partner", in_kind, 600_000 * POUNDS, given)
    add_award(db, designer, prize_id, "Grand prize", money, 1, 1_000_000 * POUNDS)
    add_award(db, designer, prize_id, "Finalists", money, places, 1_000_000 * POUNDS // places)
    add_award(db, designer, prize_id, "Compute for finalists", in_kind, places, 600_000 * POUNDS // places)
    stage = db.exec(select(Stage).where(col(Stage.prize_id) == prize_id)).one()
    _set_up(play, stage, "First stage", days, places, may_draw=may_draw)
    _first_form(play, stage, SUBJECTS[slug].topics)
    _rubric(play, stage)
    if finals is not None:
        last = db.get_one(Stage, add_stage(db, designer, prize_id, "Finalists"))
        _set_up(play, last, "Finalists", finals, 1, may_draw=False)
        for wording, limit in content.FINAL_QUESTIONS:
            add_question(db, designer, prize_id, last.id, QuestionKind.TEXT, wording, word_limit=limit)
        _ask_about_team(play, last)
        _rubric(play, last)
    send_for_review(db, designer, prize_id, 1)
    publish_prize(db, play.people["sponsor"], prize_id, prize(db, designer, prize_id).version)
    return prize_id, stage.id


def _set_up(play: Play, stage: Stage, name: str, days: Days, places: int, *, may_draw: bool) -> None:
    opens, closes, judged, decided = (
        noon(play.today + each * Day) for each in (days.opens, days.closes, days.judged, days.decided)
    )
    edit_stage(
        play.db,
        play.people["designer"],
        stage.prize_id,
        stage.id,
        stage.version,
        name,
        places,
        3,
        opens,
        closes,
        judged,
        decided,
        place_told=PlaceTold.PLACE,
        scores_told=ScoresTold.SPREAD,
        appeal_days=14,
        may_draw=may_draw,
    )


def _first_form(play: Play, stage: Stage, topics: Sequence[str]) -> None:
    db, of_stage = play.db, (play.people["designer"], stage.prize_id, stage.id)
    for wording, limit in content.QUESTIONS:
        add_question(db, *of_stage, QuestionKind.TEXT, wording, word_limit=limit)
    _ask_about_team(play, stage)
    add_question(
        db,
        *of_stage,
        QuestionKind.FILE,
        content.FILE_QUESTION,
        help="A PDF with the figures that your answers speak of. Do not name your team in it.",
        required=False,
        size_limit=20 * 1024 * 1024,
    )
    add_question(db, *of_stage, QuestionKind.MONEY, content.COST_QUESTION)
    add_question(db, *of_stage, QuestionKind.DATE, content.DAY_QUESTION)
    permit = add_question(
        db,
        *of_stage,
        QuestionKind.DECLARATION,
        content.PERMIT_QUESTION,
        word_limit=60,
        particulars=content.PERMIT_PARTICULARS,
    )
    add_question(
        db,
        *of_stage,
        QuestionKind.TEXT,
        content.NO_PERMIT_QUESTION,
        word_limit=100,
        only_if=permit,
        only_if_answers=(YES,),
    )
    if topics:
        options = tuple(dict.fromkeys(topics))
        add_question(db, *of_stage, QuestionKind.CHOICE, content.TOPIC_QUESTION, options=options, topic=True)


def _ask_about_team(play: Play, stage: Stage) -> None:
    add_question(
        play.db,
        play.people["designer"],
        stage.prize_id,
        stage.id,
        QuestionKind.TEXT,
        content.TEAM_QUESTION,
        reveals_identity=True,
        word_limit=200,
    )


def _rubric(play: Play, stage: Stage) -> None:
    db, of_stage = play.db, (play.people["designer"], stage.prize_id, stage.id)
    for name, question, weight, threshold, levels in content.CRITERIA:
        seen = Seen.AFTER_REVEAL if name == content.TEAM else Seen.BLIND
        save_criterion(db, *of_stage, None, name, question, weight, threshold, levels, seen)
    add_gate_question(db, *of_stage, content.GATE)
    rubric = rubric_of(db, stage.id)
    soundness = next(criterion.key for criterion in rubric.criteria if criterion.threshold is not None)
    set_tie_break(db, *of_stage, rubric.version, (soundness,))
