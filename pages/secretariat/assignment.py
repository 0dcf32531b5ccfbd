"""Who judges what: a plan to look at, and the button that begins judging."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import streamlit as st

from judging.by_hand import WANTED_OF_ASSIGNMENT, give_entry, import_assignment, planned_assignment
from judging.planning import PlannedJudge, PlanShown, confirm_assignment, latest_plan, plan_assignment
from pages.components.acting import act, ask, say
from pages.components.badges import badge_of
from pages.components.figures import NOTHING
from pages.components.layout import columns_main_side, empty_list, facts_table, heading, page_header, table
from pages.components.places import link, present_stage
from pages.components.sheets import SheetImport
from pages.components.words import marked, one_line
from prize.lifecycle import Phase
from prize.prizes import PrizeLine
from prize.stages import StageShown
from storage.values import counted, time_words

GIVEN: Final = "entry that is given by hand"


def draw() -> None:
    present = present_stage()
    if present is None:
        return
    prize, stage = present
    plan = ask(latest_plan, stage_id=stage.id)
    planning = stage.phase is Phase.SCREENING
    page_header(
        f"{prize.title} · {stage.name}",
        "Assignment",
        badge=badge_of(stage.phase),
        facts=_facts(stage, plan),
        actions=(lambda: _begin(stage, plan)) if planning and plan else None,
    )
    if plan is None:
        _no_plan(prize, stage)
        return
    main, side = columns_main_side()
    with main:
        heading("Entries a judge")
        table(
            ("Judge", "Entries", "Wishes at most", "Kept from"),
            [
                (judge.name, str(judge.entries), _wishes(judge), f"{judge.conflicts:,}" if judge.conflicts else NOTHING)
                for judge in plan.judges
            ],
            numbers={1, 2, 3},
            caption="Entries a judge",
        )
        if planning:
            _by_hand(stage, plan)
    with side:
        heading("Linked" if plan.components == 1 else "Not linked")
        st.markdown(_linked(plan))
        if beyond := [judge for judge in plan.judges if judge.beyond]:
            heading("Beyond what they wish")
            st.markdown(_beyond(beyond, planning=planning))
        if plan.with_topic:
            heading("Topics")
            st.markdown(
                f"{plan.known} of {counted(plan.with_topic, 'entry', 'entries')} that say what they are about have a "
                "judge who knows it."
            )
        if plan.short:
            heading("Short")
            st.markdown(_short(plan))
        if planning and plan.searched:
            heading("Being searched")
            st.markdown(
                f"{counted(plan.searched, 'file')} {'is' if plan.searched == 1 else 'are'} still searched for names of "
                "their makers. Judging can begin when that is done, usually within a few minutes."
            )
        if given := sum(entry.by_hand for entry in plan.dealt):
            heading("By hand")
            st.markdown(f"{counted(given, 'entry was', 'entries were')} given by hand. Another plan keeps that.")
            if planning:
                st.button("Deal all at random", on_click=_plan, args=(stage.id,), kwargs={"by_hand": False})
        heading("The plan")
        _about(stage, plan)
        if planning:
            st.button("Make another plan", on_click=_plan, args=(stage.id,))


def _facts(stage: StageShown, plan: PlanShown | None) -> str:
    if stage.phase is Phase.SCREENING:
        if plan is None:
            return "Every entry is dealt to judges at random, in equal loads and never against a conflict."
        return "Nobody has been asked yet. Look at the plan, then begin judging or make another."
    if plan is not None and plan.confirmed_at:
        return f"Confirmed {time_words(plan.confirmed_at, stage.zone)}. The judges have been asked."
    return "Entries are dealt to judges after screening."


def _no_plan(prize: PrizeLine, stage: StageShown) -> None:
    if stage.phase is Phase.SCREENING:
        empty_list(
            "No plan yet",
            f"A plan deals each eligible entry to {counted(stage.scorecards_per_entry, 'judge')}. "
            "Nobody is asked before you have looked at it and begun judging.",
            lambda: _make(stage),
        )
    else:
        empty_list(
            "Nothing to deal yet",
            "When the stage has closed and its entries are screened, a plan of who judges what is made here.",
            lambda: link("entries", "Go to the entries", prize=prize.id),
        )


def _linked(plan: PlanShown) -> str:
    if plan.components == 1:
        return (
            "Any two entries are linked by judges whom they share, directly or through other entries. "
            "So all scores can be compared."
        )
    return (
        f"The entries fall into {plan.components} groups that share no judge. Scores of different groups cannot be "
        "compared. Make another plan, invite more judges, or ask for more scorecards an entry."
    )


def _short(plan: PlanShown) -> str:
    return (
        f"{counted(plan.short, 'scorecard')} could not be placed, because of conflicts or too few judges. "
        "Begin with fewer for these entries, or invite more judges and make another plan."
    )


def _wishes(judge: PlannedJudge) -> str:
    if not judge.has_time:
        return "away"
    return NOTHING if judge.wishes is None else str(judge.wishes)


def _beyond(judges: Sequence[PlannedJudge], *, planning: bool) -> str:
    """Who is dealt more than they wish."""
    lines = "\n".join("- {}: {} more than they wish" for _ in judges)
    words = [word for judge in judges for word in (judge.name, str(judge.beyond))]
    then = "\n\nAsk them first, or invite more judges and make another plan." if planning else ""
    return marked(
        f"There are too few judges, or too many conflicts, to keep to what everybody wishes.\n\n{lines}{then}", *words
    )


def _about(stage: StageShown, plan: PlanShown) -> None:
    facts_table(
        [
            ("Entries", f"{plan.entries:,}"),
            ("Judges", f"{len(plan.judges):,}"),
            ("Scorecards an entry", f"{plan.per_entry}"),
            ("Scorecards in all", f"{plan.scorecards:,}"),
            ("Made", time_words(plan.made_at, stage.zone)),
            ("Seed", str(plan.seed)),
        ],
        caption="The plan",
    )
    st.caption(
        "The same entries, judges and conflicts, and what is given by hand, give the same plan with the same seed."
    )


def _begin(stage: StageShown, plan: PlanShown) -> None:
    with st.popover("Begin judging", type="primary"):
        st.markdown(
            one_line(
                f"{counted(len(plan.judges), 'judge')} will be asked by mail to score "
                f"{counted(plan.entries, 'entry', 'entries')}: {counted(plan.scorecards, 'scorecard')} in all. "
                "Screening ends, and this plan can then no longer be changed."
            )
        )
        st.button("Ask the judges", on_click=_confirm, args=(stage.id, plan.id))


def _make(stage: StageShown) -> None:
    st.button("Make a plan", type="primary", on_click=_plan, args=(stage.id,))


def _plan(stage_id: UUID, *, by_hand: bool = True) -> None:
    act(plan_assignment, stage_id=stage_id, by_hand=by_hand)


def _by_hand(stage: StageShown, plan: PlanShown) -> None:
    """One entry at a time, or many from a sheet; the others are dealt around them."""
    entries = {entry.entry_id: entry for entry in plan.dealt}
    names = {judge.person_id: judge.name for judge in plan.judges}
    with st.expander("Give an entry by hand", icon=":material/edit:", key="by hand", on_change="rerun"):
        chosen = st.selectbox(
            "Entry",
            list(entries),
            index=None,
            format_func=lambda key: f"{entries[key].code}{' (by hand)' if entries[key].by_hand else ''}",
            key=GIVEN,
            placeholder="Choose an entry",
        )
        if chosen is not None:
            entry = entries[chosen]
            judges = f"judges of {chosen} in {plan.id}"
            st.multiselect(
                "Judges",
                list(names),
                default=[judge_id for judge_id in entry.judge_ids if judge_id in names],
                format_func=names.__getitem__,
                max_selections=plan.per_entry,
                key=judges,
            )
            st.caption("The rest is dealt again around it, by the same seed.")
            st.button("Give it to them", on_click=_give, args=(stage.id, plan.id, chosen, judges))
    with st.expander("Give entries from a sheet", icon=":material/upload_file:", key="from a sheet", on_change="rerun"):
        st.caption("One line for each entry and judge. What the sheet leaves open is dealt at random around it.")
        sheet = SheetImport(f"assignment-{stage.id}", WANTED_OF_ASSIGNMENT, "scorecard", "scorecards")
        sheet.draw(planned_assignment, import_assignment, {"stage_id": stage.id})


def _give(stage_id: UUID, plan_id: UUID, entry_id: UUID, judges: str) -> None:
    chosen = tuple(st.session_state[judges])
    words = "Given, and the rest is dealt again." if chosen else "Dealt at random again."
    act(give_entry, said=words, stage_id=stage_id, plan_id=plan_id, entry_id=entry_id, judge_ids=chosen)


def _confirm(stage_id: UUID, plan_id: UUID) -> None:
    number = act(confirm_assignment, stage_id=stage_id, plan_id=plan_id)
    if number is not None:
        say(f"Judging has begun. {counted(number, 'scorecard')} have been asked for.")
