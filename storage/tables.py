"""Every table of Laurel's, for migrations."""

from __future__ import annotations

from importlib import import_module

from sqlalchemy import MetaData
from sqlmodel import SQLModel

MODULES = (
    "storage.clock",
    "storage.audit",
    "storage.sealing",
    "storage.jobs",
    "storage.mail",
    "storage.files",
    "storage.checks",
    "accounts.models",
    "mission.models",
    "prize.models",
    "prize.entries.models",
    "judging.models",
    "judging.outcome_models",
    "judging.panel.models",
    "judging.paper_models",
    "judging.practice_models",
    "delivery.models",
)


def metadata() -> MetaData:
    """The tables of all packages. Imports by name, since storage may not depend on what lies above it."""
    for module in MODULES:
        import_module(module)
    return SQLModel.metadata
