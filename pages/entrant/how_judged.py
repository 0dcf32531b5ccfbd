"""How entries are judged, for whoever has entered one: who reads it, what is scored, and what follows from scores."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

import streamlit as st

from judging.analyses.fairness import HowJudged, how_judged
from pages.components.acting import ask
from pages.components.figures import in_words
from pages.components.layout import (
    columns_main_side,
    empty_list,
    facts_table,
    heading,
    nbsp,
    page_header,
    table,
)
from pages.components.places import link, parameter
from pages.components.words import marked, plain
from pages.components.worked_example import REVEALED, after_reveal, tie_words, worked_example
from pages.entrant.own_place import draw_own_place, threshold_words
from pages.entrant.own_scores import draw_own_scores
from prize.models import PlaceTold, RankedBy, Visibility
from prize.rubric import CriterionShown, RubricShown
from storage.values import counted

ORDERED: Final = MappingProxyType(
    {
        RankedBy.MEAN: (
            "The **weighted mean** puts entries in order for the panel. Beside it stands the **adjusted score**, as a "
            "check: it allows for judges who score lower or higher than others."
        ),
        RankedBy.ADJUSTED: (
            "The **adjusted score** puts entries in order for the panel. It allows for judges who score lower or "
            "higher than others. Beside it stands the weighted mean."
        ),
    }
)
TOLD: Final = MappingProxyType(
    {
        PlaceTold.NOTHING: "the outcome and its reason, no place",
        PlaceTold.BAND: "whether it was clear, close or below",
        PlaceTold.PLACE: "its place and how sure that is",
    }
)


def draw() -> None:
    entry_id = parameter("entry")
    if entry_id is None:
        page_header("Entrant", "How entries are judged")
        empty_list("No entry chosen", "Choose one of your entries.", lambda: link("my-entries", "My entries"))
        return
    shown = ask(how_judged, entry_id=entry_id)
    page_header(
        f"{shown.prize} · {shown.stage}",
        "How entries are judged",
        facts=_published(shown.rubric.number),
        actions=lambda: link("entry", "Your entry", entry=entry_id),
    )
    main, side = columns_main_side()
    with main:
        draw_own_place(shown)
        draw_own_scores(shown)
        _readers(shown)
        _criteria(shown.rubric)
        _one_number(shown.rubric)
        _order(shown)
    with side:
        _facts(shown)
        _people_decide(shown)


def _published(version: int) -> str:
    if version == 1:
        return "These rules were published before entries opened. They hold for every entry."
    return f"This is version {version} of the rubric. Its changes, with reasons, are on the prize's page."


def _readers(shown: HowJudged) -> None:
    heading("Who reads your entry")
    number = in_words(shown.scorecards_per_entry)
    judges = "judge is" if shown.scorecards_per_entry == 1 else "judges are"
    known = (
        "They do not learn whose it is: answers that reveal identity are taken out, and files are cleaned of names in "
        "their properties."
    )
    if shown.visibility is not Visibility.BLIND:
        known = "They know whose it is."
    if later := after_reveal(shown.rubric, shown.visibility):
        known += f" {REVEALED} {later}."
    st.markdown(plain(f"{number.capitalize()} {judges} asked to score each entry. Each scores alone. {known}"))
    if shown.comment_needed:
        st.markdown(
            "Each judge writes you a comment. You read it without the judge's name, once the outcome is released."
        )
    st.markdown(
        "Nobody with a conflict of interest reads it: family, employers, clients, investments, close collaborators "
        "and rivals are ruled out before entries are dealt."
    )


def _criteria(rubric: RubricShown) -> None:
    heading("What they score", f"from {rubric.scale}")
    for criterion in rubric.criteria:
        _criterion(criterion, rubric)
    if rubric.gates:
        st.markdown("Beside the scores each judge recommends yes or no. The answers are counted, and are in no mean.")
        st.markdown("\n".join(marked("- {}", gate.wording) for gate in rubric.gates))


def _criterion(criterion: CriterionShown, rubric: RubricShown) -> None:
    with st.container(gap="xsmall"):
        st.markdown(nbsp(marked("**{}** · {} %", criterion.name, str(criterion.weight))))
        least = "" if criterion.threshold is None else f" At least {threshold_words(criterion, rubric)} is needed."
        st.markdown(plain(f"{criterion.question}{least}"))
        if criterion.levels:
            with st.expander(marked("What each score means for {}", criterion.name)):
                levels = zip(rubric.points, criterion.levels, strict=False)
                table(
                    ("Score", "What it looks like"),
                    [(str(point), words) for point, words in levels],
                    caption=f"Levels of {criterion.name}",
                )


def _one_number(rubric: RubricShown) -> None:
    heading("How scores become one number")
    st.markdown(
        "For each criterion we take the mean of the judges who scored it, multiply it by its weight, and add up. This "
        "is the **weighted mean**."
    )
    if worked := worked_example(rubric):
        st.markdown(nbsp(marked("{} = **{}**.", worked.words, worked.total)))
    stopping = [criterion.name for criterion in rubric.criteria if criterion.threshold is not None]
    if stopping:
        st.markdown(
            marked("An entry whose mean for {} is below its minimum is out, whatever its total.", " or ".join(stopping))
        )


def _order(shown: HowJudged) -> None:
    heading("Allowing for who judged it")
    st.markdown(ORDERED[shown.ranked_by])
    if shown.ranked_by is RankedBy.MEAN and (ties := tie_words(shown.rubric)):
        st.markdown(plain(ties))
    st.markdown(
        "Each judge reads a part of the entries, so some entries happen to meet judges who score lower. Judges are "
        "dealt so that they share entries with others: from these it is worked out by how much each of them scores "
        "lower or higher. The adjusted score is about what the entry would have got from a typical judge."
    )
    lowest, highest = shown.rubric.lowest, shown.rubric.highest
    mean, shift = lowest + 0.65 * (highest - lowest), (highest - lowest) / 10
    table(
        ("Example", "Weighted mean", "Its judges score", "Adjusted score"),
        [
            ("One entry", f"{mean:.1f}", f"lower by {shift:.1f}", f"{mean + shift:.1f}"),
            ("Another", f"{mean:.1f}", f"higher by {shift:.1f}", f"{mean - shift:.1f}"),
        ],
        numbers={1, 2, 3},
        caption="An example of the adjusted score",
    )
    st.caption(
        "Made-up numbers. The adjustment is smaller where few scores tell how a judge scores. It also allows for how "
        "much of the scale judges use, and for how consistent they are."
    )


def _facts(shown: HowJudged) -> None:
    heading("In short")
    facts_table(
        [
            ("Scorecards for each entry", str(shown.scorecards_per_entry)),
            ("What orders entries", shown.ranked_by.value),
            ("Places", f"{shown.places:,}" if shown.places == 1 else f"up to {shown.places:,}"),
            *([("Chosen", f"{shown.chosen:,}")] if shown.chosen is not None else []),
            ("What you learn of your place", TOLD[shown.place_told]),
            ("What you learn of your scores", shown.scores_told.value),
        ],
        caption="In short",
    )


def _people_decide(shown: HowJudged) -> None:
    heading("People decide")
    st.markdown(
        "The panel reads entries in this order, discusses them and decides; each decision has a reason on record. It "
        "may choose fewer than there are places."
    )
    st.markdown("Entries near the cut are close: with other judges some of them could be on the other side.")
    if shown.chosen is not None:
        chosen = counted(shown.chosen, "entry was", "entries were") if shown.chosen else "No entry was"
        st.markdown(plain(f"{chosen} chosen; there {_places(shown.places)}."))


def _places(places: int) -> str:
    return "was 1 place" if places == 1 else f"were up to {places:,} places"
