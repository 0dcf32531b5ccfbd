"""Entries that came on paper or from elsewhere: shown as they would be kept, then brought in as a whole or not at all.

Answers have to fit the form as those of everybody else. An entry that is brought in counts as submitted, by whoever of
the secretariat brought it in; its team gets the receipt, and a way in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from pydantic import TypeAdapter
from sqlmodel import Session, col, select

from accounts.actors import Actor
from accounts.commands import command, query
from accounts.models import LinkPurpose, Organisation, OrganisationKind
from accounts.people import find_or_add_person, find_person
from accounts.signing_in import mail_link
from prize import messages
from prize.closing import SEARCH_SUBMITTED, deal_code, look_for_duplicates
from prize.entries.conflicts import find_conflicts_of_entries, kept_from
from prize.entries.drafts import draft_answers, open_entry, search_later
from prize.entries.models import Answer, Entry, Team, TeamMember
from prize.entries.submission import keep_submission
from prize.entries.teams import member_ids, open_team, team_words
from prize.entries.versions import submitted_version
from prize.form import form_in_force, questions_of
from prize.lifecycle import Phase, phase
from prize.models import Prize, QuestionKind, Stage
from prize.policy import Action
from prize.questions import NO, YES, QuestionShown, asked_of, condition_words, misfit
from prize.stages import dates_of
from storage.clock import now
from storage.database import locked, matching
from storage.errors import Closed, Invalid
from storage.jobs import enqueue
from storage.sheets.columns import Problem, ReadRow
from storage.sheets.matching import Kind, Wanted
from storage.sheets.planning import (
    NOTHING_MATCHED,
    Fate,
    Imported,
    MatchedSheet,
    Plan,
    PlannedRow,
    done,
    misfits,
    must_be_as_shown,
    plan_of,
    read_matched,
    twice,
)
from storage.values import Line, Name, OptionalLine, Reference

MOST_ENTRIES: Final = 500
BROUGHT_IN: Final = "brought in"
"""Stands for the tab in which an answer was typed."""
A_COLLEAGUE: Final = (
    "Something that you do not see stands in the way of this sheet. Ask a colleague of the secretariat to bring it in. "
    "Nothing was imported."
)
OTHER_ANSWERS: Final = (
    "It has an entry in this stage already, with other answers, which an import leaves as it is. Delete the row."
)
TOO_MANY: Final = "Its team would have more entries in this stage than it may enter. Delete rows of it."
WANTED_OF_TEAM: Final = (
    Wanted("organisation", "Organisation", "Who enters", called=("organization", "company", "entrant")),
    Wanted("name", "Lead", "Who leads the team", called=("lead name", "contact", "name")),
    Wanted(
        "email",
        "Mail address",
        "Where the lead is written to",
        Kind.EMAIL,
        called=("lead's address", "e-mail", "email", "mail"),
    ),
)
KINDS: Final[Mapping[QuestionKind, Kind]] = {
    QuestionKind.NUMBER: Kind.NUMBER,
    QuestionKind.BASELINE: Kind.NUMBER,
    QuestionKind.MONEY: Kind.MONEY,
    QuestionKind.DATE: Kind.DATE,
    QuestionKind.CHOICE: Kind.CHOICE,
    QuestionKind.CONSENT: Kind.CHOICE,
}
"""How a column of answers is read; as text where nothing is said."""
HOW: Final[Mapping[QuestionKind, str]] = {
    QuestionKind.CONSENT: "Yes or no",
    QuestionKind.DECLARATION: "Yes or no; particulars on a line of their own",
    QuestionKind.TEAM: "“name, role” for each person, on a line of its own",
}

_ORGANISATION: Final[TypeAdapter[str]] = TypeAdapter(Line)
_NAME: Final[TypeAdapter[str]] = TypeAdapter(Name)


@dataclass(frozen=True)
class _Row:
    """An entry to bring in: who enters, and the answers that fit the form.

    ``hidden``: the team has an entry that the actor must not see. A plan shows the row as if there were none.
    """

    organisation: str
    name: str
    email: str
    answers: Mapping[UUID, str]
    hidden: bool


@query(Action.IMPORT_ENTRIES)
def entry_columns(db: Session, actor: Actor, stage_id: UUID) -> tuple[Wanted, ...]:
    """What a sheet of entries holds: who enters, and an answer to each question of the stage's form but files."""
    return _wanted(_questions(db, stage_id))


@query(Action.IMPORT_ENTRIES)
def planned_entries(
    db: Session, actor: Actor, stage_id: UUID, given: MatchedSheet = NOTHING_MATCHED, reason: OptionalLine = ""
) -> Plan:
    """Which entries an import would bring in. One that is there with the same answers is left as it is.

    Raises
    ------
    Invalid : there is no row, or there are more than 500.
    """
    return _planned(db, actor, stage_id, given)[0]


@command(Action.IMPORT_ENTRIES)
def import_entries(
    db: Session, actor: Actor, stage_id: UUID, given: MatchedSheet, shown: Reference, reason: OptionalLine = ""
) -> Imported:
    """Bring in what ``planned_entries`` has shown; ``shown`` is the digest of that plan. Their teams are written to.

    ``reason`` says why entries come when others no longer can; it is kept on record, and teams are told.

    Raises
    ------
    Invalid : anything in the sheet is wrong, or stands in the way of what the actor must not see, or the stage has
        closed and there is no reason.
    Stale : the entries have changed since the plan was shown.
    Closed : the stage is not open yet or is paused, or its screening has ended.
    """
    stage = _must_take(db, stage_id, reason)
    plan, rows = _planned(db, actor, stage_id, given)
    must_be_as_shown(plan, shown)
    if any(row.hidden for row in rows):
        raise Invalid(A_COLLEAGUE)
    fresh = [row for planned, row in zip(plan.rows, rows, strict=True) if planned.fate is Fate.NEW]
    find_conflicts_of_entries(db, stage, [_bring_in(db, actor, stage, row, reason) for row in fresh])
    if stage.closed_at is not None:
        look_for_duplicates(db, stage_id)
    return done(plan)


def _must_take(db: Session, stage_id: UUID, reason: str) -> Stage:
    stage = locked(db, Stage, stage_id)
    prize = db.get_one(Prize, stage.prize_id, populate_existing=True)
    if stage.position > 1:
        raise Closed("This stage is for those who were chosen in the stage before, so no entry is brought in.")
    match phase(prize, stage, dates_of(db, stage_id), now(db)):
        case Phase.OPEN:
            return stage
        case Phase.CLOSED | Phase.SCREENING if stage.closed_at is not None:
            if not reason:
                raise Invalid("Entries have closed. Say why these come now; their teams are told.", "reason")
            return stage
        case Phase.CLOSED:
            raise Closed("The stage is being closed. Bring entries in when their codes have been dealt.")
        case Phase.PLANNED | Phase.PAUSED:
            raise Closed("The stage takes no entries now, because it has not opened or the prize is paused.")
        case _:
            raise Closed("Screening has ended, so no entry is brought in any more.")


def _bring_in(db: Session, actor: Actor, stage: Stage, row: _Row, reason: str) -> UUID:
    """Begin an entry for its lead, write its answers, and submit it."""
    prize = db.get_one(Prize, stage.prize_id)
    lead = find_or_add_person(db, row.name, row.email)
    team = open_team(db, prize, lead.id, row.organisation, OrganisationKind.COMPANY)
    begun = matching(db, Entry, stage_id=stage.id, team_id=team.id)
    entry = open_entry(db, stage.id, team.id, 1 + max((one.number for one in begun), default=0))
    for key, text in row.answers.items():
        db.add(
            Answer(
                entry_id=entry.id,
                question_key=key,
                text=text,
                saved_by=actor.person_id,
                saved_at=now(db),
                tab=BROUGHT_IN,
            )
        )
    db.flush()
    form = form_in_force(db, stage.id)
    receipt = keep_submission(db, actor, entry, form, draft_answers(db, entry, questions_of(db, form.id)))
    if stage.closed_at is None:
        search_later(db, entry.id)
    else:
        entry.code = deal_code(db, stage.id)
        db.add(entry)
        db.flush()
        enqueue(db, SEARCH_SUBMITTED, {"entry_id": str(entry.id)}, about=f"entry {entry.id}")
    messages.submitted(db, prize, entry.id, member_ids(db, team.id), receipt)
    why = f" It came after the closing time: {reason.rstrip('.')}." if stage.closed_at is not None else ""
    told = f"The secretariat has brought in the entry of {team_words(db, team)}, which you lead.{why}"
    mail_link(db, lead, LinkPurpose.INVITATION, "/my-entries", told)
    return entry.id


def _planned(db: Session, actor: Actor, stage_id: UUID, given: MatchedSheet) -> tuple[Plan, list[_Row]]:
    questions = _questions(db, stage_id)
    read = read_matched(given, _wanted(questions), MOST_ENTRIES)
    columns = ("Organisation", "Lead", "Answers")
    problems = [
        Problem(1, question.wording, "It asks for a file, and a sheet holds none. Make it optional in the form first.")
        for question in questions
        if question.kind is QuestionKind.FILE and question.required and question.condition is None
    ]
    if read.problems or problems:
        return plan_of(read, columns, (), problems), []
    most = db.get_one(Stage, stage_id).entries_per_team
    answers = [str(question.key) for question in _in_sheet(questions)]
    problems += [
        *twice(read, ("organisation", "email", *(answers if most > 1 else ())), "Organisation"),
        *misfits(read, "organisation", "Organisation", _ORGANISATION),
        *misfits(read, "name", "Lead", _NAME),
    ]
    kept = kept_from(db, actor.person_id, stage_id=stage_id)
    consents = {question.key for question in questions if question.kind is QuestionKind.CONSENT}
    coming: Counter[UUID | tuple[str, str]] = Counter()
    planned, rows = [], []
    for one in read.rows:
        texts = {question.key: _text(question, one.values[str(question.key)]) for question in _in_sheet(questions)}
        wrong = list(_wrong(one, questions, texts))
        organisation, email = one.values["organisation"], one.values["email"]
        begun = _begun(db, stage_id, organisation, email)
        row = _Row(
            organisation,
            one.values["name"],
            email,
            {key: text for key, text in texts.items() if text and (key not in consents or text == YES)},
            any(entry.id in kept for entry in begun),
        )
        theirs = () if row.hidden else begun
        team = theirs[0].team_id if theirs else (organisation, email)
        fate = Fate.NEW
        if any(_is_same(db, entry, row) for entry in theirs):
            fate = Fate.THERE
        elif len(theirs) + coming[team] >= most:
            wrong.append(Problem(one.number, "Organisation", TOO_MANY if most > 1 else OTHER_ANSWERS))
        else:
            coming[team] += 1
        problems += wrong
        said = f"{len(row.answers)} of {len(asked_of(questions, texts))}"
        planned.append(PlannedRow(one.number, fate, (row.organisation, f"{row.name} <{row.email}>", said)))
        rows.append(row)
    return plan_of(read, columns, planned, problems), rows


def _questions(db: Session, stage_id: UUID) -> tuple[QuestionShown, ...]:
    return questions_of(db, form_in_force(db, stage_id).id)


def _in_sheet(questions: Sequence[QuestionShown]) -> Iterator[QuestionShown]:
    return (question for question in questions if question.kind is not QuestionKind.FILE)


def _wanted(questions: Sequence[QuestionShown]) -> tuple[Wanted, ...]:
    asked = (
        Wanted(
            str(question.key),
            question.wording,
            HOW.get(question.kind) or condition_words(question, questions, "they") or "The answer",
            KINDS.get(question.kind, Kind.TEXT),
            None if question.required and question.condition is None else "",
            unit=question.unit,
            options=(YES, NO) if question.kind is QuestionKind.CONSENT else question.options,
        )
        for question in _in_sheet(questions)
    )
    return (*WANTED_OF_TEAM, *asked)


def _text(question: QuestionShown, value: Any) -> str:
    """A cell that was read as the answer that a team would have typed or chosen."""
    if isinstance(value, Decimal):
        return format(value, "f")
    text = str(value)
    if question.kind is QuestionKind.DECLARATION:
        said, line, particulars = text.partition("\n")
        return f"{said.strip().lower()}{line}{particulars}"
    return text


def _wrong(row: ReadRow, questions: Sequence[QuestionShown], texts: Mapping[UUID, str]) -> Iterator[Problem]:
    """What keeps the answers of a row from being submitted."""
    asked = {question.key for question in asked_of(questions, texts)}
    for question in questions:
        if question.key in asked and question.kind is QuestionKind.FILE:
            if question.required:
                yield Problem(
                    row.number, question.wording, "After these answers it asks for a file, which no sheet holds."
                )
        elif question.key in asked:
            if problem := misfit(question, texts[question.key]):
                yield Problem(row.number, question.wording, problem)
        elif texts.get(question.key):
            words = condition_words(question, questions, "they")
            yield Problem(
                row.number, question.wording, f"{words}, this is asked. Empty the cell, or mend the other answer."
            )


def _begun(db: Session, stage_id: UUID, organisation: str, email: str) -> Sequence[Entry]:
    """The entries of an organisation's team in the stage, which the lead of a row belongs to."""
    lead = find_person(db, email)
    if lead is None:
        return ()
    return db.exec(
        select(Entry)
        .join(Team, col(Team.id) == col(Entry.team_id))
        .join(Organisation, col(Organisation.id) == col(Team.organisation_id))
        .join(TeamMember, col(TeamMember.team_id) == col(Team.id))
        .where(
            col(Entry.stage_id) == stage_id,
            col(Organisation.name) == organisation,
            col(TeamMember.person_id) == lead.id,
            col(TeamMember.left_at).is_(None),
        )
    ).all()


def _is_same(db: Session, entry: Entry, row: _Row) -> bool:
    """Whether an entry stands submitted with these answers, and no others."""
    version = submitted_version(db, entry.id)
    return version is not None and version.answers == {str(key): text.strip() for key, text in row.answers.items()}
