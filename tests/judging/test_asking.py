"""Asking for further scorecards: who is asked, what they can score then, and when nobody is."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session, col, select

from accounts.actors import Actor
from accounts.people import address_of
from judging.analyses.asking import Asked, ask_for_scorecards
from judging.analyses.kept import JudgeNamed, KeptAnalysis
from judging.analyses.shown import SuggestedCard
from judging.availability import set_availability, today
from judging.decisions import end_judging
from judging.judges import judges, state_conflicts
from judging.models import Assignment, PanelMember
from judging.room import judges_list, own_card, own_seats
from judging.scorecards import finish_judging, save_score
from prize.models import Stage
from storage.database import reading, transact
from storage.errors import Closed, Invalid, Refused, Stale
from storage.mail import Mail
from tests.databases import Clock, Given
from tests.judging.panels import STILL_SCORES, TEAMS, analysed_panel, newest, scored_panel, work
from tests.stories import JUDGING_CLOSES, Chapter, Story, told
from tests.world import ask, do

Pair = tuple[UUID, UUID]


def asked(story: Story, analysis: KeptAnalysis, number: int, by: Actor | None = None) -> Asked:
    actor = by or story.secretariat
    return do(ask_for_scorecards, actor, stage_id=story.stage_id, analysis_id=analysis.id, number=number)


def now_in(story: Story) -> date:
    return transact(lambda db: today(db, db.get_one(Stage, story.stage_id)))


def first(analysis: KeptAnalysis, *, finished: bool) -> tuple[int, SuggestedCard]:
    """The first suggested scorecard of a judge who has, or has not, finished, and how many to ask for to reach it."""
    known = {judge.judge_id: judge for judge in analysis.judges}
    cards = analysis.shown.suggestions.cards
    at = next(at for at, card in enumerate(cards) if known[card.judge_id].finished is finished)
    return at + 1, cards[at]


def pairs(story: Story) -> set[Pair]:
    with reading() as db:
        rows = db.exec(select(Assignment).where(col(Assignment.stage_id) == story.stage_id)).all()
        return {(row.entry_id, row.judge_id) for row in rows if row.withdrawn_at is None}


def cards_of(story: Story, judge_id: UUID) -> dict[UUID, tuple[UUID, bool, int]]:
    """A judge's own cards by entry: the assignment, whether it can be changed now, and how many scores it has."""
    with reading() as db:
        rows = db.exec(select(Assignment).where(col(Assignment.judge_id) == judge_id)).all()
        found = {row.entry_id: row.id for row in rows}
    shown = {entry: ask(own_card, Actor(judge_id), assignment_id=key) for entry, key in found.items()}
    return {entry: (found[entry], card.editable, len(card.scores)) for entry, card in shown.items()}


def give(story: Story, judge_id: UUID, assignment_id: UUID, points: int) -> None:
    for key in story.criteria.values():
        do(save_score, Actor(judge_id), assignment_id=assignment_id, criterion_key=key, points=points)


def mails_to(judge_id: UUID) -> list[tuple[str, str]]:
    with reading() as db:
        rows = db.exec(select(Mail).where(col(Mail.recipient) == address_of(db, judge_id))).all()
        return [(row.subject, row.text) for row in rows if "score" in row.subject and "waiting" not in row.subject]


def test_what_is_suggested_is_asked_for_in_its_order_and_nothing_else(database: Given) -> None:
    story, analysis = analysed_panel()
    before = pairs(story)
    wanted = analysis.shown.suggestions.cards[:3]

    answer = asked(story, analysis, 3)

    assert pairs(story) - before == {(card.entry_id, card.judge_id) for card in wanted}
    finished = {judge.judge_id for judge in analysis.judges if judge.finished}
    asked_of = {card.judge_id for card in wanted}
    assert answer == Asked(3, len(asked_of), len(asked_of & finished))


def test_a_judge_who_has_finished_begins_again_and_can_score_only_what_is_new(database: Given) -> None:
    story, analysis = analysed_panel()
    number, card = first(analysis, finished=True)
    before = cards_of(story, card.judge_id)
    assert [editable for _, editable, _ in before.values()] == [False] * len(before)

    asked(story, analysis, number)

    after = cards_of(story, card.judge_id)
    assert {entry for entry, (_, editable, _) in after.items() if editable} == after.keys() - before.keys()
    assert card.entry_id in after.keys() - before.keys()
    give(story, card.judge_id, after[card.entry_id][0], 5)
    earlier = next(key for key, _, _ in before.values())
    with pytest.raises(Closed, match="Its scores stand as they are"):
        give(story, card.judge_id, earlier, 1)
    judge = Actor(card.judge_id)
    [seat] = ask(own_seats, judge)
    assert (seat.finished_at, len(ask(judges_list, judge, stage_id=story.stage_id).lines)) == (None, len(after))


def test_who_was_asked_again_finishes_when_what_is_new_is_scored(sqlite: Given) -> None:
    story, analysis = analysed_panel()
    number, card = first(analysis, finished=True)
    asked(story, analysis, number)
    judge = Actor(card.judge_id)
    with pytest.raises(Invalid, match="not scored to the end"):
        do(finish_judging, judge, stage_id=story.stage_id)

    for assignment, editable, _ in cards_of(story, card.judge_id).values():
        if editable:
            give(story, card.judge_id, assignment, 4)
    do(finish_judging, judge, stage_id=story.stage_id)

    lines = ask(judges, story.secretariat, stage_id=story.stage_id)
    assert next(line for line in lines if line.person_id == card.judge_id).finished_at is not None


def test_a_judge_who_still_scores_can_go_on_changing_what_they_have(database: Given) -> None:
    story, analysis = analysed_panel()
    number, card = first(analysis, finished=False)
    assert card.judge_id == story.judges[STILL_SCORES].person_id
    before = cards_of(story, card.judge_id)

    asked(story, analysis, number)

    after = cards_of(story, card.judge_id)
    assert after.keys() > before.keys()
    assert all(editable for _, editable, _ in after.values())


def test_each_judge_who_is_asked_gets_one_mail_that_says_how_many_and_until_when(database: Given) -> None:
    story, analysis = analysed_panel()
    number = len(analysis.shown.suggestions.cards)
    counts: dict[UUID, int] = {}
    for card in analysis.shown.suggestions.cards:
        counts[card.judge_id] = counts.get(card.judge_id, 0) + 1

    asked(story, analysis, number)

    for judge in analysis.judges:
        mails = mails_to(judge.judge_id)
        assert len(mails) == (judge.judge_id in counts)
        for subject, text in mails:
            _says(judge, counts[judge.judge_id], subject, text)


def _says(judge: JudgeNamed, count: int, subject: str, text: str) -> None:
    assert subject == f"Would you score {count} more {'entry' if count == 1 else 'entries'}?"
    assert "30 April 2027" in text
    assert ("they stand as they are" in text) is judge.finished
    assert not [name for name in TEAMS.values() if name in text]


def test_a_judge_who_turned_out_to_be_in_conflict_is_not_asked_and_the_list_is_old(database: Given) -> None:
    story, analysis = analysed_panel()
    card = analysis.shown.suggestions.cards[0]
    team = next(name for name, entry_id in story.entries.items() if entry_id == card.entry_id)
    do(state_conflicts, Actor(card.judge_id), stage_id=story.stage_id, statements=(TEAMS[team],))
    before = pairs(story)

    with pytest.raises(Stale, match="can no longer be asked"):
        asked(story, analysis, 1)

    assert pairs(story) == before
    work()
    later = {(each.entry_id, each.judge_id) for each in newest(story).shown.suggestions.cards}
    assert (card.entry_id, card.judge_id) not in later


def test_a_judge_is_asked_for_no_more_than_their_own_limit(database: Given) -> None:
    story, analysis = analysed_panel()
    card = analysis.shown.suggestions.cards[0]

    def limit(db: Session) -> None:
        seat = db.exec(select(PanelMember).where(col(PanelMember.person_id) == card.judge_id)).one()
        seat.load = 0
        db.add(seat)

    transact(limit)

    with pytest.raises(Stale, match="can no longer be asked"):
        asked(story, analysis, 1)


def test_a_judge_who_is_away_until_judging_closes_is_asked_for_nothing_more(sqlite: Given) -> None:
    story, analysis = analysed_panel()
    judge_id = analysis.shown.suggestions.cards[0].judge_id
    [line] = [line for line in ask(judges, story.secretariat, stage_id=story.stage_id) if line.person_id == judge_id]
    away = {"away_from": now_in(story), "away_until": JUDGING_CLOSES.date()}
    about = {"stage_id": story.stage_id, "person_id": judge_id, "version": line.version}
    do(set_availability, story.secretariat, **about, **away)
    with pytest.raises(Stale, match="can no longer be asked"):
        asked(story, analysis, 1)

    work()

    assert judge_id not in {card.judge_id for card in newest(story).shown.suggestions.cards}


@pytest.mark.parametrize("number", [0, -1, 10_000])
def test_a_number_that_was_not_suggested_is_refused_and_says_how_many_were(sqlite: Given, number: int) -> None:
    story, analysis = analysed_panel()
    before = pairs(story)

    with pytest.raises(Invalid, match=f"between 1 and {len(analysis.shown.suggestions.cards)} scorecards"):
        asked(story, analysis, number)

    assert pairs(story) == before


def test_where_nothing_is_suggested_nothing_can_be_asked_for(sqlite: Given) -> None:
    story = told(Chapter.SCORED)  # both judges have both entries
    work()

    with pytest.raises(Invalid, match="None is suggested"):
        asked(story, newest(story), 1)


def test_an_analysis_that_is_not_the_newest_any_more_is_refused(database: Given) -> None:
    story, analysis = analysed_panel()
    asked(story, analysis, 1)
    work()
    later = newest(story)
    assert later.id != analysis.id
    before = pairs(story)

    for key in (analysis.id, uuid4()):
        with pytest.raises(Stale, match="Scores have changed"):
            do(ask_for_scorecards, story.secretariat, stage_id=story.stage_id, analysis_id=key, number=1)

    assert pairs(story) == before


def test_nothing_is_asked_for_twice_even_before_there_is_another_analysis(database: Given) -> None:
    story, analysis = analysed_panel()
    card = analysis.shown.suggestions.cards[0]
    asked(story, analysis, 1)
    before = pairs(story)

    with pytest.raises(Stale, match="can no longer be asked"):
        asked(story, analysis, 2)

    assert pairs(story) == before
    assert len(mails_to(card.judge_id)) == 1
    work()
    later = {(each.entry_id, each.judge_id) for each in newest(story).shown.suggestions.cards}
    assert not later & before


def test_the_secretariat_of_another_prize_and_judges_are_refused(database: Given) -> None:
    story, analysis = analysed_panel()
    other = told(Chapter.READY, "-next-door")
    before = pairs(story)

    for actor in (other.secretariat, story.judge, story.sponsor, story.designer):
        with pytest.raises(Refused):
            asked(story, analysis, 1, by=actor)

    assert pairs(story) == before


def test_when_judging_has_closed_or_ended_nobody_is_asked(sqlite: Given, clock: Clock) -> None:
    story, analysis = analysed_panel()
    before = pairs(story)
    clock.move_to(JUDGING_CLOSES + timedelta(milliseconds=1), stand_still=True)
    with pytest.raises(Closed, match="takes no scores now"):
        asked(story, analysis, 1)

    do(end_judging, story.secretariat, stage_id=story.stage_id)

    with pytest.raises(Closed, match="takes no scores now"):
        asked(story, analysis, 1)
    assert pairs(story) == before


def test_before_there_is_an_analysis_nothing_can_be_asked_for(sqlite: Given) -> None:
    story = scored_panel()
    before = pairs(story)

    with pytest.raises(Stale, match="Look again"):
        do(ask_for_scorecards, story.secretariat, stage_id=story.stage_id, analysis_id=uuid4(), number=1)

    assert pairs(story) == before
