from __future__ import annotations

import csv
import itertools
from pathlib import Path

import krippendorff
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.random import Generator, default_rng

from judging.statistics.krippendorff import Alpha, Level, alphas, krippendorff_alpha
from judging.statistics.ratings import Floats, Integers

DATA = Path(__file__).parents[1] / "data"

units_of_scores = st.lists(st.lists(st.integers(0, 4), max_size=4), min_size=1, max_size=8)


def arrays(units: list[list[float]]) -> tuple[Integers, Floats]:
    sizes = [len(unit) for unit in units]
    return np.repeat(np.arange(len(units)), sizes), np.array([one for unit in units for one in unit], dtype=float)


def panel(entries: int, judges: int, each: int, values: int, seed: int = 1) -> tuple[Integers, Integers, Floats]:
    rng = default_rng(seed)
    entry = np.repeat(np.arange(entries), each)
    judge = np.concatenate([rng.choice(judges, each, replace=False) for _ in range(entries)])
    score = rng.normal(size=entries)[entry] + rng.normal(size=entries * each)
    return entry, judge, np.clip(np.round((score + 3) / 6 * (values - 1)), 0, values - 1)


def by_definition(units: list[list[float]], level: Level) -> float | None:
    """Alpha as Krippendorff writes it, pair by pair."""
    pairable = [unit for unit in units if len(unit) > 1]
    scores = [score for unit in pairable for score in unit]
    if not scores or len(set(scores)) < 2:
        return None
    rank = {one: sum(s < one for s in scores) + (scores.count(one) + 1) / 2 for one in scores}
    distance = {
        Level.NOMINAL: lambda a, b: float(a != b),
        Level.ORDINAL: lambda a, b: (rank[a] - rank[b]) ** 2,
        Level.INTERVAL: lambda a, b: (a - b) ** 2,
        Level.RATIO: lambda a, b: ((a - b) / (a + b)) ** 2 if a + b else 0.0,
    }[level]
    observed = sum(sum(distance(a, b) for a, b in itertools.permutations(u, 2)) / (len(u) - 1) for u in pairable)
    expected = sum(distance(a, b) for a, b in itertools.permutations(scores, 2)) / (len(scores) - 1)
    return 1 - observed / expected


@pytest.mark.parametrize(
    ("level", "published"),
    [(Level.NOMINAL, 0.7434), (Level.ORDINAL, 0.8154), (Level.INTERVAL, 0.8491), (Level.RATIO, 0.7974)],
)
def test_alpha_is_what_krippendorff_published(level, published):
    units: dict[str, list[float]] = {}
    with (DATA / "krippendorff_2011.csv").open() as file:
        for row in csv.DictReader(file):
            units.setdefault(row["submission"], []).append(float(row["score"]))

    assert krippendorff_alpha(list(units.values()), level) == pytest.approx(published, abs=5e-5)


@pytest.mark.parametrize("values", [2, 7, 300])
def test_alpha_of_a_sparse_panel_is_that_of_the_library_krippendorff(values):
    entry, judge, score = panel(200, 30, 3, values)
    table = np.full((30, 200), np.nan)
    table[judge, entry] = score

    found = alphas(entry, score).levels

    for level in Level:
        expected = krippendorff.alpha(table, level_of_measurement=level.value)
        assert found[level].estimate == pytest.approx(expected, abs=1e-12)


@given(units_of_scores)
def test_alpha_is_that_of_the_definition_pair_by_pair(units):
    for level in Level:
        assert krippendorff_alpha(units, level) == pytest.approx(by_definition(units, level), abs=1e-12)


@given(units_of_scores, st.randoms(use_true_random=False))
def test_names_and_order_of_entries_do_not_matter(units, random):
    shuffled = [random.sample(unit, len(unit)) for unit in random.sample(units, len(units))]
    for level in Level:
        assert krippendorff_alpha(shuffled, level) == pytest.approx(krippendorff_alpha(units, level), abs=1e-13)


@given(units_of_scores, st.sampled_from([-1000.0, 0.5, 1e9]), st.sampled_from([0.25, 3.0, 1e9]))
def test_a_constant_and_a_factor_change_only_what_ratios_say(units, constant, factor):
    moved = [[one + constant for one in unit] for unit in units]
    stretched = [[one * factor for one in unit] for unit in units]
    for level in Level:
        expected = krippendorff_alpha(units, level)
        assert krippendorff_alpha(stretched, level) == pytest.approx(expected, abs=1e-12)
        if level is not Level.RATIO:
            assert krippendorff_alpha(moved, level) == pytest.approx(expected, abs=1e-12)


@given(st.lists(st.integers(0, 3), min_size=2, max_size=8), st.integers(2, 4))
def test_alpha_is_one_for_identical_scores_and_null_when_nothing_varies(scores, judges):
    units = [[score] * judges for score in scores]

    expected = 1.0 if len(set(scores)) > 1 else None
    assert {krippendorff_alpha(units, level) for level in Level} == {expected}


def test_entries_with_one_score_are_left_out_of_everything():
    units = [[1, 2], [3, 3], [2, 1, 2]]
    for level in Level:
        assert krippendorff_alpha([*units, [9], []], level) == krippendorff_alpha(units, level)


def test_alpha_is_null_with_the_reason_where_nothing_can_be_compared():
    def reasons(units: list[list[float]]) -> dict[str, str | None]:
        return {level.value: alpha.reason for level, alpha in alphas(*arrays(units)).levels.items()}

    assert set(reasons([[1], [2]]).values()) == set(reasons([]).values()) == {"no entry has two scores"}
    assert set(reasons([[1, 1], [1, 1], [2]]).values()) == {"nothing varies"}
    assert alphas(*arrays([[1, -1], [0, 1]])).levels[Level.RATIO] == Alpha(None, None, None, "a score is negative")


def test_two_zeros_are_at_no_distance_as_ratios():
    units = [[0.0, 0.0], [0.0, 1.0], [2.0, 2.0]]
    assert krippendorff_alpha(units, Level.RATIO) == pytest.approx(by_definition(units, Level.RATIO), abs=1e-14)


def test_ratios_of_very_unequal_scores_are_those_of_the_definition():
    units = [[1e-6, 1e9], [3.0, 2.0], [1e-6, 2e-6], [5e8, 1e9], [0.0, 1.0]]
    assert krippendorff_alpha(units, Level.RATIO) == pytest.approx(by_definition(units, Level.RATIO), abs=1e-13)


@pytest.mark.parametrize("far", [None, 1e14, -1e14])
def test_scores_that_lie_close_together_far_from_nought_or_beside_an_outlier_stay_apart(far):
    units = [[1e9 + 3 * i % 7, 1e9 + 5 * i % 7, 1e9 + i % 3] for i in range(100)]
    if far is not None:
        units[0][0] = far
    for level in [one for one in Level if one is not Level.RATIO or far is None or far > 0]:
        assert krippendorff_alpha(units, level) == pytest.approx(by_definition(units, level), abs=1e-9)


def test_a_resample_without_the_outlier_is_as_exact_as_any():
    units = [[i % 5, i % 7] for i in range(40)]
    drawn = Generator(np.random.PCG64(5)).integers(41, size=(30, 41))
    with_outlier = [[1e13, 0], *units]
    slowly = [[by_definition([with_outlier[i] for i in row], level) for row in drawn] for level in Level]

    found = alphas(*arrays(with_outlier), resamples=30, generator=Generator(np.random.PCG64(5)), confidence=0.9)

    for level, expected in zip(Level, slowly, strict=True):
        ends = found.levels[level].low, found.levels[level].high
        assert ends == pytest.approx(tuple(np.quantile(expected, (0.05, 0.95))), abs=1e-9)


@pytest.mark.parametrize("values", [6, 400])
def test_each_resample_is_the_alpha_of_the_entries_drawn(values):
    entry, _, score = panel(40, 12, 3, values)
    resamples = 20
    drawn = Generator(np.random.PCG64(5)).integers(40, size=(resamples, 40))
    units = [score[entry == one].tolist() for one in range(40)]
    slowly = {level: [krippendorff_alpha([units[i] for i in row], level) for row in drawn] for level in Level}

    found = alphas(entry, score, resamples=resamples, generator=Generator(np.random.PCG64(5)), confidence=0.8)

    for level in Level:
        low, high = np.quantile(np.array(slowly[level], dtype=float), (0.1, 0.9))
        assert (found.levels[level].low, found.levels[level].high) == pytest.approx((low, high), abs=1e-12)


def test_chunks_of_resamples_do_not_change_what_is_drawn():
    entry, _, score = panel(15_000, 50, 2, 5)
    drawn = default_rng(3).integers(15_000, size=(12, 15_000))
    expected = []
    for row in drawn:
        position = (2 * row[:, None] + np.arange(2)).reshape(-1)
        expected.append(alphas(np.repeat(np.arange(15_000), 2), score[position]).levels[Level.ORDINAL].estimate)

    found = alphas(entry, score, resamples=12, generator=default_rng(3)).levels[Level.ORDINAL]

    low, high = np.quantile(np.array(expected, dtype=float), (0.025, 0.975))
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-12)


def test_few_pairable_entries_give_no_interval_and_a_warning():
    entry, _, score = panel(9, 5, 3, 5)

    found = alphas(entry, score, resamples=100, generator=default_rng(0))

    assert found.warnings == ("No interval for Krippendorff's alpha: only 9 entries have two scores or more.",)
    assert {(one.low, one.high) for one in found.levels.values()} == {(None, None)}
    assert found.levels[Level.INTERVAL].estimate is not None


def test_resamples_in_which_nothing_varies_are_dropped_and_counted():
    entry, score = arrays([[1, 2], [1, 2], [1, 2], *([[1, 1]] * 9)])
    several = alphas(entry, score, resamples=2000, generator=default_rng(0))
    expected = 2000 * (9 / 12) ** 12
    assert several.levels[Level.NOMINAL].dropped == pytest.approx(expected, abs=4 * expected**0.5)
    assert several.levels[Level.NOMINAL].low is not None

    entry, score = arrays([[1, 2], *([[1, 1]] * 11)])
    most = alphas(entry, score, resamples=2000, generator=default_rng(0))
    dropped = most.levels[Level.NOMINAL].dropped
    assert most.warnings == (f"No interval for Krippendorff's alpha: nothing varies in {dropped} of 2000 resamples.",)
    assert dropped == pytest.approx(2000 * (11 / 12) ** 12, abs=100)
    assert most.levels[Level.NOMINAL].low is None


def test_the_interval_covers_alpha_over_other_entries_with_these_judges():
    rng = default_rng(7)
    truth = alphas(*crossed(rng, 40_000)).levels[Level.INTERVAL].estimate
    hits = 0
    for _ in range(200):
        found = alphas(*crossed(rng, 60), resamples=300, generator=rng).levels[Level.INTERVAL]
        hits += found.low <= truth <= found.high
    assert 0.88 <= hits / 200 <= 0.99


def crossed(rng: Generator, entries: int) -> tuple[Integers, Floats]:
    severity = np.array([0.5, -0.5, 0.0])
    score = np.round(2 * (rng.normal(size=(entries, 1)) + severity + rng.normal(size=(entries, 3))))
    return np.repeat(np.arange(entries), 3), score.reshape(-1)


def test_the_json_names_the_levels_and_says_why_a_number_is_null():
    entry, score = arrays([[1, 1], [-1, 1]])
    assert alphas(entry, score).as_json()["ratio"] == {
        "estimate": None,
        "low": None,
        "high": None,
        "reason": "a score is negative",
    }
    assert list(alphas(entry, score).as_json()) == ["nominal", "ordinal", "interval", "ratio"]
