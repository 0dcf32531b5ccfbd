"""The demonstration: what is there at the first start, and what the worker adds to it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from uuid import UUID

import pytest
from sqlmodel import col, select

from accounts.actors import STRANGER, Actor
from accounts.demonstration import DOMAIN, PLAY, is_being_made
from accounts.people import find_person
from delivery.demonstration import content, load
from delivery.demonstration.comments import SAID, comment
from delivery.demonstration.play import ENTRANT
from delivery.demonstration.texts import SUBJECTS
from judging.appeals import appeals
from judging.draws import draw_of
from judging.judges import judges
from judging.models import AppealState, Assignment, Comment, Scorecard
from judging.panel.minutes import minutes
from judging.panel.models import MeetingState
from judging.panel.screens import panel_meeting
from judging.planning import latest_plan
from judging.practice import practice_lines
from judging.practice_writing import practice
from judging.room import judges_list
from mission.missions import mission, own_missions
from prize.entries.models import Entry, EntryState
from prize.entries.near_same import near_same
from prize.entries.own import own_entries
from prize.entries.screening import stage_entries
from prize.entries.versions import submitted_version
from prize.models import Prize, Stage, StageState
from prize.prizes import own_prizes
from prize.publication import public_prizes
from prize.stages import stages_of
from settings import get_settings
from storage.database import matching, reading, transact
from storage.jobs import Job, JobState, release_leases, work_once
from tests.databases import Given
from tests.modules import import_everything
from tests.pages.public import get
from tests.world import ask

import_everything()


ROOT = Path(__file__).parents[2]
FIRST = "networks"
LATER = ("heat", "storage", "wind", "turbines")


def slugs() -> tuple[str, ...]:
    return tuple(sorted(line.slug for line in ask(public_prizes, STRANGER)))


def stages(slug: str) -> list[Stage]:
    with reading() as db:
        prize = db.exec(select(Prize).where(col(Prize.slug) == slug)).one()
        return stages_of(db, prize.id)


def somebody(email: str) -> Actor:
    with reading() as db:
        person = find_person(db, email)
    assert person is not None
    return Actor(person.id)


def answers(slug: str) -> dict[UUID, list[str]]:
    """What was submitted to the first stage of a prize, by question."""
    found: dict[UUID, list[str]] = {}
    with reading() as db:
        for entry in db.exec(select(Entry).where(col(Entry.stage_id) == stages(slug)[0].id)).all():
            version = submitted_version(db, entry.id)
            for question, text in version.answers.items() if version else ():
                found.setdefault(question, []).append(text)
    return found


def add_the_others() -> None:
    """The worker's first jobs."""
    while still_made():
        assert work_once()


def is_at_work() -> bool:
    running = select(Job.id).where(col(Job.about) == PLAY, col(Job.state) == JobState.RUNNING)
    with reading() as db:  # which waits for no writer
        return db.exec(running).first() is not None


def still_made() -> bool:
    with reading() as db:
        return is_being_made(db)


@pytest.fixture
def loaded(sqlite: Given) -> float:
    """The demonstration as it is at the first start; how long that took, in seconds of processor."""
    began = time.process_time()
    assert load()
    return time.process_time() - began


def test_one_prize_is_there_at_once_and_nothing_is_loaded_twice(loaded: float) -> None:
    assert loaded < 7
    assert load() is False
    assert slugs() == (FIRST,)


def test_whoever_signs_in_at_once_finds_the_mission_a_prize_entries_and_scorecards(loaded: float) -> None:
    owner, designer, judge = (somebody(f"{role}@{DOMAIN}") for role in ("owner", "designer", "judge"))
    [stage] = stages(FIRST)

    [known] = ask(own_missions, owner)
    assert len(ask(mission, owner, mission_id=known.id).targets) == 2
    assert [line.title for line in ask(own_prizes, designer)] == [content.PRIZES[FIRST][0]]
    assert len(ask(stage_entries, somebody(f"secretariat@{DOMAIN}"), stage_id=stage.id).entries) == 60
    own = ask(judges_list, judge, stage_id=stage.id)
    scored = [line.scored == own.asked for line in own.lines]
    assert (sum(scored) > 8, sum(not one for one in scored)) == (True, 4)
    assert [line.prize for line in ask(own_entries, somebody(ENTRANT))] == [content.PRIZES[FIRST][0]]


def test_the_worker_adds_the_others_one_after_the_other_and_people_are_told_as_long_as_it_does(
    loaded: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAUREL_DEMONSTRATION", "true")
    get_settings.cache_clear()

    seen = {}
    while still_made():
        seen[slugs()] = True
        assert "More prizes of this demonstration are being made." in get("/").body
        assert "More of its prizes are being made" in get("/sign-in").body
        assert work_once()

    assert list(seen) == [tuple(sorted((FIRST, *LATER[:number]))) for number in range(5)]
    assert slugs() == tuple(sorted((FIRST, *LATER)))
    assert "being made" not in get("/").body + get("/sign-in").body
    assert {(slug, stage.name): stage.state for slug in slugs() for stage in stages(slug)} == {
        ("heat", "First stage"): StageState.RELEASED,
        ("networks", "First stage"): StageState.JUDGING,
        ("storage", "First stage"): StageState.PLANNED,  # and open, by the clock
        ("turbines", "First stage"): StageState.RELEASED,
        ("turbines", "Finalists"): StageState.PLANNED,
        ("wind", "First stage"): StageState.DECIDING,
    }
    assert len({line.prize for line in ask(own_entries, somebody(ENTRANT))}) == 5


@pytest.mark.prove
def test_a_prize_whose_worker_is_killed_is_made_once(loaded: float, sqlite: Given) -> None:
    worker = subprocess.Popen([sys.executable, "manage.py", "worker"], cwd=ROOT, env=sqlite.environment())
    try:
        while not is_at_work():
            assert worker.poll() is None
            time.sleep(0.02)
        time.sleep(0.3)
    finally:
        worker.kill()
        worker.wait()
    made = slugs()
    transact(release_leases)

    add_the_others()

    assert made == (FIRST,)
    assert slugs() == tuple(sorted((FIRST, *LATER)))
    assert len({line.prize for line in ask(own_entries, somebody(ENTRANT))}) == 5


@pytest.mark.prove
def test_a_panel_meets_with_a_minute_and_a_recusal_and_a_seed_is_committed_for_the_draw(loaded: float) -> None:
    add_the_others()
    [stage] = stages("wind")

    meeting = ask(panel_meeting, somebody(f"secretariat@{DOMAIN}"), stage_id=stage.id)

    assert meeting is not None
    assert meeting.state is MeetingState.OPEN
    assert (meeting.item_id is not None, len(meeting.agenda) > 3) == (True, True)
    [held] = ask(minutes, somebody(f"secretariat@{DOMAIN}"), stage_id=stage.id)
    assert sorted(len(minute.recused_names) for minute in held.minutes) == [0, 1]
    with reading() as db:
        draw = draw_of(db, stage.id)
    assert draw is not None
    assert (bool(draw.commitment), draw.frozen_at) == (True, None)


@pytest.mark.prove
def test_one_appeal_waits_for_the_secretariat_and_one_has_its_answer(loaded: float) -> None:
    add_the_others()
    first, finals = stages("turbines")

    lines = ask(appeals, somebody(f"secretariat@{DOMAIN}"), stage_id=first.id)

    assert [line.state for line in lines] == [AppealState.WAITING, AppealState.REJECTED]
    assert [line.somebody_else for line in lines] == [False, False]
    with reading() as db:
        states = sorted(row.state for row in matching(db, Entry, stage_id=finals.id))
    assert states == [*[EntryState.DRAFT] * 3, EntryState.SUBMITTED]


def test_no_two_teams_write_the_same_but_for_one_that_took_over_a_method(loaded: float) -> None:
    add_the_others()

    alike = {slug: sum(len(near_same(texts)) for texts in answers(slug).values()) for slug in slugs()}

    assert alike == {"heat": 0, "networks": 1, "storage": 0, "turbines": 0, "wind": 0}


def test_a_team_reads_no_sentence_twice_and_what_its_judges_write_goes_by_their_points(loaded: float) -> None:
    add_the_others()

    with reading() as db:
        joined = select(Assignment.entry_id, Comment.text).join(Scorecard, col(Scorecard.id) == Comment.scorecard_id)
        rows = db.exec(joined.join(Assignment, col(Assignment.id) == Scorecard.assignment_id)).all()
    written: dict[UUID, list[str]] = {}
    for entry_id, text in rows:
        written.setdefault(entry_id, []).append(text)
    every = [text for texts in written.values() for text in texts]
    assert max(len(texts) for texts in written.values()) == 3
    for texts in written.values():
        sentences = [sentence for text in texts for sentence in SENTENCES if sentence in text]
        assert len(sentences) == len(set(sentences)) == 2 * len(texts)
    assert max(Counter(every).values()) < len(every) / 20


SENTENCES = {
    sentence.format(things=subject.things, user=subject.user, hardest=subject.hardest)
    for levels in SAID.values()
    for wordings in levels
    for sentence in wordings
    for subject in SUBJECTS.values()
}


def test_a_judge_praises_what_has_most_points_and_doubts_what_has_fewest() -> None:
    points = {"Need": 3, "Technical soundness": 5, "Novelty": 1, "Route to use": 3}

    praise = "It is clear about its limits, which made me trust the rest."
    doubt = "This is close to what is used already. Tell what is new beside it."
    assert comment(points, SUBJECTS["heat"], 0, ()) == f"{praise} {doubt}"
    assert comment(points, SUBJECTS["heat"], 1, ()) == f"{doubt} {praise}"
    assert comment(points, SUBJECTS["heat"], 0, (f"{doubt} {praise}",)) == (
        "What was measured and what is estimated are kept apart throughout. "
        "I looked for what is new, and found a smaller version of what can be bought."
    )


def test_entries_go_to_judges_who_know_their_topic_and_a_judge_who_will_be_away_has_fewer(loaded: float) -> None:
    [stage] = stages(FIRST)
    secretariat = somebody(f"secretariat@{DOMAIN}")

    plan = ask(latest_plan, secretariat, stage_id=stage.id)

    assert plan is not None
    assert (plan.with_topic, plan.known > 50) == (60, True)
    lines = ask(judges, secretariat, stage_id=stage.id)
    assert {len(line.knows) for line in lines} == {0, 2}
    [away] = [line for line in lines if line.away_from]
    loads = {judge.person_id: judge.entries for judge in plan.judges}
    assert (away.load, loads[away.person_id]) == (12, 12)
    assert min(loads.values()) == 12


@pytest.mark.prove
def test_most_judges_have_practised_on_an_entry_with_a_reference_and_one_still_can(loaded: float) -> None:
    add_the_others()
    [stage] = stages(FIRST)

    shown = ask(practice, somebody(f"secretariat@{DOMAIN}"), stage_id=stage.id)

    assert len(shown.entries) == 1
    assert len(shown.entries[0].answers) == 4
    assert sorted(line.compared for line in shown.judges) == [*[0] * 4, *[1] * 8]
    assert any(above for line in shown.judges for above in line.above)
    [line] = ask(practice_lines, somebody(f"judge@{DOMAIN}"), stage_id=stage.id)
    assert (line.scored, line.compared) == (0, False)
