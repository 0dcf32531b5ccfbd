"""The parts of every page: style, header, columns, tables, checklists, empty lists."""

import functools
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import Enum
from html import escape
from pathlib import Path
from typing import Final, get_args

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.delta_generator_singletons import context_dg_stack, get_default_dg_stack_value
from streamlit.navigation.page import Page

from pages.components.badges import Badge, Icon
from pages.components.words import Marked, marked, nbsp_percent, one_line, plain

HERE: Final = Path(__file__).parent
ICON: Final = HERE / "icon.svg"
ICONS: Final = "\n".join(f'.laurel-badge.{icon}::before {{ content: "{icon}" / ""; }}' for icon in get_args(Icon))
"""A class for each icon of a badge. As an attribute it costs the browser of a long list twice as much."""
STYLE: Final = f"<style>{(HERE / 'laurel.css').read_text()}{ICONS}</style>"


class StepState(Enum):
    """How far one step of a list is."""

    DONE = "done"
    TO_DO = "to do"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a checklist: what it is about, what is known about it, and the page where it is done."""

    label: str
    words: str
    state: StepState
    page: Page | str | None = None
    query: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """A table's cell that leads to another page of ours, or ``leaves`` for one of ours without Streamlit."""

    label: str
    href: str
    leaves: bool = False

    def __post_init__(self) -> None:
        if not self.href.startswith(("/", "?", "#")) or self.href.startswith("//"):
            raise ValueError(f"A link leads to a page of ours, beginning with / or ?: {self.href}")


@dataclass(frozen=True, slots=True)
class Named:
    """A table's cell with a name, and beneath it what tells more of it; a phone sees the name alone."""

    name: str
    more: str


Cell = str | Badge | Link | Named
LONGEST: Final = 24
LONG: Final = re.compile(rf"(?:[^ @&]|&[^;]+;){{{LONGEST},}}")
"""What is too long for a column of a phone, unless it may break anywhere; an address may break after its @."""
CODE: Final = re.compile(r"[A-Z]{4}-[0-9]+")
"""An entry's code alone in its cell, which is not broken at its hyphen."""


def begin_at_the_top() -> None:
    """Draw from the top of the page; first thing in the main script.

    When somebody clicks the moment a fragment has been drawn, Streamlit 1.67 draws the page in the same thread, and
    where the fragment stood: the whole page would appear inside it.
    """
    context_dg_stack.set(get_default_dg_stack_value())


def apply_style() -> None:
    """Load the stylesheet and the logo; once, in the main script."""
    st.html(_Ready(STYLE))
    st.logo(str(HERE / ("logo-dark.svg" if st.context.theme.type == "dark" else "logo.svg")), size="medium")


def page_header(
    where: str,
    title: str,
    *,
    badge: Badge | None = None,
    facts: str = "",
    aside: str = "",
    actions: Callable[[], None] | None = None,
) -> None:
    """Where one is, the title with its one badge, a line of facts, and on the right quiet words or the actions.

    The words are one element, since the browser pays for each.
    """
    words = (
        f'<header class="laurel-header"><p>{_text(where)}</p>'
        f"<div><h1>{_text(title)}</h1>{_cell(badge) if badge else ''}{f'<p>{_text(aside)}</p>' if aside else ''}</div>"
        f"{f'<p>{_text(facts)}</p>' if facts else ''}</header>"
    )
    if actions is None:
        st.html(words)
        return
    with st.container(key="page-header", horizontal=True, vertical_alignment="bottom", gap="small"):
        st.html(words)
        actions()


def nbsp(text: str) -> str:
    """Per cent signs kept with their numbers, escaped text still marked."""
    kept = nbsp_percent(text)
    return Marked(kept) if isinstance(text, Marked) else kept


def columns_main_side() -> tuple[DeltaGenerator, DeltaGenerator]:
    """A wide column for the work and a narrow one for what stands beside it; each begins with a heading."""
    main, side = st.columns([1.9, 1], gap="large")
    return main, side


def beside_the_first() -> DeltaGenerator:
    """The same columns for a main part that is one element, the first drawn in here; the others stand beside it.

    Columns of Streamlit's are two messages more, and the browser pays for each.
    """
    return st.container(key="beside-the-first")


def heading(text: str, aside: str = "", words: str = "") -> None:
    """A second-level heading, with a few quiet words at its right end, and a paragraph under it in the same element."""
    st.html(_heading(text, aside) + _below(words))


def headings(*each: tuple[str, str]) -> None:
    """Several headings, each with the paragraph under it, in one element, since the browser pays for each."""
    st.html("".join(_heading(text) + _below(words) for text, words in each))


def _below(words: str) -> str:
    return f"<p>{_text(words)}</p>" if words else ""


def _heading(text: str, aside: str = "") -> str:
    quiet = f"<p>{_text(aside)}</p>" if aside else ""
    return f'<div class="laurel-heading"><h2>{_text(text)}</h2>{quiet}</div>'


def prose(text: str) -> None:
    """People's text in paragraphs, exactly as it was typed, without Markdown, fit for copying."""
    st.html(paragraphs(text))


def paragraphs(text: str) -> str:
    """The same as HTML, for elements that hold more than one text."""
    lines = (line.strip() for line in text.splitlines())
    return "".join(f"<p>{escape(line)}</p>" for line in lines if line).join(('<div class="laurel-prose">', "</div>"))


def leave(label: str, href: str) -> None:
    """A link that looks like a button to a page of ours without Streamlit, in this tab."""
    if not href.startswith("/") or href.startswith("//"):
        raise ValueError(f"A link leads to an address of ours: {href}")
    st.html(f'<a class="laurel-leave" href="{escape(href)}" target="_self">{escape(label)}</a>', width="content")


def download(label: str, href: str) -> None:
    """A link to one of our own addresses that sends a file; nothing is opened in a new tab."""
    if not href.startswith("/") or href.startswith("//"):
        raise ValueError(f"A download comes from an address of ours: {href}")
    st.html(
        f'<a class="laurel-download" href="{escape(href)}" target="_self" download>{escape(label)}</a>', width="content"
    )


def empty_list(title: str, what_will_appear: str, action: Callable[[], None] | None = None) -> None:
    """A bordered box instead of an empty list: what will appear here and how to begin."""
    with st.container(border=True, gap="xsmall"):
        st.markdown(marked("**{}**", title))
        st.markdown(marked(":gray[{}]", what_will_appear))
        if action:
            st.space("xxsmall")
            action()


def stat(label: str, value: str, note: str = "") -> None:
    """One figure with its name above and what it means below."""
    with st.container(gap="xxsmall"):
        st.metric(one_line(label), nbsp_percent(value))
        if note:
            st.caption(plain(nbsp(note)))


def facts_table(rows: Sequence[tuple[str, Cell]], caption: str = "Facts") -> None:
    """Names on the left and their values on the right."""
    body = "".join(f'<tr><th scope="row">{_text(name)}</th><td>{_cell(value)}</td></tr>' for name, value in rows)
    st.html(
        f'<table class="laurel-table laurel-facts"><caption>{escape(caption)}</caption><tbody>{body}</tbody></table>'
    )


def table(
    headers: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    numbers: Collection[int] = frozenset(),
    hide_on_phone: Collection[int] = frozenset(),
    caption: str = "",
    above: tuple[str, str] = ("", ""),
) -> None:
    """A table whose first column names its rows; numbers stand right, a phone sees fewer columns.

    ``above`` is a heading with its aside, in the same element.
    """
    if wrong := [row for row in rows if len(row) != len(headers)]:
        raise ValueError(f"A row has {len(wrong[0])} cells, the table has {len(headers)} columns: {wrong[0]}")

    def classes(column: int) -> str:
        names = ["number"] * (column in numbers) + ["wide-only"] * (column in hide_on_phone)
        return f' class="{" ".join(names)}"' if names else ""

    cells = [
        f'<th scope="row"{classes(0)}>{{}}</th>',
        *(f"<td{classes(at)}>{{}}</td>" for at in range(1, len(headers))),
    ]
    line = f"<tr>{''.join(cells)}</tr>"
    head = "".join(f'<th scope="col"{classes(at)}>{_text(header)}</th>' for at, header in enumerate(headers))
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    body = "".join(line.format(*map(_cell, row)) for row in rows)
    begun = _heading(*above) if above[0] else ""
    st.html(
        _Ready(f'{begun}<table class="laurel-table">{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>')
    )


def step_list(steps: Sequence[Step], key: str = "steps") -> None:
    """What is to do, waiting and done, in this order; ``key`` tells two lists on one page apart."""
    order = {StepState.TO_DO: 0, StepState.WAITING: 1, StepState.DONE: 2}
    with st.container(border=True, key=f"step-list-{key}", gap="xsmall"):
        for step in sorted(steps, key=lambda step: order[step.state]):
            _step(step)


def _step(step: Step) -> None:
    icon = {
        StepState.DONE: ":green[:material/check_circle:]",
        StepState.TO_DO: ":orange[:material/error:]",
        StepState.WAITING: ":gray[:material/schedule:]",
    }[step.state]
    state = "" if step.state is StepState.DONE else f"{step.state.value} · "
    with st.container(horizontal=True, gap=None, vertical_alignment="center"):
        st.markdown(icon, width="content")
        if step.page is None:
            st.markdown(one_line(step.label), width="content")
        else:
            st.page_link(step.page, label=one_line(step.label), query_params=dict(step.query) or None)
        st.markdown(marked(f":gray[{state}{{}}]", nbsp(step.words)), width="content")


@dataclass(frozen=True)
class _Ready:
    """HTML of ours, as it is. In a string Streamlit looks for a path and for indentation, which takes 1 ms if long."""

    html: str

    def _repr_html_(self) -> str:
        return self.html


def _text(text: str) -> str:
    return escape(nbsp_percent(text))


def _cell(cell: Cell) -> str:
    match cell:
        case Badge():
            return _badge(cell)
        case Link(label, href, leaves):
            return f'<a href="{escape(href)}" target="{"_top" if leaves else "_self"}">{_text(label)}</a>'
        case Named(name, more):
            return f'{_breaking(_text(name))}<span class="laurel-beneath wide-only">{_breaking(_text(more))}</span>'
    return _breaking(_text(cell))


@functools.lru_cache(maxsize=256)  # a long list has few different ones
def _badge(badge: Badge) -> str:
    return f'<span class="laurel-badge laurel-{badge.colour} {badge.icon}">{escape(badge.word)}</span>'


def _breaking(html: str) -> str:
    """A cell's words stay whole, so that no column is narrower than a date's; what nobody writes as a word breaks."""
    if CODE.fullmatch(html):
        return f'<span class="laurel-code">{html}</span>'
    if len(html) >= LONGEST:
        html = LONG.sub(r'<span class="laurel-long">\g<0></span>', html)
    return html.replace("@", "@<wbr>")
