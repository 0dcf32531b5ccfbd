"""pages with positions."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel  # noqa: F401
from alembic import op

import storage.types  # noqa: F401

revision = "a520c4d7e002"
down_revision = "a510c4d7e001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("copy_page", schema=None) as batch_op:
        batch_op.add_column(sa.Column("zoom_file_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("ratio", sa.Float(), nullable=False, server_default="1.4142"))
        batch_op.add_column(sa.Column("lines", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.create_foreign_key(
            batch_op.f("fk_copy_page_zoom_file_id_stored_file"), "stored_file", ["zoom_file_id"], ["id"]
        )
    with op.batch_alter_table("copy_page", schema=None) as batch_op:
        batch_op.alter_column("ratio", existing_type=sa.Float(), existing_nullable=False, server_default=None)
        batch_op.alter_column("lines", existing_type=sa.JSON(), existing_nullable=False, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("copy_page", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_copy_page_zoom_file_id_stored_file"), type_="foreignkey")
        batch_op.drop_column("lines")
        batch_op.drop_column("ratio")
        batch_op.drop_column("zoom_file_id")
