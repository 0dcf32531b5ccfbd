"""Milestones that are cancelled, and payments that fail, come back or are owed no longer."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

import storage.types

revision = "a5b2c4d7e00d"
down_revision = "a5b1c4d7e00c"
branch_labels = None
depends_on = None

STATES = ("planned", "due", "approved", "exported", "paid", "failed", "returned")


def upgrade() -> None:
    with op.batch_alter_table("milestone") as batch_op:
        batch_op.add_column(
            sa.Column(
                "cancelled_because", sqlmodel.sql.sqltypes.AutoString(length=2000), server_default="", nullable=False
            )
        )
        batch_op.add_column(sa.Column("cancelled_by", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("cancelled_at", storage.types.UtcTime(timezone=True), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_milestone_cancelled_by_person"), "person", ["cancelled_by"], ["id"])
    with op.batch_alter_table("milestone") as batch_op:
        batch_op.alter_column("cancelled_because", server_default=None)
    with op.batch_alter_table("payment") as batch_op:
        batch_op.add_column(
            sa.Column("problem", sqlmodel.sql.sqltypes.AutoString(length=200), server_default="", nullable=False)
        )
    with op.batch_alter_table("payment") as batch_op:
        batch_op.alter_column("problem", server_default=None)
    _states(*STATES, "cancelled")


def downgrade() -> None:
    op.execute("UPDATE payment SET state = 'planned' WHERE state = 'cancelled'")
    _states(*STATES)
    with op.batch_alter_table("payment") as batch_op:
        batch_op.drop_column("problem")
    with op.batch_alter_table("milestone") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_milestone_cancelled_by_person"), type_="foreignkey")
        batch_op.drop_column("cancelled_at")
        batch_op.drop_column("cancelled_by")
        batch_op.drop_column("cancelled_because")


def _states(*states: str) -> None:
    with op.batch_alter_table("payment") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_payment_paymentstate"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_payment_paymentstate"), sa.column("state").in_(states))
