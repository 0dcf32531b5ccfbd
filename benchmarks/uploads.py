"""Uploads and what they cost: many at once on either store, beside the disk and boto3 alone; and one that is killed.

``python -m benchmarks.uploads`` starts everything that it measures on this computer and removes it at the end.
"""

from __future__ import annotations

import argparse
import http.client
import os
import resource
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from statistics import quantiles
from uuid import uuid4

import pytest

from accounts.sessions import COOKIE, open_session
from prize.entries.files import subject_of
from settings import get_settings
from storage import database
from storage.clock import move_to
from storage.database import transact
from storage.migrating import migrate
from storage.stores import STEP
from storage.uploads import begin
from tests.objects import running_swift, with_bucket
from tests.server import RunningLaurel, running_laurel
from tests.stores import settings_of
from tests.stories import CLOSES, Chapter, Story, told

MEGABYTE = 1024 * 1024
PIECE = 256 * 1024


@dataclass(frozen=True)
class Room:
    """An installation with an open prize."""

    story: Story
    environment: dict[str, str]
    folder: Path


@dataclass
class Watch:
    """What the application's memory and its health check do meanwhile."""

    laurel: RunningLaurel
    before: int = 0
    most: int = 0
    waits: list[float] = field(default_factory=list)
    _stopping: threading.Event = field(default_factory=threading.Event)

    def memory(self) -> int:
        pages = int(Path(f"/proc/{self.laurel.pid}/statm").read_text().split()[1])
        return pages * resource.getpagesize()

    @contextmanager
    def running(self) -> Iterator[None]:
        self.before = self.most = self.memory()
        thread = threading.Thread(target=self._look)
        thread.start()
        try:
            yield
        finally:
            self._stopping.set()
            thread.join()

    def _look(self) -> None:
        while not self._stopping.wait(0.05):
            began = time.perf_counter()
            self.laurel.ask("GET", "/livez")
            self.waits.append(time.perf_counter() - began)
            self.most = max(self.most, self.memory())


@contextmanager
def room(environment: dict[str, str]) -> Iterator[Room]:
    with tempfile.TemporaryDirectory(prefix="laurel-uploads-") as name, pytest.MonkeyPatch.context() as patch:
        folder = Path(name)
        given = {
            "LAUREL_SECRET_KEY": "known to this measurement alone, so good for nothing else",
            "LAUREL_TEST_MODE": "true",
            "LAUREL_FOLDER": name,
            "LAUREL_EMBEDDED_WORKER": "false",
            "LAUREL_PRIZE_BYTES": str(1024**4),
            **environment,
        }
        for variable, value in given.items():
            patch.setenv(variable, value)
        get_settings.cache_clear()
        database.start()
        migrate()
        story = told(Chapter.STARTED)
        transact(lambda db: move_to(db, CLOSES - timedelta(hours=1)))
        with database.engine().execution_options(writing=True).begin() as connection:
            connection.exec_driver_sql("UPDATE question SET size_limit = 5000000000 WHERE size_limit IS NOT NULL")
            connection.exec_driver_sql("UPDATE prize SET team_bytes = 1099511627776")
        try:
            yield Room(story, given, folder)
        finally:
            database.stop()
            get_settings.cache_clear()


def headers(laurel: RunningLaurel, token: str) -> dict[str, str]:
    return {"Cookie": f"{COOKIE}={token}", "Origin": laurel.url, "Tus-Resumable": "1.0.0"}


def begun(place: Room, length: int) -> str:
    """An upload for a question of its own, since one question takes five files."""
    person_id = place.story.entrant.person_id
    assert person_id is not None
    subject = subject_of(place.story.entry_id, uuid4())
    shown = transact(lambda db: begin(db, person_id, place.story.prize_id, subject, "figures.pdf", length))
    return f"/uploads/{shown.id}"


def token_of(place: Room) -> str:
    person_id = place.story.entrant.person_id
    assert person_id is not None
    return transact(lambda db: open_session(db, person_id))


def content_of(number: int, size: int, start: int = 0) -> Iterator[bytes]:
    """A document that no other is like, from byte ``start`` (a multiple of a piece)."""
    noise = os.urandom(64) * (PIECE // 64)
    for at in range(start, size, PIECE):
        head = b"%PDF-1.7 " if at == 0 else b""
        piece = head + f"{number} {at} ".encode() + noise
        yield piece[: min(PIECE, size - at)]


def send(
    laurel: RunningLaurel,
    address: str,
    asked: dict[str, str],
    number: int,
    size: int,
    offset: int = 0,
    kill_at: int = 0,
) -> int:
    """Send from ``offset``; returns how many bytes were given to the network. Kills the server at ``kill_at``."""
    connection = http.client.HTTPConnection("127.0.0.1", laurel.port, timeout=600)
    sent = 0
    try:
        connection.putrequest("PATCH", address)
        more = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(offset)}
        for name, value in {**asked, **more, "Content-Length": str(size - offset)}.items():
            connection.putheader(name, value)
        connection.endheaders()
        for piece in content_of(number, size, offset):
            connection.send(piece)
            sent += len(piece)
            if kill_at and offset + sent >= kill_at:
                os.kill(laurel.pid, signal.SIGKILL)
                return sent
        answer = connection.getresponse()
        if answer.status != 204:
            raise RuntimeError(f"the upload was answered with {answer.status}: {answer.read(500)!r}")
    finally:
        connection.close()
    return sent


def to_disk(folder: Path, count: int, size: int) -> float:
    """Seconds to write as many files side by side, each made durable at its end."""

    def write(number: int) -> None:
        with (folder / f"raw-{number}").open("wb") as file:
            for piece in content_of(number, size):
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())

    began = time.perf_counter()
    with ThreadPoolExecutor(count) as pool:
        list(pool.map(write, range(count)))
    took = time.perf_counter() - began
    for number in range(count):
        (folder / f"raw-{number}").unlink()
    return took


def by_boto3(environment: dict[str, str], folder: Path, count: int, size: int) -> float:
    """Seconds that boto3 takes for the same files from the disk to the store, side by side."""
    import boto3
    from boto3.s3.transfer import TransferConfig
    from botocore.config import Config

    client = boto3.client(
        "s3",
        endpoint_url=environment["S3_ENDPOINT"],
        region_name=environment["S3_REGION"],
        aws_access_key_id=environment["S3_KEY"],
        aws_secret_access_key=environment["S3_SECRET"],
        config=Config(
            s3={"addressing_style": "path"}, request_checksum_calculation="when_required", max_pool_connections=64
        ),
    )
    for number in range(count):
        with (folder / f"raw-{number}").open("wb") as file:
            file.writelines(content_of(number, size))

    def upload(number: int) -> None:
        config = TransferConfig(multipart_chunksize=STEP, use_threads=False)
        with (folder / f"raw-{number}").open("rb") as file:
            client.upload_fileobj(file, environment["S3_BUCKET"], f"raw/{number}", Config=config)

    began = time.perf_counter()
    with ThreadPoolExecutor(count) as pool:
        list(pool.map(upload, range(count)))
    took = time.perf_counter() - began
    for number in range(count):
        (folder / f"raw-{number}").unlink()
        client.delete_object(Bucket=environment["S3_BUCKET"], Key=f"raw/{number}")
    return took


def many_at_once(place: Room, count: int, size: int, environment: dict[str, str]) -> list[str]:
    with running_laurel(place.environment, place.folder) as laurel:
        asked = headers(laurel, token_of(place))
        send(laurel, begun(place, MEGABYTE), asked, 999, MEGABYTE)  # the first one loads what all need
        addresses = [begun(place, size) for _ in range(count)]
        watch = Watch(laurel)
        began = time.perf_counter()
        with watch.running(), ThreadPoolExecutor(count) as pool:
            list(pool.map(lambda pair: send(laurel, pair[1], asked, pair[0], size), enumerate(addresses)))
        took = time.perf_counter() - began
        time.sleep(1)
        grown, worst = watch.most - watch.before, max(watch.waits)
        slow = quantiles(watch.waits, n=20)[-1]
    alone = by_boto3(environment, place.folder, count, size) if environment else to_disk(place.folder, count, size)
    total = count * size / MEGABYTE
    return [
        f"{total / took:.0f} MB/s",
        f"{total / alone:.0f} MB/s",
        f"{alone / took:.0%}",
        f"{grown / MEGABYTE:+.0f} MiB",
        f"{slow * 1000:.0f} ms",
        f"{worst * 1000:.0f} ms",
    ]


def killed_and_resumed(place: Room, size: int, kills: int) -> list[str]:
    """A large file, and a server that is killed again and again."""
    address, given, token = begun(place, size), 0, token_of(place)
    offsets: list[int] = []
    began = time.perf_counter()
    for number in range(kills + 1):
        with running_laurel(place.environment, place.folder) as laurel:
            asked = headers(laurel, token)
            offset = int(laurel.ask("HEAD", address, headers=asked).headers["upload-offset"])
            offsets.append(offset)
            kill_at = 0 if number == kills else size * (number + 1) // (kills + 1) // PIECE * PIECE
            try:
                given += send(laurel, address, asked, 1, size, offset, kill_at)
            except OSError:
                if not kill_at:
                    raise
    again = given - size
    return [
        f"{size // MEGABYTE} MB",
        str(kills),
        f"{again / MEGABYTE:.1f} MB",
        f"{again / MEGABYTE / max(1, kills):.1f} MB",
        f"{time.perf_counter() - began:.0f} s",
    ]


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--uploads", type=int, default=20, help="how many at once")
    parser.add_argument("--megabytes", type=int, default=200, help="of each")
    parser.add_argument("--large", type=int, default=2000, help="megabytes of the file that is killed")
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--stores", nargs="+", choices=("folder", "bucket"), default=["folder", "bucket"])
    chosen = parser.parse_args()
    many: list[list[str]] = []
    killed: list[list[str]] = []
    with ExitStack() as stack:
        for store in chosen.stores:
            environment: dict[str, str] = {}
            if store == "bucket":
                environment = settings_of(with_bucket(stack.enter_context(running_swift()).s3))
            with room(environment) as place:
                many.append([store, *many_at_once(place, chosen.uploads, chosen.megabytes * MEGABYTE, environment)])
                killed.append([store, *killed_and_resumed(place, chosen.large * MEGABYTE, chosen.kills)])
    print(f"\n{chosen.uploads} uploads of {chosen.megabytes} MB at once\n")
    print(
        table(
            ["store", "Laurel", "the disk or boto3 alone", "ratio", "memory", "health, 95 %", "health, longest"], many
        )
    )
    print("\nOne file, and a server that is killed while it comes\n")
    print(table(["store", "file", "kills", "sent again", "a kill", "in all"], killed))


if __name__ == "__main__":
    main()
