"""From a stage's scores to what is kept of their analysis. Imports numpy, so jobs alone import this."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from judging.analyses.methods import made_with
from judging.analyses.scores import StageScores
from judging.analyses.shown import (
    AgreementLine,
    AnalysisShown,
    Estimate,
    JudgeScoring,
    MovedEntry,
    PairLine,
    RankedEntry,
    Specialist,
    Standing,
    StudyLine,
    SuggestedCard,
    Suggestions,
    Table,
)
from judging.statistics import report_agreement, wording
from judging.statistics.analysis import Analysis, Options, RankingLine, analyse
from judging.statistics.certainty import UNDECIDED, places_of
from judging.statistics.judges import JudgeLine
from judging.statistics.krippendorff import Level
from judging.statistics.more_cards import next_scorecards
from judging.statistics.moved import moved
from judging.statistics.pairs import disagreeing_pairs
from judging.statistics.reading import Scale, read_ratings
from judging.statistics.reliability import FAIR, PLAIN, SameTop
from judging.statistics.report import command, headline, report, supposes
from judging.statistics.streams import streams

FILE: Final = "scores.csv"
"""What the analysed file is called where somebody repeats the numbers."""

MOST_SUGGESTED: Final = 60
STEPS: Final = 6
"""For how many numbers of further scorecards it is said what they would do."""

ENTRIES_TOLD_APART: Final = "There are too few scores."


@dataclass(frozen=True)
class Analysed:
    """What is kept: for pages, every number, and the report that can be put before a panel."""

    shown: AnalysisShown
    found: dict[str, Any]
    report: str


def options_of(told: Mapping[str, Any]) -> Options:
    """What an analysis is told, as the statistics take it."""
    return Options(
        scale=Scale(*map(float, told["scale"])),
        weights={name: float(weight) for name, weight in sorted(told["criterion_weights"].items())},
        top=int(told["top"]),
        groups=str(told["groups"]),
        stopped=tuple(told["stopped"]),
    )


def analysed(scores: StageScores, title: str) -> Analysed:
    """Analyse the scores of a stage.

    Raises
    ------
    RatingsError : there is nothing to analyse.
    """
    options = options_of(scores.options)
    read = read_ratings(scores.file, options.scale)
    weights = {name: weight for name, weight in (options.weights or {}).items() if name in read.ratings.criteria}
    options = replace(options, weights=weights if any(weights.values()) else None)  # of what has been scored so far
    found = analyse(
        read.ratings,
        options,
        sha256=hashlib.sha256(scores.file).hexdigest(),
        skipped=read.skipped,
        warnings=read.warnings,
    )
    text = report(found, title=title, judges=False, ratings_file=FILE)
    return Analysed(_shown(scores, found, title), found.as_json(), text)


def _shown(scores: StageScores, found: Analysis, title: str) -> AnalysisShown:
    words = headline(found)
    same = found.reliability.same_top
    reasons = {one.submission: one.reason for one in moved(found)}
    return AnalysisShown(
        scores.places,
        len(found.ratings.judges),
        found.totals.panel.cards,
        words.title,
        tuple(words.sentences),
        _same_top(same[PLAIN], found),
        _same_top(same[FAIR], found),
        found.expected_wrong,
        tuple(_ranked(scores, line, place, reasons) for line, place in _mean_places(scores, found.ranking)),
        tuple(
            MovedEntry(
                scores.entries[one.submission], one.submission, one.by_mean, one.by_adjusted, one.crosses, one.reason
            )
            for one in moved(found)
        ),
        tuple(
            AgreementLine(report_agreement.heading(name), _estimate(block.krippendorff_alpha.levels[Level.INTERVAL]))
            for name, block in found.agreement.blocks.items()
        ),
        report_agreement.alphas(found).sentence,
        tuple(
            PairLine(
                _judge(scores, found, one.judge),
                _judge(scores, found, one.other),
                one.entries,
                one.difference,
                one.apart,
                one.share,
                one.usual,
            )
            for one in disagreeing_pairs(found.totals.panel)
        ),
        tuple(report_agreement.repeating(found).sentences),
        tuple(StudyLine(one.judges, one.g, one.phi) for one in found.reliability.study),
        found.reliability.judges_per_submission,
        tuple(_tables(report_agreement.components(found, wording.decimals(found.ratings, found.options.scale)))),
        tuple(Specialist(one.heading, tuple(_tables(one.tables))) for one in report_agreement.specialists(found)),
        report_agreement.judges(found, wording.decimals(found.ratings, found.options.scale)).sentence,
        tuple(_scoring(scores, found, line) for line in found.judges),
        tuple((label, person_id) for label, person_id in scores.judges.items() if label in found.ratings.judges),
        _suggestions(scores, found),
        tuple(supposes(found)),
        found.warnings,
        tuple(command(found, FILE, title=title, judges=False)),
        made_with(),
    )


def _mean_places(scores: StageScores, ranking: Iterable[RankingLine]) -> list[tuple[RankingLine, int | None]]:
    """Each entry with its place by the weighted mean; what breaks ties orders those that share one."""
    lines = list(ranking)
    places = places_of([None if line.rank is None else line.mean for line in lines])
    ties = [scores.ties.get(line.submission, ()) for line in lines]
    return [
        (line, place and place + sum(other == place and above > own for other, above in zip(places, ties, strict=True)))
        for line, place, own in zip(lines, places, ties, strict=True)
    ]


def _ranked(scores: StageScores, line: RankingLine, mean_place: int | None, reasons: Mapping[str, str]) -> RankedEntry:
    return RankedEntry(
        scores.entries[line.submission],
        line.submission,
        line.scorecards,
        line.mean,
        mean_place,
        Estimate(line.fair, line.fair_low, line.fair_high, line.reasons.get("fair", "")),
        line.rank,
        line.rank_low,
        line.rank_high,
        line.chance_top,
        _standing(line),
        scores.stopped.get(line.submission, ()),
        reasons.get(line.submission, ""),
    )


def _standing(line: RankingLine) -> Standing:
    low, high = UNDECIDED
    if line.chance_top is None:
        return Standing.UNSCORED if line.fair is None else Standing.STOPPED
    if line.chance_top >= high:
        return Standing.CLEAR
    return Standing.UNDECIDED if line.chance_top > low else Standing.BELOW


def _same_top(found: SameTop | None, analysis: Analysis) -> Estimate:
    if found is None:
        return Estimate(None, reason=analysis.reliability.reasons.get("same_top", ENTRIES_TOLD_APART))
    return Estimate(found.estimate, found.low, found.high)


def _estimate(found: Any) -> Estimate:
    return Estimate(found.estimate, found.low, found.high, found.reason or "")


def _judge(scores: StageScores, found: Analysis, at: int) -> UUID:
    return scores.judges[found.ratings.judges[at]]


def _tables(tables: Iterable[report_agreement.Table]) -> list[Table]:
    return [
        Table(one.caption, tuple(one.head), tuple(tuple(row) for row in one.rows), tuple(one.reasons)) for one in tables
    ]


def _scoring(scores: StageScores, found: Analysis, line: JudgeLine) -> JudgeScoring:
    return JudgeScoring(
        _judge(scores, found, line.judge),
        line.scorecards,
        Estimate(line.severity, line.severity_low, line.severity_high),
        Estimate(line.spread, line.spread_low, line.spread_high),
        Estimate(line.noise, line.noise_low, line.noise_high),
        line.agreement_with_others,
        line.halo,
        line.scale_used,
        line.drift,
        line.remarks,
    )


def _suggestions(scores: StageScores, found: Analysis) -> Suggestions:
    """The most useful further scorecards of those who can still be asked, and what some numbers of them would do."""
    entry = {name: at for at, name in enumerate(found.ratings.submissions)}
    judge = {name: at for at, name in enumerate(found.ratings.judges)}
    limits = {judge[label]: room for label, room in scores.room.items() if label in judge}
    taken = {(entry[code], judge[label]) for code, label in scores.taken if code in entry and label in judge}
    coming = {(entry[code], judge[label]) for code, label in scores.coming if code in entry and label in judge}

    def asked(budget: int) -> Any:
        return next_scorecards(
            found.totals.panel,
            found.adjusted,
            budget,
            streams(found.options.seed).planning,
            conflicts=taken,
            coming=coming,
            room=limits,
            judges=limits.keys(),
        )

    every = asked(MOST_SUGGESTED)
    number = len(every.cards)
    after = [(count, asked(count).expected_wrong_after) for count in _steps(number) if count < number]
    after += [(number, every.expected_wrong_after)] if number else []
    falling: list[tuple[int, float]] = []
    for count, wrong in after:  # simulated apart, so that the noise of one may exceed what it adds
        falling.append((count, min(wrong, falling[-1][1]) if falling else wrong))
    return Suggestions(
        tuple(
            SuggestedCard(
                scores.entries[found.ratings.submissions[card.submission]],
                found.ratings.submissions[card.submission],
                _judge(scores, found, card.judge),
                card.reduction,
            )
            for card in every.cards
        ),
        every.expected_wrong_before,
        tuple(falling),
        len(coming),
        every.reason or "",
    )


def _steps(number: int) -> list[int]:
    return sorted({max(1, round(number * step / STEPS)) for step in range(1, STEPS + 1)}) if number else []
