"""Everybody takes all of their own entries away: readable, complete, and nothing of anybody else's."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from sqlmodel import Session

from accounts.actors import Actor
from delivery.exports.own import own_export
from judging.appeals import write_appeal
from judging.models import CommentReader
from judging.scorecards import save_comment
from prize.entries.models import Entry
from prize.entries.submission import submit_entry
from prize.models import ScoresTold, Stage
from storage.archives import Packed, archive_blocks
from storage.database import reading, transact
from storage.objects import Damaged
from storage.stores.folder import FolderStore
from tests.databases import Given
from tests.judging.examples import appeals_are_allowed
from tests.stores import GivenStore
from tests.stories import (
    TAB,
    Chapter,
    _check,
    _confirm,
    _decide,
    _end_judging,
    _release,
    assignments_of,
    attach,
    document_of,
    join_team,
    told,
)
from tests.world import World, ask, do

FOLDER = "1-clean-rivers-stage-1"


def archive_of(actor: Actor) -> zipfile.ZipFile:
    with archive_blocks(ask(own_export, actor)) as blocks:
        return zipfile.ZipFile(io.BytesIO(b"".join(blocks)))


def said_in(archive: zipfile.ZipFile) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(archive.read(f"{FOLDER}/entry.json"))
    return said


def test_an_archive_has_every_version_with_its_files_and_receipt(database: Given, store: GivenStore) -> None:
    story = told(Chapter.WRITTEN)
    content = document_of("Acorn Labs")
    transact(
        lambda db: attach(db, story.entrant, story.entry_id, story.questions["document"], content, "../Größe <1>.pdf")
    )
    receipts = [do(submit_entry, story.entrant, entry_id=story.entry_id, accepts_rules=True) for _ in range(2)]

    archive = archive_of(story.entrant)

    said = said_in(archive)
    assert archive.testzip() is None
    assert [version["receipt"] for version in said["submitted"]] == [receipt.code for receipt in receipts]
    [file] = said["submitted"][1]["answers"][2]["files"]
    assert archive.read(f"{FOLDER}/{file['path']}") == content
    assert sorted(archive.namelist()) == sorted(
        [
            f"{FOLDER}/entry.html",
            f"{FOLDER}/entry.json",
            f"{FOLDER}/files/{file['sha256'][:12]}-_Größe _1_.pdf",
            *(f"{FOLDER}/receipts/version-{each.number}-receipt-{each.code}.pdf" for each in receipts),
        ]
    )
    page = archive.read(f"{FOLDER}/entry.html").decode()
    assert "Mussels filter the water, and we count them." in page
    assert "../Größe &lt;1&gt;.pdf" in page
    assert said["team"] == [{"name": "Erin", "email": "erin@erin.example", "leads": True}]
    assert said["outcome"] is None


def test_the_outcome_and_the_comments_are_in_it_once_they_are_released(sqlite: Given) -> None:
    story = told(Chapter.SCORED)
    with reading() as db:
        code = db.get_one(Entry, story.entry_id).code
        card = assignments_of(db, story, story.judge)[0]
    assert code
    text = "Say more about the reeds."
    kept = {"base_version": 0, "tab": TAB, "save_number": 1}
    do(save_comment, story.judge, assignment_id=card.id, reader=CommentReader.ENTRANT, text=text, **kept)
    before = archive_of(story.entrant)
    assert said_in(before)["outcome"] is None
    assert not any(code.encode() in before.read(name) for name in before.namelist())
    for chapter in (_end_judging, _decide, _confirm, _check, _release):
        transact(lambda db, chapter=chapter: chapter(db, story))

    outcome = said_in(archive_of(story.entrant))["outcome"]

    assert (outcome["outcome"], outcome["reason"]) == ("finalist", "The panel compared both.")
    assert (outcome["code"], outcome["comments"], outcome["scores"]) == (code, [text], [])

    def tell_scores(db: Session) -> None:
        stage = db.get_one(Stage, story.stage_id)
        stage.scores_told = ScoresTold.MEANS
        db.add(stage)

    transact(tell_scores)
    appeals_are_allowed(story)
    assert outcome["appeal"] is None
    do(write_appeal, story.entrant, entry_id=story.entry_id, text="Look at the reeds <again>.")
    archive = archive_of(story.entrant)
    [need, _] = said_in(archive)["outcome"]["scores"]
    assert need == {"name": "Need", "judges": 2, "mean": 5.0, "spread": None}
    assert said_in(archive)["outcome"]["appeal"]["became"] == "waiting"
    assert "Look at the reeds &lt;again&gt;." in archive.read(f"{FOLDER}/entry.html").decode()
    assert "Need: 5.0, the mean of 2 judges" in archive.read(f"{FOLDER}/entry.html").decode()


def test_others_get_nothing_of_it(sqlite: Given) -> None:
    world, story = World(), told(Chapter.SUBMITTED)
    ines = transact(lambda db: join_team(db, story.entry_id, "ines"))

    assert archive_of(world.person("ada")).namelist() == []
    assert said_in(archive_of(ines)) == said_in(archive_of(story.entrant))
    assert said_in(archive_of(story.entrants["bela"]))["organisation"] == "Birch Works"
    assert ask(own_export, story.secretariat) == ()


def test_a_damaged_file_leaves_the_archive_without_an_end(sqlite: Given, folder: GivenStore) -> None:
    story = told(Chapter.WRITTEN)
    content = document_of("Acorn Labs")
    transact(lambda db: attach(db, story.entrant, story.entry_id, story.questions["document"], content, "a.pdf"))
    files = ask(own_export, story.entrant)
    present = folder.store
    assert isinstance(present, FolderStore)
    path = present.path(next(file.object_name for file in files if file.object_name))
    path.chmod(0o640)
    path.write_bytes(b"forged" + content[6:])

    with archive_blocks(files) as blocks, pytest.raises(Damaged):
        b"".join(blocks)


def test_an_archive_is_the_same_each_time_and_leaves_block_by_block(sqlite: Given) -> None:
    files = (Packed("a.txt", b"a" * 1000), Packed("b.txt", b"b"))
    made = []
    for _ in range(2):
        with archive_blocks(files) as blocks:
            made.append(list(blocks))

    assert made[0] == made[1]
    assert len(made[0]) == 3
