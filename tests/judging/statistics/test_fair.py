"""Adjusted scores: they find the best entries where judges differ, and their intervals are honest."""

from __future__ import annotations

import numpy as np
import pytest

from judging.statistics import fair_scores
from judging.statistics.fair import adjusted
from judging.statistics.posterior import effective_size
from judging.statistics.ratings import Panel
from judging.statistics.streams import streams
from tests.judging.statistics.prizes import plain_means, prize, share_of_true_top

DIFFERENT = {"severity": 1.0, "spread": 0.4, "noise": 0.5}


def test_two_entries_alike_but_for_a_lenient_judge_come_out_alike() -> None:
    submission = [f"E{one}" for one in range(40) for _ in range(2)]
    judge = [("lenient", "a", "b", "c")[(one + at) % 4] for one in range(40) for at in range(2)]
    quality = np.random.default_rng(1).normal(5, 1.5, 40)
    score = [quality[int(s[1:])] + (2.0 if j == "lenient" else 0.0) for s, j in zip(submission, judge, strict=True)]

    found = fair_scores(submission, judge, score)

    by_id = dict(zip(found.submissions, found.fair, strict=True))
    ours = np.array([by_id[f"E{one}"] for one in range(40)])
    assert np.corrcoef(ours, quality)[0, 1] > 0.999
    lenient = found.severity[found.judges.index("lenient")]
    assert lenient == pytest.approx(-1.5, abs=0.1)  # against the mean of four judges


def test_the_same_scores_and_seed_give_the_same_numbers_in_whatever_order_rows_come() -> None:
    made = prize(np.random.default_rng(2), 30, 6, 3, **DIFFERENT).panel
    rows = np.random.default_rng(3).permutation(made.cards)

    one = fair_scores(made.submission.tolist(), made.judge.tolist(), made.total.tolist(), seed=5)
    other = fair_scores(made.submission[rows].tolist(), made.judge[rows].tolist(), made.total[rows].tolist(), seed=5)

    assert one.submissions == other.submissions == tuple(range(30))
    np.testing.assert_array_equal(one.fair, other.fair)
    np.testing.assert_array_equal(one.spread, other.spread)


def test_another_seed_gives_the_same_numbers_within_their_noise() -> None:
    made = prize(np.random.default_rng(4), 60, 12, 3, **DIFFERENT).panel
    arguments = made.submission.tolist(), made.judge.tolist(), made.total.tolist()

    one, other = fair_scores(*arguments, seed=1), fair_scores(*arguments, seed=2)

    assert np.abs(one.fair - other.fair).max() < 0.2 * one.se.mean()
    assert np.abs(one.se - other.se).max() < 0.2 * one.se.mean()


def test_a_constant_shifts_adjusted_scores_and_a_factor_multiplies_them() -> None:
    made = prize(np.random.default_rng(6), 40, 8, 3, **DIFFERENT).panel
    arguments = made.submission.tolist(), made.judge.tolist()

    plain = fair_scores(*arguments, made.total.tolist())
    moved = fair_scores(*arguments, (3 * made.total + 100).tolist())

    np.testing.assert_allclose(moved.fair, 3 * plain.fair + 100, rtol=1e-9)
    np.testing.assert_allclose(moved.se, 3 * plain.se, rtol=1e-4)
    np.testing.assert_allclose(moved.severity, 3 * plain.severity, rtol=1e-6, atol=1e-9)


def test_judges_effects_are_about_those_of_the_panel() -> None:
    made = prize(np.random.default_rng(7), 300, 10, 5, **DIFFERENT, step=0)

    found = adjusted(made.panel, streams(0).posterior)

    severity = made.severity - made.severity.mean()
    assert (np.abs(found.severity.value - severity) < 3.5 * found.severity.se).all()
    assert found.severity.se.max() < 0.35
    assert np.corrcoef(np.log(found.spread.value), np.log(made.spread))[0, 1] > 0.9
    assert np.corrcoef(np.log(found.noise.value), np.log(made.noise))[0, 1] > 0.9
    assert found.severity.value.mean() == pytest.approx(0, abs=1e-9)
    assert np.log(found.spread.value).mean() == pytest.approx(0, abs=1e-9)
    assert np.log(found.noise.value).mean() == pytest.approx(0, abs=1e-9)


def test_every_entry_has_a_thousand_effective_draws() -> None:
    made = prize(np.random.default_rng(3), 60, 12, 2, severity=0.7, spread=0.3, noise=0.3)

    draws = adjusted(made.panel, streams(0).posterior).draws

    assert draws is not None
    assert draws.quality.shape == (60, 4000)
    assert draws.effective >= 1000
    assert effective_size(draws.quality, 8).min() == pytest.approx(draws.effective, rel=1e-3)


def test_effective_size_is_that_of_a_known_process() -> None:
    random, correlation = np.random.default_rng(8), 0.6
    draws = np.empty((50, 8, 2000))
    draws[:, :, 0] = random.normal(size=(50, 8))
    for at in range(1, 2000):
        new = random.normal(size=(50, 8)) * np.sqrt(1 - correlation**2)
        draws[:, :, at] = correlation * draws[:, :, at - 1] + new

    found = effective_size(draws.reshape(50, -1), 8)

    assert found.mean() == pytest.approx(16_000 * (1 - correlation) / (1 + correlation), rel=0.05)


def test_where_nothing_varies_all_have_the_same_score_and_any_may_be_first() -> None:
    found = adjusted(
        Panel(np.array([0, 0, 1, 2]), np.array([0, 1, 1, 0]), np.full(4, 7.0), 3, 2), streams(0).posterior, top=2
    )

    assert found.fair.tolist() == [7, 7, 7]
    assert found.ranks.rank.tolist() == [1, 1, 1]
    assert found.ranks.chance_top.sum() == pytest.approx(2)
    assert found.severity.value.tolist() == [0, 0]


@pytest.mark.parametrize(
    ("submission", "judge", "score"),
    [
        (["a"], ["x"], [3]),
        (["a", "b"], ["x", "x"], [1, 2]),
        (["a", "a"], ["x", "y"], [1, 2]),
        (["a", "b", "c"], ["x", "y", "z"], [1, 2, 3]),
        (["a", "a", "b", "b"], ["x", "y", "x", "y"], [1e9, 2e9, 1e9, 1e9]),
        (["a", "a", "b", "b"], ["x", "y", "x", "y"], [0, 1, 1, 1]),
        (["a", "a", "b", "b", "c"], ["x", "y", "x", "y", "x"], [5, 5, 5, 5, 5.0000001]),
    ],
)
def test_odd_panels_have_finite_numbers(submission: list[str], judge: list[str], score: list[float]) -> None:
    found = fair_scores(submission, judge, score)

    for numbers in (found.fair, found.se, found.severity, found.spread, found.noise):
        assert np.isfinite(numbers).all()


@pytest.mark.parametrize(
    ("submission", "judge", "score", "words"),
    [
        ([], [], [], "there is no score"),
        (["a"], ["x"], [1, 2], "do not align"),
        (["a", "b"], ["x", "x"], [1, float("nan")], "row 1: nan is not a finite number"),
        (["a", "b", "a"], ["x", "x", "x"], [1, 2, 3], "row 2: 'x' has scored 'a' already"),
    ],
)
def test_what_cannot_be_analysed_is_named(
    submission: list[str], judge: list[str], score: list[float], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        fair_scores(submission, judge, score)


def test_panels_that_share_nobody_are_lists_of_their_own() -> None:
    random = np.random.default_rng(9)
    first, second = prize(random, 20, 5, 3, **DIFFERENT).panel, prize(random, 12, 4, 3, **DIFFERENT).panel
    both = Panel(
        np.concatenate([first.submission, second.submission + 20]),
        np.concatenate([first.judge, second.judge + 5]),
        np.concatenate([first.total, second.total + 3]),
        32,
        9,
    )

    separate = adjusted(both, streams(0).posterior, top={0: 5, 1: 3})
    together = adjusted(both, streams(0).posterior, top=5, exchangeable=True)

    assert separate.tops == (5, 3)
    assert separate.ranks.chance_top[:20].sum() == pytest.approx(5)
    assert separate.ranks.chance_top[20:].sum() == pytest.approx(3)
    assert separate.ranks.rank[20:].max() <= 12
    assert together.ranks.chance_top.sum() == pytest.approx(5)
    for judges in (slice(0, 5), slice(5, 9)):
        assert separate.severity.value[judges].mean() == pytest.approx(0, abs=1e-9)


@pytest.mark.prove
@pytest.mark.parametrize(
    ("size", "differ", "gain"),
    [
        ((300, 40, 3), {}, -0.012),
        ((300, 40, 3), {"severity": 1.0}, 0.08),
        ((300, 40, 3), DIFFERENT, 0.10),
        ((60, 12, 3), {"severity": 0.7, "spread": 0.3, "noise": 0.3}, 0.02),
    ],
    ids=["nobody differs", "in severity", "in everything", "few of them"],
)
def test_more_of_the_truly_best_are_found_than_by_plain_means(
    size: tuple[int, int, int], differ: dict[str, float], gain: float, fresh: int
) -> None:
    random = np.random.default_rng(10 + fresh)
    differences, top = [], size[0] // 10
    for _ in range(24 if size[0] > 100 else 60):
        made = prize(random, *size, **differ)
        found = adjusted(made.panel, random, top=top)
        ours, plain = (share_of_true_top(made.quality, scores, top) for scores in (found.fair, plain_means(made.panel)))
        differences.append(ours - plain)
    assert np.mean(differences) > gain


@pytest.mark.prove
@pytest.mark.parametrize(
    ("size", "differ"),
    [((300, 40, 3), DIFFERENT), ((60, 12, 3), {"severity": 0.7, "spread": 0.3, "noise": 0.3}), ((300, 40, 3), {})],
    ids=["in everything", "few of them", "nobody differs"],
)
def test_intervals_hold_the_truth_as_often_as_they_say(
    size: tuple[int, int, int], differ: dict[str, float], fresh: int
) -> None:
    random = np.random.default_rng(11 + fresh)
    everyone, highest, truly, ranked, likely = [], [], [], [], []
    top = size[0] // 10
    for _ in range(20 if size[0] > 100 else 60):
        made = prize(random, *size, **differ)
        found = adjusted(made.panel, random, top=top)
        # intervals are of quality less its mean, where adjusted scores are
        shift = found.fair.mean() - made.quality.mean()
        holds = (found.low <= made.quality + shift) & (made.quality + shift <= found.high)
        place = np.argsort(np.argsort(-made.quality)) + 1
        everyone.append(holds.mean())
        highest.append(holds[np.argsort(-found.fair)[:top]].mean())
        truly.append(holds[place <= top].mean())
        ranked.append(((found.ranks.low <= place) & (place <= found.ranks.high)).mean())
        likely += (place <= top)[(found.ranks.chance_top > 0.7) & (found.ranks.chance_top < 0.8)].tolist()
    assert 0.92 < np.mean(everyone) < 0.975
    assert 0.90 < np.mean(highest) < 0.985
    assert np.mean(truly) > 0.80
    assert 0.93 < np.mean(ranked) < 0.99
    assert np.mean(likely) == pytest.approx(0.75, abs=4 * np.sqrt(0.75 * 0.25 / len(likely)))
