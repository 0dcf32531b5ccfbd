"""What a target needs a year and what its series has done, on numbers that can be worked out by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mission.rates import Observation, Rates, Stretch, rates, years

DUE = date(2030, 1, 1)


def series(*values: int | str, first_year: int = 2020) -> list[Observation]:
    """One observation on each first of January."""
    return [Observation(date(first_year + place, 1, 1), Decimal(value)) for place, value in enumerate(values)]


def close(rate: Decimal | None, expected: float) -> bool:
    return rate is not None and abs(float(rate) - expected) < 0.02


def test_the_required_rate_is_what_is_left_over_the_years_that_are_left() -> None:
    found = rates(series(10, 12, 14, 16, 18, 20), Decimal(60), DUE, rising=True)

    assert (close(found.years_left, 5), close(found.required, 8)) == (True, True)
    assert close(found.latest, 2)


@pytest.mark.parametrize(
    ("target", "stretch"),
    [(35, Stretch.ON_TRACK), (41, Stretch.STRETCH), (43, Stretch.BEYOND), (24, Stretch.MET), (22, Stretch.MET)],
)
def test_a_target_is_compared_with_the_usual_and_the_best_of_windows_as_long_as_what_is_left(
    target: int, stretch: Stretch
) -> None:
    values = series(0, 0, 2, 12, 18, 20, 22, 24, first_year=2018)

    found = rates(values, Decimal(target), date(2028, 1, 1), rising=True)

    assert found.stretch is stretch
    if stretch is not Stretch.MET:
        # windows of three years: 12, 18, 18, 10, 6 in all
        assert (found.windows, close(found.best, 6), close(found.usual, 4)) == (5, True, True)


def test_a_falling_target_counts_the_way_down_as_progress() -> None:
    up = rates(series(10, 12, 14, 16), Decimal(30), date(2026, 1, 1), rising=True)
    down = rates(series(-10, -12, -14, -16), Decimal(-30), date(2026, 1, 1), rising=False)

    assert up == down
    assert close(down.latest, 2)


def test_a_series_that_moves_away_from_its_target_has_a_negative_rate() -> None:
    found = rates(series(50, 53, 56, 59), Decimal(20), date(2024, 1, 1), rising=False)

    assert close(found.latest, -3)
    assert found.stretch is Stretch.BEYOND


def test_what_was_achieved_last_is_told_over_a_year_and_not_over_the_last_few_days() -> None:
    days = (date(2023, 6, 1), date(2024, 6, 1), date(2024, 9, 1), date(2025, 5, 28), date(2025, 6, 1))
    daily = [Observation(day, Decimal(value)) for day, value in zip(days, (10, 12, 40, 30, 15), strict=True)]

    found = rates(daily, Decimal(60), DUE, rising=True)

    assert (close(found.latest, 3), found.since) == (True, date(2024, 6, 1))


def test_within_their_first_year_measurements_are_compared_with_the_first() -> None:
    found = rates(
        [Observation(date(2024, month, 1), Decimal(month)) for month in (1, 4, 7)], Decimal(60), DUE, rising=True
    )

    assert (close(found.latest, 12.05), found.since) == (True, date(2024, 1, 1))


@pytest.mark.parametrize(("values", "latest"), [((), None), ((5,), None), ((5, 6), 1.0)])
def test_too_few_measurements_say_nothing(values: tuple[int, ...], latest: float | None) -> None:
    found = rates(series(*values), Decimal(60), DUE, rising=True)

    assert (found.best, found.usual, found.stretch) == (None, None, Stretch.TOO_FEW)
    assert found.latest is None if latest is None else close(found.latest, latest)


def test_after_its_date_a_target_that_was_missed_has_no_required_rate() -> None:
    found = rates(series(10, 20), Decimal(60), date(2021, 1, 1), rising=True)

    assert (found.required, found.stretch) == (None, Stretch.TOO_FEW)


def test_a_year_is_365_and_a_quarter_days() -> None:
    assert years(date(2020, 1, 1), date(2024, 1, 1)) == Decimal(4)


VALUES = st.decimals(min_value=-1000, max_value=1000, places=2)
OBSERVED = st.dictionaries(st.dates(date(2000, 1, 1), date(2025, 1, 1)), VALUES, max_size=8)


@given(OBSERVED, VALUES, st.booleans(), st.randoms(use_true_random=False))
def test_the_order_in_which_measurements_were_recorded_does_not_matter(
    observed: dict[date, Decimal], target: Decimal, rising: bool, dice: object
) -> None:
    observations = [Observation(day, value) for day, value in observed.items()]
    shuffled = list(observations)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]

    assert rates(observations, target, DUE, rising=rising) == rates(shuffled, target, DUE, rising=rising)


@given(OBSERVED, VALUES, st.booleans())
def test_the_usual_rate_is_never_above_the_best(observed: dict[date, Decimal], target: Decimal, rising: bool) -> None:
    found: Rates = rates([Observation(*pair) for pair in observed.items()], target, DUE, rising=rising)

    assert found.best is None or (found.usual is not None and found.usual <= found.best)
