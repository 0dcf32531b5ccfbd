"""The newest analysis of each stage: when one is due, the jobs that make it, and who may see what of it.

Those who see the same entries share an analysis. Which entries somebody must not see is part of what is analysed, not
of what is shown: the others' numbers are computed without them.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import func
from sqlmodel import Session, col, or_, select

from accounts.actors import Actor
from accounts.commands import query
from accounts.models import Appointment, Role
from accounts.people import person_card
from judging.analyses.methods import METHODS
from judging.analyses.scores import StageScores, scores_of_stage
from judging.analyses.shown import AnalysisShown
from judging.availability import without_time
from judging.judges import seats_of
from judging.models import Assignment, Duty, PanelMember, Score, Scorecard, StageAnalysis
from judging.panel.models import Meeting
from judging.policy import Action
from prize.entries.conflicts import kept_from
from prize.entries.models import Conflict, ConflictState, Entry
from prize.models import Prize, Stage, StageState
from storage.canonical import digest
from storage.clock import now
from storage.database import matching, reading
from storage.jobs import Job, JobState, enqueue_once, job, regular

FIND: Final = "find scores to analyse"
ANALYSE: Final = "analyse scores"
EVERY: Final = timedelta(seconds=5)
REST: Final = 4
"""How many times as long as an analysis took it stands before the next is made."""

SCORED: Final = (StageState.JUDGING, StageState.DECIDING, StageState.CONFIRMED, StageState.RELEASED)
SHAPE: Final = TypeAdapter(AnalysisShown)


@dataclass(frozen=True)
class JudgeNamed:
    """A judge by name, and whether they have finished."""

    judge_id: UUID
    name: str
    finished: bool


@dataclass(frozen=True)
class KeptAnalysis:
    """An analysis with when it was made, and whether scores have changed since, so that a newer one is coming.

    ``judges`` are those of the analysis and of the panel, by name.
    """

    id: UUID
    made_at: datetime
    newer_coming: bool
    shown: AnalysisShown
    judges: tuple[JudgeNamed, ...]


@dataclass(frozen=True)
class AnalysisState:
    """Which analysis is the newest, for a page that waits for another. ``any_scores`` says whether one can be made."""

    id: UUID | None
    newer_coming: bool
    any_scores: bool


@query(Action.SEE_RESULTS)
def stage_analysis(db: Session, actor: Actor, stage_id: UUID) -> KeptAnalysis | None:
    """The newest analysis of the entries that the actor may see; None where none has been made yet."""
    without = kept_from(db, actor.person_id, stage_id=stage_id)
    return newest_analysis(db, stage_id, without)


@query(Action.SEE_HOW_JUDGES_SCORE)
def how_judges_score(db: Session, actor: Actor, stage_id: UUID) -> KeptAnalysis | None:
    """The same for those who may see what judges are like: the secretariat, and the chair once judging has ended."""
    return newest_analysis(db, stage_id, kept_from(db, actor.person_id, stage_id=stage_id))


@query(Action.SEE_HOW_JUDGES_SCORE)
def analysis_state(db: Session, actor: Actor, stage_id: UUID) -> AnalysisState:
    """The same without the analysis."""
    without = kept_from(db, actor.person_id, stage_id=stage_id)
    row = db.exec(select(StageAnalysis.id, StageAnalysis.stamp).where(*_kept_for(stage_id, without))).one_or_none()
    stamp = stamp_of(db, stage_id, without)
    key, kept = row or (None, None)
    return AnalysisState(key, stamp not in (None, kept), stamp is not None)


def newest_analysis(db: Session, stage_id: UUID, without: Set[UUID] = frozenset()) -> KeptAnalysis | None:
    """The newest analysis of a stage as if the entries ``without`` did not exist."""
    row = db.exec(
        select(StageAnalysis.id, StageAnalysis.made_at, StageAnalysis.stamp, StageAnalysis.shown).where(
            *_kept_for(stage_id, without)
        )
    ).one_or_none()
    if row is None:
        return None
    key, made_at, stamp, shown = row
    found = shown_of(shown)
    if found is None:
        return None
    newer_coming = stamp_of(db, stage_id, without) not in (None, stamp)
    return KeptAnalysis(key, made_at, newer_coming, found, _named(db, stage_id, found))


def shown_of(stored: Mapping[str, Any]) -> AnalysisShown | None:
    """What is shown of a stored analysis; None where an earlier release kept something else: a new one is coming."""
    try:
        return SHAPE.validate_python(stored)
    except ValidationError:
        return None


def _named(db: Session, stage_id: UUID, found: AnalysisShown) -> tuple[JudgeNamed, ...]:
    scoring = [seat for seat in seats_of(db, stage_id) if seat.duty.scores]
    finished = {seat.person_id: seat.finished_at is not None for seat in scoring}
    people = {line.judge_id for line in found.how_judges_score} | finished.keys()
    named = (JudgeNamed(key, person_card(db, key).name, finished.get(key, True)) for key in people)
    return tuple(sorted(named, key=lambda judge: (judge.name, str(judge.judge_id))))


def _kept_for(stage_id: UUID, without: Set[UUID]) -> tuple[Any, ...]:
    return col(StageAnalysis.stage_id) == stage_id, col(StageAnalysis.audience) == audience_of(without)


def audience_of(without: Iterable[UUID]) -> str:
    """Whom an analysis is for: the digest of the entries that they must not see."""
    return digest(sorted(map(str, without)))


def stamp_of(db: Session, stage_id: UUID, without: Set[UUID] = frozenset()) -> str | None:
    """What tells cheaply whether anything that is analysed has changed; None where nothing is scored."""
    live = select(Assignment.id, Assignment.entry_id).where(
        col(Assignment.stage_id) == stage_id, col(Assignment.withdrawn_at).is_(None)
    )
    if without:
        live = live.where(col(Assignment.entry_id).not_in(without))
    asked = live.subquery()
    scores = db.exec(
        select(func.count(col(Score.id)), func.sum(Score.version), func.count(col(Score.points)))
        .join(Scorecard, col(Scorecard.id) == col(Score.scorecard_id))
        .join(asked, asked.c.id == col(Scorecard.assignment_id))
    ).one()
    if not scores[2]:
        return None
    seats = db.exec(
        select(
            func.count(col(PanelMember.id)),
            func.count(col(PanelMember.conflicts_stated_at)),
            func.sum(PanelMember.load),
        ).where(
            col(PanelMember.stage_id) == stage_id,
            col(PanelMember.left_at).is_(None),
            col(PanelMember.duty) != Duty.MEETS,
        )
    ).one()
    others = select(func.count(col(Conflict.id))).join(Entry, col(Entry.id) == col(Conflict.entry_id))
    others = others.where(col(Entry.stage_id) == stage_id, col(Conflict.state) == ConflictState.STANDS)
    if without:
        others = others.where(col(Conflict.entry_id).not_in(without))
    stage = db.get_one(Stage, stage_id)
    away = without_time(db, stage, seats_of(db, stage_id))
    return digest(
        {
            **({"away": sorted(map(str, away))} if away else {}),
            "methods": METHODS,
            "places": stage.places,
            "assigned": db.exec(select(func.count()).select_from(asked)).one(),
            "scores": [int(number or 0) for number in scores],
            "seats": [int(number or 0) for number in seats],
            "conflicts": db.exec(others).one(),
        }
    )


def audiences(db: Session, stage_id: UUID) -> dict[str, frozenset[UUID]]:
    """The sets of entries that somebody of the prize's team or of a panel that is to meet, or nobody, must not see."""
    in_conflict = (
        select(Conflict.person_id)
        .join(Entry, col(Entry.id) == col(Conflict.entry_id))
        .join(Appointment, col(Appointment.person_id) == col(Conflict.person_id))
        .where(
            col(Entry.stage_id) == stage_id,
            col(Conflict.state) == ConflictState.STANDS,
            col(Appointment.ended_at).is_(None),
            col(Appointment.role) != Role.JUDGE,
        )
        .distinct()
    )
    in_panel = select(PanelMember.person_id).where(col(PanelMember.stage_id) == stage_id)
    if matching(db, Meeting, stage_id=stage_id):
        in_panel = in_panel.where(or_(col(PanelMember.chairs), col(PanelMember.duty) != Duty.SCORES))
    else:
        in_panel = in_panel.where(col(PanelMember.chairs))
    people = {*db.exec(in_conflict).all(), *db.exec(in_panel).all()}
    sets = {frozenset[UUID](), *(kept_from(db, person_id, stage_id=stage_id) for person_id in people)}
    return {audience_of(each): each for each in sets}


@regular(FIND, EVERY)
def find_scores_to_analyse(db: Session, arguments: Mapping[str, Any], _: None) -> None:
    """Ask for an analysis of each stage whose scores have changed, and take away those that nobody sees any more."""
    moment_now = now(db)
    for stage_id in db.exec(select(Stage.id).where(col(Stage.state).in_(SCORED))).all():
        wanted = audiences(db, stage_id)
        rows = {row.audience: row for row in _light(db, stage_id)}
        for audience, without in wanted.items():
            stamp, known = stamp_of(db, stage_id, without), rows.get(audience)
            if stamp is None or (known is not None and known.stamp == stamp):
                continue
            if known is not None and moment_now < known.made_at + timedelta(seconds=REST * known.seconds):
                continue
            told = {"stage_id": str(stage_id), "without": sorted(map(str, without)), "stamp": stamp}
            about = f"analysis of {stage_id} for {audience}"
            if not _given_up(db, about, stamp):
                enqueue_once(db, ANALYSE, told, run_at=moment_now, about=about)
        for audience in rows.keys() - wanted.keys():
            db.delete(db.get_one(StageAnalysis, rows[audience].id))


def _given_up(db: Session, about: str, stamp: str) -> bool:
    """Whether the same scores could not be analysed before, so that an operator has to look first."""
    dead = select(Job.arguments).where(col(Job.about) == about, col(Job.state) == JobState.DEAD)
    return any(arguments.get("stamp") == stamp for arguments in db.exec(dead).all())


@dataclass(frozen=True)
class _Light:
    id: UUID
    audience: str
    stamp: str
    made_at: datetime
    seconds: float


def _light(db: Session, stage_id: UUID) -> list[_Light]:
    rows = db.exec(
        select(
            StageAnalysis.id,
            StageAnalysis.audience,
            StageAnalysis.stamp,
            StageAnalysis.made_at,
            StageAnalysis.seconds,  # type: ignore[call-overload]
        ).where(col(StageAnalysis.stage_id) == stage_id)
    ).all()
    return [_Light(*row) for row in rows]


@dataclass(frozen=True)
class _Made:
    """What an analysis brought; ``analysed`` is None where one of the same data stands already."""

    stage_id: UUID
    audience: str
    stamp: str
    scores: StageScores
    analysed: Any
    seconds: float


def _analyse(arguments: Mapping[str, Any]) -> _Made | None:
    stage_id = UUID(arguments["stage_id"])
    without = frozenset(map(UUID, arguments["without"]))
    audience = audience_of(without)
    with reading() as db:
        stamp = stamp_of(db, stage_id, without)
        if stamp is None:
            return None
        scores = scores_of_stage(db, stage_id, without)
        title = db.get_one(Prize, db.get_one(Stage, stage_id).prize_id).title
        same = select(StageAnalysis.id).where(
            *_kept_for(stage_id, without), col(StageAnalysis.fingerprint) == _fingerprint(scores)
        )
        known = db.exec(same).one_or_none()
    if known is not None:
        return _Made(stage_id, audience, stamp, scores, None, 0.0)
    from judging.analyses.analysing import analysed

    began = time.perf_counter()
    found = analysed(scores, title)
    return _Made(stage_id, audience, stamp, scores, found, time.perf_counter() - began)


def _fingerprint(scores: StageScores) -> str:
    return digest({"methods": METHODS, "scores": scores.fingerprint})


@job(ANALYSE, before=_analyse)
def _keep(db: Session, arguments: Mapping[str, Any], made: _Made | None) -> None:
    if made is None:
        return
    row = db.exec(
        select(StageAnalysis).where(
            col(StageAnalysis.stage_id) == made.stage_id, col(StageAnalysis.audience) == made.audience
        )
    ).one_or_none()
    if made.analysed is None:
        if row is not None:
            row.stamp = made.stamp
            db.add(row)
        return
    if row is not None:  # a page that shows the old one tells the new by its id
        db.delete(row)
        db.flush()
    db.add(
        StageAnalysis(
            stage_id=made.stage_id,
            audience=made.audience,
            stamp=made.stamp,
            fingerprint=_fingerprint(made.scores),
            made_at=now(db),
            seconds=made.seconds,
            shown=SHAPE.dump_python(made.analysed.shown, mode="json"),
            found=made.analysed.found,
            ratings=made.scores.file.decode(),
            report=made.analysed.report,
        )
    )
