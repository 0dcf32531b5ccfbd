"""A real S3 server on loopback: OpenStack Swift, which checks signatures, lengths, expiry and checksums."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import boto3
import pytest
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

LAYERS = ("account", "container", "object")
READY_SECONDS = 60
PROXY = (
    "catch_errors gatekeeper cache listing_formats s3api tempauth copy slo dlo versioned_writes symlink proxy-server"
)
RINGS = """
import sys
from swift.common.ring import RingBuilder
for word in sys.argv[1:]:
    layer, port = word.split(":")
    ring = RingBuilder(4, 1, 1)
    place = {"id": 0, "region": 1, "zone": 1, "ip": "127.0.0.1", "port": int(port), "device": "d1", "weight": 1.0}
    ring.add_dev(place | {"replication_ip": "127.0.0.1", "replication_port": int(port), "meta": ""})
    ring.rebalance()
    ring.get_ring().save(f"{layer}.ring.gz")
"""
"""Run by itself, since Swift's libraries change the sockets of the process that imports them."""


@dataclass(frozen=True)
class S3:
    """Where the store is, and how it is entered."""

    endpoint: str
    key: str
    secret: str
    region: str
    bucket: str = ""

    def client(self, *, secret: str = "") -> S3Client:
        """A client with the right secret, or with another."""
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name=self.region,
            aws_access_key_id=self.key,
            aws_secret_access_key=secret or self.secret,
            config=Config(
                s3={"addressing_style": "path"},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                retries={"max_attempts": 1},
            ),
        )


def _free_ports(count: int) -> list[int]:
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def _configure(folder: Path, ports: dict[str, int]) -> dict[str, Path]:
    """Write what Swift's servers read; returns each server's file."""
    (folder / "devices" / "d1").mkdir(parents=True)
    (folder / "swift.conf").write_text(
        "[swift-hash]\nswift_hash_path_suffix = laurel\n[storage-policy:0]\nname = Policy-0\ndefault = yes\n"
    )
    files = {}
    common = (
        f"bind_ip = 127.0.0.1\nswift_dir = {folder}\nworkers = 0\nlog_level = WARNING\nlog_address = {folder}/none\n"
    )
    for layer in LAYERS:
        files[layer] = folder / f"{layer}-server.conf"
        files[layer].write_text(
            f"[DEFAULT]\n{common}bind_port = {ports[layer]}\ndevices = {folder}/devices\nmount_check = false\n"
            f"[pipeline:main]\npipeline = {layer}-server\n[app:{layer}-server]\nuse = egg:swift#{layer}\n"
        )
    files["proxy"] = folder / "proxy-server.conf"
    filters = "".join(
        f"[filter:{name}]\nuse = egg:swift#{'memcache' if name == 'cache' else name}\n{more}"
        for name, more in {
            "catch_errors": "",
            "gatekeeper": "",
            "cache": "memcache_servers = 127.0.0.1:1\n",
            "listing_formats": "",
            "s3api": "s3_acl = false\nlocation = us-east-1\ncors_preflight_allow_origin = *\n",
            "tempauth": "user_test_tester = testing .admin\n",
            "copy": "",
            "slo": "",
            "dlo": "",
            "versioned_writes": "allow_versioned_writes = true\n",
            "symlink": "",
        }.items()
    )
    files["proxy"].write_text(
        f"[DEFAULT]\n{common}bind_port = {ports['proxy']}\ncors_allow_origin = *\n"
        f"[pipeline:main]\npipeline = {PROXY}\n"
        f"[app:proxy-server]\nuse = egg:swift#proxy\naccount_autocreate = true\n{filters}"
    )
    return files


def _tool(name: str) -> str:
    found = Path(sys.executable).with_name(name)
    if not found.is_file():
        pytest.fail(f"There is no S3 server: {name} is missing. It comes with tests/requirements.txt (swift).")
    return str(found)


def _build_rings(folder: Path, ports: dict[str, int]) -> None:
    words = [f"{layer}:{ports[layer]}" for layer in LAYERS]
    made = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", RINGS, *words], cwd=folder, capture_output=True, text=True, check=False
    )
    if made.returncode:
        pytest.fail(f"The S3 server cannot be set up. It comes with tests/requirements.txt (swift).\n{made.stderr}")


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Swift:
    """The four servers of Swift, on ports and a folder of their own. Can be stopped, and started again as they were."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="laurel-swift-"))
        self._ports = dict(zip((*LAYERS, "proxy"), _free_ports(4), strict=True))
        self._files = _configure(self._folder, self._ports)
        self._running: list[subprocess.Popen[bytes]] = []
        _build_rings(self._folder, self._ports)

    @property
    def s3(self) -> S3:
        return S3(f"http://127.0.0.1:{self._ports['proxy']}", "test:tester", "testing", "us-east-1")

    def start(self) -> None:
        for name, file in self._files.items():
            with (self._folder / f"{name}.log").open("ab") as log:
                self._running.append(
                    subprocess.Popen(
                        [_tool(f"swift-{name}-server"), str(file)],
                        stdout=log,
                        stderr=log,
                        cwd=self._folder,
                        env={**os.environ, "PYTHONWARNINGS": "ignore"},
                    )
                )
        until = time.monotonic() + READY_SECONDS
        while not all(_answers(port) for port in self._ports.values()):
            if time.monotonic() > until or any(process.poll() is not None for process in self._running):
                logs = "\n".join((self._folder / f"{name}.log").read_text()[-1500:] for name in self._files)
                pytest.fail(f"The S3 server (Swift) does not start:\n{logs}")
            time.sleep(0.05)

    def stop(self) -> None:
        for process in self._running:
            process.terminate()
        for process in self._running:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._running.clear()

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)


@contextmanager
def running_swift() -> Iterator[Swift]:
    swift = Swift()
    try:
        swift.start()
        yield swift
    finally:
        swift.remove()


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3]:
    """An S3 server, started when the first test asks for one."""
    with running_swift() as swift:
        yield swift.s3


@pytest.fixture
def own_swift() -> Iterator[Swift]:
    """A server of the test's own, which it may stop and start."""
    with running_swift() as swift:
        yield swift


@pytest.fixture
def s3(s3_server: S3) -> S3:
    """The store with an empty bucket of the test's own."""
    return with_bucket(s3_server)


def with_bucket(server: S3) -> S3:
    bucket = f"laurel-{uuid4().hex}"
    server.client().create_bucket(Bucket=bucket)
    return replace(server, bucket=bucket)
