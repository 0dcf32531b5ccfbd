"""What a panel that is planned would find, against closed forms, limits and the reliability of a real panel."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr, ndtri

from judging.statistics.linkage import groups
from judging.statistics.planning import Design, PanelPlan, dealt, plan_panel
from judging.statistics.reliability import same_top
from judging.statistics.variance import ComponentIntervals, Components


def planned(
    submission: float,
    judge: float,
    residual: float,
    per_entry: tuple[int, ...] = (3,),
    judges: tuple[int, ...] = (12,),
    *,
    n: int = 60,
    top: int = 10,
    draws: int = 400,
    seed: int = 0,
) -> PanelPlan:
    variances = {"submission": submission, "judge": judge, "residual": residual}
    generator = np.random.default_rng(seed)
    return plan_panel(variances, n, top, per_entry, judges, minutes=20, draws=draws, generator=generator)


def only(plan: PanelPlan) -> Design:
    (design,) = plan.designs
    return design


@given(st.integers(1, 40), st.integers(1, 12), st.integers(1, 12), st.integers(0, 99))
def test_a_deal_repeats_no_pair_and_loads_differ_by_one_at_most(
    entries: int, judges: int, per_entry: int, seed: int
) -> None:
    per_entry = min(per_entry, judges)

    panel = dealt(entries, judges, per_entry, np.random.default_rng(seed))

    assert len(set(zip(panel.submission.tolist(), panel.judge.tolist(), strict=True))) == entries * per_entry
    assert (np.bincount(panel.submission, minlength=entries) == per_entry).all()
    assert np.ptp(np.bincount(panel.judge, minlength=judges)) <= 1


def test_a_deal_links_judges_even_where_they_could_be_dealt_in_blocks() -> None:
    panels = [dealt(60, 12, 3, np.random.default_rng(seed)) for seed in range(50)]

    assert all(len(groups(panel).groups) == 1 for panel in panels)


def test_a_deal_of_more_judges_than_there_are_is_refused() -> None:
    with pytest.raises(ValueError, match="4 judges for each entry of 3"):
        dealt(10, 3, 4, np.random.default_rng(0))


def test_judges_who_do_not_differ_and_never_err_find_the_top() -> None:
    design = only(planned(1, 0, 0, per_entry=(1,)))

    for choice in (design.plain, design.fair):
        assert choice is not None
        assert (choice.found, choice.best, choice.all_right, choice.same_top, choice.error) == (1, 1, 1, 1, 0)
    assert design.undecided == 0


def test_severity_does_no_harm_where_every_judge_scores_every_entry_or_the_model_allows_for_it() -> None:
    complete = only(planned(1, 4, 0, per_entry=(12,)))
    sparse = only(planned(1, 4, 0, per_entry=(3,)))

    assert complete.plain is not None
    assert sparse.plain is not None
    assert sparse.fair is not None
    assert complete.plain.found == 1
    assert sparse.fair.found == 1
    assert sparse.plain.found < 0.8


def test_scores_that_say_nothing_find_what_chance_does() -> None:
    design = only(planned(1e-6, 0.25, 1, draws=2000))

    assert design.plain is not None
    assert design.plain.found == pytest.approx(10 / 60, abs=4 * design.plain.error)
    assert design.plain.best == pytest.approx(10 / 60, abs=0.03)
    assert design.plain.all_right == 0


@pytest.mark.parametrize(("judge", "residual", "per_entry"), [(0.25, 0.64, 3), (0.5, 1.0, 2), (0.0, 4.0, 1)])
def test_of_two_entries_in_a_complete_design_the_better_is_found_as_often_as_the_closed_form_says(
    judge: float, residual: float, per_entry: int
) -> None:
    design = only(planned(1, judge, residual, (per_entry,), (per_entry,), n=2, top=1, draws=8000))

    correlation = math.sqrt(1 / (1 + residual / per_entry))
    better = 0.5 + math.asin(correlation) / math.pi
    assert design.plain is not None
    assert design.fair is not None
    assert design.plain.found == pytest.approx(better, abs=0.015)
    assert design.fair.found == pytest.approx(better, abs=0.015)
    assert design.plain.best == design.plain.found == design.plain.all_right
    assert design.plain.same_top == pytest.approx(0.5 + math.asin(correlation**2) / math.pi, abs=0.02)


def test_of_two_entries_as_many_are_undecided_as_the_closed_form_says() -> None:
    found = [
        only(planned(1, 0.25, 0.64, (3,), (3,), n=2, top=1, draws=4000, seed=seed)).undecided for seed in range(12)
    ]

    correlation = math.sqrt(1 / (1 + 0.64 / 3))
    reach = ndtri(0.9) * math.sqrt(1 - correlation**2) / correlation
    assert np.mean(np.array(found, dtype=float)) == pytest.approx(2 * (2 * ndtr(reach) - 1), abs=0.1)


def test_another_panel_has_as_much_in_common_as_the_specification_says_of_sixty_entries() -> None:
    design = only(planned(1, 0.7**2, 0.8**2, draws=2000))

    assert design.plain is not None
    assert design.fair is not None
    assert design.plain.same_top == pytest.approx(0.57, abs=0.02)
    assert design.fair.same_top == pytest.approx(0.63, abs=0.02)


@pytest.mark.parametrize(("per_entry", "judges"), [(2, 15), (3, 12), (5, 20)])
def test_another_panel_has_as_much_in_common_as_reliability_says_of_a_panel_that_was_dealt_alike(
    per_entry: int, judges: int
) -> None:
    design = only(planned(2, 0.8, 1.5, (per_entry,), (judges,), draws=1500))
    panel = dealt(60, judges, per_entry, np.random.default_rng(5))
    components = Components(5.0, {"submission": 2.0, "judge": 0.8, "residual": 1.5})
    expected = same_top(panel, components, ComponentIntervals(0.95, reason="none"), 10, np.random.default_rng(6))

    for name, choice in (("plain", design.plain), ("fair", design.fair)):
        same = expected[name]
        assert choice is not None
        assert same is not None
        assert choice.same_top == pytest.approx(same.estimate, abs=0.025)


def test_more_scorecards_for_each_entry_find_more_and_leave_less_undecided() -> None:
    designs = planned(1, 0.25, 0.64, per_entry=(1, 2, 3, 4, 6, 8)).designs

    found = [(one.plain.found, one.fair.found) for one in designs if one.plain is not None and one.fair is not None]
    assert (np.diff(found, axis=0) > -0.015).all()
    assert (np.array(found)[-1] > np.array(found)[0] + 0.15).all()
    open_entries = [one.undecided for one in designs if one.undecided is not None]
    assert (np.diff(open_entries) < 1).all()


def test_adjusted_scores_find_no_less_than_means() -> None:
    designs = planned(1, 0.5, 0.64, per_entry=(2, 3, 5), judges=(6, 12, 30)).designs

    for one in designs:
        assert one.plain is not None
        assert one.fair is not None
        assert one.fair.found > one.plain.found - 0.005


def test_scorecards_hours_and_loads_are_those_of_the_design() -> None:
    design = only(planned(1, 0.25, 0.64, per_entry=(3,), judges=(12,)))

    assert (design.scorecards, design.hours, design.cards_per_judge) == (180, 60.0, 15.0)


def test_designs_stand_in_the_order_of_what_was_asked_for() -> None:
    plan = planned(1, 0.25, 0.64, per_entry=(3, 2), judges=(12, 6), draws=20)

    assert [(one.per_entry, one.judges) for one in plan.designs] == [(3, 12), (3, 6), (2, 12), (2, 6)]


@pytest.mark.parametrize(
    ("per_entry", "judges", "reason"),
    [
        (4, 3, "an entry cannot have 4 scorecards from 3 judges"),
        (0, 3, "an entry needs at least one scorecard"),
        (2, 0, "an entry cannot have 2 scorecards from 0 judges"),
    ],
)
def test_a_design_that_is_impossible_is_given_with_the_reason(per_entry: int, judges: int, reason: str) -> None:
    design = only(planned(1, 0.25, 0.64, per_entry=(per_entry,), judges=(judges,)))

    assert design.reason == reason
    assert (design.plain, design.fair, design.undecided) == (None, None, None)


def test_without_an_earlier_prize_it_says_what_it_supposes() -> None:
    plan = plan_panel(None, 20, 5, [2], [4], minutes=15, draws=50, generator=np.random.default_rng(0))

    assert plan.components == pytest.approx({"submission": 1, "judge": 0.25, "residual": 0.64})
    assert plan.assumed == (
        "There is no earlier prize: supposes standard deviations of 1 for quality, 0.5 for judges and 0.8 for the "
        "residual."
    )


def test_with_an_earlier_prize_it_supposes_nothing() -> None:
    plan = planned(2, 0.3, 1, draws=20)

    assert plan.assumed is None
    assert plan.components == {"submission": 2, "judge": 0.3, "residual": 1}


@pytest.mark.parametrize(
    ("variances", "words"),
    [
        ({"submission": 1.0, "judge": None, "residual": 0.6}, "does not tell the variance of the judge"),
        ({"submission": 0.0, "judge": 0.1, "residual": 0.6}, "entries of the earlier prize do not differ"),
    ],
)
def test_an_earlier_prize_that_tells_too_little_is_not_used_and_that_is_said(
    variances: dict[str, float | None], words: str
) -> None:
    components = Components(5.0, variances)

    plan = plan_panel(components, 20, 5, [2], [4], minutes=15, draws=50, generator=np.random.default_rng(0))

    assert plan.assumed is not None
    assert words in plan.assumed
    assert plan.components["residual"] == pytest.approx(0.64)


def test_a_unit_of_scores_changes_nothing() -> None:
    one, other = only(planned(1, 0.25, 0.64)), only(planned(1e18, 0.25e18, 0.64e18))

    assert one.plain == other.plain
    assert one.fair == other.fair
    assert one.undecided == other.undecided


def test_where_all_are_chosen_all_are_right() -> None:
    design = only(planned(1, 0.25, 0.64, n=8, top=20, per_entry=(2,), judges=(4,)))

    assert design.plain is not None
    assert (design.plain.found, design.plain.all_right, design.undecided) == (1, 1, 0)


@settings(max_examples=30)
@given(
    st.integers(1, 6),
    st.integers(1, 6),
    st.integers(1, 4),
    st.integers(1, 4),
    st.tuples(st.floats(0, 1e9), st.floats(0, 1e9), st.floats(0, 1e9)),
    st.integers(1, 5),
)
def test_every_design_has_numbers_or_a_reason(
    n: int, top: int, per_entry: int, judges: int, variances: tuple[float, float, float], draws: int
) -> None:
    plan = planned(*variances, (per_entry,), (judges,), n=n, top=top, draws=draws)

    design = only(plan)
    assert (design.plain is None) == (design.reason is not None)
    document = json.loads(json.dumps(plan.as_json(), allow_nan=False))
    assert document["designs"][0]["scorecards"] == n * per_entry
    for choice in (design.plain, design.fair):
        if choice is not None:
            assert all(0 <= one <= 1 for one in (choice.found, choice.best, choice.all_right, choice.same_top))


def test_the_same_seed_gives_the_same_plan() -> None:
    assert planned(1, 0.25, 0.64, seed=3) == planned(1, 0.25, 0.64, seed=3)


@pytest.mark.parametrize(
    ("n", "top", "draws", "words"),
    [(0, 1, 10, "n is 0"), (5, 0, 10, "top is 0"), (5, 1, 0, "draws is 0")],
)
def test_numbers_that_are_not_positive_are_refused(n: int, top: int, draws: int, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        planned(1, 0.25, 0.64, n=n, top=top, draws=draws)


@pytest.mark.parametrize("value", [-1.0, math.inf, math.nan])
def test_a_variance_that_is_none_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="the variance of the judge"):
        planned(1, value, 0.64)
