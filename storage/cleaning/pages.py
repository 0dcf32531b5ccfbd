"""Pages of a judge's copy as they are read on the screen: images in two sizes, and the words where they stand.

Made from the clean copy and never from the original. Words that the page does not show — outside its edges, or drawn
in no colour at all — are left out. Words under a picture or in the colour of the paper cannot be told from others.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image, ImageOps

from storage.cleaning.types import PDF
from storage.cleaning.words import plain

ZOOM_DPI: Final = 200
ZOOM_WIDTH, READING_WIDTH = 2000, 1000
TALLEST: Final = 4000
MOST_LETTERS: Final = 30_000
QUALITY: Final = 74
INVISIBLE: Final = 3
"""The text render mode of letters that are neither filled nor stroked: recognised words under a scan."""

_HYPHEN: Final = "\x02"


@dataclass(frozen=True)
class Line:
    """Words that stand together, with their rectangle in per cent of the page, and by how many degrees they turn."""

    text: str
    left: float
    top: float
    width: float
    height: float
    turned: int = 0


@dataclass(frozen=True)
class Page:
    """A page: its height for a width of 1, an image as WebP for reading and one for a closer look, its words."""

    ratio: float
    reading: bytes
    zoom: bytes
    lines: tuple[Line, ...]


def pages_of(copy: Path, content_type: str) -> Iterator[Page]:
    """The pages of a clean copy, one after another. An image is a page by itself."""
    if content_type == PDF:
        yield from _pages_of_pdf(copy)
    else:
        with Image.open(copy) as image:
            yield _page(_upright(image), ())


def _upright(image: Image.Image) -> Image.Image:
    """As a browser shows it: turned as its camera was held, on white where it is transparent."""
    turned = ImageOps.exif_transpose(image)
    if turned.mode.startswith("I"):
        turned = turned.point(lambda value: value / 256).convert("L")
    if turned.has_transparency_data:
        above = turned.convert("RGBA")
        turned = Image.new("RGBA", above.size, "white")
        turned.alpha_composite(above)
    return turned.convert("RGB")


def _page(picture: Image.Image, lines: tuple[Line, ...]) -> Page:
    zoom = _at_most(picture, ZOOM_WIDTH)
    return Page(round(picture.height / picture.width, 4), _webp(_at_most(picture, READING_WIDTH)), _webp(zoom), lines)


def _at_most(picture: Image.Image, width: int) -> Image.Image:
    scale = min(width / picture.width, TALLEST / picture.height, 1)
    if scale == 1:
        return picture
    size = (max(round(picture.width * scale), 1), max(round(picture.height * scale), 1))
    return picture.resize(size, Image.Resampling.LANCZOS)


def _webp(picture: Image.Image) -> bytes:
    written = BytesIO()
    picture.save(written, "WEBP", quality=QUALITY, method=2)
    return written.getvalue()


def _pages_of_pdf(copy: Path) -> Iterator[Page]:
    with closing(pypdfium2.PdfDocument(copy)) as pdf:
        for number in range(len(pdf)):
            with closing(pdf[number]) as page:
                width, height = (max(side, 0.01) for side in page.get_size())
                scale = min(ZOOM_DPI / 72, ZOOM_WIDTH / width, TALLEST / height)
                picture = page.render(scale=scale).to_pil().convert("RGB")
                yield _page(picture, tuple(_lines(page)))


@dataclass
class _Run:
    """Letters that stand together, in the page's own coordinates."""

    letters: list[str]
    turned: int
    left: float
    bottom: float
    right: float
    top: float

    def takes(self, turned: int, box: tuple[float, float, float, float]) -> bool:
        """Whether a letter goes on where this run ends."""
        left, bottom, right, top = box
        if turned != self.turned:
            return False
        if turned in (0, 180):
            size, apart = self.top - self.bottom, abs((top + bottom) - (self.top + self.bottom)) / 2
            gap = max(left - self.right, self.left - right)
        else:
            size, apart = self.right - self.left, abs((left + right) - (self.left + self.right)) / 2
            gap = max(bottom - self.top, self.bottom - top)
        return apart < size * 0.5 and gap < size * 2

    def add(self, letter: str, box: tuple[float, float, float, float]) -> None:
        left, bottom, right, top = box
        self.letters.append(letter)
        self.left, self.bottom = min(self.left, left), min(self.bottom, bottom)
        self.right, self.top = max(self.right, right), max(self.top, top)


def _lines(page: Any) -> Iterator[Line]:
    with closing(page.get_textpage()) as text:
        for run in _runs(text.raw):
            words = plain("".join(run.letters).replace(_HYPHEN, "-"))
            if words and (line := _placed(page, run, words)):
                yield line


def _runs(text: Any) -> Iterator[_Run]:
    run: _Run | None = None
    rectangle = pdfium.FS_RECTF()
    for index in range(min(pdfium.FPDFText_CountChars(text), MOST_LETTERS)):
        code = pdfium.FPDFText_GetUnicode(text, index)
        letter = chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else ""
        if letter in ("\r", "\n"):
            if run:
                yield run
            run = None
            continue
        drawn_by = pdfium.FPDFText_GetTextObject(text, index)
        if drawn_by and pdfium.FPDFTextObj_GetTextRenderMode(drawn_by) == INVISIBLE:
            continue
        if pdfium.FPDFText_IsGenerated(text, index) == 1 or not pdfium.FPDFText_GetLooseCharBox(
            text, index, ctypes.byref(rectangle)
        ):
            if run:
                run.letters.append(letter)
            continue
        box = (rectangle.left, rectangle.bottom, rectangle.right, rectangle.top)
        turned = round(math.degrees(pdfium.FPDFText_GetCharAngle(text, index)) / 90) % 4 * 90
        if run and run.takes(turned, box):
            run.add(letter, box)
        else:
            if run:
                yield run
            run = _Run([letter], turned, *box)
    if run:
        yield run


def _placed(page: Any, run: _Run, words: str) -> Line | None:
    """The run on the page as it is seen, or nothing where its middle lies beyond the edges."""
    (x1, y1), (x2, y2) = (_seen(page, *corner) for corner in ((run.left, run.top), (run.right, run.bottom)))
    left, top, width, height = min(x1, x2), min(y1, y2), abs(x2 - x1), abs(y2 - y1)
    if not (0 <= left + width / 2 <= 100 and 0 <= top + height / 2 <= 100):
        return None
    turned = (page.get_rotation() + run.turned) % 360  # both clockwise
    return Line(words, round(left, 2), round(top, 2), round(width, 2), round(height, 2), turned)


def _seen(page: Any, x: float, y: float) -> tuple[float, float]:
    """A place of the page's own coordinates in per cent of what is seen, after cropping and turning."""
    across, down = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDF_PageToDevice(page.raw, 0, 0, 100_000, 100_000, 0, x, y, ctypes.byref(across), ctypes.byref(down))
    return across.value / 1000, down.value / 1000
