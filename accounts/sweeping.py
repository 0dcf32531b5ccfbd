"""What accounts keep for a while only, and then forget."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, or_
from sqlmodel import Session, col

from accounts.models import OneUseLink, Reply, SignInSession
from storage.clock import now
from storage.jobs import regular

SWEEP = "forget what has ended"
REPLIES_FOR = timedelta(days=7)
ENDED_FOR = timedelta(days=30)
"""Links and sessions that have ended are kept so long, for questions about who came in when."""


@regular(SWEEP, timedelta(hours=1))
def _sweep(db: Session, _: Mapping[str, Any], __: None) -> None:
    """Remove answers to commands, links and sessions whose time is over."""
    moment_now = now(db)
    ended = moment_now - ENDED_FOR
    db.exec(delete(Reply).where(col(Reply.at) < moment_now - REPLIES_FOR))
    db.exec(delete(OneUseLink).where(col(OneUseLink.expires_at) < ended))
    db.exec(
        delete(SignInSession).where(or_(col(SignInSession.expires_at) < ended, col(SignInSession.revoked_at) < ended))
    )
