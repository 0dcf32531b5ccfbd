"""For each registered command an example: a state in which it succeeds, who gives it, and with which arguments.

The walks over all commands start from these. They lie in ``tests/<package>/examples.py``::

    @example("prize.entries.submission.submit_entry")
    def _(world: World) -> Call:
        draft = world.complete_draft
        return Call(draft.owner, {"entry_id": draft.id})
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from accounts.actors import Actor
from tests.modules import PACKAGES, ROOT
from tests.world import World


@dataclass(frozen=True)
class Call:
    """Who gives a command, and its arguments by name."""

    actor: Actor
    arguments: dict[str, Any] = field(default_factory=dict)


Example = Callable[[World], Call]

_examples: dict[str, Example] = {}


def example(command: str) -> Callable[[Example], Example]:
    """Register the example of a command, by its full name."""

    def register(build: Example) -> Example:
        if command in _examples:
            raise ValueError(f"{command} has two examples")
        _examples[command] = build
        return build

    return register


def examples() -> dict[str, Example]:
    """Every example, by the name of its command."""
    for package in PACKAGES:
        if (ROOT / "tests" / package / "examples.py").is_file():
            import_module(f"tests.{package}.examples")
    return dict(_examples)
