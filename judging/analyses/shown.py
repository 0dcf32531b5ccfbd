"""What pages show of an analysis: plain values, stored as they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Standing(StrEnum):
    """Where an entry stands: its chance of a place is high, open or low; or it has none."""

    CLEAR = "clear"
    UNDECIDED = "undecided"
    BELOW = "below"
    STOPPED = "stopped"
    UNSCORED = "unscored"


@dataclass(frozen=True)
class Estimate:
    """A number with its 95 % interval; None where it cannot be computed, with the reason."""

    value: float | None
    low: float | None = None
    high: float | None = None
    reason: str = ""


@dataclass(frozen=True)
class RankedEntry:
    """An entry by its adjusted score. Scores are in points of the scale, places count from 1.

    ``mean`` is the weighted mean by the published rubric and ``mean_place`` its place among those that have one; equal
    means share it, unless the rubric's tie-break orders them. ``chance`` is that of being among the best as many as
    there are places. ``moved`` says in a sentence why the two places differ, where they differ by much.
    """

    entry_id: UUID
    code: str
    scorecards: int
    mean: float | None
    mean_place: int | None
    adjusted: Estimate
    place: int | None
    place_low: int | None
    place_high: int | None
    chance: float | None
    standing: Standing
    stopped_by: tuple[str, ...] = ()
    moved: str = ""


@dataclass(frozen=True)
class MovedEntry:
    """An entry that stands elsewhere by the adjusted score than by the mean, those that cross the cut first."""

    entry_id: UUID
    code: str
    mean_place: int
    place: int
    crosses: bool
    reason: str


@dataclass(frozen=True)
class AgreementLine:
    """Krippendorff's alpha, interval level, of a criterion or of the total."""

    name: str
    alpha: Estimate


@dataclass(frozen=True)
class PairLine:
    """Two judges who differ about the entries that they share.

    ``difference`` is the first's mean total less the second's there, ``apart`` what is usual between them, in points.
    ``share`` is their part in all disagreement, ``usual`` the part if all pairs differed equally.
    """

    judge_id: UUID
    other_id: UUID
    entries: int
    difference: float
    apart: float
    share: float
    usual: float


@dataclass(frozen=True)
class Table:
    """A table in words; its first column names the rows. ``notes`` say why cells are empty."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Specialist:
    """Tables for specialists, about one criterion or the total."""

    heading: str
    tables: tuple[Table, ...]


@dataclass(frozen=True)
class StudyLine:
    """Reliability with so many scorecards for each entry: G if the same judges score all, Phi if they do not."""

    scorecards: int
    g: float | None
    phi: float | None


@dataclass(frozen=True)
class JudgeScoring:
    """How a judge scores. ``severity`` is in points, above 0 for one who scores lower; spread and noise are factors.

    None where a number cannot be computed. The remarks describe what chance does not explain, and never accuse.
    """

    judge_id: UUID
    scorecards: int
    severity: Estimate
    spread: Estimate
    noise: Estimate
    agreement_with_others: float | None
    halo: float | None
    scale_used: float | None
    drift: float | None
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class SuggestedCard:
    """A scorecard that would settle much, after those before it in the list.

    ``reduction`` is by how many fewer of the chosen would be expected not to belong there.
    """

    entry_id: UUID
    code: str
    judge_id: UUID
    reduction: float


@dataclass(frozen=True)
class Suggestions:
    """Which scorecards to ask for next, the most useful first; ``reason`` says why there are no more.

    ``expected_wrong`` is how many of the chosen are expected not to belong once the ``coming`` scorecards, which have
    been asked for, are there; ``after`` says for some numbers of further ones how many then.
    """

    cards: tuple[SuggestedCard, ...]
    expected_wrong: float
    after: tuple[tuple[int, float], ...]
    coming: int
    reason: str = ""


@dataclass(frozen=True)
class AnalysisShown:
    """An analysis of a stage's scores, of all entries that its reader may see.

    ``top`` is how many places there are. ``title`` and ``sentences`` are the headline about another panel;
    ``same_top`` is the share of the best by the mean that it would choose again. ``labels`` are what the report calls
    judges, ``command`` the words of the command line that repeats it, and ``made_with`` what it was made with.
    """

    top: int
    judges: int
    scorecards: int
    title: str
    sentences: tuple[str, ...]
    same_top: Estimate
    same_top_adjusted: Estimate
    expected_wrong: float
    ranking: tuple[RankedEntry, ...]
    moved: tuple[MovedEntry, ...]
    agreement: tuple[AgreementLine, ...]
    agreement_in_words: str
    pairs: tuple[PairLine, ...]
    reliability: tuple[str, ...]
    study: tuple[StudyLine, ...]
    scorecards_per_entry: float | None
    variance: tuple[Table, ...]
    specialists: tuple[Specialist, ...]
    judges_in_words: str
    how_judges_score: tuple[JudgeScoring, ...]
    labels: tuple[tuple[str, UUID], ...]
    suggestions: Suggestions
    supposes: tuple[str, ...]
    warnings: tuple[str, ...]
    command: tuple[str, ...]
    made_with: str
