"""What is left of an entry when everything that tells whose it is has been taken away."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from judging.models import CopyPage, CopyState, JudgesCopy
from prize.entries.versions import submitted_version
from prize.form import questions_of
from prize.models import QuestionKind


@dataclass(frozen=True)
class BlindFile:
    """A judge's copy of a file, under a neutral name. Neither its size nor that of the original is told.

    ``texts`` are the words of its pages, in their order; the pages themselves are images at addresses of their own.
    """

    id: UUID
    name: str
    ready: bool
    texts: tuple[str, ...]


@dataclass(frozen=True)
class BlindAnswer:
    """A question that does not reveal identity, with its answer."""

    wording: str
    text: str
    unit: str
    files: tuple[BlindFile, ...]


def blind_answers(db: Session, entry_id: UUID) -> tuple[BlindAnswer, ...]:
    """The answers of an entry that judges read: none that reveals identity or is confidential, no original file."""
    version = submitted_version(db, entry_id)
    if version is None:
        return ()
    copies = db.exec(select(JudgesCopy).where(col(JudgesCopy.entry_id) == entry_id)).all()
    texts: dict[UUID, list[str]] = {}
    pages = db.exec(select(CopyPage).where(col(CopyPage.copy_id).in_([copy.id for copy in copies]))).all()
    for page in sorted(pages, key=lambda page: page.number):
        texts.setdefault(page.copy_id, []).append(page.text)
    return tuple(
        BlindAnswer(
            question.wording,
            "" if question.kind is QuestionKind.FILE else str(version.answers.get(str(question.key), "")),
            question.unit,
            tuple(
                BlindFile(copy.id, copy.name, copy.state is CopyState.CLEANED, tuple(texts.get(copy.id, ())))
                for copy in sorted(copies, key=lambda copy: copy.name)
                if copy.question_key == question.key
            ),
        )
        for question in questions_of(db, version.form_id)
        if not question.reveals_identity and not question.confidential
    )
