"""Whether what was done is still what was written down: seals, anchors, and verifying."""

from __future__ import annotations

from typing import Final

import streamlit as st

from accounts.installation import Trail, trail, verify_installation
from pages.components.acting import act, ask
from pages.components.layout import columns_main_side, facts_table, heading, page_header
from pages.components.words import marked
from storage.values import counted, time_words

VERIFYING: Final = (
    "Every row, seal and anchor is computed again, and every stored file is read. A worker does nothing else then; "
    "where there is much to read, run “manage.py verify” beside it instead."
)
WRONG: Final = (
    "Something was changed behind Laurel's back, or a disk has lost it. Keep the database and the store as they are, "
    "compare the seals with the copies in the log and in the store, and restore from a backup what is damaged."
)


def draw() -> None:
    known = ask(trail)
    page_header("Installation", "Audit trail", facts=f"{known.rows:,} rows in {counted(known.seals, 'seal')}.")
    main, side = columns_main_side()
    with main:
        _verification(known)
    with side:
        _seals(known)


def _verification(known: Trail) -> None:
    heading("Verification", words=VERIFYING)
    seen = known.verified
    if seen is None:
        st.markdown(":gray[It has not been verified from here yet.]")
    elif seen.found:
        st.markdown(f":red[:material/error: **{counted(seen.found, 'finding')}**], {time_words(seen.ended_at, 'UTC')}")
        st.markdown(WRONG)
        for words in seen.findings:
            st.markdown(marked("- {}", words))
        if seen.found > len(seen.findings):
            st.caption(f"These are the first {len(seen.findings)}. “manage.py verify” prints all of them.")
    else:
        st.markdown(f":green[:material/check: Nothing is wrong], {time_words(seen.ended_at, 'UTC')}")
    if seen is not None:
        st.caption(seen.summary)
    if known.being_verified:
        st.markdown(":blue[:material/pending: Being verified.] Reload the page to see what was found.")
    else:
        st.button("Verify now", on_click=_now)


def _now() -> None:
    act(verify_installation, said="The worker verifies everything. This page says what it found.")


def _seals(known: Trail) -> None:
    heading("Seals")
    facts_table(
        (
            ("Last sealed", time_words(known.sealed_at, "UTC") if known.sealed_at else "Never"),
            ("Rows not sealed yet", f"{known.unsealed:,}"),
            ("Seals not anchored yet", f"{known.not_anchored:,}"),
        ),
        caption="How far the trail is sealed",
    )
    if known.late and known.waits_since:
        st.markdown(
            f":orange[:material/error: Nothing was sealed since {time_words(known.waits_since, 'UTC')}.] "
            "Sealing is a job of the worker's, each minute. Look at Jobs, and whether a worker runs."
        )
    else:
        st.caption("Each minute a seal covers what was done, and is named in the log, in a file and in the bucket.")
