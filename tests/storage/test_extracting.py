"""What a file says anywhere is found for the search for names, in whatever place it says it."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, String
from PIL import Image

from storage.cleaning import child, extracting
from storage.cleaning.child import Extracted, extract_in_child
from storage.cleaning.types import JPEG, PDF, PNG
from tests.documents import telling_jpeg, telling_pdf
from tests.planting import places, rich_pdf
from tests.storage.test_cleaning_images import telling_png

NAME = "Acorn Labs"
IN_CODE = frozenset(
    {
        "a comment among what is drawn",
        "an instruction that nobody knows",
        "an operand too many",
        "an image among what is drawn",
        "a letter's table",
        "a colour profile",
        "the name of an ink",
        "a calculation",
        "the name of a resource",
    }
)
"""Where only somebody who reads a file's code would find a name: no copy has it, so that it need not be searched."""


def all_of(found: Extracted) -> str:
    kinds = (found.pages, found.outline, found.form_values, found.links, found.annotations, found.metadata)
    return "\n".join(text for kind in kinds for text in kind)


def test_words_are_found_by_where_they_stand(tmp_path: Path) -> None:
    found = extract_in_child(telling_pdf(tmp_path / "source.pdf", NAME, text="Feeders in winter."), PDF)

    assert ["Feeders in winter." in page for page in found.pages] == [True, True]
    assert found.outline == (f"Presented by {NAME}",)
    assert found.links == ("https://acornlabs.example/team",)
    assert found.annotations == (NAME,)
    assert {NAME, f"{NAME}: our entry", f"(c) {NAME}", "team.txt"} <= set(found.metadata)
    assert found.problem == ""


def test_values_of_a_form_are_found(tmp_path: Path) -> None:
    def add_form(pdf: Pdf, page: pikepdf.Page) -> None:
        field = pdf.make_indirect(
            Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String("Team"), V=String(NAME), P=page.obj)
        )
        pdf.Root.AcroForm = Dictionary(Fields=Array([field]))

    found = extract_in_child(rich_pdf(tmp_path / "source.pdf", change=add_form), PDF)

    assert set(found.form_values) == {"Team", NAME}


@pytest.mark.parametrize("place", sorted(places(NAME).keys() - IN_CODE))
def test_a_name_is_found_in(place: str, tmp_path: Path) -> None:
    content, change = places(NAME)[place]
    source = rich_pdf(tmp_path / "source.pdf", content=content, change=change)

    found = all_of(extracting_here(source, PDF))

    assert NAME in found or NAME.replace(" ", "") in found


def extracting_here(source: Path, content_type: str) -> Extracted:
    found = extracting.extract(source, content_type)
    kinds = ("text", "outline", "form", "links", "annotations", "metadata")
    return Extracted(*(tuple(found[kind]) for kind in kinds))


@pytest.mark.parametrize(("content_type", "make"), [(PNG, telling_png), (JPEG, lambda: telling_jpeg(NAME))])
def test_what_is_written_beside_an_image_is_found(tmp_path: Path, content_type: str, make: object) -> None:
    (tmp_path / "source").write_bytes(make())  # type: ignore[operator]

    found = extract_in_child(tmp_path / "source", content_type)

    assert (found.pages, NAME in "\n".join(found.metadata)) == (("",), True)


def test_a_name_in_wide_letters_is_found(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x9C9D] = NAME.encode("utf-16-le")  # XPAuthor
    written = BytesIO()
    Image.new("RGB", (8, 8)).save(written, "JPEG", exif=exif)
    (tmp_path / "source").write_bytes(written.getvalue())

    assert NAME in extract_in_child(tmp_path / "source", JPEG).metadata


def test_no_more_is_brought_than_can_be_searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extracting, "MOST_CHARACTERS", 100)
    source = telling_pdf(tmp_path / "source.pdf", NAME, text="feeders " * 60)

    found = extracting.Found(room=100)
    extracting._from_pdf(source, found)

    assert sum(len(text) for texts in found.by_kind().values() for text in texts) <= 100
    assert len(found.text) == 2


def test_a_file_that_cannot_be_read_brings_words_about_that_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"%PDF-1.7 and no more")

    found = extract_in_child(tmp_path / "source", PDF)

    assert found == Extracted(problem="The document is damaged and cannot be read. Save it again as a PDF.")


def test_a_file_that_takes_too_long_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "EXTRACTION_SECONDS", 0.02)

    found = extract_in_child(telling_pdf(tmp_path / "source.pdf", NAME), PDF)

    assert found == Extracted(problem=child.TOO_LONG)
