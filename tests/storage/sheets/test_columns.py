"""What a column says: dates, numbers, units and money, in one way for the whole column, or a problem by row."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from storage.sheets.columns import Chosen, Read, Style, problem_words, read_columns
from storage.sheets.matching import Kind, Match, Wanted, matched
from storage.sheets.reading import Sheet, SheetRow

DAY = Wanted("day", "Day", "When it was measured", Kind.DATE)


def column(wanted: Wanted, *cells: str, chosen: Style | None = None, heading: str = "") -> Read:
    name = heading or wanted.name
    sheet = Sheet((name,), tuple(SheetRow(at, (cell,)) for at, cell in enumerate(cells, 2)))
    picked = (Chosen(wanted.key, chosen),) if chosen else ()
    return read_columns(sheet, (wanted,), (Match(wanted.key, name),), picked)


def values(read: Read) -> list[Any]:
    assert not read.problems
    return [next(iter(row.values.values())) for row in read.rows]


def number(unit: str = "GWh", kind: Kind = Kind.NUMBER) -> Wanted:
    return Wanted("value", "Value", "What was measured", kind, unit=unit)


@pytest.mark.parametrize(
    "cells",
    [
        ("2024-03-31", "2024-12-01"),
        ("2024/3/31", "2024/12/1"),
        ("2024-03-31T00:00:00Z", "2024-12-01 00:00"),
        ("31/03/2024", "01/12/2024"),
        ("31.3.2024", "1.12.2024"),
        ("03/31/2024", "12/01/2024"),
        ("31 March 2024", "1 Dec 2024"),
        ("March 31, 2024", "Dec 1 2024"),
        ("45382", "45627"),
    ],
)
def test_dates_are_read_in_the_one_way_that_fits_the_whole_column(cells: tuple[str, ...]) -> None:
    assert values(column(DAY, *cells)) == [date(2024, 3, 31), date(2024, 12, 1)]


def test_dates_that_fit_two_ways_are_asked_about_and_the_answer_counts() -> None:
    cells = ("01/02/2024", "02/02/2024")

    [question] = column(DAY, *cells).questions

    assert (question.cell, question.styles) == ("01/02/2024", (Style.DAY_FIRST, Style.MONTH_FIRST))
    assert question.meanings == ("1 February 2024", "2 January 2024")
    assert values(column(DAY, *cells, chosen=Style.MONTH_FIRST)) == [date(2024, 1, 2), date(2024, 2, 2)]
    assert column(DAY, *cells, chosen=Style.MONTH_FIRST).questions == ()


def test_a_column_with_dates_in_three_formats_is_refused_with_its_rows() -> None:
    read = column(DAY, "31/03/2024", "2024-04-30", "30/06/2024", "July 31, 2024")

    assert [(problem.row, problem.column) for problem in read.problems] == [(3, "Day"), (5, "Day")]
    assert "“2024-04-30” is written year first, and other cells of this column are written day first" in (
        read.problems[0].words
    )


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("2024", "a year and no day"),
        ("31/03/24", "two digits"),
        ("30 February 2024", "not a day of the calendar"),
        ("3 Brumaire 2024", "no month"),
        ("soon", "not a date"),
        ("99999", "not a date"),
        ("", "empty"),
    ],
)
def test_what_is_no_date_says_why(cell: str, words: str) -> None:
    [problem] = column(DAY, cell).problems

    assert words in problem.words


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (("1,234.5", "7"), ("1234.5", "7")),
        (("1.234,5", "7"), ("1234.5", "7")),
        (("1 234,5", "12\u00a0000"), ("1234.5", "12000")),
        (("-3", "−4.25", "+5"), ("-3", "-4.25", "5")),
        (("0.525", "0.1"), ("0.525", "0.1")),
        (("5 GWh", "6GWh"), ("5", "6")),
        (("1,234", "1,5"), ("1.234", "1.5")),
    ],
)
def test_numbers_are_read_in_the_one_way_that_fits_the_whole_column(
    cells: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert values(column(number(), *cells)) == [Decimal(one) for one in expected]


def test_a_sign_that_may_stand_for_thousands_or_decimals_is_asked_about() -> None:
    [question] = column(number(), "1,234", "2,500").questions

    assert question.meanings == ("1234", "1.234")
    assert values(column(number(), "1,234", "2,500", chosen=Style.POINT)) == [Decimal(1234), Decimal(2500)]


def test_per_cent_is_fine_where_per_cent_is_measured() -> None:
    assert values(column(number("per cent"), "52 %", "53%", "54 per cent", "55")) == [
        Decimal(one) for one in (52, 53, 54, 55)
    ]


def test_another_unit_among_the_right_ones_is_refused_with_its_row() -> None:
    read = column(number(), "512 GWh", "0.5 TWh", "513", "5 gwh")

    assert [(problem.row, problem.words) for problem in read.problems] == [
        (3, "“0.5 TWh” is in TWh, and GWh is wanted. Convert it, and write the number alone."),
        (5, "“5 gwh” is in gwh, and GWh is wanted. Convert it, and write the number alone."),
    ]


def test_another_unit_in_the_heading_is_refused_too() -> None:
    [problem] = column(number(), "5", heading="Output (TWh)").problems

    assert (problem.row, problem.words[:22]) == (1, "The heading says “TWh”")
    assert values(column(number(), "5", heading="Output (GWh)")) == [Decimal(5)]


def test_money_is_of_one_currency_and_never_negative() -> None:
    money = number("GBP", Kind.MONEY)

    assert values(column(money, "£1,200.50", "GBP 300", "400")) == [Decimal("1200.50"), Decimal(300), Decimal(400)]
    assert [problem.words.partition("” ")[2] for problem in column(money, "€5", "-3", "£-4").problems] == [
        "is in €, and GBP is wanted. Convert it.",
        "is less than nothing. Write a sum of nought or more.",
        "is less than nothing. Write a sum of nought or more.",
    ]


@pytest.mark.parametrize("cell", ["1,23,4", "1.2.3", "twelve", "#REF!", "1-2", "12 34", "9" * 41, " " * 60_000 + "x"])
def test_what_is_no_number_is_refused(cell: str) -> None:
    [problem] = column(number(), "7", cell).problems

    assert "number" in problem.words


def test_a_choice_and_a_mail_address_are_read_as_people_write_them() -> None:
    kind = Wanted("kind", "Kind", "", Kind.CHOICE, options=("company", "public body"))
    email = Wanted("email", "E-mail", "", Kind.EMAIL)

    assert values(column(kind, "Company", "PUBLIC-BODY")) == ["company", "public body"]
    assert "none of company, public body" in column(kind, "club").problems[0].words
    assert values(column(email, "Ann@Example.org")) == ["ann@example.org"]
    assert "not a mail address" in column(email, "ann at example").problems[0].words


def test_the_first_fifty_problems_are_listed_and_the_others_counted() -> None:
    lines = problem_words(column(number(), *["none"] * 73).problems)

    assert len(lines) == 51
    assert lines[0].startswith("Row 2, Value: “none” is not a number")
    assert lines[-1].startswith("And 23 more.")


def test_columns_are_matched_by_what_they_are_called() -> None:
    wanted = (
        DAY,
        Wanted("value", "Value", "", Kind.NUMBER, called=("amount",)),
        Wanted("source", "Source", "", otherwise=""),
        Wanted("email", "E-mail", "", Kind.EMAIL, called=("mail address",)),
    )
    header = ("E mail", "Montant", "SOURCE of data", "válue (GWh)", "day ")
    share = Wanted("value", "Value", "", Kind.NUMBER, unit="per cent")

    assert matched(("Clean share [%]", "Note"), (share,)) == (Match("value", "Clean share [%]"),)

    assert matched(header, wanted) == (
        Match("day", "day "),
        Match("value", "válue (GWh)"),
        Match("source", "SOURCE of data"),
        Match("email", "E mail"),
    )


def test_a_needed_column_that_is_missing_is_a_problem_and_another_is_filled() -> None:
    sheet = Sheet(("Other",), (SheetRow(2, ("x",)),))
    note = Wanted("note", "Note", "", otherwise="none")

    read = read_columns(sheet, (DAY, note), ())

    assert [(problem.row, problem.words) for problem in read.problems] == [
        (1, "No column of the file is matched with it. Choose one.")
    ]
    assert read.rows[0].values["note"] == "none"


@given(some.lists(some.text(max_size=30), min_size=1, max_size=5), some.sampled_from(list(Kind)))
def test_no_cell_breaks_the_reading(cells: list[str], kind: Kind) -> None:
    read = column(Wanted("x", "X", "", kind, unit="GBP", options=("a",)), *cells)

    assert len(read.rows) == len(cells)


def test_choices_that_differ_in_signs_alone_are_told_apart_or_refused() -> None:
    size = Wanted("size", "Size", "How many people", Kind.CHOICE, options=("<10", "> 10", "C", "C++"))

    assert values(column(size, "<10", "> 10", "C", "C++")) == ["<10", "> 10", "C", "C++"]

    [problem] = column(size, "<10", "< 10").problems
    assert (problem.row, problem.words) == (3, "“< 10” may be <10 or > 10. Write it exactly like one of them.")


def test_a_choice_of_signs_alone_is_none_of_the_others() -> None:
    rating = Wanted("rating", "Rating", "How good", Kind.CHOICE, options=("+", "++", "是"))

    assert values(column(rating, "++", "是", "+")) == ["++", "是", "+"]
    [problem] = column(rating, "-").problems
    assert problem.words == "“-” is none of +, ++, 是."


def test_columns_that_differ_in_signs_alone_are_matched_by_their_very_names() -> None:
    wanted = (Wanted("few", "Teams <10", ""), Wanted("many", "Teams >10", ""))

    assert matched(("Teams >10", "Teams <10"), wanted) == (Match("few", "Teams <10"), Match("many", "Teams >10"))
