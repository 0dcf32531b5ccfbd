"""Planning a panel: what can be asked, what an earlier stage tells, and how the answer comes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from accounts.actors import LAUREL, Actor
from accounts.models import Role, ScopeKind
from accounts.people import find_or_add_person
from accounts.programmes import appoint
from judging.analyses import simulating
from judging.analyses.panels import STUDY, StudyShown, earlier_stages, panel_studies, study_panels
from judging.models import PanelStudy, StageAnalysis
from prize.models import Blueprint, Pays, Stage
from prize.prizes import create_prize
from storage.clock import now
from storage.database import reading, transact
from storage.errors import Invalid
from storage.jobs import Job, JobState, attempts, retry, work_once
from tests.databases import Given
from tests.judging.panels import work
from tests.modules import import_everything
from tests.stories import Chapter, Story, told
from tests.world import ask, do

import_everything()

SMALL: dict[str, Any] = {"entries": 12, "top": 3, "per_entry": (2, 3), "judges": (2, 4), "minutes": 30}


def asked_of(story: Story, stage_id: UUID, actor: Actor | None = None, **changed: Any) -> UUID:
    return do(study_panels, actor or story.designer, stage_id=stage_id, **{**SMALL, **changed})


def work_on_studies() -> None:
    """What the worker does about studies, however long it waits before it tries again; other jobs are left out."""

    def studies_alone(db: Session) -> None:
        for row in db.exec(select(Job).where(col(Job.state) == JobState.WAITING)).all():
            row.run_at = now(db)
            if row.kind != STUDY:
                row.state = JobState.DONE
            db.add(row)

    for _ in range(attempts(STUDY)):
        transact(studies_alone)
        while work_once():
            pass


def studies(story: Story, stage_id: UUID) -> tuple[StudyShown, ...]:
    return ask(panel_studies, story.designer, stage_id=stage_id)


def next_stage(story: Story) -> UUID:
    """The stage of another prize of the story's programme, which is being drawn up."""
    make = (story.mission_id, "Clean lakes", "clean-lakes", Blueprint.BREAKTHROUGH, Pays.BEST_OF)

    def create(db: Session) -> UUID:
        prize_id = create_prize(db, story.designer, *make)
        return db.exec(select(Stage.id).where(col(Stage.prize_id) == prize_id)).one()

    return transact(create)


def components(study_id: UUID) -> Any:
    with reading() as db:
        return db.get_one(PanelStudy, study_id).asked["components"]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("entries", 1, "between 2 and 5,000"),
        ("entries", 5001, "between 2 and 5,000"),
        ("top", 0, "Places: between 1 and 12"),
        ("top", 13, "Places: between 1 and 12"),
        ("minutes", 0, "Minutes"),
        ("per_entry", (), "between 1 and 6 numbers"),
        ("per_entry", (1, 2, 3, 4, 5, 6, 7), "between 1 and 6 numbers"),
        ("per_entry", (0, 2), "between 1 and 20"),
        ("judges", (501,), "between 1 and 500"),
    ],
)
def test_a_number_out_of_range_is_named(sqlite: Given, field: str, value: Any, words: str) -> None:
    story = told(Chapter.DRAFT)

    with pytest.raises(Invalid, match=words) as refused:
        asked_of(story, story.stage_id, **{field: value})

    assert refused.value.field == field
    assert studies(story, story.stage_id) == ()


def test_more_scorecards_than_can_be_simulated_soon_are_refused(sqlite: Given) -> None:
    story = told(Chapter.DRAFT)

    with pytest.raises(Invalid, match="more than 50,000 scorecards"):
        asked_of(story, story.stage_id, entries=5000, per_entry=(11,))


def test_the_answer_comes_by_a_job_and_is_kept(database: Given) -> None:
    story = told(Chapter.DRAFT)
    study_id = asked_of(story, story.stage_id)
    [waiting] = studies(story, story.stage_id)
    assert (waiting.id, waiting.is_pending, waiting.designs) == (study_id, True, ())

    work_on_studies()

    [answered] = studies(story, story.stage_id)
    assert not answered.is_pending
    sizes = [(design.per_entry, design.judges, design.scorecards, design.hours) for design in answered.designs]
    assert sizes == [(2, 2, 24, 12.0), (2, 4, 24, 12.0), (3, 2, 36, 18.0), (3, 4, 36, 18.0)]
    assert [design.reason for design in answered.designs] == [
        "",
        "",
        "an entry cannot have 3 scorecards from 2 judges",
        "",
    ]
    for design in answered.designs:
        choices = (design.by_mean, design.by_adjusted)
        assert all((choice is None) == bool(design.reason) for choice in choices)
        assert all(3 / 12 < choice.found < 1 for choice in choices if choice)
    assert answered.supposed.startswith("Entries and judges differ as is usual")
    assert "1.00 for entries, 0.50 for judges and 0.80" in answered.detail


def test_the_same_study_gives_the_same_numbers(sqlite: Given) -> None:
    story = told(Chapter.DRAFT)
    for _ in range(2):
        asked_of(story, story.stage_id)
    work_on_studies()

    one, other = studies(story, story.stage_id)

    assert one.id != other.id
    assert one.designs
    assert one.designs == other.designs


def test_studies_are_of_one_stage_and_the_newest_comes_first(sqlite: Given) -> None:
    story = told(Chapter.DRAFT)
    elsewhere = next_stage(story)
    kept = [asked_of(story, story.stage_id, entries=entries) for entries in (12, 13)]
    asked_of(story, elsewhere)

    assert [study.id for study in studies(story, story.stage_id)] == kept[::-1]


def test_a_released_stage_of_the_programme_is_built_on(database: Given) -> None:
    story = told(Chapter.RELEASED)
    work()
    stage_id = next_stage(story)
    [known] = ask(earlier_stages, story.designer, stage_id=stage_id)
    assert (known.stage_id, known.title) == (story.stage_id, "Clean rivers · First stage")

    study_id = asked_of(story, stage_id, earlier=story.stage_id)
    work_on_studies()

    assert components(study_id)["submission"] > 0
    [answered] = studies(story, stage_id)
    assert answered.earlier == known
    assert "Clean rivers · First stage" in answered.supposed


def test_a_stage_that_is_not_released_cannot_be_built_on(database: Given) -> None:
    story = told(Chapter.CONFIRMED)
    work()
    stage_id = next_stage(story)

    assert ask(earlier_stages, story.designer, stage_id=stage_id) == ()
    with pytest.raises(Invalid, match="cannot be built on"):
        asked_of(story, stage_id, earlier=story.stage_id)


def test_another_programmes_stage_cannot_be_built_on(database: Given) -> None:
    other = told(Chapter.RELEASED, place="elsewhere")
    work()
    story = told(Chapter.DRAFT)

    assert ask(earlier_stages, story.designer, stage_id=story.stage_id) == ()
    with pytest.raises(Invalid, match="cannot be built on"):
        asked_of(story, story.stage_id, earlier=other.stage_id)


def test_a_stage_whose_scores_are_not_analysed_cannot_be_built_on(sqlite: Given) -> None:
    story = told(Chapter.RELEASED)
    stage_id = next_stage(story)

    with pytest.raises(Invalid, match="cannot be built on"):
        asked_of(story, stage_id, earlier=story.stage_id)


def test_a_designer_in_conflict_with_an_entry_builds_on_the_stage_without_it(database: Given) -> None:
    story = told(Chapter.RELEASED)

    def add_designer(db: Session) -> Actor:
        person = find_or_add_person(db, "Somebody Near", "near@erin.example")
        appoint(db, LAUREL, person.id, Role.DESIGNER, ScopeKind.PROGRAMME, story.programme_id)
        return Actor(person.id)

    near = transact(add_designer)
    work()
    stage_id = next_stage(story)

    theirs, whole = (
        components(asked_of(story, stage_id, actor, earlier=story.stage_id)) for actor in (near, story.designer)
    )

    with reading() as db:
        kept = db.exec(select(StageAnalysis)).all()
        by_size = {len(row.shown["ranking"]): row.found["variance_total"] for row in kept}
    assert whole["submission"] == by_size[2]["submission"]
    assert theirs["submission"] == by_size[1]["submission"]
    assert theirs != whole


def test_a_study_that_cannot_be_made_says_so_until_it_is_tried_again(
    database: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise MemoryError("too large")

    story = told(Chapter.DRAFT)
    asked_of(story, story.stage_id)
    with monkeypatch.context() as broken:
        broken.setattr(simulating, "simulated", fails)
        work_on_studies()

    [failed] = studies(story, story.stage_id)
    assert (failed.is_pending, failed.answered_at) == (False, None)
    assert failed.problem.startswith("This could not be computed.")

    with reading() as db:
        [job_id] = db.exec(select(Job.id).where(col(Job.kind) == STUDY)).all()
    transact(lambda db: retry(db, job_id))
    assert studies(story, story.stage_id)[0].is_pending
    work_on_studies()
    assert studies(story, story.stage_id)[0].designs
