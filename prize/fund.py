"""The fund of a prize: what was given, and how it is divided. Never more than there is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from accounts.actors import Actor
from accounts.commands import command, query
from prize.models import Award, Contribution, ContributionKind, Prize
from prize.policy import Action
from prize.prizes import draft
from storage.database import matching
from storage.errors import Invalid
from storage.values import Line, Money, OptionalLine

LARGEST = 10**15
MOST_AWARDS = 50


@dataclass(frozen=True)
class ContributionShown:
    id: UUID
    contributor: str
    kind: ContributionKind
    amount: Money
    given_on: date
    note: str


@dataclass(frozen=True)
class AwardShown:
    """One line of the division. ``key`` stays the same from version to version."""

    id: UUID
    key: UUID
    name: str
    kind: ContributionKind
    count: int
    each: Money
    total: Money


@dataclass(frozen=True)
class FundShown:
    """The fund. ``left`` is the money that is not yet divided; ``left_in_kind`` the same for value in kind.

    ``version`` is that of the division; 0 while there is none.
    """

    contributions: tuple[ContributionShown, ...]
    awards: tuple[AwardShown, ...]
    money: Money
    in_kind: Money
    left: Money
    left_in_kind: Money
    version: int


@command(Action.EDIT_PRIZE)
def add_contribution(
    db: Session,
    actor: Actor,
    prize_id: UUID,
    contributor: Line,
    kind: ContributionKind,
    minor: int,
    given_on: date,
    note: OptionalLine = "",
) -> UUID:
    """Record money (in minor units) or value in kind that is given to a draft prize.

    Raises
    ------
    Invalid : the amount is not above nothing.
    Closed : the prize is no longer a draft.
    """
    draft(db, prize_id)
    must_be_given(minor)
    row = Contribution(prize_id=prize_id, contributor=contributor, kind=kind, minor=minor, given_on=given_on, note=note)
    db.add(row)
    db.flush()
    return row.id


@command(Action.EDIT_PRIZE)
def add_award(
    db: Session, actor: Actor, prize_id: UUID, name: Line, kind: ContributionKind, count: int, minor_each: int
) -> UUID:
    """Divide a part of a draft prize's fund: ``count`` awards of ``minor_each``.

    Raises
    ------
    Invalid : the fund does not hold that much, a number is not above nothing, or there are as many as there can be.
    Closed : the prize is no longer a draft.
    """
    draft(db, prize_id)
    must_be_awards(count, minor_each)
    present = fund_of(db, prize_id)
    if len(present.awards) >= MOST_AWARDS:
        raise Invalid(f"{MOST_AWARDS} kinds of award are the most. Take one out first.", "name")
    left = present.left if kind is ContributionKind.MONEY else present.left_in_kind
    wanted = Money(count * minor_each, left.currency)
    if wanted.minor > left.minor:
        raise Invalid(f"The fund has {left} left, and this needs {wanted}. Add a contribution or award less.")
    row = Award(
        prize_id=prize_id,
        position=len(present.awards) + 1,
        name=name,
        kind=kind,
        count=count,
        minor_each=minor_each,
    )
    db.add(row)
    db.flush()
    return row.id


@command(Action.EDIT_PRIZE)
def remove_award(db: Session, actor: Actor, prize_id: UUID, award_id: UUID) -> None:
    """Take a line out of a draft prize's division.

    Raises
    ------
    Invalid : the prize has no such award.
    Closed : the prize is no longer a draft.
    """
    draft(db, prize_id)
    row = db.get(Award, award_id)
    if row is None or row.prize_id != prize_id:
        raise Invalid("This award is no longer there.", "award_id")
    db.delete(row)


@command(Action.EDIT_PRIZE)
def remove_contribution(db: Session, actor: Actor, prize_id: UUID, contribution_id: UUID) -> None:
    """Take a contribution out of a draft prize's fund.

    Raises
    ------
    Invalid : the prize has no such contribution, or what it gave is divided already.
    Closed : the prize is no longer a draft.
    """
    draft(db, prize_id)
    row = db.get(Contribution, contribution_id)
    if row is None or row.prize_id != prize_id:
        raise Invalid("This contribution is no longer there.", "contribution_id")
    present = fund_of(db, prize_id)
    left = present.left if row.kind is ContributionKind.MONEY else present.left_in_kind
    if row.minor > left.minor:
        raise Invalid("Part of this contribution is divided into awards. Remove awards first.", "contribution_id")
    db.delete(row)


def must_be_given(minor: int) -> None:
    """Refuse a contribution of nothing.

    Raises
    ------
    Invalid : it is not above nothing, or more than can be counted.
    """
    if not 0 < minor <= LARGEST:
        raise Invalid("A contribution is more than nothing. Type its amount.", "minor")


def must_be_awards(count: int, minor_each: int) -> None:
    """Refuse a line of the division that gives nothing.

    Raises
    ------
    Invalid : a number is not above nothing, or more than can be counted.
    """
    if not 1 <= count <= 1000:
        raise Invalid("There are between 1 and 1,000 awards of one kind.", "count")
    if not 0 < minor_each <= LARGEST:
        raise Invalid("An award is more than nothing. Type its amount.", "minor_each")


@query(Action.SEE_PRIZE)
def fund(db: Session, actor: Actor, prize_id: UUID) -> FundShown:
    """What was given and how it is divided."""
    return fund_of(db, prize_id)


def fund_of(db: Session, prize_id: UUID) -> FundShown:
    """The fund of a prize, for callers that have checked who asks."""
    currency = db.get_one(Prize, prize_id).currency
    given = db.exec(select(Contribution).where(col(Contribution.prize_id) == prize_id)).all()
    divided = newest_awards(db, prize_id)

    def total(kind: ContributionKind) -> tuple[int, int]:
        come = sum(row.minor for row in given if row.kind is kind)
        gone = sum(row.count * row.minor_each for row in divided if row.kind is kind)
        return come, come - gone

    (money, left), (in_kind, left_in_kind) = total(ContributionKind.MONEY), total(ContributionKind.IN_KIND)
    return FundShown(
        tuple(
            ContributionShown(row.id, row.contributor, row.kind, Money(row.minor, currency), row.given_on, row.note)
            for row in sorted(given, key=lambda row: (row.given_on, row.contributor, row.minor))
        ),
        tuple(
            AwardShown(
                row.id,
                row.key,
                row.name,
                row.kind,
                row.count,
                Money(row.minor_each, currency),
                Money(row.count * row.minor_each, currency),
            )
            for row in divided
        ),
        Money(money, currency),
        Money(in_kind, currency),
        Money(left, currency),
        Money(left_in_kind, currency),
        max((row.number for row in divided), default=0),
    )


def newest_awards(db: Session, prize_id: UUID) -> list[Award]:
    """The lines of the newest version of a fund's division, in their order."""
    rows = matching(db, Award, prize_id=prize_id)
    newest = max((row.number for row in rows), default=0)
    return sorted((row for row in rows if row.number == newest), key=lambda row: (row.position, row.name))
