"""A published rubric changed: all of it before judging, its wording alone from then on, with a reason for everybody."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

import streamlit as st

from pages.components.forms import LINE, Form
from pages.components.permitted import may
from pages.components.words import marked
from pages.designer.frame import form_name
from prize.lifecycle import Phase
from prize.models import Seen
from prize.policy import Action
from prize.prizes import RUNNING, PrizeLine
from prize.rubric import HUNDREDTHS, MOST_POINTS, CriterionShown, RubricShown
from prize.rubric_changes import ChangedCriterion, change_rubric
from prize.stages import StageShown

OVER = (Phase.DECIDING, Phase.CONFIRMED, Phase.RELEASED, Phase.CANCELLED)


def draw_changing_rubric(prize: PrizeLine, stage: StageShown, shown: RubricShown) -> None:
    """Nothing where the rubric stands, or for whoever may not change it."""
    if prize.state not in RUNNING or stage.phase in OVER or not may(Action.CHANGE_PUBLISHED, prize_id=prize.id).allowed:
        return
    wording_alone = stage.phase is Phase.JUDGING
    form = Form(form_name("changed-rubric", stage.id))
    saved: dict[str, Any] = {"reason": ""}
    for criterion in shown.criteria:
        saved |= _saved(shown, criterion)
    version = form.fill(shown.version, **saved)
    with form.drawer("Change the rubric", icon=":material/edit:"), st.form(form.name, border=False):
        st.markdown(
            "Judging has begun: questions and words for levels may be made clearer. What decides stands."
            if wording_alone
            else "Criteria, scale, gate questions and what breaks ties stand. Weights have to add up to 100\u00a0%."
        )
        for criterion in shown.criteria:
            _fields(form, shown, criterion, wording_alone=wording_alone)
        form.line(
            "reason",
            "Why",
            limit=LINE,
            help="It stands on the prize's page with today's date, and everybody who has begun an entry is told by "
            "mail.",
        )
        form.outcome()
        st.form_submit_button(
            "Publish the new rubric", on_click=_publish, args=(form, prize.id, stage.id, version, shown, wording_alone)
        )


def _saved(shown: RubricShown, criterion: CriterionShown) -> dict[str, Any]:
    key = criterion.key
    levels = {f"level {point} {key}": words for point, words in zip(shown.points, criterion.levels, strict=False)}
    return {
        f"question {key}": criterion.question,
        f"weight {key}": criterion.weight,
        f"threshold {key}": "" if criterion.threshold is None else points_words(criterion.threshold),
        f"seen {key}": criterion.seen,
        **levels,
    }


def _fields(form: Form, shown: RubricShown, criterion: CriterionShown, *, wording_alone: bool) -> None:
    key = criterion.key
    st.markdown(marked("**{}**", criterion.name))
    form.long_line(f"question {key}", "Question for the judge")
    if not wording_alone:
        left, right = st.columns(2)
        with left:
            form.whole(f"weight {key}", "Weight, in per cent", 0, 100)
        with right:
            form.line(f"threshold {key}", "Threshold (optional)", limit=6)
        form.choice(f"seen {key}", "Scored", list(Seen), seen_words)
    for point in shown.points:
        form.long_line(f"level {point} {key}", f"Level {point}")


def _publish(form: Form, prize_id: UUID, stage_id: UUID, version: int, shown: RubricShown, wording_alone: bool) -> None:
    criteria = tuple(
        ChangedCriterion(
            row.key,
            form.joined(f"question {row.key}"),
            row.weight if wording_alone else form[f"weight {row.key}"],
            row.threshold if wording_alone else typed_threshold(form, f"threshold {row.key}", shown),
            row.seen if wording_alone else form[f"seen {row.key}"],
            tuple(form.joined(f"level {point} {row.key}") for point in shown.points),
        )
        for row in shown.criteria
    )
    form.send(
        change_rubric,
        said="The new rubric is published, and whoever has begun an entry has been told.",
        prize_id=prize_id,
        stage_id=stage_id,
        version=version,
        criteria=criteria,
        reason=form["reason"],
    )


def seen_words(seen: Seen) -> str:
    return "Without names" if seen is Seen.BLIND else "After the reveal"


def points_words(hundredths: int) -> str:
    """A threshold in points, such as ``2.5``."""
    return f"{(Decimal(hundredths) / HUNDREDTHS).normalize():f}"


def typed_threshold(form: Form, field: str, shown: RubricShown) -> int | None:
    """A threshold that was typed in points, in hundredths; what is no threshold is said at its field."""
    if not form[field].strip():
        return None
    hundredths = form.number(field, "The threshold") * HUNDREDTHS
    if hundredths != hundredths.to_integral_value() or abs(hundredths) > MOST_POINTS * HUNDREDTHS:
        lies = f"The threshold lies on the scale, from {shown.lowest} to {shown.highest}. Use two decimals at most."
        form.refuse(field, lies)
        return None
    return int(hundredths)
