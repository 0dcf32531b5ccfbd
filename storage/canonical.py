"""Canonical JSON and its digest: the same content gives the same bytes everywhere."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

FORMAT = 1
"""Raised when the bytes of the same content change."""


def canonical(content: Any) -> bytes:
    """``content`` as JSON with sorted keys, in UTF-8, with times in UTC to the microsecond."""
    envelope = {"format": FORMAT, "content": content}
    return json.dumps(
        envelope, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=_plain
    ).encode()


def digest(content: Any, *, salt: bytes = b"") -> str:
    """The SHA-256 of the canonical JSON, written ``sha256:…``."""
    return "sha256:" + hashlib.sha256(salt + canonical(content)).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise TypeError("a time needs a zone")
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    raise TypeError(f"no canonical form for {type(value).__name__}")
