"""What judging holds about people, and what becomes of it when somebody is erased."""

from __future__ import annotations

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from accounts.privacy import Erasing, erases, files_in, holds
from judging.models import Appeal, Assignment, CopyPage, JudgesCopy, PanelMember, ReadingCopy, Scorecard
from judging.outcome_models import DueDiligence
from judging.policy import Action
from prize.erasure import entries_alone
from storage.clock import now

PANEL = "The secretariat and, once judging has ended, the panel; who judges is public, which entry is not"
WORK = "As long as the prize is kept"
STAYS = "Kept: it is a judge's work, and results rest on it. It points to a person without a name."


@erases
def _copies(db: Session, erasing: Erasing) -> None:
    """Remove the judges' copies of entries behind which nobody else stands, and the PDFs that show these entries."""
    alone = entries_alone(db, erasing.person_id)
    stages = select(Assignment.stage_id).where(col(Assignment.entry_id).in_(alone))
    erasing.files |= files_in(db, ReadingCopy, col(ReadingCopy.stage_id).in_(stages))
    db.exec(delete(ReadingCopy).where(col(ReadingCopy.stage_id).in_(stages)))
    copies = select(JudgesCopy.id).where(col(JudgesCopy.entry_id).in_(alone))
    erasing.files |= files_in(db, CopyPage, col(CopyPage.copy_id).in_(copies))
    erasing.files |= files_in(db, JudgesCopy, col(JudgesCopy.id).in_(copies))
    db.exec(delete(CopyPage).where(col(CopyPage.copy_id).in_(copies)))
    db.exec(delete(JudgesCopy).where(col(JudgesCopy.id).in_(copies)))


@erases
def _appeals(db: Session, erasing: Erasing) -> None:
    """Empty the appeals of entries behind which nobody else stands."""
    erasing.own_acts.add(Action.APPEAL.value)
    alone = entries_alone(db, erasing.person_id)
    db.exec(update(Appeal).where(col(Appeal.entry_id).in_(alone)).values(text=""))


@erases
def _due_diligence(db: Session, erasing: Erasing) -> None:
    """Empty what was noted about entries behind which nobody else stands."""
    alone = entries_alone(db, erasing.person_id)
    db.exec(update(DueDiligence).where(col(DueDiligence.entry_id).in_(alone)).values(note=""))


@erases
def _judge(db: Session, erasing: Erasing) -> None:
    """Give back what a judge has not begun. What was scored stays, without the name."""
    erasing.own_acts |= {Action.STATE_CONFLICTS.value, Action.TELL_AVAILABILITY.value}
    seats = col(PanelMember.person_id) == erasing.person_id
    db.exec(update(PanelMember).where(seats).values(knows=[], away_from=None, away_until=None))
    begun = select(Scorecard.assignment_id)
    db.exec(
        update(Assignment)
        .where(
            col(Assignment.judge_id) == erasing.person_id,
            col(Assignment.withdrawn_at).is_(None),
            col(Assignment.id).not_in(begun),
        )
        .values(withdrawn_at=now(db))
    )


holds(
    "panel_member",
    "Judges of stages",
    personal="knows away_from away_until",
    acts="person_id chairs duty load invited_at accepted_at conflicts_stated_at finished_at left_at",
    nothing="id stage_id version",
    why="Judging",
    how_long=WORK,
    seen_by=PANEL + ". What a judge knows and wishes, and when they are away: the secretariat and the judge",
    erased="What a judge knows and when they are away is emptied. The rest is kept: results rest on a judge's work.",
)
holds(
    "assignment_plan",
    "How entries were dealt to judges",
    acts="pairs made_by made_at confirmed_at",
    nothing="id stage_id seed inputs_digest summary",
    why="So that the dealing can be repeated",
    how_long=WORK,
    seen_by="The secretariat",
    erased="Kept: it holds ids alone.",
)
holds(
    "assignment",
    "Who is asked to score what",
    acts="judge_id assigned_at withdrawn_at",
    nothing="id stage_id entry_id plan_id",
    why="Judging",
    how_long=WORK,
    seen_by="The secretariat and the judge",
    erased="Kept where scoring has begun; the rest is given back to be dealt again.",
)
holds(
    "practice_entry",
    "Made-up entries for practice",
    acts="written_by written_at",
    texts="answers",
    nothing="id stage_id position required version",
    why="Practice scoring",
    how_long=WORK,
    seen_by="The secretariat and the judges",
    erased="Kept: it points to a person without a name.",
)
holds(
    "practice_reference",
    "What the secretariat would give practice entries",
    texts="why",
    nothing="id practice_entry_id criterion_key points",
    why="Practice scoring",
    how_long=WORK,
    seen_by="The secretariat, and judges who have scored the practice entry",
    erased="Kept.",
)
holds(
    "practice_card",
    "Which judges have practised",
    acts="judge_id opened_at compared_at",
    nothing="id practice_entry_id",
    why="Practice scoring",
    how_long=WORK,
    seen_by="The secretariat and the judge",
    erased=STAYS,
)
holds(
    "practice_score",
    "Practice scores, which count for nothing",
    nothing="id practice_card_id criterion_key points cannot_judge saved_at",
)
holds("scorecard", "Scorecards", nothing="id assignment_id rubric_id opened_at locked_at revealed_at version")
holds("score", "Scores", nothing="id scorecard_id criterion_key points cannot_judge saved_at version")
holds("score_save", "Every score that was saved", nothing="id scorecard_id criterion_key points cannot_judge saved_at")
holds(
    "paper_score",
    "Which scores were entered from paper",
    acts="entered_by entered_at",
    nothing="id scorecard_id item_key",
    why="So that it can be told who wrote down a score",
    how_long=WORK,
    seen_by="The secretariat",
)
holds("gate_answer", "Judges' answers to gate questions", nothing="id scorecard_id gate_key number yes saved_at")
holds(
    "comment",
    "Judges' comments on entries",
    texts="text",
    nothing="id scorecard_id reader saved_at tab save_number version",
    why="What entrants and the panel are told",
    how_long=WORK,
    seen_by="The judge, the panel or the entrant, as the comment says",
    erased=STAYS,
)
holds(
    "comment_save",
    "Earlier texts of comments",
    texts="text",
    nothing="id comment_id saved_at tab save_number",
    why="So that no text is lost",
    how_long=WORK,
    seen_by="The judge",
    erased=STAYS,
)
holds(
    "judges_copy",
    "Cleaned copies of entrants' files, under neutral names",
    nothing="id entry_file_id entry_id question_key state file_id name problem",
    why="Judging without names",
    how_long=WORK,
    seen_by="The judges of the entry",
    erased="Removed with the entry's files.",
)
holds(
    "copy_page",
    "Pages of those copies, as images and as text",
    personal="lines text",
    nothing="id copy_id number file_id zoom_file_id ratio",
    why="Judging without names",
    how_long=WORK,
    seen_by="The judges of the entry",
    erased="Removed where nobody else is in the team. Kept where somebody is: the entry is theirs as well.",
)
holds(
    "reading_copy",
    "All entries of a judge as one PDF",
    acts="judge_id asked_at",
    nothing="id stage_id stamp file_id",
    why="Reading without names, away from the screen",
    how_long=WORK,
    seen_by="The judge",
    erased="Those that show an entry of which nothing is left are removed. A judge's is kept: it shows no judge.",
)
holds(
    "stage_analysis",
    "What the statistics say about scores",
    acts="shown",
    nothing="id stage_id audience stamp fingerprint made_at seconds found ratings report",
    why="How sure the ranking is, and how judges score",
    how_long="Until scores change; the last as long as the prize is kept",
    seen_by="The secretariat and the panel's chair",
    erased="Kept: it holds ids alone, and labels in place of judges.",
)
holds(
    "panel_study",
    "What to expect of panels of several sizes",
    acts="asked_by asked_at",
    nothing="id stage_id asked answer answered_at",
    why="Planning a panel",
    how_long=WORK,
    seen_by="The designers",
    erased="Kept: it points to a person without a name.",
)
holds(
    "decision",
    "What became of entries, and why",
    acts="decided_by decided_at confirmed_by confirmed_at",
    texts="reason override",
    nothing="id stage_id entry_id outcome reserve_order version",
    why="The outcome, and who answers for it",
    how_long="As long as the installation: public money may have been given",
    seen_by="The prize's team, and the entrant once it is released",
    erased="Kept.",
)
holds(
    "due_diligence",
    "What due diligence found about who was chosen",
    personal="note",
    acts="found_by found_at",
    nothing="id entry_id kind number finding",
    why="So that public money goes to nobody who must not have it",
    how_long="As long as the installation: public money may have been given",
    seen_by="The secretariat; conditions also the finalist, in the grant terms",
    erased="The notes are emptied where nobody else is in the team. Kept where somebody is.",
)
holds(
    "no_award",
    "Why places of stages were left free",
    acts="decided_by decided_at",
    texts="reason",
    nothing="id stage_id version",
    why="The outcome, and who answers for it",
    how_long="As long as the installation: public money may have been given",
    seen_by="The prize's team; everybody reads the reason once it is released",
    erased="Kept.",
)
holds(
    "letter_edit",
    "What was taken out of letters so that no judge is named",
    acts="decided_by decided_at",
    texts="edited",
    nothing="id entry_id about number text_digest no_name",
    why="So that judges stay unnamed, and what was changed is on record",
    how_long=WORK,
    seen_by="The secretariat; the entrant reads the edited text",
    erased=STAYS,
)
holds(
    "planned_release",
    "When decisions are to be released",
    acts="set_by set_at",
    nothing="id stage_id release_at held_at version",
    why="A release at a set time",
    how_long=WORK,
    seen_by="The secretariat",
    erased="Kept: it points to a person without a name.",
)
holds(
    "draw",
    "How last places were drawn by lot",
    acts="frozen_by frozen_at drawn_by drawn_at",
    texts="left_out",
    nothing="id stage_id seed commitment committed_at outcome places entries list_digest",
    why="So that anybody can repeat the draw",
    how_long="As long as the installation: public money may have been given",
    seen_by="The secretariat; everybody once it is released, but for who did it and who was left out",
    erased="Kept.",
)
holds(
    "appeal",
    "What teams have to say against decisions",
    personal="text",
    acts="written_by written_at decided_by decided_at",
    texts="reason",
    nothing="id entry_id state version",
    why="So that a decision can be looked at again",
    how_long=WORK,
    seen_by="The team and the secretariat",
    erased="Emptied where nobody else is in the team. Kept where somebody is.",
)
