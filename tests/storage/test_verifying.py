"""Whoever changes what was written down is found out, and what is as it was is not complained of."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session, col, select

from manage import main as manage
from settings import get_settings
from storage import audit
from storage.audit import AuditRow
from storage.database import reading, transact
from storage.jobs import begin_regular_jobs, work_once
from storage.objects import keep, stored_file
from storage.sealing import Anchor, Seal, anchor, anchor_file, seal_rows
from storage.stores import store
from storage.verifying import verify
from tests.databases import Clock, Given
from tests.objects import S3
from tests.stores import in_bucket


def add_rows(*actions: str) -> list[UUID]:
    def add(db: Session) -> list[UUID]:
        return [
            audit.record(
                db, person_id=None, session_id=None, action=action, subject="entry 1", content={"said": action}
            ).id
            for action in actions
        ]

    return transact(add)


def seal() -> None:
    """Seal what is there, and anchor the seal, as the worker does."""
    transact(seal_rows)
    transact(begin_regular_jobs)
    while work_once():
        pass


def keep_file(content: bytes, tmp_path: Path) -> Path:
    source = tmp_path / "arriving"
    source.write_bytes(content)
    folder, sha256 = uuid4(), hashlib.sha256(content).hexdigest()
    keep(source, folder, sha256)
    transact(lambda db: stored_file(db, folder, sha256, len(content), "application/pdf"))
    return get_settings().folder / "objects" / str(folder) / sha256


def findings() -> list[str]:
    said: list[str] = []
    verify(said.append)
    return said


@pytest.fixture
def trail(database: Given, clock: Clock) -> Given:
    """Three seals over two rows each, anchored, and a row that is not sealed yet."""
    for number in range(3):
        add_rows(f"first {number}", f"second {number}")
        transact(seal_rows)
    seal()
    add_rows("not sealed")
    return database


def test_nothing_is_found_where_nothing_was_changed(trail: Given, tmp_path: Path) -> None:
    keep_file(b"a document", tmp_path)
    said: list[str] = []

    seen = verify(said.append)

    assert said == []
    assert (seen.rows, seen.unsealed, seen.seals, seen.anchors, seen.files) == (7, 1, 3, 3, 1)
    assert seen.summary() == (
        "7 audit rows in 3 seals, 1 row not sealed yet, 3 anchors, 0 contents lawfully erased, 1 stored file. "
        "Nothing is wrong."
    )


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("action", "'another'"),
        ("subject", "'entry 2'"),
        ("at", "'2027-03-03 12:00:00'"),
        ("person_id", "'00000000000040008000000000000001'"),
        ("session_id", "'00000000000040008000000000000001'"),
        ("position", "77"),
    ],
)
def test_a_sealed_row_that_was_changed_is_found(trail: Given, column: str, value: str) -> None:
    trail.sql(f"UPDATE audit_row SET {column} = {value} WHERE position = 3")

    assert any("Seal 2 does not fit its rows: a row between positions 3 and 4" in words for words in findings())


def test_a_sealed_row_that_was_given_another_id_and_its_content_with_it_is_found(trail: Given) -> None:
    trail.sql("DELETE FROM audit_content WHERE audit_id = (SELECT id FROM audit_row WHERE position = 3)")
    trail.sql("UPDATE audit_row SET id = '00000000000040008000000000000001' WHERE position = 3")

    assert any(words.startswith("Seal 2 does not fit its rows") for words in findings())


def test_sealed_rows_that_changed_places_are_found(trail: Given) -> None:
    for before, after in ((3, 1003), (4, 3), (1003, 4)):
        trail.sql(f"UPDATE audit_row SET position = {after} WHERE position = {before}")

    assert findings() == ["Seal 2 does not fit its rows: a row between positions 3 and 4 was changed or replaced."]


def test_a_sealed_row_that_was_removed_is_found(trail: Given) -> None:
    _remove(trail, "position = 3")

    assert findings()[0] == ("Seal 2 covers 2 rows and 1 are there: rows between positions 3 and 4 are missing.")


def test_the_newest_row_that_was_removed_before_it_was_sealed_is_found_on_sqlite(sqlite: Given) -> None:
    add_rows("one", "two")
    _remove(sqlite, "position = 2")

    assert findings() == ["Audit row 2 is missing from the end of the trail."]


def test_a_row_in_the_middle_that_was_removed_before_it_was_sealed_is_found_on_sqlite(sqlite: Given) -> None:
    add_rows("one", "two", "three", "four")
    _remove(sqlite, "position IN (2, 3)")

    assert findings() == ["Audit rows 2 to 3 are missing."]


def test_a_row_that_was_slipped_in_under_a_seal_is_found(trail: Given) -> None:
    add_rows("slipped in")
    trail.sql("UPDATE audit_row SET seal = 2 WHERE action = 'slipped in'")

    assert findings() == ["Seal 2 covers 2 rows and 3 are there: rows were slipped in."]


def test_a_row_that_was_slipped_in_without_its_content_is_found(trail: Given) -> None:
    trail.sql(
        "INSERT INTO audit_row (position, id, at, action, subject, content_digest)"
        " VALUES (1000, :id, '2027-03-03 12:00:00', 'slipped in', '', 'sha256:0')",
        id=uuid4().hex if trail.kind == "sqlite" else str(uuid4()),
    )

    assert any(
        "(slipped in, 2027-03-03 12:00:00 UTC) is missing, and no act of erasing names it" in w for w in findings()
    )


def test_a_row_that_was_taken_out_of_its_seal_is_found(trail: Given) -> None:
    trail.sql("UPDATE audit_row SET seal = NULL WHERE position = 3")

    assert findings() == ["Seal 2 covers 2 rows and 1 are there: rows between positions 3 and 4 are missing."]


def test_a_row_that_names_a_seal_that_is_not_there_is_found(trail: Given) -> None:
    trail.sql("UPDATE audit_row SET seal = 9 WHERE action = 'not sealed'")

    assert findings() == ["1 audit row names seal 9, which is not there."]


@pytest.mark.parametrize("position", [3, 7])
def test_a_content_that_was_changed_is_found(trail: Given, position: int) -> None:
    trail.sql(
        'UPDATE audit_content SET content = \'{"said": "something else"}\''
        f" WHERE audit_id = (SELECT id FROM audit_row WHERE position = {position})"
    )

    [words] = findings()
    assert re.fullmatch(rf"The content of audit row {position} \(.+, .+ UTC\) was changed\.", words)


@pytest.mark.parametrize("position", [3, 7])
def test_a_content_that_is_missing_is_found(trail: Given, position: int) -> None:
    trail.sql(f"DELETE FROM audit_content WHERE audit_id = (SELECT id FROM audit_row WHERE position = {position})")

    [words] = findings()
    assert words.startswith(f"The content of audit row {position} (")
    assert words.endswith("is missing, and no act of erasing names it.")


def test_a_content_that_an_act_of_erasing_names_may_be_missing(trail: Given) -> None:
    named = _erase(trail, position=3)

    assert findings() == []
    assert verify().erased == 1
    trail.sql(
        f"DELETE FROM audit_content WHERE audit_id <> (SELECT id FROM audit_row WHERE action = '{audit.ERASURE}')"
    )
    assert len(findings()) == 6
    assert named


def test_an_act_of_erasing_whose_own_content_was_changed_excuses_nothing(trail: Given) -> None:
    _erase(trail, position=3)
    trail.sql(
        "UPDATE audit_content SET content = replace(CAST(content AS text), 'reason', 'raison')"
        + ("::json" if trail.kind == "postgresql" else "")
        + f" WHERE audit_id = (SELECT id FROM audit_row WHERE action = '{audit.ERASURE}')"
    )

    said = findings()
    assert len(said) == 2
    assert any("audit row 3 (" in words for words in said)


@pytest.mark.parametrize("column", ["root", "previous", "digest", "count", "first_position", "at"])
def test_a_seal_that_was_changed_is_found(trail: Given, column: str) -> None:
    value = {"count": "3", "first_position": "2", "at": "'2027-03-03 12:00:00'"}.get(column, "'sha256:0'")
    trail.sql(f"UPDATE seal SET {column} = {value} WHERE number = 2")

    assert any(words.startswith("Seal 2 was changed") for words in findings())


def test_a_seal_that_was_removed_is_found(trail: Given) -> None:
    trail.sql("DELETE FROM seal WHERE number = 2")

    said = findings()
    assert "Seal 2 is missing from the chain." in said
    assert "2 audit rows name seal 2, which is not there." in said
    assert any(words.startswith("Seal 2 was anchored at ") for words in said)


def test_the_last_seal_that_was_removed_with_its_rows_is_missed_by_its_anchor(trail: Given) -> None:
    _remove(trail, "position >= 5")
    trail.sql("DELETE FROM seal WHERE number = 3")
    if trail.kind == "sqlite":
        trail.sql("UPDATE sqlite_sequence SET seq = 4 WHERE name = 'audit_row'")

    [words] = findings()
    assert re.fullmatch(r"Seal 3 was anchored at .+ and is gone: it was removed with its rows\.", words)


def test_a_trail_that_was_rewritten_as_a_whole_is_not_the_one_that_was_anchored(trail: Given) -> None:
    trail.sql("UPDATE audit_row SET subject = 'entry 2'")
    trail.sql("DELETE FROM seal")
    trail.sql("UPDATE audit_row SET seal = NULL")
    transact(seal_rows)

    said = findings()
    assert len(said) == 3
    assert said[0].startswith("Seal 1 is not the one that was anchored at ")


def test_an_anchor_that_was_changed_is_found(trail: Given) -> None:
    lines = anchor_file().read_text().splitlines(keepends=True)
    with reading() as db:
        digest = db.exec(select(Seal.digest).where(col(Seal.number) == 2)).one()
    lines[1] = lines[1].replace(digest, "sha256:0")
    anchor_file().write_text("".join(lines))

    said = findings()
    assert said[0].startswith("Line 3 of anchors.jsonl does not continue the line before it")
    assert said[1].startswith("Seal 2 is not the one that was anchored at ")


@pytest.mark.parametrize(("kept", "missing"), [(2, "seal 3"), (1, "2 seals from 2 to 3"), (0, "3 seals from 1 to 3")])
def test_an_anchor_file_that_was_cut_off_is_found(trail: Given, kept: int, missing: str) -> None:
    lines = anchor_file().read_text().splitlines(keepends=True)
    anchor_file().write_text("".join(lines[:kept]))

    assert findings() == [f"The anchors of {missing} are missing from anchors.jsonl: it was cut off or replaced."]


def test_an_anchor_file_that_was_cut_off_in_a_line_is_found(trail: Given) -> None:
    anchor_file().write_bytes(anchor_file().read_bytes()[:-9])

    said = findings()
    assert said[0] == "Line 3 of anchors.jsonl is no anchor: it was changed or cut off."
    assert said[1].startswith("The anchors of seal 3 are missing")


def test_anchors_that_were_cut_off_stay_missing_when_the_next_ones_come(trail: Given, clock: Clock) -> None:
    lines = anchor_file().read_text().splitlines(keepends=True)
    anchor_file().write_text("".join(lines[:1]))
    transact(seal_rows)
    with reading() as db:
        fourth = db.exec(select(Seal).where(col(Seal.number) == 4)).one()
    anchor([Anchor(4, fourth.digest, fourth.at.isoformat())])

    assert findings() == [
        "The anchors of 2 seals from 2 to 3 are missing from anchors.jsonl: it was cut off or replaced."
    ]


def _flip(path: Path) -> None:
    path.chmod(0o640)
    content = bytearray(path.read_bytes())
    content[0] ^= 1
    path.write_bytes(content)


def _shorten(path: Path) -> None:
    path.chmod(0o640)
    path.write_bytes(b"")


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (_flip, "was changed: its SHA-256 is another."),
        (_shorten, "was changed: its SHA-256 is another."),
        (Path.unlink, "is missing, though a stored file needs it."),
    ],
)
def test_an_object_that_was_changed_or_lost_is_found(
    database: Given, tmp_path: Path, harm: Callable[[Path], None], words: str
) -> None:
    keep_file(b"another document", tmp_path)
    path = keep_file(b"a document", tmp_path)
    harm(path)

    assert findings() == [f"The object {path.parent.name}/{path.name} {words}"]


def test_a_stored_file_whose_size_was_changed_is_found(database: Given, tmp_path: Path) -> None:
    path = keep_file(b"a document", tmp_path)
    database.sql("UPDATE stored_file SET size = 11")

    assert findings() == [f"The object {path.parent.name}/{path.name} has 10 bytes and should have 11."]


@pytest.fixture
def anchored_in_s3(sqlite: Given, s3: S3, monkeypatch: pytest.MonkeyPatch) -> S3:
    """Two seals that are anchored in the object store, and in the file of this machine's worker."""
    in_bucket(s3, monkeypatch)
    for number in range(2):
        add_rows(f"row {number}")
        transact(seal_rows)
    seal()
    return s3


def test_with_an_object_store_the_anchors_lie_there_and_the_file_need_not_hold_all(anchored_in_s3: S3) -> None:
    anchor_file().unlink()

    assert findings() == []
    assert verify().anchors == 2


def test_an_anchor_that_is_missing_from_the_object_store_is_found(anchored_in_s3: S3) -> None:
    store().delete("anchors/0000000002")

    assert findings() == ["The anchors of seal 2 are missing from the object store: it was cut off or replaced."]


def test_an_anchor_that_was_changed_in_the_object_store_is_found(anchored_in_s3: S3) -> None:
    anchored_in_s3.client().put_object(Bucket=anchored_in_s3.bucket, Key="anchors/0000000001", Body=b"{}")

    said = findings()
    assert said[0] == "The object anchors/0000000001 is no anchor: it was changed."
    assert said[1].startswith("The anchors of seal 1 are missing from the object store")


def test_a_trail_that_was_rewritten_with_the_file_is_not_the_one_in_the_object_store(
    anchored_in_s3: S3, sqlite: Given, clock: Clock
) -> None:
    sqlite.sql("UPDATE audit_row SET subject = 'entry 2', seal = NULL")
    sqlite.sql("DELETE FROM seal")
    anchor_file().unlink()
    transact(seal_rows)
    clock.advance(timedelta(minutes=2))
    seal()

    said = findings()
    assert len(said) == 2
    assert said[0].startswith("Seal 1 is not the one that was anchored at ")
    assert said[1].startswith("Seal 2 was anchored at ")


def test_the_command_line_ends_with_1_when_something_is_wrong(trail: Given, capsys: pytest.CaptureFixture[str]) -> None:
    assert manage(["verify"]) == 0
    assert capsys.readouterr().out.endswith("Nothing is wrong.\n")
    trail.sql("UPDATE audit_row SET subject = 'entry 2' WHERE position = 3")

    assert manage(["verify"]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("Seal 2 does not fit its rows")
    assert said[1].endswith("1 finding, listed above.")


def _remove(trail: Given, where: str) -> None:
    trail.sql(f"DELETE FROM audit_content WHERE audit_id IN (SELECT id FROM audit_row WHERE {where})")
    trail.sql(f"DELETE FROM audit_row WHERE {where}")


def _erase(trail: Given, position: int) -> UUID:
    """Take a content out of the trail, and write down that it was."""
    with reading() as db:
        row_id = db.exec(select(AuditRow.id).where(col(AuditRow.position) == position)).one()
    transact(
        lambda db: audit.record(
            db,
            person_id=None,
            session_id=None,
            action=audit.ERASURE,
            subject="",
            content={"reason": "asked for", "contents": [str(row_id)]},
        )
    )
    trail.sql(f"DELETE FROM audit_content WHERE audit_id = (SELECT id FROM audit_row WHERE position = {position})")
    return row_id
