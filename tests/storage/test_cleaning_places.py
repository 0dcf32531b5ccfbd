"""A judge's copy looks like its original and holds a name in none of the places where PDFs can keep one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name, Pdf, String
from PIL import Image, ImageChops

from storage.cleaning import jbig2
from storage.cleaning.pages import pages_of
from storage.cleaning.pdf import clean
from storage.cleaning.types import PDF
from tests.planting import TEXT, font, jbig2_comment, jbig2_page, places, rich_pdf
from tests.storage.test_cleaning import named_in

NAME = "Acorn Labs"


def seen(document: Path, scale: float = 2) -> Image.Image:
    pdf = pypdfium2.PdfDocument(document)
    try:
        return pdf[0].render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
    finally:
        pdf.close()


def looks_the_same(first: Path, second: Path) -> bool:
    return ImageChops.difference(seen(first), seen(second)).getbbox() is None


def cleaned(source: Path) -> Path:
    copy = source.with_name("copy.pdf")
    clean(source, copy)
    return copy


@pytest.mark.parametrize("place", places(NAME))
def test_a_name_is_gone_from(place: str, tmp_path: Path) -> None:
    content, change = places(NAME)[place]
    source = rich_pdf(tmp_path / "source.pdf", content=content, change=change)
    assert named_in(source, NAME) or named_in(source, NAME.replace(" ", ""))

    copy = cleaned(source)

    assert (named_in(copy, NAME), named_in(copy, NAME.replace(" ", ""))) == ([], [])
    assert looks_the_same(source, copy)


def test_a_page_with_everything_looks_as_before_and_says_the_same(tmp_path: Path) -> None:
    source = rich_pdf(tmp_path / "source.pdf")

    copy = cleaned(source)

    assert looks_the_same(source, copy)
    [page] = pages_of(copy, PDF)
    assert TEXT in [line.text for line in page.lines]


def test_words_stand_where_they_are_seen(tmp_path: Path) -> None:
    copy = cleaned(rich_pdf(tmp_path / "source.pdf"))

    [page] = pages_of(copy, PDF)

    [line] = [line for line in page.lines if line.text == TEXT]
    assert (line.left, line.turned) == (pytest.approx(20 / 300 * 100, abs=0.5), 0)
    assert line.top < (200 - 150) / 200 * 100 < line.top + line.height
    assert page.ratio == pytest.approx(200 / 300, abs=0.001)


@pytest.mark.parametrize(("rotate", "turned"), [(0, 0), (90, 90), (180, 180), (270, 270)])
def test_words_turn_with_their_page(tmp_path: Path, rotate: int, turned: int) -> None:
    copy = cleaned(rich_pdf(tmp_path / "source.pdf", change=lambda _, page: page.obj.__setattr__("Rotate", rotate)))

    [page] = pages_of(copy, PDF)

    assert {line.turned for line in page.lines if line.text == TEXT} == {turned}
    assert (page.ratio > 1) == (rotate in (90, 270))


def test_words_that_climb_the_page_are_told_so(tmp_path: Path) -> None:
    copy = cleaned(rich_pdf(tmp_path / "source.pdf", content="BT /F1 8 Tf 0 1 -1 0 290 20 Tm (upwards) Tj ET"))

    [page] = pages_of(copy, PDF)

    assert [line.turned for line in page.lines if line.text == "upwards"] == [270]


def test_words_beyond_the_edges_are_no_words_of_the_page(tmp_path: Path) -> None:
    source = rich_pdf(tmp_path / "source.pdf", content=f"BT /F1 8 Tf 400 90 Td ({NAME}) Tj ET")

    [page] = pages_of(cleaned(source), PDF)

    assert NAME not in " ".join(line.text for line in page.lines)


def _group(pdf: Pdf, page: pikepdf.Page, **rule: object) -> None:
    on, off = (pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String(name))) for name in ("on", "off"))
    pdf.Root.OCProperties = Dictionary(OCGs=Array([on, off]), D=Dictionary(OFF=Array([off])))
    policy = str(rule.get("policy", "/AnyOn"))
    page.Resources.Properties = Dictionary(
        L1=Dictionary(Type=Name.OCMD, OCGs=Array([on, off]), P=Name(policy)),
        L2=Dictionary(Type=Name.OCMD, VE=Array([Name.Not, Array([Name.And, on, off])])),
    )
    page.Resources.XObject.Outer.OC = off


@pytest.mark.parametrize(
    ("policy", "shown"), [("/AnyOn", True), ("/AllOn", False), ("/AnyOff", True), ("/AllOff", False)]
)
def test_a_rule_about_layers_is_followed(tmp_path: Path, policy: str, shown: bool) -> None:
    words = (
        "/OC /L1 BDC BT /F1 8 Tf 20 90 Td (by policy) Tj ET EMC /OC /L2 BDC BT /F1 8 Tf 20 80 Td (by rule) Tj ET EMC"
    )
    source = rich_pdf(tmp_path / "source.pdf", content=words, change=lambda pdf, page: _group(pdf, page, policy=policy))

    copy = cleaned(source)

    [page] = pages_of(copy, PDF)
    said = [line.text for line in page.lines]
    assert ("by policy" in said, "by rule" in said) == (shown, True)
    assert looks_the_same(source, copy)


def test_an_image_in_jbig2_loses_its_comment_and_stays_an_image() -> None:
    image = jbig2_page() + jbig2_comment(NAME.encode())

    assert jbig2.without_comments(image) == jbig2_page()


def _truetype() -> bytes:
    """The head of a TrueType file with a table of names; letters do not matter here."""
    names = b"\x00\x00\x00\x01\x00\x12\x00\x01\x00\x00\x00\x00\x00\x01\x00\x0a\x00\x00" + NAME.encode()
    return (
        b"\x00\x01\x00\x00\x00\x01"
        + bytes(6)
        + b"name"
        + bytes(4)
        + (28).to_bytes(4, "big")
        + len(names).to_bytes(4, "big")
        + names
    )


def _type1() -> bytes:
    head = f"%!PS-AdobeFont-1.0: AcornLabs\n%%Copyright {NAME}\n"
    return f"{head}/FullName ({NAME}) def /FontName /AcornLabs def eexec".encode()


def _compact() -> bytes:
    def index(*things: bytes) -> bytes:
        ends = [1 + sum(len(thing) for thing in things[:number]) for number in range(len(things) + 1)]
        return len(things).to_bytes(2, "big") + b"\x01" + bytes(ends) + b"".join(things)

    dictionary = b"\x1c" + (391).to_bytes(2, "big") + b"\x01" + b"\x1c" + (392).to_bytes(2, "big") + b"\x02"
    return (
        b"\x01\x00\x04\x01" + index(b"AcornLabs") + index(dictionary) + index(f"by {NAME}".encode(), b"AcornLabs Bold")
    )


FONTS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "TrueType": ("/FontFile2", _truetype),
    "Type 1": ("/FontFile", _type1),
    "compact": ("/FontFile3", _compact),
}


@pytest.mark.parametrize("kind", FONTS)
def test_a_typeface_of_one_s_own_keeps_its_letters_and_loses_its_name(kind: str, tmp_path: Path) -> None:
    key, make = FONTS[kind]

    def embed(pdf: Pdf, page: pikepdf.Page) -> None:
        file = pdf.make_stream(make())
        described = font("/ABCDEF+AcornLabs-Bold")
        described.FontDescriptor = pdf.make_indirect(
            Dictionary(
                Type=Name.FontDescriptor, FontName=Name("/ABCDEF+AcornLabs-Bold"), Flags=32, FontFamily=String(NAME)
            )
        )
        described.FontDescriptor[key] = file
        page.Resources.Font.F1 = described

    source = rich_pdf(tmp_path / "source.pdf", change=embed)
    assert named_in(source, "AcornLabs")

    copy = cleaned(source)

    assert (named_in(copy, NAME), named_in(copy, "AcornLabs")) == ([], [])
    with pikepdf.open(copy) as pdf:
        [descriptor] = [thing for thing in pdf.objects if isinstance(thing, Dictionary) and key in thing]
        assert len(descriptor[key].read_bytes()) == len(make())


def test_a_password_that_only_limits_printing_is_no_obstacle(tmp_path: Path) -> None:
    source = tmp_path / "source.pdf"
    with pikepdf.open(rich_pdf(tmp_path / "plain.pdf")) as pdf:
        pdf.save(source, encryption=pikepdf.Encryption(owner="a", user=""))

    copy = cleaned(source)

    assert looks_the_same(tmp_path / "plain.pdf", copy)
    with pikepdf.open(copy) as pdf:
        assert not pdf.is_encrypted


def _updated(path: Path) -> Path:
    """A document to which a second revision was appended, which no longer names anybody."""
    rich_pdf(path, change=lambda pdf, page: page.obj.__setitem__("/Private", String(NAME)))
    first = path.read_bytes()
    with pikepdf.open(path) as pdf:
        number = pdf.pages[0].obj.objgen[0]
        contents = pdf.pages[0].obj.Contents.objgen[0]
    body = f"{number} 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents {contents} 0 R>>endobj\n".encode()
    start = len(first)
    table = f"xref\n{number} 1\n{start:010} 00000 n \ntrailer<</Size 40/Root 1 0 R/Prev {first.rfind(b'xref')}>>\n"
    path.write_bytes(first + body + f"{table}startxref\n{start + len(body)}\n%%EOF".encode())
    return path


@pytest.mark.parametrize("ending", ["", f"\n% {NAME}\n", f"\x00{NAME}\x00" * 3])
def test_what_was_appended_or_replaced_is_gone(tmp_path: Path, ending: str) -> None:
    source = _updated(tmp_path / "source.pdf")
    source.write_bytes(source.read_bytes() + ending.encode())

    assert named_in(cleaned(source), NAME) == []


def test_the_same_bytes_come_of_it_in_every_process(tmp_path: Path) -> None:
    source = rich_pdf(tmp_path / "source.pdf")
    copies = []
    for number, (seed, zone) in enumerate((("1", "UTC"), ("77", "Pacific/Auckland"))):
        copy = tmp_path / f"{number}.pdf"
        code = "import sys; from pathlib import Path; from storage.cleaning.pdf import clean; "
        code += "clean(*map(Path, sys.argv[1:]))"
        variables = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone}
        subprocess.run([sys.executable, "-c", code, source, copy], env=variables, check=True)
        copies.append(copy.read_bytes())

    assert copies[0] == copies[1]


LETTERS = st.text(alphabet="ABCDEFGHKLMNPRSTUVWXYZ", min_size=10, max_size=14)


@settings(
    max_examples=max(settings().max_examples // 4, 25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_words_planted_anywhere_do_not_survive(tmp_path: Path, data: st.DataObject) -> None:
    source = rich_pdf(tmp_path / "source.pdf")
    words = []
    with pikepdf.open(source, allow_overwriting_input=True) as pdf:
        things = [
            thing
            for each in pdf.objects
            for thing in (each, *(_inside(each)))
            if isinstance(thing, Dictionary | pikepdf.Stream)
        ]
        for _ in range(data.draw(st.integers(1, 6))):
            thing = data.draw(st.sampled_from(things))
            word = data.draw(LETTERS)
            key = "/" + data.draw(st.sampled_from(("Author", "Type", "Name", "Note", "Producer", "Desc", "K9", word)))
            kind = data.draw(st.sampled_from(("string", "name", "list", "dictionary", "stream")))
            value = {
                "string": lambda word=word: String(word),
                "name": lambda word=word: Name(f"/{word}"),
                "list": lambda word=word: Array([1, String(word), Name(f"/{word}")]),
                "dictionary": lambda word=word: Dictionary({f"/{word}": String(word)}),
                "stream": lambda word=word: pdf.make_stream(word.encode()),
            }[kind]()
            if key in ("/Type", "/Name") and kind != "name":
                key = "/Note"
            if key == "/Type" and thing.get("/Type") in (Name.Catalog, Name.Pages, Name.Page):
                key = "/Note"
            thing[key] = value
            words.append(word)
        pdf.save(source)

    copy = cleaned(source)

    assert [word for word in words if named_in(copy, word)] == []


def _inside(thing: object) -> list[object]:
    if not isinstance(thing, Dictionary | pikepdf.Stream):
        return []
    parts = [thing[key] for key in thing.keys()]  # noqa: SIM118
    direct = [part for part in parts if isinstance(part, Dictionary) and not part.is_indirect]
    return [*direct, *(inner for part in direct for inner in _inside(part))]
