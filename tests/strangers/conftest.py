"""The house is furnished once for all tests of a process, and copied for whoever changes it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.strangers.house import House, Watched, at_home, furnish, watched


@pytest.fixture(scope="session")
def furnished(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> House:
    return furnish(sqlite_template, tmp_path_factory.mktemp("house"))


@pytest.fixture(scope="module")
def house(furnished: House, tmp_path_factory: pytest.TempPathFactory) -> House:
    """An installation that the tests of a module share."""
    folder = tmp_path_factory.mktemp("house")
    shutil.copyfile(furnished.folder / "laurel.sqlite3", folder / "laurel.sqlite3")
    return replace(furnished, folder=folder)


@pytest.fixture(scope="module")
def served(house: House) -> Iterator[Watched]:
    with watched(house.folder) as running:
        yield running


@pytest.fixture
def inside(house: House, installation: Path) -> Iterator[House]:
    """The house, while this process reads and writes its database as well."""
    with at_home(house.folder):
        yield house
