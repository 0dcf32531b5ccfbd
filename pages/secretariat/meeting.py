"""The panel's meeting on the shared screen, without names: prepared, led entry by entry, recorded, looked back on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal
from uuid import UUID

import streamlit as st

from judging.decisions import TO_DECIDE
from judging.judges import Seat, own_seats
from judging.models import Outcome
from judging.panel.agenda import ItemShown, add_item, move_item, propose_items, remove_item
from judging.panel.meeting import close_meeting, note_presence, open_meeting, prepare_meeting, present_item
from judging.panel.members import MemberLine
from judging.panel.minutes import record_minute
from judging.panel.models import MeetingState
from judging.panel.recusals import record_recusal
from judging.panel.screens import MeetingShown, PresentItem, meeting_moves, panel_meeting, present_entry
from judging.policy import Action as JudgingAction
from pages.components.acting import act, ask, complain, say
from pages.components.badges import Badge, Badges, badge_of
from pages.components.layout import columns_main_side, empty_list, heading, page_header, table
from pages.components.panel_meeting import (
    NO_DECISION,
    draw_facts,
    draw_minute,
    draw_minutes,
    draw_revised,
    draw_sheet,
    follow,
    state_of,
)
from pages.components.permitted import may
from pages.components.places import parameter, present_stage
from pages.components.words import marked
from prize.lifecycle import Phase
from storage.values import counted, time_words

TITLE: Final = "Panel meeting"
OPEN: Final = Badge("Open", "green", "groups")
PREPARED: Final = Badge("Prepared", "blue", "event")
QUORUM = "quorum of the meeting"
CODE, WORDS = "code of the entry for the agenda", "why it is on the agenda"
NOTHING = "no decision"
OUTCOME, REASON = "what the panel recommends", "why the panel recommends it"
IN_FAVOUR, AGAINST, ABSTAINING = "votes for", "votes against", "abstentions"
WHO, WHAT, WHY = "who is recused", "from which entry", "why they are recused"


@dataclass(frozen=True)
class _Where:
    """Which panel the page is about, whoever leads it."""

    stage_id: UUID
    words: str
    zone: str
    deciding: bool
    begun: bool


def draw() -> None:
    where = _where()
    if where is None:
        return
    if not where.begun:
        page_header(where.words, TITLE)
        empty_list("Judging has not ended", "When it has, a meeting of the panel is prepared and led here.")
        return
    drawn = ask(meeting_moves, stage_id=where.stage_id)
    meeting = ask(panel_meeting, stage_id=where.stage_id)
    if meeting is None or meeting.state is MeetingState.CLOSED or not where.deciding:
        _apart(where, meeting)
    elif meeting.state is MeetingState.PREPARED:
        _prepared(where, meeting)
    else:
        _led(where, meeting)
    follow(where.stage_id, drawn)


def _where() -> _Where | None:
    """The panel that somebody chairs, where the address names it; else the stage that the secretariat has chosen."""
    wanted = parameter("stage")
    seats = ask(own_seats) if wanted else ()
    seat = next((seat for seat in seats if seat.stage_id == wanted and seat.chairs), None)
    if seat is not None:
        return _chaired(seat)
    present = present_stage()
    if present is None:
        return None
    prize, stage = present
    begun = stage.phase in (Phase.DECIDING, Phase.CONFIRMED, Phase.RELEASED)
    return _Where(stage.id, f"{prize.title} · {stage.name}", stage.zone, stage.phase is Phase.DECIDING, begun)


def _chaired(seat: Seat) -> _Where:
    return _Where(seat.stage_id, f"{seat.prize} · {seat.stage}", seat.zone, seat.deciding, seat.judging_ended)


def _apart(where: _Where, meeting: MeetingShown | None) -> None:
    """Before the first meeting, between two, and after the last."""
    closed = meeting.closed_at if meeting else None
    facts = f"The last meeting was closed on {time_words(closed, where.zone)}." if closed else ""
    page_header(where.words, TITLE, badge=Badges.CLOSED if meeting else None, facts=facts)
    if where.deciding:
        _prepare(where, again=meeting is not None)
    elif meeting is None:
        empty_list("The panel has not met", "The decisions were made without a meeting.")
    draw_minutes(where.stage_id, where.zone, named=True)
    draw_revised(where.stage_id)
    draw_sheet(where.stage_id)


def _prepare(where: _Where, *, again: bool) -> None:
    heading("Prepare another meeting" if again else "Prepare the meeting")
    st.markdown(
        "The agenda is proposed from the newest analysis: first the undecided band, then the entries about which "
        "judges differ most. You can change it until the meeting is over."
    )
    with st.form("prepare", border=False):
        st.number_input("Quorum", min_value=1, max_value=500, value=3, step=1, key=QUORUM, width=160)
        st.caption("How many members have to be there and not recused, for each entry.")
        st.form_submit_button("Prepare the meeting", type="primary", on_click=_prepare_now, args=(where.stage_id,))


def _prepare_now(stage_id: UUID) -> None:
    act(prepare_meeting, said="The meeting is prepared.", stage_id=stage_id, quorum=int(st.session_state[QUORUM]))


def _prepared(where: _Where, meeting: MeetingShown) -> None:
    page_header(
        where.words,
        TITLE,
        badge=PREPARED,
        facts=f"Quorum {meeting.quorum} of {counted(len(meeting.members), 'member')}. Not open yet.",
        actions=lambda: _opening(meeting),
    )
    main, side = columns_main_side()
    with main:
        _agenda(meeting)
    with side:
        _members(meeting)
        _recusal(meeting)
    draw_minutes(where.stage_id, where.zone)
    draw_sheet(where.stage_id)


def _opening(meeting: MeetingShown) -> None:
    with st.popover("Call off"):
        st.markdown("The meeting will not take place. Another one can then be prepared.")
        st.button("Call the meeting off", on_click=_close, args=(meeting, "The meeting is called off."))
    st.button("Open the meeting", type="primary", on_click=_open, args=(meeting,))


def _open(meeting: MeetingShown) -> None:
    act(open_meeting, said="The meeting is open.", meeting_id=meeting.id, version=meeting.version)


def _close(meeting: MeetingShown, said: str) -> None:
    act(close_meeting, said=said, meeting_id=meeting.id, version=meeting.version)


def _led(where: _Where, meeting: MeetingShown) -> None:
    item = ask(present_entry, stage_id=where.stage_id)
    with st.container(key="shared-screen"):
        page_header(
            where.words if item is None else f"{where.words} · {TITLE}",
            TITLE if item is None else item.item.code,
            badge=OPEN,
            facts=_facts(meeting, item),
            actions=lambda: _turning(meeting, recorded=item is None or item.minute is not None),
        )
    main, side = columns_main_side()
    with main:
        if meeting.away:
            st.info(
                "The panel discusses an entry that is not shown to you. Somebody else leads it.",
                icon=":material/front_hand:",
            )
        elif item is None:
            heading("Nothing is presented yet", words="Present the first entry, or choose one from the agenda.")
        else:
            _decision(where, meeting, item)
        _agenda(meeting)
    with side:
        if item is not None:
            draw_facts(item)
        _members(meeting)
        _recusal(meeting, item.item.code if item else "")
    draw_minutes(where.stage_id, where.zone)
    draw_sheet(where.stage_id)


def _facts(meeting: MeetingShown, item: PresentItem | None) -> str:
    there = sum(member.present for member in meeting.members)
    if item is None:
        return f"{counted(there, 'member is', 'members are')} here; the quorum is {meeting.quorum}."
    recused = f" {counted(item.recused, 'member is', 'members are')} recused." if item.recused else ""
    quorum = "the quorum stands" if item.may_vote >= meeting.quorum else f"the quorum of {meeting.quorum} is missed"
    return f"{item.item.why}. {counted(item.may_vote, 'member')} may vote: {quorum}.{recused}"


def _turning(meeting: MeetingShown, *, recorded: bool) -> None:
    """To the entry before, to the one after, which is what comes next when this one is ``recorded``, and to the end."""
    ids = [item.id for item in meeting.agenda if not item.withdrawn]
    at = ids.index(meeting.item_id) if meeting.item_id in ids else -1
    with st.popover("Close the meeting", type="tertiary"):
        left = sum(not item.recorded and not item.withdrawn for item in meeting.agenda)
        if left:
            st.markdown(
                f"{counted(left, 'entry', 'entries')} of the agenda {'has' if left == 1 else 'have'} no minute."
            )
        st.markdown("Scores can then no longer be revised. What was recorded stands; another meeting can follow.")
        st.button("Close it now", on_click=_close, args=(meeting, "The meeting is closed."))
    if at > 0:
        st.button("Previous", on_click=_present, args=(ids[at - 1], meeting.version))
    if at + 1 < len(ids):
        words = "Present the first entry" if at < 0 else "Next entry"
        kind: Literal["primary", "secondary"] = "primary" if recorded else "secondary"
        st.button(words, type=kind, on_click=_present, args=(ids[at + 1], meeting.version))


def _present(item_id: UUID, version: int) -> None:
    act(present_item, item_id=item_id, version=version)


def _decision(where: _Where, meeting: MeetingShown, item: PresentItem) -> None:
    """What stands about the entry, and the form in which the panel's decision is recorded."""
    heading("What the panel decides")
    minute = item.minute
    if minute is not None:
        with st.container(border=True, gap="xsmall"):
            draw_minute(minute, where.zone)
    if item.may_vote < meeting.quorum:
        st.markdown(
            f"The quorum is {meeting.quorum}, and {item.may_vote} of those present may decide about this entry. "
            "Nothing can be recorded before there are more."
        )
        return
    if minute is None:
        _form(item, None)
        return
    with st.popover("Correct what was recorded"):
        st.markdown("What was recorded stays in the minutes, and what you write now takes its place.")
        _form(item, minute.id)


def _form(item: PresentItem, corrects: UUID | None) -> None:
    about = f"{item.item.id} {corrects or ''}"
    with st.form(f"record {about}", border=False):
        st.selectbox(
            "The panel recommends", (*TO_DECIDE, NOTHING), index=None, key=f"{OUTCOME} {about}",
            format_func=_outcome, placeholder="Choose what the panel decided",
        )  # fmt: skip
        st.text_area("Why", key=f"{REASON} {about}", height=110, max_chars=2000)
        with st.container(horizontal=True):
            for label, key in (("For", IN_FAVOUR), ("Against", AGAINST), ("Abstaining", ABSTAINING)):
                st.number_input(label, 0, 500, 0, 1, key=f"{key} {about}", width=140)
        st.form_submit_button("Record the decision", type="primary", on_click=_record, args=(item, corrects, about))
    st.caption("Leave the votes at 0 where the panel was of one mind. A recommendation is proposed to the secretariat.")


def _outcome(chosen: Outcome | str) -> str:
    return badge_of(chosen).word if isinstance(chosen, Outcome) else NO_DECISION.word


def _record(item: PresentItem, corrects: UUID | None, about: str) -> None:
    chosen = st.session_state[f"{OUTCOME} {about}"]
    if chosen is None:
        complain("Nothing is chosen. Choose what the panel recommends, or that it decided nothing.")
        return
    votes = [int(st.session_state[f"{key} {about}"] or 0) for key in (IN_FAVOUR, AGAINST, ABSTAINING)]
    recorded = act(
        record_minute,
        item_id=item.item.id,
        outcome=chosen if isinstance(chosen, Outcome) else None,
        reason=st.session_state[f"{REASON} {about}"] or "",
        seen=item.digest,
        in_favour=votes[0],
        against=votes[1],
        abstaining=votes[2],
        corrects=corrects,
    )
    if recorded is not None:
        say(f"Recorded what the panel decided about {item.item.code}. The secretariat looks at the proposal.")


def _agenda(meeting: MeetingShown) -> None:
    heading("Agenda", counted(len(meeting.agenda), "entry", "entries"))
    if meeting.agenda:
        table(
            ("Entry", "Why", "State"),
            [(item.code, item.why, state_of(item, meeting.item_id)) for item in meeting.agenda],
            caption="Agenda",
        )
    else:
        st.markdown("Nothing is proposed: no entry is undecided, and judges differ about none. Add entries by code.")
    with st.container(horizontal=True, gap="small"):
        with st.popover("Add an entry"), st.form("add to agenda", border=False, clear_on_submit=True):
            st.text_input("Code", key=CODE, max_chars=20)
            st.text_input("Why", key=WORDS, max_chars=200)
            st.form_submit_button("Add to the agenda", on_click=_add, args=(meeting.id,))
        if meeting.agenda:
            with st.popover("Change the agenda"):
                for at, item in enumerate(meeting.agenda):
                    _change(meeting, item, first=at == 0, last=at + 1 == len(meeting.agenda))
        st.button("Propose again", on_click=_propose, args=(meeting.id,))


def _change(meeting: MeetingShown, item: ItemShown, *, first: bool, last: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.markdown(marked("**{}**", item.code), width="content")
        moved = {"item_id": item.id, "version": meeting.version}
        st.button(
            "Up", key=f"up {item.id}", type="tertiary", disabled=first,
            on_click=act, args=(move_item,), kwargs={**moved, "earlier": True},
        )  # fmt: skip
        st.button(
            "Down", key=f"down {item.id}", type="tertiary", disabled=last,
            on_click=act, args=(move_item,), kwargs={**moved, "earlier": False},
        )  # fmt: skip
        st.button(
            "Take off", key=f"off {item.id}", type="tertiary",
            on_click=act, args=(remove_item,), kwargs={"item_id": item.id},
        )  # fmt: skip
        if meeting.state is MeetingState.OPEN and item.id != meeting.item_id and not item.withdrawn:
            st.button(
                "Present", key=f"present {item.id}", type="tertiary",
                on_click=_present, args=(item.id, meeting.version),
            )  # fmt: skip


def _add(meeting_id: UUID) -> None:
    code, words = st.session_state[CODE] or "", st.session_state[WORDS] or ""
    act(add_item, said="It is on the agenda.", meeting_id=meeting_id, code=code, words=words)


def _propose(meeting_id: UUID) -> None:
    added = act(propose_items, meeting_id=meeting_id)
    if added is not None:
        say(f"{counted(added, 'entry', 'entries')} added." if added else "Everything proposed is on the agenda.")


def _members(meeting: MeetingShown) -> None:
    """Who is there; the secretariat or the chair notes those in the room who have no screen."""
    there = sum(member.present for member in meeting.members)
    heading("The panel", f"{there} of {len(meeting.members)} here" if meeting.state is MeetingState.OPEN else "")
    with st.container(key="who-is-here", gap="xxsmall"):
        for member in meeting.members:
            _member(meeting, member)


def _member(meeting: MeetingShown, member: MemberLine) -> None:
    name = f"{member.name} (chair)" if member.chairs else member.name
    if meeting.state is not MeetingState.OPEN:
        st.markdown(marked("{}" if member.ready else "{} :gray[· terms or conflicts missing]", name))
        return
    icon = ":green[:material/check_circle:]" if member.present else ":gray[:material/radio_button_unchecked:]"
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(marked(f"{icon} {{}}", name), width="content")
        st.button(
            "Mark as left" if member.present else "Mark as here",
            key=f"presence of {member.person_id}",
            type="tertiary",
            disabled=not member.ready,
            on_click=act,
            args=(note_presence,),
            kwargs={"meeting_id": meeting.id, "person_id": member.person_id, "present": not member.present},
        )


def _recusal(meeting: MeetingShown, code: str = "") -> None:
    """The secretariat records what a member has told it."""
    if not may(JudgingAction.RECORD_CONFLICTS, stage_id=meeting.stage_id).allowed:
        return
    names = {member.person_id: member.name for member in meeting.members}
    with st.popover("Record a recusal"):
        st.markdown("From then on they see nothing of the entry, and a score that they gave it no longer counts.")
        with st.form(f"recusal {code}", border=False):
            st.selectbox(
                "Who", list(names), index=None, key=f"{WHO} {code}", format_func=names.__getitem__,
                placeholder="Choose a member",
            )  # fmt: skip
            st.text_input("Code of the entry", value=code, key=f"{WHAT} {code}", max_chars=20)
            st.text_input("Why", key=f"{WHY} {code}", max_chars=200)
            st.form_submit_button("Record it", on_click=_recuse, args=(meeting.stage_id, code))


def _recuse(stage_id: UUID, about: str) -> None:
    who = st.session_state[f"{WHO} {about}"]
    if who is None:
        complain("Nobody is chosen. Choose who is recused.")
        return
    code, why = st.session_state[f"{WHAT} {about}"] or "", st.session_state[f"{WHY} {about}"] or ""
    act(record_recusal, said="The recusal is recorded.", stage_id=stage_id, person_id=who, code=code, reason=why)
