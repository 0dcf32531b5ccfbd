"""Planning a panel before a prize is launched: what so many scorecards of so many judges would find."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from pydantic import TypeAdapter
from sqlmodel import Session, col, select

from accounts.actors import Actor
from accounts.commands import command, query
from judging.analyses.kept import audience_of
from judging.models import PanelStudy, StageAnalysis
from judging.policy import Action
from prize.entries.conflicts import kept_from
from prize.models import Prize, Stage, StageState
from storage.clock import now
from storage.database import locked, reading
from storage.errors import Invalid
from storage.jobs import Job, JobState, enqueue, job

STUDY: Final = "study panels"
MOST_ENTRIES, MOST_JUDGES, MOST_CARDS, MOST_MINUTES = 5000, 500, 20, 600
MOST_SIZES: Final = 6
"""Of scorecards for each entry, and of judges, that one study compares."""

MOST_SCORECARDS: Final = 50_000
"""Of the largest design, so that a study takes a minute at most."""

COMPONENTS: Final = ("submission", "judge", "residual")
PAUSES: Final = (timedelta(seconds=1), timedelta(seconds=10))
"""A study reaches nothing outside, so what fails thrice fails for good."""

FAILED: Final = "This could not be computed. Compare again with fewer or smaller numbers, or tell the operator."


@dataclass(frozen=True)
class FoundShown:
    """What choosing by one score finds: shares of the true best, and chances.

    ``found`` is the share of the true best that is chosen, ``best`` the chance that the truly best entry is chosen,
    ``same_top`` the share that another panel would choose as well. ``error`` is the standard error of ``found``.
    """

    found: float
    best: float
    same_top: float
    error: float


@dataclass(frozen=True)
class DesignShown:
    """A panel of so many judges who give each entry so many scorecards. ``reason`` says why it is impossible."""

    per_entry: int
    judges: int
    scorecards: int
    hours: float
    cards_per_judge: float | None
    by_mean: FoundShown | None
    by_adjusted: FoundShown | None
    undecided: float | None
    reason: str


@dataclass(frozen=True)
class EarlierStage:
    """A stage that has been released, whose scores tell how much judges and entries differ."""

    stage_id: UUID
    title: str


@dataclass(frozen=True)
class StudyShown:
    """What was asked and, when it has been answered, what to expect.

    ``supposed`` says in a sentence what the numbers rest on, ``detail`` says it for specialists, and ``earlier`` names
    the stage that was to be built on, if any. ``problem`` says why there will be no answer.
    """

    id: UUID
    entries: int
    top: int
    per_entry: tuple[int, ...]
    judges: tuple[int, ...]
    minutes: int
    earlier: EarlierStage | None
    asked_at: datetime
    answered_at: datetime | None
    designs: tuple[DesignShown, ...]
    supposed: str
    detail: str
    problem: str

    @property
    def is_pending(self) -> bool:
        return self.answered_at is None and not self.problem


@dataclass(frozen=True)
class _Answer:
    designs: tuple[DesignShown, ...]
    supposed: str
    detail: str


ANSWER: Final = TypeAdapter(_Answer)


@command(Action.PLAN_PANEL)
def study_panels(
    db: Session,
    actor: Actor,
    stage_id: UUID,
    entries: int,
    top: int,
    per_entry: tuple[int, ...],
    judges: tuple[int, ...],
    minutes: int,
    earlier: UUID | None = None,
) -> UUID:
    """Have panels of every combination of sizes simulated; returns the study's id. The answer follows by a job.

    Parameters
    ----------
    minutes : that a judge needs for a scorecard.
    earlier : a released stage of the programme, whose spread of scores is supposed; else what is usual is.

    Raises
    ------
    Invalid : a number is out of range, or the earlier stage's scores are not known.
    """
    locked(db, Stage, stage_id)
    _between(entries, 2, MOST_ENTRIES, "entries", "Entries")
    _between(top, 1, entries, "top", "Places")
    _between(minutes, 1, MOST_MINUTES, "minutes", "Minutes for a scorecard")
    for sizes, most, field, words in (
        (per_entry, MOST_CARDS, "per_entry", "Scorecards for each entry"),
        (judges, MOST_JUDGES, "judges", "Judges"),
    ):
        if not 1 <= len(set(sizes)) <= MOST_SIZES:
            raise Invalid(f"{words}: choose between 1 and {MOST_SIZES} numbers.", field)
        for size in sizes:
            _between(size, 1, most, field, words)
    if entries * max(per_entry) > MOST_SCORECARDS:
        raise Invalid(f"That is more than {MOST_SCORECARDS:,} scorecards. Choose fewer for each entry.", "per_entry")
    asked: dict[str, Any] = {
        "entries": entries,
        "top": top,
        "per_entry": sorted(set(per_entry)),
        "judges": sorted(set(judges)),
        "minutes": minutes,
        "components": None if earlier is None else _components(db, actor, stage_id, earlier),
        "earlier": "" if earlier is None else _title(db, earlier),
        "earlier_id": None if earlier is None else str(earlier),
    }
    assert actor.person_id is not None
    row = PanelStudy(stage_id=stage_id, asked=asked, answer={}, asked_by=actor.person_id, asked_at=now(db))
    db.add(row)
    db.flush()
    enqueue(db, STUDY, {"study_id": str(row.id)}, about=_about(row.id))
    return row.id


@query(Action.PLAN_PANEL)
def panel_studies(db: Session, actor: Actor, stage_id: UUID) -> tuple[StudyShown, ...]:
    """What has been asked about a stage's panel, the newest first."""
    rows = db.exec(select(PanelStudy).where(col(PanelStudy.stage_id) == stage_id)).all()
    failed = _failed(db, [row.id for row in rows if row.answered_at is None])
    newest = sorted(rows, key=lambda row: (row.asked_at, str(row.id)), reverse=True)
    return tuple(_shown(row, FAILED if row.id in failed else "") for row in newest)


@query(Action.PLAN_PANEL)
def earlier_stages(db: Session, actor: Actor, stage_id: UUID) -> tuple[EarlierStage, ...]:
    """Released stages of the programme whose scores can be built on, by title."""
    programme = db.get_one(Prize, db.get_one(Stage, stage_id).prize_id).programme_id
    rows = db.exec(
        select(Stage.id)
        .join(Prize, col(Prize.id) == col(Stage.prize_id))
        .where(col(Prize.programme_id) == programme, col(Stage.state) == StageState.RELEASED)
    ).all()
    known = [key for key in rows if key != stage_id and _variances(db, actor, key) is not None]
    return tuple(sorted((EarlierStage(key, _title(db, key)) for key in known), key=lambda each: each.title))


def _about(study_id: UUID) -> str:
    return f"panel study {study_id}"


def _failed(db: Session, studies: list[UUID]) -> set[UUID]:
    """Those whose job has been given up."""
    about = {_about(key): key for key in studies}
    given_up = select(Job.about).where(
        col(Job.kind) == STUDY, col(Job.state) == JobState.DEAD, col(Job.about).in_(about)
    )
    return {about[each] for each in db.exec(given_up).all()} if about else set()


def _title(db: Session, stage_id: UUID) -> str:
    stage = db.get_one(Stage, stage_id)
    return f"{db.get_one(Prize, stage.prize_id).title} · {stage.name}"


def _components(db: Session, actor: Actor, stage_id: UUID, earlier: UUID) -> dict[str, float | None]:
    if earlier not in {each.stage_id for each in earlier_stages(db, actor, stage_id=stage_id)}:
        raise Invalid("That stage's scores cannot be built on. Choose another, or what is usual.", "earlier")
    found = _variances(db, actor, earlier)
    assert found is not None
    return found


def _variances(db: Session, actor: Actor, stage_id: UUID) -> dict[str, float | None] | None:
    """How much entries and judges of a stage differ, as far as the actor may see its entries."""
    audience = audience_of(kept_from(db, actor.person_id, stage_id=stage_id))
    found = db.exec(
        select(StageAnalysis.found).where(
            col(StageAnalysis.stage_id) == stage_id, col(StageAnalysis.audience) == audience
        )
    ).one_or_none()
    return None if found is None else {name: found["variance_total"][name] for name in COMPONENTS}


def _between(value: int, low: int, high: int, field: str, words: str) -> None:
    if not low <= value <= high:
        raise Invalid(f"{words}: between {low:,} and {high:,}.", field)


def _shown(row: PanelStudy, problem: str) -> StudyShown:
    answer = ANSWER.validate_python(row.answer) if row.answer else _Answer((), "", "")
    asked = row.asked
    return StudyShown(
        row.id,
        asked["entries"],
        asked["top"],
        tuple(asked["per_entry"]),
        tuple(asked["judges"]),
        asked["minutes"],
        EarlierStage(UUID(asked["earlier_id"]), asked["earlier"]) if asked["earlier_id"] else None,
        row.asked_at,
        row.answered_at,
        answer.designs,
        answer.supposed,
        answer.detail,
        problem,
    )


def _study(arguments: Mapping[str, Any]) -> _Answer:
    with reading() as db:
        asked = db.get_one(PanelStudy, UUID(arguments["study_id"])).asked
    from judging.analyses.simulating import simulated

    return _Answer(*simulated(asked))


@job(STUDY, before=_study, pauses=PAUSES)
def _keep(db: Session, arguments: Mapping[str, Any], answer: _Answer) -> None:
    row = locked(db, PanelStudy, UUID(arguments["study_id"]))
    row.answer, row.answered_at = ANSWER.dump_python(answer, mode="json"), now(db)
    db.add(row)
