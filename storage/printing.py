"""How Laurel's PDFs are written: their typeface, which travels inside them, and the styles of their paragraphs.

The same words give the same bytes: nothing in a PDF tells when, where or by which program it was made.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Final

from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate

FONTS: Final = Path(__file__).parent / "fonts"
PLAIN: Final = TTFont("DejaVuSans", FONTS / "DejaVuSans.ttf")
BOLD: Final = TTFont("DejaVuSans-Bold", FONTS / "DejaVuSans-Bold.ttf")
MARGIN: Final = 20 * mm

for _font in (PLAIN, BOLD):
    pdfmetrics.registerFont(_font)

BODY: Final = ParagraphStyle("body", fontName="DejaVuSans", fontSize=10, leading=15, spaceAfter=6)
QUIET: Final = ParagraphStyle("quiet", BODY, textColor="#43525a")
HEADING: Final = ParagraphStyle("heading", BODY, fontName="DejaVuSans-Bold", spaceBefore=10, keepWithNext=1)
TITLE: Final = ParagraphStyle("title", BODY, fontName="DejaVuSans-Bold", fontSize=22, leading=28, spaceAfter=10)


def can_be_printed(text: str) -> bool:
    """Whether the typeface has every sign of a text."""
    return all(ord(sign) in PLAIN.face.charToGlyph for sign in text if sign.isprintable())


def paragraph(text: str, style: ParagraphStyle = BODY) -> Paragraph:
    """People's words as a paragraph, exactly as they were typed."""
    return Paragraph(escape(text), style)


def printed(story: Sequence[Flowable], *, across: bool = False) -> bytes:
    """A PDF of these paragraphs on pages of A4, held ``across`` where there are wide tables."""
    target = BytesIO()
    margins = dict.fromkeys(("leftMargin", "rightMargin", "topMargin", "bottomMargin"), MARGIN)
    pagesize = landscape(A4) if across else A4
    SimpleDocTemplate(target, pagesize=pagesize, invariant=1, **margins).build(list(story))
    return target.getvalue()
