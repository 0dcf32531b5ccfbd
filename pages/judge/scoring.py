"""The scoring room: an entry without names on one side, the judge's own scorecard on the other."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from judging.room import (
    BlindAnswer,
    CardShown,
    CommentReader,
    CriterionShown,
    EntryToJudge,
    LaurelError,
    ScoreShown,
    entry_to_judge,
    own_card,
    save_score,
    time_words,
)
from pages.components.acting import act, ask, show_said
from pages.components.autosave import autosave
from pages.components.badges import Badges
from pages.components.document import document
from pages.components.layout import empty_list, page_header, prose
from pages.components.places import go, link, parameter
from pages.components.saving import Saving, saving_line
from pages.components.words import Marked, marked, nbsp_percent
from pages.judge.panes import tend_panes
from pages.judge.reconnected import draw_again_when_reconnected

HERE: Final = Path(__file__).parent
CANNOT: Final = "Cannot judge"
WITHHELD = ":gray[:material/visibility_off: Withheld by the secretariat, since it tells who made the entry.]"
JUST_READ: Final = "card was read with its entry"
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
    page_header(f"{entry.prize} · {entry.stage}", entry.code, badge=Badges.NAMES_HIDDEN, actions=lambda: _place(entry))
    progress = _bar(entry)
    reading, scoring = st.columns([1.15, 1], gap="small")
    with reading, st.container(border=True, key="pane-entry"):
        st.header("Answers", anchor=False)
        for answer in entry.answers:
            _answer(answer)
    with scoring, st.container(border=True, key="pane-card"):
        st.session_state[JUST_READ] = True
        _scorecard(entry, progress)
        _comments(entry)
    st.html(HERE / "scoring.css")
    tend_panes(entry.code)
    draw_again_when_reconnected()


def _place(entry: EntryToJudge) -> None:
    words = f"Entry {entry.position} of {entry.entries}"
    if entry.closes_at:
        words += f" · closes {time_words(entry.closes_at, entry.zone, weekday=True)}"
    st.markdown(marked(":gray[{}]", words))


def _answer(answer: BlindAnswer) -> None:
    st.subheader(marked("{}", answer.wording), anchor=False)
    if answer.text:
        prose(f"{answer.text} {answer.unit}".strip())
    elif answer.withheld:
        st.markdown(WITHHELD)
    elif not answer.ready:
        st.markdown(":gray[:material/hourglass_top: Being prepared]")
    for file in answer.files:
        if file.ready:
            document(file.name, f"/copies/{file.id}", file.ratios)
        elif file.withheld:
            st.markdown(WITHHELD)
        else:
            st.markdown(marked(":gray[:material/hourglass_top: {}, being prepared]", file.name))
    if not answer.text and not answer.files and answer.ready:
        st.markdown(":gray[No answer.]")


@st.fragment
def _scorecard(entry: EntryToJudge, progress: tuple[DeltaGenerator, DeltaGenerator]) -> None:
    """The card as it is stored. A score draws this part alone again, not the entry beside it."""
    try:
        if st.session_state.pop(JUST_READ, False):
            card = CardShown(entry.editable, entry.scores)
        else:
            card = ask(own_card, assignment_id=entry.assignment_id)
    except LaurelError:
        st.rerun()
    if card.editable is not entry.editable:
        st.rerun()
    scores = {score.criterion_key: score for score in card.scores}
    with st.container(key="scorecard", gap="medium"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.header("Scorecard", anchor="scorecard", width="content")
            with st.container(width="content"):
                _saved(card, entry.zone)
        show_said()
        if not card.editable:
            st.info("You have finished, or judging has closed: nothing here can be changed.", icon=":material/lock:")
        for criterion in entry.rubric.criteria:
            with st.container(gap="xsmall"):
                _criterion(entry, criterion, scores.get(criterion.key), editable=card.editable)
    words = f"{len(scores)} of {len(entry.rubric.criteria)} scored"
    on_phone, elsewhere = progress
    on_phone.markdown(f"[{words}](#scorecard)")
    elsewhere.markdown(f"**{words}**")


def _saved(card: CardShown, zone: str) -> None:
    last = max((score.saved_at for score in card.scores), default=None)
    if last is None:
        st.markdown(":gray[Nothing scored yet]")
    else:
        saving_line(Saving.SAVED, last.astimezone(ZoneInfo(zone)))


def _criterion(entry: EntryToJudge, criterion: CriterionShown, score: ScoreShown | None, *, editable: bool) -> None:
    key = f"score-{entry.assignment_id}-{criterion.key}"
    weight = nbsp_percent(f"{criterion.weight} %")
    title = f"{criterion.position}. {criterion.name}"
    st.markdown(marked("**{}** :gray[· {}]  \n{}", title, weight, criterion.question))
    stored = None if score is None else CANNOT if score.cannot_judge else str(score.points)
    fresh = key not in st.session_state
    if not fresh:
        st.session_state[key] = stored  # what the browser shows may never have been saved: the database decides
    shown = st.segmented_control(
        f"{title}: {criterion.question}",
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
    if score is None:
        if levels:
            st.markdown(_levels(levels))
        return
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown(_chosen(score, dict(levels)), width="content")
        with st.popover("All levels", type="tertiary", key=f"levels-{key}", width="content"):
            st.markdown(_levels(levels) if levels else "The levels have no words.")
            if editable:
                st.button("Take this score back", key=f"back-{key}", on_click=_take_back, args=_ids(entry, criterion))


def _ids(entry: EntryToJudge, criterion: CriterionShown) -> tuple[UUID, UUID]:
    return entry.assignment_id, criterion.key


def _chosen(score: ScoreShown, levels: dict[int, str]) -> Marked:
    if score.points is None:
        return marked("Left out of the mean of this criterion; the entry is not marked down for it.")
    words = levels.get(score.points, "")
    return marked("{}: {}", str(score.points), words) if words else marked("{}", str(score.points))


def _levels(levels: tuple[tuple[int, str], ...]) -> Marked:
    return Marked("\n".join(marked(f"{points}. {{}}", words) for points, words in levels))


def _unsaved(key: str) -> str:
    """Where the page keeps what a reconnected browser showed without its having been saved."""
    return f"unsaved {key}"


def _score(key: str, assignment_id: UUID, criterion_key: UUID) -> None:
    chosen = st.session_state[key]
    st.session_state.pop(_unsaved(key), None)
    act(
        save_score,
        assignment_id=assignment_id,
        criterion_key=criterion_key,
        points=int(chosen) if chosen and chosen != CANNOT else None,
        cannot_judge=chosen == CANNOT,
    )


def _take_back(assignment_id: UUID, criterion_key: UUID) -> None:
    act(save_score, assignment_id=assignment_id, criterion_key=criterion_key, points=None)


def _comments(entry: EntryToJudge) -> None:
    standing = {comment.reader: comment for comment in entry.comments}
    for reader, label, help_words in COMMENTS:
        comment = standing[reader]
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
            rows=4 if reader is CommentReader.ENTRANT else 2,
            disabled=not entry.editable,
        )


def _bar(entry: EntryToJudge) -> tuple[DeltaGenerator, DeltaGenerator]:
    """The bar at the foot, with two empty places for the card's progress: on a phone, where it is a link, and else."""
    with st.bottom, st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        with st.container(width="content"):
            on_phone = st.container(key="phone-only-progress").empty()
            elsewhere = st.container(key="wide-only-progress").empty()
        with st.container(horizontal=True, width="content"):
            st.button("Previous", disabled=entry.previous is None, on_click=_turn_to, args=(entry.previous,))
            if entry.next is not None:
                st.button("Next entry", type="primary", on_click=_turn_to, args=(entry.next,))
            elif st.button("To my entries", type="primary"):
                go("judging")
    return on_phone, elsewhere


def _turn_to(assignment_id: UUID) -> None:
    st.query_params["entry"] = str(assignment_id)
