"""Saving text as it is typed: which save counts, and when somebody else's would be overwritten.

Each save carries the id of its tab, a number that rises in that tab, and the version that the tab last saw. A save that
arrives late or twice changes nothing. Another person's newer text is not overwritten: both are shown. A person's own
newer text from another tab is replaced by the later one, and kept in the history.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Protocol
from uuid import UUID

from pydantic import Field

Tab = Annotated[str, Field(min_length=8, max_length=60, pattern=r"^[A-Za-z0-9-]+$")]
"""The random id of a browser tab."""
SaveNumber = Annotated[int, Field(ge=1, le=2**31 - 1)]


class Written(Protocol):
    """A text that is being written, as it is stored."""

    text: str
    tab: str
    save_number: int
    version: int
    saved_at: datetime


class Earlier(Protocol):
    """A text that was replaced."""

    tab: str
    save_number: int


class Verdict(StrEnum):
    WRITE = "write"
    REPLACE = "replace and keep the old text"
    SAME = "the text stands there already: remember the number alone"
    NOTHING = "nothing to do"
    CLASH = "somebody else changed it"


@dataclass(frozen=True)
class Save:
    """A text as it stood in a tab, ``number`` in the order of that tab, by somebody who last saw ``base_version``."""

    saver: UUID | None
    text: str
    base_version: int
    tab: str
    number: int


@dataclass(frozen=True)
class Saved:
    """The answer to a save. With ``theirs`` set nothing was saved, and it is the text that stands there now."""

    version: int
    at: datetime
    theirs: str | None = None


def judge_save(present: Written, author: UUID | None, earlier: Sequence[Earlier], save: Save) -> Verdict:
    """What a save should do to the text that is stored now, which ``author`` wrote."""
    latest = max((row.save_number for row in (present, *earlier) if row.tab == save.tab), default=0)
    if save.number <= latest:
        return Verdict.NOTHING
    if save.text == present.text:
        return Verdict.SAME if present.tab == save.tab else Verdict.NOTHING
    if save.base_version != present.version and author != save.saver:
        return Verdict.CLASH
    return Verdict.WRITE if present.tab in (save.tab, "") else Verdict.REPLACE


def save_text(
    present: Written,
    author: UUID | None,
    earlier: Sequence[Earlier],
    save: Save,
    *,
    at: datetime,
    keep: Callable[[], object],
) -> Saved:
    """Do to the text that is stored now what a save should do; ``keep`` puts it among the earlier ones.

    It was written when its version has grown.
    """
    verdict = judge_save(present, author, earlier, save)
    if verdict is Verdict.CLASH:
        return Saved(present.version, present.saved_at, theirs=present.text)
    if verdict is Verdict.SAME:
        present.save_number = save.number  # an earlier save of this tab may still be on its way
    elif verdict is not Verdict.NOTHING:
        if verdict is Verdict.REPLACE:
            keep()
        present.text, present.tab, present.save_number, present.saved_at = save.text, save.tab, save.number, at
        present.version += 1
    return Saved(present.version, present.saved_at)
