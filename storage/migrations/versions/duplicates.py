"""Entries of a stage that may be the same."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

import storage.types

revision = "a5b0c4d7e00b"
down_revision = "415768b7893e"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "duplicate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("alike", sa.JSON(), nullable=False),
        sa.Column("found_at", storage.types.UtcTime(timezone=True), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", storage.types.UtcTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_duplicate_decided_by_person")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_duplicate_entry_id_entry")),
        sa.ForeignKeyConstraint(["other_id"], ["entry.id"], name=op.f("fk_duplicate_other_id_entry")),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], name=op.f("fk_duplicate_stage_id_stage")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate")),
        sa.UniqueConstraint("entry_id", "other_id", name=op.f("uq_duplicate_entry_id_other_id")),
    )
    with op.batch_alter_table("duplicate") as batch_op:
        batch_op.create_index(batch_op.f("ix_duplicate_stage_id"), ["stage_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_duplicate_other_id"), ["other_id"], unique=False)


def downgrade() -> None:
    op.drop_table("duplicate")
