"""Variance components and the mixed model's scores, against lme4, analysis of variance, and full matrices."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from judging.statistics.criterion_variance import criterion_components
from judging.statistics.ratings import Panel, Ratings
from judging.statistics.variance import Components, component_intervals, crossed_components, mixed_scores

LME4 = Path(__file__).parent / "lme4"
ANSWERS = json.loads((LME4 / "answers.json").read_text())
SHROUT_FLEISS = Path(__file__).parents[1] / "data" / "shrout_fleiss_1979.csv"


def read(path: Path) -> Ratings:
    rows = list(csv.DictReader(path.open()))
    return Ratings.of(
        [row["submission"] for row in rows],
        [row["judge"] for row in rows],
        [row.get("criterion", "overall") for row in rows],
        [float(row["score"]) for row in rows],
    )


def panel_of(ratings: Ratings) -> Panel:
    return Panel(ratings.submission, ratings.judge, ratings.score, len(ratings.submissions), len(ratings.judges))


def panel(rows: list[tuple[int, int, float]]) -> Panel:
    entries, judges, totals = (np.array(one) for one in zip(*rows, strict=True))
    return Panel(
        entries.astype(np.intp),
        judges.astype(np.intp),
        totals.astype(float),
        int(entries.max()) + 1,
        int(judges.max()) + 1,
    )


def complete(table: np.ndarray) -> Panel:
    return panel([(i, j, value) for (i, j), value in np.ndenumerate(table)])


def sparse_panel(rng: np.random.Generator, entries: int, judges: int, cards: int, severity: float = 0.6) -> Panel:
    submission = np.repeat(np.arange(entries), cards)
    judge = np.concatenate([rng.choice(judges, cards, replace=False) for _ in range(entries)])
    total = 6 + rng.normal(size=entries)[submission] + severity * rng.normal(size=judges)[judge]
    return Panel(submission, judge, total + 0.8 * rng.normal(size=len(total)), entries, judges)


def values(components: Components) -> list[float | None]:
    return [components.mean, *components.variances.values()]


def indicators(panel: Panel) -> tuple[np.ndarray, np.ndarray]:
    return np.eye(panel.submissions)[panel.submission], np.eye(panel.judges)[panel.judge]


def full_deviance(panel: Panel, variances: np.ndarray) -> float:
    """The restricted deviance by its formula, with full matrices."""
    entry, judge = indicators(panel)
    covariance = variances[0] * entry @ entry.T + variances[1] * judge @ judge.T + variances[2] * np.eye(panel.cards)
    inverse = np.linalg.inv(covariance)
    weight = inverse.sum()
    centred = panel.total - (inverse @ panel.total).sum() / weight
    return float(np.linalg.slogdet(covariance)[1] + np.log(weight) + centred @ inverse @ centred)


panels = st.integers(0, 2**32 - 1).map(
    lambda seed: sparse_panel(np.random.default_rng(seed), *np.random.default_rng(seed).integers([4, 3, 2], [15, 7, 4]))
)


@pytest.mark.parametrize("name", ["two_facets", "boundary"])
def test_crossed_components_are_those_of_lme4(name: str) -> None:
    found = crossed_components(panel_of(read(LME4 / f"{name}.csv")))

    assert [*found.variances] == ["submission", "judge", "residual"]
    expected = [ANSWERS[name][key] for key in ("mean", "submission", "judge", "residual")]
    assert values(found) == pytest.approx(expected, rel=2e-5, abs=1e-12)


def test_a_component_on_its_boundary_is_exactly_zero() -> None:
    assert crossed_components(panel_of(read(LME4 / "boundary.csv"))).judge == 0


@pytest.mark.parametrize("name", ["two_facets", "boundary"])
def test_mixed_scores_are_those_of_lme4(name: str) -> None:
    ratings = read(LME4 / f"{name}.csv")
    scores = mixed_scores(panel_of(ratings), crossed_components(panel_of(ratings)))

    assert scores is not None
    assert scores.submission == pytest.approx([ANSWERS[name]["blup"][one] for one in ratings.submissions], abs=1e-5)


@pytest.mark.parametrize("name", ["three_facets", "missing_cells"])
def test_components_with_criteria_are_those_of_lme4(name: str) -> None:
    found = criterion_components(read(LME4 / f"{name}.csv"))

    assert {"mean": found.mean, **found.variances} == pytest.approx(ANSWERS[name], rel=2e-5)
    assert found.reasons == {}


def test_in_a_complete_design_components_are_those_of_analysis_of_variance() -> None:
    found = crossed_components(panel_of(read(SHROUT_FLEISS)))
    table = read(SHROUT_FLEISS).score.reshape(6, 4)
    between = 4 * table.mean(axis=1).var(ddof=1)
    judges = 6 * table.mean(axis=0).var(ddof=1)
    residual = (table - table.mean(axis=1, keepdims=True) - table.mean(axis=0) + table.mean()).reshape(-1)
    error = residual @ residual / 15

    assert values(found) == pytest.approx([table.mean(), (between - error) / 4, (judges - error) / 6, error], rel=1e-5)


def test_mixed_scores_and_their_errors_solve_the_mixed_model_equations() -> None:
    one = sparse_panel(np.random.default_rng(3), 14, 5, 3)
    components = Components(None, {"submission": 1.3, "judge": 0.4, "residual": 0.7})
    entry, judge = indicators(one)
    design = np.hstack([np.ones((one.cards, 1)), entry, judge])
    prior = np.concatenate([[0], np.full(14, 1 / 1.3), np.full(5, 1 / 0.4)])
    inverse = np.linalg.inv(design.T @ design / 0.7 + np.diag(prior))
    solution = inverse @ design.T @ one.total / 0.7

    scores = mixed_scores(one, components)

    assert scores is not None
    assert [scores.mean, *scores.submission, *scores.judge] == pytest.approx(solution)
    assert [*scores.submission_error, *scores.judge_error] == pytest.approx(np.sqrt(np.diag(inverse))[1:])


def test_who_has_no_scorecard_is_predicted_at_the_mean_with_the_whole_variance() -> None:
    one = Panel(*(np.array(x) for x in ([0, 0, 2, 2], [1, 2, 1, 2], [1.0, 2, 3, 5])), submissions=4, judges=3)
    scores = mixed_scores(one, Components(None, {"submission": 4.0, "judge": 1.0, "residual": 1.0}))

    assert scores is not None
    assert scores.submission[[1, 3]].tolist() == [0, 0]
    assert scores.submission_error[[1, 3]].tolist() == [2, 2]
    assert (scores.judge[0], scores.judge_error[0]) == (0, 1)


@settings(max_examples=100)  # of few scores the likelihood can rise again far away, towards errors of nothing
@given(panels)
def test_no_other_variances_have_a_lower_deviance(one: Panel) -> None:
    found = crossed_components(one).known
    assert found is not None

    least = full_deviance(one, np.array(found))
    for factors in ((0.9, 1, 1), (1.1, 1, 1), (1, 0.9, 1), (1, 1.1, 1), (1, 1, 0.9), (1, 1, 1.1)):
        assert full_deviance(one, np.array(found) * factors) >= least - 1e-6
    for added in np.eye(3) * 0.02 * sum(found):
        assert full_deviance(one, np.array(found) + added) >= least - 1e-6
    rough = optimize.minimize(
        lambda logs: full_deviance(one, np.exp(logs)), np.zeros(3), method="Nelder-Mead", options={"maxiter": 200}
    )
    assert rough.fun >= least - 1e-6


def test_the_full_matrices_of_these_tests_give_the_deviance_of_lme4() -> None:
    one = panel_of(read(LME4 / "two_facets.csv"))
    expected = ANSWERS["two_facets"]
    deviance = full_deviance(one, np.array([expected[name] for name in ("submission", "judge", "residual")]))

    assert deviance + (one.cards - 1) * np.log(2 * np.pi) == pytest.approx(expected["deviance"])


@settings(max_examples=50)
@given(st.integers(0, 2**32 - 1))
def test_no_other_variances_with_criteria_have_a_lower_deviance(seed: int) -> None:
    rng = np.random.default_rng(seed)
    entries, judges, criteria = (int(one) for one in rng.integers([4, 3, 2], [9, 5, 5]))
    entry, judge, criterion = (one.reshape(-1) for one in np.indices((entries, judges, criteria)))
    score = rng.normal(size=len(entry))
    codes = (entry, judge, criterion, entry * 99 + judge, entry * 99 + criterion, judge * 99 + criterion)
    for code in codes:
        score += rng.choice([0, 0.4, 1]) * rng.normal(size=code.max() + 1)[code]
    shared = np.array([*((code[:, None] == code) * 1.0 for code in codes), np.eye(len(entry))])

    def deviance(variances: np.ndarray) -> float:
        covariance = np.tensordot(variances, shared, axes=1)
        inverse = np.linalg.inv(covariance)
        centred = score - (inverse @ score).sum() / inverse.sum()
        return float(np.linalg.slogdet(covariance)[1] + np.log(inverse.sum()) + centred @ inverse @ centred)

    names = tuple(tuple(f"{letter}{k}" for k in range(99)) for letter in "ejc")
    ratings = Ratings(names[0][:entries], names[1][:judges], names[2][:criteria], entry, judge, criterion, score)
    found = np.array(list(criterion_components(ratings).variances.values()), dtype=float)

    least = deviance(found)
    for k in range(7):
        for step in (0.02, -0.02):
            other = found + step * np.eye(7)[k]
            if other[k] >= 0 and other[6] > 0:
                assert deviance(other) >= least - 1e-5


@pytest.mark.parametrize("name", ["submission", "judge", "residual"])
def test_the_deviance_has_risen_by_the_quantile_at_the_ends_of_an_interval(name: str) -> None:
    one = panel_of(read(LME4 / "two_facets.csv"))
    place = ["submission", "judge", "residual"].index(name)
    least = full_deviance(one, np.array(crossed_components(one).known))

    interval = getattr(component_intervals(one, 0.9), name)

    for end in (interval.low, interval.high):
        profile = optimize.minimize(
            lambda logs, end=end: full_deviance(one, np.insert(np.exp(logs), place, end)), [-0.5, -0.5], tol=1e-6
        )
        assert profile.fun - least == pytest.approx(1.6448536**2, rel=2e-3)


def test_the_interval_of_a_component_on_its_boundary_starts_there() -> None:
    one = panel_of(read(LME4 / "boundary.csv"))
    interval = component_intervals(one).judge
    assert interval is not None
    assert interval.high is not None
    least = full_deviance(one, np.array(crossed_components(one).known))
    profile = optimize.minimize(
        lambda logs: full_deviance(one, np.array([np.exp(logs[0]), interval.high, np.exp(logs[1])])), [0, 0], tol=1e-6
    )

    assert interval.low == 0
    assert profile.fun - least == pytest.approx(1.9599640**2, rel=2e-3)


def test_the_interval_of_a_ratio_contains_it_and_ends_where_its_deviance_has_risen() -> None:
    one = panel_of(read(LME4 / "two_facets.csv"))
    known = crossed_components(one).known
    intervals = component_intervals(one)
    assert known is not None
    assert intervals.relative is not None
    assert intervals.relative.high is not None

    assert intervals.relative.low < known[0] / known[2] < intervals.relative.high
    least = full_deviance(one, np.array(known))
    for end in (intervals.relative.low, intervals.relative.high):
        profile = optimize.minimize(
            lambda logs, end=end: full_deviance(one, np.exp([logs[1], logs[0], logs[1]]) * [end, 1, 1]),
            [0, 0],
            tol=1e-6,
        )
        assert profile.fun - least == pytest.approx(1.9599640**2, rel=2e-3)


@pytest.mark.parametrize(
    ("rows", "unknown"),
    [
        ([(0, 0, 1.0), (1, 0, 2.0), (2, 0, 4.0)], {"submission", "judge", "residual"}),
        ([(0, 0, 1.0), (0, 1, 2.0), (0, 2, 4.0)], {"submission", "judge", "residual"}),
        ([(0, 0, 1.0), (1, 0, 2.0), (2, 1, 4.0), (3, 1, 7.0)], {"submission", "residual"}),
        ([(0, 0, 1.0), (0, 1, 2.0), (1, 2, 4.0), (1, 3, 7.0)], {"judge", "residual"}),
        ([(i, j, 3.0) for i in range(3) for j in range(3)], {"submission", "judge", "residual"}),
        ([(0, 0, 5.0)], {"submission", "judge", "residual"}),
    ],
    ids=["one judge", "one entry", "one card an entry", "one card a judge", "nothing varies", "one score"],
)
def test_what_the_design_cannot_tell_is_none_with_a_reason(
    rows: list[tuple[int, int, float]], unknown: set[str]
) -> None:
    found = crossed_components(panel(rows))

    assert {name for name, variance in found.variances.items() if variance is None} == unknown
    assert set(found.reasons) == unknown
    assert found.mean is not None


def test_an_empty_panel_has_no_components() -> None:
    nothing = Panel(np.array([], dtype=np.intp), np.array([], dtype=np.intp), np.array([]), 3, 2)

    assert values(crossed_components(nothing)) == [None] * 4
    assert component_intervals(nothing).as_json() == {
        name: {"low": None, "high": None, "reason": "not every component is known"}
        for name in ("submission", "judge", "residual")
    }
    assert mixed_scores(nothing, crossed_components(nothing)) is None


def test_when_judges_agree_in_everything_only_entries_vary() -> None:
    found = crossed_components(complete(np.repeat([[1.0], [4.0], [6.0], [9.0]], 3, axis=1)))

    assert found.known == pytest.approx((np.var([1, 4, 6, 9], ddof=1), 0, 0), rel=1e-5)


def test_scores_of_zero_and_one_and_of_a_billion_are_no_trouble() -> None:
    rng = np.random.default_rng(8)
    binary = rng.integers(0, 2, (12, 4)).astype(float)

    small = crossed_components(complete(binary))
    large = crossed_components(complete(1e9 + 1e3 * binary))

    assert values(large)[1:] == pytest.approx([1e6 * one for one in values(small)[1:] if one is not None], rel=1e-4)


@given(panels, st.floats(-50, 50), st.floats(0.1, 20))
def test_a_constant_moves_the_mean_alone_and_a_factor_multiplies_everything(
    one: Panel, constant: float, factor: float
) -> None:
    moved = Panel(one.submission, one.judge, factor * one.total + constant, one.submissions, one.judges)
    before, after = crossed_components(one), crossed_components(moved)
    assert before.known is not None
    assert before.mean is not None
    scores, after_scores = mixed_scores(one, before), mixed_scores(moved, after)
    assert scores is not None
    assert after_scores is not None

    assert after.mean == pytest.approx(factor * before.mean + constant)
    assert after.known == pytest.approx([factor**2 * x for x in before.known], rel=1e-4, abs=1e-5 * factor**2)
    assert after_scores.submission == pytest.approx(factor * scores.submission, rel=1e-3, abs=1e-4 * factor)


@given(panels, st.integers(0, 2**32 - 1))
def test_other_names_for_entries_and_judges_change_nothing(one: Panel, seed: int) -> None:
    rng = np.random.default_rng(seed)
    entries, judges, rows = (rng.permutation(size) for size in (one.submissions, one.judges, one.cards))
    renamed = Panel(
        entries[one.submission][rows], judges[one.judge][rows], one.total[rows], one.submissions, one.judges
    )
    before, after = crossed_components(one), crossed_components(renamed)
    scores, other = mixed_scores(one, before), mixed_scores(renamed, after)
    assert scores is not None
    assert other is not None

    assert values(after) == pytest.approx(values(before), rel=1e-4, abs=1e-5)
    assert other.submission[entries] == pytest.approx(scores.submission, rel=1e-3, abs=1e-4)


tables = st.integers(0, 2**32 - 1).map(lambda seed: np.random.default_rng(seed).normal(size=(8, 4)).round(3))


@given(tables)
def test_mixed_model_and_mean_agree_in_order_when_every_judge_scores_every_entry(table: np.ndarray) -> None:
    one = complete(table + 2 * np.arange(8)[:, None])
    scores = mixed_scores(one, crossed_components(one))
    means = (table + 2 * np.arange(8)[:, None]).mean(axis=1)

    assert scores is not None
    assert np.argsort(scores.submission).tolist() == np.argsort(means).tolist()


@given(tables, st.floats(-5, 5))
def test_in_a_complete_design_a_constant_for_one_judge_leaves_the_order_alone(table: np.ndarray, more: float) -> None:
    table = table + np.arange(8)[:, None]
    harsher = table + np.array([more, 0, 0, 0])
    scores = [mixed_scores(complete(one), crossed_components(complete(one))) for one in (table, harsher)]
    assert scores[0] is not None
    assert scores[1] is not None

    first, second = (np.argsort(one.submission.round(9), kind="stable") for one in scores)  # equal but for rounding
    assert first.tolist() == second.tolist()


def test_in_a_sparse_design_a_constant_for_one_judge_can_change_the_order() -> None:
    one = sparse_panel(np.random.default_rng(5), 30, 6, 2)
    harsher = Panel(one.submission, one.judge, one.total - 3 * (one.judge == 0), 30, 6)
    scores = [mixed_scores(each, crossed_components(each)) for each in (one, harsher)]
    assert scores[0] is not None
    assert scores[1] is not None

    assert np.argsort(scores[0].submission).tolist() != np.argsort(scores[1].submission).tolist()


def test_with_one_criterion_the_components_are_those_of_the_crossed_model() -> None:
    ratings = read(LME4 / "two_facets.csv")

    assert criterion_components(ratings) == crossed_components(panel_of(ratings))


def test_with_one_judge_no_component_of_the_model_with_criteria_can_be_told() -> None:
    rng = np.random.default_rng(2)
    table = rng.normal(size=(12, 1)) + rng.normal(size=(1, 3)) + rng.normal(size=(12, 3))
    ratings = Ratings.of(*zip(*((f"e{i:02}", "j", f"c{c}", x) for (i, c), x in np.ndenumerate(table)), strict=True))

    found = criterion_components(ratings)

    assert set(found.variances.values()) == {None}
    assert set(found.reasons) == set(found.variances)


def test_with_too_many_scores_and_missing_cells_complete_scorecards_alone_are_used_and_that_is_said() -> None:
    rng = np.random.default_rng(4)
    one = sparse_panel(rng, 150, 12, 3)
    scores = one.total[:, None] + rng.normal(size=(one.cards, 3))
    rows = [
        (f"e{one.submission[card]:03}", f"j{one.judge[card]:02}", "abc"[c], scores[card, c])
        for card in range(one.cards)
        for c in range(3)
        if not (c == 1 and card % 10 == 0)
    ]
    kept = {(f"e{one.submission[card]:03}", f"j{one.judge[card]:02}") for card in range(one.cards) if card % 10 != 0}

    found = criterion_components(Ratings.of(*zip(*rows, strict=True)))
    of_complete = criterion_components(Ratings.of(*zip(*(row for row in rows if row[:2] in kept), strict=True)))

    assert found.reasons == {}
    assert found.left_out == "45 of 450 scorecards lack a score"
    assert values(found) == pytest.approx(values(of_complete))


def test_what_is_exported_has_the_nesting_of_the_contract() -> None:
    one = panel_of(read(LME4 / "two_facets.csv"))
    components, intervals = crossed_components(one), component_intervals(one)

    document = json.loads(json.dumps(components.as_json(intervals)))

    assert [*document] == ["mean", "submission", "judge", "residual", "intervals"]
    assert {name: [*one] for name, one in document["intervals"].items()} == {
        name: ["low", "high"] for name in ("submission", "judge", "residual")
    }
    assert crossed_components(complete(np.ones((2, 2)))).as_json() == {
        "mean": 1,
        "submission": None,
        "judge": None,
        "residual": None,
        "reasons": dict.fromkeys(("submission", "judge", "residual"), "all scores are the same"),
    }


@pytest.mark.prove
def test_the_variances_of_fifty_thousand_scores_of_ten_thousand_entries_are_found() -> None:
    one = sparse_panel(np.random.default_rng(1), 10_000, 500, 5)

    assert crossed_components(one).known == pytest.approx((1, 0.36, 0.64), rel=0.15)


@pytest.mark.prove
def test_ninety_five_per_cent_intervals_contain_the_variances_that_often(fresh: int) -> None:
    covered = np.zeros(3)
    for seed in range(400):
        intervals = component_intervals(sparse_panel(np.random.default_rng(seed + fresh), 60, 12, 3))
        for k, (interval, truth) in enumerate(
            zip((intervals.submission, intervals.judge, intervals.residual), (1, 0.36, 0.64), strict=True)
        ):
            assert interval is not None
            covered[k] += interval.low <= truth and (interval.high is None or truth <= interval.high)

    assert covered / 400 == pytest.approx([0.95] * 3, abs=0.035)
