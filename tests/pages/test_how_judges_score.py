"""Tests of the page that says how judges score, for the secretariat and for the chair of the panel."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlmodel import select
from streamlit.testing.v1 import AppTest

from accounts.actors import Actor
from accounts.models import Person, Role
from judging.analyses.kept import SHAPE
from judging.judges import name_chair
from judging.models import StageAnalysis
from pages.components.navigation import PLACES
from storage.database import transact
from tests.databases import Given
from tests.judging.panels import analysed_panel, newest, work
from tests.pages.visiting import tables, title, visit, words
from tests.stories import Chapter, Story, told
from tests.world import do

PATH = "how-judges-score"


def chaired(chapter: Chapter) -> Story:
    """A prize whose panel Jules chairs, analysed as far as there are scores."""
    story = told(chapter)
    do(name_chair, story.secretariat, stage_id=story.stage_id, person_id=story.judge.person_id)
    work()
    return story


def said_of(story: Story, judge: Actor, **numbers: Any) -> None:
    """Let the analysis say something of a judge, as it would for other scores."""

    def change(db: Any) -> None:
        row = db.exec(select(StageAnalysis)).one()
        lines = [
            {**line, **numbers} if line["judge_id"] == str(judge.person_id) else line
            for line in row.shown["how_judges_score"]
        ]
        row.shown = {**row.shown, "how_judges_score": lines}
        SHAPE.validate_python(row.shown)
        db.add(row)

    transact(change)


def person_of(story: Story, judge: str) -> UUID:
    person_id = story.judges[judge].person_id
    assert person_id is not None
    return person_id


def at_address(story: Story, judge: Actor) -> AppTest:
    """The page as it opens from a link that names the stage."""
    page = visit(judge, PATH)
    page.query_params["stage"] = str(story.stage_id)
    return page.run()


def row_of(page: AppTest, name: str) -> str:
    """The judge's row in the page's first table of judges, as HTML."""
    return next(part for part in tables(page).split("<tr>") if part.startswith(f'<th scope="row">{name}</th>'))


def test_before_the_first_scores_the_page_says_what_will_appear(sqlite: Given) -> None:
    page = visit(told(Chapter.ASSIGNED).secretariat, PATH)

    assert "**No scores yet**" in words(page)


def test_the_page_says_first_whether_anything_stands_out_and_that_nobody_need_be_left_out(sqlite: Given) -> None:
    story, analysis = analysed_panel()

    page = visit(story.secretariat, PATH)

    assert analysis.shown.judges_in_words.partition(". ")[0].rstrip(".") in words(page)
    assert "nobody need be left out because of it" in words(page)
    assert "No difference between judges is both large and clear." in words(page)


def test_a_judge_s_scores_are_described_in_words_with_what_is_not_known(sqlite: Given) -> None:
    story, _ = analysed_panel()
    level = {"value": 0.62, "low": 0.31, "high": 0.94, "reason": ""}
    use = {"value": 0.55, "low": 0.4, "high": 0.8, "reason": ""}
    remarks = ["scores lower by 0.6", "uses less of the scale (× 0.55)"]
    said_of(story, story.judge, severity=level, spread=use, agreement_with_others=None, remarks=remarks)
    unclear = {"value": -0.02, "low": -0.31, "high": 0.24, "reason": ""}
    said_of(story, story.judges["jo"], severity=unclear)

    page = visit(story.secretariat, PATH)

    for cell in ("lower by 0.6", "0.3–0.9 lower", "0.6 times the range", '<td class="number wide-only">–</td>'):
        assert cell in row_of(page, "Jules")
    for cell in ("as the others", "0.3 higher to 0.2 lower"):
        assert cell in row_of(page, "Jo")
    assert "**Jules** scores lower by 0.6 and uses less of the scale (× 0.55)." in words(page)


def test_those_who_score_higher_stand_first(sqlite: Given) -> None:
    story, _ = analysed_panel()
    for judge, value in (("jules", 0.5), ("jo", -0.7), ("kim", 0.1), ("max", -0.1)):
        level = {"value": value, "low": value - 0.2, "high": value + 0.2, "reason": ""}
        said_of(story, story.judges[judge], severity=level)

    page = visit(story.secretariat, PATH)

    at = [tables(page).index(f'<th scope="row">{name}</th>') for name in ("Jo", "Max", "Kim", "Jules")]
    assert at == sorted(at)


def test_two_judges_of_one_name_are_told_apart_by_what_the_report_calls_them(sqlite: Given) -> None:
    story, analysis = analysed_panel()
    labels = {judge_id: label for label, judge_id in analysis.shown.labels}

    def rename(db: Any) -> None:
        for judge in ("jules", "jo"):
            person = db.get_one(Person, story.judges[judge].person_id)
            person.name = "Jo"
            db.add(person)

    transact(rename)
    page = visit(story.secretariat, PATH)

    for judge in ("jules", "jo"):
        assert "<td>" in row_of(page, f"Jo ({labels[person_of(story, judge)]})")


def test_the_secretariat_can_read_who_is_who_in_the_report(sqlite: Given) -> None:
    story, analysis = analysed_panel()
    names = {judge.judge_id: judge.name for judge in analysis.judges}

    page = visit(story.secretariat, PATH)

    for label, judge_id in newest(story).shown.labels:
        assert f'<th scope="row">{label}</th><td>{names[judge_id]}</td>' in tables(page)


def test_the_chair_comes_to_the_page_from_their_own_list_once_judging_has_ended(sqlite: Given) -> None:
    story = chaired(Chapter.JUDGED)

    own = visit(story.judge, "judging")
    assert "Judging has ended. For the panel's meeting you can see how each judge scores." in words(own)
    [link] = [link for link in own.get("page_link") if link.proto.label == "How judges score"]
    assert str(story.stage_id) in link.proto.query_string

    page = at_address(story, story.judge)
    assert title(page) == "How judges score"
    assert "Jules" in tables(page)
    assert "Jo" in tables(page)


def test_while_judging_is_on_the_chair_is_not_led_there_and_is_refused(sqlite: Given) -> None:
    story = chaired(Chapter.SCORED)

    own = visit(story.judge, "judging")
    assert "When judging has ended, you find here how each judge scores." in words(own)
    assert own.get("page_link") == []

    page = at_address(story, story.judge)
    assert [heading.value for heading in page.title] == ["This page is not open to you"]


def test_a_judge_who_does_not_chair_is_refused_in_words_and_finds_no_way_there(sqlite: Given) -> None:
    story = chaired(Chapter.JUDGED)
    other = story.judges["jo"]

    assert "chair" not in words(visit(other, "judging"))
    for page in (visit(other, PATH), at_address(story, other)):
        assert [heading.value for heading in page.title] == ["This page is not open to you"]
        assert "Jules" not in words(page) + tables(page)


def test_judges_have_the_page_without_finding_it_in_their_navigation(sqlite: Given) -> None:
    [place] = [place for place in PLACES if place.path == PATH]

    assert Role.JUDGE in place.roles
    assert not place.is_listed(frozenset({Role.JUDGE}))
    assert place.is_listed(frozenset({Role.JUDGE, Role.SECRETARIAT}))
    assert len(visit(told(Chapter.SCORED).judge, "judging").sidebar) == 0
