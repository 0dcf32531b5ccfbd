"""Tests of whether a discussion has moved agreement, and whether that can be told."""

from __future__ import annotations

import random

import pytest

from judging.statistics.discussion import Totals, moved_by_discussion
from judging.statistics.krippendorff import krippendorff_alpha


def scored(entries: int, noise: float, seed: int = 3, judges: int = 3) -> Totals:
    """Totals of the same entries, whose judges differ by ``noise``."""
    dice, qualities = random.Random(seed), random.Random(7)
    means = [qualities.gauss(3, 0.8) for _ in range(entries)]
    return tuple(tuple(mean + dice.gauss(0, noise) for _ in range(judges)) for mean in means)


def test_alphas_before_and_after_are_those_of_krippendorff() -> None:
    before, after = scored(20, 1.0), scored(20, 0.2)

    moved = moved_by_discussion(before, after)

    assert moved.before.estimate == pytest.approx(krippendorff_alpha(before))
    assert moved.after.estimate == pytest.approx(krippendorff_alpha(after))
    assert moved.change == pytest.approx((moved.after.estimate or 0) - (moved.before.estimate or 0))


def test_judges_who_come_much_closer_are_told_from_chance_and_those_who_part_as_well() -> None:
    apart, close = scored(20, 1.0), scored(20, 0.2)

    for before, after, sign in ((apart, close, 1), (close, apart, -1)):
        moved = moved_by_discussion(before, after)
        assert moved.low is not None
        assert moved.high is not None
        assert moved.low * sign > 0 < moved.high * sign


def test_scores_that_stay_have_no_change_and_others_that_differ_as_much_have_none_that_can_be_told() -> None:
    before = scored(20, 0.6)

    same = moved_by_discussion(before, before)
    other = moved_by_discussion(before, scored(20, 0.6, seed=4))

    assert (same.change, same.low, same.high) == (0.0, 0.0, 0.0)
    assert other.low is not None
    assert other.high is not None
    assert other.low < 0 < other.high


def test_the_interval_of_the_change_covers_what_it_says() -> None:
    """Judges who differ before as much as after: at most one interval in ten or so leaves nothing out."""
    missed = 0
    for seed in range(30):
        before, after = (scored(15, 0.6, seed=2 * seed + at + 100) for at in (0, 1))
        moved = moved_by_discussion(before, after, resamples=100)
        assert moved.low is not None
        assert moved.high is not None
        missed += not moved.low <= 0 <= moved.high

    assert missed <= 5


def test_few_entries_have_alphas_and_no_interval() -> None:
    moved = moved_by_discussion(scored(9, 1.0), scored(9, 0.2))

    assert moved.change is not None
    assert (moved.low, moved.high, moved.entries) == (None, None, 9)


def test_entries_with_one_judge_say_nothing() -> None:
    moved = moved_by_discussion(((3.0,), ()), ((4.0,), ()))

    assert (moved.entries, moved.change, moved.before.estimate) == (0, None, None)


def test_other_judges_after_than_before_are_refused() -> None:
    with pytest.raises(ValueError, match="other judges"):
        moved_by_discussion(((3.0, 4.0),), ((3.0, 4.0, 5.0),))
