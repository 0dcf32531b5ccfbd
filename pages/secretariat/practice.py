"""Practice entries of a stage: written with a reference for each criterion, and how far judges were from it."""

from __future__ import annotations

from statistics import fmean
from typing import Any, Final
from uuid import UUID

import streamlit as st

from judging.practice_writing import (
    MOST_PRACTICE,
    Level,
    Practice,
    PracticeWritten,
    Written,
    practice,
    remove_practice,
    write_practice,
)
from pages.components.acting import act, ask
from pages.components.badges import Badge, badge_of, show
from pages.components.forms import PROSE, STATEMENT, Form
from pages.components.layout import columns_main_side, empty_list, heading, page_header, table
from pages.components.places import present_stage
from pages.components.words import marked
from pages.secretariat.stages import BEFORE_JUDGING
from prize.lifecycle import Phase
from prize.stages import StageShown
from storage.values import counted

NO_LEVEL: Final = -1
"""No level is chosen yet: Streamlit would show None as if nothing were asked."""
HOW: Final = (
    "Make up an entry whose level is clear to you, and say why. Judges score it alone, before their first entry, and "
    "then see your levels with the reasons. They may skip it unless you require it. It never counts."
)
REQUIRED: Final = Badge("Before the first entry", "blue", "flag")


def draw() -> None:
    present = present_stage()
    if present is None:
        return
    prize, stage = present
    page_header(
        f"{prize.title} · {stage.name}",
        "Practice",
        badge=badge_of(stage.phase),
        facts="Judges score a made-up entry and then see your levels beside theirs. It counts for nothing.",
    )
    found = ask(practice, stage_id=stage.id)
    open_now = stage.phase in BEFORE_JUDGING or stage.phase is Phase.JUDGING
    main, side = columns_main_side()
    with main:
        heading("Practice entries")
        if not found.entries:
            empty_list("No practice entry yet", "What you write below appears here and on each judge's list.")
        for one in found.entries:
            _entry(stage, found, one, editable=open_now)
        if open_now and found.criteria and len(found.entries) < MOST_PRACTICE:
            with st.expander("Write a practice entry", icon=":material/edit:", key="new practice", on_change="rerun"):
                _form(stage, found, None)
        _practised(found)
    with side:
        heading("How it works", words=HOW)


def _entry(stage: StageShown, found: Practice, one: PracticeWritten, *, editable: bool) -> None:
    with st.container(border=True, key=f"practice-{one.id}", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**Entry {one.number}**", width="content")
            if one.required:
                show(REQUIRED)
        with st.expander("Read it", icon=":material/visibility:", key=f"read {one.id}"):
            texts = {written.question_key: written.text for written in one.answers}
            for question in found.questions:
                if question.key in texts:
                    st.markdown(marked("**{}**\n\n{}", question.wording, texts[question.key]))
        levels = {level.criterion_key: level for level in one.reference}
        table(
            ("Criterion", "Reference", "Why"),
            [
                (criterion.name, found.rubric.words(level.points), level.why)
                for criterion in found.criteria
                if (level := levels.get(criterion.key))
            ],
            numbers={1},
            caption=f"The reference of practice entry {one.number}",
        )
        if one.scored_by:
            judges = counted(one.scored_by, "judge has", "judges have")
            st.caption(f"{judges} begun to score it, so it can no longer be changed.")
        elif editable:
            with st.expander("Change it", icon=":material/edit:", key=f"change {one.id}", on_change="rerun"):
                _form(stage, found, one)
        with st.popover("Remove"):
            lost = f" What {counted(one.scored_by, 'judge')} scored on it goes too." if one.scored_by else ""
            st.markdown(f"The practice entry and its reference are removed.{lost}")
            arguments = (stage.id, one.id, one.version)
            st.button("Remove practice entry", key=f"remove {one.id}", on_click=_remove, args=arguments)


def _form(stage: StageShown, found: Practice, one: PracticeWritten | None) -> None:
    form = Form(f"practice-{one.id if one else 'new'}-{stage.id}")
    texts = {written.question_key: written.text for written in one.answers} if one else {}
    levels = {level.criterion_key: level for level in one.reference} if one else {}
    fields: dict[str, Any] = {"required": bool(one and one.required)}
    fields |= {_answer(question.key): texts.get(question.key, "") for question in found.questions}
    for criterion in found.criteria:
        level = levels.get(criterion.key)
        fields[_points(criterion.key)] = level.points if level else NO_LEVEL
        fields[_why(criterion.key)] = level.why if level else ""
    version = form.fill(one.version if one else 0, **fields)
    steps = [NO_LEVEL, *found.rubric.steps]
    with st.form(form.name, border=False):
        for question in found.questions:
            form.text(_answer(question.key), marked("{}", question.wording), limit=PROSE, rows=5)
        for criterion in found.criteria:
            st.markdown(marked("**{}** {}", criterion.name, criterion.question))
            form.choice(
                _points(criterion.key),
                marked("Reference for {}", criterion.name),
                steps,
                lambda step: "Choose a level" if step == NO_LEVEL else found.rubric.words(step),
            )
            form.text(_why(criterion.key), marked("Why, for {}", criterion.name), limit=STATEMENT, rows=2)
        form.tick("required", "Judges score it before their first entry")
        form.outcome()
        label = "Save practice entry" if one else "Add practice entry"
        arguments = (form, stage.id, found, one.id if one else None, version)
        st.form_submit_button(label, type="primary", on_click=_write, args=arguments)


def _practised(found: Practice) -> None:
    heading("Who has practised")
    if not found.judges or not found.entries:
        st.markdown("When judges have practised, you see here how far they were from the reference.")
        return
    table(
        ("Judge", "Compared", "Mean", *(criterion.name for criterion in found.criteria)),
        [
            (
                line.name,
                f"{line.compared} of {len(found.entries)}",
                _above(fmean(known) if (known := [one for one in line.above if one is not None]) else None),
                *(_above(above) for above in line.above),
            )
            for line in found.judges
        ],
        numbers=range(1, 3 + len(found.criteria)),
        hide_on_phone=range(3, 3 + len(found.criteria)),
        caption="By how many points judges were above the reference",
    )
    st.caption("How many points above (+) or below (\u2212) the reference, on average. It counts for nothing.")


def _above(points: float | None) -> str:
    if points is None:
        return "–"
    return f"{points:+.1f}".replace("-", "\u2212") if abs(points) >= 0.05 else "0.0"


def _answer(key: UUID) -> str:
    return f"answer {key}"


def _points(key: UUID) -> str:
    return f"points {key}"


def _why(key: UUID) -> str:
    return f"why {key}"


def _write(form: Form, stage_id: UUID, found: Practice, practice_id: UUID | None, version: int) -> None:
    answers = tuple(Written(question.key, form[_answer(question.key)].strip()) for question in found.questions)
    reference = []
    for criterion in found.criteria:
        points, why = form[_points(criterion.key)], form[_why(criterion.key)].strip()
        if points == NO_LEVEL:
            form.refuse(_points(criterion.key), f"{criterion.name} has no reference yet. Choose a level.")
        if not why:
            form.refuse(_why(criterion.key), f"Say in a sentence why {criterion.name} gets this level.")
        reference.append(Level(criterion.key, points, why))
    form.send(
        write_practice,
        done="Saved. Judges find it on their list of entries.",
        stage_id=stage_id,
        answers=answers,
        reference=tuple(reference),
        required=form["required"],
        practice_id=practice_id,
        version=version,
    )


def _remove(stage_id: UUID, practice_id: UUID, version: int) -> None:
    said = "The practice entry is removed."
    act(remove_practice, said=said, stage_id=stage_id, practice_id=practice_id, version=version)
