"""Whoever has not signed in, at every address there is: ours, Streamlit's, each page's and each page file's."""

from __future__ import annotations

import asyncio
import json
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidMessage, InvalidStatus
from websockets.typing import Origin, Subprotocol

from accounts import sessions
from accounts.actors import STRANGER
from accounts.sessions import COOKIE
from accounts.signing_in import ask_for_link
from pages.edge.blocked import is_blocked
from tests.accounts.signed_in import link_to
from tests.server import ROOT, Answer, RunningLaurel
from tests.stories import SLUG
from tests.strangers.house import House, Watched, changed, content, environment, signed_in
from tests.world import do

OWNER = "owner@owner.example"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "LAUREL")
TURNED_AWAY = (401, 403, 404, 405)
FORGED = {
    "X-Laurel-Session": secrets.token_hex(16),
    "X_Laurel_Account": secrets.token_hex(16),
    "Cookie": f"{COOKIE}=forged",
}
INSIDE_OUT = ("Traceback", 'File "/', ".py", "sqlalchemy", "sqlite", "<title>Streamlit", "/static/js", "_stcore")
"""What nobody should read in an answer."""

NOBODY = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True)
class Addresses:
    """What there is to ask for. ``open`` and ``everything`` hold addresses in which each part is filled in."""

    open: tuple[str, ...]
    everything: tuple[str, ...]


@pytest.fixture(scope="module")
def addresses(house: House) -> Addresses:
    known = subprocess.run(
        [sys.executable, "-m", "tests.strangers.routes"],
        cwd=ROOT,
        env={**os.environ, **environment(house.folder)},
        check=True,
        capture_output=True,
    )
    told = json.loads(known.stdout)
    routes = [path for line in told["all"] for path in filled(line["path"], house)]
    files = [file.relative_to(ROOT).with_suffix("") for file in sorted((ROOT / "pages").rglob("*.py"))]
    of_files = [address for file in files for address in (f"/{file.name}", f"/{file}", f"/{file}.py")]
    of_pages = [f"/{path}" for path in told["pages"]]
    more = ["/_stcore/script-health-check", "/_stcore/allowed-message-origins", "/healthz", "/script-health-check"]
    more += ["/app/static/x", "/static/index.html", "/index.html", "/favicon.png", "/scoring?entry=1", "/a/b"]
    return Addresses(
        tuple(path for line in told["open"] for path in filled(line, house)),
        tuple(dict.fromkeys([*of_files, *of_pages, *routes, *more])),
    )


def filled(template: str, house: House) -> Iterator[str]:
    """A route's address with what is there, and with what is not."""
    story = house.entering
    there = {
        "slug": SLUG,
        "stage_id": story.stage_id,
        "prize_id": story.prize_id,
        "entry_id": story.entry_id,
        "assignment_id": house.assignment_id,
        "purpose": "sign-in",
        "name": "laurel.css",
        "page": 1,
    }
    for known in (there, {}):
        yield re.sub(r"\{(\w+)[^}]*\}", lambda part, known=known: str(known.get(part[1], NOBODY)), template)  # type: ignore[misc]


def asked(laurel: RunningLaurel, method: str, address: str) -> Answer:
    """A request that seems to come from a page of ours, with what a stranger can invent."""
    own = {"Origin": laurel.url, "Sec-Fetch-Site": "same-origin"}
    return laurel.ask(method, address, headers={**FORGED, **own}, body="a=1" if method == "POST" else "")


def what_is_wrong(house: House, answer: Answer) -> Iterator[str]:
    """What no answer to a stranger may be, whatever was asked."""
    if answer.status >= 500:
        yield f"answered {answer.status}"
    if any(word in answer.body for word in INSIDE_OUT):
        yield "shows its inside"
    if any(mark.decode() in answer.body for who in ("judge", "entrant") for mark in house.marks_of(who)):
        yield "shows what is somebody's"
    headers = answer.headers
    if "default-src" not in headers.get("content-security-policy", ""):
        yield "lacks the content security policy"
    if "frame-ancestors 'none'" not in headers.get("content-security-policy", ""):
        yield "can be framed"
    if headers.get("x-content-type-options") != "nosniff":
        yield "can be sniffed"
    if headers.get("referrer-policy") != "same-origin":
        yield "tells others the address"
    if COOKIE in headers.get("set-cookie", "").replace(f"{COOKIE}=;", ""):
        yield "signs somebody in"


@pytest.mark.parametrize("method", METHODS)
def test_an_address_that_is_not_public_leads_to_sign_in_or_nowhere(
    method: str, addresses: Addresses, served: Watched, house: House
) -> None:
    wrong = []
    for address in addresses.everything:
        if address in addresses.open:
            continue
        answer = asked(served.laurel, method, address)
        path, _, query = address.partition("?")
        back = f"/sign-in?next={quote(path + ('?' + query if query else ''), safe='/')}"
        led = answer.status == 303 and answer.headers["location"] == back and answer.body == ""
        if not (led and method in ("GET", "HEAD")) and answer.status not in TURNED_AWAY:
            wrong.append(f"{method} {address}: {answer.status} {answer.headers.get('location', '')}")
        wrong += [f"{method} {address}: {words}" for words in what_is_wrong(house, answer)]

    assert wrong == []


@pytest.mark.parametrize("method", METHODS)
def test_a_public_address_shows_strangers_what_is_public(
    method: str, addresses: Addresses, served: Watched, inside: House
) -> None:
    before = content("attempt", "job", "mail")
    wrong = [
        f"{method} {address}: {words}"
        for address in addresses.open
        for words in what_is_wrong(inside, asked(served.laurel, method, address))
    ]

    assert wrong == []
    assert changed(before, content("attempt", "job", "mail")) == {}


def test_what_is_closed_is_closed_to_everybody(addresses: Addresses) -> None:
    core = [address for address in addresses.everything if address.startswith(("/_stcore", "/media", "/component"))]
    left = {address.partition("?")[0] for address in core if not is_blocked(address.partition("?")[0])}

    assert {"/".join(address.split("/")[:3]) for address in left} == {
        "/_stcore/stream",
        "/_stcore/health",
        "/_stcore/host-config",
        "/_stcore/bidi-components",
    }


def test_no_address_opens_a_socket_to_a_stranger(addresses: Addresses, served: Watched) -> None:
    url = served.laurel.url

    async def knock(address: str) -> int:
        try:
            async with connect(
                f"ws{url.removeprefix('http')}{address}",
                origin=Origin(url),
                subprotocols=[Subprotocol("streamlit")],
                additional_headers=FORGED,
                proxy=None,
            ):
                return 101
        except InvalidStatus as refused:
            return refused.response.status_code
        except InvalidMessage:
            return 0

    async def everywhere() -> dict[str, int]:
        return {address: await knock(address) for address in addresses.everything}

    answers = asyncio.run(everywhere())
    assert {address: status for address, status in answers.items() if status != 403} == {}


@pytest.mark.parametrize("sent", [{}, {"Content-Length": "0"}])
def test_looking_whether_a_link_is_there_uses_nothing_up(sent: dict[str, str], served: Watched, inside: House) -> None:
    """Programs that scan mails do so."""
    do(ask_for_link, STRANGER, email=OWNER)
    purpose, token = link_to(OWNER)
    address = f"/links/{purpose.value}/{token.get_secret_value()}"

    looked = served.laurel.ask("HEAD", address, headers=sent)
    used = asked(served.laurel, "POST", address)

    assert (looked.status, looked.headers.get("set-cookie")) == (200, None)
    assert (used.status, COOKIE in used.headers["set-cookie"]) == (303, True)


def test_nobody_is_signed_out_by_being_looked_at(served: Watched, inside: House) -> None:
    cookies, _ = signed_in(inside.judge)
    sent = {"Cookie": f"{COOKIE}={cookies[COOKIE]}", "Content-Length": "0"}

    assert served.laurel.ask("HEAD", "/sign-out", headers=sent).status == 200
    assert sessions.identify(cookies[COOKIE]) is not None


def test_nothing_that_a_stranger_asks_for_is_an_error(addresses: Addresses, served: Watched) -> None:
    assert len(addresses.everything) > 250
    assert served.unexpected() == []
