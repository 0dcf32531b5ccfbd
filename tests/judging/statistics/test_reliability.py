"""How far a ranking would repeat, against full matrices, published coefficients and simulated prizes."""

from __future__ import annotations

import json
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judging.statistics.linkage import groups
from judging.statistics.ratings import Panel
from judging.statistics.reliability import (
    Reliability,
    drawn_components,
    g,
    judges_per_submission,
    phi,
    ranking_reliability,
    reliability,
    same_top,
)
from judging.statistics.variance import ComponentIntervals, Components, component_intervals, crossed_components

SHROUT_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
NO_INTERVALS = ComponentIntervals(0.95, reason="not asked for")


def known(submission: float, judge: float, residual: float) -> Components:
    return Components(5.0, {"submission": submission, "judge": judge, "residual": residual})


def dealt(rng: np.random.Generator, entries: int, judges: int, cards: int) -> Panel:
    """A panel without scores in which loads are even and who judges what is random."""
    load = np.zeros(judges)
    chosen: list[int] = []
    for _ in range(entries):
        one = np.argsort(load + rng.random(judges))[:cards]
        load[one] += 1
        chosen += one.tolist()
    submission = np.repeat(np.arange(entries), cards)
    return Panel(submission, np.array(chosen), np.zeros(len(chosen)), entries, judges)


def scored(panel: Panel, rng: np.random.Generator, severity: float = 0.7, noise: float = 0.8) -> Panel:
    total = rng.normal(size=panel.submissions)[panel.submission] + severity * rng.normal(size=panel.judges)[panel.judge]
    total = total + noise * rng.normal(size=panel.cards)
    return Panel(panel.submission, panel.judge, total, panel.submissions, panel.judges)


def complete(table: list[list[float]]) -> Panel:
    entries, judges = np.shape(table)
    return Panel(
        np.repeat(np.arange(entries), judges),
        np.tile(np.arange(judges), entries),
        np.ravel(table) * 1.0,
        entries,
        judges,
    )


def analysed(panel: Panel, top: int = 3, seed: int = 0) -> Reliability:
    components = crossed_components(panel)
    return reliability(panel, components, component_intervals(panel), top, np.random.default_rng(seed))


def test_g_and_phi_of_a_complete_design_are_the_intraclass_correlations_of_shrout_and_fleiss() -> None:
    components = crossed_components(complete(SHROUT_FLEISS))

    assert [g(components, 1), g(components, 4)] == pytest.approx([0.7148, 0.9093], abs=5e-5)
    assert [phi(components, 1), phi(components, 4)] == pytest.approx([0.2898, 0.6201], abs=5e-5)


def test_judges_per_submission_is_the_harmonic_mean_over_entries_with_a_scorecard() -> None:
    panel = Panel(np.array([0, 1, 1, 3, 3, 3, 3]), np.array([0, 0, 1, 0, 1, 2, 3]), np.zeros(7), 5, 4)

    assert judges_per_submission(panel) == pytest.approx(3 / (1 + 1 / 2 + 1 / 4))


def test_the_study_says_g_and_phi_for_one_to_ten_judges() -> None:
    found = analysed(complete(SHROUT_FLEISS))

    assert [one.judges for one in found.study] == list(range(1, 11))
    assert found.study[3].g == pytest.approx(0.9093, abs=5e-5)
    assert found.g == pytest.approx(found.study[3].g)
    assert found.phi == pytest.approx(found.study[3].phi)


def two_groups() -> Panel:
    """12 entries by 5 judges, then 7 entries by 3 others, two scorecards each."""
    first, second = dealt(np.random.default_rng(2), 12, 5, 2), dealt(np.random.default_rng(3), 7, 3, 2)
    submission = np.concatenate([first.submission, second.submission + 12])
    judge = np.concatenate([first.judge, second.judge + 5])
    return Panel(submission, judge, np.zeros(len(judge)), 19, 8)


@pytest.mark.parametrize("within", [False, True], ids=["one list", "within groups"])
def test_reliability_of_a_ranking_is_that_of_the_errors_covariances(within: bool) -> None:
    panel = two_groups()
    submission, judge, residual = 1.2, 0.5, 0.7
    entry, by = np.eye(19)[panel.submission], np.eye(8)[panel.judge]
    averages = entry.T / entry.sum(axis=0)[:, None]
    noise = judge * by @ by.T + residual * np.eye(panel.cards)
    inverse = np.linalg.inv(noise + submission * entry @ entry.T)
    projector = inverse - np.outer(inverse.sum(axis=1), inverse.sum(axis=0)) / inverse.sum()
    errors = {
        "plain": averages @ noise @ averages.T,
        "fair": submission * np.eye(19) - submission**2 * entry.T @ projector @ entry,
    }
    pairs = [(i, k) for i, k in combinations(range(19), 2) if not within or (i < 12) == (k < 12)]

    found = ranking_reliability(
        panel, known(submission, judge, residual), groups(panel).of_submission if within else None
    )

    assert found == pytest.approx(
        {
            name: 1 - np.mean([error[i, i] + error[k, k] - 2 * error[i, k] for i, k in pairs]) / (2 * submission)
            for name, error in errors.items()
        }
    )


def test_entries_without_a_scorecard_are_not_ranked() -> None:
    panel = dealt(np.random.default_rng(2), 12, 5, 2)
    with_others = Panel(panel.submission + 3, panel.judge, panel.total, 16, 5)

    assert ranking_reliability(with_others, known(1, 1, 1)) == pytest.approx(ranking_reliability(panel, known(1, 1, 1)))


def test_g_flatters_a_sparse_panel() -> None:
    """60 entries, 60 judges, 2 scorecards: G is .76, the true r² of a mean 1/(2 − ranking.plain) = .56."""
    panel = dealt(np.random.default_rng(0), 60, 60, 2)
    components = known(1, 0.9, 0.64)
    plain = ranking_reliability(panel, components)["plain"]

    assert plain is not None
    assert g(components, 2) == pytest.approx(0.76, abs=0.005)
    assert plain < 0.3
    assert 1 / (2 - plain) == pytest.approx(0.56, abs=0.03)


def test_the_intervals_of_g_and_phi_contain_them() -> None:
    found = analysed(scored(dealt(np.random.default_rng(1), 40, 8, 3), np.random.default_rng(1)))

    for name, value in (("g", found.g), ("phi", found.phi)):
        interval = found.interval[name]
        assert interval is not None
        assert interval.high is not None
        assert value is not None
        assert 0 < interval.low < value < interval.high < 1


def test_without_noise_another_panel_would_choose_the_same() -> None:
    panel = dealt(np.random.default_rng(3), 30, 6, 3)
    found = same_top(panel, known(1, 0, 0), NO_INTERVALS, 5, np.random.default_rng(0))

    assert {name: one and one.estimate for name, one in found.items()} == {"plain": 1, "fair": 1}


def test_where_entries_do_not_differ_another_panel_would_choose_by_chance() -> None:
    panel = dealt(np.random.default_rng(3), 40, 8, 3)
    found = same_top(panel, known(0, 0.5, 1), NO_INTERVALS, 10, np.random.default_rng(0))

    for one in found.values():
        assert one is not None
        assert one.estimate == pytest.approx(10 / 40, abs=0.02)


def test_when_all_are_chosen_all_are_chosen_again() -> None:
    found = analysed(scored(dealt(np.random.default_rng(4), 8, 4, 2), np.random.default_rng(4)), top=10)

    assert {name: one and one.as_json() for name, one in found.same_top.items()} == {
        name: {"estimate": pytest.approx(1), "low": pytest.approx(1), "high": pytest.approx(1)}
        for name in ("plain", "fair")
    }


def test_with_groups_the_top_is_counted_within_each() -> None:
    panel = two_groups()
    generator = np.random.default_rng(0)
    everybody = same_top(panel, known(1, 0.5, 0.6), NO_INTERVALS, {0: 12, 1: 7}, generator, groups(panel).of_submission)
    some = same_top(panel, known(1, 0.5, 0.6), NO_INTERVALS, {0: 3}, generator, groups(panel).of_submission)

    assert everybody["fair"] is not None
    assert everybody["fair"].estimate == 1
    assert some["fair"] is not None
    assert 0.3 < some["fair"].estimate < 0.95


def test_the_same_seed_gives_the_same_and_the_interval_contains_the_estimate() -> None:
    panel = scored(dealt(np.random.default_rng(6), 60, 12, 3), np.random.default_rng(6))
    first, again, other = analysed(panel, 10, 1), analysed(panel, 10, 1), analysed(panel, 10, 2)

    assert first == again
    for name in ("plain", "fair"):
        one, another = first.same_top[name], other.same_top[name]
        assert one is not None
        assert another is not None
        assert one.low is not None
        assert one.high is not None
        assert 0 <= one.low < one.estimate < one.high <= 1
        assert another.estimate == pytest.approx(one.estimate, abs=0.03)


def test_components_are_drawn_with_the_ends_of_their_intervals() -> None:
    panel = scored(dealt(np.random.default_rng(7), 60, 12, 3), np.random.default_rng(7))
    components, intervals = crossed_components(panel), component_intervals(panel, 0.9)
    assert components.known is not None

    drawn = drawn_components(components.known, intervals, 40_000, np.random.default_rng(0))

    assert drawn is not None
    for column, interval in zip(drawn.T, (intervals.submission, intervals.judge, intervals.residual), strict=True):
        assert interval is not None
        assert np.quantile(column, [0.05, 0.95]) == pytest.approx([interval.low, interval.high], rel=0.04)


@pytest.mark.parametrize(
    ("panel", "reason"),
    [
        (complete([[1.0], [2], [3]]), "each entry has one scorecard"),
        (complete([[2.0, 2], [2, 2]]), "all scores are the same"),
        (Panel(np.array([], dtype=int), np.array([], dtype=int), np.array([]), 2, 2), "there are no scorecards"),
        (complete([[1.0, 2, 3]]), "there is one entry"),
    ],
    ids=["one judge", "nothing varies", "empty", "one entry"],
)
def test_what_cannot_be_said_is_null_with_the_reason(panel: Panel, reason: str) -> None:
    document = json.loads(json.dumps(analysed(panel).as_json(), allow_nan=False))

    assert (document["g"], document["phi"]) == (None, None)
    assert document["ranking"] == {"plain": None, "fair": None}
    for name in ("plain", "fair"):
        assert document["same_top"][name]["estimate"] is None
        assert reason in document["same_top"][name]["reason"]
    for name in ("g", "phi", "ranking"):
        assert reason in document["reasons"][name]


def test_what_is_exported_has_the_nesting_of_the_contract() -> None:
    document = json.loads(json.dumps(analysed(complete(SHROUT_FLEISS)).as_json(), allow_nan=False))

    assert [*document] == ["judges_per_submission", "g", "phi", "interval", "study", "ranking", "same_top"]
    assert {name: [*one] for name, one in document["interval"].items()} == {
        "g": ["low", "high"],
        "phi": ["low", "high"],
    }
    assert document["study"][0] == {
        "judges": 1,
        "g": pytest.approx(0.7148, abs=1e-4),
        "phi": pytest.approx(0.29, abs=1e-3),
    }
    assert [*document["ranking"]] == ["plain", "fair"]
    assert {name: [*one] for name, one in document["same_top"].items()} == {
        name: ["estimate", "low", "high"] for name in ("plain", "fair")
    }


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["as they are", "few values", "zero or one", "a billion"]))
def test_odd_data_give_numbers_or_reasons(seed: int, kind: str) -> None:
    rng = np.random.default_rng(seed)
    entries, judges, cards = (int(one) for one in rng.integers(1, 9, 3))
    panel = scored(dealt(rng, entries, judges, min(cards, judges)), rng)
    kept = rng.random(panel.cards) < 0.8
    total = panel.total[kept]
    total = {"few values": total.round(), "zero or one": (total > 0) * 1.0, "a billion": 1e9 + total}.get(kind, total)
    panel = Panel(panel.submission[kept], panel.judge[kept], total, entries, judges)

    document = analysed(panel).as_json()

    json.dumps(document, allow_nan=False)
    for name in ("g", "phi"):
        assert document[name] is None or 0 <= document[name] <= 1  # type: ignore[operator]


@pytest.mark.prove
def test_another_panel_would_choose_as_many_again_as_it_does_in_simulated_prizes(fresh: int) -> None:
    """60 entries, 12 judges, 3 scorecards, severity .7 and noise .8 of quality's SD: .57 by means, .63 adjusted."""
    estimates = []
    for seed in range(200):
        rng = np.random.default_rng(seed + fresh)
        panel = scored(dealt(rng, 60, 12, 3), rng)
        found = same_top(panel, crossed_components(panel), NO_INTERVALS, 10, rng)
        assert found["plain"] is not None
        assert found["fair"] is not None
        estimates.append((found["plain"].estimate, found["fair"].estimate))
    error = np.std(estimates, axis=0) / np.sqrt(len(estimates))

    difference = np.mean(estimates, axis=0) - [0.57, 0.63]
    assert (np.abs(difference) < 3 * np.sqrt(error**2 + 0.005**2)).all()
