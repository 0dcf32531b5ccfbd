"""Stores for tests: a folder, and a real S3 server."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from settings import get_settings
from storage.stores import Store
from storage.stores import store as present_store
from tests.objects import S3

KINDS = ("folder", "bucket")


@dataclass(frozen=True)
class GivenStore:
    """The store that a test runs on. It is set already, for this process and for what it starts."""

    kind: str
    environment: dict[str, str]

    @property
    def store(self) -> Store:
        return present_store()

    def names(self) -> list[str]:
        """All objects that are there."""
        return sorted(found.name for found in self.store.listing())

    def leftovers(self) -> list[str]:
        """What there is of uploads that have not become objects."""
        return sorted(str(leftover.upload_id) for leftover in self.store.leftovers())


@pytest.fixture
def folder() -> GivenStore:
    """The store in the installation's folder."""
    return GivenStore("folder", {})


@pytest.fixture
def bucket(s3: S3, monkeypatch: pytest.MonkeyPatch) -> GivenStore:
    """A store in an empty bucket."""
    return in_bucket(s3, monkeypatch)


def in_bucket(s3: S3, monkeypatch: pytest.MonkeyPatch) -> GivenStore:
    """Let this process keep files there."""
    environment = settings_of(s3)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    get_settings.cache_clear()
    return GivenStore("bucket", environment)


def settings_of(s3: S3) -> dict[str, str]:
    return {
        "S3_ENDPOINT": s3.endpoint,
        "S3_BUCKET": s3.bucket,
        "S3_KEY": s3.key,
        "S3_SECRET": s3.secret,
        "S3_REGION": s3.region,
    }


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest) -> GivenStore:
    """An empty store; the test runs once on each kind."""
    given: GivenStore = request.getfixturevalue(request.param)
    return given
