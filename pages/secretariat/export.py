"""What can be taken away of a prize: everything at once, or a table alone."""

from __future__ import annotations

from typing import Final

import streamlit as st

from delivery.exports.exporting import Form, exported_tables
from pages.components.acting import ask
from pages.components.layout import Link, columns_main_side, heading, leave, page_header, table
from pages.components.places import present_prize

FORMS: Final = ((Form.CSV, "CSV"), (Form.EXCEL, "Excel"), (Form.PARQUET, "Parquet"))


def draw() -> None:
    prize = present_prize()
    if prize is None:
        return
    tables = ask(exported_tables, prize_id=prize.id)
    page_header(prize.title, "Export", facts="Everything that you may see of this prize, for other programs.")
    main, side = columns_main_side()
    with main:
        heading("A table alone")
        table(
            ("Table", *(words for _, words in FORMS)),
            [
                (
                    line.meaning,
                    *(Link(words, f"/exports/{prize.id}/{line.name}.{form}", leaves=True) for form, words in FORMS),
                )
                for line in tables
            ],
            caption="Tables",
        )
    with side:
        heading("Everything")
        st.markdown(
            "One zip file: every table as CSV, Excel and Parquet, a dictionary that says what each column means, and a "
            "manifest with the SHA\u2011256 of each file."
        )
        leave("Export everything", f"/exports/{prize.id}")
        leave("The dictionary alone", f"/exports/{prize.id}/dictionary.csv")
        st.caption(
            "Personal data leaves Laurel with these files: keep them where only those can read them who may. Each "
            "export is on record. What you must not see yourself, and what drafts say, is not in them."
        )
