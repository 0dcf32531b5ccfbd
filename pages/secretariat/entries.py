"""The entries of a stage, and the check whether each is eligible."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import Final
from uuid import UUID

import streamlit as st

from pages.components.acting import act, ask, complain
from pages.components.badges import Badge, Badges, badge_of
from pages.components.layout import (
    Cell,
    Link,
    columns_main_side,
    download,
    empty_list,
    heading,
    page_header,
    prose,
    table,
)
from pages.components.names import draw_hits
from pages.components.places import parameter, present_stage
from pages.components.words import marked, one_line
from pages.secretariat.bringing_in import draw_bringing_in
from pages.secretariat.duplicates import draw_pair, draw_pairs
from pages.secretariat.extending import draw_extending
from pages.secretariat.several import decide_several, draw_became, draw_several
from pages.secretariat.stages import dates_line
from prize.entries.duplicates import duplicates
from prize.entries.models import CheckState, EntryState
from prize.entries.name_checks import NameCheckShown, decide_names
from prize.entries.screening import EntryLine, ScreenedEntry, StageEntries, screen_entry, screened_entry, stage_entries
from prize.lifecycle import Phase
from prize.prizes import PrizeLine
from prize.questions import answer_words
from prize.stages import StageShown
from storage.values import counted, time_words

SCREENED_IN = (Phase.CLOSED, Phase.SCREENING)
NAMES_DECIDED_IN = (*SCREENED_IN, Phase.JUDGING)
ELIGIBLE = Badge("Eligible", "green", "check_circle")
NAMES_WAIT = Badge("To decide", "orange", "visibility_off")
UNSCREENED = Badge("Not screened", "orange", "fact_check")
NAMES_STATES: Final = MappingProxyType(
    {
        CheckState.SEARCHING: "Being searched.",
        CheckState.CLEAR: "Nothing found.",
        CheckState.HELD: "Kept from judges until you decide.",
        CheckState.ALLOWED: "Not a hit: judges read it as it is.",
        CheckState.WITHHELD: "Withheld: judges do not get it.",
    }
)
OPENED = "entry that was opened"
FILTERS = ("All", "Not screened", "Eligible", "Not eligible")


def draw() -> None:
    present = present_stage()
    if present is None:
        return
    prize, stage = present
    entry_id = parameter("entry")
    opened = st.session_state.get(OPENED)
    elsewhere = opened is not None and opened[1] == entry_id and opened[0] != stage.id
    if entry_id is not None and not elsewhere:
        st.session_state[OPENED] = (stage.id, entry_id)
        _one(prize, stage, entry_id)
        return
    if opened:
        # The address still names the entry: after a choice of another prize, and after a link to the page one is on.
        st.query_params.from_dict({"prize": str(prize.id)})
        del st.session_state[OPENED]
    found = ask(duplicates, stage_id=stage.id)
    pair = next((one for one in found.pairs if one.id == parameter("pair")), None)
    if pair is not None:
        draw_pair(prize, stage, pair, screens=stage.phase in SCREENED_IN)
        return
    entries = ask(stage_entries, stage_id=stage.id)
    submitted = [line for line in entries.entries if line.state is EntryState.SUBMITTED]
    waiting = [line for line in submitted if line.eligible is None] if stage.phase in SCREENED_IN else []
    page_header(
        f"{prize.title} · {stage.name}",
        "Entries",
        badge=badge_of(stage.phase),
        facts=f"{_counts(entries, submitted)} {dates_line(stage)}",
        actions=(lambda: _mark_all(entries, waiting)) if waiting and stage.closed_at else None,
    )
    if stage.closed_at is None and entries.entries:
        draw_extending(entries)
    if submitted:
        _list(prize, entries, submitted)
        draw_pairs(prize, stage.id, found, screens=stage.phase in SCREENED_IN)
    else:
        empty_list(
            "No submitted entry yet",
            "Entries appear here when their teams submit them. What stands in a draft is seen by its team alone.",
        )
    draw_bringing_in(stage)


def _counts(entries: StageEntries, submitted: Sequence[EntryLine]) -> str:
    drafts = sum(line.state is EntryState.DRAFT for line in entries.entries)
    withdrawn = sum(line.state is EntryState.WITHDRAWN for line in entries.entries)
    parts = [f"{len(submitted)} submitted"]
    if drafts:
        still = "in draft" if entries.stage.closed_at is None else "never submitted"
        parts.append(f"{drafts} {still}")
    if withdrawn:
        parts.append(f"{withdrawn} withdrawn")
    return ", ".join(parts) + "."


def _list(prize: PrizeLine, entries: StageEntries, submitted: Sequence[EntryLine]) -> None:
    stage = entries.stage
    if stage.phase is Phase.OPEN:
        heading("Submitted so far", "can still be changed by their teams")
        table(
            ("Organisation", "Submitted"),
            [(line.organisation, _submitted(line, stage.zone)) for line in _by_name(submitted)],
            caption="Submitted entries",
        )
        return
    draw_became(stage.id)
    by_filter = {
        "All": list(submitted),
        "Not screened": [line for line in submitted if line.eligible is None],
        "Eligible": [line for line in submitted if line.eligible],
        "Not eligible": [line for line in submitted if line.eligible is False],
    }
    chosen = st.segmented_control(
        "Show",
        FILTERS,
        format_func=lambda name: f"{name} ({len(by_filter[name])})",
        key="entries shown",
        default="All",
        required=True,
        label_visibility="collapsed",
    )
    shown = by_filter[chosen or "All"]
    if shown and stage.closed_at is not None and stage.phase in SCREENED_IN:
        draw_several(stage.id, shown)
    if not shown:
        st.markdown(":gray[No entry of this kind.]")
        return
    names = any(line.names_waiting for line in shown)
    table(
        ("Code", "Organisation", "Submitted", "Eligibility", *(("Names",) if names else ())),
        [
            (
                _code(prize, line),
                line.organisation,
                _submitted(line, stage.zone),
                _eligibility(line),
                *((_names_waiting(line),) if names else ()),
            )
            for line in shown
        ],
        hide_on_phone={2},
        caption="Entries",
    )


def _by_name(lines: Sequence[EntryLine]) -> list[EntryLine]:
    return sorted(lines, key=lambda line: line.organisation)


def _code(prize: PrizeLine, line: EntryLine) -> Cell:
    return Link(line.code or "Open", f"/entries?prize={prize.id}&entry={line.id}")


def _submitted(line: EntryLine, zone: str) -> str:
    return time_words(line.submitted_at, zone) if line.submitted_at else ""


def _names_waiting(line: EntryLine) -> Cell:
    return NAMES_WAIT if line.names_waiting else ""


def _eligibility(line: EntryLine) -> Badge:
    if line.eligible is None:
        return UNSCREENED
    return ELIGIBLE if line.eligible else Badges.INELIGIBLE


def _mark_all(entries: StageEntries, waiting: Sequence[EntryLine]) -> None:
    number = counted(len(waiting), "entry", "entries")
    with st.popover("Mark all as eligible", type="primary"):
        st.markdown(
            f"{number} {'has' if len(waiting) == 1 else 'have'} not been screened. "
            "Each of them will be marked as eligible in your name; you can change any of them until judging begins."
        )
        st.button(
            f"Mark {number} as eligible",
            on_click=decide_several,
            args=(entries.stage.id, waiting, True),
        )


def _one(prize: PrizeLine, stage: StageShown, entry_id: UUID) -> None:
    entry = ask(screened_entry, entry_id=entry_id)
    page_header(
        f"{prize.title} · Entries",
        entry.line.code or entry.line.organisation,
        badge=_eligibility(entry.line),
        facts=f"{entry.line.organisation}. Submitted {_submitted(entry.line, stage.zone)}.",
    )
    st.button("All entries", type="tertiary", icon=":material/arrow_back:", on_click=_close)
    main, side = columns_main_side()
    with main:
        _answers(entry)
    with side:
        _eligibility_answered(entry)
        _names(entry, decides=stage.closed_at is not None and stage.phase in NAMES_DECIDED_IN)
        if stage.closed_at is not None and stage.phase in SCREENED_IN:
            _decide(entry)
        elif entry.line.eligible is False:
            heading("Not eligible")
            prose(entry.line.reason)
        heading("Team")
        for member in entry.team.members:
            leads = " · leads" if member.leads else ""
            st.markdown(marked(f"{{}}:gray[{leads}]  \n:gray[{{}}]", member.name, member.email))


def _close() -> None:
    st.query_params.pop("entry", None)
    st.session_state.pop(OPENED, None)


def _answers(entry: ScreenedEntry) -> None:
    heading("Answers")
    for answer in entry.answers:
        st.subheader(marked("{}", answer.question.wording), anchor=False)
        kept = []
        if answer.question.reveals_identity:
            kept.append("reveals identity: judges who score without names do not see it")
        if answer.question.confidential:
            kept.append("confidential: judges do not see it")
        if kept:
            st.caption(". ".join(kept).capitalize() + ".")
        if answer.text:
            prose(answer_words(answer.question, answer.text))
        for file in answer.files:
            download(file.name, f"/entries/{entry.line.id}/files/{file.id}")
        if not answer.text and not answer.files:
            st.markdown(":gray[No answer.]")


def _eligibility_answered(entry: ScreenedEntry) -> None:
    """What the team said about who may enter when it began, what is left to the secretariat marked."""
    if not entry.eligibility:
        return
    referred = sum(bool(answer.referred) for answer in entry.eligibility)
    heading("What they said about who may enter", f"{referred} to look at" if referred else "")
    for answer in entry.eligibility:
        said = "Yes" if answer.yes else "No"
        st.markdown(marked("{}  \n**{}**", answer.wording, said))
        if answer.referred:
            st.markdown(marked(":orange[:material/flag: {}]", answer.referred))


def _decide(entry: ScreenedEntry) -> None:
    heading("Is it eligible?")
    if entry.line.eligible is False:
        st.markdown(marked("Marked as not eligible: {}", entry.line.reason))
    if not entry.line.eligible:
        st.button("Eligible", type="primary", on_click=_eligible, args=(entry.line.id,))
    key = f"reason-{entry.line.id}"
    with st.form(f"not-eligible-{entry.line.id}", border=False):
        st.text_input(
            "Why it is not eligible", key=key, max_chars=200, placeholder="Which rule it does not meet, and how"
        )
        st.caption("The team reads this reason when decisions are released.")
        st.form_submit_button("Not eligible", on_click=_not_eligible, args=(entry.line.id, key))


def _names(entry: ScreenedEntry, *, decides: bool) -> None:
    """What may tell judges whose entry it is, each with the decision whether they get it."""
    if not entry.names:
        return
    waiting = sum(check.state is CheckState.HELD for check in entry.names)
    heading("May name its makers", f"{waiting} to decide" if waiting and decides else "")
    questions = {answer.question.key: answer.question.wording for answer in entry.answers}
    files = {file.id: file.name for answer in entry.answers for file in answer.files}
    for check in entry.names:
        place = f"{check.question_key}-{check.file_id}"
        with st.container(border=True, key=f"names-{place}", gap="small"):
            about = files.get(check.file_id, "a file") if check.file_id else questions.get(check.question_key, "")
            st.markdown(marked("**{}**", about))
            draw_hits(check)
            st.caption(one_line(NAMES_STATES[check.state]))
            if decides:
                with st.container(horizontal=True, gap="small"):
                    for label, withhold in (("Not a hit", False), ("Withhold", True)):
                        st.button(
                            label,
                            key=f"{label}-{place}",
                            disabled=check.state is (CheckState.WITHHELD if withhold else CheckState.ALLOWED),
                            on_click=_decide_names,
                            args=(entry.line.id, check, withhold),
                        )


def _decide_names(entry_id: UUID, check: NameCheckShown, withhold: bool) -> None:
    act(
        decide_names,
        said="Withheld from judges." if withhold else "Judges will read it as it is.",
        entry_id=entry_id,
        question_key=check.question_key,
        file_id=check.file_id,
        withhold=withhold,
        seen=check.digest,
    )


def _eligible(entry_id: UUID) -> None:
    act(screen_entry, said="Marked as eligible.", entry_id=entry_id, eligible=True)


def _not_eligible(entry_id: UUID, key: str) -> None:
    reason = st.session_state[key].strip()
    if not reason:
        complain("There is no reason yet. Say why the entry is not eligible; its team will read it.")
        return
    act(screen_entry, said="Marked as not eligible.", entry_id=entry_id, eligible=False, reason=reason)
