"""Objects in a folder and in a real S3 server: the same behaviour from both."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from settings import Settings, get_settings
from storage.database import transact
from storage.errors import Away
from storage.files import StoredFile
from storage.objects import (
    Damaged,
    blocks,
    copy_object,
    delete_objects,
    keep,
    object_name,
    open_object,
    put_small,
    stored_file,
)
from storage.stores import BLOCK
from storage.stores.folder import FolderStore
from tests.databases import Given
from tests.objects import S3
from tests.stores import GivenStore

PRIZE = UUID("6a3e6f1c-0000-4000-8000-000000000001")


def kept(content: bytes, folder: Path, prize: UUID = PRIZE) -> str:
    """The name of an object of this content, kept from a file in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    source = folder / f"{uuid4()}.tmp"
    source.write_bytes(content)
    sha256 = hashlib.sha256(content).hexdigest()
    keep(source, prize, sha256)
    assert not source.exists()
    return object_name(prize, sha256)


def test_an_object_is_read_as_it_was_kept_under_its_content_s_name(
    sqlite: Given, store: GivenStore, installation: Path
) -> None:
    content = os.urandom(3 * BLOCK + 17)
    name = kept(content, installation)

    assert b"".join(blocks(name)) == content
    assert store.names() == [name]
    copy_object(name, installation / "copy")
    assert (installation / "copy").read_bytes() == content


def test_keeping_the_same_content_again_keeps_one_object(sqlite: Given, store: GivenStore, installation: Path) -> None:
    first, second = kept(b"figures", installation), kept(b"figures", installation)

    assert first == second
    assert store.names() == [first]


def test_a_piece_of_an_object_is_read_without_the_rest(sqlite: Given, store: GivenStore, installation: Path) -> None:
    name = kept(b"0123456789", installation)

    for start, end in ((0, 3), (3, 7), (9, 10), (4, None)):
        with open_object(name, start, end) as found:
            assert b"".join(found) == b"0123456789"[start:end]


def test_an_object_that_has_changed_in_the_store_is_not_given_to_its_end(
    sqlite: Given, store: GivenStore, installation: Path
) -> None:
    content = os.urandom(2 * BLOCK)
    name = kept(content, installation)
    forge(store, name, b"forged!" + content[7:])

    received: list[bytes] = []
    with pytest.raises(Damaged):
        received.extend(blocks(name))
    assert sum(map(len, received)) < len(content)
    with pytest.raises(Damaged):
        copy_object(name, installation / "copy")


def forge(store: GivenStore, name: str, content: bytes) -> None:
    """Change what an object holds, behind Laurel's back."""
    if isinstance(store.store, FolderStore):
        path = store.store.path(name)
        path.chmod(0o640)
        path.write_bytes(content)
    else:
        store.store.delete(name)
        store.store.put_small(name, content)


def test_what_is_not_there_is_said_to_be_missing(sqlite: Given, store: GivenStore) -> None:
    name = object_name(PRIZE, "0" * 64)

    assert store.store.look(name) is None
    with pytest.raises(FileNotFoundError):
        list(blocks(name))
    delete_objects([name])


def test_a_few_bytes_are_put_once_under_a_name_of_their_own(sqlite: Given, store: GivenStore) -> None:
    put_small("anchors/1", b"first")
    put_small("anchors/1", b"second")

    with open_object("anchors/1") as found:
        assert b"".join(found) == b"first"


def test_objects_are_listed_by_prize_and_deleted_by_name(sqlite: Given, store: GivenStore, installation: Path) -> None:
    other = uuid4()
    first, second = kept(b"one", installation), kept(b"two", installation, other)

    assert [found.name for found in store.store.listing(f"{other}/")] == [second]
    delete_objects([second])
    assert store.names() == [first]


def test_two_who_keep_the_same_content_get_one_row(database: Given) -> None:
    def row(size: int) -> StoredFile:
        return transact(lambda db: stored_file(db, PRIZE, "0" * 64, size, "application/pdf"))

    assert row(7).id == row(7).id


def test_a_store_that_does_not_let_us_in_is_away_in_words(
    sqlite: Given, s3: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"BUCKET": s3.bucket, "ENDPOINT": s3.endpoint, "KEY": s3.key, "SECRET": "wrong"}.items():
        monkeypatch.setenv(f"S3_{name}", value)
    get_settings.cache_clear()

    with pytest.raises(Away, match="Try again in a few minutes"):
        put_small("anchors/1", b"bytes")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"S3_BUCKET": "files"}, "Set both"),
        ({"S3_BUCKET": "files", "S3_KEY": "laurel"}, "Set both"),
        ({"S3_ENDPOINT": "https://store.example.org"}, "no S3_BUCKET"),
        ({"S3_BUCKET": "files", "S3_KEY": "k", "S3_SECRET": "s", "S3_ENDPOINT": "store:9000"}, "begins with https"),
    ],
)
def test_half_a_store_is_refused_at_the_start_in_words(
    given: dict[str, str], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(ValueError, match=words):
        Settings()


def test_a_secret_is_not_shown_with_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"BUCKET": "files", "KEY": "the key", "SECRET": "the secret"}.items():
        monkeypatch.setenv(f"S3_{name}", value)

    assert "the secret" not in repr(Settings())
    assert "the key" not in repr(Settings())
