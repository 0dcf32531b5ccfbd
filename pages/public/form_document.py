"""The entry form of a prize as a Word document to draft in: what the public page asks, with room to write."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.table import WD_ROW_HEIGHT_RULE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from pages.components.asked import limits, who_reads
from pages.components.worked_example import after_reveal
from prize.models import QuestionKind
from prize.publication import PublicPrize, PublicStage
from prize.questions import QuestionShown
from settings import get_settings
from storage.values import time_words

FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""The date of every part inside the file, so that the same form gives the same bytes."""
QUIET = RGBColor(0x4B, 0x5A, 0x62)
WORDS_A_CENTIMETRE = 18
SHORTEST, LONGEST = 1.6, 16.0
UNTICKED = "☐"


def form_document(prize: PublicPrize) -> bytes:
    """Every question of every stage, with its help, its limits, and who reads the answer."""
    document = Document()
    _set_up(document, prize)
    document.add_heading(prize.title, 0)
    _note(document, prize.summary)
    document.add_paragraph(
        "This document is for drafting. Answers count when they are submitted on the prize's page, "
        f"{get_settings().public_url}/prizes/{prize.slug}; nothing is read from this file."
    )
    for stage in prize.stages:
        _stage(document, stage, prize.zone)
    return _same_bytes(document)


def _set_up(document: DocumentType, prize: PublicPrize) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.2)
    section.top_margin = section.bottom_margin = Cm(2)
    document.styles["Normal"].font.name = "Calibri"
    document.styles["Normal"].font.size = Pt(11)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-GB")
    document.styles["Normal"].element.get_or_add_rPr().append(language)
    about = document.core_properties
    about.title, about.author, about.comments, about.language = prize.title, "Laurel", "", "en-GB"
    about.created = about.modified = prize.published_at.replace(tzinfo=None)


def _stage(document: DocumentType, stage: PublicStage, zone: str) -> None:
    document.add_heading(stage.stage.name, 1)
    if stage.stage.dates:
        closes = time_words(stage.stage.dates.closes_at, zone, weekday=True)
        opens = time_words(stage.stage.dates.opens_at, zone, weekday=True)
        document.add_paragraph(f"Opens {opens}. Closes {closes}.")
    for number, question in enumerate(stage.questions, 1):
        if question.heading:
            document.add_heading(question.heading, 2)
        _question(document, number, question, stage)


def _question(document: DocumentType, number: int, question: QuestionShown, stage: PublicStage) -> None:
    document.add_heading(f"{number}. {question.wording}", 3 if question.section else 2)
    for line in question.help.splitlines():
        if line.strip():
            document.add_paragraph(line.strip()).paragraph_format.keep_with_next = True
    _note(document, " ".join(_facts(question, stage))).paragraph_format.keep_with_next = True
    match question.kind:
        case QuestionKind.CHOICE:
            for option in question.options:
                document.add_paragraph(f"{UNTICKED} {option}")
        case QuestionKind.CONSENT:
            document.add_paragraph(f"{UNTICKED} Yes")
        case QuestionKind.DECLARATION:
            document.add_paragraph(f"{UNTICKED} Yes")
            document.add_paragraph(f"{UNTICKED} No")
            if question.particulars:
                _room(document, question)
        case _:
            _room(document, question)


def _facts(question: QuestionShown, stage: PublicStage) -> list[str]:
    visibility = stage.stage.visibility
    needed = "Has to be answered." if question.required else "Optional."
    uploaded = ["It is uploaded with the entry."] if question.kind is QuestionKind.FILE else []
    shape = limits(question, stage.questions, options=False)
    who = who_reads(question, visibility, revealed=bool(after_reveal(stage.rubric, visibility)))
    return [needed, *shape, *uploaded, who or "Judges read this."]


def _room(document: DocumentType, question: QuestionShown) -> None:
    """A box to write in, as high as the longest answer needs."""
    table = document.add_table(rows=1, cols=1, style="Table Grid")
    row = table.rows[0]
    row.height_rule = WD_ROW_HEIGHT_RULE.AT_LEAST
    row.height = Cm(min(max(SHORTEST, (question.word_limit or 0) / WORDS_A_CENTIMETRE), LONGEST))
    document.add_paragraph().paragraph_format.space_after = Pt(0)


def _note(document: DocumentType, text: str) -> Any:
    paragraph = document.add_paragraph()
    run = paragraph.add_run(text)
    run.font.size, run.font.color.rgb = Pt(10), QUIET
    return paragraph


def _same_bytes(document: DocumentType) -> bytes:
    """The document without the moment at which it was made."""
    made, again = BytesIO(), BytesIO()
    document.save(made)
    with ZipFile(made) as parts, ZipFile(again, "w", ZIP_DEFLATED) as kept:
        for part in parts.infolist():
            kept.writestr(ZipInfo(part.filename, FIRST_DAY), parts.read(part), ZIP_DEFLATED)
    return again.getvalue()
