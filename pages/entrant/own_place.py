"""Where one's own entry stands after release, as far as the rules tell it."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

import streamlit as st

from judging.analyses.fairness import HowJudged, OwnPlace
from judging.analyses.shown import Standing
from judging.statistics.wording import chance
from pages.components import charts
from pages.components.interval_charts import Kind
from pages.components.layout import facts_table, heading, nbsp
from pages.components.place_chart import place_chart
from pages.components.words import plain
from prize.models import PlaceTold
from prize.rubric import CriterionShown, RubricShown
from storage.values import counted

HEADS: Final = MappingProxyType(
    {
        Standing.CLEAR: "Your entry is clear of the cut",
        Standing.UNDECIDED: "Your entry is close to the cut",
        Standing.BELOW: "Your entry is below the cut",
    }
)
KINDS: Final[MappingProxyType[Standing, Kind]] = MappingProxyType(
    {Standing.CLEAR: "main", Standing.UNDECIDED: "undecided", Standing.BELOW: "below"}
)
BANDS: Final = (
    "Clear, close and below go by the chance of being truly among the best: 90 % or more, between 10 and 90 %, and "
    "10 % or less."
)


def draw_own_place(shown: HowJudged) -> None:
    """Nothing before release, and nothing where the rules tell no place."""
    if not shown.released or shown.place_told is PlaceTold.NOTHING:
        return
    own = shown.own
    if own is None:
        heading("Your place is not known yet")
        st.markdown("The scores are being analysed. Look again in a few minutes.")
    elif own.standing is Standing.STOPPED:
        _stopped(shown, own)
    elif own.standing is Standing.UNSCORED:
        heading("Your entry has no place")
        st.markdown("Only entries that judges have scored have one.")
    else:
        _placed(shown, own)


def threshold_words(criterion: CriterionShown, rubric: RubricShown) -> str:
    """``2 of 5``."""
    return f"{(criterion.threshold or 0) / 100:g} of {rubric.highest}"


def _stopped(shown: HowJudged, own: OwnPlace) -> None:
    heading("A threshold stopped your entry")
    for criterion in shown.rubric.criteria:
        if criterion.name in own.stopped_by:
            least = threshold_words(criterion, shown.rubric)
            st.markdown(plain(f"{criterion.name}: the mean of its judges was below the minimum, {least}."))
    st.markdown("An entry below a minimum is out whatever its total, so it has no place.")


def _placed(shown: HowJudged, own: OwnPlace) -> None:
    all_have_one = own.entries <= shown.places
    if all_have_one:
        heading("There is a place for each entry")
        have = counted(own.entries, "entry has", "entries have")
        st.markdown(plain(f"{have} a place by score, and up to {shown.places:,} could be chosen."))
    else:
        heading(HEADS[own.standing])
        st.markdown(plain(nbsp(_meaning(shown, own))))
    if own.place is not None and own.low is not None and own.high is not None:
        _drawn(shown, own, own.place, (own.low, own.high))
    st.caption(("" if all_have_one else f"{nbsp(BANDS)} ") + "The panel decides; the place alone does not.")


def _meaning(shown: HowJudged, own: OwnPlace) -> str:
    best = "the best one" if shown.places == 1 else f"the best {shown.places:,}"
    known = f"The chance that it is truly among {best} is {chance(own.chance)}. " if own.chance is not None else ""
    if own.standing is Standing.CLEAR:
        return f"{known}The scores leave little doubt that it is among {best}."
    if own.standing is Standing.BELOW:
        return f"{known}The scores leave little doubt that it is not among {best}."
    return (
        f"{known}The scores do not settle whether it is among {best}: entries near the cut differ by less than what "
        "two judges see in one entry."
    )


def _drawn(shown: HowJudged, own: OwnPlace, place: int, likely: tuple[int, int]) -> None:
    low, high = likely
    between = f"{low:,} to {high:,}" if low != high else f"{low:,}"
    charts.show(
        place_chart(own.entries, place, likely, shown.places, KINDS[own.standing], own.mean_place),
        alt=f"Place {place} of {own.entries} by the adjusted score; places {between} are likely.",
    )
    tick = " The upright tick is its place by the weighted mean." if own.mean_place else ""
    st.caption(
        plain(
            f"Places from 1, the best, to {own.entries:,}. The point is its place by the adjusted score, the line the "
            f"places that are likely (95 %).{tick}"
        )
    )
    facts_table(
        [
            *([("Place by the weighted mean", f"{own.mean_place:,} of {own.entries:,}")] if own.mean_place else []),
            ("Place by the adjusted score", f"{place:,} of {own.entries:,}"),
            ("Places that are likely", between),
            *([("Chance of being among the best", chance(own.chance or 0.0))] if own.entries > shown.places else []),
        ],
        caption="Your place",
    )
