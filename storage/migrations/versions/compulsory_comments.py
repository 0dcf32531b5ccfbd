"""Whether each judge of a stage has to write the comment for the entrant."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "910ac4d62181"
down_revision = "a5d2c4d7e110"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("stage") as batch_op:
        batch_op.add_column(sa.Column("comment_needed", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("stage") as batch_op:
        batch_op.alter_column("comment_needed", server_default=None, existing_type=sa.Boolean())


def downgrade() -> None:
    with op.batch_alter_table("stage") as batch_op:
        batch_op.drop_column("comment_needed")
