"""Tests of the designer's rooms."""

from __future__ import annotations

from datetime import timedelta

from accounts.actors import STRANGER
from mission.missions import own_missions
from prize.brief import brief, save_brief
from prize.form import form
from prize.fund import fund
from prize.models import PrizeState, QuestionKind
from prize.prizes import appointed_people, own_prizes
from prize.publication import public_prize
from prize.questions import Condition
from prize.rubric import RubricShown, rubric
from prize.stages import stages
from storage.database import transact
from tests.databases import Given
from tests.pages.visiting import press, row_of, turn, visit, words
from tests.stories import SLUG, Chapter, Story, told, with_comments_needed
from tests.world import ask, do


def test_the_author_is_told_why_somebody_else_publishes(sqlite: Given) -> None:
    story = told(Chapter.IN_REVIEW)

    page = visit(story.designer, "overview")

    assert "Publish" not in [button.label for button in page.button]
    assert "A prize is published by somebody who neither created it nor sent it for review." in words(page)


def test_a_second_person_publishes(sqlite: Given) -> None:
    story = told(Chapter.IN_REVIEW)

    page = press(visit(story.sponsor, "overview"), "Publish")

    assert [said.value for said in page.success] == ["Published. Its page is open to everybody."]
    assert [line.state for line in ask(own_prizes, story.sponsor)] == [PrizeState.PUBLISHED]


def test_a_draft_that_lacks_something_cannot_be_sent_for_review(sqlite: Given) -> None:
    page = visit(told(Chapter.DRAFT).designer, "overview")

    [button] = [button for button in page.button if button.label == "Send for review"]
    assert button.disabled
    assert "The rules are not written yet." in words(page)


def test_a_brief_saved_elsewhere_is_shown_and_not_overwritten(sqlite: Given) -> None:
    story = told(Chapter.DRAFT)
    page = visit(story.designer, "brief")
    do(
        save_brief,
        story.designer,
        prize_id=story.prize_id,
        version=1,
        summary="What the other tab saved.",
        problem="",
        eligibility="",
    )
    mine = page.text_area(key=f"brief-{story.prize_id}-summary")
    page = mine.input("What I typed.").run()

    assert page.text_area(key=f"brief-{story.prize_id}-summary").value == "What I typed."
    assert "What the other tab saved." in words(page)
    assert ask(brief, story.designer, prize_id=story.prize_id).summary == "What the other tab saved."

    press(page, "Keep mine")

    assert ask(brief, story.designer, prize_id=story.prize_id).summary == "What I typed."


def test_a_brief_is_saved_at_every_change_and_each_save_counts_on_the_one_before(sqlite: Given) -> None:
    story = told(Chapter.DRAFT)
    page = visit(story.designer, "brief")
    assert "Saved as you type" in words(page)

    page = page.text_area(key=f"brief-{story.prize_id}-summary").input("For warm homes.").run()
    page = page.text_area(key=f"brief-{story.prize_id}-problem").input("Old homes are cold.").run()

    assert "Brief saved" in words(page)
    assert not page.exception
    saved = ask(brief, story.designer, prize_id=story.prize_id)
    assert (saved.summary, saved.problem) == ("For warm homes.", "Old homes are cold.")


def test_what_cannot_be_saved_is_said_and_saved_with_the_next_change_that_makes_it_right(sqlite: Given) -> None:
    story = told(Chapter.READY)
    page = visit(story.designer, "stage")
    closes = f"stage-{story.stage_id}-closes_at"
    right = page.datetime_input(key=closes).value

    page = page.datetime_input(key=closes).set_value(right + timedelta(days=400)).run()
    page = page.number_input(key=f"stage-{story.stage_id}-places").set_value(3).run()
    assert "The end of judging is not after the closing." in words(page)
    assert "The end of judging is not after the closing." in words(page.run())
    assert ask(stages, story.designer, prize_id=story.prize_id)[0].places != 3

    page = page.datetime_input(key=closes).set_value(right).run()
    assert "Stage saved" in words(page)
    assert ask(stages, story.designer, prize_id=story.prize_id)[0].places == 3


def test_what_is_not_saved_yet_is_said_as_such_when_the_page_is_opened_again(sqlite: Given) -> None:
    story = told(Chapter.READY)
    page = visit(story.designer, "stage")
    closes = f"stage-{story.stage_id}-closes_at"
    right = page.datetime_input(key=closes).value
    page = page.text_input(key=f"stage-{story.stage_id}-name").input("Final").run()
    page = page.datetime_input(key=closes).set_value(right + timedelta(days=400)).run()
    page = page.text_input(key=f"stage-{story.stage_id}-name").input("Semi-final").run()

    page = turn(turn(page, "brief"), "stage")

    assert page.text_input(key=f"stage-{story.stage_id}-name").value == "Semi-final"
    assert page.datetime_input(key=closes).value == right
    assert "Not saved yet" in words(page)
    page = page.number_input(key=f"stage-{story.stage_id}-places").set_value(3).run()
    assert "Stage saved" in words(page)
    [saved] = ask(stages, story.designer, prize_id=story.prize_id)
    assert (saved.name, saved.places) == ("Semi-final", 3)


def test_money_with_a_third_decimal_is_refused_at_its_field(sqlite: Given) -> None:
    story = told(Chapter.DRAFT)
    page = visit(story.designer, "fund")
    form = f"contribution-{story.prize_id}"
    page.text_input(key=f"{form}-contributor").input("Water board")
    page.text_input(key=f"{form}-minor").input("99.505")

    page = press(page, "Add contribution")

    assert "The amount has more than two decimals. Round it to whole pence." in words(page)
    assert page.text_input(key=f"{form}-contributor").value == "Water board"
    assert ask(fund, story.designer, prize_id=story.prize_id).contributions == ()

    page.text_input(key=f"{form}-minor").input("£1,099.50")
    press(page, "Add contribution")

    assert ask(fund, story.designer, prize_id=story.prize_id).money.minor == 1_099_50


def test_a_threshold_is_typed_in_points(sqlite: Given) -> None:
    story = told(Chapter.DRAFT)
    page = visit(story.designer, "rubric")
    form = f"criterion-new-{story.stage_id}-1-5"
    page.text_input(key=f"{form}-name").input("Need")
    page.text_area(key=f"{form}-question").input("Is it needed?")
    page.text_input(key=f"{form}-threshold").input("2.5")

    page = press(page, "Add criterion")

    assert not page.error
    shown = ask(rubric, story.designer, prize_id=story.prize_id, stage_id=story.stage_id)
    assert shown is not None
    assert [(row.name, row.weight, row.threshold) for row in shown.criteria] == [("Need", 100, 250)]


def test_words_for_a_level_that_were_typed_in_two_lines_are_saved_as_one(sqlite: Given) -> None:
    story = told(Chapter.DRAFT)
    page = visit(story.designer, "rubric")
    form = f"criterion-new-{story.stage_id}-1-5"
    page.text_input(key=f"{form}-name").input("Need")
    page.text_area(key=f"{form}-question").input("Is it\nneeded?")
    page.text_area(key=f"{form}-level 1").input("A problem is named,\nwithout its size. ")

    page = press(page, "Add criterion")

    assert not page.error
    [row] = built(story).criteria
    assert (row.question, row.levels) == ("Is it needed?", ("A problem is named, without its size.", "", "", "", ""))


def built(story: Story) -> RubricShown:
    shown = ask(rubric, story.designer, prize_id=story.prize_id, stage_id=story.stage_id)
    assert isinstance(shown, RubricShown)
    return shown


def test_the_effect_of_weights_is_shown_while_they_are_typed_and_before_they_are_saved(sqlite: Given) -> None:
    story = told(Chapter.READY)
    page = visit(story.designer, "rubric")
    assert "Entry B is ahead with 3.80; Entry A has 3.20" in words(page)  # 40 % and 60 %: 5 and 2, 2 and 5
    need, method = (f"weight-{story.criteria[name]}-3" for name in ("need", "method"))

    page.number_input(key=need).set_value(70)
    page = page.number_input(key=method).set_value(30).run()

    assert "Entry A is ahead with 4.10; Entry B has 2.90" in words(page)
    assert [row.weight for row in built(story).criteria] == [40, 60]

    page = press(page, "Save these weights")

    assert [row.weight for row in built(story).criteria] == [70, 30]
    assert "Save these weights" not in [button.label for button in page.button]


def test_the_order_that_breaks_ties_and_a_gate_question_are_chosen_on_the_page(sqlite: Given) -> None:
    story = told(Chapter.READY)
    page = visit(story.designer, "rubric")
    assert "Entries with equal means share a place." in words(page)
    page = page.multiselect[0].set_value([story.criteria["method"], story.criteria["need"]]).run()
    assert "Entries with equal means are ordered by their mean for Method, then for Need." in words(page)

    page.text_input(key=f"gate-{story.stage_id}-wording").input("In scope?")
    press(page, "Add gate question")

    assert [gate.wording for gate in built(story).gates] == ["In scope?"]


def test_the_address_of_a_new_prize_is_suggested_from_its_title(sqlite: Given) -> None:
    story = told(Chapter.DRAFT)
    page = visit(story.owner, "new-prize")
    page.text_input(key="new-prize-title").input("Quiet heat, at last").run()

    assert page.text_input(key="new-prize-slug").placeholder == "quiet-heat-at-last"

    press(page, "Create prize")

    slugs = {line.slug: line.mission_id for line in ask(own_prizes, story.owner)}
    assert slugs["quiet-heat-at-last"] == ask(own_missions, story.owner)[0].id


def test_a_question_is_changed_where_it_stands_and_asked_after_certain_answers(sqlite: Given) -> None:
    story = told(Chapter.READY)
    page = visit(story.designer, "form")
    new = f"question-{story.stage_id}"
    page.selectbox(key=f"{new}-kind").select(QuestionKind.DECLARATION).run()
    page.text_input(key=f"{new}-wording").input("Are you funded?")
    page.text_input(key=f"{new}-particulars").input("By whom?")
    page = press(page, "Add question")
    funded = ask(form, story.designer, prize_id=story.prize_id, stage_id=story.stage_id)[-1]

    page = page.button(key=f"copy-{funded.key}").click().run()
    copy = ask(form, story.designer, prize_id=story.prize_id, stage_id=story.stage_id)[-1]
    page = page.button(key=f"change-{copy.key}").click().run()
    change = f"change-{copy.key}"
    page.selectbox(key=f"{change}-kind").select(QuestionKind.MONEY)
    page.selectbox(key=f"{change}-only_if").select(funded.key).run()
    page.text_input(key=f"{change}-wording").input("How much?")
    page.multiselect(key=f"{change}-after {funded.key}").select("yes")
    page = press(page, "Save question")

    assert not page.exception
    *_, before, changed = ask(form, story.designer, prize_id=story.prize_id, stage_id=story.stage_id)
    assert (before, changed.key, changed.kind, changed.wording) == (funded, copy.key, QuestionKind.MONEY, "How much?")
    assert changed.condition == Condition(funded.key, ("yes",))
    assert "Only if you answered “Yes” to question 4. A sum in £." in words(page)
    assert "Kept from judges, since it reveals identity: “Who are you?”" in words(page)


def test_a_published_prize_changes_only_with_a_reason(sqlite: Given) -> None:
    story = told(Chapter.PUBLISHED)

    buttons = {}
    for path in ("brief", "stage", "form", "rubric", "fund", "eligibility"):
        page = visit(story.designer, path)
        assert not page.exception
        assert [box.value.partition(":")[0] for box in page.info] == [
            "**This prize is published.** Entrants rely on it"
        ]
        buttons[path] = [button.label for button in page.button if button.label != "Write comment"]
    assert buttons == {
        "brief": ["Publish the new brief", "Publish the new rules"],
        "stage": ["Publish the new dates", "Publish the change"],
        "form": ["Change the form"],
        "rubric": ["Publish the new rubric"],
        "fund": ["Publish the contribution", "Publish the new awards"],
        "eligibility": ["Publish the new questions"],
    }


def test_weights_of_a_published_rubric_are_changed_with_a_reason(sqlite: Given) -> None:
    story = told(Chapter.PUBLISHED)
    page = visit(story.designer, "rubric")
    form = f"changed-rubric-{story.stage_id}"
    for name, weight in (("need", 30), ("method", 70)):
        page.number_input(key=f"{form}-weight {story.criteria[name]}").set_value(weight)
    page.text_input(key=f"{form}-reason").input("The method matters more.")

    page = press(page, "Publish the new rubric")

    assert not page.error
    assert [(row.weight, row.threshold) for row in built(story).criteria] == [(30, None), (70, 200)]
    assert built(story).number == 2


def test_the_awards_and_the_fund_of_a_published_prize_are_changed_with_a_reason(sqlite: Given) -> None:
    story = told(Chapter.SUBMITTED)
    page = visit(story.designer, "fund")
    added = f"added-{story.prize_id}"
    page.text_input(key=f"{added}-contributor").input("Boat club")
    page.text_input(key=f"{added}-minor").input("20,000")
    page = press(page, "Publish the contribution")
    assert "reason" in "".join(box.value for box in page.error)
    page.text_input(key=f"{added}-reason").input("They give more.")
    page = press(page, "Publish the contribution")
    assert not page.error
    changed = f"changed-awards-{story.prize_id}"
    [winner] = ask(fund, story.designer, prize_id=story.prize_id).awards
    page.text_input(key=f"{changed}-each {winner.key}").input("90,000")
    page.text_input(key=f"{changed}-name").input("Runners-up")
    page.number_input(key=f"{changed}-count").set_value(2)
    page.text_input(key=f"{changed}-each").input("15,000.01")
    page.text_input(key=f"{changed}-reason").input("There is more.")

    page = press(page, "Publish the new awards")

    assert "More is awarded than the fund holds: £0.02 too much" in words(page)
    assert page.text_input(key=f"{changed}-each").value == "15,000.01"
    page.text_input(key=f"{changed}-each").input("15,000")
    page = press(page, "Publish the new awards")
    assert not page.error
    shown = ask(public_prize, story.entrant, slug=SLUG)
    assert [(row.name, row.count, row.each.minor) for row in shown.fund.awards] == [
        ("Winner", 1, 90_000_00),
        ("Runners-up", 2, 15_000_00),
    ]
    assert [line.reason for line in shown.changes] == ["There is more.", "They give more."]


def test_the_eligibility_questions_of_a_published_prize_are_changed_with_a_reason(sqlite: Given) -> None:
    story = told(Chapter.PUBLISHED)
    form = f"changed-eligibility-{story.prize_id}"
    page = visit(story.designer, "eligibility")
    page.text_area(key=f"{form}-wording").input("Are you\nover 18?")
    page.text_area(key=f"{form}-told").input("Whoever enters\nis over 18.")
    page.text_input(key=f"{form}-reason").input("Somebody asked.")
    page = press(page, "Publish the new questions")
    [row] = ask(public_prize, STRANGER, slug=SLUG).asked.questions
    assert (row.wording, row.told) == ("Are you over 18?", "Whoever enters is over 18.")

    page.checkbox(key=f"{form}-gone {row.key}").check()
    page.text_input(key=f"{form}-reason").input("It was a mistake.")
    press(page, "Publish the new questions")

    assert ask(public_prize, STRANGER, slug=SLUG).asked.questions == ()


def test_who_may_enter_is_not_offered_for_change_once_nobody_can_begin(sqlite: Given) -> None:
    page = visit(told(Chapter.CLOSED).designer, "eligibility")

    assert "Publish the new questions" not in [button.label for button in page.button]


def test_once_judging_has_begun_the_page_offers_wording_alone(sqlite: Given) -> None:
    story = told(Chapter.ASSIGNED)
    page = visit(story.designer, "rubric")
    form = f"changed-rubric-{story.stage_id}"

    assert f"{form}-weight {story.criteria['need']}" not in [field.key for field in page.number_input]
    page.text_area(key=f"{form}-question {story.criteria['need']}").input("How large is the need?")
    page.text_input(key=f"{form}-reason").input("Somebody asked.")
    press(page, "Publish the new rubric")

    assert built(story).criteria[0].question == "How large is the need?"


def test_the_form_of_a_published_prize_is_changed_with_a_reason(sqlite: Given) -> None:
    story = told(Chapter.SUBMITTED)
    page = press(visit(story.designer, "form"), "Change the form")
    assert "Nothing is different yet." in words(page)
    page = page.button(key=f"change-{story.questions['method']}").click().run()
    page.text_input(key=f"change-{story.questions['method']}-wording").input("How does it work, in short?")
    page = press(page, "Save question")
    assert "“How does it work?” now reads “How does it work, in short?”" in words(page)
    assert "2 entries have been submitted." in words(page)
    page.text_input(key=f"changed-form-{story.stage_id}-reason").input("It was not clear.")

    page = press(page, "Publish the new form")

    assert not page.exception
    assert [said.value.partition(",")[0] for said in page.success] == ["The new form is published"]
    assert "Publish the new form" not in [button.label for button in page.button]
    shown = ask(public_prize, story.entrant, slug=SLUG)
    assert shown.stages[0].questions[0].wording == "How does it work, in short?"
    assert shown.changes[0].reason == "It was not clear."


def test_who_is_appointed_is_seen_with_their_widest_role(sqlite: Given) -> None:
    story = told(Chapter.DRAFT)

    people = ask(appointed_people, story.designer, prize_id=story.prize_id)

    assert len({(line.person.id, line.role) for line in people}) == len(people)
    assert {story.owner.person_id, story.designer.person_id} <= {line.person.id for line in people}


def test_a_choice_is_marked_as_saying_what_an_entry_is_about(sqlite: Given) -> None:
    story = told(Chapter.READY)
    page = visit(story.designer, "form")
    new = f"question-{story.stage_id}"
    page.selectbox(key=f"{new}-kind").select(QuestionKind.CHOICE).run()
    page.text_input(key=f"{new}-wording").input("Which water?")
    page.text_area(key=f"{new}-options").input("Rivers\nLakes")
    page.checkbox(key=f"{new}-topic").check()
    page.checkbox(key=f"{new}-confidential").check()

    page = press(page, "Add question")

    assert "would tell them its answer" in words(page)
    page.checkbox(key=f"{new}-confidential").uncheck()
    page = press(page, "Add question")
    assert not page.exception
    added = ask(form, story.designer, prize_id=story.prize_id, stage_id=story.stage_id)[-1]
    assert (added.wording, added.topic) == ("Which water?", True)
    assert "Says what the entry is about" in words(page)


def test_each_page_of_a_draft_says_how_far_every_part_is_what_is_wrong_with_this_one_and_what_comes_next(
    sqlite: Given,
) -> None:
    story = told(Chapter.DRAFT)

    page = visit(story.designer, "fund")

    assert "**6 of 8 · Fund**" in words(page)
    assert "The fund is not divided into awards yet." in words(page)
    links = [element.proto.label for element in page.get("page_link")]
    assert "Brief and rules · 2 to do" in links
    assert "Eligibility" in links
    assert "Next: Mail texts" in links
    people = visit(story.designer, "people")
    assert "Next: Look over everything" in [element.proto.label for element in people.get("page_link")]


def test_what_is_ready_is_said_on_the_way(sqlite: Given) -> None:
    ready = visit(told(Chapter.READY).designer, "brief")

    assert "Fund · ready" in [element.proto.label for element in ready.get("page_link")]
    assert "Next: Eligibility" in [element.proto.label for element in ready.get("page_link")]


def test_a_published_prize_is_not_guided_any_more(sqlite: Given) -> None:
    page = visit(told(Chapter.PUBLISHED).designer, "fund")

    assert not [element for element in page.get("page_link") if element.proto.label.startswith("Next:")]


def test_a_sponsor_is_led_through_the_parts_that_they_can_see(sqlite: Given) -> None:
    page = visit(told(Chapter.DRAFT).sponsor, "fund")

    assert "**6 of 7 · Fund**" in words(page)
    assert "Next: People" in [element.proto.label for element in page.get("page_link")]


def test_a_designer_has_judges_write_a_comment_for_each_entrant(sqlite: Given) -> None:
    story = told(Chapter.READY)
    page = visit(story.designer, "stage")
    [tick] = [box for box in page.checkbox if box.label == "Judges write a comment for each entrant"]
    assert not tick.value

    tick.check().run()

    [shown] = ask(stages, story.designer, prize_id=story.prize_id)
    assert shown.comment_needed


def test_a_published_stage_says_whether_judges_have_to_comment(sqlite: Given) -> None:
    story = told(Chapter.PUBLISHED)
    assert row_of(visit(story.designer, "stage"), "Comments for the entrant")[1] == "Optional"
    transact(lambda db: with_comments_needed(db, story))

    assert row_of(visit(story.designer, "stage"), "Comments for the entrant")[1] == "From each judge"
