"""Tables of judges, assignments, scorecards, judges' copies, results and decisions."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.types import choice, document, identifier, moment

A4 = 1.4142


class Duty(StrEnum):
    """What a judge is asked to do in a stage: score entries alone, meet in the panel that decides, or both."""

    SCORES = "scores alone"
    MEETS = "meets in the panel"
    BOTH = "scores and meets"

    @property
    def scores(self) -> bool:
        return self is not Duty.MEETS

    @property
    def meets(self) -> bool:
        return self is not Duty.SCORES


class PanelMember(SQLModel, table=True):
    """A judge of a stage: invited, bound by the terms, with a duty, perhaps finished.

    ``knows`` are answers to the form's topic, ``load`` is how many entries the judge wishes to take at most, and
    ``away_from`` and ``away_until`` are the first and the last day on which they are away.
    """

    __tablename__ = "panel_member"
    __table_args__ = (UniqueConstraint("stage_id", "person_id"),)

    id: UUID = identifier()
    stage_id: UUID = Field(foreign_key="stage.id")
    person_id: UUID = Field(foreign_key="person.id", index=True)
    chairs: bool = False
    duty: Duty = choice(Duty, Duty.BOTH)
    knows: list[str] = document()
    load: int | None = None
    away_from: date | None = None
    away_until: date | None = None
    invited_at: datetime = moment()
    accepted_at: datetime | None = moment(optional=True)
    conflicts_stated_at: datetime | None = moment(optional=True)
    finished_at: datetime | None = moment(optional=True)
    left_at: datetime | None = moment(optional=True)
    version: int = 1


class AssignmentPlan(SQLModel, table=True):
    """A proposed dealing of entries to judges, kept with its seed so that it can be repeated."""

    __tablename__ = "assignment_plan"

    id: UUID = identifier()
    stage_id: UUID = Field(foreign_key="stage.id", index=True)
    seed: int
    inputs_digest: str = Field(max_length=80)
    pairs: list[Any] = document()
    summary: dict[str, Any] = document()
    made_by: UUID = Field(foreign_key="person.id")
    made_at: datetime = moment()
    confirmed_at: datetime | None = moment(optional=True)


class Assignment(SQLModel, table=True):
    """One judge asked to score one entry."""

    __tablename__ = "assignment"
    __table_args__ = (
        UniqueConstraint("entry_id", "judge_id"),
        Index("ix_assignment_judge_id_stage_id", "judge_id", "stage_id"),
    )

    id: UUID = identifier()
    stage_id: UUID = Field(foreign_key="stage.id", index=True)
    entry_id: UUID = Field(foreign_key="entry.id")
    judge_id: UUID = Field(foreign_key="person.id")
    plan_id: UUID | None = Field(default=None, foreign_key="assignment_plan.id")
    assigned_at: datetime = moment()
    withdrawn_at: datetime | None = moment(optional=True)


class Scorecard(SQLModel, table=True):
    """One judge's scores and comments on one entry.

    At ``revealed_at`` the judge locked what is scored blind, and from then on saw who is behind the entry.
    """

    __tablename__ = "scorecard"

    id: UUID = identifier()
    assignment_id: UUID = Field(foreign_key="assignment.id", unique=True)
    rubric_id: UUID = Field(foreign_key="rubric.id")
    opened_at: datetime = moment()
    locked_at: datetime | None = moment(optional=True)
    revealed_at: datetime | None = moment(optional=True)
    version: int = 1


class Score(SQLModel, table=True):
    """The score of one criterion, in whole steps of the scale, or that the judge cannot judge it."""

    __tablename__ = "score"
    __table_args__ = (UniqueConstraint("scorecard_id", "criterion_key"),)

    id: UUID = identifier()
    scorecard_id: UUID = Field(foreign_key="scorecard.id")
    criterion_key: UUID
    points: int | None = None
    cannot_judge: bool = False
    saved_at: datetime = moment()
    version: int = 1


class ScoreSave(SQLModel, table=True):
    """Every score that was ever saved, so that none is lost by changing one's mind."""

    __tablename__ = "score_save"

    id: UUID = identifier()
    scorecard_id: UUID = Field(foreign_key="scorecard.id", index=True)
    criterion_key: UUID
    points: int | None = None
    cannot_judge: bool = False
    saved_at: datetime = moment()


class GateAnswer(SQLModel, table=True):
    """Yes or no of a judge to a gate question. Every answer is kept, and the one with the highest number counts."""

    __tablename__ = "gate_answer"
    __table_args__ = (UniqueConstraint("scorecard_id", "gate_key", "number"),)

    id: UUID = identifier()
    scorecard_id: UUID = Field(foreign_key="scorecard.id")
    gate_key: UUID
    number: int = 1
    yes: bool
    saved_at: datetime = moment()


class StageAnalysis(SQLModel, table=True):
    """The newest analysis of a stage's scores for those who see the same entries; ``audience`` tells which.

    ``stamp`` tells cheaply whether anything has changed since, ``fingerprint`` is of all that was analysed. ``shown``
    is what pages show, ``found`` every number, ``ratings`` the file that was analysed and ``report`` its report.
    """

    __tablename__ = "stage_analysis"
    __table_args__ = (UniqueConstraint("stage_id", "audience"),)

    id: UUID = identifier()
    stage_id: UUID = Field(foreign_key="stage.id")
    audience: str = Field(max_length=80)
    stamp: str = Field(max_length=80)
    fingerprint: str = Field(max_length=80)
    made_at: datetime = moment()
    seconds: float = 0.0
    shown: dict[str, Any] = document()
    found: dict[str, Any] = document()
    ratings: str
    report: str


class PanelStudy(SQLModel, table=True):
    """What to expect of panels of several sizes, asked for before a prize is launched and answered by a job."""

    __tablename__ = "panel_study"

    id: UUID = identifier()
    stage_id: UUID = Field(foreign_key="stage.id", index=True)
    asked: dict[str, Any] = document()
    answer: dict[str, Any] = document()
    asked_by: UUID = Field(foreign_key="person.id")
    asked_at: datetime = moment()
    answered_at: datetime | None = moment(optional=True)


class CommentReader(StrEnum):
    ENTRANT = "entrant"
    PANEL = "panel"
    JUDGE = "judge"


class Comment(SQLModel, table=True):
    """A judge's text on an entry: for the entrant, for the panel, or a note that the judge alone reads."""

    __tablename__ = "comment"
    __table_args__ = (UniqueConstraint("scorecard_id", "reader"),)

    id: UUID = identifier()
    scorecard_id: UUID = Field(foreign_key="scorecard.id")
    reader: CommentReader = choice(CommentReader, CommentReader.ENTRANT)
    text: str = ""
    saved_at: datetime = moment()
    tab: str = Field(default="", max_length=60)
    save_number: int = 0
    version: int = 1


class CommentSave(SQLModel, table=True):
    """An earlier text of a comment, kept when a save from another tab replaces it."""

    __tablename__ = "comment_save"

    id: UUID = identifier()
    comment_id: UUID = Field(foreign_key="comment.id", index=True)
    text: str
    saved_at: datetime = moment()
    tab: str = Field(default="", max_length=60)
    save_number: int = 0


class CopyState(StrEnum):
    WAITING = "waiting"
    CLEANED = "cleaned"
    FAILED = "failed"


class JudgesCopy(SQLModel, table=True):
    """The cleaned copy of a submitted file, under a neutral name. ``position`` follows the order of entry codes."""

    __tablename__ = "judges_copy"

    id: UUID = identifier()
    entry_file_id: UUID = Field(foreign_key="entry_file.id", unique=True)
    entry_id: UUID = Field(foreign_key="entry.id", index=True)
    question_key: UUID
    state: CopyState = choice(CopyState, CopyState.WAITING)
    file_id: UUID | None = Field(default=None, foreign_key="stored_file.id")
    name: str = Field(default="", max_length=120)
    problem: str = Field(default="", max_length=500)


class CopyPage(SQLModel, table=True):
    """A page of a judge's copy as it is read on the screen: an image, one for a closer look, and its words in place.

    ``ratio`` is its height for a width of 1. A line is ``[text, left, top, width, height, turned]``: per cent of the
    page, and degrees. Pages that were made before there were lines have only their text.
    """

    __tablename__ = "copy_page"
    __table_args__ = (UniqueConstraint("copy_id", "number"),)

    id: UUID = identifier()
    copy_id: UUID = Field(foreign_key="judges_copy.id")
    number: int
    file_id: UUID = Field(foreign_key="stored_file.id")
    zoom_file_id: UUID | None = Field(default=None, foreign_key="stored_file.id")
    ratio: float = A4
    lines: list[Any] = document()
    text: str = ""


class ReadingCopy(SQLModel, table=True):
    """All entries of a judge as one PDF. ``stamp`` tells cheaply whether what it shows has changed since."""

    __tablename__ = "reading_copy"
    __table_args__ = (UniqueConstraint("stage_id", "judge_id"),)

    id: UUID = identifier()
    stage_id: UUID = Field(foreign_key="stage.id")
    judge_id: UUID = Field(foreign_key="person.id", index=True)
    asked_at: datetime = moment()
    stamp: str = Field(default="", max_length=80)
    file_id: UUID | None = Field(default=None, foreign_key="stored_file.id")


class Outcome(StrEnum):
    FINALIST = "finalist"
    WINNER = "winner"
    RESERVE = "reserve"
    NOT_SELECTED = "not selected"
    THRESHOLD_NOT_MET = "threshold not met"
    INELIGIBLE = "ineligible"
    WITHDRAWN = "withdrawn"
    FAILED_CHECKS = "failed checks"
    NO_AWARD = "no award"


PLACES = (Outcome.FINALIST, Outcome.WINNER)
"""The outcomes that take one of the stage's places."""


class AppealState(StrEnum):
    WAITING = "waiting"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Appeal(SQLModel, table=True):
    """What a team has to say against the decision about its entry, and the secretariat's answer. One for each entry."""

    __tablename__ = "appeal"

    id: UUID = identifier()
    entry_id: UUID = Field(foreign_key="entry.id", unique=True)
    state: AppealState = choice(AppealState, AppealState.WAITING)
    text: str
    written_by: UUID = Field(foreign_key="person.id")
    written_at: datetime = moment()
    reason: str = Field(default="", max_length=2000)
    decided_by: UUID | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = moment(optional=True)
    version: int = 1


class Decision(SQLModel, table=True):
    """What becomes of an entry, with the reason; proposed by one person and confirmed by another.

    ``reserve_order`` says in which order reserves move up, the lowest first. ``override`` is the reason of a choice
    that departs from the published order, a threshold or a gate.
    """

    __tablename__ = "decision"

    id: UUID = identifier()
    stage_id: UUID = Field(foreign_key="stage.id", index=True)
    entry_id: UUID = Field(foreign_key="entry.id", unique=True)
    outcome: Outcome = choice(Outcome)
    reserve_order: int | None = None
    reason: str = Field(max_length=2000)
    override: str = Field(default="", max_length=2000)
    decided_by: UUID = Field(foreign_key="person.id")
    decided_at: datetime = moment()
    confirmed_by: UUID | None = Field(default=None, foreign_key="person.id")
    confirmed_at: datetime | None = moment(optional=True)
    version: int = 1
