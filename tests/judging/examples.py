"""An example of each command of judging."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlmodel import Session

from accounts.actors import LAUREL, Actor
from accounts.models import Role, ScopeKind
from accounts.programmes import appoint
from judging.appeals import write_appeal
from judging.by_hand import planned_assignment
from judging.decisions import decisions_digest
from judging.due_diligence import Found
from judging.importing import planned_conflicts, planned_judges
from judging.judges import conflicts_to_decide, name_chair, state_conflicts
from judging.leaving import leaving
from judging.letters import named_passages
from judging.lottery import LeftOut
from judging.models import CommentReader, Duty, Outcome
from judging.outcome_models import Check, Finding
from judging.panel.agenda import remove_item
from judging.paper import planned_scores
from judging.revealing import reveal_entry
from judging.scorecards import finish_judging, save_score
from judging.timed_release import plan_release
from prize.entries.models import Entry
from prize.models import Stage
from storage.database import reading, transact
from storage.sheets.columns import Chosen, Style
from storage.sheets.matching import Match
from storage.sheets.planning import MatchedSheet
from storage.sheets.reading import Sheet, SheetRow
from tests.examples import Call, example
from tests.judging.meetings import discussing, opened, prepared
from tests.judging.panels import analysed_panel, close_entries, frozen_panel, named_judge, two_reserves, undecided_panel
from tests.judging.practising import practice_of, practise, with_practice
from tests.stories import (
    DECIDED,
    SEED,
    TAB,
    WATERS,
    Chapter,
    Story,
    assignments_of,
    person_called,
    told,
    with_a_gate,
    with_a_reveal,
    with_a_topic,
)
from tests.world import World, ask, do


@example("judging.judges.invite_judges")
def _(world: World) -> Call:
    story = told(Chapter.CLOSED)
    return Call(story.secretariat, {"stage_id": story.stage_id, "pasted": "Jules <jules@example.org>\njo@example.org"})


@example("judging.judges.name_chair")
def _(world: World) -> Call:
    story = told(Chapter.INVITED)
    return Call(story.secretariat, {"stage_id": story.stage_id, "person_id": story.judge.person_id})


@example("judging.judges.accept_terms")
def _(world: World) -> Call:
    story = told(Chapter.INVITED)
    return Call(story.judge, {"stage_id": story.stage_id})


@example("judging.judges.state_conflicts")
def _(world: World) -> Call:
    story = told(Chapter.INVITED)
    return Call(story.judge, {"stage_id": story.stage_id, "statements": ("Birch Works", "Aunt Ada")})


def _all_that_a_judge_tells(story: Story) -> dict[str, Any]:
    transact(lambda db: with_a_topic(db, story, {}))
    away = {"away_from": date(2027, 5, 3), "away_until": date(2027, 5, 7)}
    return {"stage_id": story.stage_id, "version": 1, "knows": WATERS[:1], "load": 12, **away}


@example("judging.availability.tell_availability")
def _(world: World) -> Call:
    story = told(Chapter.INVITED)
    return Call(story.judge, _all_that_a_judge_tells(story))


@example("judging.availability.set_availability")
def _(world: World) -> Call:
    story = told(Chapter.INVITED)
    return Call(story.secretariat, {"person_id": story.judge.person_id, **_all_that_a_judge_tells(story)})


@example("judging.practice_writing.write_practice")
def _(world: World) -> Call:
    story = told(Chapter.BOUND)
    practice_id = with_practice(story)
    what = {**practice_of(story), "required": True, "practice_id": practice_id, "version": 1}
    return Call(story.secretariat, {"stage_id": story.stage_id, **what})


@example("judging.practice_writing.remove_practice")
def _(world: World) -> Call:
    story = told(Chapter.BOUND)
    practice_id = with_practice(story)
    return Call(story.secretariat, {"stage_id": story.stage_id, "practice_id": practice_id, "version": 1})


@example("judging.practice.save_practice_score")
def _(world: World) -> Call:
    story = told(Chapter.BOUND)
    scored = {"criterion_key": story.criteria["need"], "points": 4, "cannot_judge": False}
    return Call(story.judge, {"stage_id": story.stage_id, "practice_id": with_practice(story), **scored})


@example("judging.practice.compare_practice")
def _(world: World) -> Call:
    story = told(Chapter.BOUND)
    practice_id = with_practice(story)
    practise(story, practice_id, compare=False)
    return Call(story.judge, {"stage_id": story.stage_id, "practice_id": practice_id})


@example("judging.judges.decide_conflict")
def _(world: World) -> Call:
    story = told(Chapter.INVITED)
    do(state_conflicts, story.judge, stage_id=story.stage_id, statements=("Birch Work",))
    waiting = ask(conflicts_to_decide, story.secretariat, stage_id=story.stage_id)
    return Call(story.secretariat, {"conflict_id": waiting[0].id, "keeps_apart": True})


def a_sheet(keys: tuple[str, ...], *rows: tuple[str, ...]) -> MatchedSheet:
    """A sheet whose columns are called by the keys of what is wanted."""
    numbered = tuple(SheetRow(number, cells) for number, cells in enumerate(rows, 2))
    matches = tuple(Match(key, key.capitalize()) for key in keys)
    sheet = Sheet(tuple(key.capitalize() for key in keys), numbered, ("Notes",))
    return MatchedSheet(sheet, matches, (Chosen(keys[0], Style.ISO),))


@example("judging.importing.import_judges")
def _(world: World) -> Call:
    story = told(Chapter.CLOSED)
    given = a_sheet(("name", "email"), ("Jules Yew", "jules@example.org"), ("Jo Elm", "jo@example.org"))
    plan = ask(planned_judges, story.secretariat, stage_id=story.stage_id, given=given)
    return Call(story.secretariat, {"stage_id": story.stage_id, "given": given, "shown": plan.digest})


@example("judging.importing.import_conflicts")
def _(world: World) -> Call:
    story = told(Chapter.INVITED)
    with reading() as db:
        code = str(db.get_one(Entry, story.entry_id).code)
    given = a_sheet(("email", "code", "reason"), ("jules@example.org", code, "A former colleague"))
    plan = ask(planned_conflicts, story.secretariat, stage_id=story.stage_id, given=given)
    return Call(story.secretariat, {"stage_id": story.stage_id, "given": given, "shown": plan.digest})


@example("judging.leaving.let_judge_leave")
def _(world: World) -> Call:
    story = told(Chapter.ASSIGNED)
    asked = {"stage_id": story.stage_id, "person_id": story.judge.person_id}
    return Call(story.secretariat, {**asked, "shown": ask(leaving, story.secretariat, **asked).digest})


@example("judging.paper.import_scores")
def _(world: World) -> Call:
    story = told(Chapter.ASSIGNED)
    with reading() as db:
        code = str(db.get_one(Entry, story.entry_id).code)
    keys = ("email", "code", "item", "score", "entrant", "panel")
    given = a_sheet(keys, ("jules@example.org", code, "Need", "4", "Count\nthe mussels twice.", "Solid."))
    plan = ask(planned_scores, story.secretariat, stage_id=story.stage_id, given=given)
    asked = {"stage_id": story.stage_id, "given": given, "shown": plan.digest}
    return Call(story.secretariat, {**asked, "replaces": True})


@example("judging.planning.plan_assignment")
def _(world: World) -> Call:
    story = told(Chapter.BOUND)
    return Call(story.secretariat, {"stage_id": story.stage_id, "seed": SEED})


@example("judging.by_hand.give_entry")
def _(world: World) -> Call:
    story = told(Chapter.PLANNED)
    given = {"entry_id": story.entry_id, "judge_ids": (story.judge.person_id,)}
    return Call(story.secretariat, {"stage_id": story.stage_id, "plan_id": story.plan_id, **given})


@example("judging.by_hand.import_assignment")
def _(world: World) -> Call:
    story = told(Chapter.BOUND)
    with reading() as db:
        code = str(db.get_one(Entry, story.entry_id).code)
    given = a_sheet(("code", "email"), (code, "jules@example.org"))
    plan = ask(planned_assignment, story.secretariat, stage_id=story.stage_id, given=given)
    return Call(story.secretariat, {"stage_id": story.stage_id, "given": given, "shown": plan.digest})


@example("judging.planning.confirm_assignment")
def _(world: World) -> Call:
    story = told(Chapter.PLANNED)
    return Call(story.secretariat, {"stage_id": story.stage_id, "plan_id": story.plan_id})


@example("judging.reading_copies.order_reading_copy")
def _(world: World) -> Call:
    story = told(Chapter.ASSIGNED)
    return Call(story.judge, {"stage_id": story.stage_id})


@example("judging.scorecards.save_score")
def _(world: World) -> Call:
    story = told(Chapter.ASSIGNED)
    first = transact(lambda db: assignments_of(db, story, story.judge)[0].id)
    scored = {"criterion_key": story.criteria["need"], "points": 4, "cannot_judge": False}
    return Call(story.judge, {"assignment_id": first, **scored})


@example("judging.scorecards.answer_gate")
def _(world: World) -> Call:
    story = told(Chapter.ASSIGNED)
    first = transact(lambda db: assignments_of(db, story, story.judge)[0].id)
    gate_key = transact(lambda db: with_a_gate(db, story))
    return Call(story.judge, {"assignment_id": first, "gate_key": gate_key, "yes": True})


@example("judging.scorecards.save_comment")
def _(world: World) -> Call:
    story = told(Chapter.ASSIGNED)
    first = transact(lambda db: assignments_of(db, story, story.judge)[0].id)
    saved = {"text": "Count\nthe mussels twice.", "base_version": 0, "tab": TAB, "save_number": 1}
    return Call(story.judge, {"assignment_id": first, "reader": CommentReader.ENTRANT, **saved})


@example("judging.revealing.reveal_entry")
def _(world: World) -> Call:
    story = told(Chapter.ASSIGNED)
    transact(lambda db: with_a_reveal(db, story))
    first = transact(lambda db: assignments_of(db, story, story.judge)[0].id)
    do(save_score, story.judge, assignment_id=first, criterion_key=story.criteria["need"], points=4)
    return Call(story.judge, {"assignment_id": first})


@example("judging.revealing.declare_conflict")
def _(world: World) -> Call:
    story = told(Chapter.ASSIGNED)
    transact(lambda db: with_a_reveal(db, story))
    first = transact(lambda db: assignments_of(db, story, story.judge)[0].id)
    do(save_score, story.judge, assignment_id=first, criterion_key=story.criteria["need"], points=4)
    do(reveal_entry, story.judge, assignment_id=first)
    return Call(story.judge, {"stage_id": story.stage_id, "assignment_id": first})


@example("judging.scorecards.finish_judging")
def _(world: World) -> Call:
    story = told(Chapter.SCORED)
    return Call(story.judge, {"stage_id": story.stage_id})


@example("judging.analyses.asking.ask_for_scorecards")
def _(world: World) -> Call:
    story, analysis = analysed_panel()
    return Call(story.secretariat, {"stage_id": story.stage_id, "analysis_id": analysis.id, "number": 1})


@example("judging.analyses.panels.study_panels")
def _(world: World) -> Call:
    story = told(Chapter.READY)
    sizes = {"per_entry": (2, 3), "judges": (4, 6), "minutes": 20}
    return Call(story.designer, {"stage_id": story.stage_id, "entries": 12, "top": 2, **sizes})


@example("judging.decisions.end_judging")
def _(world: World) -> Call:
    story = told(Chapter.SCORED)
    for judge in story.judges.values():
        transact(lambda db, judge=judge: finish_judging(db, judge, story.stage_id))  # type: ignore[misc]
    return Call(story.secretariat, {"stage_id": story.stage_id})


@example("judging.decisions.decide_entry")
def _(world: World) -> Call:
    story = told(Chapter.DECIDED)
    decided = {"outcome": Outcome.WINNER, "reason": "Nothing else came close.", "version": 1}
    return Call(story.secretariat, {"entry_id": story.entry_id, **decided})


@example("judging.decisions.confirm_decisions")
def _(world: World) -> Call:
    story = told(Chapter.DECIDED)
    seen = transact(lambda db: decisions_digest(db, story.stage_id))
    return Call(story.sponsor, {"stage_id": story.stage_id, "seen": seen})


@example("judging.release.release_decisions")
def _(world: World) -> Call:
    story = told(Chapter.CHECKED)
    return Call(story.secretariat, {"stage_id": story.stage_id})


def appeals_are_allowed(story: Story) -> None:
    """As if the published rules had said so."""

    def allow(db: Session) -> None:
        stage = db.get_one(Stage, story.stage_id)
        stage.appeal_days = 14
        db.add(stage)

    transact(allow)


def another_secretary(story: Story) -> Actor:
    """Somebody else of the secretariat, who had no part in any decision."""

    def appointed(db: Session) -> Actor:
        actor = person_called(db, f"sam{story.place}")
        assert actor.person_id is not None
        appoint(db, LAUREL, actor.person_id, Role.SECRETARIAT, ScopeKind.PROGRAMME, story.programme_id)
        return actor

    return transact(appointed)


@example("judging.appeals.write_appeal")
def _(world: World) -> Call:
    story = told(Chapter.RELEASED)
    appeals_are_allowed(story)
    return Call(story.entrant, {"entry_id": story.entry_id, "text": "The samples of May\nwere not read."})


@example("judging.appeals.answer_appeal")
def _(world: World) -> Call:
    story = told(Chapter.RELEASED)
    appeals_are_allowed(story)
    appeal_id = do(write_appeal, story.entrant, entry_id=story.entry_id, text="The samples of May were not read.")
    answer = {"version": 1, "accepted": True, "reason": "They were left out by mistake."}
    return Call(another_secretary(story), {"appeal_id": appeal_id, **answer})


@example("judging.lottery.freeze_list")
def _(world: World) -> Call:
    story, analysis = undecided_panel()
    left_out = (LeftOut(close_entries(analysis)[-1], "It asked to be taken out."),)
    drawn = {"places": 1, "outcome": Outcome.FINALIST, "left_out": left_out}
    return Call(story.secretariat, {"stage_id": story.stage_id, "analysis_id": analysis.id, **drawn})


@example("judging.lottery.draw_places")
def _(world: World) -> Call:
    story, digest = frozen_panel()
    return Call(story.secretariat, {"stage_id": story.stage_id, "seen": digest})


@example("judging.due_diligence.record_checks")
def _(world: World) -> Call:
    story = told(Chapter.CONFIRMED)
    found = (Found(Check.IDENTITY, Finding.PASSES), Found(Check.SUBSIDY, Finding.CONDITIONS, "Less than\nthe limit."))
    return Call(story.secretariat, {"entry_id": story.entry_id, "findings": found, "version": 0})


@example("judging.reserves.move_reserve_up")
def _(world: World) -> Call:
    story = two_reserves()
    return Call(story.secretariat, {"entry_id": story.entries["bela"], "version": 1})


@example("judging.letters.settle_name")
def _(world: World) -> Call:
    story = named_judge()
    [passage] = ask(named_passages, story.secretariat, stage_id=story.stage_id)
    edited = {"about": passage.about, "seen": passage.seen, "edited": "As […] says,\ncount the mussels twice."}
    return Call(story.secretariat, {"entry_id": story.entry_id, **edited})


@example("judging.no_award.leave_places")
def _(world: World) -> Call:
    story = told(Chapter.JUDGED)
    return Call(story.secretariat, {"stage_id": story.stage_id, "reason": "Nothing was\nconvincing.", "version": 0})


@example("judging.timed_release.plan_release")
def _(world: World) -> Call:
    story = told(Chapter.CHECKED)
    return Call(story.secretariat, {"stage_id": story.stage_id, "release_at": DECIDED, "version": 0})


@example("judging.timed_release.cancel_release")
def _(world: World) -> Call:
    story = told(Chapter.CHECKED)
    version = do(plan_release, story.secretariat, stage_id=story.stage_id, release_at=DECIDED)
    return Call(story.secretariat, {"stage_id": story.stage_id, "version": version})


@example("judging.judges.set_duty")
def _(world: World) -> Call:
    story = told(Chapter.INVITED)
    return Call(
        story.secretariat,
        {"stage_id": story.stage_id, "person_id": story.judge.person_id, "duty": Duty.MEETS},
    )


@example("judging.panel.meeting.prepare_meeting")
def _(world: World) -> Call:
    story = told(Chapter.JUDGED)
    do(name_chair, story.secretariat, stage_id=story.stage_id, person_id=story.judge.person_id)
    return Call(story.judge, {"stage_id": story.stage_id, "quorum": 2})


@example("judging.panel.meeting.open_meeting")
def _(world: World) -> Call:
    held = prepared()
    return Call(held.chair, {"meeting_id": held.id, "version": held.version})


@example("judging.panel.meeting.close_meeting")
def _(world: World) -> Call:
    held = discussing()
    return Call(held.chair, {"meeting_id": held.id, "version": held.version})


@example("judging.panel.meeting.present_item")
def _(world: World) -> Call:
    held = opened()
    return Call(held.chair, {"item_id": held.items["erin"], "version": held.version})


@example("judging.panel.meeting.join_meeting")
def _(world: World) -> Call:
    held = opened()
    return Call(held.member, {"meeting_id": held.id})


@example("judging.panel.meeting.leave_meeting")
def _(world: World) -> Call:
    held = opened()
    return Call(held.member, {"meeting_id": held.id})


@example("judging.panel.meeting.note_presence")
def _(world: World) -> Call:
    held = opened()
    return Call(held.chair, {"meeting_id": held.id, "person_id": held.member.person_id, "present": False})


@example("judging.panel.agenda.propose_items")
def _(world: World) -> Call:
    held = prepared()
    return Call(held.chair, {"meeting_id": held.id})


@example("judging.panel.agenda.add_item")
def _(world: World) -> Call:
    held = prepared()
    do(remove_item, held.chair, item_id=held.items["erin"])
    return Call(held.chair, {"meeting_id": held.id, "code": held.code(), "words": "Asked for by a member"})


@example("judging.panel.agenda.remove_item")
def _(world: World) -> Call:
    held = prepared()
    return Call(held.chair, {"item_id": held.items["erin"]})


@example("judging.panel.agenda.move_item")
def _(world: World) -> Call:
    held = prepared()
    return Call(held.chair, {"item_id": held.items["erin"], "version": held.version, "earlier": False})


@example("judging.panel.minutes.record_minute")
def _(world: World) -> Call:
    held = discussing()
    votes = {"in_favour": 2, "against": 0, "abstaining": 0}
    recorded = {"outcome": Outcome.FINALIST, "reason": "The panel was convinced\nby the figures."}
    seen = held.on_the_table(held.chair)
    return Call(held.chair, {"item_id": held.items["erin"], **recorded, "seen": seen, **votes})


@example("judging.panel.recusals.recuse_oneself")
def _(world: World) -> Call:
    held = discussing()
    return Call(held.member, {"stage_id": held.story.stage_id, "code": held.code(), "reason": "A former colleague"})


@example("judging.panel.recusals.record_recusal")
def _(world: World) -> Call:
    held = prepared()
    who = {"stage_id": held.story.stage_id, "person_id": held.member.person_id}
    return Call(held.story.secretariat, {**who, "code": held.code(), "reason": "A former colleague"})


@example("judging.panel.revised.revise_score")
def _(world: World) -> Call:
    held = discussing()
    revised = {"criterion_key": held.story.criteria["need"], "points": 4}
    return Call(held.member, {"item_id": held.items["erin"], **revised})
