"""Forms that begin with what is saved, keep what was typed until it is saved, and say at each field what is wrong."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.components.acting import act, complain
from pages.components.words import marked, one_line, plain
from storage.errors import LaurelError
from storage.values import date_words, time_words

_typing = st.components.v2.component("laurel_typing", js=(Path(__file__).parent / "typing.js").read_text())

R = TypeVar("R")
T = TypeVar("T")

NOTHING: Final[Mapping[str, str]] = MappingProxyType({})

KEPT: Final = "session"
"""What was typed is still there when the person looks at another page and comes back."""

LEFT_UNSAVED: Final = "Not saved yet, and some fields show again what is saved. The next change saves the rest."

LINE: Final = 200
SOURCE: Final = 1_000
STATEMENT: Final = 2_000
PROSE: Final = 20_000
PENCE: Final = Decimal(100)
MOST_PENCE: Final = Decimal(10) ** 17
FIRST_MOMENT: Final = datetime.combine(date(2000, 1, 1), time())
LAST_MOMENT: Final = datetime.combine(date(2199, 12, 31), time())


@dataclass
class _Base:
    """The version on which a form is typed. It is an object, since a callback that somebody's next change has overtaken
    can still write into it: Streamlit breaks it off where it next touches the session's state."""

    version: int


@dataclass(frozen=True)
class Form:
    """A form of a page. Its fields are named like the arguments of the command to which it leads.

    ``name`` tells it from every other form, so it holds the id of what is edited. Begin with ``fill``, then draw the
    fields; call the readers and ``send`` in a callback: a button's, or ``save``, which is called with the form and its
    ``arguments`` whenever a field is left, and when typing pauses. The command that such a form leads to returns the
    new version, if any.
    """

    name: str
    save: Callable[..., None] | None = None
    arguments: tuple[Any, ...] = ()

    def key(self, field: str) -> str:
        """Under which the page remembers a field."""
        return f"{self.name}-{field}"

    def __getitem__(self, field: str) -> Any:
        return st.session_state[self.key(field)]

    # Drawing

    def fill(self, version: int = 0, *, called: Mapping[str, str] = NOTHING, **saved: Any) -> int:
        """Set the fields to what is saved, unless something was typed; returns the version that was typed on.

        When somebody else has saved a newer version meanwhile, a box shows it and lets the person choose; ``called``
        gives the labels of fields that are called otherwise in code.
        """
        st.session_state[self._drawn] = set()
        if self.save is None or self._new in st.session_state or self._just_done in st.session_state:
            st.session_state[self._shown] = st.session_state.pop(self._new, {})
            st.session_state[self._done] = st.session_state.pop(self._just_done, "")
        kept = any(self.key(field) in st.session_state for field in saved)
        base: _Base | None = st.session_state.get(self._base) if kept else None
        for name, value in saved.items():
            if base is None or self.key(name) not in st.session_state:
                st.session_state[self.key(name)] = value
                if self.save and base is not None and st.session_state.get(self._shown):
                    st.session_state[self._shown] = {"": LEFT_UNSAVED}
                if isinstance(value, datetime):
                    st.session_state[self._turn(name, value)] = value.fold
        if base is None:
            st.session_state[self._base] = base = _Base(version)
        elif base.version != version:
            self._elsewhere(version, saved, called)
        return base.version

    @property
    def typed_on(self) -> int:
        """The version of what is saved on which this was typed."""
        base: _Base = st.session_state[self._base]
        return base.version

    def line(self, field: str, label: str, *, help: str = "", limit: int = LINE, **options: Any) -> None:  # noqa: A002
        self._field(
            field,
            help,
            lambda key: st.text_input(
                label, max_chars=limit, key=key, persist_state=KEPT, **self._at_change, **options
            ),
        )

    def text(
        self,
        field: str,
        label: str,
        *,
        help: str = "",  # noqa: A002 - Streamlit's word for it
        limit: int = STATEMENT,
        rows: int = 4,
        **options: Any,
    ) -> None:
        self._field(
            field,
            help,
            lambda key: st.text_area(
                label, max_chars=limit, height=24 * rows + 34, key=key, persist_state=KEPT, **self._at_change, **options
            ),
        )

    def long_line(self, field: str, label: str, *, help: str = "") -> None:  # noqa: A002
        """One line that is read whole while it is typed, as high as it needs; see ``joined``."""
        self._field(
            field,
            help,
            lambda key: st.text_area(
                label, max_chars=LINE, height="content", key=key, persist_state=KEPT, **self._at_change
            ),
            key=f"long-line-{self.key(field)}",
        )

    def choice(
        self,
        field: str,
        label: str,
        options: Sequence[T],
        words: Callable[[T], str] = str,
        *,
        help: str = "",  # noqa: A002
        **more: Any,
    ) -> None:
        self._field(
            field, help, lambda key: st.selectbox(label, options, format_func=words, key=key, **self._at_change, **more)
        )

    def several(
        self,
        field: str,
        label: str,
        options: Sequence[T],
        words: Callable[[T], str] = str,
        *,
        help: str = "",  # noqa: A002
        **more: Any,
    ) -> None:
        """A choice of several, in the order in which they are chosen."""
        self._field(
            field,
            help,
            lambda key: st.multiselect(label, options, format_func=words, key=key, **self._at_change, **more),
        )

    def whole(self, field: str, label: str, lowest: int, highest: int, *, help: str = "") -> None:  # noqa: A002
        self._field(
            field,
            help,
            lambda key: st.number_input(label, min_value=lowest, max_value=highest, step=1, key=key, **self._at_change),
        )

    def day(
        self,
        field: str,
        label: str,
        *,
        help: str = "",  # noqa: A002
        first: date = date(1900, 1, 1),
        last: date = date(2199, 12, 31),
    ) -> None:
        self._field(
            field,
            help,
            lambda key: st.date_input(
                label, value=None, format="DD/MM/YYYY", min_value=first, max_value=last, key=key, **self._at_change
            ),
        )

    def moment_field(self, field: str, label: str, zone: str, *, help: str = "") -> None:  # noqa: A002
        """A time by the clock of ``zone``; one that comes twice, as clocks go back that night, asks which is meant."""
        self._field(
            field,
            help,
            lambda key: st.datetime_input(
                label,
                value=None,
                format="DD/MM/YYYY",
                min_value=FIRST_MOMENT,
                max_value=LAST_MOMENT,
                key=key,
                **self._at_change,
            ),
        )
        typed: datetime | None = self[field]
        if typed is not None and _comes_twice(typed, zone):
            turns = [time_words(typed.replace(tzinfo=ZoneInfo(zone), fold=fold), zone) for fold in (0, 1)]
            st.selectbox(
                f"Which {typed:%H:%M} that night: clocks go back after the first",
                (0, 1),
                index=None,
                placeholder="Choose",
                format_func=turns.__getitem__,
                key=self._turn(field, typed),
                **self._at_change,
            )

    def tick(self, field: str, label: str, *, help: str = "", **options: Any) -> None:  # noqa: A002
        self._field(field, help, lambda key: st.checkbox(label, key=key, **self._at_change, **options))

    def outcome(self) -> None:
        """Near the button: what became of the last click, and what is wrong that no field has shown."""
        with st.container():  # there with nothing in it too, so that the button below keeps its place, and the focus
            self._outcome()
            if self.save:
                _typing(key=f"typing-{self.name}", data={"form": self.name})

    def drawer(self, label: str, *, icon: str, expanded: bool = False) -> DeltaGenerator:
        """What the form is folded into. It stays open when a message appears on top and moves the page."""
        return st.expander(label, icon=icon, expanded=expanded, key=self.key("drawer"), on_change="rerun")

    # In a callback

    def send(
        self,
        command: Callable[..., R],
        *,
        said: str = "",
        done: str = "Saved",
        called: Mapping[str, str] = NOTHING,
        **arguments: Any,
    ) -> R | None:
        """Run a command unless a reader found something wrong; what was typed is cleared only when it succeeded.

        ``said`` is told on top of the page, ``done`` beside the button. ``called`` gives the names on the page of
        arguments that are called otherwise in code.
        """
        if self._wrong:
            complain(next(iter(self._wrong.values())))
            return None
        base: _Base | None = st.session_state.get(self._base)
        answer = act(self._noting(command, called), said=said, **arguments)
        if self.save and base and isinstance(answer, int):  # what was typed stands: somebody may be typing on
            base.version = answer
        if not self._wrong:
            if self.save is None:
                self.forget()
            st.session_state[self._just_done] = done
        return answer

    def forget(self) -> None:
        """Let the fields begin with what is saved, at the next draw."""
        for told in (self._base, self._shown, self._done):
            st.session_state.pop(told, None)

    def refuse(self, field: str, words: str) -> None:
        """Say at a field what is wrong with it."""
        self._wrong[field] = words

    def joined(self, field: str) -> str:
        """What was typed into a long line, where somebody may have begun a new one."""
        return " ".join(self[field].split())

    def number(self, field: str, name: str) -> Decimal:
        """A number that was typed in plain digits, with or without thousands separated."""
        text = _digits(self[field])
        try:
            number = Decimal(text)
        except InvalidOperation:
            number = Decimal("nan")
        if not number.is_finite():
            asked = "is empty" if not text else "is not a number"
            self.refuse(field, f"{name} {asked}. Type it in plain digits, such as 42 or 3.5.")
            return Decimal(0)
        return number

    def pounds(self, field: str, name: str) -> int:
        """A sum of money in its minor unit."""
        text = _digits(self[field]).lstrip("£€$")
        try:
            pence = Decimal(text) * PENCE
        except InvalidOperation:
            pence = Decimal("nan")
        if not pence.is_finite() or not text:
            asked = "is empty" if not text else "is not a sum of money"
            self.refuse(field, f"{name} {asked}. Type it in plain digits, such as 250,000 or 99.50.")
            return 0
        if abs(pence) > MOST_PENCE:
            self.refuse(field, f"{name} is more than Laurel can count. Check the number of digits.")
            return 0
        if pence != pence.to_integral_value():
            self.refuse(field, f"{name} has more than two decimals. Round it to whole pence.")
            return 0
        return int(pence)

    def chosen_day(self, field: str, name: str) -> date:
        """A day; one that is missing is said at the field."""
        day: date | None = self[field]
        if day is None:
            self.refuse(field, f"{name} is missing. Choose a date.")
            return date.min
        return day

    def moment(self, field: str, name: str, zone: str) -> datetime:
        """A time that was typed in the clock of ``zone``; one that comes twice needs its choice."""
        typed: datetime | None = self[field]
        if typed is None:
            self.refuse(field, f"{name} has no date and time. Choose them.")
            return datetime.min.replace(tzinfo=UTC)
        turn: int | None = st.session_state.get(self._turn(field, typed)) if _comes_twice(typed, zone) else 0
        if turn is None:
            self.refuse(field, f"{name} comes twice, since the clocks go back that night. Choose which one is meant.")
        there = typed.replace(tzinfo=ZoneInfo(zone), fold=turn or 0)
        if there.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) != typed:
            self.refuse(field, f"{name} falls into the hour that the clocks skip that night. Choose another time.")
        return there.astimezone(UTC)

    # Inside

    @property
    def _at_change(self) -> dict[str, Any]:
        return {"on_change": self._save_now} if self.save else {}

    def _save_now(self) -> None:
        st.session_state.pop(self._new, None)  # of a save whose answer was never shown
        if self.save:
            self.save(self, *self.arguments)

    def _turn(self, field: str, typed: datetime) -> str:
        """Under which the page remembers whether the first or the second of two equal times is meant."""
        return self.key(f"{field} at {typed:%Y-%m-%d %H:%M}")

    @property
    def _base(self) -> str:
        return f"{self.name} base"

    @property
    def _new(self) -> str:
        return f"{self.name} wrong"

    @property
    def _shown(self) -> str:
        return f"{self.name} wrong shown"

    @property
    def _drawn(self) -> str:
        return f"{self.name} wrong drawn"

    @property
    def _just_done(self) -> str:
        return f"{self.name} done"

    @property
    def _done(self) -> str:
        return f"{self.name} done shown"

    @property
    def _wrong(self) -> dict[str, str]:
        wrong: dict[str, str] = st.session_state.setdefault(self._new, {})
        return wrong

    def _outcome(self) -> None:
        wrong: dict[str, str] = st.session_state.get(self._shown, {})
        at_fields: set[str] = st.session_state.get(self._drawn, set())
        if rest := [words for field, words in wrong.items() if field not in at_fields]:
            for words in rest:
                _wrong(words)
        elif wrong:
            _wrong(f"Not {'saved' if self.save else 'done'} yet. Look at what is marked above.")
        elif done := st.session_state.get(self._done, ""):
            st.markdown(marked(":green[:material/check: {}]", done))
        elif self.save:
            st.markdown(":gray[:material/check: Saved as you type]")

    def _field(self, field: str, help_words: str, draw: Callable[[str], object], key: str | None = None) -> None:
        with st.container(gap="xxsmall", key=key):
            draw(self.key(field))
            if help_words:
                st.caption(one_line(help_words))
            shown: dict[str, str] = st.session_state.get(self._shown, {})
            if words := shown.get(field, ""):
                _wrong(words)
                st.session_state[self._drawn].add(field)

    def _noting(self, command: Callable[..., R], called: Mapping[str, str]) -> Callable[..., R]:
        """The command, whose refusal is remembered for the field that it names, in the page's words."""

        @functools.wraps(command)
        def run(*args: Any, **named: Any) -> R:
            try:
                return command(*args, **named)
            except LaurelError as error:
                in_code = f"The {error.field.removesuffix('_id').replace('_', ' ')} "
                if error.field in called and error.words.startswith(in_code):
                    error = type(error)(f"The {called[error.field]} {error.words.removeprefix(in_code)}", error.field)
                self.refuse(error.field, error.words)
                raise error

        return run

    def _elsewhere(self, version: int, saved: Mapping[str, Any], called: Mapping[str, str]) -> None:
        with st.container(border=True, key=f"elsewhere-{self.name}", gap="small"):
            st.markdown(
                ":red[:material/error: **Not saved: this was changed elsewhere.**] What you typed is still in the "
                "fields below. Here is what is saved now."
            )
            for field, value in saved.items():
                if self[field] != value:
                    with st.container(gap="xxsmall"):
                        st.markdown(marked("**{}**", called.get(field, field.replace("_", " ").capitalize())))
                        st.markdown(plain(_words(value)))
            with st.container(horizontal=True):
                st.button("Take what is saved", key=self.key("take theirs"), on_click=self.forget)
                keep = "Keep mine" if self.save else "Keep mine, to save it below"
                st.button(keep, key=self.key("keep mine"), on_click=self._keep, args=(version,))

    def _keep(self, version: int) -> None:
        st.session_state[self._base].version = version
        self._save_now()


def _comes_twice(typed: datetime, zone: str) -> bool:
    """Whether clocks go back over this time; where they skip it, the second offset is the larger one."""
    first, second = (typed.replace(tzinfo=ZoneInfo(zone), fold=fold).utcoffset() for fold in (0, 1))
    return first is not None and second is not None and first > second


def _digits(text: str) -> str:
    return "".join(text.split()).replace(",", "")


def _words(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{date_words(value)}, {value:%H:%M}"
    return date_words(value) if isinstance(value, date) else str(value) or "(empty)"


def _wrong(words: str) -> None:
    st.markdown(marked(":red[:material/error: {}]", words))
