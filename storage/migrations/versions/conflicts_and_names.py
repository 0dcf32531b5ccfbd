"""Conflicts that wait for a decision, and the search for names."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

import storage.types

revision = "a530c4d7e003"
down_revision = "a520c4d7e002"
branch_labels = None
depends_on = None

STATES = sa.Enum(
    "stands", "possible", "dismissed", name="conflictstate", native_enum=False, create_constraint=True, length=40
)
CHECKS = sa.Enum(
    "searching",
    "clear",
    "held",
    "allowed",
    "withheld",
    name="checkstate",
    native_enum=False,
    create_constraint=True,
    length=40,
)


def upgrade() -> None:
    with op.batch_alter_table("job") as batch_op:
        batch_op.create_index(batch_op.f("ix_job_about"), ["about"], unique=False)
    with op.batch_alter_table("conflict") as batch_op:
        batch_op.add_column(sa.Column("state", STATES, nullable=False, server_default="stands"))
        batch_op.add_column(sa.Column("decided_by", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("decided_at", storage.types.UtcTime(timezone=True), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_conflict_decided_by_person"), "person", ["decided_by"], ["id"])
    with op.batch_alter_table("conflict") as batch_op:
        batch_op.alter_column("state", server_default=None, existing_type=STATES)

    op.create_table(
        "name_check",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("about", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("content_digest", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("state", CHECKS, nullable=False),
        sa.Column("hits", sa.JSON(), nullable=False),
        sa.Column("problem", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("searched_at", storage.types.UtcTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", storage.types.UtcTime(timezone=True), nullable=True),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_name_check_decided_by_person")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_name_check_entry_id_entry")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_name_check")),
        sa.UniqueConstraint("entry_id", "about", name=op.f("uq_name_check_entry_id_about")),
    )


def downgrade() -> None:
    with op.batch_alter_table("job") as batch_op:
        batch_op.drop_index(batch_op.f("ix_job_about"))
    op.drop_table("name_check")
    with op.batch_alter_table("conflict") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_conflict_decided_by_person"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("ck_conflict_conflictstate"), type_="check")
        batch_op.drop_column("decided_at")
        batch_op.drop_column("decided_by")
        batch_op.drop_column("state")
