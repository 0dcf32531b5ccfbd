"""Simulations of prizes are the same each time, but in ``make deep``."""

from __future__ import annotations

import os
import secrets

import hypothesis
import pytest


@pytest.fixture
def fresh() -> int:
    """Added to a simulation's seeds: 0, and in ``make deep`` what nobody has tried, printed so that it can be again."""
    if hypothesis.settings().derandomize:
        return 0
    drawn = int(os.environ.get("LAUREL_SEED") or secrets.randbelow(1_000_000))
    print(f"LAUREL_SEED={drawn}")
    return 10_000 * drawn
