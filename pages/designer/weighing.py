"""What weights do: all of them in one place, and two example entries whose means follow as they are typed."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final
from uuid import UUID

import streamlit as st

from pages.components import charts, judging_charts
from pages.components.acting import act
from pages.components.judging_charts import Share
from pages.components.layout import heading
from pages.components.words import marked, one_line
from prize.rubric import CriterionShown, RubricShown, set_weights

ENTRIES: Final = ("Entry A", "Entry B")


def draw_weighing(place: tuple[UUID, UUID], shown: RubricShown, *, changes: bool) -> None:
    """Nothing where there are not yet two criteria to weigh against each other."""
    if len(shown.criteria) < 2:
        return
    heading("What the weights do", "two made-up entries")
    what = "a weight or a score" if changes else "a score"
    st.markdown(f"Change {what} and see which entry would be ahead. The scores are an example of your own.")
    weights: list[int] = []
    scores: tuple[list[Fraction], list[Fraction]] = ([], [])
    for at, criterion in enumerate(shown.criteria):
        with st.container(key=f"weighing-{criterion.key}", gap="xxsmall"):
            st.markdown(marked("**{}**", criterion.name))
            columns = st.columns(3, gap="small")
            with columns[0]:
                weights.append(_weight(shown, criterion, changes=changes))
            for entry, (label, given) in enumerate(zip(ENTRIES, scores, strict=True)):
                with columns[1 + entry]:
                    given.append(_score(shown, criterion, label, strong=_is_strong(shown, at, entry)))
    _compared(shown, weights, scores)
    if changes and tuple(weights) != tuple(criterion.weight for criterion in shown.criteria):
        rest = "." if sum(weights) == 100 else ", and have to reach 100\u00a0%."
        st.markdown(f"These weights add up to {sum(weights)}\u00a0%{rest}")
        st.button("Save these weights", on_click=_save, args=(place, shown, tuple(weights)))


def _is_strong(shown: RubricShown, at: int, entry: int) -> bool:
    """One entry is strong in the first half of the criteria and weak in the second, the other one the other way."""
    return (at < (len(shown.criteria) + 1) // 2) is (entry == 0)


def _weight(shown: RubricShown, criterion: CriterionShown, *, changes: bool) -> int:
    key = f"weight-{criterion.key}-{shown.version}"
    st.session_state.setdefault(key, criterion.weight)
    return int(st.number_input("Weight, in per cent", 0, 100, step=1, key=key, disabled=not changes))


def _score(shown: RubricShown, criterion: CriterionShown, label: str, *, strong: bool) -> Fraction:
    key = f"{label}-{criterion.key}-{shown.lowest}-{shown.highest}-{shown.steps_per_point}"
    step = 1 / shown.steps_per_point
    start = shown.highest if strong else min(shown.lowest + 1, shown.highest)
    st.session_state.setdefault(key, float(start))
    typed = st.number_input(label, float(shown.lowest), float(shown.highest), step=step, format="%g", key=key)
    return Fraction(round(typed * shown.steps_per_point), shown.steps_per_point)


def _compared(shown: RubricShown, weights: Sequence[int], scores: Sequence[Sequence[Fraction]]) -> None:
    whole = sum(weights)
    if not whole:
        return
    parts = [[weight * score / whole for weight, score in zip(weights, given, strict=True)] for given in scores]
    means = [sum(own, Fraction()) for own in parts]
    finding = _finding(means)
    st.markdown(f"**{finding}**")
    names = [one_line(criterion.name) for criterion in shown.criteria]
    charts.show(
        judging_charts.shares(
            [
                Share(label, criterion.name, float(part), figure(mean))
                for label, own, mean in zip(ENTRIES, parts, means, strict=True)
                for criterion, part in zip(shown.criteria, own, strict=True)
            ],
            shown.highest,
        ),
        alt=finding,
        table=(
            ("Entry", *names, "Weighted mean"),
            [(label, *map(figure, own), figure(mean)) for label, own, mean in zip(ENTRIES, parts, means, strict=True)],
        ),
    )
    st.caption("Weighted means in points of the scale. Each part of a bar is what one criterion adds, in their order.")


def _finding(means: Sequence[Fraction]) -> str:
    first, second = means
    if first == second:
        return f"Both entries have {figure(first)}: with these weights they are equal"
    ahead, behind = (ENTRIES[0], ENTRIES[1]) if first > second else (ENTRIES[1], ENTRIES[0])
    return f"{ahead} is ahead with {figure(max(means))}; {behind} has {figure(min(means))}"


def figure(value: Fraction) -> str:
    """With two decimals, rounded as people do."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return str(exact.quantize(Decimal("0.01"), ROUND_HALF_UP))


def _save(place: tuple[UUID, UUID], shown: RubricShown, weights: tuple[int, ...]) -> None:
    act(
        set_weights,
        said="The weights are saved.",
        prize_id=place[0],
        stage_id=place[1],
        version=shown.version,
        weights=weights,
    )
