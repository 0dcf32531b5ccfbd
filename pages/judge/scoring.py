"""The scoring room: an entry without names on one side, the judge's own scorecard on the other."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.errors import StreamlitInvalidLayoutContextError

from judging.room import (
    CANNOT_JUDGE,
    BlindAnswer,
    BlindFile,
    CardShown,
    CommentReader,
    CriterionShown,
    EarlierCard,
    EntryToJudge,
    LaurelError,
    ScoreShown,
    earlier_cards,
    entry_to_judge,
    own_card,
    save_score,
    time_words,
)
from pages.components.acting import act, ask, show_said
from pages.components.autosave import autosave
from pages.components.badges import Badges
from pages.components.document import document
from pages.components.layout import empty_list, page_header, paragraphs, table
from pages.components.places import go, link, parameter
from pages.components.reconnected import draw_again_when_reconnected
from pages.components.words import marked, nbsp_percent, plain
from pages.judge.panes import tend_panes

CANNOT: Final = "Cannot judge"
WITHHELD = "Withheld by the secretariat, since it tells who made the entry."
TAKING_BACK: Final = "taking-back"
JUST_READ: Final = "card was read with its entry"
JUST_SAVED: Final = "card as it was stored with the last score"
AGAIN: Final = "It was not saved: choose it again."
COMMENTS = (
    (
        CommentReader.ENTRANT,
        "Comment for the entrant",
        "The team reads it, without your name, once the outcome is released.",
    ),
    (
        CommentReader.PANEL,
        "Private note for the panel",
        "The team never reads it.",
    ),
)


def draw() -> None:
    assignment_id = parameter("entry")
    if assignment_id is None:
        page_header("Judging", "Scoring room")
        empty_list("No entry chosen", "Choose one of your entries.", lambda: link("judging", "Entries to judge"))
        return
    entry = ask(entry_to_judge, assignment_id=assignment_id)
    page_header(f"{entry.prize} · {entry.stage}", entry.code, badge=Badges.NAMES_HIDDEN, aside=_place(entry))
    progress = _bar(entry)
    reading, scoring = st.columns([1.15, 1], gap="small")
    with reading, st.container(border=True, key="pane-entry"):
        _answers(entry)
    with scoring, st.container(border=True, key="pane-card"):
        st.session_state[JUST_READ] = True
        _scorecard(entry, progress)
        _comments(entry)
        _for_oneself(entry)
    tend_panes(entry.code)
    draw_again_when_reconnected()


def _place(entry: EntryToJudge) -> str:
    words = f"Entry {entry.position} of {entry.entries}"
    if entry.closes_at:
        words += f" · closes {time_words(entry.closes_at, entry.zone, weekday=True)}"
    return words


def _answers(entry: EntryToJudge) -> None:
    """The answers, those between two documents as one element, since the browser pays for each."""
    written = ["<h2>Answers</h2>"]
    for answer in entry.answers:
        written += [f"<h3>{escape(answer.wording)}</h3>", _text(answer)]
        for file in answer.files:
            if file.ready:
                if written:  # nothing stands between two documents of one answer
                    st.html("".join(written))
                    written.clear()
                document(file.name, f"/copies/{file.id}", file.ratios)
            else:
                written.append(quiet(_why_not_shown(file)))
    if written:
        st.html("".join(written))


def _text(answer: BlindAnswer) -> str:
    if answer.text:
        return paragraphs(answer.text)
    if answer.withheld:
        return quiet(WITHHELD)
    if not answer.ready:
        return quiet("Being prepared")
    return "" if answer.files else quiet("No answer.")


def _why_not_shown(file: BlindFile) -> str:
    if file.withheld:
        return WITHHELD
    return f"{file.name} could not be read." if file.failed else f"{file.name}, being prepared"


def quiet(words: str) -> str:
    return f'<p class="laurel-quiet">{escape(words)}</p>'


@st.fragment
def _scorecard(entry: EntryToJudge, progress: DeltaGenerator) -> None:
    """The card as it is stored. A score draws this part alone again, not the entry beside it.

    What stands between two choices is one element, since each is a message that the server sends and the browser draws.
    """
    try:
        just_saved = st.session_state.pop(JUST_SAVED, None)
        if st.session_state.pop(JUST_READ, False):
            card = CardShown(entry.editable, entry.scores)
        elif just_saved and just_saved[0] == entry.assignment_id:
            card = just_saved[1]
        else:
            card = ask(own_card, assignment_id=entry.assignment_id)
    except LaurelError:
        st.rerun()
    if card.editable is not entry.editable:
        st.rerun()
    scores = {score.criterion_key: score for score in card.scores}
    place = st.container(key="scorecard", gap="xsmall")
    with place, show_said(place):
        if not card.editable:
            st.info(
                "This scorecard can no longer be changed: you had finished it, or judging has closed.",
                icon=":material/lock:",
            )
        above = _head(card, entry.zone)
        for criterion in entry.rubric.criteria:
            st.html(above + _asked(criterion))
            above = _criterion(entry, criterion, scores.get(criterion.key), editable=card.editable)
        if above:
            st.html(above)
        if scores and card.editable:
            _taking_back(entry, scores)
    count = f"{len(scores)} of {len(entry.rubric.criteria)}"
    try:
        progress.html(
            f'<p class="laurel-progress"><button type="button" class="laurel-pane to-card">Score · {count}</button>'
            '<button type="button" class="laurel-pane to-entry">Read the entry</button>'
            f'<strong class="wide-only">{count} scored</strong> '
            '<button type="button" class="laurel-keys" aria-label="Keys">'
            '<span class="wide-only">Keys </span><kbd>?</kbd></button></p>'
        )
    except StreamlitInvalidLayoutContextError:  # the page was interrupted before it came here, so there is no place yet
        st.rerun()


def _head(card: CardShown, zone: str) -> str:
    """The card's heading, and whether what stands on it is kept."""
    last = max((score.saved_at for score in card.scores), default=None)
    saved = "Nothing scored yet" if last is None else f"Saved {last.astimezone(ZoneInfo(zone)):%H:%M}"
    kind = "" if last is None else ' class="laurel-saved"'
    return f'<div class="laurel-heading"><h2 id="scorecard">Scorecard</h2><p{kind}>{saved}</p></div>'


def _asked(criterion: CriterionShown) -> str:
    weight = nbsp_percent(f"{criterion.weight} %")
    return (
        f'<p class="laurel-criterion"><strong>{escape(_title(criterion))}</strong> <span>· {escape(weight)}</span><br>'
        f"{escape(criterion.question)}</p>"
    )


def _title(criterion: CriterionShown) -> str:
    return f"{criterion.position}. {criterion.name}"


def _criterion(entry: EntryToJudge, criterion: CriterionShown, score: ScoreShown | None, *, editable: bool) -> str:
    """The choices, and what is to stand under them."""
    key = f"score-{entry.assignment_id}-{criterion.key}"
    stored = None if score is None else CANNOT if score.cannot_judge else str(score.points)
    fresh = key not in st.session_state
    if not fresh:
        st.session_state[key] = stored  # what the browser shows may never have been saved: the database decides
    shown = st.segmented_control(
        f"{_title(criterion)}: {criterion.question}",
        [*map(str, entry.rubric.points), CANNOT],
        key=key,
        default=stored if fresh else None,
        required=True,
        on_change=_score,
        args=(key, entry.assignment_id, criterion.key),
        label_visibility="collapsed",
        width="stretch",
        disabled=not editable,
    )
    if fresh and shown != stored:
        st.session_state[_unsaved(key)] = shown
        st.rerun()
    if lost := st.session_state.get(_unsaved(key)):
        st.markdown(marked(":orange[:material/warning: You chose “{}” while there was no connection. {}]", lost, AGAIN))
    levels = tuple(zip(entry.rubric.points, criterion.levels, strict=False))
    if score is not None:
        return _chosen(score, levels)
    return _levels(levels) if levels else ""


def _chosen(score: ScoreShown, levels: tuple[tuple[int, str], ...]) -> str:
    """What was chosen in words, behind which all levels open."""
    if score.points is None:
        words = "Left out of the mean of this criterion; the entry is not marked down for it."
    else:
        words = f"{score.points}: {dict(levels).get(score.points, '')}".rstrip(": ")
    if not levels:
        return f"<p>{escape(words)}</p>"
    more = '<span class="laurel-more">All levels</span>'
    return f'<details class="laurel-levels"><summary>{escape(words)} {more}</summary>{_levels(levels)}</details>'


def _levels(levels: tuple[tuple[int, str], ...]) -> str:
    rows = "".join(f'<li value="{points}">{escape(words)}</li>' for points, words in levels)
    return f'<ol class="laurel-levels">{rows}</ol>'


def _taking_back(entry: EntryToJudge, scores: Mapping[UUID, ScoreShown]) -> None:
    """A choice cannot be unmade where it was made, so that no second click undoes a score by mistake."""
    titles = {criterion.key: _title(criterion) for criterion in entry.rubric.criteria if criterion.key in scores}
    st.menu_button(
        "Take a score back",
        list(titles),
        format_func=lambda key: plain(titles[key]),
        key=TAKING_BACK,
        type="tertiary",
        on_click=_take_back,
        args=(entry.assignment_id,),
    )


def _unsaved(key: str) -> str:
    """Where the page keeps what a reconnected browser showed without its having been saved."""
    return f"unsaved {key}"


def _score(key: str, assignment_id: UUID, criterion_key: UUID) -> None:
    chosen = st.session_state[key]
    st.session_state.pop(_unsaved(key), None)
    points = int(chosen) if chosen and chosen != CANNOT else None
    _save(assignment_id, criterion_key, points, cannot_judge=chosen == CANNOT)


def _take_back(assignment_id: UUID) -> None:
    _save(assignment_id, st.session_state[TAKING_BACK], None)


def _save(assignment_id: UUID, criterion_key: UUID, points: int | None, *, cannot_judge: bool = False) -> None:
    """Store a score, and keep the card as it is then stored for the draw that follows."""
    card = act(
        save_score,
        assignment_id=assignment_id,
        criterion_key=criterion_key,
        points=points,
        cannot_judge=cannot_judge,
    )
    st.session_state[JUST_SAVED] = None if card is None else (assignment_id, card)


def _comments(entry: EntryToJudge) -> None:
    for reader, label, help_words in COMMENTS:
        _text_of(entry, reader, label, help_words, rows=4 if reader is CommentReader.ENTRANT else 2)


def _text_of(entry: EntryToJudge, reader: CommentReader, label: str, help_words: str, *, rows: int) -> None:
    [comment] = [comment for comment in entry.comments if comment.reader is reader]
    autosave(
        label,
        key=f"comment-{entry.assignment_id}-{reader.value}",
        what="comment",
        target={"assignment_id": entry.assignment_id, "reader": reader.value},
        text=comment.text,
        version=comment.version,
        saved_at=comment.saved_at,
        zone=entry.zone,
        help=help_words,
        rows=rows,
        disabled=not entry.editable,
    )


@st.fragment
def _for_oneself(entry: EntryToJudge) -> None:
    """What the judge alone reads, asked for when it is opened: a note, and their own scores on other entries."""
    drawer = st.expander("My note and earlier scores", key="for-oneself", on_change="rerun")
    if not drawer.open:
        return
    with drawer:
        try:
            note = ask(entry_to_judge, assignment_id=entry.assignment_id)
            cards = ask(earlier_cards, assignment_id=entry.assignment_id)
        except LaurelError:
            st.rerun()
        _text_of(note, CommentReader.JUDGE, "My note", "Nobody reads it but you.", rows=3)
        if not cards:
            st.html(quiet("When you have scored other entries, your scores on them stand here."))
            return
        table(
            ("Entry", *(str(criterion.position) for criterion in entry.rubric.criteria), "Mean"),
            [(card.code, *map(_points, card.points), _mean(card)) for card in cards],
            numbers=set(range(1, len(entry.rubric.criteria) + 2)),
            caption="Your earlier scores by criterion, with their weighted mean",
            above=("Your earlier scores", "by criterion; × means that you could not judge it"),
        )


def _mean(card: EarlierCard) -> str:
    return "–" if card.mean is None else f"{card.mean:.2f}"


def _points(points: int | None) -> str:
    return "–" if points is None else "×" if points == CANNOT_JUDGE else str(points)


def _bar(entry: EntryToJudge) -> DeltaGenerator:
    """The bar at the foot, with an empty place for the card's progress."""
    with st.bottom, st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="right"):
        progress = st.empty()
        st.button("Previous", disabled=entry.previous is None, on_click=_turn_to, args=(entry.previous,))
        if entry.next is not None:
            st.button("Next entry", type="primary", on_click=_turn_to, args=(entry.next,))
        elif st.button("To my entries", type="primary"):
            go("judging")
    return progress


def _turn_to(assignment_id: UUID) -> None:
    st.query_params["entry"] = str(assignment_id)
