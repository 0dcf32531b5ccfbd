"""Tests of the pages Ranking and Agreement, and of what both download."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from sqlmodel import Session, col, select

from accounts.actors import Actor
from accounts.sessions import COOKIE, open_session
from judging.analyses.kept import KeptAnalysis
from judging.analyses.shown import AnalysisShown, Estimate, PairLine, RankedEntry, Standing
from judging.models import Assignment, Score, Scorecard
from pages.secretariat import agreement, computed
from pages.secretariat.ranking_chart import around_the_cut, in_order
from pages.secretariat.standing import headline, place_words, same_again
from prize.lifecycle import Phase
from prize.models import RankedBy, Stage
from prize.stages import stages
from storage.clock import reset
from storage.database import transact
from tests.databases import Given
from tests.judging.panels import analysed_panel, newest, scored_panel, work
from tests.pages.visiting import choose, row_of, tables, title, visit, words
from tests.server import Answer, running_laurel
from tests.stories import Chapter, Story, told
from tests.world import ask


def code_of(shown: AnalysisShown, story: Story, team: str) -> str:
    return next(line.code for line in shown.ranking if line.entry_id == story.entries[team])


def score_all(story: Story, team: str, points: int) -> None:
    """Every judge of an entry gives so many points for each criterion, whether they have finished or not."""

    def give(db: Session) -> None:
        rows = db.exec(
            select(Score)
            .join(Scorecard, col(Scorecard.id) == col(Score.scorecard_id))
            .join(Assignment, col(Assignment.id) == col(Scorecard.assignment_id))
            .where(col(Assignment.entry_id) == story.entries[team])
        ).all()
        for row in rows:
            row.points, row.version = points, row.version + 1
            db.add(row)

    transact(give)


def entry(number: int, standing: Standing, **known: object) -> RankedEntry:
    score = 5 - number / 100
    estimate = Estimate(score, score - 0.3, score + 0.3)
    place = None if standing in (Standing.STOPPED, Standing.UNSCORED) else number
    chance = {Standing.CLEAR: 0.97, Standing.UNDECIDED: 0.4, Standing.BELOW: 0.02}.get(standing)
    key = uuid4()
    line = RankedEntry(key, f"E{number:03}", 3, score, place, estimate, place, place, place, chance, standing)
    return replace(line, **known)  # type: ignore[arg-type]


def ranked(kept: AnalysisShown, top: int, **numbers: int) -> AnalysisShown:
    """The analysis with so many entries of each standing, the clear on top."""
    kinds = [standing for standing in Standing for _ in range(numbers.get(standing.value, 0))]
    lines = tuple(entry(at, standing) for at, standing in enumerate(kinds, start=1))
    return replace(kept, top=top, ranking=lines)


@pytest.fixture
def analysed(sqlite: Given) -> tuple[Story, KeptAnalysis]:
    return analysed_panel()


def test_the_headline_says_how_many_places_are_clear_and_how_many_compete(
    analysed: tuple[Story, KeptAnalysis],
) -> None:
    kept = analysed[1].shown
    for expected, top, numbers in (
        ("Five of ten places are clear; 11 entries compete for the rest", 10, {"clear": 5, "undecided": 11}),
        ("One of two places is clear; 2 entries compete for the last", 2, {"clear": 1, "undecided": 2}),
        ("Nine of ten places are clear; 1 entry competes for the last", 10, {"clear": 9, "undecided": 1, "below": 4}),
        ("None of ten places is clear; 30 entries compete for them", 10, {"undecided": 30}),
        ("The one place is not clear; 4 entries compete for it", 1, {"undecided": 4, "below": 2}),
        ("All ten places are clear", 10, {"clear": 10, "below": 3}),
        ("The one place is clear", 1, {"clear": 1, "below": 3}),
        ("All 12 places are clear; 2 entries are close behind", 12, {"clear": 12, "undecided": 2}),
        ("There is a place for each of the six entries", 10, {"clear": 6}),
        ("There is a place for each of the six entries that no threshold stops", 10, {"clear": 6, "stopped": 2}),
        ("There is a place for the only entry", 1, {"clear": 1}),
        ("A threshold stops every entry", 3, {"stopped": 2}),
    ):
        assert headline(ranked(kept, top, **numbers)) == expected


def test_of_many_entries_those_around_the_undecided_are_drawn(analysed: tuple[Story, KeptAnalysis]) -> None:
    kept = analysed[1].shown
    many = ranked(kept, 60, clear=55, undecided=11, below=100)

    drawn = around_the_cut(in_order(many), 60)

    assert len(drawn) == 40
    assert {line.standing for line in drawn[:19]} == {Standing.CLEAR}
    assert [line.standing for line in drawn[19:30]] == [Standing.UNDECIDED] * 11
    assert {line.standing for line in drawn[30:]} == {Standing.BELOW}

    wide = around_the_cut(in_order(ranked(kept, 30, undecided=90, below=10)), 30)
    assert [line.place for line in wide[:2]] == [21, 22]
    assert len(wide) == 40

    few = ranked(kept, 3, clear=3, below=12)
    assert around_the_cut(in_order(few), 3) == in_order(few)


def test_both_places_are_told_only_where_they_differ_by_much() -> None:
    near = entry(9, Standing.UNDECIDED, mean_place=11)
    far = entry(9, Standing.UNDECIDED, mean_place=19, moved="Two of its three judges score lower than the others.")

    assert [place_words(near, by) for by in (RankedBy.MEAN, RankedBy.ADJUSTED)] == ["11", "9"]
    assert [place_words(far, by) for by in (RankedBy.MEAN, RankedBy.ADJUSTED)] == ["19 → 9", "19 → 9"]
    assert place_words(entry(9, Standing.STOPPED), RankedBy.MEAN) == "–"


def test_whether_it_would_come_out_the_same_is_told_by_the_score_that_decides(
    analysed: tuple[Story, KeptAnalysis],
) -> None:
    kept = ranked(analysed[1].shown, 10, clear=5, undecided=11)
    known = replace(kept, same_top=Estimate(0.62, 0.5, 0.78), same_top_adjusted=Estimate(0.81))

    assert same_again(known, RankedBy.MEAN).startswith("About **6 of the 10** would be chosen again")
    assert same_again(known, RankedBy.MEAN).endswith("(5 to 8).")
    assert same_again(known, RankedBy.ADJUSTED).startswith("About **8 of the 10** would be chosen again")
    assert "do not say" in same_again(replace(known, same_top=Estimate(None)), RankedBy.MEAN)
    assert "a place for each, so" in same_again(ranked(kept, 10, clear=10, stopped=3), RankedBy.MEAN)


def test_the_ranking_says_what_stands_without_telling_whose_entry_it_is(analysed: tuple[Story, KeptAnalysis]) -> None:
    story, kept = analysed

    page = visit(story.secretariat, "ranking")

    assert not page.exception
    assert title(page) == "Ranking"
    assert headline(kept.shown) in words(page)
    assert "6 entries, 4 judges, 12 scorecards. Computed " in words(page)
    assert "by which that rule orders entries" in words(page)
    line = next(line for line in kept.shown.ranking if line.standing is Standing.UNDECIDED)
    cells = row_of(page, line.code)
    assert cells[1] == f"{line.mean:.2f}"
    assert cells[2] == f"{line.adjusted.value:.2f}"
    assert cells[6] == f"{100 * (line.chance or 0):.0f}\u00a0%"
    assert not any(team in words(page) + tables(page) for team in ("Acorn Labs", "Birch Works"))


def test_every_entry_is_in_the_table_of_exactly_one_kind(analysed: tuple[Story, KeptAnalysis]) -> None:
    story, kept = analysed
    page = visit(story.secretariat, "ranking")
    found: list[str] = []
    for standing in Standing:
        page = choose(page, "ranking shown", standing)
        found += re.findall(r'<th scope="row"><a [^>]*>(.*?)</a>', tables(page))

    assert sorted(found) == sorted(line.code for line in kept.shown.ranking)


def test_where_the_rules_say_so_the_adjusted_score_orders_entries_and_the_mean_is_the_check(
    analysed: tuple[Story, KeptAnalysis],
) -> None:
    story, _ = analysed

    def rule(db: Session) -> None:
        db.get_one(Stage, story.stage_id).ranked_by = RankedBy.ADJUSTED

    transact(rule)
    page = visit(story.secretariat, "ranking")

    assert "by which the published rule orders entries; the tick is the **weighted mean**, a check on it" in words(page)
    assert "by adjusted score" in words(page)


def test_the_totals_of_each_judge_are_drawn_beside_the_weighted_mean(analysed: tuple[Story, KeptAnalysis]) -> None:
    story, _ = analysed
    page = visit(story.secretariat, "ranking")

    page = choose(page, "ranking by", "Weighted mean")

    assert "Each point is the total of one judge" in words(page)
    assert "Spread" in tables(page)


def test_an_entry_that_a_threshold_stops_is_explained(analysed: tuple[Story, KeptAnalysis]) -> None:
    story, kept = analysed
    assert not [line for line in kept.shown.ranking if line.standing is Standing.STOPPED]
    score_all(story, "fred", 1)
    work()

    page = visit(story.secretariat, "ranking")

    code = code_of(newest(story).shown, story, "fred")
    assert f"**{code}**" in words(page)
    assert "Stopped by a threshold" in words(page)
    assert "minimum 2." in words(page)
    page = choose(page, "ranking shown", Standing.STOPPED)
    assert row_of(page, code)[-1] == "Method"


def test_before_judging_both_pages_say_what_will_appear(sqlite: Given) -> None:
    story = told(Chapter.SCREENED)
    for path, what in (("ranking", "The ranking appears here"), ("agreement", "How far judges agree appears here")):
        assert what in words(visit(story.secretariat, path))


def test_before_the_first_score_judging_can_still_be_ended(sqlite: Given) -> None:
    page = visit(told(Chapter.ASSIGNED).secretariat, "ranking")

    assert "2 entries, 0 of 4 scorecards complete." in words(page)
    assert "a few seconds after the first scores" in words(page)
    assert "Take no more scores" in [button.label for button in page.button]


def test_scores_that_are_not_analysed_yet_are_said_to_be(sqlite: Given) -> None:
    story = scored_panel()
    for path in ("ranking", "agreement"):
        assert "The first scores are being analysed" in words(visit(story.secretariat, path))


def test_a_newer_result_that_is_coming_is_announced_and_its_time_is_the_prizes(
    analysed: tuple[Story, KeptAnalysis],
) -> None:
    story, _ = analysed
    assert computed.COMING not in words(visit(story.secretariat, "ranking"))
    score_all(story, "fred", 1)

    page = visit(story.secretariat, "ranking")

    assert computed.COMING in words(page)
    assert "Computed 10 April 2027, " in words(page)
    assert "(London)" in words(page)


def test_a_result_of_today_is_said_to_be_of_today(sqlite: Given) -> None:
    story = scored_panel()
    transact(reset)
    work()

    assert "Computed today, " in computed.computed_words(newest(story), "Europe/London")


def test_the_page_looks_for_newer_results_only_while_some_can_come(
    analysed: tuple[Story, KeptAnalysis], monkeypatch: pytest.MonkeyPatch
) -> None:
    story, kept = analysed
    looked: list[bool] = []
    monkeypatch.setattr(computed, "_look", lambda *_: looked.append(True))
    [stage] = ask(stages, story.secretariat, prize_id=story.prize_id)

    def looks(phase: Phase, newer_coming: bool) -> bool:
        looked.clear()
        computed.appear_when_newer(replace(stage, phase=phase), replace(kept, newer_coming=newer_coming))
        return bool(looked)

    assert looks(Phase.JUDGING, False)
    assert looks(Phase.DECIDING, True)
    assert not looks(Phase.DECIDING, False)
    assert not looks(Phase.RELEASED, False)


def test_agreement_is_told_by_criterion_with_the_pairs_of_judges_who_differ(
    analysed: tuple[Story, KeptAnalysis],
) -> None:
    story, kept = analysed

    page = visit(story.secretariat, "agreement")

    assert not page.exception
    said = words(page).replace("\u00a0", " ")
    assert kept.shown.title in said
    assert kept.shown.agreement_in_words in said
    pair = kept.shown.pairs[0]
    names = {judge.judge_id: judge.name for judge in kept.judges}
    assert f"**{names[pair.judge_id]} and {names[pair.other_id]}**" in said
    for line in kept.shown.agreement:
        assert row_of(page, line.name)


def test_specialists_find_every_coefficient_of_the_criterion_that_they_choose(
    analysed: tuple[Story, KeptAnalysis],
) -> None:
    story, kept = analysed
    page = visit(story.secretariat, "agreement")
    other = kept.shown.specialists[-1]
    assert f"**{other.tables[0].caption}**" not in words(page)

    page = page.selectbox(key="agreement for specialists").select(other.heading).run()

    for table in other.tables:
        assert f"**{table.caption}**" in words(page)


def test_a_pair_is_told_without_saying_who_is_right() -> None:
    names = {uuid4(): "Mara Alder", uuid4(): "Jules Yew"}
    one, other = names
    lower = agreement._pair(PairLine(one, other, 3, -1.8, 1.84, 0.08, 0.02), names)
    neither = agreement._pair(PairLine(one, other, 1, 0.1, 1.84, 0.08, 0.02), names)

    assert "3 entries · differ by 1.8 on average · Mara Alder scores lower" in lower
    assert "scores lower" not in neither
    assert "1 entry · differ by 1.8 on average" in neither


def test_the_report_and_the_pack_come_as_files_to_those_who_may_see_scores(
    analysed: tuple[Story, KeptAnalysis], installation: Path
) -> None:
    story, kept = analysed
    with running_laurel({"LAUREL_EMBEDDED_WORKER": "false"}, installation) as laurel:

        def get(actor: Actor, target: str) -> Answer:
            assert actor.person_id is not None
            person_id = actor.person_id
            cookie = f"{COOKIE}={transact(lambda db: open_session(db, person_id))}"
            return laurel.ask("GET", target, headers={"Cookie": cookie, "Accept": "text/html"})

        report = get(story.secretariat, f"/stages/{story.stage_id}/report")
        pack = get(story.secretariat, f"/stages/{story.stage_id}/recompute-pack")
        assert (report.status, pack.status) == (200, 200)
        assert report.headers["content-disposition"].startswith('attachment; filename="clean-rivers-report.html"')
        assert pack.headers["content-disposition"].startswith('attachment; filename="clean-rivers-recompute.zip"')
        for answer, kind in ((report, "text/html; charset=utf-8"), (pack, "application/zip")):
            assert answer.headers["content-type"] == kind
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert kept.shown.ranking[0].code in report.body

        for kind in ("report", "recompute-pack"):
            for person in (story.judge, story.entrant):
                refused = get(person, f"/stages/{story.stage_id}/{kind}")
                assert refused.status == 403
                assert kept.shown.ranking[0].code not in refused.body
            assert laurel.ask("GET", f"/stages/{story.stage_id}/{kind}").status in (303, 401, 403)
            assert get(story.secretariat, f"/stages/{uuid4()}/{kind}").status == 403


def test_there_is_nothing_to_download_before_the_first_analysis(sqlite: Given, installation: Path) -> None:
    story = told(Chapter.ASSIGNED)
    assert story.secretariat.person_id is not None
    person_id = story.secretariat.person_id
    cookie = f"{COOKIE}={transact(lambda db: open_session(db, person_id))}"
    with running_laurel({"LAUREL_EMBEDDED_WORKER": "false"}, installation) as laurel:
        answer = laurel.ask("GET", f"/stages/{story.stage_id}/report", headers={"Cookie": cookie})

    assert answer.status == 422
    assert "There is no analysis of this stage yet" in answer.body
