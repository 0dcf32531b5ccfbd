"""Which scores were entered from paper score sheets."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import storage.types

revision = "a5b1c4d7e00c"
down_revision = "a5b0c4d7e00b"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "paper_score",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scorecard_id", sa.Uuid(), nullable=False),
        sa.Column("item_key", sa.Uuid(), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_at", storage.types.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["entered_by"], ["person.id"], name=op.f("fk_paper_score_entered_by_person")),
        sa.ForeignKeyConstraint(["scorecard_id"], ["scorecard.id"], name=op.f("fk_paper_score_scorecard_id_scorecard")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_score")),
    )
    with op.batch_alter_table("paper_score") as batch_op:
        batch_op.create_index(batch_op.f("ix_paper_score_scorecard_id"), ["scorecard_id"], unique=False)


def downgrade() -> None:
    op.drop_table("paper_score")
