"""The panel sheet as a PDF, for the table at which the panel sits."""

from __future__ import annotations

from html import escape
from uuid import UUID

from reportlab.lib.colors import HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, Paragraph, Table, TableStyle
from sqlmodel import Session

from accounts.actors import Actor
from accounts.commands import query
from judging.analyses.shown import Standing
from judging.panel.policy import Action
from judging.panel.sheet import PanelSheet, SheetLine, gate_words, sheet_for
from judging.statistics.wording import chance
from storage.files import Document
from storage.printing import BODY, QUIET, TITLE, paragraph, printed
from storage.values import time_words

SMALL = ParagraphStyle("small", BODY, fontSize=8, leading=11, spaceAfter=0)
STRONG = ParagraphStyle("strong", SMALL, fontName="DejaVuSans-Bold")
LINE = HexColor("#d5dde0")
HEAD = ("Entry", "Mean", "By criterion", "Scores alone", "Apart", "Adjusted", "Chance", "Standing")
WIDTHS = (58, 38, 128, 110, 38, 96, 52, 78, 130)
STANDINGS = {
    Standing.CLEAR: "Clear",
    Standing.UNDECIDED: "Undecided",
    Standing.BELOW: "Below",
    Standing.STOPPED: "Stopped",
    Standing.UNSCORED: "No score",
}


@query(Action.SEE_MEETING)
def printed_sheet(db: Session, actor: Actor, stage_id: UUID) -> Document:
    """The panel sheet, as the reader may see it."""
    sheet = sheet_for(db, actor.person_id, stage_id)
    return Document("panel-sheet.pdf", "application/pdf", printed(_story(sheet), across=True))


def _story(sheet: PanelSheet) -> list[Flowable]:
    computed = f"Computed {time_words(sheet.computed_at, sheet.zone)}. " if sheet.computed_at else ""
    rows = [[Paragraph(escape(name), STRONG) for name in (*HEAD, sheet.gates)], *(_row(line) for line in sheet.lines)]
    drawn = TableStyle(
        [
            ("LINEBELOW", (0, 0), (-1, -1), 0.5, LINE),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 3),
            ("RIGHTPADDING", (0, 0), (-1, -1), 3),
        ]
    )
    criteria = "; ".join(f"{each.position}. {each.name} ({each.weight} %)" for each in sheet.criteria)
    places = "1 place" if sheet.places == 1 else f"{sheet.places} places"
    return [
        paragraph(f"{sheet.prize}: panel sheet", TITLE),
        paragraph(f"{sheet.stage}. {places}. {computed}Confidential: do not pass it on.", QUIET),
        Table(rows, colWidths=WIDTHS, repeatRows=1, style=drawn),
        paragraph(""),
        paragraph(f"Criteria: {criteria}.", QUIET),
        paragraph(
            "Scores alone are judges' independent weighted means, the highest first, without their names; apart is the "
            "highest less the lowest. The adjusted score allows for who judged the entry, with its 95 % interval. The "
            "chance is that of one of the places.",
            QUIET,
        ),
    ]


def _row(line: SheetLine) -> list[Paragraph]:
    adjusted = line.adjusted
    interval = f" ({adjusted.low:.2f}–{adjusted.high:.2f})" if adjusted.low is not None and adjusted.high else ""
    standing = STANDINGS[line.standing] if line.standing else ""
    cells = (
        _points(line.mean),
        " · ".join(map(_points, line.means)),
        " · ".join(map(_points, line.totals)),
        _points(line.spread),
        _points(adjusted.value) + interval,
        "" if line.chance is None else chance(line.chance),
        f"Below the minimum of {', '.join(line.stopped_by)}" if line.stopped_by else standing,
        gate_words(line.gates),
    )
    return [Paragraph(escape(line.code), STRONG), *(Paragraph(escape(cell), SMALL) for cell in cells)]


def _points(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
