"""Photographs lose what cameras wrote about people, and not a pixel."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from storage.cleaning.jpeg import orientation_of, without_metadata
from tests.documents import telling_jpeg
from tests.planting import profile

NAME = "Acorn Labs"


def test_a_photograph_keeps_its_pixels_and_loses_its_names() -> None:
    photograph = telling_jpeg(NAME)
    assert NAME.encode() in photograph

    clean = without_metadata(photograph + b"a video of " + NAME.encode())

    assert NAME.encode() not in clean
    before, after = (Image.open(BytesIO(data)) for data in (photograph, clean))
    assert (before.tobytes(), dict(after.getexif())) == (after.tobytes(), {})


def test_a_progressive_photograph_keeps_its_pixels_and_the_numbers_of_its_colour_profile() -> None:
    image = Image.effect_noise((64, 48), 50).convert("RGB")
    written = BytesIO()
    image.save(written, "JPEG", progressive=True, icc_profile=profile(NAME), comment=NAME.encode())
    assert NAME.encode("utf-16-be") in written.getvalue()

    clean = without_metadata(written.getvalue())

    assert (NAME.encode("utf-16-be") in clean, NAME.encode() in clean) == (False, False)
    before, after = Image.open(written), Image.open(BytesIO(clean))
    assert before.tobytes() == after.tobytes()
    assert _measured(before) == _measured(after)


def _measured(image: Image.Image) -> bytes:
    """The colours that people would see, by the image's own profile."""
    own = ImageCms.ImageCmsProfile(BytesIO(image.info["icc_profile"]))
    seen = ImageCms.profileToProfile(image, own, ImageCms.createProfile("LAB"), outputMode="LAB")
    assert seen is not None
    return seen.tobytes()


def test_the_small_picture_in_the_head_of_a_photograph_is_gone() -> None:
    photograph = telling_jpeg(NAME)
    small = b"JFIF\x00\x01\x02\x00\x00\x01\x00\x01\x02\x02" + b"Acorn small!"
    head = b"\xff\xd8\xff\xe0" + (len(small) + 2).to_bytes(2, "big") + small

    clean = without_metadata(head + photograph[2:])

    assert b"Acorn small!" not in clean
    assert Image.open(BytesIO(clean)).tobytes() == Image.open(BytesIO(photograph)).tobytes()


@pytest.mark.parametrize("held", range(1, 9))
def test_how_the_camera_was_held_is_read_and_kept(held: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = held
    exif[0x013B] = NAME
    written = BytesIO()
    Image.new("RGB", (8, 6)).save(written, "JPEG", exif=exif)

    clean = without_metadata(written.getvalue(), orientation=orientation_of(written.getvalue()))

    assert dict(Image.open(BytesIO(clean)).getexif()) == ({0x0112: held} if held > 1 else {})


@given(st.binary(max_size=200), st.integers(0, 400))
def test_whatever_is_no_photograph_is_refused_and_never_read_for_ever(noise: bytes, cut: int) -> None:
    for data in (noise, b"\xff\xd8" + noise, START[:cut] + noise):
        try:
            without_metadata(data)
        except ValueError:
            continue


START = telling_jpeg(NAME)[:400]


@pytest.mark.parametrize("cut", [2, 3, 10, 300])
def test_a_photograph_that_is_cut_off_in_its_head_is_refused(cut: int) -> None:
    with pytest.raises(ValueError, match="JPEG"):
        without_metadata(telling_jpeg(NAME)[:cut])
