"""Everything of a prize is made into one archive in the background, and kept some days for whoever asked for it."""

from __future__ import annotations

import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from sqlmodel import Session

from accounts.erasure import erase_person
from accounts.models import EmailAddress
from delivery.exports import preparing
from delivery.exports.preparing import ExportState, export_to_send, prepare_export, prepared_export
from delivery.models import PreparedExport
from prize.entries.models import Conflict, ConflictOrigin
from storage import clock
from storage.clock import now
from storage.database import matching, reading, transact
from storage.errors import Closed, Invalid, Refused
from storage.files import StoredFile
from storage.jobs import Job, JobState, begin_regular_jobs
from storage.objects import blocks
from storage.sweeping import sweep
from tests.databases import Given
from tests.modules import import_everything
from tests.stores import GivenStore
from tests.stories import Chapter, Story, told, work_off
from tests.world import ask, do

import_everything()


def prepare(story: Story) -> None:
    do(prepare_export, story.secretariat, prize_id=story.prize_id)
    work_off()


def state(story: Story) -> ExportState:
    return ask(prepared_export, story.secretariat, prize_id=story.prize_id).state


def names_in(story: Story) -> set[str]:
    file = ask(export_to_send, story.secretariat, prize_id=story.prize_id)
    with zipfile.ZipFile(BytesIO(b"".join(blocks(file.object_name)))) as archive:
        return set(archive.namelist())


def later(passed: timedelta) -> None:
    transact(lambda db: clock.move_to(db, now(db) + passed))


def test_an_export_is_made_by_a_job_and_sent_to_whoever_asked_for_it(database: Given, store: GivenStore) -> None:
    story = told(Chapter.SCORED)
    assert state(story) is ExportState.NOT_ASKED
    do(prepare_export, story.secretariat, prize_id=story.prize_id)
    assert state(story) is ExportState.BEING_MADE
    with pytest.raises(Closed, match="not ready"):
        ask(export_to_send, story.secretariat, prize_id=story.prize_id)

    work_off()

    assert state(story) is ExportState.READY
    assert {"manifest.json", "clean-rivers.xlsx", "csv/score.csv", "parquet/score.parquet"} <= names_in(story)
    assert ask(prepared_export, story.owner, prize_id=story.prize_id).state is ExportState.NOT_ASKED
    with pytest.raises(Refused):
        ask(export_to_send, story.owner, prize_id=story.prize_id)


def test_a_second_click_while_it_is_made_says_so_and_makes_none_more(sqlite: Given) -> None:
    story = told(Chapter.SCORED)
    do(prepare_export, story.secretariat, prize_id=story.prize_id)

    with pytest.raises(Invalid, match="being made already"):
        do(prepare_export, story.secretariat, prize_id=story.prize_id)

    assert sqlite.sql("SELECT count(*) FROM job WHERE kind = :kind", kind=preparing.MAKE) == [(1,)]


def test_an_export_prepared_again_shows_what_is_there_now(sqlite: Given, folder: GivenStore) -> None:
    story = told(Chapter.SCORED)
    prepare(story)
    first = ask(export_to_send, story.secretariat, prize_id=story.prize_id).object_name
    later(timedelta(hours=1))

    prepare(story)

    assert ask(export_to_send, story.secretariat, prize_id=story.prize_id).object_name != first


def test_nobody_gets_an_export_that_tells_of_an_entry_that_they_must_no_longer_see(
    sqlite: Given, folder: GivenStore
) -> None:
    story = told(Chapter.SCORED)
    prepare(story)
    person_id = story.secretariat.person_id
    assert person_id is not None
    found = {"person_id": person_id, "entry_id": story.entry_id, "origin": ConflictOrigin.DETECTED}
    transact(lambda db: db.add(Conflict(**found, found_at=now(db))))

    assert state(story) is ExportState.OUT_OF_DATE
    with pytest.raises(Closed, match="Prepare it again"):
        ask(export_to_send, story.secretariat, prize_id=story.prize_id)

    prepare(story)
    assert state(story) is ExportState.READY


def test_an_export_that_could_not_be_made_says_so_and_can_be_asked_for_again(sqlite: Given, folder: GivenStore) -> None:
    story = told(Chapter.SCORED)
    do(prepare_export, story.secretariat, prize_id=story.prize_id)

    def give_up(db: Session) -> None:
        [job] = matching(db, Job, kind=preparing.MAKE)
        job.state = JobState.DEAD
        db.add(job)

    transact(give_up)
    assert state(story) is ExportState.FAILED

    prepare(story)
    assert state(story) is ExportState.READY


def test_after_some_days_an_export_is_gone_from_the_page_the_rows_and_the_store(
    database: Given, store: GivenStore
) -> None:
    story = told(Chapter.SCORED)
    prepare(story)
    name = ask(export_to_send, story.secretariat, prize_id=story.prize_id).object_name

    later(preparing.KEPT_FOR)
    assert state(story) is ExportState.NOT_ASKED
    with pytest.raises(Refused):
        ask(export_to_send, story.secretariat, prize_id=story.prize_id)
    transact(begin_regular_jobs)
    work_off()

    with reading() as db:
        assert matching(db, PreparedExport) == []
    later(timedelta(days=2))
    sweep()
    with reading() as db:
        assert name not in {row.object_name for row in matching(db, StoredFile)}


def test_exports_that_wait_go_when_somebody_is_erased(sqlite: Given, folder: GivenStore) -> None:
    story = told(Chapter.SCORED)
    prepare(story)
    with reading() as db:
        [address] = matching(db, EmailAddress, person_id=story.entrants["bela"].person_id)

    transact(lambda db: erase_person(db, address.address, "They asked for it."))

    assert state(story) is ExportState.NOT_ASKED
