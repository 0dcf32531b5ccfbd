"""What is said of each judge, from small panels whose answers can be seen."""

from __future__ import annotations

import numpy as np
import pytest

from judging.statistics.fair import adjusted
from judging.statistics.judges import agreement_with_others, drift, halo, judge_lines, scale_used
from judging.statistics.ratings import Panel, Ratings
from judging.statistics.streams import streams
from judging.statistics.totals import totals
from tests.judging.statistics.prizes import prize


def complete(scores: np.ndarray) -> Panel:
    """Entries × judges, everything scored."""
    entries, judges = scores.shape
    return Panel(
        np.repeat(np.arange(entries), judges), np.tile(np.arange(judges), entries), scores.ravel(), entries, judges
    )


def ratings_of(panel: Panel, criteria: int = 1, random: np.random.Generator | None = None) -> Ratings:
    submission, judge, criterion, score = [], [], [], []
    for entry, who, total in zip(panel.submission, panel.judge, panel.total, strict=True):
        for one in range(criteria):
            submission.append(f"E{entry:03}")
            judge.append(f"J{who:03}")
            criterion.append(f"c{one}")
            score.append(total + (random.normal() if random else 0))
    return Ratings.of(submission, judge, criterion, score)


def test_agreement_with_others_is_the_correlation_with_their_adjusted_mean() -> None:
    scores = np.random.default_rng(1).normal(5, 1, (9, 4))
    severity = np.array([0.5, -0.5, 0.2, -0.2])

    found, _ = agreement_with_others(complete(scores), severity)

    for one in range(4):
        others = np.delete(scores + severity, one, axis=1).mean(axis=1)
        assert found[one] == pytest.approx(np.corrcoef(scores[:, one], others)[0, 1])


def test_agreement_wants_five_shared_entries() -> None:
    scores = np.random.default_rng(1).normal(5, 1, (4, 3))

    found, why = agreement_with_others(complete(scores), np.zeros(3))

    assert np.isnan(found).all()
    assert why.startswith("fewer than 5 entries")


def test_a_judge_whose_criteria_follow_one_impression_has_a_halo() -> None:
    random = np.random.default_rng(2)
    submission, judge, criterion, score = [], [], [], []
    for entry in range(40):
        true = random.normal(5, 1, 3)  # criteria that have nothing to do with each other
        for who in range(8):
            seen = np.full(3, true.mean()) if who == 0 else true
            for one in range(3):
                submission.append(f"E{entry}")
                judge.append(f"J{who}")
                criterion.append(f"c{one}")
                score.append(seen[one] + random.normal(0, 0.1))

    found, _ = halo(Ratings.of(submission, judge, criterion, score))

    assert found[0] > 0.7
    assert np.abs(found[1:]).max() < 0.3


def test_halo_wants_two_criteria_and_eight_cards() -> None:
    few = ratings_of(complete(np.random.default_rng(1).normal(5, 1, (7, 3))), 2, np.random.default_rng(1))

    assert halo(ratings_of(complete(np.eye(9))))[1] == "there is one criterion"
    assert np.isnan(halo(few)[0]).all()


def test_scale_used_is_the_middle_nine_tenths_of_the_scale() -> None:
    found, _ = scale_used(ratings_of(complete(np.column_stack([np.linspace(0, 10, 101), np.full(101, 5.0)]))), (0, 10))

    assert found.tolist() == pytest.approx([0.9, 0.0])


def test_a_judge_who_scores_higher_and_higher_drifts() -> None:
    random = np.random.default_rng(3)
    made = prize(random, 60, 4, 4, step=0).panel
    order = np.empty(made.cards)
    for one in range(4):
        own = np.flatnonzero(made.judge == one)
        order[own] = random.permutation(len(own))
    moved = made.total + np.where(made.judge == 1, 0.05 * order, 0)
    panel = Panel(made.submission, made.judge, moved, 60, 4, order)

    found, _ = drift(panel, adjusted(panel, streams(0).posterior))

    # A twentieth of a point a card is half a point in ten, a part of which the entries' own scores take up.
    assert 0.2 < found[1] < 0.6
    assert np.abs(np.delete(found, 1)).max() < 0.2


def test_cards_without_an_order_are_left_out_of_drift() -> None:
    made = prize(np.random.default_rng(3), 60, 4, 4, step=0).panel
    order = np.arange(made.cards, dtype=float)
    of_one = made.judge == 1
    order[of_one] = np.nan
    panel = Panel(made.submission, made.judge, made.total, 60, 4, order)
    whole = Panel(made.submission, made.judge, made.total, 60, 4, np.arange(made.cards, dtype=float))

    found, _ = drift(panel, adjusted(panel, streams(0).posterior))
    without_gaps, _ = drift(whole, adjusted(whole, streams(0).posterior))

    assert np.isnan(found).tolist() == [False, True, False, False]
    assert np.delete(found, 1).tolist() == np.delete(without_gaps, 1).tolist()


def test_without_an_order_nobody_knows_of_drift() -> None:
    made = prize(np.random.default_rng(3), 20, 4, 3).panel

    found, why = drift(made, adjusted(made, streams(0).posterior))

    assert np.isnan(found).all()
    assert why == "nobody knows in which order the cards were scored"


def test_a_severe_judge_is_described_and_the_others_are_not() -> None:
    made = prize(np.random.default_rng(4), 80, 8, 4, step=0).panel
    harsh = ratings_of(Panel(made.submission, made.judge, made.total - 2.0 * (made.judge == 3), 80, 8))
    scored = totals(harsh)

    lines = judge_lines(harsh, scored, adjusted(scored.panel, streams(0).posterior), ends=(0, 10), step=0.5)

    assert [line.scorecards for line in lines] == [40] * 8
    assert lines[3].remarks[0].startswith("scores lower by 1.")
    assert lines[3].severity_low < lines[3].severity < lines[3].severity_high
    assert [line.remarks for line in lines if line.judge != 3] == [()] * 7


@pytest.mark.prove
def test_judges_who_are_all_alike_are_hardly_ever_remarked_on(fresh: int) -> None:
    random = np.random.default_rng(5 + fresh)
    remarked = 0
    for _ in range(60):
        rows = ratings_of(prize(random, 60, 12, 3).panel)
        scored = totals(rows)
        found = adjusted(scored.panel, random)
        remarked += any(line.remarks for line in judge_lines(rows, scored, found, ends=(0, 10), step=0.5))
    assert remarked <= 6  # raw tests remark on somebody in 32 % of prizes
