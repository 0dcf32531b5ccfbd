"""Tests of feedback letters: what is in them, and that no judge is named."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
from sqlmodel import Session

from accounts.models import Person, Role
from delivery.milestones import delivery, offer_terms
from judging.analyses.fairness import OwnPlace
from judging.analyses.kept import stage_analysis
from judging.analyses.shown import Standing
from judging.decisions import confirm_decisions, decide_entry, decisions_seen
from judging.due_diligence import Found, record_checks
from judging.letters import NamedPassage, letter_preview, named_passages, settle_name
from judging.letters_printed import own_letter, parts_of
from judging.models import Outcome
from judging.no_award import leave_places
from judging.outcome_models import Check, Finding
from judging.release import own_outcome, release_decisions
from prize.models import PlaceTold, ScoresTold, Stage
from storage.database import transact
from storage.errors import Closed, Invalid, Stale
from tests.databases import Given
from tests.judging.panels import named_judge, undecided_panel, work
from tests.judging.test_conflicted_staff import conflicted
from tests.pages.visiting import press, visit, words
from tests.stories import Chapter, Story, plans, told
from tests.world import ask, do


def passages(story: Story) -> tuple[NamedPassage, ...]:
    return ask(named_passages, story.secretariat, stage_id=story.stage_id)


def settle(story: Story, line: NamedPassage, **given: Any) -> None:
    where = {"entry_id": line.entry_id, "about": line.about, "seen": line.seen}
    do(settle_name, story.secretariat, **{**where, **given})


def comments(story: Story) -> tuple[str, ...]:
    said = ask(own_outcome, story.entrant, entry_id=story.entry_id)
    assert said is not None
    return said.comments


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("As Jules says, count the mussels twice.", "Jules"),
        ("as JULES says", "Jules"),
        ("Jülës was here.", "Jules"),
        ("Write to jules@example.org about it.", "jules@example.org"),
        ("Write to jules at example dot org.", "jules@example.org"),
    ],
)
def test_a_judge_s_name_or_address_is_found_however_it_is_written(sqlite: Given, text: str, name: str) -> None:
    story = named_judge(text)

    assert name in {each for line in passages(story) for each in line.names}


@pytest.mark.parametrize(
    ("judge", "text", "names"),
    [
        ("Dr Anna Smith", "As Anna said.", ("Anna",)),
        ("Prof. Anna Smith", "Anna agreed. So did the other Prof.", ("Anna",)),
        ("Bo Li", "Bo said so, and Li agreed.", ("Bo", "Li")),
        ("Anna Smith-Jones", "As Smith said.", ("Smith",)),
        ("Anna Maria Smith", "Maria says it.", ("Maria",)),
        ("anna.smith", "As Anna said.", ("anna",)),
        ("Bo Li", "The doll and the boat.", ()),
    ],
)
def test_every_word_of_a_judge_s_name_but_titles_is_found(
    sqlite: Given, judge: str, text: str, names: tuple[str, ...]
) -> None:
    story = told(Chapter.DECIDED)
    transact(lambda db: rename(db, story, judge))
    decided = {"entry_id": story.entry_id, "outcome": Outcome.FINALIST, "reason": text}
    do(decide_entry, story.secretariat, **decided, version=1)

    assert tuple(each for line in passages(story) for each in line.names) == names


def rename(db: Session, story: Story, name: str) -> None:
    person = db.get_one(Person, story.judge.person_id)
    person.name = name
    db.add(person)


def test_nothing_is_released_before_what_was_found_is_settled(database: Given) -> None:
    story = named_judge()
    [line] = passages(story)
    assert (line.settled, line.text, line.names) == (False, "As Jules says, count the mussels twice.", ("Jules",))
    with pytest.raises(Invalid, match="A judge may be named in 1 letter"):
        do(release_decisions, story.secretariat, stage_id=story.stage_id)
    with pytest.raises(Invalid, match="“Jules” still stands"):
        settle(story, line, edited="Jules says so.")
    with pytest.raises(Stale, match="This text was changed"):
        settle(story, line, seen="sha256:another")
    with pytest.raises(Invalid, match="No name was found"):
        settle(story, line, about="reason")

    settle(story, line, edited="As […] says, count the mussels twice.")

    [line] = passages(story)
    assert (line.settled, line.no_name, line.edited, line.text) == (
        True,
        False,
        "As […] says, count the mussels twice.",
        "As Jules says, count the mussels twice.",
    )
    do(release_decisions, story.secretariat, stage_id=story.stage_id)
    assert comments(story) == ("As […] says, count the mussels twice.",)
    with pytest.raises(Closed, match="before they are released"):
        settle(story, line, edited="Another.")


@pytest.mark.parametrize(
    ("edited", "allowed"),
    [
        ("As […] said, we cannot promise more, […] agreed.", True),
        ("As said, we cannot promise more agreed.", True),
        ("as […] said, we cannot promise more, […] agreed", False),
        ("As […] said, we can promise more, […] agreed.", False),
        ("As […] said, we promise more, […] agreed.", False),
        ("As […] said, we cannot promise more, […] agreed. You win.", False),
        ("We promise you the grand prize as well.", False),
    ],
)
def test_nothing_but_the_name_is_taken_out_so_that_the_letter_says_what_was_confirmed(
    sqlite: Given, edited: str, allowed: bool
) -> None:
    story = told(Chapter.DECIDED)
    written = "As Dr Jules said, we cannot promise more, J.u.l.e.s agreed."
    decided = {"entry_id": story.entry_id, "outcome": Outcome.FINALIST, "reason": written}
    do(decide_entry, story.secretariat, **decided, version=1)
    seen = ask(decisions_seen, story.sponsor, stage_id=story.stage_id)
    do(confirm_decisions, story.sponsor, stage_id=story.stage_id, seen=seen)
    [line] = passages(story)

    if allowed:
        settle(story, line, edited=edited)
    else:
        with pytest.raises(Invalid, match="More than a judge's name was changed"):
            settle(story, line, edited=edited)


def test_a_word_that_is_no_name_stays_as_it_was_written(sqlite: Given) -> None:
    story = named_judge("Jules is also a make of sieve.")
    settle(story, passages(story)[0])

    do(release_decisions, story.secretariat, stage_id=story.stage_id)

    assert comments(story) == ("Jules is also a make of sieve.",)


def test_a_reason_that_names_a_judge_is_settled_too_and_again_when_it_changes(sqlite: Given) -> None:
    story = told(Chapter.DECIDED)
    what = {"entry_id": story.entry_id, "outcome": Outcome.FINALIST}
    do(decide_entry, story.secretariat, **what, reason="Jules was convinced.", version=1)
    [line] = passages(story)
    settle(story, line, edited="[…] was convinced.")
    assert [each.settled for each in passages(story)] == [True]
    letter = ask(letter_preview, story.secretariat, entry_id=story.entry_id)
    assert letter is not None
    assert letter.reason == "[…] was convinced."

    do(decide_entry, story.secretariat, **what, reason="Jules and Jo were convinced.", version=2)

    assert [each.settled for each in passages(story)] == [False]


def test_a_condition_that_names_a_judge_is_settled_before_the_letter_and_the_terms_carry_it(sqlite: Given) -> None:
    story = told(Chapter.CONFIRMED)
    condition = Found(Check.FUNDERS, Finding.CONDITIONS, "Jules sells the shares first.")
    rest = tuple(Found(check, Finding.PASSES) for check in Check if check is not Check.FUNDERS)
    do(record_checks, story.secretariat, entry_id=story.entry_id, findings=(condition, *rest))
    with pytest.raises(Invalid, match="A judge may be named in 1 letter"):
        do(release_decisions, story.secretariat, stage_id=story.stage_id)
    [line] = passages(story)
    assert (line.about, line.names) == ("condition: funders' conflicts", ("Jules",))

    settle(story, line, edited="[…] sells the shares first.")

    letter = ask(letter_preview, story.secretariat, entry_id=story.entry_id)
    assert letter is not None
    assert letter.conditions == ("[…] sells the shares first.",)
    do(release_decisions, story.secretariat, stage_id=story.stage_id)
    offer = {"text": "We pay what is verified.", "milestones": plans(story.target_id)}
    do(offer_terms, story.secretariat, entry_id=story.entry_id, **offer)
    [terms] = ask(delivery, story.secretariat, prize_id=story.prize_id)
    assert terms.text.endswith("Conditions of due diligence:\n\n[…] sells the shares first.")


def test_the_public_reason_of_a_place_left_free_names_no_judge(sqlite: Given) -> None:
    story = told(Chapter.JUDGED)
    with pytest.raises(Invalid, match="“Jules” may be a judge, and the public reads this"):
        do(leave_places, story.secretariat, stage_id=story.stage_id, reason="Jules was not convinced.")

    do(leave_places, story.secretariat, stage_id=story.stage_id, reason="Nobody was convinced.")


def test_a_letter_tells_place_and_scores_as_far_as_the_rules_do(sqlite: Given) -> None:
    story, _ = undecided_panel()
    do(decide_entry, story.secretariat, entry_id=story.entry_id, outcome=Outcome.FINALIST, reason="The clearest.")

    def letter(place: PlaceTold, scores: ScoresTold) -> dict[str, str]:
        transact(lambda db: rules(db, story, place, scores))
        shown = ask(letter_preview, story.secretariat, entry_id=story.entry_id)
        assert shown is not None
        return {head: " ".join(texts) for head, texts in parts_of(shown)}

    assert set(letter(PlaceTold.NOTHING, ScoresTold.NOTHING)) == {"Outcome: finalist", "What the judges wrote to you"}
    band = letter(PlaceTold.BAND, ScoresTold.MEANS)
    assert "do not settle" in band["Your place"]
    assert "likely" not in band["Your place"]
    assert "Need: " in band["Your scores"]
    whole = letter(PlaceTold.PLACE, ScoresTold.SPREAD)
    assert "are likely (95 %)" in whole["Your place"]
    assert "usually differ by" in whole["Your scores"]


SCORED = OwnPlace(Standing.CLEAR, 8, 1, 1, 3, 0.94, 2)
HAVE_NONE = "An entry that no judge has scored, or that a minimum has stopped, has no place and is not counted."


@pytest.mark.parametrize(
    ("places", "own", "said"),
    [
        (
            3,
            SCORED,
            (
                "The scores leave little doubt that your entry is among the best 3.",
                "Place by the adjusted score: 1 of 8 entries; places 1 to 3 are likely (95 %).",
                "Chance of being among the best 3: 94 %.",
                "Place by the weighted mean: 2 of 8 entries.",
            ),
        ),
        (
            1,
            replace(SCORED, high=1, mean_place=None),
            (
                "The scores leave little doubt that your entry is among the best one.",
                "Place by the adjusted score: 1 of 8 entries; place 1 is likely (95 %).",
                "Chance of being among the best one: 94 %.",
            ),
        ),
        *(
            (
                places,
                SCORED,
                (
                    f"There is a place for each: 8 entries have a place by score, and up to {places} could be chosen.",
                    "Place by the adjusted score: 1 of 8 entries; places 1 to 3 are likely (95 %).",
                    "Place by the weighted mean: 2 of 8 entries.",
                ),
            )
            for places in (8, 10)
        ),
        (
            1,
            OwnPlace(Standing.CLEAR, 1),
            ("There is a place for each: 1 entry has a place by score, and up to 1 could be chosen.",),
        ),
    ],
)
def test_a_place_is_told_among_as_many_as_there_are(
    sqlite: Given, places: int, own: OwnPlace, said: tuple[str, ...]
) -> None:
    story = told(Chapter.DECIDED)
    shown = ask(letter_preview, story.secretariat, entry_id=story.entry_id)
    assert shown is not None

    parts = dict(parts_of(replace(shown, places=places, own=own)))

    assert parts["Your place"] == (*said, HAVE_NONE, "The panel decides; the place alone does not.")


def test_a_preview_tells_somebody_shut_out_nothing_of_where_the_hidden_entry_stands(sqlite: Given) -> None:
    story, _ = undecided_panel()
    near = conflicted(story, Role.SECRETARIAT)
    transact(lambda db: rules(db, story, PlaceTold.PLACE, ScoresTold.SPREAD))
    work()
    own = ask(stage_analysis, near, stage_id=story.stage_id)
    assert own is not None
    for line in own.shown.ranking:
        choice = {"entry_id": line.entry_id, "outcome": Outcome.NOT_SELECTED, "reason": "Others were better."}
        do(decide_entry, story.secretariat, **choice)
        letter = ask(letter_preview, near, entry_id=line.entry_id)
        whole = ask(letter_preview, story.secretariat, entry_id=line.entry_id)
        assert letter is not None
        assert whole is not None
        assert letter.own is not None
        assert whole.own is not None

        assert (letter.own.place, letter.own.entries, whole.own.entries) == (line.place, 5, 6)
        assert [told.mean for told in letter.scores] == [told.mean for told in whole.scores]


def rules(db: Session, story: Story, place: PlaceTold, scores: ScoresTold) -> None:
    stage = db.get_one(Stage, story.stage_id)
    stage.place_told, stage.scores_told = place, scores
    db.add(stage)


def test_the_team_downloads_its_letter_after_the_release_and_nobody_before(sqlite: Given) -> None:
    story = named_judge("Count the mussels twice.")
    with pytest.raises(Invalid, match="no letter about this entry yet"):
        ask(own_letter, story.entrant, entry_id=story.entry_id)
    do(release_decisions, story.secretariat, stage_id=story.stage_id)

    document = ask(own_letter, story.entrant, entry_id=story.entry_id)

    pdf = pypdfium2.PdfDocument(BytesIO(document.content))
    text = "".join(page.get_textpage().get_text_range() for page in pdf)
    assert "Outcome: finalist" in text
    assert "Count the mussels twice." in text
    assert "Jules" not in text


def test_somebody_in_conflict_sees_nothing_of_what_was_found(sqlite: Given) -> None:
    story = told(Chapter.DECIDED)
    decided = {"entry_id": story.entry_id, "outcome": Outcome.FINALIST, "reason": "Jules was convinced."}
    do(decide_entry, story.secretariat, **decided, version=1)
    assert len(passages(story)) == 1

    assert ask(named_passages, conflicted(story, Role.SECRETARIAT), stage_id=story.stage_id) == ()


def test_the_page_previews_letters_and_settles_what_was_found(sqlite: Given) -> None:
    story = named_judge()
    page = visit(story.secretariat, "letters")
    assert "1 text waits for your decision; nothing is released before." in words(page)
    [box] = [box for box in page.text_area if box.label == "What the team reads"]
    assert box.value == "As […] says, count the mussels twice."

    page = press(page, "Save the edited text")

    assert "No judge is named." in words(page)
    assert [line.settled for line in passages(story)] == [True]
