"""When a judge locked the blind part of a scorecard and saw who is behind the entry."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import storage.types

revision = "a5f2c4d7e016"
down_revision = "a5f1c4d7e015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("scorecard") as batch_op:
        batch_op.add_column(sa.Column("revealed_at", storage.types.UtcTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("scorecard") as batch_op:
        batch_op.drop_column("revealed_at")
