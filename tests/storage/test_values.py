"""What people type is checked, and what they read is written in one way."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from storage.values import (
    Email,
    Line,
    Money,
    OptionalLine,
    Prose,
    Slug,
    Statement,
    Zone,
    date_words,
    number_words,
    tidy,
    time_words,
    zone_words,
)

ANYTHING = st.text(st.characters())
DIRECTIONS = ["\u061c", "\u200e", "\u200f", "\u202a", "\u202e", "\u2066", "\u2067", "\u2069"]


def checked(kind: Any, text: object) -> Any:
    return TypeAdapter(kind).validate_python(text, strict=True)


def refusal(kind: Any, text: object) -> str:
    with pytest.raises(ValidationError) as refused:
        checked(kind, text)
    return str(refused.value.errors()[0]["msg"]).removeprefix("Value error, ")


@given(ANYTHING)
def test_tidied_text_is_shown_as_it_is_and_tidying_it_again_changes_nothing(text: str) -> None:
    try:
        tidied = tidy(text, lines=True)
    except ValueError:
        return

    assert tidied == tidied.strip()
    assert unicodedata.is_normalized("NFC", tidied)
    assert {unicodedata.category(c) for c in tidied if c not in "\n\t"}.isdisjoint({"Cc", "Cs"})
    assert tidy(tidied, lines=True) == tidied


@given(st.lists(st.sampled_from(["first", "second", " ", ""]), min_size=1), st.sampled_from(["\r\n", "\r", "\n"]))
def test_lines_end_in_one_way(lines: list[str], end: str) -> None:
    assert tidy(end.join(lines), lines=True) == "\n".join(lines).strip()


@pytest.mark.parametrize("text", ["a\0b", "a\x1bb", "a\x7fb", "a\u2028b", "a\ud800b"])
def test_control_characters_are_refused_everywhere(text: str) -> None:
    assert refusal(Line, text).startswith(("has a character that cannot be shown", "Input should be a valid string"))
    with pytest.raises(ValueError, match="cannot be shown"):
        tidy(text, lines=True)


@pytest.mark.parametrize("text", ["a\nb", "a\tb", "a\r\nb"])
def test_a_line_holds_no_line_break_and_a_statement_may(text: str) -> None:
    assert refusal(Line, text).startswith("has a character that cannot be shown")
    assert checked(Statement, text) == text.replace("\r\n", "\n")


@pytest.mark.parametrize("character", DIRECTIONS)
def test_characters_that_reverse_the_direction_of_reading_are_refused(character: str) -> None:
    assert refusal(Prose, f"invoice{character}fdp.exe").startswith("has a hidden character")


def test_what_has_to_be_filled_in_is_more_than_space() -> None:
    assert refusal(Line, " \u00a0\u3000") == "is empty. Fill it in"
    assert checked(OptionalLine, "  ") == ""


@pytest.mark.parametrize("text", ["\u200b", "\u2060\ufeff", "\u00ad"])
def test_what_has_to_be_filled_in_can_be_seen(text: str) -> None:
    assert refusal(Line, text) == "is empty. Fill it in"


def test_a_text_that_is_too_long_is_refused_with_the_number() -> None:
    assert checked(Line, "a" * 200) == "a" * 200
    assert refusal(Line, "a" * 201) == "is too long. Use at most 200 characters"
    assert refusal(Prose, "a" * 10_000_000) == "is too long. Use at most 20,000 characters"


def test_a_text_is_never_longer_than_the_column_that_keeps_it() -> None:
    assert refusal(Line, "\u0958" * 200) == "is too long. Use at most 200 characters"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("Ada@Example.ORG ", "ada@example.org"), ("a.b+c@x.y", "a.b+c@x.y"), ("jürgen@example.org", "jürgen@example.org")],
)
def test_a_mail_address_is_kept_in_small_letters(typed: str, kept: str) -> None:
    assert checked(Email, typed) == kept


@pytest.mark.parametrize(
    "text", ["ada", "@example.org", "ada@", "a da@example.org", "a@b@c", "<ada@example.org>", "a,b@c"]
)
def test_what_is_no_mail_address_is_refused(text: str) -> None:
    assert refusal(Email, text) == "is not a mail address. Write it like name@example.org"


@given(ANYTHING)
def test_a_mail_address_never_holds_what_would_add_a_header_or_a_recipient(text: str) -> None:
    try:
        address = checked(Email, text)
    except ValidationError:
        return

    assert not set(address) & set(' \r\n\t<>,;:"()')
    assert address.count("@") == 1


@pytest.mark.parametrize("text", ["Clean", "clean water", "clean--water", "-clean", "clean-", "größe", "../x"])
def test_an_address_of_a_prize_holds_small_letters_digits_and_hyphens(text: str) -> None:
    assert refusal(Slug, text) == "may hold small letters, digits and single hyphens only"
    assert checked(Slug, "clean-water-2") == "clean-water-2"


def test_a_time_zone_is_one_that_exists() -> None:
    assert checked(Zone, "Europe/London") == "Europe/London"
    assert refusal(Zone, "Europe/Atlantis").startswith("is not a time zone")


@pytest.mark.parametrize(
    ("money", "words"),
    [
        (Money(150_000_000), "£1,500,000"),
        (Money(150_050), "£1,500.50"),
        (Money(7, "EUR"), "€0.07"),
        (Money(1500, "JPY"), "1,500\u00a0JPY"),
        (Money(1500, "CHF"), "15\u00a0CHF"),
        (Money(0), "£0"),
        (Money(10**17), "£1,000,000,000,000,000"),
    ],
)
def test_money_is_written_in_its_own_way(money: Money, words: str) -> None:
    assert str(money) == words


@given(st.integers(-(10**15), 10**15))
def test_money_is_never_rounded(minor: int) -> None:
    shown = str(Money(minor)).replace("£", "").replace(",", "")

    assert Decimal(shown) * 100 == minor


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15, places=6))
def test_a_number_is_written_whole(value: Decimal) -> None:
    assert Decimal(number_words(value).replace(",", "").replace("−", "-")) == value


def test_numbers_are_written_with_their_unit() -> None:
    assert number_words(12_345, "MW") == "12,345\u00a0MW"
    assert number_words(Decimal("1200.50")) == "1,200.5"
    assert number_words(Decimal("1E+3")) == "1,000"
    assert number_words(Decimal("-2.5")) == "−2.5"


def test_dates_and_times_are_written_in_words_with_the_zone() -> None:
    noon = datetime(2027, 3, 3, 12, tzinfo=UTC)

    assert date_words(date(2027, 3, 3)) == "3 March 2027"
    assert time_words(noon, "Europe/London") == "3 March 2027, 12:00 (London)"
    assert zone_words("America/Argentina/Rio_Gallegos") == "Rio Gallegos"
    assert time_words(noon, "America/New_York", weekday=True) == "Wednesday 3 March 2027, 07:00 (New York)"
    for hour, name in ((0, "BST"), (1, "GMT")):
        twice = datetime(2027, 10, 31, hour, 30, tzinfo=UTC)
        assert time_words(twice, "Europe/London") == f"31 October 2027, 01:30 (London, {name})"
    assert time_words(datetime(2027, 6, 3, 23, 30, tzinfo=UTC), "Europe/London") == "4 June 2027, 00:30 (London)"
