"""What exiftool, poppler and qpdf find in judges' copies: nothing that was planted in their originals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from storage.cleaning.child import clean_in_child
from storage.cleaning.types import JPEG, PDF, PNG
from tests.documents import telling_jpeg, telling_pdf
from tests.oracles import NoOracles, find_oracles, said_by
from tests.planting import places, rich_pdf
from tests.storage.test_cleaning_images import everything_in, telling_png

pytestmark = pytest.mark.prove

NAME = "Acorn Labs"
SPELLINGS = (
    NAME.encode(),
    NAME.replace(" ", "").encode(),
    NAME.replace(" ", "").lower().encode(),
    NAME.encode("utf-16-be"),
    NAME.encode("utf-16-le"),
)
SAID_OF_EVERY_FILE = frozenset(
    {"SourceFile", "ExifToolVersion", "FileName", "Directory", "FileSize", "FileModifyDate", "FileAccessDate",
     "FileInodeChangeDate", "FilePermissions", "FileType", "FileTypeExtension", "MIMEType"}
)  # fmt: skip
SAID_OF_PIXELS = frozenset(
    {"ImageWidth", "ImageHeight", "ImageSize", "Megapixels", "BitDepth", "ColorType", "Compression", "Filter",
     "Interlace", "JFIFVersion", "ResolutionUnit", "XResolution", "YResolution", "EncodingProcess", "BitsPerSample",
     "ColorComponents", "YCbCrSubSampling", "PDFVersion", "Linearized", "PageCount", "Orientation", "ExifByteOrder",
     "PixelsPerUnitX", "PixelsPerUnitY", "PixelUnits", "Palette", "Transparency"}
)  # fmt: skip
SAID_OF_COLOURS = frozenset(
    {"ProfileCMMType", "ProfileVersion", "ProfileClass", "ColorSpaceData", "ProfileConnectionSpace", "ProfileDateTime",
     "ProfileFileSignature", "PrimaryPlatform", "CMMFlags", "DeviceManufacturer", "DeviceModel", "DeviceAttributes",
     "RenderingIntent", "ConnectionSpaceIlluminant", "ProfileCreator", "ProfileID", "ProfileDescription",
     "ProfileCopyright", "ProfileName", "MediaWhitePoint", "MediaBlackPoint", "ChromaticAdaptation", "RedMatrixColumn",
     "GreenMatrixColumn", "BlueMatrixColumn", "RedTRC", "GreenTRC", "BlueTRC", "GrayTRC", "Chromaticity",
     "ChromaticityChannels", "ChromaticityColorant", "ChromaticityChannel1", "ChromaticityChannel2",
     "ChromaticityChannel3"}
)  # fmt: skip


@pytest.fixture(autouse=True, scope="module")
def oracles() -> None:
    try:
        find_oracles()
    except NoOracles as error:
        pytest.fail(str(error))


def copy_of(source: Path, content_type: str) -> Path:
    folder = source.with_name("copied")
    folder.mkdir()
    cleaned = clean_in_child(source, folder, content_type)
    assert cleaned.copy is not None, cleaned.problem
    return cleaned.copy


def named_by(said: bytes) -> list[bytes]:
    return [spelling for spelling in SPELLINGS if spelling in said]


def everything_said_of(document: Path) -> bytes:
    """What all programs say of a PDF, and its bytes with every stream unpacked."""
    folder = document.with_name(f"{document.stem} opened")
    folder.mkdir()
    said_by("qpdf", "--check", document)
    said_by("qpdf", "--qdf", "--object-streams=disable", "--decode-level=all", document, folder / "plain.pdf")
    said_by("pdfimages", "-all", document, folder / "image")
    said = [
        document.read_bytes(),
        (folder / "plain.pdf").read_bytes(),
        said_by("qpdf", "--json=2", "--json-stream-data=inline", "--decode-level=none", document),
        said_by("pdftotext", "-enc", "UTF-8", document, "-"),
        said_by("pdfinfo", "-meta", document, may_fail=True),
        said_by("pdfinfo", "-js", document),
        said_by("pdfinfo", "-dests", document),
        said_by("pdfinfo", "-url", document),
        said_by("pdfinfo", "-struct-text", document),
        said_by("pdfdetach", "-list", document),
        said_by("exiftool", "-a", "-u", "-G1", "-ee", document),
        *(image.read_bytes() for image in sorted(folder.glob("image*"))),
        *(said_by("exiftool", "-a", "-u", image, may_fail=True) for image in sorted(folder.glob("image*"))),
    ]
    return b"\n".join(said)


@pytest.mark.parametrize("place", places(NAME))
def test_no_program_finds_the_name_that_stood_in(place: str, tmp_path: Path) -> None:
    content, change = places(NAME)[place]
    source = rich_pdf(tmp_path / "source.pdf", content=content, change=change)

    copy = copy_of(source, PDF)

    assert named_by(everything_said_of(copy).replace(str(tmp_path).encode(), b"")) == []


def test_programs_that_find_the_name_in_a_document_find_none_in_its_copy(tmp_path: Path) -> None:
    source = telling_pdf(tmp_path / "source.pdf", NAME)
    assert named_by(said_by("exiftool", source)) != []
    assert named_by(said_by("pdfinfo", source)) != []
    assert b"team.txt" in said_by("pdfdetach", "-list", source)

    copy = copy_of(source, PDF)

    assert named_by(everything_said_of(copy).replace(str(tmp_path).encode(), b"")) == []
    assert said_by("pdfdetach", "-list", copy).startswith(b"0 embedded files")
    assert json.loads(said_by("qpdf", "--json=1", "--json-key=outlines", copy))["outlines"] == []
    words = {line.partition(b":")[0] for line in said_by("pdfinfo", copy).splitlines() if line}
    assert not words & {
        b"Author",
        b"Creator",
        b"Producer",
        b"Title",
        b"Subject",
        b"Keywords",
        b"CreationDate",
        b"ModDate",
    }


def test_words_are_where_poppler_sees_them(tmp_path: Path) -> None:
    source = telling_pdf(tmp_path / "source.pdf", NAME)
    folder = tmp_path / "copied"
    folder.mkdir()

    cleaned = clean_in_child(source, folder, PDF)

    said = said_by("pdftotext", "-bbox", cleaned.copy or "", "-").decode()
    first = next(line for line in said.splitlines() if ">method<" in line)
    left, top, right, bottom = (
        float(first.split(f'{name}="')[1].split('"')[0]) for name in ("xMin", "yMin", "xMax", "yMax")
    )
    line = cleaned.pages[0].lines[0]
    _, at, above, width, height, _ = line
    assert at / 100 * 595 <= left
    assert right <= (at + width) / 100 * 595
    assert above / 100 * 842 == pytest.approx(top, abs=4)
    assert (above + height) / 100 * 842 == pytest.approx(bottom, abs=4)


@pytest.mark.parametrize("content_type", [PNG, JPEG])
def test_exiftool_finds_nothing_but_sizes_and_colours_in_an_image(tmp_path: Path, content_type: str) -> None:
    source = tmp_path / "source"
    source.write_bytes(telling_png(orientation=3) if content_type == PNG else telling_jpeg(NAME))
    assert named_by(said_by("exiftool", source)) != []

    copy = copy_of(source, content_type)

    [said] = json.loads(said_by("exiftool", "-json", "-a", "-u", copy))
    assert set(said) - SAID_OF_EVERY_FILE - SAID_OF_PIXELS - SAID_OF_COLOURS == set()
    assert named_by(everything_in(copy.read_bytes())) == []


def test_images_of_pages_carry_nothing_but_pixels(tmp_path: Path) -> None:
    folder = tmp_path / "copied"
    folder.mkdir()
    cleaned = clean_in_child(telling_pdf(tmp_path / "source.pdf", NAME), folder, PDF)

    for page in cleaned.pages:
        for image in (page.reading, page.zoom):
            [said] = json.loads(said_by("exiftool", "-json", "-a", "-u", image))
            beside = {"VP8Version", "HorizontalScale", "VerticalScale"}
            assert set(said) - SAID_OF_EVERY_FILE - SAID_OF_PIXELS - beside == set()
