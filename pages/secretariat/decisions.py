"""What becomes of each entry: chosen with a reason, confirmed by the sponsor, released to all at once."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import streamlit as st

from judging.analyses.shown import Standing
from judging.decisions import (
    TO_DECIDE,
    DecisionLine,
    Decisions,
    EntryComments,
    comments_on_entries,
    decide_entry,
    decisions,
)
from judging.models import PLACES, Outcome
from judging.no_award import leave_places
from judging.results import ResultLine
from judging.statistics.wording import chance
from judging.timed_release import release_preview
from pages.components import badges
from pages.components.acting import act, ask, complain, say
from pages.components.badges import Badge, badge_of
from pages.components.forms import Form
from pages.components.layout import Cell, columns_main_side, empty_list, heading, nbsp, page_header, prose, table
from pages.components.places import link, present_stage
from pages.components.words import marked
from pages.secretariat.releasing import draw_releasing, release_button, still_set
from pages.secretariat.stages import AFTER_JUDGING
from pages.secretariat.standing import gate_words
from prize.lifecycle import Phase
from prize.models import RankedBy
from prize.prizes import PrizeLine
from prize.stages import StageShown
from storage.values import counted, time_words

PAGE = 10
"""How many entries are decided on one page."""
UNDECIDED, DECIDED = "Undecided", "Decided"
CLOSE = Badge("Close", "orange", "balance")
REST = (Outcome.NOT_SELECTED, Outcome.RESERVE, Outcome.THRESHOLD_NOT_MET)
KEPT = "decision that was refused"
REST_OUTCOME, REST_REASON = "outcome of the rest", "reason of the rest"


def draw() -> None:
    present = present_stage()
    if present is None:
        return
    prize, stage = present
    if stage.phase not in AFTER_JUDGING:
        page_header(f"{prize.title} · {stage.name}", "Decisions", badge=badge_of(stage.phase))
        empty_list(
            "Nothing to decide yet",
            "When judging has ended, each entry appears here with its result, and you choose what becomes of it.",
            lambda: link("ranking", "Go to the ranking", prize=prize.id),
        )
        return
    shown = ask(decisions, stage_id=stage.id)
    to_release = stage.phase in (Phase.DECIDING, Phase.CONFIRMED)
    preview = ask(release_preview, stage_id=stage.id) if to_release else None
    page_header(
        f"{prize.title} · {stage.name}",
        "Decisions",
        badge=badge_of(stage.phase),
        facts=_facts(shown),
        actions=(lambda: release_button(stage.id, preview)) if preview and stage.phase is Phase.CONFIRMED else None,
    )
    if stage.phase is Phase.DECIDING:
        if preview and preview.release_at and not preview.held_at:
            still_set(shown.stage, preview)
        _deciding(shown)
    else:
        if preview:
            draw_releasing(shown.stage, preview)
        _decided(prize, shown)


def _facts(shown: Decisions) -> str:
    taken = f"{shown.taken} of {counted(shown.stage.places, 'place')} taken"
    match shown.stage.phase:
        case Phase.DECIDING if shown.undecided:
            return f"{taken}; {counted(shown.undecided, 'entry is', 'entries are')} not decided yet."
        case Phase.DECIDING:
            return f"{taken}; all entries are decided. Waits for the sponsor, who confirms them as a second person."
        case Phase.CONFIRMED:
            return f"{taken}. Confirmed by {shown.confirmed_by}{_confirmed_at(shown)}. No team knows yet."
    return f"{taken}. Confirmed by {shown.confirmed_by}{_confirmed_at(shown)}, and released to all teams."


def _confirmed_at(shown: Decisions) -> str:
    return f" on {time_words(shown.confirmed_at, shown.stage.zone)}" if shown.confirmed_at else ""


def _deciding(shown: Decisions) -> None:
    main, side = columns_main_side()
    with main:
        heading("Entries", _order(shown.stage))
        st.caption(_check(shown))
        _entries(shown)
    with side:
        heading("What was chosen")
        table(
            ("Outcome", "Entries"),
            [(badge, str(number)) for badge, number in _chosen(shown)],
            numbers={1},
            caption="What was chosen",
        )
        st.caption("Nothing is suggested here, and fewer places may be given than there are.")
        undecided = [line for line in shown.lines if line.outcome is None]
        if undecided:
            _rest(undecided)
        if shown.taken < shown.stage.places and (shown.no_award or not shown.undecided):
            _no_award(shown)
        if shown.stage.may_draw:
            heading("The last places by lot")
            st.markdown("The rules let the last places be drawn among those between whom scores do not decide.")
            link("draw", "Go to the draw", prize=shown.stage.prize_id)


def _order(stage: StageShown) -> str:
    return f"the highest {stage.ranked_by.value} first"


def _check(shown: Decisions) -> str:
    """What the score beside the deciding one is for."""
    close = sum(line.ranked is not None and line.ranked.standing is Standing.UNDECIDED for line in shown.lines)
    if shown.stage.ranked_by is RankedBy.MEAN:
        words = "By the published rule the weighted mean orders the entries; the adjusted score is a check beside it."
    else:
        words = "By the published rule the adjusted score orders the entries, allowing for who judged each."
    return f"{words} {counted(close, 'entry is', 'entries are')} too close to call." if close else words


def _chosen(shown: Decisions) -> list[tuple[Badge, int]]:
    counts = [(badge_of(outcome), sum(line.outcome is outcome for line in shown.lines)) for outcome in Outcome]
    undecided = Badge("Undecided", "orange", "help")
    return [(badge, number) for badge, number in [*counts, (undecided, shown.undecided)] if number]


def _entries(shown: Decisions) -> None:
    by_filter = {
        UNDECIDED: [line for line in shown.lines if line.outcome is None],
        DECIDED: [line for line in shown.lines if line.outcome is not None],
    }
    kind = st.segmented_control(
        "Show",
        (UNDECIDED, DECIDED),
        format_func=lambda name: f"{name} ({len(by_filter[name])})",
        key="decisions shown",
        default=UNDECIDED if by_filter[UNDECIDED] else DECIDED,
        required=True,
        label_visibility="collapsed",
    )
    lines = by_filter[kind or UNDECIDED]
    refused = [line for line in shown.lines if line.entry_id == st.session_state.get(KEPT) and line not in lines]
    lines = [*refused, *lines]
    pages = max(1, -(-len(lines) // PAGE))
    at = st.pagination(pages, key=f"page of {kind}") if pages > 1 else 1
    at = min(at, pages)
    comments = {each.entry_id: each for each in ask(comments_on_entries, stage_id=shown.stage.id)}
    for line in lines[(at - 1) * PAGE : at * PAGE]:
        _entry(shown.stage, line, comments.get(line.entry_id))
    if not lines:
        st.markdown(":gray[Every entry is decided.]" if kind == UNDECIDED else ":gray[No entry is decided yet.]")


def _entry(stage: StageShown, line: DecisionLine, comments: EntryComments | None) -> None:
    with st.container(border=True, key=f"decision-{line.entry_id}", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            address = f"/entries?prize={stage.prize_id}&entry={line.entry_id}"
            st.markdown(marked(f"**[{{}}]({address})** · {{}}", line.code, line.organisation), width="content")
            if line.outcome is None and line.ranked is not None and line.ranked.standing is Standing.UNDECIDED:
                badges.show(CLOSE)
            if line.outcome is not None:
                badges.show(badge_of(line.outcome))
        st.markdown(marked(":gray[{}]", nbsp(_result(line))))
        if line.outcome is Outcome.INELIGIBLE:
            st.markdown(marked("Found ineligible in screening: {}", line.reason))
            return
        if comments:
            _written(comments)
        outcome_key, reason_key = _keys(line.entry_id, line.version)
        _tell_of_newer(line)
        st.session_state.setdefault(outcome_key, line.outcome)
        st.session_state.setdefault(reason_key, line.reason)
        with st.form(f"decide-{line.entry_id}", border=False):
            st.segmented_control(
                "Outcome",
                TO_DECIDE,
                format_func=_outcome_words,
                key=outcome_key,
                required=True,
                label_visibility="collapsed",
                width="stretch",
            )
            st.text_area(
                "Reason; the team reads it",
                key=reason_key,
                height=80,
                max_chars=2000,
            )
            if line.departs or line.override:
                _overriding(line)
            with st.container(horizontal=True, vertical_alignment="center"):
                st.form_submit_button(
                    "Save" if line.outcome is None else "Save the change",
                    on_click=_decide,
                    args=(stage.id, line.entry_id, line.code, line.version),
                )
                if line.decided_by:
                    st.markdown(marked(":gray[Chosen by {}.]", line.decided_by), width="content")


def _overriding(line: DecisionLine) -> None:
    """A field for why a choice departs from the published rules, which the sponsor reads."""
    key = _override_key(line.entry_id, line.version)
    st.session_state.setdefault(key, line.override)
    if line.departs:
        why = marked("**Departs from the published rules.** {}", " ".join(line.departs))
        st.warning(why, icon=":material/flag:")
    st.text_area(
        f"Why it is {'chosen' if line.outcome in PLACES else 'decided so'} all the same; the sponsor reads it",
        key=key,
        height=80,
        max_chars=2000,
    )


def _override_key(entry_id: UUID, version: int) -> str:
    return f"override-{entry_id}-{version}"


def _written(comments: EntryComments) -> None:
    with st.expander(f"What judges wrote ({len(comments.for_entrant) + len(comments.for_panel)})"):
        for title, texts in (("For the panel alone", comments.for_panel), ("For the team", comments.for_entrant)):
            if texts:
                st.markdown(f"**{title}**")
            for text in texts:
                prose(text)


def _keys(entry_id: UUID, version: int) -> tuple[str, str]:
    """The names of an entry's fields: others for each version, so that a newer decision is not overwritten unseen."""
    return f"outcome-{entry_id}-{version}", f"reason-{entry_id}-{version}"


def _tell_of_newer(line: DecisionLine) -> None:
    """Show what is stored when the fields hold something else, which was refused because somebody was quicker."""
    reason_key = _keys(line.entry_id, line.version)[1]
    if line.outcome is None or st.session_state.get(KEPT) != line.entry_id or reason_key not in st.session_state:
        return
    st.warning(
        marked(
            "**Stored now: {}, by {}.** {} In the fields stands what you wrote, not saved.",
            line.outcome.value,
            line.decided_by,
            line.reason,
        ),
        icon=":material/warning:",
    )


def _outcome_words(outcome: Outcome) -> str:
    return outcome.value.capitalize()


def _result(line: DecisionLine) -> str:
    result = line.result
    if result is None:
        return "Not judged"
    if result.mean is None:
        return "A criterion has no score, so there is no mean"
    mean = f"Mean {result.mean:.2f}"
    if result.stopped_by:
        return f"{mean}, below the minimum for {', '.join(result.stopped_by)}{_recommended(result)}"
    totals = " · ".join(f"{total:.2f}" for total in result.totals)
    return f"{mean}, place {result.place}, totals of judges {totals}{_adjusted(line)}{_recommended(result)}"


def _recommended(result: ResultLine) -> str:
    return f"; {gate_words(result.gates)}" if result.gates else ""


def _adjusted(line: DecisionLine) -> str:
    ranked = line.ranked
    if ranked is None or ranked.adjusted.value is None or ranked.chance is None:
        return ""
    return f"; adjusted {ranked.adjusted.value:.2f}, place {ranked.place}, chance of a place {chance(ranked.chance)}"


def _decide(stage_id: UUID, entry_id: UUID, code: str, version: int) -> None:
    outcome_key, reason_key = _keys(entry_id, version)
    outcome, reason = st.session_state[outcome_key], st.session_state[reason_key].strip()
    if outcome is None or not reason:
        complain(f"{code} lacks {'an outcome' if outcome is None else 'a reason'}. Choose an outcome and say why.")
        return
    override = st.session_state.get(_override_key(entry_id, version), "").strip()
    saved = act(decide_entry, entry_id=entry_id, outcome=outcome, reason=reason, version=version, override=override)
    if saved is not None:
        st.session_state.pop(KEPT, None)
        say(f"{code} is saved as: {outcome.value}.")
        return
    stored = next(line for line in ask(decisions, stage_id=stage_id).lines if line.entry_id == entry_id)
    if stored.version != version:
        st.session_state[KEPT] = entry_id
        new_outcome_key, new_reason_key = _keys(entry_id, stored.version)
        st.session_state[new_outcome_key], st.session_state[new_reason_key] = outcome, reason


def _no_award(shown: Decisions) -> None:
    free = shown.stage.places - shown.taken
    heading("Places left free", f"{free} of {shown.stage.places}")
    form = Form(f"no-award-{shown.stage.id}")
    version = form.fill(shown.no_award_version, reason=shown.no_award)
    with st.form(form.name, border=False):
        form.text(
            "reason", "Why; the public result says it", rows=3, help="The sponsor confirms it with the decisions."
        )
        form.outcome()
        st.form_submit_button("Save the reason", on_click=_leave, args=(form, shown.stage.id, version))


def _leave(form: Form, stage_id: UUID, version: int) -> None:
    form.send(leave_places, done="Saved", stage_id=stage_id, reason=form["reason"], version=version)


def _rest(undecided: Sequence[DecisionLine]) -> None:
    number = counted(len(undecided), "undecided entry", "undecided entries")
    heading("The rest together")
    st.markdown(f"One outcome and one reason for all {number}. Each can be changed on its own afterwards.")
    with st.form("the rest", border=False):
        st.selectbox("Outcome", REST, format_func=_outcome_words, key=REST_OUTCOME)
        st.text_area("Reason; the teams read it", key=REST_REASON, height=80, max_chars=2000)
        st.form_submit_button(
            f"Save for {number}",
            on_click=_decide_rest,
            args=(tuple((line.entry_id, line.version) for line in undecided),),
        )


def _decide_rest(undecided: tuple[tuple[UUID, int], ...]) -> None:
    outcome, reason = st.session_state[REST_OUTCOME], st.session_state[REST_REASON].strip()
    if not reason:
        complain("There is no reason yet. Say why; the teams read it.")
        return
    for entry_id, version in undecided:
        if act(decide_entry, entry_id=entry_id, outcome=outcome, reason=reason, version=version) is None:
            return
    st.session_state[REST_REASON] = ""
    say(f"{counted(len(undecided), 'entry is', 'entries are')} saved as: {outcome.value}.")


def _decided(prize: PrizeLine, shown: Decisions) -> None:
    if shown.stage.phase is Phase.RELEASED:
        link("delivery", "Offer grant terms", prize=prize.id)
    heading("All decisions", _order(shown.stage))
    table(
        ("Entry", "Organisation", "Mean", "Place", "Outcome", "Reason"),
        [
            (line.code, line.organisation, _mean(line), _place(line), _outcome(line), line.reason)
            for line in shown.lines
        ],
        numbers={2, 3},
        hide_on_phone={2, 3, 5},
        caption="All decisions",
    )


def _mean(line: DecisionLine) -> str:
    return f"{line.result.mean:.2f}" if line.result and line.result.mean is not None else ""


def _place(line: DecisionLine) -> str:
    return str(line.result.place) if line.result and line.result.place else ""


def _outcome(line: DecisionLine) -> Cell:
    return badge_of(line.outcome) if line.outcome else ""
