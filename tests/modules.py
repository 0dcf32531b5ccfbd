"""Every module of ours, found rather than listed, so that a new one is covered without anyone remembering."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("settings", "storage", "accounts", "mission", "prize", "judging", "delivery")
NOT_IMPORTED = ("storage.migrations.", "judging.__main__", "judging.statistics.__main__")
"""What does something when it is imported."""


def import_everything() -> dict[str, ModuleType]:
    """Import all packages below the pages, and with them what they register."""
    modules = {}
    for name in PACKAGES:
        package = modules[name] = import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            if not module.name.startswith(NOT_IMPORTED):
                modules[module.name] = import_module(module.name)
    return modules


def source_files(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))
