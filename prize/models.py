"""Tables of prizes: brief, stages, fund, entry form and rubric.

Rules, entry form, rubric and dates are numbered versions. A version without ``published_at`` is being written; one
with it never changes again, and entries, receipts and scorecards name the versions that they were made under.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, UniqueConstraint
from sqlmodel import Column, Field, SQLModel

from storage.types import choice, document, identifier, moment

TEAM_BYTES = 1024**3
"""How many bytes of files the draft of an entry may hold, where a prize has not chosen otherwise."""


class Blueprint(StrEnum):
    """What the prize is for, after Challenge Works' six blueprints."""

    BREAKTHROUGH = "breakthrough"
    SCALING = "scaling"
    START_UP = "start-up"
    COMMUNITY_CENTRED = "community-centred"
    SPOTLIGHT = "spotlight"
    TESTBED = "testbed"


class Pays(StrEnum):
    """How a prize pays."""

    RECOGNITION = "recognition"
    BEST_OF = "best-of"
    FIRST_TO_THE_POST = "first-to-the-post"
    STAGED = "staged with finalist grants"


class PrizeState(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in review"
    PUBLISHED = "published"
    PAUSED = "paused"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Prize(SQLModel, table=True):
    """One competition. ``slug`` is its public address for ever."""

    __tablename__ = "prize"

    id: UUID = identifier()
    programme_id: UUID = Field(foreign_key="programme.id", index=True)
    mission_id: UUID = Field(foreign_key="mission.id", index=True)
    slug: str = Field(max_length=60, unique=True)
    title: str = Field(max_length=200)
    state: PrizeState = choice(PrizeState, PrizeState.DRAFT)
    blueprint: Blueprint = choice(Blueprint, Blueprint.BREAKTHROUGH)
    pays: Pays = choice(Pays, Pays.BEST_OF)
    zone: str = Field(default="Europe/London", max_length=60)
    language: str = Field(default="en", max_length=12)
    currency: str = Field(default="GBP", max_length=3)
    team_bytes: int = Field(default=TEAM_BYTES, sa_column=Column(BigInteger, nullable=False))
    illustrative: bool = False
    source: str = Field(default="", max_length=1000)
    created_by: UUID = Field(foreign_key="person.id")
    sent_for_review_by: UUID | None = Field(default=None, foreign_key="person.id")
    published_by: UUID | None = Field(default=None, foreign_key="person.id")
    created_at: datetime = moment()
    published_at: datetime | None = moment(optional=True)
    paused_at: datetime | None = moment(optional=True)
    version: int = 1


class Brief(SQLModel, table=True):
    """What solvers are asked to solve, as one version of its text."""

    __tablename__ = "brief"
    __table_args__ = (UniqueConstraint("prize_id", "number"),)

    id: UUID = identifier()
    prize_id: UUID = Field(foreign_key="prize.id")
    number: int = 1
    summary: str = Field(default="", max_length=600)
    problem: str = ""
    eligibility: str = ""
    published_at: datetime | None = moment(optional=True)
    version: int = 1


class Rules(SQLModel, table=True):
    """The terms that an entrant accepts, as one version of them."""

    __tablename__ = "rules"
    __table_args__ = (UniqueConstraint("prize_id", "number"),)

    id: UUID = identifier()
    prize_id: UUID = Field(foreign_key="prize.id")
    number: int = 1
    text: str = ""
    published_at: datetime | None = moment(optional=True)
    version: int = 1


class StageKind(StrEnum):
    BATCH = "batch"
    ROLLING = "rolling"


class Visibility(StrEnum):
    BLIND = "blind"
    NAMES_KNOWN = "names known"
    OPEN = "open"


class StageState(StrEnum):
    """What people have decided about a stage. Whether it is open or closed follows from its dates and the clock."""

    PLANNED = "planned"
    SCREENING = "screening"
    JUDGING = "judging"
    DECIDING = "deciding"
    CONFIRMED = "confirmed"
    RELEASED = "released"
    CANCELLED = "cancelled"


class RankedBy(StrEnum):
    """Which score orders the entries of a stage, by its published rules."""

    MEAN = "weighted mean"
    ADJUSTED = "adjusted score"


class PlaceTold(StrEnum):
    """What entrants learn of their own place after release."""

    NOTHING = "nothing"
    BAND = "clear, close or below"
    PLACE = "place and how sure it is"


class ScoresTold(StrEnum):
    """What entrants learn of their own scores after release; never those of one judge."""

    NOTHING = "nothing"
    MEANS = "the mean of each criterion"
    SPREAD = "the means, and how far judges differ"


class Stage(SQLModel, table=True):
    """One round of a prize. ``closed_at`` is when its closing was carried out (codes dealt, copies ordered).

    ``appeal_days`` is for how many days after the release teams can appeal; 0 where they cannot. ``may_draw`` says
    whether the last places may be drawn by lot among entries between which scores do not decide. ``correction_days`` is
    for how many days after closing a team may take out what names it; 0 for never. ``comment_needed`` says whether each
    judge has to write the comment for the entrant on what they score.
    """

    __tablename__ = "stage"
    __table_args__ = (UniqueConstraint("prize_id", "position"),)

    id: UUID = identifier()
    prize_id: UUID = Field(foreign_key="prize.id")
    position: int = 1
    name: str = Field(max_length=200)
    kind: StageKind = choice(StageKind, StageKind.BATCH)
    visibility: Visibility = choice(Visibility, Visibility.BLIND)
    state: StageState = choice(StageState, StageState.PLANNED)
    places: int = 1
    scorecards_per_entry: int = 3
    ranked_by: RankedBy = choice(RankedBy, RankedBy.MEAN)
    place_told: PlaceTold = choice(PlaceTold, PlaceTold.NOTHING)
    scores_told: ScoresTold = choice(ScoresTold, ScoresTold.NOTHING)
    appeal_days: int = 0
    may_draw: bool = False
    entries_per_team: int = 1
    correction_days: int = 0
    comment_needed: bool = False
    closed_at: datetime | None = moment(optional=True)
    released_at: datetime | None = moment(optional=True)
    version: int = 1


class StageDates(SQLModel, table=True):
    """When a stage opens and closes, as one version. Closing time itself is in time."""

    __tablename__ = "stage_dates"
    __table_args__ = (UniqueConstraint("stage_id", "number"),)

    id: UUID = identifier()
    stage_id: UUID = Field(foreign_key="stage.id")
    number: int = 1
    opens_at: datetime = moment()
    closes_at: datetime = moment()
    judging_closes_at: datetime = moment()
    decision_at: datetime = moment()
    reason: str = Field(default="", max_length=500)
    published_at: datetime | None = moment(optional=True)
    version: int = 1


class PrizeChange(SQLModel, table=True):
    """What changed about a prize after its publication, as its public page says it. Never changed itself."""

    __tablename__ = "prize_change"

    id: UUID = identifier()
    prize_id: UUID = Field(foreign_key="prize.id", index=True)
    what: str = Field(max_length=500)
    reason: str = Field(max_length=500)
    made_by: UUID = Field(foreign_key="person.id")
    made_at: datetime = moment()


class ContributionKind(StrEnum):
    MONEY = "money"
    IN_KIND = "in kind"


class Contribution(SQLModel, table=True):
    """Money or value in kind that somebody gave to a prize's fund on a date. No balance is stored."""

    __tablename__ = "contribution"

    id: UUID = identifier()
    prize_id: UUID = Field(foreign_key="prize.id", index=True)
    contributor: str = Field(max_length=200)
    kind: ContributionKind = choice(ContributionKind, ContributionKind.MONEY)
    minor: int = Field(sa_type=BigInteger)
    given_on: date
    note: str = Field(default="", max_length=500)


class Award(SQLModel, table=True):
    """One line of a version of the fund's division: so many awards of so much each.

    ``number`` is the version, and ``key`` stays the same from version to version.
    """

    __tablename__ = "award"
    __table_args__ = (UniqueConstraint("prize_id", "number", "key"),)

    id: UUID = identifier()
    prize_id: UUID = Field(foreign_key="prize.id", index=True)
    number: int = 1
    key: UUID = Field(default_factory=uuid4)
    position: int = 1
    name: str = Field(max_length=200)
    kind: ContributionKind = choice(ContributionKind, ContributionKind.MONEY)
    count: int = 1
    minor_each: int = Field(sa_type=BigInteger)


class EntryForm(SQLModel, table=True):
    """What entrants are asked in a stage, as one version."""

    __tablename__ = "entry_form"
    __table_args__ = (UniqueConstraint("stage_id", "number"),)

    id: UUID = identifier()
    stage_id: UUID = Field(foreign_key="stage.id")
    number: int = 1
    published_at: datetime | None = moment(optional=True)
    version: int = 1


class QuestionKind(StrEnum):
    TEXT = "text"
    FILE = "file"
    NUMBER = "number"
    CHOICE = "choice"
    CONSENT = "consent"
    BASELINE = "baseline"
    MONEY = "money"
    DATE = "date"
    TEAM = "team"
    DECLARATION = "declaration"


class Question(SQLModel, table=True):
    """One question of a form. ``key`` stays the same from version to version, and answers name it.

    ``only_if`` is the key of an earlier question, and ``only_if_answers`` the answers to it after which this is asked.
    With a ``heading`` a section begins, to which the questions below belong. The answer to the one question that is the
    ``topic`` says what an entry is about, so that judges who know it can be asked.
    """

    __tablename__ = "question"
    __table_args__ = (UniqueConstraint("form_id", "key"),)

    id: UUID = identifier()
    form_id: UUID = Field(foreign_key="entry_form.id")
    key: UUID = Field(default_factory=uuid4)
    position: int
    kind: QuestionKind = choice(QuestionKind, QuestionKind.TEXT)
    wording: str = Field(max_length=500)
    help: str = Field(default="", max_length=1000)
    required: bool = True
    reveals_identity: bool = False
    confidential: bool = False
    word_limit: int | None = None
    size_limit: int | None = None
    unit: str = Field(default="", max_length=60)
    options: list[str] = document()
    particulars: str = Field(default="", max_length=200)
    only_if: UUID | None = None
    only_if_answers: list[str] = document()
    heading: str = Field(default="", max_length=200)
    topic: bool = False
    version: int = 1


class Rubric(SQLModel, table=True):
    """How a stage's entries are scored, as one version. Weights and thresholds are whole numbers.

    Scores are stored in whole steps of the scale, of which a point has ``steps_per_point``.
    """

    __tablename__ = "rubric"
    __table_args__ = (UniqueConstraint("stage_id", "number"),)

    id: UUID = identifier()
    stage_id: UUID = Field(foreign_key="stage.id")
    number: int = 1
    lowest: int = 1
    highest: int = 5
    steps_per_point: int = 1
    published_at: datetime | None = moment(optional=True)
    version: int = 1


class Seen(StrEnum):
    BLIND = "blind"
    AFTER_REVEAL = "after reveal"


class Criterion(SQLModel, table=True):
    """One thing that is scored. ``weight`` is in whole per cent; ``threshold`` in hundredths of a scale point.

    ``breaks_ties`` is its place among the criteria whose means order entries with equal scores, from 1.
    """

    __tablename__ = "criterion"
    __table_args__ = (
        UniqueConstraint("rubric_id", "key"),
        CheckConstraint("weight >= 0 AND weight <= 100", name="weight"),
    )

    id: UUID = identifier()
    rubric_id: UUID = Field(foreign_key="rubric.id")
    key: UUID = Field(default_factory=uuid4)
    position: int
    name: str = Field(max_length=120)
    question: str = Field(max_length=500)
    weight: int
    threshold: int | None = None
    seen: Seen = choice(Seen, Seen.BLIND)
    breaks_ties: int | None = None
    levels: list[str] = document()


class GateQuestion(SQLModel, table=True):
    """A question to which each judge answers yes or no beside the scores. It is counted and in no mean."""

    __tablename__ = "gate_question"
    __table_args__ = (UniqueConstraint("rubric_id", "key"),)

    id: UUID = identifier()
    rubric_id: UUID = Field(foreign_key="rubric.id")
    key: UUID = Field(default_factory=uuid4)
    position: int
    wording: str = Field(max_length=200)


class ClarificationState(StrEnum):
    WAITING = "waiting"
    ANSWERED = "answered"
    DECLINED = "declined"


class PrizePart(StrEnum):
    BRIEF = "brief and rules"
    ELIGIBILITY = "eligibility"
    STAGE = "stage"
    FORM = "entry form"
    RUBRIC = "rubric"
    FUND = "fund"
    MAILS = "mail texts"
    PEOPLE = "people"


class PrizeComment(SQLModel, table=True):
    """What somebody of a prize's team has written to colleagues about a part of it."""

    __tablename__ = "prize_comment"

    id: UUID = identifier()
    prize_id: UUID = Field(foreign_key="prize.id", index=True)
    part: PrizePart = choice(PrizePart)
    stage_id: UUID | None = Field(default=None, foreign_key="stage.id")
    text: str = Field(max_length=2000)
    written_by: UUID = Field(foreign_key="person.id", index=True)
    written_at: datetime = moment()
    settled_by: UUID | None = Field(default=None, foreign_key="person.id")
    settled_at: datetime | None = moment(optional=True)


class Clarification(SQLModel, table=True):
    """A public question about a prize and its answer to all. Who asked is told to nobody.

    ``asked`` is the question as it was typed; ``question`` is its wording as it was published, with ``answer``.
    ``reason`` says why it was declined, to whoever asked.
    """

    __tablename__ = "clarification"

    id: UUID = identifier()
    prize_id: UUID = Field(foreign_key="prize.id", index=True)
    state: ClarificationState = choice(ClarificationState, ClarificationState.WAITING)
    asked: str
    asked_by: UUID = Field(foreign_key="person.id", index=True)
    asked_at: datetime = moment()
    question: str = ""
    answer: str = ""
    reason: str = ""
    decided_by: UUID | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = moment(optional=True)
    version: int = 1


class Following(SQLModel, table=True):
    """Somebody wants mail about a published prize. The id is in the mails' link to stop, and nowhere else."""

    __tablename__ = "following"
    __table_args__ = (UniqueConstraint("prize_id", "person_id"),)

    id: UUID = identifier()
    prize_id: UUID = Field(foreign_key="prize.id")
    person_id: UUID = Field(foreign_key="person.id", index=True)
    followed_at: datetime = moment()


class MessageTemplate(SQLModel, table=True):
    """What a prize says in a mail in place of Laurel's own words; ``key`` names the event that causes it."""

    __tablename__ = "message_template"
    __table_args__ = (UniqueConstraint("prize_id", "key"),)

    id: UUID = identifier()
    prize_id: UUID = Field(foreign_key="prize.id")
    key: str = Field(max_length=60)
    subject: str = Field(max_length=200)
    text: str
    changed_by: UUID = Field(foreign_key="person.id")
    changed_at: datetime = moment()
    version: int = 1


class GroupMessage(SQLModel, table=True):
    """What somebody of a prize's staff wrote to a group. ``people`` were in it then; ``written`` have their mail."""

    __tablename__ = "group_message"

    id: UUID = identifier()
    prize_id: UUID = Field(foreign_key="prize.id", index=True)
    audience: str = Field(max_length=300)
    subject: str = Field(max_length=200)
    text: str
    people: list[str] = document()
    written: int = 0
    sent_by: UUID = Field(foreign_key="person.id")
    sent_at: datetime = moment()


class Eligibility(SQLModel, table=True):
    """Who may enter, as questions that anybody can answer for themselves; one version of them."""

    __tablename__ = "eligibility"
    __table_args__ = (UniqueConstraint("prize_id", "number"),)

    id: UUID = identifier()
    prize_id: UUID = Field(foreign_key="prize.id")
    number: int = 1
    published_at: datetime | None = moment(optional=True)
    version: int = 1


class Otherwise(StrEnum):
    """What it means when an eligibility question is not answered as it has to be."""

    DECIDES = "not eligible"
    REFERS = "the secretariat looks at it"


class EligibilityQuestion(SQLModel, table=True):
    """A question with yes or no for an answer. ``needed`` is the one that lets enter; ``told`` goes with the other."""

    __tablename__ = "eligibility_question"
    __table_args__ = (UniqueConstraint("eligibility_id", "key"),)

    id: UUID = identifier()
    eligibility_id: UUID = Field(foreign_key="eligibility.id")
    key: UUID = Field(default_factory=uuid4)
    position: int
    wording: str = Field(max_length=200)
    needed: bool = True
    otherwise: Otherwise = choice(Otherwise, Otherwise.DECIDES)
    told: str = Field(max_length=200)
