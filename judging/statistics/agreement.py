"""How far judges give the same scores, on each criterion and in total."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator

from judging.statistics.gwet import NOT_A_CATEGORY, Kappas, kappas, kappas_of_totals, kappas_on_grid
from judging.statistics.icc import Concordance, Correlation, correlations, kendall_w
from judging.statistics.krippendorff import Alpha, Alphas, Level, alphas
from judging.statistics.ratings import Floats, Integers, Ratings, levelled
from judging.statistics.reading import OVERALL, Scale
from judging.statistics.totals import Totals


@dataclass(frozen=True)
class Block:
    """Every measure of agreement, of one criterion's scores or of the totals."""

    krippendorff_alpha: Alphas
    kappas: Kappas
    icc: Mapping[str, Correlation]
    kendall_w: Concordance

    def as_json(self) -> dict[str, object]:
        return {
            "krippendorff_alpha": self.krippendorff_alpha.as_json(),
            **self.kappas.as_json(),
            "icc": {name: correlation.as_json() for name, correlation in self.icc.items()},
            "kendall_w": self.kendall_w.as_json(),
        }


@dataclass(frozen=True)
class Agreement:
    """A block for the total, called overall, and where there are several criteria one for each."""

    blocks: Mapping[str, Block]
    warnings: tuple[str, ...]

    def as_json(self) -> dict[str, dict[str, object]]:
        return {name: block.as_json() for name, block in self.blocks.items()}


def agreement(
    ratings: Ratings,
    totals: Totals,
    *,
    scale: Scale | None = None,
    confidence: float = 0.95,
    resamples: int = 2000,
    generator: Generator | None = None,
) -> Agreement:
    """Alpha, the kappas, the intraclass correlations and Kendall's W, of each criterion and of complete scorecards.

    A criterion's categories are the grid of the scale if it has one, else the distinct scores that it got. A total of
    several criteria is not a category, and has what needs none. Where one criterion alone counts it is the total.

    Parameters
    ----------
    totals : of the same ratings.
    scale : holds every score.
    generator : for alpha's intervals; without it there are none.

    Raises
    ------
    ValueError : a score is not on the scale.
    """
    if scale is not None and not (scale.holds(ratings.score) & scale.on_grid(ratings.score)).all():
        raise ValueError("a score is not on the scale")
    counted = [index for index, weight in enumerate(totals.weights) if weight > 0]
    single = counted[0] if len(counted) == 1 else None
    blocks: dict[str, Block] = {}
    if single is not None:
        blocks[OVERALL] = _of_criterion(ratings, single, scale, confidence, resamples, generator)
    else:
        blocks[OVERALL] = _of_totals(totals, scale, confidence, resamples, generator)
    if len(ratings.criteria) > 1:
        for index, name in enumerate(ratings.criteria):
            blocks[name] = (
                blocks[OVERALL]
                if index == single
                else _of_criterion(ratings, index, scale, confidence, resamples, generator)
            )
    warnings = tuple(f"{name}: {text}" for name, block in blocks.items() for text in block.krippendorff_alpha.warnings)
    return Agreement(blocks, warnings if len(blocks) > 1 else blocks[OVERALL].krippendorff_alpha.warnings)


def _of_criterion(
    ratings: Ratings,
    criterion: int,
    scale: Scale | None,
    confidence: float,
    resamples: int,
    generator: Generator | None,
) -> Block:
    own = ratings.criterion == criterion
    entry, judge, score = ratings.submission[own], ratings.judge[own], ratings.score[own]
    return Block(
        alphas(entry, score, resamples=resamples, generator=generator, confidence=confidence),
        _kappas(entry, judge, score, scale, confidence),
        correlations(entry, judge, score, confidence),
        kendall_w(entry, judge, score),
    )


def _of_totals(
    totals: Totals, scale: Scale | None, confidence: float, resamples: int, generator: Generator | None
) -> Block:
    entry, judge = totals.panel.submission[totals.complete], totals.panel.judge[totals.complete]
    total = levelled(totals.panel.total[totals.complete])
    low, high = (scale.low, scale.high) if scale else (total.min(initial=np.inf), total.max(initial=-np.inf))
    alpha = alphas(entry, total, resamples=resamples, generator=generator, confidence=confidence)
    levels = dict(alpha.levels) | {Level.NOMINAL: Alpha(None, None, None, NOT_A_CATEGORY)}
    return Block(
        replace(alpha, levels={level: levels[level] for level in Level}),
        kappas_of_totals(entry, judge, total, float(low), float(high), confidence),
        correlations(entry, judge, total, confidence),
        kendall_w(entry, judge, total),
    )


def _kappas(entry: Integers, judge: Integers, score: Floats, scale: Scale | None, confidence: float) -> Kappas:
    if scale is not None and scale.step is not None and scale.categories is not None:
        position = np.round((score - scale.low) / scale.step).astype(np.intp)
        return kappas_on_grid(entry, judge, position, scale.categories, confidence)
    values, position = np.unique(score, return_inverse=True)
    return kappas(entry, judge, position, values, confidence)
