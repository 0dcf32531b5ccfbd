"""What a panel study says in words: its headline, what each number of scorecards finds, and its table."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import mean
from typing import Final

from judging.analyses.panels import DesignShown, FoundShown, StudyShown
from judging.statistics.wording import chance
from pages.components.panel_chart import Cost, FoundLine
from prize.models import RankedBy
from storage.values import counted

VISIBLE: Final = 0.04
BY_CHANCE: Final = 5
"""Shares that differ by less than this, or by so many standard errors, are drawn as one."""

LOADS: Final = (30, 20, 15, 10)
"""Scorecards for a judge, from much work to little."""

FEWEST_JUDGES, MOST_JUDGES = 5, 500
NO_TABLE_CELL: Final = "–"


def suggested_judges(entries: int, per_entry: int) -> tuple[int, ...]:
    """Numbers of judges that leave each of them between much and little work."""
    cards = entries * per_entry
    wanted = {max(round(cards / load), FEWEST_JUDGES + at) for at, load in enumerate(LOADS)}
    return tuple(sorted({min(judges, MOST_JUDGES) for judges in wanted}))


def found(design: DesignShown, by: RankedBy) -> FoundShown | None:
    """What choosing by the score that the rules name finds; None for an impossible design."""
    return design.by_mean if by is RankedBy.MEAN else design.by_adjusted


def possible(study: StudyShown) -> tuple[DesignShown, ...]:
    return tuple(design for design in study.designs if not design.reason)


def every_entry_chosen(study: StudyShown) -> bool:
    return study.top >= study.entries


def judges_matter(study: StudyShown, by: RankedBy) -> bool:
    """Whether the number of judges visibly changes what is found."""
    visible = max(VISIBLE, BY_CHANCE * error(study))
    return any(max(shares) - min(shares) > visible for shares in _by_size(possible(study), by).values())


def error(study: StudyShown) -> float:
    """The largest standard error of a share."""
    choices = [choice for each in possible(study) for choice in (each.by_mean, each.by_adjusted) if choice]
    return max((choice.error for choice in choices), default=0.0)


def costs(study: StudyShown) -> tuple[Cost, ...]:
    """What each number of scorecards comes to, whoever gives them."""
    known = {design.per_entry: design for design in possible(study)}
    return tuple(Cost(size, known[size].scorecards, known[size].hours) for size in sorted(known))


def lines(study: StudyShown, by: RankedBy) -> tuple[FoundLine, ...]:
    """A line for each number of judges where it matters; else one by each score, the one that the rules name first."""
    designs = possible(study)
    if judges_matter(study, by):
        return tuple(
            FoundLine(f"{judges} judges", _means([each for each in designs if each.judges == judges], by))
            for judges in sorted({design.judges for design in designs})
        )
    other = RankedBy.ADJUSTED if by is RankedBy.MEAN else RankedBy.MEAN
    return FoundLine(by.value, _means(designs, by)), FoundLine(other.value, _means(designs, other), quiet=True)


def headline(study: StudyShown, by: RankedBy, present: int) -> str:
    """What the present number of scorecards for each entry finds, and what more of them would add."""
    if not possible(study):
        return "No panel of these sizes is possible"
    if every_entry_chosen(study):
        return "There is a place for each entry, so the choice does not depend on the panel"
    few, many = compared(study, by, present)
    judges = f" from {few.judges} judges" if judges_matter(study, by) else ""
    less, more = _numbers(study, few, many, by)
    first = f"With {counted(few.per_entry, 'scorecard')} for each entry{judges} {_chosen(study, less)}"
    if few.per_entry == many.per_entry:
        return f"{first}, for {counted(few.scorecards, 'scorecard')} and {_hours(few.hours)}"
    second = f"with {many.per_entry} also {more}" if less == more else f"with {many.per_entry} {more}"
    added = counted(many.scorecards - few.scorecards, "more scorecard")
    return f"{first}; {second}, for {added} and {_hours(many.hours - few.hours, 'more ')}"


def compared(study: StudyShown, by: RankedBy, present: int) -> tuple[DesignShown, DesignShown]:
    """The two designs of the headline, of one number of judges: the stage's own number of scorecards, and the most."""
    designs = possible(study)
    most = max(design.per_entry for design in designs)
    able = sorted({design.judges for design in designs if design.per_entry == most})
    judges = able[len(able) // 2]
    sizes = sorted(design.per_entry for design in designs if design.judges == judges)
    few = present if present in sizes[:-1] else sizes[0]
    first, last = (
        next(design for design in designs if (design.per_entry, design.judges) == (size, judges))
        for size in (few, most)
    )
    return first, last


def again(study: StudyShown, design: DesignShown, by: RankedBy) -> str:
    """Whether another panel would choose the same, and how many entries are too close to call."""
    choice = found(design, by)
    assert choice is not None
    assert design.undecided is not None
    same = (
        f"the chance that another panel would choose the same entry is {chance(choice.same_top)}"
        if study.top == 1
        else f"another panel would choose about {round(choice.same_top * study.top):,} of the {study.top:,} again"
    )
    close = counted(round(design.undecided), "entry", "entries")
    return (
        f"With {counted(design.per_entry, 'scorecard')} for each entry, {same}, and about {close} would be too close "
        "to call."
    )


def finding(study: StudyShown, by: RankedBy) -> str:
    """The chart in words, for those who do not see it."""
    parts = [
        f"{line.name}: " + ", ".join(f"{100 * share:.0f} % with {size}" for size, share in line.shares)
        for line in lines(study, by)
    ]
    return f"Share of the true best that is chosen, by scorecards for each entry. {'; '.join(parts)}."


def judges_note(study: StudyShown, by: RankedBy) -> str:
    """What the lines of the chart stand for."""
    numbers = sorted({design.judges for design in possible(study)})
    if judges_matter(study, by):
        return f"Chosen by the {by.value}, which orders entries by the rules."
    if len(numbers) == 1:
        return f"With {numbers[0]} judges."
    return f"From {numbers[0]} to {numbers[-1]} judges the share hardly differs, so each line stands for all."


def row(study: StudyShown, design: DesignShown, by: RankedBy) -> tuple[str, ...]:
    """A design's line in the table of all."""
    sizes = (f"{design.per_entry}", f"{design.judges:,}", f"{design.scorecards:,}", _number(design.hours))
    choice = found(design, by)
    if choice is None or design.by_mean is None or design.by_adjusted is None or design.undecided is None:
        return (*sizes, _number(design.hours / design.judges), "not possible", *[NO_TABLE_CELL] * 4)
    return (
        *sizes,
        _number(design.hours / design.judges),
        f"{100 * design.by_mean.found:.0f} %",
        f"{100 * design.by_adjusted.found:.0f} %",
        chance(choice.best),
        f"{choice.same_top * study.top:.1f}",
        f"{design.undecided:.0f}",
    )


def numbers_in_words(numbers: Iterable[int]) -> str:
    """``2, 3, 4``, as they are typed."""
    return ", ".join(map(str, numbers))


def _by_size(designs: Iterable[DesignShown], by: RankedBy) -> dict[int, list[float]]:
    shares: dict[int, list[float]] = {}
    for design in designs:
        if choice := found(design, by):
            shares.setdefault(design.per_entry, []).append(choice.found)
    return shares


def _means(designs: Iterable[DesignShown], by: RankedBy) -> tuple[tuple[int, float], ...]:
    return tuple((size, mean(shares)) for size, shares in sorted(_by_size(designs, by).items()))


def _share(study: StudyShown, design: DesignShown, by: RankedBy) -> float:
    """What the chart shows at a number of scorecards."""
    if judges_matter(study, by):
        choice = found(design, by)
        assert choice is not None
        return choice.found
    return dict(_means(possible(study), by))[design.per_entry]


def _numbers(study: StudyShown, few: DesignShown, many: DesignShown, by: RankedBy) -> tuple[str, str]:
    """How many of the best each finds; with a decimal where whole numbers would hide that they differ."""
    shares = _share(study, few, by), _share(study, many, by)
    if study.top == 1:
        less, more = (f"about {100 * share:.0f} %" for share in shares)
        return less, more
    less, more = (f"about {share * study.top:,.0f}" for share in shares)
    if less == more and few.per_entry != many.per_entry:
        less, more = (f"about {share * study.top:,.1f}" for share in shares)
    return less, more


def _chosen(study: StudyShown, about: str) -> str:
    if study.top == 1:
        return f"the chance that the truly best one is chosen is {about}"
    return f"{about} of the true best {study.top:,} are chosen"


def _hours(hours: float, more: str = "") -> str:
    number = _number(hours)
    return f"{number} {more}hour{'' if number == '1' else 's'}"


def _number(hours: float) -> str:
    return f"{hours:,.0f}" if hours >= 10 else f"{hours:.1f}".removesuffix(".0")
