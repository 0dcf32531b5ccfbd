"""The twins really differ in everything that identifies, and are the same in everything that judges read."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from accounts.privacy import holdings
from judging.reading_copies import entries_of, stamp_of
from judging.reading_pdf import Cover, print_entries
from prize.entries import models
from storage.cleaning.child import clean_in_child
from storage.database import reading
from tests.blinding import rows
from tests.blinding.contest import TEAMS, Contest, Installation, Moment, at_home
from tests.blinding.rows import Tables, key, of, one
from tests.blinding.twins import DEALT, with_identities_dealt_differently
from tests.modules import import_everything

MODULES = import_everything()
THE_SAME = {
    ("conflict", "person_id"): "the same conflicts",
    ("conflict", "decided_by"): "the same conflicts",
    ("conflict", "decided_at"): "the same conflicts",
    ("extension", "given_by"): "the same secretariat",
    ("conflict_statement", "person_id"): "the same conflicts",
    ("conflict_statement", "text"): "the same conflicts",
    ("conflict_statement", "stated_at"): "the same conflicts",
    ("name_check", "decided_by"): "the same decisions",
    ("name_check", "decided_at"): "the same decisions",
    ("screening", "reason"): "the same decisions",
    ("name_check", "problem"): "every file can be searched",
    ("screening", "decided_by"): "the same decisions",
    ("screening", "decided_at"): "the same decisions",
    ("team_invitation", "person_id"): "the same set of entrants",
    ("team_invitation", "name"): "the same set of entrants",
    ("team_invitation", "email"): "the same set of entrants",
    ("team_invitation", "invited_by"): "the same set of entrants",
    ("team_invitation", "invited_at"): "the same set of entrants",
    ("team_invitation", "ended_at"): "the same set of entrants",
    ("team_member", "person_id"): "the same set of entrants",
    ("team_member", "leads"): "the same set of entrants",
    ("team_member", "joined_at"): "the same set of entrants",
    ("team_member", "left_at"): "the same set of entrants",
    ("draft_file", "added_by"): "read by the team alone",
    ("duplicate", "note"): "no two entries are alike",
    ("duplicate", "decided_by"): "no two entries are alike",
    ("duplicate", "decided_at"): "no two entries are alike",
}


@pytest.fixture(scope="module")
def twins(contest: Contest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Installation, Installation]:
    folder = tmp_path_factory.mktemp("twins")
    other = with_identities_dealt_differently(contest, Moment.JUDGING, folder / "other")
    return contest.installation(Moment.JUDGING), other


@pytest.fixture(scope="module")
def tables(twins: tuple[Installation, Installation]) -> tuple[Tables, Tables]:
    return rows.read(twins[0].database), rows.read(twins[1].database)


def identity(tables: Tables, contest: Contest, team: str) -> dict[str, Any]:
    """What tells an entry from others, though no judge should learn it."""
    entry_id = key(contest.entries[team])
    entry = one(tables["entry"], id=entry_id)
    organisation = one(tables["organisation"], id=one(tables["team"], id=entry["team_id"])["organisation_id"])
    members = {row["person_id"] for row in of(tables["team_member"], team_id=entry["team_id"])}
    people = sorted(row["name"] for row in tables["person"] if row["id"] in members)
    addresses = sorted(row["address"] for row in tables["email_address"] if row["person_id"] in members)
    version = max(of(tables["entry_version"], entry_id=entry_id), key=lambda row: row["number"])
    revealing = str(contest.story.questions["team"])
    files = of(tables["entry_file"], entry_version_id=version["id"])
    readable = [row for row in files if row["question_key"] == key(contest.story.questions["document"])]
    originals = sorted((one(tables["stored_file"], id=row["file_id"]) for row in readable), key=lambda row: row["id"])
    return {
        "organisation": organisation["name"],
        "people": people,
        "addresses": addresses,
        "begun": entry["created_at"],
        "submitted": version["submitted_at"],
        "submitted by": version["submitted_by"],
        "versions": version["number"],
        "saves": sum(
            len(of(tables["answer_save"], answer_id=row["id"])) for row in of(tables["answer"], entry_id=entry_id)
        ),
        "identity": json.loads(version["answers"])[revealing],
        "receipt": one(tables["receipt"], entry_version_id=version["id"])["code"],
        "registrations": sorted(row["file_id"] for row in files if row not in readable),
        "names of files": sorted(row["name"] for row in readable),
        "originals": [row["sha256"] for row in originals],
        "sizes": [row["size"] for row in originals],
        "place in the table": tables["entry"].index(entry),
    }


NAMED_ALREADY = ("organisation", "people", "addresses", "submitted by", "registrations", "versions", "saves")
MAY_BE_EQUAL = ("versions", "saves", "registrations", "place in the table")


@pytest.mark.parametrize("team", [team.name for team in TEAMS])
def test_each_entry_has_another_identity_in_the_twin(
    contest: Contest, tables: tuple[Tables, Tables], team: str
) -> None:
    before, after = (identity(each, contest, team) for each in tables)

    same = {name for name in before if before[name] == after[name]}

    assert same <= set(MAY_BE_EQUAL if team in DEALT else (*NAMED_ALREADY, "place in the table"))


def test_over_all_entries_everything_that_identifies_differs(contest: Contest, tables: tuple[Tables, Tables]) -> None:
    pairs = [[identity(each, contest, team.name) for each in tables] for team in TEAMS]

    differing = {name for before, after in pairs for name in before if before[name] != after[name]}

    assert differing == set(pairs[0][0])


def test_every_column_about_entrants_differs_or_is_said_to_be_the_same(tables: tuple[Tables, Tables]) -> None:
    about_entries = {
        str(getattr(kind, "__tablename__", "")) for kind in vars(models).values() if isinstance(kind, type)
    }
    columns = {
        (held.table, column)
        for held in holdings().values()
        if held.table in about_entries
        for column in (*held.personal, *held.acts, *held.texts)
    }

    same = {
        (table, column)
        for table, column in columns
        if sorted((str(row["id"]), str(row[column])) for row in tables[0][table])
        == sorted((str(row["id"]), str(row[column])) for row in tables[1][table])
    }

    assert columns
    assert same == set(THE_SAME) & columns


def test_everything_that_is_not_about_entrants_is_the_same(tables: tuple[Tables, Tables]) -> None:
    changed = {
        name
        for name in tables[0]
        if sorted(map(str, (row.items() for row in tables[0][name])))
        != sorted(map(str, (row.items() for row in tables[1][name])))
    }

    assert changed == {
        "answer",
        "answer_save",
        "conflict",
        "draft_file",
        "eligibility_answers",
        "entry",
        "entry_file",
        "entry_version",
        "extension",
        "name_check",
        "receipt",
        "stored_file",
        "upload",
    }


def test_rows_lie_in_another_order(tables: tuple[Tables, Tables]) -> None:
    names = ["assignment", "scorecard", "judges_copy", "copy_page"]

    assert [[row["id"] for row in tables[0][name]] for name in names] == [
        [row["id"] for row in reversed(tables[1][name])] for name in names
    ]


def test_what_judges_read_of_each_answer_is_the_same(contest: Contest, tables: tuple[Tables, Tables]) -> None:
    read = []
    for each in tables:
        shown = {}
        for check in each["name_check"]:
            question, _, file = check["about"].partition(" ")
            if not file and check["state"] in ("clear", "allowed"):
                versions = of(each["entry_version"], entry_id=check["entry_id"])
                newest = max(versions, key=lambda row: row["number"])
                shown[check["entry_id"], question] = json.loads(newest["answers"])[question]
        read.append(shown)

    assert read[0] == read[1]
    assert len(read[0]) == 16


def test_the_other_originals_give_the_same_copies_byte_for_byte(
    twins: tuple[Installation, Installation], tables: tuple[Tables, Tables]
) -> None:
    cleaned, kept = [], []
    for copy in tables[1]["judges_copy"]:
        entry_file = one(tables[1]["entry_file"], id=copy["entry_file_id"])
        original = one(tables[1]["stored_file"], id=entry_file["file_id"])
        source = next(twins[1].folder.rglob(original["sha256"]))
        with TemporaryDirectory() as folder, at_home(twins[1].folder):
            made = clean_in_child(source, Path(folder), original["content_type"])
            assert made.copy is not None, made.problem
            cleaned.append(made.copy.read_bytes())
        kept.append(
            next(twins[0].folder.rglob(one(tables[0]["stored_file"], id=copy["file_id"])["sha256"])).read_bytes()
        )

    assert len(cleaned) == 8
    assert cleaned == kept


def test_all_entries_as_one_pdf_are_the_same_bytes_whoever_entered(
    contest: Contest, twins: tuple[Installation, Installation]
) -> None:
    printed, stamps = [], []
    judge, stage_id = contest.judges["jules"].person_id, contest.story.stage_id
    assert judge is not None
    for installation in twins:
        with TemporaryDirectory() as folder, at_home(installation.folder), reading() as db:
            entries = entries_of(db, judge, stage_id, Path(folder))
            target = Path(folder) / "entries.pdf"
            print_entries(Cover("Rivers", "First stage"), entries, target)
            printed.append(target.read_bytes())
            stamps.append(stamp_of(db, judge, stage_id))
            assert len(entries) == len(contest.assignments["jules"])
            assert sum(len(entry.files) for entry in entries) > 1

    assert printed[0] == printed[1]
    assert stamps[0] == stamps[1]
