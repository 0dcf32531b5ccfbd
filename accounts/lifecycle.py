"""States and transitions as data: the same table enforces, shows the buttons and draws the diagram."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlmodel import Session

from storage.errors import Closed, Invalid

Guard = Callable[[Session, Any], tuple[str, ...]]
"""What stands in the way of a transition, in words; nothing when it may happen."""


def nothing_in_the_way(db: Session, row: Any) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True)
class Transition:
    """A way from one state to another. ``causes`` names the kinds of job that it enqueues."""

    sources: tuple[StrEnum, ...]
    target: StrEnum
    action: StrEnum
    guard: Guard = nothing_in_the_way
    causes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lifecycle:
    """The life of one kind of thing. ``words`` says what each state is called in a sentence: "the prize is …"."""

    thing: str
    states: type[StrEnum]
    transitions: tuple[Transition, ...]

    def transition(self, row: Any, action: StrEnum) -> Transition:
        """The transition that ``action`` makes from the row's present state.

        Raises
        ------
        Closed : the state does not allow it.
        """
        for candidate in self.transitions:
            if candidate.action is action and row.state in candidate.sources:
                return candidate
        allowed = sorted({s.value for t in self.transitions if t.action is action for s in t.sources})
        raise Closed(f"The {self.thing} is {row.state.value}. This can be done while it is {' or '.join(allowed)}.")

    def move(self, db: Session, row: Any, action: StrEnum) -> Transition:
        """Take the transition, after its guard; the caller enqueues what it causes.

        Raises
        ------
        Closed : the state does not allow it.
        Invalid : something stands in the way; the words say what.
        """
        transition = self.transition(row, action)
        obstacles = transition.guard(db, row)
        if obstacles:
            raise Invalid(" ".join(obstacles))
        row.state = transition.target
        db.add(row)
        db.flush()
        return transition

    def possible(self, row: Any) -> tuple[StrEnum, ...]:
        """The actions that the row's state allows, in the order of the table."""
        return tuple(t.action for t in self.transitions if row.state in t.sources)

    def diagram(self) -> str:
        """The lifecycle as a Mermaid state diagram."""
        lines = ["stateDiagram-v2"]
        lines += [f"    {state.name}: {state.value}" for state in self.states]
        lines.append(f"    [*] --> {next(iter(self.states)).name}")
        for t in self.transitions:
            lines += [f"    {source.name} --> {t.target.name}: {t.action.value}" for source in t.sources]
        return "\n".join(lines)
