"""Walks through everything that somebody can reach, and keeps what their browser receives.

Nothing is listed here: pages come from the navigation, parameters from the pages' own code, widgets from the messages
that drew them, routes from the application.
"""

from __future__ import annotations

import ast
import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from starlette.routing import Route
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from accounts.sessions import COOKIE
from pages.components.places import Place
from tests.blinding.contest import Installation
from tests.blinding.serving import fetch
from tests.choosing import rows_of
from tests.modules import ROOT
from tests.server import RunningLaurel
from tests.websocket import STATE_FIELDS, Element, StreamlitClient

TEXTS = ("3", "Somebody whom nobody knows")
"""What is typed into each field: a number, and words that are nobody's name."""

MOST_MOVES = 400
"""Of one visit to one page; a page that offers more fails the walk."""

SOME = 8
"""Of a long list, such as that of all time zones, so many options are chosen."""

BROWSER_ALONE = {"bidi_component": "components keep what is typed in the browser and send it to a route of ours"}
"""Of them, what is chosen on a scorecard is sent here too."""


@dataclass(frozen=True)
class Received:
    """What came for something that was asked, in the order in which it came."""

    asked: str
    came: tuple[bytes, ...]

    def words(self, at: int) -> str:
        return said(self.came[at]) if at < len(self.came) else "(nothing more)"


Transcript = list[Received]


def said(message: bytes) -> str:
    """A message for people to read: as a browser's message where it is one."""
    try:
        return str(ForwardMsg.FromString(message))
    except Exception:  # noqa: BLE001 - then it is an answer of HTTP
        return message.decode("utf-8", "replace")


def masked(message: bytes) -> bytes:
    """A message without the two fields that differ between two runs of one and the same page."""
    decoded = ForwardMsg.FromString(message)
    if decoded.WhichOneof("type") == "new_session":
        decoded.new_session.initialize.session_id = ""
    decoded.metadata.run.script_run_id = ""
    return decoded.SerializeToString(deterministic=True)


@dataclass(frozen=True)
class Move:
    """Something that can be done with a widget."""

    kind: str
    label: str
    id: str
    field: str
    value: Any
    fragment: str

    @property
    def is_trigger(self) -> bool:
        return "trigger" in self.field

    def __str__(self) -> str:
        return f"{self.kind} “{self.label}” {'pressed' if self.is_trigger else f'set to {self.value!r}'}"


class Tab(StreamlitClient):
    """A browser tab that follows a changed address, as browsers do."""

    def take(self, asked: str) -> Received:
        """What has come since this was last asked for."""
        came, self.received = self.received, []
        fresh, self.messages = self.messages, []
        for message in fresh:
            if message.WhichOneof("type") == "page_info_changed":
                self.query = message.page_info_changed.query_string
        return Received(asked, tuple(map(masked, came)))

    @property
    def place(self) -> tuple[str, str]:
        return self._page_hash, self.query

    async def make(self, move: Move) -> None:
        if move.kind == "choice":
            await self.choose(move.label, move.value)
            return
        state = WidgetState(id=move.id)
        if move.field.endswith("array_value"):
            getattr(state, move.field).data.extend([move.value])
        elif move.field == "string_trigger_value":
            state.string_trigger_value.data = move.value
        else:
            setattr(state, move.field, move.value)
        if move.is_trigger:
            await self._rerun(move.fragment, state)
        else:
            self._widgets[state.id] = state
            await self._rerun(move.fragment)

    def moves(self) -> Iterator[Move]:
        """Everything that can be done on the page: fields first, then what chooses, then what acts."""
        found = [move for element in self.elements() if element.is_widget for move in moves_of(element)]
        yield from sorted(found, key=lambda move: (move.is_trigger, move.kind not in ("text_input", "text_area")))


def moves_of(element: Element) -> Iterator[Move]:
    """What can be done with a widget, by its own message. One of a kind that is not known here fails the walk."""
    kind, content = element.kind, element.content
    if kind in BROWSER_ALONE:
        for row in rows_of(content) if kind == "bidi_component" else ():
            for words in row.options if row.editable else ():
                yield Move("choice", row.label, f"{content.id} {row.key}", "json_value", words, element.fragment)
        return
    name = STATE_FIELDS[kind]
    for value in _values(kind, content):
        yield Move(kind, element.label, content.id, name, value, element.fragment)


def _values(kind: str, content: Any) -> Sequence[Any]:
    match kind:
        case "button" | "expander":
            return (True,)
        case "checkbox":
            return (True, False)
        case "text_input" | "text_area":
            return TEXTS
        case "button_group":
            return [option.content for option in content.options]
        case "radio" | "selectbox" | "menu_button":
            return list(content.options)[:SOME]
        case "multiselect":
            return list(content.options)[:SOME]
        case "number_input" | "slider":
            return (content.min, content.max) if content.has_min and content.has_max else (1.0, 7.0)
        case "pagination":
            return range(1, content.num_pages + 1)
        case "date_input":
            return ("2027/05/20",)
        case "date_time_input":
            return ("2027-05-20T12:00",)
        case "time_input":
            return ("12:00",)
    raise LookupError(f"Say how a browser uses a widget of the kind {kind}.")


@dataclass
class Visitor:
    """Somebody at a server, and what has come to them. ``leaves_alone`` are labels of what they never press."""

    laurel: RunningLaurel
    installation: Installation
    cookie: str
    transcript: Transcript = field(default_factory=list)
    leaves_alone: frozenset[str] = frozenset()
    drawn: set[str] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)

    def tab(self, page: str, query: Mapping[str, str]) -> Tab:
        return Tab(self.laurel.url, cookies={COOKIE: self.cookie}, page=page, query=urlencode(query))

    async def look(self, page: str, query: Mapping[str, str]) -> None:
        """Open a page and touch nothing."""
        async with self.tab(page, query) as tab:
            await tab.run()
            self._keep(f"/{page}?{urlencode(query)}", tab)

    async def try_everything(self, page: str, query: Mapping[str, str]) -> None:
        """Open a page and do with it whatever can be done, coming back whenever that leads elsewhere."""
        address = f"/{page}?{urlencode(query)}"
        done: set[tuple[str, str, str]] = set()
        async with self.tab(page, query) as tab:
            await tab.run()
            self._keep(address, tab)
            begun = tab.place
            while True:
                offered = (move for move in tab.moves() if move.label not in self.leaves_alone)
                move = next((m for m in offered if (m.kind, m.id, str(m.value)) not in done), None)
                if move is None:
                    return
                done.add((move.kind, move.id, str(move.value)))
                assert len(done) <= MOST_MOVES, f"{address} offers more than {MOST_MOVES} moves"
                await tab.make(move)
                self._keep(f"{address}, {move}", tab)
                if tab.place != begun:
                    tab.query = urlencode(query)
                    await tab.goto(page)
                    self._keep(f"{address} again", tab)
                    begun = tab.place

    def _keep(self, asked: str, tab: Tab) -> None:
        found = {element.kind for element in tab.elements() if element.is_widget}
        self.kinds |= found
        if not any(message.WhichOneof("type") == "page_not_found" for message in tab.messages):
            self.drawn.add(asked.partition("?")[0].lstrip("/"))
        self.transcript.append(tab.take(asked))

    def request(self, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> None:
        """Ask a route of ours and keep the status, all headers and the body."""
        sent = {"Cookie": f"{COOKIE}={self.cookie}", "Origin": self.laurel.url, **(headers or {})}
        response = fetch(self.laurel, method, target, sent, body)
        asked = f"{method} {target}" + "".join(f", {name}: {value}" for name, value in (headers or {}).items())
        came = (str(response.status), *(f"{name}: {value}" for name, value in response.headers))
        shown = f"{asked} {body.decode()[:200]}".strip()
        self.transcript.append(Received(shown, (*(line.encode() for line in came), response.body)))


@dataclass(frozen=True)
class Difference:
    """The first thing in which two transcripts differ."""

    asked: str
    left: str
    right: str

    def __str__(self) -> str:
        lefts, rights = self.left.splitlines(), self.right.splitlines()
        pairs = [(a, b) for a, b in zip(lefts, rights, strict=False) if a != b] or [
            (self.left[-300:], self.right[-300:])
        ]
        shown = "\n".join(f"  one:   {a.strip()[:600]}\n  other: {b.strip()[:600]}" for a, b in pairs[:6])
        return f"After {self.asked}\n{shown}"


def differences(one: Transcript, other: Transcript, most: int = 10) -> list[Difference]:
    """What tells two transcripts apart; empty when every byte is the same."""
    found = []
    for left, right in zip(one, other, strict=False):
        if left == right:
            continue
        if left.asked != right.asked:
            found.append(Difference("a different offer of the page before", left.asked, right.asked))
            return found
        length = max(len(left.came), len(right.came))
        at = next((at for at in range(length) if left.came[at : at + 1] != right.came[at : at + 1]), 0)
        found.append(Difference(left.asked, left.words(at), right.words(at)))
        if len(found) == most:
            return found
    if len(one) != len(other):
        found.append(Difference("the walk", f"{len(one)} steps", f"{len(other)} steps"))
    return found


def parameters_of_pages() -> tuple[str, ...]:
    """The names of everything that pages read from their address."""
    return tuple(sorted({name for file in (ROOT / "pages").rglob("*.py") for name in _parameters(file)}))


def parameters_of(place: Place) -> frozenset[str]:
    """The names that a page reads from its address, in its own module or in one of the pages' that it imports."""
    seen: set[Path] = set()
    waiting = [_file_of(place.draw.__module__)]
    while waiting:
        file = waiting.pop()
        if file not in seen:
            seen.add(file)
            imported = {
                name for node in ast.walk(_tree(file)) if isinstance(node, ast.ImportFrom) for name in _modules(node)
            }
            waiting += [_file_of(name) for name in imported if name.startswith("pages.") and _file_of(name).is_file()]
    return frozenset(name for file in seen for name in _parameters(file))


def _modules(node: ast.ImportFrom) -> Iterator[str]:
    yield str(node.module)
    yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _file_of(module: str) -> Path:
    return (ROOT / module.replace(".", "/")).with_suffix(".py")


@lru_cache(maxsize=200)
def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text())


@lru_cache(maxsize=200)
def _parameters(file: Path) -> frozenset[str]:
    names = set()
    for node in ast.walk(_tree(file)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "parameter" and node.args:
            named = node.args[0]
        elif isinstance(node, ast.Subscript) and getattr(node.value, "attr", "") == "query_params":
            named = node.slice
        else:
            continue
        if isinstance(named, ast.Constant):
            names.add(str(named.value))
    return frozenset(names)


Ids = Mapping[str, Sequence[str]]
"""For each name of a parameter what is tried: one's own, others', of what one must not see, made up, malformed."""

IN_PIECES = 5
"""Of the many pairs of an entry or milestone and a file, each fifth is also asked for in pieces."""

PIECES: Sequence[Mapping[str, str]] = (
    {"Range": "bytes=0-99"},
    {"Range": "bytes=-1"},
    {"Range": "bytes=99999999-"},
    {"If-None-Match": "*"},
)


def requests_to(route: Route, ids: Ids) -> Iterator[tuple[str, str, Mapping[str, str], bytes]]:
    """Every way of asking a route that is tried: method, target, headers and body."""
    for number, target in enumerate(_filled(route.path, ids)):
        for method in sorted(route.methods or ()):
            bodies = _bodies(route.path, ids) if method == "POST" else [({}, b"")]
            if method == "PATCH":
                bodies = [({"Tus-Resumable": "1.0.0", "Upload-Offset": "0"}, b"some bytes")]
            for headers, body in bodies:
                yield method, target, headers, body
        is_file = {"copy_id", "file_id"} & route.param_convertors.keys()
        if is_file and ("copy_id" in route.param_convertors or number % IN_PIECES == 0):
            for headers in PIECES:
                yield "GET", target, headers, b""


def _filled(path: str, ids: Ids) -> Iterator[str]:
    head, brace, rest = path.partition("{")
    if not brace:
        yield path
        return
    name, _, rest = rest.partition("}")
    for value in ids[name.partition(":")[0]]:
        for end in _filled(rest, ids):
            yield f"{head}{value}{end}"


def _bodies(path: str, ids: Ids) -> Iterator[tuple[Mapping[str, str], bytes]]:
    """What is sent: nothing, nonsense, and for routes that say what they take, that about each id."""
    yield {}, b""
    yield {"Content-Type": "application/json"}, b"[1, 2"
    if path == "/autosave":
        kept = {"text": "A text.", "base_version": 0, "tab": "tab-of-the-walk", "save_number": 1}
        targets = [{"what": "comment", "reader": "panel", "assignment_id": each} for each in ids["assignment_id"]]
        targets += [
            {"what": what, "question_key": key, "entry_id": each}
            for what in ("answer", "particulars")
            for each in ids["entry_id"]
            for key in ids["question_key"]
        ]
        for target in targets:
            yield {"Content-Type": "application/json"}, json.dumps({**kept, **target}).encode()
    elif path == "/uploads":
        for name in ("entry_id", "milestone_id"):
            for each in ids[name]:
                yield _announced({"what": "answer" if name == "entry_id" else "evidence", name: each}, ids), b""
    elif path == "/receipt":
        for code in ids["code"]:
            yield {"Content-Type": "application/x-www-form-urlencoded"}, urlencode({"code": code}).encode()


def _announced(named: Mapping[str, str], ids: Ids) -> Mapping[str, str]:
    from base64 import b64encode

    every = {**named, "question_key": ids["question_key"][0], "filename": "plan.pdf"}
    pairs = ",".join(f"{name} {b64encode(value.encode()).decode()}" for name, value in every.items())
    return {"Tus-Resumable": "1.0.0", "Upload-Length": "12", "Upload-Metadata": pairs}


def at_both(walk: Callable[[Visitor], Awaitable[None]], one: Visitor, other: Visitor) -> tuple[Transcript, Transcript]:
    """The same walk at two servers at the same time."""

    async def both() -> None:
        await asyncio.gather(walk(one), walk(other))

    asyncio.run(both())
    return one.transcript, other.transcript


def must_be_the_same(one: Transcript, other: Transcript) -> None:
    """Fail with the first differences, and where they arose."""
    found = differences(one, other)
    assert not found, f"{len(found)} differences, the first:\n\n" + "\n\n".join(map(str, found))
