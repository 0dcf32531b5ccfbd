"""Last places drawn by lot, and the order of reserves."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

import storage.types

revision = "a5d1c4d7e0b1"
down_revision = "a580c4d7e0f0"
branch_labels = None
depends_on = None

OUTCOME = sa.Enum(
    "finalist",
    "winner",
    "reserve",
    "not selected",
    "threshold not met",
    "ineligible",
    "withdrawn",
    "failed checks",
    "no award",
    name="outcome",
    native_enum=False,
    create_constraint=True,
    length=40,
)


def upgrade() -> None:
    text, moment = sqlmodel.sql.sqltypes.AutoString, storage.types.UtcTime(timezone=True)
    op.create_table(
        "draw",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("seed", text(length=64), nullable=False),
        sa.Column("commitment", text(length=80), nullable=False),
        sa.Column("committed_at", moment, nullable=False),
        sa.Column("outcome", OUTCOME, nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("entries", sa.JSON(), nullable=False),
        sa.Column("left_out", sa.JSON(), nullable=False),
        sa.Column("list_digest", text(length=80), nullable=False),
        sa.Column("frozen_by", sa.Uuid(), nullable=True),
        sa.Column("frozen_at", moment, nullable=True),
        sa.Column("drawn_by", sa.Uuid(), nullable=True),
        sa.Column("drawn_at", moment, nullable=True),
        sa.ForeignKeyConstraint(["drawn_by"], ["person.id"], name=op.f("fk_draw_drawn_by_person")),
        sa.ForeignKeyConstraint(["frozen_by"], ["person.id"], name=op.f("fk_draw_frozen_by_person")),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], name=op.f("fk_draw_stage_id_stage")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw")),
        sa.UniqueConstraint("stage_id", name=op.f("uq_draw_stage_id")),
    )
    with op.batch_alter_table("decision") as batch_op:
        batch_op.add_column(sa.Column("reserve_order", sa.Integer(), nullable=True))
    with op.batch_alter_table("stage") as batch_op:
        batch_op.add_column(sa.Column("may_draw", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("stage") as batch_op:
        batch_op.alter_column("may_draw", server_default=None, existing_type=sa.Boolean())


def downgrade() -> None:
    with op.batch_alter_table("stage") as batch_op:
        batch_op.drop_column("may_draw")
    with op.batch_alter_table("decision") as batch_op:
        batch_op.drop_column("reserve_order")
    op.drop_table("draw")
