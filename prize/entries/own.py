"""An entry as its own team sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from accounts.actors import Actor
from accounts.commands import query
from prize.brief import newest_rules
from prize.entries.corrections import corrected
from prize.entries.drafts import AnswerShown, draft_answers
from prize.entries.eligible import eligibility_answered
from prize.entries.models import Entry, EntryState, TeamMember
from prize.entries.name_checks import NameCheckShown, names_found
from prize.entries.receipts import ReceiptShown, receipt_of
from prize.entries.teams import TeamShown, lead_of, team_of
from prize.entries.versions import content_digest, versions_of
from prize.entries.writable import correctable, correction_until
from prize.form import form_in_force, questions_of
from prize.lifecycle import Phase
from prize.models import Prize, Stage
from prize.policy import Action
from prize.stages import StageShown, closing_order, shown_stage


@dataclass(frozen=True)
class OwnEntryLine:
    id: UUID
    prize: str
    slug: str
    organisation: str
    number: int
    state: EntryState
    stage: StageShown
    answered: int
    questions: int


@dataclass(frozen=True)
class OwnEntry:
    """An entry as its team sees it. ``changed_since`` says that the draft is not what was last submitted,
    ``form_changed`` that other questions were asked then.

    ``referred`` are the words for what its answers about who may enter leave to the secretariat. ``names`` are the
    answers and files in which the search found who is behind the entry, ``correctable`` the questions where the team
    can take that out after closing. ``leads``: who asks leads the team.
    """

    id: UUID
    prize_id: UUID
    prize: str
    slug: str
    rules: str
    rules_number: int
    stage: StageShown
    team: TeamShown
    number: int
    leads: bool
    state: EntryState
    referred: tuple[str, ...]
    answers: tuple[AnswerShown, ...]
    names: tuple[NameCheckShown, ...]
    correctable: tuple[UUID, ...]
    correction_until: datetime | None
    receipt: ReceiptShown | None
    changed_since: bool
    form_changed: bool
    version: int


@query(Action.LIST_OWN_ENTRIES)
def own_entries(db: Session, actor: Actor) -> tuple[OwnEntryLine, ...]:
    """The entries of the actor's teams, those that close first on top."""
    rows = db.exec(
        select(Entry, Stage, Prize)
        .join(Stage, col(Stage.id) == col(Entry.stage_id))
        .join(Prize, col(Prize.id) == col(Stage.prize_id))
        .join(TeamMember, col(TeamMember.team_id) == col(Entry.team_id))
        .where(col(TeamMember.person_id) == actor.person_id, col(TeamMember.left_at).is_(None))
    ).all()
    lines = []
    for entry, stage, prize in rows:
        answers = draft_answers(db, entry, questions_of(db, form_in_force(db, stage.id).id))
        lines.append(
            OwnEntryLine(
                entry.id,
                prize.title,
                prize.slug,
                team_of(db, entry.team_id).organisation,
                entry.number,
                entry.state,
                shown_stage(db, prize, stage, entry_id=entry.id),
                sum(not answer.problem for answer in answers),
                len(answers),
            )
        )
    return tuple(
        sorted(
            lines,
            key=lambda line: (line.stage.phase is not Phase.OPEN, *closing_order(line.stage), line.prize, line.number),
        )
    )


@query(Action.SEE_OWN_ENTRY)
def own_entry(db: Session, actor: Actor, entry_id: UUID) -> OwnEntry:
    """An entry with its draft, or with what was submitted once its stage has closed; and the receipt of that."""
    entry = db.get_one(Entry, entry_id)
    stage = db.get_one(Stage, entry.stage_id)
    prize = db.get_one(Prize, stage.prize_id)
    form = form_in_force(db, stage.id)
    draft = draft_answers(db, entry, questions_of(db, form.id))
    rules = newest_rules(db, prize.id)
    versions = versions_of(db, entry_id)
    latest = versions[-1] if versions else None
    open_now = correctable(db, entry)
    stands = stage.closed_at is not None and entry.state is EntryState.SUBMITTED
    return OwnEntry(
        entry.id,
        prize.id,
        prize.title,
        prize.slug,
        rules.text,
        rules.number,
        shown_stage(db, prize, stage, entry_id=entry_id),
        team_of(db, entry.team_id),
        entry.number,
        actor.person_id in lead_of(db, entry.team_id),
        entry.state,
        tuple(answer.referred for answer in eligibility_answered(db, entry_id) if answer.referred),
        corrected(db, entry, latest, open_now) if latest and stands else draft,
        names_found(db, entry_id),
        tuple(sorted(open_now, key=str)),
        correction_until(db, stage),
        receipt_of(db, latest) if latest else None,
        latest is not None and latest.content_digest != content_digest(draft),
        latest is not None and latest.form_id != form.id,
        entry.version,
    )
