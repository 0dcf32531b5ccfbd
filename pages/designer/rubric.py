"""The rubric: the scale, the criteria with their weights, and what each level looks like."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

import streamlit as st

from pages.components.acting import act, ask
from pages.components.badges import badge_of
from pages.components.forms import Form
from pages.components.layout import columns_main_side, empty_list, heading, page_header
from pages.components.places import present_stage
from pages.components.words import marked
from pages.designer.beside_scores import draw_gates, draw_ties
from pages.designer.changing_rubric import draw_changing_rubric, points_words, seen_words, typed_threshold
from pages.designer.frame import editable, form_name, public_link, removing
from pages.designer.weighing import draw_weighing
from prize.models import PrizePart, Seen
from prize.rubric import (
    MOST_POINTS,
    STEPS_PER_POINT,
    CriterionShown,
    RubricShown,
    move_criterion,
    remove_criterion,
    rubric,
    save_criterion,
    set_scale,
)

REVEAL: Final = (
    "“Can this team do it?” cannot be scored without names. Judges of a blind stage score it when they have locked the "
    "rest and then see whose entry it is."
)


def draw() -> None:
    present = present_stage()
    if present is None:
        return
    prize, stage = present
    shown = ask(rubric, prize_id=prize.id, stage_id=stage.id)
    if shown is None:
        return
    page_header(
        prize.title,
        "Rubric",
        badge=badge_of(prize.state),
        facts=_facts(shown),
        actions=public_link(prize, PrizePart.RUBRIC),
    )
    changes = editable(prize)
    place = (prize.id, stage.id)
    main, side = columns_main_side()
    with main:
        heading("Criteria", _weights(shown))
        if not shown.criteria:
            empty_list("No criteria yet", "What is scored appears here, with its weight and words for each level.")
        for at, criterion in enumerate(shown.criteria):
            _criterion(place, shown, criterion, at, changes=changes)
        if changes:
            heading("Add a criterion")
            _criterion_form(place, shown, None)
        draw_changing_rubric(prize, stage, shown)
        draw_weighing(place, shown, changes=changes)
    with side:
        heading("Scale")
        if changes:
            _scale(place, shown)
        else:
            st.markdown(f"From {shown.scale}.")
        heading("How scores combine")
        st.markdown(
            "For each criterion the mean of an entry's judges is taken, multiplied by its weight, and added up. "
            "A threshold stops an entry whatever its total."
        )
        draw_ties(place, shown, stage.ranked_by, changes=changes)
        draw_gates(place, shown, changes=changes)


def _facts(shown: RubricShown) -> str:
    count = len(shown.criteria)
    if not count:
        return f"Scored from {shown.scale}."
    return f"{count} criteri{'on' if count == 1 else 'a'}, scored from {shown.scale}."


def _weights(shown: RubricShown) -> str:
    total = sum(criterion.weight for criterion in shown.criteria)
    if total == 100:
        return "Weights add up to 100\u00a0%"
    rest = f"{100 - total}\u00a0% to give" if total < 100 else f"{total - 100}\u00a0% too much"
    return f"Weights add up to {total}\u00a0%, {rest}"


def _criterion(
    place: tuple[UUID, UUID], shown: RubricShown, criterion: CriterionShown, at: int, *, changes: bool
) -> None:
    with st.container(border=True, key=f"criterion-{criterion.key}", gap="small"):
        st.markdown(
            marked("**{}. {}** · :gray[{}]", str(criterion.position), criterion.name, f"{criterion.weight}\u00a0%")
        )
        st.markdown(marked("{}", criterion.question))
        if criterion.seen is Seen.AFTER_REVEAL:
            st.caption("Scored after the reveal.")
        if criterion.threshold is not None:
            st.caption(f"Threshold: a mean below {points_words(criterion.threshold)} stops an entry.")
        if any(criterion.levels):
            st.markdown(
                "\n".join(
                    marked(f"{point}. {{}}", words or "(no words yet)")
                    for point, words in zip(shown.points, criterion.levels, strict=False)
                )
            )
        else:
            st.markdown(":orange[:material/error: No words for its levels yet.]")
        if changes:
            _criterion_form(place, shown, criterion)
            with st.container(horizontal=True, gap="small"):
                moved = (*place, criterion.key)
                st.button("Move up", key=f"up-{criterion.key}", disabled=at == 0, on_click=_move, args=(*moved, True))
                last = at == len(shown.criteria) - 1
                st.button("Move down", key=f"down-{criterion.key}", disabled=last, on_click=_move, args=(*moved, False))
                lost = f"“{criterion.name}” is taken out of the rubric, with its weight and the words for its levels."
                removing(str(criterion.key), lost, "Remove criterion", _remove, (*moved, criterion.name))


def _criterion_form(place: tuple[UUID, UUID], shown: RubricShown, criterion: CriterionShown | None) -> None:
    about = str(criterion.key) if criterion else f"new-{place[1]}"
    form = Form(f"criterion-{about}-{shown.lowest}-{shown.highest}")
    if criterion:
        form = Form(form.name, _save, (*place, criterion.key, shown))
    levels = criterion.levels if criterion else ()
    rest = max(0, 100 - sum(other.weight for other in shown.criteria))
    saved: dict[str, Any] = {
        "name": criterion.name if criterion else "",
        "question": criterion.question if criterion else "",
        "weight": criterion.weight if criterion else rest,
        "seen": criterion.seen if criterion else Seen.BLIND,
        "threshold": points_words(criterion.threshold) if criterion and criterion.threshold is not None else "",
    }
    saved |= {f"level {point}": levels[at] if at < len(levels) else "" for at, point in enumerate(shown.points)}
    form.fill(**saved)
    with form.drawer("Change it", icon=":material/edit:") if criterion else st.form(form.name, border=False):
        form.line("name", "Name", limit=120)
        form.long_line("question", "Question for the judge", help="Such as: is the problem real and sized?")
        left, right = st.columns(2)
        with left:
            form.whole("weight", "Weight, in per cent", 0, 100)
        with right:
            form.line(
                "threshold",
                "Threshold (optional)",
                limit=6,
                help=f"A mean from {shown.lowest} to {shown.highest}, such as {shown.lowest + 1}.5.",
            )
        form.choice("seen", "Scored", list(Seen), seen_words, help=REVEAL)
        st.markdown("**What each level looks like**")
        for point in shown.points:
            edge = " (lowest)" if point == shown.lowest else " (highest)" if point == shown.highest else ""
            form.long_line(f"level {point}", f"Level {point}{edge}")
        form.outcome()
        if criterion is None:
            st.form_submit_button("Add criterion", type="primary", on_click=_save, args=(form, *place, None, shown))


def _scale(place: tuple[UUID, UUID], shown: RubricShown) -> None:
    form = Form(form_name("scale", place[1]))
    form.fill(lowest=shown.lowest, highest=shown.highest, steps_per_point=shown.steps_per_point)
    with st.form(form.name, border=False):
        left, right = st.columns(2)
        with left:
            form.whole("lowest", "Lowest point", 0, MOST_POINTS - 1)
        with right:
            form.whole("highest", "Highest point", 1, MOST_POINTS)
        form.choice(
            "steps_per_point",
            "Step",
            STEPS_PER_POINT,
            _step_words,
            help="Finer steps, such as a tenth, are false precision: two judges cannot mean the same by them.",
        )
        st.caption("With another number of points, the words for every level are cleared.")
        form.outcome()
        st.form_submit_button("Save scale", on_click=_set_scale, args=(form, *place, shown.version))


def _step_words(steps_per_point: int) -> str:
    return "Whole points" if steps_per_point == 1 else "Half points"


def _save(form: Form, prize_id: UUID, stage_id: UUID, key: UUID | None, shown: RubricShown) -> None:
    threshold = typed_threshold(form, "threshold", shown)
    levels = tuple(form.joined(f"level {point}") for point in shown.points)
    form.send(
        save_criterion,
        done="Criterion saved" if key else "Criterion added",
        called={"levels": "text of a level"},
        prize_id=prize_id,
        stage_id=stage_id,
        criterion_key=key,
        name=form["name"],
        question=form.joined("question"),
        weight=form["weight"],
        threshold=threshold,
        seen=form["seen"],
        levels=levels if any(levels) else (),
    )


def _move(prize_id: UUID, stage_id: UUID, key: UUID, up: bool) -> None:
    act(move_criterion, prize_id=prize_id, stage_id=stage_id, criterion_key=key, up=up)


def _remove(prize_id: UUID, stage_id: UUID, key: UUID, name: str) -> None:
    act(
        remove_criterion,
        said=f"“{name}” is removed. Look at the weights again.",
        prize_id=prize_id,
        stage_id=stage_id,
        criterion_key=key,
    )


def _set_scale(form: Form, prize_id: UUID, stage_id: UUID, version: int) -> None:
    form.send(
        set_scale,
        done="Scale saved",
        prize_id=prize_id,
        stage_id=stage_id,
        version=version,
        lowest=form["lowest"],
        highest=form["highest"],
        steps_per_point=form["steps_per_point"],
    )
