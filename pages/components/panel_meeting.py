"""What the screens of a panel's meeting share: the sheet, the entry that is discussed, the minutes, revised scores."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import Final
from uuid import UUID

import streamlit as st

from judging.analyses.shown import Standing
from judging.panel.agenda import ItemShown
from judging.panel.minutes import MinuteShown, Votes, minutes
from judging.panel.revised import ENOUGH, Agreed, Helped, RevisedScores, revised_scores
from judging.panel.screens import PresentItem, meeting_moves
from judging.panel.sheet import PanelSheet, SheetLine, gate_words, panel_sheet
from judging.statistics.wording import chance
from pages.components.acting import ask
from pages.components.badges import Badge, badge_of
from pages.components.figures import NOTHING, between, points, signed
from pages.components.layout import Cell, download, facts_table, heading, nbsp, prose, table
from pages.components.words import marked, plain
from storage.errors import LaurelError
from storage.values import clock_words, counted, time_words

OTHERWISE: Final = "The decision on record is no longer this one."
EVERY_SECONDS: Final = 3.0
DISCUSSED: Final = Badge("Discussed now", "blue", "groups")
RECORDED: Final = Badge("Recorded", "green", "check_circle")
TO_COME: Final = Badge("To come", "gray", "schedule")
WITHDRAWN: Final = Badge("Withdrawn", "gray", "undo")
NO_DECISION: Final = Badge("No decision", "gray", "help")
STANDINGS: Final = MappingProxyType(
    {
        Standing.CLEAR: "Clear",
        Standing.UNDECIDED: "Undecided",
        Standing.BELOW: "Below",
        Standing.STOPPED: "Stopped",
        Standing.UNSCORED: "Not scored",
    }
)
HELPED: Final = MappingProxyType(
    {
        Helped.NOBODY_TWICE: "Whether discussion helped cannot be told: of no entry two members were there who had "
        "scored it alone.",
        Helped.TOO_FEW: "Whether discussion helped cannot be told: too few entries have two members who scored them "
        "both alone and after the discussion.",
        Helped.OPEN: "Whether discussion helped cannot be told: so small a change could come from which entries were "
        "discussed.",
        Helped.CLOSER: "After the discussion members agree better than before.",
        Helped.APART: "After the discussion members agree less than before.",
    }
)


def follow(stage_id: UUID, drawn: str) -> None:
    """Draw the page again when something of the meeting has moved; ``drawn`` is what stood when it was drawn."""
    _look(stage_id, drawn)


@st.fragment(run_every=EVERY_SECONDS)
def _look(stage_id: UUID, drawn: str) -> None:
    """Nothing is drawn here, so that nothing on the page changes while nothing has moved."""
    try:
        moved = ask(meeting_moves, stage_id=stage_id)
    except LaurelError:
        st.rerun()  # the page says why
    if moved != drawn:
        st.rerun()


def state_of(item: ItemShown, discussed: UUID | None) -> Badge:
    """Where an item of the agenda stands."""
    if item.withdrawn:
        return WITHDRAWN
    if item.id == discussed:
        return DISCUSSED
    return RECORDED if item.recorded else TO_COME


def draw_facts(item: PresentItem) -> None:
    """What is known of the entry that is discussed, judges unnamed."""
    heading("What the scores say")
    line = item.line
    if line is None:
        st.markdown("No score of this entry counts.")
        return
    criteria = [
        (criterion.name, points(mean)) for criterion, mean in zip(item.rubric.criteria, line.means, strict=True)
    ]
    facts_table(
        [
            ("Weighted mean", points(line.mean)),
            ("Scores alone", _totals(line)),
            ("Adjusted score", _adjusted(line)),
            ("Chance of a place", chance(line.chance)),
            *([("Threshold not met", ", ".join(line.stopped_by))] if line.stopped_by else []),
            *((gate.wording, f"{gate.yes} yes, {gate.no} no") for gate in line.gates),
            *criteria,
        ],
        caption="What the scores say",
    )
    if item.for_panel:
        heading("Notes for the panel")
        for note in item.for_panel:
            prose(note)


def draw_sheet(stage_id: UUID) -> None:
    """The panel sheet with the way to it as a PDF."""
    sheet = ask(panel_sheet, stage_id=stage_id)
    with st.expander("Panel sheet", icon=":material/table_rows:", key="panel sheet"):
        if not sheet.lines:
            st.markdown("No entry has been judged.")
            return
        download("Download as PDF", f"/stages/{stage_id}/panel-sheet")
        _sheet(sheet)


def _sheet(sheet: PanelSheet) -> None:
    gates = sheet.gates
    head = ["Entry", "Mean", "Scores alone", "Adjusted, 95 %", "Chance", "Standing", "Apart"]
    rows = [[*_row(line), *([gate_words(line.gates)] if gates else [])] for line in sheet.lines]
    table(
        [*head, *([gates] if gates else [])],
        rows,
        numbers={1, 2, 3, 4, 6},
        hide_on_phone={2, 3, 6, 7},
        caption="Panel sheet",
    )
    computed = (
        f"Computed {time_words(sheet.computed_at, sheet.zone)}." if sheet.computed_at else "Being computed; look again."
    )
    st.caption(
        plain(
            nbsp(
                "Scores alone: judges' weighted means, the highest first, without their names. Apart: the highest less "
                "the lowest. Adjusted: allowing for who judged the entry. Chance: of one of the "
                f"{counted(sheet.places, 'place')}. {computed}"
            )
        )
    )


def _row(line: SheetLine) -> list[Cell]:
    return [
        line.code,
        points(line.mean),
        _totals(line),
        _adjusted(line),
        chance(line.chance),
        f"Below the minimum of {', '.join(line.stopped_by)}" if line.stopped_by else _standing(line),
        points(line.spread),
    ]


def _standing(line: SheetLine) -> str:
    return STANDINGS[line.standing] if line.standing else NOTHING


def _totals(line: SheetLine) -> str:
    return " · ".join(points(total) for total in line.totals) or NOTHING


def _adjusted(line: SheetLine) -> str:
    adjusted = line.adjusted
    if adjusted.value is None:
        return NOTHING
    interval = "" if adjusted.low is None else f" ({between(adjusted.low, adjusted.high, 2)})"
    return points(adjusted.value) + interval


def draw_minutes(stage_id: UUID, zone: str, *, named: bool = False) -> None:
    """What the meetings of a stage recorded, the newest meeting first. ``named`` says that nobody else looks on: who
    was there and who was recused then stands in a drawer, for whoever may know."""
    held = [meeting for meeting in ask(minutes, stage_id=stage_id) if meeting.minutes]
    for meeting in held:
        opened = time_words(meeting.opened_at, zone) if meeting.opened_at else ""
        heading("Minutes", opened)
        for minute in meeting.minutes:
            with st.container(border=True, key=f"minute-{minute.id}", gap="xsmall"):
                draw_minute(minute, zone)
                if named and minute.proposed is False:
                    st.markdown(f":orange[:material/warning:] {OTHERWISE}")
                if named and (minute.present_names or minute.recused_names):
                    with st.expander("Who was there", key=f"who-{minute.id}"):
                        st.caption(plain(_names(minute)))


def draw_minute(minute: MinuteShown, zone: str) -> None:
    """One recorded decision."""
    badge = badge_of(minute.outcome) if minute.outcome else NO_DECISION
    at = clock_words(minute.recorded_at, zone)
    struck = " · corrected later" if minute.corrected else ""
    corrects = f" · corrects what was recorded at {clock_words(minute.corrects, zone)}" if minute.corrects else ""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(marked("**{}**", minute.code), width="content")
        st.badge(marked("{}", badge.word), icon=f":material/{badge.icon}:", color=badge.colour, width="content")
        st.markdown(marked(":gray[{}]", f"{at}{corrects}{struck}"), width="content")
    prose(minute.reason)
    st.caption(plain(_who(minute)))


def _who(minute: MinuteShown) -> str:
    recused = f" {counted(minute.recused, 'member was', 'members were')} recused." if minute.recused else ""
    there = f"{counted(minute.present, 'member')} could vote; the quorum was {minute.quorum}."
    return f"{_votes(minute.votes)} {there}{recused} Recorded by {minute.recorded_by}."


def _names(minute: MinuteShown) -> str:
    could_vote = f"Could vote: {', '.join(minute.present_names) or 'nobody'}."
    return could_vote + (f" Recused: {', '.join(minute.recused_names)}." if minute.recused_names else "")


def _votes(votes: Votes) -> str:
    if not votes.cast:
        return "Without a vote."
    return f"{votes.in_favour} for, {votes.against} against, {votes.abstaining} abstaining."


def draw_revised(stage_id: UUID) -> None:
    """Independent beside revised scores once the meeting is over, and whether discussing helped agreement."""
    shown = ask(revised_scores, stage_id=stage_id)
    if shown is None or not shown.lines:
        return
    heading("Before and after the discussion", words=_helped(shown))
    table(
        ("Entry", "Alone", "After", "Revised by"),
        [
            (
                line.code,
                _points(line.independent),
                _points(line.revised),
                counted(line.changed, "member") if line.revised else NOTHING,
            )
            for line in shown.lines
        ],
        numbers={1, 2, 3},
        caption="Scores before and after the discussion",
    )
    st.caption(
        "Alone: the weighted means of all who scored the entry alone; the ranking rests on these. After: those of the "
        "members present, each as they revised it, or as they had scored it alone; only where there are "
        f"{ENOUGH} or more, as who was there is known. The highest first, so that their order tells nobody."
    )


def _helped(shown: RevisedScores) -> str:
    words = HELPED[shown.helped]
    if shown.before.alpha is None or shown.after.alpha is None:
        return words
    alphas = f"Krippendorff's alpha was {_agreed(shown.before)} before and is {_agreed(shown.after)} after"
    words += f" {alphas}, over {counted(shown.entries, 'entry', 'entries')}"
    if shown.change.alpha is not None and shown.change.low is not None:
        words += f"; the change is {signed(shown.change.alpha)} ({between(shown.change.low, shown.change.high, 2)})"
    words += "."
    if shown.helped is Helped.CLOSER:
        words += " Closer scores need not be better ones: members have heard one another."
    return words


def _agreed(agreed: Agreed) -> str:
    if agreed.alpha is None:
        return NOTHING
    return signed(agreed.alpha) + ("" if agreed.low is None else f" ({between(agreed.low, agreed.high, 2)})")


def _points(totals: Sequence[float]) -> str:
    return " · ".join(points(total) for total in totals) or NOTHING
