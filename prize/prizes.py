"""Prizes: creating one, its name and address, and the list of those in which one has a part."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, and_, col, or_, select

from accounts.actors import Actor
from accounts.commands import command, query
from accounts.models import Appointment, LinkPurpose, Role, ScopeKind
from accounts.people import PersonCard, find_or_add_person, person_card
from accounts.permissions import Scope, held_roles
from accounts.programmes import appoint
from accounts.signing_in import mail_link
from mission.models import Mission
from prize.models import Blueprint, Brief, EntryForm, Pays, Prize, PrizeState, Rubric, Rules, Stage, StageState
from prize.policy import Action
from storage.clock import now
from storage.database import found, locked, matching, unchanged
from storage.errors import Closed, Invalid
from storage.values import Email, Line, Slug, Source, Zone

FIRST_STAGE = "First stage"
OVER = (StageState.RELEASED, StageState.CANCELLED)
RUNNING = (PrizeState.PUBLISHED, PrizeState.PAUSED)
"""While a prize can still be changed, with a reason."""

IN_PRIZE = (Role.DESIGNER, Role.SECRETARIAT, Role.SPONSOR, Role.VERIFIER, Role.APPROVER, Role.PAYER)
"""The roles that can be held in a single prize."""


@dataclass(frozen=True)
class StageName:
    """A stage in a list. One that is released or cancelled is over."""

    id: UUID
    name: str
    over: bool


@dataclass(frozen=True)
class PrizeLine:
    """A prize in a list, with the names of its stages and the actor's roles in it."""

    id: UUID
    title: str
    slug: str
    state: PrizeState
    mission_id: UUID
    roles: tuple[Role, ...]
    stages: tuple[StageName, ...]


@dataclass(frozen=True)
class PrizeShown:
    """A prize as its team sees it."""

    id: UUID
    programme_id: UUID
    mission_id: UUID
    mission: str
    title: str
    slug: str
    state: PrizeState
    blueprint: Blueprint
    pays: Pays
    zone: str
    currency: str
    illustrative: bool
    source: str
    created_by: UUID
    sent_for_review_by: UUID | None
    published_at: datetime | None
    version: int


@dataclass(frozen=True)
class AppointedPerson:
    """Somebody with a role in a prize. ``scope_kind`` says whether for it alone or for its whole programme."""

    person: PersonCard
    role: Role
    scope_kind: ScopeKind


@command(Action.CREATE_PRIZE)
def create_prize(
    db: Session,
    actor: Actor,
    mission_id: UUID,
    title: Line,
    slug: Slug,
    blueprint: Blueprint = Blueprint.BREAKTHROUGH,
    pays: Pays = Pays.BEST_OF,
    zone: Zone = "Europe/London",
    illustrative: bool = False,
    source: Source = "",
) -> UUID:
    """Open a draft prize that serves a mission, with its brief, rules and one stage to be filled in.

    Raises
    ------
    Invalid : the address is taken.
    """
    return begin_prize(db, actor, mission_id, title, slug, blueprint, pays, zone, illustrative, source)


def begin_prize(
    db: Session,
    actor: Actor,
    mission_id: UUID,
    title: str,
    slug: str,
    blueprint: Blueprint,
    pays: Pays,
    zone: str,
    illustrative: bool,
    source: str,
) -> UUID:
    """The same for commands that fill the draft at once, whose caller has checked who asks and with what.

    Raises
    ------
    Invalid : the address is taken.
    """
    if db.exec(select(Prize).where(col(Prize.slug) == slug)).first() is not None:
        raise Invalid("Another prize has this address. Choose another one.", "slug")
    mission = db.get_one(Mission, mission_id)
    assert actor.person_id is not None
    prize = Prize(
        programme_id=mission.programme_id,
        mission_id=mission.id,
        slug=slug,
        title=title,
        blueprint=blueprint,
        pays=pays,
        zone=zone,
        illustrative=illustrative,
        source=source,
        created_by=actor.person_id,
        created_at=now(db),
    )
    db.add(prize)
    db.flush()
    stage = Stage(prize_id=prize.id, position=1, name=FIRST_STAGE)
    db.add_all([Brief(prize_id=prize.id), Rules(prize_id=prize.id), stage])
    db.flush()
    db.add_all([EntryForm(stage_id=stage.id), Rubric(stage_id=stage.id)])
    db.flush()
    appoint(db, actor, actor.person_id, Role.DESIGNER, ScopeKind.PRIZE, prize.id)
    return prize.id


@command(Action.EDIT_PRIZE)
def edit_prize(
    db: Session,
    actor: Actor,
    prize_id: UUID,
    version: int,
    title: Line,
    blueprint: Blueprint,
    pays: Pays,
    zone: Zone,
    source: Source = "",
) -> int:
    """Change a draft prize's name and kind; returns its new version.

    Raises
    ------
    Closed : the prize is no longer a draft.
    Stale : somebody changed it meanwhile.
    """
    prize = draft(db, prize_id)
    unchanged(prize, version)
    prize.title, prize.blueprint, prize.pays, prize.zone, prize.source = title, blueprint, pays, zone, source
    prize.version += 1
    db.add(prize)
    return prize.version


@command(Action.APPOINT_IN_PRIZE)
def appoint_in_prize(db: Session, actor: Actor, prize_id: UUID, name: Line, email: Email, role: Role) -> UUID:
    """Give somebody a role in one prize, and mail them an invitation.

    Raises
    ------
    Invalid : the role is not one that is held in a prize.
    """
    if role not in IN_PRIZE:
        raise Invalid(f"A {role.value} is not appointed here.", "role")
    prize = db.get_one(Prize, prize_id)
    person = find_or_add_person(db, name, email)
    appoint(db, actor, person.id, role, ScopeKind.PRIZE, prize_id)
    reason = f"You have been appointed {role.value} of {prize.title}."
    mail_link(db, person, LinkPurpose.INVITATION, "/", reason)
    return person.id


@query(Action.LIST_PRIZES)
def own_prizes(db: Session, actor: Actor) -> tuple[PrizeLine, ...]:
    """The prizes in which the actor holds a role, by title."""
    lines = []
    for prize in db.exec(select(Prize)).all():
        stages = sorted(matching(db, Stage, prize_id=prize.id), key=lambda stage: stage.position)
        held = {
            role
            for stage_id in (None, *(stage.id for stage in stages))
            for role in held_roles(db, actor, Scope(prize.programme_id, prize.id, stage_id))
        } - {Role.OPERATOR}
        if held:
            roles = tuple(role for role in Role if role in held)
            names = tuple(StageName(stage.id, stage.name, stage.state in OVER) for stage in stages)
            lines.append(PrizeLine(prize.id, prize.title, prize.slug, prize.state, prize.mission_id, roles, names))
    return tuple(sorted(lines, key=lambda line: (line.title, line.slug)))


@query(Action.SEE_PRIZE)
def prize(db: Session, actor: Actor, prize_id: UUID) -> PrizeShown:
    """A prize as its team sees it."""
    row = db.get_one(Prize, prize_id)
    return PrizeShown(
        row.id,
        row.programme_id,
        row.mission_id,
        db.get_one(Mission, row.mission_id).title,
        row.title,
        row.slug,
        row.state,
        row.blueprint,
        row.pays,
        row.zone,
        row.currency,
        row.illustrative,
        row.source,
        row.created_by,
        row.sent_for_review_by,
        row.published_at,
        row.version,
    )


@query(Action.SEE_PRIZE)
def appointed_people(db: Session, actor: Actor, prize_id: UUID) -> tuple[AppointedPerson, ...]:
    """Who holds a role in a prize, in the order of the roles; judges are not among them."""
    prize = db.get_one(Prize, prize_id)
    rows = db.exec(
        select(Appointment).where(
            col(Appointment.ended_at).is_(None),
            or_(
                and_(col(Appointment.scope_kind) == ScopeKind.PRIZE, col(Appointment.scope_id) == prize_id),
                and_(
                    col(Appointment.scope_kind) == ScopeKind.PROGRAMME,
                    col(Appointment.scope_id) == prize.programme_id,
                ),
            ),
        )
    ).all()
    order = {role: place for place, role in enumerate(Role)}
    widest = {
        (row.person_id, row.role): row.scope_kind
        for row in sorted(rows, key=lambda row: row.scope_kind is ScopeKind.PROGRAMME)
        if row.role is not Role.JUDGE
    }
    shown = [AppointedPerson(person_card(db, person_id), role, scope) for (person_id, role), scope in widest.items()]
    return tuple(sorted(shown, key=lambda line: (order[line.role], line.person.name, line.person.email)))


def draft(db: Session, prize_id: UUID) -> Prize:
    """The prize, locked, if it may still be edited.

    Raises
    ------
    Closed : it has been sent for review or published.
    """
    row = locked(db, Prize, prize_id)
    if row.state is not PrizeState.DRAFT:
        raise Closed(f"This prize is {row.state.value} and cannot be edited. Return it to its draft first.")
    return row


def draft_of_stage(db: Session, stage_id: UUID) -> Stage:
    """The stage, locked after its prize, if the prize may still be edited.

    Raises
    ------
    Closed : the prize has been sent for review or published.
    """
    draft(db, found(db, Stage, stage_id).prize_id)
    return locked(db, Stage, stage_id)


def is_public(prize: Prize) -> bool:
    """Whether anybody may read the prize's page: it stays when the prize is paused, closed or cancelled."""
    return prize.published_at is not None


def slug_of(title: str) -> str:
    """An address made of a title: small letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60].strip("-")
