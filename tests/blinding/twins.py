"""Twins of the contest: the same but for what somebody must not learn.

Each is made by changing rows of a copy, not by playing the contest again: what is not named here is the same for
certain, and so are all ids, codes, conflicts, assignments and decisions.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from tests.blinding import rows
from tests.blinding.contest import STATED, TEAMS, Contest, Installation, Moment, document, picture
from tests.blinding.rows import Row, Tables, key, of, one

DEALT: Final = tuple(team.name for team in TEAMS if team.organisation not in sum(STATED.values(), ()))
NEXT: Final[Mapping[str, str]] = MappingProxyType(
    {name: DEALT[(at + 1) % len(DEALT)] for at, name in enumerate(DEALT)}
    | {team.name: team.name for team in TEAMS if team.name not in DEALT}
)
"""Whose identity an entry gets. One whose team a judge has named keeps its name, or the conflict would be another."""

REVEALING: Final = ("team", "registration", "people", "backers", "backing")
"""What is asked and kept from judges."""

OTHER_NAMES: Final = MappingProxyType(
    {"first": "The Society of Those Who Look After Otters", "second": "Ai", "third": "B", "fourth": "Ce", "fifth": "Do"}
)
"""Who is named in the unseen places of the originals."""


def with_identities_dealt_differently(contest: Contest, moment: Moment, folder: Path) -> Installation:
    """The same set of entrants, each behind another entry; what judges read is the same."""
    twin = contest.installation(moment).copy(folder)
    rows.rewrite(twin.database, lambda tables: _deal(tables, contest, folder))
    return twin


def with_judges_changed_about(contest: Contest, moment: Moment, folder: Path) -> Installation:
    """The same cards on the same entries, each filled in by another judge, in another order and at other times."""
    twin = contest.installation(moment).copy(folder)
    people = [key(judge.person_id) for judge in contest.judges.values()]
    other = dict(zip(people, people[1:] + people[:1], strict=True))

    def change(tables: Tables) -> None:
        for row in tables["assignment"]:
            row["judge_id"] = other[row["judge_id"]]
            row["assigned_at"] = _later(row["assigned_at"], hours=3)
        for row in tables["assignment_plan"]:
            pairs = [[code, str(UUID(other[UUID(judge).hex]))] for code, judge in json.loads(row["pairs"])]
            row["pairs"], row["inputs_digest"] = json.dumps(pairs), "sha256:another"
        for table in ("score", "comment", "score_save"):
            for number, row in enumerate(tables[table]):
                row["saved_at"] = _later(row["saved_at"], hours=number % 5)
        for number, row in enumerate(tables["scorecard"]):
            row["opened_at"] = _later(row["opened_at"], hours=-number)
        for number, row in enumerate(tables["panel_member"]):
            row["finished_at"] = _later(row["finished_at"], hours=-number)

    rows.rewrite(twin.database, change)
    return twin


def with_other_judges_cards_changed(contest: Contest, moment: Moment, judge: str, folder: Path) -> Installation:
    """Every other judge has scored otherwise, written otherwise, and is at another point of the work."""
    twin = contest.installation(moment).copy(folder)
    me = key(contest.judges[judge].person_id)

    def change(tables: Tables) -> None:
        others = {row["id"] for row in tables["assignment"] if row["judge_id"] != me}
        cards = {row["id"] for row in tables["scorecard"] if row["assignment_id"] in others}
        for row in tables["score"]:
            if row["scorecard_id"] in cards:
                row["points"], row["cannot_judge"] = (None, 1) if row["points"] == 3 else (6 - (row["points"] or 1), 0)
                row["saved_at"], row["version"] = _later(row["saved_at"], hours=2), row["version"] + 3
        for row in tables["gate_answer"]:
            if row["scorecard_id"] in cards:
                row["yes"], row["saved_at"] = 1 - row["yes"], _later(row["saved_at"], hours=2)
        for row in tables["scorecard"]:
            if row["id"] in cards:
                row["revealed_at"] = _later(row["revealed_at"], hours=2)
        dropped = [row for row in tables["score"] if row["scorecard_id"] in cards][::3]
        tables["score"] = [row for row in tables["score"] if row not in dropped]
        for row in tables["comment"]:
            if row["scorecard_id"] in cards:
                row["text"], row["version"] = f"{row['text']} And much, much more, in many words. " * 3, 9
        for row in tables["panel_member"]:
            if row["person_id"] != me:
                row["finished_at"] = None if row["finished_at"] else _later(row["accepted_at"], hours=30)
                row["conflicts_stated_at"] = _later(row["conflicts_stated_at"], hours=1)
        for row in tables["conflict_statement"]:
            if row["person_id"] != me:
                row["text"] = "Somebody else whom nobody knows"

    rows.rewrite(twin.database, change)
    return twin


def reveal_nothing(installation: Installation) -> None:
    """Nobody has come to the reveal of an entry yet."""

    def change(tables: Tables) -> None:
        for card in tables["scorecard"]:
            card["revealed_at"] = None

    rows.rewrite(installation.database, change)


def with_an_entry_changed(contest: Contest, moment: Moment, entry: str, folder: Path) -> Installation:
    """Everything about one entry is another: who is behind it, what it says, its files, scores, decision, milestones.

    That it exists, and who is in conflict with it, stays.
    """
    twin = contest.installation(moment).copy(folder)
    entry_id = key(contest.entries[entry])

    def change(tables: Tables) -> None:
        row = one(tables["entry"], id=entry_id)
        code, row["code"], row["created_at"] = row["code"], "Zuzu-99", _later(row["created_at"], hours=-9)
        for plan in tables["assignment_plan"]:
            plan["pairs"] = plan["pairs"].replace(code, row["code"])
        for copy in of(tables["judges_copy"], entry_id=entry_id):
            copy["name"] = copy["name"].replace(code, row["code"])
        _rename(tables, row["team_id"])
        versions = of(tables["entry_version"], entry_id=entry_id)
        for version in versions:
            told = {name: f"{text} Quite another text." for name, text in json.loads(version["answers"]).items()}
            version["answers"], version["submitted_at"] = json.dumps(told), _later(version["submitted_at"], hours=5)
        for answered in of(tables["eligibility_answers"], entry_id=entry_id):
            answered["answers"] = json.dumps({name: not yes for name, yes in json.loads(answered["answers"]).items()})
        for extension in of(tables["extension"], entry_id=entry_id):
            extension["reason"], extension["closes_at"] = "Another reason", _later(extension["closes_at"], hours=1)
        for answer in of(tables["answer"], entry_id=entry_id):
            answer["text"] += " Quite another text."
        files = {
            found["file_id"]
            for version in versions
            for found in of(tables["entry_file"], entry_version_id=version["id"])
        }
        for file in tables["entry_file"]:
            if file["file_id"] in files:
                file["name"] = f"another {file['name']}"
        for screening in of(tables["screening"], entry_id=entry_id):
            screening["reason"], screening["decided_at"] = "Another reason", _later(screening["decided_at"], hours=1)
        for check in of(tables["name_check"], entry_id=entry_id):
            check["state"], check["hits"] = "held", json.dumps([_hit("Some Name")])
        _other_scores(tables, entry_id)
        for decision in of(tables["decision"], entry_id=entry_id):
            decision["outcome"], decision["reason"] = "reserve", "Another reason altogether"
            decision["decided_by"] = key(contest.story.owner.person_id)
            decision["version"] += 2
        for check in of(tables["due_diligence"], entry_id=entry_id):
            check["finding"], check["note"], check["found_at"] = (
                "conditions",
                "Another",
                _later(check["found_at"], hours=1),
            )
        _other_discussion(tables, entry_id)
        for appeal in of(tables["appeal"], entry_id=entry_id):
            appeal["text"], appeal["written_at"] = "Quite another appeal.", _later(appeal["written_at"], hours=2)
            appeal["state"], appeal["reason"], appeal["version"] = "rejected", "Another reason", 2
        _other_delivery(tables, entry_id)

    rows.rewrite(twin.database, change)
    return twin


def without_an_entry(contest: Contest, moment: Moment, entry: str, folder: Path) -> Installation:
    """The team has withdrawn the entry before it was judged. Who is in conflict with it, stays."""
    twin = contest.installation(moment).copy(folder)
    entry_id = key(contest.entries[entry])

    def change(tables: Tables) -> None:
        entry_row = one(tables["entry"], id=entry_id)
        entry_row["state"] = "withdrawn"
        for plan in tables["assignment_plan"]:
            pairs = [pair for pair in json.loads(plan["pairs"]) if pair[0] != entry_row["code"]]
            plan["pairs"] = json.dumps(pairs)
        for table in ("decision", "agenda_item", "minute", "revised_score"):
            tables[table] = [row for row in tables[table] if row["entry_id"] != entry_id]
        for assignment in of(tables["assignment"], entry_id=entry_id):
            assignment["withdrawn_at"] = assignment["assigned_at"]

    rows.rewrite(twin.database, change)
    return twin


def _rename(tables: Tables, team_id: str) -> None:
    team = one(tables["team"], id=team_id)
    one(tables["organisation"], id=team["organisation_id"])["name"] = "Zebrafish Zoo and Zeppelins"
    members = {row["person_id"] for row in of(tables["team_member"], team_id=team_id)}
    for person in tables["person"]:
        if person["id"] in members:
            person["name"] = "Zacharias Zebra"


def _other_scores(tables: Tables, entry_id: str) -> None:
    assignments = {row["id"] for row in of(tables["assignment"], entry_id=entry_id)}
    cards = {row["id"] for row in tables["scorecard"] if row["assignment_id"] in assignments}
    for score in tables["score"]:
        if score["scorecard_id"] in cards:
            score["points"] = 1 if score["points"] != 1 else 5
    for answer in tables["gate_answer"]:
        if answer["scorecard_id"] in cards:
            answer["yes"] = 1 - answer["yes"]
    for comment in tables["comment"]:
        if comment["scorecard_id"] in cards:
            comment["text"] = "Another comment, of another length."


def _other_discussion(tables: Tables, entry_id: str) -> None:
    """The panel has asked for the entry for another reason, and said and voted something else about it, later."""
    for item in of(tables["agenda_item"], entry_id=entry_id):
        item["reason"], item["words"] = "added", "For quite another reason"
        item["presented_at"] = _later(item["presented_at"], hours=1)
    for minute in of(tables["minute"], entry_id=entry_id):
        minute["outcome"], minute["reason"] = "reserve", "The panel said something else, in more words."
        minute["votes_for"], minute["abstaining"] = 0, 1
        minute["recorded_at"] = _later(minute["recorded_at"], hours=1)
    for score in of(tables["revised_score"], entry_id=entry_id):
        score["points"], score["saved_at"] = 5, _later(score["saved_at"], hours=1)


def _other_delivery(tables: Tables, entry_id: str) -> None:
    terms = {row["id"]: row for row in of(tables["grant_terms"], entry_id=entry_id)}
    for row in terms.values():
        row["text"], row["offered_at"] = "Other terms", _later(row["offered_at"], hours=4)
        row["accepted_by"], row["accepted_at"] = None, None
    for milestone in tables["milestone"]:
        if milestone["terms_id"] in terms:
            milestone["title"], milestone["minor"] = "Another milestone", milestone["minor"] + 5_00
            milestone["state"] = "planned"
    milestones = {row["id"] for row in tables["milestone"] if row["terms_id"] in terms}
    tables["evidence"] = [row for row in tables["evidence"] if row["milestone_id"] not in milestones]
    for payment in tables["payment"]:
        if payment["milestone_id"] in milestones:
            payment["minor"] = payment["minor"] + 5_00


def _deal(tables: Tables, contest: Contest, folder: Path) -> None:
    before = deepcopy(tables)
    story = contest.story
    revealing = {str(story.questions[name]) for name in REVEALING}
    registration = key(story.questions["registration"])
    for team in TEAMS:
        mine, theirs = key(contest.entries[team.name]), key(contest.entries[NEXT[team.name]])
        entry, other = one(tables["entry"], id=mine), one(before["entry"], id=theirs)
        entry["team_id"], entry["created_at"] = other["team_id"], _later(other["created_at"], hours=1)
        _deal_versions(tables, before, mine, theirs, revealing, registration)
        _deal_drafts(tables, before, mine, theirs, {UUID(each).hex for each in revealing})
        _deal_originals(tables, team.name, mine, key(story.questions["document"]), folder)
        _deal_what_was_found(tables, mine, key(story.questions["method"]))
    for row in tables["conflict"]:
        row["reason"], row["found_at"] = "Of another length than it was before", _later(row["found_at"], hours=-1)
    for row in tables["extension"]:
        row["reason"], row["given_at"] = f"{row['reason']} And more.", _later(row["given_at"], hours=3)
    for row in tables["upload"]:
        row["name"], row["length"] = f"{row['name']} and more", row["length"] + 321


def _deal_versions(
    tables: Tables, before: Tables, mine: str, theirs: str, revealing: set[str], registration: str
) -> None:
    """As often and as late submitted as the other, with what the other says of itself."""
    own = sorted(of(before["entry_version"], entry_id=mine), key=lambda row: row["number"])
    other = sorted(of(before["entry_version"], entry_id=theirs), key=lambda row: row["number"])
    kept = one(tables["entry_version"], id=own[-1]["id"])
    earlier = [row["id"] for row in own[:-1]]
    tables["receipt"] = [row for row in tables["receipt"] if row["entry_version_id"] not in earlier]
    tables["entry_file"] = [row for row in tables["entry_file"] if row["entry_version_id"] not in earlier]
    tables["entry_version"] = [row for row in tables["entry_version"] if row["id"] not in earlier]
    said, new = json.loads(kept["answers"]), json.loads(other[-1]["answers"])
    told = {name: f"{text} And more." for name, text in new.items() if name in revealing}
    kept["answers"] = json.dumps({**said, **told})
    kept["number"], kept["submitted_by"] = other[-1]["number"], other[-1]["submitted_by"]
    kept["submitted_at"] = _later(other[-1]["submitted_at"], hours=2)
    kept["content_digest"] = "sha256:another"
    for number in range(1, len(other)):
        tables["entry_version"].append(
            {**kept, "id": hashlib.md5(f"{mine}{number}".encode()).hexdigest(), "number": number}
        )
    receipt, model = (
        one(tables["receipt"], entry_version_id=kept["id"]),
        one(before["receipt"], entry_version_id=other[-1]["id"]),
    )
    receipt["code"], receipt["issued_at"] = f"{model['code'][:-2]}-dealt", model["issued_at"]
    shown = of(before["entry_file"], entry_version_id=other[-1]["id"], question_key=registration)
    gone = of(tables["entry_file"], entry_version_id=kept["id"], question_key=registration)
    tables["entry_file"] = [row for row in tables["entry_file"] if row not in gone]
    for row in shown:
        moved = {**row, "id": hashlib.md5(f"{mine}{row['id']}".encode()).hexdigest(), "entry_version_id": kept["id"]}
        tables["entry_file"].append(moved)


def _deal_drafts(tables: Tables, before: Tables, mine: str, theirs: str, revealing: set[str]) -> None:
    for answered in of(tables["eligibility_answers"], entry_id=mine):
        other = one(before["eligibility_answers"], entry_id=theirs)
        answered |= {name: other[name] for name in ("answers", "answered_by", "answered_at")}
    for answer in of(tables["answer"], entry_id=mine):
        other = one(before["answer"], entry_id=theirs, question_key=answer["question_key"])
        answer["saved_by"], answer["saved_at"] = other["saved_by"], _later(other["saved_at"], hours=1)
        answer["tab"], answer["save_number"], answer["version"] = "another", other["save_number"] + 1, other["version"]
        if answer["question_key"] in revealing:
            answer["text"] = f"{other['text']} And more."
        for number in range(other["save_number"]):
            kept = hashlib.md5(f"{answer['id']}{number}".encode()).hexdigest()
            tables["answer_save"].append(
                {
                    "id": kept,
                    "answer_id": answer["id"],
                    "text": f"An earlier text, {number}",
                    "saved_by": other["saved_by"],
                    "saved_at": other["saved_at"],
                    "tab": "earlier",
                    "save_number": number,
                }
            )
    for file in of(tables["draft_file"], entry_id=mine):
        file["name"], file["added_at"] = f"other {file['name']}", _later(file["added_at"], hours=7)


def _deal_originals(tables: Tables, team: str, mine: str, question: str, folder: Path) -> None:
    """Originals that name somebody else where cleaning looks, so that their bytes and sizes are others."""
    [version] = [max(of(tables["entry_version"], entry_id=mine), key=lambda row: row["number"])]
    pictures = 0
    files = of(tables["entry_file"], entry_version_id=version["id"], question_key=question)
    for file in sorted(files, key=lambda row: row["name"]):
        stored = one(tables["stored_file"], id=file["file_id"])
        if stored["content_type"] == "image/png":
            content = picture(team, pictures, OTHER_NAMES[team])
            pictures += 1
        else:
            content = document(team, OTHER_NAMES[team])
        file["name"] = f"by {OTHER_NAMES[team]}, {pictures}"
        _put(stored, content, folder)
        for check in of(tables["name_check"], entry_id=mine):
            if check["about"].endswith(str(UUID(file["file_id"]))):
                check["content_digest"] = f"sha256:{stored['sha256']}"


def _put(stored: Row, content: bytes, folder: Path) -> None:
    old = next(path for path in folder.rglob(stored["sha256"]) if path.is_file())
    stored["sha256"], stored["size"] = hashlib.sha256(content).hexdigest(), len(content)
    stored["stored_at"] = _later(stored["stored_at"], hours=11)
    old.with_name(stored["sha256"]).write_bytes(content)
    old.unlink()


def _deal_what_was_found(tables: Tables, mine: str, method: str) -> None:
    """Other names were found. What is withheld says something else, of another length."""
    for check in of(tables["name_check"], entry_id=mine):
        check["searched_at"] = _later(check["searched_at"], hours=2)
        if check["decided_at"]:
            check["hits"], check["reason"] = json.dumps([_hit("X"), _hit("Y" * 70)]), "For quite another reason."
        question, _, file = check["about"].partition(" ")
        if check["state"] == "withheld" and not file and UUID(question).hex == method:
            for version in of(tables["entry_version"], entry_id=mine):
                answers = json.loads(version["answers"])
                answers[question] = f"A text that nobody gets. {answers[question]} " * 4
                version["answers"] = json.dumps(answers)
                check["content_digest"] = "sha256:" + hashlib.sha256(answers[question].encode()).hexdigest()


def _hit(name: str) -> dict[str, Any]:
    return {"tells": "organisation", "name": name, "place": "answer", "count": 1, "excerpt": f"by {name}"}


def _later(moment: str | None, *, hours: int) -> str | None:
    if moment is None:
        return None
    return (datetime.fromisoformat(moment) + timedelta(hours=hours)).isoformat(" ", "microseconds")
