"""The choices of a scorecard as one component, and what a browser says was chosen there.

A choice is sent at once and again until it is answered, so a lost connection or a restart loses none. One component
costs the server and the browser a fraction of a widget for each criterion with its words around it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import streamlit as st

HERE: Final = Path(__file__).parent
MOST: Final = 100
"""As many choices are read of what a browser sends at once; it sends the others again."""
LONGEST: Final = 64
LONGEST_STEP: Final = 4

CANNOT: Final = "cannot"
YES, NO = "yes", "no"
NOTHING: Final = ""
"""Takes a choice back."""

_component = st.components.v2.component(
    "laurel_choices",
    html='<div class="choices"></div>',
    js=(HERE / "choices.js").read_text(),
    isolate_styles=False,
)


@dataclass(frozen=True)
class Asked:
    """One thing that is asked, its options as value and words, and what is stored, with what that means in words.

    ``key`` is the row's own, ``kind`` says of what kind that key is; an empty value stands for nothing chosen.
    """

    key: str
    title: str
    question: str
    label: str
    options: Sequence[tuple[str, str]]
    stored: str
    kind: str = ""
    aside: str = ""
    words: str = ""
    levels: Sequence[tuple[int, str]] = ()
    editable: bool = True
    takes_back: bool = False


@dataclass(frozen=True)
class Parting:
    """A heading between two parts of the card, with a line before it."""

    heading: str
    before: str


@dataclass(frozen=True)
class Head:
    """The heading above the rows, and whether what stands there is kept."""

    title: str
    saved: str
    kept: bool


@dataclass(frozen=True)
class Choice:
    """What a browser says was chosen: on which card, in which row, which value."""

    name: str
    about: UUID
    kind: str
    row: UUID
    value: str

    @property
    def points(self) -> int | None:
        """The value as steps of a scale; None where it is none."""
        value = self.value
        return int(value) if value.isascii() and value.isdigit() and len(value) <= LONGEST_STEP else None


def draw_choices(
    key: str,
    about: UUID,
    rows: Sequence[Asked | Parting],
    *,
    save: Callable[[Choice], None],
    head: Head | None = None,
) -> None:
    """Draw the rows of what ``about`` names; each choice is given to ``save`` once, in a callback.

    What is drawn as stored is what ``rows`` say, never what the browser chose.
    """
    _component(
        key=key,
        data={
            "about": str(about),
            "head": head and asdict(head),
            "rows": [asdict(row) for row in rows],
            "answered": st.session_state.get(_answered(key), []),
        },
        on_choices_change=lambda: _save_each(key, save),
    )


def _answered(key: str) -> str:
    """Where the names of the choices are kept that were dealt with."""
    return f"answered {key}"


def _save_each(key: str, save: Callable[[Choice], None]) -> None:
    """What ``save`` raises on is not answered, so the browser sends it again."""
    before = set(st.session_state.get(_answered(key), []))
    answered = st.session_state[_answered(key)] = list[str]()
    for choice in list(_read(st.session_state.get(key))):
        if choice.name not in before:
            save(choice)
        answered.append(choice.name)


def _read(state: object) -> Iterator[Choice]:
    """What the browser sent, as far as it has the shape that ours sends."""
    sent: Any = state.get("choices") if isinstance(state, Mapping) else None
    for each in sent[:MOST] if isinstance(sent, list) else []:
        match each:
            case [str(name), str(about), str(kind), str(row), str(value)] if max(map(len, each)) <= LONGEST:
                with suppress(ValueError):
                    yield Choice(name, UUID(about), kind, UUID(row), value)
