"""Places that are left free, and choices that depart from the published rules, each with a reason."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

import storage.types

revision = "a5d3c4d7e0b3"
down_revision = "a5d2c4d7e0b2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "no_award",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("reason", text(length=2000), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", storage.types.UtcTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_no_award_decided_by_person")),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], name=op.f("fk_no_award_stage_id_stage")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_no_award")),
        sa.UniqueConstraint("stage_id", name=op.f("uq_no_award_stage_id")),
    )
    with op.batch_alter_table("decision") as batch_op:
        batch_op.add_column(sa.Column("override", text(length=2000), nullable=False, server_default=""))
    with op.batch_alter_table("decision") as batch_op:
        batch_op.alter_column("override", server_default=None, existing_type=text(length=2000))


def downgrade() -> None:
    with op.batch_alter_table("decision") as batch_op:
        batch_op.drop_column("override")
    op.drop_table("no_award")
