from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from judging.statistics.icc import NAMES, Concordance, correlations, kendall_w
from judging.statistics.ratings import Floats, Integers

DATA = Path(__file__).parents[1] / "data"

whole_tables = st.tuples(st.integers(2, 6), st.integers(2, 4)).flatmap(
    lambda shape: st.lists(
        st.lists(st.integers(0, 5), min_size=shape[1], max_size=shape[1]), min_size=shape[0], max_size=shape[0]
    )
)


def arrays(table) -> tuple[Integers, Integers, Floats]:
    scores = np.array(table, dtype=float)
    entry, judge = np.nonzero(~np.isnan(scores))
    return entry, judge, scores[entry, judge]


def shrout_and_fleiss() -> tuple[Integers, Integers, Floats]:
    with (DATA / "shrout_fleiss_1979.csv").open() as file:
        rows = list(csv.DictReader(file))
    entry = np.array([int(row["submission"][1:]) for row in rows])
    judge = np.array([int(row["judge"][1:]) for row in rows])
    return entry, judge, np.array([float(row["score"]) for row in rows])


def test_the_six_are_what_shrout_and_fleiss_published():
    found = correlations(*shrout_and_fleiss())
    assert {name: (one.estimate, one.low, one.high) for name, one in found.items()} == {
        "ICC1": pytest.approx((0.1657, -0.1329, 0.7226), abs=5e-5),
        "ICC2": pytest.approx((0.2898, 0.0188, 0.7611), abs=5e-5),
        "ICC3": pytest.approx((0.7148, 0.3425, 0.9459), abs=5e-5),
        "ICC1k": pytest.approx((0.4428, -0.8844, 0.9124), abs=5e-5),
        "ICC2k": pytest.approx((0.6201, 0.0711, 0.9272), abs=5e-5),
        "ICC3k": pytest.approx((0.9093, 0.6757, 0.9859), abs=5e-5),
    }


def test_concordance_of_their_judges_is_corrected_for_ties():
    found = kendall_w(*shrout_and_fleiss())
    assert (found.estimate, found.p_value) == pytest.approx((0.8870, 0.00329), abs=5e-5)


def test_the_six_are_those_of_pingouin():
    # pingouin 0.6.1, made by oracles_agreement.py; it gives the ends with two digits.
    answers = {
        "ICC1": (0.692758, 0.20, 0.96),
        "ICC2": (0.706806, 0.19, 0.96),
        "ICC3": (0.819175, 0.39, 0.98),
        "ICC1k": (0.871205, 0.42, 0.99),
        "ICC2k": (0.878525, 0.41, 0.99),
        "ICC3k": (0.931463, 0.65, 0.99),
    }
    found = correlations(*arrays([[7.5, 8, 6], [5, 6.5, 5], [9, 9, 8.5], [6, 7, 4], [3, 5.5, 4.5]]))
    for name, (estimate, low, high) in answers.items():
        assert found[name].estimate == pytest.approx(estimate, abs=5e-7)
        assert (found[name].low, found[name].high) == pytest.approx((low, high), abs=0.0051)


def test_concordance_is_one_for_equal_orders_and_nought_for_orders_that_cancel():
    assert kendall_w(*arrays([[1, 10], [2, 20], [3, 30]])).estimate == 1.0
    found = kendall_w(*arrays([[1, 3], [2, 2], [3, 1]]))
    assert (found.estimate, found.p_value) == (0.0, 1.0)


def test_other_judges_for_each_entry_leave_the_one_way_correlations_alone():
    entry, judge, total = np.array([0, 0, 1, 1, 2, 2]), np.array([0, 1, 2, 3, 1, 2]), np.array([1, 2, 5, 5, 3, 4.0])

    found = correlations(entry, judge, total)

    assert [name for name in NAMES if found[name].unavailable is None] == ["ICC1", "ICC1k"]
    assert found["ICC2"].as_json() == {"unavailable": "not every entry was scored by the same judges"}
    assert kendall_w(entry, judge, total).as_json() == found["ICC2"].as_json()
    crossed = correlations(entry, np.array([0, 1] * 3), total)
    assert (found["ICC1"], found["ICC1k"]) == (crossed["ICC1"], crossed["ICC1k"])


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ([[1, 2]], "there are fewer than two entries"),
        ([[1, 2], [3, np.nan]], "entries have different numbers of scorecards"),
        ([[1], [2], [3]], "every entry has one scorecard"),
        ([[2, 2], [2, 2], [2, 2]], "nothing varies"),
    ],
)
def test_what_is_unavailable_says_why(table, reason):
    assert {one.unavailable for one in correlations(*arrays(table)).values()} == {reason}
    assert kendall_w(*arrays(table)) == Concordance(None, None, reason)


def test_where_judges_alone_differ_consistency_is_not_known():
    found = correlations(*arrays([[1, 2, 4]] * 5))
    assert found["ICC3"].as_json()["estimate"] is None
    assert found["ICC3k"].as_json()["reason"] == "neither entries' means nor what is left vary"


def test_concordance_of_two_entries_is_unavailable():
    assert kendall_w(*arrays([[1, 2], [2, 3]])).unavailable == "there are fewer than three entries"


def test_negative_correlations_are_shown():
    found = correlations(*arrays([[1, 3], [3, 1], [2, 2], [1, 4]]))
    assert found["ICC1"].estimate < -0.5
    assert found["ICC3k"].estimate < -1


def test_judges_who_agree_wholly_are_certain():
    found = correlations(*arrays([[1, 1], [2, 2], [4, 4]]))
    assert {(one.estimate, one.low, one.high) for one in found.values()} == {(1.0, 1.0, 1.0)}


def test_judges_who_differ_by_a_constant_agree_on_the_order_alone():
    found = correlations(*arrays([[1, 3], [2, 4], [4, 6]]))
    assert found["ICC3"].estimate == 1.0
    assert found["ICC2"].estimate == pytest.approx(7 / 13)


@given(whole_tables, st.sampled_from([0.1, 1.0, 1e6]), st.sampled_from([-50.0, 0.0, 1e6]))
def test_a_factor_and_a_constant_change_nothing(table, factor, constant):
    before = correlations(*arrays(table))
    after = correlations(*arrays(np.array(table) * factor + constant))
    for name in NAMES:
        assert before[name].unavailable == after[name].unavailable
        for end in ("estimate", "low", "high"):
            one, other = getattr(before[name], end), getattr(after[name], end)
            assert (one is None) == (other is None)
            assert one is None or one == pytest.approx(other, rel=1e-4, abs=1e-4)
    assert kendall_w(*arrays(table)) == kendall_w(*arrays(np.array(table) * factor + constant))


@given(whole_tables)
def test_the_interval_holds_the_estimate_and_a_null_end_has_its_reason(table):
    for name, one in correlations(*arrays(table)).items():
        if one.unavailable is not None:
            continue
        if None in (one.estimate, one.low, one.high):
            assert one.reason
        elif name not in ("ICC2", "ICC2k") or one.estimate > 0:  # Satterthwaite's ends are rough below 0
            assert one.low <= one.estimate + 1e-12
            assert one.high >= one.estimate - 1e-12
