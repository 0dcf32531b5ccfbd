"""Everything that a file says in words, seen or not: for the search for names, never for judges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pikepdf
import pypdfium2

from storage.cleaning import images, words
from storage.cleaning.parts import photograph_in
from storage.cleaning.types import PDF, Unreadable

MOST_CHARACTERS: Final = 5_000_000
MOST_PAGES: Final = 200
DEEPEST: Final = 60
LARGEST_STREAM: Final = 16 * 1024**2

FORMS = frozenset({"/V", "/DV", "/TU", "/TM", "/Opt", "/RV", "/CA", "/XFA"})
LINKS = frozenset({"/URI", "/Base"})
ANNOTATIONS = frozenset({"/Contents", "/RC", "/Subj"})
SILENT = frozenset(
    {"/ID", "/Lookup", "/O", "/U", "/OE", "/UE", "/Perms", "/M", "/CreationDate", "/ModDate", "/LastModified", "/DA",
     "/Registry", "/Ordering", "/CharSet", "/CheckSum", "/ByteRange", "/Cert", "/Panose", "/NM"}
)  # fmt: skip
"""Strings that are numbers, keys, dates or instructions, whatever they may spell."""


@dataclass
class Found:
    """What was found so far, by kind; at most five million characters in all."""

    text: list[str] = field(default_factory=list)
    outline: list[str] = field(default_factory=list)
    form: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    annotations: list[str] = field(default_factory=list)
    metadata: list[str] = field(default_factory=list)
    room: int = MOST_CHARACTERS

    def add(self, kind: list[str], texts: Iterable[str]) -> None:
        for text in texts:
            kept = words.plain(text)[: self.room]
            if kept:
                kind.append(kept)
                self.room -= len(kept)
            if self.room <= 0:
                return

    def add_page(self, text: str) -> None:
        """A page keeps its place, also when it has no words."""
        kept = words.plain(text)[: self.room]
        self.text.append(kept)
        self.room -= len(kept)

    def by_kind(self) -> dict[str, list[str]]:
        return {
            "text": self.text,
            **{
                kind: list(dict.fromkeys(getattr(self, kind)))
                for kind in ("outline", "form", "links", "annotations", "metadata")
            },
        }


def extract(source: Path, content_type: str) -> dict[str, list[str]]:
    """The words of a file by kind: text of each page, outline, form, links, annotations, metadata.

    Raises
    ------
    Unreadable : it is damaged or needs a password.
    """
    found = Found()
    if content_type == PDF:
        _from_pdf(source, found)
    else:
        found.add_page("")
        found.add(found.metadata, images.words_about(source.read_bytes()))
    return found.by_kind()


def _from_pdf(source: Path, found: Found) -> None:
    try:
        with pikepdf.open(source) as pdf:
            _from_objects(pdf, found)
    except pikepdf.PasswordError as error:
        raise Unreadable("The document is protected by a password. Save it without one.") from error
    except (pikepdf.PdfError, ValueError, RecursionError) as error:
        raise Unreadable("The document is damaged and cannot be read. Save it again as a PDF.") from error
    try:
        with closing(pypdfium2.PdfDocument(source)) as document:
            for number in range(min(len(document), MOST_PAGES)):
                with closing(document[number]) as page, closing(page.get_textpage()) as text:
                    found.add_page(text.get_text_range(errors="replace"))
    except pypdfium2.PdfiumError as error:
        raise Unreadable("The document is damaged and cannot be read. Save it again as a PDF.") from error


def _from_objects(pdf: pikepdf.Pdf, found: Found) -> None:
    """Strings of every object, wherever it hangs, or whether it hangs anywhere."""
    information = pdf.trailer.get("/Info")
    if isinstance(information, pikepdf.Dictionary):
        found.add(found.metadata, (text for _, text in _strings(information, "")))
    for page in list(pdf.pages)[:MOST_PAGES]:
        found.add(found.metadata, _unspoken(page))
    for thing in pdf.objects:
        if found.room <= 0:
            return
        if isinstance(thing, pikepdf.Stream):
            _from_stream(thing, found)
        for key, text in _strings(thing, ""):
            found.add(_kind(found, thing, key), (text,))


def _kind(found: Found, thing: Any, key: str) -> list[str]:
    if key in LINKS:
        return found.links
    if key in FORMS:
        return found.form
    if key in ANNOTATIONS:
        return found.annotations
    holder: Any = thing if isinstance(thing, pikepdf.Dictionary) else {}
    if key == "/T":
        return found.form if "/FT" in holder or holder.get("/Subtype") == pikepdf.Name.Widget else found.annotations
    if key == "/Title" and "/Parent" in holder:
        return found.outline
    return found.metadata


def _strings(thing: Any, key: str, depth: int = 0) -> Iterator[tuple[str, str]]:
    """Strings directly inside an object with the key that they stand under, and names that people gave."""
    if depth > DEEPEST:
        return
    if isinstance(thing, pikepdf.String):
        if key not in SILENT:
            yield key, str(thing)
    elif isinstance(thing, pikepdf.Array):
        for part in list(thing):
            if not getattr(part, "is_indirect", False) or isinstance(part, pikepdf.String):
                yield from _strings(part, key, depth + 1)
    elif isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        if "/ByteRange" in thing:  # a signature: its /Contents are numbers, its /Name is a person
            parts = {name: thing[name] for name in thing.keys() if name != "/Contents"}  # noqa: SIM118
        else:
            parts = {name: thing[name] for name in thing.keys()}  # noqa: SIM118
        for name, part in parts.items():
            if not getattr(part, "is_indirect", False) or isinstance(part, pikepdf.String):
                yield from _strings(part, name, depth + 1)


def _from_stream(stream: pikepdf.Stream, found: Found) -> None:
    if stream.get("/Subtype") == pikepdf.Name.Image:
        with suppress(pikepdf.PdfError, ValueError, TypeError):
            found.add(found.metadata, images.words_about(photograph_in(stream)[1]))
        return
    if stream.get("/Type") in (pikepdf.Name.Metadata, pikepdf.Name.EmbeddedFile) or "/Type" not in stream:
        data = _unpacked(stream)
        if data.lstrip()[:1] == b"<" or stream.get("/Type") == pikepdf.Name.Metadata:
            found.add(found.metadata, words.words_of_markup(data))


def _unpacked(stream: pikepdf.Stream) -> bytes:
    try:
        return stream.read_bytes()[:LARGEST_STREAM]
    except (pikepdf.PdfError, ValueError):
        return b""


def _unspoken(page: pikepdf.Page) -> Iterator[str]:
    """Words for screen readers among what is drawn."""
    try:
        for instruction in pikepdf.parse_content_stream(page, "BDC DP"):
            for operand in instruction.operands:
                for _, text in _strings(operand, ""):
                    yield text
    except (pikepdf.PdfError, ValueError, TypeError):
        return
