"""Invitations to teams, appeals, and what a stage's rules tell entrants of their own scores."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

import storage.types

revision = "a5a0c4d7e00a"
down_revision = "a5f2c4d7e016"
branch_labels = None
depends_on = None


SCORES_TOLD = sa.Enum(
    "nothing",
    "the mean of each criterion",
    "the means, and how far judges differ",
    name="scorestold",
    native_enum=False,
    create_constraint=True,
    length=40,
)


APPEAL_STATE = sa.Enum(
    "waiting", "accepted", "rejected", name="appealstate", native_enum=False, create_constraint=True, length=40
)


def upgrade() -> None:
    with op.batch_alter_table("stage") as batch_op:
        batch_op.add_column(sa.Column("scores_told", SCORES_TOLD, nullable=False, server_default="nothing"))
        batch_op.add_column(sa.Column("appeal_days", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("stage") as batch_op:
        batch_op.alter_column("scores_told", server_default=None, existing_type=SCORES_TOLD)
        batch_op.alter_column("appeal_days", server_default=None, existing_type=sa.Integer())

    op.create_table(
        "appeal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("state", APPEAL_STATE, nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("written_at", storage.types.UtcTime(timezone=True), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", storage.types.UtcTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_appeal_decided_by_person")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_appeal_entry_id_entry")),
        sa.ForeignKeyConstraint(["written_by"], ["person.id"], name=op.f("fk_appeal_written_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_appeal_entry_id")),
    )

    op.create_table(
        "team_invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("email", sqlmodel.sql.sqltypes.AutoString(length=320), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "accepted",
                "declined",
                "withdrawn",
                name="invitationstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("invited_by", sa.Uuid(), nullable=False),
        sa.Column("invited_at", storage.types.UtcTime(timezone=True), nullable=False),
        sa.Column("ended_at", storage.types.UtcTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["invited_by"], ["person.id"], name=op.f("fk_team_invitation_invited_by_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_team_invitation_person_id_person")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_team_invitation_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_invitation")),
    )
    with op.batch_alter_table("team_invitation") as batch_op:
        batch_op.create_index(batch_op.f("ix_team_invitation_invited_by"), ["invited_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_team_invitation_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_team_invitation_team_id"), ["team_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("team_invitation") as batch_op:
        batch_op.drop_index(batch_op.f("ix_team_invitation_team_id"))
        batch_op.drop_index(batch_op.f("ix_team_invitation_person_id"))
        batch_op.drop_index(batch_op.f("ix_team_invitation_invited_by"))

    op.drop_table("team_invitation")
    op.drop_table("appeal")
    with op.batch_alter_table("stage") as batch_op:
        batch_op.drop_column("appeal_days")
        batch_op.drop_constraint(batch_op.f("ck_stage_scorestold"), type_="check")
        batch_op.drop_column("scores_told")
