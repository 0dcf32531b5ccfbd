"""All entries of a judge as one PDF, and notes that a judge alone reads."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

import storage.types

revision = "a570c4d7e007"
down_revision = "a560c4d7e006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "reading_copy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("judge_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", storage.types.UtcTime(timezone=True), nullable=False),
        sa.Column("stamp", text(length=80), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], name=op.f("fk_reading_copy_stage_id_stage")),
        sa.ForeignKeyConstraint(["judge_id"], ["person.id"], name=op.f("fk_reading_copy_judge_id_person")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_reading_copy_file_id_stored_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_copy")),
        sa.UniqueConstraint("stage_id", "judge_id", name=op.f("uq_reading_copy_stage_id_judge_id")),
    )
    with op.batch_alter_table("reading_copy") as batch_op:
        batch_op.create_index(batch_op.f("ix_reading_copy_judge_id"), ["judge_id"], unique=False)
    _readers("entrant", "panel", "judge")


def downgrade() -> None:
    _readers("entrant", "panel")
    with op.batch_alter_table("reading_copy") as batch_op:
        batch_op.drop_index(batch_op.f("ix_reading_copy_judge_id"))
    op.drop_table("reading_copy")


def _readers(*readers: str) -> None:
    with op.batch_alter_table("comment") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_comment_commentreader"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_comment_commentreader"), sa.column("reader").in_(readers))
