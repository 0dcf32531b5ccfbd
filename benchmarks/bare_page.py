"""A throw-away judging page without Laurel: what Streamlit itself takes for the same list, entry and scores.

``python -m streamlit run benchmarks/bare_page.py`` serves it, from the folder of the application, so that the settings
are the same. It has no accounts, no policy, no history and no blinding; it saves into an SQLite file as durably as
Laurel. ``BARE_PAGE_FOLDER`` says where that lies, ``BARE_PAGE_ENTRIES`` how many entries there are.
"""

from __future__ import annotations

import gc
import os
import socket
import sqlite3
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import streamlit as st

from benchmarks.content import ANSWERS, CANNOT, CRITERIA, POINTS, QUESTIONS, level_words, scored_first

FILE: Final = Path(os.environ.get("BARE_PAGE_FOLDER") or tempfile.gettempdir()) / "bare-page.sqlite3"
ENTRIES: Final = int(os.environ.get("BARE_PAGE_ENTRIES") or 250)
HEAVY: Final = ("numpy", "pandas", "pyarrow", "altair")

TABLES: Final = """
CREATE TABLE entry (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE);
CREATE TABLE answer (entry INTEGER NOT NULL, question INTEGER NOT NULL, text TEXT NOT NULL,
    PRIMARY KEY (entry, question));
CREATE TABLE score (entry INTEGER NOT NULL, criterion INTEGER NOT NULL, points TEXT NOT NULL, saved_at TEXT NOT NULL,
    PRIMARY KEY (entry, criterion));
"""


def connect() -> sqlite3.Connection:
    connection = sqlite3.connect(FILE, timeout=30, isolation_level=None, check_same_thread=False)
    connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")
    return connection


@st.cache_resource
def database() -> sqlite3.Connection:
    return connect()


def fill() -> None:
    """Entries with answers, the first half scored, unless the file has them already."""
    with closing(connect()) as db:
        if db.execute("SELECT 1 FROM sqlite_master").fetchone():
            return
        db.executescript(TABLES)
        db.execute("BEGIN")
        for number in range(1, ENTRIES + 1):
            db.execute("INSERT INTO entry VALUES (?, ?)", (number, f"E-{number:04}"))
            for question, text in enumerate(ANSWERS):
                db.execute("INSERT INTO answer VALUES (?, ?, ?)", (number, question, text))
            for criterion in range(len(CRITERIA)) if scored_first(number - 1, ENTRIES) else ():
                db.execute("INSERT INTO score VALUES (?, ?, '3', ?)", (number, criterion, _moment()))
        db.execute("COMMIT")


def _moment() -> str:
    return datetime.now().astimezone().isoformat()


def entries_page() -> None:
    rows = (
        database()
        .execute("SELECT id, code, (SELECT count(*) FROM score WHERE entry = entry.id) FROM entry ORDER BY code")
        .fetchall()
    )
    st.title("Entries to judge", anchor=False)
    body = "".join(
        f'<tr><th scope="row"><a href="/scoring?entry={entry}" target="_self">{code}</a></th>'
        f"<td>{'Scored' if scored == len(CRITERIA) else 'Not begun'}</td><td>{scored} of {len(CRITERIA)}</td></tr>"
        for entry, code, scored in rows
    )
    st.html(f"<table><thead><tr><th>Entry</th><th>State</th><th>Scored</th></tr></thead><tbody>{body}</tbody></table>")


def scoring_page() -> None:
    entry = int(st.query_params.get("entry", 1))
    (code,) = database().execute("SELECT code FROM entry WHERE id = ?", (entry,)).fetchone()
    st.title(code, anchor=False)
    reading, scoring = st.columns([1.15, 1])
    with reading:
        answers = database().execute("SELECT text FROM answer WHERE entry = ? ORDER BY question", (entry,))
        for question, (text,) in zip(QUESTIONS, answers, strict=True):
            st.subheader(question, anchor=False)
            st.markdown(text)
    with scoring:
        scorecard(entry)
    previous, following = st.columns(2)
    previous.button("Previous", disabled=entry == 1, on_click=_turn_to, args=(entry - 1,))
    following.button("Next entry", disabled=entry == ENTRIES, on_click=_turn_to, args=(entry + 1,))


@st.fragment
def scorecard(entry: int) -> None:
    rows = database().execute("SELECT criterion, points, saved_at FROM score WHERE entry = ?", (entry,)).fetchall()
    scores = {criterion: points for criterion, points, _ in rows}
    saved = max((datetime.fromisoformat(saved_at) for *_, saved_at in rows), default=None)
    with st.container(key="scorecard"):
        st.markdown(f"Saved {saved:%H:%M}" if saved else "Nothing scored yet")
        for place, (name, question) in enumerate(CRITERIA):
            st.markdown(f"**{name}**  \n{question}")
            key = f"score-{entry}-{place}"
            st.segmented_control(
                name,
                [*map(str, POINTS), CANNOT],
                key=key,
                default=scores.get(place),
                required=True,
                on_change=_score,
                args=(key, entry, place),
                label_visibility="collapsed",
                width="stretch",
            )
            points = scores.get(place, "")
            st.markdown(f"{points}: {level_words(name, int(points))}" if points.isdigit() else points or "Not scored")


def _score(key: str, entry: int, criterion: int) -> None:
    database().execute(
        "INSERT OR REPLACE INTO score VALUES (?, ?, ?, ?)", (entry, criterion, st.session_state[key], _moment())
    )


def _turn_to(entry: int) -> None:
    st.query_params["entry"] = str(entry)


def draw() -> None:
    st.set_page_config(page_title="Bare page", layout="wide")
    places = [
        st.Page(entries_page, title="Entries to judge", url_path="judging", default=True),
        st.Page(scoring_page, title="Scoring room", url_path="scoring"),
    ]
    st.navigation(places, position="top").run()


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[None]:
    """What Laurel does at its start too: no collection of what stays, and no waiting for small answers."""
    for name in HEAVY:
        __import__(name)
    fill()
    for found in gc.get_objects():
        if isinstance(found, socket.socket) and found.fileno() >= 0 and found.family == socket.AF_INET:
            found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    gc.collect()
    gc.freeze()
    yield


if __name__ == "__main__":  # Streamlit runs this file as its script, and imports it for the application below
    draw()
else:
    app = st.App(Path(__file__), lifespan=lifespan)
