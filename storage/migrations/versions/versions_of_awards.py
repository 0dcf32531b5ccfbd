"""The division of a fund in versions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "a5c0d4e7100d"
down_revision = "a5b8c4d7e013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("award") as batch_op:
        batch_op.add_column(sa.Column("number", sa.Integer(), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("key", sa.Uuid(), nullable=True))
    op.execute("UPDATE award SET key = id")
    with op.batch_alter_table("award") as batch_op:
        batch_op.alter_column("number", server_default=None)
        batch_op.alter_column("key", nullable=False)
        batch_op.create_unique_constraint(batch_op.f("uq_award_prize_id_number_key"), ["prize_id", "number", "key"])


def downgrade() -> None:
    op.execute(
        "DELETE FROM award WHERE number < (SELECT max(number) FROM award AS other WHERE other.prize_id = award.prize_id)"
    )
    with op.batch_alter_table("award") as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_award_prize_id_number_key"), type_="unique")
        batch_op.drop_column("key")
        batch_op.drop_column("number")
