"""What the person who looks at a page may do there: asked of the policy before a button is drawn."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from accounts.permissions import Answer, decide
from pages.components.acting import actor
from storage.database import reading
from storage.errors import NOT_YOURS


def may(action: StrEnum, **subject: Any) -> Answer:
    """Whether the person may do ``action``, and why or why not; ``subject`` is what the command would be given."""
    with reading() as db:
        return decide(db, actor(), action, subject)


def why_not(answer: Answer, otherwise: str) -> str:
    """The reason to show beside a missing button; ``otherwise`` for somebody who lacks the role altogether."""
    return otherwise if answer.reason == NOT_YOURS else answer.reason
