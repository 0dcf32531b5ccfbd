from __future__ import annotations

import json
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.random import default_rng

from judging.statistics.agreement import agreement
from judging.statistics.icc import NAMES, correlations
from judging.statistics.krippendorff import Level, alphas
from judging.statistics.ratings import Ratings
from judging.statistics.reading import Scale, read_ratings
from judging.statistics.totals import totals

DATA = Path(__file__).parents[1] / "data"
ROOT = Path(__file__).parents[3]

POOLS = [
    [0.0, 1.0],
    [5.0],
    [1e9, 1e9 + 1, 1e9 + 2],
    [0.0, 0.1, 0.2, 0.3, 0.7],
    [-3.0, -2.0, 0.0, 4.0],
    [1e-300, 1.0, 1e100, 0.0],
    [-1e100, 1e100],
    [5e-324, 1e-320, 0.0],
    np.linspace(0, 10, 200).tolist(),
]
odd_scores = st.sampled_from(POOLS).flatmap(
    lambda pool: st.dictionaries(
        st.tuples(st.integers(0, 12), st.integers(0, 4), st.integers(0, 2)), st.sampled_from(pool), max_size=60
    )
)
whole_scores = st.dictionaries(
    st.tuples(st.integers(0, 7), st.integers(0, 3), st.integers(0, 1)), st.integers(0, 4), min_size=1, max_size=50
)


def ratings(cells: dict[tuple[int, int, int], float]) -> Ratings:
    keys = list(cells)
    return Ratings.of(
        [f"E{entry:02}" for entry, _, _ in keys],
        [f"J{judge:02}" for _, judge, _ in keys],
        [f"c{criterion}" for _, _, criterion in keys],
        [float(cells[key]) for key in keys],
    )


def panel(entries: int, judges: int, each: int, criteria: int, seed: int = 0) -> Ratings:
    """Half points from 0 to 10; of each entry all cards have every criterion."""
    rng = default_rng(seed)
    cards = np.repeat(np.arange(entries), each)
    judge = np.concatenate([np.sort(rng.choice(judges, each, replace=False)) for _ in range(entries)])
    quality = rng.normal(size=(entries, 1))[cards] + rng.normal(size=(len(cards), 1))
    score = np.clip(np.round((quality + rng.normal(size=(len(cards), criteria)) + 4) * 2.5) / 2, 0, 10)
    return Ratings(
        tuple(f"E{one:05}" for one in range(entries)),
        tuple(f"J{one:03}" for one in range(judges)),
        tuple(f"c{one}" for one in range(criteria)),
        np.repeat(cards, criteria),
        np.repeat(judge, criteria),
        np.tile(np.arange(criteria), len(cards)),
        score.reshape(-1),
    )


def test_one_criterion_is_overall_alone_and_has_every_name_of_the_contract():
    read = read_ratings(DATA / "krippendorff_2011.csv").ratings

    found = agreement(read, totals(read), resamples=200, generator=default_rng(0)).as_json()

    assert list(found) == ["overall"]
    block = found["overall"]
    kappas = ["gwet_ac", "fleiss_kappa", "conger_kappa", "brennan_prediger", "percent_agreement"]
    assert list(block) == ["krippendorff_alpha", *kappas, "icc", "kendall_w"]
    assert {level: list(alpha) for level, alpha in block["krippendorff_alpha"].items()} == {
        level: ["estimate", "low", "high"] for level in ("nominal", "ordinal", "interval", "ratio")
    }
    for name in kappas:
        assert {weight: list(kappa) for weight, kappa in block[name].items()} == {
            weight: ["estimate", "se", "low", "high"] for weight in ("identity", "linear", "quadratic", "ordinal")
        }
    assert list(block["icc"]) == list(NAMES)
    assert block["icc"]["ICC1"] == block["kendall_w"] == {"unavailable": "entries have different numbers of scorecards"}
    assert block["krippendorff_alpha"]["interval"]["estimate"] == pytest.approx(0.8491, abs=5e-5)


def test_the_published_correlations_come_out_of_a_file():
    read = read_ratings(DATA / "shrout_fleiss_1979.csv").ratings
    block = agreement(read, totals(read)).as_json()["overall"]
    assert block["icc"]["ICC2"] == pytest.approx({"estimate": 0.2898, "low": 0.0188, "high": 0.7611}, abs=5e-5)
    assert block["kendall_w"] == pytest.approx({"estimate": 0.8870, "p_value": 0.00329}, abs=5e-5)


def test_the_total_of_several_criteria_is_judged_by_complete_scorecards_and_is_no_category():
    whole = panel(30, 6, 3, 2)
    cut = np.arange(len(whole.score)) != 1  # the first card loses its second criterion
    partly = Ratings(
        whole.submissions, whole.judges, whole.criteria,
        whole.submission[cut], whole.judge[cut], whole.criterion[cut], whole.score[cut],
    )  # fmt: skip
    summed = totals(partly, {"c0": 2, "c1": 1})

    found = agreement(partly, summed)

    assert list(found.blocks) == ["overall", "c0", "c1"]
    card = summed.panel.submission[1:], summed.panel.judge[1:], summed.panel.total[1:]
    overall, criterion = found.blocks["overall"], found.blocks["c0"]
    assert overall.krippendorff_alpha.levels[Level.INTERVAL].estimate == pytest.approx(
        alphas(card[0], card[2]).levels[Level.INTERVAL].estimate
    )
    assert overall.icc == correlations(*card)  # unavailable, since one entry has two cards
    assert overall.as_json()["krippendorff_alpha"]["nominal"]["reason"].startswith("a total of several criteria")
    assert overall.as_json()["gwet_ac"]["linear"]["estimate"] is None
    assert overall.as_json()["fleiss_kappa"]["linear"]["estimate"] is not None
    assert criterion.as_json()["gwet_ac"]["linear"]["estimate"] is not None


def test_where_one_criterion_alone_counts_it_is_the_total():
    whole = panel(30, 6, 3, 2)
    found = agreement(whole, totals(whole, {"c0": 0, "c1": 5}), resamples=50, generator=default_rng(0))
    assert found.blocks["overall"] == found.blocks["c1"] != found.blocks["c0"]


def test_the_grid_of_the_scale_gives_the_categories():
    whole = panel(30, 6, 3, 1)
    summed = totals(whole)

    seen = agreement(whole, summed).as_json()["overall"]
    grid = agreement(whole, summed, scale=Scale(0, 20, 0.5)).as_json()["overall"]
    ends = agreement(whole, summed, scale=Scale(0, 20)).as_json()["overall"]

    assert seen == ends
    assert grid["gwet_ac"]["quadratic"]["estimate"] > seen["gwet_ac"]["quadratic"]["estimate"]
    for weight in ("linear", "quadratic"):
        assert grid["fleiss_kappa"][weight]["estimate"] == pytest.approx(seen["fleiss_kappa"][weight]["estimate"])
    with pytest.raises(ValueError, match="a score is not on the scale"):
        agreement(whole, summed, scale=Scale(0, 5))


def test_totals_that_differ_by_rounding_alone_tie():
    # With weights .1 and .2, scores 0 and 6 make what 2 and 5 make, but for the last bit.
    cells = {}
    for judge, cards in enumerate([[(0, 6), (2, 5), (1, 1)], [(2, 5), (0, 6), (1, 1)]]):
        for entry, card in enumerate(cards):
            cells |= {(entry, judge, criterion): score for criterion, score in enumerate(card)}
    read = ratings(cells)
    summed = totals(read, {"c0": 0.1, "c1": 0.2})
    assert len(set(summed.panel.total.tolist())) == 3

    found = agreement(read, summed).blocks["overall"]

    assert found.kendall_w.estimate == found.icc["ICC1"].estimate == 1.0
    assert found.krippendorff_alpha.levels[Level.ORDINAL].estimate == 1.0


def test_few_entries_give_a_warning_that_names_the_criterion():
    read = panel(5, 4, 2, 2)
    found = agreement(read, totals(read), resamples=10, generator=default_rng(0))
    text = "No interval for Krippendorff's alpha: only 5 entries have two scores or more."
    assert found.warnings == tuple(f"{name}: {text}" for name in ("overall", "c0", "c1"))


def numbers(found: object) -> list[float | None]:
    if isinstance(found, dict):
        return [number for one in found.values() for number in numbers(one)]
    return [] if isinstance(found, str) else [found]


@given(odd_scores, st.sampled_from([None, {"c0": 1.0, "c1": 0.3, "c2": 0.0}, {"c0": 1e308, "c1": 1e308, "c2": 1.0}]))
def test_odd_scores_give_numbers_or_reasons_and_never_nan(cells, weights):
    read = ratings(cells)
    own = None if weights is None else {name: weights[name] for name in read.criteria}
    if own and not any(own.values()):
        return
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = agreement(read, totals(read, own), resamples=20, generator=default_rng(0)).as_json()

    json.dumps(found, allow_nan=False)
    for block in found.values():
        for part in [*block["krippendorff_alpha"].values(), *block["fleiss_kappa"].values(), *block["icc"].values()]:
            assert None not in part.values() or part["reason"]


@given(whole_scores, st.permutations(range(8)), st.permutations(range(4)))
def test_other_names_change_nothing(cells, entries, judges):
    renamed = {(entries[entry], judges[judge], criterion): score for (entry, judge, criterion), score in cells.items()}
    before, after = (agreement(read, totals(read)).as_json() for read in (ratings(cells), ratings(renamed)))
    assert list(before) == list(after)
    for one, other in zip(numbers(before), numbers(after), strict=True):
        assert (one is None) == (other is None)
        assert one is None or one == pytest.approx(other, rel=1e-9, abs=1e-9)


@given(whole_scores, st.sampled_from([0.5, 4.0]), st.sampled_from([3.0, 128.0]))
def test_a_constant_and_a_factor_leave_all_but_the_ratios_as_they_are(cells, factor, constant):
    moved = {key: score * factor + constant for key, score in cells.items()}
    before, after = (agreement(read, totals(read)).as_json() for read in (ratings(cells), ratings(moved)))
    for block in (*before.values(), *after.values()):
        del block["krippendorff_alpha"]["ratio"]
    for one, other in zip(numbers(before), numbers(after), strict=True):
        assert (one is None) == (other is None)
        assert one is None or one == pytest.approx(other, rel=1e-9, abs=1e-9)


def test_drawn_ends_with_other_names_are_the_same_but_for_chance():
    whole = panel(200, 20, 3, 1)
    back = np.arange(200)[::-1]
    renamed = Ratings.of(
        [f"E{back[entry]:05}" for entry in whole.submission],
        [f"J{judge}" for judge in whole.judge],
        ["c0"] * len(whole.score),
        whole.score,
    )
    one, other = (
        agreement(read, totals(read), resamples=4000, generator=default_rng(0)).blocks["overall"].krippendorff_alpha
        for read in (whole, renamed)
    )
    for level in Level:
        width = one.levels[level].high - one.levels[level].low
        assert one.levels[level].low == pytest.approx(other.levels[level].low, abs=width / 20)
        assert one.levels[level].high == pytest.approx(other.levels[level].high, abs=width / 20)


def test_nothing_here_imports_scipy_stats():
    code = "import sys, judging.statistics.agreement; sys.exit('scipy.stats' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
