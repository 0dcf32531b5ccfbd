"""What an entry is about, what judges know, and when they are away."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "a5b6c4d7e011"
down_revision = "a5b2c4d7e00d"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("question") as batch_op:
        batch_op.add_column(sa.Column("topic", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("question") as batch_op:
        batch_op.alter_column("topic", server_default=None, existing_type=sa.Boolean())
    with op.batch_alter_table("panel_member") as batch_op:
        batch_op.add_column(sa.Column("knows", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("away_from", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("away_until", sa.Date(), nullable=True))
    with op.batch_alter_table("panel_member") as batch_op:
        batch_op.alter_column("knows", server_default=None, existing_type=sa.JSON())


def downgrade() -> None:
    with op.batch_alter_table("panel_member") as batch_op:
        for column in ("away_until", "away_from", "knows"):
            batch_op.drop_column(column)
    with op.batch_alter_table("question") as batch_op:
        batch_op.drop_column("topic")
