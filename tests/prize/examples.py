"""An example of each command of the prizes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from accounts.actors import LAUREL, STRANGER, Actor
from accounts.models import OrganisationKind, Role
from prize.brief import newest_brief, newest_rules
from prize.clarifications import ask_clarification
from prize.closing import close_stage
from prize.comments import comment_on_part
from prize.copying import prize_file
from prize.eligibility import EligibilityAnswer, add_eligibility_question
from prize.eligibility_changes import ChangedEligibilityQuestion
from prize.entries.duplicates import duplicates
from prize.entries.importing import planned_entries
from prize.entries.invitations import invite_member
from prize.entries.models import DraftFile
from prize.entries.screening import screened_entry
from prize.entries.searching import search_submitted
from prize.entries.submission import submit_entry
from prize.following import follow_prize
from prize.form import add_question, newest_form
from prize.form_changes import begin_form_change
from prize.fund import add_contribution, fund_of
from prize.fund_changes import ChangedAward
from prize.gates import add_gate_question
from prize.group_messages import groups
from prize.message_texts import save_message_text
from prize.models import Blueprint, ContributionKind, Following, Otherwise, Pays, PrizePart, QuestionKind, Stage
from prize.publication import publish_prize, send_for_review
from prize.rubric import rubric_of
from prize.rubric_changes import ChangedCriterion
from prize.running import pause_prize
from prize.stages import add_stage
from storage import clock
from storage.database import transact
from storage.sheets.columns import Chosen, Style
from storage.sheets.matching import Match
from storage.sheets.planning import MatchedSheet
from storage.sheets.reading import Sheet, SheetRow
from tests.examples import Call, example
from tests.stories import (
    CLOSES,
    DAY,
    DECIDED,
    JUDGING_CLOSES,
    OPENS,
    TAB,
    Chapter,
    Story,
    attach,
    document_of,
    go_on,
    join_team,
    prize_version,
    told,
    work_off,
    write,
)
from tests.world import World, ask, do


def _in_draft(chapter: Chapter = Chapter.READY, **arguments: Any) -> Call:
    story = told(chapter)
    return Call(story.designer, {"prize_id": story.prize_id, **arguments})


def _of_stage(story: Story, **arguments: Any) -> Call:
    return Call(story.designer, {"prize_id": story.prize_id, "stage_id": story.stage_id, **arguments})


WHY = "A colleague has looked at it again."


def _running(story: Story, **arguments: Any) -> Call:
    """Of a published prize, by its secretariat, with a reason."""
    return Call(story.secretariat, {**_with_version(story), "reason": WHY, **arguments})


def _with_version(story: Story, **arguments: Any) -> dict[str, Any]:
    version = transact(lambda db: prize_version(db, story.prize_id))
    return {"prize_id": story.prize_id, "version": version, **arguments}


@example("prize.prizes.create_prize")
def _(world: World) -> Call:
    story = told(Chapter.DRAFT)
    kind = {"blueprint": Blueprint.TESTBED, "pays": Pays.BEST_OF, "zone": "Europe/Paris", "illustrative": True}
    named = {"title": "Quiet streets", "slug": "quiet-streets", "source": "After a prize that was run in Lyon."}
    return Call(story.designer, {"mission_id": story.mission_id, **named, **kind})


@example("prize.copying.create_prize_from_blueprint")
def _(world: World) -> Call:
    story = told(Chapter.DRAFT)
    kind = {"blueprint": Blueprint.TESTBED, "pays": Pays.BEST_OF, "zone": "Europe/Paris"}
    return Call(story.designer, {"mission_id": story.mission_id, "title": "Cleaner", "slug": "cleaner", **kind})


@example("prize.copying.create_prize_from_file")
def _(world: World) -> Call:
    story = told(Chapter.READY)
    text = ask(prize_file, story.designer, prize_id=story.prize_id)
    return Call(story.owner, {"mission_id": story.mission_id, "slug": "quiet-streets", "text": text})


@example("prize.copying.copy_prize")
def _(world: World) -> Call:
    story = told(Chapter.READY)
    named = {"title": "Quiet streets", "slug": "quiet-streets"}
    return Call(story.owner, {"mission_id": story.mission_id, "copied_id": story.prize_id, **named})


@example("prize.prizes.edit_prize")
def _(world: World) -> Call:
    story = told(Chapter.DRAFT)
    kind = {"blueprint": Blueprint.SPOTLIGHT, "pays": Pays.RECOGNITION, "zone": "Europe/Paris"}
    return Call(story.designer, _with_version(story, title="Clean lakes", source="Invented.", **kind))


@example("prize.prizes.appoint_in_prize")
def _(world: World) -> Call:
    return _in_draft(Chapter.DRAFT, name="Ada", email="ada@example.org", role=Role.SECRETARIAT)


@example("prize.brief.save_brief")
def _(world: World) -> Call:
    texts = {"summary": "Clean a river.", "problem": "Rivers are\ndirty.", "eligibility": "Anybody may enter."}
    return _in_draft(Chapter.DRAFT, version=1, **texts)


@example("prize.brief.save_rules")
def _(world: World) -> Call:
    return _in_draft(Chapter.DRAFT, version=1, text="What counts is the last version that you submitted.")


@example("prize.fund.add_contribution")
def _(world: World) -> Call:
    given = {"minor": 500_00, "given_on": date(2027, 1, 4), "note": "Boats for a summer"}
    return _in_draft(Chapter.DRAFT, contributor="Boat club", kind=ContributionKind.IN_KIND, **given)


@example("prize.fund.add_award")
def _(world: World) -> Call:
    return _in_draft(name="Runners-up", kind=ContributionKind.MONEY, count=4, minor_each=10_000_00)


@example("prize.fund.remove_award")
def _(world: World) -> Call:
    story = told(Chapter.READY)
    return Call(story.designer, {"prize_id": story.prize_id, "award_id": story.award_id})


@example("prize.fund.remove_contribution")
def _(world: World) -> Call:
    story = told(Chapter.READY)
    given = (ContributionKind.IN_KIND, 500_00, date(2027, 1, 4))
    spare = transact(lambda db: add_contribution(db, story.designer, story.prize_id, "Boat club", *given))
    return Call(story.designer, {"prize_id": story.prize_id, "contribution_id": spare})


@example("prize.stages.edit_stage")
def _(world: World) -> Call:
    moments = (OPENS, CLOSES + timedelta(days=1), JUDGING_CLOSES + timedelta(days=1), DECIDED + timedelta(days=1))
    dates = dict(zip(("opens_at", "closes_at", "judging_closes_at", "decision_at"), moments, strict=True))
    return _of_stage(told(Chapter.DRAFT), version=1, name="Only stage", places=3, scorecards_per_entry=2, **dates)


@example("prize.stages.add_stage")
def _(world: World) -> Call:
    return _in_draft(name="Finalists")


@example("prize.stages.remove_stage")
def _(world: World) -> Call:
    story = told(Chapter.READY)
    last = transact(lambda db: add_stage(db, story.designer, story.prize_id, "Finalists"))
    return Call(story.designer, {"prize_id": story.prize_id, "stage_id": last})


@example("prize.changes.change_dates")
def _(world: World) -> Call:
    later = {"closes_at": CLOSES + DAY, "judging_closes_at": JUDGING_CLOSES + DAY, "decision_at": DECIDED + DAY}
    story = told(Chapter.PUBLISHED)
    why = "A holiday falls on the day."
    return Call(
        story.secretariat, {**_of_stage(story).arguments, "version": 1, "opens_at": OPENS, **later, "reason": why}
    )


@example("prize.changes.change_drawing")
def _(world: World) -> Call:
    story = told(Chapter.PUBLISHED)
    version = transact(lambda db: db.get_one(Stage, story.stage_id).version)
    return _running(story, stage_id=story.stage_id, version=version, may_draw=True)


@example("prize.changes.change_brief")
def _(world: World) -> Call:
    story = told(Chapter.PUBLISHED)
    texts = {"summary": "Clean two rivers.", "problem": "Rivers are\ndirty.", "eligibility": "Anybody may enter."}
    return _running(story, version=transact(lambda db: newest_brief(db, story.prize_id).version), **texts)


@example("prize.changes.change_rules")
def _(world: World) -> Call:
    story = told(Chapter.PUBLISHED)
    version = transact(lambda db: newest_rules(db, story.prize_id).version)
    return _running(story, version=version, text="What counts is the last version that was submitted in time.")


@example("prize.rubric_changes.change_rubric")
def _(world: World) -> Call:
    story = told(Chapter.PUBLISHED)
    shown = transact(lambda db: rubric_of(db, story.stage_id))
    criteria = tuple(
        ChangedCriterion(row.key, row.question, weight, row.threshold, row.seen, row.levels)
        for row, weight in zip(shown.criteria, (30, 70), strict=True)
    )
    return _running(story, stage_id=story.stage_id, version=shown.version, criteria=criteria)


@example("prize.fund_changes.add_to_fund")
def _(world: World) -> Call:
    story = told(Chapter.PUBLISHED)
    given = {"kind": ContributionKind.MONEY, "minor": 500_00, "given_on": date(2027, 3, 4), "note": "For a boat"}
    return Call(story.secretariat, {"prize_id": story.prize_id, "reason": WHY, "contributor": "Boat club", **given})


@example("prize.fund_changes.change_awards")
def _(world: World) -> Call:
    story = told(Chapter.SUBMITTED)
    shown = transact(lambda db: fund_of(db, story.prize_id))
    [winner] = shown.awards
    awards = (
        ChangedAward(winner.key, winner.name, winner.kind, 1, winner.each.minor - 1),
        ChangedAward(None, "Runners-up", ContributionKind.MONEY, 2, 10_000_00),
    )
    return _running(story, version=shown.version, awards=awards)


@example("prize.eligibility_changes.change_eligibility")
def _(world: World) -> Call:
    story = told(Chapter.PUBLISHED)
    question = ChangedEligibilityQuestion("Are you over 18?", True, Otherwise.DECIDES, "You have to be over 18.")
    return _running(story, version=0, questions=(question,))


@example("prize.running.pause_prize")
def _(world: World) -> Call:
    return _running(told(Chapter.PUBLISHED))


@example("prize.running.resume_prize")
def _(world: World) -> Call:
    story = told(Chapter.PUBLISHED)
    do(pause_prize, story.secretariat, **_running(story).arguments)
    return _running(story)


@example("prize.running.close_prize")
def _(world: World) -> Call:
    return _running(told(Chapter.RELEASED))


@example("prize.running.cancel_prize")
def _(world: World) -> Call:
    story = told(Chapter.PUBLISHED)
    return Call(story.sponsor, _running(story).arguments)


@example("prize.running.cancel_stage")
def _(world: World) -> Call:
    story = told(Chapter.PUBLISHED)
    version = transact(lambda db: db.get_one(Stage, story.stage_id).version)
    return Call(story.sponsor, {"stage_id": story.stage_id, "version": version, "reason": "Too few people entered."})


def _which_lock(river: UUID) -> dict[str, Any]:
    """Everything that can be said of a question that is asked after an answer to another."""
    asked = {"kind": QuestionKind.CHOICE, "wording": "Which lock?", "help": "The main one.", "unit": "lock"}
    limits = {"required": False, "reveals_identity": False, "confidential": True, "word_limit": 40, "size_limit": 4096}
    after = {"particulars": "Who said so?", "only_if": river, "only_if_answers": ("Thames",)}
    return {"options": ("Iffley", "Osney"), **asked, **limits, **after}


def _ask_which_river(story: Story) -> UUID:
    asked = {"kind": QuestionKind.CHOICE, "wording": "Which river?", "options": ("Thames", "Severn")}
    river: UUID = do(add_question, story.designer, **_of_stage(story).arguments, **asked)
    return river


@example("prize.form.add_question")
def _(world: World) -> Call:
    story = told(Chapter.READY)
    return _of_stage(story, **_which_lock(_ask_which_river(story)))


@example("prize.form.change_question")
def _(world: World) -> Call:
    story = told(Chapter.READY)
    river = _ask_which_river(story)
    lock = do(add_question, story.designer, **_of_stage(story).arguments, kind=QuestionKind.TEXT, wording="A lock?")
    return _of_stage(story, question_key=lock, version=1, **_which_lock(river))


@example("prize.form_changes.begin_form_change")
def _(world: World) -> Call:
    return _of_stage(told(Chapter.SUBMITTED))


def _form_being_changed(story: Story) -> int:
    """A change of the published form; returns the version of what is written."""
    do(begin_form_change, story.designer, **_of_stage(story).arguments)
    do(add_question, story.designer, **_of_stage(story).arguments, kind=QuestionKind.DATE, wording="Since when?")
    return transact(lambda db: newest_form(db, story.stage_id).version)


@example("prize.form_changes.discard_form_change")
def _(world: World) -> Call:
    story = told(Chapter.SUBMITTED)
    return _of_stage(story, version=_form_being_changed(story))


@example("prize.form_changes.publish_form_change")
def _(world: World) -> Call:
    story = told(Chapter.SUBMITTED)
    return _of_stage(story, version=_form_being_changed(story), reason=WHY)


@example("prize.form.copy_question")
def _(world: World) -> Call:
    story = told(Chapter.READY)
    return _of_stage(story, question_key=story.questions["method"])


@example("prize.form.move_question")
def _(world: World) -> Call:
    story = told(Chapter.READY)
    return _of_stage(story, question_key=story.questions["team"], up=True)


@example("prize.form.remove_question")
def _(world: World) -> Call:
    story = told(Chapter.READY)
    return _of_stage(story, question_key=story.questions["document"])


@example("prize.rubric.set_scale")
def _(world: World) -> Call:
    return _of_stage(told(Chapter.DRAFT), version=1, lowest=0, highest=10, steps_per_point=2)


@example("prize.rubric.save_criterion")
def _(world: World) -> Call:
    story = told(Chapter.READY)
    words = {"name": "Need", "question": "Is the problem real?", "levels": ("None", "Little", "Some", "Clear", "Sized")}
    return _of_stage(story, criterion_key=story.criteria["need"], weight=30, threshold=150, **words)


@example("prize.rubric.move_criterion")
def _(world: World) -> Call:
    story = told(Chapter.READY)
    return _of_stage(story, criterion_key=story.criteria["need"], up=False)


@example("prize.rubric.set_weights")
def _(world: World) -> Call:
    return _of_stage(told(Chapter.READY), version=3, weights=(55, 45))


@example("prize.rubric.set_tie_break")
def _(world: World) -> Call:
    story = told(Chapter.READY)
    return _of_stage(story, version=3, criterion_keys=(story.criteria["method"], story.criteria["need"]))


@example("prize.gates.add_gate_question")
def _(world: World) -> Call:
    return _of_stage(told(Chapter.READY), wording="Should this be supported?")


@example("prize.gates.remove_gate_question")
def _(world: World) -> Call:
    story = told(Chapter.READY)
    asked = (story.designer, story.prize_id, story.stage_id, "In scope?")
    return _of_stage(story, gate_key=transact(lambda db: add_gate_question(db, *asked)))


@example("prize.rubric.remove_criterion")
def _(world: World) -> Call:
    story = told(Chapter.READY)
    return _of_stage(story, criterion_key=story.criteria["need"])


@example("prize.publication.send_for_review")
def _(world: World) -> Call:
    story = told(Chapter.READY)
    return Call(story.designer, _with_version(story))


@example("prize.publication.return_to_draft")
def _(world: World) -> Call:
    story = told(Chapter.IN_REVIEW)
    return Call(story.sponsor, _with_version(story, reason="Say who may enter."))


@example("prize.publication.publish_prize")
def _(world: World) -> Call:
    story = told(Chapter.IN_REVIEW)
    return Call(story.sponsor, _with_version(story))


@example("prize.following.follow_prize")
def _(world: World) -> Call:
    return Call(world.person("ada"), {"prize_id": told(Chapter.PUBLISHED).prize_id})


@example("prize.following.stop_following")
def _(world: World) -> Call:
    story = told(Chapter.PUBLISHED)
    do(follow_prize, world.person("ada"), prize_id=story.prize_id)
    return Call(world.person("ada"), {"prize_id": story.prize_id})


@example("prize.following.stop_by_link")
def _(world: World) -> Call:
    story = told(Chapter.PUBLISHED)
    do(follow_prize, world.person("ada"), prize_id=story.prize_id)
    return Call(STRANGER, {"following_id": transact(lambda db: db.exec(select(Following.id)).one())})


@example("prize.clarifications.ask_clarification")
def _(world: World) -> Call:
    story = told(Chapter.PUBLISHED)
    return Call(world.person("ada"), {"prize_id": story.prize_id, "question": "Does a canal count?\nOurs has locks."})


def _asked(world: World, **arguments: Any) -> Call:
    story = told(Chapter.PUBLISHED)
    asked = {"prize_id": story.prize_id, "question": "Does our canal count?"}
    clarification_id = do(ask_clarification, world.person("ada"), **asked)
    return Call(story.secretariat, {"clarification_id": clarification_id, "version": 1, **arguments})


@example("prize.clarifications.answer_clarification")
def _(world: World) -> Call:
    return _asked(world, question="Does a canal count?", answer="Yes, when fish live in it.")


@example("prize.clarifications.decline_clarification")
def _(world: World) -> Call:
    return _asked(world, reason="The brief says so already.")


@example("prize.eligibility.add_eligibility_question")
def _(world: World) -> Call:
    asked = {"wording": "Have you been paid for this?", "needed": False, "otherwise": Otherwise.REFERS}
    return _in_draft(**asked, told="Tell us by whom.")


@example("prize.eligibility.remove_eligibility_question")
def _(world: World) -> Call:
    story = told(Chapter.READY)
    return Call(story.designer, {"prize_id": story.prize_id, "question_key": asked_about_age(story)})


@example("prize.entries.drafts.start_entry")
def _(world: World) -> Call:
    story = told(Chapter.READY)
    answers = (EligibilityAnswer(asked_about_age(story), True),)
    do(send_for_review, story.designer, **_with_version(story))
    do(publish_prize, story.sponsor, **_with_version(story))
    transact(lambda db: clock.move_to(db, OPENS))
    named = {"organisation": "Ada’s mussels", "kind": OrganisationKind.PERSON}
    return Call(world.person("ada"), {"stage_id": story.stage_id, **named, "answers": answers})


def asked_about_age(story: Story) -> UUID:
    """An eligibility question of a draft, which decides; returns its key."""
    asked = {"wording": "Are you over 16?", "needed": True, "otherwise": Otherwise.DECIDES}
    told_then = "Whoever enters is over 16."
    return do(add_eligibility_question, story.designer, prize_id=story.prize_id, **asked, told=told_then)


@example("prize.entries.drafts.save_answer")
def _(world: World) -> Call:
    story = told(Chapter.WRITTEN)
    saved = {"text": "Reeds\ndo it.", "base_version": 1, "tab": TAB, "save_number": 2}
    return Call(story.entrant, {"entry_id": story.entry_id, "question_key": story.questions["method"], **saved})


@example("prize.entries.submission.submit_entry")
def _(world: World) -> Call:
    story = told(Chapter.WRITTEN)
    return Call(story.entrant, {"entry_id": story.entry_id, "accepts_rules": True})


@example("prize.entries.submission.withdraw_entry")
def _(world: World) -> Call:
    story = told(Chapter.SUBMITTED)
    return Call(story.entrant, {"entry_id": story.entry_id})


@example("prize.entries.invitations.invite_member")
def _(world: World) -> Call:
    story = told(Chapter.STARTED)
    return Call(story.entrant, {"entry_id": story.entry_id, "name": "Ada", "email": "ada@example.org"})


def _invited(world: World) -> tuple[Story, UUID]:
    """Ada is invited to the first team."""
    story = told(Chapter.STARTED)
    who = {"name": "Ada", "email": world.address("ada")}
    return story, do(invite_member, story.entrant, entry_id=story.entry_id, **who)


@example("prize.entries.invitations.withdraw_invitation")
def _(world: World) -> Call:
    story, invitation_id = _invited(world)
    return Call(story.entrant, {"entry_id": story.entry_id, "invitation_id": invitation_id})


@example("prize.entries.invitations.accept_invitation")
def _(world: World) -> Call:
    return Call(world.person("ada"), {"invitation_id": _invited(world)[1]})


@example("prize.entries.invitations.decline_invitation")
def _(world: World) -> Call:
    return Call(world.person("ada"), {"invitation_id": _invited(world)[1]})


def _with_colleague() -> tuple[Story, Actor]:
    story = told(Chapter.STARTED)
    return story, transact(lambda db: join_team(db, story.entry_id, "ines"))


@example("prize.entries.members.remove_member")
def _(world: World) -> Call:
    story, colleague = _with_colleague()
    return Call(story.entrant, {"entry_id": story.entry_id, "person_id": colleague.person_id})


@example("prize.entries.members.hand_over_lead")
def _(world: World) -> Call:
    story, colleague = _with_colleague()
    return Call(story.entrant, {"entry_id": story.entry_id, "person_id": colleague.person_id})


@example("prize.entries.members.leave_team")
def _(world: World) -> Call:
    story, colleague = _with_colleague()
    return Call(colleague, {"entry_id": story.entry_id})


@example("prize.entries.files.begin_upload")
def _(world: World) -> Call:
    story = told(Chapter.STARTED)
    target = {"entry_id": story.entry_id, "question_key": story.questions["document"]}
    return Call(story.entrant, {**target, "name": "figures.pdf", "length": 4096})


@example("prize.entries.files.remove_file")
def _(world: World) -> Call:
    story = told(Chapter.STARTED)
    target = {"entry_id": story.entry_id, "question_key": story.questions["document"]}
    document = document_of("Acorn Labs")
    transact(lambda db: attach(db, story.entrant, *target.values(), document, "figures.pdf"))
    file_id = transact(
        lambda db: db.exec(select(DraftFile.file_id).where(col(DraftFile.entry_id) == story.entry_id)).one()
    )
    return Call(story.entrant, {**target, "file_id": file_id})


@example("prize.closing.close_stage")
def _(world: World) -> Call:
    story = told(Chapter.SUBMITTED)
    transact(lambda db: clock.move_to(db, CLOSES + timedelta(seconds=1)))
    return Call(LAUREL, {"stage_id": story.stage_id})


@example("prize.entries.extensions.extend_entry")
def _(world: World) -> Call:
    story = told(Chapter.WRITTEN)
    return Call(
        story.secretariat,
        {"entry_id": story.entry_id, "closes_at": CLOSES + DAY, "reason": "The power failed in their town."},
    )


@example("prize.entries.screening.screen_entry")
def _(world: World) -> Call:
    story = told(Chapter.CLOSED)
    return Call(
        story.secretariat, {"entry_id": story.entry_id, "eligible": False, "reason": "The river is not one of ours."}
    )


@example("prize.entries.screening.screen_entries")
def _(world: World) -> Call:
    story = told(Chapter.CLOSED)
    return Call(story.secretariat, {"stage_id": story.stage_id, "entry_ids": (story.entry_id,), "eligible": True})


@example("prize.entries.importing.import_entries")
def _(world: World) -> Call:
    story = told(Chapter.STARTED)
    keys = ("organisation", "name", "email", str(story.questions["method"]), str(story.questions["team"]))
    row = ("Cedar Mill", "Cora Fir", "cora@cora.example", "A mill\nturns.", "We are Cedar Mill.")
    sheet = Sheet(keys, (SheetRow(2, row),), ("Notes",))
    given = MatchedSheet(sheet, tuple(Match(key, key) for key in keys), (Chosen("email", Style.ISO),))
    plan = ask(planned_entries, story.secretariat, stage_id=story.stage_id, given=given)
    asked = {"stage_id": story.stage_id, "given": given, "shown": plan.digest}
    return Call(story.secretariat, {**asked, "reason": "It came by post."})


@example("prize.entries.duplicates.settle_duplicate")
def _(world: World) -> Call:
    story = told(Chapter.SUBMITTED)
    for entry_id in story.entries.values():
        transact(lambda db, entry_id=entry_id: join_team(db, entry_id, "pat"))  # type: ignore[misc]
    go_on(story, Chapter.SUBMITTED, Chapter.CLOSED)
    work_off()
    [pair] = ask(duplicates, story.secretariat, stage_id=story.stage_id).pairs
    return Call(
        story.secretariat,
        {
            "stage_id": story.stage_id,
            "duplicate_id": pair.id,
            "note": "Pat has entered twice.",
            "ineligible_id": story.entry_id,
        },
    )


@example("prize.entries.name_checks.decide_names")
def _(world: World) -> Call:
    story = told(Chapter.WRITTEN)
    answers = {story.questions["method"]: "Acorn Labs counts mussels, and has done so for years."}
    transact(lambda db: write(db, story.entrant, story.entry_id, answers, number=2))
    do(submit_entry, story.entrant, entry_id=story.entry_id, accepts_rules=True)
    transact(lambda db: clock.move_to(db, CLOSES + timedelta(seconds=1)))
    do(close_stage, LAUREL, stage_id=story.stage_id)
    transact(lambda db: search_submitted(db, story.entry_id))
    (found,) = ask(screened_entry, story.secretariat, entry_id=story.entry_id).names
    decided = {"file_id": None, "withhold": True, "seen": found.digest, "reason": "It names the team."}
    return Call(story.secretariat, {"entry_id": story.entry_id, "question_key": story.questions["method"], **decided})


@example("prize.entries.corrections.submit_correction")
def _(world: World) -> Call:
    story = told(Chapter.WRITTEN)
    transact(lambda db: setattr(db.get_one(Stage, story.stage_id), "correction_days", 3))
    naming, plain = "Acorn Labs counts mussels.", "We count mussels."
    transact(lambda db: write(db, story.entrant, story.entry_id, {story.questions["method"]: naming}, number=2))
    do(submit_entry, story.entrant, entry_id=story.entry_id, accepts_rules=True)
    transact(lambda db: clock.move_to(db, CLOSES + timedelta(seconds=1)))
    do(close_stage, LAUREL, stage_id=story.stage_id)
    transact(lambda db: search_submitted(db, story.entry_id))
    transact(lambda db: write(db, story.entrant, story.entry_id, {story.questions["method"]: plain}, number=3))
    return Call(story.entrant, {"entry_id": story.entry_id})


@example("prize.comments.comment_on_part")
def _(world: World) -> Call:
    story = told(Chapter.READY)
    about = {"part": PrizePart.RUBRIC, "stage_id": story.stage_id}
    return Call(story.sponsor, {"prize_id": story.prize_id, "text": "Is five levels not too many?", **about})


@example("prize.comments.settle_comment")
def _(world: World) -> Call:
    story = told(Chapter.READY)
    about = {"prize_id": story.prize_id, "part": PrizePart.BRIEF}
    comment_id = do(comment_on_part, story.sponsor, **about, text="Name the rivers.")
    return Call(story.designer, {"prize_id": story.prize_id, "comment_id": comment_id})


@example("prize.message_texts.save_message_text")
def _(world: World) -> Call:
    story = told(Chapter.PUBLISHED)
    text = {"template": "extended", "version": 0, "subject": "More time", "text": "You have until {until}."}
    return Call(story.secretariat, {"prize_id": story.prize_id, **text})


@example("prize.message_texts.use_own_text")
def _(world: World) -> Call:
    story = told(Chapter.PUBLISHED)
    place = {"prize_id": story.prize_id, "template": "extended"}
    do(save_message_text, story.secretariat, **place, version=0, subject="More time", text="You have until {until}.")
    return Call(story.secretariat, {**place, "version": 1})


@example("prize.message_texts.try_message_text")
def _(world: World) -> Call:
    story = told(Chapter.PUBLISHED)
    text = {"template": "extended", "subject": "More time", "text": "You have until {until}."}
    return Call(story.secretariat, {"prize_id": story.prize_id, **text})


@example("prize.group_messages.write_to_group")
def _(world: World) -> Call:
    story = told(Chapter.SUBMITTED)
    place = {"prize_id": story.prize_id, "stage_id": story.stage_id}
    counts = {each.key: each.count for each in ask(groups, story.secretariat, **place)}
    group = {"audience": "submitted", "count": counts["submitted"]}
    return Call(story.secretariat, {**place, **group, "subject": "Thank you", "text": "We have {prize} to thank."})
