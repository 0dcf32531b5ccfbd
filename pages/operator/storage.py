"""What is stored and how much room is left, what is on its way, and what a sweep took away."""

from __future__ import annotations

from typing import Final

import streamlit as st

import prize.scopes  # noqa: F401 - says how prizes are called
from accounts.installation import Stored, stored, sweep_store
from pages.components.acting import act, ask
from pages.components.figures import bytes_words
from pages.components.layout import columns_main_side, empty_list, facts_table, heading, page_header, table
from storage.values import counted, time_words

SWEEP: Final = (
    "What nobody refers to for a day goes: bytes of uploads that were given up, objects without a record. Nothing that "
    "a record names is ever taken. It is done once a day."
)
MORE_ROOM: Final = (
    "A prize that is nearly full takes no more files. Set LAUREL_PRIZE_BYTES higher, and restart. When the disk runs "
    "short, give it more, or move files to a bucket."
)


def draw() -> None:
    known = ask(stored)
    page_header("Installation", "Storage", facts=f"{counted(known.files, 'file')}, {bytes_words(known.stored)}.")
    main, side = columns_main_side()
    with main:
        _prizes(known)
    with side:
        _where(known)
        _sweep(known)


def _prizes(known: Stored) -> None:
    heading("By prize", "the largest on top", MORE_ROOM if known.nearly_full else "")
    if not known.prizes:
        empty_list("Nothing is stored yet", "The files of entries and of milestones appear here, counted by prize.")
        return
    table(
        ("Prize", "Files", "Stored", "On its way", "Of its limit"),
        [
            (
                prize.name.removeprefix("the prize "),
                f"{prize.files:,}",
                bytes_words(prize.stored),
                bytes_words(prize.coming) if prize.coming else "–",
                _share(prize.stored + prize.coming, prize.limit),
            )
            for prize in known.prizes
        ],
        numbers={1, 2, 3, 4},
        hide_on_phone={1, 3},
        caption="What is stored for each prize",
    )


def _share(size: int, limit: int) -> str:
    share = 100 * size / limit if limit else 100.0
    return f"{share:.0f} %" if share >= 1 or not size else "under 1 %"


def _where(known: Stored) -> None:
    heading("Where")
    facts_table(
        (
            ("Files", f"Bucket {known.in_bucket}" if known.in_bucket else "Folder of the installation"),
            ("Free on the disk", f"{bytes_words(known.free)} of {bytes_words(known.disk)}"),
            ("Uploads on their way", f"{known.uploads:,}, {bytes_words(known.coming)}" if known.uploads else "None"),
        ),
        caption="Where files are",
    )


def _sweep(known: Stored) -> None:
    last = (
        f"Done last on {time_words(known.swept.ended_at, 'UTC')}: {known.swept.summary}"
        if known.swept
        else "Not done yet."
    )
    heading("Sweeping", words=SWEEP)
    st.markdown(last)
    st.button("Sweep now", on_click=_now)


def _now() -> None:
    act(sweep_store, said="The worker sweeps the store now. This page says what became of it.")
