"""What verifying and sweeping found last."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

import storage.types

revision = "a580c4d7e008"
down_revision = "a570c4d7e007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "last_check",
        sa.Column("kind", text(length=60), nullable=False),
        sa.Column("ended_at", storage.types.UtcTime(timezone=True), nullable=False),
        sa.Column("summary", text(length=500), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_last_check")),
    )


def downgrade() -> None:
    op.drop_table("last_check")
