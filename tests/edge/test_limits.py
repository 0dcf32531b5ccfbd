"""The limits on signing in, as somebody meets them who asks the real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from accounts.attempts import LIMITS
from accounts.models import AttemptKind
from tests.accounts.signed_in import PASSWORD, with_password
from tests.databases import Given
from tests.server import Answer, RunningLaurel, running_laurel
from tests.world import World

ADA = "ada@example.org"


@pytest.fixture
def laurel(sqlite: Given, tmp_path: Path) -> Iterator[RunningLaurel]:
    with running_laurel({"LAUREL_EMBEDDED_WORKER": "false"}, tmp_path) as running:
        yield running


def post(laurel: RunningLaurel, path: str, *, forwarded: str = "", **fields: str) -> Answer:
    headers = {
        "Origin": laurel.url,
        "Sec-Fetch-Site": "same-origin",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    if forwarded:
        headers["X-Forwarded-For"] = forwarded
    return laurel.ask("POST", path, headers=headers, body=urlencode(fields))


def test_a_password_that_was_tried_too_often_is_not_looked_at(laurel: RunningLaurel) -> None:
    with_password(World(), "ada")
    for _ in range(LIMITS[AttemptKind.SIGN_IN].account):
        assert post(laurel, "/sign-in", email=ADA, password="a guess of Mallory").status == 403

    answer = post(laurel, "/sign-in", email=ADA, password=PASSWORD)

    assert answer.status == 429
    assert "There were too many attempts to sign in. Try again in 15 minutes." in answer.body
    assert "set-cookie" not in answer.headers


def test_the_right_password_comes_in_within_the_limit(laurel: RunningLaurel) -> None:
    with_password(World(), "ada")
    for _ in range(LIMITS[AttemptKind.SIGN_IN].account - 1):
        post(laurel, "/sign-in", email=ADA, password="a guess of Mallory")

    assert post(laurel, "/sign-in", email=" Ada@example.org", password=PASSWORD).status == 303
    assert post(laurel, "/sign-in", email=ADA, password="a guess of Mallory").status == 403


def test_whoever_invents_where_they_come_from_is_counted_as_one(laurel: RunningLaurel) -> None:
    most = LIMITS[AttemptKind.LINK].network
    answers = [
        post(laurel, "/sign-in/link", forwarded=f"198.51.100.{number}", link_email=f"{number}@example.org").status
        for number in range(most + 1)
    ]

    assert answers == [200] * most + [429]


def test_a_link_that_is_asked_for_too_often_is_answered_the_same_for_nobody(laurel: RunningLaurel) -> None:
    World().person("ada")
    said = []
    for email in (ADA, "nobody@example.org"):
        answers = [post(laurel, "/sign-in/link", link_email=email) for _ in range(6)]
        assert [answer.status for answer in answers] == [200] * 5 + [429]
        said.append(answers[-1].body.split("<main")[1].split("</form>")[0].replace(email, ""))

    assert "If one has come to you by mail, use the newest" in said[0]
    assert said[0].count('role="alert"') == 1
