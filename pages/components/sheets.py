"""A spreadsheet on its way in: chosen, its columns matched, what it would do shown, and then imported as a whole."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import streamlit as st

from pages.components.acting import act, ask, complain, say
from pages.components.layout import heading, table
from pages.components.words import marked
from storage.errors import Invalid, LaurelError
from storage.sheets.columns import Chosen, Question, Style, problem_words
from storage.sheets.matching import Match, Wanted, matched
from storage.sheets.planning import Fate, Imported, MatchedSheet, Plan, narrowed
from storage.sheets.reading import MOST_BYTES, Sheet, read_sheet
from storage.values import counted

HERE: Final = Path(__file__).parent
SHOWN: Final = 50
"""So many rows are shown before they are imported; how many more there are is said."""
ABSENT: Final = ""
NO_EXTRAS: Final[Mapping[str, Any]] = MappingProxyType({})

_component = st.components.v2.component(
    "laurel_sheet",
    html=(HERE / "sheet.html").read_text(),
    css=(HERE / "upload.css").read_text(),
    js=(HERE / "sheet.js").read_text(),
)


@dataclass(frozen=True)
class SheetImport:
    """An import on a page. ``name`` tells it from every other, so it holds the id of what is imported into.

    ``one`` and ``many`` are what a row is called, ``changes`` what a changed row is.
    """

    name: str
    wanted: tuple[Wanted, ...]
    one: str
    many: str
    changes: str = "changed"

    def draw(
        self,
        planned: Callable[..., Plan],
        command: Callable[..., Imported],
        about: Mapping[str, Any],
        extras: Callable[[], Mapping[str, Any]] = lambda: NO_EXTRAS,
    ) -> None:
        """``planned`` is the query that says what ``command`` would do; both take ``about``, the sheet and ``extras``.

        ``extras`` draws further fields between the columns and what they lead to.
        """
        held: tuple[str, Sheet] | None = st.session_state.get(self._held)
        if held is None:
            self._choose()
            return
        self._columns(*held)
        given = self._given(held[1])
        arguments = {**about, "given": given, **extras()}
        try:
            plan = ask(planned, **arguments)
        except Invalid as error:
            st.error(marked("{}", error.words), icon=":material/error:")
            self._leave()
            return
        self._note_questions(plan)
        self._ask_styles()
        self._show(plan)
        with st.container(horizontal=True):
            count = sum(row.fate is not Fate.THERE for row in plan.rows)
            if count and not plan.problems and not plan.questions:
                st.button(
                    f"Import {counted(count, self.one, self.many)}",
                    key=self._key("import"),
                    type="primary",
                    on_click=self._import,
                    args=(command, arguments, plan.digest),
                )
            self._leave()

    def take(self, name: str, content: bytes) -> None:
        """Read a file that was chosen, and propose which of its columns holds what; in a callback."""
        try:
            sheet = read_sheet(content)
        except LaurelError as error:
            complain(error.words)
            return
        proposed = {match.key: match.column for match in matched(sheet.header, self.wanted)}
        for one in self.wanted:
            st.session_state[self._key(one.key)] = proposed.get(one.key, ABSENT)
        st.session_state[self._held] = (name, sheet)
        st.session_state[self._asked] = {}

    # Inside

    def _key(self, part: str) -> str:
        return f"{self.name}-{part}"

    @property
    def _held(self) -> str:
        return f"{self.name} sheet"

    @property
    def _asked(self) -> str:
        return f"{self.name} asked"

    def _choose(self) -> None:
        columns = ", ".join(one.name if one.needed else f"{one.name} (optional)" for one in self.wanted)
        _component(
            key=self._key("file"),
            data={
                "label": "A CSV file or an Excel workbook (.xlsx)",
                "help": f"One {self.one} a row, under a heading. Looked for: {columns}. Up to 5 MB.",
                "limit": MOST_BYTES,
            },
            on_chosen_change=self._chosen,
        )

    def _chosen(self) -> None:
        chosen = st.session_state[self._key("file")].get("chosen")
        try:
            self.take(str(chosen["name"]), base64.b64decode(chosen["content"], validate=True))
        except (TypeError, KeyError, binascii.Error):
            complain("The file did not arrive whole. Choose it again.")

    def _columns(self, name: str, sheet: Sheet) -> None:
        st.markdown(marked("**{}** · {}", name, counted(len(sheet.rows), "row")))
        if sheet.unread:
            st.caption(marked("Its first sheet is read. Not read: {}.", ", ".join(sheet.unread)))
        options = [ABSENT, *sheet.header]
        for left in range(0, len(self.wanted), 2):
            for place, one in zip(st.columns(2), self.wanted[left : left + 2], strict=False):
                with place, st.container(gap="xxsmall"):
                    st.selectbox(
                        marked("{}", one.name if one.needed else f"{one.name} (optional)"),
                        options,
                        format_func=lambda column: column or "Not in this file",
                        key=self._key(one.key),
                    )
                    st.caption(marked("{}", f"{one.meaning}."))

    def _given(self, sheet: Sheet) -> MatchedSheet:
        columns = {one.key: st.session_state[self._key(one.key)] for one in self.wanted}
        matches = tuple(Match(key, column) for key, column in columns.items() if column != ABSENT)
        asked: dict[str, Question] = st.session_state.get(self._asked, {})
        for key in [key for key, question in asked.items() if columns.get(key) != question.column]:
            del asked[key]
        styles = {key: st.session_state.get(self._key(f"style {key}")) for key in asked}
        chosen = tuple(Chosen(key, Style(style)) for key, style in styles.items() if style is not None)
        return narrowed(MatchedSheet(sheet, matches, chosen))

    def _note_questions(self, plan: Plan) -> None:
        asked: dict[str, Question] = st.session_state.setdefault(self._asked, {})
        asked.update({question.key: question for question in plan.questions})

    def _ask_styles(self) -> None:
        """A question stays where it was asked, so that its answer can be changed."""
        for question in st.session_state[self._asked].values():
            st.radio(
                marked("“{}” can be read in two ways. What is “{}”?", question.column, question.cell),
                [style.value for style in question.styles],
                index=None,
                format_func=_meanings(question).__getitem__,
                key=self._key(f"style {question.key}"),
            )

    def _show(self, plan: Plan) -> None:
        if plan.problems:
            lines = problem_words(plan.problems)
            mend = "One thing has" if len(plan.problems) == 1 else f"{len(plan.problems):,} things have"
            words = marked(
                f"**{mend} to be mended before anything is imported.** Mend the file and choose it again, or choose "
                "other columns."
                f"\n\n{chr(10).join('- {}' for _ in lines)}",
                *lines,
            )
            st.error(words, icon=":material/error:")
            return
        if plan.questions:
            return
        heading("What will be imported", self._counts(plan))
        fates = {Fate.NEW: "New", Fate.CHANGED: self.changes.capitalize(), Fate.THERE: "Same"}
        rows = [(str(row.number), fates[row.fate], *row.cells) for row in plan.rows[:SHOWN]]
        columns = ("Row", "Change", *plan.columns)
        table(columns, rows, hide_on_phone={len(columns) - 1}, caption="What will be imported")
        if len(plan.rows) > SHOWN:
            st.caption(f"These are the first {SHOWN} of {len(plan.rows):,} rows. All of them are imported.")

    def _counts(self, plan: Plan) -> str:
        fates = [row.fate for row in plan.rows]
        words = {Fate.NEW: "new", Fate.CHANGED: self.changes, Fate.THERE: "there already"}
        return ", ".join(f"{fates.count(fate):,} {words[fate]}" for fate in Fate if fate in fates)

    def _leave(self) -> None:
        st.button("Choose another file", key=self._key("other"), on_click=self._forget)

    def _forget(self) -> None:
        st.session_state.pop(self._held, None)

    def _import(self, command: Callable[..., Imported], arguments: Mapping[str, Any], shown: str) -> None:
        imported = act(command, **arguments, shown=shown)
        if imported is None:
            return
        self._forget()
        parts = [
            (imported.added, "added"),
            (imported.changed, self.changes),
            (imported.there, "there already"),
        ]
        words = ", ".join(f"{count:,} {what}" for count, what in parts if count)
        say(f"{self.many.capitalize()} imported: {words}.")


def _meanings(question: Question) -> dict[str, str]:
    return {
        style.value: f"{meaning} ({style.value.partition(',')[0]})"
        for style, meaning in zip(question.styles, question.meanings, strict=True)
    }
