"""Several entries for each team, and days in which a team takes out what names it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "a5e0c4d7e0e0"
down_revision = "a5d3c4d7e0b3"
branch_labels = None
depends_on = None

NEW = {"stage": {"entries_per_team": "1", "correction_days": "0"}, "entry": {"number": "1"}}


def upgrade() -> None:
    for table, columns in NEW.items():
        with op.batch_alter_table(table) as batch_op:
            for name, value in columns.items():
                batch_op.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default=value))
        with op.batch_alter_table(table) as batch_op:
            for name in columns:
                batch_op.alter_column(name, server_default=None, existing_type=sa.Integer())
    with op.batch_alter_table("entry") as batch_op:
        batch_op.create_unique_constraint(op.f("uq_entry_stage_id_team_id_number"), ["stage_id", "team_id", "number"])


def downgrade() -> None:
    with op.batch_alter_table("entry") as batch_op:
        batch_op.drop_constraint(op.f("uq_entry_stage_id_team_id_number"), type_="unique")
    for table, columns in NEW.items():
        with op.batch_alter_table(table) as batch_op:
            for name in columns:
                batch_op.drop_column(name)
