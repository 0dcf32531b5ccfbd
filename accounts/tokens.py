"""Signed tokens for cookies and links. A token carries a random id and its purpose, and nothing about anybody."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from jose import JWTError, jwt

from settings import get_settings

ALGORITHM = "HS256"
ISSUER = "laurel"
_REQUIRED = {
    "require_aud": True,
    "require_iss": True,
    "require_iat": True,
    "require_jti": True,
    "verify_exp": False,
}
"""Every claim is required. Expiry is compared below, with the database's clock that all replicas share."""


def new_token_id() -> str:
    """256 random bits, as text."""
    return secrets.token_urlsafe(32)


def make(purpose: str, token_id: str, issued_at: datetime, expires_at: datetime) -> str:
    """A token for one purpose (its audience), good until ``expires_at``."""
    claims = {"iss": ISSUER, "aud": purpose, "jti": token_id, "iat": issued_at, "exp": expires_at}
    return str(jwt.encode(claims, get_settings().secret_key.get_secret_value(), algorithm=ALGORITHM))


def read(purpose: str, token: str, at: datetime) -> str | None:
    """The random id in ``token``; None when it is not ours, for another purpose, changed, or too old at ``at``."""
    if not token or len(token) > 2000 or not token.isascii():
        return None
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            get_settings().secret_key.get_secret_value(),
            algorithms=[ALGORITHM],
            audience=purpose,
            issuer=ISSUER,
            options=_REQUIRED,
        )
    except JWTError:
        return None
    token_id, expires = claims["jti"], claims.get("exp")
    if not isinstance(token_id, str) or not token_id or not isinstance(expires, int) or expires <= at.timestamp():
        return None
    return token_id
