"""Entries without names as one PDF to read away from the screen: answers as text, then the pages of cleaned files.

The same entries give the same bytes: nothing in it tells when, where or by which program it was made.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pikepdf
from pikepdf import Dictionary, Name, OutlineItem
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageBreak, PageTemplate, Paragraph

from storage.printing import HEADING, MARGIN, QUIET, TITLE, can_be_printed, paragraph

JPEG_QUALITY: Final = 85
NOT_PRINTED: Final = "Some characters of this answer cannot be printed here. Read it in the scoring room."


@dataclass(frozen=True)
class PrintedFile:
    """A cleaned file under its neutral name: a PDF, or images of its pages."""

    name: str
    pdf: Path | None
    images: tuple[Path, ...] = ()


@dataclass(frozen=True)
class PrintedAnswer:
    """A question with the text of its answer, and ``notes`` in Laurel's words: what is withheld, which files follow."""

    wording: str
    text: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class PrintedEntry:
    code: str
    answers: tuple[PrintedAnswer, ...]
    files: tuple[PrintedFile, ...]


@dataclass(frozen=True)
class Cover:
    prize: str
    stage: str


def print_entries(cover: Cover, entries: Sequence[PrintedEntry], target: Path) -> None:
    """Write the PDF: a cover, then each entry on a new page, with bookmarks by code and, below, by file."""
    written = _written(cover, entries)
    with ExitStack() as opened, pikepdf.new() as pdf:
        text = opened.enter_context(pikepdf.open(BytesIO(written.content)))
        ends = [*written.starts[1:], len(text.pages)]
        pdf.pages.extend(text.pages[: written.starts[0]])
        with pdf.open_outline() as outline:
            for entry, start, end in zip(entries, written.starts, ends, strict=True):
                mark = OutlineItem(entry.code, len(pdf.pages))
                pdf.pages.extend(text.pages[start:end])
                for file in entry.files:
                    mark.children.append(OutlineItem(file.name, len(pdf.pages)))
                    source = pikepdf.open(file.pdf if file.pdf else _pages_of(file.images))
                    pdf.pages.extend(opened.enter_context(source).pages)
                outline.root.append(mark)
        pdf.Root.PageMode = Name.UseOutlines
        pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=False)
        pdf.save(target, deterministic_id=True)


@dataclass
class _Written:
    """The pages of text, and on which of them each entry begins, from 0."""

    content: bytes = b""
    starts: list[int] = field(default_factory=list)


class _Heading(Paragraph):  # type: ignore[misc]  # the library has no types
    """The code over an entry; what is under it is about this entry until the next."""

    def __init__(self, code: str) -> None:
        super().__init__(escape(code), TITLE)
        self.code = code


class _Document(BaseDocTemplate):  # type: ignore[misc]
    def __init__(self, target: BytesIO) -> None:
        super().__init__(target, pagesize=A4, invariant=1)
        width, height = A4
        frame = Frame(MARGIN, MARGIN, width - 2 * MARGIN, height - 2 * MARGIN, 0, 0, 0, 0)
        self.addPageTemplates(PageTemplate(frames=[frame], onPageEnd=self._foot))
        self.written = _Written()
        self.code = ""

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802 - the library's name
        if isinstance(flowable, _Heading):
            self.code = flowable.code
            self.written.starts.append(self.page - 1)

    def _foot(self, canvas: Any, _: Any) -> None:
        canvas.setFont("DejaVuSans", 8)
        canvas.drawRightString(A4[0] - MARGIN, MARGIN / 2, self.code)


def _written(cover: Cover, entries: Sequence[PrintedEntry]) -> _Written:
    target = BytesIO()
    document = _Document(target)
    number = "1 entry" if len(entries) == 1 else f"{len(entries)} entries"
    story: list[Flowable] = [
        paragraph(cover.prize, TITLE),
        *(paragraph(line) for line in (cover.stage, f"{number} to judge, in the order of their codes.")),
        Paragraph(
            "Blinded: the entries are without names, and their files are cleaned copies. They are confidential: do not "
            "pass them on, and delete this file when you have finished.",
            QUIET,
        ),
    ]
    for entry in entries:
        story += [PageBreak(), _Heading(entry.code)]
        for answer in entry.answers:
            story += _printed(answer)
    document.build(story)
    document.written.content = target.getvalue()
    return document.written


def _printed(answer: PrintedAnswer) -> list[Flowable]:
    lines = [line.strip() for line in answer.text.splitlines() if line.strip()]
    notes = list(answer.notes)
    if not all(map(can_be_printed, lines)):
        notes.append(NOT_PRINTED)
    return [
        paragraph(answer.wording, HEADING),
        *(paragraph(line) for line in lines),
        *(paragraph(note, QUIET) for note in notes),
    ]


def _pages_of(images: Sequence[Path]) -> BytesIO:
    """A page for each image, as large as A4 allows."""
    target = BytesIO()
    canvas = Canvas(target, pagesize=A4, invariant=1)
    for path in images:
        with Image.open(path) as image:
            picture = BytesIO()
            image.convert("RGB").save(picture, "JPEG", quality=JPEG_QUALITY)
            scale = min((A4[0] - 2 * MARGIN) / image.width, (A4[1] - 2 * MARGIN) / image.height)
            width, height = image.width * scale, image.height * scale
        picture.seek(0)
        canvas.drawImage(ImageReader(picture), (A4[0] - width) / 2, A4[1] - MARGIN - height, width, height)
        canvas.showPage()
    canvas.save()
    target.seek(0)
    return target
