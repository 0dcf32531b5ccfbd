"""From a draft to a published prize: what is missing is said, and a second person publishes."""

from __future__ import annotations

import pytest
from sqlmodel import Session

from accounts.actors import STRANGER, Actor
from accounts.models import Role
from prize.brief import save_brief
from prize.fund import add_award, add_contribution, fund, remove_award, remove_contribution
from prize.models import ContributionKind, PrizeState, ScoresTold, Stage
from prize.prizes import appoint_in_prize, own_prizes
from prize.publication import public_prize, public_prizes, publish_prize, return_to_draft, send_for_review
from prize.readiness import readiness
from prize.rubric import save_criterion, set_scale
from prize.stages import edit_stage
from storage.database import transact
from storage.errors import Closed, Invalid, Refused, Stale
from tests.databases import Clock, Given
from tests.stories import AWARD, CLOSES, DECIDED, FUND, JUDGING_CLOSES, OPENS, SLUG, Chapter, Story, prize_version, told
from tests.world import ask, do

MISSING = (
    "The brief lacks a summary, the problem and who may enter. The rules are not written yet. "
    "The fund is not divided into awards yet. First stage has no dates yet. The entry form has no questions yet. "
    "The rubric has no criteria yet. "
    "Judging is blind, but no question is marked as revealing identity. Mark the one that asks who they are."
)


def version(story: Story) -> int:
    return transact(lambda db: prize_version(db, story.prize_id))


def test_a_designer_is_told_everything_that_is_missing(sqlite: Given) -> None:
    story = told(Chapter.DRAFT)

    with pytest.raises(Invalid) as refusal:
        do(send_for_review, story.designer, prize_id=story.prize_id, version=version(story))

    assert refusal.value.words == MISSING
    assert [check.done for check in ask(readiness, story.designer, prize_id=story.prize_id)] == [False] * 7


def test_a_prize_that_is_ready_says_so_and_can_be_sent_for_review(sqlite: Given) -> None:
    story = told(Chapter.READY)

    assert [check.words for check in ask(readiness, story.designer, prize_id=story.prize_id)] == [
        "Written: summary, problem and who may enter.",
        "Written.",
        "£100,000, £40,000 not divided.",
        "Opening, closing, judging and decision are in order.",
        "3 questions, 1 of them for a file.",
        "2 criteria, weights add up to 100\u00a0%.",
        "Judges do not see the answers that are marked as revealing identity.",
    ]
    do(send_for_review, story.designer, prize_id=story.prize_id, version=version(story))


def test_a_rubric_whose_weights_do_not_add_up_is_not_ready(sqlite: Given) -> None:
    story = told(Chapter.READY)
    changed = {"name": "Need", "question": "How great?", "weight": 41, "levels": ("1", "2", "3", "4", "5")}
    where = {"prize_id": story.prize_id, "stage_id": story.stage_id, "criterion_key": story.criteria["need"]}
    do(save_criterion, story.designer, **where, **changed)

    [first, *_] = ask(readiness, story.designer, prize_id=story.prize_id)

    assert (first.done, first.words) == (False, "The weights add up to 101\u00a0%, not 100\u00a0%.")


def test_scores_of_one_judge_for_each_entry_cannot_be_told(sqlite: Given) -> None:
    story = told(Chapter.READY)

    def tell(db: Session, scorecards: int) -> None:
        stage = db.get_one(Stage, story.stage_id)
        stage.scores_told, stage.scorecards_per_entry = ScoresTold.MEANS, scorecards
        db.add(stage)

    transact(lambda db: tell(db, 1))
    [first, *_] = ask(readiness, story.designer, prize_id=story.prize_id)
    assert (first.name, first.done) == ("Scores told", False)
    assert "they are one judge's" in first.words

    transact(lambda db: tell(db, 2))
    assert all(check.done for check in ask(readiness, story.designer, prize_id=story.prize_id))


def test_another_scale_takes_the_words_of_the_levels_away_and_the_prize_is_not_ready(sqlite: Given) -> None:
    story = told(Chapter.READY)
    where = {"prize_id": story.prize_id, "stage_id": story.stage_id}

    do(set_scale, story.designer, **where, version=3, lowest=0, highest=10)

    [first, *_] = ask(readiness, story.designer, prize_id=story.prize_id)
    assert (first.done, first.words) == (False, "Need and Method lack words for its levels.")


def test_whoever_drew_a_prize_up_cannot_publish_it(database: Given) -> None:
    story = told(Chapter.IN_REVIEW)
    with pytest.raises(Refused, match="Ask a colleague"):
        do(publish_prize, story.designer, prize_id=story.prize_id, version=version(story))
    with pytest.raises(Refused, match="no prize at this address"):
        ask(public_prize, STRANGER, slug=SLUG)

    address = do(publish_prize, story.sponsor, prize_id=story.prize_id, version=version(story))

    assert address == f"/prizes/{SLUG}"
    assert ask(public_prize, STRANGER, slug=SLUG).title == "Clean rivers"
    assert [line.slug for line in ask(public_prizes, STRANGER)] == [SLUG]


def test_whoever_sent_a_prize_for_review_cannot_publish_it_either(sqlite: Given) -> None:
    story = told(Chapter.READY)
    named = {"name": "Dora", "email": "dora@example.org", "role": Role.DESIGNER}
    second = do(appoint_in_prize, story.designer, prize_id=story.prize_id, **named)
    dora = Actor(second)
    do(send_for_review, dora, prize_id=story.prize_id, version=version(story))

    with pytest.raises(Refused, match="Ask a colleague"):
        do(publish_prize, dora, prize_id=story.prize_id, version=version(story))


def test_a_published_prize_can_no_longer_be_edited(sqlite: Given) -> None:
    story = told(Chapter.PUBLISHED)

    texts = {"summary": "Another.", "problem": "Another.", "eligibility": "Nobody."}
    with pytest.raises(Closed, match="published"):
        do(save_brief, story.designer, prize_id=story.prize_id, version=2, **texts)


def test_a_prize_that_is_given_back_can_be_edited_again(sqlite: Given) -> None:
    story = told(Chapter.IN_REVIEW)
    do(return_to_draft, story.sponsor, prize_id=story.prize_id, version=version(story), reason="Say who may enter.")

    texts = {"summary": "Clean a river.", "problem": "Rivers are dirty.", "eligibility": "Anybody over 16."}
    assert do(save_brief, story.designer, prize_id=story.prize_id, version=2, **texts) == 3


def test_a_page_that_was_drawn_before_a_colleague_s_change_overwrites_nothing(database: Given) -> None:
    story = told(Chapter.READY)
    texts = {"summary": "Clean two rivers.", "problem": "Rivers are dirty.", "eligibility": "Anybody."}
    do(save_brief, story.owner, prize_id=story.prize_id, version=2, **texts)

    with pytest.raises(Stale):
        do(save_brief, story.designer, prize_id=story.prize_id, version=2, **texts)


def test_a_prize_that_would_close_before_it_is_published_is_not_published(sqlite: Given, clock: Clock) -> None:
    story = told(Chapter.IN_REVIEW)
    clock.move_to(CLOSES, stand_still=True)

    with pytest.raises(Invalid, match="would close before it is published"):
        do(publish_prize, story.sponsor, prize_id=story.prize_id, version=version(story))


@pytest.mark.parametrize("late", range(3))
def test_dates_that_are_not_in_order_are_told_apart(sqlite: Given, late: int) -> None:
    story = told(Chapter.DRAFT)
    moments = [OPENS, CLOSES, JUDGING_CLOSES, DECIDED]
    moments[late] = moments[late + 1]
    dates = dict(zip(("opens_at", "closes_at", "judging_closes_at", "decision_at"), moments, strict=True))
    names = ("opening", "closing", "end of judging", "decision")

    where = {"prize_id": story.prize_id, "stage_id": story.stage_id, "version": 1}
    with pytest.raises(Invalid, match=f"The {names[late + 1]} is not after the {names[late]}"):
        do(edit_stage, story.designer, **where, name="First", places=1, scorecards_per_entry=1, **dates)


def test_the_fund_never_gives_more_than_there_is(database: Given) -> None:
    story = told(Chapter.READY)
    left = FUND - AWARD
    award = {"prize_id": story.prize_id, "name": "Second", "kind": ContributionKind.MONEY, "count": 2}

    with pytest.raises(Invalid, match=r"The fund has £40,000 left, and this needs £40,000\.02\."):
        do(add_award, story.designer, **award, minor_each=left // 2 + 1)
    do(add_award, story.designer, **award, minor_each=left // 2)
    with pytest.raises(Invalid):
        do(add_award, story.designer, **{**award, "count": 1}, minor_each=1)
    with pytest.raises(Invalid):
        do(remove_contribution, story.designer, prize_id=story.prize_id, contribution_id=story.contribution_id)

    shown = ask(fund, story.designer, prize_id=story.prize_id)
    assert (shown.money.minor, shown.left.minor) == (FUND, 0)
    do(remove_award, story.designer, prize_id=story.prize_id, award_id=story.award_id)
    assert ask(fund, story.designer, prize_id=story.prize_id).left.minor == AWARD


def test_value_in_kind_is_not_paid_out_as_money(sqlite: Given) -> None:
    story = told(Chapter.READY)
    boats = {"contributor": "Boat club", "kind": ContributionKind.IN_KIND, "minor": FUND, "given_on": OPENS.date()}
    do(add_contribution, story.designer, prize_id=story.prize_id, **boats)

    more = {"name": "More", "kind": ContributionKind.MONEY, "count": 1, "minor_each": FUND - AWARD + 1}
    with pytest.raises(Invalid):
        do(add_award, story.designer, prize_id=story.prize_id, **more)
    boat = {"name": "A boat", "kind": ContributionKind.IN_KIND, "count": 1, "minor_each": FUND}
    do(add_award, story.designer, prize_id=story.prize_id, **boat)


def test_somebody_who_is_appointed_finds_the_prize_in_their_list(sqlite: Given) -> None:
    story = told(Chapter.DRAFT)
    named = {"name": "Dora", "email": "dora@example.org", "role": Role.SECRETARIAT}
    dora = Actor(do(appoint_in_prize, story.designer, prize_id=story.prize_id, **named))

    [line] = ask(own_prizes, dora)

    assert (line.title, line.state, line.roles) == ("Clean rivers", PrizeState.DRAFT, (Role.SECRETARIAT,))
