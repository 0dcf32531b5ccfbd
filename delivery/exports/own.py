"""Everything of one's own entries, to take away: what was written and submitted, files, receipts and the outcome."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Final
from uuid import UUID

from sqlmodel import Session, col, select

from accounts.actors import Actor
from accounts.commands import query
from delivery.exports.own_page import page_of
from delivery.policy import Action
from judging.analyses.fairness import how_judged
from judging.appeals import own_appeal
from judging.release import own_outcome
from prize.entries.drafts import FileShown, draft_answers, file_shown
from prize.entries.eligible import eligibility_answered
from prize.entries.models import Entry, EntryVersion, TeamMember
from prize.entries.receipts import receipt_of
from prize.entries.receipts_printed import printed_receipt
from prize.entries.teams import team_of
from prize.entries.versions import files_of, versions_of
from prize.form import form_in_force, questions_of
from prize.models import Prize, Stage
from prize.questions import answer_words, asked_of
from storage.archives import Packed
from storage.files import StoredFile

NOT_IN_A_NAME: Final = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')
"""What names of files may not hold somewhere, and what could lead out of the archive's folder."""


@query(Action.EXPORT_OWN)
def own_export(db: Session, actor: Actor) -> tuple[Packed, ...]:
    """All entries of the actor's teams, a folder for each: a page to read, JSON, the files and receipts."""
    rows = db.exec(
        select(Entry, Stage, Prize)
        .join(Stage, col(Stage.id) == col(Entry.stage_id))
        .join(Prize, col(Prize.id) == col(Stage.prize_id))
        .join(TeamMember, col(TeamMember.team_id) == col(Entry.team_id))
        .where(col(TeamMember.person_id) == actor.person_id, col(TeamMember.left_at).is_(None))
    ).all()
    packed: list[Packed] = []
    ordered = sorted(rows, key=lambda row: (row[2].slug, row[1].position, row[0].created_at, str(row[0].id)))
    for number, (entry, stage, prize) in enumerate(ordered, start=1):
        packed += _files_of_entry(db, actor, entry, stage, prize, f"{number}-{prize.slug}-stage-{stage.position}")
    return tuple(packed)


def _files_of_entry(
    db: Session, actor: Actor, entry: Entry, stage: Stage, prize: Prize, folder: str
) -> Iterator[Packed]:
    originals: dict[str, UUID] = {}
    draft = draft_answers(db, entry, questions_of(db, form_in_force(db, stage.id).id))
    versions = versions_of(db, entry.id)
    team = team_of(db, entry.team_id)
    outcome, appeal = own_outcome(db, actor, entry.id), own_appeal(db, actor, entry.id)
    said: dict[str, Any] = {
        "prize": prize.title,
        "stage": stage.name,
        "organisation": team.organisation,
        "team": [{"name": each.name, "email": each.email, "leads": each.leads} for each in team.members],
        "state": entry.state.value,
        "eligibility": [
            {"question": each.wording, "answer": "yes" if each.yes else "no"}
            for each in eligibility_answered(db, entry.id)
        ],
        "draft": [
            {
                "question": answer.question.wording,
                "answer": answer_words(answer.question, answer.text),
                "files": [_file(each, originals) for each in answer.files],
            }
            for answer in draft
        ],
        "submitted": [_version(db, version, originals) for version in versions],
        "outcome": outcome
        and {
            "outcome": outcome.outcome.value,
            "reason": outcome.reason,
            "code": outcome.code,
            "released_at": outcome.released_at.isoformat(),
            "comments": list(outcome.comments),
            "appeal": appeal
            and appeal.state
            and {"text": appeal.text, "became": appeal.state.value, "reason": appeal.reason},
            "scores": [asdict(told) for told in how_judged(db, actor, entry.id).own_scores],
        },
    }
    yield Packed(f"{folder}/entry.html", page_of(said).encode())
    yield Packed(f"{folder}/entry.json", json.dumps(said, indent=2, ensure_ascii=False).encode())
    for version in versions:
        receipt = printed_receipt(db, version)
        yield Packed(f"{folder}/receipts/version-{version.number}-{receipt.name}", receipt.content)
    for path, file_id in sorted(originals.items()):
        stored = db.get_one(StoredFile, file_id)
        yield Packed(f"{folder}/{path}", object_name=stored.object_name, size=stored.size)


def _version(db: Session, version: EntryVersion, originals: dict[str, UUID]) -> dict[str, Any]:
    receipt = receipt_of(db, version)
    files = files_of(db, version.id)
    texts = {UUID(key): str(text) for key, text in version.answers.items()}
    return {
        "number": version.number,
        "submitted_at": version.submitted_at.isoformat(),
        "receipt": receipt.code,
        "rules": receipt.rules_number,
        "content": version.content_digest,
        "answers": [
            {
                "question": question.wording,
                "answer": answer_words(question, texts.get(question.key, "")),
                "files": [
                    _file(file_shown(db, file.file_id, file.name), originals)
                    for file in files
                    if file.question_key == question.key
                ],
            }
            for question in asked_of(questions_of(db, version.form_id), texts)
        ],
    }


def _file(file: FileShown, originals: dict[str, UUID]) -> dict[str, str]:
    """What is said of a file, which gets its place in the archive."""
    name = NOT_IN_A_NAME.sub("_", file.name).lstrip(".") or "file"
    path = f"files/{file.sha256[:12]}-{name}"
    originals[path] = file.id
    return {"name": file.name, "sha256": file.sha256, "path": path}
