"""Practice entries, their references, and what judges have scored on them."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

import storage.types

revision = "a5b8c4d7e013"
down_revision = "a5b7c4d7e012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "practice_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("written_at", storage.types.UtcTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], name=op.f("fk_practice_entry_stage_id_stage")),
        sa.ForeignKeyConstraint(["written_by"], ["person.id"], name=op.f("fk_practice_entry_written_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_entry")),
    )
    with op.batch_alter_table("practice_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_practice_entry_stage_id"), ["stage_id"], unique=False)

    op.create_table(
        "practice_reference",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("practice_entry_id", sa.Uuid(), nullable=False),
        sa.Column("criterion_key", sa.Uuid(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("why", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
        sa.ForeignKeyConstraint(
            ["practice_entry_id"],
            ["practice_entry.id"],
            name=op.f("fk_practice_reference_practice_entry_id_practice_entry"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_reference")),
        sa.UniqueConstraint(
            "practice_entry_id", "criterion_key", name=op.f("uq_practice_reference_practice_entry_id_criterion_key")
        ),
    )
    op.create_table(
        "practice_card",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("practice_entry_id", sa.Uuid(), nullable=False),
        sa.Column("judge_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", storage.types.UtcTime(timezone=True), nullable=False),
        sa.Column("compared_at", storage.types.UtcTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["judge_id"], ["person.id"], name=op.f("fk_practice_card_judge_id_person")),
        sa.ForeignKeyConstraint(
            ["practice_entry_id"], ["practice_entry.id"], name=op.f("fk_practice_card_practice_entry_id_practice_entry")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_card")),
        sa.UniqueConstraint("practice_entry_id", "judge_id", name=op.f("uq_practice_card_practice_entry_id_judge_id")),
    )
    with op.batch_alter_table("practice_card", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_practice_card_judge_id"), ["judge_id"], unique=False)

    op.create_table(
        "practice_score",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("practice_card_id", sa.Uuid(), nullable=False),
        sa.Column("criterion_key", sa.Uuid(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=True),
        sa.Column("cannot_judge", sa.Boolean(), nullable=False),
        sa.Column("saved_at", storage.types.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["practice_card_id"], ["practice_card.id"], name=op.f("fk_practice_score_practice_card_id_practice_card")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_score")),
        sa.UniqueConstraint(
            "practice_card_id", "criterion_key", name=op.f("uq_practice_score_practice_card_id_criterion_key")
        ),
    )


def downgrade() -> None:
    op.drop_table("practice_score")
    with op.batch_alter_table("practice_card", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_practice_card_judge_id"))

    op.drop_table("practice_card")
    op.drop_table("practice_reference")
    with op.batch_alter_table("practice_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_practice_entry_stage_id"))

    op.drop_table("practice_entry")
