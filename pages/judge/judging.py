"""A judge's own entries: how far each is scored, which comes next, and saying that one has finished."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import streamlit as st

from judging.room import (
    JudgesList,
    OwnCard,
    Pace,
    PracticeLine,
    Seat,
    finish_judging,
    judges_list,
    practice_lines,
    time_words,
)
from pages.components.acting import act, ask
from pages.components.badges import Badge, Badges
from pages.components.figures import counted
from pages.components.layout import (
    Link,
    Step,
    StepState,
    beside_the_first,
    empty_list,
    heading,
    headings,
    page_header,
    step_list,
    table,
)
from pages.components.places import go, link, page_at
from pages.judge.panels import choose_panel, present_panel

TITLE = "Entries to judge"
COMMENT_NEEDED: Final = Badge("Comment needed", "orange", "edit")
READING: Final = (
    "You read entries without names. Codes mean nothing, and their order tells nothing. To read them on a train, have "
    "all of them as one PDF: see the navigation."
)


def draw() -> None:
    present = present_panel(TITLE)
    if present is None:
        return
    seat, seats = present
    if not (seat.accepted_at and seat.conflicts_stated_at):
        _before_beginning(seat, seats)
        return
    entries = ask(judges_list, stage_id=seat.stage_id)
    practice = ask(practice_lines, stage_id=seat.stage_id)
    todo = [line for line in entries.lines if line.scored < entries.asked]
    silent = [line for line in entries.lines if line.needs_comment and seat.judging]
    left = todo or silent
    page_header(
        f"{seat.prize} · {seat.stage}",
        TITLE,
        badge=_badge(seat, entries, todo),
        facts=_facts(seat, entries, todo),
        actions=(lambda: _continue(left, begun=len(todo) < len(entries.lines))) if left and seat.judging else None,
    )
    choose_panel(seat, seats)
    begun = any(line.scored for line in entries.lines)
    if not begun and not seat.finished_at:
        _practise(seat, practice)
    if not entries.lines:
        _none(seat)
        return
    with beside_the_first():
        table(
            ("Entry", "State", "Scored"),
            [
                (_code(line), _state(line, entries.asked, silent), f"{line.scored} of {entries.asked}")
                for line in entries.lines
            ],
            numbers={2},
            caption="Your entries",
            above=("Entries", "in the order of their codes"),
        )
        _finishing(seat, len(entries.lines), len(todo), len(silent))
        _chairing(seat)
        if practice and (begun or all(line.compared for line in practice)):
            link("practise", "Look at practice", stage=seat.stage_id)


def _practise(seat: Seat, lines: Sequence[PracticeLine]) -> None:
    """A card that leads to practice, as long as something is left to practise on."""
    left = [line for line in lines if not line.compared]
    if not left or not seat.scores:
        return
    minutes = sum(line.minutes for line in left)
    needed = any(line.required for line in left)
    with st.container(border=True, key="practise first", gap="xsmall"):
        st.markdown(f"**Practise first ({minutes} min)**")
        st.markdown(
            "Score a made-up entry, then see the levels that the secretariat would give, and why. It counts for "
            "nothing." + (" It comes before your first entry." if needed else " You may skip it.")
        )
        if st.button("Practise"):
            go("practise", stage=seat.stage_id)


def _none(seat: Seat) -> None:
    if seat.scores:
        empty_list("No entries yet", "When judging begins, the entries that you are asked to score appear here.")
        return
    empty_list(
        "You score no entries alone",
        "You meet in the panel, when judging has ended.",
        lambda: link("panel-meeting", "Panel meeting", stage=seat.stage_id),
    )


def _before_beginning(seat: Seat, seats: Sequence[Seat]) -> None:
    page_header(f"{seat.prize} · {seat.stage}", TITLE, badge=Badges.NOT_BEGUN, facts="Two things come before judging.")
    choose_panel(seat, seats)
    page, query = page_at("how-to-judge"), (("stage", str(seat.stage_id)),)
    step_list(
        [
            Step("Accept the terms", "confidence, no outside help", _step(seat.accepted_at), page, query),
            Step("State your conflicts", "names that you must not judge", _step(seat.conflicts_stated_at), page, query),
        ]
    )
    if st.button("Go to “How to judge”", type="primary"):
        go("how-to-judge", stage=seat.stage_id)


def _step(done_at: object) -> StepState:
    return StepState.DONE if done_at else StepState.TO_DO


def _badge(seat: Seat, entries: JudgesList, todo: list[OwnCard]) -> Badge:
    if seat.finished_at:
        return Badges.FINISHED
    untouched = len(todo) == len(entries.lines) and not any(line.scored for line in todo)
    return Badges.NOT_BEGUN if untouched else Badges.IN_PROGRESS


def _facts(seat: Seat, entries: JudgesList, todo: list[OwnCard]) -> str:
    if not entries.lines:
        return ""
    scored = f"{len(entries.lines) - len(todo)} of {len(entries.lines)} entries are scored."
    if seat.judging and todo and entries.pace:
        scored += f" {_time_left(entries.pace, len(todo))}"
    if seat.judging_closes_at is None:
        return scored
    closes = time_words(seat.judging_closes_at, seat.zone, weekday=True)
    return f"{scored} Judging closes {closes}." if seat.judging else f"{scored} Judging is closed."


def _time_left(pace: Pace, todo: int) -> str:
    """How long the rest takes as the last ones did. Nobody else's time goes into it."""
    each = "1 minute" if pace.minutes == 1 else f"{pace.minutes} minutes"
    minutes = pace.minutes * todo
    left = f"about {minutes} minutes" if minutes < 90 else f"about {round(minutes / 60)} hours"
    rest = "The last one" if todo == 1 else f"The {todo} that are left"
    return f"{rest} may take {left}: about {each} each, from your last {pace.entries}."


def _continue(left: list[OwnCard], *, begun: bool) -> None:
    begun = begun or any(line.scored for line in left)
    if st.button("Continue" if begun else "Begin", type="primary"):
        go("scoring", entry=left[0].assignment_id)


def _code(line: OwnCard) -> Link:
    return Link(line.code, f"/scoring?entry={line.assignment_id}")


def _state(line: OwnCard, asked: int, silent: list[OwnCard]) -> Badge:
    if line.scored >= asked:
        return COMMENT_NEEDED if line in silent else Badge("Scored", "green", "check_circle")
    return Badges.IN_PROGRESS if line.scored else Badges.NOT_BEGUN


def _finishing(seat: Seat, entries: int, todo: int, silent: int) -> None:
    needing = counted(silent, "entry needs", "entries need")
    comments = f"{needing} a comment for the entrant. " if silent else ""
    if seat.finished_at:
        words = (
            f"You finished on {time_words(seat.finished_at, seat.zone)}. Your scores and comments can no longer "
            "be changed. Write to the secretariat if one of them is wrong."
        )
    elif not seat.judging:
        words = "Judging is closed. What you had saved is kept, and nothing more can be changed."
    elif todo:
        waiting = "1 entry is" if todo == 1 else f"{todo} entries are"
        words = (
            f"{waiting} not scored to the end yet. Where you cannot judge one, say so with “Cannot judge”. "
            f"{comments}When all are scored, you say here that you have finished."
        )
    elif silent:
        words = f"All your entries are scored. {comments}When all have one, you say here that you have finished."
    else:
        words = "All your entries are scored. You can still change everything until you finish."
    headings(("Reading", READING), ("Finishing", words))
    if seat.judging and not seat.finished_at and not todo and not silent:
        with st.popover("I have finished", type="primary"):
            st.markdown(
                f"Your scores and comments on {entries} entries can then no longer be changed, "
                "and the secretariat sees that you have finished."
            )
            st.button("Finish and lock my scores", on_click=_finish, args=(seat.stage_id,))


def _chairing(seat: Seat) -> None:
    """What the chair of a panel finds before its meeting."""
    if not seat.chairs:
        return
    heading("You chair this panel")
    if seat.judging_ended:
        st.markdown("Judging has ended. For the panel's meeting you can see how each judge scores.")
        link("meeting", "Lead the meeting", stage=seat.stage_id)
        link("how-judges-score", "How judges score", stage=seat.stage_id)
    else:
        st.markdown("When judging has ended, you find here how each judge scores.")


def _finish(stage_id: UUID) -> None:
    act(finish_judging, said="Thank you. You have finished, and your scores are locked.", stage_id=stage_id)
