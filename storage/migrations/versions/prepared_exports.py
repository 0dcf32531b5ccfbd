"""Exports of prizes that a job prepares."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

import storage.types

revision = "a5b7c4d7e012"
down_revision = "a5b6c4d7e011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "prepared_export",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("prize_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", storage.types.UtcTime(timezone=True), nullable=False),
        sa.Column("made_at", storage.types.UtcTime(timezone=True), nullable=True),
        sa.Column("may_see", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name=op.f("fk_prepared_export_asked_by_person")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_prepared_export_file_id_stored_file")),
        sa.ForeignKeyConstraint(["prize_id"], ["prize.id"], name=op.f("fk_prepared_export_prize_id_prize")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prepared_export")),
        sa.UniqueConstraint("prize_id", "asked_by", name=op.f("uq_prepared_export_prize_id_asked_by")),
    )
    with op.batch_alter_table("prepared_export", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_prepared_export_asked_by"), ["asked_by"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("prepared_export", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_prepared_export_asked_by"))

    op.drop_table("prepared_export")
