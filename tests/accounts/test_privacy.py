"""Where personal data lies is said for every column, and nothing else is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlmodel import SQLModel

from accounts.privacy import holdings
from manage import main
from tests.modules import ROOT, import_everything

import_everything()
TABLES = SQLModel.metadata.tables


def test_every_table_is_declared_and_every_declared_table_is_there() -> None:
    assert sorted(holdings()) == sorted(TABLES)


@pytest.mark.parametrize("table", sorted(TABLES))
def test_every_column_is_of_one_kind(table: str) -> None:
    assert sorted(holdings()[table].columns) == sorted(column.name for column in TABLES[table].columns)


@pytest.mark.parametrize("table", sorted(TABLES))
def test_whoever_points_to_a_person_is_among_those_who_did_something(table: str) -> None:
    """A column that refers to a person is never called empty of personal data."""
    pointing = {
        column.name
        for column in TABLES[table].columns
        if any(key.column.table.name == "person" for key in column.foreign_keys) or column.name == "person_id"
    }

    assert pointing - {*holdings()[table].acts, *holdings()[table].personal} == set()


def test_what_holds_personal_data_says_why_how_long_who_sees_it_and_what_erasing_does() -> None:
    silent = [
        holding.table
        for holding in holdings().values()
        if holding.personal and not all((holding.why, holding.how_long, holding.seen_by, holding.erased))
    ]

    assert silent == []


def test_the_document_is_what_the_packages_declare(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["privacy"]) == 0

    assert Path(ROOT / "docs/privacy.md").read_text() == capsys.readouterr().out
