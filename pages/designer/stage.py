"""A stage: its dates in the prize's zone, its places, and how many scorecards an entry gets."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from pages.components.acting import act
from pages.components.badges import Badge, badge_of
from pages.components.forms import Form
from pages.components.layout import columns_main_side, facts_table, heading, page_header
from pages.components.places import choose_stage, present_stage
from pages.designer.changing import (
    MOMENTS,
    draw_changing_dates,
    draw_changing_drawing,
    moments_drawn,
    moments_filled,
    moments_typed,
)
from pages.designer.frame import editable, form_name, public_link, removing
from prize.lifecycle import Phase
from prize.models import PlaceTold, PrizePart, RankedBy, ScoresTold, Visibility
from prize.prizes import PrizeLine
from prize.stages import (
    MOST_APPEAL_DAYS,
    MOST_CORRECTION_DAYS,
    MOST_ENTRIES_PER_TEAM,
    StageShown,
    add_stage,
    edit_stage,
    remove_stage,
)
from storage.values import time_words, zone_words


def draw() -> None:
    present = present_stage()
    if present is None:
        return
    prize, stage = present
    page_header(
        prize.title,
        stage.name,
        badge=_badge(prize, stage),
        facts=_visibility(stage.visibility),
        actions=public_link(prize, PrizePart.STAGE),
    )
    if editable(prize):
        _edit(prize.id, stage)
        _other_stages(prize, stage)
    else:
        main, _ = columns_main_side()
        with main:
            _read(stage)
            draw_changing_dates(prize, stage)
            draw_changing_drawing(prize, stage)


def _badge(prize: PrizeLine, stage: StageShown) -> Badge:
    """The stage's badge once the prize is published; before that, the prize's."""
    return badge_of(prize.state) if stage.phase is Phase.PLANNED else badge_of(stage.phase)


def _visibility(visibility: Visibility) -> str:
    match visibility:
        case Visibility.BLIND:
            return "Judged blind: judges see neither names, before a planned reveal, nor the files as they were sent."
        case Visibility.NAMES_KNOWN:
            return "Judged with names known."
        case Visibility.OPEN:
            return "Judged in the open."


def _edit(prize_id: UUID, stage: StageShown) -> None:
    form = Form(form_name("stage", stage.id), _save, (prize_id, stage.id, stage.zone))
    dates = stage.dates
    main, side = columns_main_side()
    with main:
        form.fill(
            stage.version,
            called={field: label for field, label, _ in MOMENTS},
            name=stage.name,
            places=stage.places,
            scorecards_per_entry=stage.scorecards_per_entry,
            ranked_by=stage.ranked_by,
            place_told=stage.place_told,
            scores_told=stage.scores_told,
            appeal_days=stage.appeal_days,
            may_draw=stage.may_draw,
            entries_per_team=stage.entries_per_team,
            correction_days=stage.correction_days,
            comment_needed=stage.comment_needed,
            visibility=stage.visibility,
            **moments_filled(stage),
        )
        heading("Dates", f"All times are {zone_words(stage.zone)} times")
        moments_drawn(form, stage.zone)
        if dates is None:
            st.markdown("**These dates are a suggestion.** Your next change on this page saves them, or take them now.")
            st.button("Take these dates", on_click=_save, args=(form, *form.arguments))
        heading("Size")
        form.line("name", "Name of the stage")
        left, right = st.columns(2)
        with left:
            form.whole("places", "Places", 1, 1000, help="How many entries can be chosen.")
        with right:
            form.whole(
                "scorecards_per_entry", "Scorecards for each entry", 1, 20, help="How many judges score each entry."
            )
        left, right = st.columns(2)
        with left:
            form.whole("entries_per_team", "Entries that a team may enter", 1, MOST_ENTRIES_PER_TEAM)
        with right:
            form.whole(
                "correction_days",
                "Days after closing to take out names",
                0,
                MOST_CORRECTION_DAYS,
                help="Where an answer or a file names its team, the team alone can change that, and nothing else. "
                "0 for no correction: the secretariat decides about each.",
            )
        heading("Judging")
        form.choice(
            "visibility",
            "What judges know",
            list(Visibility),
            _visibility,
            help="Published before entries open.",
        )
        form.tick(
            "comment_needed",
            "Judges write a comment for each entrant",
            help="Nobody can say that they have finished while an entry that they scored has none. Published before "
            "entries open. Not ticked, comments are optional.",
        )
        form.choice(
            "ranked_by",
            "What orders the entries",
            list(RankedBy),
            _capitalized,
            help="Published before entries open. The other score stands beside it as a check; people decide.",
        )
        form.choice(
            "place_told",
            "What entrants learn of their own place after release",
            list(PlaceTold),
            _capitalized,
            help="How scores are combined can always be read.",
        )
        form.choice(
            "scores_told",
            "What entrants learn of their own scores after release",
            list(ScoresTold),
            _capitalized,
            help="Never the scores of one judge.",
        )
        form.whole(
            "appeal_days",
            "Days after the release in which teams can appeal",
            0,
            MOST_APPEAL_DAYS,
            help="Each team once for each entry. 0 for no appeals.",
        )
        form.tick(
            "may_draw",
            "The last places may be drawn by lot",
            help="Only among entries whose chance of a place is neither low nor high, by a seed to which Laurel "
            "commits on the public page when judging begins. Published before entries open.",
        )
        form.outcome()
    with side:
        heading("How the dates work")
        st.markdown(
            "Closing time itself is in time, a moment later is late. Three scorecards an entry show how far judges "
            "agree; one shows nothing. Leave the panel two weeks between the end of judging and the decision."
        )
        heading("What orders the entries")
        st.markdown(
            "The weighted mean can be worked out by hand, and depends on who happened to judge. The adjusted score "
            "allows for judges who score lower or higher, and needs a page to explain it."
        )


def _read(stage: StageShown) -> None:
    heading("Dates")
    rows = [
        (label, time_words(getattr(stage.dates, field), stage.zone, weekday=True))
        for field, label, _ in MOMENTS
        if stage.dates
    ]
    facts_table(rows or [("Dates", "not set yet")], caption="Dates")
    heading("Size")
    facts_table(
        [
            ("Places", str(stage.places)),
            ("Scorecards for each entry", str(stage.scorecards_per_entry)),
            ("Entries that a team may enter", str(stage.entries_per_team)),
            ("Days after closing to take out names", str(stage.correction_days or "None")),
        ],
        caption="Size",
    )
    heading("Judging")
    facts_table(
        [
            ("Comments for the entrant", "From each judge" if stage.comment_needed else "Optional"),
            ("What orders the entries", _capitalized(stage.ranked_by)),
            ("What entrants learn of their own place", _capitalized(stage.place_told)),
            ("What entrants learn of their own scores", _capitalized(stage.scores_told)),
            ("Days in which teams can appeal", str(stage.appeal_days) if stage.appeal_days else "None"),
            ("Whether the last places may be drawn by lot", "Yes" if stage.may_draw else "No"),
        ],
        caption="Ranking",
    )


def _capitalized(choice: RankedBy | PlaceTold | ScoresTold) -> str:
    return choice.value.capitalize()


def _save(form: Form, prize_id: UUID, stage_id: UUID, zone: str) -> None:
    form.send(
        edit_stage,
        done="Stage saved",
        prize_id=prize_id,
        stage_id=stage_id,
        version=form.typed_on,
        name=form["name"],
        places=form["places"],
        scorecards_per_entry=form["scorecards_per_entry"],
        **moments_typed(form, zone),
        ranked_by=form["ranked_by"],
        place_told=form["place_told"],
        scores_told=form["scores_told"],
        appeal_days=form["appeal_days"],
        may_draw=form["may_draw"],
        entries_per_team=form["entries_per_team"],
        correction_days=form["correction_days"],
        comment_needed=form["comment_needed"],
        visibility=form["visibility"],
    )


def _other_stages(prize: PrizeLine, stage: StageShown) -> None:
    form = Form(form_name("new-stage", prize.id))
    form.fill(name="")
    with form.drawer("Add or remove a stage", icon=":material/low_priority:"):
        st.markdown(
            "Those who are chosen in one stage go on to the next, with an entry form, a rubric and judges of its own."
        )
        with st.form(form.name, border=False):
            form.line("name", "Name of the new stage", help="Such as “Finalists”. It comes after the others.")
            form.outcome()
            st.form_submit_button("Add stage", on_click=_add, args=(form, prize.id))
        if len(prize.stages) > 1 and stage.id == prize.stages[-1].id:
            lost = f"“{stage.name}” is taken out of the prize, with its dates, entry form and rubric."
            removing(str(stage.id), lost, f"Remove {stage.name}", _remove, (prize, stage.id))


def _add(form: Form, prize_id: UUID) -> None:
    added = form.send(add_stage, said="Stage added. Set its dates here.", prize_id=prize_id, name=form["name"])
    if added is not None:
        choose_stage(added)


def _remove(prize: PrizeLine, stage_id: UUID) -> None:
    act(remove_stage, said="Stage removed.", prize_id=prize.id, stage_id=stage_id)
