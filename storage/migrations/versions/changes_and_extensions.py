"""changes and extensions."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

import storage.types

revision = "a550c4d7e005"
down_revision = "a540c4d7e004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("prize", schema=None) as batch_op:
        batch_op.add_column(sa.Column("paused_at", storage.types.UtcTime(timezone=True), nullable=True))
    op.create_table(
        "prize_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("prize_id", sa.Uuid(), nullable=False),
        sa.Column("what", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", storage.types.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_prize_change_made_by_person")),
        sa.ForeignKeyConstraint(["prize_id"], ["prize.id"], name=op.f("fk_prize_change_prize_id_prize")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prize_change")),
    )
    with op.batch_alter_table("prize_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_prize_change_prize_id"), ["prize_id"], unique=False)

    op.create_table(
        "extension",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("closes_at", storage.types.UtcTime(timezone=True), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("given_by", sa.Uuid(), nullable=False),
        sa.Column("given_at", storage.types.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_extension_entry_id_entry")),
        sa.ForeignKeyConstraint(["given_by"], ["person.id"], name=op.f("fk_extension_given_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension")),
    )
    with op.batch_alter_table("extension", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_extension_entry_id"), ["entry_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("extension", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_extension_entry_id"))

    op.drop_table("extension")
    with op.batch_alter_table("prize_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_prize_change_prize_id"))

    op.drop_table("prize_change")
    with op.batch_alter_table("prize", schema=None) as batch_op:
        batch_op.drop_column("paused_at")
