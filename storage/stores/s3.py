"""A store in a bucket of an S3-compatible service."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING
from uuid import UUID

import structlog
from boto3.session import Session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ResponseStreamingError
from urllib3.exceptions import HTTPError

from settings import Settings
from storage.errors import FILES_AWAY, Away, Closed
from storage.stores.store import BLOCK, STEP, Durable, Found, Leftover, Part

if TYPE_CHECKING:
    from botocore.response import StreamingBody
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

UPLOADS = "uploads/"
"""What an upload is called until its content's name is known."""

NOT_THERE = ("404", "NoSuchKey", "NoSuchUpload", "NoSuchBucket", "NotFound")
UNUSABLE = ("InvalidPart", "InvalidPartOrder", "EntityTooSmall", "NoSuchUpload")
GONE = "A part of this file is no longer here. Choose the file again."

log = structlog.get_logger("laurel.store")


class S3Store:
    """Objects by their names in one bucket. Each body that is sent is signed with its SHA-256, which the store checks.

    CopyObject takes at most 5 GB, which is more than any question accepts.
    """

    def __init__(self, settings: Settings) -> None:
        self._bucket = settings.s3_bucket
        self._spool = settings.folder / "uploads"
        self._client: S3Client = Session().client(
            "s3",
            endpoint_url=settings.s3_endpoint or None,
            region_name=settings.s3_region,
            aws_access_key_id=settings.s3_key.get_secret_value(),
            aws_secret_access_key=settings.s3_secret.get_secret_value(),
            config=Config(
                s3={
                    "addressing_style": "path" if settings.s3_path_style else "virtual",
                    "payload_signing_enabled": True,
                },
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                retries={"mode": "standard", "total_max_attempts": 3},
                connect_timeout=3,
                read_timeout=30,
                max_pool_connections=64,
            ),
        )

    def put(self, name: str, source: Path) -> None:
        with source.open("rb") as body, _reached(name):
            self._client.put_object(Bucket=self._bucket, Key=name, Body=body)

    def put_small(self, name: str, content: bytes) -> None:
        if self.look(name) is None:
            with _reached(name):
                self._client.put_object(Bucket=self._bucket, Key=name, Body=content)

    def look(self, name: str) -> Found | None:
        try:
            with _reached(name):
                head = self._client.head_object(Bucket=self._bucket, Key=name)
        except FileNotFoundError:
            return None
        return Found(name, head["ContentLength"], head["LastModified"])

    def refresh(self, name: str) -> bool:
        if self.look(name) is None:
            return False
        self._copy(name, name)
        return True

    def _copy(self, source: str, target: str) -> None:
        with _reached(source):
            self._client.copy_object(
                Bucket=self._bucket,
                Key=target,
                CopySource={"Bucket": self._bucket, "Key": source},
                MetadataDirective="REPLACE",  # without it a store refuses to copy an object onto itself
            )

    @contextmanager
    def read(self, name: str, start: int = 0, end: int | None = None) -> Iterator[Iterator[bytes]]:
        wanted = f"bytes={start}-{'' if end is None else end - 1}"
        with _reached(name):
            if start == 0 and end is None:
                body = self._client.get_object(Bucket=self._bucket, Key=name)["Body"]
            else:
                body = self._client.get_object(Bucket=self._bucket, Key=name, Range=wanted)["Body"]
        try:
            yield self._blocks(name, body)
        finally:
            body.close()

    def _blocks(self, name: str, body: StreamingBody) -> Iterator[bytes]:
        while True:
            with _reached(name):
                block = body.read(BLOCK)
            if not block:
                return
            yield block

    def delete(self, name: str) -> None:
        with _reached(name):
            self._client.delete_object(Bucket=self._bucket, Key=name)

    def listing(self, prefix: str = "") -> Iterator[Found]:
        with _reached(prefix):
            for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix):
                for row in page.get("Contents", ()):
                    if not row["Key"].startswith(UPLOADS):
                        yield Found(row["Key"], row["Size"], row["LastModified"])

    def part(self, durable: Durable) -> Part:
        return S3Part(self, durable)

    def start(self, upload_id: UUID) -> str:
        """A multipart upload for these bytes; its name is of no use to anybody before it is in a row."""
        with _reached(str(upload_id)):
            begun = self._client.create_multipart_upload(Bucket=self._bucket, Key=f"{UPLOADS}{upload_id}")
        return begun["UploadId"]

    def send(self, upload_id: UUID, multipart: str, number: int, body: IO[bytes]) -> str:
        try:
            with _reached(str(upload_id)):
                sent = self._client.upload_part(
                    Bucket=self._bucket,
                    Key=f"{UPLOADS}{upload_id}",
                    UploadId=multipart,
                    PartNumber=number,
                    Body=body,
                )
        except FileNotFoundError as error:
            raise Closed(GONE) from error
        return sent["ETag"]

    def assemble(self, durable: Durable, length: int) -> None:
        name = f"{UPLOADS}{durable.upload_id}"
        there = self.look(name)
        if there is not None and there.size == length:
            return
        numbered: list[CompletedPartTypeDef] = [
            {"PartNumber": number, "ETag": mark} for number, mark in enumerate(durable.marks, start=1)
        ]
        try:
            with _reached(name, UNUSABLE):
                self._client.complete_multipart_upload(
                    Bucket=self._bucket, Key=name, UploadId=durable.multipart, MultipartUpload={"Parts": numbered}
                )
        except FileNotFoundError as error:  # completed by a process that was killed, or not ours any more
            there = self.look(name)
            if there is None or there.size != length:
                raise Closed(GONE) from error

    def read_whole(self, upload_id: UUID, length: int) -> AbstractContextManager[Iterator[bytes]]:
        return self.read(f"{UPLOADS}{upload_id}", 0, length)

    def settle(self, upload_id: UUID, name: str) -> None:
        self._copy(f"{UPLOADS}{upload_id}", name)

    def forget(self, upload_id: UUID, multipart: str = "") -> None:
        if multipart:
            self.abort(upload_id, multipart)
        self.delete(f"{UPLOADS}{upload_id}")

    def abort(self, upload_id: UUID, multipart: str) -> None:
        name = f"{UPLOADS}{upload_id}"
        with suppress(FileNotFoundError), _reached(name):
            self._client.abort_multipart_upload(Bucket=self._bucket, Key=name, UploadId=multipart)

    def leftovers(self) -> Iterator[Leftover]:
        with _reached(UPLOADS):
            for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=UPLOADS):
                for row in page.get("Contents", ()):
                    if upload_id := _upload_id(row["Key"]):
                        yield Leftover(upload_id, row["LastModified"])
            unfinished = self._client.get_paginator("list_multipart_uploads")
            for listed in unfinished.paginate(Bucket=self._bucket, Prefix=UPLOADS):
                for begun in listed.get("Uploads", ()):
                    if upload_id := _upload_id(begun["Key"]):
                        yield Leftover(upload_id, begun["Initiated"], begun["UploadId"])


class S3Part:
    """A step of an upload in a nameless file on the local disk, until the store has it."""

    def __init__(self, store: S3Store, durable: Durable) -> None:
        self.multipart = durable.multipart
        self._store = store
        self._upload_id = durable.upload_id
        self._number = durable.offset // STEP + 1
        self._hash = hashlib.sha256() if durable.offset == 0 else None
        store._spool.mkdir(parents=True, exist_ok=True)
        self._file = tempfile.TemporaryFile(dir=store._spool)  # noqa: SIM115 - closed by ``close``

    def hold(self) -> bool:
        return True  # a part that another process replaces has another mark than the row says

    def release(self) -> None:
        pass

    def catch_up(self) -> Iterator[None]:
        return iter(())  # parts cannot be read back: the finished object is

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest() if self._hash else ""

    def write(self, block: bytes | memoryview) -> None:
        self._file.write(block)
        if self._hash:
            self._hash.update(block)

    def make_durable(self) -> str:
        if not self.multipart:
            self.multipart = self._store.start(self._upload_id)
        self._file.flush()
        self._file.seek(0)
        mark = self._store.send(self._upload_id, self.multipart, self._number, self._file)
        self._number += 1
        self._file.seek(0)
        self._file.truncate()
        return mark

    def close(self) -> None:
        self._file.close()


@contextmanager
def _reached(name: str, like_missing: tuple[str, ...] = ()) -> Iterator[None]:
    """Turn what boto3 raises into what is missing and what is away."""
    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in NOT_THERE or code in like_missing:
            raise FileNotFoundError(name) from error
        log.error("object store refuses", code=code, operation=error.operation_name)
        raise Away(FILES_AWAY) from error
    except (BotoCoreError, ResponseStreamingError, HTTPError, OSError) as error:
        if isinstance(error, FileNotFoundError):
            raise
        log.error("object store is away", error=type(error).__name__)
        raise Away(FILES_AWAY) from error


def _upload_id(key: str) -> UUID | None:
    try:
        return UUID(key.removeprefix(UPLOADS))
    except ValueError:
        return None
