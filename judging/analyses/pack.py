"""The report for a panel, and the pack from which anybody repeats every number of an analysis."""

from __future__ import annotations

import hashlib
import io
import json
import shlex
import zipfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlmodel import Session, col, select

from accounts.actors import Actor
from accounts.commands import query
from judging.analyses.kept import audience_of, shown_of
from judging.analyses.methods import made_with
from judging.analyses.shown import AnalysisShown
from judging.models import StageAnalysis
from judging.policy import Action
from prize.entries.conflicts import kept_from
from prize.models import Prize, Stage
from storage.errors import Invalid
from storage.files import Document

NOTHING_YET: Final = "There is no analysis of this stage yet. It appears a few seconds after the first scores."
LOCKED: Final = Path(__file__).parents[2] / "requirements.txt"
ZIP_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The date of each file in the pack, so that the same analysis gives the same pack."""

DICTIONARY: Final = (
    ("column", "meaning", "values"),
    ("submission", "the entry's code, dealt at random when the stage closed", "text"),
    ("judge", "a label for the judge; the secretariat alone knows whose it is", "J001, J002, …"),
    ("criterion", "the criterion of the published rubric", "text"),
    ("score", "points given; blank where the judge could not judge the criterion", "a step of the scale, in points"),
    ("order", "at which place the judge began to score this entry; blank if from paper", "whole number from 1"),
)


@query(Action.SEE_RESULTS)
def panel_report(db: Session, actor: Actor, stage_id: UUID) -> Document:
    """The report of the newest analysis, without what each judge is like: one HTML file that needs nothing else.

    Raises
    ------
    Invalid : there is no analysis yet.
    """
    row = _newest(db, actor, stage_id)
    return Document(f"{_slug(db, stage_id)}-report.html", "text/html; charset=utf-8", row.report.encode())


@query(Action.SEE_RESULTS)
def recompute_pack(db: Session, actor: Actor, stage_id: UUID) -> Document:
    """A zip file with everything that is needed to repeat the newest analysis, and what must come out.

    Raises
    ------
    Invalid : there is no analysis yet.
    """
    row = _newest(db, actor, stage_id)
    prize = db.get_one(Prize, db.get_one(Stage, stage_id).prize_id)
    shown = shown_of(row.shown)
    if shown is None:
        raise Invalid(NOTHING_YET)
    files = {
        "scores.csv": row.ratings.encode(),
        "columns.csv": "".join(f"{';'.join(line)}\n" for line in DICTIONARY).encode(),
        "options.json": _json({**row.found["meta"]["options"], "seed": row.found["meta"]["seed"]}),
        "analysis.json": _json(row.found),
        "report.html": row.report.encode(),
        "requirements.txt": LOCKED.read_bytes(),
    }
    files["README.txt"] = _readme(prize.title, row.made_at, shown).encode()
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items()))
    files["SHA256SUMS"] = sums.encode()
    return Document(f"{_slug(db, stage_id)}-recompute.zip", "application/zip", _zipped(files))


def _newest(db: Session, actor: Actor, stage_id: UUID) -> StageAnalysis:
    row = db.exec(
        select(StageAnalysis).where(
            col(StageAnalysis.stage_id) == stage_id,
            col(StageAnalysis.audience) == audience_of(kept_from(db, actor.person_id, stage_id=stage_id)),
        )
    ).one_or_none()
    if row is None:
        raise Invalid(NOTHING_YET)
    return row


def _slug(db: Session, stage_id: UUID) -> str:
    return db.get_one(Prize, db.get_one(Stage, stage_id).prize_id).slug


def _json(content: Mapping[str, Any]) -> bytes:
    """As the command line writes it."""
    return (json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode()


def _zipped(files: Mapping[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, ZIP_EPOCH), content, zipfile.ZIP_DEFLATED)
    return written.getvalue()


def _readme(title: str, made_at: datetime, shown: AnalysisShown) -> str:
    since = "" if shown.made_with == made_with() else f"\nrequirements.txt is of a later installation: {made_with()}."
    command = [word for word in shown.command if not word.startswith("--report")]
    return f"""{title}: how to repeat the numbers

Analysed {made_at:%d %B %Y, %H:%M} UTC.

scores.csv        what was analysed: every independent score; columns.csv says what its columns mean
options.json      scale, weights, places and seed that the analysis was told
analysis.json     every number, not rounded
report.html       the same in words, tables and charts
requirements.txt  the exact versions of all libraries
SHA256SUMS        the digest of each file: sha256sum --check SHA256SUMS

Laurel's folder "judging" holds the methods. In a folder with Laurel's code, install its requirements.txt and run

    {shlex.join(command)} --json > repeated.json

with the path of scores.csv. With the libraries of requirements.txt on the same kind of machine repeated.json is
analysis.json to the last digit. With other versions, or another processor, the numbers agree to six figures.
This analysis was made with {shown.made_with}.{since}

The report can be written again in the same way:

    {shlex.join(shown.command)}
"""
