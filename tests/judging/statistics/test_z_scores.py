"""Scores standardised by judge."""

from __future__ import annotations

import numpy as np
import pytest

from judging.statistics.ratings import Panel
from judging.statistics.z_scores import z_scores


def panel(rows: list[tuple[int, int, float]], submissions: int, judges: int) -> Panel:
    entries, by, totals = zip(*rows, strict=True)
    return Panel(np.array(entries), np.array(by), np.array(totals, dtype=float), submissions, judges)


def test_a_z_score_is_the_mean_of_an_entry_s_standardised_totals() -> None:
    found = z_scores(
        panel([(0, 0, 1), (1, 0, 2), (2, 0, 3), (0, 1, 8), (1, 1, 2), (2, 1, 5), (3, 1, 5)], submissions=4, judges=2)
    )

    assert found.z == pytest.approx([(-1 + 3 / 6**0.5) / 2, (0 - 3 / 6**0.5) / 2, 0.5, 0])
    assert found.without.tolist() == []


def test_judges_with_fewer_than_three_cards_or_without_spread_contribute_nothing_and_are_named() -> None:
    found = z_scores(
        panel(
            [(0, 0, 1), (1, 0, 2), (2, 0, 3), (0, 1, 9), (1, 1, 1), (0, 2, 0.1), (1, 2, 0.1), (2, 2, 0.1)],
            submissions=4,
            judges=4,
        )
    )

    assert found.z == pytest.approx([-1 / 3, 0, 0.5, 0])
    assert found.without.tolist() == [1, 2]
    assert found.scored.tolist() == [0, 1, 2]


def test_severity_and_spread_of_a_judge_do_not_move_z_scores() -> None:
    rng = np.random.default_rng(1)
    rows = [(i, j, float(rng.normal())) for i in range(6) for j in range(3)]
    changed = [(i, j, 5 * x - 2 if j == 1 else x) for i, j, x in rows]

    assert z_scores(panel(changed, 6, 3)).z == pytest.approx(z_scores(panel(rows, 6, 3)).z)


def test_an_empty_panel_has_no_z_scores() -> None:
    nothing = Panel(np.array([], dtype=np.intp), np.array([], dtype=np.intp), np.array([]), 2, 1)

    assert z_scores(nothing).scored.tolist() == []
    assert z_scores(nothing).without.tolist() == []
