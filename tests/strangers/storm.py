"""Browsers that say anything at all over Streamlit's WebSocket, the same things for the same seed."""

from __future__ import annotations

import asyncio
import math
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Origin, Subprotocol

TEN_MEGABYTES: Final = 10_000_000
STRINGS: Final = (
    "",
    "4",
    "Cannot judge",
    "-1",
    "NaN",
    "1e999999",
    "9" * 400,
    "an\u202edna \u2066inside\u2069",
    "a\x00b\x1bc",
    "'; drop table person; --",
    "<img src=x onerror=alert(1)>",
    "{{7*7}} {% raw %}",
    "../../etc/passwd",
    "2027-02-30",
    "🦫" * 1000,
    "x" * 70_000,
)
NUMBERS: Final = (0, 1, -1, 7, 2**31, -(2**31), 2**63 - 1, -(2**63))
FLOATS: Final = (0.0, -0.0, 1e308, -1e308, math.nan, math.inf, -math.inf, 5e-324)
SHAPES: Final = (
    "",
    "null",
    "[]",
    "{}",
    "7",
    '"text"',
    '{"first_saved": 1',
    '{"arrived": [[[]]]}',
    "[" * 5000,
    "NaN",
    "\x00",
)
QUERIES: Final = (
    "",
    "entry=",
    "entry=not-an-id",
    "entry=%00%ff",
    "prize=1&prize=2&prize=",
    "=&&&==",
    "stage=" + "9" * 5000,
    "entry=an%E2%80%AEdna",
    "embed=true&embed_options=show_toolbar&_stcore=1",
)


@dataclass
class Known:
    """What browsers have learnt from each other: ids of widgets with their pages, fragments, pages, tabs."""

    places: Sequence[str]
    ids: Sequence[str]
    widgets: dict[str, None] = field(default_factory=dict)
    fragments: dict[str, None] = field(default_factory=dict)
    hashes: dict[str, None] = field(default_factory=dict)
    tabs: dict[str, None] = field(default_factory=dict)

    def learn(self, raw: bytes) -> None:
        message = ForwardMsg.FromString(raw)
        kind = message.WhichOneof("type")
        if kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            if name := getattr(getattr(element, element.WhichOneof("type") or "empty"), "id", ""):
                self.widgets[name] = None
            if message.delta.fragment_id:
                self.fragments[message.delta.fragment_id] = None
        elif kind == "new_session":
            self.hashes[message.new_session.page_script_hash] = None
            self.tabs[message.new_session.initialize.session_id] = None
        elif kind == "navigation":
            for page in message.navigation.app_pages:
                self.hashes[page.page_script_hash] = None


@dataclass
class Browser:
    """One person's browser. What comes is looked through and not kept."""

    url: str
    cookies: Mapping[str, str]
    known: Known
    foreign: Sequence[bytes]
    """What must never come."""

    own: Sequence[bytes]
    """What comes when a page of one's own is drawn, so that looking through the messages is shown to find something."""

    seed: str
    home: tuple[str, str] = ("home", "")
    found: set[bytes] = field(default_factory=set)
    leaked: list[str] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    tracebacks: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)

    # The connection

    async def open(self, tab: str = "") -> ClientConnection:
        return await connect(
            f"ws{self.url.removeprefix('http')}/_stcore/stream",
            origin=Origin(self.url),
            subprotocols=[Subprotocol(word) for word in ("streamlit", "none", tab) if word],
            additional_headers={"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())},
            compression=None,
            max_size=None,
            proxy=None,
            open_timeout=30,
            close_timeout=2,
        )

    async def listen(self, line: ClientConnection) -> None:
        with suppress(ConnectionClosed):
            async for raw in line:
                assert isinstance(raw, bytes)
                self.look(raw)

    def look(self, raw: bytes) -> None:
        self.done["received"] += 1
        self.found |= {mark for mark in self.own if mark in raw}
        self.leaked += [mark.decode() for mark in self.foreign if mark in raw]
        if b"Traceback" in raw or b'File "/' in raw or b"site-packages" in raw:
            self.tracebacks.append(raw[-2000:].decode("utf-8", "replace"))
        self.known.learn(raw)

    # What is said

    def pick(self, names: Mapping[str, None], otherwise: str) -> str:
        return self.random.choice(list(names)) if names and self.random.random() < 0.9 else otherwise

    def state(self) -> WidgetState:
        """The state of a widget, of the right kind only by chance."""
        draw, state = self.random, WidgetState(id=self.pick(self.known.widgets, "$$ID-0123456789abcdef-nobody"))
        kind = draw.choice([each.name for each in WidgetState.DESCRIPTOR.fields if each.name != "id"])
        text = draw.choice([*STRINGS, *self.known.ids])
        if kind == "trigger_value":
            state.trigger_value = draw.random() < 0.8
        elif kind == "bool_value":
            state.bool_value = draw.random() < 0.5
        elif kind == "double_value":
            state.double_value = draw.choice(FLOATS)
        elif kind == "int_value":
            state.int_value = draw.choice(NUMBERS)
        elif kind == "string_value":
            state.string_value = text
        elif kind == "double_array_value":
            state.double_array_value.data.extend(draw.choices(FLOATS, k=draw.randrange(4)))
        elif kind == "int_array_value":
            state.int_array_value.data.extend(draw.choices(NUMBERS, k=draw.randrange(4)))
        elif kind == "string_array_value":
            state.string_array_value.data.extend(draw.choices(STRINGS, k=draw.randrange(4)))
        elif kind == "json_value":
            state.json_value = draw.choice(SHAPES)
        elif kind == "json_trigger_value":
            state.json_trigger_value = draw.choice(SHAPES)
        elif kind == "bytes_value":
            state.bytes_value = draw.randbytes(200)
        elif kind == "string_trigger_value":
            state.string_trigger_value.data = text
        elif kind == "arrow_value":
            state.arrow_value.data = draw.randbytes(200)
        elif kind == "file_uploader_state_value":
            state.file_uploader_state_value.uploaded_file_info.add(file_id=text[:40], name=text[:40])
        elif kind == "chat_input_value":
            state.chat_input_value.data = text
        return state

    def rerun(self, *, widgets: int = 3) -> bytes:
        """A message that Streamlit understands, about a page, a fragment and widgets of anybody's."""
        draw, message = self.random, BackMsg()
        said = message.rerun_script
        if draw.random() < 0.5:
            said.page_name, said.query_string = self.home
        else:
            said.page_name = draw.choice([*self.known.places, *STRINGS[:12]])
            name = draw.choice(("entry", "prize", "stage", "mission"))
            said.query_string = draw.choice([*QUERIES, *(f"{name}={quote(one)}" for one in self.known.ids)])
        if draw.random() < 0.3:
            said.page_script_hash = self.pick(self.known.hashes, "0" * 32)
        if draw.random() < 0.4:
            said.fragment_id = self.pick(self.known.fragments, "f" * 32)
        said.is_auto_rerun = draw.random() < 0.1
        said.context_info.timezone = draw.choice(("Europe/London", "Nowhere/At all", "", "../../etc/passwd"))
        said.context_info.locale = draw.choice(("en-GB", "xx", "\u202e", ""))
        said.context_info.url = draw.choice((self.url, "javascript:alert(1)", "\x00", "http://[::1"))
        for _ in range(draw.randrange(widgets + 1)):
            said.widget_states.widgets.append(self.state())
        return message.SerializeToString()

    def other(self) -> bytes:
        """One of the messages that are no rerun."""
        kind = self.random.choice(list(BackMsg.DESCRIPTOR.oneofs_by_name["type"].fields)).name
        message = BackMsg()
        found = BackMsg.DESCRIPTOR.fields_by_name[kind]
        if found.message_type:
            getattr(message, kind).SetInParent()
        else:
            setattr(message, kind, True)
        return message.SerializeToString()

    def garbage(self) -> bytes | str:
        whole = self.rerun()
        return self.random.choice(
            [
                whole[: self.random.randrange(1, len(whole))],
                self.random.randbytes(self.random.randrange(1, 500)),
                whole + self.random.randbytes(5),
                b"\xff" * 100,
                "text, which nobody speaks here",
                "",
            ]
        )

    def huge(self) -> bytes:
        message = BackMsg()
        message.rerun_script.page_name, message.rerun_script.query_string = self.home
        state = WidgetState(id=self.pick(self.known.widgets, "nobody"), string_value="x" * TEN_MEGABYTES)
        message.rerun_script.widget_states.widgets.append(state)
        return message.SerializeToString()

    # What is done

    async def storm(self, steps: int, *, loud: bool = False) -> None:
        """So many steps, one after another, each in a way that the seed decides. ``loud``: with much in a field."""
        ways: list[tuple[Callable[[], object], int]] = [
            (self.talk, 12),
            (self.burst, 1),
            (self.swear, 5),
            (self.shout, 4 if loud else 0),
            (self.dawdle, 1),
            (self.hang_up, 3),
            (self.half_open, 3),
        ]
        for _ in range(steps):
            way = self.random.choices([way for way, _ in ways], [often for _, often in ways])[0]
            self.done[way.__name__] += 1  # type: ignore[attr-defined]
            with suppress(ConnectionClosed, WebSocketException, OSError, TimeoutError):
                await way()  # type: ignore[misc]

    async def talk(self) -> None:
        """A page is opened, and things are done on it that may or may not be there."""
        async with await self.open(self.pick(self.known.tabs, "") if self.random.random() < 0.5 else "") as line:
            listening = asyncio.create_task(self.listen(line))
            await line.send(self._first())
            for _ in range(self.random.randrange(1, 12)):
                await line.send(self.rerun() if self.random.random() < 0.9 else self.other())
                await asyncio.sleep(self.random.choice((0, 0, 0.01, 0.05)))
            await asyncio.sleep(0.1)
        await listening

    async def burst(self) -> None:
        async with await self.open() as line:
            listening = asyncio.create_task(self.listen(line))
            for _ in range(200):
                await line.send(self.rerun(widgets=1))
            await asyncio.sleep(0.3)
        await listening

    async def swear(self) -> None:
        """Something that is no message; the connection ends, or it is not heard."""
        async with await self.open() as line:
            listening = asyncio.create_task(self.listen(line))
            await line.send(self._first())
            await line.send(self.garbage())
            await line.send(self.rerun())
            await asyncio.sleep(0.05)
        await listening

    async def shout(self) -> None:
        """Ten million characters in a field."""
        async with await self.open() as line:
            listening = asyncio.create_task(self.listen(line))
            await line.send(self._first())
            await line.send(self.huge())
            await asyncio.sleep(0.2)
        await listening

    async def dawdle(self) -> None:
        """Ask for much, and read nothing for a while."""
        async with await self.open() as line:
            for _ in range(30):
                await line.send(self._first())
            await asyncio.sleep(1)
            await asyncio.wait_for(self.listen_for(line, 20), 20)

    async def listen_for(self, line: ClientConnection, messages: int) -> None:
        for _ in range(messages):
            raw = await line.recv(decode=False)
            self.look(raw)

    async def hang_up(self) -> None:
        """Go away in the middle of an answer, without a word."""
        line = await self.open()
        await line.send(self._first())
        line.transport.abort()

    async def half_open(self) -> None:
        """Half a handshake, or half a frame, and then nothing more."""
        parts = urlsplit(self.url)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        head = f"GET /_stcore/stream HTTP/1.1\r\nHost: {parts.netloc}\r\nOrigin: {self.url}\r\nCookie: {cookie}\r\n"
        if self.random.random() < 0.5:
            writer.write(head.encode())
        else:
            key = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            writer.write(f"{head}{key}Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode())
            with suppress(TimeoutError):
                await asyncio.wait_for(reader.read(100), 2)
            writer.write(b"\x82\xfe\xff\xff")  # a frame of 65 535 bytes that never comes
        with suppress(OSError):
            await writer.drain()
            await asyncio.sleep(0.05)
            writer.transport.abort()

    async def come_and_go(self, times: int) -> None:
        """So many tabs that are opened and closed, some of them before anything was drawn, ten at once."""
        for _ in range(0, times, 10):
            await asyncio.gather(*(self._glance() for _ in range(10)), return_exceptions=True)
        self.done["come_and_go"] += times

    async def _glance(self) -> None:
        async with await self.open() as line:
            if self.random.random() < 0.2:
                await line.send(self._first())

    def _first(self) -> bytes:
        message = BackMsg()
        message.rerun_script.page_name, message.rerun_script.query_string = self.home
        return message.SerializeToString()
