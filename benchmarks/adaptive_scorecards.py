"""How many scorecards are saved by asking for those that settle most, beside adding them evenly at random.

``python -m benchmarks.adaptive_scorecards --seeds 20``. It makes prizes up whose truth is known: judges differ in
severity, spread and noise, and score in half points from 0 to 10. Every entry begins with the same number of
scorecards; then cards are added in rounds, by ``next_scorecards`` or evenly at random, and the adjusted scores are
found anew after each round. Printed is the share of the true top tenth that is chosen, with its standard error over
prizes. It asserts nothing.

Evenly means that each card goes to an entry with the fewest so far, and to a judge with the fewest who has not scored
it, ties drawn by lot. What is saved is how many cards earlier the other way has the share that the even one has at the
end; its standard error is a bootstrap's over prizes.
"""

from __future__ import annotations

import argparse
import math
import time
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator, default_rng
from numpy.typing import NDArray

from judging.statistics.fair import Adjusted, adjusted
from judging.statistics.more_cards import next_scorecards
from judging.statistics.planning import dealt
from judging.statistics.ratings import Floats, Integers, Panel

MIDDLE, QUALITY_SD = 5.5, 1.5
SPREAD_SD, NOISE_SD, RESIDUAL_SD = 0.3, 0.3, 0.8
SEVERITY_SDS = {60: 0.7}
OTHER_SEVERITY_SD = 0.5
RESAMPLES = 500


@dataclass(frozen=True)
class Prize:
    """The truth: quality, and what judges are like, in standard deviations of quality."""

    quality: Floats
    severity: Floats
    spread: Floats
    noise: Floats

    @classmethod
    def drawn(cls, entries: int, judges: int, random: Generator) -> Prize:
        return cls(
            random.standard_normal(entries),
            random.normal(0, SEVERITY_SDS.get(entries, OTHER_SEVERITY_SD), judges),
            np.exp(random.normal(0, SPREAD_SD, judges)),
            np.exp(random.normal(0, NOISE_SD, judges)),
        )

    def scores(self, entry: Integers, judge: Integers, random: Generator) -> Floats:
        error = RESIDUAL_SD * self.noise[judge] * random.standard_normal(len(entry))
        exact = MIDDLE + QUALITY_SD * (self.spread[judge] * self.quality[entry] - self.severity[judge] + error)
        found: Floats = np.clip(np.round(2 * exact) / 2, 0, 10)
        return found

    def share_found(self, found: Adjusted, top: int) -> float:
        true = np.argsort(-self.quality)[:top]
        chosen = np.argsort(-found.ranks.chance_top, kind="stable")[:top]
        return len(np.intersect1d(true, chosen)) / top


def with_cards(panel: Panel, prize: Prize, entry: Integers, judge: Integers, random: Generator) -> Panel:
    return Panel(
        np.concatenate([panel.submission, entry]),
        np.concatenate([panel.judge, judge]),
        np.concatenate([panel.total, prize.scores(entry, judge, random)]),
        panel.submissions,
        panel.judges,
    )


def evenly(panel: Panel, number: int, random: Generator) -> tuple[Integers, Integers]:
    """Cards for entries with the fewest, by judges with the fewest."""
    met = np.zeros((panel.submissions, panel.judges), dtype=bool)
    met[panel.submission, panel.judge] = True
    cards, loads = met.sum(axis=1).astype(float), met.sum(axis=0).astype(float)
    cards[met.all(axis=1)] = np.inf
    entries, judges = [], []
    for _ in range(min(number, int((~met).sum()))):
        entry = int(np.argmin(cards + random.random(len(cards)) * 0.5))
        judge = int(np.argmin(np.where(met[entry], np.inf, loads + random.random(len(loads)) * 0.5)))
        met[entry, judge] = True
        cards[entry] = cards[entry] + 1 if not met[entry].all() else np.inf
        loads[judge] += 1
        entries.append(entry)
        judges.append(judge)
    return np.array(entries, dtype=np.intp), np.array(judges, dtype=np.intp)


def chosen(
    panel: Panel, found: Adjusted, number: int, room: int | None, random: Generator
) -> tuple[Integers, Integers]:
    limits = None if room is None else dict.fromkeys(range(panel.judges), room)
    cards = next_scorecards(panel, found, number, random, room=limits).cards
    pairs = np.array([(card.submission, card.judge) for card in cards], dtype=np.intp).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def followed(size: tuple[int, int, int], step: int, options: argparse.Namespace, seed: int) -> NDArray[np.float64]:
    """Shares of the top tenth found after each round, and cards added until then: (ways, rounds + 1, 2)."""
    entries, judges, per_entry = size
    top = max(entries // 10, 1)
    random = default_rng(seed)
    prize = Prize.drawn(entries, judges, random)
    deal = dealt(entries, judges, per_entry, random)
    totals = prize.scores(deal.submission, deal.judge, random)
    first = Panel(deal.submission, deal.judge, totals, entries, judges)
    start = adjusted(first, random, top=top, draws=options.draws)
    room = math.ceil(options.room * step / judges) if options.room else None
    outcome = np.empty((2, options.rounds + 1, 2))
    for way in range(2):
        panel, found = first, start
        outcome[way, 0] = prize.share_found(found, top), 0
        for one in range(options.rounds):
            entry, judge = chosen(panel, found, step, room, random) if way == 0 else evenly(panel, step, random)
            panel = with_cards(panel, prize, entry, judge, random)
            found = adjusted(panel, random, top=top, draws=options.draws)
            outcome[way, one + 1] = prize.share_found(found, top), panel.cards - first.cards
    return outcome


def saved(outcomes: NDArray[np.float64]) -> float:
    """How many cards fewer than the even way has at the end the other way needs for its share."""
    (asked, asked_cards), (_even, even_cards) = (outcomes.mean(axis=0)[way].T for way in range(2))
    target = outcomes[:, 1, -1, 0].mean()
    reached = np.maximum.accumulate(asked)
    after = int(np.argmax(reached >= target)) if reached[-1] >= target else len(reached)
    if after == 0:
        return float(even_cards[-1])
    if after == len(reached):
        return 0.0
    part = (target - reached[after - 1]) / (reached[after] - reached[after - 1])
    return float(even_cards[-1] - asked_cards[after - 1] - part * (asked_cards[after] - asked_cards[after - 1]))


def measured(size: tuple[int, int, int], options: argparse.Namespace) -> None:
    entries, judges, per_entry = size
    step = options.step or max(entries // 5, 1)
    began = time.perf_counter()
    outcomes = np.array([followed(size, step, options, options.first + number) for number in range(options.seeds)])
    took = time.perf_counter() - began
    error = outcomes.std(axis=0, ddof=1) / math.sqrt(options.seeds) if options.seeds > 1 else outcomes[0] * np.nan
    apart = outcomes[:, 0, :, 0] - outcomes[:, 1, :, 0]
    apart_error = apart.std(axis=0, ddof=1) / math.sqrt(options.seeds) if options.seeds > 1 else apart[0] * np.nan
    print(f"{entries} entries, {judges} judges, {per_entry} scorecards each; {options.seeds} prizes, {took:.0f} s\n")
    print("cards added   by next_scorecards   evenly at random   difference")
    mean = outcomes.mean(axis=0)
    for one in range(options.rounds + 1):
        cards = f"{mean[0, one, 1]:.0f}" if mean[0, one, 1] == mean[1, one, 1] else f"{mean[0, one, 1]:.1f}"
        print(
            f"{cards:>11}   {mean[0, one, 0]:>10.3f} ± {error[0, one, 0]:.3f}   {mean[1, one, 0]:>8.3f} ± "
            f"{error[1, one, 0]:.3f}   {apart[:, one].mean():>+6.3f} ± {apart_error[one]:.3f}"
        )
    random = default_rng(options.first)
    again = [saved(outcomes[random.integers(0, options.seeds, options.seeds)]) for _ in range(RESAMPLES)]
    print(
        f"\nThe share that {mean[1, -1, 1]:.0f} cards added evenly reach takes {saved(outcomes):.0f} cards fewer "
        f"(± {np.std(again):.0f}).\n"
    )


def sizes(text: str) -> tuple[int, int, int]:
    entries, judges, per_entry = (int(part) for part in text.split("x"))
    return entries, judges, per_entry


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--sizes", type=sizes, nargs="+", default=[(60, 12, 3), (300, 40, 3)], help="entries x judges x cards: 60x12x3"
    )
    parser.add_argument("--seeds", type=int, default=20, help="prizes of each size")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--step", type=int, default=0, help="cards a round; a fifth of the entries by default")
    parser.add_argument("--room", type=float, default=2.0, help="most cards a judge and round, in even shares; 0: any")
    parser.add_argument("--draws", type=int, default=4000)
    options = parser.parse_args()
    for size in options.sizes:
        measured(size, options)


if __name__ == "__main__":
    main()
