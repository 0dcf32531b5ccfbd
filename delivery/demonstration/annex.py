"""The documents of the demonstration's entries: two pages with a figure, which name their maker in their properties."""

from __future__ import annotations

from io import BytesIO
from random import Random

import pikepdf

WIDTH, HEIGHT = 595, 842
LINES = (
    "Annex: what we measured",
    "The bars show the load of one feeder in each hour of the busiest day, in per cent of",
    "its limit. The line is the limit. Hours above it were announced the day before.",
)


def annex(maker: str, seed: int) -> bytes:
    """A PDF with two pages. The maker stands in its properties only."""
    dice = Random(seed)
    with pikepdf.new() as pdf:
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        for number in (1, 2):
            page = pdf.add_blank_page(page_size=(WIDTH, HEIGHT))
            page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
            page.Contents = pdf.make_stream("\n".join((*_words(number), *_bars(dice))).encode())
        pdf.docinfo["/Author"] = maker
        pdf.docinfo["/Title"] = f"{maker}: annex"
        written = BytesIO()
        pdf.save(written)
        return written.getvalue()


def _words(number: int) -> list[str]:
    drawn = []
    for place, line in enumerate(LINES):
        size = 16 if place == 0 else 11
        drawn.append(f"BT /F {size} Tf 60 {770 - place * 22} Td ({line}) Tj ET")
    drawn.append(f"BT /F 10 Tf 60 60 Td (Page {number}, feeder {number * 17}) Tj ET")
    return drawn


def _bars(dice: Random) -> list[str]:
    drawn = ["0.06 0.33 0.41 rg"]
    for hour in range(24):
        load = 90 + 160 * (hour in (7, 8, 17, 18, 19)) + dice.randint(0, 90)
        drawn.append(f"{70 + hour * 19} 320 13 {load} re f")
    return [*drawn, "0.72 0.42 0 RG 1.5 w 60 580 m 535 580 l S"]
