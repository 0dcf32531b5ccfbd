"""The decisions of a stage as they are proposed, and their confirmation by a second person."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import streamlit as st

from judging.decisions import DecisionLine, Decisions, confirm_decisions, decisions, decisions_seen
from judging.models import PLACES, Outcome
from pages.components import badges
from pages.components.acting import act, ask
from pages.components.badges import Badges, badge_of
from pages.components.layout import columns_main_side, empty_list, facts_table, heading, page_header, prose, table
from pages.components.permitted import may, why_not
from pages.components.places import present_stage
from pages.components.words import marked, one_line
from prize.lifecycle import Phase
from prize.policy import Action
from storage.values import counted, time_words


def draw() -> None:
    present = present_stage()
    if present is None:
        return
    prize, stage = present
    seen = ask(decisions_seen, stage_id=stage.id)  # first: a change after it makes the confirmation stale
    shown = ask(decisions, stage_id=stage.id)
    begun = stage.phase in (Phase.DECIDING, Phase.CONFIRMED, Phase.RELEASED)
    page_header(
        prize.title,
        "Confirm decisions",
        badge=badge_of(stage.phase),
        facts=_facts(shown) if begun else "",
        actions=(lambda: _button(stage.id, shown, seen)) if stage.phase is Phase.DECIDING else None,
    )
    if not begun:
        empty_list(
            "Nothing to confirm yet",
            "When judging has ended and the secretariat has decided on every entry, its decisions appear here with "
            "their reasons. You will be asked to confirm them all at once.",
        )
        return
    main, side = columns_main_side()
    with main:
        _chosen(shown)
    with side:
        _what_to_do(shown, stage.phase)
    _others(shown)


def _button(stage_id: UUID, shown: Decisions, seen: str) -> None:
    if may(Action.CONFIRM_DECISIONS, stage_id=stage_id).allowed:
        st.button(
            "Confirm decisions",
            type="primary",
            disabled=bool(shown.undecided) or not shown.unconfirmed,
            on_click=_confirm,
            args=(stage_id, seen),
        )


def _facts(shown: Decisions) -> str:
    count = len(shown.lines)
    entries = f"{count} entr{'y' if count == 1 else 'ies'}"
    places = counted(shown.stage.places, "place")
    return f"{entries}, {shown.taken} of {places} given, {shown.undecided or 'none'} undecided."


def _chosen(shown: Decisions) -> None:
    chosen = sorted(
        (line for line in shown.lines if line.outcome in PLACES),
        key=lambda line: (line.outcome is not Outcome.WINNER, line.organisation),  # tells nothing of the scores
    )
    heading("Who is given a place", f"{len(chosen)} of {shown.stage.places}")
    if not chosen:
        empty_list("Nobody yet", "The entries that are given a place appear here, each with the reason.")
    for line in chosen:
        with st.container(border=True, key=f"decision-{line.entry_id}", gap="xsmall"):
            with st.container(
                horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", gap="small"
            ):
                st.markdown(marked("**{}** · {}", line.organisation, line.code), width="content")
                badges.show(Badges.WINNER if line.outcome is Outcome.WINNER else Badges.FINALIST)
            prose(line.reason)
            _departing(line)
            st.caption(marked("Proposed by {}", line.decided_by))
    if shown.no_award and shown.taken < shown.stage.places:
        heading("Places left free", str(shown.stage.places - shown.taken))
        prose(shown.no_award)


def _departing(line: DecisionLine) -> None:
    if line.departs or line.override:
        badges.show(Badges.OVERRIDE)
        st.markdown(marked(":gray[{}]", " ".join(line.departs)))
        prose(line.override or "No reason has been given yet; you can confirm when there is one.")


def _others(shown: Decisions) -> None:
    others = [line for line in shown.lines if line.outcome not in PLACES]
    if not others:
        return
    heading("Everybody else", f"{len(others)} in all")
    for outcome in (None, *Outcome):
        lines = [line for line in others if line.outcome is outcome]
        if lines:
            _group("Not decided yet" if outcome is None else outcome.value.capitalize(), lines)
    departing = [line for line in others if line.departs]
    if departing:
        heading("Left out of the draw", str(len(departing)))
    for line in sorted(departing, key=lambda line: line.organisation):
        with st.container(border=True, key=f"decision-{line.entry_id}", gap="xsmall"):
            st.markdown(marked("**{}** · {}", line.organisation, line.code))
            _departing(line)


def _group(title: str, lines: Sequence[DecisionLine]) -> None:
    """The entries of one outcome by name, so that their order tells nothing of the scores; reserves in their order."""
    st.subheader(one_line(f"{title}: {len(lines)}"), anchor=False)
    if any(line.reserve for line in lines):
        table(
            ("Moves up", "Organisation", "Entry", "Reason"),
            [
                (str(at), line.organisation, line.code, line.reason)
                for at, line in enumerate(sorted(lines, key=lambda line: line.reserve or 0), 1)
            ],
            caption=title,
            numbers={0},
            hide_on_phone={2},
        )
        return
    in_order = sorted(lines, key=lambda line: line.organisation)
    if not any(line.reason for line in lines):
        table(("Organisation", "Entry"), [(line.organisation, line.code) for line in in_order], caption=title)
        return
    table(
        ("Organisation", "Entry", "Reason"),
        [(line.organisation, line.code, line.reason) for line in in_order],
        caption=title,
        hide_on_phone={1},
    )


def _what_to_do(shown: Decisions, phase: Phase) -> None:
    if phase is not Phase.DECIDING:
        heading("Confirmed")
        if shown.confirmed_at:
            facts_table(
                [("By", shown.confirmed_by), ("At", time_words(shown.confirmed_at, shown.stage.zone))],
                caption="Confirmation",
            )
        if phase is Phase.CONFIRMED:
            st.markdown("The secretariat releases the decisions to all entrants at once.")
        return
    heading("What you confirm")
    answer = may(Action.CONFIRM_DECISIONS, stage_id=shown.stage.id)
    if not answer.allowed:
        st.markdown(one_line(why_not(answer, "The sponsor confirms the decisions.")))
    elif shown.undecided:
        count = f"{shown.undecided} entr{'y is' if shown.undecided == 1 else 'ies are'}"
        st.markdown(f"**{count} not decided yet.** You can confirm when the secretariat has decided on all of them.")
    elif not shown.unconfirmed and shown.lines:
        st.markdown("You have confirmed all that you see. Somebody else of the sponsor confirms the rest.")
    else:
        st.markdown("Read who is given a place and why. Confirming fixes every decision on this page.")
    st.markdown(
        "Nobody is told yet: the secretariat releases the decisions afterwards, to all at once. You see no scores "
        "before release, so that the reasons have to stand by themselves."
    )
    st.caption("To change a decision, tell the secretariat before you confirm.")


def _confirm(stage_id: UUID, seen: str) -> None:
    act(
        confirm_decisions,
        said="The decisions are confirmed. The secretariat can release them now.",
        stage_id=stage_id,
        seen=seen,
    )
