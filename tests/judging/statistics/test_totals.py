from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from judging.statistics.ratings import Ratings
from judging.statistics.totals import totals

cells = st.dictionaries(
    st.tuples(st.sampled_from("ABCD"), st.sampled_from("xyz"), st.sampled_from("abc")), st.integers(0, 10), min_size=1
)


def ratings(*rows: tuple[str, str, str, float], order: list[float] | None = None) -> Ratings:
    submission, judge, criterion, score = zip(*rows, strict=True)
    return Ratings.of(submission, judge, criterion, score, order)


def from_cells(scored: dict[tuple[str, str, str], int], factor: float = 1, constant: float = 0) -> Ratings:
    return ratings(*((*key, factor * score + constant) for key, score in scored.items()))


def test_a_total_is_the_weighted_mean_on_the_rubrics_own_scale():
    found = totals(
        ratings(("A", "x", "a", 4), ("A", "x", "b", 8), ("A", "y", "a", 5), ("A", "y", "b", 5)), {"a": 3, "b": 1}
    )

    assert found.panel.total.tolist() == [5.0, 5.0]
    assert found.complete.tolist() == [True, True]
    assert (found.mean, found.reasons) == ((5.0,), (None,))
    assert (found.scorecards, found.filled, found.incomplete_scorecards) == ((2,), (0,), 0)


def test_without_weights_every_criterion_counts_the_same():
    found = totals(ratings(("A", "x", "a", 4), ("A", "x", "b", 7), ("A", "x", "c", 10)))
    assert (found.panel.total.tolist(), found.weights) == ([7.0], (1.0, 1.0, 1.0))


def test_a_missing_cell_is_filled_with_the_criterions_mean_and_the_entrys_mean_deviation():
    found = totals(
        ratings(
            ("A", "x", "a", 6),
            ("A", "x", "b", 8),
            ("A", "y", "a", 7),  # b is missing
            ("B", "x", "a", 2),
            ("B", "x", "b", 4),
        ),
        {"a": 1, "b": 3},
    )

    # The criteria's means are 5 and 6; entry A deviates by 1, 2 and 2, on average 5/3.
    filled = 6 + 5 / 3
    assert found.panel.total.tolist() == pytest.approx([7.5, (7 + 3 * filled) / 4, 3.5])
    assert found.complete.tolist() == [True, False, True]
    assert (found.filled, found.scorecards, found.incomplete_scorecards) == ((1, 0), (2, 1), 1)
    assert found.mean == pytest.approx(((6.5 + 3 * 8) / 4, 3.5))


def test_an_entry_without_a_score_on_a_criterion_has_no_mean_and_still_a_total():
    found = totals(ratings(("A", "x", "a", 6), ("B", "x", "a", 2), ("B", "x", "b", 4)))

    assert (found.mean, found.reasons) == ((None, 3.0), ("no judge scored the criterion 'b'", None))
    assert found.panel.total.tolist() == [6.0, 3.0]  # b is filled with 4 + (6 - 4)
    assert found.filled == (1, 0)


def test_a_criterion_of_weight_nought_is_not_in_the_total():
    found = totals(
        ratings(("A", "x", "a", 6), ("A", "x", "b", 1), ("A", "y", "b", 9), ("B", "y", "b", 9)), {"a": 2, "b": 0}
    )

    assert (found.panel.submission.tolist(), found.panel.judge.tolist(), found.panel.total.tolist()) == (
        [0],
        [0],
        [6.0],
    )
    assert (found.panel.submissions, found.panel.judges) == (2, 2)
    assert (found.mean, found.reasons) == ((6.0, None), (None, "no judge scored a criterion that counts"))
    assert (found.scorecards, found.incomplete_scorecards) == ((1, 0), 0)


def test_the_total_of_one_criterion_is_its_score_to_the_last_bit():
    scores = np.random.default_rng(0).normal(size=200)
    rows = [("A", f"{judge:03}", "a", score) for judge, score in enumerate(scores)]
    assert totals(ratings(*rows), {"a": 0.3}).panel.total.tolist() == scores.tolist()


def test_a_card_was_given_at_the_mean_order_of_its_scores_that_count():
    rows = ("A", "x", "a", 6), ("A", "x", "b", 1), ("A", "x", "c", 1), ("B", "x", "a", 2)
    found = totals(ratings(*rows, order=[1, 3, 100, 7]), {"a": 1, "b": 1, "c": 0})
    assert found.panel.order.tolist() == [2.0, 7.0]
    assert totals(ratings(*rows)).panel.order is None


def test_no_scores_give_no_cards():
    found = totals(Ratings.of([], [], [], []))
    assert (found.panel.cards, found.mean, found.incomplete_scorecards) == (0, (), 0)


def test_huge_weights_do_not_overflow():
    assert totals(ratings(("A", "x", "a", 4), ("A", "x", "b", 8)), {"a": 1e308, "b": 1e308}).mean == (6.0,)


@given(cells, st.tuples(*[st.integers(0, 3)] * 3).filter(any), st.sampled_from([0.5, 2.0, 100.0]), st.integers(-50, 50))
def test_a_factor_multiplies_totals_and_means_and_a_constant_shifts_them(scored, weights, factor, constant):
    names = {key[2] for key in scored}
    given_weights = {name: weight for name, weight in zip("abc", weights, strict=True) if name in names}
    if not any(given_weights.values()):
        return
    before = totals(from_cells(scored), given_weights)
    after = totals(from_cells(scored, factor, constant), given_weights)

    assert after.panel.total == pytest.approx(before.panel.total * factor + constant, abs=1e-9)
    assert (after.filled, after.scorecards, after.reasons) == (before.filled, before.scorecards, before.reasons)
    for one, other in zip(after.mean, before.mean, strict=True):
        assert one is None if other is None else one == pytest.approx(other * factor + constant, abs=1e-9)


@given(cells)
def test_every_card_lies_where_its_own_definition_says(scored):
    found = totals(from_cells(scored), {name: 1 + ord(name) - ord("a") for name in {key[2] for key in scored}})
    criteria = sorted({key[2] for key in scored})
    weight = {name: 1 + ord(name) - ord("a") for name in criteria}
    centre = {c: np.mean([x for key, x in scored.items() if key[2] == c]) for c in criteria}
    cards = sorted({key[:2] for key in scored})
    for card, total, complete in zip(cards, found.panel.total, found.complete, strict=True):
        entry = card[0]
        deviation = np.mean([x - centre[key[2]] for key, x in scored.items() if key[0] == entry])
        values = [scored.get((*card, c), centre[c] + deviation) for c in criteria]
        expected = sum(weight[c] * x for c, x in zip(criteria, values, strict=True)) / sum(weight.values())
        assert total == pytest.approx(expected, abs=1e-9)
        assert complete == all((*card, c) in scored for c in criteria)
