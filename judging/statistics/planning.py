"""How many judges and scorecards a prize needs, before it is launched: simulated prizes of each design."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Final

import numpy as np
from numpy.random import Generator

from judging.statistics.certainty import undecided
from judging.statistics.mixed import Crossing
from judging.statistics.ratings import Booleans, Floats, Panel
from judging.statistics.reliability import NO_QUALITY, predictions
from judging.statistics.variance import CROSSED, NO_RESIDUAL, Components

ASSUMED: Final = (1.0, 0.5**2, 0.8**2)
"""Variances of quality, judges and the residual where there is no earlier prize."""

AS_ASSUMED: Final = "supposes standard deviations of 1 for quality, 0.5 for judges and 0.8 for the residual"

CELLS: Final = 1_000_000
"""Scorecards times prizes that are simulated at once."""

PRIZES_A_DEAL: Final = 100
"""Prizes after which the design is dealt anew."""

MOST_DEALS: Final = 8

PANELS: Final = 12
"""Of each dealing, the simulated panels whose undecided entries are counted."""


@dataclass(frozen=True)
class Choice:
    """What ranking by plain means, or by adjusted scores, finds. All are means over simulated prizes.

    ``found`` is the share of the true top K, ``best`` the chance that the truly best is among the K chosen,
    ``all_right`` that all K are right, ``same_top`` the share of the K that another panel would choose too.
    ``error`` is the standard error of ``found``.
    """

    found: float
    best: float
    all_right: float
    same_top: float
    error: float

    @classmethod
    def of(cls, outcome: Floats) -> Choice:
        """From measures of each prize: found, best, all right, same top."""
        found, best, all_right, same = (float(one) for one in outcome.mean(axis=1))
        return cls(found, best, all_right, same, float(outcome[0].std() / np.sqrt(outcome.shape[1])))


@dataclass(frozen=True)
class Design:
    """So many scorecards for each entry from so many judges, and what to expect of it.

    ``fair`` is by the linear mixed model. ``undecided`` is how many entries have a chance of the top that is neither
    low nor high. Where the design is impossible ``reason`` says why, and what cannot be known is None.
    """

    per_entry: int
    judges: int
    scorecards: int
    hours: float
    cards_per_judge: float | None
    plain: Choice | None = None
    fair: Choice | None = None
    undecided: float | None = None
    reason: str | None = None


@dataclass(frozen=True)
class PanelPlan:
    """Designs for ``entries`` of which ``top`` are chosen, in the order of ``per_entry`` and then ``judges``.

    ``components`` are the variances that were used, by name; ``assumed`` says so where they are not an earlier prize's.
    """

    entries: int
    top: int
    designs: tuple[Design, ...]
    components: Mapping[str, float]
    prizes: int
    assumed: str | None = None

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def plan_panel(
    components: Components | Mapping[str, float | None] | None,
    n: int,
    top: int,
    per_entry: Sequence[int],
    judges: Sequence[int],
    *,
    minutes: float,
    generator: Generator,
    draws: int = 1000,
) -> PanelPlan:
    """What to expect of each design, scorecards for each entry × judges, from simulated prizes.

    Quality, severity and residual are normal with the components' variances; two panels of the design, dealt at random
    in equal loads, judge the same entries independently. An entry is undecided in a simulated prize if the mixed
    model's posterior gives it so: its prediction, with an error that another prize of the design had (errors of
    prediction do not depend on the scores). All designs share the entries, so that their differences vary less.

    Parameters
    ----------
    components : of an earlier prize, or variances by the names submission, judge and residual. Where one is not known,
        or entries did not differ, what is assumed is said.
    n, top : entries, and how many are chosen; at most all.
    minutes : that a scorecard takes.
    draws : simulated prizes of each design; some hundreds at least.

    Raises
    ------
    ValueError : ``n``, ``top`` or ``draws`` is not positive, or a variance is negative or no number.
    """
    for name, value in (("n", n), ("top", top), ("draws", draws)):
        if value < 1:
            raise ValueError(f"{name} is {value}; it must be at least 1")
    variances, assumed = _variances(components)
    top = min(top, n)
    quality = np.sqrt(variances[0]) * generator.standard_normal((n, draws))
    designs = [_design(quality, top, cards, by, variances, minutes, generator) for cards in per_entry for by in judges]
    return PanelPlan(n, top, tuple(designs), dict(zip(CROSSED, variances, strict=True)), draws, assumed)


def dealt(entries: int, judges: int, per_entry: int, generator: Generator) -> Panel:
    """A panel without scores: who judges what is random, loads differ by one at most and no pair stands twice.

    Judges are shuffled again and again, and entries take the next ``per_entry`` of them.

    Raises
    ------
    ValueError : an entry needs more judges than there are.
    """
    if not 0 < per_entry <= judges:
        raise ValueError(f"{per_entry} judges for each entry of {judges} are not possible")
    number = entries * per_entry
    rounds = -(-number // judges)
    orders = generator.permuted(np.tile(np.arange(judges), (rounds, 1)), axis=1)
    for one in range(1, rounds):
        # The entry that began in the round before must not meet its judges again at the beginning of this one.
        begun = (one * judges) % per_entry
        if begun == 0:
            continue
        order, missing = orders[one], per_entry - begun
        met = np.isin(order, orders[one - 1, judges - begun :])
        wrong = np.flatnonzero(met[:missing])
        other = missing + generator.permutation(np.flatnonzero(~met[missing:]))[: len(wrong)]
        order[wrong], order[other] = order[other], order[wrong]
    of_entry = generator.permutation(entries)[np.repeat(np.arange(entries), per_entry)]
    return Panel(of_entry, orders.ravel()[:number].astype(np.intp), np.zeros(number), entries, judges)


def _variances(
    components: Components | Mapping[str, float | None] | None,
) -> tuple[tuple[float, float, float], str | None]:
    if components is None:
        return ASSUMED, f"There is no earlier prize: {AS_ASSUMED}."
    given = components.variances if isinstance(components, Components) else components
    known: list[float] = []
    for name in CROSSED:
        value = given.get(name)
        if value is None:
            return ASSUMED, f"The earlier prize does not tell the variance of the {name}: {AS_ASSUMED}."
        if not 0 <= value < np.inf:
            raise ValueError(f"the variance of the {name} is {value}")
        known.append(float(value))
    if known[0] == 0:
        return ASSUMED, f"The entries of the earlier prize do not differ: {AS_ASSUMED}."
    return (known[0], known[1], known[2]), None


def _design(
    quality: Floats,
    top: int,
    per_entry: int,
    judges: int,
    variances: tuple[float, float, float],
    minutes: float,
    generator: Generator,
) -> Design:
    entries, draws = quality.shape
    number = entries * max(per_entry, 0)
    design = Design(per_entry, judges, number, number * minutes / 60, number / judges if judges > 0 else None)
    if per_entry < 1:
        return replace(design, reason="an entry needs at least one scorecard")
    if per_entry > judges:
        return replace(design, reason=f"an entry cannot have {per_entry} scorecards from {judges} judges")
    deals = int(np.clip(draws // PRIZES_A_DEAL, 1, MOST_DEALS))
    outcomes: list[Floats] = []
    counts: list[Floats] = []
    for prizes in np.array_split(np.arange(draws), deals):
        crossing = Crossing.of(dealt(entries, judges, per_entry, generator))
        size = max(1, CELLS // number)
        parts = np.split(prizes, range(size, len(prizes), size))
        judged = [_judged(crossing, quality[:, part], top, variances, generator) for part in parts]
        outcomes += [outcome for outcome, _ in judged]
        predicted = np.concatenate([prediction for _, prediction in judged], axis=2)
        errors = np.concatenate(list(quality[:, prizes] - predicted), axis=1)
        counts.append(_undecided(predicted[0], errors, top))
    plain, fair = np.concatenate(outcomes, axis=2)
    return replace(design, plain=Choice.of(plain), fair=Choice.of(fair), undecided=float(np.concatenate(counts).mean()))


def _judged(
    crossing: Crossing, quality: Floats, top: int, variances: tuple[float, float, float], generator: Generator
) -> tuple[Floats, Floats]:
    """What panels choose, (plain and fair, measures, prizes), and what they predict, (panels, entries, prizes)."""
    submission, judge, residual = variances
    submission = max(submission, NO_QUALITY * sum(variances))
    covariance = crossing.covariance(submission, judge, max(residual, NO_RESIDUAL * sum(variances)))
    entry, by = crossing.positions
    prizes = quality.shape[1]
    true = _top(quality, top)
    best = quality.argmax(axis=0), np.arange(prizes)
    choices: list[tuple[Booleans, Booleans]] = []
    predicted: list[Floats] = []
    for _ in range(2):
        severity = np.sqrt(judge) * generator.standard_normal((crossing.levels[1], prizes))
        error = np.sqrt(residual) * generator.standard_normal((crossing.cards, prizes))
        totals = quality[entry] + severity[by] + error
        predicted.append(submission * predictions(crossing, covariance, totals))
        plain = crossing.sums_of(0, totals) / crossing.cards_of[0][:, None]
        choices.append((_top(plain, top), _top(predicted[-1], top)))
    outcome = np.empty((2, 4, prizes))
    for way, (one, other) in enumerate(zip(*choices, strict=True)):
        right = [(chosen & true).sum(axis=0) for chosen in (one, other)]
        outcome[way] = (
            (right[0] + right[1]) / (2 * top),
            (one[best].astype(float) + other[best]) / 2,
            ((right[0] == top).astype(float) + (right[1] == top)) / 2,
            (one & other).sum(axis=0) / top,
        )
    return outcome, np.array(predicted)


def _undecided(prediction: Floats, error: Floats, top: int) -> Floats:
    """For a few panels, how many entries are undecided. Errors are (entries, draws), and serve every panel."""
    panels = prediction[:, :PANELS]
    found = np.empty(panels.shape[1])
    for at, one in enumerate(panels.T):
        found[at] = undecided(_top(one[:, None] + error, top).mean(axis=1)).sum()
    return found


def _top(scores: Floats, number: int) -> Booleans:
    """Which are the best of each column."""
    chosen = np.zeros(scores.shape, dtype=bool)
    best = np.argpartition(-scores.T, number - 1, axis=1)[:, :number]
    chosen[best, np.arange(scores.shape[1])[:, None]] = True
    return chosen
