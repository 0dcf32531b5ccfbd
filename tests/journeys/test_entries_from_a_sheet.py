"""The secretariat brings entries in that came on paper, in the middle of a prize, from a sheet with a mistake in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.databases import Given
from tests.journeys.visitors import Visitor
from tests.mailserver import MailServer
from tests.server import RunningLaurel, running_laurel
from tests.stories import Chapter, told

HEADING = "Company;Lead;E-mail;In their words;Who are you?"
CEDAR = "Cedar Mill;Cora Fir;cora@cora.example;A mill turns.;We are Cedar Mill."
DOGWOOD = "Dogwood;Dora Elm;{};A dam.;We are Dogwood."
REASON = "The post was late"
COUNTS = ("entry", "entry_version", "team", "receipt", "mail", "person")


@pytest.fixture
def laurel(sqlite: Given, smtp: MailServer, tmp_path: Path) -> Iterator[RunningLaurel]:
    with running_laurel({}, tmp_path) as running:
        yield running


@pytest.mark.prove
@pytest.mark.timeout(180)
def test_a_sheet_with_a_mistake_brings_nothing_in_and_the_corrected_one_everything(
    sqlite: Given, laurel: RunningLaurel, come: Callable[[], Visitor], tmp_path: Path
) -> None:
    story = told(Chapter.CLOSED)
    wrong, right = tmp_path / "from paper.csv", tmp_path / "from paper, corrected.csv"
    wrong.write_text("\n".join((HEADING, CEDAR, DOGWOOD.format("dora at dogwood"))))
    right.write_text("\n".join((HEADING, CEDAR, DOGWOOD.format("dora@dogwood.example"))))
    before = counts(sqlite)
    secretariat = come()
    secretariat.sign_in_as(story.secretariat)
    secretariat.open("Entries")
    secretariat.unfold("Bring entries in from a sheet")

    choose_file(secretariat, wrong)
    secretariat.see("How does it work?: No column of the file is matched with it. Choose one.")
    secretariat.choose("How does it work?", "In their words")
    secretariat.see("One thing has to be mended before anything is imported.")
    secretariat.see("Row 3, E-mail: “dora at dogwood” is not a mail address")
    expect(secretariat.page.get_by_role("button", name="Import")).to_have_count(0)
    assert counts(sqlite) == before

    secretariat.press("Choose another file")
    choose_file(secretariat, right)
    secretariat.choose("How does it work?", "In their words")
    secretariat.see("2 new")
    secretariat.press("Import 2 entries")
    secretariat.see("Entries have closed. Say why these come now; their teams are told.")
    assert counts(sqlite) == before
    secretariat.fill("Why they come now", REASON)
    secretariat.page.keyboard.press("Tab")
    secretariat.settle()
    secretariat.press("Import 2 entries")

    secretariat.see("Entries imported: 2 added.")
    for organisation in ("Cedar Mill", "Dogwood", "Acorn Labs"):
        expect(secretariat.page.get_by_role("row").filter(has_text=organisation).first).to_be_visible()
    assert counts(sqlite)["entry"] == before["entry"] + 2
    assert counts(sqlite)["receipt"] == before["receipt"] + 2


def choose_file(person: Visitor, path: Path) -> None:
    person.page.locator("input[type=file]").first.set_input_files(path)
    person.see(path.name)
    person.settle()


def counts(given: Given) -> dict[str, int]:
    return {table: int(given.sql(f"SELECT count(*) FROM {table}")[0][0]) for table in COUNTS}
