"""Images become judges' copies with every pixel and without a word; what is no image ends in words."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from storage.cleaning import png
from storage.cleaning.child import clean_in_child
from storage.cleaning.images import clean
from storage.cleaning.types import JPEG, PNG, Unreadable, described, recognise
from tests.documents import telling_jpeg
from tests.planting import profile

NAME = "Acorn Labs"
WIDE = NAME.encode("utf-16-be")


def telling_png(*, mode: str = "RGB", orientation: int = 1) -> bytes:
    """An image that names its maker in texts, EXIF and its colour profile, and once more behind its end."""
    image = Image.effect_noise((40, 30), 60).convert(mode)
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", NAME)
    texts.add_text("Comment", f"by {NAME}", zip=True)
    texts.add_itxt("XML:com.adobe.xmp", f"<creator>{NAME}</creator>", zip=True)
    exif = Image.Exif()
    exif[0x013B] = NAME
    if orientation != 1:
        exif[0x0112] = orientation
    written = BytesIO()
    image.save(written, "PNG", pnginfo=texts, exif=exif, icc_profile=profile(NAME))
    return written.getvalue() + NAME.encode()


def holding(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def everything_in(image: bytes) -> bytes:
    """The bytes, and what is packed in any chunk, unpacked."""
    found = [image]
    for start in range(len(image)):
        if image[start] == 0x78:
            try:
                found.append(zlib.decompressobj().decompress(image[start:]))
            except zlib.error:
                continue
    return b"\n".join(found)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_an_image_keeps_its_pixels_and_loses_its_names(tmp_path: Path, mode: str) -> None:
    source = holding(tmp_path / "source.png", telling_png(mode=mode))
    assert NAME.encode() in everything_in(source.read_bytes())

    clean(source, tmp_path / "copy.png", PNG)

    copy = (tmp_path / "copy.png").read_bytes()
    assert (NAME.encode() in everything_in(copy), WIDE in everything_in(copy)) == (False, False)
    with Image.open(source) as before, Image.open(tmp_path / "copy.png") as after:
        assert (before.mode, before.tobytes()) == (after.mode, after.tobytes())
        assert set(after.info) <= {"icc_profile", "transparency"}


@pytest.mark.parametrize(("content_type", "suffix"), [(PNG, "png"), (JPEG, "jpg")])
def test_an_image_is_shown_as_its_camera_was_held(tmp_path: Path, content_type: str, suffix: str) -> None:
    if content_type == PNG:
        image = telling_png(orientation=6)
    else:
        exif = Image.Exif()
        exif[0x0112] = 6
        written = BytesIO()
        Image.effect_noise((40, 30), 60).save(written, "JPEG", exif=exif)
        image = written.getvalue()
    folder = tmp_path / "folder"
    folder.mkdir()

    cleaned = clean_in_child(holding(tmp_path / "source", image), folder, content_type)

    assert cleaned.copy == folder / f"copy.{suffix}"
    [page] = cleaned.pages
    with Image.open(page.reading) as shown:
        assert shown.size == (30, 40)
    with Image.open(cleaned.copy) as copy:
        assert (copy.size, dict(copy.getexif())) == ((40, 30), {0x0112: 6})
    assert (page.ratio, page.lines) == (pytest.approx(40 / 30, abs=0.001), ())


def test_an_interlaced_image_is_read_to_its_last_pixel() -> None:
    header = (5).to_bytes(4, "big") + (3).to_bytes(4, "big") + bytes([8, 0, 0, 0, 1])
    rows = bytes(png._size(header))
    written = bytearray(png.SIGNATURE)
    for kind, content in ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"tEXt", NAME.encode()), (b"IEND", b"")):
        written += len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")

    copy = png.without_metadata(bytes(written))

    assert NAME.encode() not in copy
    assert Image.open(BytesIO(copy)).tobytes() == bytes(15)


def test_an_image_gives_the_same_bytes_each_time(tmp_path: Path) -> None:
    source = holding(tmp_path / "source", telling_png())
    copies = []
    for number in (1, 2):
        clean(source, tmp_path / f"{number}", PNG)
        copies.append((tmp_path / f"{number}").read_bytes())

    assert copies[0] == copies[1]


def _head(width: int, height: int) -> bytes:
    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 2, 0, 0, 0])
    pieces = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(1_000_000))), (b"IEND", b""))
    return png.SIGNATURE + b"".join(
        len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")
        for kind, content in pieces
    )


REFUSED: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "of a million by a million pixels": (lambda: _head(1_000_000, 1_000_000), PNG, "more than 80 million pixels"),
    "without most of its pixels": (lambda: _head(4000, 4000), PNG, "damaged"),
    "without size": (lambda: _head(0, 10), PNG, "damaged"),
    "cut off": (lambda: telling_png()[:900], PNG, "damaged"),
    "that only begins like a photograph": (lambda: b"\xff\xd8\xff\xe0" + bytes(50), JPEG, "damaged"),
    "that is a photograph cut in two": (lambda: telling_jpeg(NAME)[:3000], JPEG, "damaged"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_an_image_is_refused_in_words(kind: str, tmp_path: Path) -> None:
    make, content_type, words = REFUSED[kind]

    with pytest.raises(Unreadable, match=words):
        clean(holding(tmp_path / "source", make()), tmp_path / "copy", content_type)


@given(st.binary(max_size=200), st.integers(0, 300))
def test_whatever_is_no_image_is_refused_and_never_read_for_ever(noise: bytes, cut: int) -> None:
    for data in (noise, png.SIGNATURE + noise, START[:cut] + noise):
        try:
            png.without_metadata(data)
        except ValueError:
            continue


START = telling_png()


KINDS: dict[str, tuple[bytes, str]] = {
    "Word": (b"PK\x03\x04" + bytes(26) + b"word/document.xml", "This is a Word document. Save it as a PDF"),
    "Excel": (b"PK\x03\x04" + bytes(26) + b"xl/workbook.xml", "This is an Excel workbook. Save it as a PDF"),
    "ZIP": (b"PK\x03\x04" + bytes(26) + b"figures.csv", "This is a ZIP archive. Unpack it"),
    "older Office": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(9), "This is a document of an older Office program."),
    "HEIC": (bytes(4) + b"ftypheic" + bytes(9), "format of a telephone"),
    "video": (bytes(4) + b"ftypmp42" + bytes(9), "This is a video."),
    "web page": (b"\n<!DOCTYPE html><html>", "This is a web page."),
    "text": (b"We tell full feeders from busy ones.", "This is a text."),
    "empty": (b"", "The file is empty."),
    "noise": (b"\x01\x00\x02", "not a PDF, PNG or JPEG"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_is_not_accepted_is_called_by_what_it_is(kind: str, tmp_path: Path) -> None:
    content, words = KINDS[kind]
    path = holding(tmp_path / "figures.pdf", content)

    assert recognise(path) is None
    assert words in described(path)


def test_a_file_is_recognised_by_its_first_bytes_alone(tmp_path: Path) -> None:
    contents = (telling_png(), telling_jpeg(NAME), b"\xff\xd8\xff\xff", b"GIF89a %PDF-1.7", b"\x89PNG\r\n\x1a\n")

    assert [recognise(holding(tmp_path / "x", content)) for content in contents] == [PNG, JPEG, None, None, None]
