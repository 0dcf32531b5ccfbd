"""Entries go to judges who know what they are about, as far as loads and conflicts allow it."""

from __future__ import annotations

from sqlmodel import Session

from judging.availability import set_availability, tell_availability
from judging.judges import judges
from judging.models import PanelMember
from judging.planning import PlanShown, confirm_assignment, plan_assignment
from prize.models import Question, Stage
from storage.database import matching, one_matching, transact
from tests.databases import Given
from tests.judging.test_leaving import live, proposed, with_new_judge
from tests.stories import Chapter, Story, told, with_a_topic
from tests.world import ask, do

TOPICS = {"erin": "Rivers", "bela": "Lakes"}


def a_topic(chapter: Chapter, topics: dict[str, str] | None = None, per_entry: int = 1) -> Story:
    """Teams have said what their entries are about; an entry gets so many scorecards."""
    story = told(chapter)

    def write(db: Session) -> None:
        with_a_topic(db, story, TOPICS if topics is None else topics)
        stage = db.get_one(Stage, story.stage_id)
        stage.scorecards_per_entry = per_entry
        db.add(stage)

    transact(write)
    return story


def tell(story: Story, name: str, *knows: str) -> None:
    version = transact(lambda db: seat(db, story, name).version)
    do(tell_availability, story.judges[name], stage_id=story.stage_id, version=version, knows=knows)


def seat(db: Session, story: Story, name: str) -> PanelMember:
    found = one_matching(db, PanelMember, stage_id=story.stage_id, person_id=story.judges[name].person_id)
    assert found is not None
    return found


def plan(story: Story, seed: int = 1) -> PlanShown:
    shown: PlanShown = do(plan_assignment, story.secretariat, stage_id=story.stage_id, seed=seed)
    return shown


def test_entries_are_dealt_to_the_judges_who_know_what_they_are_about(database: Given) -> None:
    story = a_topic(Chapter.BOUND)
    tell(story, "jules", "Lakes")
    tell(story, "jo", "Rivers", "Estuaries")

    for seed in range(6):
        shown = plan(story, seed)
        assert (shown.with_topic, shown.known) == (2, 2)
        assert [judge.entries for judge in shown.judges] == [1, 1]

    do(confirm_assignment, story.secretariat, stage_id=story.stage_id, plan_id=shown.id)
    erin, bela = story.entries["erin"], story.entries["bela"]
    jules, jo = story.judges["jules"].person_id, story.judges["jo"].person_id
    assert live(story) == {(erin, jo), (bela, jules)}


def test_loads_stay_equal_when_one_judge_alone_knows_every_topic(sqlite: Given) -> None:
    story = a_topic(Chapter.BOUND)
    tell(story, "jules", "Lakes", "Rivers")

    shown = plan(story)

    assert [judge.entries for judge in shown.judges] == [1, 1]
    assert (shown.with_topic, shown.known) == (2, 1)


def test_an_entry_that_says_nothing_or_something_that_is_no_longer_asked_has_no_topic(sqlite: Given) -> None:
    story = a_topic(Chapter.BOUND, {"erin": "Canals"})
    tell(story, "jules", "Lakes", "Rivers")

    shown = plan(story)

    assert (shown.with_topic, shown.known) == (0, 0)


def test_a_question_that_judges_no_longer_read_says_nothing_about_who_knows_an_entry(sqlite: Given) -> None:
    story = a_topic(Chapter.BOUND)
    tell(story, "jules", "Lakes", "Rivers")

    def hide(db: Session) -> None:
        [row] = matching(db, Question, topic=True)
        row.confidential = True
        db.add(row)

    transact(hide)

    assert plan(story).with_topic == 0


def test_the_entries_of_a_judge_who_leaves_go_to_those_who_know_them(sqlite: Given) -> None:
    story = a_topic(Chapter.ASSIGNED, per_entry=2)
    mara, nell = (with_new_judge(story, name) for name in ("mara", "nell"))
    for name, knows in (("Mara", "Lakes"), ("Nell", "Rivers")):
        [line] = [line for line in ask(judges, story.secretariat, stage_id=story.stage_id) if line.name == name]
        told_us = {"person_id": line.person_id, "version": line.version, "knows": (knows,)}
        do(set_availability, story.secretariat, stage_id=story.stage_id, **told_us)

    found = proposed(story, story.judge)

    assert [(line.person_id, line.known, len(line.codes)) for line in found.takes_over] == [
        (mara.person_id, 1, 1),
        (nell.person_id, 1, 1),
    ]
