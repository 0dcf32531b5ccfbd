"""The judges of a stage: invited from a pasted list, and how far each has come."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from uuid import UUID

import streamlit as st

from judging.importing import (
    WANTED_OF_CONFLICTS,
    WANTED_OF_JUDGES,
    import_conflicts,
    import_judges,
    planned_conflicts,
    planned_judges,
)
from judging.judges import JudgeLine, conflicts_to_decide, decide_conflict, invite_judges, judges, name_chair, set_duty
from judging.models import Duty
from judging.paper import WANTED_OF_SCORES, import_scores, planned_scores
from judging.results import JudgeProgress, judges_progress
from pages.components.acting import act, ask, say
from pages.components.badges import Badge, Badges, badge_of
from pages.components.layout import Cell, Named, columns_main_side, empty_list, heading, page_header, table
from pages.components.places import present_stage
from pages.components.sheets import SheetImport
from pages.components.words import marked
from pages.secretariat.availability import draw_availability, told
from pages.secretariat.leaving import draw_leaving
from pages.secretariat.stages import BEFORE_JUDGING
from prize.lifecycle import Phase
from prize.stages import StageShown
from storage.errors import LaurelError
from storage.values import counted

CHAIR = "chair of the panel"
DUTY, WHOSE, NEW_DUTY = "duty of those who are invited", "whose duty", "their duty"
IMPORT = ":material/upload_file:"
REPLACES = "scores that judges have saved are replaced"
PASTED = "judges to invite"
EVERY_SECONDS = 15.0
UNREADABLE = "lines of judges not read"
INVITED = Badge("Invited", "gray", "mail")
ACCEPTED = Badge("Terms accepted", "blue", "handshake")
READY = Badge("Ready", "green", "check_circle")
_DUTIES = MappingProxyType(
    {Duty.SCORES: "Scores alone", Duty.MEETS: "Meets in the panel", Duty.BOTH: "Scores and meets"}
)


def draw() -> None:
    present = present_stage()
    if present is None:
        return
    prize, stage = present
    lines = ask(judges, stage_id=stage.id)
    page_header(f"{prize.title} · {stage.name}", "Judges", badge=badge_of(stage.phase), facts=_facts(lines, stage))
    main, side = columns_main_side()
    with main:
        if lines and stage.phase is Phase.JUDGING:
            _panel_by_itself(stage)
        elif lines:
            _panel(lines, stage)
        else:
            heading("The panel")
            empty_list("No judges yet", "Those whom you invite appear here with their progress. Paste a list to begin.")
        draw_availability(stage, lines)
        draw_leaving(stage, lines)
        _import(stage)
    with side:
        _possible(stage)
        _chair(stage, lines)
        _duties(stage, lines)
        if stage.phase in (*BEFORE_JUDGING, Phase.JUDGING):
            _invite(stage, tuple(Duty))
        elif stage.phase is Phase.DECIDING:
            _invite(stage, (Duty.MEETS,))
        else:
            heading("Invite judges")
            st.markdown("The decisions are confirmed, so nobody more is invited to this stage.")


def _facts(lines: tuple[JudgeLine, ...], stage: StageShown) -> str:
    if not lines:
        return f"Each entry gets {counted(stage.scorecards_per_entry, 'scorecard')}, each by another judge."
    ready = sum(_is_ready(line) for line in lines)
    words = f"{ready} of {counted(len(lines), 'judge')} {'has' if ready == 1 else 'have'} accepted the terms "
    return f"{words}and stated conflicts."


def _is_ready(line: JudgeLine) -> bool:
    return line.accepted_at is not None and line.conflicts_stated_at is not None


@st.fragment(run_every=EVERY_SECONDS)
def _panel_by_itself(stage: StageShown) -> None:
    """The panel as long as judges score: drawn anew every now and then."""
    try:
        _panel(ask(judges, stage_id=stage.id), stage)
    except LaurelError:
        st.rerun()  # the page says why


def _panel(lines: tuple[JudgeLine, ...], stage: StageShown) -> None:
    finished = sum(line.finished_at is not None for line in lines)
    heading("The panel", "" if stage.phase in BEFORE_JUDGING else f"{counted(finished, 'has', 'have')} finished")
    progress = _progress(stage)
    columns: dict[str, list[Cell]] = {
        "Judge": [Named(_name(line), line.email) for line in lines],
        "State": [_state(line) for line in lines],
    }
    if progress:
        columns["Scored"] = [_scored(progress.get(line.person_id)) for line in lines]
    if have_comments_to_write := any(row.lacking_comments for row in progress.values()):
        columns["To comment"] = [_to_comment(progress.get(line.person_id)) for line in lines]
    columns["Kept from"] = [_kept_from(line) for line in lines]
    if any(line.duty is not Duty.BOTH for line in lines):
        columns["Duty"] = [_DUTIES[line.duty] for line in lines]
    if have_told := any(told(line) for line in lines):
        columns["Told"] = [told(line) for line in lines]
    headers = list(columns)
    table(
        headers,
        list(zip(*columns.values(), strict=True)),
        numbers={headers.index(each) for each in ("Scored", "To comment") if each in columns},
        hide_on_phone={
            headers.index(each) for each in ("Duty", *(("Kept from",) if have_told else ())) if each in columns
        },
        caption="Judges",
    )
    st.caption(
        "Ready: has accepted the terms and stated conflicts. Kept from: entries that a judge never sees, because a "
        "name that the judge stated belongs to them, or an address or organisation is shared. Judges are not told."
        + (
            " Told: topics that a judge knows, how many entries they wish to take, and when they are away; no reminder "
            "goes to whoever is away."
            if have_told
            else ""
        )
        + (" Scored: entries with something said about each criterion, of those dealt." if progress else "")
        + (
            " To comment: scored entries whose comment for the entrant is missing; their judge cannot finish before."
            if have_comments_to_write
            else ""
        )
    )


def _progress(stage: StageShown) -> dict[UUID, JudgeProgress]:
    """How far each judge who scores has come; empty before judging."""
    if stage.phase in BEFORE_JUDGING:
        return {}
    return {row.judge_id: row for row in ask(judges_progress, stage_id=stage.id)}


def _scored(row: JudgeProgress | None) -> str:
    return f"{row.complete} of {row.assigned}" if row else ""


def _to_comment(row: JudgeProgress | None) -> str:
    return str(row.lacking_comments) if row and row.lacking_comments else ""


def _name(line: JudgeLine) -> str:
    return f"{line.name} (chair)" if line.chairs else line.name


def _chair(stage: StageShown, lines: tuple[JudgeLine, ...]) -> None:
    """Who leads the panel's meeting."""
    if not lines:
        return
    heading("Chair")
    names = {line.person_id: line.name for line in lines if line.duty.meets}
    chair = next((line for line in lines if line.chairs), None)
    st.markdown(marked("**{}** chairs the panel.", chair.name) if chair else "Nobody chairs the panel yet.")
    st.caption("The chair leads the panel's meeting and sees how each judge scores once judging has ended.")
    if stage.phase in (Phase.CONFIRMED, Phase.RELEASED):
        return
    with st.popover("Name another" if chair else "Name the chair"), st.form("chair", border=False):
        st.selectbox(
            "Judge", list(names), index=None, format_func=names.__getitem__, key=CHAIR, placeholder="Choose a judge"
        )
        st.form_submit_button("Name as chair", on_click=_name_chair, args=(stage.id,))


def _name_chair(stage_id: UUID) -> None:
    if (chosen := st.session_state[CHAIR]) is not None:
        act(name_chair, said="The panel's chair is named.", stage_id=stage_id, person_id=chosen)


def _duties(stage: StageShown, lines: tuple[JudgeLine, ...]) -> None:
    """Who scores alone, who meets in the panel, and who does both."""
    if not lines or stage.phase in (Phase.CONFIRMED, Phase.RELEASED):
        return
    names = {line.person_id: line.name for line in lines}
    with st.popover("Change what a judge does"), st.form("duty", border=False):
        st.selectbox(
            "Judge", list(names), index=None, format_func=names.__getitem__, key=WHOSE, placeholder="Choose a judge"
        )
        st.selectbox("What they do", list(Duty), format_func=_DUTIES.__getitem__, key=NEW_DUTY)
        st.form_submit_button("Change it", on_click=_set_duty, args=(stage.id,))


def _set_duty(stage_id: UUID) -> None:
    if (chosen := st.session_state[WHOSE]) is not None:
        duty = st.session_state[NEW_DUTY]
        act(set_duty, said="What they do is changed.", stage_id=stage_id, person_id=chosen, duty=duty)


def _possible(stage: StageShown) -> None:
    """Names that judges have stated and that are only close to an entrant's: yes or no."""
    waiting = ask(conflicts_to_decide, stage_id=stage.id)
    if not waiting:
        return
    heading("Possible conflicts", f"{len(waiting)} to decide")
    for line in waiting:
        with st.container(border=True, key=f"conflict-{line.id}", gap="small"):
            st.markdown(marked("**{}** · {}  \n{}", line.judge, line.code or "draft", line.reason))
            with st.container(horizontal=True, gap="small"):
                st.button("Keep apart", key=f"apart-{line.id}", on_click=_decide, args=(line.id, True))
                st.button("No conflict", key=f"none-{line.id}", on_click=_decide, args=(line.id, False))
    before = " Judging cannot begin before these are decided." if stage.phase in BEFORE_JUDGING else ""
    st.caption(f"Judges are told neither way.{before}")


def _decide(conflict_id: UUID, keeps_apart: bool) -> None:
    said = "The judge will not see this entry." if keeps_apart else "Noted as no conflict."
    act(decide_conflict, said=said, conflict_id=conflict_id, keeps_apart=keeps_apart)


def _state(line: JudgeLine) -> Cell:
    if line.finished_at:
        return Badges.FINISHED
    if _is_ready(line):
        return READY
    return ACCEPTED if line.accepted_at else INVITED


def _kept_from(line: JudgeLine) -> str:
    return counted(line.conflicts, "entry", "entries") if line.conflicts else "none"


def _invite(stage: StageShown, duties: tuple[Duty, ...]) -> None:
    heading("Invite judges")
    if Duty.BOTH not in duties:
        st.markdown("Entries have been dealt. Whoever is invited now meets in the panel and scores no entries alone.")
    st.markdown(
        "One on each line: a name and a mail address. Each gets a link that signs them in, without a password, "
        "good for 14 days."
    )
    if stage.phase is Phase.JUDGING:
        st.caption("Entries have been dealt. Whoever is invited now is asked for some when another judge leaves.")
    with st.form("invite judges", border=False):
        st.text_area(
            "Names and addresses", key=PASTED, height=160, placeholder="Mara Alder <mara@example.org>", max_chars=20_000
        )
        if len(duties) > 1:
            at = duties.index(Duty.BOTH)
            st.selectbox("What they do", duties, at, format_func=_DUTIES.__getitem__, key=DUTY)
        unreadable = st.session_state.get(UNREADABLE, ())
        if unreadable:
            some = "These lines could" if len(unreadable) > 1 else "This line could"
            st.error(
                marked(
                    f"**{some} not be read, so nobody has been invited yet.** Write each as a name and an address, "
                    f"then invite again.\n\n{chr(10).join('- {}' for _ in unreadable)}",
                    *unreadable,
                ),
                icon=":material/error:",
            )
        st.form_submit_button("Invite", type="primary", on_click=_send, args=(stage.id, duties))


def _import(stage: StageShown) -> None:
    """Judges and conflicts from spreadsheets."""
    about = {"stage_id": stage.id}
    if stage.phase in BEFORE_JUDGING:
        with st.expander("Invite judges from a sheet", icon=IMPORT, key="import judges", on_change="rerun"):
            of_judges = SheetImport(f"judges-{stage.id}", WANTED_OF_JUDGES, "judge", "judges")
            of_judges.draw(planned_judges, import_judges, about)
    if stage.phase is Phase.JUDGING:
        with st.expander("Enter scores from paper", icon=IMPORT, key="import scores", on_change="rerun"):
            st.caption("Each is marked in the history as entered from paper, with your name.")
            of_scores = SheetImport(f"scores-{stage.id}", WANTED_OF_SCORES, "score", "scores")
            of_scores.draw(planned_scores, import_scores, about, _replaces)
    if stage.phase not in (Phase.CONFIRMED, Phase.RELEASED):
        with st.expander("Record conflicts from a sheet", icon=IMPORT, key="import conflicts", on_change="rerun"):
            st.caption("Judges are not told. Scores that a judge has given such an entry no longer count.")
            of_conflicts = SheetImport(f"conflicts-{stage.id}", WANTED_OF_CONFLICTS, "conflict", "conflicts", "decided")
            of_conflicts.draw(planned_conflicts, import_conflicts, about)


def _replaces() -> Mapping[str, bool]:
    return {
        "replaces": st.checkbox(
            "Replace what judges have saved on screen",
            key=REPLACES,
            help="Each judge gets a mail that says how many of their scores and comments were replaced.",
        )
    }


def _send(stage_id: UUID, duties: tuple[Duty, ...]) -> None:
    st.session_state[UNREADABLE] = ()
    duty = st.session_state[DUTY] if len(duties) > 1 else duties[0]
    invited = act(invite_judges, stage_id=stage_id, pasted=st.session_state[PASTED], duty=duty)
    if invited is None:
        return
    st.session_state[UNREADABLE] = invited.unreadable
    if invited.unreadable:
        return
    st.session_state[PASTED] = ""
    words = f"{counted(invited.added, 'judge')} invited."
    if invited.already:
        words += f" {invited.already} {'was' if invited.already == 1 else 'were'} on the panel already."
    say(words)
