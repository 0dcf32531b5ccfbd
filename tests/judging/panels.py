"""A panel for tests that is larger than the story's: six teams and four judges, two of whom score each entry."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session, select

from accounts.actors import LAUREL, Actor
from accounts.people import find_person
from judging.analyses.kept import ANALYSE, FIND, KeptAnalysis, stage_analysis
from judging.analyses.shown import Standing
from judging.decisions import decide_entry, end_judging
from judging.judges import accept_terms, invite_judges, state_conflicts
from judging.lottery import freeze_list
from judging.models import AssignmentPlan, CommentReader, Outcome, StageAnalysis
from judging.planning import confirm_assignment, plan_assignment
from judging.scorecards import finish_judging, own_assignments, save_comment, save_score
from prize.changes import change_drawing
from prize.closing import close_stage
from prize.entries.drafts import start_entry
from prize.entries.models import Entry
from prize.entries.screening import screen_entry
from prize.entries.searching import search_submitted
from prize.entries.submission import submit_entry
from prize.models import Stage
from storage import clock
from storage.database import transact
from storage.jobs import Job, JobState, begin_regular_jobs, work_once
from tests.modules import import_everything
from tests.stories import (
    CLOSES,
    DAY,
    OPENS,
    SEED,
    TAB,
    Chapter,
    Story,
    answers_of,
    assignments_of,
    go_on,
    person_called,
    told,
    write,
)
from tests.world import ask, do

TEAMS = {
    "erin": "Acorn Labs",
    "bela": "Birch Works",
    "cleo": "Cedar Sieves",
    "dora": "Dune Water",
    "egon": "Elm Filters",
    "fred": "Fern Ponds",
}
JUDGES = ("jules", "jo", "kim", "max")
STILL_SCORES = "max"
"""The judge who has scored everything and has not finished; the others have."""


def scored_panel(*, may_draw: bool = False) -> Story:
    """Everything is scored, close together, so that it is open who takes the one place."""
    story = told(Chapter.PUBLISHED)
    if may_draw:
        transact(lambda db: _let_draw(db, story))
    for chapter in (_enter, _close, _bind, _assign, _score):
        transact(lambda db, chapter=chapter: chapter(db, story))  # type: ignore[misc]
    return story


def analysed_panel() -> tuple[Story, KeptAnalysis]:
    """The same with its analysis, as the secretariat sees it."""
    story = scored_panel()
    work()
    return story, newest(story)


def undecided_panel(places: int = 1) -> tuple[Story, KeptAnalysis]:
    """Judging has ended, and the rules let the one place be drawn among those between which scores do not decide."""
    story = scored_panel(may_draw=True)
    if places != 1:
        transact(lambda db: _with_places(db, story, places))
    do(finish_judging, story.judges[STILL_SCORES], stage_id=story.stage_id)
    do(end_judging, story.secretariat, stage_id=story.stage_id)
    work()
    return story, newest(story)


def close_entries(analysis: KeptAnalysis) -> tuple[UUID, ...]:
    """The entries of the undecided band, the best on top."""
    return tuple(line.entry_id for line in analysis.shown.ranking if line.standing is Standing.UNDECIDED)


def frozen_panel() -> tuple[Story, str]:
    """The same with the list frozen; with its digest."""
    story, analysis = undecided_panel()
    what = {"analysis_id": analysis.id, "places": 1, "outcome": Outcome.FINALIST}
    return story, do(freeze_list, story.secretariat, stage_id=story.stage_id, **what)


def two_reserves() -> Story:
    """The story's two entries are reserves, the first team's the first of them."""
    story = told(Chapter.JUDGED)
    for entry_id in story.entries.values():
        do(decide_entry, story.secretariat, entry_id=entry_id, outcome=Outcome.RESERVE, reason="Close.")
    return story


def named_judge(text: str = "As Jules says, count the mussels twice.") -> Story:
    """Everything is confirmed and checked, and a judge's comment for the first team names another judge."""
    story = told(Chapter.SCORED)
    first = transact(lambda db: assignments_of(db, story, story.judges["jo"])[0].id)
    written = {"reader": CommentReader.ENTRANT, "text": text, "base_version": 0, "tab": TAB, "save_number": 1}
    do(save_comment, story.judges["jo"], assignment_id=first, **written)
    go_on(story, Chapter.SCORED, Chapter.CHECKED)
    return story


def newest(story: Story) -> KeptAnalysis:
    found = ask(stage_analysis, story.secretariat, stage_id=story.stage_id)
    assert found is not None
    return found


def work() -> None:
    """What the worker does next about analyses, however long the last one took; other jobs are left out."""
    import_everything()

    def look_now(db: Session) -> None:
        begin_regular_jobs(db)
        for row in db.exec(select(Job)).all():
            if row.kind == FIND:
                row.run_at = clock.now(db)
            elif row.kind != ANALYSE:
                row.state = JobState.DONE
            db.add(row)
        for kept in db.exec(select(StageAnalysis)).all():
            kept.seconds = 0.0
            db.add(kept)

    transact(look_now)
    while work_once():
        pass


def _let_draw(db: Session, story: Story) -> None:
    version = db.get_one(Stage, story.stage_id).version
    change_drawing(db, story.secretariat, story.prize_id, story.stage_id, version, True, "The panel asked for it.")


def _with_places(db: Session, story: Story, places: int) -> None:
    stage = db.get_one(Stage, story.stage_id)
    stage.places = places
    db.add(stage)


def _enter(db: Session, story: Story) -> None:
    clock.move_to(db, OPENS + DAY)
    for name, organisation in TEAMS.items():
        story.entrants[name] = person_called(db, name)
        story.entries[name] = start_entry(db, story.entrants[name], story.stage_id, organisation)
        write(db, story.entrants[name], story.entries[name], answers_of(story, organisation))
        submit_entry(db, story.entrants[name], story.entries[name], True)


def _close(db: Session, story: Story) -> None:
    clock.move_to(db, CLOSES + DAY)
    close_stage(db, LAUREL, story.stage_id)
    for entry_id in story.entries.values():
        search_submitted(db, entry_id)
        screen_entry(db, story.secretariat, entry_id, True)


def _bind(db: Session, story: Story) -> None:
    addresses = {name: f"{name}@panel-{name}.example" for name in JUDGES}
    pasted = "\n".join(f"{name.capitalize()} <{address}>" for name, address in addresses.items())
    invite_judges(db, story.secretariat, story.stage_id, pasted)
    for name, address in addresses.items():
        person = find_person(db, address)
        assert person is not None
        story.judges[name] = Actor(person.id)
        accept_terms(db, story.judges[name], story.stage_id)
        state_conflicts(db, story.judges[name], story.stage_id, ())


def _assign(db: Session, story: Story) -> None:
    """Whom chance would deal what is fixed, so that every test has the same panel."""
    plan = db.get_one(AssignmentPlan, plan_assignment(db, story.secretariat, story.stage_id, SEED).id)
    people = [str(judge.person_id) for judge in story.judges.values()]
    codes = [str(db.get_one(Entry, entry_id).code) for entry_id in story.entries.values()]
    plan.pairs = [[code, people[(at + place) % len(people)]] for at, code in enumerate(codes) for place in (0, 1)]
    db.add(plan)
    story.plan_id = plan.id
    confirm_assignment(db, story.secretariat, story.stage_id, plan.id)


def _score(db: Session, story: Story) -> None:
    """Three teams get 4 and 5, three get 2 and 3."""
    clock.move_to(db, CLOSES + 10 * DAY)
    lowest = {entry_id: 4 if at < 3 else 2 for at, entry_id in enumerate(story.entries.values())}
    for at, (name, judge) in enumerate(story.judges.items()):
        for assignment in own_assignments(db, judge.person_id, story.stage_id):
            for place, key in enumerate(story.criteria.values()):
                save_score(db, judge, assignment.id, key, lowest[assignment.entry_id] + (at + place) % 2)
        if name != STILL_SCORES:
            finish_judging(db, judge, story.stage_id)
