"""A judge and an entrant who know nothing of each other, in one installation that the real application serves.

The judge scores in a prize whose judging is on; the entrant writes in another programme's, which is open. Each has
words in the database that nobody else may receive.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session, SQLModel, col, select

from accounts.actors import Actor
from accounts.models import Person, SignInSession
from accounts.sessions import COOKIE, identify, open_session
from judging.models import CommentReader
from judging.scorecards import save_comment
from settings import get_settings
from storage import clock
from storage import database as storage_database
from storage.database import reading, transact
from tests.conftest import SECRET_KEY
from tests.server import ROOT, RunningLaurel, _stop, _wait_until_ready, free_port
from tests.stories import OPENS, TAB, Chapter, Story, assignments_of, told, write
from tests.websocket import StreamlitClient

HERE = Path(__file__).parent
NEXT_DOOR = "-next-door"
# In ASCII, since what goes to a component is JSON, which writes other letters as numbers.
OF_THE_JUDGE = "Planted-by-the-judge-Zwetschge"
OF_THE_ENTRANT = "Planted-by-the-entrant-Quitte"

STANDARD = sysconfig.get_path("stdlib")
NOT_OURS = re.compile(r'Traceback|^\s+File "|(?:Error|Exception)\b')
"""What a traceback looks like that did not go through our log. Streamlit also prints where it can be found."""

READ_BY_STREAMLIT = re.compile(r"/streamlit/(?:runtime/state|elements/(?:widgets|lib)|components/v2)/")
"""Where Streamlit itself cannot read what a browser sends as the state of a widget, before anything of ours runs with
it. The person is told in words that something went wrong."""


@dataclass(frozen=True)
class House:
    """Where it is, and who is in it."""

    folder: Path
    judging: Story
    entering: Story
    assignment_id: UUID

    @property
    def judge(self) -> Actor:
        return self.judging.judge

    @property
    def entrant(self) -> Actor:
        return self.entering.entrant

    @property
    def environment(self) -> dict[str, str]:
        return environment(self.folder)

    def marks_of(self, who: str) -> tuple[bytes, ...]:
        """What is the judge's, or the entrant's, and nobody else's."""
        words = {
            "judge": (OF_THE_JUDGE, "jules@example.org", "Jules Verne-Planted"),
            "entrant": (OF_THE_ENTRANT, "erin-next-door@", "Erin Quince-Planted"),
        }
        return tuple(word.encode() for word in words[who])


def environment(folder: Path) -> dict[str, str]:
    """The variables of an installation in a folder, whatever else is set."""
    return {
        "DATABASE_URL": "",
        "S3_BUCKET": "",
        "LAUREL_FOLDER": str(folder),
        "LAUREL_SECRET_KEY": SECRET_KEY,
        "LAUREL_TEST_MODE": "true",
        "LAUREL_EMBEDDED_WORKER": "false",
    }


@contextmanager
def at_home(folder: Path) -> Iterator[None]:
    """This process belongs to the installation in a folder."""
    with pytest.MonkeyPatch.context() as here:
        for name, value in environment(folder).items():
            here.setenv(name, value)
        get_settings.cache_clear()
        storage_database.start(f"sqlite:///{folder / 'laurel.sqlite3'}")
        try:
            yield
        finally:
            storage_database.stop()
            get_settings.cache_clear()


def furnish(template: Path, folder: Path) -> House:
    """Play both prizes, and plant what is to stay with its owner."""
    shutil.copyfile(template, folder / "laurel.sqlite3")
    with at_home(folder):
        judging, entering = told(Chapter.ASSIGNED), told(Chapter.STARTED, NEXT_DOOR)

        def plant(db: Session) -> UUID:
            clock.move_to(db, OPENS + timedelta(days=2))
            assignment_id = assignments_of(db, judging, judging.judge)[0].id
            save_comment(db, judging.judge, assignment_id, CommentReader.PANEL, OF_THE_JUDGE, 0, TAB, 1)
            answers = {entering.questions["method"]: OF_THE_ENTRANT, entering.questions["team"]: OF_THE_ENTRANT}
            write(db, entering.entrant, entering.entry_id, answers)
            for actor, name in ((judging.judge, "Jules Verne-Planted"), (entering.entrant, "Erin Quince-Planted")):
                person = db.get_one(Person, actor.person_id)
                person.name = name
                db.add(person)
            return assignment_id

        return House(folder, judging, entering, transact(plant))


def signed_in(actor: Actor) -> tuple[dict[str, str], UUID]:
    """The cookies of a new browser of somebody, and its session."""
    person_id = actor.person_id
    assert person_id is not None
    token = transact(lambda db: open_session(db, person_id))
    identity = identify(token)
    assert identity is not None
    return {COOKIE: token}, identity.session_id


def revoke(session_id: UUID) -> None:
    """End a session, as another browser of the same person does."""

    def end(db: Session) -> None:
        row = db.get_one(SignInSession, session_id)
        row.revoked_at = clock.now(db)
        db.add(row)

    transact(end)


def content(*without: str) -> dict[str, list[str]]:
    """Every row of every table but those named."""
    with reading() as db:
        return {
            table.name: sorted(str(tuple(row)) for row in db.connection().execute(table.select()))
            for table in SQLModel.metadata.sorted_tables
            if table.name not in without
        }


def changed(before: Mapping[str, list[str]], after: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """The rows that came or went, by table."""
    found = {name: sorted({*before[name]} ^ {*after[name]}) for name in before}
    return {name: rows for name, rows in found.items() if rows}


def sessions_of(actor: Actor) -> list[UUID]:
    with reading() as db:
        rows = db.exec(select(SignInSession).where(col(SignInSession.person_id) == actor.person_id)).all()
        return [row.id for row in rows if row.revoked_at is None]


@dataclass(frozen=True)
class Watched:
    """A server that tells what it holds."""

    laurel: RunningLaurel
    socket_path: Path

    def count(self) -> dict[str, int]:
        """What the process holds just now, once it has collected its garbage."""
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(30)
            line.connect(str(self.socket_path))
            found: dict[str, int] = json.loads(line.makefile().read())
            return found

    def memory(self) -> int:
        """What of the process lies in memory, in bytes."""
        status = Path(f"/proc/{self.laurel.pid}/status").read_text()
        [line] = [line for line in status.splitlines() if line.startswith("VmRSS:")]
        return int(line.split()[1]) * 1024

    def unexpected(self) -> list[dict[str, Any]]:
        """The lines of the log that nobody meant to write: errors, and what is no line of ours at all."""
        found = []
        for line in self.laurel.log().splitlines():
            try:
                said = json.loads(line)
            except ValueError:
                if NOT_OURS.search(line):
                    found.append({"event": line})
                continue
            if said.get("level") in ("error", "critical") and not _is_handled(said):
                found.append(said)
        return found


def _is_handled(said: Mapping[str, Any]) -> bool:
    """A refusal of a command, or what Streamlit could not read, itself or by what Python brings."""
    if said.get("error", [""])[0].startswith("storage.errors."):
        return True
    steps = [step for step in said.get("where", ()) if not step.startswith(STANDARD) or "site-packages" in step]
    return bool(steps) and bool(READ_BY_STREAMLIT.search(steps[-1]))


@contextmanager
def watched(folder: Path, **variables: str) -> Iterator[Watched]:
    """Serve an installation on this computer alone, by a process that can be asked what it holds."""
    port = free_port()
    log_path, socket_path = folder / f"laurel-{port}.log", folder / f"{port}.socket"
    command = [sys.executable, str(HERE / "watched.py"), str(socket_path), "run", "app.py"]
    command += ["--server.address", "127.0.0.1", "--server.port", str(port)]
    env = {**os.environ, **environment(folder), "PYTHONPATH": str(ROOT), **variables}
    with log_path.open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    laurel = RunningLaurel(f"http://127.0.0.1:{port}", port, process.pid, log_path)
    try:
        _wait_until_ready(laurel, process, "/readyz")
        yield Watched(laurel, socket_path)
    finally:
        _stop(process)


def tab(house: House, laurel: RunningLaurel, who: str, cookies: Mapping[str, str]) -> StreamlitClient:
    """The room in which the judge scores, or in which the entrant writes."""
    if who == "judge":
        return StreamlitClient(laurel.url, cookies, page="scoring", query=f"entry={house.assignment_id}")
    return StreamlitClient(laurel.url, cookies, page="entry", query=f"entry={house.entering.entry_id}")


def wait_until(true: Callable[[], bool], what: str, seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, what
        time.sleep(0.1)
