"""The contest is played once for all tests of a process."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.blinding.contest import Contest, play


@pytest.fixture(scope="session")
def contest(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Contest:
    """What all twins are made from. Nothing changes it."""
    return play(sqlite_template, tmp_path_factory.mktemp("contest"))
