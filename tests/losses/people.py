"""People who work while processes are killed, and the book in which each writes what the application told them.

Answers and comments are saved and files are sent through the application's own routes; everything else is done with
the buttons of its pages, over Streamlit's WebSocket.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import http.client
import json
import random
import re
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.exceptions import WebSocketException

from accounts.actors import Actor
from accounts.sessions import COOKIE, open_session
from storage.database import transact
from tests.choosing import Row
from tests.websocket import STATE_FIELDS, Element, StreamlitClient

MEGABYTE = 1024 * 1024
AGAIN_SECONDS = 0.3
BLOCK = 64 * 1024
MOST_FILES = 5
NO_DOUBLE_CLICK_SECONDS = 2.1
"""What is pressed again sooner is done once."""
RECEIPT = re.compile(r"Entry submitted\. Receipt ([0-9A-Z-]{24})\.")
UNCLEAN = ("Traceback", 'File "/', "sqlalchemy", "psycopg", "botocore")

Place = tuple[str, UUID, str]
"""Where a text stands: ``answer`` with entry and question, or ``comment`` with assignment and reader."""


@dataclass(frozen=True)
class Text:
    """A text as a tab sent it. ``version`` is what the answer said, 0 while there was none."""

    place: Place
    tab: str
    number: int
    text: str
    version: int = 0


@dataclass(frozen=True)
class File:
    entry_id: UUID
    name: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Scored:
    assignment_id: UUID
    criterion_key: UUID
    points: int


@dataclass(frozen=True)
class Decided:
    """A reason that was written once in the whole run, with what was decided by it."""

    entry_id: UUID
    what: str
    reason: str


@dataclass
class Book:
    """What was asked for, what was acknowledged, and what else people were told. Written by many threads."""

    tried: dict[tuple[Place, str, int], str] = field(default_factory=dict)
    saved: list[Text] = field(default_factory=list)
    arrived: list[File] = field(default_factory=list)
    removed: set[UUID] = field(default_factory=set)
    """Ids of files whose removal was asked for, whether or not it was acknowledged."""
    receipts: list[tuple[UUID, str]] = field(default_factory=list)
    withdrawn: list[UUID] = field(default_factory=list)
    acts: dict[UUID, list[tuple[str, bool]]] = field(default_factory=lambda: defaultdict(list))
    """By entry, in order: ``submit`` or ``withdraw``, and whether it was acknowledged."""
    scores: list[Scored] = field(default_factory=list)
    decisions: list[Decided] = field(default_factory=list)
    refusals: Counter[str] = field(default_factory=Counter)
    unclean: list[str] = field(default_factory=list)
    broken: Counter[str] = field(default_factory=Counter)
    """How often a connection broke or the server said that it could not just now, by what was being done."""
    stopped_by: list[str] = field(default_factory=list)
    """What ended somebody's work that should not have."""

    @property
    def acknowledged(self) -> int:
        told = (self.saved, self.arrived, self.receipts, self.withdrawn, self.scores, self.decisions)
        return sum(len(each) for each in told)

    def summary(self) -> str:
        return (
            f"{self.acknowledged} acknowledgements: {len(self.saved)} texts, {len(self.arrived)} files, "
            f"{len(self.receipts)} receipts, {len(self.withdrawn)} withdrawals, {len(self.scores)} scores, "
            f"{len(self.decisions)} decisions; {sum(self.broken.values())} times no connection or no answer"
        )


class Moments:
    """Tells whoever waits that something has just been sent, so that it can be killed under."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._counts: Counter[str] = Counter()

    def tell(self, what: str) -> None:
        with self._changed:
            self._counts[what] += 1
            self._changed.notify_all()

    def wait(self, what: str, seconds: float) -> bool:
        with self._changed:
            before = self._counts[what]
            return self._changed.wait_for(lambda: self._counts[what] > before, seconds)


@dataclass
class World:
    """Where people work, and what they share."""

    url: str
    book: Book
    moments: Moments
    stopping: threading.Event

    def connection(self, seconds: float = 30) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self.url.removeprefix("http://"), timeout=seconds)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: str


class Person:
    """Somebody with a browser of their own."""

    def __init__(self, world: World, actor: Actor, seed: str) -> None:
        assert actor.person_id is not None
        self.world, self.book, self.actor = world, world.book, actor
        self.random = random.Random(seed)
        self.token = ""

    @property
    def headers(self) -> dict[str, str]:
        return {"Cookie": f"{COOKIE}={self._token()}", "Origin": self.world.url, "Accept": "application/json"}

    def _token(self) -> str:
        person_id = self.actor.person_id
        assert person_id is not None
        if not self.token:
            self.token = transact(lambda db: open_session(db, person_id))
        return self.token

    @property
    def at_work(self) -> bool:
        return not self.world.stopping.is_set()

    def pause(self, least: float, most: float) -> None:
        self.world.stopping.wait(self.random.uniform(least, most))

    def ask(self, doing: str, method: str, path: str, body: bytes = b"", **headers: str) -> Answer | None:
        """One request. None when there was no answer, or one that says that it cannot be done just now."""
        connection = self.world.connection()
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body=body or None, headers={**self.headers, **named})
            return self._heard(doing, connection.getresponse())
        except (OSError, http.client.HTTPException):
            self.book.broken[doing] += 1
            return None
        finally:
            connection.close()

    def _heard(self, doing: str, response: http.client.HTTPResponse) -> Answer | None:
        answer = Answer(
            response.status,
            {name.lower(): value for name, value in response.getheaders()},
            response.read().decode("utf-8", "replace"),
        )
        if any(word in answer.body for word in UNCLEAN):
            self.book.unclean.append(f"{doing}: {answer.body[:300]}")
        if answer.status >= 500:
            self.book.broken[f"{doing}, {answer.status}"] += 1
            return None
        if answer.status >= 400:
            self.book.refusals[f"{doing}: {answer.status} {answer.body[:120]}"] += 1
        return answer


class Writer(Person):
    """Writes texts in two tabs, as the autosave component does: tries again until it is told that they are saved."""

    def __init__(self, world: World, actor: Actor, seed: str, places: list[Place]) -> None:
        super().__init__(world, actor, seed)
        self.tabs = {f"tab-{uuid4().hex}": 0 for _ in range(2)}
        self.versions: dict[tuple[str, Place], int] = defaultdict(int)
        self.places = places

    def work(self) -> None:
        while self.at_work:
            self.write(self.random.choice(self.places), self.random.choice(list(self.tabs)))
            self.pause(0.02, 0.25)

    def write(self, place: Place, tab: str) -> None:
        text = f"Written once, as {uuid4().hex}" + ", and more" * self.random.randint(0, 8)
        for _ in range(200):
            answer = self._save(place, tab, text)
            if answer is None:
                time.sleep(AGAIN_SECONDS)
                continue
            if answer.status != 200:
                return
            told = json.loads(answer.body)
            self.versions[tab, place] = told["version"]
            if told["theirs"] is None:
                self.book.saved.append(Text(place, tab, self.tabs[tab], text, told["version"]))
                return
            # somebody else of the team was quicker: this person has seen both, and keeps their own
        self.book.stopped_by.append(f"a text could not be saved in 200 attempts at {place}")

    def _save(self, place: Place, tab: str, text: str) -> Answer | None:
        what, first, second = place
        self.tabs[tab] += 1
        self.book.tried[place, tab, self.tabs[tab]] = text
        target = (
            {"entry_id": str(first), "question_key": second}
            if what == "answer"
            else {"assignment_id": str(first), "reader": second}
        )
        body = {
            "what": what,
            **target,
            "text": text,
            "base_version": self.versions[tab, place],
            "tab": tab,
            "save_number": self.tabs[tab],
        }
        self.world.moments.tell("save")
        return self.ask("save", "POST", "/autosave", json.dumps(body).encode(), Content_Type="application/json")


class Sender(Person):
    """Sends files for an entry, as the upload component does: asks where to go on, and sends what is missing."""

    def __init__(
        self, world: World, actor: Actor, seed: str, entry_id: UUID, question_key: UUID, make: Callable[[int], bytes]
    ) -> None:
        super().__init__(world, actor, seed)
        self.entry_id, self.question_key, self.make = entry_id, question_key, make

    def work(self) -> None:
        number = 0
        while self.at_work:
            number += 1
            content = self.make(number)
            if not self.upload(f"figures-{number}.pdf", content):
                self.pause(0.5, 1.5)
            self.pause(0.1, 0.6)

    def upload(self, name: str, content: bytes) -> bool:
        address = self._announce(name, len(content))
        until = time.monotonic() + 120
        while address and time.monotonic() < until:
            found = self.ask("look at an upload", "HEAD", address, Tus_Resumable="1.0.0")
            if found is None or found.status == 423:
                time.sleep(AGAIN_SECONDS)
                continue
            if found.status != 200:
                return False
            offset = int(found.headers["upload-offset"])
            if offset < len(content):
                sent = self._send(address, content, offset)
                if sent is None or sent.status in (409, 423):
                    time.sleep(AGAIN_SECONDS)
                    continue
                if sent.status != 204:
                    return False
                offset = int(sent.headers["upload-offset"])
            if offset == len(content):
                sha256 = hashlib.sha256(content).hexdigest()
                self.book.arrived.append(File(self.entry_id, name, sha256, len(content)))
                return True
        if address:
            self.book.stopped_by.append(f"a file of {len(content)} bytes did not arrive in two minutes")
        return False

    def _announce(self, name: str, length: int) -> str:
        named = {"filename": name, "what": "answer"}
        named |= {"entry_id": str(self.entry_id), "question_key": str(self.question_key)}
        metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in named.items())
        while self.at_work:
            answer = self.ask(
                "announce a file",
                "POST",
                "/uploads",
                Tus_Resumable="1.0.0",
                Upload_Length=str(length),
                Upload_Metadata=metadata,
            )
            if answer is not None:
                return answer.headers.get("location", "") if answer.status == 201 else ""
            time.sleep(AGAIN_SECONDS)
        return ""

    def _send(self, address: str, content: bytes, offset: int) -> Answer | None:
        connection = self.world.connection()
        try:
            connection.putrequest("PATCH", address)
            sent = {
                "Tus-Resumable": "1.0.0",
                "Upload-Offset": str(offset),
                "Content-Length": str(len(content) - offset),
            }
            sent["Content-Type"] = "application/offset+octet-stream"
            for header, value in (self.headers | sent).items():
                connection.putheader(header, value)
            connection.endheaders()
            for start in range(offset, len(content), BLOCK):
                connection.send(content[start : start + BLOCK])
                if start and start % (2 * MEGABYTE) == 0:
                    time.sleep(0.05)
                    self.world.moments.tell("part of a file")
            self.world.moments.tell("end of a file")
            return self._heard("send a file", connection.getresponse())
        except (OSError, http.client.HTTPException):
            self.book.broken["send a file"] += 1
            return None
        finally:
            connection.close()


class Tab(StreamlitClient):
    """A browser's tab in which things can be found by the key that the page gives them."""

    def keyed(self, key: str) -> Element:
        for element in self.elements():
            if element.is_widget and key in element.content.id:
                return element
        raise LookupError(f"There is no widget with {key!r} in its key.")

    def keys(self, key: str) -> list[Element]:
        return [element for element in self.elements() if element.is_widget and key in element.content.id]

    def fill(self, element: Element, value: str) -> None:
        """Type into a form: the page hears of it with its button."""
        state = WidgetState(id=element.content.id)
        setattr(state, STATE_FIELDS[element.kind], value)
        self._widgets[state.id] = state

    async def press(self, element: Element) -> None:
        await self._rerun(element.fragment, WidgetState(id=element.content.id, trigger_value=True))

    def has(self, label: str) -> bool:
        return any(element.is_widget and element.label == label for element in self.elements())


class AtPage(Person):
    """Somebody who works on a page of Laurel's, and opens it again when the connection breaks."""

    page = ""
    doing = ""

    def query(self) -> str:
        raise NotImplementedError

    async def step(self, tab: Tab) -> None:
        """One thing that the person does there."""
        raise NotImplementedError

    def work(self) -> None:
        while self.at_work:
            asyncio.run(self._visit())

    async def _visit(self) -> None:
        query = self.query()
        try:
            cookies = {COOKIE: self._token()}
            async with Tab(self.world.url, cookies=cookies, page=self.page, query=query) as tab:
                await tab.run()
                for _ in range(self.random.randint(3, 12)):
                    if not self.at_work:
                        return
                    await self.step(tab)
                    self._looks_clean(tab)
                    await asyncio.sleep(self.random.uniform(0.05, 0.4))
        except (OSError, WebSocketException, EOFError, TimeoutError):
            self.book.broken[self.doing] += 1
            await asyncio.sleep(AGAIN_SECONDS)

    def _looks_clean(self, tab: Tab) -> None:
        for text in tab.texts():
            if any(word in text for word in UNCLEAN):
                self.book.unclean.append(f"{self.doing}: {text[:300]}")
        for element in tab.elements():
            if element.kind == "exception":
                self.book.unclean.append(f"{self.doing}: {element.content.type} {element.content.message[:300]}")


class Submitter(AtPage):
    """Submits, submits again, withdraws, and takes a file out when there is no room for another."""

    page, doing = "entry", "submit"

    def __init__(self, world: World, actor: Actor, seed: str, entry_id: UUID) -> None:
        super().__init__(world, actor, seed)
        self.entry_id = entry_id
        self.may_submit = 0.0

    def query(self) -> str:
        return f"entry={self.entry_id}"

    async def step(self, tab: Tab) -> None:
        there = tab.keys("-remove-")
        if len(there) >= MOST_FILES - 1:
            chosen = self.random.choice(there)
            self.book.removed.add(UUID(chosen.content.id[-36:]))
            await tab.press(chosen)
        elif tab.has("Withdraw") and self.random.random() < 0.4:
            await self._act(tab, "withdraw", "Withdraw")
        else:
            await asyncio.sleep(max(0.0, self.may_submit - time.monotonic()))
            await tab.set(next(e.label for e in tab.elements() if e.label.startswith("We accept the rules")), True)
            await self._act(tab, "submit", "Submit again" if tab.has("Submit again") else "Submit entry")

    async def _act(self, tab: Tab, what: str, button: str) -> None:
        known = {code for _, code in self.book.receipts}
        acts = self.book.acts[self.entry_id]
        acts.append((what, False))
        self.world.moments.tell(what)
        await tab.set(button)
        self.may_submit = time.monotonic() + NO_DOUBLE_CLICK_SECONDS
        words = " ".join(tab.texts())
        if what == "withdraw" and "Entry withdrawn." in words:
            acts[-1] = (what, True)
            self.book.withdrawn.append(self.entry_id)
        elif what == "submit" and (new := set(RECEIPT.findall(words)) - known):
            acts[-1] = (what, True)
            self.book.receipts.append((self.entry_id, new.pop()))
        else:
            acts.pop()
            self.book.refusals[f"{what}: {words[:200]}"] += 1


class Scorer(AtPage):
    """A judge who changes scores again and again."""

    page, doing = "scoring", "score"

    def __init__(
        self, world: World, actor: Actor, seed: str, assignments: list[UUID], criteria: Mapping[str, UUID]
    ) -> None:
        super().__init__(world, actor, seed)
        self.assignments, self.criteria = assignments, criteria
        self.assignment_id = assignments[0]

    def query(self) -> str:
        self.assignment_id = self.random.choice(self.assignments)
        return f"entry={self.assignment_id}"

    async def step(self, tab: Tab) -> None:
        key = self.random.choice(sorted(self.criteria.values()))
        row = self._row(tab, key)
        points = self.random.choice([point for point in range(1, 6) if str(point) != row.stored])
        self.world.moments.tell("score")
        await tab.choose(row.label, str(points))
        if self._row(tab, key).stored == str(points):
            self.book.scores.append(Scored(self.assignment_id, key, points))
        else:
            self.book.refusals[f"score: {' '.join(tab.texts())[:200]}"] += 1

    def _row(self, tab: Tab, key: UUID) -> Row:
        """What the card asks there, and what stands there, which is drawn from what is stored."""
        rows = [row for _, row in tab.choices() if (row.about, row.key) == (str(self.assignment_id), str(key))]
        if not rows:
            raise LookupError(f"The card does not ask for {key}; the page says {' '.join(tab.texts())[:200]}")
        return rows[0]


class Screener(AtPage):
    """The secretariat, which finds entries not eligible for ever new reasons."""

    page, doing = "entries", "screen"

    def __init__(self, world: World, actor: Actor, seed: str, prize_id: UUID, entry_ids: list[UUID]) -> None:
        super().__init__(world, actor, seed)
        self.prize_id, self.entry_ids = prize_id, entry_ids
        self.entry_id = entry_ids[0]

    def query(self) -> str:
        self.entry_id = self.random.choice(self.entry_ids)
        return f"prize={self.prize_id}&entry={self.entry_id}"

    async def step(self, tab: Tab) -> None:
        reason = f"It does not meet rule {uuid4().hex}."
        tab.fill(tab.keyed(f"reason-{self.entry_id}"), reason)
        self.world.moments.tell("decision")
        await tab.set("Not eligible")
        if "Marked as not eligible." in tab.texts() and any(reason in text for text in tab.texts()):
            self.book.decisions.append(Decided(self.entry_id, "not eligible", reason))
        else:
            self.book.refusals[f"screen: {' '.join(tab.texts())[:200]}"] += 1


class Decider(AtPage):
    """The secretariat, which writes the reasons of its decisions anew."""

    page, doing = "decisions", "decide"

    def __init__(self, world: World, actor: Actor, seed: str, prize_id: UUID, entry_ids: list[UUID]) -> None:
        super().__init__(world, actor, seed)
        self.prize_id, self.entry_ids = prize_id, entry_ids

    def query(self) -> str:
        return f"prize={self.prize_id}"

    async def step(self, tab: Tab) -> None:
        entry_id = self.random.choice(self.entry_ids)
        reason = f"The panel wrote {uuid4().hex}."
        tab.fill(tab.keyed(f"-reason-{entry_id}"), reason)
        button = next(e for e in tab.elements() if e.label == "Save the change" and str(entry_id) in e.content.form_id)
        self.world.moments.tell("decision")
        await tab.press(button)
        stored = [str(getattr(e.content, "default", "")) for e in tab.keys(f"-reason-{entry_id}")]
        if any("is saved as:" in text for text in tab.texts()) and not any("not saved" in t for t in tab.texts()):
            self.book.decisions.append(Decided(entry_id, "decision", reason))
        else:
            self.book.refusals[f"decide: {stored} {' '.join(tab.texts())[:200]}"] += 1


@contextmanager
def at_work(people: list[Any], world: World) -> Iterator[None]:
    """Let everybody work in a thread of their own until the block ends; each ends what they were doing."""

    def work(person: Any) -> None:
        try:
            person.work()
        except Exception as error:  # noqa: BLE001 - told at the end, with the rest
            world.book.stopped_by.append(f"{type(person).__name__}: {error!r}"[:1500])

    threads = [threading.Thread(target=work, args=(person,), daemon=True) for person in people]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        world.stopping.set()
        for thread in threads:
            thread.join(150)
        if any(thread.is_alive() for thread in threads):
            world.book.stopped_by.append("somebody did not come to an end")
