"""Tables of what is entered for prizes: teams, entries with their versions and receipts, screening, conflicts."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.types import choice, document, identifier, moment


class Team(SQLModel, table=True):
    """The people who have access to an entrant's entries for one prize."""

    __tablename__ = "team"

    id: UUID = identifier()
    prize_id: UUID = Field(foreign_key="prize.id", index=True)
    organisation_id: UUID = Field(foreign_key="organisation.id")
    created_at: datetime = moment()


class TeamMember(SQLModel, table=True):
    """A person of a team; one of them leads."""

    __tablename__ = "team_member"
    __table_args__ = (UniqueConstraint("team_id", "person_id"),)

    id: UUID = identifier()
    team_id: UUID = Field(foreign_key="team.id")
    person_id: UUID = Field(foreign_key="person.id", index=True)
    leads: bool = False
    joined_at: datetime = moment()
    left_at: datetime | None = moment(optional=True)


class InvitationState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class TeamInvitation(SQLModel, table=True):
    """Somebody whom a team's lead has asked to join. ``name`` and ``email`` are as the lead wrote them."""

    __tablename__ = "team_invitation"

    id: UUID = identifier()
    team_id: UUID = Field(foreign_key="team.id", index=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    name: str = Field(max_length=200)
    email: str = Field(max_length=320)
    state: InvitationState = choice(InvitationState, InvitationState.OPEN)
    invited_by: UUID = Field(foreign_key="person.id", index=True)
    invited_at: datetime = moment()
    ended_at: datetime | None = moment(optional=True)


class EntryState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"


class Entry(SQLModel, table=True):
    """What a team puts forward in a stage. ``code`` is dealt when the stage closes.

    ``number`` counts the team's entries, of which the rules may allow several; those of one number follow each other
    through the stages.
    """

    __tablename__ = "entry"
    __table_args__ = (UniqueConstraint("stage_id", "code"), UniqueConstraint("stage_id", "team_id", "number"))

    id: UUID = identifier()
    stage_id: UUID = Field(foreign_key="stage.id", index=True)
    team_id: UUID = Field(foreign_key="team.id", index=True)
    number: int = 1
    state: EntryState = choice(EntryState, EntryState.DRAFT)
    code: str | None = Field(default=None, max_length=20)
    created_at: datetime = moment()
    version: int = 1


class Extension(SQLModel, table=True):
    """A later closing time for one entry, with the reason. The latest of an entry counts."""

    __tablename__ = "extension"

    id: UUID = identifier()
    entry_id: UUID = Field(foreign_key="entry.id", index=True)
    closes_at: datetime = moment()
    reason: str = Field(max_length=500)
    given_by: UUID = Field(foreign_key="person.id")
    given_at: datetime = moment()


class EligibilityAnswers(SQLModel, table=True):
    """What a team answered about who may enter when it began an entry: yes or no by question. Never changed."""

    __tablename__ = "eligibility_answers"

    id: UUID = identifier()
    entry_id: UUID = Field(foreign_key="entry.id", unique=True)
    eligibility_id: UUID = Field(foreign_key="eligibility.id")
    answers: dict[str, Any] = document()
    answered_by: UUID = Field(foreign_key="person.id")
    answered_at: datetime = moment()


class Answer(SQLModel, table=True):
    """The draft answer to one question. ``tab`` and ``save_number`` are of the last save that changed it."""

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("entry_id", "question_key"),)

    id: UUID = identifier()
    entry_id: UUID = Field(foreign_key="entry.id")
    question_key: UUID
    text: str = ""
    saved_by: UUID | None = Field(default=None, foreign_key="person.id")
    saved_at: datetime = moment()
    tab: str = Field(default="", max_length=60)
    save_number: int = 0
    version: int = 1


class AnswerSave(SQLModel, table=True):
    """An earlier text of an answer, kept when a save from another tab or person replaces it."""

    __tablename__ = "answer_save"

    id: UUID = identifier()
    answer_id: UUID = Field(foreign_key="answer.id", index=True)
    text: str
    saved_by: UUID | None = Field(default=None, foreign_key="person.id")
    saved_at: datetime = moment()
    tab: str = Field(default="", max_length=60)
    save_number: int = 0


class DraftFile(SQLModel, table=True):
    """A file that answers a question of a draft."""

    __tablename__ = "draft_file"
    __table_args__ = (UniqueConstraint("entry_id", "question_key", "file_id"),)

    id: UUID = identifier()
    entry_id: UUID = Field(foreign_key="entry.id")
    question_key: UUID
    file_id: UUID = Field(foreign_key="stored_file.id")
    name: str = Field(max_length=255)
    added_by: UUID | None = Field(default=None, foreign_key="person.id")
    added_at: datetime = moment()


class EntryVersion(SQLModel, table=True):
    """A snapshot of an entry as it was submitted: answers by question, apart from the draft. Never changed."""

    __tablename__ = "entry_version"
    __table_args__ = (UniqueConstraint("entry_id", "number"),)

    id: UUID = identifier()
    entry_id: UUID = Field(foreign_key="entry.id")
    number: int
    form_id: UUID = Field(foreign_key="entry_form.id")
    rules_id: UUID = Field(foreign_key="rules.id")
    answers: dict[str, Any] = document()
    content_digest: str = Field(max_length=80)
    submitted_by: UUID = Field(foreign_key="person.id")
    submitted_at: datetime = moment()


class EntryFile(SQLModel, table=True):
    """A file of a submitted version."""

    __tablename__ = "entry_file"

    id: UUID = identifier()
    entry_version_id: UUID = Field(foreign_key="entry_version.id", index=True)
    question_key: UUID
    file_id: UUID = Field(foreign_key="stored_file.id")
    name: str = Field(max_length=255)


class Receipt(SQLModel, table=True):
    """What the entrant gets on submission, with a code of its own that anybody can check."""

    __tablename__ = "receipt"

    id: UUID = identifier()
    code: str = Field(max_length=40, unique=True)
    entry_version_id: UUID = Field(foreign_key="entry_version.id", unique=True)
    issued_at: datetime = moment()


class Screening(SQLModel, table=True):
    """The secretariat's decision whether an entry is eligible; the latest counts."""

    __tablename__ = "screening"

    id: UUID = identifier()
    entry_id: UUID = Field(foreign_key="entry.id", index=True)
    eligible: bool
    reason: str = Field(default="", max_length=1000)
    decided_by: UUID = Field(foreign_key="person.id")
    decided_at: datetime = moment()


class Duplicate(SQLModel, table=True):
    """Two entries of a stage that share a file, a person or an answer, and what the secretariat said of them last.

    ``alike`` are pairs of a question's key and the share of runs of three words that both answers have in common.
    """

    __tablename__ = "duplicate"
    __table_args__ = (UniqueConstraint("entry_id", "other_id"),)

    id: UUID = identifier()
    stage_id: UUID = Field(foreign_key="stage.id", index=True)
    entry_id: UUID = Field(foreign_key="entry.id")
    other_id: UUID = Field(foreign_key="entry.id", index=True)
    alike: list[Any] = document()
    found_at: datetime = moment()
    note: str = Field(default="", max_length=200)
    decided_by: UUID | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = moment(optional=True)


class ConflictOrigin(StrEnum):
    DECLARED = "declared"
    DETECTED = "detected"


class ConflictState(StrEnum):
    """A stated name that is only close to an entrant's is possible until the secretariat decides."""

    STANDS = "stands"
    POSSIBLE = "possible"
    DISMISSED = "dismissed"


class Conflict(SQLModel, table=True):
    """A reason why this person must not see this entry. It keeps them apart while it stands."""

    __tablename__ = "conflict"
    __table_args__ = (UniqueConstraint("person_id", "entry_id"),)

    id: UUID = identifier()
    person_id: UUID = Field(foreign_key="person.id")
    entry_id: UUID = Field(foreign_key="entry.id", index=True)
    origin: ConflictOrigin = choice(ConflictOrigin)
    state: ConflictState = choice(ConflictState, ConflictState.STANDS)
    reason: str = Field(default="", max_length=500)
    found_at: datetime = moment()
    decided_by: UUID | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = moment(optional=True)


class ConflictStatement(SQLModel, table=True):
    """A person or organisation that somebody typed as a conflict of theirs, whether or not it matches an entry."""

    __tablename__ = "conflict_statement"

    id: UUID = identifier()
    person_id: UUID = Field(foreign_key="person.id", index=True)
    stage_id: UUID = Field(foreign_key="stage.id", index=True)
    text: str = Field(max_length=200)
    stated_at: datetime = moment()


class CheckState(StrEnum):
    """Judges read what is clear or allowed, and nothing else."""

    SEARCHING = "searching"
    CLEAR = "clear"
    HELD = "held"
    ALLOWED = "allowed"
    WITHHELD = "withheld"


class NameCheck(SQLModel, table=True):
    """The search for names in one answer or file of an entry, of the content with this digest, and what follows.

    ``about`` is the question's key, and for a file its id too. ``hits`` are those of ``prize.entries.names``.
    """

    __tablename__ = "name_check"
    __table_args__ = (UniqueConstraint("entry_id", "about"),)

    id: UUID = identifier()
    entry_id: UUID = Field(foreign_key="entry.id")
    about: str = Field(max_length=80)
    content_digest: str = Field(max_length=80)
    state: CheckState = choice(CheckState, CheckState.SEARCHING)
    hits: list[Any] = document()
    problem: str = Field(default="", max_length=500)
    searched_at: datetime | None = moment(optional=True)
    decided_by: UUID | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = moment(optional=True)
    reason: str = Field(default="", max_length=1000)
