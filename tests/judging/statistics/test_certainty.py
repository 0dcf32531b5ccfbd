"""Ranks with their intervals and the chance of the top, counted over joint draws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from judging.statistics.certainty import all_alike, expected_wrong, places_of, ranks, strict_rank, undecided


def test_places_are_counted_draw_by_draw() -> None:
    quality = np.array([[3, 1, 3, 3], [2, 2, 2, 1], [1, 3, 1, 2]], dtype=np.float32)

    found = ranks(np.array([2.5, 1.75, 1.75]), quality, top=1)

    assert found.rank.tolist() == [1, 2, 2]
    assert found.expected.tolist() == [1.5, 2.25, 2.25]
    assert found.chance_top.tolist() == [0.75, 0, 0.25]


@given(st.integers(1, 12), st.integers(1, 15), st.integers(0, 2**32 - 1), st.floats(0.5, 0.99))
def test_an_interval_holds_its_rank_and_all_but_its_tails(entries: int, top: int, seed: int, confidence: float) -> None:
    quality = np.random.default_rng(seed).normal(size=(entries, 200)).astype(np.float32)
    places = 1 + np.array([[(quality[:, d] > quality[i, d]).sum() for d in range(200)] for i in range(entries)])

    found = ranks(quality.mean(axis=1), quality, top, confidence)

    tail = (1 - confidence) / 2 + 1e-9
    for one in range(entries):
        low = max(r for r in range(1, entries + 1) if (places[one] < r).mean() <= tail)
        high = min(r for r in range(1, entries + 1) if (places[one] > r).mean() <= tail)
        assert found.low[one] == min(low, found.rank[one])
        assert found.high[one] == max(high, found.rank[one])
    assert found.chance_top.sum() == pytest.approx(min(top, entries))
    np.testing.assert_allclose(found.expected, places.mean(axis=1))


def test_more_than_fifty_thousand_entries_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match="50001 entries are compared; at most 50,000"):
        ranks(np.zeros(50_001), np.zeros((50_001, 1), dtype=np.float32), 10)


def test_equal_scores_share_the_better_rank() -> None:
    assert strict_rank(np.array([5.0, 7.0, 7.0, 1.0])).tolist() == [3, 1, 1, 4]


def test_scores_that_differ_by_how_sums_were_rounded_share_their_rank() -> None:
    assert places_of([0.1 + 0.2, 0.3, None, 0.2]) == [1, 1, None, 3]


def test_where_nothing_tells_entries_apart_each_has_the_same_chance() -> None:
    found = all_alike(4, 1)

    assert found.chance_top.tolist() == [0.25] * 4
    assert (found.low.tolist(), found.high.tolist(), found.expected.tolist()) == ([1] * 4, [4] * 4, [2.5] * 4)


def test_undecided_are_those_neither_in_nor_out() -> None:
    assert undecided(np.array([0.05, 0.1, 0.11, 0.5, 0.89, 0.9, 1.0])).tolist() == [
        False, False, True, True, True, False, False,
    ]  # fmt: skip


def test_expected_wrong_is_the_doubt_about_those_chosen() -> None:
    assert expected_wrong(np.array([1.0, 0.3, 0.7]), 2) == pytest.approx(0.3)
    assert expected_wrong(np.array([0.9]), 5) == pytest.approx(0.1)
