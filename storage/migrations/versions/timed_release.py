"""Decisions that are released at a set time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import storage.types

revision = "a5d5c4d7e0b5"
down_revision = "a5d4c4d7e0b4"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = storage.types.UtcTime(timezone=True)
    op.create_table(
        "planned_release",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("release_at", moment, nullable=True),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", moment, nullable=False),
        sa.Column("held_at", moment, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["set_by"], ["person.id"], name=op.f("fk_planned_release_set_by_person")),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], name=op.f("fk_planned_release_stage_id_stage")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planned_release")),
        sa.UniqueConstraint("stage_id", name=op.f("uq_planned_release_stage_id")),
    )


def downgrade() -> None:
    op.drop_table("planned_release")
