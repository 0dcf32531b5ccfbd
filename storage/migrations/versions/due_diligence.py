"""Due diligence between a decision and its announcement."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

import storage.types

revision = "a5d2c4d7e0b2"
down_revision = "a5d1c4d7e0b1"
branch_labels = None
depends_on = None


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    checks = ("identity", "sanctions", "funders' conflicts", "subsidy control", "standing")
    op.create_table(
        "due_diligence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("kind", _choice("check", *checks), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("finding", _choice("finding", "pass", "conditions", "fail", "not needed"), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
        sa.Column("found_by", sa.Uuid(), nullable=False),
        sa.Column("found_at", storage.types.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_due_diligence_entry_id_entry")),
        sa.ForeignKeyConstraint(["found_by"], ["person.id"], name=op.f("fk_due_diligence_found_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due_diligence")),
        sa.UniqueConstraint("entry_id", "kind", "number", name=op.f("uq_due_diligence_entry_id_kind_number")),
    )


def downgrade() -> None:
    op.drop_table("due_diligence")
