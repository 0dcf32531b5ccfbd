"""A prize taken out as one YAML file, and a draft begun from such a file or from another prize."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session

from accounts.actors import Actor
from accounts.commands import command, query
from accounts.permissions import decide
from prize.blueprints import begun_from
from prize.brief import newest_brief, newest_rules, save_brief, save_rules
from prize.document import (
    AwardPart,
    BriefPart,
    ConditionPart,
    ContributionPart,
    CriterionPart,
    DatesPart,
    EligibilityPart,
    MailPart,
    PrizeDocument,
    QuestionPart,
    RubricPart,
    StagePart,
    read,
    written,
)
from prize.eligibility import add_eligibility_question, eligibility_of
from prize.form import add_question, form_in_force, questions_of
from prize.fund import add_award, add_contribution, fund_of
from prize.gates import add_gate_question
from prize.message_texts import save_message_text
from prize.models import Blueprint, MessageTemplate, Pays, Prize, Stage
from prize.policy import Action
from prize.prizes import begin_prize
from prize.questions import QuestionShown
from prize.rubric import newest_rubric, rubric_of, save_criterion, set_scale, set_tie_break
from prize.stages import add_stage, dates_of, set_dates, set_up_stage, stages_of
from storage.database import found, matching
from storage.errors import NOT_YOURS, Invalid, Refused
from storage.values import Line, Slug, Source, Zone


@query(Action.SEE_PRIZE)
def prize_file(db: Session, actor: Actor, prize_id: UUID) -> str:
    """A prize as YAML: what its designers have written, without people, entries and what happened since."""
    return written(document_of(db, prize_id))


@command(Action.CREATE_PRIZE)
def create_prize_from_file(db: Session, actor: Actor, mission_id: UUID, slug: Slug, text: str) -> UUID:
    """Begin a draft prize with everything that a file holds; all of it or nothing.

    Raises
    ------
    Invalid : the file cannot be read, something in it does not fit, or the address is taken.
    """
    return _create(db, actor, mission_id, slug, read(text))


@command(Action.CREATE_PRIZE)
def create_prize_from_blueprint(
    db: Session,
    actor: Actor,
    mission_id: UUID,
    title: Line,
    slug: Slug,
    blueprint: Blueprint,
    pays: Pays,
    zone: Zone = "Europe/London",
    illustrative: bool = False,
    source: Source = "",
) -> UUID:
    """Begin a draft prize with model rules, and with the questions and the rubric that its blueprint suggests.

    Raises
    ------
    Invalid : the address is taken.
    """
    document = begun_from(blueprint, title, pays, zone)
    document = document.model_copy(update={"illustrative": illustrative, "source": source})
    return _create(db, actor, mission_id, slug, document)


@command(Action.CREATE_PRIZE)
def copy_prize(db: Session, actor: Actor, mission_id: UUID, copied_id: UUID, title: Line, slug: Slug) -> UUID:
    """Begin a draft prize with everything that another has but its dates.

    Raises
    ------
    Refused : there is no such prize, or the actor may not see it.
    Invalid : the address is taken.
    """
    if not decide(db, actor, Action.SEE_PRIZE, {"prize_id": copied_id}).allowed:
        raise Refused(NOT_YOURS)
    document = document_of(db, copied_id)
    stages = tuple(stage.model_copy(update={"dates": None}) for stage in document.stages)
    return _create(db, actor, mission_id, slug, document.model_copy(update={"title": title, "stages": stages}))


def document_of(db: Session, prize_id: UUID) -> PrizeDocument:
    """What the designers of a prize have written, for callers that have checked who asks."""
    prize = found(db, Prize, prize_id)
    brief, fund = newest_brief(db, prize_id), fund_of(db, prize_id)
    return PrizeDocument(
        title=prize.title,
        blueprint=prize.blueprint,
        pays=prize.pays,
        zone=prize.zone,
        illustrative=prize.illustrative,
        source=prize.source,
        brief=BriefPart(summary=brief.summary, problem=brief.problem, eligibility=brief.eligibility),
        rules=newest_rules(db, prize_id).text,
        eligibility_questions=tuple(
            EligibilityPart(question=row.wording, needed=row.needed, otherwise=row.otherwise, told=row.told)
            for row in eligibility_of(db, prize_id).questions
        ),
        contributions=tuple(
            ContributionPart(
                contributor=row.contributor,
                kind=row.kind,
                minor=row.amount.minor,
                given_on=row.given_on,
                note=row.note,
            )
            for row in fund.contributions
        ),
        awards=tuple(
            AwardPart(name=row.name, kind=row.kind, count=row.count, minor_each=row.each.minor) for row in fund.awards
        ),
        mails=tuple(
            MailPart(mail=row.key, subject=row.subject, text=row.text)
            for row in sorted(matching(db, MessageTemplate, prize_id=prize_id), key=lambda row: row.key)
        ),
        stages=tuple(_stage_of(db, stage) for stage in stages_of(db, prize_id)),
    )


def _stage_of(db: Session, stage: Stage) -> StagePart:
    dates, rubric = dates_of(db, stage.id), rubric_of(db, stage.id)
    return StagePart(
        name=stage.name,
        visibility=stage.visibility,
        places=stage.places,
        scorecards_per_entry=stage.scorecards_per_entry,
        ranked_by=stage.ranked_by,
        place_told=stage.place_told,
        scores_told=stage.scores_told,
        appeal_days=stage.appeal_days,
        may_draw=stage.may_draw,
        entries_per_team=stage.entries_per_team,
        correction_days=stage.correction_days,
        comment_needed=stage.comment_needed,
        dates=DatesPart(
            opens_at=dates.opens_at,
            closes_at=dates.closes_at,
            judging_closes_at=dates.judging_closes_at,
            decision_at=dates.decision_at,
        )
        if dates
        else None,
        entry_form=_form_of(questions_of(db, form_in_force(db, stage.id).id)),
        rubric=RubricPart(
            lowest=rubric.lowest,
            highest=rubric.highest,
            steps_per_point=rubric.steps_per_point,
            criteria=tuple(
                CriterionPart(
                    name=row.name,
                    question=row.question,
                    weight=row.weight,
                    threshold=row.threshold,
                    seen=row.seen,
                    breaks_ties=row.breaks_ties,
                    levels=row.levels,
                )
                for row in rubric.criteria
            ),
            gate_questions=tuple(gate.wording for gate in rubric.gates),
        ),
    )


def _form_of(questions: Sequence[QuestionShown]) -> tuple[QuestionPart, ...]:
    numbers = {question.key: number for number, question in enumerate(questions, 1)}
    return tuple(
        QuestionPart(
            kind=row.kind,
            question=row.wording,
            help=row.help,
            required=row.required,
            reveals_identity=row.reveals_identity,
            confidential=row.confidential,
            word_limit=row.word_limit,
            size_limit=row.size_limit,
            unit=row.unit,
            options=row.options,
            particulars=row.particulars,
            heading=row.heading,
            topic=row.topic,
            only_if=ConditionPart(question=numbers[row.condition.question_key], answers=row.condition.answers)
            if row.condition
            else None,
        )
        for row in questions
    )


def _create(db: Session, actor: Actor, mission_id: UUID, slug: str, document: PrizeDocument) -> UUID:
    """Build a draft by the commands that its designers would use, in the transaction of the caller."""
    prize_id = begin_prize(
        db,
        actor,
        mission_id,
        document.title,
        slug,
        document.blueprint,
        document.pays,
        document.zone,
        document.illustrative,
        document.source,
    )
    brief = document.brief
    save_brief(db, actor, prize_id, newest_brief(db, prize_id).version, brief.summary, brief.problem, brief.eligibility)
    save_rules(db, actor, prize_id, newest_rules(db, prize_id).version, document.rules)
    for asked in document.eligibility_questions:
        add_eligibility_question(db, actor, prize_id, asked.question, asked.needed, asked.otherwise, asked.told)
    for mail in document.mails:
        save_message_text(db, actor, prize_id, mail.mail, 0, mail.subject, mail.text)
    for given in document.contributions:
        add_contribution(db, actor, prize_id, given.contributor, given.kind, given.minor, given.given_on, given.note)
    for award in document.awards:
        add_award(db, actor, prize_id, award.name, award.kind, award.count, award.minor_each)
    for at, part in enumerate(document.stages):
        stage_id = stages_of(db, prize_id)[0].id if at == 0 else add_stage(db, actor, prize_id, part.name)
        _fill_stage(db, actor, prize_id, stage_id, part)
    return prize_id


def _fill_stage(db: Session, actor: Actor, prize_id: UUID, stage_id: UUID, part: StagePart) -> None:
    stage = db.get_one(Stage, stage_id)
    set_up_stage(
        stage,
        part.name,
        part.places,
        part.scorecards_per_entry,
        part.ranked_by,
        part.place_told,
        part.visibility,
        part.scores_told,
        part.appeal_days,
        may_draw=part.may_draw,
        entries_per_team=part.entries_per_team,
        correction_days=part.correction_days,
        comment_needed=part.comment_needed,
    )
    db.add(stage)
    if part.dates is not None:
        dates = part.dates
        set_dates(db, stage_id, dates.opens_at, dates.closes_at, dates.judging_closes_at, dates.decision_at)
    keys: list[UUID] = []
    for asked in part.entry_form:
        keys.append(
            add_question(
                db,
                actor,
                prize_id,
                stage_id,
                asked.kind,
                asked.question,
                asked.help,
                asked.required,
                asked.reveals_identity,
                asked.confidential,
                asked.word_limit,
                asked.size_limit,
                asked.unit,
                asked.options,
                asked.particulars,
                _key_of(asked, keys),
                asked.only_if.answers if asked.only_if else (),
                asked.heading,
                asked.topic,
            )
        )
    _fill_rubric(db, actor, prize_id, stage_id, part.rubric)


def _fill_rubric(db: Session, actor: Actor, prize_id: UUID, stage_id: UUID, rubric: RubricPart) -> None:
    version = newest_rubric(db, stage_id).version
    set_scale(db, actor, prize_id, stage_id, version, rubric.lowest, rubric.highest, rubric.steps_per_point)
    breaking: dict[int, UUID] = {}
    for criterion in rubric.criteria:
        key = save_criterion(
            db,
            actor,
            prize_id,
            stage_id,
            None,
            criterion.name,
            criterion.question,
            criterion.weight,
            criterion.threshold,
            criterion.levels,
            criterion.seen,
        )
        if criterion.breaks_ties is not None and breaking.setdefault(criterion.breaks_ties, key) != key:
            raise Invalid("Two criteria of a rubric have the same place in breaking ties. Number them 1, 2, …", "text")
    in_order = tuple(key for _, key in sorted(breaking.items()))
    set_tie_break(db, actor, prize_id, stage_id, newest_rubric(db, stage_id).version, in_order)
    for wording in rubric.gate_questions:
        add_gate_question(db, actor, prize_id, stage_id, wording)


def _key_of(asked: QuestionPart, earlier: Sequence[UUID]) -> UUID | None:
    """The key of the question on whose answer another depends."""
    if asked.only_if is None:
        return None
    if asked.only_if.question > len(earlier):
        raise Invalid(f"“{asked.question}” is asked only after answers to a question that is not above it.", "text")
    return earlier[asked.only_if.question - 1]
