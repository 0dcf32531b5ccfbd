"""Which scorecards to ask for next, so that as few as possible of those chosen do not belong to the top."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.random import Generator, default_rng
from numpy.typing import NDArray
from scipy import linalg
from scipy.special import ndtr, ndtri, owens_t

from judging.statistics.certainty import UNDECIDED, expected_wrong
from judging.statistics.fair import Adjusted
from judging.statistics.posterior import Draws
from judging.statistics.ratings import Booleans, Floats, Integers, Panel

MINUTES: Final = 20.0
"""What a scorecard takes where nobody says."""

SETTLED: Final = 0.002
"""Chance of the other side below which an entry is left out of the comparison at the cut."""

BESIDE: Final = 10
"""Settled entries that are kept on either side, so that the cut always lies between two."""

CELLS: Final = 4_000_000
"""Entries near the cut times draws, at most: with more entries fewer draws are used."""

NOTHING_VARIES: Final = "nothing varies, so nobody can say what a scorecard would tell"
ALL_DECIDED: Final = "no entry is undecided"
NOBODY_LEFT: Final = "no judge is left for the undecided entries"


@dataclass(frozen=True)
class Card:
    """A scorecard to ask for: positions in the panel, and by how much it lowers ``expected_wrong``.

    The reduction is what is expected after the cards before it in the list, without what the card tells about its
    judge's other entries.
    """

    submission: int
    judge: int
    reduction: float


@dataclass(frozen=True)
class Next:
    """Scorecards in the order in which to ask for them, and what they do together.

    ``expected_wrong_before`` is what is expected once the scorecards that are on their way have come.
    ``expected_wrong_after`` is averaged over simulated scores, and ``error`` is its Monte Carlo standard error.
    ``minutes`` are those of all cards together; ``reason`` says why there are fewer cards than asked for.
    """

    cards: tuple[Card, ...]
    expected_wrong_before: float
    expected_wrong_after: float
    error: float
    minutes: float
    reason: str | None = None


def next_scorecards(
    panel: Panel,
    found: Adjusted,
    budget: int,
    generator: Generator,
    *,
    conflicts: Collection[tuple[int, int]] = frozenset(),
    coming: Collection[tuple[int, int]] = frozenset(),
    room: Mapping[int, int] | None = None,
    minutes: float = MINUTES,
    judges: Collection[int] | None = None,
) -> Next:
    r"""The (entry, judge) pairs that lower the expected ``expected_wrong`` most, found one after the other.

    What a score of judge j says of entry i is taken from the joint draws: with :math:`\delta_i` the entry's distance
    from the cut (the K-th best of the others) and :math:`f_{ij} = \mu - s_j + a_j q_i`, the score
    :math:`y = f_{ij} + \sigma b_j \varepsilon` explains the share
    :math:`\rho^2 = \mathrm{cov}(\delta, f)^2 / (\mathrm{var}\,\delta\,(\mathrm{var} f + \sigma^2 E b_j^2))` of the
    variance of :math:`\delta`, so that noise, and what is not known of the judge and of the cut, count. The
    information :math:`\rho^2/(1 - \rho^2)` of several cards adds up.

    Choosing K entries gives :math:`\sum_{in}(1 - p) = K - Kt - \sum_i (p_i - t)^+` wrong ones on average, with t the
    chance between the last that is in and the first that is out (with t = 1/2 this is half the sum of
    :math:`\min(p, 1 - p)`). A card makes of p a p′ with the same mean, and lowers the number by
    :math:`E(p' - t)^+ - (p - t)^+`; with :math:`\delta` normal and :math:`z = \Phi^{-1}(p)` this is
    :math:`\Phi_2(z, k; \rho) - t\Phi(k) - (p - t)^+`, :math:`k = (z - \sqrt{1 - \rho^2}\,\Phi^{-1}(t))/\rho` (Owen
    1956). For ``expected_wrong_after`` the scores of all cards are then simulated together from the draws, and the
    chances of all entries near the cut are updated by them, so that two cards of one judge count as such.

    Parameters
    ----------
    found : of the same panel.
    budget : how many scorecards can be asked for.
    conflicts : (entry position, judge position) of pairs that must not meet.
    coming : pairs whose scorecards have been asked for already; what they will tell is not asked for again.
    room : how many cards a judge still takes; no limit for who is not named. Without any, one consistent judge may get
        all.
    minutes : that a scorecard takes.
    judges : who can be asked; everybody by default. Judges of another list are never asked, and who has no scorecard
        yet is as uncertain as any new judge.

    Raises
    ------
    ValueError : the budget is negative.

    References
    ----------
    D. Owen (1956), Tables for computing bivariate normal probabilities, Annals of Mathematical Statistics 27. One
    observation at a time by its expected gain: P. Frazier, W. Powell and S. Dayanik (2008), A knowledge-gradient policy
    for sequential information collection, SIAM Journal on Control and Optimization 47.
    """
    if budget < 0:
        raise ValueError(f"the budget is {budget}; it must be 0 or more")
    chances = (found.ranks.chance_top[found.members(one)] for one in range(len(found.tops)))
    before = float(sum(map(expected_wrong, chances, found.tops)))
    if found.draws is None:
        return Next((), before, before, 0.0, 0.0, NOTHING_VARIES)
    asked = np.ones(panel.judges, dtype=bool) if judges is None else np.isin(np.arange(panel.judges), list(judges))
    limits = np.full(panel.judges, panel.submissions)
    for judge, number in (room or {}).items():
        if 0 <= judge < panel.judges:
            limits[judge] = max(number, 0)
    asked &= limits > 0
    scale = float(panel.total.std())
    noise = _noise(panel, found.list_of, found.draws) / scale**2
    list_of_judge = _lists(panel, found)
    bands = [
        _Band.of(found, found.draws, one, top, scale)
        for one, top in enumerate(found.tops)
        if 0 < top < len(found.members(one))
    ]
    due = sorted(pair for pair in coming if _in_panel(panel, pair))
    wanted: list[_Wanted] = []
    for band in bands:
        own = np.flatnonzero(asked & ((list_of_judge == band.list) | (list_of_judge < 0)))
        wanted += _wanted(panel, band, own, noise, [*conflicts, *due])
    _expect(wanted, bands, due, noise)
    cards = _greedy(wanted, limits, budget)
    seed = int(generator.integers(2**63))  # the same chance in both, so that no card makes no difference
    expected, _ = _simulated(bands, due, noise, before, seed)
    after, error = _simulated(bands, [*due, *((card.submission, card.judge) for card in cards)], noise, before, seed)
    before, after = expected, min(after, expected)
    reason = None
    if len(cards) < budget:
        reason = NOBODY_LEFT if any(band.open.any() for band in bands) else ALL_DECIDED
    return Next(tuple(cards), before, after, error, len(cards) * minutes, reason)


def worth(z: Floats | float, information: Floats | float, price: Floats | float) -> Floats:
    r"""By how much evidence is expected to raise :math:`(p - t)^+`.

    Parameters
    ----------
    z : normal quantiles of the chances p.
    information : of the evidence, as a multiple of the information that there is.
    price : t, the chance at which an entry is as good in as out.
    """
    z, information = np.asarray(z, dtype=float), np.asarray(information, dtype=float)
    rho = np.sqrt(information / (1 + information))
    left = np.sqrt(1 / (1 + information))
    with np.errstate(divide="ignore", invalid="ignore"):
        k = np.where(rho > 0, (z - left * ndtri(price)) / np.maximum(rho, 1e-12), 0.0)
        h, k = _not_zero(z), _not_zero(k)
        both = 0.5 * (ndtr(h) + ndtr(k)) - owens_t(h, (k / h - rho) / left) - owens_t(k, (h / k - rho) / left)
        both -= np.where(h * k < 0, 0.5, 0.0)
    gain = both - price * ndtr(k) - np.maximum(ndtr(z) - price, 0.0)
    found: Floats = np.where(rho > 1e-9, np.maximum(gain, 0.0), 0.0)
    return found


def _not_zero(value: Floats) -> Floats:
    return np.where(np.abs(value) < 1e-9, 1e-9, value)


@dataclass(frozen=True)
class _Band:
    """Entries of one list that are near its cut, in standard deviations of the scores; rows × draws.

    ``margin`` is how far an entry is above the best of those that would be out without it, and ``z`` the normal
    quantile of its chance. ``places`` of the top are left for the band.
    """

    list: int
    entries: Integers
    places: int
    chance: Floats
    z: Floats
    price: float
    open: Booleans
    quality: NDArray[np.float32]
    margin: NDArray[np.float32]
    level: NDArray[np.float32]
    spread: NDArray[np.float32]

    @classmethod
    def of(cls, found: Adjusted, draws: Draws, one: int, top: int, scale: float) -> _Band:
        members = found.members(one)
        members = members[np.argsort(-found.fair[members], kind="stable")]
        chance = found.ranks.chance_top[members]
        first = int(np.argmax(chance < 1 - SETTLED)) if (chance < 1 - SETTLED).any() else top
        last = len(members) - int(np.argmax(chance[::-1] > SETTLED))
        first, last = min(max(first - BESIDE, 0), top - 1), max(min(last + BESIDE, len(members)), top + 1)
        entries, chance, places = members[first:last], chance[first:last], top - first
        every = max(1, -(-len(entries) * draws.quality.shape[1] // CELLS))
        quality = draws.quality[entries][:, ::every] / np.float32(scale)
        number = len(entries)
        parted = np.partition(quality.T.copy(), (number - places - 1, number - places), axis=1)
        next_best, last_in = parted[:, number - places - 1], parted[:, number - places]
        margin = quality - np.where(quality >= last_in, next_best, last_in)
        margin -= margin.mean(axis=1, keepdims=True)
        ordered = np.sort(chance)[::-1]
        price = float(np.clip((ordered[places - 1] + ordered[places]) / 2, 1e-3, 1 - 1e-3))
        least = 0.5 / draws.quality.shape[1]
        low, high = UNDECIDED
        # Where even the last that is in is unlikely to belong there, less likely ones contend for its place.
        low, high = low * min(1.0, 4 * price), 1 - (1 - high) * min(1.0, 4 * (1 - price))
        level = (draws.mean[one, ::every] - draws.severity[:, ::every]) / scale
        level -= level.mean(axis=1, keepdims=True)
        return cls(
            one,
            entries,
            places,
            chance,
            ndtri(np.clip(chance, least, 1 - least)),
            price,
            (chance > low) & (chance < high),
            quality,
            margin,
            level.astype(np.float32),
            draws.spread[:, ::every].astype(np.float32),
        )

    def information(self, rows: Integers, judges: Integers, noise: Floats) -> Floats:
        """What a card of each judge adds to each entry's margin, over what is known of it: (rows, judges)."""
        number = self.quality.shape[1]
        quality, margin = self.quality[rows], self.margin[rows]
        level, spread = self.level[judges], self.spread[judges]
        together = (margin @ level.T + (margin * quality) @ spread.T).astype(float) / number
        mean = (quality @ spread.T).astype(float) / number
        signal = ((quality**2) @ (spread**2).T + 2 * (quality @ (level * spread).T)).astype(float) / number - mean**2
        signal += (level.astype(float) ** 2).mean(axis=1)
        own = (margin.astype(float) ** 2).mean(axis=1)[:, None]
        explained = np.minimum(together**2, 0.999 * own * np.maximum(signal, 0.0))
        found: Floats = explained / np.maximum(own * (np.maximum(signal, 0.0) + noise[judges]) - explained, 1e-12)
        return found


@dataclass
class _Wanted:
    """An entry that more cards may settle: its judges by falling information, and what cards so far have added."""

    submission: int
    z: float
    price: float
    judges: Integers
    information: Floats
    next: int = 0
    gained: float = 0.0
    reached: float = 0.0

    def reduction(self, limits: Integers) -> float | None:
        """What the best judge with room would bring; None where there is none."""
        while self.next < len(self.judges) and limits[self.judges[self.next]] == 0:
            self.next += 1
        if self.next == len(self.judges):
            return None
        after = float(worth(self.z, self.gained + self.information[self.next], self.price))
        return max(after - self.reached, 0.0)

    def expect(self, information: float) -> None:
        self.gained += information
        self.reached = float(worth(self.z, self.gained, self.price))

    def take(self) -> int:
        self.expect(float(self.information[self.next]))
        self.next += 1
        return int(self.judges[self.next - 1])


def _wanted(
    panel: Panel, band: _Band, judges: Integers, noise: Floats, conflicts: Collection[tuple[int, int]]
) -> list[_Wanted]:
    rows = np.flatnonzero(band.open)
    if not len(rows) or not len(judges):
        return []
    information = band.information(rows, judges, noise)
    row_of, column_of = np.full(panel.submissions, -1), np.full(panel.judges, -1)
    row_of[band.entries[rows]], column_of[judges] = np.arange(len(rows)), np.arange(len(judges))
    barred = np.array([pair for pair in conflicts if _in_panel(panel, pair)], dtype=np.intp).reshape(-1, 2)
    row = row_of[np.concatenate([panel.submission, barred[:, 0]])]
    column = column_of[np.concatenate([panel.judge, barred[:, 1]])]
    met = (row >= 0) & (column >= 0)
    information[row[met], column[met]] = -1.0
    order = np.argsort(-information, axis=1, kind="stable")
    found = []
    for at, place in enumerate(rows):
        own = order[at, : int((information[at] >= 0).sum())]
        found.append(
            _Wanted(int(band.entries[place]), float(band.z[place]), band.price, judges[own], information[at, own])
        )
    return found


def _expect(wanted: Sequence[_Wanted], bands: Sequence[_Band], due: Sequence[tuple[int, int]], noise: Floats) -> None:
    """Add to each entry what the scorecards that are on their way will tell."""
    row_of = {int(entry): (band, row) for band in bands for row, entry in enumerate(band.entries)}
    by_entry = {one.submission: one for one in wanted}
    for submission, judge in due:
        if (one := by_entry.get(submission)) is not None:
            band, row = row_of[submission]
            one.expect(float(band.information(np.array([row]), np.array([judge]), noise)[0, 0]))


def _in_panel(panel: Panel, pair: tuple[int, int]) -> bool:
    return 0 <= pair[0] < panel.submissions and 0 <= pair[1] < panel.judges


def _greedy(wanted: Sequence[_Wanted], limits: Integers, budget: int) -> list[Card]:
    """The card that brings most, again and again. What an entry's next card brings is looked up when it is due."""
    left = limits.copy()
    heap = [(-value, at) for at, one in enumerate(wanted) if (value := one.reduction(left)) is not None]
    heapq.heapify(heap)
    cards: list[Card] = []
    while heap and len(cards) < budget:
        promised, at = heapq.heappop(heap)
        value = wanted[at].reduction(left)
        if value is None:
            continue
        if value < -promised - 1e-12:
            heapq.heappush(heap, (-value, at))
            continue
        judge = wanted[at].take()
        left[judge] -= 1
        cards.append(Card(wanted[at].submission, judge, value))
        following = wanted[at].reduction(left)
        if following is not None:
            heapq.heappush(heap, (-following, at))
    return cards


def _noise(panel: Panel, list_of: Integers, draws: Draws) -> Floats:
    """The variance of a score of each judge about what the model expects: the size of errors, given all else drawn."""
    number = draws.quality.shape[1]
    every = max(1, -(-panel.cards * number // (CELLS // 2)))
    chosen = slice(None, None, every)
    expected = draws.mean[:, chosen][list_of[panel.submission]] - draws.severity[:, chosen][panel.judge]
    expected += draws.spread[:, chosen][panel.judge] * draws.quality[:, chosen][panel.submission]
    apart = (panel.total[:, None] - expected) / draws.noise[:, chosen][panel.judge]
    size = float((apart**2).sum(axis=0).mean()) / max(panel.cards - 3, 1)
    found: Floats = size * (draws.noise**2).mean(axis=1)
    return found


def _lists(panel: Panel, found: Adjusted) -> Integers:
    """The list in which each judge has a scorecard, −1 for none."""
    lists = np.full(panel.judges, -1, dtype=np.intp)
    lists[panel.judge] = found.list_of[panel.submission]
    return lists


def _simulated(
    bands: Sequence[_Band], cards: Sequence[tuple[int, int]], noise: Floats, before: float, seed: int
) -> tuple[float, float]:
    """``expected_wrong`` after all cards, averaged over scores simulated from the draws, and its standard error."""
    change, variance = 0.0, 0.0
    for band in bands:
        generator = default_rng([seed, band.list])
        row_of = {int(entry): row for row, entry in enumerate(band.entries)}
        own = [(row_of[submission], judge) for submission, judge in cards if submission in row_of]
        if not own:
            continue
        rows, judges = np.array(own, dtype=np.intp).T
        signal = (band.level[judges] + band.spread[judges] * band.quality[rows]).astype(float)
        signal -= signal.mean(axis=1, keepdims=True)
        number = signal.shape[1]
        within = signal @ signal.T / number
        covariance = within + np.diag(np.maximum(noise[judges], 1e-9))
        with_margin = signal @ band.margin.astype(float).T / number
        factor = linalg.cho_factor(covariance, lower=True, check_finite=False)
        weights = linalg.cho_solve(factor, with_margin, check_finite=False)
        own_variance = np.maximum((band.margin.astype(float) ** 2).mean(axis=1), 1e-12)
        raw = np.clip((with_margin * weights).sum(axis=0) / own_variance, 1e-12, 0.999)
        # As many terms as the cards are worth were fitted to the draws, and explain so much of them by chance.
        terms = float(np.trace(linalg.cho_solve(factor, within, check_finite=False)))
        by_chance = min(terms / number, 0.9)
        explained = np.maximum((raw - by_chance) / (1 - by_chance), 0.0)
        scores = signal + np.sqrt(noise[judges])[:, None] * generator.standard_normal(signal.shape)
        shift = (weights * np.sqrt(explained / raw / own_variance)).T @ scores
        chance = ndtr((band.z[:, None] + shift) / np.sqrt(1 - explained)[:, None])
        wrong = _wrong(chance, band.places)
        change += float(wrong.mean() - _wrong(ndtr(band.z)[:, None], band.places)[0])
        variance += float(wrong.var()) / number
    return float(np.clip(before + change, 0.0, before)), float(np.sqrt(variance))


def _wrong(chance: Floats, places: int) -> Floats:
    """For each column half of those wrongly in and half of those wrongly out, which are as many."""
    parted = np.partition(chance, len(chance) - places, axis=0)
    chosen, others = parted[len(chance) - places :], parted[: len(chance) - places]
    found: Floats = 0.5 * ((1 - chosen).sum(axis=0) + others.sum(axis=0))
    return found
