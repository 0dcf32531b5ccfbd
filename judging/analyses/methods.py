"""With what an analysis is made."""

from __future__ import annotations

import platform
from importlib.metadata import version
from typing import Final

METHODS: Final = "2"
"""Rises when what is kept is made or shaped otherwise, so that every stage is analysed again."""

LIBRARIES: Final = ("numpy", "scipy", "pandas")


def made_with() -> str:
    """What this process computes with, and on what."""
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return f"Python {platform.python_version()}, {libraries}, on {platform.machine()} {platform.system()}"
