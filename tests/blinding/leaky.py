"""Laurel for the walks: ``python -m tests.blinding.leaky LEAK`` serves it with one leak, or ``nothing``, on loopback.

Each leak is one that somebody could write without noticing. The walks have to find it. Nothing else happens by chance
there, see ``exactly``.
"""

from __future__ import annotations

import sys
import time
from functools import wraps
from types import MappingProxyType
from typing import Any, Final
from unittest.mock import patch
from uuid import UUID

import streamlit as st
from sqlmodel import Session, col, select

from tests.blinding.exactly import leave_nothing_to_chance


def a_name_in_a_tooltip() -> None:
    """The scoring room says on hover who the team is."""
    from accounts.models import Organisation
    from judging.models import Assignment
    from pages.judge import scoring
    from prize.entries.models import Entry, Team
    from storage.database import reading

    drawn = scoring._place

    def place(entry: Any) -> None:
        drawn(entry)
        with reading() as db:
            names = (
                select(Organisation.name)
                .join(Team, col(Team.organisation_id) == col(Organisation.id))
                .join(Entry, col(Entry.team_id) == col(Team.id))
                .join(Assignment, col(Assignment.entry_id) == col(Entry.id))
            )
            name = db.exec(names.where(col(Assignment.id) == entry.assignment_id)).one()
        st.button("About this entry", help=name)

    _replace(scoring, "_place", place)


def an_order_by_creation_time() -> None:
    """The list of entries begins with the one that was begun first."""
    from judging import room
    from judging.models import Assignment
    from prize.entries.models import Entry

    sorted_by_code = room.own_cards

    def own_cards(db: Session, person_id: UUID | None, stage_id: UUID) -> Any:
        begun = dict(db.exec(select(Assignment.id, Entry.created_at).join(Entry)).all())
        return tuple(sorted(sorted_by_code(db, person_id, stage_id), key=lambda card: begun[card.assignment_id]))

    _replace(room, "own_cards", own_cards)


def another_error_for_a_conflict() -> None:
    """Somebody who asks for an entry with which they are in conflict is told that."""
    from accounts import permissions
    from prize.entries import conflicts
    from storage.errors import Refused

    kept_apart = conflicts.in_conflict

    def barred(db: Session, person_id: UUID, scope: Any) -> bool:
        if scope.entry_id is not None and kept_apart(db, person_id, scope.entry_id):
            raise Refused("You are in conflict with this entry.")
        return False

    bars = [value for value in vars(permissions).values() if isinstance(value, list) and conflicts._shut_out in value]
    bars[0][bars[0].index(conflicts._shut_out)] = barred


def a_cached_result_of_another_role() -> None:
    """What the secretariat has seen is kept for whoever comes next."""
    from pages.components.acting import ask
    from pages.judge import judging
    from pages.secretariat import entries
    from prize.entries.screening import stage_entries
    from storage.errors import LaurelError

    @st.cache_data
    def names(stage_id: UUID) -> str:
        return ", ".join(line.organisation for line in ask(stage_entries, stage_id=stage_id).entries)

    def said(stage_id: UUID) -> str:
        try:
            return names(stage_id)
        except LaurelError:
            return ""

    counts, facts = entries._counts, judging._facts
    _replace(entries, "_counts", lambda shown, submitted: counts(shown, submitted) + said(shown.stage.id))
    _replace(judging, "_facts", lambda seat, shown, todo: facts(seat, shown, todo) + said(seat.stage_id))


def the_size_of_the_original() -> None:
    """A judge's copy comes under a name with the size of what the team sent."""
    from dataclasses import replace

    from judging.models import JudgesCopy
    from pages.components import downloads
    from prize.entries.models import EntryFile
    from storage.files import StoredFile

    found = downloads.copy_to_read

    def copy_to_read(db: Session, actor: Any, copy_id: UUID, **more: Any) -> Any:
        file = found(db, actor, copy_id=copy_id, **more)
        original = db.get_one(EntryFile, db.get_one(JudgesCopy, copy_id).entry_file_id).file_id
        return replace(file, name=f"{db.get_one(StoredFile, original).size} {file.name}")

    _replace(downloads, "copy_to_read", copy_to_read)


def a_reveal_before_the_lock() -> None:
    """Whoever opens an entry that has a reveal ahead is shown at once who is behind it."""
    from judging import revealing

    _replace(revealing, "_knows", lambda stage, card: True)


def a_count_that_includes_a_hidden_entry() -> None:
    """Somebody in conflict is told how many entries there are, one more than they see."""
    from pages.secretariat import entries
    from prize.entries.models import Entry, EntryState
    from storage.database import reading

    def counts(shown: Any, submitted: Any) -> str:
        with reading() as db:
            every = select(Entry.id).where(
                col(Entry.stage_id) == shown.stage.id, col(Entry.state) == EntryState.SUBMITTED
            )
            return f"{len(db.exec(every).all())} submitted."

    _replace(entries, "_counts", counts)


def ten_milliseconds_more() -> None:
    """Each request takes 10 ms longer. No walk finds that: ``benchmarks/blinding_timing.py`` does."""
    from pages.components import downloads
    from pages.judge import card, judging, scoring

    for module, name in (
        (judging, "judges_list"),
        (scoring, "entry_to_judge"),
        (card, "save_score"),
        (downloads, "copy_to_read"),
    ):
        quick = getattr(module, name)

        @wraps(quick)
        def slower(*positional: Any, quick: Any = quick, **named: Any) -> Any:
            time.sleep(0.01)
            return quick(*positional, **named)

        _replace(module, name, slower)


def nothing() -> None:
    """Laurel as it is."""


def _replace(module: Any, name: str, value: Any) -> None:
    patch.object(module, name, value).start()


LEAKS: Final = MappingProxyType(
    {
        leak.__name__: leak
        for leak in (
            nothing,
            ten_milliseconds_more,
            a_name_in_a_tooltip,
            an_order_by_creation_time,
            another_error_for_a_conflict,
            a_cached_result_of_another_role,
            the_size_of_the_original,
            a_reveal_before_the_lock,
            a_count_that_includes_a_hidden_entry,
        )
    }
)

if __name__ == "__main__":
    from streamlit.web.cli import main

    LEAKS[sys.argv[1]]()
    leave_nothing_to_chance()
    sys.argv = ["streamlit", "run", "app.py", *sys.argv[2:]]
    main()
