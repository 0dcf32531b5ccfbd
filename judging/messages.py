"""Mails about judging and its outcome: what they say unless a prize says otherwise."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from prize.models import Prize, Stage
from prize.stages import dates_of
from prize.templates import declare, write
from storage.values import time_words

# What tells judges how many entries they have, and the secretariat which entry appeals, is listed for nobody: whoever
# must not see an entry would learn of it from the list.
ASSIGNED = declare(
    "assigned",
    "Judging has begun: to a judge",
    "{entries} for your scores",
    "{entries} for {prize}, ready to be scored. Judging closes {closing}.\n\n{sign_in}",
    private=True,
    entries="12 entries are waiting",
    closing="on Friday 14 March 2025, 17:00 (London)",
)
ASKED_FOR_MORE = declare(
    "asked for more",
    "A judge is asked for further scorecards: to the judge",
    "Would you score {entries}?",
    "{before}For {prize} the panel would be helped most by your scores on {entries}. Judging closes {closing}."
    "\n\n{sign_in}",
    private=True,
    entries="2 more entries",
    closing="on Friday 14 March 2025, 17:00 (London)",
    before="Thank you for the scores that you have given; they stand as they are. ",
)
PAPER_REPLACED = declare(
    "paper replaced",
    "Scores from paper replace what a judge has saved on screen: to the judge",
    "Your paper score sheet has replaced {changes}",
    "The secretariat has entered your paper score sheet for {prize}. It has replaced {changes} that you had saved on "
    "screen. Look at your cards: what is not as you meant it can be changed until you finish. Judging closes {closing}."
    "\n\n{sign_in}",
    private=True,
    changes="3 scores or comments",
    closing="on Friday 14 March 2025, 17:00 (London)",
)
RELEASED = declare(
    "released",
    "The outcome can be read: to the team of an entry",
    "The outcome of your entry for {prize}",
    "The outcome and the judges' comments can be read now.\n\n{sign_in}",
)

RELEASE_HELD = declare(
    "release held",
    "A release at a set time did nothing: to the secretariat",
    "Nothing was released: {stage} of {prize}",
    "The set time of the release has come, and something was not ready, so nothing was released and nobody was told. "
    "The page of decisions says what to put right.\n\n{sign_in}",
    stage="First stage",
)

APPEALED = declare(
    "appealed",
    "A team appeals: to the secretariat",
    "An appeal about entry {code}",
    "The team of entry {code} of {prize} appeals.\n\n{sign_in}",
    private=True,
    code="GOTE-71",
)
APPEAL_ANSWERED = declare(
    "appeal answered",
    "An appeal is answered: to the team of the entry",
    "Your appeal for {prize} is {answer}",
    "Your appeal is {answer}. {follows}\n\nThe reason:\n\n{reason}\n\n{sign_in}",
    needed="answer reason",
    answer="rejected",
    follows="The decision stands.",
    reason="The scores were given by the published rubric.",
)


def assigned(db: Session, prize: Prize, stage: Stage, judge_id: UUID, count: int) -> None:
    """Tell a judge that entries are waiting."""
    waiting = "1 entry is waiting" if count == 1 else f"{count} entries are waiting"
    write(
        db,
        prize,
        ASSIGNED,
        [judge_id],
        event=f"stage {stage.id} assigned",
        entries=waiting,
        closing=_closing(db, prize, stage),
    )


def asked_for_more(
    db: Session, prize: Prize, stage: Stage, judge_id: UUID, cause_id: UUID, count: int, *, had_finished: bool
) -> None:
    """Ask a judge for some entries more; the cause is an analysis, or the seat of a judge who has left."""
    write(
        db,
        prize,
        ASKED_FOR_MORE,
        [judge_id],
        event=f"stage {stage.id} asked for more by {cause_id}",
        entries=f"{count} more {'entry' if count == 1 else 'entries'}",
        closing=_closing(db, prize, stage),
        before=ASKED_FOR_MORE.fields["before"] if had_finished else "",
    )


def paper_replaced(db: Session, prize: Prize, stage: Stage, judge_id: UUID, count: int, *, at: datetime) -> None:
    """Tell a judge how many scores or comments of theirs an import from paper has replaced."""
    write(
        db,
        prize,
        PAPER_REPLACED,
        [judge_id],
        event=f"stage {stage.id} replaced from paper at {at.isoformat()}",
        changes="1 score or comment" if count == 1 else f"{count} scores or comments",
        closing=_closing(db, prize, stage),
    )


def released(db: Session, prize: Prize, entry_id: UUID, members: tuple[UUID, ...]) -> None:
    """Tell a team that the outcome of its entry can be read. The mail does not say what it is."""
    write(db, prize, RELEASED, members, event=f"entry {entry_id} released")


def release_held(db: Session, prize: Prize, stage: Stage, which: str, told: tuple[UUID, ...]) -> None:
    """Tell the secretariat that a release did not happen. The mail does not say of which entry something lacks."""
    write(db, prize, RELEASE_HELD, told, event=f"release {which} held", stage=stage.name)


def _closing(db: Session, prize: Prize, stage: Stage) -> str:
    """When judging closes; a stage that is judged has dates."""
    dates = dates_of(db, stage.id)
    assert dates is not None
    return f"on {time_words(dates.judging_closes_at, prize.zone, weekday=True)}"


def appealed(db: Session, prize: Prize, code: str, appeal_id: UUID, told: tuple[UUID, ...]) -> None:
    """Tell the secretariat that an appeal waits. The mail says neither whose nor what."""
    write(db, prize, APPEALED, told, event=f"appeal {appeal_id} written", code=code)


def appeal_answered(
    db: Session, prize: Prize, appeal_id: UUID, members: tuple[UUID, ...], *, accepted: bool, reason: str
) -> None:
    """Tell a team what became of its appeal, and why."""
    answer = "accepted" if accepted else "rejected"
    follows = "What follows for the decision is told to you separately." if accepted else "The decision stands."
    event = f"appeal {appeal_id} answered"
    write(db, prize, APPEAL_ANSWERED, members, event=event, answer=answer, follows=follows, reason=reason)
