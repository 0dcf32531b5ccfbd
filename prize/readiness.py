"""What a prize still needs before it can be published."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from sqlmodel import Session

from accounts.actors import Actor
from accounts.commands import query
from prize.brief import newest_brief, newest_rules
from prize.form import newest_form, questions_of
from prize.fund import fund_of
from prize.models import QuestionKind, ScoresTold, Seen, Stage, Visibility
from prize.policy import Action
from prize.questions import what_does_not_hold
from prize.rubric import rubric_of
from prize.scoring import scoring_of
from prize.stages import dates_of, stages_of
from storage.clock import now
from storage.errors import Invalid
from storage.values import Money, counted


@dataclass(frozen=True)
class Check:
    """One thing to be ready. ``words`` say what is missing, or what is there; ``place`` is the page to mend it on.

    What is about one stage names it.
    """

    name: str
    done: bool
    words: str
    place: str
    stage_id: UUID | None = None
    stage: str = ""


@query(Action.SEE_PRIZE)
def readiness(db: Session, actor: Actor, prize_id: UUID) -> tuple[Check, ...]:
    """Everything that is looked at before a prize is published, what is missing first."""
    checks = readiness_of(db, prize_id)
    return tuple(sorted(checks, key=lambda check: check.done))


def readiness_of(db: Session, prize_id: UUID) -> tuple[Check, ...]:
    """The checks in the order in which a prize is set up."""
    stages = stages_of(db, prize_id)
    checks = [_brief(db, prize_id), _rules(db, prize_id), _fund(db, prize_id)]
    for before, stage in zip((None, *stages), stages, strict=False):
        of_stage = [_dates(db, stage, before), _form(db, stage), _rubric(db, stage)]
        if stage.visibility is Visibility.BLIND:
            of_stage.append(_names(db, stage))
        if stage.scores_told is not ScoresTold.NOTHING:
            of_stage.append(_scores(stage))
        checks += [replace(check, stage_id=stage.id, stage=stage.name) for check in of_stage]
    return tuple(checks)


def must_stay_ready(db: Session, prize_id: UUID, place: str, stage_id: UUID | None, field: str = "") -> None:
    """Refuse a change of a published prize after which it could not be published; None stands for the whole prize.

    Raises
    ------
    Invalid : a check of this place is not done; the words are the check's.
    """
    for check in readiness_of(db, prize_id):
        if (check.place, check.stage_id) == (place, stage_id) and not check.done:
            raise Invalid(check.words, field)


def _brief(db: Session, prize_id: UUID) -> Check:
    brief = newest_brief(db, prize_id)
    parts = {"a summary": brief.summary, "the problem": brief.problem, "who may enter": brief.eligibility}
    missing = [name for name, text in parts.items() if not text]
    words = f"The brief lacks {_list(missing)}." if missing else "Written: summary, problem and who may enter."
    return Check("Brief", not missing, words, "brief")


def _rules(db: Session, prize_id: UUID) -> Check:
    text = newest_rules(db, prize_id).text
    return Check("Rules", bool(text), "Written." if text else "The rules are not written yet.", "brief")


def _fund(db: Session, prize_id: UUID) -> Check:
    fund = fund_of(db, prize_id)
    if not fund.awards:
        return Check("Fund", False, "The fund is not divided into awards yet.", "fund")
    lefts = ((fund.left, ""), (fund.left_in_kind, " in kind"))
    if over := [f"{Money(-left.minor, left.currency)}{kind}" for left, kind in lefts if left.minor < 0]:
        words = f"More is awarded than the fund holds: {_list(over)} too much. Add a contribution or award less."
        return Check("Fund", False, words, "fund")
    rest = f", {fund.left} not divided" if fund.left.minor else ", divided to the last penny"
    return Check("Fund", True, f"{fund.money}{rest}.", "fund")


def _dates(db: Session, stage: Stage, before: Stage | None) -> Check:
    dates = dates_of(db, stage.id)
    decided = dates_of(db, before.id) if before else None
    if dates is None:
        return Check("Dates", False, f"{stage.name} has no dates yet.", "stage")
    if dates.closes_at <= now(db):
        return Check("Dates", False, f"{stage.name} would close before it is published. Choose later dates.", "stage")
    if before and decided and dates.opens_at < decided.decision_at:
        return Check(
            "Dates", False, f"{stage.name} opens before {before.name} is decided. Choose a later opening.", "stage"
        )
    return Check("Dates", True, "Opening, closing, judging and decision are in order.", "stage")


def _form(db: Session, stage: Stage) -> Check:
    questions = questions_of(db, newest_form(db, stage.id).id)
    if not questions:
        return Check("Entry form", False, "The entry form has no questions yet.", "form")
    if broken := what_does_not_hold(questions):
        return Check("Entry form", False, broken, "form")
    files = sum(question.kind is QuestionKind.FILE for question in questions)
    words = f"{counted(len(questions), 'question')}, {files or 'none'} of them for a file."
    return Check("Entry form", True, words, "form")


def _rubric(db: Session, stage: Stage) -> Check:
    rubric = rubric_of(db, stage.id)
    total = sum(criterion.weight for criterion in rubric.criteria)
    if not rubric.criteria:
        return Check("Rubric", False, "The rubric has no criteria yet.", "rubric")
    if total != 100:
        return Check("Rubric", False, f"The weights add up to {total}\u00a0%, not 100\u00a0%.", "rubric")
    bare = [criterion.name for criterion in rubric.criteria if not all(criterion.levels) or not criterion.levels]
    if bare:
        return Check(
            "Rubric", False, f"{_list(bare)} lack{'s' if len(bare) == 1 else ''} words for its levels.", "rubric"
        )
    if stage.visibility is Visibility.BLIND and all(row.seen is Seen.AFTER_REVEAL for row in rubric.criteria):
        words = "Every criterion is scored after the reveal. Let one be scored without names, or show names at once."
        return Check("Rubric", False, words, "rubric")
    return Check("Rubric", True, f"{len(rubric.criteria)} criteria, weights add up to 100\u00a0%.", "rubric")


def _names(db: Session, stage: Stage) -> Check:
    questions = questions_of(db, newest_form(db, stage.id).id)
    if any(question.reveals_identity for question in questions):
        later = " before the reveal" if scoring_of(db, stage.id).has_reveal else ""
        words = f"Judges do not see the answers that are marked as revealing identity{later}."
        return Check("Names", True, words, "form")
    words = "Judging is blind, but no question is marked as revealing identity. Mark the one that asks who they are."
    return Check("Names", False, words, "form")


def _scores(stage: Stage) -> Check:
    if stage.scores_told is not ScoresTold.NOTHING and stage.scorecards_per_entry < 2:
        words = "Entrants would learn their scores, but with one scorecard for each entry they are one judge's."
        return Check("Scores told", False, f"{words} Ask for more scorecards, or tell none.", "stage")
    return Check(
        "Scores told", True, f"Entrants learn {stage.scores_told.value}, never the scores of one judge.", "stage"
    )


def _list(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
