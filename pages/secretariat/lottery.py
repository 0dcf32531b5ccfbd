"""The draw of a stage's last places: who would be drawn, the list frozen, and the draw itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import streamlit as st

from judging.lottery import BandEntry, DrawShown, FrozenList, LeftOut, draw_places, draw_shown, freeze_list
from judging.models import Outcome
from judging.statistics.wording import chance
from pages.components.acting import act, ask
from pages.components.badges import Badge, badge_of
from pages.components.forms import LINE, Form
from pages.components.layout import columns_main_side, empty_list, heading, page_header, prose, table
from pages.components.places import link, present_stage
from pages.components.words import marked
from pages.secretariat.stages import BEFORE_JUDGING
from prize.lifecycle import Phase
from prize.stages import StageShown
from storage.values import counted, time_words

WON = Badge("Drawn for a place", "green", "check_circle")


def draw() -> None:
    present = present_stage()
    if present is None:
        return
    prize, stage = present
    if not stage.may_draw or stage.phase in BEFORE_JUDGING:
        page_header(f"{prize.title} · {stage.name}", "Draw", badge=badge_of(stage.phase))
        _none_yet(stage)
        return
    shown = ask(draw_shown, stage_id=stage.id)
    page_header(f"{prize.title} · {stage.name}", "Draw", badge=badge_of(stage.phase), facts=_facts(shown))
    main, side = columns_main_side()
    with main:
        if shown.frozen is None:
            _band(shown)
        else:
            _frozen(shown, shown.frozen)
    with side:
        _seed(shown)


def _none_yet(stage: StageShown) -> None:
    if stage.may_draw:
        empty_list(
            "Nothing to draw yet",
            "The seed is made when judging begins. When it has ended, those between whom scores do not decide appear "
            "here.",
        )
    else:
        empty_list(
            "No place is drawn",
            "The rules of this stage do not let last places be drawn by lot. They can be changed until judging begins.",
            lambda: link("stage", "Go to the stage", prize=stage.prize_id, stage=stage.id),
        )


def _facts(shown: DrawShown) -> str:
    if shown.drawn_at:
        return f"Drawn by {shown.drawn_by} on {time_words(shown.drawn_at, shown.stage.zone)}. It stands."
    if shown.frozen:
        return "The list is frozen and can be drawn once, for all its places."
    return f"{counted(shown.free, 'place is', 'places are')} free."


def _band(shown: DrawShown) -> None:
    heading("Between whom scores do not decide", counted(len(shown.band), "entry", "entries"))
    if shown.stage.phase is not Phase.DECIDING or shown.analysis_id is None or shown.waiting:
        empty_list(
            "Not yet",
            "A list is frozen after judging has ended, from the newest analysis, and before decisions are confirmed.",
        )
        return
    if shown.clear:
        many = counted(shown.clear, "entry has", "entries have")
        empty_list(
            "Choose the clear ones first",
            f"{many} a high chance of a place and no decision yet. Last places are drawn when those are decided.",
            lambda: link("decisions", "Go to the decisions", prize=shown.stage.prize_id),
        )
        return
    if len(shown.band) < 2 or not shown.free:
        empty_list(
            "Nothing to draw",
            "A draw needs a free place and more entries for it whose chance is neither low nor high and that nobody "
            "has decided yet.",
            lambda: link("decisions", "Go to the decisions", prize=shown.stage.prize_id),
        )
        return
    form = Form(f"draw-{shown.stage.id}")
    most = min(shown.free, len(shown.band) - 1)
    saved: dict[str, Any] = {"places": most, "outcome": Outcome.FINALIST, **{_field(line): "" for line in shown.band}}
    form.fill(**saved)
    st.markdown(
        "All of them are drawn. Whoever you leave out needs a reason, which the sponsor reads, and whatever you then "
        "decide about them on the page of decisions needs one of its own. That they were left out is part of the list "
        "and stands on the prize's page after the release."
    )
    table(
        ("Entry", "Organisation", "Place", "Chance of a place"),
        [(line.code, line.organisation, str(line.place or ""), _chance(line)) for line in shown.band],
        numbers={2, 3},
        hide_on_phone={2},
        caption="Entries that would be drawn",
    )
    with st.form(form.name, border=False):
        left, right = st.columns(2)
        with left:
            form.whole("places", "Places to draw", 1, most)
        with right:
            form.choice("outcome", "Whoever wins becomes", [Outcome.FINALIST, Outcome.WINNER], _capitalized)
        with st.expander("Leave somebody out"):
            for line in shown.band:
                form.line(_field(line), f"Why {line.code} is not drawn", limit=LINE, help="Empty: it is drawn.")
        form.outcome()
        st.markdown(
            "**A frozen list is final.** Its places, its entries and who is left out cannot be changed afterwards, and "
            "it can only be drawn as it is."
        )
        freezing = (form, shown.stage.id, shown.analysis_id, shown.band)
        st.form_submit_button("Freeze the list", type="primary", on_click=_freeze, args=freezing)


def _field(line: BandEntry) -> str:
    return f"why-{line.entry_id}"


def _capitalized(outcome: Outcome) -> str:
    return outcome.value.capitalize()


def _chance(line: BandEntry) -> str:
    return "" if line.chance is None else chance(line.chance)


def _freeze(form: Form, stage_id: UUID, analysis_id: UUID, band: Sequence[BandEntry]) -> None:
    reasons = {line.entry_id: form[_field(line)].strip() for line in band}
    form.send(
        freeze_list,
        said="The list is frozen. Look at it once more, then draw.",
        stage_id=stage_id,
        analysis_id=analysis_id,
        places=form["places"],
        outcome=form["outcome"],
        left_out=tuple(LeftOut(entry_id, reason) for entry_id, reason in reasons.items() if reason),
    )


def _frozen(shown: DrawShown, frozen: FrozenList) -> None:
    places = counted(frozen.places, "place")
    if shown.tickets:
        heading("What was drawn", f"{places} among {counted(len(frozen.entries), 'entry', 'entries')}")
        table(
            ("Entry", "Number", "", "Ticket"),
            [
                (each.entry, str(at), WON if at <= frozen.places else f"reserve {at - frozen.places}", each.ticket)
                for at, each in enumerate(shown.tickets, 1)
            ],
            numbers={1},
            hide_on_phone={3},
            caption="Tickets",
        )
        link("decisions", "Go to the decisions", prize=shown.stage.prize_id)
    else:
        heading("The list", f"{places} among {counted(len(frozen.entries), 'entry', 'entries')}")
        st.markdown(", ".join(f"**{code}**" for code in frozen.entries))
        st.markdown(
            f"Drawing gives {places} to the entries with the lowest tickets and makes the others reserves in their "
            "order. This is done once and cannot be taken back. The sponsor confirms the decisions that come of it."
        )
        with st.popover("Draw", type="primary"):
            st.markdown(f"{places} will be drawn among {counted(len(frozen.entries), 'entry', 'entries')}, once.")
            st.button(f"Draw {places} now", on_click=_draw, args=(shown.stage.id, frozen.digest))
    if frozen.left_out:
        heading("Left out")
    for code, reason in frozen.left_out:
        st.markdown(marked("**{}**", code))
        prose(reason)


def _draw(stage_id: UUID, seen: str) -> None:
    act(
        draw_places,
        said="Drawn. The decisions that come of it wait for the sponsor.",
        stage_id=stage_id,
        seen=seen,
    )


def _seed(shown: DrawShown) -> None:
    heading("What anybody can check")
    st.markdown(
        "The seed was made by Laurel when judging began and is shown to nobody before the release. Its hash stands on "
        "the prize's page, so that it cannot be changed; the list is hashed before it is drawn, so that it cannot be "
        "either."
    )
    zone = shown.stage.zone
    st.markdown(marked("**Commitment**, since {}", time_words(shown.committed_at, zone)))
    st.code(shown.commitment, language=None, wrap_lines=True)
    if frozen := shown.frozen:
        st.markdown(marked("**List**, frozen by {}, {}", frozen.frozen_by, time_words(frozen.frozen_at, zone)))
        st.code(frozen.digest, language=None, wrap_lines=True)
    if shown.frozen:
        with st.expander("The text that is hashed"):
            st.code(shown.frozen.text, language=None, wrap_lines=True)
