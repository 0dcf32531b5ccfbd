"""Which scorecards to ask for next: against quadrature, the limits that are set, and what then happens in truth."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr, ndtri, owens_t

from judging.statistics.certainty import expected_wrong, undecided
from judging.statistics.fair import Adjusted, adjusted
from judging.statistics.more_cards import Next, next_scorecards, worth
from judging.statistics.planning import dealt
from judging.statistics.ratings import Floats, Integers, Panel

Scoring = Callable[[Integers, Integers], Floats]


def prize(
    entries: int,
    judges: int,
    per_entry: int,
    seed: int = 0,
    *,
    severity: float = 0.6,
    spread: float = 0.3,
    noise: Floats | float = 0.3,
) -> tuple[Panel, Floats, Scoring]:
    """A panel in half points from 0 to 10, the true quality, and how judges score further entries."""
    random = np.random.default_rng(seed)
    quality, severities = random.normal(size=entries), random.normal(0, severity, judges)
    spreads = np.exp(random.normal(0, spread, judges))
    noises = np.exp(random.normal(0, noise, judges)) if isinstance(noise, float) else noise

    def scores(entry: Integers, judge: Integers) -> Floats:
        error = 0.8 * noises[judge] * random.normal(size=len(entry))
        exact = 5 + 1.5 * (spreads[judge] * quality[entry] - severities[judge] + error)
        return np.clip(np.round(2 * exact) / 2, 0, 10)

    panel = dealt(entries, judges, per_entry, random)
    total = scores(panel.submission, panel.judge)
    return Panel(panel.submission, panel.judge, total, entries, judges), quality, scores


def fitted(panel: Panel, top: int, seed: int = 1, draws: int = 2000) -> Adjusted:
    return adjusted(panel, np.random.default_rng(seed), top=top, draws=draws)


@cache
def usual() -> tuple[Panel, Adjusted]:
    panel, _, _ = prize(60, 12, 3)
    return panel, fitted(panel, 10)


def asked(
    budget: int,
    *,
    of: tuple[Panel, Adjusted] | None = None,
    conflicts: Collection[tuple[int, int]] = frozenset(),
    room: Mapping[int, int] | None = None,
    judges: Collection[int] | None = None,
    coming: Collection[tuple[int, int]] = frozenset(),
    seed: int = 2,
) -> Next:
    panel, found = of or usual()
    random = np.random.default_rng(seed)
    return next_scorecards(panel, found, budget, random, conflicts=conflicts, coming=coming, room=room, judges=judges)


def pairs(found: Next) -> list[tuple[int, int]]:
    return [(card.submission, card.judge) for card in found.cards]


def test_what_is_on_its_way_is_not_asked_for_again_and_counts_as_there() -> None:
    first = asked(12)
    second = asked(12, coming=pairs(first))
    both = asked(24)

    assert not set(pairs(first)) & set(pairs(second))
    assert second.expected_wrong_before == pytest.approx(first.expected_wrong_after, abs=0.05)
    assert second.expected_wrong_after < second.expected_wrong_before
    assert second.expected_wrong_after == pytest.approx(both.expected_wrong_after, abs=0.1)
    assert set(pairs(first) + pairs(second)) == set(pairs(both))


def test_no_card_more_makes_no_difference() -> None:
    nothing = asked(0, coming=pairs(asked(12)))

    assert not nothing.cards
    assert nothing.expected_wrong_after == nothing.expected_wrong_before


def by_quadrature(z: float, information: float, price: float) -> float:
    rho = np.sqrt(information / (1 + information))
    outcome = np.linspace(-9, 9, 200_001)
    density = np.exp(-(outcome**2) / 2) / np.sqrt(2 * np.pi)
    chance = ndtr((z + rho * outcome) / np.sqrt(1 - rho**2))
    expected = np.trapezoid(np.maximum(chance - price, 0) * density, outcome)
    return float(expected - max(ndtr(z) - price, 0))


@given(st.floats(-3, 3), st.floats(0.001, 20), st.floats(0.02, 0.98))
def test_what_evidence_is_worth_is_the_integral_over_what_it_may_say(
    z: float, information: float, price: float
) -> None:
    assert float(worth(z, information, price)) == pytest.approx(by_quadrature(z, information, price), abs=1e-6)


@given(st.floats(-3, 3), st.floats(0.001, 20))
def test_at_a_price_of_a_half_it_is_half_of_what_the_smaller_chance_falls_by(z: float, information: float) -> None:
    after = 2 * owens_t(z, 1 / np.sqrt(information))

    assert float(worth(z, information, 0.5)) == pytest.approx(0.5 * (ndtr(-abs(z)) - after), abs=1e-9)


@given(st.floats(-4, 4), st.floats(0, 1e6), st.floats(0.02, 0.98))
def test_evidence_is_worth_something_from_nothing_to_what_certainty_is_worth(
    z: float, information: float, price: float
) -> None:
    value = float(worth(z, information, price))

    assert -1e-12 <= value <= ndtr(z) * (1 - price) - max(ndtr(z) - price, 0) + 1e-9
    assert value <= float(worth(z, 2 * information + 0.01, price)) + 1e-9


@given(st.lists(st.floats(0.001, 0.999), min_size=2, max_size=30), st.data())
def test_expected_wrong_is_half_the_smaller_chances_where_the_likely_ones_are_as_many_as_places(
    chances: list[float], data: st.DataObject
) -> None:
    top = data.draw(st.integers(1, len(chances) - 1))
    low, high = -20.0, 20.0
    for _ in range(80):
        shift = (low + high) / 2
        low, high = (shift, high) if ndtr(ndtri(chances) + shift).sum() < top else (low, shift)
    chance = ndtr(ndtri(chances) + low)
    smaller = 0.5 * np.minimum(chance, 1 - chance).sum()

    wrong = expected_wrong(chance, top)

    assert wrong >= smaller - 1e-9
    if (chance > 0.5).sum() == top:
        assert wrong == pytest.approx(smaller, abs=1e-9)


def test_cards_stand_by_falling_reduction_and_none_is_asked_twice_or_exists() -> None:
    panel, _ = usual()

    found = asked(100)

    assert len(found.cards) == 100
    assert found.reason is None
    assert len(set(pairs(found))) == 100
    assert not set(pairs(found)) & set(zip(panel.submission.tolist(), panel.judge.tolist(), strict=True))
    reductions = [card.reduction for card in found.cards]
    assert min(reductions) > 0
    assert reductions[0] == max(reductions)


def test_undecided_entries_are_asked_for_and_decided_ones_are_not() -> None:
    _, found = usual()
    chance = found.ranks.chance_top

    cards = asked(60).cards

    entries = {card.submission for card in cards}
    assert entries <= set(np.flatnonzero(undecided(chance)).tolist())
    assert entries >= set(np.argsort(-chance)[8:14].tolist())


def test_one_entry_is_not_asked_for_again_while_another_gains_more() -> None:
    first = [card.submission for card in asked(8).cards]

    assert len(set(first)) >= 6


@settings(max_examples=25)
@given(
    st.sets(st.tuples(st.integers(-1, 60), st.integers(-1, 12)), max_size=200),
    st.dictionaries(st.integers(0, 12), st.integers(-1, 4)),
    st.none() | st.sets(st.integers(0, 11)),
    st.integers(0, 40),
)
def test_conflicts_room_and_choice_of_judges_are_respected(
    conflicts: set[tuple[int, int]], room: dict[int, int], judges: set[int] | None, budget: int
) -> None:
    found = asked(budget, conflicts=conflicts, room=room, judges=judges)

    assert not set(pairs(found)) & conflicts
    given_out = np.bincount([card.judge for card in found.cards], minlength=13)
    assert all(given_out[judge] <= max(number, 0) for judge, number in room.items())
    assert judges is None or {card.judge for card in found.cards} <= judges
    assert len(found.cards) <= budget
    assert (found.reason is not None) == (len(found.cards) < budget)


def test_where_everybody_is_full_it_says_that_nobody_is_left() -> None:
    found = asked(5, room=dict.fromkeys(range(12), 0))

    assert found.cards == ()
    assert found.reason == "no judge is left for the undecided entries"
    assert found.expected_wrong_after == found.expected_wrong_before


def test_where_everything_is_decided_it_says_so() -> None:
    panel, _, _ = prize(6, 4, 4)
    clear = Panel(panel.submission, panel.judge, 10.0 * panel.submission + panel.judge % 2, 6, 4)

    found = asked(5, of=(clear, fitted(clear, 2)))

    assert found.cards == ()
    assert found.reason == "no entry is undecided"
    assert found.expected_wrong_before == 0


def test_expected_wrong_before_is_that_of_the_ranking() -> None:
    _, found = usual()

    assert asked(3).expected_wrong_before == expected_wrong(found.ranks.chance_top, 10)


def test_more_cards_never_raise_what_is_expected_to_be_wrong() -> None:
    results = [asked(budget) for budget in (0, 1, 3, 9, 27, 81)]

    after = [one.expected_wrong_after for one in results]
    assert after[0] == results[0].expected_wrong_before
    assert all(later <= earlier + 3 * results[-1].error for earlier, later in pairwise(after))
    assert after[-1] < 0.85 * after[0]
    assert all(one.error < 0.02 for one in results)


def test_reductions_add_up_to_about_what_all_cards_do_together() -> None:
    found = asked(20)

    together = found.expected_wrong_before - found.expected_wrong_after
    assert sum(card.reduction for card in found.cards) == pytest.approx(together, rel=0.3)


@pytest.mark.parametrize("budget", [1, 4])
def test_what_is_expected_after_the_cards_is_what_weighting_the_draws_by_simulated_scores_gives(budget: int) -> None:
    panel, found = usual()
    result = asked(budget)
    drawn = found.draws
    assert drawn is not None
    submission, judge = np.array(pairs(result)).T
    expected = drawn.mean[0] - drawn.severity[panel.judge] + drawn.spread[panel.judge] * drawn.quality[panel.submission]
    error = (((panel.total[:, None] - expected) / drawn.noise[panel.judge]) ** 2).sum(axis=0).mean() / (panel.cards - 3)
    location = drawn.mean[0] - drawn.severity[judge] + drawn.spread[judge] * drawn.quality[submission]
    deviation = np.sqrt(error) * drawn.noise[judge]
    places = np.argsort(np.argsort(-drawn.quality, axis=0), axis=0)
    random = np.random.default_rng(0)
    wrong = []
    for true in range(0, location.shape[1], 4):
        scores = location[:, true] + deviation[:, true] * random.standard_normal(budget)
        fit = -0.5 * ((scores[:, None] - location) / deviation) ** 2 - np.log(deviation)
        weight = np.exp(fit.sum(axis=0) - fit.sum(axis=0).max())
        wrong.append(expected_wrong((places < 10) @ weight / weight.sum(), 10))

    assert result.expected_wrong_before - result.expected_wrong_after == pytest.approx(
        result.expected_wrong_before - np.mean(wrong), abs=0.02 + 3 * np.std(wrong) / len(wrong) ** 0.5, rel=0.15
    )


def test_a_budget_begins_with_the_cards_of_a_smaller_one() -> None:
    assert pairs(asked(30))[:10] == pairs(asked(10))


def test_judges_with_less_noise_are_preferred() -> None:
    noise = np.where(np.arange(12) % 2 == 0, 0.5, 2.0)
    panel, _, _ = prize(150, 12, 4, severity=0.3, spread=0.0, noise=noise)

    cards = asked(40, of=(panel, fitted(panel, 20))).cards

    assert np.mean([card.judge % 2 == 0 for card in cards]) > 0.9


def test_a_judge_about_whom_nothing_is_known_tells_less_than_one_who_is_known() -> None:
    panel, _, _ = prize(100, 10, 3, severity=1.5, spread=0.0, noise=0.01)
    with_new = Panel(panel.submission, panel.judge, panel.total, 100, 11)
    found = fitted(with_new, 12)

    cards = asked(30, of=(with_new, found), room=dict.fromkeys(range(10), 2)).cards

    assert {card.judge for card in cards[:15]} <= set(range(10))
    assert 10 in {card.judge for card in cards}


def test_lists_are_handled_together_and_judges_stay_in_theirs() -> None:
    first, _, _ = prize(30, 6, 3, seed=3)
    second, _, _ = prize(20, 5, 3, seed=4)
    panel = Panel(
        np.concatenate([first.submission, second.submission + 30]),
        np.concatenate([first.judge, second.judge + 6]),
        np.concatenate([first.total, second.total + 2]),
        50,
        11,
    )
    found = adjusted(panel, np.random.default_rng(1), top={0: 5, 1: 4}, draws=2000)

    result = asked(24, of=(panel, found))

    in_first = [card.submission < 30 for card in result.cards]
    assert 0 < sum(in_first) < 24
    assert all((card.judge < 6) == (card.submission < 30) for card in result.cards)
    chance = found.ranks.chance_top
    assert result.expected_wrong_before == expected_wrong(chance[:30], 5) + expected_wrong(chance[30:], 4)
    assert result.expected_wrong_after < result.expected_wrong_before


def test_a_single_place_for_which_many_contend_is_asked_about() -> None:
    panel, _, _ = prize(60, 12, 2, seed=8)
    found = fitted(panel, 1)

    result = asked(10, of=(panel, found))

    assert len(result.cards) == 10
    assert result.expected_wrong_after < result.expected_wrong_before


def test_an_entry_without_a_scorecard_is_not_asked_for() -> None:
    panel, _, _ = prize(20, 6, 3)
    longer = Panel(panel.submission, panel.judge, panel.total, 22, 6)

    cards = asked(40, of=(longer, fitted(longer, 5))).cards

    assert cards
    assert max(card.submission for card in cards) < 20


def test_minutes_are_those_of_all_cards() -> None:
    panel, found = usual()

    assert next_scorecards(panel, found, 7, np.random.default_rng(0), minutes=12.5).minutes == 87.5


def test_the_same_seed_gives_the_same_answer() -> None:
    assert asked(12, seed=5) == asked(12, seed=5)


def test_the_unit_of_scores_changes_nothing() -> None:
    panel, _ = usual()
    larger = Panel(panel.submission, panel.judge, 2.0**30 * panel.total, 60, 12)

    one, other = asked(12), asked(12, of=(larger, fitted(larger, 10)))

    assert pairs(other) == pairs(one)
    assert other.expected_wrong_after == pytest.approx(one.expected_wrong_after, abs=1e-4)


@pytest.mark.parametrize(
    ("submission", "judge", "total", "entries", "judges"),
    [
        ([], [], [], 0, 0),
        ([], [], [], 3, 2),
        ([0], [0], [5.0], 1, 1),
        ([0, 1, 2], [0, 0, 0], [1.0, 2.0, 3.0], 3, 1),
        ([0, 0, 0], [0, 1, 2], [1.0, 2.0, 3.0], 1, 3),
        ([0, 1, 2, 0, 1, 2], [0, 0, 0, 1, 1, 1], [5.0] * 6, 3, 3),
        ([0, 1, 2, 0, 1, 2], [0, 0, 0, 1, 1, 1], [1e9, 0.0, 1e9, 0.0, 1e9, 1e9], 3, 3),
        ([0, 1, 2, 0, 1, 2], [0, 0, 0, 1, 1, 1], [1.0, 0.0, 1.0, 0.0, 1.0, 1.0], 4, 4),
    ],
)
@pytest.mark.parametrize("top", [1, 2, 5])
def test_odd_panels_get_an_answer(
    submission: list[int], judge: list[int], total: list[float], entries: int, judges: int, top: int
) -> None:
    panel = Panel(np.array(submission, dtype=int), np.array(judge, dtype=int), np.array(total), entries, judges)

    found = asked(4, of=(panel, fitted(panel, top, draws=200)))

    assert 0 <= found.expected_wrong_after <= found.expected_wrong_before
    assert len(found.cards) == 4 or found.reason is not None
    assert all(np.isfinite(card.reduction) and card.reduction >= 0 for card in found.cards)


def test_a_negative_budget_is_refused() -> None:
    with pytest.raises(ValueError, match="the budget is -1"):
        asked(-1)


@pytest.mark.prove
@pytest.mark.timeout(600)
@pytest.mark.parametrize(("top", "budget"), [(10, 18), (10, 48), (1, 12)])
def test_what_is_expected_to_be_wrong_after_the_cards_is_what_is_wrong_once_they_are_scored(
    top: int, budget: int, fresh: int
) -> None:
    rows = []
    for seed in range(40):
        panel, quality, scores = prize(60, 12, 3, seed=1000 + seed + fresh)
        true = np.argsort(-quality)[:top]
        asked_for = asked(budget, of=(panel, fitted(panel, top)))
        submission, judge = np.array(pairs(asked_for)).T
        after = fitted(
            Panel(
                np.concatenate([panel.submission, submission]),
                np.concatenate([panel.judge, judge]),
                np.concatenate([panel.total, scores(submission, judge)]),
                60,
                12,
            ),
            top,
        )
        chance = after.ranks.chance_top
        wrong = top - len(np.intersect1d(true, np.argsort(-chance)[:top]))
        rows.append((asked_for.expected_wrong_after, expected_wrong(chance, top), wrong))
    predicted, by_model, in_truth = np.array(rows).T

    assert np.mean(by_model - predicted) == pytest.approx(
        0, abs=0.03 * top + 3 * np.std(by_model - predicted) / 40**0.5
    )
    assert np.mean(in_truth - predicted) == pytest.approx(
        0, abs=0.03 * top + 3 * np.std(in_truth - predicted) / 40**0.5
    )


@pytest.mark.prove
@pytest.mark.timeout(600)
def test_cards_that_are_asked_for_settle_more_than_as_many_at_random(fresh: int) -> None:
    apart = []
    for seed in range(25):
        panel, _, scores = prize(60, 12, 3, seed=2000 + seed + fresh)
        submission, judge = np.array(pairs(asked(24, of=(panel, fitted(panel, 10))))).T
        free = np.ones((60, 12), dtype=bool)
        free[panel.submission, panel.judge] = False
        at_random = np.random.default_rng(seed).permutation(np.argwhere(free))[:24].T
        wrong = []
        for entry, by in ((submission, judge), at_random):
            more = Panel(
                np.concatenate([panel.submission, entry]),
                np.concatenate([panel.judge, by]),
                np.concatenate([panel.total, scores(entry, by)]),
                60,
                12,
            )
            wrong.append(expected_wrong(fitted(more, 10).ranks.chance_top, 10))
        apart.append(wrong[1] - wrong[0])

    assert np.mean(apart) > 0.2 + 2 * np.std(apart) / 25**0.5
