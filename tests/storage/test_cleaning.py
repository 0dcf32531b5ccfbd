"""A judge's copy tells nothing that is not on its pages, and no document does any harm to whoever reads it."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, String

from storage.cleaning import child
from storage.cleaning.child import Cleaned, clean_in_child
from storage.cleaning.pages import Page, pages_of
from storage.cleaning.pdf import clean
from storage.cleaning.types import PDF, Unreadable, recognise
from tests.documents import telling_jpeg, telling_pdf

NAME = "Acorn Labs"
TEXT = "A method that tells full feeders from busy ones."


def everything_in(document: Path) -> bytes:
    """The bytes of a PDF as they are, and once more with every stream unpacked."""
    found = [document.read_bytes()]
    with pikepdf.open(document) as pdf:
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Stream):
                found += [thing.read_raw_bytes(), _unpacked(thing)]
            found.append(_written(thing))
    return b"\n".join(found)


def _unpacked(stream: pikepdf.Stream) -> bytes:
    try:
        return zlib.decompress(stream.read_raw_bytes())
    except zlib.error:
        return b""


def _written(thing: Any) -> bytes:
    """An object in PDF's syntax; texts also as people read them, whatever their encoding is."""
    dictionary = thing.stream_dict if isinstance(thing, pikepdf.Stream) else thing
    if not isinstance(dictionary, pikepdf.Object):
        return b""
    texts = [str(part) for part in _strings(dictionary)]
    return dictionary.unparse() + b"\n" + "\n".join(texts).encode()


def _strings(thing: Any) -> list[pikepdf.String]:
    if isinstance(thing, String):
        return [thing]
    if isinstance(thing, Array):
        parts = list(thing)
    elif isinstance(thing, Dictionary):
        parts = [thing[key] for key in dict(thing)]
    else:
        return []
    return [found for part in parts if not getattr(part, "is_indirect", False) for found in _strings(part)]


def named_in(document: Path, name: str = NAME) -> list[str]:
    """In which spellings a document holds a name."""
    squeezed = "".join(letter for letter in name.lower() if letter.isalnum())
    content = everything_in(document)
    spellings = {
        "as it is": name.encode(),
        "in UTF-16": name.encode("utf-16-be"),
        "in an address": squeezed.encode(),
        "in hexadecimal digits": name.encode().hex().encode(),
    }
    return [how for how, spelling in spellings.items() if spelling.lower() in content.lower()]


def drawn(path: Path, *, change: Callable[[Pdf, pikepdf.Page], None] | None = None, content: str = "") -> Path:
    """A PDF of one page with a line of text, changed by the test."""
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(300, 200))
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        page.Resources = Dictionary(Font=Dictionary(F1=font))
        page.Contents = pdf.make_stream(f"BT /F1 8 Tf 20 150 Td ({TEXT}) Tj ET {content}".encode("latin-1"))
        if change:
            change(pdf, page)
        pdf.save(path)
    return path


def words_of(page: Page) -> str:
    return "\n".join(line.text for line in page.lines)


def test_nothing_of_the_name_is_left(tmp_path: Path) -> None:
    source = telling_pdf(tmp_path / "source.pdf", NAME)
    assert named_in(source) == ["as it is", "in an address"]

    assert clean(source, tmp_path / "copy.pdf") == 2

    assert named_in(tmp_path / "copy.pdf") == []
    assert [TEXT in words_of(page) for page in pages_of(tmp_path / "copy.pdf", PDF)] == [True, True]


def test_the_same_source_gives_the_same_bytes(tmp_path: Path) -> None:
    source = telling_pdf(tmp_path / "source.pdf", NAME)
    copies = []
    for number in (1, 2):
        clean(source, tmp_path / f"{number}.pdf")
        copies.append((tmp_path / f"{number}.pdf").read_bytes())

    assert copies[0] == copies[1]


def _photograph(filters: Any, data: bytes) -> Callable[[Pdf, pikepdf.Page], None]:
    def add(pdf: Pdf, page: pikepdf.Page) -> None:
        photograph = pdf.make_stream(b"")
        photograph.write(data, filter=filters)
        photograph.stream_dict = Dictionary(
            Type=Name.XObject,
            Subtype=Name.Image,
            Width=320,
            Height=200,
            ColorSpace=Name.DeviceRGB,
            BitsPerComponent=8,
            Filter=filters,
        )
        page.Resources.XObject = Dictionary(Photo=photograph)
        page.contents_add(b"q 100 0 0 60 20 20 cm /Photo Do Q")

    return add


def _properties(pdf: Pdf, page: pikepdf.Page) -> None:
    page.Resources.Properties = Dictionary(P1=pdf.make_indirect(Dictionary(Title=String(NAME), Owner=String(NAME))))


def _named_font(pdf: Pdf, page: pikepdf.Page) -> None:
    page.Resources.Font.F1.Name = Name("/AcornLabs")


TELLING: dict[str, tuple[str, Callable[[Pdf, pikepdf.Page], None] | None]] = {
    "a comment among what is drawn": (f"\n% drawn by {NAME}\n", None),
    "a text for screen readers": (f"/Span <</ActualText ({NAME})>> BDC EMC", None),
    "a property list": ("/Artifact /P1 BDC EMC", _properties),
    "the name of a font": ("", _named_font),
    "a photograph that is packed twice": ("", _photograph(
        Array([Name.FlateDecode, Name.DCTDecode]), zlib.compress(telling_jpeg(NAME))
    )),
    "a photograph in a list of one filter": ("", _photograph(Array([Name.DCTDecode]), telling_jpeg(NAME))),
}  # fmt: skip


@pytest.mark.parametrize("place", TELLING)
def test_nothing_of_the_name_is_left_in(place: str, tmp_path: Path) -> None:
    content, change = TELLING[place]
    source = drawn(tmp_path / "source.pdf", content=content, change=change)
    assert named_in(source) != []

    clean(source, tmp_path / "copy.pdf")

    assert named_in(tmp_path / "copy.pdf") == []
    assert [words_of(page) for page in pages_of(tmp_path / "copy.pdf", PDF)] == [TEXT]


@pytest.mark.parametrize("asks_to_be_drawn", [True, False])
def test_what_was_typed_into_a_form_becomes_part_of_the_page(tmp_path: Path, asks_to_be_drawn: bool) -> None:
    def add_form(pdf: Pdf, page: pikepdf.Page) -> None:
        field = pdf.make_indirect(
            Dictionary(
                Type=Name.Annot,
                Subtype=Name.Widget,
                FT=Name.Tx,
                T=String(f"Answer of {NAME}"),
                V=String("42 feeders"),
                DA=String("/F1 12 Tf 0 g"),
                Rect=Array([20, 40, 250, 70]),
                P=page.obj,
            )
        )
        page.Annots = Array([field])
        resources = Dictionary(Font=page.Resources.Font)
        pdf.Root.AcroForm = Dictionary(Fields=Array([field]), DR=resources, DA=String("/F1 12 Tf 0 g"))
        if asks_to_be_drawn:
            pdf.Root.AcroForm.NeedAppearances = True

    source = drawn(tmp_path / "source.pdf", change=add_form)

    clean(source, tmp_path / "copy.pdf")

    [page] = pages_of(tmp_path / "copy.pdf", PDF)
    assert "42 feeders" in words_of(page)
    assert named_in(tmp_path / "copy.pdf") == []


@pytest.mark.parametrize(("state", "darkest"), [("OFF", 255), ("ON", 0)])
def test_a_hidden_layer_stays_hidden_and_a_shown_one_shown(tmp_path: Path, state: str, darkest: int) -> None:
    def add_layer(pdf: Pdf, page: pikepdf.Page) -> None:
        layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String(f"Notes of {NAME}")))
        shown = Dictionary(Order=Array([layer]))
        shown[f"/{state}"] = Array([layer])
        pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=shown)
        page.Resources.Properties = Dictionary(L1=layer)

    source = drawn(tmp_path / "source.pdf", change=add_layer, content="/OC /L1 BDC 0 g 50 50 200 50 re f EMC")

    clean(source, tmp_path / "copy.pdf")

    pdf = pypdfium2.PdfDocument(tmp_path / "copy.pdf")
    image = pdf[0].render(scale=1).to_pil().convert("L").crop((60, 110, 240, 140))
    pdf.close()
    assert image.getextrema()[0] == darkest
    assert named_in(tmp_path / "copy.pdf") == []


def encrypted(path: Path, **passwords: str) -> Path:
    with pikepdf.open(drawn(path), allow_overwriting_input=True) as pdf:
        pdf.save(path, encryption=pikepdf.Encryption(**passwords))
    return path


def of_pages(path: Path, count: int) -> Path:
    with pikepdf.new() as pdf:
        for _ in range(count):
            pdf.add_blank_page(page_size=(100, 100))
        pdf.save(path)
    return path


def holding(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


REFUSED: dict[str, tuple[Callable[[Path], Path], str]] = {
    "locked": (lambda path: encrypted(path, owner="a", user="b"), "protected by a password"),
    "damaged": (lambda path: holding(path, b"%PDF-1.7\nnothing that follows makes sense"), "damaged"),
    "empty": (lambda path: holding(path, b""), "damaged"),
    "without a page": (lambda path: of_pages(path, 0), "no page, or more than 200"),
    "of 201 pages": (lambda path: of_pages(path, 201), "no page, or more than 200"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_document_that_cannot_be_cleaned_is_refused_in_words(kind: str, tmp_path: Path) -> None:
    make, words = REFUSED[kind]

    with pytest.raises(Unreadable, match=words):
        clean(make(tmp_path / "source.pdf"), tmp_path / "copy.pdf")


def test_a_document_of_200_pages_is_cleaned(tmp_path: Path) -> None:
    assert clean(of_pages(tmp_path / "source.pdf", 200), tmp_path / "copy.pdf") == 200


def _many_pages(path: Path) -> Path:
    """Says that it has a thousand million pages, and its pages lead in a circle."""
    body = (
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Count 1000000000/Kids[2 0 R 3 0 R]>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]>>endobj\ntrailer<</Root 1 0 R/Size 4>>\n%%EOF"
    )
    return holding(path, body)


def _deep(path: Path) -> Path:
    """A page with an array in an array, a hundred thousand times."""
    return drawn(path, content="/Span <</A " + "[" * 100_000 + "]" * 100_000 + ">> BDC EMC")


def _deep_object(path: Path) -> Path:
    """A dictionary in a dictionary, far deeper than anybody nests them."""
    depth = 20_000
    body = b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n"
    body += b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]/X " + b"[" * depth + b"]" * depth + b">>endobj\n"
    return holding(path, body + b"trailer<</Root 1 0 R/Size 4>>\n%%EOF")


def _image(width: int, height: int) -> Callable[[Path], Path]:
    """An image that is small on the disk and huge in memory."""

    def make(path: Path) -> Path:
        packer = zlib.compressobj(1)
        row = b"\x00" * (width * 3)
        data = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()

        def add(pdf: Pdf, page: pikepdf.Page) -> None:
            image = pdf.make_stream(b"")
            image.write(data, filter=Name.FlateDecode)
            image.Type, image.Subtype = Name.XObject, Name.Image
            image.Width, image.Height, image.ColorSpace, image.BitsPerComponent = width, height, Name.DeviceRGB, 8
            page.Resources.XObject = Dictionary(Photo=image)
            page.contents_add(b"q 300 0 0 200 0 0 cm /Photo Do Q")

        return drawn(path, change=add)

    return make


def _flood(kind: str) -> Callable[[Path], Path]:
    """Ten gigabytes out of ten megabytes, as what a page draws or as a picture."""

    def make(path: Path) -> Path:
        packer = zlib.compressobj(9)
        head = packer.compress(b" " * 2**20) + packer.flush(zlib.Z_FULL_FLUSH)
        block = packer.compress(b" " * 2**20) + packer.flush(zlib.Z_FULL_FLUSH)
        data = head + block * 10_000

        def flood(pdf: Pdf, page: pikepdf.Page) -> None:
            stream = pdf.make_stream(b"")
            stream.write(data, filter=Name.FlateDecode)
            if kind == "picture":
                stream.stream_dict = Dictionary(
                    Type=Name.XObject,
                    Subtype=Name.Image,
                    Width=10,
                    Height=10,
                    ColorSpace=Name.DeviceGray,
                    BitsPerComponent=8,
                    Filter=Name.FlateDecode,
                )
                page.Resources.XObject = Dictionary(Photo=stream)
                page.contents_add(b"/Photo Do")
            else:
                page.Contents = stream

        return drawn(path, change=flood)

    return make


def _forms_in_forms(path: Path) -> Path:
    """Each form draws the next one twice: two to the power of sixty."""

    def nest(pdf: Pdf, page: pikepdf.Page) -> None:
        form = pdf.make_stream(b"0 0 1 1 re f")
        form.stream_dict = Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 9, 9]))
        for _ in range(60):
            around = pdf.make_stream(b"/X Do /X Do")
            around.stream_dict = Dictionary(
                Type=Name.XObject,
                Subtype=Name.Form,
                BBox=Array([0, 0, 9, 9]),
                Resources=Dictionary(XObject=Dictionary(X=form)),
            )
            form = around
        page.Resources.XObject = Dictionary(X=form)
        page.contents_add(b"/X Do")

    return drawn(path, change=nest)


def _form_in_itself(path: Path) -> Path:
    def circle(pdf: Pdf, page: pikepdf.Page) -> None:
        form = pdf.make_stream(b"/X Do")
        form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, Array([0, 0, 9, 9])
        form.Resources = Dictionary(XObject=Dictionary(X=form))
        page.Resources.XObject = Dictionary(X=form)
        page.contents_add(b"/X Do")

    return drawn(path, change=circle)


def _many_objects(path: Path) -> Path:
    """A million objects, all of them on the page."""
    count = 1_000_000
    numbers = b" ".join(b"%d 0 R" % number for number in range(4, count + 4))
    body = b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n"
    body += b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]/X[" + numbers + b"]>>endobj\n"
    body += b"".join(b"%d 0 obj 0 endobj\n" % number for number in range(4, count + 4))
    return holding(path, body + b"trailer<</Root 1 0 R/Size %d>>\n%%%%EOF" % (count + 4))


def _page_of(width: float, height: float) -> Callable[[Path], Path]:
    def make(path: Path) -> Path:
        with pikepdf.new() as pdf:
            page = pdf.add_blank_page(page_size=(100, 100))
            page.MediaBox = Array([0, 0, width, height])
            pdf.save(path)
        return path

    return make


BOMBS: dict[str, Callable[[Path], Path]] = {
    "pages in a circle": _many_pages,
    "deep arrays among what is drawn": _deep,
    "deep arrays in a page": _deep_object,
    "a giant image": _image(20_000, 12_000),
    "ten gigabytes of drawing": _flood("drawing"),
    "ten gigabytes of picture": _flood("picture"),
    "forms in forms": _forms_in_forms,
    "a form in itself": _form_in_itself,
    "a million objects": _many_objects,
    "a giant page": _page_of(1e9, 1e9),
    "a page without size": _page_of(0, 0),
    "a page like a thread": _page_of(1e-4, 1e7),
}


LONG = ("ten gigabytes of picture", "a million objects")


@pytest.mark.parametrize(
    "bomb", [pytest.param(bomb, marks=[pytest.mark.prove] if bomb in LONG else []) for bomb in BOMBS]
)
def test_a_bomb_ends_within_limits_and_in_words_or_a_copy(
    bomb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "PATIENCE_SECONDS", 4)
    folder = tmp_path / "folder"
    folder.mkdir()

    cleaned = clean_in_child(BOMBS[bomb](tmp_path / "source.pdf"), folder, PDF)

    assert (cleaned.copy is None) == bool(cleaned.problem)
    assert cleaned.problem == "" or cleaned.problem.startswith("The document ")
    assert sum(path.stat().st_size for path in folder.iterdir()) < 600 * 1024**2


def test_the_child_brings_a_copy_with_its_pages_and_their_text(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()

    cleaned = clean_in_child(telling_pdf(tmp_path / "source.pdf", NAME), folder, PDF)

    assert cleaned.copy == folder / "copy.pdf"
    assert [page.reading.name for page in cleaned.pages] == ["page-001.webp", "page-002.webp"]
    assert [page.zoom.name for page in cleaned.pages] == ["page-001-zoom.webp", "page-002-zoom.webp"]
    assert [TEXT in page.text for page in cleaned.pages] == [True, True]
    images = [image for page in cleaned.pages for image in (page.reading, page.zoom)]
    assert NAME.encode() not in b"".join(image.read_bytes() for image in images)


def test_a_child_that_takes_too_long_is_ended_and_the_answer_is_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "PATIENCE_SECONDS", 0.02)
    folder = tmp_path / "folder"
    folder.mkdir()

    cleaned = clean_in_child(telling_pdf(tmp_path / "source.pdf", NAME), folder, PDF)

    assert cleaned == Cleaned(None, (), "The document took too long to read. Save it again in a simpler form.")
    assert not (folder / "report.json").exists()


@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"%PDF-1.7\n", PDF), (b"\x00" * 20 + b"%PDF-1.4", PDF), (b"PK\x03\x04", None), (b"", None), (b"<html>", None)],
)
def test_a_file_is_recognised_by_what_it_is(tmp_path: Path, content: bytes, kind: str | None) -> None:
    assert recognise(holding(tmp_path / "figures.pdf", content)) == kind
