"""Whoever has not signed in, and spells addresses or sends headers in ways of their own; the rest of the walk is in
tests/strangers."""

from __future__ import annotations

import asyncio
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus

from accounts import sessions, tokens
from settings import get_settings
from tests.edge.test_blocked import CLOSED
from tests.server import ROOT, RunningLaurel, running_laurel
from tests.websocket import StreamlitClient

FORGED = {"X-Laurel-Session": secrets.token_hex(16), "X-Laurel-Account": secrets.token_hex(16)}


def variables(folder: Path) -> dict[str, str]:
    return {
        "DATABASE_URL": "",
        "LAUREL_FOLDER": str(folder),
        "LAUREL_SECRET_KEY": secrets.token_urlsafe(48),
        "LAUREL_EMBEDDED_WORKER": "false",
    }


def migrate(env: dict[str, str]) -> None:
    subprocess.run([sys.executable, "manage.py", "migrate"], cwd=ROOT, env={**os.environ, **env}, check=True)


@pytest.fixture(scope="module")
def laurel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLaurel]:
    folder = tmp_path_factory.mktemp("laurel")
    env = variables(folder)
    migrate(env)
    with running_laurel(env, folder) as running:
        yield running


@pytest.mark.parametrize("path", CLOSED)
def test_a_closed_address_is_not_found(laurel: RunningLaurel, path: str) -> None:
    own = {"Origin": laurel.url}
    for target in (path, f"{path}/", f"/{path}", path.upper(), f"{path};x", f"/x/..{path}", f"http://127.0.0.1{path}"):
        for method in ("GET", "PUT", "POST"):
            answer = laurel.ask(method, target, headers=own)
            assert (answer.status, "frame-ancestors" in answer.headers["content-security-policy"]) == (404, True)


def handshake(client: StreamlitClient) -> int:
    async def knock() -> int:
        try:
            async with client:
                return 101
        except InvalidStatus as refused:
            return refused.response.status_code

    return asyncio.run(knock())


def test_a_socket_without_a_session_is_refused(laurel: RunningLaurel) -> None:
    assert handshake(StreamlitClient(laurel.url)) == 403
    assert handshake(StreamlitClient(laurel.url, headers=FORGED)) == 403
    assert handshake(StreamlitClient(laurel.url, cookies={sessions.COOKIE: "forged"})) == 403


def test_a_socket_for_another_site_is_refused(laurel: RunningLaurel) -> None:
    assert handshake(StreamlitClient(laurel.url, origin="https://evil.test")) == 403


def test_another_site_cannot_send_a_form(laurel: RunningLaurel) -> None:
    answer = laurel.ask("POST", "/sign-in", headers={"Origin": "https://evil.test"}, body="mail=a")
    assert (answer.status, "nothing was changed" in answer.body) == (403, True)
    own = laurel.ask("POST", "/sign-in", headers={"Origin": laurel.url, "Sec-Fetch-Site": "same-site"}, body="mail=a")
    assert own.status == 403


def test_an_error_shows_no_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    env = variables(tmp_path)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    get_settings.cache_clear()
    today = datetime.now(UTC)
    token = tokens.make(sessions.PURPOSE, tokens.new_token_id(), today, today + timedelta(hours=1))
    get_settings.cache_clear()

    with running_laurel(env, tmp_path, until="/livez") as without_tables:
        answer = without_tables.ask("GET", "/scoring", headers={"Cookie": f"{sessions.COOKIE}={token}"})
        log = without_tables.log()

    assert answer.status == 500
    assert not any(word in answer.body for word in ("Traceback", "sqlite", "SELECT", ".py"))
    assert "unexpected error" in log
    assert token not in log
    assert "SELECT" not in log
