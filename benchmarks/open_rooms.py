"""Judges who each have an open page and save, in a process of their own: what ``judges_at_once`` drives.

A judge opens the page as a browser does, learns from its messages which widgets there are, and then sends what a
browser sends: the choices of all criteria, one of them changed to a value that it did not have, and the scorecard's
fragment. A save is acknowledged when the script run after it has finished, and its messages hold the words of the
chosen level, which both pages draw from what is stored, the line that says "Saved", and nothing that tells of an error.
This is looked up in the bytes of every answer; only messages short enough to be the end of a run are parsed.
"""

from __future__ import annotations

import asyncio
import base64
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Final
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.content import CRITERIA, POINTS, level_words
from tests.choosing import Row, rows_of

Cell = tuple[str, int]
"""An entry as it stands in the address of its page, and the place of a criterion from 0 up: one judge's alone."""

PATIENCE_SECONDS: Final = 60.0
ENTER_AT_ONCE: Final = 4
REST_SECONDS: Final = 3.0
LONGEST_END: Final = 200
"""Bytes that the message at the end of a script run has at most."""
MESSAGE, CLOSE, PING, PONG = 2, 8, 9, 10
FINISHED: Final = frozenset({ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY})
TROUBLE: Final = (b"Something went wrong", b"This page is not open to you")


@dataclass(frozen=True)
class Load:
    """So many judges for so many seconds; ``every`` is the seconds from save to save, None as fast as they can."""

    judges: int
    seconds: float
    every: float | None = None

    @property
    def words(self) -> str:
        pace = f"a save each {self.every:g} s" if self.every else "as fast as they can"
        return f"{self.judges} judges, {pace}, {self.seconds:g} s"


@dataclass(frozen=True)
class Place:
    """Where a judge scores: the application, the entry in its address, and the cookie that says who it is."""

    url: str
    entry: str
    cookie: str = ""


@dataclass
class Driven:
    """What the judges saw. ``acknowledged`` holds more than one value where the last save of a criterion failed.

    ``unsent`` saves were due, and the one before them was not answered before the end: their waits are in no figure.
    """

    waits: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    unsent: int = 0
    acknowledged: dict[Cell, frozenset[int]] = field(default_factory=dict)
    seconds: float = 0.0
    processor_seconds: float = 0.0


class Room(asyncio.Protocol):
    """A judge's open page. It speaks WebSocket by hand, since a library takes as long for a message as Streamlit."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.open = False
        self.saves = 0
        self._buffer = bytearray()
        self._answer: list[bytes] = []
        self._finished: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._shown: list[int] = []
        self._rows: list[Row] = []
        self._message = BackMsg()

    async def enter(self) -> None:
        """Connect, run the page, and learn its widgets."""
        host, _, port = urlsplit(self.place.url).netloc.partition(":")
        async with asyncio.timeout(PATIENCE_SECONDS):
            await asyncio.get_running_loop().create_connection(lambda: self, host, int(port))
            await self._finished
        state = self._message.rerun_script
        state.page_name, state.query_string = "scoring", f"entry={self.place.entry}"
        state.context_info.timezone, state.context_info.locale = "Europe/London", "en-GB"
        state.context_info.url = f"{self.place.url}/scoring"
        for message in map(ForwardMsg.FromString, await self._ask()):
            if message.WhichOneof("type") == "navigation":
                state.page_script_hash = message.navigation.page_script_hash
            element = message.delta.new_element
            if element.WhichOneof("type") == "button_group":
                state.fragment_id = message.delta.fragment_id
                chosen = [POINTS[place] for place in element.button_group.default]
                widget = state.widget_states.widgets.add(id=element.button_group.id)
                widget.string_array_value.data.extend(map(str, chosen))
                self._shown.append(chosen[0] if chosen else 0)
            elif element.WhichOneof("type") == "bidi_component" and (rows := rows_of(element.bidi_component)):
                state.fragment_id = message.delta.fragment_id
                state.widget_states.widgets.add(id=element.bidi_component.id)
                self._rows = rows
                self._shown.extend(int(row.stored or 0) for row in rows)
        if len(self._shown) != len(CRITERIA):
            raise RuntimeError(f"{state.context_info.url}?{state.query_string} shows {len(self._shown)} criteria.")

    async def save(self, due: float, driven: Driven) -> None:
        """Change one criterion after the other, and write down what comes of it."""
        criterion = self.saves % len(CRITERIA)
        self.saves += 1
        earlier, points = self._shown[criterion], self._shown[criterion] % POINTS[-1] + 1
        self._shown[criterion] = points
        widgets = self._message.rerun_script.widget_states.widgets
        if self._rows:
            widgets[0].json_value = self._rows[criterion].sent(str(self.saves), str(points))
        else:
            widgets[criterion].string_array_value.data[:] = [str(points)]
        try:
            failure = _failure(await self._ask(), f"{points}: {level_words(CRITERIA[criterion][0], points)}")
        except (TimeoutError, ConnectionError) as error:
            failure = repr(error)
            self.open = False
        cell = (self.place.entry, criterion)
        if failure:
            driven.failures.append(f"entry {self.place.entry}, {CRITERIA[criterion][0]} to {points}: {failure}")
            driven.acknowledged[cell] = driven.acknowledged.get(cell, frozenset({earlier})) | {points}
        else:
            driven.waits.append(time.perf_counter() - due)
            driven.acknowledged[cell] = frozenset({points})

    def leave(self) -> None:
        self.open = False
        self._transport.close()

    async def _ask(self) -> list[bytes]:
        """Send the message, and return all that comes until the end of the script run."""
        self._answer, self._finished = [], asyncio.get_running_loop().create_future()
        self._send(MESSAGE, self._message.SerializeToString())
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self._finished
        return self._answer

    def _send(self, kind: int, content: bytes) -> None:
        """As one frame. What a client sends has to be masked; with a mask of zeros it stays as it is."""
        size = len(content)
        head = bytes([0x80 | kind, 0x80 | size]) if size < 126 else bytes([0x80 | kind, 0xFE]) + size.to_bytes(2, "big")
        self._transport.write(head + bytes(4) + content)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        lines = (
            "GET /_stcore/stream HTTP/1.1",
            f"Host: {urlsplit(self.place.url).netloc}",
            f"Origin: {self.place.url}",
            f"Cookie: {self.place.cookie}",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
            "Sec-WebSocket-Protocol: streamlit",
        )
        transport.write("\r\n".join([*lines, "", ""]).encode())

    def connection_lost(self, error: Exception | None) -> None:
        self.open = False
        if not self._finished.done():
            self._finished.set_exception(ConnectionError(f"The connection ended: {error}"))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self.open:
            head, found, rest = self._buffer.partition(b"\r\n\r\n")
            if not found:
                return
            if not head.startswith(b"HTTP/1.1 101"):
                self._finished.set_exception(ConnectionError(head.decode()))
                return
            self.open, self._buffer = True, rest
            self._finished.set_result(None)
        while frame := self._frame():
            kind, content = frame
            if kind == PING:
                self._send(PONG, content)
            elif kind == CLOSE:
                self._transport.close()
            else:
                self._answer.append(content)
                if len(content) <= LONGEST_END and _is_end(content) and not self._finished.done():
                    self._finished.set_result(None)

    def _frame(self) -> tuple[int, bytes] | None:
        """The next whole frame, which a server does not mask."""
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        size, begin = buffer[1], 2
        if size > 125:
            begin = 4 if size == 126 else 10
            if len(buffer) < begin:
                return None
            size = int.from_bytes(buffer[2:begin], "big")
        if len(buffer) < begin + size:
            return None
        frame = buffer[0] & 0xF, bytes(buffer[begin : begin + size])
        del buffer[: begin + size]
        return frame


def _is_end(content: bytes) -> bool:
    message = ForwardMsg.FromString(content)
    return message.WhichOneof("type") == "script_finished" and message.script_finished in FINISHED


def _failure(answer: Sequence[bytes], words: str) -> str:
    """What is wrong with the answer to a save; empty when it says that these words are stored."""
    received = b"".join(answer)
    if words.encode() in received and b"Saved " in received and not any(sign in received for sign in TROUBLE):
        return ""
    elements = [ForwardMsg.FromString(content).delta.new_element for content in answer]
    said = [element.alert.body or element.exception.message for element in elements]
    return " ".join(filter(None, said)) or f"an answer of {len(answer)} messages does not say that it is stored"


def drive(line: Connection, places: Sequence[Place], load: Load) -> None:
    """The judges' process: tell that all rooms are open, wait for the word, save, tell what came of it, and leave."""
    asyncio.run(_drive(line, places, load))


async def _drive(line: Connection, places: Sequence[Place], load: Load) -> None:
    rooms, gate, driven = [Room(place) for place in places], asyncio.Semaphore(ENTER_AT_ONCE), Driven()

    async def enter(room: Room) -> None:
        async with gate:
            await room.enter()
            await room.save(time.perf_counter(), driven)

    await asyncio.gather(*map(enter, rooms))
    driven.waits.clear()
    line.send("all rooms are open")
    await asyncio.to_thread(line.recv)
    began, used = time.perf_counter(), time.process_time()

    async def save(number: int, room: Room) -> None:
        until, due = began + load.seconds, began + (load.every or 0) * number / len(rooms)
        while room.open and due < until:
            await asyncio.sleep(max(due - time.perf_counter(), 0))
            if time.perf_counter() < until:
                await room.save(due, driven)
            else:
                driven.unsent += 1
            due = due + load.every if load.every else time.perf_counter()

    await asyncio.gather(*(save(number, room) for number, room in enumerate(rooms)))
    driven.seconds, driven.processor_seconds = time.perf_counter() - began, time.process_time() - used
    line.send(driven)
    await asyncio.to_thread(line.recv)
    for room in rooms:
        room.leave()
    await asyncio.sleep(REST_SECONDS)
