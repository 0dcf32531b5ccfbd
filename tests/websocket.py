"""A client of Streamlit's WebSocket protocol: drives a running application as a browser does, and keeps every byte.

async with StreamlitClient("http://127.0.0.1:8501", cookies={"laurel_session": token}, page="scoring") as judge:
    await judge.run()
    await judge.set("Feasibility", "4")
    assert "Saved" in judge.texts()
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from tests.choosing import Row, rows_of

Path = tuple[int, ...]
PATIENCE_SECONDS = 60.0

STATE_FIELDS: Mapping[str, str] = {
    "button": "trigger_value",
    "button_group": "string_array_value",
    "checkbox": "bool_value",
    "date_input": "string_array_value",
    "date_time_input": "string_array_value",
    "expander": "bool_value",
    "menu_button": "string_trigger_value",
    "multiselect": "string_array_value",
    "number_input": "double_value",
    "pagination": "int_value",
    "radio": "string_value",
    "selectbox": "string_value",
    "slider": "double_array_value",
    "text_area": "string_value",
    "text_input": "string_value",
    "time_input": "string_value",
}
"""Where each kind of widget keeps its value in what a browser sends."""

VISIBLE_FIELDS = ("body", "label", "text", "value", "help", "title", "placeholder", "caption")


@dataclass(frozen=True)
class Element:
    """Something on the page: where, of which kind, its message, and the fragment that drew it."""

    path: Path
    kind: str
    content: Any
    fragment: str
    run: int

    @property
    def label(self) -> str:
        return str(getattr(self.content, "label", ""))

    @property
    def is_widget(self) -> bool:
        return self.kind != "block" and bool(getattr(self.content, "id", ""))


@dataclass
class StreamlitClient:
    """One browser tab. ``received`` holds the messages as they came, uncompressed, in order."""

    url: str
    cookies: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    page: str = ""
    query: str = ""
    origin: str | None = None
    """Another site's, to be refused; our own when not given."""

    received: list[bytes] = field(default_factory=list)
    messages: list[ForwardMsg] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._tree: dict[Path, Element] = {}
        self._cache: dict[str, ForwardMsg] = {}
        self._widgets: dict[str, WidgetState] = {}
        self._page_hash = ""
        self._run = 0
        self._chosen = 0
        self._fragments: frozenset[str] = frozenset()
        self._socket: ClientConnection | None = None

    async def __aenter__(self) -> StreamlitClient:
        parts = urlsplit(self.url)
        sent = dict(self.headers)
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self._socket = await connect(
            f"ws://{parts.netloc}/_stcore/stream",
            origin=Origin(self.origin or f"{parts.scheme}://{parts.netloc}"),
            subprotocols=[Subprotocol("streamlit")],
            additional_headers=sent,
            compression=None,
            max_size=None,
            proxy=None,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._socket is not None:
            await self._socket.close()

    async def run(self, fragment: str = "") -> float:
        """Run the page, or one fragment of it. Returns the seconds until it was drawn, like all that runs."""
        return await self._rerun(fragment)

    async def goto(self, page: str) -> float:
        """Change to another page, as the navigation does."""
        self._widgets.clear()
        self._page_hash = ""
        self.page = page
        return await self._rerun()

    async def set(self, label: str, value: Any = True, kind: str | None = None) -> float:
        """Change the widget with this label, or press the button, and wait for what it causes."""
        began = perf_counter()
        await self.begin(label, value, kind)
        await self._until_finished()
        return perf_counter() - began

    async def begin(self, label: str, value: Any = True, kind: str | None = None) -> None:
        """The same, without waiting, as somebody in a hurry does."""
        found = self.widget(label, kind)
        state = WidgetState(id=found.content.id)
        name = STATE_FIELDS[found.kind]
        if name.endswith("array_value"):
            many = isinstance(value, Sequence) and not isinstance(value, str)
            getattr(state, name).data.extend(value if many else [value])
        elif name == "string_trigger_value":
            state.string_trigger_value.data = value
        else:
            setattr(state, name, value)
        if "trigger" in name:
            await self._ask(found.fragment, state)
        else:
            self._widgets[state.id] = state
            await self._ask(found.fragment)

    async def choose(self, label: str, words: str) -> float:
        """Choose what reads so where a scorecard asks this, and wait for what it causes."""
        element, row = next((each, row) for each, row in self.choices() if row.label == label)
        self._chosen += 1
        sent = row.sent(str(self._chosen), words)
        self._widgets[element.content.id] = WidgetState(id=element.content.id, json_value=sent)
        return await self._rerun(element.fragment)

    def choices(self) -> list[tuple[Element, Row]]:
        """What the scorecards on the page ask, each with its component."""
        components = (element for element in self.elements() if element.kind == "bidi_component")
        return [(element, row) for element in components for row in rows_of(element.content)]

    def elements(self) -> tuple[Element, ...]:
        """What is on the page, from top to bottom."""
        return tuple(self._tree[path] for path in sorted(self._tree))

    def widget(self, label: str, kind: str | None = None) -> Element:
        for element in self.elements():
            if element.is_widget and element.label == label and kind in (None, element.kind):
                return element
        labels = [element.label for element in self.elements() if element.is_widget]
        raise LookupError(f"There is no widget labelled {label!r}; there are {labels}.")

    def texts(self) -> tuple[str, ...]:
        """The words on the page, from top to bottom."""
        found = (
            getattr(element.content, name, None)
            for element in self.elements()
            if element.kind != "block"
            for name in VISIBLE_FIELDS
        )
        return tuple(text for text in found if isinstance(text, str) and text)

    async def send(self, message: bytes) -> None:
        """Send anything at all, well formed or not."""
        assert self._socket is not None
        await self._socket.send(message)

    async def _rerun(self, fragment: str = "", trigger: WidgetState | None = None) -> float:
        began = perf_counter()
        await self._ask(fragment, trigger)
        await self._until_finished()
        return perf_counter() - began

    async def _ask(self, fragment: str = "", trigger: WidgetState | None = None) -> None:
        message = BackMsg()
        state = message.rerun_script
        state.query_string = self.query
        state.page_script_hash = self._page_hash
        state.page_name = self.page
        state.fragment_id = fragment
        state.context_info.timezone = "Europe/London"
        state.context_info.locale = "en-GB"
        state.context_info.url = f"{self.url}/{self.page}"
        state.widget_states.widgets.extend([*self._widgets.values(), *([trigger] if trigger else [])])
        await self.send(message.SerializeToString())

    async def _until_finished(self) -> None:
        assert self._socket is not None
        while True:
            raw = await asyncio.wait_for(self._socket.recv(decode=False), PATIENCE_SECONDS)
            self.received.append(raw)
            message = self._resolved(ForwardMsg.FromString(raw))
            self.messages.append(message)
            match message.WhichOneof("type"):
                case "new_session":
                    self._begin(message)
                case "navigation":
                    self._page_hash = message.navigation.page_script_hash
                case "delta":
                    self._draw(message)
                case "script_finished" if message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    self._drop_what_was_not_drawn_again()
                    return

    def _resolved(self, message: ForwardMsg) -> ForwardMsg:
        """The message itself where the server only named one that it had sent before."""
        if message.WhichOneof("type") == "ref_hash":
            known = ForwardMsg()
            known.CopyFrom(self._cache[message.ref_hash])
            known.metadata.CopyFrom(message.metadata)
            return known
        if message.hash:
            self._cache[message.hash] = message
        return message

    def _begin(self, message: ForwardMsg) -> None:
        self._run += 1
        self._fragments = frozenset(message.metadata.run.fragment_ids)

    def _draw(self, message: ForwardMsg) -> None:
        path = tuple(message.metadata.delta_path)
        delta = message.delta
        if delta.WhichOneof("type") == "add_block" and delta.add_block.expandable.id:
            kind, content = "expander", delta.add_block.expandable
        elif delta.WhichOneof("type") == "add_block":
            kind, content = "block", delta.add_block
        elif delta.WhichOneof("type") == "new_element":
            kind = str(delta.new_element.WhichOneof("type"))
            content = getattr(delta.new_element, kind)
        else:
            return
        self._tree[path] = Element(path, kind, content, delta.fragment_id, self._run)

    def _drop_what_was_not_drawn_again(self) -> None:
        for path, element in list(self._tree.items()):
            if element.run < self._run and (not self._fragments or element.fragment in self._fragments):
                del self._tree[path]
