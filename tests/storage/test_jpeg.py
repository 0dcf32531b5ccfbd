"""Photographs lose what cameras wrote about people, and not a pixel."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from storage.cleaning.jpeg import without_metadata
from tests.documents import telling_jpeg

NAME = "Acorn Labs"


def test_a_photograph_keeps_its_pixels_and_loses_its_names() -> None:
    photograph = telling_jpeg(NAME)
    assert NAME.encode() in photograph

    clean = without_metadata(photograph + b"a video of " + NAME.encode())

    assert NAME.encode() not in clean
    before, after = (Image.open(BytesIO(data)) for data in (photograph, clean))
    assert (before.tobytes(), dict(after.getexif())) == (after.tobytes(), {})


def test_a_progressive_photograph_with_a_colour_profile_keeps_both() -> None:
    image = Image.effect_noise((64, 48), 50).convert("RGB")
    written = BytesIO()
    image.save(written, "JPEG", progressive=True, icc_profile=b"profile" * 20, comment=NAME.encode())

    clean = Image.open(BytesIO(without_metadata(written.getvalue())))

    assert (clean.info["icc_profile"], clean.tobytes()) == (
        b"profile" * 20,
        Image.open(BytesIO(written.getvalue())).tobytes(),
    )


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
