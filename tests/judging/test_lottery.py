"""Last places drawn by lot: committed to, frozen, drawn once, told to nobody early, and repeated by anybody."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from accounts.actors import STRANGER
from accounts.models import Role
from judging.decisions import DecisionLine, confirm_decisions, decide_entry, decisions, decisions_seen
from judging.due_diligence import Found, record_checks
from judging.lots import LotList, LotsError, commitment_to, drawn, redrawn, written
from judging.lottery import LeftOut, draw_places, draw_shown, freeze_list, public_draw_file, public_draws
from judging.models import Outcome, StageAnalysis
from judging.outcome_models import Check, Finding
from judging.release import own_outcome, release_decisions
from prize.changes import change_drawing
from prize.models import Prize
from prize.publication import public_prize
from prize.running import cancel_prize
from prize.stages import stages
from storage.database import reading, transact
from storage.errors import Closed, Invalid, LaurelError, Refused, Stale
from tests.databases import Given
from tests.judging.panels import close_entries, frozen_panel, undecided_panel
from tests.judging.test_conflicted_staff import conflicted
from tests.modules import ROOT
from tests.pages.public import get
from tests.pages.visiting import tables, visit, words
from tests.stories import SLUG, Chapter, Story, pass_checks, told
from tests.world import ask, do

ONE_PLACE = {"places": 1, "outcome": Outcome.FINALIST}


def commitment(story: Story) -> str:
    [shown] = ask(public_draws, STRANGER, slug=SLUG)
    return shown.commitment


def decide_the_rest(story: Story) -> None:
    for line in ask(decisions, story.secretariat, stage_id=story.stage_id).lines:
        if line.outcome is None:
            rest = {"outcome": Outcome.NOT_SELECTED, "reason": "Others were clearer."}
            do(decide_entry, story.secretariat, entry_id=line.entry_id, **rest)


def confirm(story: Story) -> None:
    seen = ask(decisions_seen, story.sponsor, stage_id=story.stage_id)
    do(confirm_decisions, story.sponsor, stage_id=story.stage_id, seen=seen)


def released(story: Story) -> None:
    decide_the_rest(story)
    confirm(story)
    transact(lambda db: pass_checks(db, story.secretariat, story.stage_id))
    do(release_decisions, story.secretariat, stage_id=story.stage_id)


def run(path: Path) -> subprocess.CompletedProcess[str]:
    """With Python alone: no package that is installed is found."""
    command = [sys.executable, "-S", "-m", "judging", "draw", str(path)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=60)


def test_the_public_page_has_a_commitment_once_judging_has_begun_and_nothing_else(
    database: Given,
) -> None:
    story, digest = frozen_panel()
    before = ask(public_draws, STRANGER, slug=SLUG)[0]
    assert before.commitment.startswith("sha256:")
    assert (before.seed, before.tickets, before.list_text) == ("", (), "")
    with pytest.raises(Refused):
        ask(public_draw_file, STRANGER, slug=SLUG, position=1)

    do(draw_places, story.secretariat, stage_id=story.stage_id, seen=digest)

    assert ask(public_draws, STRANGER, slug=SLUG) == (before,)


def test_the_public_page_says_of_a_cancelled_stage_that_nothing_is_drawn(sqlite: Given) -> None:
    story, _ = frozen_panel()
    with reading() as db:
        version = db.get_one(Prize, story.prize_id).version
    do(cancel_prize, story.owner, prize_id=story.prize_id, version=version, reason="The money is gone.")

    body = get(f"/prizes/{SLUG}").body

    assert "This stage was cancelled, so no place of it is given by lot" in body
    assert "until the results are released" not in body


def test_a_drawn_entry_that_fails_a_check_is_not_said_to_have_won(sqlite: Given) -> None:
    story, digest = frozen_panel()
    do(draw_places, story.secretariat, stage_id=story.stage_id, seen=digest)
    decide_the_rest(story)
    confirm(story)
    lines = ask(decisions, story.secretariat, stage_id=story.stage_id).lines
    first = next(line.entry_id for line in lines if line.outcome is Outcome.FINALIST)
    failed = (Found(Check.SANCTIONS, Finding.FAIL, "The owner stands on a list."),)
    do(record_checks, story.secretariat, entry_id=first, findings=failed, version=0)

    released(story)

    body = get(f"/prizes/{SLUG}").body
    assert "Drawn for a place</span>" in body
    assert ">Won<" not in body


def test_a_stage_whose_rules_allow_no_draw_has_no_commitment_and_no_draw(sqlite: Given) -> None:
    story = told(Chapter.JUDGED)

    assert ask(public_draws, STRANGER, slug=SLUG) == ()
    with pytest.raises(Closed, match="do not let places be drawn"):
        ask(draw_shown, story.secretariat, stage_id=story.stage_id)


def test_whether_last_places_are_drawn_is_announced_when_it_changes_and_stands_once_judging_has_begun(
    sqlite: Given,
) -> None:
    story, _ = undecided_panel()
    assert [line.what for line in ask(public_prize, STRANGER, slug=SLUG).changes] == [
        "First stage: the last places may be drawn by lot"
    ]

    stage = {"prize_id": story.prize_id, "stage_id": story.stage_id, "reason": "We would rather choose."}
    [shown] = ask(stages, story.secretariat, prize_id=story.prize_id)
    with pytest.raises(Closed, match="stands since judging began"):
        do(change_drawing, story.secretariat, **stage, version=shown.version, may_draw=False)


def test_the_band_of_the_newest_analysis_is_drawn_and_whoever_is_left_out_has_a_reason_on_record(
    database: Given,
) -> None:
    story, analysis = undecided_panel()
    close = close_entries(analysis)
    assert len(close) >= 3
    shown = ask(draw_shown, story.secretariat, stage_id=story.stage_id)
    assert {line.entry_id for line in shown.band} == set(close)
    assert (shown.free, shown.waiting, shown.analysis_id) == (1, False, analysis.id)
    where = {"stage_id": story.stage_id, "analysis_id": analysis.id}

    left_out = (LeftOut(close[-1], "It asked to be taken out."),)
    digest = do(freeze_list, story.secretariat, **where, **ONE_PLACE, left_out=left_out)

    frozen = ask(draw_shown, story.secretariat, stage_id=story.stage_id).frozen
    assert frozen is not None
    assert frozen.digest == digest == f"sha256:{hashlib.sha256(frozen.text.encode()).hexdigest()}"
    assert len(frozen.entries) == len(close) - 1
    assert [reason for _, reason in frozen.left_out] == ["It asked to be taken out."]
    with pytest.raises(Closed, match="frozen once"):
        do(freeze_list, story.secretariat, **where, **ONE_PLACE)


def test_whoever_is_left_out_needs_a_reason_whatever_is_decided_and_the_list_names_it(
    sqlite: Given, tmp_path: Path
) -> None:
    story, analysis = undecided_panel()
    favourite = close_entries(analysis)[-1]
    left_out = (LeftOut(favourite, "It asked to be taken out."),)
    where = {"stage_id": story.stage_id, "analysis_id": analysis.id}
    digest = do(freeze_list, story.secretariat, **where, **ONE_PLACE, left_out=left_out)
    do(draw_places, story.secretariat, stage_id=story.stage_id, seen=digest)
    decide_the_rest(story)
    with pytest.raises(Invalid, match="1 choice departs from the published rules without a reason"):
        confirm(story)
    page = visit(story.sponsor, "confirm")
    assert "It was left out of the draw: It asked to be taken out." in words(page)

    rest = {"outcome": Outcome.NOT_SELECTED, "reason": "Others were clearer.", "override": "It has left the field."}
    do(decide_entry, story.secretariat, entry_id=favourite, **rest, version=1)
    released(story)

    [shown] = ask(public_draws, STRANGER, slug=SLUG)
    lines = ask(decisions, story.secretariat, stage_id=story.stage_id).lines
    [code] = [line.code for line in lines if line.entry_id == favourite]
    assert shown.left_out == (code,)
    assert f'"left_out":["{code}"]' in shown.list_text
    assert f"Left out of the list, though scores did not decide about it either: {code}." in get(f"/prizes/{SLUG}").body
    path = tmp_path / "draw.json"
    path.write_bytes(ask(public_draw_file, STRANGER, slug=SLUG, position=1).content)
    assert f"Left out of the list: {code}" in redrawn(path)


def test_a_reason_for_leaving_out_that_changes_after_the_sponsor_read_it_has_to_be_read_again(sqlite: Given) -> None:
    story, analysis = undecided_panel()
    left_out = (LeftOut(close_entries(analysis)[-1], "It asked to be taken out."),)
    where = {"stage_id": story.stage_id, "analysis_id": analysis.id}
    before = ask(decisions_seen, story.sponsor, stage_id=story.stage_id)

    do(freeze_list, story.secretariat, **where, **ONE_PLACE, left_out=left_out)

    assert ask(decisions_seen, story.sponsor, stage_id=story.stage_id) != before


def test_whoever_was_drawn_as_a_reserve_moves_up_before_one_that_was_chosen_by_hand(sqlite: Given) -> None:
    story, analysis = undecided_panel()
    band = close_entries(analysis)
    by_hand = next(line for line in reversed(analysis.shown.ranking) if line.entry_id not in band)
    do(decide_entry, story.secretariat, entry_id=by_hand.entry_id, outcome=Outcome.RESERVE, reason="Rather this one.")
    where = {"stage_id": story.stage_id, "analysis_id": analysis.id}
    digest = do(freeze_list, story.secretariat, **where, **ONE_PLACE)

    do(draw_places, story.secretariat, stage_id=story.stage_id, seen=digest)

    tickets = ask(draw_shown, story.secretariat, stage_id=story.stage_id).tickets
    lines = ask(decisions, story.sponsor, stage_id=story.stage_id).lines
    order = [line.code for line in sorted(lines, key=lambda line: line.reserve or 0) if line.reserve]
    assert order == [*(each.entry for each in tickets[1:]), by_hand.code]
    page = tables(visit(story.sponsor, "confirm"))
    assert sorted(order, key=page.index) == order


def test_a_drawn_winner_that_failed_by_mistake_gets_its_place_back_and_the_others_their_lots(sqlite: Given) -> None:
    story, digest = frozen_panel()
    do(draw_places, story.secretariat, stage_id=story.stage_id, seen=digest)
    decide_the_rest(story)
    confirm(story)
    first, second, *_ = [each.entry for each in ask(draw_shown, story.secretariat, stage_id=story.stage_id).tickets]

    def lines() -> dict[str, DecisionLine]:
        return {line.code: line for line in ask(decisions, story.secretariat, stage_id=story.stage_id).lines}

    def propose(code: str, outcome: Outcome) -> None:
        what = {"entry_id": lines()[code].entry_id, "outcome": outcome, "version": lines()[code].version}
        do(decide_entry, story.secretariat, **what, reason="The check was about somebody else.")

    def check(finding: Finding, version: int) -> None:
        found = (Found(Check.SANCTIONS, finding, "The owner's name."),)
        do(record_checks, story.secretariat, entry_id=lines()[first].entry_id, findings=found, version=version)

    before = {code: (line.outcome, line.reserve) for code, line in lines().items()}
    check(Finding.FAIL, 0)
    with pytest.raises(Invalid, match="The lot decides"):
        propose(second, Outcome.RESERVE)

    check(Finding.PASSES, 1)
    with pytest.raises(Invalid, match="The lot decides"):
        propose(first, Outcome.RESERVE)
    propose(second, Outcome.RESERVE)
    propose(first, Outcome.FINALIST)

    assert {code: (line.outcome, line.reserve) for code, line in lines().items()} == before
    with pytest.raises(Invalid, match="The lot decides"):
        propose(first, Outcome.FINALIST)
    confirm(story)


def test_a_choice_below_those_whom_the_lot_gave_no_place_departs(sqlite: Given) -> None:
    story, analysis = undecided_panel(places=2)
    band = close_entries(analysis)
    below = next(line.entry_id for line in reversed(analysis.shown.ranking) if line.entry_id not in band)
    where = {"stage_id": story.stage_id, "analysis_id": analysis.id}
    digest = do(freeze_list, story.secretariat, **where, **ONE_PLACE)
    do(draw_places, story.secretariat, stage_id=story.stage_id, seen=digest)

    do(decide_entry, story.secretariat, entry_id=below, outcome=Outcome.FINALIST, reason="Rather this one.")

    lines = ask(decisions, story.sponsor, stage_id=story.stage_id).lines
    departing = {line.entry_id: line.departs for line in lines if line.departs}
    assert departing == {below: ("It stands below an entry that is not chosen.",)}


def test_nobody_is_left_out_or_taken_in_by_hand(sqlite: Given) -> None:
    story, analysis = undecided_panel()
    clear = next(line.entry_id for line in analysis.shown.ranking if line.entry_id not in close_entries(analysis))
    where: dict[str, Any] = {"stage_id": story.stage_id, "analysis_id": analysis.id}

    def freeze(**given: Any) -> str:
        return do(freeze_list, story.secretariat, **{**where, **ONE_PLACE, **given})

    with pytest.raises(Invalid, match="only one that would be drawn"):
        freeze(left_out=(LeftOut(clear, "We would rather not."),))
    with pytest.raises(Invalid, match="1 place is free"):
        freeze(places=2)
    with pytest.raises(Invalid, match="nothing to draw"):
        freeze(left_out=tuple(LeftOut(key, "No.") for key in close_entries(analysis)[1:]))
    with pytest.raises(Invalid, match="a finalist's or a winner's"):
        freeze(outcome=Outcome.RESERVE)
    with pytest.raises(Stale, match="a newer analysis"):
        freeze(analysis_id=story.stage_id)


def test_entries_with_a_high_chance_are_decided_before_the_last_places_are_drawn(sqlite: Given) -> None:
    story, analysis = undecided_panel()

    def make_clear(db: Session) -> None:
        row = db.get_one(StageAnalysis, analysis.id)
        best, *others = row.shown["ranking"]
        row.shown = {**row.shown, "ranking": [{**best, "standing": "clear"}, *others]}
        db.add(row)

    transact(make_clear)

    assert ask(draw_shown, story.secretariat, stage_id=story.stage_id).clear == 1
    with pytest.raises(Invalid, match="1 entry has a high chance of a place and no decision"):
        do(freeze_list, story.secretariat, stage_id=story.stage_id, analysis_id=analysis.id, **ONE_PLACE)


def test_the_lowest_ticket_wins_the_others_are_reserves_in_order_and_it_is_drawn_once(database: Given) -> None:
    story, digest = frozen_panel()
    with pytest.raises(Stale, match="not the list that was frozen"):
        do(draw_places, story.secretariat, stage_id=story.stage_id, seen="sha256:another")

    count = do(draw_places, story.secretariat, stage_id=story.stage_id, seen=digest)

    with pytest.raises(Closed, match="drawn once"):
        do(draw_places, story.secretariat, stage_id=story.stage_id, seen=digest)
    shown = ask(draw_shown, story.secretariat, stage_id=story.stage_id)
    lines = {line.code: line for line in ask(decisions, story.secretariat, stage_id=story.stage_id).lines}
    order = [lines[each.entry] for each in shown.tickets]
    assert len(order) == count
    assert [line.outcome for line in order] == [Outcome.FINALIST] + [Outcome.RESERVE] * (count - 1)
    orders = database.sql("SELECT code, reserve_order FROM decision JOIN entry ON entry.id = decision.entry_id")
    assert dict(orders) == {each.entry: at or None for at, each in enumerate(shown.tickets)}
    assert "drawn by lot" in order[0].reason
    chosen = {"entry_id": order[1].entry_id, "outcome": Outcome.FINALIST, "reason": "Rather."}
    with pytest.raises(Invalid, match="The lot decides"):
        do(decide_entry, story.secretariat, **chosen, version=1)


def test_a_place_that_waits_for_the_draw_is_given_to_nobody_meanwhile(sqlite: Given) -> None:
    story, _ = frozen_panel()
    frozen = ask(draw_shown, story.secretariat, stage_id=story.stage_id).frozen
    assert frozen is not None
    lines = ask(decisions, story.secretariat, stage_id=story.stage_id).lines
    outside = next(line.entry_id for line in lines if line.code not in frozen.entries)

    with pytest.raises(Invalid, match="The only place is taken"):
        do(decide_entry, story.secretariat, entry_id=outside, outcome=Outcome.FINALIST, reason="The best.")


def test_who_is_shut_out_from_an_entry_of_the_stage_learns_nothing_of_the_draw_before_the_release(
    sqlite: Given,
) -> None:
    story, digest = frozen_panel()
    near = conflicted(story, Role.SECRETARIAT)
    sponsor = conflicted(story, Role.SPONSOR)
    outsider = story.entries["fred"]

    def said(command: Any, *arguments: Any, **named: Any) -> str:
        with pytest.raises(LaurelError) as refused:
            command(*arguments, stage_id=story.stage_id, **named)
        return refused.value.words

    answers = [
        said(ask, draw_shown, near),
        said(do, draw_places, near, seen=digest),
        said(ask, decisions, near),
        said(ask, decisions_seen, sponsor),
        said(do, confirm_decisions, sponsor, seen=digest),
    ]
    with pytest.raises(Refused) as refused:
        do(decide_entry, near, entry_id=outsider, outcome=Outcome.RESERVE, reason="Close.")

    assert {*answers, refused.value.words} == {answers[0]}
    assert "somebody else of the prize team" in answers[0]


def test_everybody_repeats_a_released_draw_from_its_file_and_by_hand(sqlite: Given, tmp_path: Path) -> None:
    story, digest = frozen_panel()
    published = commitment(story)
    do(draw_places, story.secretariat, stage_id=story.stage_id, seen=digest)
    released(story)
    [shown] = ask(public_draws, STRANGER, slug=SLUG)
    assert shown.commitment == published == f"sha256:{hashlib.sha256(shown.seed.encode()).hexdigest()}"
    by_hand = [
        subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=True).stdout.split()[0]
        for line in shown.commands
    ]
    assert by_hand == [published[7:], digest[7:], shown.tickets[0].ticket]
    path = tmp_path / "draw.json"
    path.write_bytes(ask(public_draw_file, STRANGER, slug=SLUG, position=1).content)

    done = run(path)

    assert done.returncode == 0, done.stderr
    assert f"1  wins  {shown.tickets[0].entry}" in done.stdout
    assert published in done.stdout
    winner = next(
        name
        for name, entry_id in story.entries.items()
        if (outcome := ask(own_outcome, story.entrants[name], entry_id=entry_id))
        and outcome.outcome is Outcome.FINALIST
    )
    said = ask(own_outcome, story.entrants[winner], entry_id=story.entries[winner])
    assert said is not None
    assert said.code == shown.tickets[0].entry
    near = conflicted(story, Role.DESIGNER)
    assert [(draw.withheld, draw.tickets, draw.seed) for draw in ask(public_draws, near, slug=SLUG)] == [(True, (), "")]


def test_a_stored_list_or_seed_that_was_tampered_with_is_not_drawn(sqlite: Given) -> None:
    story, digest = frozen_panel()
    sqlite.sql("UPDATE draw SET seed = :seed", seed="0" * 64)

    with pytest.raises(Invalid, match="not the one that was frozen"):
        do(draw_places, story.secretariat, stage_id=story.stage_id, seen=digest)


LOTS = LotList("a stage", commitment_to("ab" * 32), 1, ("BATO-12", "CEDI-34", "FUGA-56"))


def changed(name: str, value: Any) -> bytes:
    held = json.loads(written(LOTS, "ab" * 32, prize="Rivers", stage="First"))
    inside, _, last = name.rpartition(".")
    (held[inside] if inside else held)[last] = value
    return json.dumps(held).encode()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (changed("seed", "cd" * 32), "not the one that was committed to"),
        (changed("seed", 7), "“seed” is missing"),
        (changed("list.entries", ["BATO-12", "CEDI-34", "ZUZU-99"]), "The list was changed"),
        (changed("list.entries", ["CEDI-34", "BATO-12"]), "out of order"),
        (changed("list.places", 2), "The list was changed"),
        (changed("list.places", 3), "out of order"),
        (changed("list.left_out", ["ZUZU-99"]), "The list was changed"),
        (changed("list.left_out", ["CEDI-34"]), "who is left out stands there once"),
        (changed("list.left_out", 3), "holds something that no list has"),
        (changed("list.extra", 3), "holds something that no list has"),
        (changed("list_digest", "sha256:0"), "The list was changed"),
        (changed("tickets", []), "not those that come out"),
        (changed("won", ["ZUZU-99"]), "other entries won"),
        (changed("format", 2), "no file of a draw"),
        (b"\xff\xfe", "no JSON file"),
        (b"[" * 100_000, "no JSON file"),
        (b"[]", "no file of a draw"),
    ],
)
def test_the_command_says_what_is_wrong_with_a_file(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "draw.json"
    path.write_bytes(content)

    with pytest.raises(LotsError, match=words):
        redrawn(path)


def test_a_file_that_was_tampered_with_ends_the_command_with_words_and_no_traceback(tmp_path: Path) -> None:
    path = tmp_path / "draw.json"
    path.write_bytes(changed("seed", "cd" * 32))

    done = run(path)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("This seed is not the one that was committed to")


def test_each_entry_is_as_likely_to_win_as_any_other() -> None:
    wins = dict.fromkeys(LOTS.entries, 0)
    for number in range(3_000):
        seed = hashlib.sha256(str(number).encode()).hexdigest()
        lots = LotList(LOTS.stage, commitment_to(seed), 1, LOTS.entries)
        wins[drawn(lots, seed)[0].entry] += 1

    assert all(900 < count < 1_100 for count in wins.values()), wins
