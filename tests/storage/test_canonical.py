"""The same content gives the same bytes everywhere."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.canonical import canonical, digest


class Colour(StrEnum):
    RED = "red"


CONTENT = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=4)
    ),
    max_leaves=12,
)


def test_the_bytes_of_known_content_never_change() -> None:
    content = {
        "b": [1, True, None],
        "a": "Grüße ☀",
        "when": datetime(2027, 3, 3, 14, tzinfo=timezone(timedelta(hours=2))),
        "day": date(2027, 3, 3),
        "sum": Decimal("1.50"),
        "who": UUID(int=1),
        "colour": Colour.RED,
    }

    assert canonical(content).decode() == (
        '{"content":{"a":"Grüße ☀","b":[1,true,null],"colour":"red","day":"2027-03-03","sum":"1.50",'
        '"when":"2027-03-03T12:00:00.000000+00:00","who":"00000000-0000-0000-0000-000000000001"},"format":1}'
    )


def test_a_digest_is_the_sha_256_of_salt_and_bytes() -> None:
    expected = hashlib.sha256(b'salt{"content":[1],"format":1}').hexdigest()

    assert digest([1], salt=b"salt") == f"sha256:{expected}"


def test_another_salt_gives_another_digest() -> None:
    assert digest("content", salt=b"a") != digest("content", salt=b"b")


@given(CONTENT)
def test_content_can_be_read_back(content: Any) -> None:
    assert json.loads(canonical(content)) == {"content": content, "format": 1}


@given(st.dictionaries(st.text(st.characters(codec="utf-8")), st.integers(), min_size=2))
def test_the_order_of_keys_does_not_matter(content: dict[str, int]) -> None:
    assert canonical(content) == canonical(dict(reversed(content.items())))


@given(st.datetimes(timezones=st.just(UTC)), st.integers(-14 * 60, 14 * 60))
def test_one_moment_has_one_form_in_every_zone(moment: datetime, minutes: int) -> None:
    try:
        elsewhere = moment.astimezone(timezone(timedelta(minutes=minutes)))
    except OverflowError:
        return

    assert canonical(elsewhere) == canonical(moment)


@pytest.mark.parametrize("content", [float("nan"), float("inf"), {1, 2}, object(), b"bytes"])
def test_what_has_no_canonical_form_is_refused(content: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        canonical(content)


def test_a_time_without_a_zone_has_no_canonical_form() -> None:
    with pytest.raises(TypeError, match="zone"):
        canonical(datetime(2027, 3, 3, 12))  # noqa: DTZ001
