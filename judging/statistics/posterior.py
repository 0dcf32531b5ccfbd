r"""Joint posterior draws of the quality of entries and the severity, spread and noise of judges.

The model of a scorecard's total, for entry i and judge j (section "adjusted scores" of docs/statistics.md):

.. math:: y_{ij} = \mu - s_j + a_j q_i + \sigma b_j \varepsilon_{ij}

with quality :math:`q \sim N(0, \tau^2)`, severity :math:`s \sim N(0, \phi^2)`, spread :math:`\log a \sim
N(0, \alpha^2)`, noise :math:`\log b \sim N(0, \beta^2)`; half-normal priors on :math:`\alpha` and
:math:`\beta` (scale 0.25) and on :math:`\phi` (scale the SD of the scores), flat ones on :math:`\tau` and
:math:`\sigma`. After every sweep the panel is brought back to mean severity 0 and geometric means of spread and noise
of 1, so that quality is in points of a typical judge.

Drawn by a collapsed Gibbs sampler. Given quality, a judge's scores enter by seven sums, so that severity is integrated
out of everything that is drawn about judges; given the judges, an entry's scores enter by five, so that the mean is
integrated out of the qualities. Several chains stand side by side as columns and share every step, which costs little
more than one. Time and memory grow with the number of scorecards.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle
from typing import Final, TypeVar

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.sparse import csr_array, hstack

from judging.statistics.ratings import Floats, Integers, Panel

Real = TypeVar("Real", np.float32, np.float64)

CHAINS: Final = 8
BLOCK: Final = 512
WARM_UP: Final = 250
ENOUGH: Final = 1000
"""Effective size that each entry's quality is to have."""

MOST_SWEEPS_A_DRAW: Final = 16
PRIOR_LOG_SD: Final = 0.25
"""Scale of the half-normal priors on the standard deviations of log spread and log noise."""

SMALLEST, LARGEST = 1e-3, 10.0
"""Limits of the standard deviations of quality and noise, in standard deviations of the scores."""

LEAST_SD: Final = 1e-4
TINY: Final = 1e-300
NEWTON: Final = 3
TAILS: Final = 5
"""Degrees of freedom of proposals for a judge's spread and noise."""


@dataclass(frozen=True)
class Draws:
    """Joint draws in score points, one column a draw; the columns of a chain stand together, in their order.

    ``quality`` (submissions × draws) is the deviation from the ``mean`` of the entry's group (groups × draws), and
    ``fair`` the posterior mean of their sum, from conditional means (Rao–Blackwell), which vary less than draws do.
    Entries and judges without a scorecard are drawn from the prior. ``effective`` is the smallest effective size of an
    entry's quality.
    """

    quality: NDArray[np.float32]
    mean: Floats
    fair: Floats
    severity: Floats
    spread: Floats
    noise: Floats
    effective: float


def draw(panel: Panel, group: Integers, judge_group: Integers, random: Generator, draws: int = 4000) -> Draws:
    """Draw from the posterior, with as many sweeps as the slowest entry needs.

    Parameters
    ----------
    group, judge_group : of each entry and each judge, the group that it is compared in, 0 … groups − 1.
    draws : how many, rounded up to whole chains.

    Raises
    ------
    ValueError : the totals do not vary, or there are fewer than two.
    """
    if panel.cards < 2 or np.ptp(panel.total) == 0:
        raise ValueError("nothing varies")
    centre, scale = float(panel.total.mean()), float(panel.total.std())
    length = -(-draws // (4 * CHAINS)) * 4
    chains = _Chains(panel, (panel.total - centre) / scale, group, judge_group, random)
    kept = _Kept.of(chains, length)
    for _ in range(WARM_UP):
        chains.sweep()
    every, at = 1, 0
    for thinned_from in cycle((0, length // 2)):
        for position in range(at, length):
            for _ in range(every):
                chains.sweep()
            kept.keep(position, chains)
        effective = min(
            effective_size(_by_chain(kept.quality[part]), CHAINS).min()
            for part in blocks(np.flatnonzero(panel.with_card))
        )
        if effective >= ENOUGH or every == MOST_SWEEPS_A_DRAW:
            break
        # too few sweeps: half as many again, and if that is not enough, as many once more
        if thinned_from:
            every *= 2
        at = kept.thin(thinned_from)
    return Draws(
        _in_place(kept.quality, scale),
        _by_chain(kept.mean) * scale + centre,
        kept.expected / kept.number * scale + centre,
        _by_chain(kept.severity) * scale,
        np.exp(_by_chain(kept.log_spread)),
        np.exp(_by_chain(kept.log_noise)),
        float(effective),
    )


@dataclass
class _Kept:
    """What is kept of the chains: rows × draws of a chain × chains."""

    quality: NDArray[np.float32]
    mean: Floats
    severity: Floats
    log_spread: Floats
    log_noise: Floats
    expected: Floats
    number: int = 0

    @classmethod
    def of(cls, chains: _Chains, length: int) -> _Kept:
        entries, judges = len(chains.quality), len(chains.severity)
        quality = np.empty((entries, length, CHAINS), dtype=np.float32)
        mean, severity, log_spread, log_noise = (
            np.empty((rows, length, CHAINS)) for rows in (chains.groups, judges, judges, judges)
        )
        return cls(quality, mean, severity, log_spread, log_noise, np.zeros(entries))

    def keep(self, position: int, chains: _Chains) -> None:
        self.quality[:, position] = chains.quality
        self.mean[:, position] = chains.mean
        self.severity[:, position] = chains.severity
        self.log_spread[:, position] = chains.log_spread
        self.log_noise[:, position] = chains.log_noise
        self.expected += (chains.expected + chains.mean[chains.group]).mean(axis=1)
        self.number += 1

    def thin(self, begin: int) -> int:
        """Keep every second draw from there on, moved together; the first position that is then free."""
        _, length, _ = self.quality.shape
        free: int = begin + (length - begin) // 2
        for kept in (self.quality, self.mean, self.severity, self.log_spread, self.log_noise):
            kept[:, begin:free] = kept[:, begin + 1 :: 2]
        return free


def _by_chain(kept: NDArray[Real]) -> NDArray[Real]:
    rows, _, _ = kept.shape
    return np.ascontiguousarray(kept.transpose(0, 2, 1)).reshape(rows, -1)


def _in_place(kept: NDArray[np.float32], scale: float) -> NDArray[np.float32]:
    """The same times a factor, in the memory that the draws have, since theirs is most of an analysis."""
    by_chain = kept.reshape(len(kept), -1)
    for begin in range(0, len(kept), BLOCK):
        part = slice(begin, begin + BLOCK)
        by_chain[part] = _by_chain(kept[part]) * np.float32(scale)
    return by_chain


def blocks(entries: Integers) -> list[Integers]:
    """Entries whose draws are looked at together, so that no second copy of all of them is needed."""
    return np.split(entries, range(BLOCK, len(entries), BLOCK))


class _Chains:
    """The state of all chains, in standard deviations of the scores. Arrays have a column for each chain."""

    def __init__(
        self,
        panel: Panel,
        score: Floats,
        group: Integers,
        judge_group: Integers,
        random: Generator,
    ) -> None:
        self.random = random
        self.entry, self.judge, self.score = panel.submission, panel.judge, score
        self.group, self.judge_group = group, judge_group
        self.groups = int(max(group.max(initial=0), judge_group.max(initial=0))) + 1
        entries, judges, cards = panel.submissions, panel.judges, panel.cards
        self.cards = cards
        everything = np.ones(cards)
        self.by_entry = csr_array((everything, (self.entry, self.judge)), shape=(entries, judges))
        self.by_entry.sum_duplicates()
        scores_by_entry = csr_array((score, (self.entry, self.judge)), shape=(entries, judges))
        self.corrected_by_entry = hstack([scores_by_entry, self.by_entry], format="csr")
        self.by_judge = self.by_entry.T.tocsr()
        self.scores_by_judge = scores_by_entry.T.tocsr()
        self.cards_of_judge = np.bincount(self.judge, minlength=judges).astype(float)[:, None]
        self.weight_of_judge = np.repeat(self.cards_of_judge, CHAINS, axis=1)
        self.sum_of_judge = np.repeat(np.bincount(self.judge, score, judges)[:, None], CHAINS, axis=1)
        self.square_of_judge = np.repeat(np.bincount(self.judge, score**2, judges)[:, None], CHAINS, axis=1)
        self.of_group = csr_array((np.ones(entries), (group, np.arange(entries))), shape=(self.groups, entries))
        self.judging = np.flatnonzero(np.bincount(self.judge, minlength=judges))  # the others are drawn from the prior
        own = judge_group[self.judging]
        self.judges_of_group = csr_array((np.ones(len(own)), (own, self.judging)), shape=(self.groups, judges))
        self.judges_in_group = np.maximum(np.bincount(own, minlength=self.groups), 1)[:, None]
        self.mean = np.zeros((self.groups, CHAINS))
        self.quality = np.zeros((entries, CHAINS))
        self.expected = np.zeros((entries, CHAINS))
        self.severity = random.normal(0, 0.2, (judges, CHAINS))
        self.log_spread = random.normal(0, 0.1, (judges, CHAINS))
        self.log_noise = random.normal(0, 0.1, (judges, CHAINS))
        self.quality_sd = random.uniform(0.4, 0.9, CHAINS)
        self.noise_sd = random.uniform(0.4, 0.9, CHAINS)
        self.severity_sd = random.uniform(0.1, 0.6, CHAINS)
        self.spread_sd = random.uniform(0.05, 0.3, CHAINS)
        self.noisiness_sd = random.uniform(0.05, 0.3, CHAINS)

    def sweep(self) -> None:
        self._draw_quality()
        self._sums_of_judges()
        self._draw_spread()
        self._draw_scales()
        self._centre()

    def _draw_quality(self) -> None:
        """Mean and quality, given the judges; the mean with quality integrated out."""
        variance = (self.noise_sd * np.exp(self.log_noise)) ** 2
        one, spread = 1 / variance, np.exp(self.log_spread) / variance
        square = spread * spread * variance
        h, k, p = self.by_entry @ one, self.by_entry @ spread, self.by_entry @ square
        hz, kz = (self.corrected_by_entry @ np.vstack([weight, weight * self.severity]) for weight in (one, spread))
        p += 1 / self.quality_sd**2
        share = k / p
        precision = np.maximum(np.asarray(self.of_group @ (h - k * share)), TINY)
        towards = np.asarray(self.of_group @ (hz - kz * share))
        standard = self.random.standard_normal(self.mean.shape)
        self.mean = towards / precision + standard / np.sqrt(precision)
        self.expected = kz / p - share * self.mean[self.group]
        self.quality = self.expected + self.random.standard_normal(p.shape) / np.sqrt(p)

    def _sums_of_judges(self) -> None:
        """What is left of the scores when each judge is looked at alone, given quality: sums about the mean."""
        q, qq = np.split(self.by_judge @ np.hstack([self.quality, self.quality**2]), 2, axis=1)
        qy = self.scores_by_judge @ self.quality
        mean, n = self.mean[self.judge_group], self.weight_of_judge
        self.q, self.qq = q, qq
        self.y = self.sum_of_judge - n * mean
        self.yy = self.square_of_judge - 2 * mean * self.sum_of_judge + n * mean**2
        self.qy = qy - mean * q

    def _residuals(self, log_spread: Floats) -> tuple[Floats, Floats]:
        """Sum and sum of squares of y − mean − spread × quality."""
        spread = np.exp(log_spread)
        return self.y - spread * self.q, self.yy - 2 * spread * self.qy + spread**2 * self.qq

    def _likelihood(self, log_spread: Floats, log_noise: Floats, severity_sd: Floats) -> Floats:
        """Log density of each judge's scores given quality, severity integrated out, but for a constant."""
        total, squares = self._residuals(log_spread)
        variance = (self.noise_sd * np.exp(log_noise)) ** 2
        ratio = severity_sd**2 / variance
        n = self.weight_of_judge
        inner = 1 + n * ratio
        exponent = (squares - total**2 * ratio / inner) / variance
        found: Floats = -self.cards_of_judge * log_noise - 0.5 * (np.log(inner) + exponent)
        return found

    def _draw_spread(self) -> None:
        """Spread, severity integrated out, proposed about its mode.

        Proposals do not depend on the present state, so that small differences die out instead of growing: the same
        scores give the same numbers, but for rounding, on any machine.
        """
        variance = (self.noise_sd * np.exp(self.log_noise)) ** 2
        inner = 1 / (self.weight_of_judge + variance / self.severity_sd**2)
        square = np.maximum(self.qq - inner * self.q**2, 0) / variance
        towards = (self.qy - inner * self.y * self.q) / variance
        prior = self.spread_sd**-2

        def density(value: Floats) -> Floats:
            spread = np.exp(value)
            found: Floats = spread * (towards - 0.5 * square * spread) - 0.5 * prior * value**2
            return found

        mode = np.zeros_like(square)
        for _ in range(NEWTON):
            spread = np.exp(mode)
            curvature = square * spread**2 + prior
            mode += np.clip((spread * (towards - square * spread) - prior * mode) / curvature, -1, 1)
        curvature = square * np.exp(2 * mode) + prior
        self.log_spread = self._proposed(self.log_spread, mode, curvature, density)

    def _draw_noise(self, squares: Floats) -> None:
        """Noise, given severity: ``squares`` are of the residuals, in squares of the common size of errors."""
        n, prior = self.cards_of_judge, self.noisiness_sd**-2

        def density(value: Floats) -> Floats:
            found: Floats = -n * value - 0.5 * squares * np.exp(-2 * value) - 0.5 * prior * value**2
            return found

        mode = np.log(np.maximum(squares, TINY) / np.maximum(n, 1)) * (n / (2 * n + prior))
        mode = np.clip(mode, -3, 3)
        for _ in range(NEWTON):
            weight = squares * np.exp(-2 * mode)
            mode += np.clip((weight - n - prior * mode) / (2 * weight + prior), -1, 1)
        curvature = 2 * squares * np.exp(-2 * mode) + prior
        self.log_noise = self._proposed(self.log_noise, mode, curvature, density)

    def _proposed(self, now: Floats, mode: Floats, curvature: Floats, density: Callable[[Floats], Floats]) -> Floats:
        """The state after a proposal from Student's t about the mode, whose tails are heavier than the density's.

        With a normal's, a judge who once came far out into a tail would stay there for hundreds of sweeps.
        """
        width = 1 / np.sqrt(curvature)
        standard = self.random.standard_t(TAILS, now.shape)
        other = mode + width * standard
        before = (now - mode) / width
        change = density(other) - density(now) + 0.5 * (TAILS + 1) * np.log((TAILS + standard**2) / (TAILS + before**2))
        taken = np.log(self.random.random(now.shape)) < change
        chosen: Floats = np.where(taken, other, now)
        return chosen

    def _draw_severity(self) -> Floats:
        """Severity; returns the sums of squares of what is then left of each judge's scores."""
        total, squares = self._residuals(self.log_spread)
        variance = (self.noise_sd * np.exp(self.log_noise)) ** 2
        precision = self.weight_of_judge / variance + self.severity_sd**-2
        standard = self.random.standard_normal(total.shape)
        self.severity = -total / variance / precision + standard / np.sqrt(precision)
        left = squares + 2 * self.severity * total + self.severity**2 * self.weight_of_judge
        positive: Floats = np.maximum(left, 0)
        return positive

    def _draw_scales(self) -> None:
        """Standard deviations of what judges differ in, severity, quality and noise."""
        random, judges = self.random, len(self.log_spread)
        chains = self.noise_sd.shape
        now = self._likelihood(self.log_spread, self.log_noise, self.severity_sd).sum(axis=0)
        # severity's, with severity integrated out
        other = self.severity_sd * np.exp(0.6 * random.standard_normal(chains))
        then = self._likelihood(self.log_spread, self.log_noise, other).sum(axis=0)
        change = then - now - 0.5 * (other**2 - self.severity_sd**2) + np.log(other / self.severity_sd)
        taken = np.log(random.random(chains)) < change
        self.severity_sd = np.where(taken, other, self.severity_sd)
        now = np.where(taken, then, now)
        # spread's and noise's: given the judges', and then the judges' with it, so that neither holds the other
        for name, sd in (("log_spread", "spread_sd"), ("log_noise", "noisiness_sd")):
            values, before = getattr(self, name), getattr(self, sd)
            squares = (values**2).sum(axis=0)
            for _ in range(2):
                other = before * np.exp(1.5 / math.sqrt(judges + 2) * random.standard_normal(chains))
                change = (1 - judges) * np.log(other / before)
                change -= 0.5 * squares * (other**-2 - before**-2)
                change -= 0.5 * (other**2 - before**2) / PRIOR_LOG_SD**2
                taken = (np.log(random.random(chains)) < change) & (other > LEAST_SD)
                before = np.where(taken, other, before)
            other = before * np.exp(0.5 * random.standard_normal(chains))
            moved = values * (other / before)
            if name == "log_spread":
                each = self._likelihood(moved, self.log_noise, self.severity_sd)
            else:
                each = self._likelihood(self.log_spread, moved, self.severity_sd)
            then = each.sum(axis=0)
            change = then - now - 0.5 * (other**2 - before**2) / PRIOR_LOG_SD**2 + np.log(other / before)
            taken = (np.log(random.random(chains)) < change) & (other > LEAST_SD)
            setattr(self, name, np.where(taken, moved, values))
            setattr(self, sd, np.where(taken, other, before))
            now = np.where(taken, then, now)
        left = self._draw_severity()
        self._draw_noise(left / self.noise_sd**2)
        # the size of errors, and of quality
        rate = 0.5 * (left * np.exp(-2 * self.log_noise)).sum(axis=0)
        self.noise_sd = _root_inverse_gamma(random, max(self.cards - 1, 1) / 2, rate)
        squares = (self.quality**2).sum(axis=0)
        self.quality_sd = _root_inverse_gamma(random, max(len(self.quality) - 1, 1) / 2, 0.5 * squares)

    def _centre(self) -> None:
        """Bring the panel back to mean severity 0, and to geometric means of spread and noise of 1."""
        shift = (self.judges_of_group @ self.severity) / self.judges_in_group
        self.severity -= shift[self.judge_group]
        self.mean -= shift
        stretch = (self.judges_of_group @ self.log_spread) / self.judges_in_group
        self.log_spread -= stretch[self.judge_group]
        factor = np.exp(stretch)
        self.quality *= factor[self.group]
        self.expected *= factor[self.group]
        if self.groups == 1:
            self.quality_sd = np.clip(self.quality_sd * factor[0], SMALLEST, LARGEST)
        louder = self.log_noise[self.judging].mean(axis=0)
        self.log_noise -= louder
        self.noise_sd = np.clip(self.noise_sd * np.exp(louder), SMALLEST, LARGEST)


def _root_inverse_gamma(random: Generator, shape: float, rate: Floats) -> Floats:
    drawn: Floats = np.sqrt(np.maximum(rate, 1e-12) / random.standard_gamma(shape, rate.shape))
    return np.clip(drawn, SMALLEST, LARGEST)


def effective_size(draws: NDArray[np.float32] | Floats, chains: int) -> Floats:
    """Effective number of independent draws of each row, from its autocorrelations within and between chains.

    Geyer's initial monotone sequence, with the variance of all chains together (Gelman and others, *Bayesian Data
    Analysis*, 3rd edition, 2013, section 11.5).

    Parameters
    ----------
    draws : rows × draws, the columns of a chain together.
    """
    rows, length = draws.shape[0], draws.shape[1] // chains
    split = draws.reshape(rows, chains, length)
    means = split.mean(axis=2)
    within = split.var(axis=2, ddof=1).mean(axis=1).astype(float)
    between = means.var(axis=1, ddof=1).astype(float) if chains > 1 else np.zeros(rows)
    variance = (length - 1) / length * within + between
    apart = split - means[:, :, None]

    def correlation(lag: int) -> Floats:
        together = np.einsum("rcl,rcl->r", apart[:, :, : length - lag], apart[:, :, lag:]) / (chains * (length - lag))
        found: Floats = 1 - (within - together) / np.where(variance > 0, variance, 1)
        return found

    pair = 1 + correlation(1)
    total, last, alive = 2 * pair - 1, pair, np.ones(rows, dtype=bool)
    for lag in range(2, length - 2, 2):
        pair = np.minimum(correlation(lag) + correlation(lag + 1), last)
        alive &= pair > 0
        if not alive.any():
            break
        total += np.where(alive, 2 * pair, 0)
        last = pair
    found: Floats = np.where(variance > 0, chains * length / np.maximum(total, 1.0), chains * length)
    return found
