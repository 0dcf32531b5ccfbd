"""What prizes hold about people, and what becomes of it when somebody is erased."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete, or_, update
from sqlmodel import Session, col, select

from accounts.models import Membership, Organisation
from accounts.privacy import ERASED_ORGANISATION, Erasing, erases, files_in, holds
from prize.entries.models import (
    Answer,
    AnswerSave,
    Conflict,
    ConflictStatement,
    DraftFile,
    EligibilityAnswers,
    Entry,
    EntryFile,
    EntryState,
    EntryVersion,
    Extension,
    NameCheck,
    Team,
    TeamInvitation,
    TeamMember,
)
from prize.models import Following, Stage
from prize.policy import Action
from storage.clock import now
from storage.database import matching

OWN_ACTS = (
    Action.START_ENTRY,
    Action.EDIT_ENTRY,
    Action.SUBMIT_ENTRY,
    Action.WITHDRAW_ENTRY,
    Action.ASK_CLARIFICATION,
)


def teams_alone(db: Session, person_id: UUID) -> frozenset[UUID]:
    """The teams in which a person is the only one who belongs to them now."""
    mine = select(TeamMember.team_id).where(col(TeamMember.person_id) == person_id, col(TeamMember.left_at).is_(None))
    shared = select(TeamMember.team_id).where(col(TeamMember.person_id) != person_id, col(TeamMember.left_at).is_(None))
    return frozenset(db.exec(mine).all()) - frozenset(db.exec(shared).all())


def entries_alone(db: Session, person_id: UUID) -> tuple[UUID, ...]:
    """The entries behind which nobody stands but this person."""
    entries = db.exec(select(Entry.id).where(col(Entry.team_id).in_(teams_alone(db, person_id)))).all()
    return tuple(sorted(entries))


@erases
def _entries(db: Session, erasing: Erasing) -> None:
    """Empty the entries that are theirs alone: the drafts, what was submitted, and the files."""
    erasing.own_acts |= {action.value for action in OWN_ACTS}
    entries = entries_alone(db, erasing.person_id)
    answers = select(Answer.id).where(col(Answer.entry_id).in_(entries))
    versions = select(EntryVersion.id).where(col(EntryVersion.entry_id).in_(entries))
    erasing.files |= files_in(db, DraftFile, col(DraftFile.entry_id).in_(entries))
    erasing.files |= files_in(db, EntryFile, col(EntryFile.entry_version_id).in_(versions))
    db.exec(delete(AnswerSave).where(col(AnswerSave.answer_id).in_(answers)))
    db.exec(delete(Answer).where(col(Answer.entry_id).in_(entries)))
    db.exec(delete(DraftFile).where(col(DraftFile.entry_id).in_(entries)))
    db.exec(delete(EntryFile).where(col(EntryFile.entry_version_id).in_(versions)))
    db.exec(delete(NameCheck).where(col(NameCheck.entry_id).in_(entries)))
    db.exec(update(Extension).where(col(Extension.entry_id).in_(entries)).values(reason=""))
    db.exec(delete(EligibilityAnswers).where(col(EligibilityAnswers.entry_id).in_(entries)))
    db.exec(update(EntryVersion).where(col(EntryVersion.entry_id).in_(entries)).values(answers={}))
    still_open = select(Stage.id).where(col(Stage.closed_at).is_(None))
    db.exec(
        update(Entry)
        .where(
            col(Entry.id).in_(entries), col(Entry.stage_id).in_(still_open), col(Entry.state) == EntryState.SUBMITTED
        )
        .values(state=EntryState.WITHDRAWN)
    )


@erases
def _teams(db: Session, erasing: Erasing) -> None:
    """Forget which teams invited them, and whom theirs had invited alone. Where they led, the longest member leads."""
    alone = teams_alone(db, erasing.person_id)
    theirs = or_(col(TeamInvitation.person_id) == erasing.person_id, col(TeamInvitation.team_id).in_(alone))
    db.exec(delete(TeamInvitation).where(theirs))
    for led in matching(db, TeamMember, person_id=erasing.person_id, leads=True, left_at=None):
        others = [row for row in matching(db, TeamMember, team_id=led.team_id, left_at=None) if row is not led]
        if others:
            longest = min(others, key=lambda row: (row.joined_at, str(row.id)))
            led.leads, longest.leads = False, True
            db.add_all([led, longest])
    db.flush()


@erases
def _organisations(db: Session, erasing: Erasing) -> None:
    """Take the name off organisations to which nobody else belongs, and leave every team."""
    alone = teams_alone(db, erasing.person_id)
    mine = set(db.exec(select(Membership.organisation_id).where(col(Membership.person_id) == erasing.person_id)))
    mine |= set(db.exec(select(Team.organisation_id).where(col(Team.id).in_(alone))))
    shared = set(
        db.exec(
            select(Membership.organisation_id).where(
                col(Membership.organisation_id).in_(mine), col(Membership.person_id) != erasing.person_id
            )
        )
    )
    shared |= set(
        db.exec(select(Team.organisation_id).where(col(Team.organisation_id).in_(mine), col(Team.id).not_in(alone)))
    )
    for organisation in db.exec(select(Organisation).where(col(Organisation.id).in_(mine - shared))).all():
        erasing.marks.add(organisation.name)
        organisation.name, organisation.number, organisation.country = ERASED_ORGANISATION, "", ""
        db.add(organisation)
    db.exec(
        update(TeamMember)
        .where(col(TeamMember.person_id) == erasing.person_id, col(TeamMember.left_at).is_(None))
        .values(left_at=now(db))
    )


@erases
def _conflicts(db: Session, erasing: Erasing) -> None:
    """Forget the names that they stated. That they must not see an entry stays, without the words."""
    db.exec(delete(ConflictStatement).where(col(ConflictStatement.person_id) == erasing.person_id))
    db.exec(update(Conflict).where(col(Conflict.person_id) == erasing.person_id).values(reason=""))


@erases
def _public_questions(db: Session, erasing: Erasing) -> None:
    """Send them no more mail. What they asked in public stays, without who asked."""
    db.exec(delete(Following).where(col(Following.person_id) == erasing.person_id))


TEAM = "The entrant's team, the secretariat, the prize's designers; judges see answers without names"
ENTRY_LIFE = "As long as the prize is kept"
ALONE = "Removed where nobody else is in the team. Kept where somebody is: the entry is theirs as well."

holds(
    "prize",
    "Prizes",
    acts="created_by sent_for_review_by published_by created_at published_at paused_at",
    texts="title source",
    nothing="id programme_id mission_id slug state blueprint pays zone language currency team_bytes illustrative "
    "version",
)
holds(
    "brief",
    "What a prize asks for",
    texts="summary problem eligibility",
    nothing="id prize_id number published_at version",
)
holds("rules", "A prize's terms", texts="text", nothing="id prize_id number published_at version")
holds(
    "prize_change",
    "What changed about prizes after their publication",
    acts="made_by made_at",
    texts="what reason",
    nothing="id prize_id",
)
holds(
    "stage",
    "Stages of prizes",
    texts="name",
    nothing="id prize_id position kind visibility state places scorecards_per_entry ranked_by place_told "
    "scores_told appeal_days may_draw entries_per_team correction_days comment_needed closed_at released_at "
    "version",
)
holds(
    "stage_dates",
    "When stages open and close",
    texts="reason",
    nothing="id stage_id number opens_at closes_at judging_closes_at decision_at published_at version",
)
holds(
    "contribution",
    "What was given to a prize's fund",
    texts="contributor note",
    nothing="id prize_id kind minor given_on",
)
holds("award", "How a fund is divided", texts="name", nothing="id prize_id number key position kind count minor_each")
holds("entry_form", "Versions of entry forms", nothing="id stage_id number published_at version")
holds(
    "question",
    "What entrants are asked",
    texts="wording help options particulars only_if_answers heading",
    nothing="id form_id key position kind required reveals_identity confidential word_limit size_limit unit only_if "
    "topic version",
)
holds("rubric", "Versions of rubrics", nothing="id stage_id number lowest highest steps_per_point published_at version")
holds(
    "criterion",
    "What is scored",
    texts="name question levels",
    nothing="id rubric_id key position weight threshold seen breaks_ties",
)
holds(
    "gate_question",
    "What judges answer with yes or no",
    texts="wording",
    nothing="id rubric_id key position",
)
holds(
    "prize_comment",
    "Comments of a prize's team on its parts",
    acts="written_by written_at settled_by settled_at",
    texts="text",
    nothing="id prize_id part stage_id",
)
holds(
    "clarification",
    "Public questions about prizes, and their answers to all",
    acts="asked_by asked_at decided_by decided_at",
    texts="asked question answer reason",
    nothing="id prize_id state version",
)
holds(
    "message_template",
    "What a prize says in its mails",
    acts="changed_by changed_at",
    texts="subject text",
    nothing="id prize_id key version",
)
holds(
    "group_message",
    "What was written to a group of a prize's people",
    acts="people sent_by sent_at",
    texts="subject text",
    nothing="id prize_id audience written",
    why="To tell many people the same, and to know that they were told",
    how_long="As long as the prize",
    seen_by="The secretariat",
    erased="Kept: it holds ids.",
)
holds(
    "following",
    "Who wants mail about which prize",
    personal="person_id followed_at",
    nothing="id prize_id",
    why="Mail about a prize, to those who asked for it",
    how_long="Until they stop following",
    seen_by="Nobody but themselves",
    erased="Removed.",
)
holds("eligibility", "Versions of eligibility questions", nothing="id prize_id number published_at version")
holds(
    "eligibility_question",
    "What is asked about who may enter",
    texts="wording told",
    nothing="id eligibility_id key position needed otherwise",
)
holds(
    "eligibility_answers",
    "What teams answered about who may enter",
    personal="answers",
    acts="answered_by answered_at",
    nothing="id entry_id eligibility_id",
    why="Screening",
    how_long=ENTRY_LIFE,
    seen_by="The team and the secretariat",
    erased=ALONE,
)
holds("team", "Teams of entrants", nothing="id prize_id organisation_id created_at")
holds(
    "team_member",
    "Who belongs to which team",
    acts="person_id leads joined_at left_at",
    nothing="id team_id",
    why="Access to the team's entries",
    how_long=ENTRY_LIFE,
    seen_by="The team and the secretariat",
    erased="Kept, as a person without a name who has left.",
)
holds(
    "team_invitation",
    "Who was invited to which team",
    personal="name email",
    acts="person_id invited_by invited_at ended_at",
    nothing="id team_id state",
    why="So that somebody can join a team, and nobody is invited without end",
    how_long=ENTRY_LIFE,
    seen_by="The team, whoever is invited",
    erased="Removed, and those of a team in which nobody else is.",
)
holds(
    "entry",
    "Entries",
    nothing="id stage_id team_id number state code created_at version",
    erased="Kept. One that is theirs alone is withdrawn while its stage is open.",
)
holds(
    "extension",
    "More time for an entry",
    personal="reason",
    acts="given_by given_at",
    nothing="id entry_id closes_at",
    why="So that the secretariat can say why one entry had more time than the others",
    how_long=ENTRY_LIFE,
    seen_by="The team and the secretariat",
    erased="The words are emptied where nobody else is in the team.",
)
holds(
    "answer",
    "Answers of drafts",
    personal="text",
    acts="saved_by saved_at",
    nothing="id entry_id question_key tab save_number version",
    why="The entry",
    how_long=ENTRY_LIFE,
    seen_by="The team",
    erased=ALONE,
)
holds(
    "answer_save",
    "Earlier texts of answers",
    personal="text",
    acts="saved_by saved_at",
    nothing="id answer_id tab save_number",
    why="So that nobody's text is lost to somebody else's",
    how_long=ENTRY_LIFE,
    seen_by="The team",
    erased=ALONE,
)
holds(
    "draft_file",
    "Files of drafts",
    personal="name",
    acts="added_by added_at",
    nothing="id entry_id question_key file_id",
    why="The entry",
    how_long=ENTRY_LIFE,
    seen_by="The team",
    erased=ALONE,
)
holds(
    "entry_version",
    "What was submitted, as it was",
    personal="answers",
    acts="submitted_by submitted_at",
    nothing="id entry_id number form_id rules_id content_digest",
    why="What is judged",
    how_long=ENTRY_LIFE,
    seen_by=TEAM,
    erased="Emptied where nobody else is in the team; its digest stays, so that the receipt still counts. "
    "Kept where somebody is.",
)
holds(
    "entry_file",
    "Files that were submitted",
    personal="name",
    nothing="id entry_version_id question_key file_id",
    why="What is judged",
    how_long=ENTRY_LIFE,
    seen_by=TEAM,
    erased=ALONE,
)
holds("receipt", "Receipts of submissions, under random codes", nothing="id code entry_version_id issued_at")
holds(
    "screening",
    "Whether entries are eligible",
    acts="decided_by decided_at",
    texts="reason",
    nothing="id entry_id eligible",
)
holds(
    "duplicate",
    "Entries that may be the same",
    acts="decided_by decided_at",
    texts="note",
    nothing="id stage_id entry_id other_id alike found_at",
    why="Nobody enters the same twice",
    how_long=ENTRY_LIFE,
    seen_by="The secretariat",
)
holds(
    "conflict",
    "Who must not see which entry",
    personal="reason",
    acts="person_id found_at decided_by decided_at",
    nothing="id entry_id origin state",
    why="Nobody judges what concerns them",
    how_long=ENTRY_LIFE,
    seen_by="The secretariat",
    erased="The words are emptied; that the two are kept apart stays.",
)
holds(
    "conflict_statement",
    "Names that somebody stated as conflicts of theirs",
    personal="text",
    acts="person_id stated_at",
    nothing="id stage_id",
    why="Nobody judges what concerns them",
    how_long=ENTRY_LIFE,
    seen_by="Whoever stated them",
    erased="Removed. Where others stated the erased person's name, it is taken out.",
)
holds(
    "name_check",
    "Names of entrants that were found in answers and files",
    personal="hits",
    acts="decided_by decided_at",
    texts="reason problem",
    nothing="id entry_id about content_digest state searched_at",
    why="Judging without names",
    how_long=ENTRY_LIFE,
    seen_by="The team and the secretariat, never judges",
    erased=ALONE,
)
