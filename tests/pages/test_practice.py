"""Practice on the pages: written by the secretariat, led to, scored and compared by a judge."""

from __future__ import annotations

from judging.practice import practice_entry
from judging.practice_writing import practice
from tests.databases import Given
from tests.judging.practising import SAYS, practise, with_practice
from tests.pages.visiting import card, choose_on_card, press, row_of, tables, visit, words
from tests.stories import Chapter, told
from tests.world import ask


def test_the_secretariat_writes_a_practice_entry_and_is_told_at_the_field_what_lacks(sqlite: Given) -> None:
    story = told(Chapter.BOUND)
    page = visit(story.secretariat, "practice")
    form = f"practice-new-{story.stage_id}"
    page.text_area(key=f"{form}-answer {story.questions['method']}").input(SAYS)
    for key in story.criteria.values():
        page.selectbox(key=f"{form}-points {key}").set_value(3)
        page.text_area(key=f"{form}-why {key}").input("Only that is shown.")
    page.text_area(key=f"{form}-why {story.criteria['need']}").input("")
    page.checkbox(key=f"{form}-required").check()

    page = press(page, "Add practice entry")

    assert "Say in a sentence why" in words(page)
    assert ask(practice, story.secretariat, stage_id=story.stage_id).entries == ()
    page.text_area(key=f"{form}-why {story.criteria['need']}").input("There is a need.")
    page = press(page, "Add practice entry")
    assert not page.exception
    [entry] = ask(practice, story.secretariat, stage_id=story.stage_id).entries
    assert (entry.required, {level.points for level in entry.reference}) == (True, {3})
    assert "Before the first entry" in words(page)
    assert page.text_area(key=f"{form}-answer {story.questions['method']}").value == ""


def test_a_judge_is_led_to_practice_scores_it_and_sees_the_reference(sqlite: Given) -> None:
    story = told(Chapter.ASSIGNED)
    practice_id = with_practice(story, required=True)
    assert "**Practise first (" in words(visit(story.judge, "judging"))
    assert "It comes before your first entry." in words(visit(story.judge, "judging"))
    page = visit(story.judge, "practise")
    assert SAYS in tables(page)
    assert "Only need is shown." not in tables(page)

    page = choose_on_card(page, card(page)[0].label, "4")

    about = {"stage_id": story.stage_id, "practice_id": practice_id}
    assert 4 in {score.points for score in ask(practice_entry, story.judge, **about).scores}
    assert page.button[-1].disabled
    practise(story, practice_id, compare=False)
    page = press(visit(story.judge, "practise"), "Compare with the reference")
    assert not page.exception
    assert row_of(page, "Need") == ["Need", "4", "3", "Only need is shown."]
    assert "Practise first" not in words(visit(story.judge, "judging"))


def test_the_secretariat_reads_how_far_a_judge_was_from_the_reference(sqlite: Given) -> None:
    story = told(Chapter.BOUND)
    practise(story, with_practice(story), points=1)

    page = visit(story.secretariat, "practice")

    assert row_of(page, "Jules")[1:4] == ["1 of 1", "\u22122.0", "\u22122.0"]
    assert row_of(page, "Jo")[1:4] == ["0 of 1", "–", "–"]
    assert "1 judge has begun to score it, so it can no longer be changed." in words(page)


def test_without_a_practice_entry_a_judge_is_led_to_none(sqlite: Given) -> None:
    story = told(Chapter.ASSIGNED)

    assert "Practise first" not in words(visit(story.judge, "judging"))
    assert "Nothing to practise on" in words(visit(story.judge, "practise"))


def test_a_judge_who_has_begun_is_not_held_up_and_can_still_look_at_practice(sqlite: Given) -> None:
    story = told(Chapter.SCORED)
    with_practice(story, required=True)

    page = visit(story.judge, "judging")

    assert "Practise first" not in words(page)
    assert "Look at practice" in [link.proto.label for link in page.get("page_link")]
