"""What a ranking says in words: the headline, chances, places, and whether another panel would choose the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from judging.analyses.shown import AnalysisShown, Estimate, RankedEntry, Standing
from judging.results import GateCount
from judging.statistics.wording import chance, percent
from pages.components.figures import NOTHING, in_words
from prize.models import RankedBy
from storage.values import counted

PLACED: Final = (Standing.CLEAR, Standing.UNDECIDED, Standing.BELOW)


def headline(shown: AnalysisShown) -> str:
    """How many places are clear and how many entries compete for the others, in a line."""
    number = Counter(line.standing for line in shown.ranking)
    placed = sum(number[standing] for standing in PLACED)
    if not placed:
        return "A threshold stops every entry" if number[Standing.STOPPED] else "No entry has a place yet"
    if placed <= shown.top:
        each = "the only entry" if placed == 1 else f"each of the {in_words(placed)} entries"
        return f"There is a place for {each}" + (" that no threshold stops" if number[Standing.STOPPED] else "")
    return _competing(shown.top, number[Standing.CLEAR], number[Standing.UNDECIDED])


def _competing(places: int, clear: int, undecided: int) -> str:
    compete = f"{'1 entry competes' if undecided == 1 else f'{undecided:,} entries compete'} for"
    many = f"{in_words(places)} places"
    if not clear:
        known = "The one place is not clear" if places == 1 else f"None of {many} is clear"
        return (
            f"{known}; {compete} {'it' if places == 1 else 'them'}"
            if undecided
            else f"{known}; no chance is above 10 %"
        )
    if clear >= places:
        known = "The one place is clear" if places == 1 else f"All {many} are clear"
        return f"{known}; {counted(undecided, 'entry is', 'entries are')} close behind" if undecided else known
    known = f"{in_words(clear).capitalize()} of {many} {'is' if clear == 1 else 'are'} clear"
    rest = "the last" if places - clear == 1 else "the rest"
    return f"{known}; {compete} {rest}" if undecided else f"{known}; no other chance is above 10 %"


def same_again(shown: AnalysisShown, by: RankedBy) -> str:
    """How many of the best another panel would choose again, as Markdown of ours with no words of people's."""
    places = min(shown.top, sum(line.standing in PLACED for line in shown.ranking))
    if places and not any(line.standing in PLACED and line.place and line.place > places for line in shown.ranking):
        return "There is a place for each, so the choice does not depend on the ranking."
    again = shown.same_top if by is RankedBy.MEAN else shown.same_top_adjusted
    if again.value is None:
        return "These scores do not say whether another panel would choose the same."
    if places == 1:
        return (
            f"The chance that another panel of this size would choose the same entry is about {percent(again.value)}."
        )
    low, high = (round((end or 0.0) * places) for end in (again.low, again.high))
    between = f" ({low} to {high})" if again.low is not None and low != high else ""
    return f"About **{_of(again, places)}** would be chosen again by another panel of this size{between}."


def _of(again: Estimate, places: int) -> str:
    return f"{round((again.value or 0.0) * places)} of the {places}"


def chance_words(line: RankedEntry) -> str:
    """A chance that is never said to be certain; why an entry has none."""
    if line.chance is None:
        return "stopped" if line.standing is Standing.STOPPED else NOTHING
    return chance(line.chance)


def place_words(line: RankedEntry, by: RankedBy) -> str:
    """The place by the rule that decides; both, by mean and adjusted, where they differ by much."""
    if line.moved and line.mean_place and line.place:
        return f"{line.mean_place} → {line.place}"
    place = line.mean_place if by is RankedBy.MEAN else line.place
    return f"{place}" if place else NOTHING


def gate_words(gates: Sequence[GateCount], *, short: bool = False) -> str:
    """How judges answer gate questions: ``“In scope?” 2 yes, 1 no``, without the question where a head has it."""
    return "; ".join(("" if short else f"“{gate.wording}” ") + f"{gate.yes} yes, {gate.no} no" for gate in gates)
