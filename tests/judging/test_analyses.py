"""Analyses of a stage's scores: made by jobs as scores change, and for each reader without what they must not see."""

from __future__ import annotations

import hashlib
import io
import json
import shlex
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from accounts.actors import LAUREL, Actor
from accounts.models import Role, ScopeKind
from accounts.people import find_or_add_person
from accounts.programmes import appoint
from judging.analyses.kept import (
    ANALYSE,
    FIND,
    KeptAnalysis,
    analysis_state,
    how_judges_score,
    stage_analysis,
)
from judging.analyses.pack import panel_report, recompute_pack
from judging.analyses.scores import scores_of_stage
from judging.analyses.shown import Standing
from judging.judges import state_conflicts
from judging.models import PanelMember, StageAnalysis
from judging.scorecards import save_score
from prize.entries.models import Conflict, Entry
from prize.models import Criterion
from prize.rubric import newest_rubric
from storage.clock import now
from storage.database import matching, reading, transact
from storage.errors import Invalid, Refused
from storage.jobs import Job, work_once
from tests.databases import ROOT, Given
from tests.judging.panels import work
from tests.stories import Chapter, Story, assignments_of, told
from tests.world import ask, do


def analysed(story: Story, actor: Actor | None = None) -> KeptAnalysis:
    found = ask(stage_analysis, actor or story.secretariat, stage_id=story.stage_id)
    assert found is not None
    return found


def score(story: Story, judge: str, entry: int, points: int) -> None:
    actor = story.judges[judge]
    assignment = transact(lambda db: assignments_of(db, story, actor)[entry].id)
    for key in story.criteria.values():
        do(save_score, actor, assignment_id=assignment, criterion_key=key, points=points)


def code_of(story: Story, team: str) -> str:
    with reading() as db:
        return str(db.get_one(Entry, story.entries[team]).code)


def somebody_near(story: Story) -> Actor:
    """A secretary who must not see the first team's entry."""

    def add(db: Any) -> Actor:
        person = find_or_add_person(db, "Somebody Near", "near@erin.example")
        appoint(db, LAUREL, person.id, Role.SECRETARIAT, ScopeKind.PROGRAMME, story.programme_id)
        return Actor(person.id)

    return transact(add)


def test_before_the_first_score_there_is_nothing_to_analyse(database: Given) -> None:
    story = told(Chapter.ASSIGNED)
    work()

    assert ask(stage_analysis, story.secretariat, stage_id=story.stage_id) is None
    state = ask(analysis_state, story.secretariat, stage_id=story.stage_id)
    assert (state.id, state.newer_coming, state.any_scores) == (None, False, False)


def test_an_analysis_appears_soon_after_the_first_scores(database: Given) -> None:
    story = told(Chapter.SCORED)
    assert ask(analysis_state, story.secretariat, stage_id=story.stage_id).newer_coming

    work()

    found = analysed(story)
    assert not found.newer_coming
    assert {line.code for line in found.shown.ranking} == {code_of(story, "erin"), code_of(story, "bela")}
    assert {judge.name for judge in found.judges} == {"Jules", "Jo"}
    assert found.shown.top == 1


def test_the_same_scores_are_not_analysed_twice(database: Given) -> None:
    story = told(Chapter.SCORED)
    work()
    first = analysed(story).id
    work()
    assert analysed(story).id == first


def test_half_points_are_analysed_as_what_they_are(database: Given) -> None:
    story = told(Chapter.ASSIGNED)
    transact(lambda db: setattr(newest_rubric(db, story.stage_id), "steps_per_point", 2))
    for judge in story.judges:
        score(story, judge, 0, 9)
        score(story, judge, 1, 4)
    work()

    with reading() as db:
        scores = scores_of_stage(db, story.stage_id)
    assert scores.options["scale"] == [1, 5, 0.5]
    assert {line.split(",")[3] for line in scores.file.decode().splitlines()[1:]} == {"4.5", "2"}
    assert sorted((line.mean, line.mean_place) for line in analysed(story).shown.ranking) == [(2.0, 2), (4.5, 1)]


def test_places_by_equal_means_follow_the_tie_break(database: Given) -> None:
    story = told(Chapter.ASSIGNED)

    def break_by_need(db: Session) -> None:
        matching(db, Criterion, key=story.criteria["need"])[0].breaks_ties = 1

    transact(break_by_need)
    for judge in story.judges.values():
        assignments = transact(lambda db, judge=judge: assignments_of(db, story, judge))  # type: ignore[misc]
        for name, points in (("need", (5, 2)), ("method", (2, 4))):  # 40 % and 60 %: each entry has 3.2
            for assignment, value in zip(assignments, points, strict=True):
                do(save_score, judge, assignment_id=assignment.id, criterion_key=story.criteria[name], points=value)
    work()

    place = {line.entry_id: line.mean_place for line in analysed(story).shown.ranking}
    assert place == {story.entry_id: 1, story.entries["bela"]: 2}


def test_a_changed_score_says_that_a_newer_analysis_is_coming_and_it_comes(database: Given) -> None:
    story = told(Chapter.ASSIGNED)
    for judge in story.judges:
        score(story, judge, 0, 5)
        score(story, judge, 1, 2)
    work()
    before = analysed(story)
    score(story, "jo", 0, 1)

    assert analysed(story).newer_coming
    assert analysed(story).shown == before.shown
    work()

    after = analysed(story)
    assert not after.newer_coming
    assert after.id != before.id
    entry = next(line for line in after.shown.ranking if line.entry_id == story.entry_id)
    assert entry.mean == 3.0


def test_a_score_that_is_changed_and_changed_back_leaves_the_analysis_as_it_was(database: Given) -> None:
    story = told(Chapter.SCORED)
    work()
    before = analysed(story)
    with reading() as db:
        file = scores_of_stage(db, story.stage_id).file
    score(story, "jo", 0, 1)
    with reading() as db:
        assert scores_of_stage(db, story.stage_id).file != file
    score(story, "jo", 0, 5)
    assert analysed(story).newer_coming
    work()

    assert analysed(story) == before


def test_an_analysis_rests_four_times_as_long_as_it_took(database: Given) -> None:
    story = told(Chapter.SCORED)
    work()

    def took_long(db: Any) -> None:
        row = db.exec(select(StageAnalysis)).one()
        row.seconds = 3600.0
        db.add(row)
        for each in db.exec(select(Job).where(col(Job.kind) == FIND)).all():
            each.run_at = now(db)
            db.add(each)

    transact(took_long)
    score(story, "jo", 0, 1)
    while work_once():
        pass

    assert analysed(story).newer_coming
    assert database.sql("SELECT count(*) FROM job WHERE kind = :kind AND state = 'waiting'", kind=ANALYSE) == [(0,)]


def test_somebody_in_conflict_with_an_entry_gets_the_numbers_of_a_stage_without_it(database: Given) -> None:
    story = told(Chapter.SCORED)
    near = somebody_near(story)
    work()
    hidden = code_of(story, "erin")

    seen = analysed(story, near).shown
    for text in (repr(seen), *(_text(query, near, story) for query in (panel_report, recompute_pack))):
        assert hidden not in text
        assert str(story.entry_id) not in text
    assert [line.code for line in seen.ranking] == [code_of(story, "bela")]
    assert seen.scorecards == 2


def _text(query: Any, actor: Actor, story: Story) -> str:
    sent = ask(query, actor, stage_id=story.stage_id)
    if sent.content_type != "application/zip":
        return str(sent.content.decode())
    with zipfile.ZipFile(io.BytesIO(sent.content)) as archive:
        return "\n".join(archive.read(name).decode() for name in archive.namelist())


def test_what_changes_about_an_entry_that_one_must_not_see_makes_no_newer_analysis(database: Given) -> None:
    story = told(Chapter.SCORED)
    near = somebody_near(story)
    work()
    before = analysed(story, near)
    mine = transact(lambda db: [row.entry_id for row in assignments_of(db, story, story.judge)])

    score(story, "jules", mine.index(story.entry_id), 1)
    assert not analysed(story, near).newer_coming
    assert analysed(story).newer_coming
    work()

    assert analysed(story, near) == before


def test_an_analysis_that_nobody_may_see_any_more_is_taken_away(database: Given) -> None:
    story = told(Chapter.SCORED)
    near = somebody_near(story)
    work()
    assert database.sql("SELECT count(*) FROM stage_analysis") == [(2,)]

    def no_conflict_any_more(db: Any) -> None:
        for row in db.exec(select(Conflict).where(col(Conflict.person_id) == near.person_id)).all():
            db.delete(row)

    transact(no_conflict_any_more)
    work()

    assert database.sql("SELECT count(*) FROM stage_analysis") == [(1,)]
    assert len(analysed(story, near).shown.ranking) == 2


def test_what_is_analysed_names_no_judge(sqlite: Given) -> None:
    story = told(Chapter.SCORED)
    work()
    for sent in (panel_report, recompute_pack):
        text = _text(sent, story.secretariat, story)
        assert not [name for name in ("Jules", str(story.judge.person_id)) if name in text]


def test_an_entry_that_a_threshold_stops_has_no_place_and_says_by_which(sqlite: Given) -> None:
    story = told(Chapter.ASSIGNED)
    for judge in story.judges:
        score(story, judge, 0, 1)
        score(story, judge, 1, 4)
    work()

    stopped = next(line for line in analysed(story).shown.ranking if line.entry_id == story.entry_id)
    assert (stopped.standing, stopped.place, stopped.chance) == (Standing.STOPPED, None, None)
    assert stopped.stopped_by == ("Method",)
    assert stopped.mean == 1.0


def test_scores_of_a_judge_who_turned_out_to_be_in_conflict_no_longer_count(database: Given) -> None:
    story = told(Chapter.SCORED)
    work()
    do(state_conflicts, story.judge, stage_id=story.stage_id, statements=("Acorn Labs",))
    work()

    entry = next(line for line in analysed(story).shown.ranking if line.entry_id == story.entry_id)
    assert entry.scorecards == 1


@pytest.mark.parametrize("names", [("overall", "Method"), ("Need", " need "), ("Need;,\"'\n", "Méthode")])
def test_criteria_may_be_called_anything(sqlite: Given, names: tuple[str, str]) -> None:
    story = told(Chapter.SCORED)

    def rename(db: Any) -> None:
        rows = sorted(db.exec(select(Criterion)).all(), key=lambda row: row.position)
        for row, name in zip(rows, names, strict=True):
            row.name = name
            db.add(row)

    transact(rename)
    work()

    assert len(analysed(story).shown.agreement) == 3


def test_the_pack_holds_what_it_says_and_gives_every_number_again(database: Given, tmp_path: Path) -> None:
    story = told(Chapter.SCORED)
    work()
    sent = ask(recompute_pack, story.secretariat, stage_id=story.stage_id)

    tmp_path = tmp_path / "pack"
    with zipfile.ZipFile(io.BytesIO(sent.content)) as archive:
        archive.extractall(tmp_path)
    sums = dict(line.split("  ")[::-1] for line in (tmp_path / "SHA256SUMS").read_text().splitlines())
    assert sums.keys() == {path.name for path in tmp_path.iterdir()} - {"SHA256SUMS"}
    for name, said in sums.items():
        assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == said
    readme = (tmp_path / "README.txt").read_text()
    [line] = [line.strip() for line in readme.splitlines() if "--json > repeated.json" in line]
    words = shlex.split(line.removesuffix(" --json > repeated.json"))
    done = subprocess.run(
        [sys.executable, *words[1:4], str(tmp_path / "scores.csv"), *words[5:], "--json"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    assert done.stdout == (tmp_path / "analysis.json").read_bytes()
    options = json.loads((tmp_path / "options.json").read_bytes())
    found = json.loads(done.stdout)
    assert options == {**found["meta"]["options"], "seed": found["meta"]["seed"]}
    assert found["meta"]["input_sha256"] == sums["scores.csv"]


def test_the_same_pack_is_sent_each_time(sqlite: Given) -> None:
    story = told(Chapter.SCORED)
    work()
    one, other = (ask(recompute_pack, story.secretariat, stage_id=story.stage_id) for _ in range(2))
    assert one == other


def test_where_nothing_is_analysed_yet_a_download_says_so(sqlite: Given) -> None:
    story = told(Chapter.ASSIGNED)
    for query in (panel_report, recompute_pack):
        with pytest.raises(Invalid, match="no analysis"):
            ask(query, story.secretariat, stage_id=story.stage_id)


def test_the_chair_sees_how_judges_score_once_judging_has_ended_and_other_judges_never(sqlite: Given) -> None:
    def sits_in_the_chair(db: Any, person_id: UUID | None) -> None:
        seat = db.exec(select(PanelMember).where(col(PanelMember.person_id) == person_id)).one()
        seat.chairs = True
        db.add(seat)

    for chapter, sees in ((Chapter.SCORED, False), (Chapter.JUDGED, True)):
        story = told(chapter, place=chapter.name.lower())
        transact(lambda db, story=story: sits_in_the_chair(db, story.judge.person_id))  # type: ignore[misc]
        if sees:
            work()
            assert ask(how_judges_score, story.judge, stage_id=story.stage_id) is not None
        else:
            with pytest.raises(Refused):
                ask(how_judges_score, story.judge, stage_id=story.stage_id)
        with pytest.raises(Refused):
            ask(how_judges_score, story.judges["jo"], stage_id=story.stage_id)


def test_an_analysis_that_cannot_be_made_leaves_one_dead_job_until_scores_change(
    database: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    from judging.analyses import analysing

    def fails(*_: object) -> None:
        raise ArithmeticError("the scores are too odd")

    story = told(Chapter.SCORED)
    monkeypatch.setattr(analysing, "analysed", fails)
    work()

    assert ask(stage_analysis, story.secretariat, stage_id=story.stage_id) is None
    [(error,)] = database.sql("SELECT last_error FROM job WHERE kind = :kind", kind=ANALYSE)
    assert "the scores are too odd" in error
    database.sql("UPDATE job SET state = 'dead' WHERE kind = :kind", kind=ANALYSE)
    work()
    assert database.sql("SELECT state FROM job WHERE kind = :kind", kind=ANALYSE) == [("dead",)]
    score(story, "jo", 0, 1)
    work()
    assert len(database.sql("SELECT state FROM job WHERE kind = :kind", kind=ANALYSE)) == 2
