"""The panel sheet: each entry by its code with everything that is known of its scores, and nothing of who gave them."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from accounts.actors import Actor
from accounts.commands import query
from judging.analyses.kept import newest_analysis
from judging.analyses.shown import Estimate, Standing
from judging.panel.policy import Action
from judging.results import GateCount, result_lines
from prize.entries.conflicts import kept_from
from prize.entries.models import Entry, EntryState
from prize.models import Prize, RankedBy, Stage
from prize.rubric import CriterionShown, rubric_of

UNKNOWN = Estimate(None, reason="not computed yet")


@dataclass(frozen=True)
class SheetLine:
    """An entry. ``totals`` are judges' independent scores, the highest first, so that their order tells no judge.

    ``spread`` is the highest of them less the lowest, ``chance`` that of one of the places. All but the chance is in
    points of the scale; ``means`` follow the rubric's criteria.
    """

    entry_id: UUID
    code: str
    totals: tuple[float, ...]
    means: tuple[float | None, ...]
    mean: float | None
    spread: float | None
    adjusted: Estimate
    chance: float | None
    standing: Standing | None
    stopped_by: tuple[str, ...]
    gates: tuple[GateCount, ...]


@dataclass(frozen=True)
class PanelSheet:
    """The sheet of a stage without the entries that its reader must not see, in the order of the published rule."""

    prize: str
    stage: str
    zone: str
    places: int
    criteria: tuple[CriterionShown, ...]
    lines: tuple[SheetLine, ...]
    computed_at: datetime | None

    @property
    def gates(self) -> str:
        """What stands over the answers to gate questions: the question, where there is one; nothing without any."""
        wordings = {gate.wording for line in self.lines for gate in line.gates}
        return "Gate questions" if len(wordings) > 1 else "".join(wordings)


def gate_words(gates: Sequence[GateCount]) -> str:
    """How judges answer gate questions, without the wording where there is one."""
    return "; ".join((f"{gate.wording} " if len(gates) > 1 else "") + f"{gate.yes} yes, {gate.no} no" for gate in gates)


@query(Action.SEE_MEETING)
def panel_sheet(db: Session, actor: Actor, stage_id: UUID) -> PanelSheet:
    """Every entry that is judged, for whoever meets in the panel or prepares its meeting."""
    return sheet_for(db, actor.person_id, stage_id)


def sheet_for(db: Session, person_id: UUID | None, stage_id: UUID) -> PanelSheet:
    """The sheet as this person may see it."""
    stage = db.get_one(Stage, stage_id)
    prize = db.get_one(Prize, stage.prize_id)
    kept = kept_from(db, person_id, stage_id=stage_id)
    newest = newest_analysis(db, stage_id, kept)
    return PanelSheet(
        prize.title,
        stage.name,
        prize.zone,
        stage.places,
        rubric_of(db, stage_id).criteria,
        sheet_lines(db, stage_id, kept),
        newest.made_at if newest else None,
    )


def sheet_lines(db: Session, stage_id: UUID, kept: Set[UUID]) -> tuple[SheetLine, ...]:
    """The lines of the sheet, as if the entries ``kept`` did not exist."""
    stage = db.get_one(Stage, stage_id)
    newest = newest_analysis(db, stage_id, kept)
    ranked = {line.entry_id: line for line in newest.shown.ranking} if newest else {}
    results = {line.entry_id: line for line in result_lines(db, stage_id, kept)}
    by_adjusted = stage.ranked_by is RankedBy.ADJUSTED and bool(ranked)
    order = {key: at for at, key in enumerate(ranked if by_adjusted else results)}
    lines = []
    for result in results.values():
        if db.get_one(Entry, result.entry_id).state is not EntryState.SUBMITTED:
            continue
        place = ranked.get(result.entry_id)
        lines.append(
            SheetLine(
                result.entry_id,
                result.code,
                result.totals,
                result.means,
                result.mean,
                result.spread,
                place.adjusted if place else UNKNOWN,
                place.chance if place else None,
                place.standing if place else None,
                result.stopped_by,
                result.gates,
            )
        )
    return tuple(sorted(lines, key=lambda line: (order.get(line.entry_id, len(order)), line.code)))
