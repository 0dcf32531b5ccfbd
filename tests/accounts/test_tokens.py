"""A token is good for one purpose, until its time, and only if Laurel made it."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jose import jwt
from pydantic import SecretStr, ValidationError

from accounts import tokens
from settings import KEY_BYTES, Settings
from tests.conftest import SECRET_KEY

ISSUED = datetime.now(UTC)
EXPIRES = ISSUED + timedelta(hours=1)


def claims(**changed: Any) -> dict[str, Any]:
    good = {"iss": "laurel", "aud": "session", "jti": "an id", "iat": ISSUED, "exp": EXPIRES}
    return {name: value for name, value in (good | changed).items() if value is not None}


def read(purpose: str, token: str, at: datetime = ISSUED) -> str | None:
    return tokens.read(purpose, token, at)


def signed(algorithm: str = "HS256", key: str = SECRET_KEY, **changed: Any) -> str:
    return str(jwt.encode(claims(**changed), key, algorithm=algorithm))


def unsigned() -> str:
    parts = ({"alg": "none", "typ": "JWT"}, claims(iat=int(ISSUED.timestamp()), exp=int(EXPIRES.timestamp())))
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + "."


def test_a_token_is_read_back() -> None:
    token = tokens.make("session", "an id", ISSUED, EXPIRES)

    assert read("session", token) == "an id"
    assert read("session", signed()) == "an id"


def test_a_token_says_nothing_about_anybody() -> None:
    token = tokens.make("session", "an id", ISSUED, EXPIRES)

    assert set(jwt.get_unverified_claims(token)) == {"iss", "aud", "jti", "iat", "exp"}
    assert len({tokens.new_token_id() for _ in range(100)}) == 100
    assert len(tokens.new_token_id()) >= 43


@pytest.mark.parametrize("purpose", ["sign-in", "invitation", "", "SESSION"])
def test_a_token_for_another_purpose_is_not_good(purpose: str) -> None:
    assert read(purpose, signed()) is None


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_a_token_signed_in_another_way_is_not_good(algorithm: str) -> None:
    assert read("session", signed(algorithm)) is None


def test_a_token_signed_with_a_key_pair_is_not_good() -> None:
    """Neither by a stranger's own key, nor with the secret taken for a public key."""
    pair = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = pair.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()

    assert read("session", signed("RS256", private)) is None


def test_the_head_of_a_token_does_not_choose_how_it_is_read() -> None:
    head, body, signature = signed().split(".")
    for algorithm in ("none", "None", "RS256", "HS384", "", None):
        other = base64.urlsafe_b64encode(json.dumps({"alg": algorithm, "typ": "JWT"}).encode()).decode().rstrip("=")
        assert read("session", f"{other}.{body}.{signature}") is None
        assert read("session", f"{other}.{body}.") is None
    assert head


@pytest.mark.parametrize("key", ["", "short", "x" * (KEY_BYTES - 1)])
def test_laurel_does_not_start_with_a_key_that_can_be_guessed(key: str) -> None:
    with pytest.raises(ValidationError, match="LAUREL_SECRET_KEY needs 32 bytes or more"):
        Settings(secret_key=SecretStr(key))


def test_a_token_without_a_signature_is_not_good() -> None:
    assert read("session", unsigned()) is None
    assert read("session", signed().rpartition(".")[0] + ".") is None


def test_a_token_signed_with_another_key_is_not_good() -> None:
    assert read("session", signed(key="another key that is as long as it has to be")) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "another"},
        {"iss": None},
        {"aud": None},
        {"aud": ""},
        {"jti": None},
        {"jti": ""},
        {"jti": 7},
        {"iat": None},
        {"exp": None},
        {"exp": ISSUED - timedelta(seconds=5)},
        {"exp": "tomorrow"},
        {"iat": "yesterday"},
        {"aud": ["session", "invitation"], "iss": "another"},
        {"aud": "invitation"},
        {"iss": ""},
        {"jti": ["an id"]},
    ],
)
def test_a_token_that_lacks_something_or_is_past_its_time_is_not_good(changed: dict[str, Any]) -> None:
    assert read("session", signed(**changed)) is None


def test_a_token_is_good_until_its_time_by_the_clock_that_it_is_read_with() -> None:
    token = tokens.make("session", "an id", ISSUED, EXPIRES)

    assert read("session", token, EXPIRES - timedelta(seconds=1)) == "an id"
    assert read("session", token, EXPIRES) is None
    assert read("session", token, EXPIRES + timedelta(days=4000)) is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text() | st.lists(st.text("ABCabc019-_="), min_size=3, max_size=3).map(".".join))
def test_no_text_that_is_not_a_token_does_any_harm(text: str) -> None:
    assert read("session", text) is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10_000), st.characters(codec="ascii"))
def test_a_token_of_which_one_character_was_changed_is_not_good(place: int, character: str) -> None:
    token = signed()
    place %= len(token) - 1  # the last character holds bits that do not count
    changed = token[:place] + character + token[place + 1 :]

    if place > token.rindex("."):  # the signature is bytes, which Base64 can spell in two ways
        changed = changed.replace("+", "-").replace("/", "_")
    assert read("session", changed) == ("an id" if changed == token else None)


def test_a_token_that_is_far_too_long_is_not_read() -> None:
    assert read("session", signed(padding="a" * 10_000)) is None
