"""Two people whose browsers say anything at all over Streamlit's WebSocket, at the same time, to the real server."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from pages.components.navigation import PLACES
from storage.database import reading
from tests.stories import assignments_of
from tests.strangers.house import House, Watched, at_home, changed, content, signed_in, wait_until, watched
from tests.strangers.storm import TEN_MEGABYTES, Browser, Known
from tests.websocket import StreamlitClient

SEED = os.environ.get("LAUREL_FUZZ_SEED", "")
"""Another storm than the usual one, or once more the one of which a deep run has told."""

MEGABYTE = 1024 * 1024
KEPT_SECONDS = 1
"""How long Streamlit keeps a tab that has lost its connection; two minutes where it is not told otherwise."""

LEFT_BY_SHOUTING = TEN_MEGABYTES * 3 // 4
"""What may be left of each loud round, as a mean: three quarters of one message, of which there are several."""

LEFT_BY_TALKING = 24 * MEGABYTE
"""What may be left of all the quiet rounds: caches fill."""

FEW_THREADS = 40
"""The web server's pool of them, which fills up to a fixed number."""

OF_THE_INSTALLATION = {
    "appointment",
    "award",
    "brief",
    "clock_offset",
    "contribution",
    "criterion",
    "decision",
    "email_address",
    "membership",
    "mission",
    "one_use_link",
    "payment",
    "person",
    "prize",
    "programme",
    "question",
    "rubric",
    "rules",
    "screening",
    "seal",
    "stage",
    "stage_dates",
    "target",
    "verification",
}
"""Where neither a judge nor somebody who writes an entry changes anything."""


@dataclass(frozen=True)
class Strength:
    rounds: int
    steps: int
    tabs: int
    loud: int = 1
    """Rounds at the end in which people shout."""

    fresh: bool = False
    """Another storm each time."""


@dataclass
class Storm:
    """What came of it."""

    served: Watched
    browsers: dict[str, Browser]
    loud: int
    memory: list[int] = field(default_factory=list)
    held: list[dict[str, int]] = field(default_factory=list)
    calm: float = 0.0
    """The longest wait, in seconds, while nobody says anything."""

    slowest: float = 0.0
    rows: dict[str, list[str]] = field(default_factory=dict)
    alive: bool = True


def them(house: House) -> tuple[UUID | None, UUID | None]:
    return house.judge.person_id, house.entrant.person_id


@contextmanager
def asking_whether_it_lives(storm: Storm) -> Iterator[None]:
    """Ask ten times a second, as what watches the process does, from a process that has nothing else to do."""
    command = [sys.executable, str(Path(__file__).with_name("pulse.py")), str(storm.served.laurel.port)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as asking:
        try:
            yield
        finally:
            told, _ = asking.communicate("enough")
    heard = json.loads(told)
    storm.alive = storm.alive and heard["alive"]
    storm.slowest = max(storm.slowest, heard["slowest"])


def blow(house: House, strength: Strength) -> Iterator[Storm]:
    """Let it blow in rounds of the same strength, the last ones with shouting, and see after each what is left."""
    seed = SEED or (secrets.token_hex(4) if strength.fresh else "7")
    print(f"LAUREL_FUZZ_SEED={seed}")
    with at_home(house.folder):
        cookies = {who: signed_in(getattr(house, who))[0] for who in ("judge", "entrant")}
        before = content("sign_in_session")
        with watched(house.folder, STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL=str(KEPT_SECONDS)) as served:
            known = Known(
                [place.path for place in PLACES],
                [
                    str(one)
                    for story in (house.judging, house.entering)
                    for one in vars(story).values()
                    if isinstance(one, UUID)
                ]
                + [str(house.assignment_id), str(house.entering.entry_id)],
            )
            homes = {
                "judge": ("scoring", f"entry={house.assignment_id}"),
                "entrant": ("entry", f"entry={house.entering.entry_id}"),
            }
            browsers = {
                who: Browser(
                    served.laurel.url,
                    cookies[who],
                    known,
                    house.marks_of(other),
                    house.marks_of(who)[:1],
                    f"{seed} {who}",
                    homes[who],
                )
                for who, other in (("judge", "entrant"), ("entrant", "judge"))
            }
            storm = Storm(served, browsers, strength.loud)
            with asking_whether_it_lives(storm):
                time.sleep(2)
            storm.calm, storm.slowest = storm.slowest, 0.0
            for number in range(1, strength.rounds + 1):
                with asking_whether_it_lives(storm):
                    asyncio.run(all_at_once(browsers, strength, loud=number > strength.rounds - strength.loud))
                settle(storm)
            print("MiB after each round:", [held // MEGABYTE for held in storm.memory])
            storm.rows = changed(before, content("sign_in_session"))
            yield storm


async def all_at_once(browsers: dict[str, Browser], strength: Strength, *, loud: bool) -> None:
    storms = [browser.storm(strength.steps, loud=loud) for browser in browsers.values()]
    await asyncio.gather(*storms, *(browser.come_and_go(strength.tabs) for browser in browsers.values()))


def settle(storm: Storm) -> None:
    """Wait until nobody is connected and nothing is kept for anybody, then see what is left."""
    wait_until(lambda: storm.served.count()["connected"] == 0, "somebody is still connected", 60)
    time.sleep(KEPT_SECONDS + 1)
    for browser in storm.browsers.values():
        asyncio.run(one_page(browser))  # what is kept goes when the next tab comes or leaves
    wait_until(lambda: storm.served.count()["connected"] == 0, "somebody is still connected", 60)
    storm.held.append(storm.served.count())
    storm.memory.append(storm.served.memory())


async def one_page(browser: Browser) -> None:
    """Open the room in which somebody works, until it is drawn."""
    async with await browser.open() as line:
        await line.send(browser._first())
        finished = False
        while not finished:
            raw = await asyncio.wait_for(line.recv(decode=False), 30)
            browser.look(raw)
            finished = ForwardMsg.FromString(raw).WhichOneof("type") == "script_finished"


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(Strength(5, 30, 200, loud=2), id="long", marks=pytest.mark.prove),
        pytest.param(
            Strength(16, 60, 200, loud=8, fresh=True),
            id="very long",
            marks=[pytest.mark.deep, pytest.mark.timeout(3600)],
        ),
    ],
)
def storm(request: pytest.FixtureRequest, house: House) -> Iterator[Storm]:
    yield from blow(house, request.param)


def test_nobody_receives_what_is_somebody_elses(storm: Storm) -> None:
    assert {who: browser.leaked for who, browser in storm.browsers.items()} == {"judge": [], "entrant": []}
    assert all(browser.found == {*browser.own} for browser in storm.browsers.values())
    assert all(browser.done["received"] > 100 for browser in storm.browsers.values())


def test_nobody_receives_a_traceback(storm: Storm) -> None:
    assert {who: browser.tracebacks for who, browser in storm.browsers.items()} == {"judge": [], "entrant": []}


def test_nothing_is_an_error_that_nobody_expected(storm: Storm) -> None:
    found = storm.served.unexpected()
    assert [(said["event"], said.get("error"), said.get("where", [])[-4:]) for said in found] == []


def test_the_server_goes_on_answering_within_a_second(storm: Storm) -> None:
    assert storm.alive
    assert storm.slowest < max(1, 20 * storm.calm)  # on a machine that is busy with other things even calm is slow


def test_nothing_is_changed_but_what_these_two_may_change(storm: Storm, house: House) -> None:
    assert set(storm.rows) & OF_THE_INSTALLATION == set()
    acted = {row for row in storm.rows.get("audit_row", []) if not any(str(one) in row for one in them(house))}
    assert acted == set()


def test_nothing_is_kept_of_tabs_that_are_closed(storm: Storm) -> None:
    assert [held["connected"] for held in storm.held] == [0] * len(storm.held)
    assert max(held["in memory"] for held in storm.held) <= 2  # the tabs that looked last, which may still come back
    assert storm.held[-1]["objects"] < 1.25 * storm.held[0]["objects"]  # caches fill, and sessions have thousands each
    assert storm.held[-1]["threads"] <= storm.held[0]["threads"] + FEW_THREADS


def test_memory_does_not_grow_from_storm_to_storm(storm: Storm) -> None:
    first, last, loudest = storm.memory[0], storm.memory[-storm.loud - 1], max(storm.memory[-storm.loud :])
    assert last - first < LEFT_BY_TALKING, storm.memory
    assert loudest - last < storm.loud * LEFT_BY_SHOUTING, storm.memory


def test_whoever_comes_after_the_storm_can_work(storm: Storm, house: House) -> None:
    """A judge of the same stage: what the storm's own has scored by then, or declared, differs each time."""
    other = next(judge for judge in house.judging.judges.values() if judge != house.judge)
    with at_home(house.folder):
        cookies, _ = signed_in(other)
        with reading() as db:
            assignment_id = assignments_of(db, house.judging, other)[0].id

    async def score() -> tuple[str, ...]:
        url, query = storm.served.laurel.url, f"entry={assignment_id}"
        async with StreamlitClient(url, cookies, page="scoring", query=query) as room:
            await room.run()
            await room.choose(room.choices()[0][1].label, "4")
            return room.texts()

    assert "1 of 2 scored" in " ".join(asyncio.run(score()))
