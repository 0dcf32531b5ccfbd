"""What can be taken away of a prize: everything at once, or a table alone."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import streamlit as st

from delivery.exports.exporting import Form, exported_tables
from delivery.exports.preparing import KEPT_FOR, ExportState, prepare_export, prepared_export
from pages.components.acting import act, ask
from pages.components.layout import Link, columns_main_side, download, heading, leave, page_header, table
from pages.components.places import present_prize
from prize.prizes import PrizeLine
from storage.errors import LaurelError
from storage.values import size_words, time_words

EVERY_SECONDS: Final = 2.0
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
        _everything(prize)
        leave("The dictionary alone", f"/exports/{prize.id}/dictionary.csv")
        st.caption(
            "Personal data leaves Laurel with these files: keep them where only those can read them who may. Each "
            "export is on record. What you must not see yourself, and what drafts say, is not in them."
        )


def _everything(prize: PrizeLine) -> None:
    """The archive, from the button that has it made to the link by which it is downloaded."""
    made = ask(prepared_export, prize_id=prize.id)
    match made.state:
        case ExportState.BEING_MADE:
            st.markdown("The export is being made. A large prize takes a minute or two; you can leave this page.")
            _wait(prize.id, made.state)
            return
        case ExportState.READY if made.asked_at and made.gone_at:
            st.markdown(
                f"Asked for on {time_words(made.asked_at, made.zone)}: {size_words(made.size)}. You alone can download "
                f"it, until {time_words(made.gone_at, made.zone)}."
            )
            download("Download everything", f"/exports/{prize.id}")
            st.button("Prepare it again", on_click=_prepare, args=(prize.id,))
            return
        case ExportState.OUT_OF_DATE:
            st.markdown(
                "What you may see of this prize has changed since your export was made, so it is not given out."
            )
        case ExportState.FAILED:
            st.error("The export could not be made. Try again; if it fails again, ask the operator.")
    st.caption(f"It is made in the background and then kept for {KEPT_FOR.days} days.")
    st.button("Prepare the export", type="primary", on_click=_prepare, args=(prize.id,))


@st.fragment(run_every=EVERY_SECONDS)
def _wait(prize_id: UUID, state: ExportState) -> None:
    """Draw the page again as soon as the archive is there. Nothing is drawn here."""
    try:
        now = ask(prepared_export, prize_id=prize_id).state
    except LaurelError:
        st.rerun()  # the page says why
    if now is not state:
        st.rerun()


def _prepare(prize_id: UUID) -> None:
    act(prepare_export, prize_id=prize_id)
