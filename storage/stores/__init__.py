"""Where bytes rest: a folder on a local disk, or a bucket of an S3-compatible store; which, the settings say."""

from __future__ import annotations

from functools import lru_cache

from settings import Settings, get_settings
from storage.stores.folder import FolderStore
from storage.stores.store import BLOCK, STEP, Durable, Found, Leftover, Part, Store

__all__ = ["BLOCK", "STEP", "Durable", "Found", "Leftover", "Part", "Store", "store"]


def store() -> Store:
    """The store of this process, made on first use."""
    return _store_of(get_settings())


@lru_cache(maxsize=1)
def _store_of(settings: Settings) -> Store:
    if not settings.s3_bucket:
        return FolderStore(settings.folder)
    from storage.stores.s3 import S3Store  # an installation with a folder does not wait for boto3

    return S3Store(settings)
