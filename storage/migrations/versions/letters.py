"""What is taken out of feedback letters so that no judge is named."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

import storage.types

revision = "a5d4c4d7e0b4"
down_revision = "a5d3c4d7e0b3"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "letter_edit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("about", text(length=60), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text_digest", text(length=80), nullable=False),
        sa.Column("no_name", sa.Boolean(), nullable=False),
        sa.Column("edited", text(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", storage.types.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_letter_edit_decided_by_person")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_letter_edit_entry_id_entry")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_edit")),
        sa.UniqueConstraint("entry_id", "about", "number", name=op.f("uq_letter_edit_entry_id_about_number")),
    )


def downgrade() -> None:
    op.drop_table("letter_edit")
