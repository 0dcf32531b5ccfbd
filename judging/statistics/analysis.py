"""The whole analysis of a file of scores: every number of the contract, in its order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Final, Literal

import numpy as np

from judging.statistics.agreement import Agreement, agreement
from judging.statistics.certainty import MOST_COMPARED, UNDECIDED, expected_wrong
from judging.statistics.criterion_variance import criterion_components
from judging.statistics.fair import Adjusted, adjusted
from judging.statistics.judges import JudgeLine, judge_lines
from judging.statistics.linkage import Groups, groups, linkage
from judging.statistics.posterior import ENOUGH, Draws
from judging.statistics.ratings import Booleans, Integers, Ratings
from judging.statistics.reading import RatingsError, Scale
from judging.statistics.reliability import Reliability, reliability
from judging.statistics.streams import streams
from judging.statistics.totals import Totals, totals
from judging.statistics.variance import (
    ComponentIntervals,
    Components,
    component_intervals,
    crossed_components,
    mixed_scores,
)
from judging.statistics.z_scores import ZScores, z_scores

VERSION: Final = "1"
"""Of the methods: the same version, options, seed and scores give the same numbers."""

DRAWS: Final = 4000
MOST_JUDGES: Final = 4000
MOST_CRITERIA: Final = 100
WEAK_LINKAGE: Final = 0.5
SEPARATE, EXCHANGEABLE = "separate", "exchangeable"
PLACE: Final = ("rank", "rank_expected", "rank_low", "rank_high", "chance_top")
"""What an entry without a place lacks."""

SUPPOSES: Final = "The ranking supposes that who judged what is as good as random, given who shared entries with whom."
EXCHANGED: Final = "The ranking of all groups in one list supposes that entries were dealt to groups at random."


@dataclass(frozen=True)
class Options:
    """What may be chosen about an analysis.

    ``weights`` are of every criterion, or None for equal ones; ``top`` is how many are chosen, from the whole or each
    group, or by the group's letter; ``groups`` separate or exchangeable. ``stopped`` are submissions that a threshold
    stops: they count for what judges are like, and have no place.
    """

    scale: Scale | None = None
    weights: Mapping[str, float] | None = None
    top: int | Mapping[str, int] = 10
    groups: str = SEPARATE
    resamples: int = 2000
    confidence: float = 0.95
    seed: int = 0
    version: Literal["first", "last"] = "first"
    stopped: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        scale = self.scale and [
            self.scale.low,
            self.scale.high,
            *([] if self.scale.step is None else [self.scale.step]),
        ]
        return {
            "scale": scale,
            "criterion_weights": None if self.weights is None else dict(self.weights),
            "top": self.top if isinstance(self.top, int) else dict(self.top),
            "groups": self.groups,
            "resamples": self.resamples,
            "confidence": self.confidence,
            "seed": self.seed,
            "version": self.version,
            "stopped": list(self.stopped),
        }


@dataclass(frozen=True)
class RankingLine:
    """An entry's place; None where a number cannot be computed, with the reason by the field's name."""

    submission: str
    group: str | None
    scorecards: int
    filled: int
    mean: float | None
    z: float | None = None
    blup: float | None = None
    fair: float | None = None
    fair_se: float | None = None
    fair_low: float | None = None
    fair_high: float | None = None
    rank: int | None = None
    rank_expected: float | None = None
    rank_low: int | None = None
    rank_high: int | None = None
    chance_top: float | None = None
    reasons: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        return _with_reasons(self)


@dataclass(frozen=True)
class Analysis:
    """Everything that is known about the scores of a stage."""

    ratings: Ratings
    options: Options
    sha256: str
    skipped: int
    totals: Totals
    groups: Groups
    linkage: float | None
    agreement: Agreement
    variance: Components
    variance_total: Components
    intervals: ComponentIntervals
    reliability: Reliability
    adjusted: Adjusted
    ranking: tuple[RankingLine, ...]
    undecided: tuple[str, ...]
    expected_wrong: float
    judges: tuple[JudgeLine, ...]
    warnings: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """The document of the contract: nothing in it is rounded, and what cannot be computed is null with a reason."""
        drawn = self.adjusted.draws
        ratings = self.ratings
        linked: dict[str, object] = {"linkage": self.linkage}
        if self.linkage is None:
            linked["reasons"] = {"linkage": "no two judges share an entry"}
        return {
            "meta": {
                "version": VERSION,
                "seed": self.options.seed,
                "options": self.options.as_json(),
                "input_sha256": self.sha256,
                "draws": {
                    "kept": drawn.quality.shape[1] if drawn else 0,
                    "effective": drawn.effective if drawn else None,
                    **({} if drawn else {"reason": "nothing varies"}),
                },
            },
            "data": {
                "submissions": len(ratings.submissions),
                "judges": len(ratings.judges),
                "scores": len(ratings.score),
                "criteria": len(ratings.criteria),
                "skipped": self.skipped,
                "incomplete_scorecards": self.totals.incomplete_scorecards,
                "components": len(self.groups.groups),
                "groups": self.groups.as_json(ratings),
                **linked,
            },
            "agreement": self.agreement.as_json(),
            "variance": self.variance.as_json(),
            "variance_total": self.variance_total.as_json(self.intervals),
            "reliability": self.reliability.as_json(),
            "ranking": [line.as_json() for line in self.ranking],
            "undecided": {"threshold": list(UNDECIDED), "entries": list(self.undecided)},
            "expected_wrong": self.expected_wrong,
            "judges": [self._judge(line) for line in self.judges],
            "warnings": list(self.warnings),
        }

    def _judge(self, line: JudgeLine) -> dict[str, object]:
        found = _with_reasons(line)
        found["judge"] = self.ratings.judges[line.judge]
        found["remarks"] = list(line.remarks)
        group = self.groups.label(int(self.groups.of_judge[line.judge]))
        return {"judge": found.pop("judge"), "group": group, **found}


def analyse(
    ratings: Ratings,
    options: Options | None = None,
    *,
    sha256: str = "",
    skipped: int = 0,
    warnings: tuple[str, ...] = (),
) -> Analysis:
    """Analyse the scores of a stage.

    Parameters
    ----------
    sha256, skipped, warnings : of the file that the ratings were read from, to be handed on.

    Raises
    ------
    RatingsError : an option does not fit the ratings.
    """
    options = options or Options()
    _must_fit(ratings)
    random = streams(options.seed)
    scored = totals(ratings, options.weights)
    panel = scored.panel
    parts = groups(panel)
    lists = len(parts.groups) if options.groups == SEPARATE else min(len(parts.groups), 1)
    top = _tops(options.top, parts, lists)
    linked = linkage(panel)
    compared = _compared(ratings, options.stopped)
    agreed = agreement(
        ratings,
        scored,
        scale=options.scale,
        confidence=options.confidence,
        resamples=options.resamples,
        generator=random.bootstrap,
    )
    components = crossed_components(panel)
    intervals = component_intervals(panel, options.confidence)
    several = lists > 1
    found = adjusted(
        panel,
        random.posterior,
        top=top,
        found=parts,
        compared=compared,
        exchangeable=not several,
        draws=DRAWS,
        confidence=options.confidence,
    )
    group = parts.of_submission if several else None
    reliable = reliability(panel, components, intervals, top, random.planning, group, compared)
    standard = z_scores(panel)
    ranking = _ranking(ratings, scored, parts, components, standard, found)
    wrong = 0.0
    for one, chosen in enumerate(found.tops):
        wrong += expected_wrong(found.ranks.chance_top[found.members(one)], chosen)
    low, high = UNDECIDED
    by_criterion = criterion_components(ratings) if len(ratings.criteria) > 1 else components
    return Analysis(
        ratings,
        options,
        sha256,
        skipped,
        scored,
        parts,
        linked,
        agreed,
        by_criterion,
        components,
        intervals,
        reliable,
        found,
        ranking,
        tuple(line.submission for line in ranking if line.chance_top is not None and low < line.chance_top < high),
        wrong,
        judge_lines(
            ratings,
            scored,
            found,
            ends=(options.scale.low, options.scale.high) if options.scale else None,
            step=options.scale.step if options.scale else None,
        ),
        (
            *warnings,
            *agreed.warnings,
            *_warnings(ratings, scored, parts, linked, standard, by_criterion, found.draws, options),
        ),
    )


def _must_fit(ratings: Ratings) -> None:
    """Refuse what would not fit into 2 GiB before any work is done."""
    for number, most, things in (
        (len(ratings.submissions), MOST_COMPARED, "submissions"),
        (len(ratings.judges), MOST_JUDGES, "judges"),
        (len(ratings.criteria), MOST_CRITERIA, "criteria"),
    ):
        if number > most:
            raise RatingsError(f"There are {number:,} {things}. At most {most:,} can be analysed at once.")


def _compared(ratings: Ratings, stopped: tuple[str, ...]) -> Booleans:
    if unknown := set(stopped) - set(ratings.submissions):
        raise RatingsError(f"No submission is called {min(unknown)!r}, so it cannot be stopped.")
    out = frozenset(stopped)
    return np.array([name not in out for name in ratings.submissions], dtype=bool)


def _tops(top: int | Mapping[str, int], parts: Groups, lists: int) -> int | dict[int, int]:
    if isinstance(top, int):
        return top
    if lists < len(parts.groups):
        raise RatingsError("The groups are ranked in one list; say with one number how many are chosen.")
    letters = [one.group for one in parts.groups][: max(lists, 1)]
    if set(top) != set(letters):
        raise RatingsError(
            f"The groups are {', '.join(letters)}; say how many are chosen from each of them, or one number."
        )
    return {at: top[letter] for at, letter in enumerate(letters)}


def _ranking(
    ratings: Ratings, scored: Totals, parts: Groups, components: Components, standard: ZScores, found: Adjusted
) -> tuple[RankingLine, ...]:
    """By group, then by rank; then those that a threshold stops, and at the end those without a scorecard that counts,
    both in the order of their ids."""
    mixed = mixed_scores(scored.panel, components)
    lines: list[tuple[tuple[int, int, int], RankingLine]] = []
    for at, submission in enumerate(ratings.submissions):
        reasons: dict[str, str] = {}
        if (why := scored.reasons[at]) is not None:
            reasons["mean"] = why
        if not found.scored[at]:
            nothing = "no judge scored a criterion that counts"
            names = ("group", "z", "blup", "fair", "fair_se", "fair_low", "fair_high")
            reasons |= dict.fromkeys((*names, *PLACE), nothing)
            empty = RankingLine(submission, None, 0, 0, scored.mean[at], reasons=reasons)
            lines.append(((2, 0, at), empty))
            continue
        if mixed is None:
            reasons["blup"] = next(iter(components.reasons.values()), "the components are not known")
        placed = bool(found.compared[at])
        if not placed:
            reasons |= dict.fromkeys(PLACE, "a threshold stops it")
        places = found.ranks
        line = RankingLine(
            submission,
            parts.label(int(parts.of_submission[at])),
            scored.scorecards[at],
            scored.filled[at],
            scored.mean[at],
            float(standard.z[at]),
            None if mixed is None else float(mixed.submission[at]),
            float(found.fair[at]),
            float(found.se[at]),
            float(found.low[at]),
            float(found.high[at]),
            int(places.rank[at]) if placed else None,
            float(places.expected[at]) if placed else None,
            int(places.low[at]) if placed else None,
            int(places.high[at]) if placed else None,
            float(places.chance_top[at]) if placed else None,
            reasons,
        )
        lines.append(((0, int(found.list_of[at]), int(places.rank[at])) if placed else (1, 0, at), line))
    lines.sort(key=lambda pair: pair[0])
    return tuple(line for _, line in lines)


def _warnings(
    ratings: Ratings,
    scored: Totals,
    parts: Groups,
    linked: float | None,
    standard: ZScores,
    by_criterion: Components,
    drawn: Draws | None,
    options: Options,
) -> tuple[str, ...]:
    said = []
    if (count := len(parts.groups)) > 1:
        if options.groups == EXCHANGEABLE:
            said.append(EXCHANGED)
        else:
            said.append(
                f"There are {count} groups that share no judge. Entries of different groups cannot be compared."
            )
    if linked is not None and linked < WEAK_LINKAGE:
        said.append(f"Judges share few entries (linkage {linked:.2f}), so that their severity is little known.")
    without = standard.without
    if len(without):
        said.append(f"Too few or equal scores for a z-score, which counts them as 0: {_named(ratings, without)}.")
    unscored = int((~scored.panel.with_card).sum())
    if unscored:
        said.append(f"{unscored} of {len(ratings.submissions)} submissions have no score that counts and no place.")
    panel = scored.panel
    idle = np.flatnonzero(np.bincount(panel.judge, minlength=panel.judges) == 0)
    if len(idle):
        said.append(f"Judges who scored no criterion that counts, of whom nothing is said: {_named(ratings, idle)}.")
    partly = int(panel.with_card.sum()) - len(np.unique(panel.submission[scored.complete]))
    if partly:
        said.append(f"Submissions without one complete scorecard, left out of the agreement of totals: {partly}.")
    if drawn is not None and drawn.effective < ENOUGH:
        said.append(
            f"The draws of the least certain entry are worth {drawn.effective:,.0f} independent ones, and should be "
            f"worth {ENOUGH:,}: its interval and chance may be out by more than the last figure."
        )
    if by_criterion.left_out:
        said.append(f"The variance of criteria is that of complete scorecards: {by_criterion.left_out}.")
    return tuple(said)


def _named(ratings: Ratings, judges: Integers) -> str:
    more = f" and {len(judges) - 10} others" if len(judges) > 10 else ""
    return ", ".join(ratings.judges[one] for one in judges[:10]) + more


def _with_reasons(line: RankingLine | JudgeLine) -> dict[str, object]:
    found = asdict(line)
    if not found["reasons"]:
        del found["reasons"]
    return found
