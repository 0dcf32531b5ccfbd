"""What is taken away of a prize, by whom, and what is not in it."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID, uuid4

import openpyxl
import pyarrow.parquet
import pytest
from sqlmodel import Session, SQLModel, col, select

from accounts.actors import Actor
from accounts.models import Role
from delivery.exports.exporting import Form, asker_of, begin_export, exported_table, exported_tables, write_archive
from delivery.exports.preparing import export_to_send, prepare_export
from delivery.exports.tables import ELSEWHERE, LEFT_OUT, TABLES
from delivery.models import Evidence, EvidenceFile
from judging.lottery import draw_places
from judging.models import Appeal, Comment, GateAnswer, Scorecard
from judging.outcome_models import LetterEdit, NoAward
from judging.panel.models import AgendaItem, ItemReason, Meeting, MeetingPresence, Minute, RevisedScore
from judging.paper_models import PaperScore
from mission.models import Measurement
from prize.entries.models import Conflict, ConflictOrigin, EligibilityAnswers, EntryFile, EntryVersion, Extension
from prize.models import (
    Clarification,
    Eligibility,
    EligibilityQuestion,
    MessageTemplate,
    PrizeChange,
    PrizeComment,
    PrizePart,
)
from prize.rubric import newest_rubric
from storage import clock
from storage.clock import now
from storage.database import reading, transact
from storage.errors import Invalid, Refused
from storage.files import StoredFile
from tests.databases import Given
from tests.judging.panels import frozen_panel
from tests.judging.test_conflicted_staff import conflicted
from tests.modules import import_everything
from tests.stories import Chapter, Story, told, with_a_gate
from tests.world import ask, do

import_everything()


def files_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def csv_of(files: dict[str, bytes], table: str) -> list[dict[str, str]]:
    return rows_of(files[f"csv/{table}.csv"])


def one(story: Story, table: str, **more: Any) -> list[dict[str, str]]:
    return rows_of(ask(exported_table, story.secretariat, prize_id=story.prize_id, table=table, **more).content)


def everything(story: Story, actor: Actor | None = None) -> dict[str, bytes]:
    with TemporaryDirectory() as folder, reading() as db:
        asker = asker_of(db, actor or story.secretariat, story.prize_id)
        return files_of(write_archive(db, asker, Path(folder)).read_bytes())


def add_the_rest(db: Session, story: Story) -> None:
    """A row of each table that the story leaves empty, and a file that was uploaded and never given as evidence."""
    person_id, at = story.owner.person_id, now(db)
    assert person_id is not None
    file = StoredFile(folder=story.prize_id, sha256="5" * 64, size=12, content_type="application/pdf", stored_at=at)
    version = db.exec(select(EntryVersion).where(col(EntryVersion.entry_id) == story.entry_id)).first()
    evidence, card = db.exec(select(Evidence)).first(), db.exec(select(Scorecard)).first()
    assert version is not None
    assert evidence is not None
    assert card is not None
    db.add(file)
    db.flush()
    held = {"milestone_id": evidence.milestone_id, "file_id": file.id, "added_by": person_id, "added_at": at}
    db.add_all(
        [
            Measurement(
                target_id=story.target_id, observed_on=at.date(), value=Decimal("0.10"), source="-", recorded_at=at
            ),
            EntryFile(entry_version_id=version.id, question_key=uuid4(), file_id=file.id, name="plan.pdf"),
            EvidenceFile(evidence_id=evidence.id, name="photo.pdf", **held),
            EvidenceFile(name="never given.pdf", **held),
            Comment(scorecard_id=card.id, text="Sound.", saved_at=at),
            GateAnswer(scorecard_id=card.id, gate_key=with_a_gate(db, story), yes=True, saved_at=at),
            PaperScore(
                scorecard_id=card.id,
                item_key=story.criteria["need"],
                entered_by=story.secretariat.person_id,
                entered_at=at,
            ),
            Conflict(person_id=person_id, entry_id=story.entry_id, origin=ConflictOrigin.DETECTED, found_at=at),
            MessageTemplate(
                prize_id=story.prize_id, key="released", subject="-", text="-", changed_by=person_id, changed_at=at
            ),
            PrizeChange(prize_id=story.prize_id, what="The prize is paused", reason="-", made_by=person_id, made_at=at),
            Clarification(prize_id=story.prize_id, asked="May rivers enter?", asked_by=person_id, asked_at=at),
            PrizeComment(prize_id=story.prize_id, part=PrizePart.BRIEF, text="-", written_by=person_id, written_at=at),
            Extension(entry_id=story.entry_id, closes_at=at, reason="-", given_by=person_id, given_at=at),
            Appeal(entry_id=story.entry_id, text="Look again.", written_by=person_id, written_at=at),
            NoAward(stage_id=story.stage_id, reason="-", decided_by=person_id, decided_at=at),
            LetterEdit(
                entry_id=story.entry_id,
                about="reason",
                text_digest="-",
                edited="-",
                decided_by=person_id,
                decided_at=at,
            ),
            asked := Eligibility(prize_id=story.prize_id),
            met := Meeting(stage_id=story.stage_id, quorum=1, prepared_by=person_id, prepared_at=at),
        ]
    )
    db.flush()
    db.add_all(
        [
            EligibilityQuestion(eligibility_id=asked.id, position=1, wording="Is it a river?", told="Only rivers."),
            EligibilityAnswers(
                entry_id=story.entry_id, eligibility_id=asked.id, answers={}, answered_by=person_id, answered_at=at
            ),
            *of_meeting(db, story, met.id),
        ]
    )


def of_meeting(db: Session, story: Story, meeting_id: UUID) -> list[SQLModel]:
    """A row of each table of a meeting of the panel, with a score in half points."""
    person_id, at = story.judge.person_id, now(db)
    assert person_id is not None
    about: dict[str, Any] = {"meeting_id": meeting_id, "entry_id": story.entry_id}
    scored = {"rubric_id": newest_rubric(db, story.stage_id).id, "criterion_key": story.criteria["need"], "points": 4}
    votes = {"votes_for": 1, "votes_against": 0, "abstaining": 0, "quorum": 1}
    written = {"present": [str(person_id)], "recused": [], "recorded_by": person_id, "recorded_at": at}
    return [
        MeetingPresence(meeting_id=meeting_id, person_id=person_id, joined_at=at),
        AgendaItem(**about, position=1, reason=ItemReason.ADDED),
        Minute(**about, number=1, reason="-", **votes, **written),
        RevisedScore(**about, person_id=person_id, saved_at=at, **scored),
    ]


def test_no_table_of_the_database_is_forgotten() -> None:
    exported = {table.name for table in TABLES}

    assert exported.isdisjoint(LEFT_OUT)
    assert SQLModel.metadata.tables.keys() == exported | ELSEWHERE.keys() | LEFT_OUT.keys()


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_column_has_a_meaning_and_those_left_out_exist(table: Any) -> None:
    assert all(column.meaning for column in table.columns)
    assert set(table.without) <= {column.name for column in table.table.columns}


def test_everything_comes_in_three_forms_with_a_dictionary_and_the_hash_of_each_file(database: Given) -> None:
    story = told(Chapter.APPROVED)
    transact(lambda db: add_the_rest(db, story))

    files = everything(story)

    manifest = json.loads(files["manifest.json"])
    assert manifest["files"] == {
        name: hashlib.sha256(content).hexdigest() for name, content in files.items() if name != "manifest.json"
    }
    assert manifest["left_out"]["tables"] == LEFT_OUT
    described = {(row["table"], row["column"]) for row in rows_of(files["dictionary.csv"])}
    book = openpyxl.load_workbook(io.BytesIO(files["clean-rivers.xlsx"]), read_only=True)
    for table, count in manifest["rows"].items():
        rows = rows_of(files[f"csv/{table}.csv"])
        columns = files[f"csv/{table}.csv"].decode("utf-8-sig").splitlines()[0].split(",")
        parquet = pyarrow.parquet.read_table(io.BytesIO(files[f"parquet/{table}.parquet"]))
        sheet = list(book[table[:31]].iter_rows(values_only=True))
        assert {(table, column) for column in columns} <= described
        assert (list(sheet[0]), parquet.column_names) == (columns, columns)
        assert (len(rows), parquet.num_rows, len(sheet) - 1) == (count, count, count)
    assert [table for table, count in manifest["rows"].items() if not count] == []
    assert [row["sha256"] for row in csv_of(files, "entry_file")] == ["5" * 64]
    assert [row["name"] for row in csv_of(files, "evidence_file")] == ["photo.pdf"]
    assert [row["value"] for row in csv_of(files, "measurement")] == ["0.10"]
    people = {row["id"]: row["name"] for row in rows_of(files["csv/person.csv"])}
    assert {people[row["judge_id"]] for row in rows_of(files["csv/assignment.csv"])} <= set(people.values())


def test_the_same_state_gives_the_same_bytes(sqlite: Given) -> None:
    story = told(Chapter.SCORED)
    first = everything(story)
    transact(lambda db: clock.move_to(db, clock.now(db) + timedelta(minutes=5)))
    second = everything(story)

    assert {name for name in first if first[name] != second[name]} == {"manifest.json"}


def test_scores_come_in_points_whatever_the_step_of_the_scale(database: Given) -> None:
    story = told(Chapter.SCORED)
    whole = [row["points"] for row in csv_of(everything(story), "score")]
    transact(lambda db: setattr(newest_rubric(db, story.stage_id), "steps_per_point", 2))

    halves = [row["points"] for row in csv_of(everything(story), "score")]

    assert [float(points) for points in halves] == [float(points) / 2 for points in whole]
    assert any(float(points) % 1 for points in halves)


def test_scores_go_to_the_secretariat_alone(sqlite: Given) -> None:
    story = told(Chapter.SCORED)

    names = {line.name for line in ask(exported_tables, story.owner, prize_id=story.prize_id)}
    assert {"prize", "stage", "question", "payment"} <= names
    assert names.isdisjoint({"entry", "answer", "score", "comment", "decision", "conflict", "team", "organisation"})
    files = everything(story, story.owner)
    assert "csv/score.csv" not in files
    assert b"Acorn" not in b"".join(files.values())
    assert json.loads(files["manifest.json"])["left_out"]["tables"]["score"] == "the secretariat alone exports it"
    for command, more in ((exported_table, {"table": "score"}), (exported_table, {"table": "entry"})):
        with pytest.raises(Invalid, match="no such table"):
            ask(command, story.owner, prize_id=story.prize_id, **more)
    for person in (story.sponsor, story.judge, story.entrant, story.verifier, story.designer):
        with pytest.raises(Refused):
            do(prepare_export, person, prize_id=story.prize_id)
        with pytest.raises(Refused):
            ask(export_to_send, person, prize_id=story.prize_id)


def test_nothing_in_an_export_tells_of_an_entry_that_its_reader_must_not_see(database: Given) -> None:
    """Not a row, not a count, not a name, and not that there is such an entry."""
    story = told(Chapter.APPROVED)
    entry_id = story.entries["erin"]
    before = everything(story)
    assert str(entry_id).encode() in before["csv/entry.csv"]

    def add(db: Session) -> None:
        assert story.secretariat.person_id is not None
        conflict = Conflict(person_id=story.secretariat.person_id, entry_id=entry_id, origin=ConflictOrigin.DETECTED)
        conflict.found_at = now(db)
        db.add(conflict)

    transact(add)
    after = everything(story)

    [organisation] = [row["name"] for row in csv_of(before, "organisation") if row not in csv_of(after, "organisation")]
    person = next(row for row in csv_of(before, "person") if row["id"] == str(story.entrants["erin"].person_id))
    code = next(row["code"] for row in csv_of(before, "entry") if row["id"] == str(entry_id))
    texts = b"".join(content for name, content in after.items() if name.startswith(("csv/", "manifest")))
    for secret in (str(entry_id), organisation, person["name"], person["email"], code):
        assert secret.encode() not in texts
    counts, fewer = (json.loads(files["manifest.json"])["rows"] for files in (before, after))
    assert all(fewer[table] <= counts[table] for table in counts)
    assert (counts["entry"] - fewer["entry"], fewer["grant_terms"], fewer["payment"]) == (1, 0, 0)
    assert set(after) == set(before)


def test_decisions_beside_a_draw_are_exported_to_nobody_who_is_shut_out(sqlite: Given) -> None:
    story, seen = frozen_panel()
    near = conflicted(story, Role.SECRETARIAT)
    do(draw_places, story.secretariat, stage_id=story.stage_id, seen=seen)
    decided = {"prize_id": story.prize_id, "table": "decision"}

    assert rows_of(ask(exported_table, near, **decided).content) == []
    assert csv_of(everything(story, near), "decision") == []
    assert len(one(story, "decision")) > 1
    assert len(rows_of(ask(exported_table, near, prize_id=story.prize_id, table="entry").content)) == 5


def test_what_a_draft_says_is_not_exported(sqlite: Given) -> None:
    story = told(Chapter.WRITTEN)

    assert len(one(story, "entry")) == len(story.entries)
    assert one(story, "answer") == []


def test_an_answer_that_looks_like_a_formula_stays_a_text(sqlite: Given) -> None:
    story = told(Chapter.DRAFT)
    formulas = ["=1+1", "+44 20", "-3", "@SUM(A1)", '=HYPERLINK("http://x")']
    database_rows = "UPDATE prize SET title = :text"
    for formula in formulas:
        sqlite.sql(database_rows, text=formula)
        [row] = one(story, "prize")
        assert row["title"] == f"'{formula}"
        content = ask(
            exported_table, story.secretariat, prize_id=story.prize_id, table="prize", form=Form.EXCEL
        ).content
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        at = [cell.value for cell in sheet[1]].index("title") + 1
        cell = sheet.cell(2, at)
        assert (cell.value, cell.data_type, cell.quotePrefix) == (formula, "s", True)


def test_who_takes_data_away_is_on_record(sqlite: Given) -> None:
    story = told(Chapter.SCORED)

    do(begin_export, story.secretariat, prize_id=story.prize_id, table="score", form=Form.CSV)

    [(subject,)] = sqlite.sql("SELECT subject FROM audit_row WHERE action = 'export a prize'")
    assert subject == f"prize_id {story.prize_id}"
    with pytest.raises(Invalid, match="no such table"):
        do(begin_export, story.secretariat, prize_id=story.prize_id, table="credential")
