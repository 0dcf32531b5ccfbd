"""What is left of an entry when everything that tells whose it is has been taken away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from judging.models import CopyPage, CopyState, JudgesCopy
from prize.entries.drafts import draft_answers
from prize.entries.models import CheckState, Entry, EntryFile, NameCheck
from prize.entries.name_checks import READ_BY_JUDGES, about_answer, about_file, checks_of, is_withheld, may_be_read
from prize.entries.versions import snapshot_of, submitted_version
from prize.form import form_in_force, questions_of, questions_submitted
from prize.questions import QuestionShown, answer_words, asked_of
from storage.canonical import digest


@dataclass(frozen=True)
class BlindFile:
    """A judge's copy of a file, under a neutral name. Neither its size nor that of the original is told.

    ``withheld`` says that the secretariat keeps it from judges, ``failed`` that no copy could be made; it is then never
    ready.
    ``ratios`` has the height of each page for a width of 1. The pages themselves, and their words, have addresses of
    their own.
    """

    id: UUID
    name: str
    ready: bool
    withheld: bool
    failed: bool
    ratios: tuple[float, ...]


@dataclass(frozen=True)
class BlindAnswer:
    """A question that does not reveal identity, with its answer.

    Its text is empty while names are still searched for in it (``ready`` is false), and where it is ``withheld``.
    """

    wording: str
    text: str
    ready: bool
    withheld: bool
    files: tuple[BlindFile, ...]


def blind_answers(db: Session, entry_id: UUID) -> tuple[BlindAnswer, ...]:
    """The answers of an entry that judges read: none that reveals identity or is confidential, no original file.

    Nothing is shown in which the search for names has not come to its end, or found what the secretariat has not let
    pass. The number of statements and rows is the same whatever was found.
    """
    version = submitted_version(db, entry_id)
    if version is None:
        return ()
    checks = checks_of(db, entry_id)
    originals = db.exec(
        select(JudgesCopy, EntryFile.file_id)
        .join(EntryFile, col(EntryFile.id) == col(JudgesCopy.entry_file_id))
        .where(col(JudgesCopy.entry_id) == entry_id)
    ).all()
    copies = [copy for copy, _ in originals]
    file_checks = {copy.id: checks.get(about_file(copy.question_key, file_id)) for copy, file_id in originals}
    ratios: dict[UUID, list[float]] = {}
    shapes = select(CopyPage.copy_id, CopyPage.number, CopyPage.ratio)
    pages = db.exec(shapes.where(col(CopyPage.copy_id).in_([copy.id for copy in copies]))).all()
    for copy_id, _, ratio in sorted(pages):
        ratios.setdefault(copy_id, []).append(ratio)
    files: dict[UUID, list[BlindFile]] = {}
    for copy in sorted(copies, key=lambda copy: copy.name):
        shown = _blind_file(copy, file_checks[copy.id], ratios.get(copy.id, []))
        files.setdefault(copy.question_key, []).append(shown)
    return _blinded(questions_submitted(db, version.form_id), version.answers, files, checks)


def blind_draft(db: Session, entry: Entry) -> tuple[BlindAnswer, ...]:
    """The same of a draft as it stands, as if its stage closed now. No file has a copy yet."""
    answers = draft_answers(db, entry, questions_of(db, form_in_force(db, entry.stage_id).id))
    numbers = count(1)
    files = {
        answer.question.key: [
            BlindFile(file.id, f"Document {next(numbers)}", False, False, False, ()) for file in answer.files
        ]
        for answer in answers
        if answer.question.read_by_judges
    }
    questions = tuple(answer.question for answer in answers)
    return _blinded(questions, snapshot_of(answers), files, checks_of(db, entry.id))


def hidden_from_judges(db: Session, entry: Entry, *, submitted: bool) -> tuple[QuestionShown, ...]:
    """The questions of an entry whose answers blind judges do not read, of its draft or of what was ``submitted``."""
    version = submitted_version(db, entry.id) if submitted else None
    if version is None:
        asked = questions_of(db, form_in_force(db, entry.stage_id).id)
    else:
        asked = questions_submitted(db, version.form_id)
    return tuple(question for question in asked if not question.read_by_judges)


def _blinded(
    questions: Sequence[QuestionShown],
    texts: Mapping[str, Any],
    files: Mapping[UUID, Sequence[BlindFile]],
    checks: Mapping[str, NameCheck],
) -> tuple[BlindAnswer, ...]:
    shown = []
    said = {UUID(question_key): str(text) for question_key, text in texts.items()}
    for question in asked_of(questions, said):
        if not question.read_by_judges:
            continue
        check = checks.get(about_answer(question.key))
        text = said.get(question.key, "")
        ready = not text or may_be_read(check, text)
        own = tuple(files.get(question.key, ()))
        words = answer_words(question, text) if ready else ""
        shown.append(BlindAnswer(question.wording, words, ready, is_withheld(check), own))
    return tuple(shown)


def _blind_file(copy: JudgesCopy, check: NameCheck | None, ratios: list[float]) -> BlindFile:
    ready = copy.state is CopyState.CLEANED and may_be_read(check)
    failed = copy.state is CopyState.FAILED
    return BlindFile(copy.id, copy.name, ready, is_withheld(check), failed, tuple(ratios) if ready else ())


def digest_of_what_is_read(db: Session, entry_ids: Sequence[UUID]) -> str:
    """What tells cheaply whether judges would read anything else of these entries than before."""
    entries = select(Entry.code, Entry.state).where(col(Entry.id).in_(entry_ids))
    copies = select(JudgesCopy.id, JudgesCopy.state, JudgesCopy.file_id).where(col(JudgesCopy.entry_id).in_(entry_ids))
    checks = select(NameCheck.entry_id, NameCheck.about, NameCheck.state, NameCheck.content_digest)
    rows = db.exec(checks.where(col(NameCheck.entry_id).in_(entry_ids))).all()
    searched = [
        (entry_id, state, *_as_read(about, CheckState(state), content)) for entry_id, about, state, content in rows
    ]
    return digest(
        [sorted([*map(str, row)] for row in rows) for rows in (db.exec(entries).all(), db.exec(copies).all(), searched)]
    )


def _as_read(about: str, state: CheckState, content: str) -> tuple[str, str]:
    """The question and, of an answer that judges read, its text; nothing of originals and of what is kept from them.

    So what is made anew never tells judges that something has changed which they do not read.
    """
    question, _, file = about.partition(" ")
    return question, content if not file and state in READ_BY_JUDGES else ""
