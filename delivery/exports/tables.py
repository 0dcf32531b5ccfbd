"""Which tables of the database are exported, how each belongs to a prize and to an entry, and which are not and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Boolean, Column, ColumnElement, Date, Float, Integer, Table, literal
from sqlmodel import Session, SQLModel, col, select

from accounts.models import EmailAddress, Organisation, Person
from delivery.exports.meanings import meaning_of
from delivery.models import (
    Evidence,
    EvidenceFile,
    GrantTerms,
    Milestone,
    Payment,
    Result,
    Verification,
)
from judging.models import (
    Appeal,
    Assignment,
    Comment,
    CommentReader,
    Decision,
    GateAnswer,
    PanelMember,
    Score,
    Scorecard,
)
from judging.outcome_models import DueDiligence, LetterEdit, NoAward
from judging.panel.models import AgendaItem, Meeting, MeetingPresence, Minute, RevisedScore
from judging.paper_models import PaperScore
from mission.models import Measurement, Mission, Target
from prize.entries.models import (
    Conflict,
    EligibilityAnswers,
    Entry,
    EntryFile,
    EntryState,
    EntryVersion,
    Extension,
    Receipt,
    Screening,
    Team,
    TeamMember,
)
from prize.models import (
    Award,
    Brief,
    Clarification,
    Contribution,
    Criterion,
    Eligibility,
    EligibilityQuestion,
    EntryForm,
    GateQuestion,
    MessageTemplate,
    Prize,
    PrizeChange,
    PrizeComment,
    Question,
    Rubric,
    Rules,
    Stage,
    StageDates,
)
from storage.files import StoredFile
from storage.sheets.writing import Held, WrittenColumn
from storage.types import ExactDecimal, UtcTime

AT_ONCE: Final = 1_000
"""Rows that are fetched from the database at once."""


@dataclass(frozen=True)
class Asker:
    """For whom something is exported, and which entries they must not see.

    ``shut`` are stages of which they must not see any decision.
    """

    prize_id: UUID
    kept: frozenset[UUID]
    shut: frozenset[UUID]
    secretariat: bool


@dataclass(frozen=True)
class ExportedColumn:
    """A column of an exported table, as the dictionary describes it."""

    name: str
    meaning: str
    held: Held
    source: str
    unit: str = ""

    @property
    def written(self) -> WrittenColumn:
        return WrittenColumn(self.name, self.held)


@dataclass(frozen=True)
class ExportedTable:
    """A table of the database as it is exported.

    ``through`` leads from it to the prize, each step by a foreign key; where an entry is on the way, what belongs to an
    entry that the asker must not see is left out. ``without`` are columns that are not exported. ``owner``: the
    programme's owner gets it too. ``decides``: it tells what is decided.
    """

    model: type[SQLModel]
    meaning: str
    through: tuple[type[SQLModel], ...] = ()
    without: tuple[str, ...] = ()
    owner: bool = False
    decides: bool = False
    where: tuple[ColumnElement[bool], ...] = ()

    @property
    def table(self) -> Table:
        found: Table = self.model.__table__  # type: ignore[attr-defined]
        return found

    @property
    def name(self) -> str:
        return self.table.name

    @property
    def columns(self) -> tuple[ExportedColumn, ...]:
        own = tuple(
            ExportedColumn(
                column.name,
                meaning_of(self.name, column.name),
                Held.REAL if self._in_points(column) else _held(column.type),
                f"{self.name}.{column.name}",
                _unit(column.name),
            )
            for column in self.table.columns
            if column.name not in self.without
        )
        more = (
            [ExportedColumn("entry_code", meaning_of("entry", "code"), Held.TEXT, "entry.code")]
            if self._of_entry
            else []
        )
        if "file_id" in self.table.columns:
            more += [
                ExportedColumn("sha256", meaning_of("stored_file", "sha256"), Held.TEXT, "stored_file.sha256"),
                ExportedColumn("size", meaning_of("stored_file", "size"), Held.WHOLE, "stored_file.size", "bytes"),
            ]
        return own + tuple(more)

    def _in_points(self, column: Column[Any]) -> bool:
        """Whether it is stored in steps of a rubric's scale, and exported in points."""
        return column is self.table.c.get("points") and self._scored_by is not None

    @property
    def _scored_by(self) -> type[SQLModel] | None:
        """The table that names the rubric by which a row is scored."""
        return next((model for model in (self.model, *self.through) if model in (Scorecard, RevisedScore)), None)

    @property
    def _of_entry(self) -> bool:
        """Whether a row belongs to one entry; teams and organisations may have several."""
        return Entry in self.through and Team not in (self.model, *self.through)

    def rows(self, db: Session, asker: Asker) -> Iterator[Sequence[Any]]:
        """What the asker may see of it, in the order of the ids."""
        own = [column for column in self.table.columns if column.name not in self.without]
        in_points = any(map(self._in_points, own))
        shown: list[Any] = [
            (column * 1.0 / col(Rubric.steps_per_point)).label(column.name) if self._in_points(column) else column
            for column in own
        ]
        shown += [col(Entry.code)] if self._of_entry else []
        of_file = "file_id" in self.table.columns
        shown += [col(StoredFile.sha256), col(StoredFile.size)] if of_file else []
        found: Any = select(*shown).select_from(self.table)
        for left, right in zip((self.model, *self.through), self.through, strict=False):
            found = found.join(right, _key(left, right))
        if in_points and self._scored_by:
            found = found.join(Rubric, _key(self._scored_by, Rubric))
        if of_file:
            found = found.join(StoredFile, _key(self.model, StoredFile))
        last: Any = (self.model, *self.through)[-1]
        found = found.where(
            last.id == asker.prize_id if last is Prize else last.prize_id == asker.prize_id, *self.where
        )
        if asker.kept and Entry in (self.model, *self.through):
            found = found.where(col(Entry.id).not_in(asker.kept))
        if asker.shut and self.decides:
            found = found.where(col(Stage.id).not_in(asker.shut))
        before: UUID | None = None
        for row in db.execute(found.order_by(self.table.c.id).execution_options(yield_per=AT_ONCE)):
            if row.id != before:
                yield row
            before = row.id


def _key(left: type[SQLModel], right: type[SQLModel]) -> ColumnElement[bool]:
    """By which of two tables' columns they belong together: the foreign key of the one or of the other."""
    one: Table = left.__table__  # type: ignore[attr-defined]
    other: Table = right.__table__  # type: ignore[attr-defined]
    for here, there in ((one, other), (other, one)):
        for column in here.columns:
            if column.references(there.c.id):
                return column == there.c.id
    raise ValueError(f"{one.name} and {other.name} do not belong together")


def _held(kind: Any) -> Held:
    for known, held in (
        (UtcTime, Held.TIME),
        (ExactDecimal, Held.DECIMAL),
        (Boolean, Held.FLAG),
        (Integer, Held.WHOLE),
        (Float, Held.REAL),
        (Date, Held.DATE),
    ):
        if isinstance(kind, known):
            return held
    return Held.TEXT


def _unit(column: str) -> str:
    if column in ("minor", "minor_each"):
        return "minor units of the prize's currency (pence, cents)"
    return {
        "weight": "per cent",
        "threshold": "hundredths of a point",
        "team_bytes": "bytes",
        "word_limit": "words",
    }.get(column, "")


IN_STAGE: Final = (Stage,)
OF_ENTRY: Final = (Entry, Stage)
OF_CARD: Final = (Scorecard, Assignment, Entry, Stage)
OF_VERSION: Final = (EntryVersion, Entry, Stage)
OF_TERMS: Final = (GrantTerms, Entry, Stage)
OF_MILESTONE: Final = (Milestone, *OF_TERMS)
SUBMITTED: Final = (col(Entry.state) == EntryState.SUBMITTED,)

TABLES: Final = (
    ExportedTable(Prize, "The prize itself", owner=True),
    ExportedTable(Mission, "The mission that the prize serves", (Prize,), owner=True),
    ExportedTable(Target, "What the mission promises", (Mission, Prize), owner=True),
    ExportedTable(Measurement, "Observed values of the targets, every revision", (Target, Mission, Prize), owner=True),
    ExportedTable(Brief, "What solvers are asked to solve, every version", owner=True),
    ExportedTable(Rules, "The rules, every version", owner=True),
    ExportedTable(Eligibility, "Who may enter, every version of the questions", owner=True),
    ExportedTable(EligibilityQuestion, "What somebody is asked before they enter", (Eligibility,), owner=True),
    ExportedTable(MessageTemplate, "What the prize says in its mails in its own words", owner=True),
    ExportedTable(PrizeChange, "What changed after publication, and why", owner=True),
    ExportedTable(PrizeComment, "Comments of the prize's team on its parts"),
    ExportedTable(Clarification, "Public questions and answers, without who asked", (), ("asked_by",)),
    ExportedTable(Contribution, "Who gave what to the fund", owner=True),
    ExportedTable(Award, "How the fund is divided", owner=True),
    ExportedTable(Stage, "The stages", without=("closed_at",), owner=True),
    ExportedTable(StageDates, "When the stages open and close, every version", IN_STAGE, owner=True),
    ExportedTable(EntryForm, "The entry forms, every version", IN_STAGE, owner=True),
    ExportedTable(Question, "What the forms ask", (EntryForm, Stage), owner=True),
    ExportedTable(Rubric, "The rubrics, every version", IN_STAGE, owner=True),
    ExportedTable(Criterion, "What is scored", (Rubric, Stage), owner=True),
    ExportedTable(GateQuestion, "What judges answer with yes or no", (Rubric, Stage), owner=True),
    ExportedTable(Organisation, "The organisations that enter", (Team, *OF_ENTRY), ("programme_id",)),
    ExportedTable(Team, "The teams of the entries", OF_ENTRY),
    ExportedTable(TeamMember, "Who belongs to the teams", (Team, *OF_ENTRY)),
    ExportedTable(Entry, "The entries, drafts among them", IN_STAGE),
    ExportedTable(EligibilityAnswers, "What teams answered about who may enter", OF_ENTRY),
    ExportedTable(Extension, "Which entries were given more time", OF_ENTRY),
    ExportedTable(
        EntryVersion, "What was submitted when, every version; the table of answers says what", OF_ENTRY, ("answers",)
    ),
    ExportedTable(
        EntryFile, "The files of submitted entries: their names and hashes, not their content", OF_VERSION,
        where=SUBMITTED,
    ),
    ExportedTable(Receipt, "The receipts of what was submitted", OF_VERSION),
    ExportedTable(Screening, "Whether entries are eligible, every decision", OF_ENTRY),
    ExportedTable(Conflict, "Who must not see which entry, and why", OF_ENTRY),
    ExportedTable(PanelMember, "The judges of the stages", IN_STAGE),
    ExportedTable(Assignment, "Who was asked to score what", OF_ENTRY, ("plan_id",)),
    ExportedTable(Scorecard, "The scorecards", (Assignment, *OF_ENTRY)),
    ExportedTable(Score, "The scores", OF_CARD),
    ExportedTable(PaperScore, "Which scores and answers were entered from paper score sheets", OF_CARD),
    ExportedTable(GateAnswer, "The answers to gate questions; the one with the highest number counts", OF_CARD),
    ExportedTable(
        Comment, "The judges' comments; a judge's own notes are theirs alone", OF_CARD, ("tab", "save_number"),
        where=(col(Comment.reader) != CommentReader.JUDGE,),
    ),
    ExportedTable(Meeting, "The meetings of the panels", IN_STAGE, ("entry_id", "version")),
    ExportedTable(MeetingPresence, "Who was at the meetings", (Meeting, Stage)),
    ExportedTable(AgendaItem, "What was on the agendas of the meetings", OF_ENTRY, ("position",)),
    ExportedTable(Minute, "What the meetings recorded; one that another names as corrected no longer stands",
        OF_ENTRY, ("number",),
    ),
    ExportedTable(RevisedScore, "Scores that the panel's members revised after discussing an entry", OF_ENTRY),
    ExportedTable(Decision, "What becomes of the entries", OF_ENTRY, decides=True),
    ExportedTable(LetterEdit, "What was taken out of letters so that no judge is named", OF_ENTRY, decides=True),
    ExportedTable(NoAward, "Why places of the stages were left free", IN_STAGE, decides=True),
    ExportedTable(DueDiligence, "What due diligence found about who is chosen, every finding", OF_ENTRY,
        decides=True,
    ),
    ExportedTable(Appeal, "What teams have to say against decisions, and the answers", OF_ENTRY),
    ExportedTable(GrantTerms, "What finalists accept, every version", OF_ENTRY, owner=True),
    ExportedTable(Milestone, "What finalists show by when", OF_TERMS, owner=True),
    ExportedTable(Evidence, "What finalists gave as evidence", OF_MILESTONE),
    ExportedTable(
        EvidenceFile, "The files of evidence: their names and hashes, not their content", OF_MILESTONE,
        where=(col(EvidenceFile.evidence_id).is_not(None),),
    ),
    ExportedTable(Verification, "Whether milestones are met, every judgement", OF_MILESTONE),
    ExportedTable(Result, "What was measured", OF_MILESTONE, owner=True),
    ExportedTable(Payment, "The payments", OF_MILESTONE, owner=True),
)  # fmt: skip

ELSEWHERE: Final = {
    "person": "the export has a table of its own of the people whom its other tables name",
    "email_address": "the table of people has each one's address",
    "stored_file": "the tables of files have each one's hash and size",
}
"""Tables of the database whose content is in another table of the export."""

LEFT_OUT: Final = {
    "answer": "a draft belongs to its team alone until it is submitted",
    "answer_save": "a draft belongs to its team alone until it is submitted",
    "draft_file": "a draft belongs to its team alone until it is submitted",
    "upload": "files on their way are not part of the prize yet",
    "appointment": "the operator's page of permissions lists who holds which role",
    "assignment_plan": "what became of a plan is in the assignments",
    "judges_copy": "it is made from the file of the entry, and made again when it is needed",
    "copy_page": "it is made from the file of the entry, and made again when it is needed",
    "reading_copy": "it is made from what a judge reads, and made again when it is needed",
    "practice_entry": "it is made up, and counts for nothing",
    "practice_reference": "it is made up, and counts for nothing",
    "practice_card": "practice counts for nothing",
    "practice_score": "practice counts for nothing",
    "prepared_export": "it is an export itself",
    "group_message": "the page of messages shows what was written to which group; it lists people by their ids",
    "team_invitation": "who has joined is in the members of the teams; who has not has no part in the prize",
    "following": "who wants mail about the prize asked for nothing else",
    "conflict_statement": "names that judges stated in confidence; those that belong to an entry are in the conflicts",
    "duplicate": "it sets two entries beside each other; what was decided of each is in the screening",
    "name_check": "it quotes what may name an entry's makers, and is made again when it is needed",
    "score_save": "what a judge had scored before; the scores that count are exported",
    "comment_save": "what a judge had written before; the comments that count are exported",
    "stage_analysis": "the recompute pack has every number of it",
    "draw": "the prize's page has everything that repeats it, and the decisions say who was drawn",
    "planned_release": "when decisions were released is in the stages",
    "panel_study": "it is made before a prize is launched, and made again when it is needed",
    "programme": "it holds other prizes too",
    "membership": "it says in which other prizes a person has a part",
    "credential": "how people sign in is no part of a prize",
    "sign_in_session": "how people sign in is no part of a prize",
    "one_use_link": "how people sign in is no part of a prize",
    "attempt": "how people sign in is no part of a prize",
    "reply": "what Laurel keeps to run",
    "job": "what Laurel keeps to run",
    "mail": "it holds links and addresses of people outside the prize",
    "clock_offset": "what Laurel keeps to run",
    "last_check": "what Laurel keeps to run",
    "audit_row": "the audit trail is sealed, and is verified where it lies",
    "audit_content": "the audit trail is sealed, and is verified where it lies",
    "seal": "the audit trail is sealed, and is verified where it lies",
}
"""Tables of the database that are not exported, and why."""


def people(db: Session, ids: frozenset[UUID]) -> Iterator[Sequence[Any]]:
    """The people with these ids, each with one address."""
    ordered = sorted(ids, key=str)
    for at in range(0, len(ordered), AT_ONCE):
        some = ordered[at : at + AT_ONCE]
        addresses = dict(
            db.exec(
                select(EmailAddress.person_id, EmailAddress.address)
                .where(col(EmailAddress.person_id).in_(some))
                .order_by(col(EmailAddress.verified_at).is_(None).desc(), col(EmailAddress.address).desc())
            ).all()
        )
        rows = db.exec(select(Person.id, Person.name).where(col(Person.id).in_(some))).all()
        for person_id, name in sorted(rows, key=lambda row: str(row[0])):
            yield person_id, name, addresses.get(person_id, "")


PEOPLE: Final = (
    ExportedColumn("id", meaning_of("person", "id"), Held.TEXT, "person.id"),
    ExportedColumn("name", meaning_of("person", "name"), Held.TEXT, "person.name"),
    ExportedColumn("email", meaning_of("email_address", "address"), Held.TEXT, "email_address.address"),
)

ANSWERS: Final = (
    ExportedColumn("entry_id", meaning_of("", "entry_id"), Held.TEXT, "entry.id"),
    ExportedColumn("entry_code", meaning_of("entry", "code"), Held.TEXT, "entry.code"),
    ExportedColumn("number", meaning_of("entry_version", "number"), Held.WHOLE, "entry_version.number"),
    ExportedColumn("question_key", meaning_of("", "question_key"), Held.TEXT, "question.key"),
    ExportedColumn("question", meaning_of("question", "wording"), Held.TEXT, "question.wording"),
    ExportedColumn("answer", meaning_of("entry_version", "answers"), Held.TEXT, "entry_version.answers"),
)


def answers(db: Session, asker: Asker) -> Iterator[Sequence[Any]]:
    """What the submitted entries say: the last version of each, a row for each question that is answered."""
    questions = {
        (row.form_id, str(row.key)): row
        for row in db.exec(
            select(Question)
            .join(EntryForm, col(EntryForm.id) == col(Question.form_id))
            .join(Stage, col(Stage.id) == col(EntryForm.stage_id))
            .where(col(Stage.prize_id) == asker.prize_id)
        )
    }
    found: Any = (
        select(  # type: ignore[call-overload]
            Entry.id, Entry.code, EntryVersion.number, EntryVersion.form_id, EntryVersion.answers
        )
        .join(EntryVersion, col(EntryVersion.entry_id) == col(Entry.id))
        .join(Stage, col(Stage.id) == col(Entry.stage_id))
        .where(col(Stage.prize_id) == asker.prize_id, *SUBMITTED)
        .where(col(Entry.id).not_in(asker.kept) if asker.kept else literal(True))
        .order_by(col(Entry.id), col(EntryVersion.number).desc())
    )
    last: UUID | None = None
    for entry_id, code, number, form_id, said in db.execute(found.execution_options(yield_per=AT_ONCE)):
        if entry_id == last:
            continue
        last = entry_id
        known = [(questions[form_id, key], text) for key, text in said.items() if (form_id, key) in questions]
        for question, text in sorted(known, key=lambda pair: pair[0].position):
            yield entry_id, code, number, question.key, question.wording, text
