"""A judge who leaves: what would become of their entries, shown before it is done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import streamlit as st

from judging.judges import JudgeLine
from judging.leaving import Leaving, leaving, let_judge_leave
from pages.components.acting import act, ask
from pages.components.layout import heading, table
from pages.components.words import marked
from pages.secretariat.stages import BEFORE_JUDGING
from prize.lifecycle import Phase
from prize.stages import StageShown
from storage.values import counted

LEAVES: Final = "judge who leaves"


def draw_leaving(stage: StageShown, lines: Sequence[JudgeLine]) -> None:
    """Choose who leaves, and see what follows; before and while the stage is judged."""
    if not lines or not (stage.phase is Phase.JUDGING or stage.phase in BEFORE_JUDGING):
        return
    names = {line.person_id: line.name for line in lines}
    if st.session_state.get(LEAVES) not in names:
        st.session_state.pop(LEAVES, None)
    with st.expander("A judge leaves", icon=":material/person_remove:", key="a judge leaves", on_change="rerun"):
        st.caption(
            "Scorecards that the judge has finished stay and count. The others are given back, and judges who have "
            "room are asked for them; nobody else's entries change."
        )
        chosen = st.selectbox(
            "Who leaves",
            list(names),
            index=None,
            format_func=names.__getitem__,
            key=LEAVES,
            placeholder="Choose a judge",
        )
        if chosen is not None:
            _proposal(stage, ask(leaving, stage_id=stage.id, person_id=chosen))


def _proposal(stage: StageShown, found: Leaving) -> None:
    given_back = len(found.given_back)
    st.markdown(
        marked(
            f"**{{}}** has finished {counted(found.stays, 'scorecard')}. "
            f"{counted(given_back, 'entry is', 'entries are')} given back.",
            found.name,
        )
    )
    if found.takes_over:
        heading("Who is asked instead")
        table(
            ("Judge", "Entries", "Had", "Will have", "Wishes at most"),
            [
                (
                    f"{line.name} (had finished)" if line.had_finished else line.name,
                    ", ".join(line.codes),
                    str(line.before),
                    str(line.before + len(line.codes)),
                    "" if line.wishes is None else str(line.wishes),
                )
                for line in found.takes_over
            ],
            numbers={2, 3, 4},
            caption="Who is asked for the entries that are given back",
        )
        st.caption(
            f"Those who stay will have {_span(found.fewest, found.most)} each. {_linked(found)}"
            + _known(found)
            + (" Whoever had finished begins again; what they scored stays as it is." if _again(found) else "")
        )
    if found.short:
        st.warning(
            marked(
                f"**{counted(found.short, 'entry lacks', 'entries lack')} a judge afterwards.** {{}} Invite somebody, "
                "and come back when they are ready: entries go first to those who have fewest.",
                " ".join(found.reasons),
            ),
            icon=":material/warning:",
        )
    if found.chairs:
        st.caption("This judge chairs the panel. Name another chair afterwards.")
    st.button(
        f"Let {found.name} leave" + (f" and ask for {counted(_asked(found), 'scorecard')}" if found.takes_over else ""),
        key="let leave",
        on_click=_leave,
        args=(stage.id, found),
    )


def _known(found: Leaving) -> str:
    known = sum(line.known for line in found.takes_over)
    return f" {counted(known, 'entry goes', 'entries go')} to a judge who knows the topic." if known else ""


def _linked(found: Leaving) -> str:
    if found.groups_after <= 1:
        return "All judges stay linked by entries that they share, so that their scores can be compared."
    before = "as before" if found.groups_before == found.groups_after else f"{found.groups_before} before"
    return f"The panel falls into {found.groups_after} groups that share no entry ({before})."


def _span(fewest: int, most: int) -> str:
    return counted(most, "entry", "entries") if fewest == most else f"{fewest} to {most} entries"


def _again(found: Leaving) -> bool:
    return any(line.had_finished for line in found.takes_over)


def _asked(found: Leaving) -> int:
    return sum(len(line.codes) for line in found.takes_over)


def _leave(stage_id: UUID, found: Leaving) -> None:
    act(
        let_judge_leave,
        said=f"{found.name} has left the panel. Whoever is asked instead has been written to.",
        stage_id=stage_id,
        person_id=found.person_id,
        shown=found.digest,
    )
