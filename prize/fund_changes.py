"""What changes about a fund after its publication: money is added, and awards grow; with a reason, for everybody.

Awards shrink only while entries can still be changed, and then each team that has submitted is told what that means.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from pydantic import ConfigDict
from sqlmodel import Session

from accounts.actors import Actor
from accounts.commands import command
from prize import messages
from prize.changes import announce, must_be_running
from prize.entries.teams import member_ids
from prize.entries.versions import submitted_entries
from prize.form_changes import OPEN_TO_CHANGES
from prize.fund import MOST_AWARDS, AwardShown, fund_of, must_be_awards, must_be_given, newest_awards
from prize.lifecycle import Phase
from prize.models import Award, Contribution, ContributionKind, Prize
from prize.policy import Action
from prize.readiness import must_stay_ready
from prize.stages import shown_stage, stages_of
from storage.database import unchanged
from storage.errors import Closed, Invalid
from storage.values import Line, Money, OptionalLine, time_words

LONGEST_CHANGE = 500


@dataclass(frozen=True)
class ChangedAward:
    """A line of the division as it is to be, with the key of the published one; None for one that is new."""

    __pydantic_config__ = ConfigDict(strict=True, revalidate_instances="always")

    key: UUID | None
    name: Line
    kind: ContributionKind
    count: int
    minor_each: int


@command(Action.CHANGE_PUBLISHED)
def add_to_fund(
    db: Session,
    actor: Actor,
    prize_id: UUID,
    contributor: Line,
    kind: ContributionKind,
    minor: int,
    given_on: date,
    reason: Line,
    note: OptionalLine = "",
) -> UUID:
    """Record money (in minor units) or value in kind that is given to a published prize.

    Raises
    ------
    Invalid : the amount is not above nothing.
    Closed : the prize is not published.
    """
    prize = must_be_running(db, prize_id)
    must_be_given(minor)
    row = Contribution(prize_id=prize_id, contributor=contributor, kind=kind, minor=minor, given_on=given_on, note=note)
    db.add(row)
    db.flush()
    given = f"{Money(minor, prize.currency)}{_in_kind(kind)}"
    announce(db, actor, prize, f"The fund has {given} more, from {contributor}", reason)
    return row.id


@command(Action.CHANGE_PUBLISHED)
def change_awards(
    db: Session, actor: Actor, prize_id: UUID, version: int, awards: tuple[ChangedAward, ...], reason: Line
) -> int:
    """Publish a new version of the division of a fund; returns its number.

    Awards may be added and grow while the prize runs. While entries can still be changed they may also shrink, be
    named otherwise or go; every team that has submitted is told by a mail of its own.

    Raises
    ------
    Invalid : nothing was changed, a number is not above nothing, the fund does not hold as much, or none is left.
    Closed : the prize is not published, or an award would shrink although entries can no longer be changed.
    Stale : somebody changed the awards meanwhile.
    """
    prize = must_be_running(db, prize_id)
    old = fund_of(db, prize_id)
    unchanged(old, version)
    for award in awards:
        must_be_awards(award.count, award.minor_each)
    if not 1 <= len(awards) <= MOST_AWARDS:
        raise Invalid(f"A prize has between 1 and {MOST_AWARDS} kinds of award.", "awards")
    published = {row.key: row for row in old.awards}
    keys = [award.key for award in awards if award.key is not None]
    if len(set(keys)) < len(keys) or not published.keys() >= set(keys):
        raise Invalid("An award is no longer as this page shows it. Reload the page.", "awards")
    different = _differences(prize, published, awards)
    if not different:
        raise Invalid("Nothing was changed in the awards.", "awards")
    shrinks = any(not _still_given(row, awards) for row in old.awards)
    if shrinks and not _can_change_entries(db, prize):
        raise Closed("Entries can no longer be changed, and they rely on these awards. From now on awards only grow.")
    number = _next_version(db, prize, awards)
    must_stay_ready(db, prize_id, "fund", None, "awards")
    submitted = [
        (shown_stage(db, prize, stage, entry_id=entry.id), entry, member_ids(db, entry.team_id))
        for stage in (stages_of(db, prize_id) if shrinks else ())
        for entry in submitted_entries(db, stage.id)
    ]
    told = {one for _, _, members in submitted for one in members}
    change = announce(db, actor, prize, _change_words(number, different), reason, but=told)
    for stage, entry, members in submitted:
        assert stage.dates is not None  # the stage is published
        until = time_words(stage.dates.closes_at, prize.zone, weekday=True)
        messages.awards_changed(db, prize, change, entry.id, members, different=different, until=until)
    return number


def _next_version(db: Session, prize: Prize, awards: tuple[ChangedAward, ...]) -> int:
    number = max(row.number for row in newest_awards(db, prize.id)) + 1
    for position, award in enumerate(awards, 1):
        row = Award(
            prize_id=prize.id,
            number=number,
            position=position,
            name=award.name,
            kind=award.kind,
            count=award.count,
            minor_each=award.minor_each,
        )
        if award.key is not None:
            row.key = award.key
        db.add(row)
    db.flush()
    return number


def _can_change_entries(db: Session, prize: Prize) -> bool:
    phases = (shown_stage(db, prize, stage).phase for stage in stages_of(db, prize.id))
    return all(phase in (*OPEN_TO_CHANGES, Phase.CANCELLED) for phase in phases)


def _still_given(row: AwardShown, awards: tuple[ChangedAward, ...]) -> bool:
    """Whether what a published award promises is promised by the new ones as well."""
    return any(
        (award.key, award.name, award.kind) == (row.key, row.name, row.kind)
        and award.count >= row.count
        and award.minor_each >= row.each.minor
        for award in awards
    )


def _differences(prize: Prize, published: dict[UUID, AwardShown], awards: tuple[ChangedAward, ...]) -> list[str]:
    """What is different, a line for each award."""
    found = []
    for award in awards:
        words = _words(award.kind, award.count, Money(award.minor_each, prize.currency))
        row = published.get(award.key) if award.key else None
        if row is None:
            found.append(f"New: “{award.name}”, {words}")
        elif (row.name, _of(row)) != (award.name, words):
            before = _of(row) if row.name == award.name else f"“{row.name}”, {_of(row)}"
            found.append(f"“{award.name}” is {words} instead of {before}")
    kept = {award.key for award in awards}
    return [
        *found,
        *(f"No longer given: “{row.name}”, {_of(row)}" for row in published.values() if row.key not in kept),
    ]


def _of(row: AwardShown) -> str:
    return _words(row.kind, row.count, row.each)


def _words(kind: ContributionKind, count: int, each: Money) -> str:
    return f"{count} × {each}{_in_kind(kind)}" if count > 1 else f"{each}{_in_kind(kind)}"


def _in_kind(kind: ContributionKind) -> str:
    return " in kind" if kind is ContributionKind.IN_KIND else ""


def _change_words(number: int, different: list[str]) -> str:
    """The line of the prize's page; it counts changes that are too many to say."""
    words = f"The awards are now version {number}. {'; '.join(different)}"
    return (
        words if len(words) <= LONGEST_CHANGE else f"The awards are now version {number}, with {len(different)} changes"
    )
