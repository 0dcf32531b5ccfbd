"""Tests of the parts of every page."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from tests.pages.visiting import tables


def _table() -> None:
    from pages.components.layout import table

    table(
        ("Whose", "When"), [("mara.alder@university.example", "28 September 2026"), ("x" * 40, "R&D"), ("y", "BAKA-45")]
    )


def test_a_tables_words_stay_whole_but_for_what_is_longer_than_any_word() -> None:
    drawn = tables(AppTest.from_function(_table).run())

    assert "<td>28 September 2026</td>" in drawn
    assert "<td>R&amp;D</td>" in drawn
    assert '<td><span class="laurel-code">BAKA-45</span></td>' in drawn
    assert '<th scope="row">mara.alder@<wbr>university.example</th>' in drawn
    assert f'<th scope="row"><span class="laurel-long">{"x" * 40}</span></th>' in drawn
