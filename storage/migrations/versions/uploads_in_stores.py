"""Uploads in a folder or in S3, and room for a team's files."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "a510c4d7e001"
down_revision = "a500c4d7e000"
branch_labels = None
depends_on = None

ONE_GIGABYTE = str(1024**3)


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    with op.batch_alter_table("upload") as batch_op:
        batch_op.add_column(sa.Column("sha256", text(length=64), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("multipart", text(length=1024), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("marks", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("sending", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("upload") as batch_op:
        batch_op.alter_column("sha256", server_default=None, existing_type=text(length=64))
        batch_op.alter_column("multipart", server_default=None, existing_type=text(length=1024))
        batch_op.alter_column("marks", server_default=None, existing_type=sa.JSON())
        batch_op.alter_column("sending", server_default=None, existing_type=sa.Boolean())

    with op.batch_alter_table("prize") as batch_op:
        batch_op.add_column(sa.Column("team_bytes", sa.BigInteger(), nullable=False, server_default=ONE_GIGABYTE))
    with op.batch_alter_table("prize") as batch_op:
        batch_op.alter_column("team_bytes", server_default=None, existing_type=sa.BigInteger())


def downgrade() -> None:
    with op.batch_alter_table("prize") as batch_op:
        batch_op.drop_column("team_bytes")
    with op.batch_alter_table("upload") as batch_op:
        for name in ("sending", "marks", "multipart", "sha256"):
            batch_op.drop_column(name)
