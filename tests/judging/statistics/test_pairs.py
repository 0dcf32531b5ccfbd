from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from judging.statistics.krippendorff import krippendorff_alpha
from judging.statistics.pairs import disagreeing_pairs
from judging.statistics.ratings import Panel


def panel(cards: list[tuple[int, int, float]]) -> Panel:
    entry, judge, total = zip(*cards, strict=True)
    return Panel(np.array(entry), np.array(judge), np.array(total, dtype=float), max(entry) + 1, max(judge) + 1)


def test_the_pair_that_differs_most_is_named_with_the_direction_of_its_difference() -> None:
    cards = [(entry, judge, 5.0 + 3 * (judge == 2)) for entry in range(4) for judge in (0, 1, 2) if entry or judge]

    found = disagreeing_pairs(panel(cards))

    assert [(one.judge, one.other, one.entries) for one in found] == [(1, 2, 4), (0, 2, 3)]
    assert found[0].difference == -3
    assert found[0].apart == 3
    assert sum(one.share for one in found) == pytest.approx(1)


def test_where_all_agree_no_pair_is_named() -> None:
    assert disagreeing_pairs(panel([(0, 0, 4), (0, 1, 4), (1, 0, 2), (1, 1, 2)])) == ()


def test_judges_who_share_no_entry_are_no_pair() -> None:
    assert disagreeing_pairs(panel([(0, 0, 4), (1, 1, 2)])) == ()


def test_no_more_pairs_are_named_than_asked_for() -> None:
    random = np.random.default_rng(5)
    cards = [(entry, judge, float(random.normal())) for entry in range(6) for judge in range(6)]
    assert len(disagreeing_pairs(panel(cards), most=3)) == 3
    with pytest.raises(ValueError, match="most is -1"):
        disagreeing_pairs(panel(cards), most=-1)


@given(st.integers(0, 10_000))
def test_the_shares_are_those_of_the_disagreement_in_alpha(seed: int) -> None:
    random = np.random.default_rng(seed)
    entries, judges = int(random.integers(2, 9)), int(random.integers(2, 6))
    met = random.random((entries, judges)) < 0.7
    totals = random.integers(0, 5, (entries, judges)).astype(float)
    cards = [(i, j, totals[i, j]) for i in range(entries) for j in range(judges) if met[i, j]]
    if not cards:
        return
    one = panel(cards)

    every = disagreeing_pairs(one, most=1000)

    observed = 0.0
    for i in range(entries):
        own = totals[i, met[i]]
        if len(own) > 1:
            observed += sum((a - b) ** 2 for at, a in enumerate(own) for b in own[at + 1 :]) / (len(own) - 1)
    if observed == 0:
        assert every == ()
        return
    for pair in every:
        both = met[:, pair.judge] & met[:, pair.other]
        apart = totals[both, pair.judge] - totals[both, pair.other]
        assert pair.entries == both.sum()
        assert pair.share == pytest.approx((apart**2 / (met[both].sum(axis=1) - 1)).sum() / observed)
        assert pair.share > pair.usual
    pairable = [list(totals[i, met[i]]) for i in range(entries) if met[i].sum() > 1]
    alpha = krippendorff_alpha(pairable)
    n = sum(map(len, pairable))
    every_total = np.concatenate([np.array(one) for one in pairable])
    expected = 2 * ((every_total - every_total.mean()) ** 2).sum() / (n - 1)
    if alpha is not None:
        assert 1 - 2 * observed / n / expected == pytest.approx(alpha)
