"""The panel's meeting as a member sees it: the agenda, the entry that is discussed, and one's own revised score."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import streamlit as st

from judging.room import (
    CriterionShown,
    MeetingShown,
    MeetingState,
    OwnScore,
    PresentItem,
    Seat,
    join_meeting,
    leave_meeting,
    meeting_moves,
    panel_meeting,
    present_entry,
    recuse_oneself,
    revise_score,
    time_words,
)
from pages.components.acting import act, ask
from pages.components.badges import Badge, Badges
from pages.components.blind_entry import draw_answers
from pages.components.figures import counted
from pages.components.layout import columns_main_side, empty_list, heading, page_header, table
from pages.components.panel_meeting import (
    draw_facts,
    draw_minute,
    draw_minutes,
    draw_revised,
    draw_sheet,
    follow,
    state_of,
)
from pages.components.places import link
from pages.components.words import marked
from pages.judge.choices import NOTHING, Asked, Choice, draw_choices
from pages.judge.panels import choose_panel, present_panel

TITLE: Final = "Panel meeting"
AWAY: Final = "The panel discusses an entry that is not shown to you."
OPEN: Final = Badge("Open", "green", "groups")
PREPARED: Final = Badge("Prepared", "blue", "event")
AS_ALONE: Final = "As alone"
CODE, WHY = "code of the entry to recuse from", "why one is recused"


def draw() -> None:
    present = present_panel(TITLE, lambda seat: seat.meets and seat.judging_ended and seat.deciding)
    if present is None:
        return
    seat, seats = present
    where = f"{seat.prize} · {seat.stage}"
    why_not = _why_not(seat)
    if why_not:
        page_header(where, TITLE)
        choose_panel(seat, seats)
        empty_list(*why_not)
        return
    drawn = ask(meeting_moves, stage_id=seat.stage_id)
    meeting = ask(panel_meeting, stage_id=seat.stage_id)
    if meeting is None:
        page_header(where, TITLE, actions=(lambda: _to_lead(seat)) if seat.chairs else None)
        choose_panel(seat, seats)
        empty_list("No meeting yet", "When a meeting is prepared, its agenda and the panel sheet appear here.")
    elif meeting.away:
        page_header(where, TITLE)
        st.markdown(AWAY)
        if seat.chairs:
            _to_lead(seat)
    else:
        item = ask(present_entry, stage_id=seat.stage_id) if meeting.present else None
        if item is None:
            _between(seat, meeting)
        else:
            _discussed(seat, meeting, item)
    follow(seat.stage_id, drawn)


def _why_not(seat: Seat) -> tuple[str, str] | None:
    """What stands in place of the meeting for somebody who has none."""
    if not seat.meets:
        return "You score alone", "You are asked to score entries, and do not meet in the panel of this stage."
    if not seat.judging_ended:
        return "Judging has not ended", "The panel meets when judging has ended. Its agenda then appears here."
    if not (seat.accepted_at and seat.conflicts_stated_at):
        return "Two things come first", "Accept the terms and state your conflicts on the page “How to judge”."
    return None


def _to_lead(seat: Seat) -> None:
    link("meeting", "Lead the meeting", stage=seat.stage_id)


def _badge(meeting: MeetingShown) -> Badge:
    return {
        MeetingState.PREPARED: PREPARED,
        MeetingState.OPEN: OPEN,
        MeetingState.CLOSED: Badges.CLOSED,
    }[meeting.state]


def _between(seat: Seat, meeting: MeetingShown) -> None:
    """Before, after and between entries."""
    page_header(
        f"{meeting.prize} · {meeting.stage}",
        TITLE,
        badge=_badge(meeting),
        facts=_facts(meeting),
        actions=lambda: _coming_and_going(seat, meeting),
    )
    main, side = columns_main_side()
    with main:
        _agenda(meeting)
        draw_minutes(meeting.stage_id, meeting.zone)
        draw_revised(meeting.stage_id)
    with side:
        _members(meeting)
        if meeting.state is not MeetingState.CLOSED:
            _recusing(meeting)
    draw_sheet(meeting.stage_id)


def _facts(meeting: MeetingShown) -> str:
    there = sum(member.present for member in meeting.members)
    match meeting.state:
        case MeetingState.PREPARED:
            return "The meeting has not begun. Read the panel sheet, and say if you must not take part in an entry."
        case MeetingState.OPEN if meeting.present:
            return f"{counted(there, 'member is', 'members are')} here. The next entry appears by itself."
        case MeetingState.OPEN:
            return f"The meeting is open and {counted(there, 'member is', 'members are')} here. Join it to take part."
    closed = time_words(meeting.closed_at, meeting.zone) if meeting.closed_at else ""
    return f"The meeting was closed on {closed}." if meeting.opened_at else "The meeting was called off."


def _coming_and_going(seat: Seat, meeting: MeetingShown) -> None:
    if seat.chairs:
        _to_lead(seat)
    if meeting.state is not MeetingState.OPEN:
        return
    if meeting.present:
        st.button("Leave the meeting", on_click=act, args=(leave_meeting,), kwargs={"meeting_id": meeting.id})
    else:
        st.button(
            "Join the meeting", type="primary", on_click=act, args=(join_meeting,), kwargs={"meeting_id": meeting.id}
        )


def _agenda(meeting: MeetingShown) -> None:
    if not meeting.agenda:
        heading("Agenda")
        st.markdown("Nothing is on the agenda yet.")
        return
    table(
        ("Entry", "Why", "State"),
        [(item.code, item.why, state_of(item, meeting.item_id)) for item in meeting.agenda],
        caption="Agenda",
        above=("Agenda", counted(len(meeting.agenda), "entry", "entries")),
    )


def _members(meeting: MeetingShown) -> None:
    heading("The panel")
    with st.container(key="who-is-here", gap="xxsmall"):
        for member in meeting.members:
            here = ":green[:material/check_circle:] " if member.present else ":gray[:material/radio_button_unchecked:] "
            name = f"{member.name} (chair)" if member.chairs else member.name
            st.markdown(marked(here + "{}", name) if meeting.state is MeetingState.OPEN else marked("{}", name))


def _discussed(seat: Seat, meeting: MeetingShown, item: PresentItem) -> None:
    page_header(
        f"{meeting.prize} · {meeting.stage} · {TITLE}",
        item.item.code,
        badge=Badges.NAMES_HIDDEN,
        facts=item.item.why,
        actions=lambda: _coming_and_going(seat, meeting),
    )
    main, side = columns_main_side()
    with main:
        draw_answers("The entry", item.answers, lambda file: f"/copies/{file.id}")
    with side:
        if item.minute:
            heading("Recorded")
            draw_minute(item.minute, meeting.zone)
        _revising(item)
        draw_facts(item)
        _recusing(meeting, item.item.code)
    _agenda(meeting)


def _revising(item: PresentItem) -> None:
    """The member's own score of each criterion, beside what they gave alone."""
    heading("Your score after the discussion")
    st.caption(
        "Your independent score stays as it is, and the ranking rests on it. Nobody sees what you choose here before "
        "the meeting is over, and then without your name."
    )
    own = {each.criterion_key: each for each in item.own}
    rows = [_revised(item, each, own[each.key]) for each in item.rubric.criteria if each.key in own]
    draw_choices("revised", item.item.id, rows, save=_revise)


def _revised(item: PresentItem, criterion: CriterionShown, own: OwnScore) -> Asked:
    rubric = item.rubric
    alone = f"alone: {rubric.words(own.independent)}" if own.independent is not None else "not scored alone"
    unrevised = AS_ALONE if own.independent is not None else "No score"
    return Asked(
        key=str(criterion.key),
        title=criterion.name,
        aside=f"· {alone}",
        question="" if own.open else "Scored by those who have seen who is behind the entry.",
        label=f"{criterion.name}, after the discussion",
        options=[*((str(step), rubric.words(step)) for step in rubric.steps), (NOTHING, unrevised)] if own.open else [],
        stored=NOTHING if own.revised is None else str(own.revised),
    )


def _revise(choice: Choice) -> None:
    act(revise_score, item_id=choice.about, criterion_key=choice.row, points=choice.points)


def _recusing(meeting: MeetingShown, code: str = "") -> None:
    """The way out for somebody who must not have a part in an entry, now or in advance."""
    with st.popover(
        "I must not take part in this entry" if code else "I must not take part in an entry", type="tertiary"
    ):
        st.markdown(
            "Family, an employer, a client, an investment, a close collaborator or a rival: then the panel decides "
            "without you. Nothing of the entry is shown to you from then on, and a score that you gave it no longer "
            "counts. **This cannot be taken back here.**"
        )
        with st.form(f"recuse {code}", border=False):
            if not code:
                st.text_input("Code of the entry", key=CODE, max_chars=20, placeholder="As the panel sheet has it")
            st.text_input("Why, if you like", key=f"{WHY} {code}", max_chars=200)
            st.form_submit_button("Recuse me", on_click=_recuse, args=(meeting.stage_id, code))


def _recuse(stage_id: UUID, code: str) -> None:
    asked = code or st.session_state[CODE]
    why = st.session_state[f"{WHY} {code}"]
    act(recuse_oneself, said="You are recused. Thank you for saying so.", stage_id=stage_id, code=asked, reason=why)
