"""Groups that share no entry, and how firmly judges are linked, against generalised inverses."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from judging.statistics.linkage import groups, linkage
from judging.statistics.ratings import Panel, Ratings
from judging.statistics.totals import totals

FANO = [(0, 1, 2), (0, 3, 4), (0, 5, 6), (1, 3, 5), (1, 4, 6), (2, 3, 6), (2, 4, 5)]


def panel(panels_of_entries: list[tuple[int, ...]], judges: int | None = None) -> Panel:
    """Each entry's judges."""
    pairs = [(entry, judge) for entry, one in enumerate(panels_of_entries) for judge in one]
    submission = np.array([entry for entry, _ in pairs], dtype=np.intp)
    judge = np.array([by for _, by in pairs], dtype=np.intp)
    count = judges if judges is not None else int(judge.max(initial=-1)) + 1
    return Panel(submission, judge, np.zeros(len(pairs)), len(panels_of_entries), count)


designs = st.integers(2, 7).flatmap(
    lambda judges: st.lists(
        st.sets(st.integers(0, judges - 1), min_size=1, max_size=judges).map(lambda one: tuple(sorted(one))),
        min_size=2,
        max_size=12,
    )
)


def test_groups_are_lettered_by_falling_submissions_then_by_their_first() -> None:
    found = groups(panel([(4, 5), (0,), (), (2, 3), (0, 1), (3,), (6,), (1,)], judges=8))

    assert [(one.group, one.submissions, one.judges, one.scorecards) for one in found.groups] == [
        ("A", 3, 2, 4),
        ("B", 2, 2, 3),
        ("C", 1, 2, 2),
        ("D", 1, 1, 1),
    ]
    assert [found.label(k) for k in found.of_submission] == ["C", "A", None, "B", "A", "B", "D", "A"]
    assert [found.label(k) for k in found.of_judge] == ["A", "A", "B", "B", "C", "C", "D", None]


def test_a_group_has_the_scores_of_its_submissions_whatever_their_criterion() -> None:
    rows = [
        ("a", "x", "idea", 1.0), ("a", "x", "team", 2.0), ("a", "y", "idea", 3.0), ("b", "y", "idea", 1.0),
        ("c", "z", "idea", 2.0), ("d", "z", "weightless", 1.0),
    ]  # fmt: skip
    ratings = Ratings.of(*zip(*rows, strict=True))
    found = groups(totals(ratings, {"idea": 1.0, "team": 1.0, "weightless": 0.0}).panel)

    assert found.as_json(ratings) == [
        {"group": "A", "submissions": 2, "judges": 2, "scores": 4},
        {"group": "B", "submissions": 1, "judges": 1, "scores": 1},
    ]


def test_the_group_after_z_is_aa() -> None:
    assert [one.group for one in groups(panel([(k,) for k in range(28)])).groups][24:] == ["Y", "Z", "AA", "AB"]


def test_without_scorecards_there_are_no_groups_and_no_linkage() -> None:
    nothing = panel([(), ()], judges=2)

    assert groups(nothing).groups == ()
    assert groups(nothing).of_submission.tolist() == [-1, -1]
    assert linkage(nothing) is None


@pytest.mark.parametrize("design", [[(0, 1, 2, 3)] * 5, FANO, FANO * 3, [(0, 1), (0, 2), (1, 2)]])
def test_linkage_is_one_where_every_two_judges_share_equally(design: list[tuple[int, ...]]) -> None:
    assert linkage(panel(design)) == pytest.approx(1)


def test_a_chain_of_judges_is_linked_as_its_path_says() -> None:
    """Resistances of a path of J judges between neighbours: the mean over pairs is (J + 1)/3 times 2, a link's own."""
    judges = 10
    chain = panel([(k, k + 1) for k in range(judges - 1)])
    balanced = 2 * (judges - 1) / (judges - 1)

    assert linkage(chain) == pytest.approx(balanced / (2 * (judges + 1) / 3))


def test_one_judge_or_one_scorecard_an_entry_has_no_linkage() -> None:
    assert linkage(panel([(0,), (0,)])) is None
    assert linkage(panel([(0,), (1,), (1,)])) is None


def test_several_groups_that_are_balanced_are_firmly_linked_each() -> None:
    assert linkage(panel([(0, 1), (0, 2), (1, 2), (3, 4)])) == pytest.approx(1)


@given(designs)
def test_linkage_is_the_ratio_of_mean_variances_of_severity_differences(design: list[tuple[int, ...]]) -> None:
    one = panel(design)
    entry, judge = np.eye(one.submissions)[one.submission], np.eye(one.judges)[one.judge]
    within = np.eye(one.cards) - entry @ np.diag(1 / entry.sum(axis=0)) @ entry.T
    information = judge.T @ within @ judge
    inverse = np.linalg.pinv(information, hermitian=True, rcond=1e-10)
    actual, balanced = 0.0, 0.0
    found = groups(one)
    for position in range(len(found.groups)):
        judges = np.flatnonzero(found.of_judge == position)
        for a, b in combinations(judges, 2):
            actual += inverse[a, a] + inverse[b, b] - 2 * inverse[a, b]
            balanced += 2 * (len(judges) - 1) / np.trace(information[np.ix_(judges, judges)])

    assert linkage(one) == (pytest.approx(balanced / actual) if actual else None)


@given(designs, st.integers(0, 2**32 - 1))
def test_other_names_change_no_linkage_and_no_sizes_of_groups(design: list[tuple[int, ...]], seed: int) -> None:
    one = panel(design)
    rng = np.random.default_rng(seed)
    entries, judges = rng.permutation(one.submissions), rng.permutation(one.judges)
    renamed = Panel(entries[one.submission], judges[one.judge], one.total, one.submissions, one.judges)

    assert linkage(renamed) == pytest.approx(linkage(one))
    assert [x.submissions for x in groups(renamed).groups] == [x.submissions for x in groups(one).groups]
    together, renamed_together = groups(one).of_submission, groups(renamed).of_submission[entries]
    assert ((together[:, None] == together) == (renamed_together[:, None] == renamed_together)).all()
