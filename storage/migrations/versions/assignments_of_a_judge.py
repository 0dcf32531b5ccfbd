"""What one judge is asked to score in a stage is found without reading what all are asked."""

from __future__ import annotations

from alembic import op

revision = "a5d2c4d7e110"
down_revision = "a5c0d4e7100d"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_assignment_judge_id_stage_id", "assignment", ["judge_id", "stage_id"])
    op.drop_index("ix_assignment_judge_id", "assignment")


def downgrade() -> None:
    op.create_index("ix_assignment_judge_id", "assignment", ["judge_id"])
    op.drop_index("ix_assignment_judge_id_stage_id", "assignment")
